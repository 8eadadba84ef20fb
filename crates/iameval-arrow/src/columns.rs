//! The columns of a table of requests.

use crate::coded::Coded;
use crate::context::Contexts;
use crate::error::TableError;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, FieldRef};
use iameval::Problem;
use iameval::codes::INVALID_FIELD;
use iameval::suggest::did_you_mean;

/// The columns that say something of a request.
pub(crate) const NAMES: [&str; 7] =
    ["principal", "action", "resource", "resource_account", "endpoint", "mfa", "context"];

/// A table of requests.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) rows: usize,
    pub(crate) principal: Coded,
    pub(crate) action: Coded,
    pub(crate) resource: Coded,
    pub(crate) resource_account: Coded,
    pub(crate) endpoint: Coded,
    pub(crate) mfa: Coded,
    pub(crate) contexts: Contexts,
    /// Columns that come back as they are.
    pub(crate) kept: Vec<(FieldRef, ArrayRef)>,
}

/// Which further columns come back as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kept {
    These(Vec<String>),
    All,
}

impl Columns {
    pub(crate) fn of(batch: &RecordBatch, kept: &Kept) -> Result<Self, TableError> {
        check_names(batch, kept)?;
        let texts = |name: &str| match batch.column_by_name(name) {
            Some(array) => Coded::of_texts(array, name),
            None => Ok(Coded::default()),
        };
        let Some(action) = batch.column_by_name("action") else {
            let problem = Problem::new(INVALID_FIELD, "the table has no column `action`");
            let help = format!("a table of requests has the columns {}; only `action` is needed", NAMES.join(", "));
            return Err(TableError { column: None, row: None, problem: problem.with_help(help) });
        };
        if action.data_type() == &DataType::Null {
            return Err(TableError::of_column(
                "action",
                Problem::new(INVALID_FIELD, "it has no values, and text is expected"),
            ));
        }
        let mfa = match batch.column_by_name("mfa") {
            Some(array) if *array.data_type() == DataType::Boolean => Coded::of(array, "mfa")?,
            _ => texts("mfa")?,
        };
        let contexts = match batch.column_by_name("context") {
            Some(array) => Contexts::of(array, "context")?,
            None => Contexts::none(),
        };
        let is_kept = |name: &str| match kept {
            Kept::These(names) => names.iter().any(|kept| kept == name),
            Kept::All => !NAMES.contains(&name),
        };
        let schema = batch.schema();
        let columns = schema.fields().iter().cloned().zip(batch.columns().iter().cloned());
        Ok(Self {
            rows: batch.num_rows(),
            principal: texts("principal")?,
            action: texts("action")?,
            resource: texts("resource")?,
            resource_account: texts("resource_account")?,
            endpoint: texts("endpoint")?,
            mfa,
            contexts,
            kept: columns.filter(|(field, _)| is_kept(field.name())).collect(),
        })
    }

    /// The columns that tell requests apart.
    pub(crate) fn coded(&self) -> impl Iterator<Item = &Coded> {
        let Self { principal, action, resource, resource_account, endpoint, mfa, contexts, .. } = self;
        [principal, action, resource, resource_account, endpoint, mfa].into_iter().chain(contexts.columns())
    }
}

/// Refuses columns that say nothing of a request and are not to be kept: they are most likely misspelled.
fn check_names(batch: &RecordBatch, kept: &Kept) -> Result<(), TableError> {
    let schema = batch.schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    for (index, name) in names.iter().enumerate() {
        if names.iter().take(index).any(|other| other == name) {
            return Err(TableError::of_column(name, Problem::new(INVALID_FIELD, "the table has it twice")));
        }
    }
    let Kept::These(kept) = kept else { return Ok(()) };
    if let Some(missing) = kept.iter().find(|kept| !names.contains(&kept.as_str())) {
        let problem = Problem::new(INVALID_FIELD, "it is to be kept, and the table does not have it");
        return Err(TableError::of_column(
            missing,
            problem.with_any_help(did_you_mean(missing, names.iter().copied())),
        ));
    }
    let is_known = |name: &&str| NAMES.contains(name) || kept.iter().any(|kept| kept == name);
    match names.iter().copied().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(unknown) => {
            let help = did_you_mean(unknown, NAMES).unwrap_or_else(|| {
                format!("keep it if it should come back as it is; requests have {}", NAMES.join(", "))
            });
            let problem = Problem::new(INVALID_FIELD, "it is not part of a request");
            Err(TableError::of_column(unknown, problem.with_help(help)))
        }
    }
}
