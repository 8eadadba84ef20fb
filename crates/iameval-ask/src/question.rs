//! Questions as people write them.

use crate::posed::PosedRequest;
use crate::problem::{QuestionProblem, Remark};
use iameval::{AccountId, Context, Mfa};

/// A question as people write it, in the names of a world. Several actions, resources and states of multi-factor
/// authentication make several requests. What is not said follows from the world.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Who asks: a name in the world, an ARN, a service.
    pub principal: Option<String>,
    /// Actions, and patterns of actions.
    pub actions: Vec<String>,
    /// ARNs, names in the world, `self` or `*`. Without one, the resource follows from the action.
    pub resources: Vec<String>,
    /// The account that owns the resources, above what the world and the ARN say.
    pub resource_account: Option<AccountId>,
    /// The name of the VPC endpoint that the requests go through.
    pub endpoint: Option<String>,
    /// The context, above the defaults of the world.
    pub context: Context,
    /// The states of multi-factor authentication to ask with. Without one, the default of the world.
    pub mfa: Vec<Mfa>,
}

/// The part of a question that something is said about. A front end knows which flag, field or place it took it from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// Who asks.
    Principal,
    /// The action of this position in [`Question::actions`].
    Action(usize),
    /// The resource of this position in [`Question::resources`]; of the default resource it is 0.
    Resource(usize),
    /// The action of this position among those that a claim leaves out.
    ExceptAction(usize),
    /// The resource of this position among those that a claim leaves out.
    ExceptResource(usize),
    /// The endpoint.
    Endpoint,
    /// The columns of a matrix.
    Columns,
    /// The context.
    Context,
    /// The question as a whole.
    Question,
}

/// Something said about a part of a question.
#[derive(Debug, Clone)]
pub struct Tagged<T> {
    /// The part.
    pub about: About,
    /// The text of that part, as written or as the world has it by default; empty for the whole question.
    pub text: String,
    /// What is said.
    pub what: T,
}

impl<T> Tagged<T> {
    pub(crate) fn new(about: About, text: &str, what: T) -> Self {
        Self { about, text: text.to_owned(), what }
    }
}

/// What a question comes to.
#[derive(Debug)]
pub struct Posed {
    /// The requests in the order of actions, resources and states.
    pub requests: Vec<PosedRequest>,
    /// What is worth knowing about the question.
    pub remarks: Vec<Tagged<Remark>>,
}

/// Why a question cannot be asked.
#[derive(Debug)]
pub struct Refused {
    /// What is wrong; at least one problem.
    pub problems: Vec<Tagged<QuestionProblem>>,
    /// What was worth knowing about the question until then.
    pub remarks: Vec<Tagged<Remark>>,
}

/// An answer, with what is worth knowing about the question.
#[derive(Debug)]
pub struct Remarked<T> {
    /// The answer.
    pub answer: T,
    /// What is worth knowing about the question.
    pub remarks: Vec<Tagged<Remark>>,
}
