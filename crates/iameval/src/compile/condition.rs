//! A condition on its own, for programs that try values rather than requests.

use super::DocumentCompiler;
use crate::condition::{Condition, Scope, Tables};
use crate::context::Context;
use crate::document::{ConditionOperator, ConditionTest, Effect, PolicyKind, Version};
use crate::mode::EvaluationMode;

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
        let mut compiler = DocumentCompiler::new(PolicyKind::Identity, version);
        let condition = Condition::new(operator, effect, test.key(), test.values.texts(), &mut compiler);
        Self { tables: compiler.tables, condition }
    }

    /// Whether it holds with these values of its key and of the variables in it, for live services.
    pub fn is_satisfied(&self, context: &Context) -> bool {
        self.condition.is_satisfied(&Scope { tables: &self.tables, view: context, mode: EvaluationMode::Live })
    }
}
