//! Worlds from infrastructure code, before it is deployed.

pub(crate) mod cloudformation;
pub(crate) mod document;
pub(crate) mod value;
