//! `iameval man`

use crate::args::{self, Man};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Output, stop_writing};
use iameval::suggest::did_you_mean;
use iameval_world::codes;

pub(crate) fn run(flags: &Man, output: &mut Output) -> Outcome<Exit> {
    let mut program = args::command();
    // So that commands know their full names, and the flags that all of them take.
    program.build();
    let command = match &flags.command {
        None => program,
        Some(name) => page(&program, name)?,
    };
    let mut page = Vec::new();
    let version = concat!("iameval ", env!("CARGO_PKG_VERSION"));
    if let Err(error) = clap_mangen::Man::new(command).source(version).render(&mut page) {
        stop_writing(&error);
    }
    output.raw(&String::from_utf8_lossy(&page));
    Ok(Exit::Wanted)
}

fn page(program: &clap::Command, name: &str) -> Outcome<clap::Command> {
    let known: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
    let found = program.get_subcommands().find(|command| command.get_name() == name);
    found.cloned().ok_or_else(|| {
        let help =
            did_you_mean(name, known.iter().copied()).unwrap_or_else(|| format!("there is {}", known.join(", ")));
        Failure::argument("COMMAND", name, codes::UNKNOWN_NAME, format!("there is no command `{name}`"), Some(help))
    })
}
