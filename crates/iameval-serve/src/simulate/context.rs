//! Context entries: values with a type, and the text that conditions see (R-SIM-14, R-SIM-25).

use crate::fault::Fault;
use crate::form::Form;
use iameval::literal::{is_network, is_number};
use iameval::{Context, ContextKey, ContextValue, DateTime};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

const NAME: RangeInclusive<usize> = 5..=256;

/// The context that the entries of a form give.
pub(super) fn read(form: &Form) -> Result<Context, Fault> {
    let mut context = Context::new();
    let mut seen = BTreeSet::new();
    for entry in form.list("ContextEntries").unwrap_or_default() {
        if entry.is_empty() {
            continue;
        }
        let name = entry.text("ContextKeyName").filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| Fault::invalid_input("ContextKeyName cannot be null or empty."))?;
        let named = entry.text("ContextKeyType").filter(|name| !name.is_empty());
        let named = named.ok_or_else(|| Fault::invalid_input(format!("Context key {name} has invalid type null.")))?;
        let (kind, is_list) = kind(named)?;
        let values = entry.texts("ContextKeyValues").unwrap_or_default();
        if values.is_empty() || values.iter().any(|value| value.is_empty()) {
            let message = format!("Context values for context key {name} cannot be null or empty.");
            return Err(Fault::invalid_input(message));
        }
        if !is_list && values.len() > 1 {
            let message = format!("Context key {named} expected a single value, but received {}.", values.len());
            return Err(Fault::invalid_input(message));
        }
        let texts = values.into_iter().map(|value| kind.text(value)).collect::<Option<Vec<String>>>();
        let texts = texts.ok_or_else(|| {
            Fault::invalid_input(format!("Invalid context value for key {name}: expected {}.", kind.expected()))
        })?;
        crate::parameter::within("ContextKeyName", name, &NAME)?;
        if !seen.insert(ContextKey::new(name)) {
            return Err(Fault::invalid_input(format!("Duplicate context key: {name}.")));
        }
        let value = match texts.as_slice() {
            [single] if !is_list => ContextValue::single(single),
            several => ContextValue::list(several.iter().map(String::as_str)),
        };
        context.insert(name, value);
    }
    Ok(context)
}

/// What values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Boolean,
    Address,
    Binary,
    Date,
}

/// The types by name; each has a list type.
const KINDS: [(&str, Kind); 6] = [
    ("string", Kind::Text),
    ("numeric", Kind::Number),
    ("boolean", Kind::Boolean),
    ("ip", Kind::Address),
    ("binary", Kind::Binary),
    ("date", Kind::Date),
];

fn kind(named: &str) -> Result<(Kind, bool), Fault> {
    let (name, is_list) = named.strip_suffix("List").map_or((named, false), |name| (name, true));
    let found = KINDS.iter().find(|(known, _)| *known == name);
    found.map(|(_, kind)| (*kind, is_list)).ok_or_else(|| {
        let known: Vec<String> = KINDS.iter().flat_map(|(name, _)| [(*name).into(), format!("{name}List")]).collect();
        Fault::validation(
            "contextEntries.1.member.contextKeyType",
            format!("satisfy enum value set: [{}]", known.join(", ")),
        )
    })
}

impl Kind {
    fn expected(self) -> &'static str {
        match self {
            Kind::Number => "numeric format",
            Kind::Date => "DateTime format",
            Kind::Address => "IP address",
            Kind::Binary => "base-64 encoded binary format",
            Kind::Text | Kind::Boolean => "text",
        }
    }

    /// The canonical text of a value (R-SIM-25); `None` where it is not of the type.
    fn text(self, value: &str) -> Option<String> {
        match self {
            Kind::Text => Some(value.to_owned()),
            Kind::Boolean => Some(value.eq_ignore_ascii_case("true").to_string()),
            Kind::Number => is_number(value).then(|| number(value)),
            Kind::Address => (is_network(value) && !value.contains(['/', '%'])).then(|| value.to_owned()),
            Kind::Binary => is_base64(value).then(|| value.to_owned()),
            Kind::Date => value.parse::<DateTime>().ok().map(date),
        }
    }
}

/// Without plus sign and leading zeroes; the scale stays.
fn number(value: &str) -> String {
    let (sign, digits) = match value.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", value.strip_prefix('+').unwrap_or(value)),
    };
    let short = digits.trim_start_matches('0');
    let zero = if short.starts_with(|first: char| first.is_ascii_digit()) { "" } else { "0" };
    format!("{sign}{zero}{short}")
}

/// In UTC with milliseconds.
fn date(instant: DateTime) -> String {
    let text = instant.to_string();
    match text.strip_suffix('Z') {
        Some(text) if !text.contains('.') => format!("{text}.000Z"),
        _ => text,
    }
}

