//! What a plan knows, for the source beside it.

use super::redact;
use super::shown::Entry;
use crate::value::{Entry as ValueEntry, Text, Value, ValueKind};
use iameval::json::{self, Node};
use iameval::text::Span;
use std::collections::HashMap;

/// What a plan knows.
#[derive(Debug)]
pub(super) struct Facts<'p> {
    by_address: HashMap<&'p str, &'p Entry<'p>>,
    variables: Option<&'p Node<'p>>,
    /// Variables that are not to be shown.
    sensitive: Vec<&'p str>,
}

impl<'p> Facts<'p> {
    pub(super) fn new(
        entries: &'p [Entry<'p>],
        variables: Option<&'p Node<'p>>,
        configuration: Option<&'p Node<'p>>,
    ) -> Self {
        let declared = configuration.and_then(|node| node.get("root_module")?.get("variables")?.members());
        let is_sensitive =
            |node: &Node<'_>| matches!(node.get("sensitive"), Some(Node { value: json::Value::Bool(true), .. }));
        let sensitive = declared.unwrap_or_default().iter().filter(|member| is_sensitive(&member.value));
        Self {
            by_address: entries.iter().map(|entry| (&*entry.address, entry)).collect(),
            variables,
            sensitive: sensitive.map(|member| &*member.key).collect(),
        }
    }

    /// The value of a variable of the root module.
    pub(super) fn variable(&self, name: &str, span: Span) -> Option<Value> {
        let node = self.variables?.get(name)?.get("value")?;
        (!self.sensitive.contains(&name)).then(|| value(node, span))
    }

    /// Whether there is something at an address.
    pub(super) fn has(&self, address: &str) -> bool {
        self.by_address.contains_key(address)
    }

    /// The keys of those of several that are there, as they are written.
    pub(super) fn keys(&self, address: &str) -> Vec<String> {
        let of = |known: &&str| known.strip_prefix(address).filter(|key| key.starts_with('[')).map(str::to_owned);
        let mut keys: Vec<String> = self.by_address.keys().filter_map(of).collect();
        // Of a module, the keys of what is in it.
        let key_only = |key: &String| super::address::segment(key).0.to_owned();
        keys = keys.iter().map(key_only).collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// A known attribute.
    pub(super) fn attribute(&self, address: &str, name: &str, span: Span) -> Option<Value> {
        let entry = self.by_address.get(address)?;
        let is_unknown = entry.unknown.and_then(|node| node.get(name)).is_some_and(redact::holds_mark);
        let marks = entry.sensitive.and_then(|marks| redact::of_attribute(marks, name));
        let is_all_marked = redact::is_marked(entry.sensitive);
        let is_shown = !is_all_marked && !marks.is_some_and(redact::holds_mark);
        let node = entry.values?.get(name)?;
        let is_there = !matches!(node.value, json::Value::Null);
        (is_there && !is_unknown && is_shown).then(|| value(node, span))
    }
}

/// A value that stands elsewhere.
fn value(node: &Node<'_>, span: Span) -> Value {
    let kind = match &node.value {
        json::Value::Null => ValueKind::Null,
        json::Value::Bool(value) => ValueKind::Bool(*value),
        json::Value::Number(text) => ValueKind::Number(text.to_string()),
        json::Value::String(text) => ValueKind::Text(Text::from(text.to_string())),
        json::Value::Array(items) => ValueKind::List(items.iter().map(|item| value(item, span)).collect()),
        json::Value::Object(members) => {
            let entry = |member: &json::Member<'_>| ValueEntry {
                key: Text::from(member.key.to_string()),
                key_span: span,
                value: value(&member.value, span),
            };
            ValueKind::Map(members.iter().map(entry).collect())
        }
    };
    Value { span, kind }
}
