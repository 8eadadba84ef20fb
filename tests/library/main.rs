//! Tests of the library through its public API.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that panics has failed"
)]

mod access_analyzer;
mod allocation;
mod analysis;
mod answers;
mod claims;
mod claims_asked;
mod codes;
mod conformance;
mod creation;
mod documents;
mod escalation;
mod fuzz;
mod growth;
mod idle_denies;
mod laws;
mod lint;
mod many_values;
mod matrix;
mod modules;
mod narrowing;
mod native;
mod oracle;
mod overlap;
mod packages;
mod proofs;
mod reader;
mod robustness;
mod service_rules;
mod shrink;
mod symbols;
mod who_can;
mod wildcard;
mod world_source;
