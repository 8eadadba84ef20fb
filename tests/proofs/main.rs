//! Proofs beside requests that are decided one by one.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that panics has failed, and what a run came to is worth seeing"
)]

mod across;
mod choices;
mod hostile;
mod managed;
mod points;
mod random;
mod realistic;
mod scope;
mod small;
mod strangers;
mod symbols;
mod verdicts;
