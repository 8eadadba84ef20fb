//! Native requests without policies, which a world answers: principal and resource are names there.

use crate::asker::Asker;
use crate::native::NativeReader;
use crate::posed::PosedRequest;
use crate::problem::QuestionProblem;
use crate::question::{About, Question};
use crate::words::listed;
use iameval::json::fields::{invalid, text};
use iameval::json::{Node, Value};
use iameval::native::{Line, RequestError, RequestErrorCode, SimulationRequest};
use iameval::text::Span;
use iameval::{Diagnostic, Problem};
use iameval_data::Catalogue;
use iameval_world::World;

/// Answers native requests that leave their policies to a world.
#[derive(Debug)]
pub struct WorldLines<'w> {
    asker: Asker<'w>,
}

/// A request of a line, and what its result needs.
#[derive(Debug)]
pub struct WorldLine {
    /// The request with its policies, evaluated as its options say.
    pub posed: PosedRequest,
    /// Comes back in the result.
    pub id: Option<String>,
}

/// The fields that say what a request is decided by.
const OF_POLICIES: [&str; 3] = ["define", "policies", "policy_set"];

impl<'w> WorldLines<'w> {
    /// Asks that world.
    pub fn new(world: &'w World, catalogue: &'w Catalogue) -> Self {
        Self { asker: Asker::new(world, catalogue) }
    }

    /// Whether a line leaves its policies to the world.
    pub fn takes(tree: &Node<'_>) -> bool {
        tree.get("request").is_some() && OF_POLICIES.iter().all(|name| tree.get(name).is_none())
    }

    /// The request of a line; `text` is what the spans of the tree refer to.
    ///
    /// # Errors
    /// What is wrong with it, and why the world cannot be asked.
    pub fn read(
        &self,
        tree: &Node<'_>,
        source: &str,
        reader: &mut NativeReader<'_>,
    ) -> Result<WorldLine, Box<RequestError>> {
        let mut rest = tree.clone();
        let names = ["principal", "resource"].map(|name| taken(&mut rest, name));
        let Line::Simulation(simulation) = reader.read_tree(&rest, source)? else {
            return Err(RequestError::new(RequestErrorCode::InvalidRequest, "a definition in the wrong place").into());
        };
        let id = simulation.id.clone();
        self.posed(&simulation, &names).map(|posed| WorldLine { posed, id: id.clone() }).map_err(|mut error| {
            error.path = error.span.map(|span| tree.path_to(span)).filter(|path| !path.is_empty());
            error.id = id;
            error
        })
    }

    fn posed(
        &self,
        simulation: &SimulationRequest,
        [principal, resource]: &[Option<Node<'_>>; 2],
    ) -> Result<PosedRequest, Box<RequestError>> {
        let name = |node: &Option<Node<'_>>, what: &str| -> Result<Option<String>, Diagnostic> {
            let text = node.as_ref().map(|node| text(node, what).map(str::to_owned));
            text.transpose().map_err(|error| error.with_help("with a world, this is a name in the world or an ARN"))
        };
        let question = Question {
            principal: name(principal, "the principal")?,
            actions: vec![simulation.request.action().to_string()],
            resources: name(resource, "the resource")?.into_iter().collect(),
            resource_account: simulation.request.resource_account(),
            context: simulation.request.context().clone(),
            ..Question::default()
        };
        let posed = self.asker.pose(&question).map_err(|refused| {
            let first = refused.problems.into_iter().next();
            let (about, problem) = first.map_or((About::Question, None), |first| (first.about, Some(first.what)));
            let node = match about {
                About::Principal => principal.as_ref(),
                About::Resource(_) => resource.as_ref(),
                _ => None,
            };
            in_words(problem, node.map(|node| node.span))
        })?;
        let mut requests = posed.requests.into_iter();
        let posed = requests.next().ok_or_else(|| in_words(None, None))?;
        Ok(PosedRequest { policies: simulation.options.apply(posed.policies), ..posed })
    }
}

/// The field of a request, which the request does not have any more.
fn taken<'a>(tree: &mut Node<'a>, name: &str) -> Option<Node<'a>> {
    let Value::Object(members) = &mut tree.value else { return None };
    let request = members.iter_mut().find(|member| member.key == "request")?;
    let Value::Object(members) = &mut request.value.value else { return None };
    let place = members.iter().position(|member| member.key == name)?;
    Some(members.remove(place).value)
}

/// Why a world cannot be asked, as the error of a line.
fn in_words(problem: Option<QuestionProblem>, span: Option<Span>) -> Box<RequestError> {
    let found =
        problem.map(|problem| problem.into_problem(|needed| format!("name it: {}", listed(&needed.forms, ", ", 3))));
    let problem = match found {
        Some(Ok(problem)) => problem,
        Some(Err(QuestionProblem::Policies(findings))) => {
            let message = findings.first().map(ToString::to_string).unwrap_or_default();
            return RequestError::new(RequestErrorCode::MalformedPolicy, message).into();
        }
        Some(Err(QuestionProblem::PrincipalNeeded(names))) => {
            let help = format!("the world has {}", listed(&names, ", ", 12));
            invalid(Span::START, "the request has no `principal`, and the world has no default principal")
                .with_help(help)
                .into_problem()
        }
        _ => invalid(Span::START, "the world has no policies to evaluate").into_problem(),
    };
    of_problem(&problem, span)
}

fn of_problem(problem: &Problem, span: Option<Span>) -> Box<RequestError> {
    let help = problem.help().map(Into::into);
    Box::new(RequestError { span, help, ..RequestError::new(RequestErrorCode::InvalidRequest, problem.message()) })
}
