//! Documents with parts that are not known.

use super::notation::{self, shown, value};

use crate::document::{Draft, Reader, computed};
use iameval::symbol::Symbols;
use iameval::text::Span;
use iameval::{PolicyDocument, PolicyKind, json};

fn at(text: &str, span: Span) -> &str {
    text.get(span.range()).unwrap()
}

fn read(kind: PolicyKind, text: &str) -> (Symbols, Result<PolicyDocument, String>) {
    let mut symbols = Symbols::new();
    let value = notation::value(&json::parse(text).unwrap(), text, &mut symbols);
    let reader = Reader { kind, symbols: &symbols };
    let draft = reader.read(&value, &Vec::new());
    let document = draft.and_then(Draft::document);
    let document = document.map_err(|wrong| {
        let wrong = wrong.iter().map(|wrong| format!("{} at {}", wrong.message(), at(text, wrong.span())));
        wrong.collect::<Vec<_>>().join("; ")
    });
    (symbols, document)
}

/// Each statement without its braces, with what it depends on.
fn statements(kind: PolicyKind, text: &str) -> Vec<String> {
    let (symbols, document) = read(kind, text);
    let document = document.unwrap();
    let tree = document.to_json();
    let list = match &tree.get("Statement").unwrap().value {
        json::Value::Array(items) => items.clone(),
        _ => vec![tree.get("Statement").unwrap().clone()],
    };
    let shown_with = |(node, statement): (&json::Node<'_>, &iameval::Statement)| {
        let names: Vec<&str> = statement.only_if().iter().map(|only_if| symbols.name(only_if.symbol())).collect();
        let text = node.to_string().replace("\"Effect\":", "").replace('"', "");
        [&[&*shown(&symbols, &text)][..], &names].concat().join(" if ")
    };
    list.iter().zip(document.statements()).map(shown_with).collect()
}

