//! Matrices: as tables of test files, as Markdown, CSV, JSON (`{"schema": "iameval/matrix/1", …}`) and as a page.

mod grid;
mod page;

pub use page::matrix_to_html;

use crate::escape::plain;
use crate::json::{optional, placed_with};
use crate::style::Style;
use crate::table::{is_cell, lay_table};
use crate::who_can::csv_cell;
use grid::{Grid, cell_word, facts};
use iameval::json::{Node, Value};
use iameval::{Context, ContextValue, Decision, Effect};
use iameval_ask::words::listed;
use iameval_ask::{Lead, Matrix, MatrixCell, MatrixColumn, MatrixRow};
use iameval_data::Catalogue;
use std::borrow::Cow;
use std::fmt::Write;

/// What stands where nothing is asked, as in tables of test files.
const NOTHING: &str = ".";

/// How many of something to name.
const FEW: usize = 8;

/// The matrix for people, in the syntax of tables of test files; in colours, if wanted.
pub fn matrix_to_text(matrix: &Matrix, style: Style) -> String {
    text(matrix, &Grid::of(matrix), &|word| match word {
        "allow" => style.allow(word),
        "implicit" | "explicit" => style.deny(word),
        "undetermined" => style.mark(word),
        _ => word.to_owned(),
    })
}

/// The matrix as the table of a test file. Comments above it say what the case must say: who asks, the context. Principals
/// are rows also where they are columns elsewhere, since tables have no such columns.
pub fn matrix_to_table(matrix: &Matrix) -> String {
    text(matrix, &Grid::by_principal(matrix), &str::to_owned)
}

fn text(matrix: &Matrix, grid: &Grid<'_>, paint: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    for (name, value) in facts(matrix) {
        let _ = writeln!(out, "# {name}: {value}");
    }
    let header: Vec<String> = grid.header().map(|cell| table_cell(&cell)).collect();
    let (mut rows, mut unwritable) = (Vec::new(), Vec::new());
    let is_header = header.iter().all(|cell| is_cell(cell));
    if !is_header {
        let _ = writeln!(out, "# no table has these columns: {}", header.join("  "));
    }
    for row in &grid.rows {
        let cells = row.cells.iter().map(|cell| cell_word(cell).to_owned());
        let cells: Vec<String> = row.leads.iter().map(|lead| table_cell(lead)).chain(cells).collect();
        if is_header && cells.iter().all(|cell| is_cell(cell)) {
            rows.push(cells);
        } else {
            unwritable.push(cells.join("  "));
        }
    }
    if !rows.is_empty() {
        out.push_str(&lay_table(&header, &rows, paint));
    }
    for row in unwritable {
        let _ = writeln!(out, "# not for a table: {row}");
    }
    if matrix.left_out > 0 {
        let _ = writeln!(out, "# {}", left_out(matrix));
    }
    for note in notes(matrix) {
        let _ = writeln!(out, "# {note}");
    }
    out
}

/// A text as a cell; what steers a terminal is written out.
fn table_cell(text: &str) -> String {
    match text {
        "" => "-".to_owned(),
        text => plain(text),
    }
}

/// How many rows `--only-changing` left out.
fn left_out(matrix: &Matrix) -> String {
    let left_out = matrix.left_out;
    match (left_out, matrix.rows.len()) {
        (1, 0) => "the only row is the same in every column".into(),
        (all, 0) => format!("no row changes: all {all} are the same in every column"),
        (1, _) => "1 row that is the same in every column is left out".into(),
        (some, _) => format!("{some} rows that are the same in every column are left out"),
    }
}

