//! Tables and snapshots with the answers that a run got.

use crate::check::{Form, Place, Snapshot, TableText};
use crate::{Expectation, FileRun, Handling, Status, Table};
use iameval::Decision;
use iameval::text::Span;
use iameval_report::words::quoted;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A file and the text that it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called in messages.
    pub name: String,
    /// Its new text.
    pub text: String,
}

/// What a run would change, and what it cannot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Updates {
    /// The files that change.
    pub files: Vec<Update>,
    /// Why a table stays as it is.
    pub kept: Vec<String>,
}

/// The decisions of the checks behind one cell.
type Got = BTreeMap<(usize, usize), BTreeSet<Expectation>>;

impl FileRun<'_> {
    /// The tables and snapshots whose answers are not those that the run got, with these. `expect`, `because` and cases
    /// that must fail stay as they are.
    pub fn updates(&self) -> Updates {
        let mut updates = Updates::default();
        // A table that several cases share by an alias is there once.
        let mut tables: BTreeMap<Span, (&TableText, Vec<usize>)> = BTreeMap::new();
        for (number, case) in self.file.cases().iter().enumerate().filter(|(_, case)| case.handling == Handling::Run) {
            match &case.form {
                Form::Answer => {}
                Form::Table(text) => tables.entry(text.span).or_insert((text, Vec::new())).1.push(number),
                Form::Snapshot(snapshot) => match self.snapshot(number, snapshot) {
                    Ok(update) => updates.files.extend(update),
                    Err(why) => updates.kept.push(format!("the snapshot of `{}` stays as it is: {why}", case.name)),
                },
            }
        }
        let mut edits: Vec<(Span, String)> = Vec::new();
        for (text, cases) in tables.into_values() {
            match self.table(&cases, text) {
                Ok(edit) => edits.extend(edit),
                Err(why) => {
                    let cases = cases.iter().filter_map(|case| self.file.cases().get(*case));
                    let names: Vec<&str> = cases.map(|case| &*case.name).collect();
                    updates.kept.push(format!("the table of {} stays as it is: {why}", quoted(&names, 5)));
                }
            }
        }
        match (self.edited(edits), &self.file.source().path) {
            (Some(text), Some(path)) => {
                updates.files.push(Update { path: path.clone(), name: self.file.name().into(), text });
            }
            (Some(_), None) => updates.kept.push(format!("`{}` is no file on the disk", self.file.name())),
            (None, _) => {}
        }
        updates
    }

    /// The text of the test file after edits, if there are any.
    fn edited(&self, mut edits: Vec<(Span, String)>) -> Option<String> {
        edits.sort_by_key(|(span, _)| span.start);
        let mut text = self.file.source().text.clone();
        for (span, new) in edits.iter().rev() {
            text.replace_range(span.range(), new);
        }
        (text != self.file.source().text).then_some(text)
    }

    fn table(&self, cases: &[usize], text: &TableText) -> Result<Option<(Span, String)>, String> {
        let mut got = Got::new();
        for (place, decision, _) in cases.iter().flat_map(|case| self.decisions(*case)) {
            if let Place::Cell { row, column, .. } = place {
                got.entry((row, column)).or_default().insert(Expectation::of(decision));
            }
        }
        let mut changes = BTreeMap::new();
        for ((row, column), answers) in got {
            let cell = text.table.rows().get(row).and_then(|row| row.get(column)).map_or("", |cell| &cell.text);
            let word = match cell.parse::<Expectation>() {
                Ok(Expectation::Deny) if !answers.contains(&Expectation::Allow) => Expectation::Deny,
                _ => one(&answers).ok_or_else(|| {
                    let several: Vec<&str> = answers.iter().map(|word| word.as_str()).collect();
                    format!(
                        "the cell in row {}, column {} stands for several answers: {}",
                        row + 1,
                        column + 1,
                        several.join(", ")
                    )
                })?,
            };
            if cell != word.as_str() {
                changes.insert((row, column), word.as_str().to_owned());
            }
        }
        if changes.is_empty() {
            return Ok(None);
        }
        let block = text.block.as_ref().ok_or("only a table that begins with `|` can be written anew")?;
        let new = text.table.with_cells(&changes);
        cases.iter().try_for_each(|case| self.keeps_reasons(*case, &new))?;
        Ok(Some(block.replaced(&new)))
    }

    /// Whether each answer that a case has a reason for is still in its table.
    fn keeps_reasons(&self, case: usize, table: &str) -> Result<(), String> {
        let table = Table::parse(table).map_err(|error| error.message)?;
        let said: BTreeSet<&str> = table.rows().iter().flatten().map(|cell| &*cell.text).collect();
        let checks = self.file.checks().iter().filter(|check| check.case == case && check.reason.is_some());
        match checks.filter_map(|check| check.wanted).find(|wanted| !said.contains(wanted.as_str())) {
            Some(word) => Err(format!("no cell would say `{word}`, for which `because` has a statement")),
            None => Ok(()),
        }
    }

    fn snapshot(&self, case: usize, snapshot: &Snapshot) -> Result<Option<Update>, String> {
        let mut answers: BTreeMap<(usize, usize), &str> = BTreeMap::new();
        let mut changes = BTreeMap::new();
        let mut is_known = BTreeSet::new();
        let mut lacks = false;
        for (place, decision, failed) in self.decisions(case) {
            let Place::Snapshot { row, column, cell } = place else { continue };
            let word = Expectation::of(decision).as_str();
            answers.insert((row, column), word);
            lacks |= cell.is_none();
            if let Some(cell) = cell {
                is_known.insert(row);
                if failed {
                    changes.insert(cell, word.to_owned());
                }
            }
        }
        let Snapshot { axes, stale, .. } = snapshot;
        if answers.is_empty() || (changes.is_empty() && !lacks && stale.is_empty()) {
            return Ok(None);
        }
        // What was not run has no answer to go into new rows or columns.
        if !self.is_whole(case) {
            if lacks {
                return Err("it lacks answers, and not all that the case asks was run".into());
            }
            if !stale.columns.is_empty() {
                return Err("it has columns to spare, and not all that the case asks was run".into());
            }
        }
        let header: Vec<String> =
            axes.lead.iter().map(|lead| (*lead).to_owned()).chain(axes.columns.iter().cloned()).collect();
        let row = |number: usize| -> Vec<String> {
            let lead = axes.rows.get(number).into_iter().flatten().cloned();
            let cell = |column: usize| answers.get(&(number, column)).unwrap_or(&".").to_string();
            lead.chain((0..axes.columns.len()).map(cell)).collect()
        };
        let new = || Table::write(&header, &(0..axes.rows.len()).map(row).collect::<Vec<_>>());
        let text = match &snapshot.read {
            None => new(),
            Some((_, table)) => {
                let same_columns = table.header().iter().map(|cell| &cell.text).eq(&header);
                if stale.columns.is_empty() && (same_columns || !lacks) {
                    let added = (0..axes.rows.len()).filter(|row| lacks && !is_known.contains(row));
                    let added: Vec<Vec<String>> = added.map(row).collect();
                    let text = table.with_cells(&changes);
                    match (Table::parse(&text), added.is_empty() && stale.rows.is_empty()) {
                        (Ok(table), false) => table.with_rows(&stale.rows, &added),
                        _ => text,
                    }
                } else {
                    format!("{}{}", table.preamble(), new().replace('\n', table.line_end()))
                }
            }
        };
        self.keeps_reasons(case, &text)?;
        Ok(Some(Update { path: snapshot.path.clone(), name: snapshot.name.clone(), text }))
    }

    /// Place and decision of each check of a case that counts, and whether it failed.
    fn decisions(&self, case: usize) -> impl Iterator<Item = (Place, Decision, bool)> {
        self.outcomes.iter().filter_map(move |outcome| {
            let check = self.file.checks().get(outcome.check).filter(|check| check.case == case)?;
            match &outcome.status {
                Status::Passed(decision) => Some((check.place, *decision, false)),
                Status::Failed(decision, _) => {
                    Some((check.place, *decision, check.wanted.is_none_or(|wanted| !wanted.fits(*decision))))
                }
                Status::FailedAsExpected(..) | Status::Skipped => None,
            }
        })
    }
}

/// The one word that says all the answers.
fn one(answers: &BTreeSet<Expectation>) -> Option<Expectation> {
    let mut words = answers.iter().copied();
    match (words.next(), words.next()) {
        (Some(only), None) => Some(only),
        (Some(Expectation::Implicit), Some(Expectation::Explicit)) => Some(Expectation::Deny),
        _ => None,
    }
}
