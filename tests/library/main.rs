//! Tests of the library through its public API.

mod conformance;
mod creation;
mod fuzz;
mod documents;
mod laws;
mod oracle;
