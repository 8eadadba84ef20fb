//! Policies of two worlds that are attached to none of their principals, compared for any principal that has them.

use super::changed::depends_somehow;
use super::kindred::Kindred;
use super::{Diff, DiffError, Differ, Presence, Unheld};
use iameval::PolicyKind;
use iameval::symbol::Symbols;
use iameval_lint::guess_kind;
use iameval_world::{LoadedPolicy, Via, World, WorldPolicy};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Policies of one world that are called alike.
#[derive(Debug)]
struct Side {
    kind: PolicyKind,
    policies: Vec<Arc<LoadedPolicy>>,
    /// Whether somebody or something has them.
    is_held: bool,
}

/// Policies by what they are called, and which of that name they are where there are several.
type Sides<T> = BTreeMap<(Unheld, usize), T>;

impl Differ<'_> {
    /// Adds what changes for any principal that has a policy that is attached to nobody in the world that comes after, or belongs to a
    /// group without members there. Policies are paired by their names.
    pub(super) fn unheld(
        &self,
        worlds: [&World; 2],
        symbols: Option<&Arc<Symbols>>,
        diff: &mut Diff,
    ) -> Result<(), DiffError> {
        let mut all: Sides<[Option<Side>; 2]> = Sides::new();
        for (number, world) in worlds.into_iter().enumerate() {
            for (name, side) in by_name(world) {
                if let Some(place) = all.entry(name).or_default().get_mut(number) {
                    *place = Some(side);
                }
            }
        }
        for ((unheld, _), sides) in all {
            let Some(last) = sides.iter().flatten().last().filter(|last| !last.is_held) else { continue };
            let kind = last.kind;
            let presence = match &sides {
                [_, None] => Presence::OnlyOld,
                [None, _] => Presence::OnlyNew,
                _ => Presence::Both,
            };
            let [old, new] = sides.map(|side| side.map(|side| side.policies).unwrap_or_default());
            if is_same(&old, &new) {
                continue;
            }
            let kindred = Kindred { presence, unheld: Some(unheld), symbols, ..Kindred::of_kind(kind) };
            let both = [old.as_slice(), new.as_slice()];
            diff.compared += 1;
            let compared = match presence {
                Presence::Both => self.lone(both, &kindred, &|_| false)?,
                // What comes or goes denies nothing to anybody on the other side.
                _ => self.by_callers(both, &kindred, false, &|_| false)?,
            };
            diff.parts.extend(compared.parts);
        }
        Ok(())
    }
}

/// The groups of a world, and its policies that belong to none.
fn by_name(world: &World) -> Sides<Side> {
    let (mut held, mut with_members) = (HashSet::new(), HashSet::new());
    for (_, attached) in world.attachments() {
        held.insert(Arc::as_ptr(&attached.policy));
        if let Via::Group(name) = &attached.via {
            with_members.insert(&**name);
        }
    }
    let mut all = Sides::new();
    let mut of_groups = HashSet::new();
    for (name, attached) in world.groups() {
        let policies: Vec<_> = attached.iter().map(|attached| attached.policy.clone()).collect();
        of_groups.extend(policies.iter().map(Arc::as_ptr));
        let is_held = with_members.contains(name.as_str());
        all.insert((Unheld::Group(name.clone()), 0), Side { kind: PolicyKind::Identity, policies, is_held });
    }
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for known in world.policies().iter().filter(|known| !known.policy.is_of_aws()) {
        let address = Arc::as_ptr(&known.policy);
        if of_groups.contains(&address) && !held.contains(&address) {
            continue;
        }
        let number = met.entry(&known.policy.name).or_default();
        let side = Side { kind: kind(known), policies: vec![known.policy.clone()], is_held: held.contains(&address) };
        all.insert((Unheld::Policy(known.policy.name.clone()), *number), side);
        *number += 1;
    }
    all
}

/// As what a policy is compared: as it is said to be, or else as an identity policy, unless it names principals.
fn kind(known: &WorldPolicy) -> PolicyKind {
    let document = known.policy.document();
    let names_principals = || document.statements().iter().any(|statement| statement.principal().is_some());
    match known.kinds.first() {
        Some(kind) => *kind,
        None if names_principals() => guess_kind(document, &known.policy.name).kind,
        None => PolicyKind::Identity,
    }
}

/// Whether the same statements are there on both sides, under the same conditions of a template.
fn is_same(old: &[Arc<LoadedPolicy>], new: &[Arc<LoadedPolicy>]) -> bool {
    let is_same = |(old, new): (&Arc<LoadedPolicy>, &Arc<LoadedPolicy>)| {
        let depends = |policy: &LoadedPolicy| policy.document().statements().iter().any(depends_somehow);
        old.document() == new.document() && old.is_unknown() == new.is_unknown() && !depends(old) && !depends(new)
    };
    old.len() == new.len() && old.iter().zip(new).all(is_same)
}
