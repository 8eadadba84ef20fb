//! The native simulation request and result: one JSON object each, as `iameval batch` and `iameval simulate` take
//! and give them. `docs/simulation-request.md` defines requests, `docs/json.md` results; [`SCHEMA`] is
//! the JSON Schema of both.
//!
//! A request is read from a spanned tree, so that one that came from YAML, or stands in a larger file, is reported
//! with its own lines.
//!
//! ```
//! use iameval::native::{self, Line};
//!
//! let line = r#"{"id": "1",
//!   "request": {"action": "s3:GetObject", "resource": "arn:aws:s3:::reports/q3.csv"},
//!   "policies": {"identity": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}}"#;
//! let Ok(Line::Simulation(simulation)) = native::RequestReader::new().read(line) else { panic!("a request") };
//! let policies = simulation.policy_set();
//! let mut result = String::new();
//! native::write_result(&mut result, simulation.id.as_deref(), &policies, &policies.simulate(&simulation.request));
//! assert!(result.starts_with(r#"{"id":"1","decision":"allowed","decided_by":"identity","#));
//! ```

mod keys;
mod policies;
mod principal;
mod read;
mod result;
mod write;

use crate::diagnostic::Diagnostic;
use crate::json::{self, Node};
use crate::mode::EvaluationMode;
use crate::policy_set::PolicySet;
use crate::request::Request;
use crate::service_rules::{RuleSelection, ServiceRules};
use crate::text::{Span, Spanned};
use std::sync::Arc;

pub use policies::{RequestPolicies, WrittenPolicy};
pub use principal::read_principal;
pub use read::{read_context_text, read_id, read_policy_set_name, read_rule_selection};
pub use result::{write_error, write_plain_error, write_result};
pub use write::{UnwritableRequestError, request_to_json, rule_selection_to_json};

/// The JSON Schema of a request line; `$defs/result` is that of a result.
pub const SCHEMA: &str = include_str!("../schema/simulation-request.schema.json");

/// Reads requests. It remembers the policies it compiled, so that equal ones in later requests are not compiled again.
#[derive(Debug, Default)]
pub struct RequestReader {
    cache: policies::Cache,
    keys: keys::KnownKeys,
    rules: Option<Arc<ServiceRules>>,
}

/// What a line of a batch, or a request file, holds.
#[derive(Debug)]
pub enum Line {
    /// A question.
    Simulation(Box<SimulationRequest>),
    /// Policies that later lines take by name.
    Define(Definition),
}

/// A question with its policies.
#[derive(Debug)]
pub struct SimulationRequest {
    /// Comes back in the result.
    pub id: Option<String>,
    /// What is asked.
    pub request: Request,
    /// The policies that the request itself brings.
    pub policies: RequestPolicies,
    /// The name of policies that were defined before.
    pub policy_set: Option<Spanned<String>>,
    /// How to evaluate.
    pub options: EvaluationOptions,
}

/// A named set of policies.
#[derive(Debug)]
pub struct Definition {
    /// The name.
    pub name: String,
    /// The policies.
    pub policies: RequestPolicies,
}

/// How to evaluate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvaluationOptions {
    /// Which rules of single services count.
    pub service_rules: RuleSelection,
    /// Other rules of single services than those inside the program.
    pub rules: Option<Arc<ServiceRules>>,
    /// Live services, or the simulator where it differs.
    pub mode: EvaluationMode,
}

/// Why a request was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RequestError {
    /// What kind of error it is.
    pub code: RequestErrorCode,
    /// What is wrong, with a hint where there is one.
    pub message: String,
    /// The path to the element that is blamed, such as `policies.identity[0].document.Statement[1].Effect`.
    pub path: Option<String>,
    /// The place in the text of the request; `None` where it is about the request as a whole.
    pub span: Option<Span>,
    /// What to do about it.
    pub help: Option<String>,
    /// All findings of a malformed policy; their spans refer to the text of the request, unless the policy was
    /// itself a text inside it.
    pub diagnostics: Vec<Diagnostic>,
    /// The request's id, when it could be read.
    pub id: Option<String>,
}

