//! Cases with a table: a check for each cell that asserts something.

use super::axes::{CaseRequests, PlacedText, Point, Settled};
use super::{Expansion, Fields, Reasons};
use crate::check::{AnswerPlace, TableText, WantedForm};
use crate::codes;
use crate::expectation::Expectation;
use crate::node::Checked;
use crate::table::{Cell, Table, TableError};
use iameval::Diagnostic;
use iameval::json::Node;
use iameval::json::fields::{invalid, text};
use iameval::suggest::did_you_mean;
use iameval::text::Span;
use iameval_world::Finding;
use iameval_world::yaml::Block;
use std::collections::BTreeSet;

/// The columns of a table by what they are about.
pub(crate) struct Columns {
    pub(crate) principal: Option<usize>,
    pub(crate) action: Option<usize>,
    pub(crate) resource: Option<usize>,
    /// Those that hold answers.
    pub(crate) answers: Vec<usize>,
}

/// The columns that say what is asked.
const LEADING: [&str; 3] = ["principal", "action", "resource"];

/// What the rows of a table have in common.
struct Common<'t> {
    fields: &'t Fields<'t>,
    subject: &'t CaseRequests,
    name: &'t str,
    /// Where in the test file a part of the table stands.
    place: &'t dyn Fn(Span) -> Span,
    columns: Columns,
    /// The columns with answers, each with its cell of the header, and what that says beside each of what the case says.
    givens: Vec<(usize, &'t Cell, Vec<Settled>)>,
    reasons: Reasons,
}

impl Common<'_> {
    /// Where a row begins.
    fn start(&self, lead: [Option<&Cell>; 3]) -> Span {
        lead.into_iter().flatten().next().map_or(self.fields.span, |cell| (self.place)(cell.span))
    }
}

/// The cell that asserts nothing.
const NOTHING: &str = ".";

