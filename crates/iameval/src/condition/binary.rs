//! `BinaryEquals`: base64 on both sides (R-COND-25).
//!
//! Decoding is strict: padding is required and unused bits are zero. So there is one text for each sequence of bytes,
//! and two byte sequences are equal exactly when their texts are.

#[derive(Debug)]
pub(super) struct BinaryTest {
    // INVARIANT: valid base64.
    values: Box<[Box<str>]>,
}

impl BinaryTest {
    pub(super) fn new<'t>(values: impl Iterator<Item = &'t str>) -> Self {
        Self { values: values.filter(|value| is_base64(value)).map(Into::into).collect() }
    }

    pub(super) fn holds(&self, text: &str) -> bool {
        self.values.iter().any(|value| **value == *text)
    }
}

/// Whether `text` is strict base64 (RFC 4648, section 4).
pub(crate) fn is_base64(text: &str) -> bool {
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
    let mut last = 0;
    for byte in digits.bytes() {
        match value(byte) {
            Some(bits) => last = bits,
            None => return false,
        }
    }
    let unused = match padding {
        0 => 0,
        1 => 0b11,
        2 => 0b1111,
        _ => return false,
    };
    text.len().is_multiple_of(4) && (padding == 0 || !digits.is_empty()) && last & unused == 0
}

#[cfg(test)]
mod tests {
    use super::is_base64;

    #[test]
    fn only_the_canonical_form_is_base64() {
        for text in ["", "YQ==", "YWI=", "YWJj", "+/+/"] {
            assert!(is_base64(text), "{text}");
        }
        for text in ["YQ", "YR==", "YWJ=", "YQ== ", "-_-_", "====", "Y===", "YQ=a"] {
            assert!(!is_base64(text), "{text}");
        }
    }
}
