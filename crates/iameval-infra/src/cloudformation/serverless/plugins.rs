//! What plugins change that policies depend on.

use super::resolve::{Resolver, Told};
use crate::cloudformation::tree::{Place, Tree, items};
use iameval::json::{Member, Node, Value};
use iameval::text::Span;

/// The plugins of a service.
#[derive(Debug)]
pub(super) struct Plugins {
    names: Vec<String>,
}

impl Plugins {
    pub(super) fn read(resolver: &mut Resolver<'_>) -> Result<Self, Told> {
        let root = resolver.root.clone();
        let Some(plugins) = root.get("plugins") else { return Ok(Self { names: Vec::new() }) };
        let plugins = resolver.node(plugins)?;
        let listed = plugins.get("modules").unwrap_or(&plugins);
        Ok(Self { names: items(listed).iter().filter_map(Node::as_str).map(str::to_owned).collect() })
    }

    /// Whether there is a plugin whose name ends like that.
    pub(super) fn have(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.ends_with(name))
    }
}

/// What a plugin is told in `custom`.
pub(super) fn settings(resolver: &mut Resolver<'_>, name: &str) -> Result<Tree, Told> {
    let settings = resolver.configuration(&["custom", name], Span::START)?;
    let settings = resolver.put(settings, Span::START);
    resolver.node(&settings)
}

/// The plugin `serverless-pseudo-parameters`: `#{AWS::AccountId}` in a text is `${AWS::AccountId}` in `Fn::Sub`.
#[derive(Debug, Clone, Copy)]
pub(super) struct PseudoParameters {
    /// Whether `#{…}` may name resources as well.
    with_references: bool,
}

impl PseudoParameters {
    pub(super) fn read(resolver: &mut Resolver<'_>) -> Result<Self, Told> {
        let settings = settings(resolver, "pseudoParameters")?;
        let allows = settings.get("allowReferences").map(|node| &node.value);
        Ok(Self { with_references: !matches!(allows, Some(Value::Bool(false))) })
    }

    /// A template as the plugin changes it.
    pub(super) fn put_into(self, node: Tree) -> Tree {
        match node.value {
            Value::String(text) => {
                self.text(&text, Place(node.span)).unwrap_or(Node { value: Value::String(text), ..node })
            }
            Value::Array(items) => {
                Node { value: Value::Array(items.into_iter().map(|item| self.put_into(item)).collect()), ..node }
            }
            Value::Object(members) => {
                let member = |member: Member<'static>| {
                    let value = self.put_into(member.value);
                    // A text of `Fn::Sub` is one already.
                    let value = match (&*member.key, value.get("Fn::Sub")) {
                        ("Fn::Sub", Some(text)) => text.clone(),
                        _ => value,
                    };
                    Member { value, ..member }
                };
                Node { value: Value::Object(members.into_iter().map(member).collect()), ..node }
            }
            value => Node { value, ..node },
        }
    }

    /// What becomes of a text; `None` for one that stays.
    fn text(self, text: &str, place: Place) -> Option<Tree> {
        if let (escaped, true) = replaced(text, "#@{", "#{", |_| true) {
            return Some(place.text(escaped));
        }
        let is_pseudo = |name: &str| {
            let word = name.strip_prefix("AWS::").unwrap_or_default();
            !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_alphabetic())
        };
        match replaced(text, "#{", "${", |name| self.with_references || is_pseudo(name)) {
            (substituted, true) => Some(place.sub(substituted, Vec::new())),
            _ => None,
        }
    }
}

/// A text in which what begins like that and ends with a brace begins otherwise, and whether there is such.
fn replaced(text: &str, from: &str, to: &str, is_one: impl Fn(&str) -> bool) -> (String, bool) {
    let (mut out, mut rest, mut is_any) = (String::with_capacity(text.len()), text, false);
    while let Some((before, after)) = rest.split_once(from) {
        let name = after.split_once('}').map(|(name, _)| name).filter(|name| !name.is_empty() && is_one(name));
        is_any |= name.is_some();
        out.extend([before, if name.is_some() { to } else { from }]);
        rest = after;
    }
    out.push_str(rest);
    (out, is_any)
}
