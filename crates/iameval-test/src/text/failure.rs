//! Failures in full: what was wanted, where that stands, and the answer with what decided it.

use super::{Detail, IN_FULL, claim, tables};
use crate::check::{AnswerPlace, Case, Check, WantedForm};
use crate::expectation::Expectation;
use crate::findings::RunProblem;
use crate::run::{Failure, FileRun, Status};
use crate::wording::compared;
use iameval::Decision;
use iameval_ask::words::listed;
use iameval_report::{Depth, Lines, Places, Style, answer_to_text, count, unbroken};
use iameval_world::Finding;
use std::collections::HashMap;
use std::fmt::Write;

/// How many checks that failed alike are named.
const MANY: usize = 20;

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
        let is_decision = run.file.case_of(check).is_none_or(Case::is_of_requests);
        let decision = decision.filter(|_| is_decision).map_or("", |decision| Expectation::of(decision).as_str());
        let first = format!("  {word:<5} {decision:<8}  ");
        let painted = format!("  {painted}{} {decision:<8}  ", " ".repeat(5 - word.len()));
        lines.painted(&first, &painted, "                  ", &check.name);
    }
}

/// Every failure; tables once, after the failures of their cases.
pub(super) fn failures(run: &FileRun<'_>, detail: Detail, style: Style) -> Result<String, Vec<Finding>> {
    let mut out = String::new();
    let mut teller = Teller::new(run, style);
    let problems: Vec<RunProblem<'_>> = run.problems().collect();
    let (mut told, mut is_short) = (0, false);
    for case in problems.chunk_by(|one, other| one.case() == other.case()) {
        for alike in alike(run, case, detail)? {
            let Some((problem, others)) = alike.split_first() else { continue };
            if detail == Detail::Failures && told >= IN_FULL {
                for problem in alike {
                    out.push_str(&teller.title(problem, problem.name()));
                }
                is_short = true;
                continue;
            }
            out.push('\n');
            if problem.is_not_in_snapshot() {
                out.push_str(&teller.not_in_snapshot(&alike));
            } else {
                out.push_str(&teller.in_full(problem)?);
                out.push_str(&teller.others(others));
                is_short |= !others.is_empty();
            }
            told += 1;
        }
        out.push_str(&tables::failed(run, case.first().map_or(0, RunProblem::case), style));
    }
    if is_short {
        let _ = writeln!(out, "\n`-v` shows all {} failures in full", problems.len());
    }
    Ok(out)
}

/// The problems of a case in groups that are told together: checks that a snapshot has no answer for and, unless everything
/// is wanted, checks that want the same and got the same.
fn alike<'p, 'r>(
    run: &FileRun<'_>,
    case: &'p [RunProblem<'r>],
    detail: Detail,
) -> Result<Vec<Vec<&'p RunProblem<'r>>>, Vec<Finding>> {
    let mut groups: Vec<Vec<&RunProblem<'r>>> = Vec::new();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    for problem in case {
        let said = match problem {
            RunProblem::Check { failure: Failure::NotInSnapshot, .. } => Some(Default::default()),
            RunProblem::Check { check, decision, failure, .. } if detail == Detail::Failures => {
                Some(compared(run.file, check, *decision, failure)?)
            }
            _ => None,
        };
        let group = said.map_or(groups.len(), |said| *known.entry(said).or_insert(groups.len()));
        match groups.get_mut(group) {
            Some(group) => group.push(problem),
            None => groups.push(vec![problem]),
        }
    }
    Ok(groups)
}

/// Tells failures of a run.
pub(crate) struct Teller<'r> {
    run: &'r FileRun<'r>,
    style: Style,
    places: Places<'r>,
}

impl<'r> Teller<'r> {
    pub(crate) fn new(run: &'r FileRun<'r>, style: Style) -> Self {
        Self { run, style, places: Places::default() }
    }

    /// One failure in full.
    pub(crate) fn in_full(&mut self, problem: &RunProblem<'r>) -> Result<String, Vec<Finding>> {
        let mut text = self.title(problem, problem.name());
        if let RunProblem::Check { check, decision, failure, .. } = problem {
            text.push_str(&in_words(self.run, check, *decision, failure, self.style)?);
        } else {
            text.push_str(&self.named("why", &problem.message(self.run)));
        }
        text.push_str(&self.named("help", problem.help()));
        Ok(text)
    }

