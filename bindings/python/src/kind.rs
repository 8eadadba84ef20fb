//! As what a policy is attached.

use crate::argument::{refuse, text};
use iameval::codes::INVALID_FIELD;
use iameval::{ParseKeywordError, PolicyKind, Problem};
use pyo3::prelude::*;

/// Reads the argument `type`.
pub(crate) fn read(given: &Bound<'_, PyAny>) -> PyResult<PolicyKind> {
    let said = text(given, "type")?;
    said.parse().map_err(|error: ParseKeywordError| {
        refuse(given.py(), "type", &said, Problem::new(INVALID_FIELD, error.to_string()))
    })
}
