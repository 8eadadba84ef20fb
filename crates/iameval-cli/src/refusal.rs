//! What is wrong with a question, and what is worth knowing about it, in terms of flags.

use crate::args::PrincipalPolicies;
use crate::codes;
use crate::exit::{Failure, about_argument};
use crate::output::Output;
use iameval::{PolicyKind, Principal, Problem};
use iameval_ask::words::{listed, quoted};
use iameval_ask::{About, Question, QuestionProblem, Remark, Tagged};
use iameval_world::{Config, Finding, Lacking, ResourceNeeded, Unbound};
use std::collections::BTreeSet;
use std::fmt::Write;

/// How many of something to name.
const FEW: usize = 3;

/// What a refusal is told by.
pub(crate) struct Setting<'s> {
    /// The flag or argument that says who asks.
    pub(crate) principal: &'static str,
    /// The policies that flags give to the principal.
    pub(crate) own: Option<&'s PrincipalPolicies>,
    pub(crate) config: &'s Config,
    pub(crate) has_world: bool,
    /// Whether flags leave out layers.
    pub(crate) leaves_out: bool,
}

/// The flag or argument that a part of a question comes from.
fn flag(about: About) -> &'static str {
    match about {
        About::Principal => "--as",
        About::Action(_) => "ACTION",
        About::Resource(_) => "--resource",
        About::ExceptAction(_) => "--except",
        About::ExceptResource(_) => "--except-resource",
        About::Endpoint => "--via",
        About::Context => "--context",
        About::Columns => "--columns",
        About::Question => "command line",
    }
}

/// Why a question cannot be asked.
pub(crate) fn failure(problems: Vec<Tagged<QuestionProblem>>, setting: &Setting<'_>) -> Failure {
    Failure(problems.into_iter().flat_map(|problem| findings(problem, setting).0).collect())
}

/// Why a question cannot be asked that was read from an input: what flags do not give came from there.
pub(crate) fn failure_of_input(
    problems: Vec<Tagged<QuestionProblem>>,
    setting: &Setting<'_>,
    place: &str,
    given: &Question,
) -> Failure {
    let found = problems.into_iter().flat_map(|problem| {
        let is_read = match problem.about {
            About::Principal => given.principal.is_none(),
            About::Action(_) => given.actions.is_empty(),
            About::Resource(_) => given.resources.is_empty(),
            _ => false,
        };
        match problem.what {
            QuestionProblem::Invalid(what) if is_read && setting.has_world => {
                let help = what.help().map(ToOwned::to_owned);
                let flag = match problem.about {
                    About::Principal => "`--as` says who asks",
                    About::Action(_) => "`--action` says which action it was",
                    _ => "`-r` says on what it was",
                };
                let help = match help {
                    None => flag.to_owned(),
                    Some(help) if help.ends_with('?') => help,
                    Some(help) => format!("{help}; {flag}"),
                };
                vec![Finding::about_file(place, what.with_help(help))]
            }
            QuestionProblem::ResourceNeeded { message, needed } if is_read => {
                let problem = Problem::new(iameval_ask::codes::RESOURCE_NEEDED, message);
                vec![Finding::about_file(place, problem.with_help(name_it(&needed)))]
            }
            what => findings(Tagged { what, ..problem }, setting).0,
        }
    });
    Failure(found.collect())
}

fn findings(Tagged { about, text, what }: Tagged<QuestionProblem>, setting: &Setting<'_>) -> Failure {
    let flag = if about == About::Principal { setting.principal } else { flag(about) };
    let about_it = |problem| Failure(vec![about_argument(flag, &text, problem)]);
    match what {
        QuestionProblem::Invalid(problem) if about == About::Principal && !setting.has_world => {
            about_it(without_world(&text, problem, setting.config))
        }
        QuestionProblem::Invalid(problem) if about == About::Question => {
            Failure(vec![Finding::about_file("command line", problem)])
        }
        QuestionProblem::Invalid(problem) => about_it(problem),
        QuestionProblem::Policies(findings) => Failure(findings),
        QuestionProblem::PrincipalNeeded(names) => {
            let help = format!("name the caller with `{}`: {}", setting.principal, listed(&names, ", ", 12));
            Failure::usage(
                iameval_world::codes::UNKNOWN_NAME,
                "the world has several principals and no default principal",
                help,
            )
        }
        QuestionProblem::DoesNotBind { kind, principal } => does_not_bind(kind, &principal, setting),
        QuestionProblem::SelfUnnamed(problem) => {
            let help = format!("name the caller with `{}`: a name in the world, or an ARN", setting.principal);
            let message = "`self` is the caller's ARN, but this caller has none";
            about_it(problem.with_message(message).with_help(help))
        }
        QuestionProblem::ResourceNeeded { message, needed } => {
            let problem = Problem::new(iameval_ask::codes::RESOURCE_NEEDED, message);
            about_it(problem.with_help(name_it(&needed)))
        }
        QuestionProblem::NothingToDecideBy { of_resources_only, .. } => {
            nothing_to_decide_by(of_resources_only, setting)
        }
        _ => Failure::usage(codes::USAGE, "the request cannot be evaluated", "see `iameval simulate --help`"),
    }
}