    /// The checks that failed like the one before them, by what tells them from it.
    fn others(&self, others: &[&RunProblem<'r>]) -> String {
        let names: Vec<String> = others.iter().map(|problem| unbroken(problem.coordinates())).collect();
        let text = format!("{}: {}", count(names.len(), "other"), listed(&names, ", ", MANY));
        self.named("alike", if names.is_empty() { "" } else { &text })
    }

    /// Checks of one case that a snapshot has no answer for, with the answers that it would get.
    fn not_in_snapshot(&mut self, alike: &[&RunProblem<'r>]) -> String {
        let Some(RunProblem::Check { case, .. }) = alike.first() else { return String::new() };
        let WantedForm::Snapshot(snapshot) = &case.form else { return String::new() };
        let mut text = alike.first().map(|problem| self.title(problem, &case.name)).unwrap_or_default();
        let name = &snapshot.name;
        let lacking = count(alike.len(), "case");
        text.push_str(&self.named("why", &format!("the snapshot `{name}` has no answer for {lacking}")));
        for problem in alike.iter().take(MANY) {
            if let RunProblem::Check { check, decision, .. } = problem {
                text.push_str(&self.named("got", &format!("{:<8}  {}", Expectation::of(*decision), check.name)));
            }
        }
        if let Some(more) = alike.len().checked_sub(MANY).filter(|more| *more > 0) {
            text.push_str(&self.named("", &format!("and {more} more")));
        }
        text.push_str(&self.named("help", alike.first().map_or("", |problem| problem.help())));
        text
    }

    /// `FAIL  policies.iamtest.yaml:10:48  what MFA unlocks [iam:ChangePassword self mfa=false]`
    fn title(&mut self, problem: &RunProblem<'r>, name: &str) -> String {
        let (source, span) = problem.span(self.run.file);
        let start = self.places.place(source, span).map(|place| place.start).unwrap_or_default();
        let mut lines = Lines::new(self.style);
        let text = format!("{}:{}:{}  {name}", source.name, start.line, start.column);
        lines.painted("FAIL  ", &format!("{}  ", self.style.deny("FAIL")), "      ", &text);
        lines.into_text()
    }

    /// A line with a name; nothing where there is nothing to say.
    fn named(&self, name: &str, text: &str) -> String {
        let mut lines = Lines::new(self.style);
        if !text.is_empty() {
            lines.named(name, text, "");
        }
        lines.into_text()
    }
}

fn in_words(
    run: &FileRun<'_>,
    check: &Check,
    decision: Decision,
    failure: &Failure,
    style: Style,
) -> Result<String, Vec<Finding>> {
    let (expected, got) = compared(run.file, check, decision, failure)?;
    let mut lines = Lines::new(style);
    let row = place_in_table(run, check);
    lines.named("expected", &expected, &row);
    lines.named("got", &got, "");
    if let Failure::Principals { .. } = failure {
        return Ok(lines.into_text());
    }
    if run.file.case_of(check).is_some_and(|case| case.claim().is_some()) {
        return Ok(format!("{}{}", lines.into_text(), claim::in_full(run.file, check, narrower(style))?));
    }
    let answer = run.file.answer(check)?;
    Ok(format!("{}{}", lines.into_text(), indented(&answer_to_text(&answer, Depth::Explained, narrower(style)))))
}

/// `row iam:ChangePassword self, column mfa=false`
fn place_in_table(run: &FileRun<'_>, check: &Check) -> String {
    let form = run.file.case_of(check).map(|case| &case.form);
    let (table, row, column) = match (form, check.place) {
        (Some(WantedForm::Table(text)), AnswerPlace::Cell { row, column, .. }) => (&text.table, row, column),
        _ => return String::new(),
    };
    let header: Vec<&str> = table.header().iter().map(|cell| &*cell.text).collect();
    let lead = header.iter().take_while(|name| matches!(**name, "principal" | "action" | "resource")).count();
    let cells = table.rows().get(row).into_iter().flatten().take(lead).map(|cell| &*cell.text);
    format!("row {}, column {}", cells.collect::<Vec<_>>().join(" "), header.get(column).unwrap_or(&""))
}

/// The style for text that stands two columns to the right.
fn narrower(style: Style) -> Style {
    Style { width: style.width.saturating_sub(2), ..style }
}

pub(super) fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }).collect()
}
