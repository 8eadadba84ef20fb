//! What a plan or a state marks as sensitive is never shown: its text is made unreadable, everything else stays in place.

use iameval::json::{Node, Value};
use iameval::text::Span;
use iameval_world::Source;
use std::sync::Arc;

/// Whether an attribute is a secret that old versions do not mark.
fn is_secret(name: &str) -> bool {
    matches!(
        name,
        "access_key"
            | "admin_password"
            | "auth_token"
            | "client_secret"
            | "encrypted_password"
            | "encrypted_secret"
            | "encrypted_ses_smtp_password_v4"
            | "master_password"
            | "password"
            | "private_key"
            | "private_key_pem"
            | "secret"
            | "secret_access_key"
            | "secret_binary"
            | "secret_key"
            | "secret_string"
            | "ses_smtp_password_v4"
            | "token"
    )
}

/// The member that has the marks of what a member holds.
fn marks_of(name: &str) -> Option<&'static str> {
    match name {
        "after" => Some("after_sensitive"),
        "before" => Some("before_sensitive"),
        "values" => Some("sensitive_values"),
        "value" => Some("sensitive"),
        _ => None,
    }
}

/// The text of a plan or state without what is sensitive in it. Every place in it stays where it is.
pub(super) fn redacted(source: &Arc<Source>, tree: &Node<'_>) -> Arc<Source> {
    let mut spans = Vec::new();
    collect(tree, &mut spans);
    let variables = tree.get("configuration").and_then(|all| all.get("root_module")?.get("variables"));
    for member in variables.and_then(Node::members).unwrap_or_default() {
        if is_true(member.value.get("sensitive")) {
            spans.extend(tree.get("variables").and_then(|all| all.get(&member.key)).map(|node| node.span));
            spans.extend(member.value.get("default").map(|node| node.span));
        }
    }
    if spans.is_empty() { source.clone() } else { without(source, spans) }
}

/// A text in which some parts are made unreadable.
pub(super) fn without(source: &Arc<Source>, spans: impl IntoIterator<Item = Span>) -> Arc<Source> {
    let mut bytes = source.text.clone().into_bytes();
    for span in spans {
        for byte in bytes.get_mut(span.range()).unwrap_or_default() {
            if !byte.is_ascii_whitespace() {
                *byte = b'*';
            }
        }
    }
    let text = String::from_utf8(bytes).unwrap_or_default();
    Arc::new(Source { text, ..Source::clone(source) })
}

fn is_true(node: Option<&Node<'_>>) -> bool {
    matches!(node, Some(Node { value: Value::Bool(true), .. }))
}

/// The values in a tree that are not to be shown.
fn collect(node: &Node<'_>, spans: &mut Vec<Span>) {
    match &node.value {
        Value::Object(members) => {
            for member in members {
                if let Some(marks) = marks_of(&member.key).and_then(|name| node.get(name)) {
                    marked(&member.value, marks, spans);
                }
                if is_secret(&member.key) {
                    match &member.value.value {
                        Value::String(_) | Value::Number(_) => spans.push(member.value.span),
                        // The configuration has what is written.
                        Value::Object(_) => spans.extend(member.value.get("constant_value").map(|node| node.span)),
                        _ => {}
                    }
                }
                collect(&member.value, spans);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, spans)),
        _ => {}
    }
}

/// The parts of a value that are marked in another one of the same form.
fn marked(value: &Node<'_>, marks: &Node<'_>, spans: &mut Vec<Span>) {
    match (&value.value, &marks.value) {
        (_, Value::Bool(true)) => spans.push(value.span),
        (Value::Array(items), Value::Array(marks)) => {
            items.iter().zip(marks).for_each(|(item, marks)| marked(item, marks, spans));
        }
        (Value::Object(_), Value::Object(members)) => {
            for member in members {
                if let Some(inner) = value.get(&member.key) {
                    marked(inner, &member.value, spans);
                }
            }
        }
        _ => {}
    }
}

/// Whether a value is marked as a whole.
pub(super) fn is_marked(marks: Option<&Node<'_>>) -> bool {
    is_true(marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::json;

    #[test]
    fn what_is_marked_is_made_unreadable_in_place() {
        for (text, expected) in [
            (r#"{"after": {"a": "x1", "b": ["y1", "é1"]}, "after_sensitive": {"b": [false, true]}}"#, ["x1", "y1"]),
            (r#"{"values": {"a": "x1", "b": "y1"}, "sensitive_values": {}, "password": "é1"}"#, ["x1", "y1"]),
            (
                r#"{"variables": {"a": {"value": "é1"}, "b": {"value": "x1"}},
                "configuration": {"root_module": {"variables": {"a": {"sensitive": true, "default": "é1"}}, "c": "y1"}}}"#,
                ["x1", "y1"],
            ),
            (
                r#"{"outputs": {"a": {"sensitive": true, "value": {"x": "é1"}}, "b": {"sensitive": false, "value": "x1"}},
                "c": "y1", "secret_key": {"constant_value": "é1"}}"#,
                ["x1", "y1"],
            ),
        ] {
            let source = Source::new("plan.json", text);
            let redacted = redacted(&source, &json::parse(text).unwrap());
            assert_eq!(redacted.text.len(), text.len());
            assert!(!redacted.text.contains("é1"), "{}", redacted.text);
            for kept in expected {
                assert!(redacted.text.contains(kept), "{}", redacted.text);
            }
        }
    }
}
