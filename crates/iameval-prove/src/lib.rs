//! Proofs about AWS IAM policies: what holds for all requests, what a change of policies gains and loses, who is let in.

mod claim;
mod glob;
pub mod native;
mod verdict;

pub use claim::{Claim, Expectation, KeyScope, KeyState, Policies, Scope, ValueRange};
pub use verdict::{
    AccessChange, Answer, Assumed, ClosedBy, Closing, Counterexample, NewAccess, Proof, Public, Refutation,
    StatementFindings, Undecided, Verdict, WhatCan,
};
