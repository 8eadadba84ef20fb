//! Makes one statement of those that are equal in all but their actions, or in all but their resources.
//!
//! Never of those that differ in both, which would allow every action on every resource, and never of those that leave
//! actions or resources out: what two such statements cover is not what either list leaves out.

use super::contain::Entry;
use super::draft::{Draft, Element, Item, Principals};
use super::step::{ListName, Step};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that must be equal: effect, principals, the other list, and the tests of the condition.
type Key<'k, 'd> = (
    &'static str,
    Option<(bool, BTreeSet<(&'static str, &'d str)>)>,
    Option<(bool, BTreeSet<String>)>,
    BTreeSet<&'k String>,
);

/// Merges as long as there is anything to merge, first by the list that saves more.
pub(super) fn statements(draft: &mut Draft<'_>, steps: &mut Vec<Step>) {
    loop {
        let attempts = [ListName::Action, ListName::Resource].map(|list| merged(draft, list));
        let best = attempts.into_iter().flatten().min_by_key(|(merged, _)| merged.size());
        let Some((merged, told)) = best else { return };
        *draft = merged;
        steps.extend(told);
    }
}

/// The document with all statements merged that differ in that list only, if there are any.
fn merged<'d>(draft: &Draft<'d>, list: ListName) -> Option<(Draft<'d>, Vec<Step>)> {
    let mut groups: BTreeMap<Key<'_, 'd>, Vec<usize>> = BTreeMap::new();
    for (index, item) in draft.statements.iter().enumerate() {
        if let Some(key) = key(item, list) {
            groups.entry(key).or_default().push(index);
        }
    }
    let mut others_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for group in groups.into_values().filter(|group| group.len() > 1) {
        if let [first, others @ ..] = group.as_slice() {
            others_of.insert(*first, others.to_vec());
        }
    }
    if others_of.is_empty() {
        return None;
    }
    let gone: BTreeSet<usize> = others_of.values().flatten().copied().collect();
    let (mut statements, mut steps) = (Vec::new(), Vec::new());
    for (index, item) in draft.statements.iter().enumerate().filter(|(index, _)| !gone.contains(index)) {
        let mut item = item.clone();
        if let Some(others) = others_of.get(&index) {
            let others: Vec<&Item<'_>> = others.iter().filter_map(|other| draft.statements.get(*other)).collect();
            for other in &others {
                add(&mut item, other, list);
            }
            let others = others.iter().map(|other| other.place.clone()).collect();
            steps.push(Step::Merged { into: item.place.clone(), others, list });
        }
        statements.push(item);
    }
    Some((draft.with_statements(statements), steps))
}

/// What a statement must have in common with others for that list to be merged; `None` where it cannot be.
fn key<'k, 'd>(item: &'k Item<'d>, list: ListName) -> Option<Key<'k, 'd>> {
    item.plain(list)?;
    let other = match list {
        ListName::Resource => Some(item.action.key()),
        _ => item.resource.as_ref().map(Element::key),
    };
    let principal = item.principal.as_ref().map(Principals::key);
    Some((item.effect.as_str(), principal, other, item.tests().collect()))
}

/// Adds the entries of another statement that are not there yet.
fn add(item: &mut Item<'_>, other: &Item<'_>, list: ListName) {
    if let (Some(into), Some(from)) = (item.plain_mut(list), other.plain(list)) {
        let mut known: BTreeSet<String> = into.items.iter().map(Entry::key).collect();
        into.items.extend(from.items.iter().filter(|entry| known.insert(entry.key())).cloned());
        into.is_bare &= into.items.len() == 1;
    }
}
