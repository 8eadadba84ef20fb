//! What wraps events: log files, envelopes, exports, query results.

use crate::event::Event;
use std::marker::PhantomData;

/// Reads the events in a text, whatever wraps them.
#[derive(Debug)]
pub struct Events<'t> {
    text: PhantomData<&'t str>,
}

/// Something in the text that is not an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {record} (line {line}): {problem}")]
#[non_exhaustive]
pub struct EventError {
    /// Which record of the text, from 1.
    pub record: usize,
    /// The line it begins on, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

impl<'t> Events<'t> {
    /// Reads from this text.
    pub fn new(_text: &'t str) -> Self {
        Self { text: PhantomData }
    }
}

impl<'t> Iterator for Events<'t> {
    type Item = Result<Event<'t>, EventError>;

    fn next(&mut self) -> Option<Self::Item> {
        todo!()
    }
}

/// Whether a text is probably CloudTrail events, by what it begins with.
pub fn looks_like_events(_text: &str) -> bool {
    todo!()
}
