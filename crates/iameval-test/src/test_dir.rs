//! A folder of test files as tests of `cargo test` and nextest.

use crate::check::WantedForm;
use crate::check::{Case, Check, Handling};
use crate::discover;
use crate::file::TestFile;
use crate::load::{PLAIN, files, rendered};
use crate::options::Options;
use crate::run::Runner;
use crate::text::{Detail, run_to_text};
use iameval_report::{plain, screened};
use iameval_world::Finding;
use libtest_mimic::{Arguments, Failed, Trial};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Turns a folder of test files, `*.iamtest.yaml`, into tests: each check is one, called
/// `FILE::CASE [coordinates]`, and what is skipped is ignored. A case that must fail is one test as a whole.
///
/// It stands alone in a file of `tests/` whose target has `harness = false`:
///
/// ```toml
/// [[test]]
/// name = "policies"
/// harness = false
/// ```
///
/// ```no_run
/// iameval_test::test_dir!("policies/tests");
/// ```
///
/// Where the test files describe no world and `use` none, `world` is theirs:
/// `test_dir!("policies/tests", world = "policies/world.yaml")`. Paths are relative to the package. `cargo test -- FILTER`,
/// `--list`, `--exact` and so on work as with any test.
#[macro_export]
macro_rules! test_dir {
    ($folder:expr $(, world = $world:expr)? $(,)?) => {
        fn main() -> ::std::process::ExitCode {
            $crate::run_folder($folder, &[$($world)?])
        }
    };
}

