//! CloudFormation templates, and what becomes templates: SAM and CDK.

mod find;
mod index;
mod permission;
pub(crate) mod stack;
mod types;
mod world;
