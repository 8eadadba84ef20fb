//! Text to tree.

use super::{Member, Node, Value};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::text::Span;
use std::borrow::Cow;

/// How deep arrays and objects may nest. A policy needs seven levels.
pub const MAX_DEPTH: u32 = 128;

/// Reads one JSON value that fills the whole text (RFC 8259).
///
/// # Errors
/// A diagnostic at the first place where the text is not JSON: wrong syntax, nesting deeper than [`MAX_DEPTH`], a
/// lone surrogate in an escape, or a text of 4 GiB and more.
///
/// ```
/// let tree = iameval::json::parse(r#"{"Version": "2012-10-17"}"#).unwrap();
/// assert_eq!(tree.get("Version").unwrap().as_str(), Some("2012-10-17"));
/// ```
pub fn parse(text: &str) -> std::result::Result<Node<'_>, Diagnostic> {
    let mut reader = TreeReader { text, bytes: text.as_bytes(), at: 0, items: Vec::new() };
    if u32::try_from(text.len()).is_err() {
        return Err(reader.error(0, "the text is larger than 4 GiB", None));
    }
    reader.skip_space();
    let root = reader.value(0)?;
    reader.skip_space();
    if reader.at < reader.bytes.len() {
        let help = reader.comment_help().unwrap_or("a document is one JSON value; remove what follows it");
        return Err(reader.unexpected("the end of the text", Some(help)));
    }
    Ok(root)
}

struct TreeReader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// The items of the arrays that are open; each array takes its own, all at once, when it ends.
    items: Vec<Node<'a>>,
}

type Result<T> = std::result::Result<T, Diagnostic>;

