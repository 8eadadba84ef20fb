//! Documents as IAM's API gives them: percent-encoded (RFC 3986).

use std::borrow::Cow;

/// The text that was encoded. A document that is plain JSON is taken as it is: encoded, it begins with `%7B`.
pub(super) fn decode(text: &str) -> Result<Cow<'_, str>, String> {
    if text.trim_start().starts_with('{') || !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    // The text is kept, so it should take no more room than it needs.
    let encoded = memchr::memchr_iter(b'%', text.as_bytes()).count();
    let mut bytes = Vec::with_capacity(text.len().saturating_sub(2 * encoded));
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |at: usize| tail.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            let at = text.len() - tail.len() - 1;
            let found: String = text.get(at..).unwrap_or_default().chars().take(3).collect();
            return Err(format!("`{found}` at byte {at} is no percent-encoded character"));
        };
        bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
        rest = tail.get(2..).unwrap_or_default();
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| "what it encodes is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_undone() {
        for (text, decoded) in [
            ("%7B%22a%22%3A%20%22%c3%A9%2B%25%22%7D", "{\"a\": \"é+%\"}"),
            (" {\"a\": \"100%\"}", " {\"a\": \"100%\"}"),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!(decode(text).unwrap(), decoded, "{text}");
        }
    }

    #[test]
    fn wrong_encoding_is_told() {
        for (text, message) in [
            ("%7B%zz", "`%zz` at byte 3 is no percent-encoded character"),
            ("%7B%2", "`%2` at byte 3 is no percent-encoded character"),
            ("%7Bé%", "`%` at byte 5 is no percent-encoded character"),
            ("%7B%+1", "`%+1` at byte 3 is no percent-encoded character"),
            ("%ff", "what it encodes is not UTF-8"),
        ] {
            assert_eq!(decode(text).unwrap_err(), message, "{text}");
        }
    }
}
