//! Text in columns: named lines that wrap, and excerpts of a source with a place underlined.

use crate::escape::{is_simple, plain};
use crate::laid_out::LaidOut;
use crate::style::Style;
use iameval::symbol::Symbols;
use iameval::text::Span;
use iameval_world::Source;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Where the text of a named line begins.
const INDENT: usize = 12;

/// A space at which no line is cut.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// The text as one word, for lines that are cut between words.
pub fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// Lines of an answer as they are put together. What is handed in is plain text of any origin; none of it steers a
/// terminal, and no line is wider than the style wants, unless a single word is.
#[derive(Debug)]
pub struct Lines {
    pub(crate) text: String,
    style: Style,
    symbols: Option<Arc<Symbols>>,
}

impl Lines {
    /// No lines yet.
    pub fn new(style: Style) -> Self {
        Self { text: String::new(), style, symbols: None }
    }

    /// The same with the names of symbols in their place.
    #[must_use]
    pub fn naming(self, symbols: Option<&Arc<Symbols>>) -> Self {
        Self { symbols: symbols.cloned(), ..self }
    }

    fn plain(&self, text: &str) -> String {
        match &self.symbols {
            Some(symbols) => plain(&symbols.display(text)),
            None => plain(text),
        }
    }

    /// The lines, each ended.
    pub fn into_text(self) -> String {
        self.text
    }

    /// A text behind a prefix, wrapped between words; later lines begin with `rest`.
    pub fn behind(&mut self, first: &str, rest: &str, text: &str) {
        self.painted(first, first, rest, text);
    }

    /// The same where the prefix has colours; `first` is how it reads without.
    pub fn painted(&mut self, first: &str, painted: &str, rest: &str, text: &str) {
        let text = shortened(&self.plain(text));
        let room = self.room(columns(first).max(columns(rest)));
        let mut prefix = painted;
        for piece in wrapped(&text, room) {
            self.put(prefix, &piece);
            prefix = rest;
        }
    }

    /// A text with a name in front, wrapped between words; `faint` follows the text and matters less.
    pub fn named(&mut self, name: &str, text: &str, faint: &str) {
        let (text, faint) = (shortened(&self.plain(text)), self.plain(faint));
        let room = self.room(INDENT);
        let mut prefix = format!("  {name:<9} ");
        let rest = " ".repeat(INDENT);
        if !faint.is_empty() && columns(&text) + 2 + columns(&faint) <= room {
            let faint = self.style.faint(&faint);
            self.put(&prefix, &format!("{text}  {faint}"));
            return;
        }
        for piece in wrapped(&text, room) {
            self.put(&prefix, &piece);
            prefix.clone_from(&rest);
        }
        if !faint.is_empty() {
            for piece in wrapped(&faint, room) {
                let faint = self.style.faint(&piece);
                self.put(&prefix, &faint);
            }
        }
    }

    /// A line of a source behind a prefix, whole however long it is. A few words follow it, or stand below it behind
    /// `rest` where there is no room. `first` is how the prefix reads without colours.
    pub fn annotated(&mut self, first: &str, painted: &str, rest: &str, line: &str, words: &str) {
        let (line, words) = (self.plain(line), self.plain(words));
        let room = self.room(columns(first));
        if words.is_empty() {
            self.put(painted, &line);
        } else if columns(&line) + 2 + columns(&words) <= room {
            let words = self.style.mark(&words);
            self.put(painted, &format!("{line}  {words}"));
        } else {
            self.put(painted, &line);
            for piece in wrapped(&words, room) {
                let words = self.style.mark(&piece);
                self.put(rest, &words);
            }
        }
    }

