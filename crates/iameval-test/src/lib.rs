//! Tests of IAM policies: test files with runner, coverage and mutants, and assertions for Rust tests.

mod asked;
mod check;
mod expand;
mod expectation;
mod file;
mod given;
mod reason;
mod run;
mod table;

pub use asked::Asked;
pub use check::{Case, Check, Handling};
pub use expectation::{Expectation, ParseExpectationError};
pub use file::{Options, TestFile};
pub use reason::{NamedStatement, Reason};
pub use run::{Failure, FileRun, Outcome, Runner, Status};
pub use table::{Cell, Table, TableError};
