//! How does the time of a decision grow with the policies, and what does the index gain over trying every statement?
//!
//! Prints the tables of `docs/performance.md`. All subjects take turns within one process, round by round, and a ratio
//! is taken within its round, so that what else the machine does falls on both sides of it. For decisions policies are
//! compiled and requests built beforehand; a call decides every request of a workload once.

use iameval::native::RequestReader;
use iameval_benches::{Subject, Times, interleaved, lines};
use iameval_tests::naive::{self, Policies};
use iameval_tests::workload::{NamedDocument, Workload, assemble};
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
    ("W3-10000", "W3-1000", "≤ 2.2"),
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
    let decisions = interleaved(subjects, ROUNDS, AT_LEAST);
    let rates = interleaved(compiling(), ROUNDS, AT_LEAST);
    let others =
        interleaved([assembling(), simulating(), answering()].into_iter().flatten().collect(), ROUNDS, AT_LEAST);
    std::io::stdout().write_all(report(&decisions, &rates, &others).as_bytes())
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

/// From text to a compiled policy, byte by byte.
fn compiling() -> Vec<Subject<'static>> {
    let managed = Workload::managed().documents;
    let read_only = managed.iter().filter(|document| document.name == "ReadOnlyAccess").cloned().collect();
    let inputs =
        [("ReadOnlyAccess", read_only), ("ten managed", managed), ("W3-1000", Workload::synthetic(1_000).documents)];
    let subject = |(name, documents): (&str, Vec<NamedDocument>)| {
        let bytes = documents.iter().map(|document| document.text.len()).sum();
        Subject::new(name, bytes, move || documents.iter().for_each(|document| drop(black_box(document.compile()))))
    };
    inputs.into_iter().map(subject).collect()
}

/// From compiled policies to a set, and to one with an index over all.
fn assembling() -> Vec<Subject<'static>> {
    let subjects = |workload: Workload| {
        let (compiled, policies) = (workload.compiled(), workload.policy_set());
        let build = move || drop(black_box(assemble(compiled.iter().cloned())));
        let name = workload.name;
        [
            Subject::new(format!("build the set of {name}"), 1, build),
            Subject::new(format!("index the set of {name}"), 1, move || drop(black_box(policies.indexed()))),
        ]
    };
    [Workload::force_mfa(), Workload::managed(), Workload::synthetic(1_000)].into_iter().flat_map(subjects).collect()
}

/// Requests with reasons.
fn simulating() -> Vec<Subject<'static>> {
    let subjects = |workload: Workload| {
        let (policies, mut requests) = (workload.policy_set().indexed(), workload.requests());
        requests.truncate(60);
        let (same_policies, same_requests, count) = (policies.clone(), requests.clone(), requests.len());
        let simulate = move || requests.iter().for_each(|request| drop(black_box(policies.simulate(request))));
        let explain = move || same_requests.iter().for_each(|request| drop(black_box(same_policies.explain(request))));
        let name = workload.name;
        [
            Subject::new(format!("simulate a request of {name}"), count, simulate),
            Subject::new(format!("explain a request of {name}"), count, explain),
        ]
    };
    [Workload::force_mfa(), Workload::synthetic(1_000)].into_iter().flat_map(subjects).collect()
}

/// Lines of a batch, on one thread.
fn answering() -> Vec<Subject<'static>> {
    let workload = Workload::force_mfa();
    let own = workload.native_policies();
    let subject = |(name, policies): (&str, Option<&str>)| {
        let lines: Vec<String> =
            workload.questions.iter().enumerate().map(|(id, question)| question.line(id, policies)).collect();
        let (mut reader, shared, mut out) = (RequestReader::new(), workload.policy_set().indexed(), String::new());
        Subject::new(name, lines.len(), move || {
            out.clear();
            lines::answer(&lines, &mut reader, &shared, &mut out);
            black_box(&out);
        })
    };
    let kinds = [("answer a W1 line with its policies", Some(&*own)), ("answer a W1 line on a shared set", None)];
    kinds.into_iter().map(subject).collect()
}

fn report(decisions: &[Times], rates: &[Times], others: &[Times]) -> String {
    let mut text = String::from("| workload | ns a decision, median | min–max |\n|---|--:|--:|\n");
    for times in decisions {
        let _ = writeln!(text, "| {} | {} |", times.name, times.spread());
    }
    text.push_str("\n| ratio | target | median | min–max |\n|---|--:|--:|--:|\n");
    for (slow, fast, target) in RATIOS {
        let of = |name: &str| decisions.iter().find(|times| times.name == name);
        if let (Some(slower), Some(faster)) = (of(slow), of(fast)) {
            let _ = writeln!(text, "| {slow} / {fast} | {target} | {} |", slower.ratio(faster));
        }
    }
    text.push_str("\n| text to compiled policy | MB/s, median | min–max |\n|---|--:|--:|\n");
    for times in rates {
        let _ = writeln!(text, "| {} | {} |", times.name, times.megabytes_a_second());
    }
    text.push_str("\n| what | ns, median | min–max |\n|---|--:|--:|\n");
    for times in others {
        let _ = writeln!(text, "| {} | {} |", times.name, times.spread());
    }
    text
}
