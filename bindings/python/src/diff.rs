//! What a change gains and loses.

use crate::argument::refuse;
use crate::error::Class;
use crate::kind;
use crate::policy::Policy;
use crate::prove::defect;
use crate::world::World;
use crate::{json, show};
use iameval_ask::{DiffError, Differ};
use iameval_data::Catalogue;
use iameval_lint::guess_same_kind;
use iameval_report::{DiffNames, Names, diff_to_json, diff_to_markdown, diff_to_text};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// What the two sides are called.
const SIDES: DiffNames<'static> = DiffNames { old: "old", new: "new" };

/// What is allowed after a change and was not before, and the other way round. `str(diff)` is what the command prints.
///
/// >>> old = {"Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}
/// >>> new = {"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}
/// >>> diff = iameval.diff(old, new)
/// >>> diff.gains, diff.loses, diff.undecided
/// (True, False, False)
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct Diff {
    diff: iameval_ask::Diff,
    names: Names,
}

#[pymethods]
impl Diff {
    /// Whether anything is allowed that was not. Raises `Undetermined` where nothing is known to be gained, and of something
    /// it could not be decided.
    #[getter]
    fn gains(&self, py: Python<'_>) -> PyResult<bool> {
        self.known(py, self.diff.has_gained())
    }

    /// Whether anything is not allowed any more, likewise.
    #[getter]
    fn loses(&self, py: Python<'_>) -> PyResult<bool> {
        self.known(py, self.diff.has_lost())
    }

    /// Whether of something it could not be decided whether it is gained or lost.
    #[getter]
    fn undecided(&self) -> bool {
        self.diff.has_undecided()
    }

    /// The difference as a dict, as `iameval diff --format json` prints it.
    ///
    /// >>> old = {"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}
    /// >>> new = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}
    /// >>> iameval.diff(old, new).to_dict()["schema"]
    /// 'iameval/diff/1'
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::to_python(py, &self.to_json(py))
    }

    /// The same as JSON.
    ///
    /// >>> old = {"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}
    /// >>> new = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}
    /// >>> iameval.diff(old, new).to_json()[:26]
    /// '{"schema":"iameval/diff/1"'
    fn to_json(&self, py: Python<'_>) -> String {
        py.detach(|| show::json(&diff_to_json(&self.diff, SIDES), &self.names))
    }

    /// The same as Markdown, such as for a comment on a pull request.
    ///
    /// >>> old = {"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}
    /// >>> new = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}
    /// >>> print(iameval.diff(old, new).to_markdown())
    /// **Access from `old` to `new`: access gained, access lost**
    /// ...
    fn to_markdown(&self, py: Python<'_>) -> String {
        py.detach(|| show::lines(&diff_to_markdown(&self.diff, SIDES), &self.names))
    }

    fn __str__(&self, py: Python<'_>) -> String {
        py.detach(|| show::lines(&diff_to_text(&self.diff, SIDES, false, show::STYLE), &self.names))
    }

    fn __repr__(&self) -> &'static str {
        match (self.diff.has_gained(), self.diff.has_lost(), self.diff.has_undecided()) {
            (.., true) => "<Diff undecided>",
            (true, true, _) => "<Diff gains and loses access>",
            (true, false, _) => "<Diff gains access>",
            (false, true, _) => "<Diff loses access>",
            (false, false, _) => "<Diff without a change of access>",
        }
    }

    #[expect(clippy::unused_self, reason = "Python calls it on the object")]
    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err("a Diff is neither true nor false; ask `diff.gains` or `diff.loses`"))
    }
}

impl Diff {
    fn known(&self, py: Python<'_>, found: bool) -> PyResult<bool> {
        if found || !self.diff.has_undecided() {
            return Ok(found);
        }
        Err(Class::Undetermined.with_text(py, self.__str__(py), &[], &self.names))
    }
}

/// Compares two policies, or two worlds. A policy is a `Policy` or a dict; `type` says as what both are compared, which is
/// guessed otherwise.
///
/// >>> old = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}
/// >>> new = {"Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}}
/// >>> iameval.diff(old, new)
/// <Diff gains access>
/// >>> iameval.diff(old, new).loses
/// False
#[pyfunction]
#[pyo3(signature = (old, new, /, *, r#type = None))]
pub(crate) fn diff(
    py: Python<'_>,
    old: &Bound<'_, PyAny>,
    new: &Bound<'_, PyAny>,
    r#type: Option<&Bound<'_, PyAny>>,
) -> PyResult<Diff> {
    let kind = r#type.map(kind::read).transpose()?;
    let differ = Differ::new(Catalogue::embedded());
    let worlds = (old.cast::<World>(), new.cast::<World>());
    let (compared, names) = match worlds {
        (Ok(old), Ok(new)) => {
            if kind.is_some() {
                return Err(PyTypeError::new_err(
                    "argument 'type': is for two policies; worlds say how theirs are attached",
                ));
            }
            let (old, new) = (&old.get().world, &new.get().world);
            let mut names = Names::of(old.symbols());
            names.add(new.symbols());
            (py.detach(|| differ.worlds(old, new)), names)
        }
        (Err(_), Err(_)) => {
            let (old, new) = (Policy::given(old, "old")?, Policy::given(new, "new")?);
            let kind = match kind {
                Some(kind) => kind,
                None => guess_same_kind(old.named(), new.named()).map_err(|problem| refuse(py, "type", "", problem))?,
            };
            (py.detach(|| differ.policies(&old.loaded, &new.loaded, kind)), Names::default())
        }
        _ => return Err(PyTypeError::new_err("a policy and a world cannot be compared")),
    };
    match compared {
        Ok(diff) => Ok(Diff { diff, names }),
        Err(DiffError::Policies(findings)) => Err(Class::Policy.of(py, &findings, &names)),
        Err(DiffError::Proof(error)) => Err(defect(&error.to_string())),
        Err(_) => Err(defect("the two cannot be compared")),
    }
}
