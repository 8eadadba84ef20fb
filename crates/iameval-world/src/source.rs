//! Texts with a name for messages.

use iameval::text::{LineIndex, Position};
use std::path::PathBuf;
use std::sync::Arc;

/// A text and what it is called in messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// A path as the user wrote it, or a description such as `standard input`.
    pub name: String,
    /// The text.
    pub text: String,
    /// The file on the disk that it was read from.
    pub path: Option<PathBuf>,
    /// Where the text begins in what it is named after: line 1, column 1, unless it is a part of that.
    pub start: Position,
}

impl Source {
    /// A text of that name.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Self::part(name, text, Position::default())
    }

    /// A part of a text of that name, which begins there.
    pub fn part(name: impl Into<String>, text: impl Into<String>, start: Position) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into(), path: None, start })
    }

    /// Line and column of a byte of the text, in what the text is named after. The index is that of the text.
    pub fn position(&self, lines: &LineIndex, offset: u32) -> Position {
        self.from_start(lines.position(&self.text, offset))
    }

    /// What is that position in the text, in what the text is named after.
    pub fn from_start(&self, within: Position) -> Position {
        let column = if within.line == 1 { within.column + self.start.column - 1 } else { within.column };
        Position { line: within.line + self.start.line - 1, column }
    }
}
