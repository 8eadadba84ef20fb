//! What came of a file, for people.

mod claim;
mod failure;
mod tables;

use crate::check::Handling;
use crate::run::FileRun;
use iameval::ContextKey;
use iameval_ask::is_mfa_key;
use iameval_ask::words::{listed, quoted};
use iameval_report::{Lines, Names, Style, Writing};
use iameval_world::Finding;
use std::fmt::Write;

pub(crate) use failure::Teller;

/// How much to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The failures, the first hundred in full.
    Failures,
    /// Every failure in full, and a line for each other case.
    Everything,
}

/// How many failures of a file are told in full.
const IN_FULL: usize = 100;

/// A line with what came of a file, then its failures; what is not given and could change answers.
///
/// # Errors
/// A policy that is not valid for the way it is attached.
pub fn run_to_text(run: &FileRun<'_>, detail: Detail, style: Style) -> Result<String, Vec<Finding>> {
    let mut lines = Lines::new(style);
    headline(run, style, &mut lines);
    if detail == Detail::Everything {
        failure::all(run, style, &mut lines);
    }
    not_given(run, &mut lines);
    skipped(run, &mut lines);
    let mut text = lines.into_text();
    text.push_str(&failure::failures(run, detail, style)?);
    Ok(Names::of(run.file.world().symbols()).shown(&text, Writing::Plain).into_owned())
}

/// Everything that makes a run fail, in full.
pub(crate) fn problems_to_text(run: &FileRun<'_>, style: Style) -> Result<String, Vec<Finding>> {
    let text = failure::failures(run, Detail::Everything, style)?;
    Ok(Names::of(run.file.world().symbols()).shown(text.trim_start_matches('\n'), Writing::Plain).into_owned())
}

/// The keys that were not given and could change answers, a line for each case.
pub(crate) fn not_given_to_text(run: &FileRun<'_>, style: Style) -> String {
    let mut lines = Lines::new(style);
    not_given(run, &mut lines);
    lines.into_text()
}

/// `5 passed, 0 failed, 1 skipped`
pub fn counts(passed: usize, failed: usize, skipped: usize) -> String {
    format!("{passed} passed, {failed} failed, {skipped} skipped")
}

fn headline(run: &FileRun<'_>, style: Style, lines: &mut Lines) {
    let (word, painted) = match run.failed() {
        0 => ("ok    ", style.allow("ok    ")),
        _ => ("FAILED", style.deny("FAILED")),
    };
    let as_expected = run.failed_as_expected();
    let mut text = format!("{}  {}", run.file.name(), counts(run.passed(), run.failed(), run.skipped()));
    if as_expected > 0 {
        let _ = write!(text, " ({as_expected} failed as expected)");
    }
    lines.painted(&format!("{word}  "), &format!("{painted}  "), "        ", &text);
}

fn not_given(run: &FileRun<'_>, lines: &mut Lines) {
    let named = |case: usize| run.file.cases().get(case).map_or("", |case| &case.name);
    for (case, (keys, answers)) in &run.not_given {
        let others: Vec<&str> = keys.iter().filter(|key| !is_mfa_key(key)).map(ContextKey::as_str).collect();
        let what = if *answers == 1 { "an answer".to_owned() } else { format!("{answers} answers") };
        let mut missing = Vec::new();
        if keys.iter().any(is_mfa_key) {
            missing.push("the state of multi-factor authentication (`mfa`)".to_owned());
        }
        missing.extend((!others.is_empty()).then(|| quoted(&others, 5)));
        let text = format!(
            "`{}`: {what} could change with keys that were not given: {}",
            named(*case),
            listed(&missing, ", ", 6)
        );
        lines.named("note", &text, "");
    }
}

fn skipped(run: &FileRun<'_>, lines: &mut Lines) {
    let mut ran: Vec<usize> = run
        .outcomes
        .iter()
        .filter_map(|outcome| run.file.checks().get(outcome.check))
        .map(|check| check.case)
        .collect();
    ran.dedup();
    for case in ran.into_iter().filter_map(|case| run.file.cases().get(case)) {
        if let Handling::Skip(reason) = &case.handling {
            lines.named("skipped", &format!("`{}`: {reason}", case.name), "");
        }
    }
}
