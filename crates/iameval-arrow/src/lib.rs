//! Columns of AWS IAM requests, decided: a record batch with a request a row goes in, one with the decision of each row comes out.
//!
//! A [`Decider`] reads the columns `principal`, `action`, `resource`, `resource_account`, `endpoint`, `mfa` and `context`, of which
//! only `action` must be there. It gives the columns `decision`, `layer`, `policy`, `statement` and `undecided`.
//!
//! Values of a column become small numbers (`coded`), rows with equal numbers one row (`distinct`), and that is decided by
//! [`iameval_ask`].

mod coded;
mod columns;
mod context;
mod decider;
mod distinct;
mod error;
mod results;

pub use decider::Decider;
pub use error::TableError;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
