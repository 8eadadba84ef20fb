//! Resources: whose they are, their policies and tags.

use crate::model::origin::Origin;
use crate::model::policy::{Attached, PolicyRef};
use iameval::{AccountId, Arn, PolicyKind};

/// A resource with what is known of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WorldResource {
    /// Its ARN.
    pub arn: Arn,
    /// The account that owns it, when it is known.
    pub account: Option<AccountId>,
    /// Its policy; for a role that is the trust policy.
    pub policy: Option<Attached>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
    /// Where infrastructure code defines it, when it does.
    pub origin: Option<Origin>,
    pub(crate) number: usize,
}

/// What a resource is made of, for a [`WorldBuilder`](crate::WorldBuilder).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ResourceParts {
    /// Its ARN.
    pub arn: Arn,
    /// The account that owns it, where the ARN has none: that of the world by default.
    pub account: Option<AccountId>,
    /// Its policy; for a role that is the trust policy.
    pub policy: Option<PolicyRef>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
    /// Where infrastructure code defines it, when it does.
    pub origin: Option<Origin>,
}

impl ResourceParts {
    /// A resource of which nothing but the ARN is known.
    pub fn new(arn: Arn) -> Self {
        Self { arn, account: None, policy: None, tags: Vec::new(), origin: None }
    }
}

/// As what the policy of the resource of that ARN is attached.
pub(crate) fn policy_kind(arn: &Arn) -> PolicyKind {
    let is_role = arn.service() == "iam" && arn.resource().starts_with("role/");
    if is_role { PolicyKind::RoleTrust } else { PolicyKind::Resource }
}
