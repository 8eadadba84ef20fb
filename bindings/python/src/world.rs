//! Worlds.

use crate::argument::{self, Texts, mistyped, optional_text, refuse};
use crate::error::{Class, warn};
use crate::finding::Finding;
use crate::mfa::MfaArgument;
use crate::origin::{Deployment, Origin, State, check_version};
use crate::policy_set::PolicySet;
use crate::question::{Asked, one_or_several, question};
use crate::table::{self, Table};
use crate::{json, show};
use iameval::Problem;
use iameval_report::{Names, count};
use iameval_world::{Disk, Example, Held, Source, codes};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Who and what exists: principals with their policies, resources, accounts and endpoints.
///
/// >>> world = iameval.World.example("force-mfa")
/// >>> world
/// <World with 2 principals and 0 resources>
/// >>> world.principals
/// ('john.doe', 'john.without-attached-policy')
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) world: Arc<iameval_world::World>,
    origin: Origin,
}

#[pymethods]
impl World {
    /// Reads a world from files: world files, account dumps, CloudFormation and SAM templates, `cdk.out` folders, plans,
    /// states and folders of Terraform. Several files make one world.
    ///
    /// >>> from pathlib import Path
    /// >>> from tempfile import TemporaryDirectory
    /// >>> with TemporaryDirectory() as folder:
    /// ...     path = Path(folder, "world.yaml")
    /// ...     _ = path.write_text('{version: 1, account: "123456789012", principals: {ana: {user: ana, policies: [aws:ReadOnlyAccess]}}}')
    /// ...     world = iameval.World.load(path)
    /// >>> world.simulate(["s3:ListAllMyBuckets", "s3:CreateBucket"], principal="ana", resource="*")
    /// [<Answer allowed: s3:ListAllMyBuckets on *>, <Answer implicit_deny: s3:CreateBucket on *>]
    ///
    /// Of a deployment that is not known yet, `parameters` gives values of parameters, and `values` those of attributes, such as
    /// `{"Reports": "acme-reports"}`; `source` is the folder with the source of a plan.
    #[staticmethod]
    #[pyo3(signature = (*paths, parameters = None, values = None, source = None))]
    fn load(
        py: Python<'_>,
        paths: &Bound<'_, PyTuple>,
        parameters: Option<&Bound<'_, PyAny>>,
        values: Option<&Bound<'_, PyAny>>,
        source: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let paths: Vec<PathBuf> = paths.iter().map(|path| argument::path(&path, "paths")).collect::<PyResult<_>>()?;
        if paths.is_empty() {
            return Err(PyTypeError::new_err("a path is missing"));
        }
        let deployment = Deployment {
            parameters: argument::texts_by_name(parameters, "parameters")?,
            values: argument::texts_by_name(values, "values")?,
            source: source.map(|folder| argument::path(folder, "source")).transpose()?,
        };
        Self::read(py, || Origin::load(Disk::default(), deployment, paths))
    }

    /// Reads a world from a text, in YAML or JSON, or from the same as a dict. It may be anything that `load` reads from one file;
    /// paths in it are relative to the current folder.
    ///
    /// >>> world = iameval.World.from_json({
    /// ...     "version": 1,
    /// ...     "account": "123456789012",
    /// ...     "principals": {"ana": {"user": "ana", "policies": [
    /// ...         {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}]}},
    /// ... })
    /// >>> world.simulate("s3:GetObject").allowed
    /// True
    #[staticmethod]
    #[pyo3(signature = (document, /, *, name = None))]
    fn from_json(py: Python<'_>, document: &Bound<'_, PyAny>, name: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let name = optional_text(name, "name")?;
        let name = name.as_deref().unwrap_or("world.json");
        let source = Source::new(name, json::text_of(document, "document")?);
        Self::read(py, || {
            let held = Held { path: Path::new(name), source: &source, others: &Disk::default() };
            Origin::load(held, Deployment::default(), vec![name.into()])
        })
    }

    /// An example that comes with the package, such as `force-mfa`.
    ///
    /// >>> iameval.World.example("force-mfa").simulate("s3:ListAllMyBuckets", principal="john.doe", mfa=True).allowed
    /// True
    #[staticmethod]
    #[pyo3(signature = (name, /))]
    fn example(py: Python<'_>, name: &Bound<'_, PyAny>) -> PyResult<Self> {
        let name = argument::text(name, "name")?;
        let Some(example) = Example::find(&name) else {
            let names: Vec<&str> = Example::all().iter().map(|example| example.name).collect();
            let problem = Problem::new(codes::UNKNOWN_NAME, format!("there is no example `{name}`"));
            return Err(refuse(py, "name", &name, problem.with_help(format!("there is {}", names.join(", ")))));
        };
        Self::read(py, || Origin::load(example, Deployment::default(), vec![example.world().into()]))
    }

