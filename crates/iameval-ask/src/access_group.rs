//! What can be done by one statement, in words, with a request that shows it.

use crate::phrase::{Phrase, in_phrases};
use crate::provable::Provable;
use crate::stand_in::is_stand_in;
use iameval::{ContextKey, ContextValue, Effect, Request, StatementId};
use iameval_data::Catalogue;
use iameval_prove::{Counterexample, KeyScope, KeyState, Scope, Undecided, WhatCan};
use std::collections::BTreeSet;

/// Actions that one statement gives, with a request that shows it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessGroup {
    /// The actions of the catalogue, sorted.
    pub actions: Vec<String>,
    /// The same in a few words.
    pub phrases: Vec<Phrase>,
    /// Whether it gives actions as well that the catalogue does not have.
    pub has_unlisted: bool,
    /// A request that is allowed.
    pub request: Counterexample,
    /// What is in its context beside what follows from caller, resource and scope.
    pub given: Vec<(ContextKey, ContextValue)>,
    /// The statement that allows it, of the policies that do.
    pub by: Option<StatementId>,
    /// The Deny statement that stands in the way, of the policies that do not allow it; `None` where nothing allows it there.
    pub against: Option<StatementId>,
    /// The names of what is not known and tells whether it is allowed; nothing where it certainly is.
    pub depends_on: BTreeSet<String>,
}

/// What can be done, with one group for each statement that gives something. `instead` are policies that do not allow it.
pub(crate) fn groups(
    found: &WhatCan,
    policies: &Provable,
    instead: Option<&Provable>,
    scope: &Scope,
    catalogue: &Catalogue,
) -> Vec<AccessGroup> {
    let listed = found.groups.iter().map(|group| (&*group.actions, &group.request, &[][..]));
    let unlisted = found.unlisted.iter().map(|request| (&[][..], request, &[][..]));
    grouped(listed.chain(unlisted), policies, instead, scope, catalogue)
}

/// What may be done, by what is not known, with one group for each statement that may give something.
pub(crate) fn groups_that_may(
    found: &WhatCan,
    policies: &Provable,
    instead: Option<&Provable>,
    scope: &Scope,
    catalogue: &Catalogue,
) -> Vec<AccessGroup> {
    let all = found.may.iter().chain(&found.unlisted_may);
    let all = all.map(|group| (&*group.actions, &group.request, &*group.depends_on));
    grouped(all, policies, instead, scope, catalogue)
}

fn grouped<'f>(
    found: impl Iterator<Item = (&'f [String], &'f Counterexample, &'f [Undecided])>,
    policies: &Provable,
    instead: Option<&Provable>,
    scope: &Scope,
    catalogue: &Catalogue,
) -> Vec<AccessGroup> {
    let mut groups: Vec<AccessGroup> = Vec::new();
    for (actions, example, depends_on) in found {
        let certain = || cause(policies, instead, &example.request);
        let by = if depends_on.is_empty() { certain() } else { example.statement };
        let depends_on = depends_on.iter().filter_map(|reason| match reason {
            Undecided::Symbol(name) => Some(name.to_string()),
            _ => None,
        });
        let against = instead.and_then(|instead| denial(instead, &example.request));
        // Actions that no catalogue has are only mentioned beside those that it has.
        let is_same = |group: &&mut AccessGroup| group.by == by && (actions.is_empty() || group.against == against);
        let known = groups.iter_mut().find(is_same);
        match known {
            Some(group) => {
                group.actions.extend_from_slice(actions);
                group.has_unlisted |= actions.is_empty();
                group.depends_on.extend(depends_on);
            }
            None => groups.push(AccessGroup {
                actions: actions.to_vec(),
                phrases: Vec::new(),
                has_unlisted: actions.is_empty(),
                request: example.clone(),
                given: given(&example.request, scope),
                by,
                against,
                depends_on: depends_on.collect(),
            }),
        }
    }
    for group in &mut groups {
        group.actions.sort();
        group.phrases = in_phrases(&group.actions, catalogue);
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.actions.len()), group.by));
    groups
}

/// The groups where it does not matter what allows it: one for each Deny statement.
pub(crate) fn whatever_allows(groups: Vec<AccessGroup>, catalogue: &Catalogue) -> Vec<AccessGroup> {
    let mut merged: Vec<AccessGroup> = Vec::new();
    for group in groups {
        match merged.iter_mut().find(|known| known.against == group.against) {
            Some(known) => {
                known.actions.extend(group.actions);
                known.has_unlisted |= group.has_unlisted;
                known.depends_on.extend(group.depends_on);
            }
            None => merged.push(AccessGroup { by: None, ..group }),
        }
    }
    for group in &mut merged {
        group.actions.sort();
        group.phrases = in_phrases(&group.actions, catalogue);
    }
    merged
}

/// The context of a request without what follows, and without what the scope leaves no choice about.
fn given(request: &Request, scope: &Scope) -> Vec<(ContextKey, ContextValue)> {
    let mut builder = Request::builder(request.action().clone()).principal(request.principal().clone());
    builder = builder.resource(request.resource());
    if let Some(account) = request.resource_account() {
        builder = builder.resource_account(account);
    }
    let derived = builder.build();
    let is_fixed = |key: &ContextKey| {
        let fixes = |own: &&KeyScope| own.key == *key;
        scope.keys.iter().find(fixes).is_some_and(|own| match own.alternatives.as_slice() {
            [KeyState::Present(range)] => range.any_of.as_ref().is_some_and(|values| values.len() == 1),
            [KeyState::Is(_)] => true,
            _ => false,
        })
    };
    let own = request.context().iter().filter_map(|(key, value)| Some((key, value?)));
    let own = own.filter(|(key, value)| derived.context().value(key) != Some(value) && !is_fixed(key));
    own.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The statement that allows a request: one that the other policies lack, where there is such.
pub(crate) fn cause(policies: &Provable, instead: Option<&Provable>, request: &Request) -> Option<StatementId> {
    let simulation = policies.policies().set().simulate(request);
    // Those that grant before those that only limit.
    let all = || simulation.matched.iter().filter(|matched| matched.effect == Effect::Allow);
    let allows = || simulation.deciding().chain(all());
    let is_new = |id: StatementId| {
        let instead = instead?;
        let placed = policies.place(id)?;
        let layers = instead.policies().set().policies().map(|policy| iameval::Layer::of(policy.kind()));
        let same_layer = layers.zip(instead.attachments()).filter(|(layer, _)| *layer == placed.origin.layer);
        let mut statements = same_layer.flat_map(|(_, attachment)| attachment.policy.document().statements());
        Some(!statements.any(|other| Some(other) == placed.statement))
    };
    let new = allows().find(|matched| is_new(matched.id) == Some(true));
    let is_given = |id: StatementId| {
        let index = policies.policies().set().origin(id).map(|origin| origin.policy_index);
        index.and_then(|index| policies.attachments().get(index)).is_some_and(|given| !is_stand_in(given))
    };
    let deciding = || allows().find(|matched| is_given(matched.id));
    new.filter(|matched| is_given(matched.id)).or_else(deciding).map(|matched| matched.id)
}

/// The Deny statement that keeps a request from being allowed.
fn denial(policies: &Provable, request: &Request) -> Option<StatementId> {
    let simulation = policies.policies().set().simulate(request);
    simulation.matched.iter().find(|matched| matched.effect == Effect::Deny).map(|matched| matched.id)
}
