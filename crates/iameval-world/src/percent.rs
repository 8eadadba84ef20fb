//! Documents as IAM's API gives them: percent-encoded (RFC 3986).

use std::borrow::Cow;

/// The text that was encoded. A document that is plain JSON is taken as it is: encoded, it begins with `%7B`.
pub(crate) fn decode(text: &str) -> Result<Cow<'_, str>, String> {
    if text.trim_start().starts_with('{') || !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    // The text is kept, so it should take no more room than it needs.
    let encoded = memchr::memchr_iter(b'%', text.as_bytes()).count();
    let mut bytes = Vec::with_capacity(text.len().saturating_sub(2 * encoded));
    for decoded in percent_decoded(text) {
        bytes.push(decoded?.1);
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| "the decoded text is not UTF-8".to_owned())
}

/// The bytes that a text encodes, each with the place where it is written.
pub(crate) fn percent_decoded(text: &str) -> impl Iterator<Item = Result<(usize, u8), String>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let byte = *text.as_bytes().get(at)?;
        let begin = at;
        at += 1;
        if byte != b'%' {
            return Some(Ok((begin, byte)));
        }
        let digit = |at: usize| text.as_bytes().get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(at), digit(at + 1)) else {
            let found: String = text.get(begin..).unwrap_or_default().chars().take(3).collect();
            return Some(Err(format!("`{found}` at byte {begin} is not a percent-encoded character")));
        };
        at += 2;
        Some(Ok((begin, u8::try_from(high * 16 + low).unwrap_or_default())))
    })
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
            ("%7B%zz", "`%zz` at byte 3 is not a percent-encoded character"),
            ("%7B%2", "`%2` at byte 3 is not a percent-encoded character"),
            ("%7Bé%", "`%` at byte 5 is not a percent-encoded character"),
            ("%7B%+1", "`%+1` at byte 3 is not a percent-encoded character"),
            ("%ff", "the decoded text is not UTF-8"),
        ] {
            assert_eq!(decode(text).unwrap_err(), message, "{text}");
        }
    }
}
