//! Claims about all requests of a scope.

use crate::answer::Answer;
use crate::argument::{self, Texts, missing, mistyped, refuse};
use crate::error::{Class, warn};
use crate::mfa::MfaArgument;
use crate::policy_set::PolicySet;
use crate::question::{Asked, NAMES, question};
use crate::world::World;
use crate::{json, show};
use iameval::Problem;
use iameval::codes::INVALID_FIELD;
use iameval_ask::{ClaimQuestion, ClaimVerdict, KeyValues, ProvedClaim, Question, Unproved};
use iameval_data::Catalogue;
use iameval_prove::native::CatalogueFacts;
use iameval_prove::{ClaimError, Expectation, KeyScope, Prover};
use iameval_report::{Listing, Names, claim_to_json, claim_to_text};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// What may be claimed.
const CLAIMS: [(&str, Expectation); 4] = [
    ("allow", Expectation::Allow),
    ("deny", Expectation::Deny),
    ("implicit", Expectation::ImplicitDeny),
    ("explicit", Expectation::ExplicitDeny),
];

/// What came of a claim: it holds for every request, or a request shows that it does not.
///
/// >>> reader = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
/// >>> verdict = iameval.prove(iameval.PolicySet(identity=reader), "s3:*", expect="deny")
/// >>> verdict
/// <Verdict refuted>
/// >>> verdict.counterexample.allowed, "s3:GetObject" in verdict.actions
/// (True, True)
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct Verdict {
    /// `holds`, `refuted` or `unknown`.
    #[pyo3(get, name = "verdict")]
    id: &'static str,
    /// For a claim that is refuted, a request that is decided otherwise, with its answer.
    #[pyo3(get)]
    counterexample: Option<Py<Answer>>,
    actions: Vec<String>,
    text: String,
    json: String,
}

impl Verdict {
    fn new(py: Python<'_>, proved: ProvedClaim, names: &Names) -> PyResult<Self> {
        let facts = CatalogueFacts::of(Catalogue::embedded());
        let text = show::lines(&claim_to_text(&proved, &facts, Listing::Few, show::STYLE), names);
        let json = show::json(&claim_to_json(&proved, &facts), names);
        let id = proved.verdict.id();
        let (counterexample, actions) = match proved.verdict {
            ClaimVerdict::Refuted(refuted) => {
                (Some(Py::new(py, Answer::new(refuted.counterexample))?), refuted.actions)
            }
            ClaimVerdict::Holds(_) | ClaimVerdict::Unknown(_) => (None, Vec::new()),
        };
        Ok(Self { id, counterexample, actions, text, json })
    }
}

#[pymethods]
impl Verdict {
    /// Whether the claim holds. Raises `Undetermined` where that is not known.
    #[getter]
    fn holds(&self, py: Python<'_>) -> PyResult<bool> {
        match self.id {
            "unknown" => Err(Class::Undetermined.with_text(py, self.text.clone(), &[], &Names::default())),
            id => Ok(id == "holds"),
        }
    }

    /// For a claim that is refuted, all actions of AWS for which it does not hold.
    #[getter]
    fn actions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.actions)
    }

    /// The verdict as a dict, as `iameval prove --format json` prints it.
    ///
    /// >>> iameval.prove(iameval.World.example("force-mfa"), "ec2:*", expect="deny", principal="john.doe", mfa=False).to_dict()["verdict"]
    /// 'holds'
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::to_python(py, &self.json)
    }

    /// The same as JSON.
    ///
    /// >>> iameval.prove(iameval.World.example("force-mfa"), "ec2:*", expect="deny", principal="john.doe", mfa=False).to_json()[:26]
    /// '{"schema":"iameval/prove/1'
    fn to_json(&self) -> &str {
        &self.json
    }

    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("<Verdict {}>", self.id)
    }

    #[expect(clippy::unused_self, reason = "Python calls it on the object")]
    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err("a Verdict is neither true nor false; ask `verdict.holds`"))
    }
}

