//! What does the first look-up in a process cost, when nothing of the catalogue has been touched?
//!
//! Prints a table of `docs/performance.md`. A question is asked in a process of its own, this program again, which says how
//! long it was from the call to the answer; so many processes one after the other. The data is part of the program and the
//! operating system has it in memory from the run before, but each process meets its pages for the first time.
//!
//! `cold` asks 200 times, `cold 50` so many times.

use iameval_benches::Spread;
use iameval_data::{Catalogue, ManagedPolicy};
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Instant;

/// Asks, and says whether the answer is what it should be.
type Ask = fn() -> bool;

const QUESTIONS: [(&str, Ask); 6] = [
    ("an action: `iam:ChangePassword`", || Catalogue::embedded().action(black_box("iam:ChangePassword")).is_some()),
    ("all actions of `iam:*`", || Catalogue::embedded().matching(black_box("iam:*")).count() > 100),
    ("all actions of `*:Describe*`", || Catalogue::embedded().matching(black_box("*:Describe*")).count() > 1_000),
    ("a context key: `s3:ExistingObjectTag/team`", || {
        Catalogue::embedded().context_key(black_box("s3:ExistingObjectTag/team")).is_some()
    }),
    ("a managed policy by name, without its document", || ManagedPolicy::find(black_box("ReadOnlyAccess")).is_some()),
    ("a managed policy's document: `ReadOnlyAccess`", || {
        ManagedPolicy::find(black_box("ReadOnlyAccess")).is_some_and(|policy| policy.document().len() > 10_000)
    }),
];

const TIMES: usize = 200;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ask", number] => answer(number),
        [] => report(TIMES),
        [times] => report(times.parse().map_err(io::Error::other)?),
        _ => Err(io::Error::other("usage: cold [TIMES]")),
    }
}

/// Asks one question, and says how many nanoseconds that took.
fn answer(number: &str) -> io::Result<()> {
    let question = number.parse().ok().and_then(|number: usize| QUESTIONS.get(number));
    let Some((_, ask)) = question else { return Err(io::Error::other("no such question")) };
    let start = Instant::now();
    let answered = ask();
    let nanoseconds = start.elapsed().as_nanos();
    if !answered {
        return Err(io::Error::other("not the expected answer"));
    }
    writeln!(io::stdout(), "{nanoseconds}")
}

fn report(times: usize) -> io::Result<()> {
    let program = std::env::current_exe()?;
    let mut table = String::from("| first look-up in a process | µs, median | min–max |\n|---|--:|--:|\n");
    for (number, (name, _)) in QUESTIONS.iter().enumerate() {
        let mut microseconds = Vec::with_capacity(times);
        for _ in 0..times {
            let output = Command::new(&program).args(["ask", &number.to_string()]).output()?;
            let text = String::from_utf8_lossy(&output.stdout);
            let nanoseconds: f64 = text.trim().parse().map_err(io::Error::other)?;
            microseconds.push(nanoseconds / 1e3);
        }
        let _ = writeln!(table, "| {name} | {} |", Spread::of(microseconds));
    }
    io::stdout().write_all(table.as_bytes())
}
