//! The values of context keys.

use crate::words::is_absent;
use iameval::codes::INVALID_FIELD;
use iameval::{Context, ContextKey, ContextValue, DateTime, Problem};
use iameval_ask::listed_value;
use iameval_data::Catalogue;
use iameval_world::{Finding, Source};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyFrozenSet, PyInt, PyList, PyMapping, PySet, PyString, PyTuple};

/// Why a context cannot be read.
pub(crate) enum Refused {
    /// A key or its value is wrong.
    Key(Finding),
    /// What an object of Python raised.
    Raised(PyErr),
}

impl From<PyErr> for Refused {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

type Result<T> = std::result::Result<T, Refused>;

/// Reads a mapping of keys to values.
pub(crate) fn read(given: &Bound<'_, PyAny>) -> Result<Context> {
    let wrong = |key: &str, problem| Refused::Key(Finding::about_all(&Source::new("context", key), problem));
    let Ok(mapping) = given.cast::<PyMapping>() else {
        let message = format!("`context` must map keys to values, found {}", kind(given)?);
        return Err(wrong("", Problem::new(INVALID_FIELD, message)));
    };
    let mut context = Context::new();
    for item in mapping.items()? {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let Ok(key) = key.cast::<PyString>() else {
            let message = format!("a context key must be a str, found {}", kind(&key)?);
            return Err(wrong(&key.str()?.to_string_lossy(), Problem::new(INVALID_FIELD, message)));
        };
        let key: String = key.extract()?;
        if key.is_empty() {
            return Err(wrong("", Problem::new(INVALID_FIELD, "a context key must not be empty")));
        }
        if context.is_given(&ContextKey::new(&key)) {
            let message = format!("`{key}` is given twice: upper and lower case make no difference in context keys");
            return Err(wrong(&key, Problem::new(INVALID_FIELD, message)));
        }
        if is_absent(&value)? {
            context.insert_absent(&key);
            continue;
        }
        let read = if let Some(items) = items(&value)? {
            let texts: std::result::Result<Vec<_>, _> = items.iter().map(text).collect();
            texts.map(|mut texts| {
                // Sets have no order; answers must not depend on one.
                if !(value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>()) {
                    texts.sort_unstable();
                }
                listed_value(&ContextKey::new(&key), &texts, Catalogue::embedded())
            })
        } else {
            text(&value).map(|text| ContextValue::single(&text))
        };
        match read {
            Ok(value) => context.insert(&key, value),
            Err(NotText::Wrong { what, help }) => {
                let problem = Problem::new(INVALID_FIELD, format!("the value of `{key}` must not be {what}"));
                return Err(wrong(&key, problem.with_any_help(help.map(Into::into))));
            }
            Err(NotText::Raised(error)) => return Err(error.into()),
        }
    }
    Ok(context)
}

/// The items of a list, a tuple or a set.
fn items<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    let is_list = value.is_instance_of::<PyList>()
        || value.is_instance_of::<PyTuple>()
        || value.is_instance_of::<PySet>()
        || value.is_instance_of::<PyFrozenSet>();
    if is_list { value.try_iter()?.collect::<PyResult<_>>().map(Some) } else { Ok(None) }
}

/// Why a value has no text.
enum NotText {
    Wrong { what: String, help: Option<&'static str> },
    Raised(PyErr),
}

impl From<PyErr> for NotText {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

/// A value as requests have it, which is text.
fn text(value: &Bound<'_, PyAny>) -> std::result::Result<String, NotText> {
    let wrong = |what: &str, help| Err(NotText::Wrong { what: what.into(), help: Some(help) });
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.extract()?);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(flag.is_true().to_string());
    }
    if value.is_instance_of::<PyInt>() {
        // As `int` writes it, whatever a subclass does.
        let digits = value.py().get_type::<PyInt>().call_method1("__repr__", (value,))?;
        return Ok(digits.extract()?);
    }
    if let Ok(float) = value.cast::<PyFloat>() {
        let number = float.value();
        // Without an exponent, which IAM's numbers do not have.
        return if number.is_finite() {
            Ok(number.to_string())
        } else {
            wrong(if number.is_nan() { "NaN" } else { "infinite" }, "give a finite number")
        };
    }
    if value.is_none() {
        return wrong(
            "None",
            "leave the key out where nothing is known of it; `iameval.ABSENT` says that the request does not have it",
        );
    }
    if items(value)?.is_some() {
        return wrong("a list of lists", "a context key has a value, or a list of values");
    }
    let py = value.py();
    let datetime = py.import("datetime")?;
    if value.is_instance(&datetime.getattr("datetime")?)? {
        if value.call_method0("utcoffset")?.is_none() {
            return wrong(
                "a datetime without a time zone",
                "say which instant is meant, such as with `tzinfo=datetime.timezone.utc`",
            );
        }
        let utc = datetime.getattr("timezone")?.getattr("utc")?;
        let written: String = value.call_method1("astimezone", (utc,))?.call_method0("isoformat")?.extract()?;
        return match written.parse::<DateTime>() {
            Ok(instant) => Ok(instant.to_string()),
            Err(error) => Err(NotText::Wrong { what: format!("{written}: {error}"), help: None }),
        };
    }
    if value.is_instance(&datetime.getattr("date")?)? {
        return Ok(value.call_method0("isoformat")?.extract()?);
    }
    let ipaddress = py.import("ipaddress")?;
    let is = |class: &str| value.is_instance(&ipaddress.getattr(class)?);
    let is_interface = is("IPv4Interface")? || is("IPv6Interface")?;
    if !is_interface && (is("IPv4Address")? || is("IPv6Address")? || is("IPv4Network")? || is("IPv6Network")?) {
        return Ok(value.str()?.extract()?);
    }
    let help = "a value is a str, a bool, a number, a datetime, an address of `ipaddress`, or a list of these";
    Err(NotText::Wrong { what: kind(value)?, help: Some(help) })
}

/// What type a value has, in words.
fn kind(value: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(format!("of type `{}`", value.get_type().name()?))
}
