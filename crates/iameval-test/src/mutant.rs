//! Mutants of policies: change one thing in a policy, and see whether a case notices.
//!
//! What can be changed is a closed list, [`Mutation`]. A change after which the document is not a policy makes no mutant,
//! and neither does one that cannot change any decision.

mod change;
mod run;
#[cfg(test)]
mod tests;
mod text;

use crate::AskedRequest;
use iameval::PolicySet;
use iameval::text::Position;

pub use run::MutantRun;
pub use text::mutants_to_text;

/// A case that mutants are tried on.
pub trait Probe: Sync {
    /// What it asks, and of which policies.
    fn asked(&self) -> &AskedRequest;

    /// Whether it passes when these policies decide instead of its own. Statements keep their numbers in these policies,
    /// also those behind one that is dropped.
    fn passes(&self, policies: &PolicySet) -> bool;
}

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Mutation {
    /// A statement is dropped.
    DropStatement,
    /// `Allow` becomes `Deny`, or the other way round.
    FlipEffect,
    /// An entry of `NotAction` is dropped; not the only one.
    DropNotAction,
    /// `NotAction` lists a whole service of which it lists actions.
    AddNotAction,
    /// `Resource` becomes `NotResource`, or the other way round.
    SwapResource,
    /// The account in the ARN of a resource or principal becomes `*`, or `*` the account of the principals who ask.
    SwapAccount,
    /// A key under an operator of `Condition` is dropped.
    DropCondition,
    /// `Bool` becomes `BoolIfExists`, or the other way round, for one key.
    SwapIfExists,
    /// `StringLike` becomes `StringEquals`, or the other way round, for one key.
    SwapLike,
}

/// A policy in which one thing is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mutant {
    /// What is changed.
    pub mutation: Mutation,
    /// The policy.
    pub policy: String,
    /// The statement: `policy#Sid`, or its number where it has no Sid.
    pub statement: String,
    /// The file that the policy stands in.
    pub file: String,
    /// Where in the file it is changed.
    pub position: Position,
    /// What goes, as JSON on one line; `None` where something is added.
    pub before: Option<String>,
    /// What comes, as JSON on one line; `None` where something is dropped.
    pub after: Option<String>,
}

/// A policy that none of the cases has in play, so that nothing is known of its mutants.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyNotInPlay {
    /// The policy.
    pub policy: String,
    /// The file that it stands in.
    pub file: String,
    /// How many mutants it has.
    pub mutants: usize,
}

/// What became of the mutants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MutantReport {
    /// How many mutants make a case fail that passes otherwise.
    pub noticed: usize,
    /// The mutants with which every case passes that passes without; in the order of policies and statements.
    pub survivors: Vec<Mutant>,
    /// The policies without a case that could notice.
    pub not_in_play: Vec<PolicyNotInPlay>,
}

impl MutantReport {
    /// How many mutants were tried on cases.
    pub fn tried(&self) -> usize {
        self.noticed + self.survivors.len()
    }
}

impl Mutation {
    /// The name for programs: `drop-statement`, `flip-effect`, ….
    pub fn as_str(self) -> &'static str {
        match self {
            Mutation::DropStatement => "drop-statement",
            Mutation::FlipEffect => "flip-effect",
            Mutation::DropNotAction => "drop-not-action",
            Mutation::AddNotAction => "add-not-action",
            Mutation::SwapResource => "swap-resource",
            Mutation::SwapAccount => "swap-account",
            Mutation::DropCondition => "drop-condition",
            Mutation::SwapIfExists => "swap-if-exists",
            Mutation::SwapLike => "swap-like",
        }
    }
}
