//! What is wrong with a question, and what is worth knowing about it.

use crate::codes;
use crate::dependence::depends_on_resource;
use iameval::{Action, ContextKey, ContextValue, PolicyKind, PolicySet, Principal, Problem};
use iameval_world::{Finding, ResourceNeeded};

/// What is wrong with a question. Where the help depends on how a front end is used, that is left to the front end.
#[derive(Debug)]
#[non_exhaustive]
pub enum QuestionProblem {
    /// Something with a message and a help of its own.
    Invalid(Problem),
    /// Nothing says who asks, and the world has several principals: these.
    PrincipalNeeded(Vec<String>),
    /// There are policies of a kind that does not bind the principal.
    DoesNotBind {
        /// The kind.
        kind: PolicyKind,
        /// The principal.
        principal: Box<Principal>,
    },
    /// `self` is the caller's ARN, and the caller is not specified. The problem says so in general words.
    SelfUnnamed(Problem),
    /// The answer depends on the resource, and none follows from the action.
    ResourceNeeded {
        /// By what it depends on the resource, in words.
        message: String,
        /// What is needed.
        needed: ResourceNeeded,
    },
    /// There are no policies to evaluate.
    NothingToDecideBy {
        /// Whether resources of the world have policies, and the principal has none.
        of_resources_only: bool,
        /// The resource that is needed to find policies of resources, where the question names none.
        needed: Option<Box<QuestionProblem>>,
    },
    /// Policies are not valid for the way they are attached.
    Policies(Vec<Finding>),
}

impl QuestionProblem {
    /// The same in general words, with this help where a resource is needed.
    ///
    /// # Errors
    /// Itself, when it is about other things than a name.
    pub fn into_problem(self, help: impl FnOnce(&ResourceNeeded) -> String) -> Result<Problem, Self> {
        match self {
            Self::Invalid(problem) | Self::SelfUnnamed(problem) => Ok(problem),
            Self::ResourceNeeded { message, needed } => {
                Ok(Problem::new(codes::RESOURCE_NEEDED, message).with_help(help(&needed)))
            }
            other => Err(other),
        }
    }

    pub(crate) fn resource_needed(action: &Action, needed: ResourceNeeded, policies: &PolicySet) -> Self {
        Self::ResourceNeeded { message: depends_on_resource(action, &needed, policies), needed }
    }
}

impl From<Problem> for QuestionProblem {
    fn from(problem: Problem) -> Self {
        Self::Invalid(problem)
    }
}

impl From<Vec<Finding>> for QuestionProblem {
    fn from(findings: Vec<Finding>) -> Self {
        Self::Policies(findings)
    }
}

/// Something worth knowing about a question that does not keep it from being asked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Remark {
    /// An action that AWS is not known to have.
    UnknownAction(Problem),
    /// A context key that AWS is not known to have and no policy reads.
    UnknownKey(Problem),
    /// A value that is not of the type that its context key has.
    OddValue(Problem),
    /// Actions that are never evaluated on the resource.
    NeverAsked(Problem),
    /// A name stands for a resource with this ARN.
    ResourceIs(String),
    /// A context key that was derived; `None` where it is known to be absent.
    Derived(ContextKey, Option<ContextValue>),
}

impl Remark {
    /// What is odd about the question; `None` for what was found out for it.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::UnknownAction(problem)
            | Self::UnknownKey(problem)
            | Self::OddValue(problem)
            | Self::NeverAsked(problem) => Some(problem),
            Self::ResourceIs(_) | Self::Derived(..) => None,
        }
    }
}
