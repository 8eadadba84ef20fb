//! What came of tests, as every report about tests needs it. Who runs tests fills it in.

/// The cases of one test file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestSuite {
    /// The path of the test file, which is also the name of the suite.
    pub file: String,
    /// The cases, in the order of the file.
    pub cases: Vec<TestCase>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    /// What the case belongs to. Jenkins takes everything up to the last dot for a package.
    pub classname: String,
    /// Its name, with the coordinates that tell it from its siblings.
    pub name: String,
    /// What came of it.
    pub outcome: TestOutcome,
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestOutcome {
    /// The answer is the expected one.
    Passed,
    /// The answer is another one.
    Failed(TestProblem),
    /// There is no answer.
    Error(TestProblem),
    /// No one asked.
    Skipped {
        /// Why.
        message: String,
    },
}

/// What is wrong with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestProblem {
    /// What kind of problem it is, such as `IE0701`.
    pub kind: String,
    /// The problem in one line.
    pub message: String,
    /// The whole report: the message, the place in the test file, what decided. GitLab shows nothing else.
    pub text: String,
}

/// How many cases came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) errors: usize,
    pub(crate) skipped: usize,
}

impl Counts {
    pub(crate) fn of<'a>(cases: impl IntoIterator<Item = &'a TestCase>) -> Self {
        let mut counts = Self::default();
        for case in cases {
            let number = match case.outcome {
                TestOutcome::Passed => &mut counts.passed,
                TestOutcome::Failed(_) => &mut counts.failed,
                TestOutcome::Error(_) => &mut counts.errors,
                TestOutcome::Skipped { .. } => &mut counts.skipped,
            };
            *number += 1;
        }
        counts
    }

    pub(crate) fn tests(&self) -> usize {
        self.passed + self.failed + self.errors + self.skipped
    }
}
