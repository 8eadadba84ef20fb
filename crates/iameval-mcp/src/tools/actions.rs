//! `expand_actions` and `find_action`

use crate::answer::{Answer, Refused};
use crate::arguments::Arguments;
use crate::workspace::Workspace;
use iameval::json::fields::invalid;
use iameval::suggest::did_you_mean;
use iameval_data::{AccessLevel, ActionFilter, ActionInfo, expand_patterns};
use iameval_report::{actions_to_json, actions_to_text};
use iameval_world::{Finding, Source};

pub(crate) const EXPAND: &[&str] = &["access_level", "patterns", "resource_type"];
pub(crate) const FIND: &[&str] = &["text"];

/// How many actions are found at most.
const MOST_FOUND: usize = 10;

pub(crate) fn expand(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<Answer, Refused> {
    let patterns = arguments.some_texts("patterns")?;
    let covered = expand_patterns(&patterns, workspace.catalogue()).map_err(|wrong| {
        let found =
            wrong.into_iter().map(|(pattern, problem)| Finding::about_all(&Source::new("patterns", pattern), problem));
        found.collect::<Vec<_>>()
    })?;
    let filter = ActionFilter { access_level: level(arguments)?, resource_type: arguments.text("resource_type")? };
    let left: Vec<ActionInfo<'_>> = covered.iter().copied().filter(|action| filter.passes(*action)).collect();
    let text = if left.is_empty() { filter.nothing_left(&covered) } else { actions_to_text(&left) };
    Ok(Answer::new(text, &actions_to_json(&left)))
}

pub(crate) fn find(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<Answer, Refused> {
    let text = arguments.required("text")?;
    let found = workspace.catalogue().find_actions(text, MOST_FOUND);
    let listed = if found.is_empty() { "no action is called like that".into() } else { actions_to_text(&found) };
    Ok(Answer::new(listed, &actions_to_json(&found)))
}

/// The access level, in the words of the command line.
fn level(arguments: &Arguments<'_>) -> Result<Option<AccessLevel>, Refused> {
    let Some(node) = arguments.get("access_level") else { return Ok(None) };
    let said = arguments.text("access_level")?.unwrap_or_default();
    let word = |level: AccessLevel| level.as_str().to_ascii_lowercase().replace(' ', "-");
    let found = AccessLevel::ALL.into_iter().find(|level| word(*level) == said);
    found.map(Some).ok_or_else(|| {
        let words = AccessLevel::ALL.map(word);
        let help = did_you_mean(said, words.iter().map(String::as_str));
        let help = help.unwrap_or_else(|| format!("there are {}", words.join(", ")));
        arguments.wrong(invalid(node.span, format!("`{said}` is not an access level")).with_help(help))
    })
}
