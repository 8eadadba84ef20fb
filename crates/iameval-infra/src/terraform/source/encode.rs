//! `jsonencode`: a value as JSON text, in which what stands in the source keeps its place.

use crate::value::{Text, Value, ValueKind};
use iameval::text::Span;

/// The text of a value; `None` where it depends on a choice.
pub(super) fn encode(value: &Value) -> Option<Text> {
    let mut text = Text::default();
    write(value, &mut text)?;
    Some(text)
}

fn write(value: &Value, out: &mut Text) -> Option<()> {
    match &value.kind {
        ValueKind::Null => out.push_str("null"),
        ValueKind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        ValueKind::Number(number) => out.push_str(number),
        ValueKind::Text(text) => quoted(&with_marks(text, value.span), text, out),
        // Outside of a string it is a value that is not known.
        ValueKind::Unknown(symbol) => out.push_str(&symbol.to_string()),
        ValueKind::List(items) => {
            out.push_str("[");
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write(item, out)?;
            }
            out.push_str("]");
        }
        ValueKind::Map(entries) => {
            out.push_str("{");
            for (at, entry) in entries.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                quoted(&with_marks(&entry.key, entry.key_span), &entry.key, out);
                out.push_str(":");
                write(&entry.value, out)?;
            }
            out.push_str("}");
        }
        ValueKind::OneOf { .. } => return None,
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
