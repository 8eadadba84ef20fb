//! Verdicts: what came of a claim.

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
    /// The search was ended after this many steps.
    Limit(u64),
}

/// The answer to a question, or why there is none.
#[derive(Debug, Clone)]
pub enum Answer<T> {
    /// The whole answer.
    Known(T),
    /// Something could not be decided.
    Unknown(Vec<Undecided>),
}

/// What can be done in a scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhatCan {
    /// Every action of the catalogue that some request of the scope can do, sorted.
    pub actions: Vec<String>,
    /// Whether actions can be done too that the catalogue does not have.
    pub unlisted_actions: bool,
}

/// What a change of policies gains and loses.
#[derive(Debug, Clone, Default)]
pub struct NewAccess {
    /// What the new policies allow and the old ones do not.
    pub gained: Option<AccessChange>,
    /// What the old policies allow and the new ones do not.
    pub lost: Option<AccessChange>,
}

/// Access that one side of a change has and the other does not.
#[derive(Debug, Clone)]
pub struct AccessChange {
    /// Every action of the catalogue for which it is so, sorted.
    pub actions: Vec<String>,
    /// Whether it is so for actions too that the catalogue does not have.
    pub unlisted_actions: bool,
    /// A request that the side with the access allows and the other does not.
    pub counterexample: Counterexample,
}

/// Whether a resource policy lets somebody in who has no tie to its accounts.
#[derive(Debug, Clone, Default)]
pub struct Public {
    /// A request of such a stranger that is allowed, if there is one.
    pub counterexample: Option<Counterexample>,
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
}
