//! Tables with failures: those of test files whole, so that they can be put in place of the old ones; of snapshots,
//! which may be long, the rows that differ.

use crate::check::{AnswerPlace, WantedForm};
use crate::expectation::Expectation;
use crate::run::{FileRun, Status};
use crate::table::Table;
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
            AnswerPlace::Cell { row, column, combination } => ((row, column), combination),
            AnswerPlace::Snapshot { cell: Some(cell), .. } => (cell, 0),
            AnswerPlace::File(_) | AnswerPlace::Snapshot { cell: None, .. } => continue,
        };
        if !wanted.fits(*decision) {
            let text = format!("{}/{wanted}", Expectation::of(*decision));
            wrong.entry(combination).or_default().insert(cell, text);
        }
    }
    let told = wrong.values().map(|cells| match run.file.cases().get(case).map(|case| &case.form) {
        Some(WantedForm::Table(text)) => {
            let rows = marked(&text.table, cells, style, Rows::All);
            format!("\n  the table, wrong cells as got/expected:\n{rows}")
        }
        Some(WantedForm::Snapshot(snapshot)) => {
            let table = snapshot.read.as_ref().map(|(_, table)| table);
            let rows = table.map(|table| marked(table, cells, style, Rows::Differing));
            format!("\n  rows of {} that differ, as got/expected:\n{}", snapshot.name, rows.unwrap_or_default())
        }
        Some(WantedForm::Answer | WantedForm::WhoCan(_) | WantedForm::Prove(_)) | None => String::new(),
    });
    told.collect()
}

/// What to show of a table beside its header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    All,
    Differing,
}

/// The lines of a table with the cells marked.
fn marked(table: &Table, cells: &Cells, style: Style, rows: Rows) -> String {
    let text = table.with_cells(cells);
    let header = table.preamble().lines().count();
    // A long table has many cells and few words.
    let words: BTreeSet<&str> = cells.values().map(String::as_str).collect();
    let is_wanted = |(number, line): &(usize, &str)| {
        rows == Rows::All || *number == header || words.iter().any(|word| line.contains(word))
    };
    let lines = text.trim_end().lines().enumerate().filter(is_wanted).map(|(_, line)| {
        let marked = words.iter().fold(line.to_owned(), |line, word| line.replace(word, &style.deny(word)));
        format!("      {marked}\n")
    });
    lines.collect()
}
