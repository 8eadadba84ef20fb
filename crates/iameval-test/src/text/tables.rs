//! Tables with failures, whole, so that they can be put in the place of those in the file.

use crate::check::{Place, TableText};
use crate::{Expectation, FileRun, Status};
use iameval_report::Style;
use std::collections::BTreeMap;

/// The table with the wrong cells as `got/wanted`. Where the case multiplies it, one for each combination that failed.
pub(super) fn failed(run: &FileRun<'_>, case: usize, text: &TableText, style: Style) -> String {
    let mut wrong: BTreeMap<usize, BTreeMap<(usize, usize), String>> = BTreeMap::new();
    for outcome in &run.outcomes {
        let Some(check) = run.file.checks().get(outcome.check).filter(|check| check.case == case) else { continue };
        if let (Status::Failed(decision, _), Place::Cell { row, column, combination }, Some(wanted)) =
            (&outcome.status, check.place, check.wanted)
            && !wanted.fits(*decision)
        {
            let cell = format!("{}/{wanted}", Expectation::of(*decision));
            wrong.entry(combination).or_default().insert((row, column), cell);
        }
    }
    let tables = wrong.values().map(|cells| {
        let table = text.table.with_cells(cells);
        let lines = table.trim_end().lines().map(|line| {
            let marked = cells.values().fold(line.to_owned(), |line, cell| line.replace(&**cell, &style.deny(cell)));
            format!("      {marked}\n")
        });
        format!("\n  the table, wrong cells as got/expected:\n{}", lines.collect::<String>())
    });
    tables.collect()
}
