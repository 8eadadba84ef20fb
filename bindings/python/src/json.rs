//! JSON as objects of Python, and the other way round.

use crate::argument::mistyped;
use iameval::json::{MAX_DEPTH, Member, Node, Value, parse};
use iameval::text::Span;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

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
        from_python(dict, argument)
    } else {
        Err(mistyped(document, argument, "a dict or a str"))
    }
}

/// The JSON text of a dict, laid out so that places in it mean something to people.
pub(crate) fn from_python(document: &Bound<'_, PyDict>, argument: &str) -> PyResult<String> {
    Ok(format!("{:#}", node(document, argument, 0)?))
}

/// The JSON that an object stands for. Dates are texts: readers of YAML make one of the `Version` of a policy, and boto3 of what
/// AWS says of entities.
fn node(object: &Bound<'_, PyAny>, place: &str, depth: u32) -> PyResult<Node<'static>> {
    if depth > MAX_DEPTH {
        return Err(PyValueError::new_err(format!("argument '{place}': is nested more than {MAX_DEPTH} deep")));
    }
    if object.is_none() {
        return Ok(Node::new(Value::Null));
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(Node::string(text.extract::<String>()?));
    }
    if let Ok(flag) = object.cast::<PyBool>() {
        return Ok(Node::new(Value::Bool(flag.is_true())));
    }
    if object.is_instance_of::<PyInt>() {
        let digits = object.py().get_type::<PyInt>().call_method1("__repr__", (object,))?;
        return Ok(Node::new(Value::Number(digits.extract::<String>()?.into())));
    }
    if let Ok(float) = object.cast::<PyFloat>() {
        if !float.value().is_finite() {
            return Err(PyValueError::new_err(format!("argument '{place}': must be a finite number")));
        }
        let digits = object.py().get_type::<PyFloat>().call_method1("__repr__", (object,))?;
        return Ok(Node::new(Value::Number(digits.extract::<String>()?.into())));
    }
    if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        let items = object.try_iter()?.enumerate();
        let items = items.map(|(index, item)| node(&item?, &format!("{place}[{index}]"), depth + 1));
        return Ok(Node::array(items.collect::<PyResult<Vec<_>>>()?));
    }
    if let Ok(dict) = object.cast::<PyDict>() {
        let members = dict.items().iter().map(|item| {
            let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let key: String =
                key.cast::<PyString>().map_err(|_| mistyped(&key, place, "a dict with keys of type str"))?.extract()?;
            let value = node(&value, &format!("{place}.{key}"), depth + 1)?;
            Ok(Member { key: key.into(), key_span: Span::START, value })
        });
        return Ok(Node::new(Value::Object(members.collect::<PyResult<Vec<_>>>()?)));
    }
    if object.is_instance(&object.py().import("datetime")?.getattr("date")?)? {
        return Ok(Node::string(object.call_method0("isoformat")?.extract::<String>()?));
    }
    Err(mistyped(object, place, "what JSON has, or a date"))
}
