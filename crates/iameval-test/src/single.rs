//! One check alone, for test runners that make a test of each.

use crate::check::{Check, Handling};
use crate::file::TestFile;
use crate::findings::RunProblem;
use crate::run::{Failure, FileRun, Runner, Status};
use crate::text::{not_given_to_text, problems_to_text};
use iameval::text::Span;
use iameval_report::Style;
use iameval_world::Finding;
use std::sync::Arc;

/// What came of a check that ran alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckReport {
    /// How it ended.
    pub outcome: CheckOutcome,
    /// The keys that were not given and could change the answer, in a line; empty where there are none.
    pub note: String,
}

/// How a check that ran alone ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// As the test wants it.
    Passed,
    /// Not as the test wants it; with everything that `iameval test` prints about it.
    Failed(String),
    /// Not as the test wants it, and the case says that it must fail, for that reason.
    FailedAsExpected(String),
    /// It did not run, or has nothing to be compared with, for that reason.
    Skipped(String),
}

impl TestFile<'_> {
    /// Runs one check, by its position.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn run_check(&self, at: usize, style: Style) -> Result<CheckReport, Vec<Finding>> {
        let mut run = Runner::default().run_selected(self, &[at])?;
        let case = self.checks.get(at).map_or(0, |check| check.case);
        if run.lacks_snapshot(case) {
            let missing = run.problems().find(|problem| matches!(problem, RunProblem::Missing { .. }));
            let is_compared =
                run.outcomes.iter().any(|outcome| !matches!(outcome.status, Status::Failed(_, Failure::NotInSnapshot)));
            if let Some(problem) = missing.filter(|_| !is_compared) {
                let outcome = CheckOutcome::Skipped(problem.message(&run));
                return Ok(CheckReport { outcome, note: String::new() });
            }
        }
        run.passed_unexpectedly.clear();
        run.stale_snapshots.clear();
        run.missing_snapshots.clear();
        self.report(&run, style)
    }

    /// Runs one check, by its position, and with it whatever is wrong with its case as a whole: that it passes although it must
    /// fail, or that its snapshot is not there or has rows to spare. Of the checks of a case one should run so.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn run_check_with_case(&self, at: usize, style: Style) -> Result<CheckReport, Vec<Finding>> {
        let case = self.checks.get(at).map_or(0, |check| check.case);
        let must_fail = matches!(self.cases.get(case).map(|case| &case.handling), Some(Handling::MustFail(_)));
        let of_case = |other: &usize| self.checks.get(*other).is_some_and(|check| check.case == case);
        let checks: Vec<usize> = if must_fail { (0..self.checks.len()).filter(of_case).collect() } else { vec![at] };
        let mut run = Runner::default().run_selected(self, &checks)?;
        run.outcomes.retain(|outcome| outcome.check == at);
        self.report(&run, style)
    }

    fn report(&self, run: &FileRun<'_>, style: Style) -> Result<CheckReport, Vec<Finding>> {
        let handling = || {
            let check = run.outcomes.first().and_then(|outcome| self.checks.get(outcome.check));
            match check.and_then(|check| self.case_of(check)).map(|case| &case.handling) {
                Some(Handling::MustFail(reason) | Handling::Skip(reason)) => reason.clone(),
                Some(Handling::Run) | None => String::new(),
            }
        };
        let outcome = match run.outcomes.first().map(|outcome| &outcome.status) {
            _ if run.failed() > 0 => CheckOutcome::Failed(problems_to_text(run, style)?),
            Some(Status::FailedAsExpected(..)) => CheckOutcome::FailedAsExpected(handling()),
            Some(Status::Skipped) | None => CheckOutcome::Skipped(handling()),
            Some(Status::Passed(_) | Status::Failed(..)) => CheckOutcome::Passed,
        };
        Ok(CheckReport { outcome, note: not_given_to_text(run, style) })
    }

    /// Where in the test file a check stands: what it wants, or its case where that stands in another file.
    pub fn span_of(&self, check: &Check) -> Span {
        let Some(case) = self.case_of(check) else { return Span::START };
        let (source, span) = check.span(case, self);
        if Arc::ptr_eq(source, &self.source) { span } else { case.span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::text::{Detail, run_to_text};
    use iameval_world::Disk;

    const PLAIN: Style = Style { colour: false, width: 120 };
    const WORLD: &str = "\
version: 1
account: '123456789012'
policies:
  reader: {Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}}
principals: {jane: {user: jane, policies: [reader]}}
defaults: {resource: 'arn:aws:s3:::a/b'}
tests:
";

    /// What each check of a file comes to alone, and what the first of each case comes to with its case; beside the run as a whole.
    fn reports(
        cases: &str,
        files: &[(&str, &str)],
        check: impl FnOnce(&TestFile<'_>, &[CheckOutcome], &[CheckOutcome]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.iamtest.yaml");
        std::fs::write(&path, format!("{WORLD}{cases}")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let file = TestFile::load(&Disk::default(), &path, &Options::default()).unwrap();
        let all = 0..file.checks().len();
        let alone: Vec<_> = all.clone().map(|at| file.run_check(at, PLAIN).unwrap().outcome).collect();
        let whole: Vec<_> = all.map(|at| file.run_check_with_case(at, PLAIN).unwrap().outcome).collect();
        check(&file, &alone, &whole);
    }

    #[test]
    fn a_failure_is_told_as_in_a_run() {
        let cases = "\
- {name: reads, action: s3:GetObject, expect: allow}
- {name: writes, action: s3:PutObject, expect: allow}
- {name: later, action: s3:PutObject, expect: allow, skip: not yet}
";
        reports(cases, &[], |file, alone, whole| {
            assert_eq!(alone, whole);
            let [CheckOutcome::Passed, CheckOutcome::Failed(text), CheckOutcome::Skipped(why)] = alone else {
                panic!("{alone:?}")
            };
            assert_eq!(why, "not yet");
            let told = run_to_text(&file.run_all().unwrap(), Detail::Failures, PLAIN).unwrap();
            assert!(told.ends_with(&format!("\n\n{text}")), "{told}\n---\n{text}");
        });
    }

    #[test]
    fn a_case_that_must_fail_is_judged_with_one_of_its_checks() {
        let cases = "\
- {name: one fails, actions: [s3:GetObject, s3:PutObject], expect: allow, xfail: known}
- {name: none fails, actions: [s3:GetObject, s3:GetObjectAcl], expect: allow, xfail: known}
";
        reports(cases, &[], |_, alone, whole| {
            let known = CheckOutcome::FailedAsExpected("known".into());
            assert_eq!(alone, [CheckOutcome::Passed, known.clone(), CheckOutcome::Passed, CheckOutcome::Passed]);
            assert_eq!(whole.get(..2), Some(&[CheckOutcome::Passed, known][..]));
            let Some(CheckOutcome::Failed(text)) = whole.get(2) else { panic!("{whole:?}") };
            assert!(text.contains("it passed, but must fail (`xfail: known`)"), "{text}");
        });
    }

    #[test]
    fn what_is_wrong_with_a_snapshot_is_told_with_one_check() {
        let case = "- {name: all, actions: [s3:GetObject, s3:PutObject], snapshot: s.txt}\n";
        reports(case, &[], |_, alone, whole| {
            assert!(
                alone
                    .iter()
                    .all(|one| matches!(one, CheckOutcome::Skipped(why) if why.ends_with("s.txt` does not exist"))),
                "{alone:?}"
            );
            let Some(CheckOutcome::Failed(text)) = whole.first() else { panic!("{whole:?}") };
            assert!(text.contains("`iameval test --update` writes the snapshot"), "{text}");
        });
        let stale = "action decision\ns3:GetObject allow\ns3:PutObject implicit\ns3:DeleteObject implicit\n";
        reports(case, &[("s.txt", stale)], |_, alone, whole| {
            assert_eq!(alone, [CheckOutcome::Passed, CheckOutcome::Passed]);
            let Some(CheckOutcome::Failed(text)) = whole.first() else { panic!("{whole:?}") };
            assert!(text.contains("has 1 row that the case does not test"), "{text}");
        });
    }

    #[test]
    fn keys_that_were_not_given_are_noted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.iamtest.yaml");
        let text = WORLD
            .replace("Resource: '*'}", "Resource: '*', Condition: {Bool: {'aws:MultiFactorAuthPresent': 'true'}}}");
        std::fs::write(&path, format!("{text}- {{name: reads, action: s3:GetObject, expect: deny}}\n")).unwrap();
        let file = TestFile::load(&Disk::default(), &path, &Options::default()).unwrap();
        let CheckReport { outcome, note } = file.run_check(0, PLAIN).unwrap();
        assert_eq!(outcome, CheckOutcome::Passed);
        assert!(note.contains("`reads`: an answer could change with keys that were not given"), "{note}");
    }
}
