//! Where something stands in a text: byte spans, and the index that turns them into lines and columns. And the lower case
//! that AWS compares in.
//!
//! Documents keep byte offsets only. A [`LineIndex`] is made when a message is printed.

pub use crate::lowercase::lowercase;

/// A range of bytes in a source text, start inclusive, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just after the last byte.
    pub end: u32,
}

impl Span {
    /// The beginning of a text: the one place in an empty text, and where everything stands in what was made by a program
    /// and not read.
    pub const START: Self = Self { start: 0, end: 0 };

    /// The span from `start` to `end`. Offsets beyond 4 GiB are cut to the largest one.
    pub fn new(start: usize, end: usize) -> Self {
        let cut = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: cut(start), end: cut(end) }
    }

    /// Whether `other` lies inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The bytes as a range, for slicing the source text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and the place where it was written.
///
/// Two of them are equal when their values are: where something was written is not part of what it says.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, written at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

/// A place as people count it: both numbers start at 1, columns count Unicode characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line number, from 1.
    pub line: u32,
    /// Column number in characters, from 1.
    pub column: u32,
}

/// The beginning of a text.
impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

/// The line starts of a text. LF, CR LF and a lone CR are each one line break.
///
/// A position costs the same wherever it is, so that many can be asked for in one very long line.
///
/// ```
/// use iameval::text::LineIndex;
///
/// let text = "{\n  \"Statement\": []\n}";
/// let at = LineIndex::new(text).position(text, 4);
/// assert_eq!((at.line, at.column), (2, 3));
/// ```
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// How many characters begin before each block of [`BLOCK`] bytes, and in the whole text.
    characters: Vec<u32>,
}

const BLOCK: usize = 256;

impl LineIndex {
    /// Finds the line starts of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let first_of_crlf = bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
            if !first_of_crlf {
                starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
            }
        }
        let mut characters = vec![0];
        let mut before = 0;
        for block in bytes.chunks(BLOCK) {
            before += beginnings(block);
            characters.push(before);
        }
        Self { starts, characters }
    }

    /// Line and column of a byte offset of the same `text` that the index was made from.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let line = self.starts.partition_point(|&start| start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.characters_before(text, offset).saturating_sub(self.characters_before(text, start));
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), column: before.saturating_add(1) }
    }

    /// How many characters begin before the offset; all of them where it lies beyond the text.
    fn characters_before(&self, text: &str, offset: u32) -> u32 {
        let offset = (offset as usize).min(text.len());
        let block = offset / BLOCK;
        let within = text.as_bytes().get(block * BLOCK..offset).unwrap_or_default();
        self.characters.get(block).copied().unwrap_or(0) + beginnings(within)
    }
}

/// How many bytes begin a character.
fn beginnings(bytes: &[u8]) -> u32 {
    let continues = |byte: u8| byte & 0b1100_0000 == 0b1000_0000;
    bytes.iter().map(|&byte| u32::from(!continues(byte))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_break_counts_once() {
        let text = "a\r\nb\rc\nd";
        let index = LineIndex::new(text);
        let lines: Vec<u32> = (0..8).map(|offset| index.position(text, offset).line).collect();
        assert_eq!(lines, [1, 1, 1, 2, 2, 3, 3, 4]);
    }

    #[test]
    fn columns_count_characters() {
        let text = "é😀x";
        let at = LineIndex::new(text).position(text, 6);
        assert_eq!((at.line, at.column), (1, 3));
    }

    #[test]
    fn columns_of_long_lines_are_those_that_counting_gives() {
        let text = format!("{}\r\n{}\n{}", "aé😀".repeat(100), "x".repeat(BLOCK * 2), "ü".repeat(BLOCK));
        let index = LineIndex::new(&text);
        for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let head = text.get(..offset).unwrap();
            let column = head.rsplit('\n').next().unwrap().chars().count() + 1;
            assert_eq!(index.position(&text, u32::try_from(offset).unwrap()).column as usize, column, "{offset}");
        }
    }

    #[test]
    fn an_offset_beyond_the_text_stands_at_its_end() {
        let at = LineIndex::new("ab\ncd").position("ab\ncd", 99);
        assert_eq!((at.line, at.column), (2, 3));
    }
}
