//! JSON values that borrow from their text.

use crate::scan::{end_of_string, end_of_value, skip_space};
use std::borrow::Cow;

/// A JSON value, such as the parameters of a request.
///
/// ```
/// use iameval_cloudtrail::Value;
///
/// let value = Value::parse(r#"{"bucketName": "reports", "instancesSet": {"items": [{"instanceId": "i-1"}]}}"#);
/// assert_eq!(value.get("bucketname").as_text(), Some("reports"));
/// assert_eq!(value.get("instancesSet").get("items").items().len(), 1);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value<'t> {
    /// `null`, and what is not there.
    #[default]
    Null,
    /// A string.
    Text(Cow<'t, str>),
    /// A number, `true` or `false`, as written.
    Literal(Cow<'t, str>),
    /// An array.
    List(Vec<Value<'t>>),
    /// An object.
    Object(Vec<(Cow<'t, str>, Value<'t>)>),
}

/// What is nested deeper is left out: no service has parameters like that.
const MAX_DEPTH: usize = 32;

static NULL: Value<'static> = Value::Null;

impl<'t> Value<'t> {
    /// Reads a JSON text. What is wrong in it ends it, as if the rest were not there.
    pub fn parse(text: &'t str) -> Self {
        Reader { text, at: 0 }.value(0).unwrap_or_default()
    }

    /// The member of that name, in any letter case; `Null` where there is none.
    pub fn get(&self, name: &str) -> &Value<'t> {
        self.members().iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or(&NULL, |(_, value)| value)
    }

    /// The members of an object.
    pub fn members(&self) -> &[(Cow<'t, str>, Value<'t>)] {
        if let Value::Object(members) = self { members } else { &[] }
    }

    /// The items of an array.
    pub fn items(&self) -> &[Value<'t>] {
        if let Value::List(items) = self { items } else { &[] }
    }

    /// The text of a string, a number, `true` or `false`; what XML made an array of one is its item.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) | Value::Literal(text) => Some(text),
            Value::List(items) => items.first().filter(|_| items.len() == 1)?.as_text(),
            _ => None,
        }
    }

    /// The same value, borrowing nothing.
    pub(crate) fn into_owned(self) -> Value<'static> {
        let owned = |text: Cow<'t, str>| Cow::Owned(text.into_owned());
        match self {
            Value::Null => Value::Null,
            Value::Text(text) => Value::Text(owned(text)),
            Value::Literal(text) => Value::Literal(owned(text)),
            Value::List(items) => Value::List(items.into_iter().map(Value::into_owned).collect()),
            Value::Object(members) => {
                Value::Object(members.into_iter().map(|(key, value)| (owned(key), value.into_owned())).collect())
            }
        }
    }

    /// Takes the text out of the member of that name.
    pub(crate) fn take_text(&mut self, name: &str) -> Option<Cow<'t, str>> {
        match self.take(name) {
            Value::Text(text) | Value::Literal(text) => Some(text),
            _ => None,
        }
    }

    /// Takes the member of that name out.
    pub(crate) fn take(&mut self, name: &str) -> Value<'t> {
        let Value::Object(members) = self else { return Value::Null };
        let found = members.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| std::mem::take(value)).unwrap_or_default()
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    /// The next character that is not white space.
    fn next(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        self.at = skip_space(bytes, self.at);
        bytes.get(self.at).copied()
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.next() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Option<Value<'t>> {
        let first = self.next()?;
        if first == b'"' {
            return self.string().map(Value::Text);
        }
        if !matches!(first, b'{' | b'[') || depth >= MAX_DEPTH {
            let literal = self.span(end_of_value)?;
            let is_left_out = literal == "null" || literal.starts_with(['{', '[']);
            return Some(if is_left_out { Value::Null } else { Value::Literal(literal.into()) });
        }
        self.at += 1;
        Some(if first == b'[' { Value::List(self.list(depth)) } else { Value::Object(self.object(depth)) })
    }

    fn list(&mut self, depth: usize) -> Vec<Value<'t>> {
        let mut items = Vec::new();
        while !self.skip(b']') {
            let Some(item) = self.value(depth + 1) else { break };
            items.push(item);
            self.skip(b',');
        }
        items
    }

    fn object(&mut self, depth: usize) -> Vec<(Cow<'t, str>, Value<'t>)> {
        let mut members = Vec::new();
        while !self.skip(b'}') {
            let Some(key) = self.next().filter(|byte| *byte == b'"').and_then(|_| self.string()) else { break };
            if !self.skip(b':') {
                break;
            }
            let Some(value) = self.value(depth + 1) else { break };
            members.push((key, value));
            self.skip(b',');
        }
        members
    }

    fn string(&mut self) -> Option<Cow<'t, str>> {
        unquote(self.span(end_of_string)?)
    }

    fn span(&mut self, end: impl Fn(&[u8], usize) -> Option<usize>) -> Option<&'t str> {
        let end = end(self.text.as_bytes(), self.at)?;
        let span = self.text.get(self.at..end);
        self.at = end;
        span
    }
}

/// The text of a JSON string with its quotation marks.
pub(crate) fn unquote(quoted: &str) -> Option<Cow<'_, str>> {
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') { serde_json::from_str::<String>(quoted).ok().map(Cow::Owned) } else { Some(inner.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_escapes_are_owned_and_others_borrowed() {
        let value = Value::parse(r#"{"a": "plain", "b": "\u0041\n", "c": [1.50, true, null]}"#);
        assert!(matches!(value.get("a"), Value::Text(Cow::Borrowed("plain"))));
        assert_eq!(value.get("b").as_text(), Some("A\n"));
        assert_eq!(value.get("c").items().first().and_then(Value::as_text), Some("1.50"));
        assert_eq!(value.get("c").items().last(), Some(&Value::Null));
    }

    #[test]
    fn what_is_nested_too_deep_is_left_out() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(matches!(Value::parse(&deep), Value::List(_)));
    }
}
