//! How a file holds a policy.

use iameval::PolicyKind;
use std::fmt;

/// How a file holds a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyForm {
    /// The file is the policy, in JSON.
    Json,
    /// The file is the policy, in YAML.
    Yaml,
    /// The policy is a part of what a command of AWS printed.
    Wrapped(Wrapping),
}

/// Where a policy stands in what a command of AWS printed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wrapping {
    /// The path to the policy, such as `PolicyVersion.Document`; empty where the whole value is its text.
    pub path: String,
    /// A command that prints this; often there are others.
    pub command: &'static str,
    /// The kind of the policy, where what is around it tells.
    pub kind: Option<PolicyKind>,
}

impl fmt::Display for Wrapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path {
            "" => f.write_str("a string that contains the policy"),
            path => write!(f, "the `{path}` in the output of commands such as `{}`", self.command),
        }
    }
}
