//! Reports for other programs, beside what people read: SARIF, annotations of GitHub Actions, GitLab's Code Quality.

use crate::codes;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::remembered::Remembered;
use crate::write::{Before, NewText, Reach, replaced, unwritable, write};
use iameval::json::Node;
use iameval::suggest::did_you_mean;
use iameval_report::{
    TestSuite, Writing, findings_to_github, findings_to_gitlab, findings_to_sarif, github_summary, github_test_summary,
    junit_to_xml, plain, screened_json,
};
use iameval_world::Finding;
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where reports go.
#[derive(Debug)]
pub(crate) struct Reports<'f> {
    wanted: Vec<(ReportKind, &'f str)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReportKind {
    Sarif,
    Github,
    Gitlab,
    Junit,
}

const KINDS: [(&str, ReportKind); 4] = [
    ("sarif", ReportKind::Sarif),
    ("github", ReportKind::Github),
    ("gitlab", ReportKind::Gitlab),
    ("junit", ReportKind::Junit),
];

/// What there is to report.
pub(crate) struct Reported<'r> {
    pub(crate) findings: &'r [Finding],
    /// What came of tests, when there were any to run.
    pub(crate) suites: Option<&'r [TestSuite]>,
}

impl<'f> Reports<'f> {
    /// Reads the values of `--report` for findings about policies.
    pub(crate) fn of_findings(flags: &'f [String]) -> Outcome<Self> {
        let reports = Self::of_tests(flags)?;
        // CHOICE: findings about policies are not tests. As failed tests without passed ones they would count nothing.
        if let Some(text) = flags.iter().find(|text| text.starts_with("junit=")) {
            let help = "it is a test report; `sarif`, `github` and `gitlab` are reports of findings";
            return Err(refused(text, "`junit` is not a report of findings".into(), Some(help.into())));
        }
        Ok(reports)
    }

    /// Reads the values of `--report` for tests.
    pub(crate) fn of_tests(flags: &'f [String]) -> Outcome<Self> {
        let wanted: Vec<(ReportKind, &str)> = flags.iter().map(|text| wanted(text)).collect::<Outcome<_>>()?;
        if wanted.iter().filter(|(_, file)| *file == "-").count() > 1 {
            let message = "two reports cannot both go to standard output";
            return Err(Failure::usage(codes::CONFLICTING_FLAGS, message, "write one of them to a file"));
        }
        Ok(Self { wanted })
    }

    /// Whether a report takes the place of what people read on standard output.
    pub(crate) fn takes_standard_output(&self) -> bool {
        self.wanted.iter().any(|(_, file)| *file == "-")
    }

    /// Whether any report is made of findings.
    pub(crate) fn want_findings(&self) -> bool {
        in_actions() || self.wanted.iter().any(|(kind, _)| *kind != ReportKind::Junit)
    }

    /// Whether any report is made of what came of tests.
    pub(crate) fn want_suites(&self) -> bool {
        in_actions() || self.wanted.iter().any(|(kind, _)| *kind == ReportKind::Junit)
    }

