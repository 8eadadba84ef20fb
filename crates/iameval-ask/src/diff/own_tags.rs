//! Principals whose tags are others than before: each side is proved with its own.
//!
//! A proof is about one context. So the policies of before read the tags that have changed under other names, which have the
//! values of before.

use super::DiffPart;
use crate::access_group::AccessGroup;
use crate::provable::Provable;
use iameval::json::{Node, Value};
use iameval::{ContextKey, ContextValue, PolicyDocument, PolicySet, Request, Version};
use iameval_prove::{KeyScope, KeyState};
use iameval_world::{Attached, Finding, LoadedPolicy, assemble};
use std::borrow::Cow;
use std::sync::Arc;

/// A tag of a principal with another value than before.
#[derive(Debug)]
pub(super) struct ChangedTag {
    key: ContextKey,
    /// What the policies of before read in its place.
    before: ContextKey,
    /// Before and after; `None` where the principal does not have the tag.
    values: [Option<ContextValue>; 2],
}

impl ChangedTag {
    /// `None` for keys that are no tags of principals.
    pub(super) fn new(key: &ContextKey, values: [Option<&ContextValue>; 2]) -> Option<Self> {
        let (prefix, name) = key.as_str().split_once(':')?;
        let is_tag = key.as_str().to_ascii_lowercase().starts_with("aws:principaltag/") && prefix == "aws";
        is_tag.then(|| Self {
            key: key.clone(),
            before: ContextKey::new(&format!("before:{name}")),
            values: values.map(Option::<&ContextValue>::cloned),
        })
    }

    /// What a proof is to take for the values.
    pub(super) fn scopes(&self) -> [KeyScope; 2] {
        let [old, new] = self.values.each_ref().map(|value| match value {
            None => KeyState::Absent,
            Some(value) => KeyState::Is(value.clone()),
        });
        [(&self.before, old), (&self.key, new)].map(|(key, state)| KeyScope {
            key: key.clone(),
            is_list: None,
            alternatives: vec![state],
        })
    }

    /// A request as it was before, or as it is after.
    fn told(&self, request: &Request, value: Option<&ContextValue>) -> Request {
        let request = request.leaving_open([&self.before]);
        match value {
            Some(value) => request.with_context_key(self.key.as_str(), value.clone()),
            None => request.without([&self.key]),
        }
    }
}

/// The policies of before, which read changed tags under the names for what they were before.
pub(super) fn reading_before(policies: Provable, tags: &[ChangedTag]) -> Result<Provable, Vec<Finding>> {
    let Some(placed) = policies.placed() else { return Ok(policies) };
    let placed = placed.map(|placed| {
        let Attached { policy, via } = placed.policy;
        Attached { policy: renamed(policy, tags), via: via.clone() }
    });
    let set: PolicySet = assemble(&placed)?;
    Ok(policies.proved_as(set, placed.iter().map(|placed| placed.policy.policy.shared_document().clone())))
}

/// Makes the policies of a part what they were before, and its requests what they are on the side that allows them.
pub(super) fn tell(part: &mut DiffPart, old: Provable, tags: &[ChangedTag]) {
    part.old = old;
    for tag in tags {
        let [old, new] = &tag.values;
        for (groups, value) in [(&mut part.gained, new), (&mut part.lost, old)] {
            for AccessGroup { request, .. } in groups {
                request.request = tag.told(&request.request, value.as_ref());
            }
        }
    }
}

/// The policy, reading other keys. Its statements stay where they are.
fn renamed(policy: &Arc<LoadedPolicy>, tags: &[ChangedTag]) -> Arc<LoadedPolicy> {
    let document = policy.document();
    let is_read = document.key_uses().any(|used| tags.iter().any(|tag| tag.key == ContextKey::new(&used.key)));
    if !is_read {
        return policy.clone();
    }
    let mut tree = document.to_json();
    let has_variables = document.version() == Some(Version::V2012);
    for tag in tags {
        rename(&mut tree, tag, has_variables);
    }
    match PolicyDocument::from_tree(&tree).value {
        Some(document) => Arc::new(LoadedPolicy::from_document(&policy.name, &policy.source, document)),
        None => policy.clone(),
    }
}

fn rename(node: &mut Node<'_>, tag: &ChangedTag, has_variables: bool) {
    match &mut node.value {
        Value::String(text) if has_variables => *text = Cow::Owned(rename_variables(text, tag)),
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, tag, has_variables)),
        Value::Object(members) => {
            for member in members {
                if ContextKey::new(&member.key) == tag.key {
                    member.key = Cow::Owned(tag.before.as_str().to_owned());
                }
                rename(&mut member.value, tag, has_variables);
            }
        }
        _ => {}
    }
}

/// The text in which `${KEY}` and `${KEY, 'default'}` have the other key.
fn rename_variables(text: &str, tag: &ChangedTag) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once("${") {
        out.push_str(before);
        out.push_str("${");
        let end = inside.find(['}', ',']).unwrap_or(inside.len());
        let (key, after) = inside.split_at_checked(end).unwrap_or((inside, ""));
        let is_meant = ContextKey::new(key.trim()) == tag.key;
        out.push_str(if is_meant { tag.before.as_str() } else { key });
        rest = after;
    }
    out.push_str(rest);
    out
}
