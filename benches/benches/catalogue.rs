//! What does it cost to ask the catalogue, and to go through all that AWS manages?
//!
//! - How long does it take to look up one action, and one context key, known or unknown?
//! - How long to gather the actions of one service (`iam:*`), and those of a pattern about all services (`*:Describe*`)?
//! - How long to unpack one managed policy, which is one block of its neighbours?
//! - How long to parse all 1,582 managed policies, to compile them, and both?
//! - How long does a check take, of one small policy and of all managed ones?
//!
//! All of it is warm: what the first look-up in a process costs is measured by `src/bin/cold.rs`.

// For its allocator, which is that of the program.
use iameval_benches as _;

use criterion::{Criterion, Throughput};
use iameval::{CompiledPolicy, PolicyDocument, PolicyId, PolicyKind};
use iameval_data::{Catalogue, ManagedPolicy};
use iameval_tests::workload::Workload;
use std::hint::black_box;

fn look_up(criterion: &mut Criterion) {
    let catalogue = Catalogue::embedded();
    let mut group = criterion.benchmark_group("look up");
    for name in ["iam:ChangePassword", "s3:GetObject", "iam:ChangePasswrod"] {
        group.bench_function(name, |bencher| bencher.iter(|| black_box(catalogue.action(black_box(name)))));
    }
    for pattern in ["iam:*", "*:Describe*"] {
        group.throughput(Throughput::Elements(catalogue.matching(pattern).count() as u64));
        group.bench_function(pattern, |bencher| bencher.iter(|| catalogue.matching(black_box(pattern)).count()));
    }
    group.throughput(Throughput::Elements(1));
    for key in ["aws:SourceIp", "s3:ExistingObjectTag/team", "s3:NoSuchKey", "nowhere:NoSuchKey"] {
        group.bench_function(key, |bencher| bencher.iter(|| black_box(catalogue.context_key(black_box(key)))));
    }
    for name in ["AdministratorAccess", "ReadOnlyAccess"] {
        let policy = ManagedPolicy::find(name);
        group.bench_function(format!("unpack {name}"), |bencher| {
            bencher.iter(|| black_box(policy).map(ManagedPolicy::document));
        });
    }
    group.finish();
}

fn all(criterion: &mut Criterion) {
    let texts: Vec<String> =
        ManagedPolicy::all().filter(|policy| policy.version().is_some()).map(ManagedPolicy::document).collect();
    let documents: Vec<PolicyDocument> = texts.iter().filter_map(|text| PolicyDocument::parse(text).value).collect();
    let compile = |document: &PolicyDocument| {
        drop(black_box(CompiledPolicy::new(PolicyId::new("policy"), PolicyKind::Identity, document)));
    };
    let mut group = criterion.benchmark_group(format!("all {} managed policies", documents.len()));
    group.sample_size(10).throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
    group.bench_function("unpack, one by one", |bencher| {
        bencher.iter(|| ManagedPolicy::all().for_each(|policy| drop(black_box(policy.document()))));
    });
    group.bench_function("parse", |bencher| {
        bencher.iter(|| texts.iter().for_each(|text| drop(black_box(PolicyDocument::parse(text)))));
    });
    group.bench_function("compile", |bencher| bencher.iter(|| documents.iter().for_each(compile)));
    group.bench_function("parse and compile", |bencher| {
        bencher.iter(|| texts.iter().filter_map(|text| PolicyDocument::parse(text).value).for_each(|it| compile(&it)));
    });
    group.bench_function("check", |bencher| bencher.iter(|| documents.iter().for_each(check)));
    group.finish();
}

fn check(document: &PolicyDocument) {
    drop(black_box(iameval_lint::check_managed(document, PolicyKind::Identity, Catalogue::embedded())));
}

fn one(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    for document in Workload::force_mfa().documents {
        let parsed = document.parse();
        group.bench_function(&document.name, |bencher| bencher.iter(|| check(&parsed)));
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    look_up(&mut criterion);
    all(&mut criterion);
    one(&mut criterion);
    criterion.final_summary();
}
