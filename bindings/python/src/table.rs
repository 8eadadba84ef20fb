//! Tables of requests, in and out by Arrow's PyCapsule interface.

use crate::argument::{self, mistyped, several};
use crate::error::Class;
use crate::question::Asked;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchReader, StructArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use iameval_arrow::{Decider, TableError};
use iameval_report::count;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyString, PyTuple};
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};
use pyo3_arrow::input::AnyRecordBatch;
use std::sync::Arc;

/// Decisions on the rows of a table. pyarrow, Polars, DuckDB and whatever else takes Arrow data by its PyCapsule interface read it
/// without a copy: `pyarrow.table(decided)`, `polars.DataFrame(decided)`.
///
/// >>> import pyarrow
/// >>> reader = iameval.PolicySet(identity={"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})
/// >>> decided = reader.decide_batch(pyarrow.table({"action": ["s3:GetObject"], "resource": ["*"]}))
/// >>> decided
/// <Table of 1 row: decision, layer, policy, statement, undecided>
/// >>> len(decided), decided.column_names[0]
/// (1, 'decision')
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct Table {
    batches: Vec<RecordBatch>,
    schema: SchemaRef,
}

/// What becomes of rows that cannot be decided.
#[derive(Clone, Copy)]
enum Errors {
    Raise,
    Column,
}

/// Which further columns come back.
enum Keep {
    These(Vec<String>),
    All,
}

/// Decides the rows of a table.
pub(crate) fn decide(
    py: Python<'_>,
    asked: &Asked<'_>,
    table: &Bound<'_, PyAny>,
    keep: Option<&Bound<'_, PyAny>>,
    errors: Option<&Bound<'_, PyAny>>,
) -> PyResult<Table> {
    let (keep, errors) = (kept(keep)?, errors_of(errors)?);
    let wanted =
        "a table of Arrow: of pyarrow, Polars or DuckDB, or whatever has `__arrow_c_stream__` or `__arrow_c_array__`";
    if !table.hasattr("__arrow_c_stream__")? && !table.hasattr("__arrow_c_array__")? {
        return Err(mistyped(table, "table", wanted));
    }
    let rows = table.extract::<AnyRecordBatch>()?.into_reader()?;
    refuse_old_views(table, &rows.schema())?;
    let decided = py.detach(|| all(asked, rows, &keep, errors));
    decided.map_err(|failure| match failure {
        Failure::Table(error) => wrong_table(py, &error),
        Failure::Arrow(error) => PyValueError::new_err(format!("the table cannot be read: {error}")),
    })
}

/// Refuses views of texts from pyarrow before 22: with them pyarrow 21 ended the process on Python 3.9.
fn refuse_old_views(table: &Bound<'_, PyAny>, schema: &Schema) -> PyResult<()> {
    const FIRST: u32 = 22;
    let is_view = |field: &&Field| matches!(field.data_type(), DataType::Utf8View | DataType::BinaryView);
    let Some(column) = schema.flattened_fields().into_iter().find(is_view) else { return Ok(()) };
    let module = table.get_type().module()?;
    if !module.to_string_lossy().starts_with("pyarrow") {
        return Ok(());
    }
    let version: String = table.py().import("pyarrow")?.getattr("__version__")?.extract()?;
    let major = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(FIRST);
    if major >= FIRST {
        return Ok(());
    }
    let (name, kind) = (column.name(), column.data_type());
    let message = format!(
        "column `{name}`: `{kind}` of pyarrow {version} cannot be read; cast it to `string`, or take pyarrow 22"
    );
    Err(PyValueError::new_err(message))
}

enum Failure {
    Table(TableError),
    Arrow(ArrowError),
}

