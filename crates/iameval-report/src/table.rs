//! The text of tables, as test files and snapshots have it.

/// A table of these cells, in columns, which `iameval test` reads. Cells are separated by blanks, or by bars where a cell
/// has blanks itself or is empty.
pub fn write_table(header: &[String], rows: &[Vec<String>]) -> String {
    lay_table(header, rows, str::to_owned)
}

/// The same with cells that look different and are as wide.
pub(crate) fn lay_table(header: &[String], rows: &[Vec<String>], paint: impl Fn(&str) -> String) -> String {
    let lines = || std::iter::once(header).chain(rows.iter().map(Vec::as_slice));
    let width = |column: usize| {
        let cells = lines().filter_map(|cells| cells.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let needs_bars = lines().flatten().any(|cell| cell.is_empty() || cell.contains(char::is_whitespace));
    let line = |(number, cells): (usize, &[String])| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| {
            let blanks = " ".repeat(width.saturating_sub(cell.chars().count()));
            let cell = if number == 0 { cell.clone() } else { paint(cell) };
            cell + &blanks
        });
        let cells: Vec<String> = cells.collect();
        if needs_bars {
            format!("| {} |\n", cells.join(" | "))
        } else {
            format!("{}\n", cells.join("  ").trim_end())
        }
    };
    lines().enumerate().map(line).collect()
}

/// Whether a table can hold a cell: no bar, no line break, and nothing that begins a comment.
pub(crate) fn is_cell(text: &str) -> bool {
    !text.contains(['|', '\n', '\r', '\u{feff}'])
        && !text.starts_with('#')
        && !text.contains(" #")
        && !text.contains("\t#")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn blanks_or_bars() {
        let rows = [cells(&["a:B", "allow"]), cells(&["a:LongName", "."])];
        let text = write_table(&cells(&["action", "x"]), &rows);
        assert_eq!(text, "action      x\na:B         allow\na:LongName  .\n");
        let text = write_table(&cells(&["resource", "x"]), &[cells(&["my file", "allow"])]);
        assert_eq!(text, "| resource | x     |\n| my file  | allow |\n");
    }
}
