//! `iameval world`

use super::load;
use crate::args::{Format, World};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::setup::Setup;
use iameval_report::{symbols_to_json, symbols_to_text, world_to_json, world_to_text};

pub(crate) fn run(flags: &World, setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let Some(world) = load(&flags.source, setup, output)? else {
        let help = "give a world with `-w FILE` or in an `iameval.toml`, or try `--example force-mfa`";
        return Err(Failure::usage(iameval_ask::codes::NOTHING_TO_DECIDE_BY, "there is no world to list", help));
    };
    match (flags.format, flags.symbols) {
        (Format::Human, false) => output.answer(&world_to_text(&world, output.style())),
        (Format::Json, false) => output.json(&world_to_json(&world)),
        (Format::Human, true) => output.answer(&symbols_to_text(&world, output.style())),
        (Format::Json, true) => output.json(&symbols_to_json(&world)),
    }
    Ok(Exit::Wanted)
}
