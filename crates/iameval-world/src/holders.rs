//! Who and what has which policy.

use crate::model::organization::WorldLevel;
use crate::model::policy::{Attached, LoadedPolicy, Via};
use crate::model::resource::{WorldResource, policy_kind};
use crate::world::World;
use iameval::PolicyKind::{
    self, Endpoint, Identity, PermissionsBoundary, ResourceControl, RoleTrust, ScopeDown, ServiceControl, Session,
};
use std::collections::HashMap;
use std::sync::Arc;

/// One way in which a policy is attached.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// As what.
    pub kind: PolicyKind,
    /// To whom or what.
    pub via: Via,
}

/// What a world attaches each of its policies to.
#[derive(Debug, Default)]
pub struct Holders {
    /// By address: the policies are those of the world.
    known: HashMap<*const LoadedPolicy, Vec<Holder>>,
}

impl Holders {
    /// Who and what has the policy, each once, in the order of names.
    pub fn of(&self, policy: &Arc<LoadedPolicy>) -> &[Holder] {
        self.known.get(&Arc::as_ptr(policy)).map(Vec::as_slice).unwrap_or_default()
    }

    fn add(&mut self, kind: PolicyKind, Attached { policy, via }: &Attached) {
        let holders = self.known.entry(Arc::as_ptr(policy)).or_default();
        let holder = Holder { kind, via: via.clone() };
        if !holders.contains(&holder) {
            holders.push(holder);
        }
    }
}

impl World {
    /// Who and what has which policy.
    pub fn holders(&self) -> Holders {
        let mut holders = Holders::default();
        self.attachments().for_each(|(kind, attached)| holders.add(kind, attached));
        holders
    }

    /// The resources among those that have a policy, as [`World::holders`] tells them.
    pub fn resources_among(&self, holders: &[Holder]) -> impl Iterator<Item = &WorldResource> {
        holders.iter().filter_map(|holder| match &holder.via {
            Via::Attached(name) if holder.kind == PolicyKind::Resource => self.resources().get(&**name),
            _ => None,
        })
    }

    /// Every policy that a principal, resource, endpoint or account has, and as what, each time that it is attached.
    pub fn attachments(&self) -> impl Iterator<Item = (PolicyKind, &Attached)> {
        let principals = self.principals().values().flat_map(|principal| {
            of_kind(Identity, principal.identity())
                .chain(of_kind(PermissionsBoundary, principal.boundary()))
                .chain(of_kind(Session, principal.session()))
                .chain(of_kind(ScopeDown, principal.scope_down()))
                .chain(of_kind(RoleTrust, principal.trust()))
        });
        let resources =
            self.resources().values().flat_map(|resource| of_kind(policy_kind(&resource.arn), &resource.policy));
        let endpoints = self.endpoints().values().flat_map(|endpoint| of_kind(Endpoint, &endpoint.policies));
        let accounts = self.organization().into_iter().chain(self.member_accounts().values());
        let accounts = accounts.flat_map(|account| {
            of_levels(ServiceControl, &account.scps).chain(of_levels(ResourceControl, &account.rcps))
        });
        principals.chain(resources).chain(endpoints).chain(accounts)
    }
}

fn of_kind<'a>(
    kind: PolicyKind,
    attached: impl IntoIterator<Item = &'a Attached>,
) -> impl Iterator<Item = (PolicyKind, &'a Attached)> {
    attached.into_iter().map(move |attached| (kind, attached))
}

fn of_levels(kind: PolicyKind, levels: &[WorldLevel]) -> impl Iterator<Item = (PolicyKind, &Attached)> {
    levels.iter().flat_map(move |level| of_kind(kind, &level.policies))
}

impl WorldResource {
    /// Its ARN, and a pattern for what lies under it, as objects do in a bucket.
    pub fn with_its_parts(&self) -> Vec<String> {
        let arn = self.arn.as_str();
        let under = World::has_things_under(arn).then(|| format!("{arn}/*"));
        [arn.to_owned()].into_iter().chain(under).collect()
    }
}
