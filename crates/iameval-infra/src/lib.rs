//! Worlds from infrastructure code, before it is deployed.

pub(crate) mod cloudformation;
pub mod codes;
pub(crate) mod document;
pub(crate) mod literal;
pub(crate) mod value;

pub use cloudformation::{CloudFormation, TemplatePolicies, TemplatePolicy};
