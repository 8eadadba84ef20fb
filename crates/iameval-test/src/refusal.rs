//! Why a test cannot ask, in terms of test files and assertions.

use crate::load::rendered;
use iameval::Diagnostic;
use iameval_ask::Problem;
use iameval_ask::words::{listed, quoted};
use iameval_world::{Lacking, ResourceNeeded, Unbound};

/// How to name a resource that does not follow from the action.
pub(crate) fn name_it(needed: &ResourceNeeded) -> String {
    let mut help = format!(
        "say `resource`: an ARN such as {}, `self` for the caller, or `*` for no resource",
        quoted(&needed.forms, 3)
    );
    if needed.lacking.contains(&Lacking::Region) {
        help += "; or give `aws:RequestedRegion`, for the service itself asks with that ARN";
    }
    help
}

/// A problem of an assertion, in words.
pub(crate) fn in_words(problem: Problem) -> String {
    match problem.into_diagnostic(name_it) {
        Ok(diagnostic) => said(&diagnostic),
        Err(Problem::Policies(findings)) => rendered(&findings),
        Err(Problem::PrincipalNeeded(names)) => {
            let help = format!("the world knows {}", listed(&names, ", ", 12));
            with_help("the request does not say who asks, and the world has no default principal", &help)
        }
        Err(Problem::DoesNotBind { kind, principal }) => {
            match Unbound::find(kind, &principal, "`Policies::scope_down`") {
                Some(Unbound { message, help }) => with_help(&message, &help),
                None => format!("the policies do not bind `{principal}`"),
            }
        }
        Err(Problem::NothingToDecideBy { needed: Some(needed), .. }) => in_words(*needed),
        Err(_) => "there are no policies to decide by".into(),
    }
}

/// A diagnostic without a place, in words.
pub(crate) fn said(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => with_help(&diagnostic.message, help),
        None => diagnostic.message.clone(),
    }
}

fn with_help(message: &str, help: &str) -> String {
    format!("{message}\nhelp: {help}")
}
