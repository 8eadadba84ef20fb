//! The flags of `iameval test`.

use super::Format;
use clap::Args;
use std::path::PathBuf;

/// Run tests of policies
///
/// Test files are called `NAME.iamtest.yaml`: a world, and cases that say what it must decide (`iameval schema test`
/// prints the format).
///
/// Exits with 0 when every case passes, with 1 when one fails, and with 2 when a file cannot be used or nothing runs.
/// `-v` prints a line for every case, and every failure in full.
///
/// Example: iameval test policies/ -k 'mfa and not slow'
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Test {
    /// Test files, and folders with some; without any, those that `tests` in `iameval.toml` names, else those in the
    /// current folder and below it
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Run the cases that fit: words that are a part of their names, or tags, with `and`, `or`, `not` and parentheses
    ///
    /// A name is what `--list` prints, with the path of the file: `-k "mfa=absent and not 'needs a key'"`.
    #[arg(short = 'k', long = "filter", value_name = "FILTER")]
    pub(crate) filter: Option<String>,

    /// List the cases and run none
    #[arg(long, conflicts_with_all = ["update", "watch", "report", "coverage", "fail_under", "mutants"])]
    pub(crate) list: bool,

    /// Write the answers into the tables and snapshots that want others
    ///
    /// Comments and layout stay. `expect` and `because` stay as well: these are for you to change.
    #[arg(long, conflicts_with_all = ["watch", "mutants"])]
    pub(crate) update: bool,

    /// Let snapshots be anywhere: a path may have `..` or be absolute, and a link may lead to another folder
    ///
    /// Without it, snapshots stay in the folders of their test files, and `--update` writes through no link that leads out of
    /// the folders that are searched for tests.
    #[arg(long)]
    pub(crate) allow_outside: bool,

    /// Run again whenever a file changes that was read
    #[arg(long, conflicts_with_all = ["report", "format"])]
    pub(crate) watch: bool,

    /// Say which parts of the policies the cases reach: `table`, `listing`, or `lcov:FILE`; a table when nothing is said
    ///
    /// Statements, entries of actions, resources and principals, and each key of a condition seen true, false and absent.
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "table")]
    pub(crate) coverage: Vec<String>,

    /// Exit with 1 when the cases reach less of the policies than this, in percent
    #[arg(long, value_name = "PERCENT")]
    pub(crate) fail_under: Option<String>,

    /// Change the policies, one thing at a time, and say which changes no case notices; exit with 1 when there are any
    ///
    /// The files stay as they are. A change that no case notices says which case is missing.
    #[arg(long)]
    pub(crate) mutants: bool,

    /// Let coverage and mutants be about a policy that AWS manages as well, such as `aws:PowerUserAccess`
    #[arg(long, value_name = "NAME")]
    pub(crate) managed: Vec<String>,

    /// Write a report beside what people read: `junit=FILE`, `sarif=FILE`, `github=FILE` or `gitlab=FILE`; `-` is standard
    /// output
    ///
    /// With `GITHUB_ACTIONS=true` the annotations come by themselves, and the summary of the job where
    /// `GITHUB_STEP_SUMMARY` names a file.
    #[arg(long, value_name = "KIND=FILE")]
    pub(crate) report: Vec<String>,

    /// A context key that AWS is not known to have and no policy reads is an error; without it that is a warning
    #[arg(long)]
    pub(crate) strict: bool,

    /// An action that AWS is not known to have, or that is never asked on its resource, is a warning; without it that is an
    /// error
    ///
    /// The same as `lenient: true` in every case that does not say it itself, and whose file does not either.
    #[arg(long)]
    pub(crate) lenient: bool,

    /// How many cases a file may come to
    #[arg(long, value_name = "N", default_value_t = iameval_test::Options::MAX_CASES)]
    pub(crate) max_cases: usize,

    /// How many threads decide; as many as there are processors when not given
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) jobs: Option<u16>,

    /// How to print what came of the cases
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: Format,
}
