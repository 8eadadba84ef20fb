//! Tests of IAM policies: test files with runner, coverage and mutants, and assertions for Rust tests.
//!
//! As a dev-dependency: a [`world`] says who and what exists, [`assert_allowed!`] and [`assert_denied!`] ask it. A failure
//! explains itself as `iameval simulate` does.
//!
//! ```
//! use iameval_test::{assert_allowed, assert_denied, example};
//!
//! let world = example("force-mfa");
//! assert_allowed!(world, "john.doe", "iam:ChangePassword", mfa = false);
//! assert_denied!(world, "john.doe", "ec2:DescribeInstances", mfa = absent, by = "BlockEverythingUnlessSignedInWithMFA");
//! ```

mod asked;
mod assertion;
mod check;
mod claim;
mod claim_assertion;
pub mod codes;
mod coverage;
mod decide;
pub mod discover;
mod everybody;
mod expand;
mod expectation;
mod file;
mod findings;
mod from_diff;
mod json;
mod load;
mod macros;
mod matrix;
mod mutant;
mod node;
mod options;
mod paste;
mod policies;
mod pose;
mod probe;
mod reason;
mod refusal;
mod request;
mod run;
mod select;
mod single;
#[cfg(feature = "proptest")]
pub mod strategies;
mod suite;
mod table;
mod test_claim;
#[cfg(feature = "test-dir")]
mod test_dir;
mod text;
pub mod threads;
mod update;
mod wording;
mod written;

pub use asked::AskedRequest;
pub use check::{Case, Check, Handling};
pub use claim::PassedClaim;
pub use coverage::{
    Coverage, CoverageForm, ParseCoverageFormError, PartKind, PolicyCoverage, PolicyPart, Reached, StatementCoverage,
    Summary, Tally, coverage_to_lcov, coverage_to_listing, coverage_to_text,
};
pub use decide::Decide;
pub use expectation::{Expectation, ParseExpectationError};
pub use file::TestFile;
pub use from_diff::{DiffTests, TestedSide, diff_tests};
pub use iameval::{ContextValue, Decision, Mfa, PolicyKind, PolicySet};
pub use iameval_ask::{Answer, ProvedClaim};
pub use iameval_report::Style;
pub use iameval_world::{Disk, Files, Finding, World};
pub use json::runs_to_json;
pub use load::{example, world};
pub use mutant::{Mutant, MutantReport, MutantRun, Mutation, PolicyNotInPlay, Probe, mutants_to_text};
pub use options::Options;
pub use policies::Policies;
pub use probe::PassedCase;
pub use reason::{NamedStatement, Reason};
pub use request::TestRequest;
pub use run::{Failure, FileRun, Outcome, Runner, Status};
pub use select::{Filter, ParseFilterError};
pub use single::{CheckOutcome, CheckReport};
pub use table::{Cell, Table, TableError};
pub use test_claim::TestClaim;
#[cfg(feature = "test-dir")]
pub use test_dir::run_folder;
pub use text::{Detail, counts, run_to_text};
pub use update::{Update, Updates};

/// The examples of the repository's README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The example of the crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CrateReadme;
