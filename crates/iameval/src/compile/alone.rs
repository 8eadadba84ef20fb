//! Elements of a statement on their own, for programs that try values rather than requests.

use super::DocumentCompiler;
use super::resource::{ApiToken, ResourceMatcher, ResourcePattern};
use crate::certainty::Certainty;
use crate::condition::{Condition, Scope, Tables};
use crate::context::Context;
use crate::document::{ConditionOperator, ConditionTest, Effect, PatternElement, PolicyKind, Version};
use crate::mode::EvaluationMode;
use crate::symbol::{Reader, Symbols};
use crate::variable::Variable;
use crate::wildcard::{Reach, Token};

/// One key under one operator of a statement, ready to be tried on contexts: the comparison is the one that evaluation makes
/// (table (d)).
///
/// ```
/// use iameval::{CompiledCondition, Context, Effect, PolicyDocument};
///
/// let document = PolicyDocument::parse(r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*",
///     "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}}"#).value.unwrap();
/// let block = &document.statements()[0].condition()[0];
/// let condition = CompiledCondition::new(block.operator(), &block.keys()[0], Effect::Deny, document.version());
///
/// let mut context = Context::new();
/// assert!(condition.is_satisfied(&context));
/// context.insert("aws:SourceIp", "203.0.113.7");
/// assert!(!condition.is_satisfied(&context));
/// ```
#[derive(Debug)]
pub struct CompiledCondition {
    tables: Tables,
    condition: Condition,
}

impl CompiledCondition {
    /// A test under its operator, in a statement of that effect (R-COND-28) of a document of that version (R-VAR-02).
    pub fn new(operator: ConditionOperator, test: &ConditionTest, effect: Effect, version: Option<Version>) -> Self {
        let values: Vec<&str> = test.values().collect();
        Self::of_values(operator, test.key(), &values, effect, version)
    }

    /// The same for a key and values that stand in no document.
    pub fn of_values(
        operator: ConditionOperator,
        key: &str,
        values: &[&str],
        effect: Effect,
        version: Option<Version>,
    ) -> Self {
        let mut compiler = DocumentCompiler::new(PolicyKind::Identity, version);
        let condition = Condition::new(operator, effect, key, values.iter().copied(), &mut compiler);
        Self { tables: compiler.tables, condition }
    }

    /// Whether it holds with these values of its key and of the variables in it, for live services.
    pub fn is_satisfied(&self, context: &Context) -> bool {
        self.condition.is_satisfied(&self.scope(context))
    }

    /// The same where [symbols](crate::symbol) may stand in the condition or the context.
    pub fn certainty(&self, context: &Context, symbols: &Symbols) -> Certainty {
        self.condition.truth(&self.scope(context), &Reader::new(symbols), context)
    }

    fn scope<'a>(&'a self, context: &'a Context) -> Scope<'a, Context> {
        Scope { tables: &self.tables, view: context, mode: EvaluationMode::Live }
    }
}

/// `Resource` or `NotResource` of a statement, ready to be tried on resources (R-RES-02).
///
/// ```
/// use iameval::{CompiledResource, Context, PolicyDocument, PolicyKind};
///
/// let document = PolicyDocument::parse(r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
///     "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}}"#).value.unwrap();
/// let element = document.statements()[0].resource().unwrap();
/// let resource = CompiledResource::new(element, PolicyKind::Identity, document.version());
///
/// let mut context = Context::new();
/// context.insert("aws:username", "john");
/// assert!(resource.matches("arn:aws:s3:::home/john/notes", &context));
/// assert!(!resource.matches("arn:aws:s3:::home/jane/notes", &context));
/// ```
#[derive(Debug)]
pub struct CompiledResource {
    tables: Tables,
    matcher: ResourceMatcher,
}

impl CompiledResource {
    /// The element of a policy of that kind (R-RES-06, R-SVC-18) and a document of that version (R-VAR-02).
    pub fn new(element: &PatternElement, kind: PolicyKind, version: Option<Version>) -> Self {
        let mut compiler = DocumentCompiler::new(kind, version);
        let matcher = ResourceMatcher::new(element, kind, &mut compiler);
        Self { tables: compiler.tables, matcher }
    }

    /// Whether it covers the resource, with these values of the variables in it.
    pub fn matches(&self, resource: &str, context: &Context) -> bool {
        self.matcher.matches(resource, &Scope { tables: &self.tables, view: context, mode: EvaluationMode::Live })
    }
}

/// A piece of a pattern for resources, with what its wildcards may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourcePiece {
    /// Text that stands for itself.
    Literal(String),
    /// One UTF-16 code unit (R-ARN-03).
    Unit(Taking),
    /// Any run of them.
    Star(Taking),
    /// A policy variable. Where it has no value, nothing fits the pattern.
    Variable(Variable),
}

/// What a wildcard may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Taking {
    /// Anything.
    Anything,
    /// Anything but a colon.
    NoColon,
    /// Anything but a slash.
    NoSlash,
}

impl PatternElement {
    /// What each entry of `Resource` or `NotResource` covers, in a policy of that kind and a document of that version: one
    /// pattern, or several any of which a resource may fit (R-RES-06). This is what evaluation compares.
    pub fn resource_patterns(&self, kind: PolicyKind, version: Option<Version>) -> Vec<Vec<Vec<ResourcePiece>>> {
        let mut compiler = DocumentCompiler::new(kind, version);
        let entries = self.patterns().map(|text| {
            let alternatives = ResourcePattern::alternatives(text, kind, &mut compiler);
            alternatives.into_iter().map(|tokens| pieces(tokens, &compiler.tables)).collect()
        });
        entries.collect()
    }
}

fn pieces(tokens: Vec<ApiToken>, tables: &Tables) -> Vec<ResourcePiece> {
    let taking = |reach| match reach {
        Reach::Free => Taking::Anything,
        Reach::Confined => Taking::NoColon,
    };
    let piece = |token| match token {
        ApiToken::UpToSlash => ResourcePiece::Star(Taking::NoSlash),
        ApiToken::Token(Token::Literal(text)) => ResourcePiece::Literal(text),
        ApiToken::Token(Token::Star(reach)) => ResourcePiece::Star(taking(reach)),
        ApiToken::Token(Token::Unit(reach)) => ResourcePiece::Unit(taking(reach)),
        ApiToken::Token(Token::Slot(slot)) => {
            let variable = tables.variables.get(slot as usize);
            let key = variable.and_then(|variable| tables.keys.get(variable.key as usize));
            ResourcePiece::Variable(Variable {
                key: key.map_or_else(String::new, ToString::to_string),
                default: variable.and_then(|variable| variable.default.as_deref()).map(Into::into),
            })
        }
    };
    tokens.into_iter().map(piece).collect()
}
