//! Proofs about AWS IAM policies: what holds for all requests, what a change of policies gains and loses, who is let in.

mod actions;
mod atom;
mod builder;
mod cells;
mod claim;
mod class;
mod domain;
mod findings;
mod formula;
mod glob;
pub mod native;
mod problem;
mod prover;
mod realistic;
mod reasons;
mod scope;
mod search;
mod shapes;
mod side;
mod stranger;
mod template;
mod theory;
mod variables;
mod verdict;

pub use claim::{Claim, Expectation, KeyScope, KeyState, Policies, Scope, ValueRange};
pub use findings::Beside;
pub use prover::{ClaimError, EmptyScope, Most, Prover};
pub use stranger::is_shared_provider;
pub use verdict::{
    AllowedActions, Assumed, ClosedBy, Closing, Counterexample, LetIn, NewAccess, Proof, Public, Refutation,
    StatementFindings, Undecided, Verdict, WhatCan,
};

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
