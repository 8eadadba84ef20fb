//! What does it cost to put a policy set together from compiled policies, and when does an index over all of them pay?
//!
//! `build` is what a caller pays who has compiled policies at hand and a different set for each request; `indexed` is
//! paid once for a set that is asked often. The throughput is policies. `decide` in `decide.rs` shows the gain.

// For its allocator, which is that of the program.
use iameval_benches as _;

use criterion::{BatchSize, Criterion, Throughput};
use iameval_tests::workload::{Workload, assemble};
use std::hint::black_box;

fn sets(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("assemble");
    for workload in
        [Workload::force_mfa(), Workload::managed(), Workload::synthetic(1_000), Workload::synthetic(10_000)]
    {
        let compiled = workload.compiled();
        let policies = workload.policy_set();
        group.throughput(Throughput::Elements(compiled.len() as u64));
        group.bench_function(format!("{}/build", workload.name), |bencher| {
            bencher.iter_batched(|| compiled.clone(), |compiled| black_box(assemble(compiled)), BatchSize::SmallInput);
        });
        group.bench_function(format!("{}/indexed", workload.name), |bencher| {
            bencher.iter(|| black_box(policies.indexed()));
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    sets(&mut criterion);
    criterion.final_summary();
}
