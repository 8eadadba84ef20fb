//! `iameval what-can`

use crate::args::{TableFormat, WhatCan as Flags};
use crate::asked_world::AskedWorld;
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::policy;
use crate::question::asked;
use crate::refusal::{Setting, failure, tell};
use crate::setup::Setup;
use iameval_ask::{Asker, Differ, PrivilegesProblem, Question, Remarked};
use iameval_prove::ClaimError;
use iameval_report::{DiffNames, diff_to_json, diff_to_text, what_can_to_csv, what_can_to_json, what_can_to_text};
use std::path::Path;

pub(crate) fn run(flags: &Flags, scp_levels: &[Vec<usize>], setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let asked_world = AskedWorld::load(&flags.world, scp_levels, setup, output)?;
    let asker = asked_world.asker()?;
    let configured = || setup.config.defaults.principal.clone();
    let principal = flags.principal.clone().or_else(configured);
    let question = Question { principal, ..asked(&flags.asked, &setup.config)? };
    let told = |problem: PrivilegesProblem, output: &mut Output| match problem {
        PrivilegesProblem::Refused(refused) => {
            tell(&refused.remarks, output);
            failure(refused.problems, &Setting { principal: "PRINCIPAL", ..asked_world.setting() })
        }
        PrivilegesProblem::Proof(error) => unproved(&error),
        _ => Failure::usage(codes::USAGE, "this cannot be told", "see `iameval what-can --help`"),
    };
    if let Some(path) = &flags.diff_against {
        return against(path, &asker, &question, flags, setup, output, told);
    }
    let Remarked { answer: all, remarks } = asker.what_can(&question).map_err(|problem| told(problem, output))?;
    tell(&remarks, output);
    let catalogue = setup.catalogue();
    match format(flags) {
        TableFormat::Human => {
            output.answer(&what_can_to_text(&all, catalogue, output.is_verbose(), output.style()));
        }
        TableFormat::Json => output.json(&what_can_to_json(&all, catalogue)),
        TableFormat::Csv => output.answer(&what_can_to_csv(&all, catalogue)),
    }
    let undecided = all.iter().any(iameval_ask::Privileges::has_undecided);
    Ok(if undecided { Exit::NotAnswered } else { Exit::Wanted })
}

fn format(flags: &Flags) -> TableFormat {
    if flags.csv { TableFormat::Csv } else { flags.format }
}

/// Compares the policies of the principal with one policy.
fn against(
    path: &Path,
    asker: &Asker<'_>,
    question: &Question,
    flags: &Flags,
    setup: &Setup,
    output: &mut Output,
    told: impl Fn(PrivilegesProblem, &mut Output) -> Failure,
) -> Outcome<Exit> {
    let policy = policy::load("--diff-against", path, &setup.files, output)?;
    let differ = Differ::new(setup.catalogue());
    let told = asker.beyond(&differ, question, &policy).map_err(|problem| told(problem, output));
    let Remarked { answer: diff, remarks } = told?;
    tell(&remarks, output);
    let old = path.display().to_string();
    let names = DiffNames { old: &old, new: question.principal.as_deref().unwrap_or("the principal") };
    match format(flags) {
        TableFormat::Human => output.answer(&diff_to_text(&diff, names, output.is_verbose(), output.style())),
        TableFormat::Json => output.json(&diff_to_json(&diff, names)),
        TableFormat::Csv => {
            let help = "use `--format json`, or leave out one of the two";
            return Err(Failure::usage(codes::CONFLICTING_FLAGS, "a comparison is not written as CSV", help));
        }
    }
    Ok(if diff.has_undecided() { Exit::NotAnswered } else { Exit::Wanted })
}

/// A scope without requests, such as a resource that contradicts the context.
fn unproved(error: &ClaimError) -> Failure {
    match error {
        ClaimError::EmptyScope(_) => {
            let help = "look at the resource and the context";
            Failure::usage(codes::USAGE, error.to_string(), help)
        }
        // A defect, and not an answer.
        _ => panic!("{error}"),
    }
}