impl Expansion<'_> {
    pub(super) fn table(
        &mut self,
        fields: &Fields<'_>,
        subject: &CaseRequests,
        name: &str,
        node: &Node<'static>,
    ) -> Checked<WantedForm> {
        let text = text(node, "`table`")?;
        let block = Block::of(&self.tests.source.text, node);
        let place = |span: Span| block.as_ref().map_or(node.span, |block| block.span(span));
        let table = Table::parse(text).map_err(|error| of_table(error, place))?;
        let columns = Columns::read(&table, place)?;
        columns.check(fields, &table, place)?;
        let mut givens = Vec::new();
        for &column in &columns.answers {
            let header = cell(table.header(), column);
            let given = self.column(&header.text, place(header.span))?;
            // What the column says, beside each of what the case says.
            let settled = subject.givens.iter().map(|beside| {
                let both = beside
                    .given
                    .and(&given)
                    .map_err(|what| invalid(place(header.span), format!("the column and the case both set {what}")))?;
                Ok(self.settle(&beside.name, &both))
            });
            givens.push((column, header, settled.collect::<Checked<Vec<Settled>>>()?));
        }
        let common = Common { fields, subject, name, place: &place, columns, givens, reasons: self.reasons(fields)? };
        let mut wrong = Vec::new();
        let mut met: BTreeSet<[&str; 3]> = BTreeSet::new();
        for (number, cells) in table.rows().iter().enumerate() {
            let lead = common.columns.leads(cells);
            let told = if met.insert(lead.map(|cell| cell.map_or("", |cell| &cell.text))) {
                self.row(&common, number, cells)
            } else {
                Err(invalid(common.start(lead), "the table contains this row twice"))
            };
            match told {
                Err(error) if error.code() == codes::TOO_MANY_CASES => return Err(error),
                told => wrong.extend(told.err()),
            }
        }
        if let Some(last) = wrong.pop() {
            self.wrong.extend(wrong.into_iter().map(|error| Finding::new(&self.tests.source, error)));
            return Err(last);
        }
        let answers = |row: &Vec<Cell>| -> Vec<Option<Expectation>> {
            common.columns.answers.iter().filter_map(|column| answer(cell(row, *column), place).ok()).collect()
        };
        let said: BTreeSet<Expectation> = table.rows().iter().flat_map(answers).flatten().collect();
        unused(&common.reasons, |word| said.contains(&word))?;
        Ok(WantedForm::Table(TableText { table, block, span: node.span }))
    }

    /// The checks of a row.
    fn row(&mut self, common: &Common<'_>, number: usize, cells: &[Cell]) -> Checked<()> {
        let Common { fields, subject, name, place, .. } = *common;
        let lead = common.columns.leads(cells);
        let [principal, action, resource] = lead;
        let own = CaseRequests {
            principals: match principal {
                Some(cell) => Some(vec![self.principal(&cell.text, place(cell.span))?]),
                None => subject.principals.clone(),
            },
            actions: match action {
                Some(cell) => Some(self.action(&cell.text, place(cell.span))?),
                None => subject.actions.clone(),
            },
            resources: match resource {
                Some(cell) => vec![PlacedText { text: cell.text.clone(), span: place(cell.span), is_own: true }],
                None => subject.resources.clone(),
            },
            givens: Vec::new(),
            via: subject.via.clone(),
        };
        let principals = self.principals_of(fields, &own)?;
        for (principal, action, resource) in points(&principals, &own) {
            for (column, header, settled) in &common.givens {
                let wanted = answer(cell(cells, *column), place)?;
                // What asserts nothing needs no resource that would have to follow from the action.
                if wanted.is_none() && own.resources.is_empty() {
                    continue;
                }
                for (combination, given) in settled.iter().enumerate() {
                    let point = Point { subject: &own, principal, action, resource, given };
                    let chosen = self.resource(&point, common.start(lead))?;
                    let Some(wanted) = wanted else { continue };
                    let mut coordinates = self.row_coordinates(lead, &point);
                    coordinates.push(header.text.clone());
                    let reason = common.reasons.get(&wanted).map(|(reason, _)| reason.clone());
                    let at = AnswerPlace::Cell { row: number, column: *column, combination };
                    self.check(name, &coordinates, &point, &chosen, (Some(wanted), reason, at), fields.span)?;
                }
            }
        }
        // Such a row stands alone; else the other rows name resources or actions as well.
        if action.is_some() && resource.is_some() {
            self.tell_misfits();
        }
        Ok(())
    }

    /// The leading cells of the row, what multiplies within it, and what stands beside the table.
    fn row_coordinates(&self, [principal, action, resource]: [Option<&Cell>; 3], point: &Point<'_>) -> Vec<String> {
        let several = point.subject.principals.as_ref().is_some_and(|all| all.len() > 1);
        let mut coordinates = Vec::new();
        if principal.is_some() || several {
            coordinates.extend(self.principals.get(point.principal).map(|(name, _)| name.clone()));
        }
        if action.is_some() || point.subject.actions.as_ref().is_some_and(|all| all.len() > 1) {
            coordinates.push(point.action.to_string());
        }
        if resource.is_some() || point.subject.resources.len() > 1 {
            coordinates.extend(point.resource.map(|named| named.text.clone()));
        }
        coordinates.extend(Some(point.given.name.clone()).filter(|name| !name.is_empty()));
        coordinates
    }
}

impl Columns {
    /// Tells leading columns from those with answers.
    pub(crate) fn read(table: &Table, place: impl Fn(Span) -> Span) -> Checked<Self> {
        let mut columns = Self { principal: None, action: None, resource: None, answers: Vec::new() };
        for (index, cell) in table.header().iter().enumerate() {
            let slot = match &*cell.text {
                "principal" => &mut columns.principal,
                "action" => &mut columns.action,
                "resource" => &mut columns.resource,
                other => {
                    let named = table.header().iter().take(index).any(|earlier| earlier.text == other);
                    if other.is_empty() || named {
                        let message = if named {
                            format!("the column `{other}` appears twice")
                        } else {
                            "a column has no name".into()
                        };
                        return Err(invalid(place(cell.span), message));
                    }
                    columns.answers.push(index);
                    continue;
                }
            };
            let late = !columns.answers.is_empty();
            if late || slot.replace(index).is_some() {
                let message = if late {
                    format!("the column `{}` comes after a column with answers", cell.text)
                } else {
                    format!("the column `{}` appears twice", cell.text)
                };
                let mut earlier = table.header().iter().take(index);
                let near = earlier.find_map(|cell| did_you_mean(&cell.text, LEADING)).filter(|_| late);
                let rule = "`principal`, `action` and `resource` come first, each at most once";
                let help = near.map_or(rule.into(), |near| format!("{rule}; {near}"));
                return Err(invalid(place(cell.span), message).with_help(help));
            }
        }
        if columns.answers.is_empty() {
            let span = table.header().last().map_or(Span::START, |cell| cell.span);
            return Err(invalid(place(span), "the table has no column with answers").with_help(format!(
                "such as `mfa=true`, `key=value`, the name of a context, or `{}`",
                crate::table::AS_IT_IS
            )));
        }
        Ok(columns)
    }

