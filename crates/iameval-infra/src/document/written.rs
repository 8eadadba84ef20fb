//! Which parts of a template say something other than what stands there.

use crate::value::{Text, Value, ValueKind};
use iameval::text::Span;

/// The parts of a template that are not what they come to: functions, and escapes and indentation inside of texts. What
/// touches none of them can be changed in place.
pub(crate) fn computed(value: &Value, template: &str) -> Vec<Span> {
    let mut parts = Vec::new();
    collect(value, template, &mut parts);
    parts
}

fn collect(value: &Value, template: &str, parts: &mut Vec<Span>) {
    match &value.kind {
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) => {}
        ValueKind::Untyped(_) | ValueKind::Unknown(_) => parts.push(value.span),
        ValueKind::Text(text) => of_text(text, value.span, template, parts),
        ValueKind::OneOf { choices, .. } => {
            let choices: Vec<&Value> = choices.iter().flatten().collect();
            around(value.span, choices.iter().map(|choice| choice.span), parts);
            for choice in choices {
                collect(choice, template, parts);
            }
        }
        ValueKind::List(items) | ValueKind::Unordered(items) => {
            for item in items {
                below(value, item, template, parts);
            }
        }
        ValueKind::Map(entries) => {
            for entry in entries {
                of_text(&entry.key, entry.key_span, template, parts);
                below(value, &entry.value, template, parts);
            }
        }
    }
}

/// A part of a list or map: where it stands elsewhere, the whole is what a function came to.
fn below(whole: &Value, part: &Value, template: &str, parts: &mut Vec<Span>) {
    if whole.span.contains(part.span) { collect(part, template, parts) } else { parts.push(whole.span) }
}

fn of_text(text: &Text, span: Span, template: &str, parts: &mut Vec<Span>) {
    if let [(0, run)] = text.runs.as_slice()
        && span.contains(*run)
        && run.range().len() == text.text.len()
    {
        let edge = |start, end| template.get(start as usize..end as usize).unwrap_or_default();
        let edges = (edge(span.start, run.start), edge(run.end, span.end));
        if matches!(edges, ("", "") | ("\"", "\"") | ("'", "'")) {
            return;
        }
    }
    around(span, text.runs.iter().map(|(_, run)| *run), parts);
}

/// What of a place is between and around parts of it.
fn around(span: Span, inner: impl Iterator<Item = Span>, parts: &mut Vec<Span>) {
    let mut at = span.start;
    for inner in inner {
        if !span.contains(inner) || inner.start < at {
            parts.push(span);
            return;
        }
        if inner.start > at {
            parts.push(Span { start: at, end: inner.start });
        }
        at = inner.end;
    }
    if at < span.end {
        parts.push(Span { start: at, end: span.end });
    }
}
