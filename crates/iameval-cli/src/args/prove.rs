//! `iameval prove`

use super::Format;
use super::asked::WorldFlags;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What `--expect` claims.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Claimed {
    Allow,
    Deny,
    Implicit,
    Explicit,
}

/// Prove that every request of a scope is denied, or allowed
///
/// The flags describe a scope, and what they do not say is free: every resource, every context. The verdict is `holds`, `refuted`
/// with a request that is decided otherwise, or `unknown`.
///
/// Exits with 0 when the claim holds, with 1 when it is refuted, and with 2 when it is not known or the claim cannot be used.
///
/// Example: iameval prove '*' --except iam:ChangePassword --mfa false --mfa absent
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The actions: patterns such as `'s3:Delete*'`; `'*'` is every action, also those that AWS will add
    #[arg(value_name = "ACTION")]
    pub(crate) actions: Vec<String>,

    /// Native claims as JSON lines, each with its policies; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "actions")]
    pub(crate) request: Option<PathBuf>,

    /// Whether resources with policies let in anyone without a tie to their accounts; `-r` names some, else all are asked
    ///
    /// Anyone is an anonymous caller, a user or role of an account that no policy names, and someone whom an OIDC provider
    /// signed in that many tenants share, such as GitHub. Roles are judged by their trust policies.
    ///
    /// Example: iameval prove --public -w world.yaml
    #[arg(long, conflicts_with_all = ["actions", "request", "principal", "expect", "except", "except_resource", "mfa",
        "context", "no_context", "via", "realistic"])]
    pub(crate) public: bool,

    #[command(flatten)]
    pub(crate) world: WorldFlags,

    /// The caller: a name in the world, or an ARN
    #[arg(long = "as", value_name = "PRINCIPAL", help_heading = "Scope")]
    pub(crate) principal: Option<String>,

    #[command(flatten)]
    pub(crate) scope: ScopeFlags,

    /// What is claimed of every request; `deny` is either kind of deny
    #[arg(long, value_enum, value_name = "ANSWER", default_value = "deny")]
    pub(crate) expect: Claimed,

    /// How to print the verdict
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: Format,
}

/// The requests that are meant
#[derive(Debug, Args)]
#[command(next_help_heading = "Scope")]
pub(crate) struct ScopeFlags {
    /// Actions that are left out: patterns; put the other actions first
    #[arg(long, value_name = "ACTION", num_args = 1.., value_delimiter = ',')]
    pub(crate) except: Vec<String>,

    /// The resources: names in the world, ARNs, `self`, or patterns of ARNs; by default, every resource
    ///
    /// `*` in a pattern is any run of characters, colons and slashes included. `'*'` alone is every resource, and `'${*}'` the
    /// resource `*` of actions that take none.
    #[arg(short, long, value_name = "ARN")]
    pub(crate) resource: Vec<String>,

    /// A resource, or a pattern of ARNs, that is left out
    #[arg(long, value_name = "ARN")]
    pub(crate) except_resource: Vec<String>,

    /// The account that owns the resources; by default, that of each ARN, or the caller's
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) resource_account: Option<String>,

    /// The VPC endpoint of the world that the requests go through
    #[arg(long, value_name = "ENDPOINT")]
    pub(crate) via: Option<String>,

    /// The state of multi-factor authentication: true, true@SECONDS, false or absent; repeat the flag for any of several
    ///
    /// `true` is a session that signed in with MFA at any time, `false` one that did not, and `absent` means long-term access
    /// keys, which leave the key out of the request. By default, any of them.
    #[arg(long, value_name = "STATE")]
    pub(crate) mfa: Vec<String>,

    /// A context key: `KEY=VALUE`, `KEY~PATTERN`, `KEY!=VALUE`, or `KEY=?` for any value; repeat the flag for any of several
    ///
    /// Example: iameval prove 's3:*' -c 'aws:SourceVpce!=vpce-1a2b3c4d' --no-context aws:SourceVpce
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<String>,

    /// A context key that is absent; with `--context` for the same key, that may be absent
    #[arg(long, value_name = "KEY")]
    pub(crate) no_context: Vec<String>,

    /// Only requests that AWS could make, as far as that is certain
    #[arg(long)]
    pub(crate) realistic: bool,

    /// Also evaluate rules of single services: all of them, or those that refuse requests
    ///
    /// By default policies alone decide: with the rules, no claim about every action could hold, because
    /// `sts:GetCallerIdentity` cannot be denied.
    #[arg(long, value_enum, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    pub(crate) service_rules: Option<RuleName>,
}

/// Which rules of single services count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RuleName {
    All,
    Refusals,
}
