//! VPC endpoints.

use crate::model::origin::Origin;
use crate::model::policy::{Attached, PolicyRef};
use iameval::Context;

/// A VPC endpoint: what a request that goes through it must get past, and what it brings along.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WorldEndpoint {
    /// Its policies; without any, everything gets through.
    pub policies: Vec<Attached>,
    /// Whether it is a gateway endpoint (S3, `DynamoDB`), in whose policy an account means its root user (R-EVAL-12).
    pub gateway: bool,
    /// The context of requests through it, such as `aws:SourceVpce`.
    pub context: Context,
    /// Where infrastructure code defines it, when it does.
    pub origin: Option<Origin>,
    pub(crate) number: usize,
}

/// What a VPC endpoint is made of, for a [`WorldBuilder`](crate::WorldBuilder).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct EndpointParts {
    /// Its policies; without any, everything gets through.
    pub policies: Vec<PolicyRef>,
    /// Whether it is a gateway endpoint.
    pub gateway: bool,
    /// The context of requests through it.
    pub context: Context,
    /// Where infrastructure code defines it, when it does.
    pub origin: Option<Origin>,
}

impl EndpointParts {
    /// An interface endpoint without policies.
    pub fn new() -> Self {
        Self::default()
    }
}
