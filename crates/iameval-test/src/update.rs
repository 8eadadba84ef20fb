//! Tables and snapshots with the answers that a run got.

use crate::check::Handling;
use crate::check::{AnswerPlace, Snapshot, TableText, WantedForm};
use crate::expectation::Expectation;
use crate::run::{FileRun, Status};
use crate::table::Table;
use iameval::Decision;
use iameval::text::Span;
use iameval_ask::words::quoted;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A file and the text that it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Update {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called in messages.
    pub name: String,
    /// The text that it replaces; `None` where there is no file, or nothing but white space in it.
    pub before: Option<String>,
    /// Its new text.
    pub text: String,
}

/// What a run would change, and what it cannot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Updates {
    /// The files that change.
    pub files: Vec<Update>,
    /// Why a table stays as it is.
    pub kept: Vec<String>,
}

/// Row and column of a cell.
type Cell = (usize, usize);

/// What is known of the checks behind a cell.
#[derive(Default)]
struct Got {
    answers: BTreeSet<Expectation>,
    /// How many of them did not run.
    missing: usize,
}

impl FileRun<'_> {
    /// The tables and snapshots whose answers are not those that the run got, with these. `expect`, `because` and cases
    /// that must fail stay as they are.
    pub fn updates(&self) -> Updates {
        let mut updates = Updates::default();
        // What several cases share, a table by an alias, is there once.
        let mut tables: BTreeMap<Span, (&TableText, Vec<usize>)> = BTreeMap::new();
        let mut snapshots: BTreeMap<&Path, Vec<(usize, &Snapshot)>> = BTreeMap::new();
        for (number, case) in self.file.cases().iter().enumerate().filter(|(_, case)| case.handling == Handling::Run) {
            match &case.form {
                WantedForm::Answer | WantedForm::WhoCan(_) | WantedForm::Prove(_) => {}
                WantedForm::Table(text) => tables.entry(text.span).or_insert((text, Vec::new())).1.push(number),
                WantedForm::Snapshot(snapshot) => snapshots.entry(&snapshot.path).or_default().push((number, snapshot)),
            }
        }
        let stays = |what: &str, cases: &[usize], why: &str| {
            let cases = cases.iter().filter_map(|case| self.file.cases().get(*case));
            let names: Vec<&str> = cases.map(|case| &*case.name).collect();
            format!("the {what} of {} is left unchanged: {why}", quoted(&names, 5))
        };
        for cases in snapshots.into_values() {
            match self.snapshots(&cases) {
                Ok(update) => updates.files.extend(update),
                Err(why) => {
                    let cases: Vec<usize> = cases.into_iter().map(|(case, _)| case).collect();
                    updates.kept.push(stays("snapshot", &cases, &why));
                }
            }
        }
        let mut edits: Vec<(Span, String)> = Vec::new();
        for (text, cases) in tables.into_values() {
            match self.table(&cases, text) {
                Ok(edit) => edits.extend(edit),
                Err(why) => updates.kept.push(stays("table", &cases, &why)),
            }
        }
        match (self.edited(edits), &self.file.source().path) {
            (Some(text), Some(path)) => {
                let before = Some(self.file.source().text.clone());
                updates.files.push(Update { path: path.clone(), name: self.file.name().into(), before, text });
            }
            (Some(_), None) => updates.kept.push(format!("`{}` is not a file on disk", self.file.name())),
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
        let got = self.got(cases, |place| match place {
            AnswerPlace::Cell { row, column, .. } => Some((row, column)),
            _ => None,
        });
        let mut changes = BTreeMap::new();
        for (place @ (row, column), got) in got {
            let cell = text.table.rows().get(row).and_then(|row| row.get(column)).map_or("", |cell| &cell.text);
            if got.is_told(cell.parse().ok()) {
                continue;
            }
            let word = got.word(place)?;
            changes.insert(place, word.as_str().to_owned());
        }
        if changes.is_empty() {
            return Ok(None);
        }
        let block = text.block.as_ref().ok_or("only a table that begins with `|` can be rewritten")?;
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
            Some(word) => Err(format!("no cell would be `{word}`, for which `because` has a statement")),
            None => Ok(()),
        }
    }

    /// What a snapshot becomes, on which all cases that have it agree.
    fn snapshots(&self, cases: &[(usize, &Snapshot)]) -> Result<Option<Update>, String> {
        let updates = cases.iter().map(|(case, snapshot)| self.snapshot(*case, snapshot));
        let updates: Vec<Option<Update>> = updates.collect::<Result<_, _>>()?;
        let Some(update) = updates.iter().flatten().next() else { return Ok(None) };
        if cases.len() > 1 && !cases.iter().all(|(case, _)| self.is_whole(*case)) {
            return Err("not all the cases that share it were run".into());
        }
        if updates.iter().any(|other| other.as_ref() != Some(update)) {
            return Err("it would differ for each of them".into());
        }
        Ok(Some(update.clone()))
    }

    fn snapshot(&self, case: usize, snapshot: &Snapshot) -> Result<Option<Update>, String> {
        let mut answers: BTreeMap<Cell, &str> = BTreeMap::new();
        let mut wrong = BTreeSet::new();
        let mut lacks = false;
        for (place, decision, failed) in self.decisions(case) {
            let AnswerPlace::Snapshot { row, column, cell } = place else { continue };
            answers.insert((row, column), Expectation::of(decision).as_str());
            lacks |= cell.is_none();
            wrong.extend(cell.filter(|_| failed));
        }
        let got = self.got(&[case], |place| match place {
            AnswerPlace::Snapshot { cell, .. } => cell,
            _ => None,
        });
        let mut changes = BTreeMap::new();
        for (cell, got) in got.into_iter().filter(|(cell, _)| wrong.contains(cell)) {
            match got.word(cell) {
                Ok(word) => {
                    changes.insert(cell, word.as_str().to_owned());
                }
                // The snapshot tells too little apart, such as principals when there was one.
                Err(_) => lacks = true,
            }
        }
        let Snapshot { axes, places, stale, .. } = snapshot;
        if answers.is_empty() || (changes.is_empty() && !lacks && stale.is_empty()) {
            return Ok(None);
        }
        // What was not run has no answer to go into new rows or columns.
        if !self.is_whole(case) {
            if lacks {
                return Err("answers are missing, and not everything in the case was run".into());
            }
            if !stale.columns.is_empty() {
                return Err("it has extra columns, and not everything in the case was run".into());
            }
        }
        let header: Vec<String> =
            axes.lead.iter().map(|lead| (*lead).to_owned()).chain(axes.columns.iter().cloned()).collect();
        let row = |number: usize| -> Vec<String> {
            let lead = axes.rows.get(number).into_iter().flatten().cloned();
            let cell = |column: usize| answers.get(&(number, column)).unwrap_or(&".").to_string();
            lead.chain((0..axes.columns.len()).map(cell)).collect()
        };
        let text = match &snapshot.read {
            None => Table::write(&header, &(0..axes.rows.len()).map(row).collect::<Vec<_>>()),
            Some((_, table)) => {
                let same_columns = table.header().iter().map(|cell| &cell.text).eq(&header);
                let keeps_columns = stale.columns.is_empty() && (same_columns || !lacks);
                let added = (0..axes.rows.len()).filter(|number| lacks && !places.contains_key(number));
                let added: Vec<(Option<usize>, Vec<String>)> = added.map(|number| (None, row(number))).collect();
                if !keeps_columns {
                    let kept = places.iter().map(|(number, place)| (Some(*place), row(*number)));
                    table.with_rows(&header, &kept.chain(added).collect::<Vec<_>>())
                } else if added.is_empty() && stale.rows.is_empty() {
                    table.with_cells(&changes)
                } else {
                    let header: Vec<String> = table.header().iter().map(|cell| cell.text.clone()).collect();
                    let kept = table.rows().iter().enumerate().filter(|(place, _)| !stale.rows.contains(place));
                    let kept = kept.map(|(place, cells)| {
                        let cells = cells.iter().enumerate();
                        let text =
                            cells.map(|(column, cell)| changes.get(&(place, column)).unwrap_or(&cell.text).clone());
                        (Some(place), text.collect())
                    });
                    table.with_rows(&header, &kept.chain(added).collect::<Vec<_>>())
                }
            }
        };
        self.keeps_reasons(case, &text)?;
        let before = snapshot.read.as_ref().map(|(source, _)| source.text.clone());
        Ok(Some(Update { path: snapshot.path.clone(), name: snapshot.name.clone(), before, text }))
    }

    /// The answers behind each cell that checks of these cases are about.
    fn got(&self, cases: &[usize], cell: impl Fn(AnswerPlace) -> Option<Cell>) -> BTreeMap<Cell, Got> {
        let mut got: BTreeMap<Cell, Got> = BTreeMap::new();
        for check in self.file.checks().iter().filter(|check| cases.contains(&check.case)) {
            if let Some(cell) = cell(check.place) {
                got.entry(cell).or_default().missing += 1;
            }
        }
        for (place, decision, _) in cases.iter().flat_map(|case| self.decisions(*case)) {
            if let Some(got) = cell(place).and_then(|cell| got.get_mut(&cell)) {
                got.answers.insert(Expectation::of(decision));
                got.missing -= 1;
            }
        }
        got
    }

    /// Place and decision of each check of a case that counts, and whether it failed.
    fn decisions(&self, case: usize) -> impl Iterator<Item = (AnswerPlace, Decision, bool)> {
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

impl Got {
    /// Whether a word says all the answers.
    fn is_told(&self, word: Option<Expectation>) -> bool {
        let fits = |answer: &Expectation| {
            word.is_some_and(|word| word == *answer || word == Expectation::Deny && *answer != Expectation::Allow)
        };
        self.answers.iter().all(fits)
    }

    /// The one word that says all the answers.
    fn word(&self, (row, column): Cell) -> Result<Expectation, String> {
        let cell = format!("the cell in row {}, column {}", row + 1, column + 1);
        if self.missing > 0 {
            return Err(format!("not everything that {cell} covers was run"));
        }
        let answers: Vec<Expectation> = self.answers.iter().copied().collect();
        match *answers {
            [only] => Ok(only),
            [Expectation::Implicit, Expectation::Explicit] => Ok(Expectation::Deny),
            _ => {
                let several: Vec<&str> = answers.iter().map(|word| word.as_str()).collect();
                Err(format!("{cell} covers several answers: {}", several.join(", ")))
            }
        }
    }
}
