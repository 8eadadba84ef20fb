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
        let bytes = self.0.as_bytes();
        // INVARIANT: both are where a line begins, or the end; the line, if there is one, begins in between.
        let (mut low, mut high) = (0, bytes.len());
        while low < high {
            let half = low.midpoint(high);
            let before = bytes.get(low..half)?;
            let start = memchr::memrchr(b'\n', before).map_or(low, |at| low + at + 1);
            match compare_first(bytes.get(start..)?, key) {
                Ordering::Equal => {
                    return Some(Self(self.0.get(start..)?).first());
                }
                Ordering::Less => {
                    let rest = bytes.get(half..high)?;
                    low = memchr::memchr(b'\n', rest).map_or(high, |at| half + at + 1);
                }
                Ordering::Greater => high = start,
            }
        }
        None
    }

    /// The line of that key, and the lines behind it: quickest where it is the first.
    pub(crate) fn next(self, key: &str) -> Option<(Line<'t>, Self)> {
        let behind = self.0.strip_prefix(key).filter(|_| !self.0.is_empty());
        let is_first = behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(['\t', '\n']));
        if is_first { Some(self.first()) } else { self.find_with_rest(key) }
    }

    /// The first line, and the lines behind it.
    fn first(self) -> (Line<'t>, Self) {
        let end = memchr::memchr(b'\n', self.0.as_bytes()).unwrap_or(self.0.len());
        let (line, behind) = self.0.split_at_checked(end).unwrap_or((self.0, ""));
        (Line(line), Self(behind.get(1..).unwrap_or_default()))
    }

    /// Every line in order.
    pub(crate) fn lines(self) -> impl Iterator<Item = Line<'t>> + use<'t> {
        let mut rest = self;
        std::iter::from_fn(move || {
            let (line, behind) = (!rest.0.is_empty()).then(|| rest.first())?;
            rest = behind;
            Some(line)
        })
    }

    /// The lines with a part in `${…}` or `<…>`, in order.
    pub(crate) fn templates(self) -> impl Iterator<Item = Line<'t>> + use<'t> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let bytes = rest.as_bytes();
            let at = memchr::memchr2(b'$', b'<', bytes)?;
            let start = memchr::memrchr(b'\n', bytes.get(..at)?).map_or(0, |before| before + 1);
            let (line, behind) = rest.get(start..)?.split_once('\n').unwrap_or((rest.get(start..)?, ""));
            rest = behind;
            Some(Line(line))
        })
    }

    /// How many lines there are.
    pub(crate) fn len(self) -> usize {
        let ends = memchr::memchr_iter(b'\n', self.0.as_bytes()).count();
        ends + usize::from(!self.0.is_empty() && !self.0.ends_with('\n'))
    }

    /// The line of that number, from 0.
    pub(crate) fn nth(self, number: usize) -> Option<Line<'t>> {
        let start = match number.checked_sub(1) {
            Some(breaks) => memchr::memchr_iter(b'\n', self.0.as_bytes()).nth(breaks)? + 1,
            None => 0,
        };
        Self(self.0.get(start..)?).lines().next()
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

/// The first field of the line that `text` begins with, compared with `key`.
fn compare_first(text: &[u8], key: &str) -> Ordering {
    let mut key = key.bytes();
    for byte in text {
        let ends = matches!(byte, b'\t' | b'\n');
        match key.next() {
            None => return if ends { Ordering::Equal } else { Ordering::Greater },
            Some(_) if ends => return Ordering::Less,
            Some(other) => match byte.to_ascii_lowercase().cmp(&other.to_ascii_lowercase()) {
                Ordering::Equal => {}
                different => return different,
            },
        }
    }
    if key.next().is_none() { Ordering::Equal } else { Ordering::Less }
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
            assert_eq!((table.len(), Table(text.trim_end()).len()), (count, count));
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
            assert_eq!(table.templates().count(), 0);
            for missing in ["", "A", "key", "Key00y", "zzz"] {
                assert_eq!(table.find(missing), None, "{missing} of {count}");
            }
        }
    }
    #[test]
    fn templates_are_found_among_other_lines() {
        for (text, expected) in [
            ("", &[] as &[&str]),
            ("a:${x}\t1\nb\t2\nc:<y>/${z}\t3\n", &["a:${x}", "c:<y>/${z}"]),
            ("a\nb:${x}\nc\n", &["b:${x}"]),
            ("a\nb:<x>", &["b:<x>"]),
        ] {
            assert_eq!(Table(text).templates().map(Line::key).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
