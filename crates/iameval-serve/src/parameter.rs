//! Parameters as the service model limits them.

use crate::fault::Fault;
use crate::form::Form;
use std::ops::RangeInclusive;

/// How long a policy may be, in characters.
const POLICY: RangeInclusive<usize> = 1..=131_072;

/// A parameter that must be there.
///
/// # Errors
/// When it is not.
pub(crate) fn required<'f>(form: &'f Form, name: &str) -> Result<&'f str, Fault> {
    form.text(name).ok_or_else(|| Fault::missing(&lower_camel(name)))
}

/// Checks the length of a text.
///
/// # Errors
/// When it is outside the limits.
pub(crate) fn within(name: &str, text: &str, limits: &RangeInclusive<usize>) -> Result<(), Fault> {
    let length = text.chars().count();
    if length < *limits.start() {
        let constraint = format!("have length greater than or equal to {}", limits.start());
        return Err(Fault::validation(&lower_camel(name), constraint));
    }
    if length > *limits.end() {
        let constraint = format!("have length less than or equal to {}", limits.end());
        return Err(Fault::validation(&lower_camel(name), constraint));
    }
    Ok(())
}

/// A list of texts of limited length; `None` where it is not given.
///
/// # Errors
/// When one is outside the limits.
pub(crate) fn texts<'f>(
    form: &'f Form,
    name: &str,
    limits: &RangeInclusive<usize>,
) -> Result<Option<Vec<&'f str>>, Fault> {
    let Some(texts) = form.texts(name) else { return Ok(None) };
    texts.iter().try_for_each(|text| within(name, text, limits))?;
    Ok(Some(texts))
}

/// A list of policies; `None` where it is not given.
///
/// # Errors
/// When one is outside the limits, or has a character that policies cannot have.
pub(crate) fn policies<'f>(form: &'f Form, name: &str) -> Result<Option<Vec<&'f str>>, Fault> {
    let Some(texts) = form.texts(name) else { return Ok(None) };
    texts.iter().try_for_each(|text| policy(name, text))?;
    Ok(Some(texts))
}

/// Checks a policy.
///
/// # Errors
/// The same.
pub(crate) fn policy(name: &str, text: &str) -> Result<(), Fault> {
    within(name, text, &POLICY)?;
    // A symbol came from `${unknown:NAME}`, which is allowed.
    let is_allowed = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{ff}' | '\u{100000}'..);
    match text.chars().find(|character| !is_allowed(*character)) {
        None => Ok(()),
        Some(found) => {
            let constraint = r"satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+";
            let detail = format!("the policy has the character U+{:04X}", u32::from(found));
            Err(Fault::validation(&lower_camel(name), constraint).with_detail(detail))
        }
    }
}

/// `MaxItems`: how much a page holds.
///
/// # Errors
/// When it is outside the limits.
pub(crate) fn max_items(form: &Form) -> Result<usize, Fault> {
    let Some(text) = form.text("MaxItems") else { return Ok(100) };
    match text.parse() {
        Ok(0) => Err(Fault::validation("maxItems", "have value greater than or equal to 1")),
        Ok(number @ 1..=1000) => Ok(number),
        Ok(_) => Err(Fault::validation("maxItems", "have value less than or equal to 1000")),
        Err(_) => Err(Fault::malformed("MaxItems is not a number.")),
    }
}

/// A page of a list, and the marker of the next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) next: Option<String>,
}

/// A marker is a position, in whatever list the next call has (R-SIM-16).
const MARKER: &str = "position-";

/// The page that a form asks for, of a list of that length.
///
/// # Errors
/// When the marker is none, or `MaxItems` is outside the limits.
pub(crate) fn page(form: &Form, length: usize) -> Result<Page, Fault> {
    let most = max_items(form)?;
    let from = match form.text("Marker") {
        None => 0,
        Some(marker) => {
            within("Marker", marker, &(1..=320))?;
            let position = marker.strip_prefix(MARKER).and_then(|position| position.parse().ok());
            let position = position.filter(|position| *position <= length);
            position.ok_or_else(|| Fault::invalid_input("Invalid marker for pagination."))?
        }
    };
    let to = length.min(from + most);
    Ok(Page { from, to, next: (to < length).then(|| format!("{MARKER}{to}")) })
}

/// The name in messages: `PolicyInputList` is `policyInputList` there.
fn lower_camel(name: &str) -> String {
    let mut name = name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Form {
        Form::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn pages_follow_each_other() {
        let first = page(&form("MaxItems=2"), 5).unwrap();
        assert_eq!(first, Page { from: 0, to: 2, next: Some("position-2".into()) });
        assert_eq!(page(&form("MaxItems=4&Marker=position-2"), 5).unwrap(), Page { from: 2, to: 5, next: None });
        assert_eq!(page(&form("Marker=position-9"), 5).unwrap_err().message(), "Invalid marker for pagination.");
        assert_eq!(page(&form("Marker=x"), 5).unwrap_err().code(), "InvalidInput");
        for (wrong, code) in [("0", "ValidationError"), ("1001", "ValidationError"), ("x", "MalformedInput")] {
            assert_eq!(page(&form(&format!("MaxItems={wrong}")), 5).unwrap_err().code(), code);
        }
    }

    #[test]
    fn policies_have_the_characters_of_the_model() {
        assert!(policy("PolicyInputList", "{\t\"\u{e9}\"\r\n}").is_ok());
        let wrong = policy("PolicyInputList", "{\"\u{20ac}\"}").unwrap_err();
        assert_eq!((wrong.code(), wrong.detail()), ("ValidationError", Some("the policy has the character U+20AC")));
        assert!(policy("PolicyInputList", "").unwrap_err().message().contains("'policyInputList'"));
        assert!(policy("PolicyInputList", &" ".repeat(131_073)).is_err());
    }
}