/// Why cells say `.`, and which.
fn notes(matrix: &Matrix) -> impl Iterator<Item = String> {
    let mut places: Vec<Vec<String>> = vec![Vec::new(); matrix.not_asked.len()];
    for row in &matrix.rows {
        let reasons = row.cells.iter().map(|cell| match cell {
            MatrixCell::NotAsked(reason) => Some(*reason),
            MatrixCell::Decided(..) => None,
        });
        let name = || plain(&matrix.leading(row).filter(|lead| !lead.is_empty()).collect::<Vec<_>>().join(" "));
        let mut distinct: Vec<Option<usize>> = reasons.clone().collect();
        distinct.dedup();
        if let [Some(only)] = distinct.as_slice() {
            places.get_mut(*only).into_iter().for_each(|places| places.push(name()));
            continue;
        }
        for (reason, column) in reasons.zip(&matrix.columns) {
            let place = || format!("{} with {}", name(), plain(&column.label()));
            reason.and_then(|reason| places.get_mut(reason)).into_iter().for_each(|places| places.push(place()));
        }
    }
    let told = places.into_iter().zip(&matrix.not_asked).filter(|(places, _)| !places.is_empty());
    told.map(|(places, reason)| format!("`.` in {}: {}", listed(&places, ", ", FEW), plain(reason)))
}

/// The matrix as a table in Markdown.
pub fn matrix_to_markdown(matrix: &Matrix) -> String {
    let grid = Grid::of(matrix);
    let mut out = String::new();
    for (name, value) in facts(matrix) {
        let _ = writeln!(out, "- {name}: {}", literal(&value));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    if !grid.rows.is_empty() {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let header: Vec<String> = grid.header().collect();
        let leads = header.len() - grid.columns.len();
        let named = header.iter().enumerate().map(|(at, cell)| if at < leads { plain(cell) } else { literal(cell) });
        out.push_str(&line(named.collect()));
        out.push_str(&line(vec!["---".to_owned(); header.len()]));
        for row in &grid.rows {
            let leads = row.leads.iter().map(|lead| literal(lead));
            out.push_str(&line(leads.chain(row.cells.iter().map(|cell| cell_word(cell).to_owned())).collect()));
        }
    }
    let more = (matrix.left_out > 0).then(|| left_out(matrix));
    let more: Vec<String> = more.into_iter().chain(notes(matrix).map(|note| escaped_markdown(&note))).collect();
    for (number, note) in more.iter().enumerate() {
        let _ = writeln!(out, "{}- {note}", if number == 0 && !out.is_empty() { "\n" } else { "" });
    }
    out
}

/// A text as it is, in a cell or a line of Markdown.
fn literal(text: &str) -> String {
    let text = plain(text);
    if text.is_empty() {
        return "-".to_owned();
    }
    let longest = text.split(|ch| ch != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}

/// A sentence whose signs mean nothing in Markdown; its own literals stay.
fn escaped_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, piece) in text.split('`').enumerate() {
        if number > 0 {
            out.push('`');
        }
        for ch in piece.chars() {
            if number % 2 == 0 && matches!(ch, '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '!') {
                out.push('\\');
            }
            out.push(ch);
        }
    }
    out
}

/// The matrix as CSV: principal, action and resource, then a column for each of the matrix.
pub fn matrix_to_csv(matrix: &Matrix, write: &mut dyn FnMut(&str)) {
    const LEADS: [Lead; 3] = [Lead::Principal, Lead::Action, Lead::Resource];
    let line = |cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<String> = cells.map(|cell| csv_cell(&plain(&cell)).into_owned()).collect();
        cells.join(",") + "\n"
    };
    let columns = matrix.columns.iter().map(MatrixColumn::label);
    write(&line(&mut LEADS.iter().map(|lead| lead.as_str().to_owned()).chain(columns)));
    for row in &matrix.rows {
        let leads = LEADS.map(|lead| named(matrix, row, lead).to_owned()).into_iter();
        write(&line(&mut leads.chain(row.cells.iter().map(|cell| cell_word(cell).to_owned()))));
    }
}

/// What a row or all rows say of a part of the question.
fn named<'m>(matrix: &'m Matrix, row: &'m MatrixRow, lead: Lead) -> &'m str {
    let common = match lead {
        Lead::Principal => &matrix.common.principal,
        Lead::Action => &matrix.common.action,
        Lead::Resource => &matrix.common.resource,
    };
    match row.lead(lead) {
        "" => common.as_deref().unwrap_or_default(),
        own => own,
    }
}

