//! Tables of answers in Rust tests.

use crate::assertion::{self, FailedAssertion, UNLISTED};
use crate::expand::table::{Columns, answer, of_table};
use crate::expectation::Expectation;
use crate::load::rendered;
use crate::pose::Pose;
use crate::request::TestRequest;
use crate::table::AS_IT_IS;
use crate::table::{Cell, Table};
use iameval::text::Span;
use iameval::{Diagnostic, codes};
use iameval_ask::{Given, GivenError};
use iameval_world::{Finding, Source};
use std::collections::BTreeMap;

/// Compares the answer for each cell with what the cell says.
pub(crate) fn checked(decider: &(impl Pose + ?Sized), principal: Option<&str>, text: &str) -> Result<(), String> {
    let here = |span: Span| span;
    let source = Source::new("the table", text);
    let in_table = |diagnostic: Diagnostic| rendered(&[Finding::new(&source, diagnostic)]) + "\n";
    let table = Table::parse(text).map_err(|error| in_table(of_table(error, here)))?;
    let columns = Columns::read(&table, here).map_err(in_table)?;
    let action = columns.action.ok_or("the table has no column `action`\n")?;
    if principal.is_some() && columns.principal.is_some() {
        return Err("both the assertion and a column of the table set the principal: remove one of the two\n".into());
    }
    let mut givens = Vec::new();
    for (column, header) in columns.answers.iter().filter_map(|&column| Some((column, table.header().get(column)?))) {
        let given = match &*header.text {
            AS_IT_IS => Given::default(),
            said => Given::read(said, decider.contexts()).map_err(|wrong| in_table(about(header, wrong)))?,
        };
        givens.push((column, given));
    }
    let (mut asked, mut wrong, mut first) = (0, BTreeMap::new(), None);
    for (row, cells) in table.rows().iter().enumerate() {
        let text_of =
            |column: Option<usize>| column.and_then(|column| cells.get(column)).map(|cell| cell.text.as_str());
        let mut request = TestRequest::of(text_of(Some(action)).unwrap_or_default());
        request.principal = text_of(columns.principal).or(principal).map(str::to_owned);
        request.resource = text_of(columns.resource).map(str::to_owned);
        for (column, given) in &givens {
            let Some(cell) = cells.get(*column) else { continue };
            let Some(wanted) = answer(cell, here).map_err(in_table)? else { continue };
            asked += 1;
            request.context.clone_from(&given.context);
            request.mfa = given.mfa;
            match assertion::checked(decider, &request, wanted, None, UNLISTED) {
                Ok(()) => {}
                Err(FailedAssertion { decision: Some(decision), text }) if !wanted.fits(decision) => {
                    first.get_or_insert(text);
                    wrong.insert((row, *column), format!("{}/{wanted}", Expectation::of(decision)));
                }
                Err(FailedAssertion { text, .. }) => return Err(text),
            }
        }
    }
    match first {
        None if asked == 0 => Err("every cell of the table is `.`, which asserts nothing\n".into()),
        None => Ok(()),
        Some(first) => {
            let table = table.with_cells(&wrong);
            let table = table.trim_matches('\n').trim_end();
            let count = wrong.len();
            let are = if count == 1 { "is" } else { "are" };
            Err(format!("{count} of {asked} answers {are} wrong, as got/expected in the table:\n\n{table}\n\n{first}"))
        }
    }
}

fn about(header: &Cell, wrong: GivenError) -> Diagnostic {
    Diagnostic::new(codes::INVALID_FIELD, header.span, wrong.message).with_any_help(wrong.help)
}
