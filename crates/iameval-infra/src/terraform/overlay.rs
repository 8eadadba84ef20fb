//! A plan beside its source: which resources there are and what is known of them, the plan tells; what it leaves out, the
//! source says.

use super::drafted::{Drafted, Root};
use super::identity::Identity;
use crate::codes;
use crate::literal;
use crate::value::{Value, ValueKind};
use iameval::json::{self, Node, Value as JsonValue};
use iameval::symbol::Symbols;
use iameval::text::{LineIndex, Span};
use iameval::{Diagnostic, Severity};
use iameval_world::{Finding, Source};
use std::collections::HashMap;
use std::sync::Arc;

/// The plan, with what of it is not known taken from the source. Policies of which both say something else are told with
/// that severity.
pub(super) fn together(mut plan: Root, source: Root, symbols: &Symbols, severity: Severity) -> Root {
    let Root { resources, warnings, errors, .. } = source;
    let mut written: HashMap<String, Drafted> =
        resources.into_iter().map(|drafted| (drafted.address.clone(), drafted)).collect();
    let mut filled = Vec::new();
    for drafted in &mut plan.resources {
        if let Some(other) = written.remove(&drafted.address) {
            let told = different(drafted, &other, &plan.source);
            let told = told.map(|(place, diagnostic)| (place, diagnostic.with_severity(severity)));
            let findings = if severity == Severity::Error { &mut plan.errors } else { &mut plan.warnings };
            findings.extend(told.map(|(source, diagnostic)| Finding::new(&source, diagnostic)));
            fill(drafted, other, symbols, &mut filled);
        }
    }
    // That a policy is not in the plan is nothing to tell of where the source has it.
    plan.warnings.retain(|warning| !filled.iter().any(|span| *span == warning.diagnostic.span()));
    plan.warnings.extend(warnings.into_iter().filter(|warning| warning.diagnostic.code() != codes::LEFT_OPEN));
    plan.errors.extend(errors);
    plan
}

/// A policy of which the plan and the source say something else, where both know all of it.
fn different(drafted: &Drafted, other: &Drafted, plan: &Arc<Source>) -> Option<(Arc<Source>, Diagnostic)> {
    for (name, value) in drafted.arguments.iter().filter(|(name, _)| !other.ignored.contains(name)) {
        let (Some(known), Some(written)) = (document(value), other.argument(name)) else { continue };
        if document(written).is_none_or(|written| are_same(&known, &written)) {
            continue;
        }
        let source = other.source.as_ref().unwrap_or(plan);
        let line = LineIndex::new(&source.text).position(&source.text, written.span.start).line;
        let address = &drafted.address;
        let message = format!(
            "the plan was not made of this source: `{address}.{name}` is something else at {}:{line}",
            source.name
        );
        let diagnostic = Diagnostic::new(codes::INVALID_PLAN, value.span, message);
        return Some((
            plan.clone(),
            diagnostic.with_help("make the plan anew, or name the folder that it was made of"),
        ));
    }
    None
}

/// How long documents are that are compared, which is more than AWS takes.
const LONGEST: usize = 65_536;

/// A document that is text without symbols.
fn document(value: &Value) -> Option<Node<'_>> {
    let text = value.as_text().filter(|text| text.len() <= LONGEST && !literal::holds_symbol(text))?;
    json::parse(text).ok().filter(|document| document.get("Statement").is_some())
}

/// Whether two documents say the same: in whatever order, and with one value as a list or not. AWS changes both.
fn are_same(one: &Node<'_>, other: &Node<'_>) -> bool {
    match (&one.value, &other.value) {
        (JsonValue::Object(members), JsonValue::Object(others)) => {
            let is_in =
                |member: &json::Member<'_>| other.get(&member.key).is_some_and(|known| are_same(&member.value, known));
            members.len() == others.len() && members.iter().all(is_in)
        }
        (JsonValue::Array(items), JsonValue::Array(others)) => {
            let is_in = |item: &Node<'_>, of: &[Node<'_>]| of.iter().any(|known| are_same(item, known));
            items.iter().all(|item| is_in(item, others)) && others.iter().all(|item| is_in(item, items))
        }
        (JsonValue::Array(items), _) => items.len() == 1 && items.iter().all(|item| are_same(item, other)),
        (_, JsonValue::Array(items)) => items.len() == 1 && items.iter().all(|item| are_same(one, item)),
        (one, other) => scalar(one) == scalar(other),
    }
}

/// A value as text: functions make no difference between numbers, truth values and texts.
fn scalar<'v>(value: &'v JsonValue<'_>) -> Option<&'v str> {
    match value {
        JsonValue::String(text) | JsonValue::Number(text) => Some(text),
        JsonValue::Bool(true) => Some("true"),
        JsonValue::Bool(false) => Some("false"),
        JsonValue::Null | JsonValue::Array(_) | JsonValue::Object(_) => None,
    }
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
        ValueKind::List(items) | ValueKind::Unordered(items) => items.iter().any(|item| is_open(item, symbols)),
        ValueKind::Map(entries) => entries
            .iter()
            .any(|entry| symbols.within(&entry.key.text).next().is_some() || is_open(&entry.value, symbols)),
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Untyped(_) => false,
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
