//! Texts as a template holds them, with the places of their bytes.

use crate::value::Text;
use iameval::json::Node;
use iameval::text::Span;
use iameval_world::yaml::Block;

/// The first character of the plane that symbols are of.
const FIRST_OF_PLANE: char = '\u{100000}';

/// Whether a text holds a character that could be taken for a symbol.
pub(crate) fn holds_symbol(text: &str) -> bool {
    text.as_bytes().contains(&0xF4) && text.chars().any(|character| character >= FIRST_OF_PLANE)
}

/// The value of a string node in the text `outer`, or of its name at `span`.
pub(crate) fn text(outer: &str, value: &str, span: Span) -> Text {
    Text { text: value.to_owned(), runs: runs(outer, value, span) }
}

fn runs(outer: &str, value: &str, span: Span) -> Vec<(u32, Span)> {
    let Some(raw) = outer.get(span.range()) else { return Vec::new() };
    if value.is_empty() {
        return Vec::new();
    }
    let (raw, from) = after_marks(raw, span.start as usize);
    let whole = |from: usize| vec![(0, Span::new(from, from + value.len()))];
    let in_quotes = |mark: char| raw.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    if raw == value {
        return whole(from);
    }
    if let Some(inside) = in_quotes('"') {
        return if inside == value { whole(from + 1) } else { escaped(value, inside, from + 1) };
    }
    if let Some(inside) = in_quotes('\'') {
        return if inside == value { whole(from + 1) } else { Vec::new() };
    }
    block(outer, value, span)
}

/// What stands after the tag and the anchor of a value, and where.
fn after_marks(raw: &str, from: usize) -> (&str, usize) {
    let mut rest = raw;
    while rest.starts_with(['!', '&'])
        && let Some((_, after)) = rest.split_once(char::is_whitespace)
    {
        rest = after.trim_start();
    }
    (rest, from + raw.len() - rest.len())
}

/// The lines of a block text.
fn block(outer: &str, value: &str, span: Span) -> Vec<(u32, Span)> {
    let node = Node { span, ..Node::string(value) };
    let Some(block) = Block::of(outer, &node) else { return Vec::new() };
    let mut at = 0;
    let mut runs = Vec::new();
    for line in value.split_inclusive('\n') {
        let place = block.span(Span::new(at, at + line.trim_end_matches('\n').len()));
        if place.start < place.end {
            runs.push((Span::new(at, at).start, place));
        }
        at += line.len();
    }
    runs
}

/// A text that is written with the escapes of JSON, from `from` on: what stands between the escapes.
fn escaped(value: &str, raw: &str, from: usize) -> Vec<(u32, Span)> {
    let mut runs: Vec<(u32, Span)> = Vec::new();
    let (mut at, mut here) = (0, 0);
    let mut is_open = false;
    for character in value.chars() {
        let escape = raw.get(at..).and_then(|rest| rest.strip_prefix('\\'));
        let width = match escape.map(|rest| rest.starts_with('u')) {
            None => character.len_utf8(),
            Some(false) => 2,
            Some(true) => 6 * character.len_utf16(),
        };
        if escape.is_some() {
            is_open = false;
        } else if let Some((_, span)) = runs.last_mut().filter(|_| is_open) {
            *span = Span::new(span.start as usize, from + at + width);
        } else {
            runs.push((Span::new(here, here).start, Span::new(from + at, from + at + width)));
            is_open = true;
        }
        (at, here) = (at + width, here + character.len_utf8());
    }
    // Other escapes, as YAML has them: then nothing is certain.
    if at == raw.len() { runs } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval_world::yaml;

    #[test]
    fn runs_stand_in_the_template_as_they_are() {
        for outer in [
            r#"{"a": "x\"y\u00e9z"}"#,
            r#"{"a": "plain"}"#,
            "a: plain\n",
            "a: 'plain'\n",
            "a: 'it''s'\n",
            "a: !Sub plain text\n",
            "a: !Sub \"quoted\"\n",
            "a: !Sub |\n  one\n\n    two é\n",
            "a: >\n  one\n  two\n",
            "a: \"x\\ty\"\n",
        ] {
            let tree = yaml::parse(outer).unwrap();
            let node = tree.get("a").unwrap();
            let text = text(outer, node.as_str().unwrap(), node.span);
            for (start, span) in &text.runs {
                let start = *start as usize;
                assert_eq!(text.text.get(start..start + span.range().len()), outer.get(span.range()), "{outer}");
            }
            assert_eq!(text.runs.is_empty(), outer.contains("''") || outer.contains('>'), "{outer}: {text:?}");
        }
    }

    #[test]
    fn symbols_are_told_from_text() {
        assert!(holds_symbol("a\u{100001}"));
        assert!(!holds_symbol("a😀é"));
    }
}
