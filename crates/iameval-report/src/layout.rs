//! Text in columns: named lines that wrap, and excerpts of a source with a place underlined.

use crate::Style;
use crate::escape::plain;
use iameval::text::{LineIndex, Span};
use iameval_world::Source;
use std::fmt::Write;

/// Where the text of a named line begins.
const INDENT: usize = 12;

/// A space at which no line is cut.
const NO_BREAK: char = '\u{a0}';

/// The text as one word.
pub(crate) fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// Lines of an answer as they are put together.
pub(crate) struct Lines {
    pub(crate) text: String,
    style: Style,
}

impl Lines {
    pub(crate) fn new(style: Style) -> Self {
        Self { text: String::new(), style }
    }

    /// A line by itself.
    pub(crate) fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{text}");
    }

    /// A line with a name in front, wrapped between words; `faint` follows the text and matters less.
    pub(crate) fn named(&mut self, name: &str, text: &str, faint: &str) {
        let room = self.style.width.saturating_sub(INDENT).max(20);
        let one_line = faint.is_empty() || text.chars().count() + 2 + faint.chars().count() <= room;
        let mut name = name;
        let mut put = |out: &mut String, text: &str| {
            let _ = writeln!(out, "  {name:<9} {}", text.trim_end().replace(NO_BREAK, " "));
            name = "";
        };
        if one_line && !faint.is_empty() {
            put(&mut self.text, &format!("{text}  {}", self.style.faint(faint)));
            return;
        }
        for piece in wrapped(text, room) {
            put(&mut self.text, piece);
        }
        if !faint.is_empty() {
            for piece in wrapped(faint, room) {
                put(&mut self.text, &self.style.faint(piece));
            }
        }
    }

    /// The line of a source in which a place begins, with the place underlined and a few words beside it.
    pub(crate) fn excerpt(&mut self, source: &Source, span: Span, words: &str) {
        let Some(Excerpt { number, before, marked, after }) = Excerpt::new(source, span) else { return };
        let gutter = format!("{number:>8} | ");
        let room = self.style.width.saturating_sub(gutter.len()).max(20);
        // A long line is cut on both sides of the place.
        let marked: String = marked.chars().take(room).collect();
        let keep = room.saturating_sub(marked.chars().count());
        let skip = before.chars().count().saturating_sub(keep);
        let before: String = before.chars().skip(skip).collect();
        let left = room.saturating_sub(before.chars().count() + marked.chars().count());
        let after: String = after.chars().take(left).collect();
        let _ = writeln!(self.text, "{}{before}{marked}{after}", self.style.faint(&gutter));
        let blank = format!("{:>8} | ", "");
        let (start, length) = (before.chars().count(), marked.chars().count().max(1));
        let underline = self.style.mark(&"^".repeat(length));
        let (pad, words) = (" ".repeat(start), plain(words));
        let fits = start + length + 1 + words.chars().count() <= room;
        if fits {
            let _ = writeln!(self.text, "{}{pad}{underline} {}", self.style.faint(&blank), self.style.mark(&words));
            return;
        }
        let _ = writeln!(self.text, "{}{pad}{underline}", self.style.faint(&blank));
        for piece in wrapped(&words, room) {
            let _ = writeln!(self.text, "{}{}", self.style.faint(&blank), self.style.mark(piece));
        }
    }
}

/// A line of a source around a place.
struct Excerpt {
    number: u32,
    before: String,
    marked: String,
    after: String,
}

impl Excerpt {
    /// `None` when the place is not in the text.
    fn new(source: &Source, span: Span) -> Option<Self> {
        let text = &source.text;
        let (start, end) = (span.start as usize, span.end as usize);
        let marked = text.get(start..end)?;
        let head = text.get(..start)?;
        let before = head.rsplit(['\n', '\r']).next().unwrap_or_default();
        let of_line = |text: &'_ str| text.lines().next().unwrap_or_default().to_owned();
        let first = of_line(marked);
        let after = if first.len() == marked.len() { of_line(text.get(end..)?) } else { String::new() };
        let number = source.position(&LineIndex::new(text), span.start).line;
        Some(Self { number, before: plain(before), marked: plain(&first), after: plain(&after) })
    }
}

/// The text in pieces of so many columns at most, cut between words; a word that is longer stays whole.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut end, mut columns) = (0, 0, 0);
    let mut at = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if end > start && columns + 1 + length > width {
            pieces.push(text.get(start..end).unwrap_or_default().trim());
            (start, columns) = (at, 0);
        }
        columns += length + usize::from(columns > 0);
        end = at + word.len();
        at = end + 1;
    }
    pieces.push(text.get(start..end).unwrap_or_default().trim());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("averylongword x", 4), ["averylongword", "x"]);
        assert_eq!(wrapped("", 10), [""]);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let source = Source::new("x", format!("{}HERE{}", "a".repeat(500), "b".repeat(500)));
        for width in [40, 80, 200] {
            let mut lines = Lines::new(Style { colour: false, width });
            lines.excerpt(&source, Span::new(500, 504), "this one");
            assert!(lines.text.lines().all(|line| line.chars().count() <= width), "{}", lines.text);
            assert!(lines.text.contains("HERE") && lines.text.contains("^^^^"), "{}", lines.text);
        }
    }
}