/// Claims that every request of a scope is decided as `expect` says: `allow`, `deny`, `implicit` or `explicit`.
///
/// Texts and resources are patterns, any of which is meant; without a resource every resource is. Of several values of a
/// context key any is meant, and keys that are not given may have any value.
///
/// >>> guard = {"Statement": [
/// ...     {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
/// ...     {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}]}
/// >>> policies = iameval.PolicySet(identity=guard)
/// >>> iameval.prove(policies, "s3:Delete*", expect="deny").holds
/// True
/// >>> iameval.prove(policies, "s3:*", expect="deny").counterexample.decision
/// <Decision.ALLOWED: 'allowed'>
#[pyfunction]
#[pyo3(signature = (subject, action, /, *, expect, principal = None, resource = None, except_action = None, except_resource = None, resource_account = None, mfa = MfaArgument::default(), context = None, endpoint = None, realistic = None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
pub(crate) fn prove(
    py: Python<'_>,
    subject: &Bound<'_, PyAny>,
    action: &Bound<'_, PyAny>,
    expect: &Bound<'_, PyAny>,
    principal: Option<&Bound<'_, PyAny>>,
    resource: Option<&Bound<'_, PyAny>>,
    except_action: Option<&Bound<'_, PyAny>>,
    except_resource: Option<&Bound<'_, PyAny>>,
    resource_account: Option<&Bound<'_, PyAny>>,
    mfa: MfaArgument,
    context: Option<&Bound<'_, PyAny>>,
    endpoint: Option<&Bound<'_, PyAny>>,
    realistic: Option<&Bound<'_, PyAny>>,
) -> PyResult<Verdict> {
    let expect = &*argument::text(expect, "expect")?;
    let Some((_, expectation)) = CLAIMS.iter().find(|(word, _)| *word == expect) else {
        let problem = Problem::new(INVALID_FIELD, format!("`{expect}` cannot be claimed"));
        let words = CLAIMS.map(|(word, _)| word).join(", ");
        return Err(refuse(py, "expect", expect, problem.with_help(format!("there are {words}"))));
    };
    let Question { principal, resource_account, endpoint, context, mfa, .. } =
        question(py, principal, None, resource_account, mfa, context, endpoint)?;
    let key_scope = |(key, value): (&iameval::ContextKey, Option<&iameval::ContextValue>)| -> KeyScope {
        let mut values = KeyValues::new();
        match value {
            None => values.is_absent(),
            Some(value) => value.texts().for_each(|text| values.is(text)),
        }
        values.into_scope(key.clone(), Catalogue::embedded())
    };
    // To leave them out means all of them, so that nothing of something is a slip.
    let (actions, resources) = (Texts::all(Some(action), "action")?, Texts::all(resource, "resource")?);
    for (argument, is_empty) in
        [("action", actions.is_empty()), ("resource", resource.is_some() && resources.is_empty())]
    {
        if is_empty {
            return Err(missing(py, argument));
        }
    }
    let claim = ClaimQuestion {
        principal,
        actions,
        except_actions: Texts::all(except_action, "except_action")?,
        resources,
        except_resources: Texts::all(except_resource, "except_resource")?,
        resource_account,
        endpoint,
        mfa,
        keys: context.iter().map(key_scope).collect(),
        realistic: argument::flag(realistic, "realistic")?,
        ..ClaimQuestion::new(*expectation)
    };
    if let Ok(world) = subject.cast::<World>() {
        return proved(py, &Asked::of(&world.get().world), &claim);
    }
    if let Ok(policies) = subject.cast::<PolicySet>() {
        return proved(py, &policies.get().alone(), &claim);
    }
    Err(mistyped(subject, "subject", "a World or a PolicySet"))
}

fn proved(py: Python<'_>, asked: &Asked<'_>, claim: &ClaimQuestion) -> PyResult<Verdict> {
    let names = Names::of(asked.world.symbols());
    let proved = py.detach(|| asked.asker().prove(&Prover::new(Catalogue::embedded()), claim));
    match proved {
        Ok(proved) => {
            warn(py, &NAMES.odd(&proved.remarks), &names)?;
            Verdict::new(py, proved, &names)
        }
        Err(Unproved::Refused(refused)) => Err(Class::Question.of(py, &NAMES.refused(refused.problems), &names)),
        Err(Unproved::Claim(error @ ClaimError::NotReplayed(_))) => Err(defect(&error.to_string())),
        Err(Unproved::Claim(error)) => Err(Class::Question.of(py, &[NAMES.not_claimed(&error)], &names)),
        Err(_) => Err(defect("the claim has no verdict")),
    }
}

/// What must not happen.
pub(crate) fn defect(what: &str) -> PyErr {
    PyRuntimeError::new_err(format!("{what}: this is a defect of iameval, and there is no answer; please report it"))
}
