//! Tests of the library through its public API.

mod conformance;
mod creation;
mod oracle;
