//! Divides the statements of a document among several.
//!
//! Documents side by side deny what any of them denies and allow what any of them allows, so it does not matter which
//! statement stands in which, and a statement about two lists of actions is two statements.

use super::contain::Entry;
use super::draft::{Draft, Item, List};
use super::merge;
use super::step::ListName;

/// The document as at most so many, of about the same size and within the limit where that can be: fewer, when there is
/// too little to divide.
pub(super) fn divide<'d>(draft: &Draft<'d>, documents: usize, limit: Option<usize>) -> Vec<Draft<'d>> {
    // A statement of one long list takes many cuts until its parts fit.
    let most = draft.statements.len().saturating_add(documents.saturating_mul(16));
    let mut items = draft.statements.clone();
    while items.len() < documents && cut_largest(&mut items) {}
    let mut best = pack(draft, &items, documents);
    while largest(&best) > limit.unwrap_or(usize::MAX) && items.len() < most {
        if !cut_largest(&mut items) {
            break;
        }
        let packed = pack(draft, &items, documents);
        if largest(&packed) < largest(&best) {
            best = packed;
        }
    }
    best
}

fn largest(drafts: &[Draft<'_>]) -> usize {
    drafts.iter().map(Draft::size).max().unwrap_or_default()
}

/// Largest first, each into the document that is smallest so far; within a document they keep their order.
fn pack<'d>(draft: &Draft<'d>, items: &[Item<'d>], documents: usize) -> Vec<Draft<'d>> {
    let mut order: Vec<(usize, usize)> = items.iter().map(size).enumerate().collect();
    order.sort_by_key(|(index, size)| (std::cmp::Reverse(*size), *index));
    // A policy without statements is one, which is not the same as none (R-EVAL-08).
    let mut bins: Vec<(usize, Vec<usize>)> = vec![(0, Vec::new()); items.len().clamp(1, documents)];
    for (index, size) in order {
        if let Some((filled, held)) = bins.iter_mut().min_by_key(|(filled, _)| *filled) {
            *filled += size;
            held.push(index);
        }
    }
    let mut held: Vec<Vec<usize>> = bins.into_iter().map(|(_, held)| held).collect();
    for held in &mut held {
        held.sort_unstable();
    }
    held.sort();
    let document = |held: Vec<usize>| {
        let statements = held.into_iter().filter_map(|index| items.get(index)).cloned().collect();
        let mut document = draft.with_statements(statements);
        // Halves of a statement that came together again.
        merge::statements(&mut document, &mut Vec::new());
        document
    };
    held.into_iter().map(document).collect()
}

fn size(item: &Item<'_>) -> usize {
    item.to_json().to_string().chars().count()
}

/// Makes two of the largest statement that can be cut. Whether there was one.
fn cut_largest(items: &mut Vec<Item<'_>>) -> bool {
    let cuttable = items.iter().enumerate().filter_map(|(index, item)| Some((index, item, longest(item)?)));
    let largest = cuttable.max_by_key(|(index, item, _)| (size(item), std::cmp::Reverse(*index)));
    let Some((index, item, list)) = largest else { return false };
    let (mut first, mut second) = (item.clone(), item.clone());
    // Two statements of a document cannot have the same one.
    second.sid = None;
    if let (Some(of_first), Some(of_second)) = (first.plain_mut(list), second.plain_mut(list)) {
        let middle = of_first.items.len() / 2;
        of_first.retain(|at| at < middle);
        of_second.retain(|at| at >= middle);
        for half in [of_first, of_second] {
            half.is_bare = half.items.len() == 1;
        }
    }
    items.splice(index..=index, [first, second]);
    true
}

/// The list of several entries that takes most room.
fn longest(item: &Item<'_>) -> Option<ListName> {
    let room = |list: &List<Entry>| list.items.iter().map(|entry| entry.text.len()).sum::<usize>();
    let lists = [ListName::Action, ListName::Resource].into_iter();
    let several = lists.filter_map(|name| Some((name, item.plain(name).filter(|list| list.items.len() > 1)?)));
    several.max_by_key(|(_, list)| room(list)).map(|(name, _)| name)
}
