//! The state of multi-factor authentication.

use crate::argument::{mistyped, refuse};
use iameval::codes::INVALID_FIELD;
use iameval::{Mfa, ParseMfaError, Problem};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};

/// What the argument `mfa` says: nothing, `True`, `False`, `None` for a request without the keys, or a text that `--mfa` takes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MfaArgument(pub(crate) Option<Mfa>);

impl FromPyObject<'_, '_> for MfaArgument {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let state = if given.is_none() {
            Mfa::Absent
        } else if let Ok(flag) = given.cast::<PyBool>() {
            if flag.is_true() { Mfa::TRUE } else { Mfa::False }
        } else if let Ok(text) = given.cast::<PyString>() {
            let text: String = text.extract()?;
            text.parse().map_err(|error: ParseMfaError| {
                let help = "there are True, False, None for a request without the keys, and `true@SECONDS`";
                refuse(given.py(), "mfa", &text, Problem::new(INVALID_FIELD, error.to_string()).with_help(help))
            })?
        } else {
            return Err(mistyped(&given, "mfa", "a bool, None or a str"));
        };
        Ok(Self(Some(state)))
    }
}
