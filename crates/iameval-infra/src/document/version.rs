//! Statements of one version of the policy language in the other.

use iameval::json::{Node, Value};
use std::borrow::Cow;

/// Whether there is something in a statement that is a variable in version 2012-10-17, and text in the older.
pub(super) fn has_variables(statement: &Node<'_>) -> bool {
    let members = statement.members().unwrap_or_default().iter();
    members.filter(|member| takes_variables(&member.key)).any(|member| holds(&member.value))
}

/// The statement in version 2012-10-17 that says what this one says in the older, where variables are text.
pub(super) fn escaped(mut statement: Node<'static>) -> Node<'static> {
    if let Value::Object(members) = &mut statement.value {
        members.iter_mut().filter(|member| takes_variables(&member.key)).for_each(|member| escape(&mut member.value));
    }
    statement
}

fn takes_variables(element: &str) -> bool {
    matches!(element, "Resource" | "NotResource" | "Condition")
}

fn holds(node: &Node<'_>) -> bool {
    match &node.value {
        Value::String(text) => text.contains("${"),
        Value::Array(items) => items.iter().any(holds),
        Value::Object(members) => members.iter().any(|member| holds(&member.value)),
        _ => false,
    }
}

fn escape(node: &mut Node<'static>) {
    match &mut node.value {
        // `${$}` is a dollar sign.
        Value::String(text) => *text = Cow::Owned(text.replace("${", "${$}{")),
        Value::Array(items) => items.iter_mut().for_each(escape),
        Value::Object(members) => members.iter_mut().for_each(|member| escape(&mut member.value)),
        _ => {}
    }
}