/// What [`test_dir!`](crate::test_dir) makes `main` of: runs the test files of a folder, as the arguments of the process
/// say. The worlds are those of test files that describe none.
pub fn run_folder(folder: impl AsRef<Path>, worlds: &[&str]) -> ExitCode {
    let arguments = Arguments::from_args();
    let FolderTests { tests, warnings } = tests_in(folder.as_ref(), worlds);
    if !arguments.list && !warnings.is_empty() {
        // When no one reads it, that is no reason to fail.
        let _ = writeln!(std::io::stderr(), "{}\n", rendered(&warnings));
    }
    let trials = tests.into_iter().map(|test| {
        let ignored = test.is_ignored;
        Trial::test(test.name.clone(), move || test.run().map_err(Failed::from)).with_ignored_flag(ignored)
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// The tests of a folder.
struct FolderTests {
    tests: Vec<FolderTest>,
    /// What is odd in the files and does not keep them from running.
    warnings: Vec<Finding>,
}

/// A test of a folder.
struct FolderTest {
    name: String,
    is_ignored: bool,
    what: What,
}

/// What a test runs.
enum What {
    Check(&'static TestFile<'static>, &'static Check),
    /// A case whose checks are judged together.
    Case(&'static TestFile<'static>, &'static Case),
    /// Nothing, since something cannot be read.
    Broken(String),
}

impl FolderTest {
    fn new(name: &str, what: What) -> Self {
        // A name is one line, since lists of tests have one on each.
        let name = screened(&plain(name)).split_whitespace().collect::<Vec<_>>().join(" ");
        Self { name, is_ignored: false, what }
    }

    fn run(self) -> Result<(), String> {
        match self.what {
            What::Check(file, wanted) => run(file, &|_, _, check| std::ptr::eq(check, wanted)),
            What::Case(file, wanted) => run(file, &|_, case, _| std::ptr::eq(case, wanted)),
            What::Broken(why) => Err(why),
        }
    }
}

fn run(file: &TestFile<'_>, selects: &(dyn Fn(&TestFile<'_>, &Case, &Check) -> bool + Sync)) -> Result<(), String> {
    let run = Runner { selects, ..Runner::default() }.run(file).map_err(|findings| rendered(&findings))?;
    if run.failed() == 0 {
        return Ok(());
    }
    let text = run_to_text(&run, Detail::Failures, PLAIN).unwrap_or_else(|findings| rendered(&findings));
    Err(screened(text.trim_end()).into_owned())
}

fn tests_in(folder: &Path, worlds: &[&str]) -> FolderTests {
    let shown = folder.display().to_string();
    let broken = |why| FolderTests { tests: vec![FolderTest::new(&shown, What::Broken(why))], warnings: Vec::new() };
    let found = match discover::in_folder(folder) {
        Ok(found) if found.files.is_empty() => {
            return broken(format!("there is no `*{}` in `{shown}`", discover::SUFFIX));
        }
        Ok(found) => found,
        Err(finding) => return broken(rendered(&[finding])),
    };
    let options = Options { worlds: worlds.iter().map(PathBuf::from).collect(), ..Options::default() };
    let mut all = FolderTests { tests: Vec::new(), warnings: found.warnings };
    for path in found.files {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        match TestFile::load(&files(), &path, &options) {
            Ok(file) => {
                all.warnings.extend_from_slice(file.warnings());
                // Tests outlive whoever makes them, and are there until the process ends.
                all.tests.extend(tests_of(&name, Box::leak(Box::new(file))));
            }
            Err(findings) => all.tests.push(FolderTest::new(&name, What::Broken(rendered(&findings)))),
        }
    }
    all
}

/// A test for each check, and for each case whose checks are judged together.
fn tests_of(name: &str, file: &'static TestFile<'static>) -> impl Iterator<Item = FolderTest> {
    let cases = file.cases().iter().filter(|case| is_one(case));
    let cases: Vec<FolderTest> =
        cases.map(|case| FolderTest::new(&format!("{name}::{}", case.name), What::Case(file, case))).collect();
    let checks = file.checks().iter().filter_map(|check| Some((check, file.case_of(check)?)));
    let checks: Vec<FolderTest> = checks
        .filter(|(_, case)| !is_one(case))
        .map(|(check, case)| {
            let is_ignored = matches!(case.handling, Handling::Skip(_));
            FolderTest { is_ignored, ..FolderTest::new(&format!("{name}::{}", check.name), What::Check(file, check)) }
        })
        .collect();
    cases.into_iter().chain(checks)
}

/// Whether what comes of a case is known of all its checks together only.
fn is_one(case: &Case) -> bool {
    let has_stale_rows = matches!(&case.form, WantedForm::Snapshot(snapshot) if !snapshot.stale.is_empty());
    matches!(case.handling, Handling::MustFail(_)) || (has_stale_rows && case.handling == Handling::Run)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outcome of each test of a folder with these files: its name, and what it fails with.
    fn outcomes(files: &[(&str, &str)], worlds: &[&str]) -> Vec<(String, Option<String>)> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let worlds: Vec<String> = worlds.iter().map(|world| folder.path().join(world).display().to_string()).collect();
        let worlds: Vec<&str> = worlds.iter().map(String::as_str).collect();
        let tests = tests_in(folder.path(), &worlds).tests;
        tests
            .into_iter()
            .map(|test| {
                let name = test.name.clone();
                if test.is_ignored { (name + " (ignored)", None) } else { (name, test.run().err()) }
            })
            .collect()
    }

    const WORLD: &str = "\
version: 1
account: '123456789012'
policies:
  reader: {Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}}
principals: {jane: {user: jane, policies: [reader]}}
";

    #[test]
    fn each_check_is_a_test_and_a_failure_explains_itself() {
        let cases = "\
tests:
  - {name: reads, actions: [s3:GetObject, s3:GetObjectAcl], resource: 'arn:aws:s3:::a/b', expect: allow}
  - {name: writes, action: s3:PutObject, resource: 'arn:aws:s3:::a/b', expect: allow}
  - {name: later, action: s3:PutObject, resource: 'arn:aws:s3:::a/b', expect: allow, skip: not yet}
";
        let outcomes = outcomes(&[("a.iamtest.yaml", &format!("{WORLD}{cases}")), ("README.md", "nothing")], &[]);
        let names: Vec<&str> = outcomes.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "a.iamtest.yaml::reads [s3:GetObject]",
                "a.iamtest.yaml::reads [s3:GetObjectAcl]",
                "a.iamtest.yaml::writes",
                "a.iamtest.yaml::later (ignored)",
            ]
        );
        let failed: Vec<bool> = outcomes.iter().map(|(_, failure)| failure.is_some()).collect();
        assert_eq!(failed, [false, false, true, false]);
        let text = outcomes[2].1.as_deref().unwrap();
        assert!(text.contains("writes") && text.contains("no statement allows it"), "{text}");
    }

    #[test]
    fn a_case_that_must_fail_is_judged_as_a_whole() {
        let cases = "\
tests:
  - {name: one fails, actions: [s3:GetObject, s3:PutObject], resource: 'arn:aws:s3:::a/b', expect: allow, xfail: known}
  - {name: none fails, action: s3:GetObject, resource: 'arn:aws:s3:::a/b', expect: allow, xfail: known}
";
        let outcomes = outcomes(&[("a.iamtest.yaml", &format!("{WORLD}{cases}"))], &[]);
        let failed: Vec<(&str, bool)> =
            outcomes.iter().map(|(name, failure)| (name.as_str(), failure.is_some())).collect();
        assert_eq!(failed, [("a.iamtest.yaml::one fails", false), ("a.iamtest.yaml::none fails", true)]);
    }

    #[test]
    fn test_files_without_a_world_get_the_one_that_is_named() {
        let case =
            "version: 1\ntests: [{name: reads, action: s3:GetObject, resource: 'arn:aws:s3:::a/b', expect: allow}]\n";
        let outcomes = outcomes(&[("a.iamtest.yaml", case), ("world.yaml", WORLD)], &["world.yaml"]);
        assert_eq!(outcomes, [("a.iamtest.yaml::reads".to_owned(), None)]);
    }

    #[test]
    fn what_cannot_be_read_fails_and_the_rest_runs() {
        let good = format!("{WORLD}tests: [{{name: reads, action: s3:GetObject, resource: '*', expect: allow}}]\n");
        let outcomes = outcomes(&[("a.iamtest.yaml", "version: 1\ntests: []\n"), ("b.iamtest.yaml", &good)], &[]);
        let [(broken, Some(why)), (fine, None)] = &*outcomes else { panic!("{outcomes:?}") };
        assert_eq!((broken.as_str(), fine.as_str()), ("a.iamtest.yaml", "b.iamtest.yaml::reads"));
        assert!(why.contains("there are no cases"), "{why}");
    }

    #[test]
    fn a_folder_without_test_files_is_a_failure() {
        let outcomes = outcomes(&[("world.yaml", WORLD)], &[]);
        let [(_, Some(why))] = &*outcomes else { panic!("{outcomes:?}") };
        assert!(why.starts_with("there is no `*.iamtest.yaml` in "), "{why}");
    }
}
