//! What is wrong with a question, and what is worth knowing about it.

use crate::dependence::depends_on_resource;
use iameval::{Action, Code, ContextKey, ContextValue, Diagnostic, PolicyKind, PolicySet, Principal};
use iameval_world::{Finding, ResourceNeeded};

/// What is wrong with a question. Where the help depends on how a front end is used, that is left to the front end.
#[derive(Debug)]
#[non_exhaustive]
pub enum Problem {
    /// Something with a message and a help of its own. It has no place.
    Invalid(Box<Diagnostic>),
    /// Nothing says who asks, and the world has several principals: these.
    PrincipalNeeded(Vec<String>),
    /// There are policies of a kind that does not bind the principal.
    DoesNotBind {
        /// The kind.
        kind: PolicyKind,
        /// The principal.
        principal: Box<Principal>,
    },
    /// `self` is the caller's ARN, and nothing says who asks. The diagnostic says so in general words.
    SelfUnnamed(Box<Diagnostic>),
    /// The answer depends on the resource, and none follows from the action.
    ResourceNeeded {
        /// By what it depends on the resource, in words.
        message: String,
        /// What is needed.
        needed: ResourceNeeded,
    },
    /// There are no policies to decide by.
    NothingToDecideBy {
        /// Whether resources of the world have policies, and the principal has none.
        of_resources_only: bool,
        /// The resource that is needed to find policies of resources, where the question names none.
        needed: Option<Box<Problem>>,
    },
    /// Policies are not valid for the way they are attached.
    Policies(Vec<Finding>),
}

impl Problem {
    /// The problem as a diagnostic without a place, with this help where a resource is needed.
    ///
    /// # Errors
    /// The problem, when it is about other things than a name.
    pub fn into_diagnostic(self, help: impl FnOnce(&ResourceNeeded) -> String) -> Result<Box<Diagnostic>, Self> {
        match self {
            Self::Invalid(diagnostic) | Self::SelfUnnamed(diagnostic) => Ok(diagnostic),
            Self::ResourceNeeded { message, needed } => {
                let diagnostic = Diagnostic::new(Code::ResourceNeeded, iameval::text::Span::default(), message);
                Ok(Box::new(diagnostic.with_help(help(&needed))))
            }
            other => Err(other),
        }
    }

    pub(crate) fn resource_needed(action: &Action, needed: ResourceNeeded, policies: &PolicySet) -> Self {
        Self::ResourceNeeded { message: depends_on_resource(action, &needed, policies), needed }
    }
}

impl From<Box<Diagnostic>> for Problem {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::Invalid(diagnostic)
    }
}

impl From<Vec<Finding>> for Problem {
    fn from(findings: Vec<Finding>) -> Self {
        Self::Policies(findings)
    }
}

/// Something worth knowing about a question that does not keep it from being asked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Remark {
    /// An action that AWS is not known to have. The diagnostic has no place.
    UnknownAction(Diagnostic),
    /// Actions that are never asked on the resource. The diagnostic has no place.
    NeverAsked(Diagnostic),
    /// A name stands for a resource with this ARN.
    ResourceIs(String),
    /// A context key that was derived; `None` where it is known to be absent.
    Derived(ContextKey, Option<ContextValue>),
}
