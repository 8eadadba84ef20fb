//! How many instructions does a decision take, and compiling, a batch line, and `simulate` as a process?
//!
//! Counted by valgrind's `callgrind`, which gives the same number every time, whatever else the machine does; a number per
//! piece of work is the difference between many and few of it. `counts` compares with `benches/counts.txt` and ends with
//! exit status 1 where one differs by more than 2 %; `counts --update` writes the file. Another compiler makes other code,
//! so a file that another one made is not compared.
//!
//! Then it holds commands on input made to be slow against themselves at the sizes 1, 2 and 4: what the second doubling adds
//! may be 2.3 times what the first adds, and no more. `counts growth` does this alone.

use iameval::native::RequestReader;
use iameval_benches::growth::GROWTH;
use iameval_benches::lines;
use iameval_tests::workload::Workload;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What is counted, with how many times it is done beyond a first time.
const SUBJECTS: [(&str, u64); 6] = [
    ("a decision on W1", 200),
    ("a decision on W2", 50),
    ("a decision on W3-1000", 20),
    ("compiling W3-1000", 3),
    ("a batch line with its policies", 200),
    ("a batch line on a shared set", 200),
];

const PROCESS: &str = "simulate as a process";

/// By how much a count may differ, in parts of a hundred.
const TOLERANCE: u64 = 2;

/// Errors are printed for the person who runs this.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["run", subject, times] => {
            run(subject, times.parse()?);
            Ok(ExitCode::SUCCESS)
        }
        ["--update"] => {
            std::fs::write(file(), report(&count_all()?)?)?;
            Ok(ExitCode::SUCCESS)
        }
        ["growth"] => Ok(exit(grow()?)),
        [] => {
            let (same, linear) = (compare()?, grow()?);
            Ok(exit(same && linear))
        }
        _ => Err("usage: counts [--update | growth]".into()),
    }
}

