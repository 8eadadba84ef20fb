//! A document back to JSON, in canonical member order. What the document knows the place of has it in the tree.

use super::{
    ConditionBlock, ConditionElement, ConditionValue, Listed, PatternElement, PolicyDocument, PrincipalElement,
    PrincipalForm, PrincipalList, Statement,
};
use crate::json::{Member, Node, Value};
use crate::text::{Span, Spanned};
use std::borrow::Cow;

/// The place of names that the document does not keep.
const NOWHERE: Span = Span { start: 0, end: 0 };

pub(super) fn document(document: &PolicyDocument) -> Node<'_> {
    let version = document.version.as_ref();
    let version = version.map(|version| member("Version", NOWHERE, string(version.value.as_str(), version.span)));
    let id = document.id.as_ref().map(|id| member("Id", NOWHERE, text(id)));
    let statements = member("Statement", NOWHERE, listed(&document.statements, statement));
    object([version, id, Some(statements)], document.span())
}

fn statement(statement: &Statement) -> Node<'_> {
    let sid = statement.sid.as_ref().map(|sid| member("Sid", NOWHERE, text(sid)));
    let effect = string(statement.effect.value.as_str(), statement.effect.span);
    let effect = Some(member("Effect", NOWHERE, effect));
    let principal = statement.principal.as_ref().map(principal);
    let action = Some(patterns("Action", "NotAction", &statement.action));
    let resource = statement.resource.as_ref().map(|resource| patterns("Resource", "NotResource", resource));
    let condition = statement.condition.as_ref().map(condition);
    object([sid, effect, principal, action, resource, condition], statement.span())
}

fn principal<'a>(element: &'a PrincipalElement) -> Member<'a> {
    let name = if element.negated { "NotPrincipal" } else { "Principal" };
    let value = match &element.form {
        PrincipalForm::Everyone => string("*", NOWHERE),
        PrincipalForm::Map(lists) => {
            let list =
                |list: &'a PrincipalList| member(list.kind.value.as_str(), list.kind.span, listed(&list.values, text));
            object(lists.iter().map(list).map(Some), NOWHERE)
        }
    };
    member(name, element.name_span(), value)
}

fn patterns<'a>(plain: &'static str, negated: &'static str, element: &'a PatternElement) -> Member<'a> {
    let name = if element.negated { negated } else { plain };
    member(name, element.name_span(), listed(&element.patterns, text))
}

fn condition<'a>(element: &'a ConditionElement) -> Member<'a> {
    let block = |block: &'a ConditionBlock| {
        let keys = block.keys.iter();
        let keys = keys.map(|test| member(&test.key.value, test.key.span, listed(&test.values, condition_value)));
        member(&block.name.value, block.name.span, object(keys.map(Some), NOWHERE))
    };
    member("Condition", element.name.span, object(element.operators.iter().map(block).map(Some), NOWHERE))
}

fn condition_value(value: &Spanned<ConditionValue>) -> Node<'_> {
    let read = match &value.value {
        ConditionValue::String(text) => Value::String(Cow::Borrowed(text)),
        ConditionValue::Number(text) => Value::Number(Cow::Borrowed(text)),
        ConditionValue::Bool(value) => Value::Bool(*value),
    };
    Node { value: read, span: value.span }
}

fn listed<'a, T>(listed: &'a Listed<T>, node: impl Fn(&'a T) -> Node<'a>) -> Node<'a> {
    match listed.items.as_slice() {
        [item] if listed.bare => node(item),
        items => Node { value: Value::Array(items.iter().map(node).collect()), span: listed.span() },
    }
}

fn text(text: &Spanned<Box<str>>) -> Node<'_> {
    string(&text.value, text.span)
}

fn string(text: &str, span: Span) -> Node<'_> {
    Node { value: Value::String(Cow::Borrowed(text)), span }
}

fn object<'a>(members: impl IntoIterator<Item = Option<Member<'a>>>, span: Span) -> Node<'a> {
    Node { value: Value::Object(members.into_iter().flatten().collect()), span }
}

fn member<'a>(key: &'a str, key_span: Span, value: Node<'a>) -> Member<'a> {
    Member { key: Cow::Borrowed(key), key_span, value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tree_holds_stands_where_it_was_written() {
        let source = r#"{"Statement": [{"Condition": {"boolifexists": {"aws:x": ["a", true]}}, "Effect": "Deny",
          "NotPrincipal": {"AWS": "123456789012"}, "Sid": "One", "NotAction": "iam:*", "Resource": ["*", "é", "b"]}]}"#;
        let document = PolicyDocument::parse(source).value.unwrap();
        let tree = document.to_json();
        check(&tree, source);
        assert_eq!(source.get(tree.span.range()), Some(source));
        let again = PolicyDocument::from_tree(&tree).value.unwrap();
        assert_eq!(again, document);
        let written = |document: &PolicyDocument| document.statements()[0].condition()[0].keys()[0].span();
        assert_eq!(written(&again), written(&document));
        assert_eq!(again.statements()[0].span(), document.statements()[0].span());
    }

    /// Every place that is one holds what the tree says.
    #[track_caller]
    fn check(node: &Node<'_>, source: &str) {
        let at = |span: Span| source.get(span.range()).unwrap();
        match &node.value {
            Value::Object(members) => members.iter().for_each(|member| {
                assert!(member.key_span == NOWHERE || at(member.key_span) == format!("\"{}\"", member.key));
                check(&member.value, source);
            }),
            Value::Array(items) => items.iter().for_each(|item| check(item, source)),
            _ => assert_eq!(at(node.span), node.to_string()),
        }
    }
}
