//! What is wrong, and in which file.

use crate::source::Source;
use iameval::Diagnostic;
use std::fmt;
use std::sync::Arc;

/// A diagnostic and the text that its spans refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The text; empty when the file could not be read.
    pub source: Arc<Source>,
    /// What is wrong.
    pub diagnostic: Diagnostic,
}

impl Finding {
    /// A finding in a text.
    pub fn new(source: &Arc<Source>, diagnostic: Diagnostic) -> Self {
        Self { source: source.clone(), diagnostic }
    }

    /// A finding about a file as a whole.
    pub fn about_file(name: &str, diagnostic: Diagnostic) -> Self {
        Self { source: Source::new(name, ""), diagnostic }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source.name, self.diagnostic.message)
    }
}

impl std::error::Error for Finding {}
