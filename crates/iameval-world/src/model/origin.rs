//! Where infrastructure code defines things of a world.

use crate::clash::Place;

/// Where infrastructure code, such as a template, defines something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// What it is there: a type of resource, such as `AWS::IAM::Role`.
    pub resource_type: String,
    /// What people know it by: `Resources.Deploy`, or `STACK: Resources.Deploy` where there are several stacks.
    pub address: String,
    /// Where it stands.
    pub place: Place,
}

impl Origin {
    /// Something of that type and address.
    pub fn new(resource_type: impl Into<String>, address: impl Into<String>, place: Place) -> Self {
        Self { resource_type: resource_type.into(), address: address.into(), place }
    }
}
