//! Whether one statement applies to all that another applies to.

use super::contain::{Effort, Entry};
use super::draft::{EVERYONE, Element, Item, Principals};
use iameval::Effect;

/// A statement, or as much of it as is about one entry.
#[derive(Clone, Copy)]
pub(super) struct Part<'a, 'd> {
    pub(super) item: &'a Item<'d>,
    pub(super) only: Only,
}

/// The entries that a part of a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Only {
    /// All of them.
    Everything,
    /// One of `Action`.
    Action(usize),
    /// One of `Resource`.
    Resource(usize),
}

/// Whether nothing is lost without the part while the other statement stays: that one has the same effect, applies
/// wherever the part does, and names the caller as strongly; or it denies all that the part allows.
pub(super) fn is_covered(part: Part<'_, '_>, by: &Item<'_>, effort: &Effort) -> bool {
    let Part { item, only } = part;
    let is_denied = item.effect == Effect::Allow && by.effect == Effect::Deny;
    let (action, resource) = match only {
        Only::Everything => (None, None),
        Only::Action(index) => (Some(index), None),
        Only::Resource(index) => (None, Some(index)),
    };
    (item.effect == by.effect || is_denied)
        && by.tests().all(|test| item.tests().any(|own| own == test))
        && names(by.principal.as_ref(), item.principal.as_ref(), is_denied)
        && covers(&by.action, &item.action, action, effort)
        && match (&by.resource, &item.resource) {
            (None, None) => true,
            (Some(outer), None) => outer.is_plain() && outer.entries.items.iter().any(Entry::is_everything),
            (None, Some(_)) => false,
            (Some(outer), Some(inner)) => covers(outer, inner, resource, effort),
        }
}

/// Whether an element covers all that another, or its entry at `only`, covers.
fn covers(outer: &Element, inner: &Element, only: Option<usize>, effort: &Effort) -> bool {
    let wanted = |(index, _): &(usize, &Entry)| only.is_none_or(|only| only == *index);
    let mut inside = inner.entries.items.iter().enumerate().filter(wanted).map(|(_, entry)| entry);
    let outside = &outer.entries.items;
    match (outer.is_plain(), inner.is_plain()) {
        (true, true) => inside.all(|entry| outside.iter().any(|other| other.contains(entry, effort))),
        (true, false) => outside.iter().any(Entry::is_everything),
        // What the one leaves out, the other does as well.
        (false, false) => {
            outside.iter().all(|entry| inner.entries.items.iter().any(|other| other.contains(entry, effort)))
        }
        (false, true) => inside.all(|entry| outside.iter().all(|other| entry.is_apart_from(other, effort))),
    }
}

/// Whether a principal element names all whom another names, as strongly. `NotPrincipal` lists others in an Allow than in
/// a Deny (R-PRIN-12). Everyone stands for entries of `AWS` alone: whether it stands for services is inferred.
fn names(outer: Option<&Principals<'_>>, inner: Option<&Principals<'_>>, across_effects: bool) -> bool {
    let (outer, inner) = match (outer, inner) {
        (None, None) => return true,
        (Some(outer), Some(inner)) => (outer, inner),
        _ => return false,
    };
    if outer.is_negated || inner.is_negated {
        return !across_effects && outer.key() == inner.key();
    }
    let known = outer.entries();
    let is_named =
        |entry: &(&'static str, &str)| known.contains(entry) || (entry.0 == EVERYONE.0 && known.contains(&EVERYONE));
    inner.entries().iter().all(is_named)
}
