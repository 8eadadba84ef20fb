//! The `iameval` command: flags, files, exit codes. What another front end would want lives in the other crates.

mod added;
mod args;
mod asked_world;
mod batch;
mod check;
mod codes;
mod completions;
mod config;
mod data;
mod deployment;
mod diff;
mod exit;
mod expand;
mod explain;
mod init;
mod keys;
mod man;
mod matrix;
#[cfg(feature = "mcp")]
mod mcp;
mod output;
mod policy;
mod progress;
mod prove;
mod question;
mod refusal;
mod remembered;
mod report;
mod revision;
mod schema;
#[cfg(feature = "serve")]
mod serve;
mod setup;
mod shrink;
mod simulate;
mod test;
mod what_can;
mod who_can;
mod why;
mod world;
mod write;

use args::{Arguments, Command};
use clap::FromArgMatches;
use exit::{Exit, Outcome};
use output::Output;
use setup::Setup;
use std::process::ExitCode;

/// Policies are many small allocations: with the allocator of glibc they were a fifth of the instructions of `check`, and two
/// fifths of those that compile a policy.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    end_at_panics();
    let matches = match args::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return Output::usage(&error),
    };
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => return Output::usage(&error),
    };
    let mut output = Output::new(arguments.color, arguments.verbose > 0);
    match run(&arguments, &matches, &mut output) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output.failure(&failure);
            Exit::NotAnswered.into()
        }
    }
}

/// A panic is a bug, in whichever thread; the exit status says so.
fn end_at_panics() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tell(panic);
        std::process::exit(101);
    }));
}

fn run(arguments: &Arguments, matches: &clap::ArgMatches, output: &mut Output) -> Outcome<Exit> {
    match &arguments.command {
        Command::Simulate(flags) => {
            let order = matches.subcommand_matches("simulate").map(args::scp_levels).unwrap_or_default();
            simulate::run(flags, &order, &Setup::find(arguments, output)?, output)
        }
        Command::Why(flags) => {
            let order = matches.subcommand_matches("why").map(args::scp_levels).unwrap_or_default();
            why::run(flags, &order, &Setup::find(arguments, output)?, output)
        }
        Command::WhoCan(flags) => {
            let order = matches.subcommand_matches("who-can").map(args::scp_levels).unwrap_or_default();
            who_can::run(flags, &order, &Setup::find(arguments, output)?, output)
        }
        Command::WhatCan(flags) => {
            let order = matches.subcommand_matches("what-can").map(args::scp_levels).unwrap_or_default();
            what_can::run(flags, &order, &Setup::find(arguments, output)?, output)
        }
        Command::Matrix(flags) => {
            let order = matches.subcommand_matches("matrix").map(args::scp_levels).unwrap_or_default();
            matrix::run(flags, &order, &Setup::find(arguments, output)?, output)
        }
        Command::Prove(flags) => {
            let order = matches.subcommand_matches("prove").map(args::scp_levels).unwrap_or_default();
            prove::run(flags, &order, &Setup::find(arguments, output)?, output)
        }
        Command::Diff(flags) => diff::run(flags, &Setup::find(arguments, output)?, output),
        Command::Batch(flags) => batch::run(flags, &Setup::find(arguments, output)?, output),
        Command::Test(flags) => test::run(flags, &Setup::find(arguments, output)?, output),
        Command::Expand(flags) => expand::run(flags, &Setup::find(arguments, output)?, output),
        Command::Keys(flags) => keys::run(flags, &Setup::find(arguments, output)?, output),
        Command::Check(flags) => check::run(flags, &Setup::find(arguments, output)?, output),
        Command::Shrink(flags) => shrink::run(flags, &Setup::find(arguments, output)?, output),
        Command::World(flags) => world::listing::run(flags, &Setup::find(arguments, output)?, output),
        #[cfg(feature = "serve")]
        Command::Serve(flags) => serve::run(flags, Setup::find(arguments, output)?, output),
        #[cfg(feature = "mcp")]
        Command::Mcp(flags) => Ok(mcp::run(flags, &Setup::find(arguments, output)?, output)),
        Command::Explain(flags) => explain::run(flags, output),
        Command::Init(flags) => init::run(flags, output),
        Command::Schema(flags) => Ok(schema::run(flags, output)),
        Command::Completions(flags) => Ok(completions::run(flags, output)),
        Command::CompletePrincipals(flags) => {
            Ok(completions::principals(flags, &Setup::find(arguments, output)?, output))
        }
        Command::Man(flags) => man::run(flags, output),
    }
}
