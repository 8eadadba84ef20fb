//! JSON values that borrow from their text.

use std::borrow::Cow;

/// A JSON value.
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
