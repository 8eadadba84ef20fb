//! `iameval test`

mod coverage;
pub(crate) mod files;
mod mutants;
mod updating;
mod watch;

use crate::args::{Format, Test};
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::progress::Counted;
use crate::remembered::Remembered;
use crate::report::{Reported, Reports, refuse_to_replace};
use crate::setup::Setup;
use iameval::suggest::did_you_mean;
use iameval_report::{FindingRenderer, Style, TestCase, TestOutcome, TestProblem, TestSuite, plain};
use iameval_test::discover::{Discovered, SUFFIX};
use iameval_test::threads;
use iameval_test::{
    Case, Check, Detail, FileRun, Filter, Options, Runner, TestFile, counts, run_to_text, runs_to_json,
};
use iameval_world::Finding;
use std::num::NonZero;
use std::path::PathBuf;

pub(crate) fn run(flags: &Test, setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let filter = flags.filter.as_deref().map(filter).transpose()?;
    if flags.watch {
        let find = || files::find(&flags.paths, setup).map(|found| found.files).unwrap_or_default();
        return watch::run(find, &setup.files, output, |files, output| {
            once(flags, filter.as_ref(), setup, files, output)
        });
    }
    once(flags, filter.as_ref(), setup, &setup.files, output)
}

fn once(
    flags: &Test,
    filter: Option<&Filter>,
    setup: &Setup,
    files: &Remembered,
    output: &mut Output,
) -> Outcome<Exit> {
    let reports = Reports::of_tests(&flags.report)?;
    if reports.takes_standard_output() && flags.format == Format::Json {
        let message = "`--format json` and a report to `-` would both go to standard output";
        return Err(Failure::usage(codes::CONFLICTING_FLAGS, message, "write the report to a file"));
    }
    let wanted = coverage::Wanted::read(flags)?;
    let session = Session { flags, filter, setup, files };
    let Discovered { files: paths, warnings, .. } = files::find(&flags.paths, setup)?;
    for warning in &warnings {
        output.warn(warning);
    }
    let (mut read, mut unusable) = session.read(&paths, output)?;
    let written = reports.files().chain(wanted.iter().flat_map(coverage::Wanted::files));
    refuse_to_replace(written, &[&setup.files, files])?;
    let total: usize = read.iter().map(|file| session.selected(file).count()).sum();
    if total == 0 && unusable.0.is_empty() {
        return Err(nothing_selected(flags, read.iter().map(|file| file.checks().len()).sum()));
    }
    if flags.list {
        let ids =
            read.iter().flat_map(|file| session.selected(file).map(|check| format!("{}\n", plain(&id(file, check)))));
        output.answer(&ids.collect::<String>());
    } else {
        let mut runs = session.run(&read, total, &mut unusable);
        if flags.update && updating::update(&runs, flags, setup, output)? {
            // What is told is what the files say now.
            drop(runs);
            (read, unusable) = session.read(&paths, output)?;
            runs = session.run(&read, total, &mut unusable);
        }
        let told = check_managed(&flags.managed, &read)
            .and_then(|()| tell(flags, &runs, &unusable, &reports, wanted.as_ref(), output));
        match told {
            Ok(exit) if unusable.0.is_empty() => return Ok(exit),
            Ok(_) => {}
            Err(Failure(others)) => unusable.0.extend(others),
        }
    }
    if unusable.0.is_empty() { Ok(Exit::Wanted) } else { Err(unusable) }
}

/// What a run is made with.
struct Session<'s> {
    flags: &'s Test,
    filter: Option<&'s Filter>,
    setup: &'s Setup,
    files: &'s Remembered,
}

impl<'s> Session<'s> {
    fn read(&self, paths: &[PathBuf], output: &mut Output) -> Outcome<(Vec<TestFile<'s>>, Failure)> {
        let Test { max_cases, strict, lenient, allow_outside, .. } = *self.flags;
        let options = Options { max_cases, strict, lenient, allow_outside, ..files::options(self.setup)? };
        Ok(files::read(paths, &options, self.files, output))
    }

    fn selects(&self, file: &TestFile<'_>, case: &Case, check: &Check) -> bool {
        // The ending that all test files have tells none from another, unless someone writes it.
        let is_written = self.flags.filter.as_ref().is_some_and(|text| text.contains(SUFFIX));
        let name = || {
            let id = id(file, check);
            if is_written { id } else { id.replacen(&format!("{SUFFIX}::"), "::", 1) }
        };
        self.filter.is_none_or(|filter| filter.fits(&name(), &case.tags))
    }

    fn selected<'f>(&self, file: &'f TestFile<'_>) -> impl Iterator<Item = &'f Check> {
        let is_selected = |check: &&Check| file.case_of(check).is_some_and(|case| self.selects(file, case, check));
        file.checks().iter().filter(is_selected)
    }

