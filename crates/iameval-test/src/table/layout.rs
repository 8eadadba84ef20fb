//! The lines of a table: where cells stand in them, and how they move when one grows.

use super::LineKind;

/// What stands between cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Bars,
    Blanks,
}

/// A line as cells with what stands before each; what follows the last cell is a part as well.
pub(super) struct Layout {
    parts: Vec<PlacedCell>,
}

struct PlacedCell {
    /// Where it began, in columns.
    start: usize,
    /// Blanks before it, which may become more or fewer.
    blanks: usize,
    /// What stands between the blanks and the cell: `| `, or nothing.
    mark: String,
    text: String,
}

impl PlacedCell {
    /// How many columns it keeps free from the part before it.
    fn least_distance(&self) -> usize {
        let mark = self.mark.chars().count();
        self.blanks.min(if mark > 0 { 1 } else { 2 }) + mark
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

impl Layout {
    pub(super) fn read(line: &str, separator: Separator) -> Self {
        let mut layout = Self { parts: Vec::new() };
        let mut read = 0;
        let columns = |text: &str| text.chars().count();
        let end = comment(line);
        let tail = line.get(end..).filter(|tail| !tail.is_empty()).map(|tail| (end, tail.trim_end()));
        for (at, text) in parts(line.get(..end).unwrap_or(line), separator).into_iter().chain(tail) {
            let before = line.get(read..at).unwrap_or("");
            let mark = before.trim_start();
            layout.parts.push(PlacedCell {
                start: line.get(..at).map_or(0, columns),
                blanks: columns(before) - columns(mark),
                mark: mark.to_owned(),
                text: text.to_owned(),
            });
            read = at + text.len();
        }
        layout
    }

    /// Puts another text into a cell; a blank that stands between it and its mark stays.
    pub(super) fn set(&mut self, column: usize, new: &str) {
        if let Some(part) = self.parts.get_mut(column) {
            let lead = part.text.len() - part.text.trim_start().len();
            part.text.truncate(lead);
            part.text.push_str(new);
        }
    }

    /// Where the columns begin that all lines share, once the widest cell has its place; `None` when they share none.
    pub(super) fn common_starts(lines: &[&Layout], columns: usize) -> Option<Vec<usize>> {
        let start = |line: &&Layout, column: usize| line.parts.get(column).map(|part| part.start);
        let mut starts: Vec<usize> = Vec::new();
        for column in 0..=columns {
            let mut old = lines.iter().filter_map(|line| start(line, column));
            let Some(first) = old.next() else { break };
            if !old.all(|start| start == first) {
                // What follows the last cell need not be in line.
                return (column == columns).then_some(starts);
            }
            starts.push(first.max(Self::least_start(lines, &starts)));
        }
        Some(starts)
    }

    /// Where columns begin that are as narrow as they can be.
    pub(super) fn new_starts(lines: &[&Layout], columns: usize) -> Vec<usize> {
        let parts = |column: usize| lines.iter().filter_map(move |line| line.parts.get(column));
        let mut starts = vec![parts(0).map(|part| part.start).next().unwrap_or(0)];
        for column in 0..columns {
            let width = parts(column).map(PlacedCell::width).max().unwrap_or(0);
            let distance = parts(column + 1).map(PlacedCell::least_distance).max().unwrap_or(0);
            starts.push(starts.last().copied().unwrap_or(0) + width + distance);
        }
        starts
    }

    /// Where the column after these can begin at the earliest.
    fn least_start(lines: &[&Layout], starts: &[usize]) -> usize {
        let Some((before, start)) = starts.len().checked_sub(1).zip(starts.last()) else { return 0 };
        let ends = lines.iter().filter_map(|line| {
            let (before, part) = (line.parts.get(before)?, line.parts.get(before + 1)?);
            Some(start + before.width() + part.least_distance())
        });
        ends.max().unwrap_or(0)
    }

    pub(super) fn write(&self, starts: Option<&[usize]>, kind: LineKind) -> String {
        let mut out = String::new();
        let mut written = 0;
        for (column, part) in self.parts.iter().enumerate() {
            let wanted = starts.and_then(|starts| starts.get(column)).copied().unwrap_or(part.start);
            let start = if column == 0 { wanted } else { wanted.max(written + part.least_distance()) };
            let blanks = start.saturating_sub(written + part.mark.chars().count());
            // A line of dashes reaches as far as its column does.
            let longer = if kind == LineKind::Dashes && column > 0 { blanks.saturating_sub(part.blanks) } else { 0 };
            out.push_str(&"-".repeat(longer));
            out.push_str(&" ".repeat(blanks - longer));
            out.push_str(&part.mark);
            out.push_str(&part.text);
            written = start + part.width();
        }
        out
    }
}

/// The cells of a line and where each begins, in bytes.
pub(super) fn pieces(line: &str, separator: Separator) -> Vec<(usize, &str)> {
    let mut cells = parts(line, separator);
    if separator == Separator::Bars {
        // A mark at the end ends the last cell.
        cells.pop_if(|(_, text)| text.is_empty());
    }
    cells.into_iter().map(|(at, text)| (at + text.len() - text.trim_start().len(), text.trim_start())).collect()
}

/// What is between marks and where it begins, in bytes, without the blanks at the end; what comes before a mark at the
/// beginning is none.
fn parts(said: &str, separator: Separator) -> Vec<(usize, &str)> {
    if separator == Separator::Blanks {
        return said.split_whitespace().map(|word| (offset(said, word), word)).collect();
    }
    let indent = said.len() - said.trim_start().len();
    let first = if said.trim_start().starts_with('|') { indent + 1 } else { indent };
    let inner = said.get(first..).unwrap_or("");
    inner.split('|').map(|part| (offset(said, part), part.trim_end())).collect()
}

/// Where a part of a line begins, in bytes.
fn offset(line: &str, part: &str) -> usize {
    part.as_ptr().addr() - line.as_ptr().addr()
}

/// Where the comment of a line begins, in bytes; its length when it has none.
pub(super) fn comment(line: &str) -> usize {
    let begins =
        |at: usize| line.get(..at).is_none_or(|before| before.is_empty() || before.ends_with([' ', '\t', '|']));
    line.match_indices('#').map(|(at, _)| at).find(|at| begins(*at)).unwrap_or(line.len())
}
