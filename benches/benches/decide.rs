//! How long does one decision take, how does that grow with the policies, and what does trying every statement cost?
//!
//! Policies are compiled and requests built beforehand. An iteration decides every request of a workload once, so that
//! branches and caches see a mix; the throughput is requests, and its inverse the time of one decision.

// For its allocator, which is that of the program.
use iameval_benches as _;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use iameval::{Decision, Request};
use iameval_tests::naive::{self, Policies};
use iameval_tests::workload::Workload;
use std::hint::black_box;

fn decide(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    for workload in Workload::all() {
        let (policies, requests) = (workload.policy_set(), workload.requests());
        let name = &*workload.name;
        let indexed = policies.indexed();
        bench(&mut group, &format!("{name}/indexed"), &requests, |request| indexed.decide(request));
        if ["W1", "W2"].contains(&name) {
            bench(&mut group, &format!("{name}/unindexed"), &requests, |request| policies.decide(request));
        }
        if ["W1", "W2", "W3-1000"].contains(&name) {
            let policies = Policies { identity: workload.parsed(), ..Policies::default() };
            bench(&mut group, &format!("{name}/naive"), &requests, |request| naive::decide(&policies, request));
        }
    }
    group.finish();
}

fn bench(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    requests: &[Request],
    decide: impl Fn(&Request) -> Decision,
) {
    group.throughput(Throughput::Elements(requests.len() as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            for request in requests {
                black_box(decide(black_box(request)));
            }
        });
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    decide(&mut criterion);
    criterion.final_summary();
}
