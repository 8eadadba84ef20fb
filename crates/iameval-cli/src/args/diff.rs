//! `iameval diff`

use super::{Deployment, policy_kind};
use clap::{Args, ValueEnum};
use iameval::PolicyKind;

/// Compare two versions of a policy or a world: who gains and who loses access
///
/// Both are policies, or both are worlds or account dumps: files, folders of Terraform or the CDK, `aws:NAME`, or `REV:PATH`,
/// what is there at a git revision. What is gained and lost is proved over all requests, not sampled: for each principal the
/// actions, the statement that gives them with its resources and conditions, and a request that is decided otherwise than before.
///
/// Exits with 0, with 1 when access changes in a way that `--fail-on` names, and with 2 when something could not be decided.
///
/// Example: iameval diff main:policy.json policy.json --fail-on gained
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// What was before: a file or folder, `aws:NAME`, `REV:PATH`, or `-` for standard input
    #[arg(value_name = "OLD")]
    pub(crate) old: String,

    /// What comes after
    #[arg(value_name = "NEW")]
    pub(crate) new: String,

    #[command(flatten)]
    pub(crate) deployment: Deployment,

    /// The kind of the policies; by default, guessed as `iameval check` does
    ///
    /// A policy that only limits, such as an SCP or a boundary, is compared beside policies of the other kinds that allow
    /// everything: an SCP grants nothing by itself, and yet a looser one gives access.
    #[arg(long = "type", alias = "kind", value_parser = policy_kind(), value_name = "TYPE")]
    pub(crate) kind: Option<PolicyKind>,

    /// Exit with 1 when access is gained, lost, or either
    #[arg(long, value_enum, value_name = "CHANGE")]
    pub(crate) fail_on: Option<FailOnChange>,

    /// Write the requests that show the change as test cases that pass with NEW: `NAME.iamtest.yaml`
    #[arg(long, value_name = "FILE")]
    pub(crate) write_tests: Option<String>,

    /// How to print the change; `md` is for a comment on a pull request
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: DiffFormat,

    /// Also write a report: `sarif=FILE`, `github=FILE` or `gitlab=FILE`; `-` is standard output, and replaces the change
    #[arg(long, value_name = "KIND=FILE")]
    pub(crate) report: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOnChange {
    Gained,
    Lost,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    Human,
    Json,
    #[value(alias = "markdown")]
    Md,
}
