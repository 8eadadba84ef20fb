//! Failures in full: what was wanted, where that stands, and the answer with what decided it.

use super::{Detail, IN_FULL, tables};
use crate::check::{Form, Place, Snapshot};
use crate::findings::Problem;
use crate::{Case, Check, Expectation, Failure, FileRun, Status};
use iameval::{ContextKey, Decision};
use iameval_report::words::quoted;
use iameval_report::{Answer, Depth, Lines, Style, answer_to_text};
use iameval_world::Finding;
use std::fmt::Write;

/// A line for each case that ran.
pub(super) fn all(run: &FileRun<'_>, style: Style, lines: &mut Lines) {
    for outcome in &run.outcomes {
        let Some(check) = run.file.checks().get(outcome.check) else { continue };
        let (word, painted, decision) = match &outcome.status {
            Status::Passed(decision) => ("pass", style.allow("pass"), Some(*decision)),
            Status::Failed(decision, _) => ("FAIL", style.deny("FAIL"), Some(*decision)),
            Status::FailedAsExpected(decision, _) => ("xfail", style.mark("xfail"), Some(*decision)),
            Status::Skipped => ("skip", style.faint("skip"), None),
        };
        let decision = decision.map_or("", |decision| Expectation::of(decision).as_str());
        let first = format!("  {word:<5} {decision:<8}  ");
        let painted = format!("  {painted}{} {decision:<8}  ", " ".repeat(5 - word.len()));
        lines.painted(&first, &painted, "                  ", &check.name);
    }
}

/// Every failure; tables once, after the failures of their cases.
pub(super) fn failures(run: &FileRun<'_>, detail: Detail, style: Style) -> Result<String, Vec<Finding>> {
    let mut out = String::new();
    let mut told = 0;
    let problems: Vec<Problem<'_>> = run.problems().collect();
    let mut absent_in = None;
    for (at, problem) in problems.iter().enumerate() {
        if let Some((case, snapshot)) = without_snapshot(problem) {
            // Every check of the case fails for that; it is told once.
            if absent_in.replace(problem.case()) != Some(problem.case()) {
                out.push('\n');
                out.push_str(&title(&problem.place(run), &case.name, style));
                let mut lines = Lines::new(style);
                lines.named("why", &format!("the snapshot `{}` is not there", snapshot.name), "");
                lines.named("help", problem.help(), "");
                out.push_str(&lines.into_text());
            }
            continue;
        }
        let in_full = detail == Detail::Everything || told < IN_FULL;
        if in_full {
            out.push('\n');
            out.push_str(&failure_to_text(run, problem, style)?);
            told += 1;
        } else {
            out.push_str(&title(&problem.place(run), problem.name(), style));
        }
        let next_is_of_same = problems.get(at + 1).is_some_and(|next| next.case() == problem.case());
        if let Some(case) = run.file.cases().get(problem.case()).filter(|_| !next_is_of_same)
            && let Form::Table(table) = &case.form
        {
            out.push_str(&tables::failed(run, problem.case(), table, style));
        }
    }
    if problems.len() > told && detail == Detail::Failures && told == IN_FULL {
        let _ = writeln!(out, "\n`-v` shows all {} failures in full", problems.len());
    }
    Ok(out)
}

/// One failure in full.
pub(crate) fn failure_to_text(run: &FileRun<'_>, problem: &Problem<'_>, style: Style) -> Result<String, Vec<Finding>> {
    let mut text = title(&problem.place(run), problem.name(), style);
    if let Problem::Check { check, decision, failure, .. } = problem {
        text.push_str(&in_words(run, check, *decision, failure, style)?);
    } else {
        let mut lines = Lines::new(style);
        lines.named("why", &problem.message(run), "");
        text.push_str(&lines.into_text());
    }
    if !problem.help().is_empty() {
        let mut lines = Lines::new(style);
        lines.named("help", problem.help(), "");
        text.push_str(&lines.into_text());
    }
    Ok(text)
}

/// `FAIL  policies.iamtest.yaml:10:48  what MFA unlocks [iam:ChangePassword self mfa=false]`
fn title(place: &str, name: &str, style: Style) -> String {
    let mut lines = Lines::new(style);
    lines.painted("FAIL  ", &format!("{}  ", style.deny("FAIL")), "      ", &format!("{place}  {name}"));
    lines.into_text()
}

/// The case and the snapshot that is not there, of a check that has no other reason to fail.
fn without_snapshot<'p>(problem: &'p Problem<'_>) -> Option<(&'p Case, &'p Snapshot)> {
    match problem {
        Problem::Check { case, failure: Failure::NotInSnapshot, .. } => match &case.form {
            Form::Snapshot(snapshot) if snapshot.read.is_none() => Some((case, snapshot)),
            _ => None,
        },
        _ => None,
    }
}

fn in_words(
    run: &FileRun<'_>,
    check: &Check,
    decision: Decision,
    failure: &Failure,
    style: Style,
) -> Result<String, Vec<Finding>> {
    let answer = run.file.answer(check)?;
    let mut lines = Lines::new(style);
    let row = place_in_table(run, check);
    lines.named("expected", &expected(check), &row);
    lines.named("got", &got(&answer, decision, failure), "");
    if *failure == Failure::NotInSnapshot {
        // Nothing was expected that the answer could explain.
        return Ok(lines.into_text());
    }
    Ok(format!("{}{}", lines.into_text(), indented(&answer_to_text(&answer, Depth::Explained, narrower(style)))))
}

/// `row iam:ChangePassword self, column mfa=false`
fn place_in_table(run: &FileRun<'_>, check: &Check) -> String {
    let form = run.file.case_of(check).map(|case| &case.form);
    let (table, row, column) = match (form, check.place) {
        (Some(Form::Table(text)), Place::Cell { row, column, .. }) => (&text.table, row, column),
        _ => return String::new(),
    };
    let header: Vec<&str> = table.header().iter().map(|cell| &*cell.text).collect();
    let lead = header.iter().take_while(|name| matches!(**name, "principal" | "action" | "resource")).count();
    let cells = table.rows().get(row).into_iter().flatten().take(lead).map(|cell| &*cell.text);
    format!("row {}, column {}", cells.collect::<Vec<_>>().join(" "), header.get(column).unwrap_or(&""))
}

/// What the test wants, in words.
pub(crate) fn expected(check: &Check) -> String {
    match &check.reason {
        Some(reason) => format!("{}, because of {reason}", check.wanted_in_words()),
        None => check.wanted_in_words().to_owned(),
    }
}

/// What it got, in words.
pub(crate) fn got(answer: &Answer, decision: Decision, failure: &Failure) -> String {
    let word = Expectation::of(decision).in_words();
    let by = answer.decided_by_in_words();
    match failure {
        Failure::Decision | Failure::Reason => format!("{word}, {by}"),
        Failure::NotInSnapshot => format!("{word}, which the snapshot does not have"),
        Failure::Undecided(keys) => {
            let names: Vec<&str> = keys.iter().map(ContextKey::as_str).collect();
            format!("{word}, which depends on {}, not given", quoted(&names, 5))
        }
    }
}

/// The style for text that stands two columns to the right.
fn narrower(style: Style) -> Style {
    Style { width: style.width.saturating_sub(2), ..style }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }).collect()
}
