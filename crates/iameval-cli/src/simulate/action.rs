//! Which actions are asked: those named, and those that patterns cover.

use crate::args::Simulate;
use crate::exit::{Failure, Outcome, about_argument};
use crate::output::Output;
use iameval::{Action, Severity};
use iameval_data::{Catalogue, expand_pattern, is_action_pattern, parse_action, unknown_action};
use iameval_world::Finding;
use std::collections::HashSet;

/// An action to ask for.
pub(super) struct Asked {
    /// As the user wrote it, or as the catalogue does when a pattern covers it.
    pub(super) text: String,
    pub(super) action: Action,
}

/// The actions in order. What a pattern covers and is there already does not come twice.
pub(super) fn asked(flags: &Simulate, catalogue: &Catalogue, output: &mut Output) -> Outcome<Vec<Asked>> {
    let (mut asked, mut strange, mut known) = (Vec::new(), Vec::new(), HashSet::new());
    for text in &flags.actions {
        if is_action_pattern(text) {
            let covered = expand_pattern(text, catalogue)
                .map_err(|diagnostic| Failure(vec![about_argument(ARGUMENT, text, *diagnostic)]))?;
            for info in covered {
                let text = info.to_string();
                let action = parse(&text)?;
                if known.insert(action.clone()) {
                    asked.push(Asked { text, action });
                }
            }
        } else {
            let action = parse(text)?;
            let finding = |diagnostic| about_argument(ARGUMENT, text, diagnostic);
            strange.extend(unknown_action(&action, catalogue).map(finding));
            known.insert(action.clone());
            asked.push(Asked { text: text.clone(), action });
        }
    }
    warn_of_unknown(flags, strange, output)?;
    Ok(asked)
}

/// Warns of actions that the catalogue does not know; with `--strict` they are errors.
pub(super) fn warn_of_unknown(flags: &Simulate, strange: Vec<Finding>, output: &mut Output) -> Outcome<()> {
    if !flags.strict {
        for finding in &strange {
            output.warn(finding);
        }
        return Ok(());
    }
    if strange.is_empty() {
        return Ok(());
    }
    let as_error = |mut finding: Finding| {
        finding.diagnostic.severity = Severity::Error;
        finding
    };
    Err(Failure(strange.into_iter().map(as_error).collect()))
}

const ARGUMENT: &str = "ACTION";

fn parse(text: &str) -> Outcome<Action> {
    parse_action(text).map_err(|diagnostic| Failure(vec![about_argument(ARGUMENT, text, *diagnostic)]))
}
