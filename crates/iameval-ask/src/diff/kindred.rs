//! Policies of a kind that take each other's place, and what they stand beside when they are compared.

use super::{DiffError, Presence, Unheld};
use crate::provable::Provable;
use crate::stand_in::everything;
use iameval::symbol::Symbols;
use iameval::{AccountId, LayeredPolicies, PolicyKind, PolicySet, Statement};
use iameval_world::{Attached, LoadedPolicy, Via, assemble, level_name};
use std::sync::Arc;

/// The policies of a kind on both sides that take each other's place.
pub(super) type Both<'p> = [&'p [Arc<LoadedPolicy>]; 2];

/// What two policies have in common.
#[derive(Debug)]
pub(super) struct Kindred<'k> {
    pub(super) kind: PolicyKind,
    pub(super) presence: Presence,
    pub(super) unheld: Option<Unheld>,
    /// The name of the resource or role that has them.
    pub(super) resource: Option<&'k str>,
    /// Its ARN.
    pub(super) arn: Option<&'k str>,
    /// The account that it is in, where that is known.
    pub(super) owner: Option<AccountId>,
    /// What is not known of either.
    pub(super) symbols: Option<&'k Arc<Symbols>>,
}

impl Kindred<'_> {
    /// Policies of a kind of which nothing else is known.
    pub(super) fn of_kind(kind: PolicyKind) -> Self {
        Self { kind, presence: Presence::Outside, unheld: None, resource: None, arn: None, owner: None, symbols: None }
    }

    /// Whether a request that one policy of the kind does not allow may be allowed by another one. AWS attaches
    /// `RCPFullAWSAccess` itself, and it cannot be detached, so that RCPs always stand beside one that does.
    pub(super) fn may_stand_beside(&self) -> bool {
        matches!(self.kind, PolicyKind::Identity | PolicyKind::ServiceControl | PolicyKind::Resource)
    }
}

/// The statements of all policies.
pub(super) fn statements(both: Both<'_>) -> impl Iterator<Item = &Statement> {
    both.into_iter().flatten().flat_map(|policy| policy.document().statements())
}

/// What stands around policies when they are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surroundings {
    /// Nothing.
    None,
    /// Policies of the other kinds that allow everything.
    OtherKinds,
    /// These, and one of the same kind that does.
    Full,
}

impl Kindred<'_> {
    /// Both sides beside what stands around them.
    pub(super) fn sides(&self, both: Both<'_>, around: Surroundings) -> Result<[Provable; 2], DiffError> {
        let [old, new] = both;
        Ok([self.provable(old, around)?, self.provable(new, around)?])
    }

    /// Policies beside others that allow everything.
    fn provable(&self, policies: &[Arc<LoadedPolicy>], around: Surroundings) -> Result<Provable, DiffError> {
        let mut placed = LayeredPolicies::new();
        let mut add = |kind: PolicyKind, policy: &Arc<LoadedPolicy>| {
            placed.add(kind, Attached { policy: policy.clone(), via: Via::Flag });
        };
        let kind = self.kind;
        for policy in policies {
            add(kind, policy);
        }
        if around == Surroundings::Full {
            add(kind, &everything(kind));
        }
        if around != Surroundings::None && kind != PolicyKind::Identity {
            add(PolicyKind::Identity, &everything(PolicyKind::Identity));
        }
        // Callers of other accounts need the consent of the resource as well.
        if kind == PolicyKind::Endpoint {
            add(PolicyKind::Resource, &everything(PolicyKind::Resource));
        }
        placed.name_levels(level_name);
        let set: PolicySet = assemble(&placed)?;
        let set = match self.symbols {
            Some(symbols) => set.with_symbols(symbols.clone()),
            None => set,
        };
        Ok(Provable::of_placed(set, placed))
    }
}
