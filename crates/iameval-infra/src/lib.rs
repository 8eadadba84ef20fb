//! Worlds from infrastructure code, before it is deployed.

pub(crate) mod cloudformation;
pub mod codes;
pub(crate) mod document;
pub(crate) mod find;
pub(crate) mod index;
mod infrastructure;
pub(crate) mod literal;
mod mend;
pub(crate) mod permission;
mod policies;
pub(crate) mod stack;
pub(crate) mod table;
pub(crate) mod terraform;
#[cfg(test)]
mod testing;
pub(crate) mod types;
pub(crate) mod value;
pub(crate) mod world;

pub use cloudformation::CloudFormation;
pub use infrastructure::{Infrastructure, WithInfrastructure};
pub use mend::MendedTemplate;
pub use policies::{TemplatePolicies, TemplatePolicy};
pub use terraform::Terraform;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
