//! A document back to JSON, in canonical member order.

use super::{
    ConditionElement, ConditionValue, Listed, PatternElement, PolicyDocument, PrincipalElement, PrincipalForm,
    Statement,
};
use crate::json::{Node, Value};
use crate::text::Spanned;
use std::borrow::Cow;

pub(super) fn document(document: &PolicyDocument) -> Node<'_> {
    let version = document.version.as_ref().map(|version| ("Version", Node::string(version.value.as_str())));
    let id = document.id.as_ref().map(|id| ("Id", text(id)));
    let statements = Some(("Statement", listed(&document.statements, statement)));
    Node::object([version, id, statements].into_iter().flatten())
}

fn statement(statement: &Statement) -> Node<'_> {
    let sid = statement.sid.as_ref().map(|sid| ("Sid", text(sid)));
    let effect = Some(("Effect", Node::string(statement.effect.value.as_str())));
    let principal = statement.principal.as_ref().map(principal);
    let action = Some(patterns("Action", "NotAction", &statement.action));
    let resource = statement.resource.as_ref().map(|resource| patterns("Resource", "NotResource", resource));
    let condition = statement.condition.as_ref().map(|element| ("Condition", condition(element)));
    Node::object([sid, effect, principal, action, resource, condition].into_iter().flatten())
}

fn principal(element: &PrincipalElement) -> (&'static str, Node<'_>) {
    let name = if element.negated { "NotPrincipal" } else { "Principal" };
    let value = match &element.form {
        PrincipalForm::Everyone => Node::string("*"),
        PrincipalForm::Map(lists) => {
            Node::object(lists.iter().map(|list| (list.kind.value.as_str(), listed(&list.values, text))))
        }
    };
    (name, value)
}

fn patterns<'a>(plain: &'static str, negated: &'static str, element: &'a PatternElement) -> (&'static str, Node<'a>) {
    (if element.negated { negated } else { plain }, listed(&element.patterns, text))
}

fn condition(element: &ConditionElement) -> Node<'_> {
    Node::object(element.operators.iter().map(|block| {
        let keys = block.keys.iter().map(|test| (&*test.key.value, listed(&test.values, condition_value)));
        (&*block.name.value, Node::object(keys))
    }))
}

fn condition_value(value: &Spanned<ConditionValue>) -> Node<'_> {
    Node::new(match &value.value {
        ConditionValue::String(text) => Value::String(Cow::Borrowed(text)),
        ConditionValue::Number(text) => Value::Number(Cow::Borrowed(text)),
        ConditionValue::Bool(value) => Value::Bool(*value),
    })
}

fn text(text: &Spanned<Box<str>>) -> Node<'_> {
    Node::string(&*text.value)
}

fn listed<'a, T>(listed: &'a Listed<T>, node: impl Fn(&'a T) -> Node<'a>) -> Node<'a> {
    match listed.items.as_slice() {
        [item] if listed.bare => node(item),
        items => Node::array(items.iter().map(node)),
    }
}
