//! Arguments of functions. What is wrong with one says which it is, in every version of Python.

use crate::error::Class;
use iameval::Problem;
use iameval::codes::INVALID_FIELD;
use iameval_report::Names;
use iameval_world::{Finding, Source};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyList, PyMapping, PyString, PyTuple};
use std::path::PathBuf;

/// An argument of another type.
pub(crate) fn mistyped(given: &Bound<'_, PyAny>, argument: &str, wanted: &str) -> PyErr {
    match given.get_type().name() {
        Ok(found) => PyTypeError::new_err(format!("argument '{argument}': must be {wanted}, not {found}")),
        Err(error) => error,
    }
}

/// That an argument is empty where there must be something.
pub(crate) fn missing(py: Python<'_>, argument: &str) -> PyErr {
    refuse(py, argument, "", Problem::new(INVALID_FIELD, format!("`{argument}` must not be empty")))
}

/// What is wrong with an argument.
pub(crate) fn refuse(py: Python<'_>, argument: &str, text: &str, problem: Problem) -> PyErr {
    Class::Question.of(py, &[Finding::about_all(&Source::new(argument, text), problem)], &Names::default())
}

/// A text.
pub(crate) fn text(given: &Bound<'_, PyAny>, argument: &str) -> PyResult<String> {
    given.cast::<PyString>().map_err(|_| mistyped(given, argument, "a str"))?.extract()
}

/// A text, where there is one.
pub(crate) fn optional_text(given: Option<&Bound<'_, PyAny>>, argument: &str) -> PyResult<Option<String>> {
    given.map(|given| text(given, argument)).transpose()
}

/// A switch, which is off where there is no argument.
pub(crate) fn flag(given: Option<&Bound<'_, PyAny>>, argument: &str) -> PyResult<bool> {
    let Some(given) = given else { return Ok(false) };
    Ok(given.cast::<PyBool>().map_err(|_| mistyped(given, argument, "a bool"))?.is_true())
}

/// A path.
pub(crate) fn path(given: &Bound<'_, PyAny>, argument: &str) -> PyResult<PathBuf> {
    let wrong = || mistyped(given, argument, "a str or a path");
    if given.is_instance_of::<PyBytes>() {
        return Err(wrong());
    }
    given.extract().map_err(|_| wrong())
}

/// The items of a list or a tuple, or the one thing that it is not.
pub(crate) fn several<'py>(given: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    if is_list(given) { given.try_iter()?.collect() } else { Ok(vec![given.clone()]) }
}

fn is_list(given: &Bound<'_, PyAny>) -> bool {
    given.is_instance_of::<PyList>() || given.is_instance_of::<PyTuple>()
}

/// A text, or several.
pub(crate) enum Texts {
    One(String),
    Several(Vec<String>),
}

impl Texts {
    /// The texts of an argument.
    pub(crate) fn of(given: &Bound<'_, PyAny>, argument: &str) -> PyResult<Self> {
        if !is_list(given) {
            let one = given.cast::<PyString>().map_err(|_| mistyped(given, argument, "a str or a list of str"))?;
            return one.extract().map(Self::One);
        }
        several(given)?.iter().map(|item| text(item, argument)).collect::<PyResult<_>>().map(Self::Several)
    }

    /// All of them; none where there is no argument.
    pub(crate) fn all(given: Option<&Bound<'_, PyAny>>, argument: &str) -> PyResult<Vec<String>> {
        Ok(match given.map(|given| Self::of(given, argument)).transpose()? {
            None => Vec::new(),
            Some(Self::One(text)) => vec![text],
            Some(Self::Several(texts)) => texts,
        })
    }
}

/// Texts by name; none where there is no argument.
pub(crate) fn texts_by_name(given: Option<&Bound<'_, PyAny>>, argument: &str) -> PyResult<Vec<(String, String)>> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let mapping = given.cast::<PyMapping>().map_err(|_| mistyped(given, argument, "a mapping of names to values"))?;
    let items = mapping.items()?;
    let texts = items.iter().map(|item| {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let name = text(&name, argument)?;
        let value = text(&value, &format!("{argument}, {name}"))?;
        Ok((name, value))
    });
    texts.collect()
}