impl RequestError {
    /// An error about a request as a whole.
    pub fn new(code: RequestErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: None, span: None, help: None, diagnostics: Vec::new(), id: None }
    }

    /// A text that is no JSON.
    pub fn not_json(diagnostic: Diagnostic) -> Box<Self> {
        let diagnostics = vec![diagnostic.clone()];
        let error = *Box::<Self>::from(diagnostic);
        Box::new(Self { code: RequestErrorCode::InvalidJson, diagnostics, ..error })
    }

    /// The same error of something that was read from this tree: with the path to the element that is blamed, and the id
    /// that stands there. A tree that is not an object is no JSON that anybody asked for.
    #[must_use]
    pub fn located_in(mut self: Box<Self>, tree: &Node<'_>) -> Box<Self> {
        if tree.members().is_none() {
            self.code = RequestErrorCode::InvalidJson;
        }
        // A policy that was given as text brings the path inside it.
        let inner = self.path.take().unwrap_or_default();
        let outer = self.span.map(|span| tree.path_to(span)).unwrap_or_default();
        let dot = if outer.is_empty() || inner.is_empty() || inner.starts_with('[') { "" } else { "." };
        self.path = Some(format!("{outer}{dot}{inner}")).filter(|path| !path.is_empty());
        self.id = tree.get("id").and_then(|node| read_id(node).ok()).flatten();
        self
    }

    /// Whether the spans of the diagnostics refer to the text of the request: not so when the malformed policy was
    /// itself given as a text inside it.
    pub fn is_in_place(&self) -> bool {
        self.diagnostics.first().is_some_and(|first| Some(first.place()) == self.span)
    }
}

impl From<Diagnostic> for Box<RequestError> {
    fn from(diagnostic: Diagnostic) -> Self {
        Box::new(RequestError {
            span: Some(diagnostic.span()),
            help: diagnostic.help().map(Into::into),
            ..RequestError::new(RequestErrorCode::InvalidRequest, diagnostic.message())
        })
    }
}

/// The kinds of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestErrorCode {
    /// The text is no JSON object.
    InvalidJson,
    /// A field is missing, unknown, doubled or of the wrong type or form.
    InvalidRequest,
    /// A policy document breaks the policy grammar.
    MalformedPolicy,
    /// A claim speaks of no request at all.
    EmptyScope,
}

impl RequestErrorCode {
    /// The name in results.
    pub fn as_str(self) -> &'static str {
        match self {
            RequestErrorCode::InvalidJson => "invalid_json",
            RequestErrorCode::InvalidRequest => "invalid_request",
            RequestErrorCode::MalformedPolicy => "malformed_policy",
            RequestErrorCode::EmptyScope => "empty_scope",
        }
    }
}

impl RequestReader {
    /// A reader that has compiled nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same reader, for requests that are decided by these rules of single services in place of those inside the
    /// program.
    #[must_use]
    pub fn with_service_rules(mut self, rules: Arc<ServiceRules>) -> Self {
        self.rules = ServiceRules::unless_embedded(rules);
        self
    }

    /// The same reader, which remembers so many compiled policies at most.
    #[must_use]
    pub fn keeping(mut self, policies: usize) -> Self {
        self.cache.keep(policies);
        self
    }

    /// Reads one line of a batch.
    ///
    /// # Errors
    /// When the line is no JSON, or no request; one malformed policy makes the whole request an error.
    pub fn read(&mut self, line: &str) -> Result<Line, Box<RequestError>> {
        match json::parse(line) {
            Ok(tree) => self.read_tree(&tree, line),
            Err(diagnostic) => Err(RequestError::not_json(diagnostic)),
        }
    }

    /// Reads a request from a tree; `text` is what its spans refer to.
    ///
    /// # Errors
    /// When the tree is not a request.
    pub fn read_tree(&mut self, tree: &Node<'_>, text: &str) -> Result<Line, Box<RequestError>> {
        let mut line = read::line(tree, text, self)?;
        if let Line::Simulation(simulation) = &mut line {
            simulation.options.rules.clone_from(&self.rules);
        }
        Ok(line)
    }

    /// Reads the definition of a policy set from a tree; `text` is what its spans refer to.
    ///
    /// # Errors
    /// What is wrong with it; [`RequestError::located_in`] adds the path.
    pub fn read_definition(&mut self, tree: &Node<'_>, text: &str) -> Result<Definition, Box<RequestError>> {
        read::definition(tree, text, &mut self.cache)
    }

    /// Reads the `policies` of a request, for readers of other formats that hold such.
    ///
    /// # Errors
    /// The first thing that is wrong; [`RequestError::located_in`] adds the path.
    pub fn read_policies(&mut self, node: &Node<'_>, text: &str) -> Result<RequestPolicies, Box<RequestError>> {
        policies::read(node, text, &mut self.cache)
    }
}

impl SimulationRequest {
    /// The request's own policies as a set, evaluated as its options say.
    pub fn policy_set(&self) -> PolicySet {
        self.options.apply(self.policies.to_set())
    }
}

impl EvaluationOptions {
    /// The same policies, evaluated as the options say.
    pub fn apply(&self, policies: PolicySet) -> PolicySet {
        let rules = self.rules.as_ref().unwrap_or_else(|| ServiceRules::embedded());
        let policies = policies.with_mode(self.mode).with_service_rules(rules.clone());
        match self.service_rules {
            RuleSelection::None => policies.without_service_rules(),
            RuleSelection::Refusals => policies.with_only_refusals(),
            RuleSelection::All => policies,
        }
    }
}
