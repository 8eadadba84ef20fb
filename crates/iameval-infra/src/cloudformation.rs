//! CloudFormation templates, and what becomes templates: SAM and CDK.

pub(crate) mod stack;
