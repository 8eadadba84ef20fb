//! What people name: actions and patterns of actions, with suggestions where the catalogue has none of that name.

use crate::catalogue::{ActionInfo, Catalogue, Service};
use crate::codes;
use crate::without_effect::without_effect;
use iameval::suggest::nearest;
use iameval::{Action, ActionPattern, Problem, Severity};
use std::collections::BTreeSet;

/// Whether a text is a pattern for actions and not one action.
pub fn is_action_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Every action that a pattern covers, in the order of the catalogue; there is one at least.
///
/// # Errors
/// When it covers none.
pub fn expand_pattern<'c>(pattern: &str, catalogue: &'c Catalogue) -> Result<Vec<ActionInfo<'c>>, Problem> {
    let refuse = |code, message: String, help: String| {
        Err(Problem::new(code, message).with_help(help).with_severity(Severity::Error))
    };
    let Some((prefix, rest)) = pattern.split_once(':').or((pattern == "*").then_some(("*", "*"))) else {
        let message = format!("`{pattern}` names no service");
        let help = match catalogue.service(pattern) {
            Some(service) => format!("for all actions of the service write `'{}:*'`", service.prefix()),
            None => "write it as `service:Action`, such as `'s3:*'` or `'s3:Get*'`".into(),
        };
        return refuse(codes::INVALID_ACTION, message, help);
    };
    if ActionPattern::new(pattern).is_never() {
        let message = format!("`{pattern}` matches no action, whatever actions there are");
        let help =
            "a pattern has a service prefix, one colon and a name, without spaces and commas, such as `'s3:Get*'`";
        return refuse(codes::INVALID_ACTION, message, help.into());
    }
    let found: Vec<ActionInfo<'c>> = catalogue.matching(pattern).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    if is_action_pattern(prefix) {
        return refuse(
            codes::UNKNOWN_ACTION,
            format!("`{pattern}` covers no action of any service"),
            "`iameval expand 's3:*'` lists the actions of a service".into(),
        );
    }
    if let Some(gone) = without_effect(prefix) {
        return refuse(codes::ACTION_WITHOUT_EFFECT, gone.message(pattern), gone.instead.into());
    }
    let Some(service) = catalogue.service(prefix) else {
        let near = catalogue.suggest_service(prefix).map(|near| format!("did you mean `{near}:{rest}`?"));
        return refuse(codes::UNKNOWN_SERVICE, no_service(prefix), near.unwrap_or_else(|| NEWER.into()));
    };
    let help = match catalogue.suggest_action(pattern).or_else(|| suggest_pattern(service, rest)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`iameval expand '{}:*'` lists the actions of the service", service.prefix()),
    };
    refuse(codes::UNKNOWN_ACTION, format!("`{pattern}` covers no action of `{}`", service.prefix()), help)
}

/// What there is to say of an action that the catalogue does not know.
pub fn unknown_action(action: &Action, catalogue: &Catalogue) -> Option<Problem> {
    if catalogue.action(action.as_str()).is_some() {
        return None;
    }
    if let Some(gone) = without_effect(action.service()) {
        let problem = Problem::new(codes::ACTION_WITHOUT_EFFECT, gone.message(action.as_str()));
        return Some(problem.with_help(gone.instead));
    }
    let (code, message) = match catalogue.service(action.service()) {
        None => (codes::UNKNOWN_SERVICE, no_service(action.service())),
        Some(service) => {
            let name = action.as_str().split_once(':').map_or("", |(_, name)| name);
            (codes::UNKNOWN_ACTION, format!("`{}` has no action `{name}`", service.prefix()))
        }
    };
    let help = action_help(action.as_str(), catalogue).unwrap_or_else(|| NEWER.into());
    Some(Problem::new(code, message).with_help(help))
}

/// What to write in place of an action that the catalogue does not know: what AWS checks for the API call of that name, or
/// the action that is most likely meant.
///
/// ```
/// use iameval_data::{Catalogue, action_help};
///
/// let help = |text: &str| action_help(text, Catalogue::embedded());
/// assert_eq!(help("s3:ListBuckets").as_deref(), Some("the permission for this operation is `s3:ListAllMyBuckets`"));
/// assert_eq!(help("dynamodb:CreateItem").as_deref(), Some("did you mean `dynamodb:PutItem`?"));
/// assert_eq!(help("s3:Nonsense"), None);
/// ```
pub fn action_help(text: &str, catalogue: &Catalogue) -> Option<String> {
    let checked: Vec<String> = catalogue.actions_of_call(text).map(|action| format!("`{action}`")).collect();
    match checked.as_slice() {
        [] => catalogue.suggest_action(text).map(|near| format!("did you mean `{near}`?")),
        [one] => Some(format!("the permission for this operation is {one}")),
        [first @ .., last] => Some(format!("the permissions for this operation are {} and {last}", first.join(", "))),
    }
}

/// An action as a caller names it.
///
/// # Errors
/// When it is not `service:Action`.
pub fn parse_action(text: &str) -> Result<Action, Problem> {
    let refuse = |message: String| {
        let help = "write it as `service:Action`, such as `iam:ChangePassword`";
        Err(Problem::new(codes::INVALID_ACTION, message).with_help(help))
    };
    match text.parse::<Action>() {
        Ok(action) if !action.name().is_empty() => Ok(action),
        Ok(_) => refuse(format!("`{text}` names no action after the colon")),
        Err(error) => refuse(error.to_string()),
    }
}

const NEWER: &str = "if it is newer than this program, `--data` takes newer reference files";

fn no_service(prefix: &str) -> String {
    format!("no AWS service has the prefix `{prefix}`")
}

/// The pattern with its words as the service spells them: `*Pasword*` means `*Password*`.
fn suggest_pattern(service: Service<'_>, pattern: &str) -> Option<String> {
    let words: BTreeSet<&str> = service.actions().flat_map(|action| capitalised(action.name())).collect();
    let pieces = pattern.split_inclusive(['*', '?']).map(|piece| {
        let literal = piece.trim_end_matches(['*', '?']);
        let near = Some(literal).filter(|literal| !literal.is_empty());
        let near = near.and_then(|literal| nearest(literal, words.iter().copied())).unwrap_or(literal);
        format!("{near}{}", piece.get(literal.len()..).unwrap_or_default())
    });
    let near = format!("{}:{}", service.prefix(), pieces.collect::<String>());
    let covers = ActionPattern::new(&near);
    let fits = service.actions().any(|action| action.to_string().parse().is_ok_and(|action| covers.matches(&action)));
    fits.then_some(near)
}

/// The words of a name: `Get`, `Login`, `Profile`.
fn capitalised(name: &str) -> impl Iterator<Item = &str> {
    let starts = || name.match_indices(char::is_uppercase).map(|(at, _)| at);
    let ends = starts().skip(1).chain([name.len()]);
    starts().zip(ends.collect::<Vec<_>>()).filter_map(|(start, end)| name.get(start..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_words_of_a_pattern() {
        let iam = Catalogue::embedded().service("iam").unwrap();
        assert_eq!(suggest_pattern(iam, "*Pasword*").as_deref(), Some("iam:*Password*"));
        assert_eq!(suggest_pattern(iam, "Crate*").as_deref(), Some("iam:Create*"));
        assert_eq!(suggest_pattern(iam, "*Bucket*"), None);
    }
}
