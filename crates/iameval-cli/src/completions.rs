//! `iameval completions`

use crate::args::{self, Completions};
use crate::exit::Exit;
use crate::output::Output;

pub(crate) fn run(flags: &Completions, output: &mut Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(flags.shell, &mut args::command(), "iameval", &mut script);
    output.raw(&String::from_utf8_lossy(&script));
    Exit::Wanted
}
