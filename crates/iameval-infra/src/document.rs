//! From values of a template to policy documents, with what is not known in them.
//!
//! A part that is not known and is more than a text, such as an effect or a whole statement, becomes statements that are
//! there [only if](iameval::PolicyDocument::with_statement_only_if) its symbol stands for something that fits.

pub(crate) mod choices;
mod draft;
mod inside;
mod statement;
mod version;
mod written;

use crate::value::{Value, ValueKind};
use choices::{Way, chosen, needed_by};
use iameval::json::Node;
use iameval::symbol::{Symbol, Symbols};
use iameval::text::Span;
use iameval::{Diagnostic, PolicyKind};

pub(crate) use draft::{Draft, Piece};
pub(crate) use inside::{Inside, read as inside};
pub(crate) use statement::unknown_statements;
pub(crate) use written::computed;

/// Reads documents of one kind.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'s> {
    pub(crate) kind: PolicyKind,
    pub(crate) symbols: &'s Symbols,
}

impl Reader<'_> {
    /// The document that a value is, as an object or as a text; without statements where there is nothing.
    ///
    /// # Errors
    /// Everything that makes it no document.
    pub(crate) fn read(self, value: &Value, way: &Way) -> Result<Draft, Vec<Diagnostic>> {
        match &value.kind {
            ValueKind::Unknown(symbol) => Ok(self.unknown(*symbol, value.span, way)),
            ValueKind::OneOf { on, choices } => {
                let mut all: Option<Draft> = None;
                for (way, choice) in choices::split(*on, choices, way) {
                    let Some(choice) = choice else { continue };
                    let draft = self.read(choice, &way)?;
                    match &mut all {
                        Some(all) => all.merge(draft),
                        none => *none = Some(draft),
                    }
                }
                Ok(all.unwrap_or_else(|| Draft::empty(value.span)))
            }
            ValueKind::Text(text) => match inside(text, value.span, self.symbols)? {
                Inside::Value(inner) => match &inner.kind {
                    ValueKind::Text(_) => Err(refused(&inner, way)),
                    _ => self.read(&inner, way),
                },
                Inside::Unknown(symbol) => Ok(self.unknown(symbol, value.span, way)),
            },
            ValueKind::Map(entries) => {
                if let Some(symbol) = entries.iter().find_map(|entry| self.first_in(&entry.key.text)) {
                    return Ok(self.unknown(symbol, value.span, way));
                }
                let Some(statement) = entries.iter().find(|entry| entry.key.text == "Statement") else {
                    return Err(refused(value, way));
                };
                let mut draft = Draft::empty(value.span);
                (draft.statement_key, draft.statements_span) = (statement.key_span, statement.value.span);
                self.statements(&statement.value, way, &mut draft);
                for entry in entries.iter().filter(|entry| entry.key.text != "Statement") {
                    if entry.key.text == "Version" {
                        self.version(entry, way, &mut draft);
                    } else if let Some(node) = choices::node(&entry.value, way) {
                        draft.members.push(choices::member(entry, node));
                    }
                }
                Ok(draft)
            }
            _ => Err(refused(value, way)),
        }
    }

    /// Everything that a value could be that is a document and not known.
    pub(crate) fn unknown(self, symbol: Symbol, span: Span, way: &Way) -> Draft {
        let mut draft = Draft::empty(span);
        let mut only_if = needed_by(way);
        only_if.push(symbol.into());
        draft.pieces = unknown_statements(self.kind, symbol, span, &only_if);
        draft
    }

    fn statements(self, value: &Value, way: &Way, draft: &mut Draft) {
        match &value.kind {
            ValueKind::List(items) => {
                draft.bare = false;
                for item in items {
                    self.item(item, way, draft);
                }
            }
            ValueKind::OneOf { on, choices } => {
                for (way, choice) in choices::split(*on, choices, way) {
                    if let Some(choice) = choice {
                        self.statements(choice, &way, draft);
                    }
                }
            }
            _ => self.item(value, way, draft),
        }
    }

    fn item(self, value: &Value, way: &Way, draft: &mut Draft) {
        match &value.kind {
            ValueKind::Unknown(symbol) => draft.pieces.extend(self.unknown(*symbol, value.span, way).pieces),
            ValueKind::OneOf { on, choices } => {
                for (way, choice) in choices::split(*on, choices, way) {
                    if let Some(choice) = choice {
                        self.item(choice, &way, draft);
                    }
                }
            }
            ValueKind::Map(entries) => draft.pieces.extend(self.statement(entries, value, way)),
            _ => draft.pieces.extend(choices::node(value, way).map(|node| Piece::new(node, needed_by(way)))),
        }
    }

    /// The first symbol in a text.
    pub(crate) fn first_in(self, text: &str) -> Option<Symbol> {
        self.symbols.within(text).next()
    }

    /// The first symbol in a value that should be a text.
    fn unknown_in(self, value: &Value) -> Option<Symbol> {
        match &value.kind {
            ValueKind::Unknown(symbol) => Some(*symbol),
            ValueKind::Text(text) => self.first_in(&text.text),
            _ => None,
        }
    }

    fn version(self, entry: &crate::value::Entry, way: &Way, draft: &mut Draft) {
        let first = match &entry.value.kind {
            ValueKind::OneOf { on, choices } => {
                let texts = choices::split(*on, choices, way).map(|(way, choice)| {
                    choice
                        .and_then(|choice| choices::node(choice, &way))
                        .as_ref()
                        .and_then(Node::as_str)
                        .map(String::from)
                });
                let texts: Vec<_> = texts.collect();
                let same = texts.windows(2).all(|pair| pair.first() == pair.last());
                (!same).then_some(on.symbol())
            }
            _ => self.unknown_in(&entry.value),
        };
        match (first, chosen(&entry.value, way).and_then(|value| choices::node(value, way))) {
            (Some(symbol), _) => draft.either_version = Some(symbol),
            (None, Some(node)) => draft.version = Some(choices::member(entry, node)),
            (None, None) => {}
        }
    }
}

/// What is wrong with a value that is no document at all.
fn refused(value: &Value, way: &Way) -> Vec<Diagnostic> {
    let node = choices::node(value, way).unwrap_or_else(|| Node { span: value.span, ..Node::object([]) });
    iameval::PolicyDocument::from_tree(&node).diagnostics
}