/// Strict base64 (R-COND-25): padded, unused bits zero.
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let unused = match padding {
        0 => 0,
        1 => 0b11,
        2 => 0b1111,
        _ => return false,
    };
    let last = digits.bytes().last().and_then(value);
    text.len().is_multiple_of(4)
        && digits.bytes().all(|byte| value(byte).is_some())
        && last.is_some_and(|last| last & unused == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(kind: &str, text: &str) -> Result<String, String> {
        let mut form = Form::default();
        for (name, value) in
            [("ContextKeyName", "a:key"), ("ContextKeyType", kind), ("ContextKeyValues.member.1", text)]
        {
            form.add(&format!("ContextEntries.member.1.{name}"), value.into()).unwrap();
        }
        let context = read(&form).map_err(|fault| fault.message().to_owned())?;
        Ok(context.value(&ContextKey::new("a:key")).unwrap().texts().collect())
    }

    #[test]
    fn values_have_canonical_texts() {
        for (kind, text, canonical) in [
            ("numeric", "01.00", "1.00"),
            ("numeric", "+1", "1"),
            ("numeric", "000", "0"),
            ("numeric", "-0.50", "-0.50"),
            ("numeric", "1e9999", "1e9999"),
            ("date", "0", "1970-01-01T00:00:00.000Z"),
            ("date", "2026-11-30T12:00:00.1239+01:00", "2026-11-30T11:00:00.123Z"),
            ("boolean", "TRUE", "true"),
            ("boolean", "yes", "false"),
            ("ip", "203.0.113.7", "203.0.113.7"),
            ("ipList", "2001:db8::1", "2001:db8::1"),
            ("binary", "YQ==", "YQ=="),
            ("string", " 1 ", " 1 "),
        ] {
            assert_eq!(value(kind, text).as_deref(), Ok(canonical), "{kind} {text}");
        }
        for (kind, text, expected) in [
            ("numeric", "0x10", "numeric format"),
            ("numeric", " 1 ", "numeric format"),
            ("numericList", "NaN", "numeric format"),
            ("date", "tomorrow", "DateTime format"),
            ("ip", "10.0.0.0/8", "IP address"),
            ("ip", "fe80::1%eth0", "IP address"),
            ("binary", "YQ", "base-64 encoded binary format"),
            ("binary", "YR==", "base-64 encoded binary format"),
            ("binary", "_-==", "base-64 encoded binary format"),
        ] {
            let message = format!("Invalid context value for key a:key: expected {expected}.");
            assert_eq!(value(kind, text), Err(message), "{kind} {text}");
        }
    }

    #[test]
    fn recorded_errors() {
        let read = |text: &str| read(&Form::parse(text.as_bytes()).unwrap());
        let entry = |number: u8, name: &str, kind: &str, values: &str| {
            let at = format!("ContextEntries.member.{number}");
            format!("&{at}.ContextKeyName={name}&{at}.ContextKeyType={kind}&{values}")
                .replace('@', &format!("{at}.ContextKeyValues.member"))
        };
        for (text, code, message) in [
            (entry(1, "k:abc", "", "@.1=x"), "InvalidInput", "Context key k:abc has invalid type null."),
            (
                entry(1, "k:abc", "string", ""),
                "InvalidInput",
                "Context values for context key k:abc cannot be null or empty.",
            ),
            (
                entry(1, "k:abc", "stringList", "@.1="),
                "InvalidInput",
                "Context values for context key k:abc cannot be null or empty.",
            ),
            (entry(1, "", "string", "@.1=x"), "InvalidInput", "ContextKeyName cannot be null or empty."),
            (
                entry(1, "k:abc", "string", "@.1=x&@.2=y"),
                "InvalidInput",
                "Context key string expected a single value, but received 2.",
            ),
            (
                entry(1, "k:abc", "string", "@.1=x") + &entry(2, "K:ABC", "string", "@.1=x"),
                "InvalidInput",
                "Duplicate context key: K:ABC.",
            ),
        ] {
            let fault = read(&text).unwrap_err();
            assert_eq!((fault.code(), fault.message()), (code, message), "{text}");
        }
        assert_eq!(read(&entry(1, "k:abc", "text", "@.1=x")).unwrap_err().code(), "ValidationError");
        assert_eq!(read("ContextEntries=").unwrap().iter().count(), 0);
        assert_eq!(read(&entry(1, "", "", "")).unwrap().iter().count(), 0, "a wholly empty entry is ignored");
        assert_eq!(read(&entry(1, "nocolon", "string", "@.1=x")).unwrap().iter().count(), 1);
    }
}
