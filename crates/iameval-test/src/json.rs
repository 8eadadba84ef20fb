//! What came of runs as JSON.

use crate::check::{Check, Handling};
use crate::expectation::Expectation;
use crate::findings::RunProblem;
use crate::run::{Failure, FileRun, Status};
use crate::wording::compared;
use iameval::json::{Node, Value};
use iameval::text::Span;
use iameval_report::{Places, number};
use iameval_world::{Finding, Source};

/// Runs as one JSON document, `iameval/test/1`; print it with `{:#}`.
///
/// # Errors
/// A policy that is not valid for the way it is attached.
pub fn runs_to_json(runs: &[FileRun<'_>]) -> Result<Node<'static>, Vec<Finding>> {
    let sum = |counts: &dyn Fn(&FileRun<'_>) -> usize| number(runs.iter().map(counts).sum::<usize>());
    let files: Vec<Node<'static>> = runs.iter().map(file).collect::<Result<_, _>>()?;
    Ok(Node::object([
        ("schema", Node::string("iameval/test/1")),
        ("passed", sum(&|run| run.passed())),
        ("failed", sum(&|run| run.failed())),
        ("skipped", sum(&|run| run.skipped())),
        ("files", Node::array(files)),
    ]))
}

fn file<'r>(run: &'r FileRun<'r>) -> Result<Node<'static>, Vec<Finding>> {
    let mut places = Places::default();
    let mut cases = Vec::with_capacity(run.outcomes.len());
    for outcome in &run.outcomes {
        if let Some(check) = run.file.checks().get(outcome.check) {
            cases.push(case(run, check, &outcome.status, &mut places)?);
        }
    }
    let others = run.problems().filter(|problem| !matches!(problem, RunProblem::Check { .. }));
    let others = others.map(|problem| {
        let (source, span) = problem.span(run.file);
        let mut members = vec![
            ("code", Node::string(problem.code().id())),
            ("case", Node::string(problem.name().to_owned())),
            ("message", Node::string(problem.message(run))),
        ];
        members.extend(place(source, span, &mut places));
        Node::object(members)
    });
    let others: Vec<Node<'static>> = others.collect();
    Ok(Node::object([
        ("file", Node::string(run.file.name().to_owned())),
        ("passed", number(run.passed())),
        ("failed", number(run.failed())),
        ("skipped", number(run.skipped())),
        ("cases", Node::array(cases)),
        ("problems", Node::array(others)),
    ]))
}

fn case<'r>(
    run: &'r FileRun<'r>,
    check: &Check,
    status: &Status,
    places: &mut Places<'r>,
) -> Result<Node<'static>, Vec<Finding>> {
    let Some(case) = run.file.case_of(check) else { return Ok(Node::new(Value::Null)) };
    let (word, decision) = match status {
        Status::Passed(decision) => ("passed", Some(decision)),
        Status::Failed(decision, _) => ("failed", Some(decision)),
        Status::FailedAsExpected(decision, _) => ("xfailed", Some(decision)),
        Status::Skipped => ("skipped", None),
    };
    let text = |text: &str| Node::string(text.to_owned());
    let mut members = vec![("name", text(&check.name)), ("case", text(&case.name)), ("status", text(word))];
    let everybody = case.wanted_principals();
    let claim = case.claim();
    if everybody.is_none() {
        members.push(("principal", text(run.file.principal_of(check))));
    }
    if claim.is_none() {
        members.push(("action", text(check.action.as_str())));
    }
    if !check.resource.is_empty() {
        members.push(("resource", text(&check.resource)));
    }
    members.extend(check.mfa.map(|mfa| ("mfa", Node::string(mfa.to_string()))));
    let wanted_field = if claim.is_some() { "prove" } else { "expected" };
    members.extend(check.wanted.map(|wanted| (wanted_field, text(wanted.as_str()))));
    members.extend(check.reason.as_ref().map(|reason| ("because", Node::string(reason.to_string()))));
    if let Some(wanted) = everybody {
        members.push(("who_can", Node::array(wanted.written.iter().map(|name| text(name)))));
    } else if claim.is_some() {
        members.extend(verdict(status).map(|verdict| ("verdict", text(verdict))));
    } else {
        members.extend(decision.map(|decision| ("decision", text(Expectation::of(*decision).as_str()))));
    }
    if let Status::Failed(_, Failure::Principals { too_many, missing })
    | Status::FailedAsExpected(_, Failure::Principals { too_many, missing }) = status
    {
        members.push(("too_many", Node::array(too_many.iter().map(|(name, _)| text(name)))));
        members.push(("missing", Node::array(missing.iter().map(|name| text(name)))));
    }
    if let Status::Failed(decision, failure) | Status::FailedAsExpected(decision, failure) = status {
        let (expected, got) = compared(run.file, check, *decision, failure)?;
        let message = format!("expected {expected}; got {got}");
        members.push(("message", Node::string(message)));
    }
    if let Handling::MustFail(reason) | Handling::Skip(reason) = &case.handling {
        members.push(("reason", text(reason)));
    }
    let (source, span) = check.span(case, run.file);
    members.extend(place(source, span, places));
    Ok(Node::object(members))
}

/// What came of a claim; of one that holds for another reason than the one that is wanted, that it holds.
fn verdict(status: &Status) -> Option<&'static str> {
    match status {
        Status::Passed(_) => Some("holds"),
        Status::Failed(_, failure) | Status::FailedAsExpected(_, failure) => Some(match failure {
            Failure::Refuted => "refuted",
            Failure::Unproved => "unknown",
            _ => "holds",
        }),
        Status::Skipped => None,
    }
}

fn place<'r>(source: &'r Source, span: Span, places: &mut Places<'r>) -> [(&'static str, Node<'static>); 3] {
    let start = places.place(source, span).map(|place| place.start).unwrap_or_default();
    [("file", Node::string(source.name.clone())), ("line", number(start.line)), ("column", number(start.column))]
}
