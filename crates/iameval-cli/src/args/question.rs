//! The commands that ask a world something.

use super::asked::{Guardrails, RequestFlags, WorldFlags, WorldSource};
use super::{AnswerFormat, Expect, Format, MatrixFormat, RowName, TableFormat};
use clap::Args;
use std::path::PathBuf;

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
