//! Sorted lines of text, searched without reading them all.
//!
//! A table is lines of fields parted by tabs, sorted by the first field in ASCII lower case. That is all the structure
//! there is, so a table needs no preparation, and a change of the data is a readable change of its file.

use std::cmp::Ordering;

/// Lines sorted by their first field, ignoring ASCII case. Empty, or every line is ended.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Table<'t>(pub(crate) &'t str);

/// One line of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'t>(&'t str);

impl<'t> Table<'t> {
    /// The line whose first field is `key` in any letter case.
    pub(crate) fn find(self, key: &str) -> Option<Line<'t>> {
        self.find_with_rest(key).map(|(line, _)| line)
    }

    /// The same, with the lines behind it.
    fn find_with_rest(self, key: &str) -> Option<(Line<'t>, Self)> {
        let mut rest = self.0;
        // How much of the table lies behind `rest`.
        let mut left_out = 0;
        while !rest.is_empty() {
            let (before, line, after) = middle(rest);
            match compare(line.key(), key) {
                Ordering::Equal => {
                    let behind = after.len() + left_out;
                    let at = self.0.len().saturating_sub(behind);
                    return Some((line, Self(self.0.get(at..).unwrap_or_default())));
                }
                Ordering::Less => rest = after,
                Ordering::Greater => {
                    left_out += rest.len() - before.len();
                    rest = before;
                }
            }
        }
        None
    }

    /// The line of that key, and the lines behind it: quickest where it is the first.
    pub(crate) fn next(self, key: &str) -> Option<(Line<'t>, Self)> {
        let (first, behind) = self.0.split_once('\n').unwrap_or((self.0, ""));
        let first = Line(first);
        match compare(first.key(), key) {
            Ordering::Equal if !self.0.is_empty() => Some((first, Self(behind))),
            _ => self.find_with_rest(key),
        }
    }

    /// Every line in order.
    pub(crate) fn lines(self) -> impl Iterator<Item = Line<'t>> + use<'t> {
        self.0.lines().map(Line)
    }

    /// The line of that number, from 0.
    pub(crate) fn nth(self, number: usize) -> Option<Line<'t>> {
        self.lines().nth(number)
    }
}

impl<'t> Line<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        Self(text)
    }

    /// The first field.
    pub(crate) fn key(self) -> &'t str {
        self.field(0)
    }

    /// A field by its number, from 0; empty when the line has fewer.
    pub(crate) fn field(self, number: usize) -> &'t str {
        self.fields().nth(number).unwrap_or("")
    }

    /// Every field in order.
    pub(crate) fn fields(self) -> impl Iterator<Item = &'t str> {
        let mut rest = Some(self.0);
        std::iter::from_fn(move || {
            let text = rest.take()?;
            let tab = memchr::memchr(b'\t', text.as_bytes()).unwrap_or(text.len());
            rest = text.get(tab + 1..);
            text.get(..tab)
        })
    }

    /// The items of a field, parted by commas.
    pub(crate) fn items(self, number: usize) -> impl Iterator<Item = &'t str> + use<'t> {
        self.field(number).split(',').filter(|item| !item.is_empty())
    }
}

/// The order of tables: ASCII case does not count.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    left.bytes().map(lower).cmp(right.bytes().map(lower))
}

/// What comes before the line in the middle, that line, and what comes after it.
fn middle(text: &str) -> (&str, Line<'_>, &str) {
    let bytes = text.as_bytes();
    let half = bytes.len() / 2;
    let start = bytes.get(..half).and_then(|bytes| memchr::memrchr(b'\n', bytes)).map_or(0, |at| at + 1);
    let (before, rest) = text.split_at_checked(start).unwrap_or(("", text));
    let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
    let (line, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
    (before, Line(line), after.strip_prefix('\n').unwrap_or(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        for count in 0..40 {
            let keys: Vec<String> =
                (0..count).map(|number| format!("Key{number:02}{}", "x".repeat(number % 7))).collect();
            let lines: Vec<String> = keys.iter().map(|key| format!("{key}\tvalue of {key}\n")).collect();
            let text = lines.concat();
            let table = Table(&text);
            for key in &keys {
                let line = table.find(&key.to_uppercase()).unwrap();
                assert_eq!(line.field(1), format!("value of {key}"));
            }
            let mut rest = table;
            for key in &keys {
                let (line, behind) = rest.next(key).unwrap();
                assert_eq!((line, behind.lines().count()), (table.find(key).unwrap(), rest.lines().count() - 1));
                rest = behind;
            }
            for (number, key) in keys.iter().enumerate() {
                let behind = table.next(key).map(|(_, behind)| behind.lines().count());
                assert_eq!(behind, Some(count - number - 1), "{key} of {count}");
            }
            for missing in ["", "A", "key", "Key00y", "zzz"] {
                assert_eq!(table.find(missing), None, "{missing} of {count}");
            }
        }
    }
}
