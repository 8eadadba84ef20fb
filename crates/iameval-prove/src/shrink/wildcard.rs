//! Wildcards in the place of actions, equal on the actions that a catalogue knows.

use super::contain::{Effort, Entry};
use super::draft::{Draft, Element, List};
use super::step::Step;
use iameval::ActionPattern;
use iameval_data::{Catalogue, Service};
use std::collections::{BTreeMap, BTreeSet};

/// Puts wildcards into lists of actions where that makes them shorter. `NotAction` stays: what it leaves out tomorrow is
/// harder to foresee.
pub(super) fn put(draft: &mut Draft<'_>, catalogue: &Catalogue, effort: &Effort, steps: &mut Vec<Step>) {
    for item in draft.statements.iter_mut().filter(|item| item.action.is_plain()) {
        for wildcard in candidates(&item.action, catalogue) {
            if let Some(entries) = replace(&mut item.action.entries, &wildcard, effort) {
                steps.push(Step::WildcardPut { statement: item.place.clone(), wildcard: wildcard.text, entries });
            }
        }
    }
}

/// The wildcards that cover no action of the catalogue but those of the list.
fn candidates(action: &Element, catalogue: &Catalogue) -> Vec<Entry> {
    let mut by_service: BTreeMap<String, Vec<ActionPattern>> = BTreeMap::new();
    for entry in &action.entries.items {
        let pattern = ActionPattern::new(&entry.text);
        if let Some(service) = pattern.service() {
            by_service.entry(service.to_owned()).or_default().push(pattern);
        }
    }
    let several = by_service.iter().filter(|(_, patterns)| patterns.len() > 1);
    let known = several.filter_map(|(prefix, patterns)| Some((catalogue.service(prefix)?, patterns)));
    known.flat_map(|(service, patterns)| of_service(service, patterns)).map(|text| Entry::action(&text)).collect()
}

fn of_service(service: Service<'_>, patterns: &[ActionPattern]) -> BTreeSet<String> {
    let prefix = service.prefix().to_ascii_lowercase();
    let (mut covered, mut others) = (Vec::new(), Vec::new());
    for action in service.actions() {
        let name = action.name().to_ascii_lowercase();
        let is_covered = patterns.iter().any(|pattern| pattern.matches_lowercase(&prefix, &name));
        if is_covered { covered.push(action.name()) } else { others.push(name) }
    }
    let is_equal = |stem: &&str| !others.iter().any(|other| other.starts_with(&stem.to_ascii_lowercase()));
    let stems = covered.iter().filter_map(|name| stems(name).find(is_equal));
    stems.map(|stem| format!("{}:{stem}*", service.prefix())).collect()
}

/// What a name begins with, up to the end of a word, shortest first.
fn stems(name: &str) -> impl Iterator<Item = &str> {
    let bytes = name.as_bytes();
    let ends_word = move |at: usize| match at.checked_sub(1).and_then(|before| bytes.get(before)).zip(bytes.get(at)) {
        Some((before, after)) => !before.is_ascii_uppercase() && after.is_ascii_uppercase(),
        None => true,
    };
    (0..=name.len()).filter(move |at| ends_word(*at)).filter_map(|at| name.get(..at))
}

/// Puts a wildcard in the place of the entries that it covers, if the list is shorter then.
fn replace(list: &mut List<Entry>, wildcard: &Entry, effort: &Effort) -> Option<Vec<Box<str>>> {
    const AROUND: usize = r#""","#.len();
    let room = |entry: &Entry| entry.text.len() + AROUND;
    let covered: Vec<bool> = list.items.iter().map(|entry| wildcard.contains(entry, effort)).collect();
    let mut replaced = list.items.iter().zip(&covered).filter(|(_, covered)| **covered).map(|(entry, _)| entry);
    let saved: usize = replaced.clone().map(room).sum();
    // One action alone stays: that would cover more tomorrow for a few characters.
    if replaced.clone().count() < 2 || saved <= room(wildcard) {
        return None;
    }
    let texts = replaced.by_ref().map(|entry| entry.text.clone()).collect();
    // Nothing before the first one is replaced.
    let first = covered.iter().position(|covered| *covered)?;
    list.retain(|index| covered.get(index) == Some(&false));
    list.items.insert(first, wildcard.clone());
    list.is_bare &= list.items.len() == 1;
    Some(texts)
}
