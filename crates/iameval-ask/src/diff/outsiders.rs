//! Policies of resources and roles in two worlds: whom they let in, also from outside.

use super::kindred::Kindred;
use super::{Diff, DiffError, Differ};
use crate::who_can::named::Named;
use iameval::symbol::Symbols;
use iameval::{AccountId, Arn, PolicyKind, Principal};
use iameval_world::{Attached, World};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the policies of one resource or role are in two worlds.
type Both<'w> = BTreeMap<(PolicyKind, &'w str, &'w str), [Option<&'w Attached>; 2]>;

impl Differ<'_> {
    /// Adds whom changed policies of resources and roles let in: callers of other accounts, and for a role everyone whom its
    /// trust policy names.
    pub(super) fn outsiders(
        &self,
        worlds: [&World; 2],
        symbols: Option<&Arc<Symbols>>,
        diff: &mut Diff,
    ) -> Result<(), DiffError> {
        let mut policies = Both::new();
        for (side, world) in worlds.into_iter().enumerate() {
            for (key, policy) in of_world(world) {
                if let Some(place) = policies.entry(key).or_default().get_mut(side) {
                    *place = Some(policy);
                }
            }
        }
        for ((kind, name, arn), both) in policies {
            let sides = both.map(|policy| policy.map(|attached| attached.policy.clone()));
            if let [Some(old), Some(new)] = &sides
                && old.document() == new.document()
                && old.is_unknown() == new.is_unknown()
            {
                continue;
            }
            let kindred = Kindred {
                resource: Some(name),
                arn: Some(arn).filter(|arn| !arn.is_empty()),
                owner: owner(worlds, name, arn),
                symbols,
                ..Kindred::of_kind(kind)
            };
            let is_known = |named: &Named| {
                let principal = match named {
                    Named::Other(_, arn) => arn.parse::<Principal>().ok(),
                    _ => None,
                };
                let ids = principal.and_then(|principal| principal.id().map(ToOwned::to_owned));
                ids.is_some_and(|id| worlds.iter().any(|world| world.principal(&id).is_some()))
            };
            // What a principal of the worlds can do with a resource depends on its own policies, and is compared with them.
            let is_compared = |named: &Named| kind != PolicyKind::RoleTrust && is_known(named);
            let [old, new] = &sides;
            let both = [old.as_slice(), new.as_slice()];
            diff.compared += 1;
            // What comes or goes with its policy denies nothing to anybody on the other side.
            let is_there =
                |world: &World| world.resources().contains_key(name) || world.principals().contains_key(name);
            let parts = if worlds.iter().all(|world| is_there(world)) {
                self.lone(both, &kindred, &is_compared)?
            } else {
                self.by_callers(both, &kindred, false, &is_compared)?
            };
            diff.parts.extend(parts.parts);
        }
        Ok(())
    }
}

/// The account that a resource or role is in.
fn owner(worlds: [&World; 2], name: &str, arn: &str) -> Option<AccountId> {
    let said = || worlds.iter().find_map(|world| world.resources().get(name)?.account);
    arn.parse::<Arn>().ok().and_then(|arn| arn.account_id()).or_else(said)
}

/// The policies of a world that name principals, by kind, and by name and ARN of what has them.
fn of_world(world: &World) -> impl Iterator<Item = ((PolicyKind, &str, &str), &Attached)> {
    let resources = world.resources().iter().filter_map(|(name, resource)| {
        let is_role = resource.arn.service() == "iam";
        let kind = if is_role { PolicyKind::RoleTrust } else { PolicyKind::Resource };
        Some(((kind, name.as_str(), resource.arn.as_str()), resource.policy.as_ref()?))
    });
    let roles = world.principals().iter();
    let roles = roles.filter_map(|(name, role)| {
        let arn = role.principal().principal_arn().unwrap_or_default();
        Some(((PolicyKind::RoleTrust, name.as_str(), arn), role.trust()?))
    });
    resources.chain(roles)
}
