//! Tests of IAM policies: test files with runner, coverage and mutants, and assertions for Rust tests.

mod asked;
mod table;

pub use asked::Asked;
pub use table::{Cell, Table, TableError};
