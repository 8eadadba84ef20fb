//! What tells the policies of one situation from those of another.

use crate::cache::Cache;
use crate::model::standing::StandingKey;
use crate::placed::SituationPolicies;
use std::sync::Arc;

/// What stands for everything that brings policies into play, by number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Combination {
    pub(crate) principal: Option<usize>,
    pub(crate) account: StandingKey,
    pub(crate) owner: StandingKey,
    pub(crate) resource: Option<PolicyOwner>,
    pub(crate) via: Option<usize>,
}

/// Whose the policy of a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PolicyOwner {
    Resource(usize),
    Role(usize),
}

/// The policies that were put together, by what brought them into play.
pub(crate) type Situations = Cache<Combination, Arc<SituationPolicies>>;

/// How many combinations a world keeps by default.
pub(crate) const SITUATIONS: usize = 20_000;
