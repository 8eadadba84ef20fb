use iameval_cloudtrail::Events;
use iameval_data::Catalogue;

/// Any text as CloudTrail events: it is read to its end, an event that is a request has resources, and an event that borrows
/// nothing is the same request.
///
/// # Panics
/// When something of this does not hold.
pub fn event_text(text: &str) {
    for event in Events::new(text).flatten() {
        let asked = event.request(Catalogue::embedded());
        assert!(asked.as_ref().is_ok_and(|asked| asked.requests().count() > 0) || asked.is_err());
        assert_eq!(event.denial().is_some(), event.is_denied());
        assert_eq!(event.into_owned().request(Catalogue::embedded()), asked);
    }
}