fn all(
    asked: &Asked<'_>,
    rows: Box<dyn RecordBatchReader + Send>,
    keep: &Keep,
    errors: Errors,
) -> Result<Table, Failure> {
    let mut decider = Decider::new(asked.asker());
    decider = match keep {
        Keep::These(names) => decider.keeping(names.iter().cloned()),
        Keep::All => decider.keeping_others(),
    };
    let (mut batches, mut first) = (Vec::new(), 0);
    let schema = rows.schema();
    let decide = |decider: &Decider<'_>, batch: &RecordBatch| match errors {
        Errors::Raise => decider.decide(batch),
        Errors::Column => decider.decide_each(batch),
    };
    for batch in rows {
        let batch = batch.map_err(Failure::Arrow)?;
        decider = decider.counting_from(first);
        first += batch.num_rows();
        batches.push(decide(&decider, &batch).map_err(Failure::Table)?);
    }
    // A table without batches has the columns of the result all the same, or what is wrong with its own.
    let schema = match batches.first() {
        Some(batch) => batch.schema(),
        None => decide(&decider, &RecordBatch::new_empty(schema)).map_err(Failure::Table)?.schema(),
    };
    if first == 0 && matches!(errors, Errors::Raise) {
        return Err(Failure::Table(TableError::without_rows()));
    }
    Ok(Table { batches, schema })
}

fn kept(keep: Option<&Bound<'_, PyAny>>) -> PyResult<Keep> {
    let Some(keep) = keep else { return Ok(Keep::These(Vec::new())) };
    if let Ok(text) = keep.cast::<PyString>() {
        let text: String = text.extract()?;
        return Ok(if text == "*" { Keep::All } else { Keep::These(vec![text]) });
    }
    let names = several(keep)?;
    Ok(Keep::These(names.iter().map(|name| argument::text(name, "keep")).collect::<PyResult<_>>()?))
}

fn errors_of(errors: Option<&Bound<'_, PyAny>>) -> PyResult<Errors> {
    match errors.map(|errors| argument::text(errors, "errors")).transpose()?.as_deref() {
        None | Some("raise") => Ok(Errors::Raise),
        Some("column") => Ok(Errors::Column),
        Some(_) => Err(PyValueError::new_err("argument 'errors': must be \"raise\" or \"column\"")),
    }
}

/// `TableError`, with the row and the name of the column.
fn wrong_table(py: Python<'_>, error: &TableError) -> PyErr {
    Class::table(py, error.to_string(), &error.problem, error.row, error.column.as_deref())
}

#[pymethods]
impl Table {
    /// The names of the columns.
    #[getter]
    fn column_names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.schema.fields().iter().map(|field| field.name()))
    }

    /// The table as one of pyarrow.
    ///
    /// >>> import pyarrow
    /// >>> reader = iameval.PolicySet(identity={"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})
    /// >>> rows = pyarrow.table({"action": ["s3:GetObject"], "resource": ["*"]})
    /// >>> reader.decide_batch(rows).to_pyarrow().select(["decision", "layer"]).to_pylist()
    /// [{'decision': 'allowed', 'layer': 'identity'}]
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pyarrow")?.call_method1("table", (slf,))
    }

    /// The table as a data frame of Polars.
    ///
    /// >>> import polars
    /// >>> reader = iameval.PolicySet(identity={"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})
    /// >>> rows = polars.DataFrame({"action": ["s3:GetObject"], "resource": ["*"]})
    /// >>> reader.decide_batch(rows).to_polars()["decision"].to_list()
    /// ['allowed']
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("polars")?.call_method1("DataFrame", (slf,))
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        let names: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        format!("<Table of {}: {}>", count(self.__len__(), "row"), names.join(", "))
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.schema.as_ref())?)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let field = Field::new_struct("", self.schema.fields().clone(), false);
        let batches = self.batches.clone().into_iter();
        let arrays = batches.map(|batch| Ok(Arc::new(StructArray::from(batch)) as ArrayRef));
        Ok(to_stream_pycapsule(py, Box::new(ArrayIterator::new(arrays, Arc::new(field))), requested_schema)?)
    }
}
