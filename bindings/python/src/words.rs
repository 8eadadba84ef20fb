//! What the package defines in Python, since Python does it better: enums and exceptions.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// The member of `iameval.Decision` of that value.
pub(crate) fn decision(py: Python<'_>, decision: iameval::Decision) -> PyResult<Bound<'_, PyAny>> {
    static DECISION: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    DECISION.import(py, "iameval._words", "Decision")?.call1((decision.as_str(),))
}

/// Whether a value is `iameval.ABSENT`.
pub(crate) fn is_absent(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    static ABSENT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    Ok(value.is(ABSENT.import(value.py(), "iameval._words", "ABSENT")?))
}
