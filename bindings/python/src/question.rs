//! From arguments to answers.

use crate::answer::Answer;
use crate::argument::{Texts, missing, optional_text, refuse};
use crate::context::{self, Refused};
use crate::error::{Class, warn};
use crate::mfa::MfaArgument;
use iameval::codes::INVALID_FIELD;
use iameval::{AccountId, Decision, Problem, Severity};
use iameval_ask::{AddedPolicies, ArgumentNames, Asker, Given, Posed, Question};
use iameval_data::{Catalogue, is_action_pattern};
use iameval_report::Names;
use iameval_world::{Finding, World};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyList;

/// What the arguments are called.
pub(crate) const NAMES: ArgumentNames = ArgumentNames {
    principal: "principal",
    action: "action",
    resource: "resource",
    except_action: "except_action",
    except_resource: "except_resource",
    endpoint: "endpoint",
    context: "context",
    policies: "policies",
    all: "arguments",
};

/// Who is asked: a world, perhaps with policies beside it.
pub(crate) struct Asked<'w> {
    pub(crate) world: &'w World,
    pub(crate) added: Option<&'w AddedPolicies>,
    /// Whether the caller need not be a principal of the world.
    pub(crate) anyone: bool,
}

impl<'w> Asked<'w> {
    /// A world as it is.
    pub(crate) fn of(world: &'w World) -> Self {
        Self { world, added: None, anyone: false }
    }

    /// Asks it.
    pub(crate) fn asker(&self) -> Asker<'_> {
        let asker = Asker::new(self.world, Catalogue::embedded());
        let asker = match self.added {
            Some(added) => asker.beside(added.clone()),
            None => asker,
        };
        if self.anyone { asker.for_anyone() } else { asker }
    }

    fn pose(&self, py: Python<'_>, question: &Question) -> PyResult<Posed> {
        let names = Names::of(self.world.symbols());
        let posed = py.detach(|| self.asker().pose(question).map_err(|refused| NAMES.refused(refused.problems)));
        let posed = posed.map_err(|findings| Class::Question.of(py, &findings, &names))?;
        let unknown = |finding: &Finding| finding.diagnostic.code() == iameval_data::codes::UNKNOWN_CONTEXT_KEY;
        let (keys, odd): (Vec<_>, Vec<_>) = NAMES.odd(&posed.remarks).into_iter().partition(unknown);
        // Nothing reads such a key, so that it is a slip or says nothing.
        if !keys.is_empty() {
            let as_error =
                |found: Finding| Finding::new(&found.source, found.diagnostic.with_severity(Severity::Error));
            let keys: Vec<Finding> = keys.into_iter().map(as_error).collect();
            return Err(Class::Question.of(py, &keys, &names));
        }
        warn(py, &odd, &names)?;
        Ok(posed)
    }

    /// The answer to a question about one action.
    pub(crate) fn answer(&self, py: Python<'_>, question: &Question) -> PyResult<Answer> {
        let mut answers = self.answers(py, question)?;
        answers.pop().ok_or_else(|| PyTypeError::new_err("argument 'action': one action is expected"))
    }

    /// The answers to a question, in the order of its actions.
    pub(crate) fn answers(&self, py: Python<'_>, question: &Question) -> PyResult<Vec<Answer>> {
        let posed = self.pose(py, question)?;
        let catalogue = Catalogue::embedded();
        let answer = |posed: iameval_ask::PosedRequest| Answer::new(posed.answer(catalogue));
        Ok(py.detach(|| posed.requests.into_iter().map(answer).collect()))
    }

    /// The decisions alone.
    pub(crate) fn decisions(&self, py: Python<'_>, question: &Question) -> PyResult<Vec<Decision>> {
        let posed = self.pose(py, question)?;
        Ok(py.detach(|| posed.requests.iter().map(iameval_ask::PosedRequest::decide).collect()))
    }
}

/// The question about these actions.
pub(crate) fn about(py: Python<'_>, actions: &Texts, rest: Question) -> PyResult<Question> {
    let actions = match actions {
        Texts::One(action) if is_action_pattern(action) => {
            let problem = Problem::new(INVALID_FIELD, format!("`{action}` is a pattern, and one action is expected"));
            let help = format!("`[\"{action}\"]` gives a list with an answer for each action that it covers");
            return Err(refuse(py, "action", action, problem.with_help(help)));
        }
        Texts::One(action) => vec![action.clone()],
        Texts::Several(actions) if actions.is_empty() => return Err(missing(py, "action")),
        Texts::Several(actions) => actions.clone(),
    };
    Ok(Question { actions, ..rest })
}

/// The parts of a question beside the action.
pub(crate) fn question(
    py: Python<'_>,
    principal: Option<&Bound<'_, PyAny>>,
    resource: Option<&Bound<'_, PyAny>>,
    resource_account: Option<&Bound<'_, PyAny>>,
    mfa: MfaArgument,
    context: Option<&Bound<'_, PyAny>>,
    endpoint: Option<&Bound<'_, PyAny>>,
) -> PyResult<Question> {
    let resource_account = optional_text(resource_account, "resource_account")?.map(|text| {
        text.parse::<AccountId>().map_err(|error| {
            let problem = Problem::new(INVALID_FIELD, error.to_string()).with_help("such as `123456789012`");
            refuse(py, "resource_account", &text, problem)
        })
    });
    let context = context.map(context::read).transpose().map_err(|refused| match refused {
        Refused::Key(finding) => Class::Question.of(py, &[finding], &Names::default()),
        Refused::Raised(error) => error,
    })?;
    let given = Given { context: context.unwrap_or_default(), mfa: mfa.0 };
    if let (Some(_), Some(key)) = (given.mfa, given.mfa_key()) {
        let problem = Problem::new(INVALID_FIELD, format!("`mfa` and `{key}` set the same thing"));
        return Err(refuse(py, "context", key.as_str(), problem.with_help("remove one of the two")));
    }
    Ok(Question {
        principal: optional_text(principal, "principal")?,
        resources: optional_text(resource, "resource")?.into_iter().collect(),
        resource_account: resource_account.transpose()?,
        endpoint: optional_text(endpoint, "endpoint")?,
        context: given.context,
        mfa: given.mfa.into_iter().collect(),
        ..Question::default()
    })
}

/// Answers as a list of Python, or the only one.
pub(crate) fn one_or_several<'py>(
    py: Python<'py>,
    asked: &Asked<'_>,
    actions: &Texts,
    rest: Question,
) -> PyResult<Bound<'py, PyAny>> {
    let question = about(py, actions, rest)?;
    match actions {
        Texts::One(_) => Ok(Bound::new(py, asked.answer(py, &question)?)?.into_any()),
        Texts::Several(_) => {
            let answers = asked.answers(py, &question)?;
            Ok(PyList::new(py, answers)?.into_any())
        }
    }
}
