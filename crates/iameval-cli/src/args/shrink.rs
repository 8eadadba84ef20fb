//! The flags of `iameval shrink`.

use super::{Format, policy_kind};
use clap::{Args, ValueEnum};
use iameval::PolicyKind;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Fit a policy into AWS's size limits without changing what it means
///
/// Removes what another entry or statement covers, merges statements that differ in their actions or in their resources only,
/// writes lists of one entry as texts, and removes Sids. The policy goes to standard output without white space, what was
/// done to standard error.
///
/// Exits with 1 when the policy does not fit, and prints the smallest that was found.
///
/// Example: iameval shrink policy.json --kind identity --limit 2048
#[derive(Debug, Args)]
pub(crate) struct Shrink {
    /// The policy: a file in JSON or YAML, including AWS CLI output; `aws:NAME`, or `-` for standard input
    #[arg(value_name = "POLICY")]
    pub(crate) policy: PathBuf,

    /// What kind of policy it is, which decides how AWS counts
    #[arg(long, value_parser = policy_kind(), value_name = "KIND")]
    pub(crate) kind: PolicyKind,

    /// The maximum number of characters; by default, what AWS accepts for the kind
    ///
    /// 6144 is for managed policies; 2048, 5120 and 10240 are for all inline policies of a user, a group and a role together;
    /// 4096 is for a trust policy whose quota was raised. White space between tokens is not counted.
    #[arg(long, value_name = "N", value_parser = characters)]
    pub(crate) limit: Option<NonZeroUsize>,

    /// Divide the policy among at most N policies, to be attached side by side
    ///
    /// For identity policies, session policies, and SCPs and RCPs of one level. Prints a JSON array. With `--in-place`, they become `NAME.1.json`, `NAME.2.json`, … beside the file, which stays.
    #[arg(long, value_name = "N", value_parser = policies)]
    pub(crate) split: Option<NonZeroUsize>,

    /// Write the policy to its file instead of standard output, if it fits
    #[arg(long)]
    pub(crate) in_place: bool,

    /// Keep the Sids of the statements that stay; merged statements keep the first one
    #[arg(long)]
    pub(crate) keep_sids: bool,

    /// Also replace actions with wildcards that match the same AWS actions today
    ///
    /// The policy then covers actions that AWS adds later and that the wildcards match, which it did not before.
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) wildcards: Option<Wildcards>,

    /// How to print the policy
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wildcards {
    Catalogue,
}

fn characters(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "expected a number of characters, such as `6144`".to_owned())
}

fn policies(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "expected a number of policies, such as `2`".to_owned())
}