/// The matrix as one JSON document, in pieces as they are made.
pub fn matrix_to_json(matrix: &Matrix, catalogue: &Catalogue, write: &mut dyn FnMut(&str)) {
    let rows = matrix.rows.iter().map(|row| {
        let part = |lead| optional(Some(named(matrix, row, lead)).filter(|text| !text.is_empty()).map(Node::string));
        Node::object([
            ("principal", part(Lead::Principal)),
            ("action", part(Lead::Action)),
            ("resource", part(Lead::Resource)),
        ])
    });
    let columns = matrix.columns.iter().map(|column| {
        Node::object([
            ("label", Node::string(column.label())),
            ("principal", optional(column.principal.as_deref().map(Node::string))),
            ("mfa", optional(column.given.mfa.map(|mfa| Node::string(mfa.to_string())))),
            ("context", context(&column.given.context)),
        ])
    });
    let (rows, columns) = (Node::array(rows.collect::<Vec<_>>()), Node::array(columns.collect::<Vec<_>>()));
    write("{\n  \"schema\": \"iameval/matrix/1\",\n");
    write(&format!("  \"rows\": {},\n  \"columns\": {},\n  \"cells\": [", indented(&rows), indented(&columns)));
    for (number, row) in matrix.rows.iter().enumerate() {
        let cells: Vec<Node<'_>> = row.cells.iter().map(|cell| cell_to_json(matrix, cell, catalogue)).collect();
        write(if number == 0 { "\n    " } else { ",\n    " });
        write(&format!("{:#}", Node::array(cells)).replace('\n', "\n    "));
    }
    write(if matrix.rows.is_empty() { "],\n" } else { "\n  ],\n" });
    let left_out = Node::new(Value::Number(Cow::Owned(matrix.left_out.to_string())));
    let notes = Node::array(notes(matrix).map(Node::string).collect::<Vec<_>>());
    write(&format!("  \"left_out\": {left_out:#},\n  \"notes\": {}\n}}\n", indented(&notes)));
}

fn indented(node: &Node<'_>) -> String {
    format!("{node:#}").replace('\n', "\n  ")
}

fn cell_to_json<'m>(matrix: &'m Matrix, cell: &'m MatrixCell, catalogue: &Catalogue) -> Node<'m> {
    let null = || Node::new(Value::Null);
    let (Some(answer), Some(decision)) = (cell.answer(catalogue), cell.decision()) else {
        let reason = match cell {
            MatrixCell::NotAsked(reason) => matrix.not_asked.get(*reason).map(|reason| Node::string(&**reason)),
            MatrixCell::Decided(..) => None,
        };
        return Node::object([("decision", null()), ("reason", optional(reason))]);
    };
    let effect = if decision == Decision::Allowed { Effect::Allow } else { Effect::Deny };
    let by: Vec<Node<'_>> = answer
        .deciding()
        .map(|placed| placed_with(&placed, effect, ("name", Node::string(crate::text::described(&placed).0))))
        .collect();
    let undecided = answer.undecided.iter().map(|key| Node::string(key.to_string()));
    Node::object([
        ("decision", Node::string(decision.as_str())),
        ("decided_by", Node::string(answer.simulation.decided_by.as_str())),
        ("resource", Node::string(answer.summary.resource.clone())),
        ("resource_inferred", optional(answer.summary.inferred.map(|inferred| Node::string(inferred.as_str())))),
        ("by", Node::array(by)),
        ("undecided_context_keys", Node::array(undecided.collect::<Vec<_>>())),
    ])
}

/// A context as JSON; null for a key that is absent.
fn context(context: &Context) -> Node<'_> {
    let value = |value: Option<&ContextValue>| match value {
        None => Node::new(Value::Null),
        Some(value) if value.is_list() => {
            Node::array(value.texts().map(|text| Node::string(text.to_owned())).collect::<Vec<_>>())
        }
        Some(value) => Node::string(value.texts().collect::<String>()),
    };
    let members = context.iter().map(|(key, given)| (key.as_str(), value(given)));
    Node::object(members.collect::<Vec<_>>())
}