    /// The leading cells of a row: principal, action and resource.
    fn leads<'c>(&self, cells: &'c [Cell]) -> [Option<&'c Cell>; 3] {
        [self.principal, self.action, self.resource].map(|column| column.map(|at| cell(cells, at)))
    }

    /// A case and its table say nothing twice.
    fn check(&self, fields: &Fields<'_>, table: &Table, place: impl Fn(Span) -> Span) -> Checked<()> {
        let both = [
            ("principal", self.principal, fields.principal.or(fields.principals)),
            ("action", self.action, fields.actions),
            ("resource", self.resource, fields.resources),
        ];
        for (what, column, node) in both {
            if let (Some(_), Some(node)) = (column, node) {
                let message = format!("both the case and a column of its table set the {what}");
                return Err(invalid(node.span, message).with_help("remove one of the two"));
            }
        }
        if self.action.is_none() && fields.actions.is_none() {
            let span = table.header().first().map_or(fields.span, |cell| place(cell.span));
            let near = table.header().iter().find_map(|cell| did_you_mean(&cell.text, ["action"]));
            let help = near.unwrap_or_else(|| "give the table a column `action`, or the case an `action`".into());
            return Err(invalid(span, "neither the table nor the case has an action").with_help(help));
        }
        Ok(())
    }
}

/// Every principal, action and resource of a row.
fn points<'s>(
    principals: &'s [usize],
    subject: &'s CaseRequests,
) -> impl Iterator<Item = (usize, &'s iameval::Action, Option<&'s PlacedText>)> {
    principals.iter().flat_map(move |&principal| {
        let actions = subject.actions.iter().flatten();
        actions.flat_map(move |action| subject.resources().map(move |resource| (principal, action, resource)))
    })
}

/// The cell of a row; a table has as many in each.
pub(super) fn cell(cells: &[Cell], column: usize) -> &Cell {
    static NONE: Cell = Cell { text: String::new(), span: Span::START };
    cells.get(column).unwrap_or(&NONE)
}

/// What a cell wants; nothing for `.`. What a failed run printed, `got/wanted`, is what it got.
pub(crate) fn answer(cell: &Cell, place: impl Fn(Span) -> Span) -> Checked<Option<Expectation>> {
    let word = match cell.text.split_once('/') {
        Some((got, wanted)) if wanted.parse::<Expectation>().is_ok() => got,
        _ => &cell.text,
    };
    if word == NOTHING {
        return Ok(None);
    }
    word.parse().map(Some).map_err(|error: crate::expectation::ParseExpectationError| {
        let help = if word.is_empty() { "write `.` for a cell that asserts nothing".into() } else { error.help() };
        invalid(place(cell.span), error.to_string()).with_help(help)
    })
}

/// What is wrong with the text of a table.
pub(crate) fn of_table(error: TableError, place: impl Fn(Span) -> Span) -> Diagnostic {
    invalid(place(error.span), error.message).with_help(error.help)
}

/// A statement that `because` has for an answer that nothing wants.
pub(super) fn unused(reasons: &Reasons, is_met: impl Fn(Expectation) -> bool) -> Checked<()> {
    let found = Expectation::ALL.into_iter().filter_map(|word| Some((word, reasons.get(&word)?.1)));
    match found.into_iter().find(|(word, _)| !is_met(*word)) {
        Some((word, span)) => Err(invalid(span, format!("no cell is `{word}`, so `because` does not apply to it"))),
        None => Ok(()),
    }
}
