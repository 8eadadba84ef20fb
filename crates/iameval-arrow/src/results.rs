//! Outcomes as columns.

use crate::columns::Columns;
use crate::decider::RowOutcome;
use crate::distinct::Distinct;
use crate::error::TableError;
use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, Field, FieldRef, Schema};
use iameval::Problem;
use iameval::codes::INVALID_FIELD;
use std::fmt::Write as _;
use std::sync::Arc;

/// What becomes of rows that cannot be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadRows {
    /// There are none.
    None,
    /// They get a text in a column of its own.
    Told,
}

/// The columns that are added.
pub(crate) fn fields(bad: BadRows) -> Vec<FieldRef> {
    let is_told = bad == BadRows::Told;
    let text = |name, nullable| Arc::new(Field::new(name, DataType::Utf8, nullable));
    let key = Arc::new(Field::new("item", DataType::Utf8, true));
    let mut fields = vec![
        text("decision", is_told),
        text("layer", is_told),
        text("policy", true),
        text("statement", true),
        Arc::new(Field::new("undecided", DataType::List(key), is_told)),
    ];
    if is_told {
        fields.push(text("error", true));
    }
    fields
}

/// The outcome of each row, beside the columns that are kept.
pub(crate) fn batch(
    columns: Columns,
    distinct: &Distinct,
    outcomes: &[RowOutcome],
    bad: BadRows,
) -> Result<RecordBatch, TableError> {
    let added = fields(bad);
    let mut all: Vec<FieldRef> = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (field, array) in columns.kept {
        if added.iter().any(|added| added.name() == field.name()) {
            let problem = Problem::new(INVALID_FIELD, "a column of the result has that name");
            return Err(TableError::of_column(field.name(), problem.with_help("rename it, or do not keep it")));
        }
        all.push(field);
        arrays.push(array);
    }
    let rows = || distinct.of_row.iter().map(|own| outcomes.get(*own as usize));
    let text = |of: fn(&RowOutcome) -> Option<&str>| {
        let mut builder = StringBuilder::with_capacity(columns.rows, columns.rows * 8);
        rows().for_each(|outcome| builder.append_option(outcome.and_then(of)));
        Arc::new(builder.finish())
    };
    arrays.push(text(|outcome| outcome.as_ref().ok().map(|outcome| outcome.decision)));
    arrays.push(text(|outcome| outcome.as_ref().ok().map(|outcome| outcome.layer)));
    arrays.push(text(|outcome| outcome.as_ref().ok()?.policy.as_deref()));
    arrays.push(text(|outcome| outcome.as_ref().ok()?.statement.as_deref()));
    let mut undecided = ListBuilder::new(StringBuilder::new());
    for outcome in rows() {
        match outcome {
            Some(Ok(outcome)) => {
                outcome.undecided.iter().for_each(|key| undecided.values().append_value(key.as_str()));
                undecided.append(true);
            }
            _ => undecided.append(false),
        }
    }
    arrays.push(Arc::new(undecided.finish()));
    if bad == BadRows::Told {
        arrays.push(text(|outcome| outcome.as_ref().err().map(|error| &*error.text)));
    }
    all.extend(added);
    let options = RecordBatchOptions::new().with_row_count(Some(columns.rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(all)), arrays, &options).map_err(|error| TableError {
        column: None,
        row: None,
        problem: Problem::new(INVALID_FIELD, error.to_string()),
    })
}

/// What a statement is called: its Sid, or its number.
pub(crate) fn statement_text(sid: Option<&str>, index: usize) -> String {
    let mut text = String::new();
    match sid {
        Some(sid) => text.push_str(sid),
        None => {
            let _ = write!(text, "#{}", index + 1);
        }
    }
    text
}
