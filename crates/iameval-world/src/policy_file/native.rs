//! Files that are given as native requests or claims, and are something else.

use super::{PolicyFile, known};
use crate::codes;
use crate::finding::Finding;
use crate::limits::Limits;
use crate::source::Source;
use iameval::Problem;
use iameval::json;
use std::sync::Arc;

/// What is wanted: native requests, or native claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Native {
    /// Simulation requests.
    Requests,
    /// Claims.
    Claims,
}

impl Native {
    /// What to say of a text that is something else; `None` where that is not known.
    ///
    /// ```
    /// use iameval_world::{Limits, Native, Source};
    ///
    /// let policy = Source::new("ops.json", r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#);
    /// let finding = Native::Claims.mistaken(&policy, Limits::default()).unwrap();
    /// assert_eq!(finding.diagnostic.message(), "`ops.json` is an IAM policy, not a native claim");
    /// ```
    pub fn mistaken(self, source: &Arc<Source>, limits: Limits) -> Option<Finding> {
        match PolicyFile::read(source, limits) {
            PolicyFile::Policies(policies) if policies.iter().any(|policy| policy.parsed.value.is_some()) => {
                let message = format!("`{}` is an IAM policy, not {}", source.name, self.what());
                let help = "use it with `--policy FILE`, or put it under `policies` of a request or claim";
                Some(Finding::about_file(&source.name, Problem::new(codes::OTHER_FORMAT, message).with_help(help)))
            }
            PolicyFile::World(known) | PolicyFile::Other(known) if !known.is(self.format()) => {
                Some(known.instead_of(self.what()))
            }
            _ => None,
        }
    }

    /// The same of a text whose every line should be a request or claim.
    pub fn mistaken_lines(self, source: &Arc<Source>, limits: Limits) -> Option<Finding> {
        match PolicyFile::read(source, limits) {
            PolicyFile::Other(known) if known.is(&known::DEFINITION) => None,
            PolicyFile::Other(known) if known.is(self.format()) => {
                let message = format!("`{}` is {} of more than one line", source.name, self.what());
                let help = "write each on one line, as `jq -c . FILE` does";
                Some(Finding::about_file(&source.name, Problem::new(codes::OTHER_FORMAT, message).with_help(help)))
            }
            _ => self.mistaken(source, limits),
        }
    }

    /// Whether a line may be one of a file of requests or claims: it is JSON, and not a policy.
    pub fn may_be_line(line: &str) -> bool {
        json::parse(line).is_ok_and(|tree| tree.get("Statement").is_none())
    }

    fn format(self) -> &'static known::Format {
        match self {
            Self::Requests => &known::REQUEST,
            Self::Claims => &known::CLAIM,
        }
    }

    fn what(self) -> &'static str {
        self.format().what
    }
}
