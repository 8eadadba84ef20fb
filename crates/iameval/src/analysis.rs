//! What an answer owes to those who ask "why", and "what would change it": Deny statements that nearly applied, Allow
//! statements that nearly did, and the smallest changes of the request that turn the decision. All of it is found by
//! evaluating.
//!
//! ```
//! use iameval::{CompiledPolicy, Decision, Mfa, PolicyDocument, PolicyId, PolicyKind, PolicySet, Request};
//! use std::sync::Arc;
//!
//! let document: PolicyDocument = r#"{"Version": "2012-10-17", "Statement": {
//!     "Effect": "Allow", "Action": "ec2:*", "Resource": "*",
//!     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"},
//!                   "StringEquals": {"aws:RequestedRegion": "eu-central-1"}}}}"#.parse()?;
//! let policy = CompiledPolicy::new(PolicyId::new("ops"), PolicyKind::Identity, &document)?;
//! let policies = PolicySet::builder().add(Arc::new(policy)).build();
//! let stop = Request::builder("ec2:StopInstances".parse().unwrap()).mfa(Mfa::TRUE).build();
//!
//! let analysis = policies.analyse(&stop, |_| Some(&document));
//! let miss = &analysis.near_misses[0];
//! assert_eq!(miss.missed.len(), 1);
//! let flip = &analysis.flips[0];
//! assert_eq!((flip.change.key.as_str(), flip.decision), ("aws:RequestedRegion", Decision::Allowed));
//! assert_eq!(flip.change.value.as_ref().unwrap().texts().next(), Some("eu-central-1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod candidate;
mod flip;
mod near;

use crate::context::{Context, ContextValue};
use crate::document::{ConditionOperator, ConditionTest, Effect, PolicyDocument, Statement};
use crate::evaluate::Explanation;
use crate::layer::Layer;
use crate::layers::Decision;
use crate::name::ContextKey;
use crate::policy_set::{PolicySet, StatementId};
use crate::request::{Mfa, Request};

/// What nearly happened, and what would change the decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Analysis {
    /// Deny statements that are about the action and do not apply because of one element; three at most.
    pub exempted: Vec<NearMiss>,
    /// How many more of them there are.
    pub further_exempted: usize,
    /// For an implicit deny: Allow statements, of the layers that lack one, that do not apply because of one element or
    /// two; best first.
    pub near_misses: Vec<NearMiss>,
    /// The decision in each other state of multi-factor authentication, when some policy reads it.
    pub mfa: Vec<(Mfa, Decision)>,
    /// Changes of one other context key that turn the decision from allowed to denied or back, one a key.
    pub flips: Vec<Flip>,
}

/// A statement that nearly applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearMiss {
    /// Which one.
    pub id: StatementId,
    /// Its effect.
    pub effect: Effect,
    /// Its layer.
    pub layer: Layer,
    /// The elements that did not match, in the order principal, action, resource, conditions.
    pub missed: Vec<Missed>,
    /// The decision with every change that the missed conditions want. `None` where another element is missed as well,
    /// where no value was found, or where the changes do not make the statement apply after all.
    pub decision_then: Option<Decision>,
}

/// An element that did not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action`; or `NotAction`, whose entry of this number lists the action.
    Action {
        /// The entry, from 0.
        listed: Option<usize>,
    },
    /// `Resource`; or `NotResource`, whose entry of this number lists the resource.
    Resource {
        /// The entry, from 0.
        listed: Option<usize>,
    },
    /// One key under one operator.
    Condition {
        /// Its position among all keys of the statement's condition, in source order, from 0.
        index: usize,
        /// A change that satisfies it and the statement's other conditions on the key, where one was found.
        wanted: Option<Change>,
    },
}

/// A change of one context key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The key, as a policy spells it.
    pub key: ContextKey,
    /// The value it gets; `None` when it becomes absent.
    pub value: Option<ContextValue>,
}

/// A change that turns the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flip {
    /// The change.
    pub change: Change,
    /// The decision after it.
    pub decision: Decision,
}

impl PolicySet {
    /// Looks for what nearly happened and for what would change the decision. `document` gives the documents behind the
    /// policies, by their position in [`PolicySet::policies`]; values that a condition wants come from there.
    pub fn analyse<'d>(&self, request: &Request, document: impl Fn(usize) -> Option<&'d PolicyDocument>) -> Analysis {
        self.analyse_explained(request, &self.explain(request), document, |_| true)
    }

    /// The same for a request that was explained already. No change is proposed of a key that `may_have` says such a request
    /// never has.
    pub fn analyse_explained<'d>(
        &self,
        request: &Request,
        explanation: &Explanation,
        document: impl Fn(usize) -> Option<&'d PolicyDocument>,
        may_have: impl Fn(&ContextKey) -> bool,
    ) -> Analysis {
        // What may happen is neither near nor far, and nothing turns a decision that is not made.
        if explanation.decision == Decision::Undetermined {
            return Analysis::default();
        }
        let documents: Vec<Option<&PolicyDocument>> = (0..self.policies().count()).map(document).collect();
        let subject = Analysed { set: self, request, explanation, documents, may_have: &may_have };
        let (exempted, further_exempted) = near::exempted(&subject);
        Analysis {
            exempted,
            further_exempted,
            near_misses: near::near_misses(&subject),
            mfa: flip::mfa(&subject),
            flips: flip::flips(&subject),
        }
    }
}

/// What is analysed.
struct Analysed<'a> {
    set: &'a PolicySet,
    request: &'a Request,
    explanation: &'a Explanation,
    /// By position of the policy.
    documents: Vec<Option<&'a PolicyDocument>>,
    /// Whether such a request may have a key at all.
    may_have: &'a dyn Fn(&ContextKey) -> bool,
}

impl<'a> Analysed<'a> {
    /// The statement as it is written.
    fn statement(&self, id: StatementId) -> Option<&'a Statement> {
        self.documents.get(id.policy as usize)?.as_ref()?.statements().get(id.statement as usize)
    }

    /// The conditions of a statement as they are written, in source order.
    fn conditions(&self, id: StatementId) -> impl Iterator<Item = (ConditionOperator, &'a ConditionTest)> {
        self.statement(id).into_iter().flat_map(Statement::tests)
    }

    /// The request after some changes of its context.
    fn changed<'c>(&self, changes: impl IntoIterator<Item = &'c Change>) -> Request {
        let mut request = self.request.clone();
        for change in changes {
            change.apply(&mut request.context);
        }
        request
    }
}

impl Change {
    fn apply(&self, context: &mut Context) {
        context.remove(self.key.as_str());
        context.insert_key(self.key.clone(), self.value.clone());
    }
}
