//! Failures as findings, for reports that other programs read.

use crate::check::{AnswerPlace, WantedForm};
use crate::check::{Case, Check, Handling};
use crate::codes;
use crate::file::TestFile;
use crate::run::{Failure, FileRun};
use crate::wording::compared;
use iameval::text::Span;
use iameval::{Code, Decision, Diagnostic};
use iameval_report::count;
use iameval_world::{Finding, Source};
use std::sync::Arc;

/// Something that makes a run fail.
pub(crate) enum RunProblem<'r> {
    /// A check failed.
    Check { check: &'r Check, case: &'r Case, decision: Decision, failure: &'r Failure },
    /// A case passed that must fail.
    Passed { case: &'r Case, number: usize },
    /// A snapshot has rows or columns that the case does not ask.
    Stale { case: &'r Case, number: usize },
    /// A snapshot is not there.
    Missing { case: &'r Case, number: usize },
}

impl FileRun<'_> {
    /// Everything that makes the run fail, case by case.
    pub(crate) fn problems(&self) -> impl Iterator<Item = RunProblem<'_>> {
        let checks = self.failures().map(|(check, case, decision, failure)| RunProblem::Check {
            check,
            case,
            decision,
            failure,
        });
        let case = |number: &usize| Some((self.file.cases().get(*number)?, *number));
        let passed = self.passed_unexpectedly.iter().filter_map(case);
        let stale = self.stale_snapshots.iter().filter_map(case);
        let passed = passed.map(|(case, number)| RunProblem::Passed { case, number });
        let stale = stale.map(|(case, number)| RunProblem::Stale { case, number });
        let missing = self.missing_snapshots.iter().filter_map(case);
        let missing = missing.map(|(case, number)| RunProblem::Missing { case, number });
        let mut problems: Vec<RunProblem<'_>> = checks.chain(passed).chain(stale).chain(missing).collect();
        problems.sort_by_key(RunProblem::case);
        problems.into_iter()
    }

    /// Each failure as a finding: at the cell or the field that wants something else.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn findings(&self) -> Result<Vec<Finding>, Vec<Finding>> {
        self.problems()
            .map(|problem| {
                let (source, span) = problem.span(self.file);
                let message = match &problem {
                    RunProblem::Check { check, decision, failure, .. } => {
                        let (expected, got) = compared(self.file, check, *decision, failure)?;
                        format!("{}: expected {expected}; got {got}", check.name)
                    }
                    _ => format!("{}: {}", problem.name(), problem.message(self)),
                };
                let help = Some(problem.help().to_owned()).filter(|help| !help.is_empty());
                Ok(Finding::new(source, Diagnostic::new(problem.code(), span, message).with_any_help(help)))
            })
            .collect()
    }
}

impl<'r> RunProblem<'r> {
    /// The position of its case.
    pub(crate) fn case(&self) -> usize {
        match self {
            Self::Check { check, .. } => check.case,
            Self::Passed { number, .. } | Self::Stale { number, .. } | Self::Missing { number, .. } => *number,
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Check { check, .. } => &check.name,
            Self::Passed { case, .. } | Self::Stale { case, .. } | Self::Missing { case, .. } => &case.name,
        }
    }

    /// What tells a check from the others of its case.
    pub(crate) fn coordinates(&self) -> &str {
        match self {
            Self::Check { check, case, .. } => {
                let told = check.name.strip_prefix(&*case.name).and_then(|rest| rest.strip_prefix(" ["));
                told.and_then(|rest| rest.strip_suffix(']')).unwrap_or(&check.name)
            }
            _ => self.name(),
        }
    }

