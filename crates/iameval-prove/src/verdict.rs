//! Verdicts: what came of a claim.

use crate::claim::Policies;
use iameval::{ContextKey, Decision, Request, StatementId};

/// What came of a claim.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It holds for every request of its scope.
    Holds(Proof),
    /// A request of its scope is decided otherwise.
    Refuted(Box<Refutation>),
    /// Neither was found.
    Unknown(Vec<Undecided>),
}

/// Why a claim holds.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// What closed it, most actions first.
    pub closed_by: Vec<Closing>,
    /// What the proof takes for granted.
    pub assumed: Assumed,
}

/// What stands in the way of requests, and of how many kinds of actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// What it is.
    pub by: ClosedBy,
    /// How many actions of the catalogue it closes.
    pub actions: usize,
}

/// What can close a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClosedBy {
    /// A Deny statement, or an Allow statement where all must be allowed.
    Statement(StatementId),
    /// Nothing allows them.
    NoAllow,
    /// A rule of a service.
    ServiceRule,
}

/// What a verdict takes for granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assumed {
    /// Keys that were taken to hold a single value, since nothing declares them.
    pub single: Vec<ContextKey>,
    /// Whether a resource whose ARN names no account was taken to be the caller's own.
    pub owner: bool,
}

/// A claim that does not hold.
#[derive(Debug, Clone)]
pub struct Refutation {
    /// A request that is decided otherwise, as was tried.
    pub counterexample: Counterexample,
    /// All actions of the catalogue for which it does not hold, sorted.
    pub actions: Vec<String>,
    /// Whether it does not hold for actions either that the catalogue does not have.
    pub unlisted_actions: bool,
    /// Of which further actions it is not known whether it holds, and why.
    pub undecided: Vec<Undecided>,
    /// What the verdict takes for granted.
    pub assumed: Assumed,
}

/// A request that was decided.
#[derive(Debug, Clone)]
pub struct Counterexample {
    /// The request.
    pub request: Request,
    /// How it is decided.
    pub decision: Decision,
    /// Whether AWS could make it, as far as that is known.
    pub is_realistic: bool,
    /// The statement that decided, where one did.
    pub statement: Option<StatementId>,
}

/// Why something could not be decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Undecided {
    /// A policy variable ties the pattern of a statement to this key.
    Variable(ContextKey),
    /// Conditions of several types test this key.
    MixedTypes(ContextKey),
    /// Nothing says whether this key holds one value or several, and it is compared as either.
    Shape(ContextKey),
    /// The two clocks of a request must agree, and both are tested.
    Clocks,
    /// The search was ended after this many steps.
    Limit(u64),
    /// It depends on what this symbol stands for; its name.
    Symbol(Box<str>),
}

/// What some request of a scope can do.
#[derive(Debug, Clone, Default)]
pub struct WhatCan {
    /// The actions, each with those that the same statements are about and a request that is allowed. Sorted by their first
    /// actions.
    pub groups: Vec<AllowedActions>,
    /// A request for an action that the catalogue does not have, where one is allowed.
    pub unlisted: Option<Counterexample>,
    /// Further actions of which it depends on what is not known whether they are allowed.
    pub may: Vec<AllowedActions>,
    /// The same for actions that the catalogue does not have.
    pub unlisted_may: Option<AllowedActions>,
    /// Why it is not known of further actions whether they are allowed.
    pub undecided: Vec<Undecided>,
    /// What the answer takes for granted.
    pub assumed: Assumed,
}

/// Actions that the same statements are about.
#[derive(Debug, Clone)]
pub struct AllowedActions {
    /// The actions, as the catalogue writes them, sorted.
    pub actions: Vec<String>,
    /// A request for the first that is allowed.
    pub request: Counterexample,
    /// What it depends on whether they are; nothing where they certainly are.
    pub depends_on: Vec<Undecided>,
}

/// What a change of policies gains and loses.
#[derive(Debug, Clone, Default)]
pub struct NewAccess {
    /// What is allowed after the change and was not before.
    pub gained: WhatCan,
    /// What was allowed before the change and is not after.
    pub lost: WhatCan,
}

impl WhatCan {
    /// Whether nothing is allowed, nor may be, as far as is known.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.unlisted.is_none() && self.may.is_empty() && self.unlisted_may.is_none()
    }

    /// The actions, sorted.
    pub fn actions(&self) -> Vec<&str> {
        let mut actions: Vec<&str> = self.groups.iter().flat_map(|group| &group.actions).map(String::as_str).collect();
        actions.sort_unstable();
        actions
    }
}

/// Whether a resource policy lets somebody in who has no tie to its accounts.
#[derive(Debug, Clone, Default)]
pub struct Public {
    /// A request of such a stranger that is allowed, if there is one, with the statement of the resource's policy that lets
    /// it in.
    pub counterexample: Option<Counterexample>,
    /// The policies by which it is allowed: those that were asked about and, for a stranger who has policies, an identity
    /// policy behind them that allows everything.
    pub policies: Option<Policies>,
    /// Why it is not known whether there is one.
    pub undecided: Vec<Undecided>,
}

/// The statements of resource policies that let somebody in who has no tie to their accounts.
#[derive(Debug, Clone, Default)]
pub struct LetIn {
    /// For each statement a request of such a stranger that it lets in.
    pub by: Vec<Counterexample>,
    /// Why it is not known of others.
    pub undecided: Vec<Undecided>,
}

/// Statements that do nothing, or nothing on their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementFindings {
    /// They match no request of the scope.
    pub never_matches: Vec<StatementId>,
    /// Without any one of them every request is allowed or not as before.
    pub redundant: Vec<StatementId>,
    /// Allow statements whose every request some Deny denies.
    pub shadowed: Vec<StatementId>,
    /// Of those that are redundant or shadowed, each with the one statement that alone allows or denies all that it allows,
    /// where there is one.
    pub covered_by: Vec<(StatementId, StatementId)>,
    /// Tests in conditions that every request passes: the statement, and the position among its tests
    /// ([`Statement::tests`](iameval::Statement::tests)).
    pub always_true: Vec<(StatementId, usize)>,
    /// Why it is not known of further statements.
    pub undecided: Vec<Undecided>,
}