fn identity(statement: &str) -> Vec<String> {
    statements(PolicyKind::Identity, &format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#))
}

#[test]
fn choices_around_statements_and_documents() {
    let a = r#"{"Effect": "Allow", "Action": "a:*", "Resource": "*"}"#;
    let b = r#"{"Effect": "Deny", "Action": "b:*", "Resource": "*"}"#;
    let a_line = "{Allow,Action:a:*,Resource:*}";
    let b_line = "{Deny,Action:b:*,Resource:*}";
    assert_eq!(identity(&format!("[{a}, {b}]")), [a_line, b_line]);
    let choice = identity(&format!(r#"[{a}, {{"if": ["C", {b}, "nothing"]}}]"#));
    assert_eq!(choice, [a_line.to_owned(), format!("{b_line} if C")]);
    let lists = identity(&format!(r#"{{"if": ["C", [{a}, {b}], [{a}]]}}"#));
    // What is there in any case does not depend on the choice.
    assert_eq!(lists, [a_line.to_owned(), format!("{b_line} if C")]);
    let nested = identity(&format!(r#"{{"if": ["C", {{"if": ["D", {a}, {b}]}}, {{"if": ["D", {a}, {a}]}}]}}"#));
    assert_eq!(nested, [format!("{a_line} if D"), format!("{b_line} if C if D"), format!("{a_line} if C if D")]);
    let whole = format!(r#"{{"if": ["C", {{"Version": "2012-10-17", "Statement": {a}}}, {{"Statement": {b}}}]}}"#);
    assert_eq!(statements(PolicyKind::Identity, &whole), [format!("{a_line} if C"), format!("{b_line} if C")]);
}

#[test]
fn choices_inside_statements() {
    let nested =
        r#"{"Effect": {"if": ["C", "Allow", "Deny"]}, "Action": {"if": ["C", "a:*", "b:*"]}, "Resource": "*"}"#;
    assert_eq!(identity(nested), ["{Allow,Action:a:*,Resource:*} if C", "{Deny,Action:b:*,Resource:*} if C"]);
    let listed = r#"{"Effect": "Allow", "Action": "a:*", "Resource": ["x:y:z", {"if": ["C", "q:r:s", "nothing"]}]}"#;
    assert_eq!(
        identity(listed),
        [
            "{Allow,Action:a:*,Resource:[x:y:z]}",
            "{Allow,Action:a:*,Resource:[x:y:z,q:r:s]} if C",
            "{Allow,Action:a:*,Resource:[x:y:z]} if C",
        ]
    );
    let condition = r#"{"Effect": "Allow", "Action": "a:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:x": {"if": ["C", "1", "nothing"]}}}}"#;
    assert_eq!(
        identity(condition),
        ["{Allow,Action:a:*,Resource:*,Condition:{StringEquals:{aws:x:1}}} if C", "{Allow,Action:a:*,Resource:*} if C",]
    );
}

#[test]
fn too_many_ways_are_anything() {
    let choices: Vec<String> = (0..7).map(|at| format!(r#"{{"if": ["C{at}", "a:{at}", "nothing"]}}"#)).collect();
    let many = format!(r#"{{"Effect": "Allow", "Action": [{}], "Resource": "*"}}"#, choices.join(", "));
    assert_eq!(identity(&many), ["{Allow,Action:*,Resource:*} if C6", "{Deny,Action:*,Resource:*} if C6"]);
}

#[test]
fn what_is_not_known() {
    let anything = ["{Allow,Action:*,Resource:*} if S", "{Deny,Action:*,Resource:*} if S"];
    assert_eq!(identity(r#"[{"unknown": "S"}]"#), anything);
    assert_eq!(identity(r#"{"unknown": "S"}"#), anything);
    assert_eq!(statements(PolicyKind::Identity, r#"{"unknown": "S"}"#), anything);
    let effect = r#"{"Effect": "<S>", "Action": "a:*", "Resource": {"unknown": "R"}}"#;
    assert_eq!(
        identity(effect),
        ["{Allow,Action:a:*,Resource:${unknown:R}} if S", "{Deny,Action:a:*,Resource:${unknown:R}} if S"]
    );
    let condition = r#"{"Effect": "Allow", "Action": "a:*", "Resource": "*", "Condition":
        {"<O>": {"aws:x": "1"}, "StringLike": {"aws:<K>": ["<V>"]}, "Bool": {"unknown": "B"}}}"#;
    assert_eq!(
        identity(condition),
        ["{Allow,Action:a:*,Resource:*,Condition:{StringLike:{aws:${unknown:K}:[${unknown:V}]}}} if O if B"]
    );
    let trust = statements(PolicyKind::RoleTrust, r#"{"Statement": {"unknown": "S"}}"#);
    let anyone = "Principal:{AWS:*,Service:${unknown:S},Federated:${unknown:S},CanonicalUser:${unknown:S}}";
    assert_eq!(
        trust,
        [format!("{{Allow,{anyone},Action:sts:*}} if S"), format!("{{Deny,{anyone},Action:sts:*}} if S")]
    );
}

#[test]
fn a_version_that_is_not_known_has_both_readings() {
    let text = r#"{"Version": "<V>", "Statement": [
        {"Effect": "Allow", "Action": "a:*", "Resource": "arn:aws:s3:::b/${aws:username}"},
        {"Effect": "Allow", "Action": "b:*", "Resource": "*"}]}"#;
    assert_eq!(
        statements(PolicyKind::Identity, text),
        [
            "{Allow,Action:a:*,Resource:arn:aws:s3:::b/${$}{aws:username}} if V",
            "{Allow,Action:a:*,Resource:arn:aws:s3:::b/${aws:username}} if V",
            "{Allow,Action:b:*,Resource:*}",
        ]
    );
}

#[test]
fn documents_in_texts_have_their_places() {
    let text = r#""{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:Get*\",
        \"Resource\": \"arn:aws:s3:::<Bucket>/*\"}, <More>]}""#
        .replace('\n', " ");
    let (symbols, document) = read(PolicyKind::Identity, &text);
    let document = document.unwrap();
    assert_eq!(document.statements().len(), 3);
    let first = &document.statements()[0];
    let resource = first.resource().unwrap();
    assert_eq!(shown(&symbols, resource.patterns().next().unwrap()), "arn:aws:s3:::${unknown:Bucket}/*");
    assert_eq!(at(&text, resource.spans().next().unwrap()), r#"\"arn:aws:s3:::<Bucket>/*\""#);
    assert_eq!(at(&text, first.action().spans().next().unwrap()), r#"\"s3:Get*\""#);
    assert_eq!(at(&text, document.statements()[1].span()), "<More>");
    let broken = r#""{\"Statement\": [}""#;
    assert!(read(PolicyKind::Identity, broken).1.unwrap_err().contains(" at }"));
}

#[test]
fn what_can_be_changed_in_place() {
    let text = r#"{"a": "plain", "b": "with <S>", "c": {"if": ["C", "one", "two"]}, "d": "esc\"aped"}"#;
    let mut symbols = Symbols::new();
    let value = value(&json::parse(text).unwrap(), text, &mut symbols);
    let parts = computed(&value, text);
    let is_free = |wanted: &str| {
        let at = text.find(wanted).unwrap();
        !parts.iter().any(|part| (part.start as usize) < at + wanted.len() && at < part.end as usize)
    };
    assert!(is_free("\"plain\"") && is_free("\"one\"") && is_free("\"two\"") && is_free("\"a\": \"plain\""));
    assert!(!is_free("\"with <S>\"") && !is_free("\"one\", \"two\"") && !is_free("esc\\\"aped"));
}
