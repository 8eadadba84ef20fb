//! What is wrong, before its place is known.

use super::Diagnostic;
use super::code::Code;
use super::severity::Severity;
use crate::text::Span;
use std::error::Error;
use std::fmt;

/// What is wrong with something that has a name or value and no place in a text, or none yet.
///
/// ```
/// use iameval::text::Span;
/// use iameval::{Problem, codes};
///
/// let problem = Problem::new(codes::INVALID_FIELD, "`Versoin` is not a field").with_help("did you mean `Version`?");
/// assert_eq!(problem.to_string(), "`Versoin` is not a field");
/// assert_eq!(problem.at(Span::new(2, 9)).span(), Span::new(2, 9));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub(super) code: Code,
    pub(super) severity: Severity,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Problem {
    /// A problem of the code's own severity. The message says what was found and what was expected: lower case, no final
    /// period, user text in backticks.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: code.severity(), message: message.into(), help: None }
    }

    /// The same with a hint.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        self.with_any_help(Some(help.into()))
    }

    /// The same with that hint, or without any.
    #[must_use]
    pub fn with_any_help(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }

    /// The same, that bad.
    #[must_use]
    pub fn with_severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// The same in other words.
    #[must_use]
    pub fn with_message(self, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..self }
    }

    /// The problem in the text at `span`.
    pub fn at(self, span: Span) -> Diagnostic {
        Diagnostic::from_problem(self, span)
    }

    /// What kind of problem it is.
    pub fn code(&self) -> Code {
        self.code
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What was found and what was expected.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// The message.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Problem {}
