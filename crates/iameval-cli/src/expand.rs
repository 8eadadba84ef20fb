//! `iameval expand`: the actions of AWS that patterns cover.

use crate::args::{Expand, Format, LevelName};
use crate::exit::{Exit, Failure, Outcome, about_argument};
use crate::output::Output;
use crate::setup::Setup;
use iameval_data::{ActionFilter, ActionInfo, expand_patterns};
use iameval_report::{actions_to_json, actions_to_text};

pub(crate) fn run(flags: &Expand, setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let covered = expand_patterns(&flags.patterns, setup.catalogue()).map_err(|wrong| {
        Failure(wrong.into_iter().map(|(pattern, problem)| about_argument("PATTERN", pattern, problem)).collect())
    })?;
    let filter = ActionFilter {
        access_level: flags.access_level.map(LevelName::to_data),
        resource_type: flags.resource_type.as_deref(),
    };
    let left: Vec<ActionInfo<'_>> = covered.iter().copied().filter(|action| filter.passes(*action)).collect();
    if left.is_empty() {
        output.message(&format!("note: {}", filter.nothing_left(&covered)));
    }
    match flags.format {
        Format::Human => output.answer(&actions_to_text(&left)),
        Format::Json => output.json(&actions_to_json(&left)),
    }
    Ok(Exit::Wanted)
}
