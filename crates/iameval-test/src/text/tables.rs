//! Tables with failures: those of test files whole, so that they can be put in the place of the old ones; of snapshots,
//! which may be long, the rows that differ.

use crate::check::{Form, Place};
use crate::{Expectation, FileRun, Status, Table};
use iameval_report::Style;
use std::collections::{BTreeMap, BTreeSet};

/// Cells by row and column.
type Cells = BTreeMap<(usize, usize), String>;

/// The table of a case with the wrong cells as `got/wanted`. Where the case multiplies it, one for each combination that
/// failed.
pub(super) fn failed(run: &FileRun<'_>, case: usize, style: Style) -> String {
    let mut wrong: BTreeMap<usize, Cells> = BTreeMap::new();
    for outcome in &run.outcomes {
        let Some(check) = run.file.checks().get(outcome.check).filter(|check| check.case == case) else { continue };
        let (Status::Failed(decision, _), Some(wanted)) = (&outcome.status, check.wanted) else { continue };
        let (cell, combination) = match check.place {
            Place::Cell { row, column, combination } => ((row, column), combination),
            Place::Snapshot { cell: Some(cell), .. } => (cell, 0),
            Place::File(_) | Place::Snapshot { cell: None, .. } => continue,
        };
        if !wanted.fits(*decision) {
            let text = format!("{}/{wanted}", Expectation::of(*decision));
            wrong.entry(combination).or_default().insert(cell, text);
        }
    }
    let told = wrong.values().map(|cells| match run.file.cases().get(case).map(|case| &case.form) {
        Some(Form::Table(text)) => {
            let rows = marked(&text.table, cells, style, true);
            format!("\n  the table, wrong cells as got/expected:\n{rows}")
        }
        Some(Form::Snapshot(snapshot)) => {
            let rows = snapshot.read.as_ref().map(|(_, table)| marked(table, cells, style, false));
            format!("\n  rows of {} that differ, as got/expected:\n{}", snapshot.name, rows.unwrap_or_default())
        }
        Some(Form::Answer) | None => String::new(),
    });
    told.collect()
}

/// The header and the lines with wrong cells, which are marked, or all lines.
fn marked(table: &Table, cells: &Cells, style: Style, all: bool) -> String {
    let text = table.with_cells(cells);
    let header = table.preamble().lines().count();
    let wrong: BTreeSet<&str> = cells.values().map(String::as_str).collect();
    let is_wanted = |line: &str| all || wrong.iter().any(|cell| line.contains(cell));
    let lines = text.trim_end().lines().enumerate().filter(|(number, line)| *number == header || is_wanted(line));
    let lines = lines.map(|(_, line)| {
        let marked = wrong.iter().fold(line.to_owned(), |line, cell| line.replace(cell, &style.deny(cell)));
        format!("      {marked}\n")
    });
    lines.collect()
}
