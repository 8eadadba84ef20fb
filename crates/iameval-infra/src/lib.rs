//! Worlds from infrastructure code, before it is deployed.

pub(crate) mod cloudformation;
pub mod codes;
pub(crate) mod document;
mod infrastructure;
pub(crate) mod literal;
mod mend;
pub(crate) mod value;

pub use cloudformation::{CloudFormation, TemplatePolicies, TemplatePolicy};
pub use infrastructure::{Infrastructure, WithInfrastructure};
pub use mend::MendedTemplate;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
