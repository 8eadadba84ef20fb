//! How does the time of a decision grow with the policies, and what does the index gain over trying every statement?
//!
//! Prints the tables of `docs/performance.md`. All subjects take turns within one process, round by round, and a ratio
//! is taken within its round, so that what else the machine does falls on both sides of it. Policies are compiled and
//! requests built beforehand; a call decides every request of a workload once.

use iameval_benches::{Subject, Times, interleaved};
use iameval_tests::naive::{self, Policies};
use iameval_tests::workload::Workload;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::time::Duration;

const ROUNDS: usize = 25;
const AT_LEAST: Duration = Duration::from_millis(40);

/// Ratios worth knowing: what takes longer, what less, and what the ratio should be.
const RATIOS: [(&str, &str, &str); 4] = [
    ("W2 naive", "W2", "≥ 100"),
    ("W3-1000 naive", "W3-1000", "≥ 60"),
    ("W3-1000", "W3-100", "≤ 2"),
    ("W3-10000", "W3-1000", "≤ 4"),
];

fn main() -> std::io::Result<()> {
    let workloads = Workload::all();
    let mut subjects = Vec::new();
    for workload in &workloads {
        let name = &workload.name;
        subjects.push(engine(name.clone(), workload, true));
        if name == "W1" || name == "W2" {
            subjects.push(engine(format!("{name} unindexed"), workload, false));
        }
        if ["W1", "W2", "W3-1000"].contains(&&**name) {
            subjects.push(oracle(format!("{name} naive"), workload));
        }
    }
    let times = interleaved(subjects, ROUNDS, AT_LEAST);
    std::io::stdout().write_all(report(&times).as_bytes())
}

fn engine(name: String, workload: &Workload, indexed: bool) -> Subject<'static> {
    let (policies, requests) = (workload.policy_set(), workload.requests());
    let policies = if indexed { policies.indexed() } else { policies };
    Subject::new(name, requests.len(), move || {
        for request in &requests {
            black_box(policies.decide(black_box(request)));
        }
    })
}

fn oracle(name: String, workload: &Workload) -> Subject<'static> {
    let policies = Policies { identity: workload.parsed(), ..Default::default() };
    let requests = workload.requests();
    Subject::new(name, requests.len(), move || {
        for request in &requests {
            black_box(naive::decide(&policies, black_box(request)));
        }
    })
}

fn report(times: &[Times]) -> String {
    let mut text = String::from("| workload | ns a decision, median | min–max |\n|---|--:|--:|\n");
    for times in times {
        let _ = writeln!(text, "| {} | {} |", times.name, times.spread());
    }
    text.push_str("\n| ratio | target | median | min–max |\n|---|--:|--:|--:|\n");
    for (slow, fast, target) in RATIOS {
        let of = |name: &str| times.iter().find(|times| times.name == name);
        if let (Some(slower), Some(faster)) = (of(slow), of(fast)) {
            let _ = writeln!(text, "| {slow} / {fast} | {target} | {} |", slower.ratio(faster));
        }
    }
    text
}
