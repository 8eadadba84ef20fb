//! Policies that decide together, without a world.

use crate::argument::{Texts, refuse, several};
use crate::error::Class;
use crate::mfa::MfaArgument;
use crate::policy::Policy;
use crate::question::{Asked, about, one_or_several, question};
use crate::table::{self, Table};
use crate::words;
use iameval::codes::INVALID_FIELD;
use iameval::{PolicyKind, Problem};
use iameval_ask::AddedPolicies;
use iameval_report::Names;
use iameval_world::World;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

/// Policies that decide together: alone, or beside a world.
///
/// Each argument takes a `Policy` or a dict, or a list of these. SCPs are a list of levels, root first; a level is a policy or
/// a list of them.
///
/// >>> reader = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
/// >>> policies = iameval.PolicySet(identity=reader)
/// >>> policies.decide("s3:GetObject", resource="arn:aws:s3:::reports/may.csv")
/// <Decision.ALLOWED: 'allowed'>
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct PolicySet {
    added: AddedPolicies,
    has_identity: bool,
    nowhere: World,
    given: Vec<(&'static str, Given)>,
}

/// What an argument is, as it is pickled.
#[derive(Debug)]
enum Given {
    Policies(Vec<Policy>),
    Levels(Vec<Vec<Policy>>),
}

/// The arguments that take one policy.
const SINGLE: [&str; 3] = ["resource", "trust", "boundary"];

#[pymethods]
impl PolicySet {
    #[new]
    #[pyo3(signature = (*, identity = None, resource = None, trust = None, boundary = None, session = None, scps = None, rcps = None, endpoint = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        identity: Option<&Bound<'_, PyAny>>,
        resource: Option<&Bound<'_, PyAny>>,
        trust: Option<&Bound<'_, PyAny>>,
        boundary: Option<&Bound<'_, PyAny>>,
        session: Option<&Bound<'_, PyAny>>,
        scps: Option<&Bound<'_, PyAny>>,
        rcps: Option<&Bound<'_, PyAny>>,
        endpoint: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let mut added = AddedPolicies::new();
        let mut all = Vec::new();
        let given = [
            ("identity", PolicyKind::Identity, identity),
            ("resource", PolicyKind::Resource, resource),
            ("trust", PolicyKind::RoleTrust, trust),
            ("boundary", PolicyKind::PermissionsBoundary, boundary),
            ("session", PolicyKind::Session, session),
            ("rcps", PolicyKind::ResourceControl, rcps),
            ("endpoint", PolicyKind::Endpoint, endpoint),
        ];
        for (argument, kind, given) in given {
            let Some(given) = given else { continue };
            let policies = policies(given, argument)?;
            if SINGLE.contains(&argument) && policies.len() > 1 {
                let problem = Problem::new(INVALID_FIELD, format!("`{argument}` has {} policies", policies.len()));
                let help = "there can be only one such policy: put all statements in one";
                return Err(refuse(py, argument, "", problem.with_help(help)));
            }
            for policy in &policies {
                add(py, &mut added, kind, policy)?;
            }
            all.push((argument, Given::Policies(policies)));
        }
        if let Some(scps) = scps {
            let mut levels = Vec::new();
            for (number, level) in (1..).zip(several(scps)?) {
                added.begin_scp_level();
                let policies = policies(&level, &format!("scps, level {number}"))?;
                for policy in &policies {
                    add(py, &mut added, PolicyKind::ServiceControl, policy)?;
                }
                levels.push(policies);
            }
            all.push(("scps", Given::Levels(levels)));
        }
        Ok(Self { added, has_identity: identity.is_some(), nowhere: World::default(), given: all })
    }

    /// The decision on a request; a list of decisions for a list of actions.
    ///
    /// >>> reader = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
    /// >>> iameval.PolicySet(identity=reader).decide(["s3:GetObject", "s3:PutObject"])
    /// [<Decision.ALLOWED: 'allowed'>, <Decision.IMPLICIT_DENY: 'implicit_deny'>]
    #[pyo3(signature = (action, /, *, principal = None, resource = None, resource_account = None, mfa = MfaArgument::default(), context = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn decide<'py>(
        &self,
        py: Python<'py>,
        action: &Bound<'py, PyAny>,
        principal: Option<&Bound<'py, PyAny>>,
        resource: Option<&Bound<'py, PyAny>>,
        resource_account: Option<&Bound<'py, PyAny>>,
        mfa: MfaArgument,
        context: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let action = Texts::of(action, "action")?;
        let rest = question(py, principal, resource, resource_account, mfa, context, None)?;
        let decided = self.alone().decisions(py, &about(py, &action, rest)?)?;
        let decisions = decided.into_iter().map(|decision| words::decision(py, decision));
        let mut decisions: Vec<_> = decisions.collect::<PyResult<_>>()?;
        match action {
            Texts::One(_) => decisions.pop().ok_or_else(|| PyTypeError::new_err("one action is expected")),
            Texts::Several(_) => Ok(PyList::new(py, decisions)?.into_any()),
        }
    }

    /// The answer for a request, with what explains it; a list of answers for a list of actions.
    ///
    /// >>> reader = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
    /// >>> iameval.PolicySet(identity=reader).simulate("s3:GetObject").statements
    /// (<Statement Allow identity #1 at identity:2>,)
    #[pyo3(signature = (action, /, *, principal = None, resource = None, resource_account = None, mfa = MfaArgument::default(), context = None))]
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
    ) -> PyResult<Bound<'py, PyAny>> {
        let action = Texts::of(action, "action")?;
        let rest = question(py, principal, resource, resource_account, mfa, context, None)?;
        one_or_several(py, &self.alone(), &action, rest)
    }

    /// Decides a table of requests: a row for each. The callers need not be known.
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
    /// >>> policies = iameval.PolicySet(identity={"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})
    /// >>> rows = pyarrow.table({"action": ["s3:GetObject", "s3:PutObject"], "resource": ["arn:aws:s3:::reports/may.csv"] * 2})
    /// >>> decided = policies.decide_batch(rows)
    /// >>> decided.to_pyarrow().column("decision").to_pylist()
    /// ['allowed', 'implicit_deny']
    #[pyo3(signature = (table, /, *, keep = None, errors = None))]
    fn decide_batch(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        keep: Option<&Bound<'_, PyAny>>,
        errors: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Table> {
        table::decide(py, &self.alone(), table, keep, errors)
    }

    /// The arguments that make the same policies, for `pickle`.
    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyDict>)> {
        let list = |policies: &[Policy]| PyList::new(py, policies.iter().map(Policy::shared));
        let arguments = PyDict::new(py);
        for (name, given) in &self.given {
            match given {
                Given::Policies(policies) => arguments.set_item(name, list(policies)?)?,
                Given::Levels(levels) => {
                    let levels: Vec<_> = levels.iter().map(|level| list(level)).collect::<PyResult<_>>()?;
                    arguments.set_item(name, levels)?;
                }
            }
        }
        Ok((PyTuple::empty(py), arguments))
    }
}

impl PolicySet {
    /// These policies beside those of a world. With identity policies the caller need not be one of its principals.
    pub(crate) fn beside<'w>(&'w self, world: &'w World) -> Asked<'w> {
        Asked { world, added: Some(&self.added), anyone: self.has_identity }
    }

    /// These policies alone.
    pub(crate) fn alone(&self) -> Asked<'_> {
        Asked { world: &self.nowhere, added: Some(&self.added), anyone: true }
    }
}

/// Adds a policy that is valid for the way it is attached.
fn add(py: Python<'_>, added: &mut AddedPolicies, kind: PolicyKind, policy: &Policy) -> PyResult<()> {
    let compiled = py.detach(|| policy.loaded.compile(kind));
    compiled.map_err(|findings| Class::Policy.of(py, &findings, &Names::default()))?;
    added.add(kind, policy.loaded.clone());
    Ok(())
}

/// The policies of an argument: one, or several.
fn policies(given: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<Policy>> {
    let given = several(given)?;
    let is_one = given.len() == 1;
    let named = (1..).zip(given).map(|(number, item)| {
        Policy::given(&item, &if is_one { argument.to_owned() } else { format!("{argument} {number}") })
    });
    named.collect()
}
