//! What does a case of a test file cost beside deciding its request? A file of 1,000 cases should be read and run in a few
//! milliseconds, and a run should cost a small multiple of the decisions in it.
//!
//! The starting scenario with a table of 250 actions in four states. `read` reads the file with its world and works out the
//! cases, `run` runs them on one thread, `decide` decides the same requests, made already. The throughput is cases.

// For its allocator, which is that of the program.
use iameval_benches as _;

use criterion::{Criterion, Throughput};
use iameval_data::Catalogue;
use iameval_test::{AskedRequest, Options, TestFile};
use iameval_world::{Example, Files, Finding, Source};
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

const ACTIONS: usize = 250;
const STATES: [&str; 4] = ["mfa=true", "mfa=true@7200", "mfa=false", "mfa=absent"];

/// The example with one more test file.
struct WithTable {
    example: &'static Example,
    text: String,
}

const TABLE: &str = "force-mfa/table.iamtest.yaml";

impl Files for WithTable {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        if path == Path::new(TABLE) { Ok(Source::new(TABLE, self.text.as_str())) } else { self.example.read(path) }
    }
}

fn files() -> WithTable {
    let mut text = String::from("use: world.yaml\ntests:\n  - name: all\n    principal: john.doe\n    table: |\n");
    let _ = writeln!(text, "      action  resource  {}", STATES.join("  "));
    let actions = Catalogue::embedded().matching("*:*").step_by(80).take(ACTIONS);
    for action in actions {
        let _ = writeln!(text, "      {action}  *  {}", ["deny"; STATES.len()].join("  "));
    }
    WithTable { example: Example::find("force-mfa").unwrap_or_else(|| panic!("no example")), text }
}

fn read(files: &WithTable) -> TestFile<'static> {
    let read = TestFile::load(files, TABLE.as_ref(), &Options::default());
    read.unwrap_or_else(|found| panic!("{found:?}"))
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let files = files();
    let file = read(&files);
    let cases = file.checks().len();
    assert_eq!(cases, ACTIONS * STATES.len());
    let asked: Vec<AskedRequest> =
        file.checks().iter().map(|check| file.asked(check).unwrap_or_else(|found| panic!("{found:?}"))).collect();
    let mut group = criterion.benchmark_group("testing");
    group.throughput(Throughput::Elements(cases as u64));
    group.bench_function("read", |bencher| bencher.iter(|| read(black_box(&files))));
    group.bench_function("run", |bencher| {
        bencher.iter(|| black_box(&file).run_all().unwrap_or_else(|found| panic!("{found:?}")).passed());
    });
    group.bench_function("decide", |bencher| {
        bencher.iter(|| {
            for asked in black_box(&asked) {
                black_box(asked.set().decide(&asked.request));
            }
        });
    });
    group.finish();
    criterion.final_summary();
}
