//! `Fn::ForEach`: a part of a template, once for each of several values.
//!
//! It is expanded before anything is evaluated, since it makes resources. What it is for must be known then: a list, or a
//! parameter.

use crate::codes;
use iameval::Diagnostic;
use iameval::json::{Member, Node, Value};
use std::borrow::Cow;

/// So much all expansions may come to: values, and texts by their length.
const MAX_SIZE: usize = 500_000;
/// How much text counts as one value.
const TEXT: usize = 32;

/// A node of a template.
type Tree = Node<'static>;

/// What a name stands for in a collection.
#[derive(Debug, Clone)]
pub(super) enum Known {
    Text(String),
    List(Vec<String>),
}

/// Expands every `Fn::ForEach` whose values are known; others stay.
pub(super) fn expand(tree: &Tree, known: &dyn Fn(&str) -> Option<Known>) -> Result<Tree, Diagnostic> {
    let mut expansion = Expansion { known, bound: Vec::new(), size: 0 };
    expansion.node(tree)
}

struct Expansion<'k> {
    known: &'k dyn Fn(&str) -> Option<Known>,
    /// The identifiers of the loops around, with their values.
    bound: Vec<(String, String)>,
    size: usize,
}

impl Expansion<'_> {
    fn node(&mut self, node: &Tree) -> Result<Tree, Diagnostic> {
        self.grow(node, 1)?;
        let value = match &node.value {
            Value::String(text) => Value::String(self.text(node, text)?),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.node(item)).collect::<Result<_, _>>()?),
            Value::Object(members) => {
                if let [Member { key, value: name, .. }] = &**members
                    && key == "Ref"
                    && let Some(value) = name.as_str().and_then(|name| self.bound(name))
                {
                    let value = value.to_owned();
                    return Ok(Node { value: Value::String(Cow::Owned(value)), span: node.span });
                }
                Value::Object(self.members(members)?)
            }
            other => other.clone(),
        };
        Ok(Node { value, span: node.span })
    }

    fn members(&mut self, members: &[Member<'static>]) -> Result<Vec<Member<'static>>, Diagnostic> {
        let mut all = Vec::with_capacity(members.len());
        for member in members {
            if !member.key.starts_with("Fn::ForEach::") {
                all.push(self.member(member)?);
                continue;
            }
            let Value::Array(parts) = &member.value.value else { return Err(misused(&member.value)) };
            let [identifier, collection, fragment] = &**parts else { return Err(misused(&member.value)) };
            let (Some(identifier), Some(fragment)) = (identifier.as_str(), fragment.members()) else {
                return Err(misused(&member.value));
            };
            let Some(values) = self.collection(collection)? else {
                all.push(self.member(member)?);
                continue;
            };
            for value in values {
                self.bound.push((identifier.to_owned(), value));
                let expanded = self.members(fragment);
                self.bound.pop();
                all.extend(expanded?);
            }
        }
        Ok(all)
    }

    fn member(&mut self, member: &Member<'static>) -> Result<Member<'static>, Diagnostic> {
        let key = self.text(&member.value, &member.key)?;
        Ok(Member { key, key_span: member.key_span, value: self.node(&member.value)? })
    }

    /// The values of a collection, where they are known.
    fn collection(&mut self, node: &Tree) -> Result<Option<Vec<String>>, Diagnostic> {
        let Value::Array(items) = &node.value else {
            return Ok(match self.referred(node) {
                Some(Known::List(items)) => Some(items),
                _ => None,
            });
        };
        let mut all = Vec::new();
        for item in items {
            match (&item.value, self.referred(item)) {
                (Value::String(text) | Value::Number(text), _) => all.push(self.text(item, text)?.into_owned()),
                (_, Some(Known::Text(text))) => all.push(text),
                (_, Some(Known::List(items))) => all.extend(items),
                _ => return Ok(None),
            }
        }
        Ok(Some(all))
    }

    fn referred(&self, node: &Tree) -> Option<Known> {
        let [Member { key, value, .. }] = node.members()? else { return None };
        let name = value.as_str().filter(|_| key == "Ref")?;
        self.bound(name).map(|value| Known::Text(value.to_owned())).or_else(|| (self.known)(name))
    }

    fn bound(&self, name: &str) -> Option<&str> {
        self.bound.iter().rev().find(|(bound, _)| bound == name).map(|(_, value)| &**value)
    }

    /// A text with the values of identifiers: `${X}`, and `&{X}` without what ids must not hold.
    fn text(&mut self, node: &Tree, text: &str) -> Result<Cow<'static, str>, Diagnostic> {
        let mut text = text.to_owned();
        for index in (0..self.bound.len()).rev() {
            let Some((name, value)) = self.bound.get(index) else { continue };
            let (plain, cleaned) = (format!("${{{name}}}"), format!("&{{{name}}}"));
            let count = text.matches(&plain).count() + text.matches(&cleaned).count();
            if count == 0 {
                continue;
            }
            let size = count.saturating_mul(value.len()) / TEXT;
            let only_letters: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
            let value = value.clone();
            self.grow(node, size)?;
            text = text.replace(&plain, &value).replace(&cleaned, &only_letters);
        }
        self.grow(node, text.len() / TEXT)?;
        Ok(Cow::Owned(text))
    }

    fn grow(&mut self, node: &Tree, by: usize) -> Result<(), Diagnostic> {
        self.size = self.size.saturating_add(by);
        if self.size <= MAX_SIZE {
            return Ok(());
        }
        let message = "what `Fn::ForEach` makes of the template is too large";
        Err(Diagnostic::new(iameval::codes::OVER_LIMIT, node.span, message).with_help("list fewer values"))
    }
}

fn misused(node: &Tree) -> Diagnostic {
    let message = "`Fn::ForEach` takes an identifier, a list of values and an object";
    Diagnostic::new(codes::INVALID_TEMPLATE, node.span, message)
        .with_help("see its page in the CloudFormation reference")
}
