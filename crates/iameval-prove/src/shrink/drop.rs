//! Leaves out what other entries and statements say as well.

use super::contain::{Effort, Entry};
use super::cover::{Only, Part, is_covered};
use super::draft::{Condition, Draft, EVERYONE, Element, Item, List, Principals};
use super::step::{Covering, ListName, StatementPlace, Step};
use iameval::json::{Node, Value};
use iameval::{Effect, Layer, PrincipalType};
use std::collections::BTreeSet;

/// Removes entries that another of their list covers. What a list covers is what any of its entries covers, in a
/// `Not…` list as well.
pub(super) fn entries(draft: &mut Draft<'_>, effort: &Effort, steps: &mut Vec<Step>) {
    for item in &mut draft.statements {
        let Item { place, action, resource, principal, condition, .. } = item;
        patterns(action, ListName::Action, place, effort, steps);
        if let Some(resource) = resource {
            patterns(resource, ListName::Resource, place, effort, steps);
        }
        if let Some(principal) = principal {
            principals(principal, place, steps);
        }
        if let Some(condition) = condition {
            values(condition, place, steps);
        }
    }
}

fn patterns(element: &mut Element, list: ListName, place: &StatementPlace, effort: &Effort, steps: &mut Vec<Step>) {
    let covers = |other: &Entry, entry: &Entry| other.contains(entry, effort);
    thin_out(&mut element.entries, covers, |entry, by| {
        steps.push(removed(place, list, &entry.text, &by.text));
    });
}

fn principals(principals: &mut Principals<'_>, place: &StatementPlace, steps: &mut Vec<Step>) {
    let is_plain = !principals.is_negated;
    for (kind, list) in principals.lists.iter_mut().flatten() {
        let is_everyone = |text: &str| is_plain && *kind == PrincipalType::Aws && text == EVERYONE.1;
        let covers = |other: &&str, entry: &&str| other == entry || is_everyone(other);
        thin_out(list, covers, |entry, by| steps.push(removed(place, ListName::Principal, entry, by)));
    }
}

/// Of equal values the first one counts, whatever the operator.
fn values(condition: &mut Condition<'_>, place: &StatementPlace, steps: &mut Vec<Step>) {
    let lists = condition.blocks.iter_mut().flat_map(|block| &mut block.keys);
    for (_, list) in lists {
        let mut known = BTreeSet::new();
        let stays: Vec<bool> = list.items.iter().map(|value| known.insert(text(value))).collect();
        for (value, _) in list.items.iter().zip(&stays).rev().filter(|(_, stays)| !**stays) {
            steps.push(removed(place, ListName::Condition, &text(value), &text(value)));
        }
        list.retain(|index| stays.get(index) == Some(&true));
    }
}

/// The text of a value: `true` and `"true"` mean the same (R-GRAM-04).
fn text(value: &Node<'_>) -> String {
    match &value.value {
        Value::String(text) => text.to_string(),
        _ => value.to_string(),
    }
}

fn removed(statement: &StatementPlace, list: ListName, entry: &str, covered_by: &str) -> Step {
    Step::EntryRemoved { statement: statement.clone(), list, entry: entry.into(), covered_by: covered_by.into() }
}

/// Removes each item that another one covers which stays; of two that cover each other the first stays.
fn thin_out<T>(list: &mut List<T>, covers: impl Fn(&T, &T) -> bool, mut tell: impl FnMut(&T, &T)) {
    let mut stays = vec![true; list.items.len()];
    for (index, item) in list.items.iter().enumerate().rev() {
        let others = list.items.iter().zip(&stays).enumerate();
        let mut others = others.filter(|(at, (_, stays))| *at != index && **stays).map(|(_, (other, _))| other);
        if let Some(by) = others.find(|other| covers(other, item)) {
            tell(item, by);
            if let Some(stays) = stays.get_mut(index) {
                *stays = false;
            }
        }
    }
    list.retain(|index| stays.get(index) == Some(&true));
}

/// Removes statements that another one covers.
pub(super) fn statements(draft: &mut Draft<'_>, effort: &Effort, steps: &mut Vec<Step>) {
    for index in (0..draft.statements.len()).rev() {
        if let Some((statement, by)) = covering(draft, index, Only::Everything, effort) {
            steps.push(Step::StatementRemoved { statement, by });
            draft.statements.remove(index);
        }
    }
}

/// Removes entries for which another statement does all that their statement does.
pub(super) fn entries_of_others(draft: &mut Draft<'_>, effort: &Effort, steps: &mut Vec<Step>) {
    type Position = fn(usize) -> Only;
    let lists: [(ListName, Position); 2] = [(ListName::Action, Only::Action), (ListName::Resource, Only::Resource)];
    for index in 0..draft.statements.len() {
        for (list, only) in lists {
            let length =
                draft.statements.get(index).and_then(|item| item.plain(list)).map_or(0, |list| list.items.len());
            for at in (0..length).rev() {
                let Some((statement, by)) = covering(draft, index, only(at), effort) else { continue };
                let Some(entries) = draft.statements.get_mut(index).and_then(|item| item.plain_mut(list)) else {
                    continue;
                };
                // The last one goes with its statement.
                if entries.items.len() > 1 {
                    let entry = entries.items.remove(at).text;
                    steps.push(Step::EntryOfOtherRemoved { statement, list, entry, by });
                }
            }
        }
    }
}

/// The statement of that position, and the first other one that covers the part of it.
fn covering(draft: &Draft<'_>, index: usize, only: Only, effort: &Effort) -> Option<(StatementPlace, Covering)> {
    let item = draft.statements.get(index)?;
    let others = || draft.statements.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, other)| other);
    let find = |effect: Effect| {
        let mut others = others().filter(|other| other.effect == effect);
        others.find(|other| is_covered(Part { item, only }, other, effort)).map(|other| other.place.clone())
    };
    let same = find(item.effect).map(Covering::SameEffect);
    // Denies in the policy of a bucket do not stop its owner from mending it, and an Allow may then count (R-SVC-13).
    let denies_all = Layer::of(draft.kind) != Layer::Resource;
    let by = same.or_else(|| find(Effect::Deny).filter(|_| denies_all).map(Covering::Denied))?;
    Some((item.place.clone(), by))
}
