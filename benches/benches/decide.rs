//! How long does one decision take, and how does that grow with the policies?
//!
//! Policies are compiled and requests built beforehand. An iteration decides every request of a workload once, so that
//! branches and caches see a mix; the throughput is requests, and its inverse the time of one decision.

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use iameval::{PolicySet, Request};
use iameval_tests::workload::Workload;
use std::hint::black_box;

fn decide(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    for workload in Workload::all() {
        let (policies, requests) = (workload.policy_set(), workload.requests());
        bench(&mut group, &format!("{}/indexed", workload.name), &policies.indexed(), &requests);
        if ["W1", "W2"].contains(&&*workload.name) {
            bench(&mut group, &format!("{}/unindexed", workload.name), &policies, &requests);
        }
    }
    group.finish();
}

fn bench(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, policies: &PolicySet, requests: &[Request]) {
    group.throughput(Throughput::Elements(requests.len() as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            for request in requests {
                black_box(policies.decide(black_box(request)));
            }
        });
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    decide(&mut criterion);
    criterion.final_summary();
}
