//! Where the lines of a block text (`|`) stand in the file.

use iameval::json::{Node, Value};
use iameval::text::Span;

/// A block text, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// For each line from the first that is not blank: where it begins in the value, and where in the file.
    // INVARIANT: both ascend, and there is one at least.
    lines: Vec<(usize, usize)>,
    indent: usize,
    end: usize,
    /// The end of a line in the file.
    line_end: &'static str,
}

impl Block {
    /// The lines of a text that a file holds line by line; `None` for one that is quoted, folded or no text at all.
    ///
    /// ```
    /// use iameval::text::Span;
    /// use iameval_world::yaml::{self, Block};
    ///
    /// let text = "table: |\n  one\n  two\n";
    /// let tree = yaml::parse(text).unwrap();
    /// let block = Block::of(text, tree.get("table").unwrap()).unwrap();
    /// assert_eq!(text.get(block.span(Span::new(4, 7)).range()), Some("two"));
    /// let (place, new) = block.replaced("one\n2\n");
    /// assert_eq!((text.get(place.range()), &*new), (Some("  one\n  two"), "  one\n  2"));
    /// ```
    pub fn of(text: &str, node: &Node<'_>) -> Option<Self> {
        let Value::String(value) = &node.value else { return None };
        let start = text.get(..node.span.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
        Self::from(text, value, start).or_else(|| {
            // The value begins on the line after its marks. What looks like one may be the text itself.
            let has_marks = text.get(node.span.range())?.starts_with(['&', '!', '|', '>']);
            let next = start + text.get(start..)?.find('\n')? + 1;
            Self::from(text, value, next).filter(|_| has_marks)
        })
    }

    /// The same, where the value begins on the line at `start`.
    fn from(text: &str, value: &str, start: usize) -> Option<Self> {
        let mut raw = Lines { text, at: start };
        let mut lines = Vec::new();
        let (mut indent, mut end, mut at) = (0, start, 0);
        for line in value.trim_end_matches('\n').split('\n') {
            let here = at;
            at += line.len() + 1;
            if lines.is_empty() && line.is_empty() {
                continue;
            }
            let (start, found) = raw.next().filter(|(_, found)| !lines.is_empty() || !found.trim().is_empty())?;
            if lines.is_empty() {
                indent = found.len().checked_sub(line.len())?;
            }
            let blank = found.trim_start_matches(' ').is_empty() && line.is_empty();
            let same = found.get(..indent).is_some_and(|lead| lead.bytes().all(|byte| byte == b' '))
                && found.get(indent..) == Some(line);
            if !blank && !same {
                return None;
            }
            lines.push((here, start + indent.min(found.len())));
            end = start + found.len();
        }
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        (indent > 0 && !lines.is_empty()).then_some(Self { lines, indent, end, line_end })
    }

    /// The place in the file of a place in the value.
    pub fn span(&self, within: Span) -> Span {
        Span::new(self.offset(within.start as usize), self.offset(within.end as usize))
    }

    fn offset(&self, within: usize) -> usize {
        let after = self.lines.partition_point(|(start, _)| *start <= within);
        let line = self.lines.get(after.saturating_sub(1));
        line.map_or(self.end, |(start, place)| (place + within.saturating_sub(*start)).min(self.end))
    }

    /// The place of the whole block in the file, and what to put there for it to hold another text.
    pub fn replaced(&self, value: &str) -> (Span, String) {
        let start = self.lines.first().map_or(self.end, |(_, place)| place - self.indent);
        let lead = " ".repeat(self.indent);
        let lines = value.trim_start_matches('\n').trim_end_matches('\n').split('\n');
        let lines = lines.map(|line| if line.is_empty() { String::new() } else { format!("{lead}{line}") });
        (Span::new(start, self.end), lines.collect::<Vec<_>>().join(self.line_end))
    }
}

/// The lines of a text from a place on, each with where it begins and without its end.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Lines<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let line = rest.split('\n').next()?;
        let start = self.at;
        self.at += line.len() + 1;
        Some((start, line.strip_suffix('\r').unwrap_or(line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn block(text: &str) -> Option<Block> {
        let tree = yaml::parse(text).unwrap();
        Block::of(text, tree.get("t").unwrap())
    }

    #[test]
    fn places_are_those_of_the_file() {
        for text in [
            "t: |\n  one\n\n    # c\n  three é x\n",
            "t: |2-\n    one\n\n  three é x\n",
            "t: &a |\n  one\n  three é x\nu: 1\n",
            "t: |\r\n  one\r\n  three é x\r\n",
            "u: 1\nt: |  # why\n\n  one\n  three é x",
            "t: |\n  | one | three é x |\n  > 1\n",
            "t: &a !!str |\n  | one |\n\n  & three é x\n",
        ] {
            let value = yaml::parse(text).unwrap();
            let value = value.get("t").unwrap().as_str().unwrap();
            let block = block(text).unwrap();
            for word in ["one", "é x"] {
                let at = value.find(word).unwrap();
                let place = block.span(Span::new(at, at + word.len()));
                assert_eq!(text.get(place.range()), Some(word), "{text}");
            }
        }
    }

    #[test]
    fn replacing_with_the_same_changes_nothing() {
        for text in ["a: 1\nt: |\n   one\n\n     two\nb: 2\n", "t: |-\r\n  one\r\n  two\r\nb: 2\r\n"] {
            let tree = yaml::parse(text).unwrap();
            let value = tree.get("t").unwrap().as_str().unwrap();
            let (place, new) = block(text).unwrap().replaced(value);
            assert_eq!(text.get(place.range()), Some(&*new));
        }
    }

    #[test]
    fn other_texts_are_no_blocks() {
        for text in
            ["t: \"one\\ntwo\"\n", "t: >\n  one\n  two\n", "t: one\n", "t: one\n   two\n", "{\"t\": \"one\"}", "t: 1\n"]
        {
            assert_eq!(block(text), None, "{text}");
        }
    }
}
