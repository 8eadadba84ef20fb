//! Answers.

use crate::error::Class;
use crate::statement::{Flip, NearMiss, Statement};
use crate::{json, show, words};
use iameval::{ContextKey, Decision};
use iameval_report::{Depth, Names, answer_to_html, answer_to_text, answers_to_json};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// What is decided of a request, and why. `str(answer)` is what the command prints.
///
/// >>> world = iameval.World.example("force-mfa")
/// >>> answer = world.simulate("s3:ListAllMyBuckets", principal="john.doe", mfa=False)
/// >>> answer
/// <Answer explicit_deny: s3:ListAllMyBuckets on arn:aws:s3:::*>
/// >>> answer.allowed, answer.layer
/// (False, 'identity')
/// >>> answer.flips
/// (<Flip allowed: mfa = True>,)
/// >>> print(answer)
/// deny   s3:ListAllMyBuckets  on arn:aws:s3:::* (inferred: the ARN that the service uses)  mfa=false
/// ...
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct Answer {
    answer: iameval_ask::Answer,
    names: Names,
}

impl Answer {
    pub(crate) fn new(answer: iameval_ask::Answer) -> Self {
        Self { names: Names::of(answer.policies.symbols()), answer }
    }
}

#[pymethods]
impl Answer {
    /// Whether the request is allowed. Raises `Undetermined` where that depends on what is not known.
    #[getter]
    fn allowed(&self, py: Python<'_>) -> PyResult<bool> {
        match self.answer.simulation.decision {
            Decision::Allowed => Ok(true),
            Decision::ExplicitDeny | Decision::ImplicitDeny => Ok(false),
            Decision::Undetermined => Err(Class::Undetermined.with_text(py, self.__str__(py), &[], &self.names)),
        }
    }

    /// The decision; `Decision.UNDETERMINED` where it depends on what is not known.
    #[getter]
    fn decision<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        words::decision(py, self.answer.simulation.decision)
    }

    /// What decided: a layer such as `identity` or `scp`, `service` for a rule of a service, or `none` where nothing grants.
    #[getter]
    fn layer(&self) -> &'static str {
        self.answer.simulation.decided_by.as_str()
    }

    /// The action.
    #[getter]
    fn action(&self) -> &str {
        &self.answer.summary.action
    }

    /// The resource, an ARN or `*`.
    #[getter]
    fn resource(&self) -> &str {
        &self.answer.summary.resource
    }

    /// Who asked.
    #[getter]
    fn principal(&self) -> &str {
        &self.answer.summary.principal
    }

    /// The statements that decided.
    #[getter]
    fn statements<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let matched = self.answer.simulation.deciding();
        let statements: Vec<Statement> = matched
            .filter_map(|matched| Some(Statement::new(&self.answer.place(matched.id)?, matched.effect, &self.names)))
            .collect();
        PyTuple::new(py, statements)
    }

    /// The Allow statements that nearly applied to a request that is implicitly denied, best first.
    #[getter]
    fn near_misses<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let misses = py.detach(|| {
            let reading = self.answer.read();
            let misses = reading.near_misses.iter();
            misses.map(|missed| NearMiss::new(&reading, missed, &self.names)).collect::<Vec<_>>()
        });
        PyTuple::new(py, misses)
    }

    /// Changes of the request that change the decision.
    #[getter]
    fn flips<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, py.detach(|| Flip::all(&self.answer.read(), &self.names)))
    }

    /// The context keys that were not given and could change the decision.
    #[getter]
    fn undecided<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.answer.undecided.iter().map(ContextKey::as_str))
    }

    /// The answer as a dict, as `iameval simulate --format json` has it among its results.
    ///
    /// >>> answer = iameval.World.example("force-mfa").simulate("iam:ChangePassword", principal="john.doe", mfa=False)
    /// >>> answer.to_dict()["decision"]
    /// 'allowed'
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let document = json::to_python(py, &self.to_json(py))?;
        document.get_item("results")?.get_item(0)
    }

    /// The document of `iameval simulate --format json` with this answer.
    ///
    /// >>> answer = iameval.World.example("force-mfa").simulate("iam:ChangePassword", principal="john.doe", mfa=False)
    /// >>> answer.to_json()[:33]
    /// '{"schema":"iameval/simulate/1","r'
    fn to_json(&self, py: Python<'_>) -> String {
        py.detach(|| show::json(&answers_to_json(std::slice::from_ref(&self.answer)), &self.names))
    }

    fn __str__(&self, py: Python<'_>) -> String {
        py.detach(|| show::lines(&answer_to_text(&self.answer, Depth::Explained, show::STYLE), &self.names))
    }

    /// The answer in notebooks.
    fn _repr_html_(&self, py: Python<'_>) -> String {
        py.detach(|| answer_to_html(&self.answer, show::STYLE))
    }

    fn __repr__(&self) -> String {
        let summary = &self.answer.summary;
        format!("<Answer {}: {} on {}>", self.answer.simulation.decision.as_str(), summary.action, summary.resource)
    }

    #[expect(clippy::unused_self, reason = "Python calls it on the object")]
    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err("an Answer is neither true nor false; ask `answer.allowed`"))
    }
}
