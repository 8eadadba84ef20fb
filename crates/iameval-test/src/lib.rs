//! Tests of IAM policies: test files with runner, coverage and mutants, and assertions for Rust tests.

mod asked;
mod check;
mod coverage;
pub mod discover;
mod expand;
mod expectation;
mod file;
mod findings;
mod given;
mod json;
mod mutant;
mod probe;
mod reason;
mod run;
mod select;
mod suite;
mod table;
mod text;
mod update;
mod written;

pub use asked::Asked;
pub use check::{Case, Check, Handling};
pub use coverage::{
    Coverage, Part, PartKind, PolicyCoverage, Reached, StatementCoverage, Summary, Tally, coverage_to_lcov,
    coverage_to_listing, coverage_to_text,
};
pub use expectation::{Expectation, ParseExpectationError};
pub use file::{Options, TestFile};
pub use json::runs_to_json;
pub use mutant::{Mutant, MutantReport, MutantRun, Mutation, PolicyNotInPlay, Probe, mutants_to_text};
pub use probe::PassedCase;
pub use reason::{NamedStatement, Reason};
pub use run::{Failure, FileRun, Outcome, Runner, Status};
pub use select::{Filter, ParseFilterError};
pub use table::{Cell, Table, TableError};
pub use text::{Detail, counts, run_to_text};
pub use update::{Update, Updates};
