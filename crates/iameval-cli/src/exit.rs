//! Exit statuses, and what stops a command from answering.

use iameval::{Code, Problem};
use iameval_world::{Config, Finding, Source};
use std::process::ExitCode;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: the wanted answer.
    Wanted,
    /// 1: the other answer.
    Other,
    /// 2: the question could not be answered.
    NotAnswered,
    /// 101: a defect of the program was found.
    Defect,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Wanted => 0,
            Exit::Other => 1,
            Exit::NotAnswered => 2,
            Exit::Defect => 101,
        })
    }
}

/// Why a question could not be answered.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Vec<Finding>);

/// A result, or why there is none.
pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// Something wrong with the value of a flag or argument.
    pub(crate) fn argument(
        name: &str,
        value: &str,
        code: Code,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Self {
        Self(vec![about_argument(name, value, Problem::new(code, message).with_any_help(help))])
    }

    /// Something wrong with a value from `iameval.toml`.
    pub(crate) fn setting(name: &str, value: &str, code: Code, message: impl Into<String>, help: &str) -> Self {
        let problem = Problem::new(code, message).with_help(help);
        Self(vec![Config::about(name, value, problem)])
    }

    /// Something wrong with the command line as a whole.
    pub(crate) fn usage(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self(vec![Finding::about_file("command line", Problem::new(code, message).with_help(help))])
    }

    /// What of it stands in files that were read.
    pub(crate) fn in_files(&self) -> Vec<Finding> {
        self.0.iter().filter(|finding| finding.source.path.is_some()).cloned().collect()
    }
}

/// A finding about the whole value of a flag or argument.
pub(crate) fn about_argument(name: &str, value: &str, problem: Problem) -> Finding {
    Finding::about_all(&Source::new(format!("command line, {name}"), value), problem)
}

impl From<Vec<Finding>> for Failure {
    fn from(findings: Vec<Finding>) -> Self {
        Self(findings)
    }
}

impl From<Finding> for Failure {
    fn from(finding: Finding) -> Self {
        Self(vec![finding])
    }
}
