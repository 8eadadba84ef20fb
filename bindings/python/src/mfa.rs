//! The state of multi-factor authentication.

use crate::argument::mistyped;
use iameval::Mfa;
use iameval_ask::read_mfa;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};

/// What the argument `mfa` says: nothing, `True`, `False`, `None` for a request without the keys, or what `--mfa` takes.
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
            read_mfa(&text.extract::<String>()?).map_err(|error| {
                let help = error.help.unwrap_or_else(|| "there are True, False, None and `true@SECONDS`".into());
                PyValueError::new_err(format!("argument 'mfa': {}; {help}", error.message))
            })?
        } else {
            return Err(mistyped(&given, "mfa", "a bool, None or a str"));
        };
        Ok(Self(Some(state)))
    }
}
