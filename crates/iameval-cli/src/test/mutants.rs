//! `--mutants`

use super::jobs;
use crate::args::Test;
use crate::exit::Outcome;
use crate::output::Output;
use crate::progress::Counted;
use iameval_test::{FileRun, MutantReport, MutantRun, mutants_to_text};
use std::sync::OnceLock;

/// Changes the policies of the runs, one thing at a time, and tells what no case notices; whether there is nothing such.
pub(super) fn tell(flags: &Test, runs: &[FileRun<'_>], silent: bool, output: &mut Output) -> Outcome<bool> {
    let mut probes = Vec::new();
    let mut claims = Vec::new();
    let mut policies = Vec::new();
    for run in runs {
        probes.extend(run.passed_cases()?);
        claims.extend(run.passed_claims()?);
        policies.extend(run.own_policies(&flags.managed));
    }
    let bar = OnceLock::new();
    let progress = |_done: usize, total: usize| bar.get_or_init(|| Counted::new("mutants", total)).advance(1);
    let report = MutantRun { policies: &policies, jobs: jobs(flags), progress: &progress }.run(&probes, &claims);
    drop(bar);
    if !silent {
        output.answer(&format!("{}\n", mutants_to_text(&report, output.style())));
    }
    Ok(all_noticed(&report))
}

fn all_noticed(report: &MutantReport) -> bool {
    report.survivors.is_empty() && report.not_in_play.iter().all(|policy| policy.mutants == 0)
}
