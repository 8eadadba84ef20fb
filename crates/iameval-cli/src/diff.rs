//! `iameval diff`

mod side;
mod tests;

use crate::args::{Diff as Flags, DiffFormat, FailOnChange};
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::report::{Reported, Reports, refuse_to_replace};
use crate::setup::Setup;
use iameval::PolicyKind;
use iameval_ask::{Diff, DiffError, Differ};
use iameval_report::{DiffNames, diff_findings, diff_to_json, diff_to_markdown, diff_to_text};
use side::{Named, Side};

pub(crate) fn run(flags: &Flags, setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let reports = Reports::of_findings(&flags.report)?;
    flags.write_tests.as_deref().map_or(Ok(()), tests::check)?;
    let old = Side::load("OLD", &flags.old, None, setup, output)?;
    let new = Side::load("NEW", &flags.new, Some(&old), setup, output)?;
    let written = reports.files().chain(flags.write_tests.iter().map(|file| ("--write-tests", file.as_str())));
    refuse_to_replace(written, &[&setup.files])?;
    let diff = compare(&old, &new, flags, setup, output)?;
    let names = DiffNames { old: &flags.old, new: &flags.new };
    if !reports.takes_standard_output() {
        match flags.format {
            DiffFormat::Human => output.answer(&diff_to_text(&diff, names, output.is_verbose(), output.style())),
            DiffFormat::Json => output.json(&diff_to_json(&diff, names)),
            DiffFormat::Md => output.answer(&diff_to_markdown(&diff, names)),
        }
    }
    if let Some(file) = &flags.write_tests {
        tests::write(file, &diff, &new, &flags.new, setup, output)?;
    }
    let findings = if reports.want_findings() { diff_findings(&diff, names) } else { Vec::new() };
    reports.write(&Reported { findings: &findings, suites: None }, output)?;
    Ok(exit(&diff, flags.fail_on))
}

fn exit(diff: &Diff, fail_on: Option<FailOnChange>) -> Exit {
    let (gained, lost) = (diff.has_gained(), diff.has_lost());
    let fails = match fail_on {
        None => false,
        Some(FailOnChange::Gained) => gained,
        Some(FailOnChange::Lost) => lost,
        Some(FailOnChange::Any) => gained || lost,
    };
    if diff.has_undecided() {
        Exit::NotAnswered
    } else if fails {
        Exit::Other
    } else {
        Exit::Wanted
    }
}

fn compare(old: &Side, new: &Side, flags: &Flags, setup: &Setup, output: &mut Output) -> Outcome<Diff> {
    let differ = Differ::new(setup.catalogue());
    let diff = match (old, new) {
        (Side::Policy(old), Side::Policy(new)) => {
            let kind = kind(old, new, flags.kind, output)?;
            differ.policies(&old.policy, &new.policy, kind)
        }
        (Side::World(old), Side::World(new)) => {
            if let Some(kind) = flags.kind {
                let help = "leave out `--type`: a world says as what its policies are attached";
                let message = "`--type` is for two policies";
                let help = Some(help.into());
                return Err(Failure::argument("--type", kind.as_str(), codes::CONFLICTING_FLAGS, message, help));
            }
            differ.worlds(old, new)
        }
        (Side::Policy(_), Side::World(_)) => return Err(unlike(&flags.old, &flags.new)),
        (Side::World(_), Side::Policy(_)) => return Err(unlike(&flags.new, &flags.old)),
    };
    diff.map_err(|error| match error {
        DiffError::Policies(findings) => Failure(findings),
        DiffError::Proof(error) => {
            // A defect, and not an answer.
            panic!("{error}")
        }
        _ => Failure::usage(codes::USAGE, "the two cannot be compared", "see `iameval diff --help`"),
    })
}

/// The kind that is said, or the one that both policies look like.
fn kind(old: &Named, new: &Named, said: Option<PolicyKind>, output: &mut Output) -> Outcome<PolicyKind> {
    if let Some(kind) = said {
        return Ok(kind);
    }
    let (one, two) = (old.kind(), new.kind());
    if one != two {
        let message =
            format!("`{}` looks like {}, and `{}` like {}", old.text, one.with_article(), new.text, two.with_article());
        let help = "say with `--type` as what both are to be compared";
        return Err(Failure::usage(codes::USAGE, message, help));
    }
    output.detail(&format!("type: {}", two.describe()));
    Ok(two)
}

fn unlike(policy: &str, world: &str) -> Failure {
    let message = format!("`{policy}` is a policy, and `{world}` is a world");
    Failure::usage(codes::USAGE, message, "compare two policies, or two worlds or account dumps")
}