    /// The reports that are files, each with the flag that asks for it.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&'static str, &'f str)> {
        self.wanted.iter().filter(|(_, file)| *file != "-").map(|(_, file)| ("--report", *file))
    }

    /// Writes the reports, also when one of them cannot be. In GitHub Actions the annotations and the summary of the job come
    /// by themselves.
    pub(crate) fn write(&self, reported: &Reported<'_>, output: &mut Output) -> Outcome<()> {
        let findings = reported.findings;
        let (mut written, mut unwritten) = (Vec::new(), Failure(Vec::new()));
        for (kind, file) in &self.wanted {
            let text = match kind {
                ReportKind::Sarif => document(&findings_to_sarif(findings), output),
                ReportKind::Github => named(&findings_to_github(findings), Writing::Plain, output),
                ReportKind::Gitlab => document(&findings_to_gitlab(findings), output),
                ReportKind::Junit => named(&junit_to_xml(reported.suites.unwrap_or_default()), Writing::Markup, output),
            };
            if *file == "-" {
                output.raw(&text);
            } else {
                match write_report(file, &text) {
                    Ok(()) => written.push(*file),
                    Err(Failure(why)) => unwritten.0.extend(why),
                }
            }
        }
        if in_actions() && !findings.is_empty() && !self.wanted.iter().any(|(kind, _)| *kind == ReportKind::Github) {
            // The runner reads commands on standard error as well, where they do not get into an answer.
            let commands = named(&findings_to_github(findings), Writing::Plain, output);
            output.commands(commands.trim_end());
        }
        match std::env::var("GITHUB_STEP_SUMMARY") {
            Ok(file) if in_actions() && !file.is_empty() => {
                let summary = match reported.suites {
                    Some(suites) => github_test_summary(suites, findings),
                    None => github_summary(findings),
                };
                if let Err(Failure(why)) = append(&file, &named(&summary, Writing::Plain, output)) {
                    unwritten.0.extend(why);
                }
            }
            _ => {}
        }
        if unwritten.0.is_empty() {
            return Ok(());
        }
        for file in written {
            output.message(&format!("wrote {}", plain(file)));
        }
        Err(unwritten)
    }
}

/// Writes a file that a flag asks for.
pub(crate) fn write_report(file: &str, text: &str) -> Outcome<()> {
    write(&[NewText { path: Path::new(file), name: file, text, before: Before::Anything, reach: Reach::Named }])
}

/// Refuses files for reports that would replace what is read, or one another.
pub(crate) fn refuse_to_replace<'f>(
    reports: impl Iterator<Item = (&'static str, &'f str)>,
    read: &[&Remembered],
) -> Outcome<()> {
    let paths = read.iter().flat_map(|read| read.paths());
    let read: BTreeSet<PathBuf> = paths.filter_map(|path| replaced(&path)).collect();
    let mut met = BTreeSet::new();
    for (flag, file) in reports {
        let Some(path) = replaced(Path::new(file)) else { continue };
        let message = if read.contains(&path) {
            format!("the report would replace `{file}`, which is an input")
        } else if !met.insert(path) {
            format!("two reports cannot both be written to `{file}`")
        } else {
            continue;
        };
        let help = Some("write it to a different file".into());
        return Err(Failure::argument(flag, file, codes::CONFLICTING_FLAGS, message, help));
    }
    Ok(())
}

/// JSON, which may be looked at in a terminal as well.
fn document(document: &Node<'_>, output: &Output) -> String {
    screened_json(&named(&format!("{document:#}\n"), Writing::Json, output)).into_owned()
}

/// The text with the names of what is not known.
fn named(text: &str, writing: Writing, output: &Output) -> String {
    output.names().shown(text, writing).into_owned()
}

fn in_actions() -> bool {
    std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true")
}

fn refused(text: &str, message: String, help: Option<String>) -> Failure {
    let help = help.unwrap_or_else(|| "write it like `sarif=findings.sarif` or `github=-`".into());
    Failure::argument("--report", text, codes::INVALID_FLAG_VALUE, message, Some(help))
}

fn wanted(text: &str) -> Outcome<(ReportKind, &str)> {
    let Some((name, file)) = text.split_once('=').filter(|(_, file)| !file.is_empty()) else {
        return Err(refused(text, format!("`{text}` is not `KIND=FILE`"), None));
    };
    let known = KINDS.iter().find(|(known, _)| *known == name);
    known.map(|(_, kind)| (*kind, file)).ok_or_else(|| {
        let near = did_you_mean(name, KINDS.map(|(known, _)| known));
        refused(text, format!("`{name}` is not a kind of report"), near)
    })
}

/// Adds to a file of the runner, which others add to as well.
fn append(file: &str, text: &str) -> Outcome<()> {
    let opened = OpenOptions::new().create(true).append(true).open(Path::new(file));
    opened.and_then(|mut opened| opened.write_all(text.as_bytes())).map_err(|error| unwritable(file, error))
}
