//! What the fuzz targets need besides the functions that they run.

use iameval_cloudtrail::Events;
use iameval_data::Catalogue;

/// Whether `serde_json` takes a text for JSON.
#[must_use]
pub fn is_json(text: &str) -> bool {
    // An object with that member is its own way to pass on a number, and no other may be there.
    text.contains("$serde_json::private::Number") || serde_json::from_str::<serde_json::Value>(text).is_ok()
}

/// Any text as `CloudTrail` events. `crates/iameval-cloudtrail/tests/laws.rs` does the same.
///
/// # Panics
/// When an event is a request without resources, or another one when it borrows nothing.
pub fn event_text(text: &str) {
    for event in Events::new(text).flatten() {
        let asked = event.request(Catalogue::embedded());
        assert!(asked.as_ref().is_ok_and(|asked| asked.requests().count() > 0) || asked.is_err());
        assert!(event.denial().is_some() == event.is_denied());
        assert!(event.into_owned().request(Catalogue::embedded()) == asked);
    }
}
