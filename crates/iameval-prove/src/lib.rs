//! Proofs about AWS IAM policies: what holds for all requests, what a change of policies gains and loses, who is let in.
//!
//! A [`Claim`] says something about every request of a [`Scope`]; a [`Prover`] proves it, or finds a request that refutes it
//! and tries that by evaluation ([`Verdict`]). [`Prover::what_can`], [`Prover::new_access`], [`Prover::public`] and
//! [`Prover::statements`] answer other questions about all requests in the same way, and [`shrink`] makes a policy smaller
//! without changing what it means. [`native`] is all of it as JSON.
//!
//! The crate performs no I/O and reads no clock. A search is bounded by the work that it does, not by time, so verdicts are
//! the same on every machine; past the bound the verdict is [`Verdict::Unknown`]. `docs/design/prover.md` says how claims
//! are decided.

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
mod let_in;
pub mod native;
mod problem;
mod prover;
mod readable;
mod realistic;
mod reasons;
mod scope;
mod search;
mod several;
mod shapes;
mod shrink;
mod side;
mod stranger;
mod symbolic;
mod template;
mod theory;
mod variables;
mod verdict;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use claim::{Claim, Expectation, KeyScope, KeyState, Owners, Policies, Scope, ValueRange};
pub use findings::Beside;
pub use let_in::Most;
pub use prover::{ClaimError, EmptyScope, Prover};
pub use shrink::{
    Covering, ListName, ShrinkError, ShrinkOptions, Shrunk, SizeLimit, StatementPlace, Step, ignores_white_space,
    shrink,
};
pub use stranger::is_shared_provider;
pub use verdict::{
    AllowedActions, Assumed, ClosedBy, Closing, Counterexample, LetIn, NewAccess, Proof, Public, Refutation,
    StatementFindings, Undecided, Verdict, WhatCan,
};
