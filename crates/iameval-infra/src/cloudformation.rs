//! CloudFormation templates, and what becomes templates: SAM and CDK.

pub(crate) mod check;
mod find;
mod index;
mod permission;
pub(crate) mod stack;
#[cfg(test)]
mod tests;
mod types;
pub(crate) mod world;
