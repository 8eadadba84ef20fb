//! A template as it was read: its tree, and what it is called.

use super::serverless::Parts;
use super::tags;
use crate::codes;
use crate::literal;
use iameval::json::{self, Member, Node, Value};
use iameval::text::Span;
use iameval::{Diagnostic, Problem};
use iameval_world::{Finding, Source, yaml};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// A template that is to be evaluated.
#[derive(Debug)]
pub(super) struct Template {
    /// What the stack is called where several are read.
    pub(super) name: String,
    /// What stands before its addresses: its name and a slash, or nothing where it is alone.
    pub(super) prefix: String,
    /// The same for the account and the region, which all stacks of a source share.
    pub(super) shared_prefix: String,
    pub(super) source: Arc<Source>,
    pub(super) tree: Node<'static>,
    pub(super) settings: Settings,
    /// The stack that it is nested in, and the logical id there.
    pub(super) parent: Option<(usize, String)>,
    /// Where resources may come from that the template does not define: macros.
    pub(super) has_transforms: bool,
    /// The files that its text is put together from, where it is made of a service.
    pub(super) parts: Option<Rc<Parts>>,
}

impl Template {
    /// What is found in it, in the file that it is about.
    pub(super) fn finding(&self, found: Diagnostic) -> Finding {
        match &self.parts {
            Some(parts) => parts.finding(found),
            None => Finding::new(&self.source, found),
        }
    }
}

/// Where a stack is to be deployed, as far as that is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
    pub(super) stack: Option<String>,
    /// Values of parameters.
    pub(super) parameters: HashMap<String, String>,
    /// Parameters whose values come from the parent and are not literal there.
    pub(super) computed: HashSet<String>,
}

/// Which YAML a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    Template,
    /// That of services of the Serverless Framework, in which `<<` merges maps.
    Service,
}

/// Reads the tree of a template, with short forms of functions made long.
pub(super) fn read(source: &Arc<Source>, notation: Notation) -> Result<Node<'static>, Finding> {
    let found = |diagnostic| Finding::new(source, diagnostic);
    let tree = tree(source, notation).map_err(found)?;
    match symbol_in(&tree) {
        None => Ok(tree),
        Some(span) => {
            let message = "this text holds a character of the last plane of Unicode, which is private";
            let help = "remove the character; it stands for nothing";
            Err(found(Diagnostic::new(codes::INVALID_TEMPLATE, span, message).with_help(help)))
        }
    }
}

/// The same without a look at its texts.
pub(super) fn tree(source: &Source, notation: Notation) -> Result<Node<'static>, Diagnostic> {
    let read = match notation {
        Notation::Template => yaml::parse_tagged,
        Notation::Service => yaml::parse_merged,
    };
    let is_json = source.text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    let tree = if is_json {
        match json::parse(&source.text) {
            Ok(tree) => tree.into_owned(),
            Err(error) => read(&source.text, tags::long_form).map_err(|_| error)?,
        }
    } else {
        read(&source.text, tags::long_form)?
    };
    Ok(tree)
}

/// The place of the first text that holds a character that could be taken for a symbol.
fn symbol_in(node: &Node<'_>) -> Option<Span> {
    match &node.value {
        Value::String(text) => literal::holds_symbol(text).then_some(node.span),
        Value::Array(items) => items.iter().find_map(symbol_in),
        Value::Object(members) => members.iter().find_map(|member| {
            literal::holds_symbol(&member.key).then_some(member.key_span).or_else(|| symbol_in(&member.value))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Whether a tree is a template.
pub(super) fn is_template(tree: &Node<'_>) -> bool {
    let has_type = |member: &Member<'_>| {
        let kind = member.value.get("Type").and_then(Node::as_str);
        kind.is_some_and(|kind| kind.contains("::")) || member.key.starts_with("Fn::")
    };
    let has_resources = || tree.get("Resources").and_then(Node::members).is_some_and(|all| all.iter().any(has_type));
    tree.get("AWSTemplateFormatVersion").is_some() || has_resources()
}

/// Refuses what is no template.
pub(super) fn check(source: &Arc<Source>, tree: &Node<'_>) -> Result<(), Finding> {
    if is_template(tree) {
        return Ok(());
    }
    let problem = Problem::new(codes::INVALID_TEMPLATE, "this is not a CloudFormation template");
    let problem = problem.with_help("a template has `Resources`, each with a `Type` such as `AWS::IAM::Role`");
    Err(Finding::new(source, problem.at(tree.beginning())))
}

/// The names of the transforms of a template, each with its place.
pub(super) fn transforms<'t>(tree: &'t Node<'_>) -> Vec<(&'t str, Span)> {
    let name = |node: &'t Node<'_>| {
        let name = node.as_str().or_else(|| node.get("Name").and_then(Node::as_str));
        (name.unwrap_or_default(), node.span)
    };
    match tree.get("Transform") {
        None => Vec::new(),
        Some(Node { value: Value::Array(items), .. }) => items.iter().map(name).collect(),
        Some(node) => vec![name(node)],
    }
}

/// A section of a template: its members by name. Of several of one name, the last counts.
pub(super) fn section<'t>(tree: &'t Node<'static>, name: &str) -> HashMap<&'t str, &'t Member<'static>> {
    let members = tree.get(name).and_then(Node::members).unwrap_or_default();
    members.iter().map(|member| (&*member.key, member)).collect()
}
