//! Where a JSON value ends, in one pass without a look inside. What is wrong within it shows when it is read.

use memchr::memchr2;

/// The place after the string that begins with the quotation mark at `at`.
pub(crate) fn end_of_string(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        let rest = bytes.get(at..)?;
        let found = at + memchr2(b'"', b'\\', rest)?;
        if bytes.get(found) == Some(&b'"') {
            return Some(found + 1);
        }
        at = found + 2;
    }
}

/// The place after the value that begins at `at`; `None` where the text ends within it, or no value begins there.
pub(crate) fn end_of_value(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' => end_of_string(bytes, at),
        b'{' | b'[' => end_of_brackets(bytes, at),
        _ => {
            let length = bytes.iter().skip(at).take_while(|byte| !is_end_of_literal(**byte)).count();
            (length > 0).then_some(at + length)
        }
    }
}

fn end_of_brackets(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = end_of_string(bytes, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

fn is_end_of_literal(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b':' | b'"' | b'{' | b'}' | b'[' | b']')
}

/// The first place from `at` on that is not white space.
pub(crate) fn skip_space(bytes: &[u8], at: usize) -> usize {
    let space = bytes.iter().skip(at).take_while(|byte| byte.is_ascii_whitespace()).count();
    at + space
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_they_do() {
        for (text, value) in [
            (r#""a\"b" rest"#, Some(r#""a\"b""#)),
            (r#"{"a": ["}", {}]}, 1"#, Some(r#"{"a": ["}", {}]}"#)),
            ("12, 3", Some("12")),
            ("null}", Some("null")),
            (r#"{"a": 1"#, None),
            (r#""a\"#, None),
            ("}", None),
            ("", None),
        ] {
            assert_eq!(end_of_value(text.as_bytes(), 0), value.map(str::len), "{text}");
        }
    }
}
