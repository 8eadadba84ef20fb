//! Tests of IAM policies: test files with runner, coverage and mutants, and assertions for Rust tests.

mod asked;

pub use asked::Asked;
