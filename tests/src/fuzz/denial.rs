use iameval_ask::DeniedCall;
use iameval_data::Catalogue;

/// Any text as the message of a refused call: it is read to its end, what is found says something, and reading the text
/// with Windows line ends gives as many.
///
/// # Panics
/// When something of this does not hold.
pub fn denial_text(text: &str) {
    let catalogue = Catalogue::embedded();
    let Ok(calls) = DeniedCall::read_all(text, catalogue) else { return };
    assert!(!calls.is_empty());
    for call in calls.into_iter().flatten() {
        assert!(!call.place.is_empty());
        assert!(call.action.as_deref().is_none_or(|action| action.contains(':')), "{call:?}");
        assert!(call.resources.iter().all(|resource| !resource.is_empty()), "{call:?}");
    }
}
