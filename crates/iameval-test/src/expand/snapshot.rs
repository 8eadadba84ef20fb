//! Cases with a snapshot: what they must answer stands in a file, as a table.

use super::axes::{CaseRequests, Point};
use super::table::{Columns, answer, cell, of_table, unused};
use super::{Expansion, Fields};
use crate::check::{AnswerPlace, Axes, Snapshot, Stale, WantedForm};
use crate::expectation::Expectation;
use crate::node::Checked;
use crate::reason::Reason;
use crate::table::Table;
use iameval::json::Node;
use iameval::json::fields::{invalid, text};
use iameval::text::Span;
use iameval_ask::in_order;
use iameval_world::{Finding, Source, codes};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path};
use std::sync::Arc;

/// What a cell wants, and its row and column.
type Known = (Option<Expectation>, usize, usize);

/// The answers of a snapshot: by the texts of the row and the column.
struct Answers {
    cells: HashMap<(Vec<String>, String), Known>,
    columns: Columns,
    /// The rows by their leading cells.
    places: HashMap<Vec<String>, usize>,
    rows: usize,
}

impl Expansion<'_> {
    pub(super) fn snapshot(
        &mut self,
        fields: &Fields<'_>,
        subject: &CaseRequests,
        name: &str,
        node: &Node<'static>,
    ) -> Checked<WantedForm> {
        let path = self.tests.folder.join(self.snapshot_path(node)?);
        let read = self.read_snapshot(&path, node.span)?;
        let answers = match &read {
            Some((source, table)) => match Answers::read(table) {
                Ok(answers) => Some(answers),
                Err(diagnostic) => {
                    self.wrong.push(Finding::new(source, diagnostic));
                    None
                }
            },
            None => None,
        };
        let reasons = self.reasons(fields)?;
        let mut axes = Axes { lead: lead(subject), ..Axes::default() };
        let mut numbers: HashMap<Vec<String>, usize> = HashMap::new();
        let mut places = BTreeMap::new();
        let mut asked = Stale::default();
        let principals = self.principals_of(fields, subject)?;
        let names: Vec<String> =
            principals.iter().filter_map(|at| self.principals.get(*at)).map(|(name, _)| name.clone()).collect();
        let name_of = |principal: usize| {
            principals.iter().position(|at| *at == principal).and_then(|at| names.get(at)).cloned().unwrap_or_default()
        };
        self.answers(fields, subject, name, |point| {
            let column = column_name(point);
            let key = |what: &str| match what {
                "principal" => name_of(point.principal),
                "action" => point.action.to_string(),
                _ => point.resource.map_or(String::new(), |named| named.text.clone()),
            };
            let row: Vec<String> = axes.lead.iter().map(|what| key(what)).collect();
            let number = *numbers.entry(row.clone()).or_insert_with(|| {
                axes.rows.push(row);
                axes.rows.len() - 1
            });
            let position = axes.columns.iter().position(|known| *known == column).unwrap_or_else(|| {
                axes.columns.push(column.clone());
                axes.columns.len() - 1
            });
            let known = answers.as_ref().and_then(|answers| {
                let lead: Vec<String> = answers.columns.lead().map(key).collect();
                places.extend(answers.places.get(&lead).map(|place| (number, *place)));
                answers.cells.get(&(lead, in_order(&column)))
            });
            let place = |cell| AnswerPlace::Snapshot { row: number, column: position, cell };
            let Some((wanted, row, at)) = known else { return Some((None, None, place(None))) };
            asked.rows.insert(*row);
            asked.columns.insert(*at);
            let wanted = (*wanted)?;
            let reason: Option<Arc<Reason>> = reasons.get(&wanted).map(|(reason, _)| reason.clone());
            Some((Some(wanted), reason, place(Some((*row, *at)))))
        })?;
        let stale = answers.as_ref().map_or_else(Stale::default, |answers| answers.beside(&asked));
        if let Some(answers) = &answers {
            let said: BTreeSet<Expectation> = answers.cells.values().filter_map(|(wanted, ..)| *wanted).collect();
            unused(&reasons, |word| said.contains(&word))?;
        }
        Ok(WantedForm::Snapshot(Snapshot {
            name: self.files.name(&path),
            path,
            read,
            places,
            stale,
            axes,
            span: node.span,
        }))
    }

    /// The path of a snapshot from the folder of the test file, which it may not leave.
    fn snapshot_path<'n>(&self, node: &'n Node<'static>) -> Checked<&'n Path> {
        let path = Path::new(text(node, "`snapshot`")?);
        let stays = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if self.options.allow_outside || path.components().all(stays) {
            return Ok(path);
        }
        let message = format!("the snapshot `{}` is not in the folder of the test file", path.display());
        let help = "name a file in that folder, without `..`; `iameval test --allow-outside` accepts any file";
        Err(invalid(node.span, message).with_help(help))
    }

    /// The text and table of a snapshot; `None` while there is none.
    fn read_snapshot(&mut self, path: &Path, span: Span) -> Checked<Option<(Arc<Source>, Table)>> {
        let source = match self.files.read(path) {
            Ok(source) => source,
            Err(finding) => {
                let code = finding.diagnostic.code();
                let is_missing = code == codes::UNREADABLE && !path.exists();
                if is_missing || code == codes::EMPTY_INPUT {
                    return Ok(None);
                }
                if [codes::UNREADABLE, codes::IS_FOLDER].contains(&code) {
                    return Err(finding.diagnostic.into_problem().at(span));
                }
                self.wrong.push(finding);
                return Ok(None);
            }
        };
        match Table::parse(&source.text) {
            Ok(table) => Ok(Some((source, table))),
            Err(error) => {
                self.wrong.push(Finding::new(&source, of_table(error, |span| span)));
                Ok(None)
            }
        }
    }
}

