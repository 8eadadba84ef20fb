//! The context keys that policies read: for people, and as JSON (`{"schema": "iameval/keys/1", "keys": […]}`).

use crate::escape::plain;
use crate::json::{number, optional};
use crate::located::Places;
use crate::style::Style;
use iameval::json::{Node, Value};
use iameval::text::Position;
use iameval::{ContextKey, KeyUse, Version};
use iameval_ask::words::statement_name;
use iameval_data::{Catalogue, ContextKeyInfo, Presence};
use iameval_world::LoadedPolicy;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A context key with every place that reads it.
#[derive(Debug)]
pub struct ReadKey<'a> {
    /// The key as the first place spells it.
    pub key: String,
    /// What is known of it.
    pub known: Option<ContextKeyInfo<'a>>,
    /// What an unknown key most likely means.
    pub suggestion: Option<String>,
    /// Where it is read.
    pub uses: Vec<PlacedUse<'a>>,
}

/// A place that reads a key.
#[derive(Debug)]
pub struct PlacedUse<'a> {
    /// The policy.
    pub policy: &'a LoadedPolicy,
    /// The place in it.
    pub used: KeyUse<'a>,
    /// The same as line and column.
    pub position: Option<Position>,
}

/// The keys that policies read, in order of their names. Variables of documents of version 2008-10-17 are plain text
/// and read nothing (R-VAR-02).
pub fn read_keys<'a>(
    policies: impl IntoIterator<Item = &'a LoadedPolicy>,
    catalogue: &'a Catalogue,
) -> Vec<ReadKey<'a>> {
    let mut places = Places::default();
    let mut keys: BTreeMap<ContextKey, ReadKey<'a>> = BTreeMap::new();
    for policy in policies {
        let has_variables = policy.document().version() == Some(Version::V2012);
        for used in policy.document().key_uses().filter(|used| has_variables || used.operator.is_some()) {
            let position = places.place(&policy.source, used.span).map(|place| place.start);
            let key = keys.entry(ContextKey::new(&used.key)).or_insert_with(|| ReadKey::new(&used.key, catalogue));
            let place = PlacedUse { policy, used, position };
            // A text may hold a variable several times.
            if key.uses.last().is_none_or(|last| !last.is_at(&place)) {
                key.uses.push(place);
            }
        }
    }
    keys.into_values().collect()
}

impl<'a> ReadKey<'a> {
    fn new(key: &str, catalogue: &'a Catalogue) -> Self {
        let known = catalogue.context_key(key);
        let suggestion = if known.is_none() { catalogue.suggest_context_key(key) } else { None };
        Self { key: key.to_owned(), known, suggestion, uses: Vec::new() }
    }
}

impl PlacedUse<'_> {
    /// Whether both are the same place, whatever the spelling of the key.
    fn is_at(&self, other: &PlacedUse<'_>) -> bool {
        let (own, others) = (&self.used, &other.used);
        std::ptr::eq(self.policy, other.policy) && own.span == others.span && own.operator == others.operator
    }
}

