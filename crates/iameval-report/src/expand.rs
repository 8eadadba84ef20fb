//! Actions of AWS's services: as aligned columns, and as JSON (`{"schema": "iameval/expand/1", "actions": […]}`).

use iameval::json::{Node, Value};
use iameval_data::{ActionInfo, TakenResource};

/// The actions as columns: name, access level, and resource types, with `*` after those that every call needs.
pub fn actions_to_text(actions: &[ActionInfo<'_>]) -> String {
    let name = actions.iter().map(|action| action.to_string().len()).max().unwrap_or(0);
    let level = actions.iter().map(|action| action.access_level().as_str().len()).max().unwrap_or(0);
    let line = |action: &ActionInfo<'_>| {
        let types: Vec<String> = action.resource_types().map(resource_type).collect();
        let types = if types.is_empty() { "-".to_owned() } else { types.join(", ") };
        format!("{:name$}  {:level$}  {types}\n", action.to_string(), action.access_level().as_str())
    };
    actions.iter().map(line).collect()
}

fn resource_type(taken: TakenResource<'_>) -> String {
    format!("{}{}", taken.resource_type.name(), if taken.required { "*" } else { "" })
}

/// The actions as one document; print it with `{:#}`.
pub fn actions_to_json<'c>(actions: &[ActionInfo<'c>]) -> Node<'c> {
    let actions = actions.iter().map(|action| {
        let types = action.resource_types().map(|taken| {
            Node::object([
                ("name", Node::string(taken.resource_type.name())),
                ("required", Node::new(Value::Bool(taken.required))),
                ("arns", texts(taken.resource_type.arns())),
            ])
        });
        Node::object([
            ("action", Node::string(action.to_string())),
            ("service", Node::string(action.service().prefix())),
            ("access_level", Node::string(action.access_level().as_str())),
            ("resource_types", Node::array(types)),
            ("condition_keys", texts(action.condition_keys())),
            ("dependent_actions", texts(action.dependent_actions())),
        ])
    });
    Node::object([("schema", Node::string("iameval/expand/1")), ("actions", Node::array(actions))])
}

/// The texts, each once.
fn texts<'c>(texts: impl Iterator<Item = &'c str>) -> Node<'c> {
    let mut once: Vec<&str> = Vec::new();
    for text in texts {
        if !once.contains(&text) {
            once.push(text);
        }
    }
    Node::array(once.into_iter().map(Node::string))
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval_data::Catalogue;
    use serde_json::json;

    fn actions(names: &[&str]) -> Vec<ActionInfo<'static>> {
        names.iter().map(|name| Catalogue::embedded().action(name).unwrap()).collect()
    }

    #[test]
    fn columns_are_aligned() {
        assert_eq!(
            actions_to_text(&actions(&["iam:ChangePassword", "iam:GetAccountPasswordPolicy"])),
            "iam:ChangePassword            Write  user*\niam:GetAccountPasswordPolicy  Read   -\n"
        );
        assert_eq!(actions_to_text(&[]), "");
    }

    #[test]
    fn json_has_what_the_catalogue_knows() {
        let node = actions_to_json(&actions(&["iam:ChangePassword"]));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&node.to_string()).unwrap(),
            json!({"schema": "iameval/expand/1", "actions": [{
                "action": "iam:ChangePassword",
                "service": "iam",
                "access_level": "Write",
                "resource_types": [{
                    "name": "user",
                    "required": true,
                    "arns": ["arn:${Partition}:iam::${Account}:user/${UserNameWithPath}"],
                }],
                "condition_keys": ["aws:ResourceTag/${TagKey}", "iam:ResourceTag/${TagKey}"],
                "dependent_actions": [],
            }]})
        );
    }
}
