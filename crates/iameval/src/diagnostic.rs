//! What is wrong with a text: data with a stable code, a place and a hint. Renderers make messages of it.

mod code;
mod problem;
mod refusal;
mod severity;

use crate::symbol::Symbols;
use crate::text::Span;
use std::borrow::Cow;
use std::error::Error;
use std::fmt;

pub use code::{Code, CodeInfo};
pub use problem::Problem;
pub use refusal::Refusal;
pub use severity::Severity;

/// A problem and where in a text it is. One word wide, so that it can be the error of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    problem: Problem,
    span: Span,
    place: Span,
    labels: Vec<(Span, String)>,
    refusal: Option<Refusal>,
    fix: Option<Fix>,
}

/// A change of the text after which the policy decides every request as before. The rest of the text stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The text to replace; empty where something is put in.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

impl Diagnostic {
    /// A problem of the code's own severity, in the text at `span`.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Problem::new(code, message).at(span)
    }

    fn from_problem(problem: Problem, span: Span) -> Self {
        let refusal = Refusal::of(problem.code);
        Self(Box::new(Inner { problem, span, place: span, labels: Vec::new(), refusal, fix: None }))
    }

    /// The same with a hint.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        self.with_any_help(Some(help.into()))
    }

    /// The same with that hint, or without any.
    #[must_use]
    pub fn with_any_help(mut self, help: Option<String>) -> Self {
        self.0.problem.help = help;
        self
    }

    /// The same, that bad.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.0.problem.severity = severity;
        self
    }

    /// The same with a further place.
    #[must_use]
    pub fn with_label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.0.labels.push((span, text.into()));
        self
    }

    /// The same, with a fix: `replacement` in place of the text at `span`.
    #[must_use]
    pub fn fixed_by(self, span: Span, replacement: impl Into<String>) -> Self {
        self.with_fix(Some(Fix { span, replacement: replacement.into() }))
    }

    /// The same with that fix, or without any.
    #[must_use]
    pub fn with_fix(mut self, fix: Option<Fix>) -> Self {
        self.0.fix = fix;
        self
    }

    /// The same, with what AWS answers at creation in this very case.
    #[must_use]
    pub fn refused(mut self, row: u8, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.refusal = Some(Refusal::new(row, message));
        self
    }

    /// The same, with what AWS answers at creation to problems of that code.
    #[must_use]
    pub(crate) fn refused_as(mut self, code: Code) -> Self {
        self.0.refusal = Refusal::of(code);
        self
    }

    /// The same, where nothing is on record that AWS answers at creation.
    #[must_use]
    pub fn without_refusal(mut self) -> Self {
        self.0.refusal = None;
        self
    }

    /// The same with the names of symbols in their place.
    #[must_use]
    pub fn naming(mut self, symbols: &Symbols) -> Self {
        let name = |text: &mut String| {
            if symbols.within(text).next().is_some() {
                *text = symbols.display(text).into_owned();
            }
        };
        name(&mut self.0.problem.message);
        self.0.problem.help.as_mut().map(name);
        self.0.labels.iter_mut().for_each(|(_, text)| name(text));
        if let Some(refusal) = &mut self.0.refusal
            && symbols.within(&refusal.message).next().is_some()
        {
            refusal.message = symbols.display(&refusal.message).into_owned().into();
        }
        self
    }

    /// The same, blaming the element at `place`.
    #[must_use]
    pub fn blaming(mut self, place: Span) -> Self {
        self.0.place = place;
        self
    }

    /// What is wrong.
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }

    /// What is wrong, apart from where.
    pub fn into_problem(self) -> Problem {
        self.0.problem
    }

    /// What kind of problem it is.
    pub fn code(&self) -> Code {
        self.problem().code()
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.problem().severity()
    }

    /// What was found and what was expected: lower case, no final period, user text in backticks.
    pub fn message(&self) -> &str {
        self.problem().message()
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.problem().help()
    }

    /// The text to underline.
    pub fn span(&self) -> Span {
        self.0.span
    }

    /// The element that is blamed: the statement for a missing element or two that exclude each other, else the element
    /// itself. [`Node::path_to`](crate::json::Node::path_to) turns it into a path.
    pub fn place(&self) -> Span {
        self.0.place
    }

    /// Further places, each with a few words.
    pub fn labels(&self) -> &[(Span, String)] {
        &self.0.labels
    }

    /// What AWS answers when such a policy is created, where it is on record.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.0.refusal.as_ref()
    }

    /// How to fix it without changing what the policy decides, where that can be done.
    pub fn fix(&self) -> Option<&Fix> {
        self.0.fix.as_ref()
    }
}

/// The message.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.problem.fmt(f)
    }
}

impl Error for Diagnostic {}

const _: () = assert!(size_of::<Diagnostic>() == size_of::<usize>());
