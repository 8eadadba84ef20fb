//! The language of Terraform as far as it matters here, with the place of every part.

mod hcl;
mod json;

use crate::value::Text;
use iameval::Diagnostic;
use iameval::text::Span;

/// What stands between the braces of a block, or in a file.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) attributes: Vec<Attribute>,
    pub(super) blocks: Vec<Block>,
}

/// `NAME = EXPRESSION`.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) value: Expr,
}

/// `KIND LABELS { BODY }`.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) kind: String,
    pub(super) labels: Vec<String>,
    /// The place of what stands before the brace.
    pub(super) head: Span,
    pub(super) span: Span,
    pub(super) body: Body,
}

/// An expression.
#[derive(Debug)]
pub(super) struct Expr {
    pub(super) span: Span,
    pub(super) kind: ExprKind,
}

#[derive(Debug)]
pub(super) enum ExprKind {
    Null,
    Bool(bool),
    Number(String),
    Text(Text),
    Template(Vec<Part>),
    List(Vec<Expr>),
    /// Keys and values. A key that is a word is a text.
    Map(Vec<(Expr, Expr)>),
    Variable(String),
    /// `OF.NAME`
    Attribute(Box<Expr>, String),
    /// `OF[KEY]`
    Index(Box<Expr>, Box<Expr>),
    /// `OF[*]` or `OF.*`, and what is taken of each, as an expression of [`ITEM`].
    Splat(Box<Expr>, Box<Expr>),
    Conditional(Box<[Expr; 3]>),
    Call {
        name: String,
        arguments: Vec<Expr>,
        /// Whether the last argument is a list of arguments: `LIST...`.
        expands: bool,
    },
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Binary(Box<Expr>, Operator, Box<Expr>),
    For(Box<For>),
}

/// What an item is called in a splat.
pub(super) const ITEM: &str = "*";

/// A part of a template.
#[derive(Debug)]
pub(super) enum Part {
    Literal(Text),
    Value(Expr),
    If { condition: Expr, then: Vec<Part>, otherwise: Vec<Part> },
    For { key: Option<String>, value: String, of: Expr, parts: Vec<Part> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    And,
    Or,
}

/// `[for KEY, VALUE in OF : RESULT if CONDITION]`, or with braces and a key of each result.
#[derive(Debug)]
pub(super) struct For {
    pub(super) key: Option<String>,
    pub(super) value: String,
    pub(super) of: Expr,
    pub(super) result_key: Option<Expr>,
    pub(super) result: Expr,
    /// Whether results of one key are put together: `VALUE...`.
    pub(super) groups: bool,
    pub(super) condition: Option<Expr>,
}

/// Reads a file, in JSON or not.
///
/// # Errors
/// The first thing that is not the language.
pub(super) fn read(is_json: bool, text: &str) -> Result<Body, Diagnostic> {
    if is_json { json::body(text) } else { hcl::body(text) }
}

/// Reads the text of a template, such as a file for `templatefile`.
///
/// # Errors
/// The first thing that is no template.
pub(super) fn template(text: &str) -> Result<Expr, Diagnostic> {
    hcl::template(text)
}

/// Reads an expression.
pub(super) fn expression(text: &str) -> Option<Expr> {
    hcl::expression(text)
}

impl Expr {
    /// Whether it is a name, or a part of what one stands for.
    pub(super) fn is_reference(&self) -> bool {
        matches!(self.kind, ExprKind::Variable(_) | ExprKind::Attribute(..) | ExprKind::Index(..))
    }
}

impl Body {
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    pub(super) fn blocks<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }
}
