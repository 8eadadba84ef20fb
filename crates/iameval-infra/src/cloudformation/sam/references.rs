//! References to what SAM makes of a resource: `!Ref Hello.Alias` is one to the alias.

use super::tree::Tree;
use iameval::json::{Member, Node, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The same tree with references to `Hello.Alias` and the like as ones to the ids that SAM gives.
pub(super) fn rewritten(tree: &Tree, ids: &BTreeMap<String, String>) -> Tree {
    if ids.is_empty() { tree.clone() } else { Rewriter { ids }.node(tree) }
}

struct Rewriter<'i> {
    ids: &'i BTreeMap<String, String>,
}

impl Rewriter<'_> {
    fn node(&self, node: &Tree) -> Tree {
        let value = match &node.value {
            Value::Array(items) => Value::Array(items.iter().map(|item| self.node(item)).collect()),
            Value::Object(members) => Value::Object(members.iter().map(|member| self.member(member)).collect()),
            other => other.clone(),
        };
        Node { value, span: node.span }
    }

    fn member(&self, member: &Member<'static>) -> Member<'static> {
        let value = match &*member.key {
            "Ref" => self.text(&member.value, |text| self.ids.get(text).cloned()),
            "Fn::GetAtt" => self.attribute(&member.value),
            "Fn::Sub" => match &member.value.value {
                Value::Array(items) => {
                    let items = items.iter().enumerate().map(|(at, item)| match at {
                        0 => self.text(item, |text| self.in_text(text)),
                        _ => self.node(item),
                    });
                    Node { value: Value::Array(items.collect()), span: member.value.span }
                }
                _ => self.text(&member.value, |text| self.in_text(text)),
            },
            _ => self.node(&member.value),
        };
        Member { value, ..member.clone() }
    }

    fn text(&self, node: &Tree, change: impl Fn(&str) -> Option<String>) -> Tree {
        match node.as_str() {
            Some(text) => match change(text) {
                Some(text) => Node { value: Value::String(Cow::Owned(text)), span: node.span },
                None => node.clone(),
            },
            None => self.node(node),
        }
    }

    /// `Hello.Alias.Arn`, also where the parts stand in a list.
    fn attribute(&self, node: &Tree) -> Tree {
        let whole = match &node.value {
            Value::String(text) => Some(text.clone().into_owned()),
            Value::Array(items) => {
                items.iter().map(Node::as_str).collect::<Option<Vec<_>>>().map(|parts| parts.join("."))
            }
            _ => None,
        };
        let found = whole.as_deref().and_then(|whole| self.longest(whole));
        match found {
            Some(text) => Node { value: Value::String(Cow::Owned(text)), span: node.span },
            None => self.node(node),
        }
    }

    fn longest(&self, whole: &str) -> Option<String> {
        let (before, attribute) = whole.rsplit_once('.')?;
        self.ids.get(before).map(|id| format!("{id}.{attribute}"))
    }

    /// `${Hello.Alias}` in the text of `Fn::Sub`.
    fn in_text(&self, text: &str) -> Option<String> {
        let mut changed = text.to_owned();
        for (name, id) in self.ids {
            changed = changed.replace(&format!("${{{name}}}"), &format!("${{{id}}}"));
            changed = changed.replace(&format!("${{{name}."), &format!("${{{id}."));
        }
        (changed != text).then_some(changed)
    }
}
