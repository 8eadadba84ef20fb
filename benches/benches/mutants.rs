//! What does it cost to try every mutant of a policy? Under two seconds for 50 statements and 200 cases, the whole process
//! included.
//!
//! One policy of the first 50 statements of W3-100, and 200 of its requests, each of which must be decided as it is without
//! a change. `one thread` and `two threads` are the whole run: changing, compiling, deciding. The throughput is mutants.

// For its allocator, which is that of the program.
use iameval_benches as _;

use criterion::{Criterion, Throughput};
use iameval::{Decision, PolicySet, json};
use iameval_test::{AskedRequest, MutantRun, Probe};
use iameval_tests::workload::{PRINCIPAL, Workload};
use iameval_world::{Ask, Files, Finding, Source, World};
use std::hint::black_box;
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;

const STATEMENTS: usize = 50;
const CASES: usize = 200;

/// The same text for every path: a world file with its policy inside.
struct OneFile(String);

impl Files for OneFile {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        Ok(Source::new(path.display().to_string(), self.0.as_str()))
    }
}

/// A request, and how it is decided.
struct Case {
    asked: AskedRequest,
    decision: Decision,
}

impl Probe for Case {
    fn asked(&self) -> &AskedRequest {
        &self.asked
    }

    fn passes(&self, policies: &PolicySet) -> bool {
        policies.decide(&self.asked.request) == self.decision
    }
}

fn world(workload: &Workload) -> World {
    let parsed = workload.parsed();
    let statements = parsed.iter().flat_map(|document| {
        let tree = document.to_json();
        let statements = match tree.get("Statement").map(|node| &node.value) {
            Some(json::Value::Array(statements)) => statements.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        statements.into_iter()
    });
    let statements: Vec<String> = statements.take(STATEMENTS).collect();
    assert_eq!(statements.len(), STATEMENTS);
    let policy = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    let text = format!(
        r#"{{"version":1,"account":"123456789012","principals":{{"john":{{"user":"john.doe","policies":[{policy}]}}}}}}"#
    );
    World::load(&OneFile(text), &["world.json".into()]).unwrap_or_else(|found| panic!("{found:?}"))
}

fn cases(world: &World, workload: &Workload) -> Vec<Case> {
    let principal = world.principal(PRINCIPAL).unwrap_or_else(|| panic!("nobody asks"));
    let requests = workload.requests().into_iter().take(CASES);
    let case = |request: iameval::Request| {
        let (action, resource) = (request.action(), request.resource());
        let ask = Ask::new(&principal, action, resource);
        let layers = world.situation(&ask).unwrap_or_else(|found| panic!("{found:?}")).policies;
        let decision = layers.set().decide(&request);
        Case { asked: AskedRequest { layers, request }, decision }
    };
    requests.map(case).collect()
}

fn mutants(criterion: &mut Criterion) {
    let workload = Workload::synthetic(100);
    let world = world(&workload);
    let cases = cases(&world, &workload);
    assert_eq!(cases.len(), CASES);
    let policies: Vec<_> = world.policies().iter().map(|known| known.policy.clone()).collect();
    let run = |jobs| MutantRun { policies: &policies, jobs, progress: &|_, _| {} }.run(&cases, &[]);
    let report = run(NonZero::<usize>::MIN);
    assert!(report.noticed > 0 && !report.survivors.is_empty(), "both kinds are measured");
    let mut group = criterion.benchmark_group("mutants");
    group.sample_size(20).throughput(Throughput::Elements(report.tried() as u64));
    for (name, jobs) in
        [("one thread", NonZero::<usize>::MIN), ("two threads", NonZero::<usize>::MIN.saturating_add(1))]
    {
        group.bench_function(name, |bencher| bencher.iter(|| black_box(run(jobs))));
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    mutants(&mut criterion);
    criterion.final_summary();
}
