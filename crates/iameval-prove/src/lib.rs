//! Proofs about AWS IAM policies: what holds for all requests, what a change of policies gains and loses, who is let in.

mod claim;
mod glob;
mod shrink;
mod verdict;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use claim::{Claim, Expectation, KeyScope, KeyState, Policies, Scope, ValueRange};
pub use shrink::{
    Covering, ListName, ShrinkError, ShrinkOptions, Shrunk, SizeLimit, StatementPlace, Step, ignores_white_space,
    shrink,
};
pub use verdict::{Assumed, ClosedBy, Closing, Counterexample, Proof, Refutation, Undecided, Verdict};
