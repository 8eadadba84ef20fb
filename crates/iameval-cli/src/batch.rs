//! `iameval batch`: simulation requests as JSON lines in, results as JSON lines out, in order.
//!
//! One thread reads lines as they come and keeps the policies that lines define; workers decide; one thread writes.
//! Lines travel in chunks. A chunk takes along the definitions that stand before it, so order never depends on the
//! workers. A bounded number of chunks is on the way, so memory stays bounded whatever the input.

mod chunk;
mod definitions;
pub(crate) mod input;

use crate::args::Batch;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Output, stop_writing};
use crate::setup::Setup;
use crate::world;
use chunk::{Answered, By, Chunk, Worker};
use definitions::Definitions;
use iameval_report::{Names, Writing, screened_json};
use iameval_test::threads;
use iameval_world::{Native, codes};
use input::Input;
use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

pub(crate) fn run(flags: &Batch, setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let world = world::given(&flags.source, &setup.files, output)?;
    if let Some(world) = &world {
        world.decide_by(setup.catalogue().service_rules().clone());
    }
    let mut input = Input::open(&flags.file, flags.max_line)?;
    input.refuse_other_formats(&flags.file, Native::Requests, &setup.files)?;
    let by = By { catalogue: setup.catalogue(), world: world.as_ref(), keep: flags.keep };
    let jobs = flags.jobs.map_or_else(|| threads::processors().get(), usize::from);
    let names = output.names().clone();
    let tally = if jobs == 1 { alone(input, by, &names)? } else { together(input, jobs, by, &names)? };
    if tally.lines == 0 {
        let help = "give one simulation request per line, as JSON";
        return Err(Failure::usage(codes::EMPTY_INPUT, "there are no requests to answer", help));
    }
    if tally.errors > 0 {
        let lines = if tally.lines == 1 { "line" } else { "lines" };
        output.message(&format!("{} of {} {lines} could not be answered", tally.errors, tally.lines));
    }
    Ok(if flags.fail_on_error && tally.errors > 0 { Exit::NotAnswered } else { Exit::Wanted })
}

/// How many results were written, and how many of them were errors.
struct Tally<'n> {
    lines: u64,
    errors: u64,
    names: &'n Names,
}

impl<'n> Tally<'n> {
    fn new(names: &'n Names) -> Self {
        Self { lines: 0, errors: 0, names }
    }

    fn write(&mut self, out: &mut impl Write, answered: &Answered) {
        self.lines += answered.lines;
        self.errors += answered.errors;
        let text = self.names.shown(&answered.text, Writing::Json);
        if let Err(error) = out.write_all(screened_json(&text).as_bytes()).and_then(|()| out.flush()) {
            stop_writing(&error);
        }
    }
}

/// Everything on one thread.
fn alone<'n>(mut input: Input, by: By<'_>, names: &'n Names) -> Outcome<Tally<'n>> {
    let (mut definitions, mut worker) = (Definitions::keeping(by.keep), Worker::new(by));
    let mut tally = Tally::new(names);
    let mut out = std::io::stdout().lock();
    while let Some(lines) = input.next_lines()? {
        for chunk in definitions.chunks(lines) {
            tally.write(&mut out, &worker.answer(&chunk));
        }
    }
    Ok(tally)
}

/// Chunks on the way for each worker.
const IN_FLIGHT: usize = 4;

fn together<'n>(input: Input, jobs: usize, by: By<'_>, names: &'n Names) -> Outcome<Tally<'n>> {
    let (work, queue) = sync_channel::<(u64, Chunk)>(jobs);
    let (results, answered) = sync_channel::<(u64, Answered)>(jobs);
    // A token for each chunk that may be on the way, given back when its results are written.
    let (give_back, tokens) = sync_channel::<()>(jobs * IN_FLIGHT);
    for _ in 0..jobs * IN_FLIGHT {
        let _ = give_back.send(());
    }
    let queue = Arc::new(Mutex::new(queue));
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || read(input, by.keep, &work, &tokens));
        for _ in 0..jobs {
            let (queue, results) = (queue.clone(), results.clone());
            scope.spawn(move || decide(Worker::new(by), &queue, &results));
        }
        drop(results);
        let tally = write(&answered, &give_back, names);
        match reader.join() {
            Ok(read) => read.map(|()| tally),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn read(mut input: Input, keep: NonZeroUsize, work: &SyncSender<(u64, Chunk)>, tokens: &Receiver<()>) -> Outcome<()> {
    let mut definitions = Definitions::keeping(keep);
    let mut number = 0;
    while let Some(lines) = input.next_lines()? {
        for chunk in definitions.chunks(lines) {
            if tokens.recv().is_err() || work.send((number, chunk)).is_err() {
                return Ok(());
            }
            number += 1;
        }
    }
    Ok(())
}

fn decide(mut worker: Worker<'_>, queue: &Mutex<Receiver<(u64, Chunk)>>, results: &SyncSender<(u64, Answered)>) {
    loop {
        let next = queue.lock().map(|queue| queue.recv());
        let Ok(Ok((number, chunk))) = next else { return };
        if results.send((number, worker.answer(&chunk))).is_err() {
            return;
        }
    }
}

/// Puts results back into the order of their lines.
fn write<'n>(answered: &Receiver<(u64, Answered)>, give_back: &SyncSender<()>, names: &'n Names) -> Tally<'n> {
    let mut out = std::io::stdout().lock();
    let (mut tally, mut early, mut next) = (Tally::new(names), BTreeMap::new(), 0);
    while let Ok((number, answered)) = answered.recv() {
        early.insert(number, answered);
        while let Some(answered) = early.remove(&next) {
            tally.write(&mut out, &answered);
            let _ = give_back.send(());
            next += 1;
        }
    }
    tally
}

/// Reading can fail half-way.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::usage(
            codes::UNREADABLE,
            format!("cannot read the requests: {error}"),
            "the requests read so far are answered",
        )
    }
}
