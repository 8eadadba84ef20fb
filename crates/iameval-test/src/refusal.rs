//! Why a test cannot ask, in terms of test files and assertions.

use crate::load::rendered;
use iameval::Problem;
use iameval_ask::QuestionProblem;
use iameval_ask::words::{listed, quoted};
use iameval_world::{Lacking, ResourceNeeded, Unbound};

/// How to name a resource that does not follow from the action.
pub(crate) fn name_it(needed: &ResourceNeeded) -> String {
    let mut help = format!(
        "give a `resource`: an ARN such as {}, `self` for the caller, or `*` for no resource",
        quoted(&needed.forms, 3)
    );
    if needed.lacking.contains(&Lacking::Region) {
        help += "; or give `aws:RequestedRegion`, because the service itself uses that ARN";
    }
    help
}

/// A problem of an assertion, in words.
pub(crate) fn in_words(problem: QuestionProblem) -> String {
    match problem.into_problem(name_it) {
        Ok(problem) => said(&problem),
        Err(QuestionProblem::Policies(findings)) => rendered(&findings),
        Err(QuestionProblem::PrincipalNeeded(names)) => {
            let help = format!("the world has {}", listed(&names, ", ", 12));
            with_help("the request has no principal, and the world has no default principal", &help)
        }
        Err(QuestionProblem::DoesNotBind { kind, principal }) => {
            match Unbound::find(kind, &principal, "`Policies::scope_down`") {
                Some(Unbound { message, help }) => with_help(&message, &help),
                None => format!("the policies do not apply to `{principal}`"),
            }
        }
        Err(QuestionProblem::NothingToDecideBy { needed: Some(needed), .. }) => in_words(*needed),
        Err(_) => "there are no policies to evaluate".into(),
    }
}

/// The message and the help of a problem.
pub(crate) fn said(problem: &Problem) -> String {
    match problem.help() {
        Some(help) => with_help(problem.message(), help),
        None => problem.message().to_owned(),
    }
}

fn with_help(message: &str, help: &str) -> String {
    format!("{message}\nhelp: {help}")
}