    /// What is wrong with the world and does not keep it from being asked.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, Finding::all(self.world.warnings(), &Names::of(self.world.symbols())))
    }

    /// The names of its principals.
    #[getter]
    fn principals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.world.principals().keys().map(|name| self.shown(name)))
    }

    /// The names of its resources.
    #[getter]
    fn resources<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.world.resources().keys().map(|name| self.shown(name)))
    }

    /// Decides a request of one action; a list of actions gives a list of answers, one for each action that its patterns cover.
    ///
    /// What is not given follows from the world: the principal where there is one, the resource where it follows from the action.
    /// `mfa` is `True`, `False`, or `None` for long-term credentials, which do not have the keys at all. `policies` are evaluated
    /// beside those of the world: identity policies are added, all others take the place of the world's.
    ///
    /// >>> world = iameval.World.example("force-mfa")
    /// >>> world.simulate("s3:GetObject", principal="john.doe", resource="*", mfa=False).statements
    /// (<Statement Deny force-mfa BlockEverythingUnlessSignedInWithMFA at force-mfa/policies/force-mfa.json:25>,)
    #[pyo3(signature = (action, /, *, principal = None, resource = None, resource_account = None, mfa = MfaArgument::default(), context = None, endpoint = None, policies = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn simulate<'py>(
        &self,
        py: Python<'py>,
        action: &Bound<'py, PyAny>,
        principal: Option<&Bound<'py, PyAny>>,
        resource: Option<&Bound<'py, PyAny>>,
        resource_account: Option<&Bound<'py, PyAny>>,
        mfa: MfaArgument,
        context: Option<&Bound<'py, PyAny>>,
        endpoint: Option<&Bound<'py, PyAny>>,
        policies: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let action = Texts::of(action, "action")?;
        let rest = question(py, principal, resource, resource_account, mfa, context, endpoint)?;
        one_or_several(py, &self.asked(policies)?, &action, rest)
    }

    /// Decides a table of requests: a row for each. `policies` are evaluated beside those of the world, as for `simulate`.
    ///
    /// The table is one of pyarrow, Polars, DuckDB or anything else with Arrow's PyCapsule interface. It has the columns `principal`,
    /// `action`, `resource`, `resource_account`, `endpoint`, `mfa` (bool, or `"absent"`) and `context` (a struct or map of context
    /// keys); only `action` is needed, and a null says nothing. The result has `decision`, `layer`, `policy`, `statement` and
    /// `undecided`, in the order of the rows. `keep` names further columns that come back as they are, `"*"` all of them. With
    /// `errors="column"` a row that cannot be decided has the reason in a column `error`, instead of an exception for the first,
    /// and a table without rows is no mistake.
    /// Rows that are equal are decided once.
    ///
    /// >>> import pyarrow
    /// >>> world = iameval.World.from_json({"version": 1, "account": "123456789012", "principals": {"ana": {"user": "ana", "policies": [{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}]}}})
    /// >>> rows = pyarrow.table({"action": ["s3:GetObject", "s3:PutObject"], "resource": ["arn:aws:s3:::reports/may.csv"] * 2})
    /// >>> decided = world.decide_batch(rows)
    /// >>> decided.to_pyarrow().column("decision").to_pylist()
    /// ['allowed', 'implicit_deny']
    #[pyo3(signature = (table, /, *, policies = None, keep = None, errors = None))]
    fn decide_batch(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        policies: Option<&Bound<'_, PyAny>>,
        keep: Option<&Bound<'_, PyAny>>,
        errors: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Table> {
        table::decide(py, &self.asked(policies)?, table, keep, errors)
    }

    /// Worlds are pickled as the texts that they were read from, so that they can be read where there are none of the files.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (&'static str, State))> {
        Ok((slf.get_type().getattr("_read_again")?, (env!("CARGO_PKG_VERSION"), slf.get().origin.to_state())))
    }

    #[classmethod]
    fn _read_again(_class: &Bound<'_, PyType>, py: Python<'_>, version: &str, state: State) -> PyResult<Self> {
        check_version(version)?;
        let origin = Origin::of_state(state)?;
        let world = py.detach(|| origin.reload());
        let world = world.map_err(|findings| Class::World.of(py, &findings, &Names::default()))?;
        Ok(Self { world: Arc::new(world), origin })
    }

    fn __repr__(&self) -> String {
        let (principals, resources) = (self.world.principals().len(), self.world.resources().len());
        format!("<World with {} and {}>", count(principals, "principal"), count(resources, "resource"))
    }
}

impl World {
    /// Reads a world; warns of what is odd in it.
    fn read(
        py: Python<'_>,
        load: impl FnOnce() -> Result<(iameval_world::World, Origin), Vec<iameval_world::Finding>> + Send,
    ) -> PyResult<Self> {
        let loaded = py.detach(load);
        let (world, origin) = loaded.map_err(|findings| Class::World.of(py, &findings, &Names::default()))?;
        warn(py, world.warnings(), &Names::of(world.symbols()))?;
        Ok(Self { world: Arc::new(world), origin })
    }

    /// The world, with policies beside its own.
    fn asked<'w>(&'w self, policies: Option<&'w Bound<'_, PyAny>>) -> PyResult<Asked<'w>> {
        let Some(policies) = policies else { return Ok(Asked::of(&self.world)) };
        let of = policies.cast::<PolicySet>().map_err(|_| mistyped(policies, "policies", "a PolicySet"))?;
        Ok(of.get().beside(&self.world))
    }

    fn shown(&self, name: &str) -> String {
        show::text(name, &Names::of(self.world.symbols()))
    }
}
