//! The flags of `iameval test`.

use super::{Deployment, Format};
use clap::Args;
use std::path::PathBuf;

/// Run policy tests
///
/// Test files are named `NAME.iamtest.yaml` and contain a world and cases that state what it must decide (`iameval schema
/// test` prints the format).
///
/// Exits with 0 when every case passes, with 1 when one fails, and with 2 when a file cannot be used or nothing runs.
/// `-v` prints a line for every case, and every failure in full.
///
/// Example: iameval test policies/ -k 'mfa and not slow'
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Test {
    /// Test files, or folders that contain them; by default, those named by `tests` in `iameval.toml`, or else those in the
    /// current folder and its subfolders
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Run only the cases that match: words that are part of their names, or tags, with `and`, `or`, `not` and parentheses
    ///
    /// A name is what `--list` prints, including the path of the file: `-k "mfa=absent and not 'needs a key'"`.
    #[arg(short = 'k', long = "filter", value_name = "FILTER")]
    pub(crate) filter: Option<String>,

    #[command(flatten)]
    pub(crate) deployment: Deployment,

    /// List the cases without running them
    #[arg(long, conflicts_with_all = ["update", "watch", "report", "coverage", "fail_under", "mutants"])]
    pub(crate) list: bool,

    /// Write the actual answers into the tables and snapshots that expect others
    ///
    /// Comments and layout are kept. `expect` and `because` are not changed: edit those yourself.
    #[arg(long, conflicts_with_all = ["watch", "mutants"])]
    pub(crate) update: bool,

    /// Allow snapshots anywhere: a path may contain `..` or be absolute, and a link may lead to another folder
    ///
    /// Without it, snapshots stay in the folders of their test files, and `--update` does not write through links that lead
    /// out of the folders searched for tests.
    #[arg(long)]
    pub(crate) allow_outside: bool,

    /// Run again whenever a file that was read changes
    #[arg(long, conflicts_with_all = ["report", "format"])]
    pub(crate) watch: bool,

    /// Report which parts of the policies the cases reach, as `table` (the default), `listing` or `lcov:FILE`
    ///
    /// The parts are statements, entries of actions, resources and principals, and each condition key seen true, false and absent.
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "table")]
    pub(crate) coverage: Vec<String>,

    /// Exit with 1 when the cases reach less than this percentage of the policies
    #[arg(long, value_name = "PERCENT")]
    pub(crate) fail_under: Option<String>,

    /// Change the policies, one thing at a time, and report changes that no case notices; exit with 1 if there are any
    ///
    /// The files are not changed. A change that no case notices shows which case is missing.
    #[arg(long)]
    pub(crate) mutants: bool,

    /// Include an AWS managed policy in coverage and mutants, such as `aws:PowerUserAccess`
    #[arg(long, value_name = "NAME")]
    pub(crate) managed: Vec<String>,

    /// Also write a report: `junit=FILE`, `sarif=FILE`, `github=FILE` or `gitlab=FILE`; `-` is standard
    /// output
    ///
    /// With `GITHUB_ACTIONS=true`, annotations are written automatically, and so is the job summary if
    /// `GITHUB_STEP_SUMMARY` names a file.
    #[arg(long, value_name = "KIND=FILE")]
    pub(crate) report: Vec<String>,

    /// Treat a context key that AWS is not known to have and no policy reads as an error, instead of a warning
    #[arg(long)]
    pub(crate) strict: bool,

    /// Treat an action that AWS is not known to have, or that is never evaluated on its resource, as a warning, instead of
    /// an error
    ///
    /// The same as `lenient: true` in every case that does not set it itself, and whose file does not either.
    #[arg(long)]
    pub(crate) lenient: bool,

    /// Maximum number of cases that a file may expand to
    #[arg(long, value_name = "N", default_value_t = iameval_test::Options::MAX_CASES)]
    pub(crate) max_cases: usize,

    /// Number of threads; by default, the number of processors
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) jobs: Option<u16>,

    /// How to print the results
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: Format,
}