    /// Whether it is a check that the snapshot of its case has no answer for.
    pub(crate) fn is_not_in_snapshot(&self) -> bool {
        matches!(self, Self::Check { failure: Failure::NotInSnapshot, .. })
    }

    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Check { failure: Failure::Undecided(_), .. } => codes::TEST_UNDECIDED,
            Self::Check { failure: Failure::NotInSnapshot, .. } | Self::Stale { .. } | Self::Missing { .. } => {
                codes::SNAPSHOT_MISSING
            }
            Self::Check { .. } => codes::TEST_FAILED,
            Self::Passed { .. } => codes::TEST_PASSED_UNEXPECTEDLY,
        }
    }

    /// What is wrong with a case as a whole.
    pub(crate) fn message(&self, run: &FileRun<'_>) -> String {
        match self {
            Self::Check { .. } => String::new(),
            Self::Passed { case, .. } => match &case.handling {
                Handling::MustFail(reason) => format!("it passed, but must fail (`xfail: {reason}`)"),
                _ => "it passed, but must fail".into(),
            },
            Self::Missing { case, .. } => match &case.form {
                WantedForm::Snapshot(snapshot) => format!("the snapshot `{}` does not exist", snapshot.name),
                _ => String::new(),
            },
            Self::Stale { case, .. } => match &case.form {
                WantedForm::Snapshot(snapshot) => {
                    let stale = [(&snapshot.stale.rows, "row"), (&snapshot.stale.columns, "column")];
                    let stale = stale.iter().filter(|(all, _)| !all.is_empty());
                    let stale: Vec<String> = stale.map(|(all, what)| count(all.len(), what)).collect();
                    format!("the snapshot `{}` has {} that the case does not test", snapshot.name, stale.join(" and "))
                }
                _ => format!("{} has a snapshot", run.file.name()),
            },
        }
    }

    /// What to do about it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Check {
                case: Case { handling: Handling::MustFail(_), .. }, failure: Failure::NotInSnapshot, ..
            }
            | Self::Missing { case: Case { handling: Handling::MustFail(_), .. }, .. } => {
                "`--update` skips cases with `xfail`: run it once without `xfail`, then write the expected answers"
            }
            Self::Check { failure: Failure::NotInSnapshot, .. } | Self::Stale { .. } | Self::Missing { .. } => {
                "`iameval test --update` writes the snapshot; look at the difference before you commit it"
            }
            Self::Check { failure: Failure::Principals { .. }, .. } => {
                "`iameval who-can` asks the same and has the reasons"
            }
            Self::Check { failure: Failure::Undecided(_), .. } => {
                "give the key in the `context` of the case, or say that it is `absent`"
            }
            Self::Check { failure: Failure::Unproved, .. } => "a claim about fewer actions or keys may be decided",
            Self::Check { check, decision: Decision::ImplicitDeny, failure: Failure::Reason, .. }
                if check.reason.as_ref().is_some_and(|reason| reason.is_layer_alone()) =>
            {
                "no statement decides if none allows: `missing: allow` with `layer` means that the layer does not allow"
            }
            Self::Check { .. } => "",
            Self::Passed { .. } => "the reason no longer applies: remove `xfail`",
        }
    }

    /// Where the wanted answer stands.
    pub(crate) fn span(&self, file: &'r TestFile<'r>) -> (&'r Arc<Source>, Span) {
        match self {
            Self::Check { check, case, .. } => check.span(case, file),
            Self::Passed { case, .. } => (file.source(), case.span),
            Self::Missing { case, .. } => match &case.form {
                WantedForm::Snapshot(snapshot) => (file.source(), snapshot.span),
                _ => (file.source(), case.span),
            },
            Self::Stale { case, .. } => match &case.form {
                WantedForm::Snapshot(snapshot) => match &snapshot.read {
                    Some((source, table)) => {
                        let row = snapshot.stale.rows.first().and_then(|row| table.rows().get(*row)?.first());
                        let column = snapshot.stale.columns.first().and_then(|column| table.header().get(*column));
                        (source, row.or(column).map_or(Span::START, |cell| cell.span))
                    }
                    None => (file.source(), snapshot.span),
                },
                _ => (file.source(), case.span),
            },
        }
    }
}

impl Check {
    /// Where what it wants stands: in the test file, or in the snapshot.
    pub(crate) fn span<'f>(&self, case: &'f Case, file: &'f TestFile<'_>) -> (&'f Arc<Source>, Span) {
        let of_file = |span| (file.source(), span);
        match (self.place, &case.form) {
            (AnswerPlace::File(span), _) => of_file(span),
            (AnswerPlace::Cell { row, column, .. }, WantedForm::Table(text)) => {
                let cell = text.table.rows().get(row).and_then(|row| row.get(column));
                let place = cell.zip(text.block.as_ref()).map(|(cell, block)| block.span(cell.span));
                of_file(place.unwrap_or(text.span))
            }
            (AnswerPlace::Snapshot { cell, .. }, WantedForm::Snapshot(snapshot)) => {
                let cell = cell.zip(snapshot.read.as_ref()).and_then(|((row, column), (source, table))| {
                    Some((source, table.rows().get(row)?.get(column)?.span))
                });
                cell.unwrap_or_else(|| of_file(snapshot.span))
            }
            _ => of_file(case.span),
        }
    }
}