    /// The line of a source in which a place begins, with the place underlined and a few words beside it. Of JSON on one
    /// long line it is the line that the place would stand on if it were laid out.
    pub(crate) fn excerpt(&mut self, source: &Source, number: u32, span: Span, words: &str) {
        let gutter = format!("{number:>8} | ");
        let room = self.room(gutter.len());
        let Some(excerpt) = ExcerptLine::new(source, span, room) else { return };
        let ExcerptLine { before, marked, after } = excerpt.cut(room);
        let source_line = format!("{before}{marked}{after}");
        let gutter = self.style.faint(&gutter);
        self.put(&gutter, source_line.trim_end());
        let blank = self.style.faint(&format!("{:>8} | ", ""));
        let (start, length) = (columns(&before), columns(&marked).max(1));
        let underline = format!("{}{}", " ".repeat(start), self.style.mark(&"^".repeat(length)));
        let words = shortened(&self.plain(words));
        if start + length + 1 + columns(&words) <= room {
            let words = self.style.mark(&words);
            self.put(&blank, &format!("{underline} {words}"));
            return;
        }
        self.put(&blank, &underline);
        for piece in wrapped(&words, room) {
            let words = self.style.mark(&piece);
            self.put(&blank, &words);
        }
    }

    /// A line that is laid out already.
    pub(crate) fn line(&mut self, text: &str) {
        self.put("", text);
    }

    /// How many columns are left behind a prefix.
    fn room(&self, prefix: usize) -> usize {
        self.style.width.saturating_sub(prefix).max(20)
    }

    fn put(&mut self, prefix: &str, text: &str) {
        let line = format!("{prefix}{text}");
        let _ = writeln!(self.text, "{}", line.trim_end());
    }
}

/// How many columns a text takes on a terminal.
pub fn columns(text: &str) -> usize {
    if is_simple(text) { text.len() } else { text.width() }
}

/// A line of a source around a place.
struct ExcerptLine {
    before: String,
    marked: String,
    after: String,
}

impl ExcerptLine {
    /// `None` when the place is not in the text.
    fn new(source: &Source, span: Span, room: usize) -> Option<Self> {
        let laid = LaidOut::around(&source.text, span, room);
        match laid.as_ref().and_then(|laid| Some((laid, laid.range(span)?))) {
            Some((laid, place)) => Self::of_line(&laid.text, place),
            None => Self::of_line(&source.text, span.start as usize..span.end as usize),
        }
    }

    fn of_line(text: &str, Range { start, end }: Range<usize>) -> Option<Self> {
        let marked = text.get(start..end)?;
        // Nothing further away is shown.
        let from = (start.saturating_sub(FURTHEST)..=start).find(|at| text.is_char_boundary(*at))?;
        let to = (end..=end.saturating_add(FURTHEST).min(text.len())).rev().find(|at| text.is_char_boundary(*at))?;
        let (head, tail) = (text.get(from..start)?, text.get(end..to)?);
        let before = head.rsplit(['\n', '\r']).next().unwrap_or_default();
        let of_line = |text: &'_ str| text.lines().next().unwrap_or_default().to_owned();
        let first = of_line(marked);
        let after = if first.len() == marked.len() { of_line(tail) } else { String::new() };
        Some(Self { before: plain(before), marked: plain(&first), after: plain(&after) })
    }
}

/// How many bytes of a line on either side of a place are looked at, which is more than any terminal shows.
const FURTHEST: usize = 16_384;

/// What stands for a part of a line that is left out.
const LEFT_OUT: &str = "...";

impl ExcerptLine {
    /// The line in at most so many columns, cut on both sides of the place; more is kept in front of it than behind.
    fn cut(self, room: usize) -> Self {
        let whole = columns(&self.before) + columns(&self.marked) + columns(&self.after);
        if whole <= room {
            return self;
        }
        let marked = beginning(&self.marked, room);
        let left = room - columns(&marked);
        let behind = columns(&self.after).min(left / 3);
        let before = end(&self.before, left - behind);
        let after = beginning(&self.after, left.saturating_sub(columns(&before)));
        Self { before, marked, after }
    }
}

/// The beginning of a text in at most so many columns; a sign says that there is more.
fn beginning(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let Some(room) = room.checked_sub(LEFT_OUT.len()) else { return String::new() };
    let fitting = taken(text.chars(), room);
    text.chars().take(fitting).chain(LEFT_OUT.chars()).collect()
}