impl<'a> TreeReader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or("")
    }

    fn value(&mut self, depth: u32) -> Result<Node<'a>> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(Cow::Borrowed(self.number()?)),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => {
                let help = self.value_help();
                return Err(self.unexpected("a JSON value", help));
            }
        };
        Ok(Node { value, span: Span::new(start, self.at) })
    }

    fn word(&mut self, word: &'static str, value: Value<'a>) -> Result<Value<'a>> {
        if self.bytes.get(self.at..self.at + word.len()) == Some(word.as_bytes()) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.unexpected("a JSON value", Some("the JSON literals are `true`, `false` and `null`")))
        }
    }

    fn object(&mut self, depth: u32) -> Result<Value<'a>> {
        let open = self.enter(depth)?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(Vec::new()));
        }
        // A vector begins with room for so many anyway; asked for at once it takes half the time.
        let mut members = Vec::with_capacity(4);
        loop {
            let start = self.at;
            if self.peek() != Some(b'"') {
                let help = match self.peek() {
                    Some(b'}') => Some("remove the comma before `}`"),
                    Some(b'\'') => Some("JSON names must be in double quotes"),
                    _ => self.comment_help(),
                };
                return Err(self.unexpected_in("a member name in double quotes", open, help));
            }
            let key = self.string()?;
            let key_span = Span::new(start, self.at);
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected_in("`:` after the member name", open, self.comment_help()));
            }
            self.at += 1;
            self.skip_space();
            let value = self.value(depth + 1)?;
            members.push(Member { key, key_span, value });
            if !self.next_item(b'}', open)? {
                return Ok(Value::Object(members));
            }
        }
    }

    fn array(&mut self, depth: u32) -> Result<Value<'a>> {
        let open = self.enter(depth)?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::Array(Vec::new()));
        }
        let first = self.items.len();
        loop {
            let item = self.value(depth + 1)?;
            self.items.push(item);
            if !self.next_item(b']', open)? {
                return Ok(Value::Array(self.items.drain(first..).collect()));
            }
        }
    }

    /// Steps over the opening bracket; gives its place.
    fn enter(&mut self, depth: u32) -> Result<usize> {
        if depth >= MAX_DEPTH {
            let message = format!("the text is nested deeper than {MAX_DEPTH} levels");
            return Err(self.error(self.at, message, Some("a policy needs only seven levels")));
        }
        let open = self.at;
        self.at += 1;
        self.skip_space();
        Ok(open)
    }

    /// After an item: true when a comma and another item follow, false when the bracket closes.
    fn next_item(&mut self, close: u8, open: usize) -> Result<bool> {
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.skip_space();
                if close == b']' && self.peek() == Some(b']') {
                    return Err(self.unexpected_in("another item", open, Some("remove the comma before `]`")));
                }
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            _ => {
                let wanted = if close == b'}' { "`,` or `}`" } else { "`,` or `]`" };
                Err(self.unexpected_in(wanted, open, self.comment_help()))
            }
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>> {
        let open = self.at;
        self.at += 1;
        let plain = self.plain();
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        self.escaped_string(open, plain.to_owned()).map(Cow::Owned)
    }

    /// The rest of a string that does not end behind `text`.
    #[cold]
    fn escaped_string(&mut self, open: usize, mut text: String) -> Result<String> {
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    text.push(self.escape()?);
                    text.push_str(self.plain());
                }
                // A control character, since all others stand for themselves.
                Some(_) => {
                    let help = "write line breaks and other control characters as escapes, such as `\\n`";
                    return Err(self.error(self.at, "a string contains a control character", Some(help)));
                }
                None => {
                    return Err(self.error(open, "this string is not closed", Some("add the closing `\"`")));
                }
            }
        }
    }

    /// The characters of a string that stand for themselves, up to one that does not.
    fn plain(&mut self) -> &'a str {
        let from = self.at;
        self.at += plain_bytes(self.bytes.get(from..).unwrap_or_default());
        self.slice(from, self.at)
    }

    fn escape(&mut self) -> Result<char> {
        let start = self.at;
        self.at += 1;
        let plain = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape(start);
            }
            _ => {
                let help = "the escapes of JSON are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX";
                return Err(self.error(start, "unknown escape in a string", Some(help)));
            }
        };
        self.at += 1;
        Ok(plain)
    }

    fn unicode_escape(&mut self, start: usize) -> Result<char> {
        let first = self.hex4(start)?;
        if let Some(plain) = char::from_u32(first) {
            return Ok(plain);
        }
        let paired = (0xD800..0xDC00).contains(&first) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u");
        if paired {
            self.at += 2;
            let second = self.hex4(start)?;
            if (0xDC00..0xE000).contains(&second)
                && let Some(both) = char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))
            {
                return Ok(both);
            }
        }
        let help = "write a character beyond U+FFFF as two escapes, the high surrogate first";
        Err(self.error(start, "a lone surrogate is not a character", Some(help)))
    }

    fn hex4(&mut self, start: usize) -> Result<u32> {
        let digits = self.bytes.get(self.at..self.at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            return Err(self.error(start, "`\\u` takes four hexadecimal digits", None));
        };
        self.at += 4;
        Ok(digits.iter().fold(0, |sum, &digit| sum * 16 + char::from(digit).to_digit(16).unwrap_or(0)))
    }

    fn number(&mut self) -> Result<&'a str> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.unexpected("a digit", None)),
        }
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.error(start, "a number has a leading zero", Some("put it in quotes to keep the zero")));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Ok(self.slice(start, self.at))
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Result<()> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.unexpected("a digit", None));
        }
        self.digits();
        Ok(())
    }

    fn comment_help(&self) -> Option<&'static str> {
        let rest = self.bytes.get(self.at..)?;
        (rest.starts_with(b"//") || rest.starts_with(b"/*") || rest.starts_with(b"#"))
            .then_some("JSON has no comments; remove this one")
    }

    fn value_help(&self) -> Option<&'static str> {
        match self.peek() {
            Some(b'\'') => Some("JSON strings must be in double quotes"),
            Some(0xEF) if self.at == 0 => {
                Some("the text begins with a byte order mark; save the file as UTF-8 without one")
            }
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'-') if self.at == 0 => {
                Some("a policy is a JSON object: it begins with `{`")
            }
            Some(b'N' | b'I' | b'+' | b'.') => Some("put values that are not JSON numbers in quotes"),
            Some(b'T' | b'F') => Some("the JSON literals are `true`, `false` and `null`"),
            _ => self.comment_help(),
        }
    }

    fn unexpected(&self, wanted: &str, help: Option<&str>) -> Diagnostic {
        let found = match self.slice(self.at, self.bytes.len()).chars().next() {
            None => "the end of the text".to_owned(),
            Some(found) if found.is_control() || found == '\u{feff}' => format!("U+{:04X}", u32::from(found)),
            Some(found) => format!("`{found}`"),
        };
        let cut_off = (self.at >= self.bytes.len()).then_some("the text ends too early; has it been cut off?");
        self.error(self.at, format!("expected {wanted}, found {found}"), help.or(cut_off))
    }

    fn unexpected_in(&self, wanted: &str, open: usize, help: Option<&str>) -> Diagnostic {
        self.unexpected(wanted, help).with_label(Span::new(open, open + 1), "opened here")
    }

    fn error(&self, at: usize, message: impl Into<String>, help: Option<&str>) -> Diagnostic {
        let length = self.slice(at, self.bytes.len()).chars().next().map_or(0, char::len_utf8);
        Diagnostic::new(codes::JSON_SYNTAX, Span::new(at, at + length), message).with_any_help(help.map(Into::into))
    }
}

/// How many bytes of a string, from its beginning, stand for themselves.
pub(super) fn plain_bytes(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = ONES << 7;
    // The top bit of each byte below `limit`, and perhaps of some behind the first such byte.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & TOPS;
    let equal = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let (words, rest) = bytes.as_chunks::<8>();
    for (word, at) in words.iter().zip((0..).step_by(8)) {
        let word = u64::from_le_bytes(*word);
        let special = below(word, b' ') | equal(word, b'"') | equal(word, b'\\');
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    bytes.len() - rest.len() + rest.iter().position(special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::plain_bytes;

    #[test]
    fn a_string_is_plain_up_to_its_end() {
        for special in [b'"', b'\\', 0, 0x1f] {
            for at in 0..40 {
                for other in [b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                    let mut bytes = [other; 40];
                    bytes[at] = special;
                    bytes[39] = b'"';
                    assert_eq!(plain_bytes(&bytes), at, "{other} {special}");
                    assert_eq!(plain_bytes(&bytes[..at]), at, "{other}");
                }
            }
        }
    }
}
