//! JSON as objects of Python, and the other way round.

use crate::argument::mistyped;
use iameval::json::{Node, Value, parse};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyDict, PyFloat, PyInt, PyList, PyString};

/// The objects that a JSON text stands for.
pub(crate) fn to_python<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let tree = parse(text).map_err(|error| PyValueError::new_err(error.to_string()))?;
    object(py, &tree)
}

fn object<'py>(py: Python<'py>, node: &Node<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match &node.value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(value) => value.into_pyobject(py)?.to_owned().into_any(),
        Value::Number(digits) if digits.contains(['.', 'e', 'E']) => py.get_type::<PyFloat>().call1((&**digits,))?,
        Value::Number(digits) => py.get_type::<PyInt>().call1((&**digits,))?,
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| object(py, item)).collect::<PyResult<_>>()?;
            PyList::new(py, items)?.into_any()
        }
        Value::Object(members) => {
            let dict = PyDict::new(py);
            for member in members {
                dict.set_item(&*member.key, object(py, &member.value)?)?;
            }
            dict.into_any()
        }
    })
}

/// The text of a document that an argument gives as a text or as a dict.
pub(crate) fn text_of(document: &Bound<'_, PyAny>, argument: &str) -> PyResult<String> {
    if let Ok(text) = document.cast::<PyString>() {
        text.extract()
    } else if let Ok(dict) = document.cast::<PyDict>() {
        from_python(dict)
    } else {
        Err(mistyped(document, argument, "a dict or a str"))
    }
}

/// The JSON text of a dict, laid out so that places in it mean something to people.
pub(crate) fn from_python(object: &Bound<'_, PyDict>) -> PyResult<String> {
    let py = object.py();
    let options = [("allow_nan", false), ("ensure_ascii", false)].into_py_dict(py)?;
    options.set_item("indent", 2)?;
    py.import("json")?.call_method("dumps", (object,), Some(&options))?.extract()
}
