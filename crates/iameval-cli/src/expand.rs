//! `iameval expand`: the actions of AWS that patterns cover.

use crate::args::{Expand, Format};
use crate::exit::{Exit, Failure, Outcome, about_argument};
use crate::output::Output;
use crate::setup::Setup;
use iameval::suggest::did_you_mean;
use iameval_data::{ActionInfo, expand_pattern};
use iameval_report::{actions_to_json, actions_to_text};

pub(crate) fn run(flags: &Expand, setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let (mut covered, mut wrong) = (Vec::new(), Vec::new());
    for pattern in &flags.patterns {
        match expand_pattern(pattern, setup.catalogue()) {
            Ok(actions) => covered.extend(actions),
            Err(problem) => wrong.push(about_argument("PATTERN", pattern, problem)),
        }
    }
    if !wrong.is_empty() {
        return Err(Failure(wrong));
    }
    // In the order of the catalogue, each once.
    covered.sort_by_cached_key(|action| key(*action));
    covered.dedup_by_key(|action| key(*action));
    let left: Vec<ActionInfo<'_>> = covered.iter().copied().filter(|action| passes(flags, *action)).collect();
    if left.is_empty() {
        output.message(&nothing_left(flags, &covered));
    }
    match flags.format {
        Format::Human => output.answer(&actions_to_text(&left)),
        Format::Json => output.json(&actions_to_json(&left)),
    }
    Ok(Exit::Wanted)
}

fn key(action: ActionInfo<'_>) -> (String, String) {
    (action.service().prefix().to_ascii_lowercase(), action.name().to_ascii_lowercase())
}

fn passes(flags: &Expand, action: ActionInfo<'_>) -> bool {
    let takes =
        |name: &String| action.resource_types().any(|taken| taken.resource_type.name().eq_ignore_ascii_case(name));
    let level = flags.access_level.is_none_or(|level| level.to_data() == action.access_level());
    level && flags.resource_type.as_ref().is_none_or(takes)
}

/// What to say when the filters leave nothing.
fn nothing_left(flags: &Expand, covered: &[ActionInfo<'_>]) -> String {
    let types = covered.iter().flat_map(|action| action.resource_types()).map(|taken| taken.resource_type.name());
    let near = flags.resource_type.as_deref().and_then(|name| did_you_mean(name, types));
    let near = near.map(|near| format!("; {near}")).unwrap_or_default();
    format!("note: none of the {} matching actions passes the filters{near}", covered.len())
}
