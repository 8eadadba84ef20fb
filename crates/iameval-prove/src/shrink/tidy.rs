//! What decides nothing, and shorter spellings of what does.

use super::draft::{Draft, Item, List};
use super::step::Step;

/// Removes Sids (R-GRAM-12).
pub(super) fn sids(draft: &mut Draft<'_>, steps: &mut Vec<Step>) {
    let removed = draft.statements.iter_mut().filter_map(|item| item.sid.take()).count();
    if removed > 0 {
        steps.push(Step::SidsRemoved(removed));
    }
}

/// Removes operators without keys, and conditions without operators, which always hold (R-GRAM-13).
pub(super) fn empty_conditions(draft: &mut Draft<'_>, steps: &mut Vec<Step>) {
    for Item { place, condition: written, .. } in &mut draft.statements {
        let Some(condition) = written else { continue };
        let before = condition.blocks.len();
        condition.blocks.retain(|block| !block.keys.is_empty());
        let is_empty = condition.blocks.is_empty();
        if is_empty || condition.blocks.len() < before {
            steps.push(Step::EmptyConditionRemoved(place.clone()));
        }
        if is_empty {
            *written = None;
        }
    }
}

/// Writes lists of one entry as texts (R-GRAM-03).
pub(super) fn lists(draft: &mut Draft<'_>, steps: &mut Vec<Step>) {
    let mut count = 0;
    for item in &mut draft.statements {
        unwrap(&mut item.action.entries, &mut count);
        item.resource.iter_mut().for_each(|element| unwrap(&mut element.entries, &mut count));
        let principals = item.principal.iter_mut().filter_map(|element| element.lists.as_mut()).flatten();
        principals.for_each(|(_, list)| unwrap(list, &mut count));
        let blocks = item.condition.iter_mut().flat_map(|condition| &mut condition.blocks);
        blocks.flat_map(|block| &mut block.keys).for_each(|(_, list)| unwrap(list, &mut count));
    }
    if count > 0 {
        steps.push(Step::ListsUnwrapped(count));
    }
}

fn unwrap<T>(list: &mut List<T>, count: &mut usize) {
    if list.items.len() == 1 && !list.is_bare {
        list.is_bare = true;
        *count += 1;
    }
}
