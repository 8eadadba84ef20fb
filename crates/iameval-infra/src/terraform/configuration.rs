//! What a plan tells of its source: which arguments are written, and what they refer to.

use super::address::{self, Address};
use super::shown::items;
use iameval::json::{Node, Value};
use iameval::text::Span;
use std::collections::HashMap;

/// The source of a plan, as far as the plan tells of it.
#[derive(Debug, Default)]
pub(super) struct Configuration<'t> {
    /// Resources by the path of their module and their name in it.
    resources: HashMap<(String, String), &'t Node<'t>>,
    /// Modules by their path.
    modules: HashMap<String, &'t Node<'t>>,
    /// The calls of modules, by the path of the module that is called.
    calls: HashMap<String, &'t Node<'t>>,
    providers: Option<&'t Node<'t>>,
    /// Whether the plan tells of its source.
    pub(super) is_known: bool,
}

/// What an expression refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference<'t> {
    /// An attribute of a resource of a module.
    Attribute { text: &'t str },
    /// Something else.
    Other,
}

/// An expression that refers to one thing only, and the module that it stands in.
#[derive(Debug, Clone)]
pub(super) struct Followed<'t> {
    pub(super) module: String,
    pub(super) reference: Reference<'t>,
}

/// How far references are followed through modules.
const MAX_DEPTH: usize = 64;

impl<'t> Configuration<'t> {
    pub(super) fn new(node: Option<&'t Node<'t>>) -> Self {
        let mut all = Self::default();
        let Some(node) = node else { return all };
        all.is_known = true;
        all.providers = node.get("provider_config");
        if let Some(root) = node.get("root_module") {
            all.add(root, String::new(), 0);
        }
        all
    }

    fn add(&mut self, module: &'t Node<'t>, path: String, depth: usize) {
        for resource in items(module.get("resources")) {
            if let Some(address) = resource.get("address").and_then(Node::as_str).and_then(Address::of) {
                self.resources.insert((path.clone(), address.in_module()), resource);
            }
        }
        for call in module.get("module_calls").and_then(Node::members).unwrap_or_default() {
            let inner = if path.is_empty() { call.key.to_string() } else { format!("{path}.{}", call.key) };
            self.calls.insert(inner.clone(), &call.value);
            if let Some(module) = call.value.get("module").filter(|_| depth < MAX_DEPTH) {
                self.add(module, inner, depth + 1);
            }
        }
        self.modules.insert(path, module);
    }

    /// A resource as it is written.
    pub(super) fn resource(&self, address: &Address<'_>) -> Option<&'t Node<'t>> {
        self.resources.get(&(address::module_path(address.module), address.in_module())).copied()
    }

    pub(super) fn has_module(&self, path: &str) -> bool {
        self.modules.contains_key(path)
    }

    /// A resource by the path of its module and its name there.
    pub(super) fn in_module(&self, path: &str, name: &str) -> Option<&'t Node<'t>> {
        self.resources.get(&(path.to_owned(), name.to_owned())).copied()
    }

    /// The names of what is in a module, with their places.
    pub(super) fn names_in(&self, path: &str) -> Vec<(&str, Span)> {
        let of = self.resources.iter().filter(|((module, _), _)| module == path);
        let place = |node: &Node<'_>| node.get("address").map_or(node.span, |address| address.span);
        let mut names: Vec<(&str, Span)> = of.map(|((_, name), node)| (&**name, place(node))).collect();
        names.sort_unstable_by_key(|(name, _)| *name);
        names
    }

    /// The expression of an argument: names, and numbers of blocks.
    pub(super) fn expression(resource: &'t Node<'t>, path: &[Step<'_>]) -> Option<&'t Node<'t>> {
        path.iter().try_fold(resource.get("expressions")?, |node, step| match (step, &node.value) {
            (Step::Name(name), _) => node.get(name),
            (Step::Number(number), Value::Array(items)) => items.get(*number),
            // The items of a list are in its expression.
            (Step::Number(_), _) => Some(node),
        })
    }

    /// The settings of a provider.
    pub(super) fn provider(&self, key: &str) -> Option<&'t Node<'t>> {
        self.providers?.get(key)
    }

    /// What an expression refers to, as often as it does, without what is part of another.
    pub(super) fn references(expression: &'t Node<'t>) -> Vec<&'t str> {
        let mut all: Vec<&str> = Vec::new();
        let texts: Vec<&str> = items(expression.get("references")).filter_map(Node::as_str).collect();
        for (at, text) in texts.iter().enumerate() {
            // A reference is followed by what it is of.
            let before = texts.get(..at).unwrap_or_default();
            let is_part = before
                .iter()
                .rev()
                .any(|longer| longer.strip_prefix(text).is_some_and(|rest| rest.starts_with(['.', '['])));
            if !is_part {
                all.push(text);
            }
        }
        all
    }

    /// What a reference in a module means, followed through calls of modules as long as it is all of an expression.
    pub(super) fn follow(&self, module: &str, reference: &'t str) -> Followed<'t> {
        let (mut module, mut reference) = (module.to_owned(), reference);
        for _ in 0..MAX_DEPTH {
            let next = if let Some(name) = reference.strip_prefix("var.") {
                let Some((outer, _)) = address::parent(&module) else {
                    return Followed { module, reference: Reference::Other };
                };
                let call = self.calls.get(&address::module_path(&module));
                let expression = call.and_then(|call| call.get("expressions")?.get(name));
                expression.and_then(sole).map(|next| (outer.to_owned(), next))
            } else if let Some(rest) = reference.strip_prefix("module.") {
                let (named, output) = address::segment(rest);
                let inner =
                    if module.is_empty() { format!("module.{named}") } else { format!("{module}.module.{named}") };
                let node = self.modules.get(&address::module_path(&inner));
                let output = output.strip_prefix('.').filter(|output| !output.contains(['.', '[']));
                let output =
                    node.zip(output).and_then(|(node, name)| node.get("outputs")?.get(name)?.get("expression"));
                output.and_then(sole).map(|next| (inner, next))
            } else {
                let is_attribute = Address::of(reference).is_some_and(|address| !address.rest.is_empty());
                let own = ["local.", "each.", "count.", "path.", "self.", "terraform."];
                let is_own = own.iter().any(|own| reference.starts_with(own));
                let reference =
                    if is_attribute && !is_own { Reference::Attribute { text: reference } } else { Reference::Other };
                return Followed { module, reference };
            };
            let Some(next) = next else { return Followed { module, reference: Reference::Other } };
            (module, reference) = next;
        }
        Followed { module, reference: Reference::Other }
    }
}

/// The one thing that an expression refers to, once.
pub(super) fn sole<'t>(expression: &'t Node<'t>) -> Option<&'t str> {
    match Configuration::references(expression).as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// A step of the way to a value in a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'p> {
    Name(&'p str),
    Number(usize),
}

/// A way as it is written: `statement[0].resources[1]`.
pub(super) fn written(path: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Name(name) if text.is_empty() => text.push_str(name),
            Step::Name(name) => text.extend([".", name]),
            Step::Number(number) => text.extend(["[", &number.to_string(), "]"]),
        }
    }
    text
}
