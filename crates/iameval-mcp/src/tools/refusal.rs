//! Why a question cannot be asked, in terms of arguments.

use crate::answer::{Refused, about};
use iameval::Problem;
use iameval::codes::INVALID_FIELD;
use iameval_ask::words::{listed, quoted};
use iameval_ask::{About, QuestionProblem, Remark, Tagged};
use iameval_report::render_finding;
use iameval_world::{Finding, ResourceNeeded, Source, Unbound};

/// The argument that a part of a question comes from.
fn argument(part: About) -> &'static str {
    match part {
        About::Principal => "principal",
        About::Action(_) => "actions",
        About::Resource(_) => "resources",
        About::ExceptAction(_) => "except_actions",
        About::ExceptResource(_) => "except_resources",
        About::Endpoint => "endpoint",
        About::Context => "context",
        About::Columns | About::Question => "arguments",
    }
}

/// What is wrong with a question.
pub(super) fn refused(problems: Vec<Tagged<QuestionProblem>>) -> Refused {
    problems.into_iter().flat_map(findings).collect()
}

fn findings(Tagged { about: part, text, what }: Tagged<QuestionProblem>) -> Refused {
    let found = |problem| vec![Finding::about_all(&Source::new(argument(part), &*text), problem)];
    let name_it = |needed: &ResourceNeeded| {
        format!("name it in `resources`: an ARN such as {}, `self` for the caller, or `*`", quoted(&needed.forms, 3))
    };
    match what.into_problem(name_it) {
        Ok(problem) => found(problem),
        Err(QuestionProblem::Policies(findings)) => findings,
        Err(QuestionProblem::PrincipalNeeded(names)) => {
            let message = "the world has several principals and no default principal";
            let help = format!("name the caller in `principal`: {}", listed(&names, ", ", 12));
            about("principal", Problem::new(iameval_world::codes::UNKNOWN_NAME, message).with_help(help))
        }
        Err(QuestionProblem::DoesNotBind { kind, principal }) => {
            let (message, help) = match Unbound::find(kind, &principal, "another kind") {
                Some(Unbound { message, help }) => (message, Some(help)),
                None => (format!("the policies do not apply to `{principal}`"), None),
            };
            found(Problem::new(INVALID_FIELD, message).with_any_help(help))
        }
        Err(QuestionProblem::NothingToDecideBy { .. }) => {
            let message = "there are no policies to evaluate";
            let help = "give `policies`, or name a principal or resource of the world that has some";
            found(Problem::new(iameval_ask::codes::NOTHING_TO_DECIDE_BY, message).with_help(help))
        }
        Err(_) => found(Problem::new(INVALID_FIELD, "the question cannot be asked")),
    }
}

/// What is odd about a question, as lines to stand before its answer.
pub(super) fn remarks(remarks: &[Tagged<Remark>]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for Tagged { about: part, text, what } in remarks {
        let (Remark::UnknownAction(problem) | Remark::UnknownKey(problem) | Remark::NeverAsked(problem)) = what else {
            continue;
        };
        let finding = Finding::about_all(&Source::new(argument(*part), &**text), problem.clone());
        let line = format!("{}\n\n", render_finding(&finding, crate::answer::STYLE));
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}
