//! Text of unknown origin, made fit to be shown.

/// The text with its invisible commands written out as `\u{…}`: control characters, which could steer a terminal, and
/// those that turn the direction of reading. Line breaks and tabs stay.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        let is_command = ch.is_control() && !matches!(ch, '\n' | '\r' | '\t');
        let turns =
            matches!(ch, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        if is_command || turns {
            out.extend(ch.escape_unicode());
        } else {
            out.push(ch);
        }
    }
    out
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_out() {
        assert_eq!(harmless("a\u{1b}[31mb\u{9b}\0\u{7f}"), "a\\u{1b}[31mb\\u{9b}\\u{0}\\u{7f}");
        assert_eq!(harmless("a\u{202e}b\u{2066}"), "a\\u{202e}b\\u{2066}");
    }

    #[test]
    fn text_stays() {
        let text = "é😀 עברית\n\ta\r\n";
        assert_eq!(harmless(text), text);
    }
}
