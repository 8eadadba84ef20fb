//! Text of unknown origin, made fit to be shown.
//!
//! What is put into a line goes through [`plain`] or [`harmless`]. What leaves the program goes through [`screened`] or
//! [`screened_json`] as well, so that a text which was forgotten steers nothing either.

use std::borrow::Cow;
use std::fmt::Write;

/// The text with its invisible commands written out as `\u{…}`: control characters, which could steer a terminal, and
/// those that turn the direction of reading. Line breaks and tabs stay.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        if is_command(ch) && !matches!(ch, '\n' | '\r' | '\t') {
            out.extend(ch.escape_unicode());
        } else {
            out.push(ch);
        }
    }
    out
}

/// Whether a character commands instead of being shown: control characters, and those that turn the direction of reading.
fn is_command(ch: char) -> bool {
    ch.is_control()
        || matches!(ch, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether the text is printable ASCII, as most texts are: harmless, and as many columns wide as it is long.
pub(crate) fn is_simple(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The same as a piece of one line: tabs and line breaks are spaces.
pub fn plain(text: &str) -> String {
    if is_simple(text) {
        return text.to_owned();
    }
    harmless(text).replace(['\t', '\n', '\r'], " ")
}

/// How commands to the runner of GitHub Actions begin in the older of their two forms, wherever in a line.
const OLD_COMMAND: &str = "##[";

/// Lines for people, fit to leave the program: nothing in them steers a terminal but colours, and none is a command to the
/// runner of GitHub Actions, which takes `::error::…` at the beginning of a line and `##[error]…` anywhere.
pub fn screened(text: &str) -> Cow<'_, str> {
    let is_shown = text.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~'));
    let begins_command = || text.split('\n').any(|line| line.trim_start().starts_with("::"));
    if is_shown && !has_old_command(text) && !begins_command() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let (indent, rest) = line.split_at_checked(indent).unwrap_or(("", line));
        screen(indent, &mut out);
        match rest.strip_prefix("::") {
            Some(command) if command.contains("::") => {
                out.push_str("\\u{3a}:");
                screen(command, &mut out);
            }
            _ => screen(rest, &mut out),
        }
    }
    Cow::Owned(out)
}

fn has_old_command(text: &str) -> bool {
    // Most texts have no such character, which is found sooner than a word.
    text.contains('#') && text.contains(OLD_COMMAND)
}

/// Adds a piece of a line.
fn screen(piece: &str, out: &mut String) {
    let mut rest = piece;
    while let Some(ch) = rest.chars().next() {
        let colour = if ch == '\u{1b}' { colour(rest) } else { 0 };
        let (shown, after) = rest.split_at_checked(colour.max(ch.len_utf8())).unwrap_or((rest, ""));
        if rest.starts_with(OLD_COMMAND) {
            out.push_str("\\u{23}");
        } else if colour == 0 && is_command(ch) && !matches!(ch, '\n' | '\t') {
            out.extend(ch.escape_unicode());
        } else {
            out.push_str(shown);
        }
        rest = after;
    }
}

/// How long the sequence that sets colours is with which the text begins.
fn colour(text: &str) -> usize {
    let Some(numbers) = text.strip_prefix("\u{1b}[") else { return 0 };
    let end = numbers.trim_start_matches(|ch: char| ch.is_ascii_digit() || ch == ';');
    if end.starts_with('m') { text.len() - end.len() + 1 } else { 0 }
}

/// JSON fit to leave the program: the same document, with escapes for what steers a terminal or the runner of GitHub Actions.
pub fn screened_json(text: &str) -> Cow<'_, str> {
    // Quickly, since `batch` writes a lot: JSON has escapes for the control characters before the space, and old commands
    // have a `#`.
    if text.is_ascii() && memchr::memchr2(b'\x7f', b'#', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        // All of these are in the basic plane, so that one escape holds each.
        if is_command(ch) && ch != '\n' {
            let _ = write!(out, "\\u{:04x}", u32::from(ch));
        } else {
            out.push(ch);
        }
    }
    Cow::Owned(out.replace(OLD_COMMAND, "#\\u0023["))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_out() {
        assert_eq!(harmless("a\u{1b}[31mb\u{9b}\0\u{7f}"), "a\\u{1b}[31mb\\u{9b}\\u{0}\\u{7f}");
        assert_eq!(harmless("a\u{202e}b\u{2066}"), "a\\u{202e}b\\u{2066}");
    }

    #[test]
    fn no_line_for_people_is_a_command() {
        let coloured = "\u{1b}[1;31mfailed\u{1b}[0m  a::b::c\n  ::1/128\n::x\n\té";
        for text in ["plain\n", coloured] {
            assert_eq!(screened(text), text);
        }
        assert_eq!(screened("a\n \u{a0}::error::b\n::c::"), "a\n \u{a0}\\u{3a}:error::b\n\\u{3a}:c::");
        assert_eq!(screened("a ##[error]b ###[c"), "a \\u{23}#[error]b #\\u{23}#[c");
        assert_eq!(
            screened("\u{1b}]0;a\u{7}\u{1b}[2J\u{1b}[\r\u{9b}\u{202e}"),
            "\\u{1b}]0;a\\u{7}\\u{1b}[2J\\u{1b}[\\u{d}\\u{9b}\\u{202e}"
        );
    }

    #[test]
    fn json_stays_the_same_document() {
        let text = "{\n  \"é\": \"::error::a\"\n}\n";
        assert_eq!(screened_json(text), text);
        assert_eq!(screened_json("[\"\u{9b}\u{7f}\u{202e}##[x]\"]\n"), "[\"\\u009b\\u007f\\u202e#\\u0023[x]\"]\n");
    }

    #[test]
    fn text_stays() {
        let text = "é😀 עברית\n\ta\r\n";
        assert_eq!(harmless(text), text);
    }
}
