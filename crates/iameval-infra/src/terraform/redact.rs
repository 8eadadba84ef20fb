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
    let root = tree.get("configuration").and_then(|all| all.get("root_module"));
    if let Some(root) = root {
        passed(root, &mut spans);
    }
    let variables = root.and_then(|root| root.get("variables"));
    for member in variables.and_then(Node::members).unwrap_or_default() {
        if is_true(member.value.get("sensitive")) {
            spans.extend(tree.get("variables").and_then(|all| all.get(&member.key)).map(|node| node.span));
            spans.extend(member.value.get("default").map(|node| node.span));
        }
    }
    if spans.is_empty() { source.clone() } else { without(source, spans) }
}

/// What calls pass for sensitive variables of modules.
fn passed(module: &Node<'_>, spans: &mut Vec<Span>) {
    for call in module.get("module_calls").and_then(Node::members).unwrap_or_default() {
        let Some(called) = call.value.get("module") else { continue };
        for variable in called.get("variables").and_then(Node::members).unwrap_or_default() {
            if is_true(variable.value.get("sensitive")) {
                let given = call.value.get("expressions").and_then(|all| all.get(&variable.key)?.get("constant_value"));
                spans.extend(given.map(|node| node.span));
                spans.extend(variable.value.get("default").map(|node| node.span));
            }
        }
        passed(called, spans);
    }
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
                    if let Some((all, marks)) = member.value.get(ALL_TAGS).zip(of_attribute(marks, ALL_TAGS)) {
                        marked(all, marks, spans);
                    }
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

/// The tags of a resource together with those that its provider gives all.
const ALL_TAGS: &str = "tags_all";

/// The marks of an attribute. Terraform marks what is sensitive in `tags`, and not the same values in `tags_all`.
pub(super) fn of_attribute<'m, 't>(marks: &'m Node<'t>, name: &str) -> Option<&'m Node<'t>> {
    let own = marks.get(name);
    if name == ALL_TAGS && !own.is_some_and(holds_mark) { marks.get("tags").or(own) } else { own }
}

/// Whether something in a value is marked.
pub(super) fn holds_mark(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Bool(value) => *value,
        Value::Array(items) => items.iter().any(holds_mark),
        Value::Object(members) => members.iter().any(|member| holds_mark(&member.value)),
        _ => false,
    }
}

/// The places of what stands in calls of `sensitive` in a source, as far as it is more than a reference.
pub(super) fn in_calls(text: &str) -> Vec<Span> {
    const CALL: &str = "sensitive(";
    let mut spans = Vec::new();
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(CALL)) {
        let (call, start) = (from + found, from + found + CALL.len());
        let is_part = text
            .get(..call)
            .is_some_and(|before| before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_'));
        from = start;
        let rest = text.get(start..).unwrap_or_default();
        let length = argument(rest);
        let is_reference = rest.get(..length).is_some_and(|inner| {
            !inner.contains(['"', '<']) && !inner.trim_start().starts_with(|letter: char| !letter.is_alphabetic())
        });
        if !is_part && !is_reference {
            spans.push(Span::new(start, start + length));
            from = start + length;
        }
    }
    spans
}

/// How long the argument of a call is; with escapes or heredocs in it, more of the text.
fn argument(text: &str) -> usize {
    let (mut depth, mut is_text) = (1_u32, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => is_text = !is_text,
            '(' if !is_text => depth += 1,
            ')' if !is_text => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let inner = text.get(..at).unwrap_or_default();
            let has_heredoc = inner.contains("<<");
            let rest = text.get(at..).unwrap_or_default();
            let more = if has_heredoc { rest.len() } else { rest.find('\n').unwrap_or(rest.len()) };
            return if has_heredoc || inner.contains('\\') { at + more } else { at };
        }
    }
    text.len()
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
    fn arguments_of_sensitive_are_unreadable() {
        for (text, hidden) in [
            (r#"a = sensitive("x1")"#, vec![r#""x1""#]),
            (r#"a = sensitive(upper("x)1")) b = "y""#, vec![r#"upper("x)1")"#]),
            (r"a = sensitive(var.x)", vec![]),
            (r"a = sensitive(12)", vec!["12"]),
            (r#"a = nonsensitive("x")"#, vec![]),
            (r#"a = "${sensitive("x")}-${sensitive("y")}""#, vec![r#""x""#, r#""y""#]),
            ("a = sensitive(\"x\\\")\")\nb = 1", vec![r#""x\")")"#]),
            (r#"a = sensitive("x"#, vec![r#""x"#]),
        ] {
            let found: Vec<&str> = in_calls(text).into_iter().filter_map(|span| text.get(span.range())).collect();
            assert_eq!(found, hidden, "{text}");
        }
    }

    #[test]
    fn what_is_marked_is_made_unreadable_in_place() {
        for (text, expected) in [
            (r#"{"after": {"a": "x1", "b": ["y1", "é1"]}, "after_sensitive": {"b": [false, true]}}"#, ["x1", "y1"]),
            (
                r#"{"after": {"tags": {"s": "é1", "t": "x1"}, "tags_all": {"s": "é1", "t": "y1"}}, "after_sensitive": {"tags": {"s": true}, "tags_all": {}}}"#,
                ["x1", "y1"],
            ),
            (
                r#"{"configuration": {"root_module": {"module_calls": {"m": {"expressions": {"p": {"constant_value": "é1"}, "q": {"constant_value": "x1"}},
                "module": {"variables": {"p": {"sensitive": true, "default": "é1"}, "q": {"default": "y1"}}}}}}}}"#,
                ["x1", "y1"],
            ),
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
