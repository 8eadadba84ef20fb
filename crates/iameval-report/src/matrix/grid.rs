//! A matrix as cells of text, with its principals as columns or as rows.

use super::NOTHING;
use crate::escape::plain;
use iameval::{Context, ContextValue, Decision};
use iameval_ask::{Common, Matrix, MatrixCell, MatrixColumn};
use std::collections::HashMap;

/// Rows with their leading cells.
pub(super) struct Grid<'m> {
    leads: Vec<&'static str>,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<GridRow<'m>>,
}

pub(super) struct GridRow<'m> {
    pub(super) leads: Vec<&'m str>,
    pub(super) cells: Vec<&'m MatrixCell>,
}

impl<'m> Grid<'m> {
    /// The matrix as it is.
    pub(super) fn of(matrix: &'m Matrix) -> Self {
        Self {
            leads: matrix.leads.iter().map(|lead| lead.as_str()).collect(),
            columns: matrix.columns.iter().map(MatrixColumn::label).collect(),
            rows: matrix
                .rows
                .iter()
                .map(|row| GridRow { leads: matrix.leading(row).collect(), cells: row.cells.iter().collect() })
                .collect(),
        }
    }

    /// The same with a row for each principal where the columns say who asks.
    pub(super) fn by_principal(matrix: &'m Matrix) -> Self {
        let mut columns: Vec<&str> = Vec::new();
        // Who asks, with the columns of each.
        let mut principals: Vec<(&str, Vec<usize>)> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (at, column) in matrix.columns.iter().enumerate() {
            let Some(principal) = column.principal.as_deref() else { return Self::of(matrix) };
            let number = *known.entry(principal).or_insert(principals.len());
            match principals.get_mut(number) {
                Some((_, own)) => own.push(at),
                None => principals.push((principal, vec![at])),
            }
            if number == 0 {
                columns.push(&column.name);
            }
        }
        let mut rows = Vec::new();
        for row in &matrix.rows {
            for (principal, own) in &principals {
                rows.push(GridRow {
                    leads: matrix.leading(row).chain([*principal]).collect(),
                    cells: own.iter().filter_map(|at| row.cells.get(*at)).collect(),
                });
            }
        }
        let leads = matrix.leads.iter().map(|lead| lead.as_str()).chain(["principal"]).collect();
        Self { leads, columns: columns.into_iter().map(str::to_owned).collect(), rows }
    }

    /// The names of all columns, leading ones first.
    pub(super) fn header(&self) -> impl Iterator<Item = String> {
        self.leads.iter().map(|lead| (*lead).to_owned()).chain(self.columns.iter().cloned())
    }
}

/// A cell in the words of test files.
pub(super) fn cell_word(cell: &MatrixCell) -> &'static str {
    match cell.decision() {
        Some(Decision::Allowed) => "allow",
        Some(Decision::ImplicitDeny) => "implicit",
        Some(Decision::ExplicitDeny) => "explicit",
        Some(Decision::Undetermined) => "undetermined",
        None => NOTHING,
    }
}

/// What no cell says: fields of a case in a test file, each with its value in YAML on one line.
pub(super) fn facts(matrix: &Matrix) -> Vec<(&'static str, String)> {
    let Common { principal, action, resource, endpoint, context, mfa } = &matrix.common;
    let named = [("principal", principal), ("action", action), ("resource", resource), ("via", endpoint)];
    let mut facts: Vec<(&'static str, String)> =
        named.into_iter().filter_map(|(name, value)| Some((name, scalar(value.as_ref()?)))).collect();
    if context.iter().next().is_some() {
        facts.push(("context", mapping(context)));
    }
    facts.extend(mfa.map(|mfa| ("mfa", mfa.to_string())));
    facts
}

fn mapping(context: &Context) -> String {
    let value = |value: Option<&ContextValue>| match value {
        None => "absent".to_owned(),
        Some(value) if value.is_list() => format!("[{}]", value.texts().map(quoted).collect::<Vec<_>>().join(", ")),
        Some(value) => quoted(&value.texts().collect::<String>()),
    };
    let members = context.iter().map(|(key, given)| format!("{}: {}", quoted(key.as_str()), value(given)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

/// A text as YAML: as it is where that is plain, else in quotes.
fn scalar(text: &str) -> String {
    let is_safe = |ch: char| ch.is_ascii_alphanumeric() || "_./:@+=-".contains(ch);
    let is_word =
        text.starts_with(|ch: char| ch.is_ascii_alphabetic()) && text.chars().all(is_safe) && !text.ends_with(':');
    let means_else = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if is_word && !means_else.contains(&&*text.to_ascii_lowercase()) { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", plain(text).replace('\\', "\\\\").replace('"', "\\\""))
}
