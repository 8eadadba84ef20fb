//! What came of a file, as reports about tests need it.

use crate::check::Handling;
use crate::findings::RunProblem;
use crate::run::{Failure, FileRun, Status};
use crate::text::Teller;
use crate::wording::compared;
use iameval_report::{Style, TestCase, TestOutcome, TestProblem, TestSuite};
use iameval_world::Finding;

/// How reports are laid out.
const PLAIN: Style = Style { colour: false, width: 100 };

impl FileRun<'_> {
    /// The run as a suite of cases, for reports such as `JUnit` XML.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn suite(&self) -> Result<TestSuite, Vec<Finding>> {
        let file = iameval_report::path(self.file.name());
        // Jenkins takes a dot for the end of a package's name.
        let classname = file.replace('.', "_");
        let mut teller = Teller::new(self, PLAIN);
        let mut cases = Vec::with_capacity(self.outcomes.len());
        for outcome in &self.outcomes {
            let Some(check) = self.file.checks().get(outcome.check) else { continue };
            let Some(case) = self.file.case_of(check) else { continue };
            let outcome = match &outcome.status {
                // What failed as it must counts as passed, as in the last line of a run.
                Status::Passed(_) | Status::FailedAsExpected(..) => TestOutcome::Passed,
                // The snapshot fails, once.
                Status::Failed(_, Failure::NotInSnapshot) if self.lacks_snapshot(check.case) => continue,
                Status::Skipped => TestOutcome::Skipped { message: reason(&case.handling).to_owned() },
                Status::Failed(decision, failure) => {
                    let (expected, got) = compared(self.file, check, *decision, failure)?;
                    let problem = RunProblem::Check { check, case, decision: *decision, failure };
                    TestOutcome::Failed(TestProblem {
                        kind: problem.code().id().to_owned(),
                        message: format!("expected {expected}; got {got}"),
                        text: teller.in_full(&problem)?,
                    })
                }
            };
            cases.push(TestCase { classname: classname.clone(), name: check.name.clone(), outcome });
        }
        for problem in self.problems().filter(|problem| !matches!(problem, RunProblem::Check { .. })) {
            let what = if let RunProblem::Passed { .. } = problem { "xfail" } else { "snapshot" };
            let outcome = TestOutcome::Failed(TestProblem {
                kind: problem.code().id().to_owned(),
                message: problem.message(self),
                text: teller.in_full(&problem)?,
            });
            let name = format!("{} [{what}]", problem.name());
            cases.push(TestCase { classname: classname.clone(), name, outcome });
        }
        Ok(TestSuite { file, cases })
    }
}

fn reason(handling: &Handling) -> &str {
    match handling {
        Handling::Run => "",
        Handling::MustFail(reason) | Handling::Skip(reason) => reason,
    }
}
