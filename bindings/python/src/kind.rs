//! As what a policy is attached.

use crate::question::refuse;
use iameval::codes::INVALID_FIELD;
use iameval::{PolicyKind, Problem};
use pyo3::prelude::*;

/// Reads the argument `type`.
pub(crate) fn read(py: Python<'_>, text: &str) -> PyResult<PolicyKind> {
    text.parse().map_err(|error: iameval::ParseKeywordError| {
        refuse(py, "type", text, Problem::new(INVALID_FIELD, error.to_string()))
    })
}