/// The end of a text in at most so many columns; a sign says that there is more.
fn end(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let Some(room) = room.checked_sub(LEFT_OUT.len()) else { return String::new() };
    let fitting = taken(text.chars().rev(), room);
    let skip = text.chars().count() - fitting;
    LEFT_OUT.chars().chain(text.chars().skip(skip)).collect()
}

/// How many of the characters fit into so many columns.
fn taken(chars: impl Iterator<Item = char>, room: usize) -> usize {
    let mut used = 0;
    let fits = |ch: &char| {
        used += ch.width().unwrap_or(0);
        used <= room
    };
    chars.take_while(fits).count()
}

/// How long a word or a value may be that people read.
const LONGEST: usize = 200;

/// The text with words and values in quotes cut that no one reads to the end, such as long ARNs; signs that close something
/// stay.
pub(crate) fn shortened(text: &str) -> String {
    if columns(text) <= LONGEST {
        return text.to_owned();
    }
    let mut is_quoted = false;
    let parts = text.split(|sign| {
        is_quoted ^= sign == '"';
        sign == ' ' && !is_quoted
    });
    parts.map(shortened_value).collect::<Vec<_>>().join(" ")
}

/// A word or a value, cut where it is too long.
fn shortened_value(value: &str) -> String {
    if columns(value) <= LONGEST {
        return value.to_owned();
    }
    let body = value.trim_end_matches(['"', '\'', '`', ')', ']', ',', ';', ':', '.']);
    let closing = value.get(body.len()..).unwrap_or_default();
    let begun: String = value.chars().take(taken(value.chars(), LONGEST)).collect();
    format!("{begun}…{closing}")
}

/// The text in pieces of so many columns at most, cut between words; a word that is longer stays whole. At a
/// [`NO_BREAK`] it is cut only where nothing else helps.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    if columns(text) <= width {
        return vec![text.trim_end().replace(NO_BREAK, " ")];
    }
    let words = text.split(' ').flat_map(|word| {
        let apart = if columns(word) > width { [NO_BREAK].as_slice() } else { &[] };
        word.split(apart)
    });
    let mut pieces: Vec<String> = vec![String::new()];
    for word in words {
        let Some(piece) = pieces.last_mut() else { break };
        if piece.is_empty() {
            piece.push_str(word);
        } else if columns(piece) + 1 + columns(word) <= width {
            piece.push(' ');
            piece.push_str(word);
        } else {
            pieces.push(word.to_owned());
        }
    }
    // Spaces at which a line was cut are gone.
    let trimmed = pieces.into_iter().map(|piece| piece.trim_end().replace(NO_BREAK, " "));
    let pieces: Vec<String> =
        trimmed.enumerate().filter(|(at, piece)| *at == 0 || !piece.is_empty()).map(|(_, piece)| piece).collect();
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
    fn long_words_and_values_are_cut() {
        let long = "ab ".repeat(100);
        let cut = |value: &str| value.chars().take(LONGEST).collect::<String>();
        let text = format!("it has \"{long}\"; {}, {long}", "x".repeat(300));
        let expected = format!("it has {}…\"; {}…, {long}", cut(&format!("\"{long}")), "x".repeat(LONGEST));
        assert_eq!(shortened(&text), expected);
        let text = "é".repeat(LONGEST);
        assert_eq!(shortened(&text), text);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let source = Source::new("x", format!("{}HERE{}", "a".repeat(500), "b".repeat(500)));
        for width in [40, 80, 200] {
            let mut lines = Lines::new(Style { colour: false, width });
            lines.excerpt(&source, 1, Span::new(500, 504), "this one");
            assert!(lines.text.lines().all(|line| line.chars().count() <= width), "{}", lines.text);
            assert!(lines.text.contains("HERE") && lines.text.contains("^^^^"), "{}", lines.text);
        }
    }
}
