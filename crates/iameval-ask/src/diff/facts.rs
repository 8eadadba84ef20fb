//! What two worlds say of a caller beside its policies. A proof is about one caller and one owner, so where they say different
//! things, and it makes a difference, what changes is not known.

use super::{ChangedFact, DiffPart, DiffUndecided, Presence, Subject};
use crate::provable::Provable;
use iameval::{Action, Context, ContextKey, PolicySet, Principal, PrincipalForm, PrincipalList, Request, Statement};
use iameval_world::{Situation, World, WorldPrincipal};
use std::collections::{BTreeMap, BTreeSet};

/// Why it is not known what changes for a caller of whom two worlds say different things.
pub(super) fn undecided(situations: &[Option<Situation>; 2], sides: [&Provable; 2]) -> BTreeSet<DiffUndecided> {
    let [Some(old), Some(new)] = situations else { return BTreeSet::new() };
    let mut found = BTreeSet::new();
    if old.principal == new.principal
        && old.in_management_account == new.in_management_account
        && old.resource_account == new.resource_account
    {
        return found;
    }
    let requests = [old, new].map(request);
    let sets = sides.map(|side| side.policies().set());
    let said = |key: &ContextKey| [old, new].into_iter().any(|side| side.context.is_given(key));
    found.extend(changed_keys(&requests, &sets).into_iter().filter(|key| !said(key)).map(DiffUndecided::Context));
    if sets.iter().any(|set| {
        let [old, new] = requests.each_ref().map(|request| set.possible_compositions(request));
        old != new
    }) {
        found.insert(DiffUndecided::Fact(ChangedFact::Standing));
    }
    if old.principal.account() == new.principal.account()
        && sides.iter().any(|side| name_one(side, &old.principal, &new.principal))
    {
        found.insert(DiffUndecided::Fact(ChangedFact::Name));
    }
    found
}

/// Whether a principal of two worlds is somebody else than before, and not only in another account.
pub(super) fn is_changed(sides: &[Option<&WorldPrincipal>; 2]) -> bool {
    let [Some(old), Some(new)] = sides.map(|side| side.map(WorldPrincipal::principal)) else { return false };
    if old == new {
        return false;
    }
    let (Some(from), Some(to)) = (old.account(), new.account()) else { return true };
    let moved = |text: Option<&str>| text.map(|text| text.replace(from.as_str(), to.as_str()));
    from == to
        || moved(old.id()).as_deref() != new.id()
        || moved(old.principal_arn()).as_deref() != new.principal_arn()
        || old.is_service_linked_role() != new.is_service_linked_role()
}

/// A request with what follows from caller and resource.
fn request(situation: &Situation) -> Request {
    let action = Action::literal("any:any").unwrap_or_else(|_| unreachable!("this is an action"));
    situation.request(action, &Context::new()).build()
}

/// The keys that follow from the caller, have other values than before, and are read.
fn changed_keys(requests: &[Request; 2], sets: &[&PolicySet; 2]) -> BTreeSet<ContextKey> {
    let [old, new] = requests.each_ref().map(Request::context);
    let all = old.iter().chain(new.iter()).map(|(key, _)| key);
    let is_changed = |key: &&ContextKey| old.value(key) != new.value(key);
    let is_read = |key: &&ContextKey| sets.iter().any(|set| set.context_keys().any(|read| read == *key));
    // It follows from each resource.
    let owner = ContextKey::new("aws:ResourceAccount");
    all.filter(|key| **key != owner).filter(is_changed).filter(is_read).cloned().collect()
}

/// Whether a principal element names one of two principals and not the other.
fn name_one(side: &Provable, old: &Principal, new: &Principal) -> bool {
    let names = |principal: &Principal| -> BTreeSet<String> {
        let names = [principal.id(), principal.principal_arn(), principal.provider(), principal.canonical_user_id()];
        names.into_iter().flatten().map(ToOwned::to_owned).collect()
    };
    let (old, new) = (names(old), names(new));
    let apart: BTreeSet<&String> = old.symmetric_difference(&new).collect();
    let statements = side.policies().documents().iter().flat_map(|document| document.statements());
    let mut texts = statements.filter_map(Statement::principal).flat_map(|element| match element.form() {
        PrincipalForm::Map(lists) => lists.iter().flat_map(PrincipalList::values).collect(),
        PrincipalForm::Everyone => Vec::new(),
    });
    texts.any(|text| apart.iter().any(|name| name.as_str() == text))
}

/// Tags of what both worlds have, principals among it, that are others than before, as the keys that hold them.
pub(super) fn changed_resource_tags(worlds: [&World; 2]) -> BTreeSet<ContextKey> {
    let [old, new] = worlds.map(resource_tags);
    let both = old.iter().filter_map(|(arn, old)| Some((old, new.get(arn)?)));
    let changed = both.flat_map(|(old, new)| old.symmetric_difference(new));
    changed.map(|(tag, _)| ContextKey::new(&format!("aws:ResourceTag/{tag}"))).collect()
}

/// Tags and their values, by ARN.
fn resource_tags(world: &World) -> BTreeMap<&str, BTreeSet<&(String, String)>> {
    let resources = world.resources().values().map(|resource| (Some(resource.arn.as_str()), resource.tags.as_slice()));
    let principals = world.principals().values();
    let principals = principals.map(|principal| (principal.principal().principal_arn(), principal.tags()));
    resources.chain(principals).filter_map(|(arn, tags)| Some((arn?, tags.iter().collect()))).collect()
}

/// For each resource of both worlds that is in another account than before, that it is not known what changes there.
pub(super) fn moved(worlds: [&World; 2]) -> Vec<DiffPart> {
    let [old, new] = worlds;
    let both = old.resources().iter().filter_map(|(name, old)| Some((name, old, new.resources().get(name)?)));
    let moved = both.filter(|(_, old, new)| old.arn == new.arn && old.account != new.account);
    moved
        .map(|(name, ..)| {
            let subject = Subject {
                principals: Vec::new(),
                presence: Presence::Both,
                unheld: None,
                resource: Some(name.clone()),
                condition: None,
            };
            let mut part = DiffPart::empty(subject, [Provable::nothing(), Provable::nothing()]);
            part.undecided.insert(DiffUndecided::Fact(ChangedFact::ResourceAccount));
            part
        })
        .collect()
}
