//! Values of templates after their functions were evaluated: known, unknown, or one of several.

use iameval::symbol::Symbol;
use iameval::text::Span;

/// A value and where it stands in the template.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) span: Span,
    pub(crate) kind: ValueKind,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum ValueKind {
    Null,
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A text, which may hold symbols.
    Text(Text),
    List(Vec<Value>),
    Map(Vec<Entry>),
    /// Nothing is known but what it is called.
    Unknown(Symbol),
    /// One of these, as what the symbol stands for tells; `None` where there is nothing then (`AWS::NoValue`).
    OneOf {
        on: Symbol,
        choices: Vec<Option<Value>>,
    },
}

/// A text with the places of its parts.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// Runs of bytes that stand in the template as they are here: where a run begins in the text, and its place in the
    /// template. Bytes before the first run and between two are of no place of their own.
    pub(crate) runs: Vec<(u32, Span)>,
}

/// An entry of a map.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: Text,
    pub(crate) key_span: Span,
    pub(crate) value: Value,
}
