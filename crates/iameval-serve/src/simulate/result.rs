//! What a simulation comes to, action by action, as ids and enums.

use iameval::{Decision, StatementId};
use std::collections::BTreeSet;

/// One `EvaluationResult`.
#[derive(Debug)]
pub(super) struct ActionResult {
    /// As the caller spells it.
    pub(super) action: String,
    pub(super) resource_name: String,
    pub(super) outcome: Outcome,
    /// Whether the outcome is of organization policies too.
    pub(super) organizations: Option<bool>,
    pub(super) resources: Vec<ResourceResult>,
}

/// One `ResourceSpecificResult`.
#[derive(Debug)]
pub(super) struct ResourceResult {
    pub(super) resource: String,
    pub(super) outcome: Outcome,
}

/// What a request on one resource comes to, or those on several together.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) decision: Decision,
    /// In the order in which they are listed.
    pub(super) matched: Vec<StatementId>,
    /// Whether the keys that were not given are listed (R-SIM-15).
    pub(super) lists_missing: bool,
    /// Whether the permissions boundary allows it, where there is one.
    pub(super) boundary: Option<bool>,
    pub(super) details: Details,
}

/// `EvalDecisionDetails` (R-SIM-12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Details {
    /// On `*`, in one account.
    Absent,
    /// On an ARN, in one account.
    Empty,
    /// Across accounts.
    Across { identity: Decision, resource: Decision, boundary: Option<Decision> },
}

impl Outcome {
    /// The outcomes of several resources together (R-SIM-10); `None` for none.
    pub(super) fn summary<'o>(outcomes: impl IntoIterator<Item = &'o Outcome>) -> Option<Self> {
        let mut outcomes = outcomes.into_iter();
        let mut summary = outcomes.next()?.clone();
        let mut listed: BTreeSet<StatementId> = summary.matched.iter().copied().collect();
        for outcome in outcomes {
            summary.decision = stricter(summary.decision, outcome.decision);
            summary.matched.extend(outcome.matched.iter().filter(|id| listed.insert(**id)));
            summary.lists_missing |= outcome.lists_missing;
            summary.boundary = summary.boundary.zip(outcome.boundary).map(|(one, other)| one && other);
            summary.details = summary.details.stricter(&outcome.details);
        }
        Some(summary)
    }
}

impl Details {
    fn stricter(&self, other: &Self) -> Self {
        match (self, other) {
            (
                Details::Across { identity, resource, boundary },
                Details::Across { identity: i, resource: r, boundary: b },
            ) => Details::Across {
                identity: stricter(*identity, *i),
                resource: stricter(*resource, *r),
                boundary: boundary.zip(*b).map(|(one, other)| stricter(one, other)),
            },
            (across @ Details::Across { .. }, _) | (_, across @ Details::Across { .. }) => across.clone(),
            (Details::Absent, Details::Absent) => Details::Absent,
            _ => Details::Empty,
        }
    }
}

/// `explicitDeny` before `implicitDeny` before `allowed`.
fn stricter(one: Decision, other: Decision) -> Decision {
    let rank = |decision| match decision {
        Decision::ExplicitDeny => 3,
        Decision::Undetermined => 2,
        Decision::ImplicitDeny => 1,
        Decision::Allowed => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}

/// The word on the wire.
pub(super) fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "explicitDeny",
        // An undetermined decision is an error before anything is written.
        Decision::ImplicitDeny | Decision::Undetermined => "implicitDeny",
    }
}