    /// Runs what is selected; files of which nothing is are left out, and so are those that turn out to be unusable.
    fn run<'f>(&self, files: &'f [TestFile<'_>], total: usize, unusable: &mut Failure) -> Vec<FileRun<'f>> {
        let bar = Counted::new("cases", total);
        let selects = |file: &TestFile<'_>, case: &Case, check: &Check| self.selects(file, case, check);
        let runner = Runner { jobs: jobs(self.flags), selects: &selects, progress: &|done| bar.advance(done) };
        let runs = files.iter().filter_map(|file| runner.run(file).map_err(|wrong| unusable.0.extend(wrong)).ok());
        runs.filter(|run| !run.outcomes.is_empty()).collect()
    }
}

/// Answers and reports of what came of the runs.
fn tell(
    flags: &Test,
    runs: &[FileRun<'_>],
    unusable: &Failure,
    reports: &Reports<'_>,
    coverage: Option<&coverage::Wanted>,
    output: &mut Output,
) -> Outcome<Exit> {
    let sum = |counts: &dyn Fn(&FileRun<'_>) -> usize| runs.iter().map(counts).sum::<usize>();
    let (passed, failed, skipped) = (sum(&|run| run.passed()), sum(&|run| run.failed()), sum(&|run| run.skipped()));
    let silent = reports.takes_standard_output() || flags.format == Format::Json;
    if !silent {
        for_people(runs, output)?;
    }
    if flags.format == Format::Json {
        output.json(&runs_to_json(runs)?);
    }
    let mut unwritten = Failure(Vec::new());
    let covered = coverage.map_or(Ok(true), |wanted| wanted.tell(flags, runs, silent, &mut unwritten, output))?;
    let noticed = match (flags.mutants && !runs.is_empty(), failed) {
        (false, _) => true,
        (true, 0) => mutants::tell(flags, runs, silent, output)?,
        (true, _) => {
            output.message("no mutants are run while cases fail");
            true
        }
    };
    if !silent && !runs.is_empty() {
        output.answer(&format!("{}\n", counts(passed, failed, skipped)));
    }
    let (mut findings, mut suites) = (Vec::new(), Vec::new());
    for run in runs {
        if reports.want_findings() {
            findings.extend(run.findings()?);
        }
        if reports.want_suites() {
            suites.push(run.suite()?);
        }
    }
    // A file that cannot be used is not a file that passed.
    let broken = unusable.in_files();
    let mut renderer = FindingRenderer::new(Style { colour: false, width: 100 });
    suites.extend(broken.iter().map(|finding| broken_suite(finding, &mut renderer)));
    findings.extend(broken);
    if let Err(Failure(why)) = reports.write(&Reported { findings: &findings, suites: Some(&suites) }, output) {
        unwritten.0.extend(why);
    }
    if !unwritten.0.is_empty() {
        return Err(unwritten);
    }
    Ok(if failed == 0 && covered && noticed { Exit::Wanted } else { Exit::Other })
}

fn for_people(runs: &[FileRun<'_>], output: &mut Output) -> Outcome<()> {
    let detail = if output.is_verbose() { Detail::Everything } else { Detail::Failures };
    let mut failures = false;
    for run in runs {
        let text = run_to_text(run, detail, output.style())?;
        output.answer(&text);
        failures |= run.failed() > 0;
    }
    if failures || runs.len() > 1 {
        output.answer("\n");
    }
    Ok(())
}

/// What keeps a file from being used, as a case that has no answer.
fn broken_suite(finding: &Finding, renderer: &mut FindingRenderer) -> TestSuite {
    let file = iameval_report::path(&finding.source.name);
    let problem = TestProblem {
        kind: finding.diagnostic.code().id().to_owned(),
        message: finding.diagnostic.message().to_owned(),
        text: renderer.render(finding),
    };
    let (classname, name) = (file.replace('.', "_"), "the file can be used".to_owned());
    let case = TestCase { classname, name, outcome: TestOutcome::Error(problem) };
    TestSuite { file, cases: vec![case] }
}

/// `policies.iamtest.yaml::what MFA unlocks [iam:ChangePassword self mfa=true]`
fn id(file: &TestFile<'_>, check: &Check) -> String {
    format!("{}::{}", file.name(), check.name)
}

fn filter(text: &str) -> Outcome<Filter> {
    text.parse().map_err(|error: iameval_test::ParseFilterError| {
        let help = "such as `-k mfa`, `-k 'not slow'` or `-k 'users and (mfa or keys)'`";
        Failure::argument("-k", text, codes::INVALID_FLAG_VALUE, error.to_string(), Some(help.into()))
    })
}

/// Every policy that `--managed` names is in some world.
fn check_managed(names: &[String], files: &[TestFile<'_>]) -> Outcome<()> {
    let known = || files.iter().flat_map(|file| file.world().policies()).map(|known| &known.policy);
    let managed = || known().filter(|policy| policy.is_managed()).map(|policy| policy.name.as_str());
    match names.iter().find(|name| !managed().any(|known| known == **name)) {
        None => Ok(()),
        Some(name) => {
            let help = did_you_mean(name, managed()).unwrap_or_else(|| "it looks like `aws:PowerUserAccess`".into());
            let message = format!("no world of the tests has a managed policy `{name}`");
            Err(Failure::argument("--managed", name, iameval_world::codes::UNKNOWN_NAME, message, Some(help)))
        }
    }
}

fn nothing_selected(flags: &Test, cases: usize) -> Failure {
    let text = flags.filter.as_deref().unwrap_or_default();
    let message = format!("`-k` selects none of {cases} cases");
    Failure::argument(
        "-k",
        text,
        iameval_test::codes::NOTHING_TO_TEST,
        message,
        Some("`iameval test --list` lists them".into()),
    )
}

fn jobs(flags: &Test) -> NonZero<usize> {
    let given = flags.jobs.and_then(|jobs| NonZero::new(usize::from(jobs)));
    given.unwrap_or_else(threads::processors)
}
