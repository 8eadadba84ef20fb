//! A plan beside its source: which resources there are and what is known of them, the plan tells; what it leaves out, the
//! source says.

use super::drafted::{Drafted, Root};
use super::identity::Identity;
use crate::codes;
use crate::value::{Value, ValueKind};
use iameval::symbol::Symbols;
use iameval::text::Span;
use std::collections::HashMap;

/// The plan, with what of it is not known taken from the source.
pub(super) fn together(mut plan: Root, source: Root, symbols: &Symbols) -> Root {
    let Root { resources, warnings, errors, .. } = source;
    let mut written: HashMap<String, Drafted> =
        resources.into_iter().map(|drafted| (drafted.address.clone(), drafted)).collect();
    let mut filled = Vec::new();
    for drafted in &mut plan.resources {
        if let Some(other) = written.remove(&drafted.address) {
            fill(drafted, other, symbols, &mut filled);
        }
    }
    // That a policy is not in the plan is nothing to tell of where the source has it.
    plan.warnings.retain(|warning| !filled.iter().any(|span| *span == warning.diagnostic.span()));
    plan.warnings.extend(warnings.into_iter().filter(|warning| warning.diagnostic.code() != codes::LEFT_OPEN));
    plan.errors.extend(errors);
    plan
}

/// Takes what is not known of a resource from its source, and the place of everything.
fn fill(drafted: &mut Drafted, other: Drafted, symbols: &Symbols, filled: &mut Vec<Span>) {
    let Drafted { source, id_span, span, arguments, identity, .. } = other;
    named(&mut drafted.identity, identity, symbols);
    for (name, value) in &mut drafted.arguments {
        let known = arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        let place = known.map_or(id_span, |known| known.span);
        match known {
            Some(known) if is_open(value, symbols) && says_more(known, value) => {
                spans_of(value, filled);
                *value = known.clone();
            }
            _ => *value = value.clone().placed(place),
        }
    }
    (drafted.source, drafted.id_span, drafted.span) = (source, id_span, span);
}

/// Takes from the source what of a name is not known.
fn named(known: &mut Identity, source: Identity, symbols: &Symbols) {
    let is_open = |text: &str| symbols.within(text).next().is_some();
    for (text, written) in [(&mut known.name, source.name), (&mut known.arn, source.arn)] {
        if text.as_deref().is_none_or(is_open) && written.is_some() {
            *text = written;
        }
    }
    if is_open(&known.id) && !source.id.is_empty() {
        known.id = source.id;
    }
}

/// Whether something in a value is not known.
fn is_open(value: &Value, symbols: &Symbols) -> bool {
    match &value.kind {
        ValueKind::Unknown(_) | ValueKind::OneOf { .. } => true,
        ValueKind::Text(text) => symbols.within(&text.text).next().is_some(),
        ValueKind::List(items) => items.iter().any(|item| is_open(item, symbols)),
        ValueKind::Map(entries) => entries
            .iter()
            .any(|entry| symbols.within(&entry.key.text).next().is_some() || is_open(&entry.value, symbols)),
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) => false,
    }
}

/// Whether a value says more than another of which parts are not known.
fn says_more(source: &Value, plan: &Value) -> bool {
    !matches!(source.kind, ValueKind::Unknown(_)) || matches!(plan.kind, ValueKind::Unknown(_))
}

/// The places of what is not known.
fn spans_of(value: &Value, spans: &mut Vec<Span>) {
    match &value.kind {
        ValueKind::Unknown(_) => spans.push(value.span),
        ValueKind::List(items) => items.iter().for_each(|item| spans_of(item, spans)),
        ValueKind::Map(entries) => entries.iter().for_each(|entry| spans_of(&entry.value, spans)),
        _ => {}
    }
}
