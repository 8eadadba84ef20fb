//! What was reached of one policy.

use super::part::{PolicyPart, parts};
use super::{StatementCoverage, Summary};
use iameval::{Context, Entries, Statement, StatementTrace};
use iameval_world::LoadedPolicy;
use std::sync::Arc;

/// What was reached of one policy.
#[derive(Debug)]
pub struct PolicyCoverage {
    policy: Arc<LoadedPolicy>,
    attached: bool,
    /// One for each statement of the document.
    statements: Vec<StatementCoverage>,
}

impl PolicyCoverage {
    pub(super) fn new(policy: &Arc<LoadedPolicy>) -> Self {
        let statements = policy.document().statements().iter().map(StatementCoverage::new).collect();
        Self { policy: policy.clone(), attached: false, statements }
    }

    /// Says that the policy is attached somewhere.
    pub(super) fn attach(&mut self) {
        self.attached = true;
    }

    pub(super) fn observe(
        &mut self,
        statement: usize,
        trace: &StatementTrace,
        decided: bool,
        context: &Context,
        entries: impl FnOnce() -> Entries,
    ) {
        let written = self.policy.document().statements().get(statement);
        if let Some((written, counts)) = written.zip(self.statements.get_mut(statement)) {
            counts.observe(written, trace, decided, context, entries);
        }
    }

    /// Says that a statement decided, of requests that are not counted one by one.
    pub(super) fn exercise(&mut self, statement: usize) {
        if let Some(counts) = self.statements.get_mut(statement) {
            counts.matched += 1;
            counts.decided += 1;
        }
    }

    /// The policy.
    pub fn policy(&self) -> &LoadedPolicy {
        &self.policy
    }

    /// Whether it is attached to anything.
    pub fn is_attached(&self) -> bool {
        self.attached
    }

    /// Its statements as they are written, with what was reached of each.
    pub fn statements(&self) -> impl Iterator<Item = (&Statement, &StatementCoverage)> {
        self.policy.document().statements().iter().zip(&self.statements)
    }

    /// Everything that can be reached of it, in the order in which it is written: each statement with its parts.
    pub fn parts(&self) -> Vec<PolicyPart<'_>> {
        self.statements().enumerate().flat_map(|(index, (statement, counts))| parts(index, statement, counts)).collect()
    }

    /// Its counts.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }
}