impl Answers {
    fn read(table: &Table) -> Checked<Self> {
        let columns = Columns::read(table, |span| span)?;
        let mut cells = HashMap::new();
        let mut places = HashMap::new();
        for (number, row) in table.rows().iter().enumerate() {
            let lead: Vec<String> = columns.leading().map(|at| cell(row, at).text.clone()).collect();
            for &column in &columns.answers {
                let wanted = answer(cell(row, column), |span| span)?;
                let header = in_order(&cell(table.header(), column).text);
                cells.insert((lead.clone(), header), (wanted, number, column));
            }
            places.insert(lead, number);
        }
        Ok(Self { cells, columns, places, rows: table.rows().len() })
    }

    /// The rows and columns that are not among those asked. Where no row is asked, no column could be.
    fn beside(&self, asked: &Stale) -> Stale {
        let columns = self.columns.answers.iter().filter(|column| !asked.columns.contains(column));
        Stale {
            rows: (0..self.rows).filter(|row| !asked.rows.contains(row)).collect(),
            columns: if asked.rows.is_empty() { BTreeSet::new() } else { columns.copied().collect() },
        }
    }
}

impl Columns {
    /// The leading columns in the order in which rows are told apart, by name.
    fn lead(&self) -> impl Iterator<Item = &'static str> {
        let all = [("principal", self.principal), ("action", self.action), ("resource", self.resource)];
        all.into_iter().filter_map(|(name, column)| column.map(|_| name))
    }

    /// The same by position.
    fn leading(&self) -> impl Iterator<Item = usize> {
        [self.principal, self.action, self.resource].into_iter().flatten()
    }
}

/// The leading columns that a snapshot of the case has.
fn lead(subject: &CaseRequests) -> Vec<&'static str> {
    let principal = subject.principals.as_ref().is_some_and(|all| all.len() > 1).then_some("principal");
    let resource = (!subject.resources.is_empty()).then_some("resource");
    principal.into_iter().chain(["action"]).chain(resource).collect()
}

/// What the column of a check is called.
fn column_name(point: &Point<'_>) -> String {
    match &*point.given.name {
        "" => crate::table::AS_IT_IS.into(),
        name => name.into(),
    }
}
