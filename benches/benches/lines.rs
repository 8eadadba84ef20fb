//! How many native requests can one thread read, simulate and answer, text in and text out?
//!
//! The starting scenario, with the policies in each line (equal ones are compiled once and remembered) and with a set
//! that was defined before. `read`, `simulate` and `write` show where the time of `all` goes. The throughput is lines.

use criterion::{Criterion, Throughput};
use iameval::native::{RequestReader, write_result};
use iameval_benches::lines::{answer, policies_of, read};
use iameval_tests::workload::{Question, Workload};
use std::hint::black_box;

fn lines(criterion: &mut Criterion) {
    let workload = Workload::force_mfa();
    let shared = workload.policy_set().indexed();
    let own = workload.native_policies();
    for (name, policies) in [("policies in the line", Some(&*own)), ("shared policy set", None)] {
        let ask = |(id, question): (usize, &Question)| question.line(id, policies);
        let lines: Vec<String> = workload.questions.iter().enumerate().map(ask).collect();
        let mut group = criterion.benchmark_group(format!("lines/{name}"));
        group.throughput(Throughput::Elements(lines.len() as u64));
        let mut reader = RequestReader::new();
        group.bench_function("read", |bencher| {
            bencher.iter(|| lines.iter().for_each(|line| drop(black_box(read(&mut reader, line)))));
        });
        let requests: Vec<_> = lines.iter().map(|line| read(&mut reader, line)).collect();
        group.bench_function("simulate", |bencher| {
            bencher.iter(|| {
                for request in &requests {
                    black_box(policies_of(request, &shared).simulate(&request.request));
                }
            });
        });
        let mut out = String::new();
        let simulated = requests.iter().map(|request| policies_of(request, &shared).simulate(&request.request));
        let simulated: Vec<_> = simulated.collect();
        group.bench_function("write", |bencher| {
            bencher.iter(|| {
                out.clear();
                for (request, simulation) in requests.iter().zip(&simulated) {
                    write_result(&mut out, request.id.as_deref(), &shared, simulation);
                }
                black_box(&out);
            });
        });
        group.bench_function("all", |bencher| {
            bencher.iter(|| {
                out.clear();
                answer(&lines, &mut reader, &shared, &mut out);
                black_box(&out);
            });
        });
        group.finish();
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    lines(&mut criterion);
    criterion.final_summary();
}
