//! Who and what has which policy.

use crate::model::organization::WorldLevel;
use crate::model::policy::{Attached, LoadedPolicy, Via};
use crate::model::resource::policy_kind;
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

    fn add<'a>(&mut self, kind: PolicyKind, attached: impl IntoIterator<Item = &'a Attached>) {
        for Attached { policy, via } in attached {
            let holders = self.known.entry(Arc::as_ptr(policy)).or_default();
            let holder = Holder { kind, via: via.clone() };
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        }
    }

    fn add_levels(&mut self, kind: PolicyKind, levels: &[WorldLevel]) {
        for level in levels {
            self.add(kind, &level.policies);
        }
    }
}

impl World {
    /// Who and what has which policy.
    pub fn holders(&self) -> Holders {
        let mut holders = Holders::default();
        for principal in self.principals().values() {
            holders.add(Identity, principal.identity());
            holders.add(PermissionsBoundary, principal.boundary());
            holders.add(Session, principal.session());
            holders.add(ScopeDown, principal.scope_down());
            holders.add(RoleTrust, principal.trust());
        }
        for resource in self.resources().values() {
            holders.add(policy_kind(&resource.arn), &resource.policy);
        }
        for endpoint in self.endpoints().values() {
            holders.add(Endpoint, &endpoint.policies);
        }
        for account in self.organization().into_iter().chain(self.member_accounts().values()) {
            holders.add_levels(ServiceControl, &account.scps);
            holders.add_levels(ResourceControl, &account.rcps);
        }
        holders
    }
}
