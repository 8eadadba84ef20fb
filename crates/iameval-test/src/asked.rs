//! A request of a test and the policies that it is decided by.

use iameval::{PolicySet, Request};
use iameval_world::SituationPolicies;
use std::sync::Arc;

/// A request of a test and the policies that it is decided by.
#[derive(Debug, Clone)]
pub struct AskedRequest {
    /// The policies. Requests about the same principal, resource, accounts and endpoint share them.
    pub layers: Arc<SituationPolicies>,
    /// The request.
    pub request: Request,
}

impl AskedRequest {
    /// The policies, compiled.
    pub fn set(&self) -> &PolicySet {
        self.layers.set()
    }
}
