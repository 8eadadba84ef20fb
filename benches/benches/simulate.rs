//! What does it cost to know why: all matched statements and missing keys (`simulate`), or every step (`explain`)?
//!
//! To be read beside `decide.rs`: same policies, same requests. The throughput is requests.

// For its allocator, which is that of the program.
use iameval_benches as _;

use criterion::{Criterion, Throughput};
use iameval_tests::workload::Workload;
use std::hint::black_box;

fn simulate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate");
    for workload in [Workload::force_mfa(), Workload::synthetic(1_000)] {
        let (policies, mut requests) = (workload.policy_set().indexed(), workload.requests());
        group.throughput(Throughput::Elements(requests.len() as u64));
        group.bench_function(format!("{}/simulate", workload.name), |bencher| {
            bencher.iter(|| requests.iter().for_each(|request| drop(black_box(policies.simulate(black_box(request))))));
        });
        // A trace of 1,000 statements is long: fewer requests are enough.
        requests.truncate(60);
        group.throughput(Throughput::Elements(requests.len() as u64));
        group.bench_function(format!("{}/explain", workload.name), |bencher| {
            bencher.iter(|| requests.iter().for_each(|request| drop(black_box(policies.explain(black_box(request))))));
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    simulate(&mut criterion);
    criterion.final_summary();
}
