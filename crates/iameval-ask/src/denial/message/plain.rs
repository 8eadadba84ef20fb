//! A text without what terminals, logs and other formats put around messages.

/// A text in which a run of white space is one space, or one line break where it contains one.
pub(super) struct Plain {
    /// The text.
    text: String,
    /// The same with spaces for line breaks, so that a message is found however it is wrapped. Places are the same.
    flat: String,
    /// Where lines of the input begin, each with its number.
    lines: Vec<(usize, usize)>,
}

impl Plain {
    /// Takes away escape sequences, boxes and the escapes of JSON, XML and HTML.
    pub(super) fn of(input: &str) -> Self {
        let mut made = Making { text: String::with_capacity(input.len()), gap: Gap::None, line: 1, lines: vec![(0, 1)] };
        let mut rest = input;
        while let Some(character) = rest.chars().next() {
            let after = rest.get(character.len_utf8()..).unwrap_or_default();
            rest = match character {
                '\u{feff}' => after,
                '\u{1b}' => behind_sequence(after),
                '\\' => made.backslash(rest),
                '&' => made.entity(rest),
                '\n' => {
                    made.line += 1;
                    made.gap = Gap::Line;
                    after
                }
                '\r' => {
                    made.gap = Gap::Line;
                    after
                }
                '\u{2500}'..='\u{257f}' => {
                    made.gap = made.gap.max(Gap::Space);
                    after
                }
                _ => {
                    made.push(character);
                    after
                }
            };
        }
        let flat = made.text.replace('\n', " ");
        Self { text: made.text, flat, lines: made.lines }
    }

    /// Without line breaks.
    pub(super) fn flat(&self) -> &str {
        &self.flat
    }

    /// A part without line breaks.
    pub(super) fn flat_part(&self, from: usize, to: usize) -> &str {
        self.flat.get(from..to).unwrap_or_default()
    }

    /// A part with its line breaks.
    pub(super) fn part(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The line of the input that a place is on.
    pub(super) fn line_of(&self, at: usize) -> usize {
        let after = self.lines.partition_point(|(start, _)| *start <= at);
        self.lines.get(after.saturating_sub(1)).map_or(1, |(_, line)| *line)
    }

    /// A place at or before this one where a character begins.
    pub(super) fn floor(&self, at: usize) -> usize {
        let at = at.min(self.flat.len());
        (0..=at).rev().find(|at| self.flat.is_char_boundary(*at)).unwrap_or_default()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

struct Making {
    text: String,
    gap: Gap,
    /// The line of the input.
    line: usize,
    lines: Vec<(usize, usize)>,
}

impl Making {
    fn push(&mut self, character: char) {
        if character.is_whitespace() {
            self.gap = self.gap.max(Gap::Space);
            return;
        }
        match self.gap {
            Gap::Line if !self.text.is_empty() => self.text.push('\n'),
            Gap::Space if !self.text.is_empty() => self.text.push(' '),
            _ => {}
        }
        if self.lines.last().is_none_or(|(_, line)| *line != self.line) {
            self.lines.push((self.text.len(), self.line));
        }
        self.gap = Gap::None;
        self.text.push(match character {
            '“' | '”' | '„' | '″' => '"',
            other => other,
        });
    }

    /// Reads an escape of JSON, which may itself be escaped; gives what follows.
    fn backslash<'t>(&mut self, rest: &'t str) -> &'t str {
        let after = rest.trim_start_matches('\\');
        let mut characters = after.chars();
        match characters.next() {
            Some(quote @ ('"' | '/')) => self.push(quote),
            Some('n' | 'r') => self.gap = Gap::Line,
            Some('t') => self.gap = self.gap.max(Gap::Space),
            Some('u') => {
                let code = after.get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                match code.and_then(char::from_u32) {
                    Some('\u{1b}') => return behind_sequence(after.get(5..).unwrap_or_default()),
                    Some(character) => {
                        self.push(character);
                        return after.get(5..).unwrap_or_default();
                    }
                    None => self.push('\\'),
                }
                return after;
            }
            _ => {
                self.push('\\');
                return after;
            }
        }
        characters.as_str()
    }

    /// Reads an entity of XML; gives what follows.
    fn entity<'t>(&mut self, rest: &'t str) -> &'t str {
        const ENTITIES: [(&str, char); 7] =
            [("&quot;", '"'), ("&#34;", '"'), ("&apos;", '\''), ("&#39;", '\''), ("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')];
        for (entity, character) in ENTITIES {
            if let Some(after) = rest.strip_prefix(entity) {
                self.push(character);
                return after;
            }
        }
        self.push('&');
        rest.get(1..).unwrap_or_default()
    }
}

/// What follows an escape sequence of a terminal, without its first character.
fn behind_sequence(text: &str) -> &str {
    match text.chars().next() {
        // Parameters, then one letter.
        Some('[') => {
            let text = text.get(1..).unwrap_or_default();
            let end = text.trim_start_matches(|c: char| matches!(c, '\u{20}'..='\u{3f}'));
            let mut characters = end.chars();
            match characters.next() {
                Some('\u{40}'..='\u{7e}') => characters.as_str(),
                _ => end,
            }
        }
        // A title or a link, up to a bell; on its line.
        Some(']') => {
            let end = text.find(['\u{7}', '\u{1b}', '\n']).unwrap_or(text.len());
            let rest = text.get(end..).unwrap_or_default();
            rest.strip_prefix('\u{7}').or_else(|| rest.strip_prefix("\u{1b}\\")).unwrap_or(rest)
        }
        Some(other) if other.is_ascii_graphic() => text.get(1..).unwrap_or_default(),
        _ => text,
    }
}
