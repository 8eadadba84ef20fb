//! Why an answer needs a resource that was not given, and which resource is a mistake.

use crate::words::{listed, quoted, statement_name};
use iameval::{Action, PolicySet, Problem};
use iameval_data::{Catalogue, codes, is_asked_on};
use iameval_world::{DependsBy, ResourceNeeded, arn_forms};
use std::collections::HashSet;

/// How many of something to name.
const FEW: usize = 3;

/// What the answer for an action depends on, in words.
pub fn depends_on_resource(action: &Action, needed: &ResourceNeeded, policies: &PolicySet) -> String {
    let what = match &needed.by {
        DependsBy::Statements(ids) => {
            let origins = ids.iter().filter_map(|id| policies.origin(*id));
            let names: Vec<String> = origins
                .map(|origin| statement_name(origin.policy.as_str(), origin.sid, origin.statement_index))
                .collect();
            format!("these statements distinguish resources: {}", listed(&names, "; ", 5))
        }
        DependsBy::Policies(names) => format!("these have their own policies: {}", quoted(names, 3)),
        DependsBy::ServiceRule => "a service rule depends on the resource".to_owned(),
    };
    format!("the answer for {action} depends on the resource: {what}")
}

/// The actions that are never evaluated on a resource, each given with how it was written; `None` where all may be.
pub fn never_asked<'a>(
    actions: impl IntoIterator<Item = (&'a str, &'a Action)>,
    resource: &str,
    catalogue: &Catalogue,
) -> Option<Problem> {
    let mut seen = HashSet::new();
    let distinct = actions.into_iter().filter(|(_, action)| seen.insert(*action));
    let misfits: Vec<_> = distinct.filter(|(_, action)| !is_asked_on(action, resource, catalogue)).collect();
    let names: Vec<&str> = misfits.iter().map(|(text, _)| *text).collect();
    let message = match names.as_slice() {
        [] => return None,
        [one] => format!("`{one}` is never evaluated on `{resource}`"),
        several => format!("these actions are never evaluated on `{resource}`: {}", quoted(several, FEW)),
    };
    let infos: Vec<_> = misfits.iter().filter_map(|(_, action)| catalogue.action(action.as_str())).collect();
    let help = match (arn_forms(&infos).as_slice(), infos.len()) {
        ([], _) => "it has no resource types: use `*`".to_owned(),
        (forms, 1) => format!("its resources are {}", quoted(forms, FEW)),
        (forms, _) => format!("their resources are {}", quoted(forms, FEW)),
    };
    Some(Problem::new(codes::RESOURCE_FITS_NO_ACTION, message).with_help(help))
}
