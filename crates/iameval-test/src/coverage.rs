//! Which parts of policies the requests of tests reach.
//!
//! A statement is covered once it matches. An entry of a list is covered once it fits a request that everything else of
//! its statement matches as well: without it the statement might not have matched. An entry of `NotPrincipal`,
//! `NotAction` or `NotResource` is covered in the same way, by a request that it spares. A key of a condition is covered
//! once it was seen true, false and absent: satisfied with the key in the request, not satisfied with it, and without
//! it, each where principal, action and resource match.

mod form;
mod lcov;
mod listing;
mod part;
mod policy;
mod statement;
mod summary;
#[cfg(test)]
mod tests;
mod text;

use crate::AskedRequest;
use crate::written::Written;
use iameval::StatementId;
use iameval_ask::ClaimVerdict;
use iameval_world::{LoadedPolicy, WorldPolicy};
use std::collections::{BTreeSet, HashMap};
use std::ops::Add;
use std::sync::Arc;

pub use form::{CoverageForm, ParseCoverageFormError};
pub use lcov::coverage_to_lcov;
pub use listing::coverage_to_listing;
pub use part::{PartKind, PolicyPart, Reached};
pub use policy::PolicyCoverage;
pub use statement::StatementCoverage;
pub use summary::{Summary, Tally};
pub use text::coverage_to_text;

/// What the requests of tests reached so far, policy by policy.
#[derive(Debug, Default)]
pub struct Coverage {
    /// The managed policies that count.
    named: BTreeSet<String>,
    policies: Vec<PolicyCoverage>,
    /// The position of each in `policies`.
    positions: HashMap<Written, usize>,
}

impl Coverage {
    /// Nothing reached yet. Of the policies that AWS manages only those count that are named here, as `aws:NAME`.
    pub fn new(named: &[String]) -> Self {
        Self { named: named.iter().cloned().collect(), ..Self::default() }
    }

    /// Adds policies, so that those which no request meets are there as well.
    pub fn add_policies(&mut self, policies: &[WorldPolicy]) {
        for WorldPolicy { policy, kinds, .. } in policies {
            if let Some(known) = self.policy(policy)
                && !kinds.is_empty()
            {
                known.attach();
            }
        }
    }

    /// Adds what one request reaches.
    pub fn observe(&mut self, asked: &AskedRequest) {
        let set = asked.set();
        let explanation = set.explain(&asked.request);
        let deciding: BTreeSet<StatementId> = explanation.simulation.deciding().map(|matched| matched.id).collect();
        for trace in &explanation.statements {
            let Some(origin) = set.origin(trace.id) else { continue };
            let Some(placed) = asked.layers.placed().get(origin.policy_index) else { continue };
            if let Some(policy) = self.policy(&placed.policy.policy) {
                policy.attach();
                let entries = || set.entries(trace.id, &asked.request);
                let decided = deciding.contains(&trace.id);
                policy.observe(origin.statement_index, trace, decided, asked.request.context(), entries);
            }
        }
    }

    /// Adds the statements that a claim rests on.
    pub(crate) fn observe_claim(&mut self, verdict: &ClaimVerdict) {
        match verdict {
            ClaimVerdict::Holds(closed) => {
                for one in closed {
                    if let Some((policy, statement)) = one.policy().zip(one.statement()) {
                        self.exercise(policy, statement.origin.statement_index);
                    }
                }
            }
            ClaimVerdict::Refuted(refuted) => {
                let answer = &refuted.counterexample;
                for placed in answer.deciding() {
                    if let Some(attachment) = answer.attachments.get(placed.origin.policy_index) {
                        self.exercise(&attachment.policy, placed.origin.statement_index);
                    }
                }
            }
            ClaimVerdict::Unknown(_) => {}
        }
    }

    fn exercise(&mut self, policy: &Arc<LoadedPolicy>, statement: usize) {
        if let Some(policy) = self.policy(policy) {
            policy.attach();
            policy.exercise(statement);
        }
    }

    /// The policies that are attached somewhere, in the order in which they were met.
    pub fn policies(&self) -> impl Iterator<Item = &PolicyCoverage> {
        self.policies.iter().filter(|policy| policy.is_attached())
    }

    /// The policies that are attached nowhere, which no request can reach.
    pub fn unattached(&self) -> impl Iterator<Item = &PolicyCoverage> {
        self.policies.iter().filter(|policy| !policy.is_attached())
    }

    /// The counts of all policies that are attached somewhere.
    pub fn summary(&self) -> Summary {
        self.policies().map(PolicyCoverage::summary).fold(Summary::default(), Summary::add)
    }

    /// What is known of a policy; `None` when it does not count.
    fn policy(&mut self, policy: &Arc<LoadedPolicy>) -> Option<&mut PolicyCoverage> {
        if policy.is_managed() && !self.named.contains(&policy.name) {
            return None;
        }
        let position = *self.positions.entry(Written::of(policy)).or_insert_with(|| {
            self.policies.push(PolicyCoverage::new(policy));
            self.policies.len() - 1
        });
        self.policies.get_mut(position)
    }
}
