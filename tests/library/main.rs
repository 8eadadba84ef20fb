//! Tests of the library through its public API.

mod conformance;
mod oracle;
