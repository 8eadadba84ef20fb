//! `jsonencode`: a value as JSON text, in which what stands in the source keeps its place.

use crate::value::{Entry, Text, Value, ValueKind};
use iameval::text::Span;

/// The text of a value; `None` where it depends on a choice, or on what type something is.
pub(super) fn encode(value: &Value) -> Option<Text> {
    let mut text = Text::default();
    write(value, &mut text)?;
    Some(text)
}

/// The value in which null, as one of several choices, is nothing: as an argument it is the same as none at all.
pub(super) fn without_nulls(value: Value) -> Value {
    let kind = match value.kind {
        ValueKind::OneOf { on, choices } => {
            let choice = |choice: Option<Value>| {
                choice.filter(|value| !matches!(value.kind, ValueKind::Null)).map(without_nulls)
            };
            ValueKind::OneOf { on, choices: choices.into_iter().map(choice).collect() }
        }
        ValueKind::List(items) => ValueKind::List(items.into_iter().map(without_nulls).collect()),
        ValueKind::Unordered(items) => ValueKind::Unordered(items.into_iter().map(without_nulls).collect()),
        ValueKind::Map(entries) => {
            let entry = |entry: Entry| Entry { value: without_nulls(entry.value), ..entry };
            ValueKind::Map(entries.into_iter().map(entry).collect())
        }
        kind => kind,
    };
    Value { kind, ..value }
}

/// A value as an argument of a resource. In policies, it makes no difference in which order something stands, and whether a
/// number is one or its text.
pub(super) fn argument(value: Value) -> Value {
    fn settled(value: Value) -> Value {
        let kind = match value.kind {
            ValueKind::OneOf { on, choices } => {
                let choices = choices.into_iter().map(|choice| choice.map(settled)).collect();
                ValueKind::OneOf { on, choices }
            }
            ValueKind::List(items) | ValueKind::Unordered(items) => {
                ValueKind::List(items.into_iter().map(settled).collect())
            }
            ValueKind::Map(entries) => {
                let entry = |entry: Entry| Entry { value: settled(entry.value), ..entry };
                ValueKind::Map(entries.into_iter().map(entry).collect())
            }
            ValueKind::Untyped(text) => ValueKind::Text(Text::from(text)),
            kind => kind,
        };
        Value { kind, ..value }
    }
    settled(without_nulls(value))
}

fn write(value: &Value, out: &mut Text) -> Option<()> {
    match &value.kind {
        ValueKind::Null => out.push_str("null"),
        ValueKind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        ValueKind::Number(number) => out.push_str(number),
        ValueKind::Text(text) => quoted(&with_marks(text, value.span), text, out),
        // Outside of a string it is a value that is not known.
        ValueKind::Unknown(symbol) => out.push_str(&symbol.to_string()),
        ValueKind::List(items) | ValueKind::Unordered(items) => {
            out.push_str("[");
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write(item, out)?;
            }
            out.push_str("]");
        }
        ValueKind::Map(entries) => {
            out.push_str("{");
            let mut entries: Vec<&Entry> = entries.iter().collect();
            entries.sort_by(|left, right| left.key.text.cmp(&right.key.text));
            for (at, entry) in entries.into_iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                quoted(&with_marks(&entry.key, entry.key_span), &entry.key, out);
                out.push_str(":");
                write(&entry.value, out)?;
            }
            out.push_str("}");
        }
        // Whether it has quotation marks is not known.
        ValueKind::Untyped(_) | ValueKind::OneOf { .. } => return None,
    }
    Some(())
}

/// The quotation marks around a text, with their places where the source has them.
fn with_marks(text: &Text, span: Span) -> [Text; 2] {
    let first = text.runs.first().map(|(_, run)| run.start);
    let last = text.runs.last().map(|(_, run)| run.end + 1);
    let is_quoted = first == Some(span.start + 1) || last == Some(span.end);
    let mark = |start: u32| {
        let place = Span { start, end: start + 1 };
        Text { text: "\"".to_owned(), runs: if is_quoted { vec![(0, place)] } else { Vec::new() } }
    };
    [mark(span.start), mark(span.end.saturating_sub(1))]
}

fn quoted([before, after]: &[Text; 2], text: &Text, out: &mut Text) {
    out.push(before);
    let mut from = 0;
    for (at, character) in text.text.char_indices() {
        let escaped = match character {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => format!("\\u{:04x}", u32::from(character)),
            control if u32::from(control) < 0x20 => format!("\\u{:04x}", u32::from(control)),
            _ => continue,
        };
        out.push_part(text, from..at);
        out.push_str(&escaped);
        from = at + character.len_utf8();
    }
    out.push_part(text, from..text.text.len());
    out.push(after);
}
