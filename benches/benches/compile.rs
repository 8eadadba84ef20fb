//! How fast does policy text become something that can be evaluated?
//!
//! `parse` is text to `PolicyDocument`, `compile` is that to `CompiledPolicy`, `both` the whole way. The throughput is
//! bytes of text, indented by two spaces a level as the files are.

// For its allocator, which is that of the program.
use iameval_benches as _;

use criterion::{Criterion, Throughput};
use iameval::{CompiledPolicy, PolicyDocument, PolicyId, PolicyKind};
use iameval_tests::workload::{NamedDocument, Workload};
use std::hint::black_box;

fn compile(criterion: &mut Criterion) {
    let managed = Workload::managed().documents;
    let read_only = managed.iter().filter(|document| document.name == "ReadOnlyAccess").cloned().collect();
    let inputs: [(&str, Vec<NamedDocument>); 3] =
        [("ReadOnlyAccess", read_only), ("ten managed", managed), ("W3-1000", Workload::synthetic(1_000).documents)];
    let mut group = criterion.benchmark_group("compile");
    for (name, texts) in &inputs {
        let bytes: usize = texts.iter().map(|document| document.text.len()).sum();
        group.throughput(Throughput::Bytes(bytes as u64));
        let documents: Vec<PolicyDocument> = texts.iter().map(NamedDocument::parse).collect();
        group.bench_function(format!("{name}/parse"), |bencher| {
            bencher.iter(|| texts.iter().for_each(|document| drop(black_box(document.parse()))));
        });
        group.bench_function(format!("{name}/compile"), |bencher| {
            bencher.iter(|| {
                for document in &documents {
                    let _ = black_box(CompiledPolicy::new(PolicyId::new("policy"), PolicyKind::Identity, document));
                }
            });
        });
        group.bench_function(format!("{name}/both"), |bencher| {
            bencher.iter(|| texts.iter().for_each(|document| drop(black_box(document.compile()))));
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    compile(&mut criterion);
    criterion.final_summary();
}
