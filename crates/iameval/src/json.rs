//! A JSON reader that keeps the place of everything and every repeated member, and the matching writer.
//!
//! It knows nothing of IAM. Numbers keep their source text (`1.0` never becomes `1`), members keep their order, and
//! a repeated member is there twice: what that means is for the reader of the tree to say. Loaders that find policies
//! inside other formats build the same tree themselves, with spans into the outer file.

pub mod fields;
mod read;
mod write;

use crate::text::Span;
use std::borrow::Cow;
use std::fmt::Write as _;

pub use read::{MAX_DEPTH, parse};
pub use write::write_string;

/// A JSON value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'a> {
    /// The value.
    pub value: Value<'a>,
    /// Its place in the source text.
    pub span: Span,
}

/// What a JSON value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(Cow<'a, str>),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Node<'a>>),
    /// An object; its members in source order, repeated ones included.
    Object(Vec<Member<'a>>),
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'a> {
    /// Its name, unescaped.
    pub key: Cow<'a, str>,
    /// The place of the name.
    pub key_span: Span,
    /// Its value.
    pub value: Node<'a>,
}

impl<'a> Node<'a> {
    /// A node that was not read from a text.
    pub fn new(value: Value<'a>) -> Self {
        Self { value, span: Span::START }
    }

    /// A string node that was not read from a text.
    pub fn string(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(Value::String(text.into()))
    }

    /// An object node that was not read from a text.
    pub fn object(members: impl IntoIterator<Item = (&'a str, Node<'a>)>) -> Self {
        let member = |(key, value)| Member { key: Cow::Borrowed(key), key_span: Span::START, value };
        Self::new(Value::Object(members.into_iter().map(member).collect()))
    }

    /// An array node that was not read from a text.
    pub fn array(items: impl IntoIterator<Item = Node<'a>>) -> Self {
        Self::new(Value::Array(items.into_iter().collect()))
    }

    /// The first character: a brace, a bracket or a quotation mark. In YAML, where these may be missing, it is that of a text
    /// or of a name, and may take several bytes.
    pub fn beginning(&self) -> Span {
        let Span { start, end } = self.span;
        let (text, place) = match &self.value {
            Value::String(text) => (&**text, self.span),
            Value::Object(members) => members.first().map_or(("", self.span), |first| (&*first.key, first.key_span)),
            _ => ("", self.span),
        };
        // What stands in quotes is shorter than its place.
        let is_bare = place.start == start && place.range().len() == text.len();
        let first = text.chars().next().filter(|_| is_bare).map_or(1, char::len_utf8);
        Span { start, end: end.min(start.saturating_add(Span::new(0, first).end)) }
    }

    /// The text, when this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members, when this is an object.
    pub fn members(&self) -> Option<&[Member<'a>]> {
        match &self.value {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The first member of that name, when this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.members()?.iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// What kind of value this is, in words for messages: `a string`, `an object`, …
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        }
    }

    /// The path to the innermost value (or member, when the span is that of its name) that holds `place`:
    /// `Statement[1].Effect`. Empty when that is the root itself.
    pub fn path_to(&self, place: Span) -> String {
        let mut path = String::new();
        let mut node = self;
        loop {
            let next = match &node.value {
                Value::Object(members) => members.iter().find_map(|member| {
                    let on_name = member.key_span.contains(place);
                    (on_name || member.value.span.contains(place)).then(|| {
                        if !path.is_empty() {
                            path.push('.');
                        }
                        path.push_str(&member.key);
                        (&member.value, on_name)
                    })
                }),
                Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
                    item.span.contains(place).then(|| {
                        let _ = write!(path, "[{index}]");
                        (item, false)
                    })
                }),
                _ => None,
            };
            match next {
                Some((child, false)) => node = child,
                _ => return path,
            }
        }
    }

    /// The same tree without borrowed text.
    pub fn into_owned(self) -> Node<'static> {
        let value = match self.value {
            Value::Null => Value::Null,
            Value::Bool(value) => Value::Bool(value),
            Value::Number(text) => Value::Number(Cow::Owned(text.into_owned())),
            Value::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Value::Array(items) => Value::Array(items.into_iter().map(Node::into_owned).collect()),
            Value::Object(members) => Value::Object(
                members
                    .into_iter()
                    .map(|member| Member {
                        key: Cow::Owned(member.key.into_owned()),
                        key_span: member.key_span,
                        value: member.value.into_owned(),
                    })
                    .collect(),
            ),
        };
        Node { value, span: self.span }
    }
}
