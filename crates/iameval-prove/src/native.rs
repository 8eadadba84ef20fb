//! The native claim and verdict: one JSON object each, as `iameval prove --request` takes and gives them. [`SCHEMA`] is the
//! JSON Schema of both.
//!
//! A claim holds policies, a principal and options in the form of native simulation requests, and a scope in place of one
//! request. A counterexample is a native simulation request again.

mod claim;
mod key;
mod scope;
mod write;

use crate::claim::{Expectation, Policies, Scope};
use iameval::ServiceRules;
use iameval::json::{self, Node};
use iameval::native::{Definition, EvaluationOptions, RequestError, RequestPolicies, RequestReader};
use iameval::text::Spanned;
use std::sync::Arc;

pub use iameval::native::write_plain_error as write_error;
pub use key::read_key;
pub use write::{CatalogueFacts, write_new_access, write_public, write_statements, write_verdict, write_what_can};

/// The JSON Schema of a claim; `$defs/verdict` and its neighbours are those of what comes of one.
pub const SCHEMA: &str = include_str!("../schema/claim.schema.json");

/// Reads native claims. It remembers the policies it compiled, so that equal ones in later claims are not compiled again.
///
/// ```
/// use iameval_prove::Expectation;
/// use iameval_prove::native::{ClaimReader, Line, NativeQuestion};
///
/// let line = r#"{"id": "no-mfa",
///   "policies": {"identity": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}},
///   "scope": {"action": "s3:Delete*", "context": {"aws:MultiFactorAuthPresent": {"any_of": [false], "absent": true}}},
///   "expect": "deny"}"#;
/// let Ok(Line::Claim(claim)) = ClaimReader::new().read(line) else { panic!("a claim") };
/// assert!(matches!(claim.question, NativeQuestion::Holds(Expectation::Deny)));
/// assert_eq!(claim.scope.actions, ["s3:Delete*"]);
///
/// let slip = line.replace("any_of", "anyof");
/// let error = ClaimReader::new().read(&slip).unwrap_err();
/// assert_eq!(error.path.as_deref(), Some("scope.context.aws:MultiFactorAuthPresent.anyof"));
/// assert_eq!(error.help.as_deref(), Some("did you mean `any_of`?"));
/// ```
#[derive(Debug, Default)]
pub struct ClaimReader {
    reader: RequestReader,
    rules: Option<Arc<ServiceRules>>,
}

/// What a line holds.
#[derive(Debug)]
pub enum Line {
    /// A claim, or another question about all requests of a scope.
    Claim(Box<NativeClaim>),
    /// Policies that later lines take by name.
    Define(Definition),
}

/// A question about all requests of a scope.
#[derive(Debug)]
pub struct NativeClaim {
    /// Comes back in the verdict.
    pub id: Option<String>,
    /// What is asked.
    pub question: NativeQuestion,
    /// The requests that it speaks of.
    pub scope: Scope,
    /// The policies that the line itself brings; none where the question is what a change of policies gains.
    pub policies: RequestPolicies,
    /// The name of policies that were defined before.
    pub policy_set: Option<Spanned<String>>,
    /// How requests are evaluated: live, without rules of single services unless the claim says otherwise.
    pub options: EvaluationOptions,
}

/// What can be asked.
#[derive(Debug)]
pub enum NativeQuestion {
    /// Whether every request is decided so.
    Holds(Expectation),
    /// Which actions can be done.
    WhatCan,
    /// What a change of policies gains and loses.
    NewAccess {
        /// The policies before the change.
        old: RequestPolicies,
        /// The policies after it.
        new: RequestPolicies,
    },
    /// Whether somebody without any tie to the accounts of a resource policy is let in.
    Public,
    /// Which statements do nothing.
    Statements {
        /// Whether the policies are all that bind the principal.
        complete: bool,
    },
}

impl ClaimReader {
    /// A reader that has compiled nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same reader, for claims that are decided by these rules of single services in place of those inside the program.
    #[must_use]
    pub fn with_service_rules(mut self, rules: Arc<ServiceRules>) -> Self {
        self.rules = ServiceRules::unless_embedded(rules);
        self
    }

    /// The same reader, which remembers so many compiled policies at most.
    #[must_use]
    pub fn keeping(mut self, policies: usize) -> Self {
        self.reader = self.reader.keeping(policies);
        self
    }

    /// Reads one line.
    ///
    /// # Errors
    /// When the line is no JSON, or no claim; one malformed policy makes the whole claim an error.
    pub fn read(&mut self, line: &str) -> Result<Line, Box<RequestError>> {
        match json::parse(line) {
            Ok(tree) => self.read_tree(&tree, line),
            Err(diagnostic) => Err(RequestError::not_json(diagnostic)),
        }
    }

    /// Reads a claim from a tree; `text` is what its spans refer to.
    ///
    /// # Errors
    /// When the tree is not a claim.
    pub fn read_tree(&mut self, tree: &Node<'_>, text: &str) -> Result<Line, Box<RequestError>> {
        let read = if tree.get("define").is_some() {
            self.reader.read_definition(tree, text).map(Line::Define)
        } else {
            claim::read(tree, text, &mut self.reader).map(|claim| Line::Claim(Box::new(claim)))
        };
        let mut line = read.map_err(|error| error.located_in(tree))?;
        if let Line::Claim(claim) = &mut line {
            claim.options.rules.clone_from(&self.rules);
        }
        Ok(line)
    }
}

impl NativeClaim {
    /// Policies of this claim, evaluated as it says: [its own](Self::policies), with those that were defined before
    /// ([`RequestPolicies::union`]), or those of either side of a change.
    pub fn ready(&self, policies: &RequestPolicies) -> Policies {
        Policies::read(policies, &self.options)
    }
}
