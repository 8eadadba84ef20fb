//! AWS's policy simulation API as a function.

use crate::argument::{flag, mistyped};
use crate::world::World;
use iameval_data::Catalogue;
use iameval_serve::{Call, Form, Settings};
use pyo3::prelude::*;

/// IAM's API over a world, as `iameval serve` answers it: from a form to a status and a body in XML.
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct Api {
    api: iameval_serve::Api,
}

#[pymethods]
impl Api {
    #[new]
    #[pyo3(signature = (world, /, *, live = None))]
    fn new(world: &Bound<'_, PyAny>, live: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let of = world.cast::<World>().map_err(|_| mistyped(world, "world", "a World"))?;
        let mut settings = Settings::default();
        settings.live = flag(live, "live")?;
        Ok(Self { api: iameval_serve::Api::new(of.get().world.clone(), Catalogue::embedded(), settings) })
    }

    /// The status and the body of the reply to a form.
    fn call(&self, py: Python<'_>, form: &[u8], request_id: &str) -> (u16, String) {
        let mut call = Call::default();
        call.request_id = request_id;
        let reply = py.detach(|| match Form::parse(form) {
            Ok(form) => self.api.call(&form, &call),
            Err(fault) => iameval_serve::Api::refused(&fault, &call),
        });
        (reply.status, reply.body)
    }
}