fn exit(fits: bool) -> ExitCode {
    if fits { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn file() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/counts.txt"))
}

/// Does a piece of work that many times; preparing it is counted too, and falls out of the difference.
fn run(subject: &str, times: u64) {
    match subject {
        "a decision on W1" => decide(&Workload::force_mfa(), times),
        "a decision on W2" => decide(&Workload::managed(), times),
        "a decision on W3-1000" => decide(&Workload::synthetic(1_000), times),
        "compiling W3-1000" => {
            let documents = Workload::synthetic(1_000).documents;
            for document in (0..times).flat_map(|_| &documents) {
                drop(black_box(document.compile()));
            }
        }
        "a batch line with its policies" => answer(true, times),
        _ => answer(false, times),
    }
}

fn decide(workload: &Workload, times: u64) {
    let (policies, requests) = (workload.policy_set().indexed(), workload.requests());
    for _ in 0..times {
        for request in &requests {
            black_box(policies.decide(black_box(request)));
        }
    }
}

fn answer(with_policies: bool, times: u64) {
    let workload = Workload::force_mfa();
    let own = workload.native_policies();
    let policies = with_policies.then_some(&*own);
    let questions = workload.questions.iter().enumerate();
    let written: Vec<String> = questions.map(|(id, question)| question.line(id, policies)).collect();
    let (mut reader, shared, mut out) = (RequestReader::new(), workload.policy_set().indexed(), String::new());
    for _ in 0..times {
        out.clear();
        lines::answer(&written, &mut reader, &shared, &mut out);
        black_box(&out);
    }
}

/// The pieces of work in one time.
fn pieces(subject: &str) -> u64 {
    let requests = match subject {
        "a decision on W2" => Workload::managed().questions.len(),
        "a decision on W3-1000" => Workload::synthetic(1_000).questions.len(),
        "compiling W3-1000" => 1,
        _ => Workload::force_mfa().questions.len(),
    };
    u64::try_from(requests).unwrap_or(u64::MAX)
}

fn count_all() -> Outcome<Vec<(&'static str, u64)>> {
    let own = std::env::current_exe()?;
    let mut counts = Vec::new();
    for (subject, times) in SUBJECTS {
        let of = |times: u64| instructions(Command::new("valgrind"), &own, &["run", subject, &times.to_string()]);
        counts.push((subject, (of(times + 1)? - of(1)?) / (times * pieces(subject))));
    }
    let program = own.with_file_name("iameval");
    let question = ["simulate", "--example", "force-mfa", "--mfa=false", "iam:ChangePassword"];
    counts.push((PROCESS, instructions(Command::new("valgrind"), &program, &question)?));
    Ok(counts)
}

/// The instructions of a whole process.
fn instructions(mut valgrind: Command, program: &Path, arguments: &[&str]) -> Outcome<u64> {
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args(arguments);
    let output = valgrind.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    let collected = told.lines().find_map(|line| line.split_once("Collected :")).map(|(_, count)| count.trim().parse());
    Ok(collected.ok_or_else(|| format!("valgrind counted nothing of {}:\n{told}", program.display()))??)
}

fn compiler() -> Outcome<String> {
    Ok(String::from_utf8(Command::new("rustc").arg("--version").output()?.stdout)?.trim().to_owned())
}

fn report(counts: &[(&str, u64)]) -> Outcome<String> {
    let mut text = format!("{}\n", compiler()?);
    for (subject, count) in counts {
        writeln!(text, "{count:>12}  {subject}")?;
    }
    Ok(text)
}

fn compare() -> Outcome<bool> {
    let known = std::fs::read_to_string(file())?;
    let mut out = std::io::stdout().lock();
    let made_by = known.lines().next().unwrap_or_default();
    if made_by != compiler()? {
        writeln!(out, "not compared: the counts were made with {made_by}, and this is {}", compiler()?)?;
        return Ok(true);
    }
    let mut fits = true;
    for (subject, count) in count_all()? {
        let row = known.lines().filter_map(|line| line.trim().split_once("  ")).find(|(_, name)| *name == subject);
        let before: u64 = row.map_or(Ok(0), |(count, _)| count.parse())?;
        let within = count.abs_diff(before) * 100 <= before * TOLERANCE;
        fits &= within;
        writeln!(out, "{} {count:>12} (was {before})  {subject}", if within { "ok     " } else { "differs" })?;
    }
    if !fits {
        writeln!(
            out,
            "if that is meant: cargo build --profile dist -p iameval-cli -p iameval-benches --bin iameval --bin counts && target/dist/counts --update"
        )?;
    }
    Ok(fits)
}

/// How many times as much the second doubling of an input may add as the first, in parts of a hundred.
const DOUBLING: u64 = 230;

/// Whether everything that grows costs twice as much where it is twice as large.
fn grow() -> Outcome<bool> {
    let program = std::env::current_exe()?.with_file_name("iameval");
    let folder = std::env::temp_dir().join(format!("iameval-growth-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut out = std::io::stdout().lock();
    let mut all = true;
    for growth in &GROWTH {
        let of = |size: usize| {
            let path = write(&folder, growth.ending, &(growth.input)(size))?;
            let path = path.to_str().ok_or("the folder of temporary files has no name in UTF-8")?;
            instructions(Command::new("valgrind"), &program, &[growth.command, &[path]].concat())
        };
        let [one, two, four] = [of(growth.size)?, of(2 * growth.size)?, of(4 * growth.size)?];
        let (first, second) = (two.saturating_sub(one), four.saturating_sub(two));
        let fits = second * 100 <= first * DOUBLING;
        all &= fits;
        let (sign, tenths) = (if fits { "ok     " } else { "grows  " }, second * 10 / first.max(1));
        writeln!(out, "{sign} {one:>12} {two:>12} {four:>12}  x{}.{}  {}", tenths / 10, tenths % 10, growth.name)?;
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(all)
}

/// Writes an input as a file, or as a folder of files where it has several.
fn write(folder: &Path, ending: &str, input: &str) -> Outcome<PathBuf> {
    if !input.contains('\u{c}') {
        let path = folder.join(format!("input.{ending}"));
        std::fs::write(&path, input)?;
        return Ok(path);
    }
    let inner = folder.join("input");
    std::fs::create_dir_all(&inner)?;
    for (number, text) in input.split('\u{c}').enumerate() {
        std::fs::write(inner.join(format!("{number}.{ending}")), text)?;
    }
    Ok(inner)
}
