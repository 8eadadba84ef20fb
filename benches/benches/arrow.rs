//! How many rows of a table can one thread decide, columns in and columns out?
//!
//! The starting scenario: John asks for 20 actions. In `distinct 1 %` one row in a hundred is not equal to one before; in
//! `all distinct` every row has an object of its own. The throughput is rows.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench whose table cannot be made has nothing to measure"
)]

use arrow_array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use criterion::{Criterion, Throughput};
use iameval_arrow::Decider;
use iameval_ask::Asker;
use iameval_data::Catalogue;
use iameval_world::{Example, World};
use std::hint::black_box;
use std::sync::Arc;

const ROWS: usize = 100_000;

const ACTIONS: [&str; 20] = [
    "iam:ChangePassword",
    "iam:ListUsers",
    "iam:EnableMFADevice",
    "iam:CreateVirtualMFADevice",
    "iam:GetUser",
    "iam:ListMFADevices",
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:ListBucket",
    "ec2:DescribeInstances",
    "ec2:RunInstances",
    "ec2:StartInstances",
    "ec2:StopInstances",
    "lambda:InvokeFunction",
    "lambda:GetFunction",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
];

/// A table whose rows ask on so many objects.
fn table(objects: usize) -> RecordBatch {
    let text = |of: &dyn Fn(usize) -> String| Arc::new((0..ROWS).map(|row| Some(of(row))).collect::<StringArray>());
    let columns: [(&str, ArrayRef); 4] = [
        ("principal", text(&|_| "john.doe".into())),
        ("action", text(&|row| ACTIONS[row % ACTIONS.len()].into())),
        ("resource", text(&|row| format!("arn:aws:s3:::reports/{}", row % objects))),
        ("mfa", Arc::new((0..ROWS).map(|row| Some((row / ACTIONS.len()).is_multiple_of(2))).collect::<BooleanArray>())),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of one length")
}

fn tables(criterion: &mut Criterion) {
    let example = Example::find("force-mfa").expect("an example");
    let world = World::load(example, &[example.world().into()]).expect("a world");
    let decider = Decider::new(Asker::new(&world, Catalogue::embedded()));
    let mut group = criterion.benchmark_group("arrow");
    group.throughput(Throughput::Elements(ROWS as u64)).sample_size(20);
    for (name, objects) in [("distinct 1 %", 1_000), ("all distinct", ROWS)] {
        let rows = table(objects);
        group.bench_function(name, |bencher| bencher.iter(|| black_box(decider.decide(&rows))));
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    tables(&mut criterion);
    criterion.final_summary();
}
