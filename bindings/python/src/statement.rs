//! Statements of policies, and what nearly applied.

use crate::{show, words};
use iameval::{Decision, Effect, Mfa};
use iameval_ask::{MissedStatement, PlacedStatement, Reading};
use iameval_report::{Names, says_in_words};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// A statement of a policy that had a part in an answer.
///
/// >>> answer = iameval.World.example("force-mfa").simulate("iam:ChangePassword", principal="john.doe", mfa=False)
/// >>> statement = answer.statements[0]
/// >>> statement.effect, statement.policy, statement.index, statement.line
/// ('Allow', 'IAMUserChangePassword', 0, 4)
#[pyclass(frozen, get_all, eq, hash, module = "iameval")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Statement {
    /// The name of its policy.
    policy: String,
    /// What its policy is there as: `identity`, `resource`, `boundary`, `session`, `scope_down`, `scp`, `rcp` or `endpoint`.
    layer: &'static str,
    /// The name of the level of SCPs or RCPs, where it has one.
    level: Option<String>,
    /// Its `Sid`.
    sid: Option<String>,
    /// Its position in the policy, from 0.
    index: usize,
    /// `Allow` or `Deny`.
    effect: &'static str,
    /// The file, or what else the text of the policy is called.
    path: Option<String>,
    /// The line, from 1.
    line: Option<u32>,
    /// The column, from 1.
    column: Option<u32>,
}

impl Statement {
    pub(crate) fn new(placed: &PlacedStatement<'_>, effect: Effect, names: &Names) -> Self {
        let shown = |text: &str| show::text(text, names);
        let origin = &placed.origin;
        Self {
            policy: shown(origin.policy.as_str()),
            layer: origin.layer.as_str(),
            level: origin.level.map(shown),
            sid: origin.sid.map(shown),
            index: origin.statement_index,
            effect: effect.as_str(),
            path: placed.place.map(|place| shown(&place.source.name)),
            line: placed.place.map(|place| place.at.line),
            column: placed.place.map(|place| place.at.column),
        }
    }
}

#[pymethods]
impl Statement {
    fn __repr__(&self) -> String {
        let name = self.sid.clone().unwrap_or_else(|| format!("#{}", self.index + 1));
        let place = self.path.as_ref().zip(self.line).map(|(path, line)| format!(" at {path}:{line}"));
        format!("<Statement {} {} {name}{}>", self.effect, self.policy, place.unwrap_or_default())
    }
}

/// A statement that nearly applied.
///
/// >>> reader = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}
/// >>> answer = iameval.PolicySet(identity=reader).simulate("s3:GetObject", resource="arn:aws:s3:::report/may.csv")
/// >>> answer.near_misses[0].missed
/// (<Miss does not fit arn:aws:s3:::report/may.csv>,)
#[pyclass(frozen, eq, hash, module = "iameval")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct NearMiss {
    /// The statement.
    #[pyo3(get)]
    statement: Statement,
    missed: Vec<Miss>,
}

/// An element of a statement that does not match.
///
/// >>> reader = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}
/// >>> answer = iameval.PolicySet(identity=reader).simulate("s3:GetObject", resource="arn:aws:s3:::report/may.csv")
/// >>> answer.near_misses[0].missed[0].line
/// 5
#[pyclass(frozen, get_all, eq, hash, module = "iameval")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Miss {
    /// What is wrong with it.
    message: String,
    /// Its line, from 1.
    line: Option<u32>,
    /// Its column, from 1.
    column: Option<u32>,
}

impl NearMiss {
    pub(crate) fn new(reading: &Reading<'_>, missed: &MissedStatement<'_>, names: &Names) -> Self {
        let elements = missed.missed.iter().map(|mark| Miss {
            message: show::text(&says_in_words(mark, &reading.answer.request), names),
            line: mark.at.map(|at| at.line),
            column: mark.at.map(|at| at.column),
        });
        Self { statement: Statement::new(&missed.statement, missed.effect, names), missed: elements.collect() }
    }
}

#[pymethods]
impl NearMiss {
    /// The elements that do not match: one or two.
    #[getter]
    fn missed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.missed.clone())
    }

    fn __repr__(&self) -> String {
        let missed: Vec<&str> = self.missed.iter().map(|miss| &*miss.message).collect();
        format!("<NearMiss of {}: {}>", self.statement.__repr__(), missed.join("; "))
    }
}

#[pymethods]
impl Miss {
    fn __repr__(&self) -> String {
        format!("<Miss {}>", self.message)
    }
}

/// A change of a request that changes the decision.
///
/// >>> office = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
/// ...     "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-office"}}}}
/// >>> flip, = iameval.PolicySet(identity=office).simulate("s3:ListAllMyBuckets").flips
/// >>> flip.key, flip.value, str(flip.decision)
/// ('aws:SourceVpc', 'vpc-office', 'allowed')
#[pyclass(frozen, eq, hash, module = "iameval")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Flip {
    /// The context key, or `mfa`.
    #[pyo3(get)]
    key: String,
    value: FlipValue,
    decision: Decision,
}

/// What a key is given by a change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, IntoPyObject)]
enum FlipValue {
    Flag(bool),
    Text(String),
    List(Vec<String>),
    Nothing(()),
}

impl Flip {
    /// Every change that was tried and comes to another decision.
    pub(crate) fn all(reading: &Reading<'_>, names: &Names) -> Vec<Self> {
        let other = reading.flips.mfa.iter().filter(|flip| flip.decision != reading.decision);
        let states = other.map(|flip| {
            let value = match flip.mfa {
                Mfa::TRUE => FlipValue::Flag(true),
                Mfa::False => FlipValue::Flag(false),
                Mfa::Absent => FlipValue::Nothing(()),
                state @ Mfa::True { .. } => FlipValue::Text(state.to_string()),
            };
            Self { key: "mfa".into(), value, decision: flip.decision }
        });
        let changes = reading.flips.context.iter().map(|flip| {
            let shown = |text: &str| show::text(text, names);
            let value = match &flip.change.value {
                None => FlipValue::Nothing(()),
                Some(value) if value.is_list() => FlipValue::List(value.texts().map(shown).collect()),
                Some(value) => FlipValue::Text(value.texts().map(shown).collect()),
            };
            Self { key: shown(flip.change.key.as_str()), value, decision: flip.decision }
        });
        states.chain(changes).collect()
    }
}

#[pymethods]
impl Flip {
    /// What the key is given: `True`, `False`, a str, a list of them, or `None` for a request that does not have it.
    #[getter]
    fn value(&self) -> FlipValue {
        self.value.clone()
    }

    /// The decision then.
    #[getter]
    fn decision<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        words::decision(py, self.decision)
    }

    fn __repr__(&self) -> String {
        let value = match &self.value {
            FlipValue::Flag(flag) => if *flag { "True" } else { "False" }.to_owned(),
            FlipValue::Text(text) => text.clone(),
            FlipValue::List(texts) => texts.join(", "),
            FlipValue::Nothing(()) => "absent".to_owned(),
        };
        format!("<Flip {}: {} = {value}>", self.decision.as_str(), self.key)
    }
}
