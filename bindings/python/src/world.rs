//! Worlds.

use crate::error::{Class, warn};
use crate::finding::Finding;
use crate::mfa::MfaArgument;
use crate::policy_set::PolicySet;
use crate::question::{Actions, Asked, one_or_several, question};
use iameval_infra::{Infrastructure, WithInfrastructure};
use iameval_report::Names;
use iameval_world::{Disk, Example};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::path::PathBuf;
use std::sync::Arc;

/// Who and what exists: principals with their policies, resources, accounts and endpoints.
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) world: Arc<iameval_world::World>,
}

#[pymethods]
impl World {
    /// Reads a world from files: world files, account dumps, CloudFormation and SAM templates, `cdk.out` folders, plans,
    /// states and folders of Terraform.
    #[staticmethod]
    #[pyo3(signature = (*paths))]
    fn load(py: Python<'_>, paths: Vec<PathBuf>) -> PyResult<Self> {
        let files = WithInfrastructure(Disk::default(), Infrastructure::new());
        let loaded = py.detach(|| iameval_world::World::load(&files, &paths));
        let world = loaded.map_err(|findings| Class::World.of(py, &findings, &Names::default()))?;
        warn(py, world.warnings(), &Names::of(world.symbols()))?;
        Ok(Self { world: Arc::new(world) })
    }

    /// An example that comes with the package, such as `force-mfa`.
    #[staticmethod]
    fn example(py: Python<'_>, name: &str) -> PyResult<Self> {
        let Some(example) = Example::find(name) else {
            let names: Vec<&str> = Example::all().iter().map(|example| example.name).collect();
            return Err(PyValueError::new_err(format!("there is no example `{name}`; there is {}", names.join(", "))));
        };
        let loaded = py.detach(|| iameval_world::World::load(example, &[example.world().into()]));
        let world = loaded.map_err(|findings| Class::World.of(py, &findings, &Names::default()))?;
        Ok(Self { world: Arc::new(world) })
    }

    /// What is wrong with the world and does not keep it from being asked.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, Finding::all(self.world.warnings(), &Names::of(self.world.symbols())))
    }

    /// Decides a request, or several.
    #[pyo3(signature = (action, /, *, principal = None, resource = None, resource_account = None, mfa = MfaArgument::default(), context = None, endpoint = None, policies = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn simulate<'py>(
        &self,
        py: Python<'py>,
        action: Actions,
        principal: Option<String>,
        resource: Option<String>,
        resource_account: Option<&str>,
        mfa: MfaArgument,
        context: Option<&Bound<'py, PyAny>>,
        endpoint: Option<String>,
        policies: Option<&Bound<'py, PolicySet>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let rest = question(py, principal, resource, resource_account, mfa, context, endpoint)?;
        let asked = match policies {
            Some(policies) => policies.get().beside(&self.world),
            None => Asked { world: &self.world, added: None, anyone: false },
        };
        one_or_several(py, &asked, &action, rest)
    }
}