/// What to say of a name where there is no world to know it.
fn without_world(name: &str, problem: Problem, config: &Config) -> Problem {
    if problem.code() != iameval_world::codes::UNKNOWN_NAME {
        return problem;
    }
    let message =
        format!("`{name}` is not a principal: without a world, expected an ARN, an AWS service or `anonymous`");
    let help = if config.worlds.is_empty() {
        "an ARN looks like `arn:aws:iam::123456789012:user/john`"
    } else {
        "`--policy` replaces the configured world; name the world with `-w` to use both"
    };
    problem.with_message(message).with_help(help)
}

/// How to name a resource that does not follow from the action.
fn name_it(needed: &ResourceNeeded) -> String {
    let forms = quoted(&needed.forms, FEW);
    let mut help = format!("name it with `-r`: an ARN such as {forms}, `self` for the caller, or `*` for no resource");
    let lacking = needed.lacking.iter().map(|lacking| match lacking {
        Lacking::Account => "--as",
        Lacking::Region => "--region",
    });
    let flags: Vec<&str> = lacking.collect();
    if !flags.is_empty() {
        let _ = write!(help, "; or give {} as well, because the service itself uses that ARN", quoted(&flags, FEW));
    }
    help
}

/// Policies that do not bind the caller: the question means another one.
fn does_not_bind(kind: PolicyKind, caller: &Principal, setting: &Setting<'_>) -> Failure {
    let (flag, paths) = match kind {
        PolicyKind::Session => ("--session-policy", setting.own.map(|own| &own.session_policy)),
        _ => ("--scope-down", setting.own.map(|own| &own.scope_down)),
    };
    let path = paths.and_then(|paths| paths.first()).map(|path| path.display().to_string()).unwrap_or_default();
    let (message, help) = match Unbound::find(kind, caller, "`--scope-down`") {
        Some(Unbound { message, help }) => (message, Some(help)),
        None => (format!("the policies do not apply to `{caller}`"), None),
    };
    Failure::argument(flag, &path, codes::CONFLICTING_FLAGS, message, help)
}

fn nothing_to_decide_by(of_resources_only: bool, setting: &Setting<'_>) -> Failure {
    let (message, help) = if of_resources_only {
        ("there are no policies left to evaluate", "name a resource of the world that has a policy with `-r`")
    } else if setting.has_world || setting.leaves_out {
        let help = "attach some in the world file, or give some with `--policy FILE`";
        ("there are no policies left to evaluate", help)
    } else {
        let help = "give a world with `-w FILE` (or in an `iameval.toml`), policies with `--policy FILE`, or try `--example force-mfa`";
        ("there are no policies to evaluate", help)
    };
    Failure::usage(iameval_ask::codes::NOTHING_TO_DECIDE_BY, message, help)
}

/// Warns of what is odd about a question; what was found out for it is a detail. The same thing once.
pub(crate) fn tell(remarks: &[Tagged<Remark>], output: &mut Output) {
    let mut told = BTreeSet::new();
    for Tagged { about, text, what } in remarks {
        if let Some(problem) = what.problem() {
            output.warn(&about_argument(flag(*about), text, problem.clone()));
            continue;
        }
        let line = match what {
            Remark::ResourceIs(resource) => format!("resource: {text} is {resource}"),
            Remark::Derived(key, value) => {
                let texts = value.as_ref().map(|value| value.texts().collect::<Vec<_>>().join(", "));
                format!("context: {key} = {}", texts.as_deref().unwrap_or("absent"))
            }
            _ => continue,
        };
        if !told.contains(&line) {
            output.detail(&line);
            told.insert(line);
        }
    }
}
