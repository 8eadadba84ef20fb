//! The text of a table: a header, rows of cells, comments. It knows no worlds: what the cells mean is told elsewhere.

mod layout;

use iameval::text::Span;
use layout::{Layout, Separator, comment, pieces};
use std::collections::BTreeMap;

pub(crate) use iameval_ask::AS_IT_IS;

/// A table as it is written.
///
/// The first line that is neither blank nor a comment is the header. Cells are separated by white space; where the header
/// has a `|`, by these. Text after a `#` that begins a word is a comment.
///
/// ```
/// use iameval_test::Table;
///
/// let table = Table::parse("action        mfa=true\niam:GetUser   allow   # with MFA only\n").unwrap();
/// assert_eq!(table.header()[1].text, "mfa=true");
/// assert_eq!(table.rows()[0][1].text, "allow");
/// ```
#[derive(Debug, Clone)]
pub struct Table {
    lines: Vec<Line>,
    header: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
    separator: Separator,
    line_end: &'static str,
}

/// A cell and its place in the text of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// Why a text is not a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    /// Where, in the text of the table.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

#[derive(Debug, Clone)]
struct Line {
    text: String,
    kind: LineKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineKind {
    /// Blank, or a comment only.
    Silent,
    Header,
    /// The line of dashes under the header of a Markdown table.
    Dashes,
    /// The row of that number.
    Row(usize),
}

const BYTE_ORDER_MARK: char = '\u{feff}';

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// When there is no header or no row, or a row has another number of cells than the header.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut table =
            Self { lines: Vec::new(), header: Vec::new(), rows: Vec::new(), separator: Separator::Blanks, line_end };
        if text.starts_with(BYTE_ORDER_MARK) {
            return Err(TableError {
                span: Span::new(0, BYTE_ORDER_MARK.len_utf8()),
                message: "the table begins with a byte order mark".into(),
                help: "save the file as UTF-8 without one".into(),
            });
        }
        let mut start = 0;
        for line in text.split('\n') {
            let kind = table.line(line.trim_end_matches('\r'), start)?;
            table.lines.push(Line { text: line.trim_end_matches('\r').to_owned(), kind });
            start += line.len() + 1;
        }
        let error = |message: &str, help: &str| {
            Err(TableError { span: Span::new(0, text.trim_end().len()), message: message.into(), help: help.into() })
        };
        match (table.header.is_empty(), table.rows.is_empty()) {
            (true, _) => {
                error("the table is empty", "its first line must be the header, such as `action  mfa=true  mfa=false`")
            }
            (_, true) => error(
                "the table has a header but no rows",
                "each row is a line; in YAML a table begins with `|`, because `>` folds its lines into one",
            ),
            _ => Ok(table),
        }
    }

    fn line(&mut self, line: &str, start: usize) -> Result<LineKind, TableError> {
        let said = line.get(..comment(line)).unwrap_or(line);
        if said.trim().is_empty() {
            return Ok(LineKind::Silent);
        }
        if self.header.is_empty() {
            self.separator = if said.contains('|') { Separator::Bars } else { Separator::Blanks };
            self.header = self.cells(said, start);
            return Ok(LineKind::Header);
        }
        let cells = self.cells(said, start);
        let dashes = |cell: &Cell| cell.text.contains('-') && cell.text.chars().all(|ch| matches!(ch, '-' | ':'));
        if self.separator == Separator::Bars && self.rows.is_empty() && cells.iter().all(dashes) {
            return Ok(LineKind::Dashes);
        }
        if cells.len() != self.header.len() {
            let span = Span::new(start + said.len() - said.trim_start().len(), start + said.trim_end().len());
            let (found, wanted) = (cells.len(), self.header.len());
            let message = format!("the row has {found} cells and the header has {wanted}");
            let help = "`.` is a cell that asserts nothing; a cell contains no white space unless `|` separates cells";
            return Err(TableError { span, message, help: help.into() });
        }
        self.rows.push(cells);
        Ok(LineKind::Row(self.rows.len() - 1))
    }

    fn cells(&self, line: &str, start: usize) -> Vec<Cell> {
        let pieces = pieces(line, self.separator);
        let cell = |(at, text): (usize, &str)| Cell {
            text: text.to_owned(),
            span: Span::new(start + at, start + at + text.len()),
        };
        pieces.into_iter().map(cell).collect()
    }

    /// The cells of the header.
    pub fn header(&self) -> &[Cell] {
        &self.header
    }

    /// The rows; each has as many cells as the header.
    pub fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }

    /// The text of the table with other cells, by row and column from 0. Comments stay, and so does the layout: columns move only
    /// where a cell is wider than its place.
    pub fn with_cells(&self, changes: &BTreeMap<(usize, usize), String>) -> String {
        let layout = |line: &Line| -> Layout {
            let mut layout = Layout::read(&line.text, self.separator);
            if let LineKind::Row(row) = line.kind {
                for ((_, column), new) in changes.range((row, 0)..(row + 1, 0)) {
                    layout.set(*column, new);
                }
            }
            layout
        };
        let layouts: Vec<Option<Layout>> =
            self.lines.iter().map(|line| (line.kind != LineKind::Silent).then(|| layout(line))).collect();
        let told: Vec<&Layout> = layouts.iter().flatten().collect();
        let common = Layout::common_starts(&told, self.header.len());
        self.written(&layouts, common.as_deref())
    }

    /// The text of the table with another header and other rows, and with its columns set anew. A row with a number
    /// takes the place of the row that has it, the others come at the end. Comments stay.
    #[must_use]
    pub fn with_rows(&self, header: &[String], rows: &[(Option<usize>, Vec<String>)]) -> String {
        let text = |cells: &[String]| match self.separator {
            Separator::Bars => format!("| {} |", cells.join(" | ")),
            Separator::Blanks => cells.join("  "),
        };
        let put = |line: &Line, cells: &[String]| {
            let indent = line.text.len() - line.text.trim_start().len();
            let tail = line.text.get(comment(&line.text)..).unwrap_or("");
            let text = format!("{:indent$}{}  {tail}", "", text(cells));
            Line { text: text.trim_end().to_owned(), kind: line.kind }
        };
        let mut by_place: BTreeMap<Option<usize>, Vec<&[String]>> = BTreeMap::new();
        for (place, cells) in rows {
            by_place.entry(*place).or_default().push(cells);
        }
        let at = |place: Option<usize>| by_place.get(&place).into_iter().flatten().copied();
        let mut lines: Vec<Line> = Vec::new();
        for line in &self.lines {
            match line.kind {
                LineKind::Silent => lines.push(line.clone()),
                LineKind::Header => lines.push(put(line, header)),
                LineKind::Dashes => lines.push(put(line, &vec!["-".to_owned(); header.len()])),
                LineKind::Row(number) => lines.extend(at(Some(number)).map(|cells| put(line, cells))),
            }
        }
        let end = lines.iter().rposition(|line| line.kind != LineKind::Silent).map_or(0, |last| last + 1);
        let added = at(None).map(|cells| Line { text: text(cells), kind: LineKind::Row(self.rows.len()) });
        lines.splice(end..end, added);
        let table = Self { lines, ..self.clone() };
        let layout = |line: &Line| (line.kind != LineKind::Silent).then(|| Layout::read(&line.text, self.separator));
        let layouts: Vec<Option<Layout>> = table.lines.iter().map(layout).collect();
        let starts = Layout::new_starts(&layouts.iter().flatten().collect::<Vec<_>>(), header.len());
        table.written(&layouts, Some(&starts))
    }

    fn written(&self, layouts: &[Option<Layout>], starts: Option<&[usize]>) -> String {
        let lines = self.lines.iter().zip(layouts).map(|(line, layout)| match layout {
            None => line.text.clone(),
            Some(layout) => layout.write(starts, line.kind),
        });
        lines.collect::<Vec<_>>().join(self.line_end)
    }

    /// What stands above the header: comments and blank lines, each ended.
    pub fn preamble(&self) -> String {
        let above = self.lines.iter().take_while(|line| line.kind == LineKind::Silent);
        above.flat_map(|line| [&*line.text, self.line_end]).collect()
    }

    /// A table of these cells, in columns.
    pub fn write(header: &[String], rows: &[Vec<String>]) -> String {
        iameval_report::write_table(header, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, changes: &[(usize, usize, &str)]) -> String {
        let changes = changes.iter().map(|(row, column, text)| ((*row, *column), (*text).to_owned())).collect();
        Table::parse(text).unwrap().with_cells(&changes)
    }

    fn cells(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn texts(cells: &[Cell]) -> Vec<&str> {
        cells.iter().map(|cell| &*cell.text).collect()
    }

    #[test]
    fn cells_are_separated_by_white_space_and_comments_left_out() {
        let text = "# what\n\naction  resource\tmfa=true # head\n  a:B  arn:aws:s3:::b/#x  allow  # row\r\n";
        let table = Table::parse(text).unwrap();
        assert_eq!(texts(table.header()), ["action", "resource", "mfa=true"]);
        assert_eq!(texts(&table.rows()[0]), ["a:B", "arn:aws:s3:::b/#x", "allow"]);
        for cell in table.header().iter().chain(&table.rows()[0]) {
            assert_eq!(text.get(cell.span.range()), Some(&*cell.text));
        }
    }

    #[test]
    fn cells_are_separated_by_pipes() {
        let text = "| action | mfa=true & office |\n|:---|---:|\n| a:B | allow |\n| a:C | . |  # no\n";
        let table = Table::parse(text).unwrap();
        assert_eq!(texts(table.header()), ["action", "mfa=true & office"]);
        assert_eq!(table.rows().iter().map(|row| texts(row)).collect::<Vec<_>>(), [["a:B", "allow"], ["a:C", "."]]);
        let bare = Table::parse("action | x\n--- | ---\na:B | allow").unwrap();
        assert_eq!(texts(&bare.rows()[0]), ["a:B", "allow"]);
    }

    #[test]
    fn what_is_no_table() {
        let message = |text: &str| Table::parse(text).unwrap_err().message;
        assert_eq!(message(" \n# only a comment\n"), "the table is empty");
        assert_eq!(message("action  x\n"), "the table has a header but no rows");
        assert_eq!(message("\u{feff}action  x\na:B  .\n"), "the table begins with a byte order mark");
        let text = "action  x\na:B\n";
        let error = Table::parse(text).unwrap_err();
        assert_eq!(error.message, "the row has 1 cells and the header has 2");
        assert_eq!(text.get(error.span.range()), Some("a:B"));
    }

    #[test]
    fn a_cell_that_fits_moves_nothing() {
        let text = "action  mfa=true  mfa=false\n# c\na:B     allow     deny   # why\na:C     deny      .\n";
        let expected = "action  mfa=true  mfa=false\n# c\na:B     implicit  deny   # why\na:C     deny      .\n";
        assert_eq!(changed(text, &[(0, 1, "implicit")]), expected);
        assert_eq!(changed(text, &[]), text);
    }

    #[test]
    fn a_wider_cell_moves_its_columns() {
        let text = "action  x      y\na:B     allow  deny\na:C     deny   .\n";
        let expected = "action  x              y\na:B     allow          deny\na:C     explicit/deny  .\n";
        assert_eq!(changed(text, &[(1, 1, "explicit/deny")]), expected);
    }

    #[test]
    fn lines_that_share_no_columns_move_alone() {
        let text = "action x y\n a:B allow deny # c\na:Long deny .\n";
        let expected = "action x y\n a:B implicit deny # c\na:Long deny .\n";
        assert_eq!(changed(text, &[(0, 1, "implicit")]), expected);
    }

    #[test]
    fn the_last_cell_pushes_its_comment() {
        let text = "action  x\na:B     allow  # é\na:C     deny   # d\n";
        let expected = "action  x\na:B     explicit/allow  # é\na:C     deny            # d\n";
        assert_eq!(changed(text, &[(0, 1, "explicit/allow")]), expected);
    }

    #[test]
    fn rows_come_and_go() {
        let text = "# head\naction  x      # c\na:B     allow\n# kept\na:C     deny   # gone\n";
        let new = (None, cells(&["a:LongName", "implicit"]));
        let table = Table::parse(text).unwrap();
        assert_eq!(
            table.with_rows(&cells(&["action", "x"]), &[(Some(0), cells(&["a:B", "allow"])), new.clone()]),
            "# head\naction      x         # c\na:B         allow\na:LongName  implicit\n# kept\n"
        );
        assert_eq!(table.preamble(), "# head\n");
        let piped = Table::parse("| a | x |\n| - | - |\n| b | . |\n").unwrap();
        assert_eq!(
            piped.with_rows(&cells(&["a", "x"]), &[(Some(0), cells(&["b", "."])), (None, cells(&["cc", "deny"]))]),
            "| a  | x    |\n| -- | ---- |\n| b  | .    |\n| cc | deny |\n"
        );
    }

    #[test]
    fn columns_come_and_go() {
        let text = "# head\n\naction  x  y  # c\n# of b\na:B  allow  .  # b\n\na:C  deny  .\n# tail";
        let header = cells(&["action", "on", "longer"]);
        let rows = [
            (Some(0), cells(&["a:B", "one", "."])),
            (Some(0), cells(&["a:B", "two", "."])),
            (None, cells(&["a:D", "one", "allow"])),
        ];
        assert_eq!(
            Table::parse(text).unwrap().with_rows(&header, &rows),
            "# head\n\naction  on   longer  # c\n# of b\na:B     one  .       # b\na:B     two  .       # b\na:D     one  allow\n\n# tail"
        );
        let piped = Table::parse("|a|x|y|\n|-|-|-|\n|b|.|.| # b\n").unwrap();
        assert_eq!(
            piped.with_rows(&cells(&["a", "long"]), &[(Some(0), cells(&["b", "deny"]))]),
            "| a | long |\n| - | ---- |\n| b | deny |  # b\n"
        );
        let indented = Table::parse("  a  x\n  b  .  # b\n").unwrap();
        assert_eq!(
            indented.with_rows(&cells(&["a", "long"]), &[(Some(0), cells(&["b", "."])), (None, cells(&["c", "."]))]),
            "  a  long\n  b  .     # b\n  c  .\n"
        );
    }

    #[test]
    fn line_ends_stay_as_they_are() {
        let text = "# c\r\na  x\r\nb  .\r\n";
        assert_eq!(changed(text, &[]), text);
        let table = Table::parse(text).unwrap();
        assert_eq!(table.preamble(), "# c\r\n");
        let rows = [(Some(0), cells(&["b", "."])), (None, cells(&["c", "."]))];
        assert_eq!(table.with_rows(&cells(&["a", "x"]), &rows), "# c\r\na  x\r\nb  .\r\nc  .\r\n");
    }

    #[test]
    fn a_new_table_reads_back() {
        let header = ["action".to_owned(), "mfa=true".to_owned()];
        let rows = [vec!["iam:GetUser".to_owned(), "allow".to_owned()]];
        let text = Table::write(&header, &rows);
        assert_eq!(text, "action       mfa=true\niam:GetUser  allow\n");
        assert_eq!(texts(&Table::parse(&text).unwrap().rows()[0]), rows[0]);
    }

    #[test]
    fn a_table_of_markdown_stays_one() {
        let text = "| action | x    | y |\n|--------|------|---|\n| a:B    | deny | . |\n";
        let expected = "| action | x        | y |\n|--------|----------|---|\n| a:B    | implicit | . |\n";
        assert_eq!(changed(text, &[(0, 1, "implicit")]), expected);
        let rough = "action|x\n---|---\na:B|deny\n";
        assert_eq!(changed(rough, &[(0, 1, "implicit")]), "action|x\n---|---\na:B|implicit\n");
        let last = "| a | x |\n| - | - |\n| b | . |\n";
        assert_eq!(changed(last, &[(0, 1, "deny")]), "| a | x    |\n| - | ---- |\n| b | deny |\n");
    }
}
