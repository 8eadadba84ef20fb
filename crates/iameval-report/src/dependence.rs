//! Why an answer needs a resource that nobody named.

use crate::statement_name;
use crate::words::{listed, quoted};
use iameval::{Action, PolicySet};
use iameval_world::{DependsBy, ResourceNeeded};

/// What the answer for an action depends on, in words.
pub fn depends_on_resource(action: &Action, needed: &ResourceNeeded, policies: &PolicySet) -> String {
    let what = match &needed.by {
        DependsBy::Statements(ids) => {
            let origins = ids.iter().filter_map(|id| policies.origin(*id));
            let names: Vec<String> = origins
                .map(|origin| statement_name(origin.policy.as_str(), origin.sid, origin.statement_index))
                .collect();
            format!("these statements tell resources apart: {}", listed(&names, "; ", 5))
        }
        DependsBy::Policies(names) => format!("these have policies of their own: {}", quoted(names, 3)),
        DependsBy::ServiceRule => "a rule of the service decides by the resource".to_owned(),
    };
    format!("the answer for {action} depends on the resource: {what}")
}
