//! What is wrong, and in which file.

use crate::source::Source;
use iameval::symbol::Symbols;
use iameval::text::Span;
use iameval::{Diagnostic, Problem};
use std::fmt;
use std::sync::Arc;

/// A diagnostic and the text that its spans refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The text; empty when the file could not be read.
    pub source: Arc<Source>,
    /// What is wrong.
    pub diagnostic: Diagnostic,
    /// Context that the place lacks, such as the policy of an account dump and the principals that have it.
    pub note: Option<String>,
}

impl Finding {
    /// A finding in a text.
    pub fn new(source: &Arc<Source>, diagnostic: Diagnostic) -> Self {
        Self { source: source.clone(), diagnostic, note: None }
    }

    /// A finding about a file as a whole, of which no text is shown.
    pub fn about_file(name: &str, problem: Problem) -> Self {
        Self::new(&Source::new(name, ""), problem.at(Span::START))
    }

    /// A finding about all of a text.
    pub fn about_all(source: &Arc<Source>, problem: Problem) -> Self {
        Self::new(source, problem.at(Span::new(0, source.text.len())))
    }

    /// The same with the names of symbols in their place.
    #[must_use]
    pub fn naming(self, symbols: Option<&Symbols>) -> Self {
        let Some(symbols) = symbols else { return self };
        let note = self.note.map(|note| symbols.display(&note).into_owned());
        Self { diagnostic: self.diagnostic.naming(symbols), note, ..self }
    }

    /// The same, with a note.
    #[must_use]
    pub fn with_note(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source.name, self.diagnostic)
    }
}

impl std::error::Error for Finding {}