/// The keys as lines of text, each ended.
pub fn keys_to_text(keys: &[ReadKey<'_>], style: Style) -> String {
    let mut out = String::new();
    for (index, key) in keys.iter().enumerate() {
        let _ = writeln!(out, "{}{}  {}", if index == 0 { "" } else { "\n" }, plain(&key.key), kind(key));
        let mut line = |name: &str, text: &str| {
            let _ = writeln!(out, "  {name:<9} {text}");
        };
        if let Some(known) = key.known {
            line("present", known.presence().map_or("depends on the service", Presence::in_words));
        }
        if let Some(near) = &key.suggestion {
            line("help", &plain(&format!("did you mean `{near}`?")));
        }
        for (index, place) in key.uses.iter().enumerate() {
            line(if index == 0 { "read by" } else { "" }, &reader(place, style));
        }
    }
    out
}

fn kind(key: &ReadKey<'_>) -> String {
    key.known.map_or("unknown".into(), |known| {
        format!("{}, {}", known.key_type(), if known.is_multivalued() { "multivalued" } else { "single-valued" })
    })
}

/// `policy#Sid  BoolIfExists  file:line:column`
fn reader(place: &PlacedUse<'_>, style: Style) -> String {
    let PlacedUse { policy, used, position } = place;
    let name = statement_name(&policy.name, used.statement.sid(), used.statement_index);
    let operator = used.operator.map_or("variable".to_owned(), |operator| operator.to_string());
    let place = position.map(|at| format!("  {}:{}:{}", policy.source.name, at.line, at.column)).unwrap_or_default();
    format!("{}  {operator}{}", plain(&name), style.faint(&plain(&place)))
}

/// The keys as one document; print it with `{:#}`.
pub fn keys_to_json<'a>(keys: &'a [ReadKey<'_>]) -> Node<'a> {
    let keys = keys.iter().map(|key| {
        let known = |part: fn(ContextKeyInfo<'a>) -> Option<Node<'a>>| optional(key.known.and_then(part));
        Node::object([
            ("key", Node::string(&*key.key)),
            ("known_as", known(|known| Some(Node::string(known.name())))),
            ("type", known(|known| Some(Node::string(known.key_type().to_string())))),
            ("multivalued", known(|known| Some(Node::new(Value::Bool(known.is_multivalued()))))),
            ("presence", known(|known| known.presence().map(|presence| Node::string(presence.in_words())))),
            ("uses", Node::array(key.uses.iter().map(place_to_json))),
        ])
    });
    Node::object([("schema", Node::string("iameval/keys/1")), ("keys", Node::array(keys))])
}

fn place_to_json<'a>(place: &'a PlacedUse<'_>) -> Node<'a> {
    let PlacedUse { policy, used, position } = place;
    Node::object([
        ("policy", Node::string(&*policy.name)),
        ("sid", optional(used.statement.sid().map(Node::string))),
        ("statement", number(used.statement_index + 1)),
        ("file", Node::string(&*policy.source.name)),
        ("line", optional(position.map(|at| number(at.line)))),
        ("column", optional(position.map(|at| number(at.column)))),
        ("operator", optional(used.operator.map(|operator| Node::string(operator.to_string())))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval_world::Source;
    use serde_json::json;

    const PLAIN: Style = Style { colour: false, width: 100 };

    fn policy(name: &str, version: &str) -> LoadedPolicy {
        let text = format!(
            r#"{{"Version": "{version}", "Statement": {{"Effect": "Allow", "Action": "*",
  "Resource": "arn:aws:s3:::b/${{aws:username}}/${{AWS:UserName}}",
  "Condition": {{"StringLike": {{"aws:UserNam": "${{aws:username}}"}}}}}}}}"#
        );
        LoadedPolicy::from_source(name, &Source::new(format!("{name}.json"), text)).unwrap()
    }

    #[test]
    fn keys_with_the_places_that_read_them() {
        let policies = [policy("new", "2012-10-17"), policy("old", "2008-10-17")];
        let keys = read_keys(&policies, Catalogue::embedded());
        assert_eq!(
            keys_to_text(&keys, PLAIN),
            "\
aws:UserNam  unknown
  help      did you mean `aws:username`?
  read by   new, statement 1  StringLike  new.json:3:32
            old, statement 1  StringLike  old.json:3:32

aws:username  String, single-valued
  present   IAM users, never roles, federated users or root
  read by   new, statement 1  variable  new.json:2:15
            new, statement 1  variable  new.json:3:47
"
        );
        let json: serde_json::Value = serde_json::from_str(&keys_to_json(&keys).to_string()).unwrap();
        let mut expected = json!({
            "key": "aws:UserNam", "known_as": null, "type": null, "multivalued": null, "presence": null,
            "uses": [{"policy": "new", "sid": null, "statement": 1, "file": "new.json", "line": 3, "column": 32,
                "operator": "StringLike"}],
        });
        let mut found = json["keys"][0].clone();
        found["uses"].as_array_mut().unwrap().truncate(1);
        assert_eq!((&json["schema"], &found), (&json!("iameval/keys/1"), &expected));
        expected = json!({
            "key": "aws:username", "known_as": "aws:username", "type": "String", "multivalued": false,
            "presence": "IAM users, never roles, federated users or root",
        });
        let mut found = json["keys"][1].clone();
        let uses = found.as_object_mut().unwrap().remove("uses").unwrap();
        assert_eq!((found, &uses[0]["operator"]), (expected, &json!(null)));
    }
}
