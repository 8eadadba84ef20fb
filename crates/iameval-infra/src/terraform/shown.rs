//! What `terraform show -json` writes: plans and states.

use super::address::Address;
use crate::codes;
use iameval::json::{Node, Value};
use iameval::text::Span;
use iameval::{Diagnostic, suggest};
use std::borrow::Cow;
use std::collections::HashSet;

/// A plan or a state, as far as it matters.
#[derive(Debug, Clone)]
pub(super) struct Shown<'t> {
    /// What there will be, or is.
    pub(super) entries: Vec<Entry<'t>>,
    /// What the plan deletes, as it was.
    pub(super) deleted: Vec<Entry<'t>>,
    /// The source as the plan tells of it.
    pub(super) configuration: Option<&'t Node<'t>>,
    /// The values of variables of the root module.
    pub(super) variables: Option<&'t Node<'t>>,
}

/// A resource or data source in a plan or a state.
#[derive(Debug, Clone)]
pub(super) struct Entry<'t> {
    pub(super) address: Cow<'t, str>,
    pub(super) kind: &'t str,
    /// Where its address stands.
    pub(super) id_span: Span,
    pub(super) span: Span,
    pub(super) values: Option<&'t Node<'t>>,
    /// What of it is not known, in the form of the values.
    pub(super) unknown: Option<&'t Node<'t>>,
    /// What of it is not to be shown, in the form of the values.
    pub(super) sensitive: Option<&'t Node<'t>>,
    /// Whether it may not be created now, for a reason that is known at the next plan.
    pub(super) is_deferred: bool,
}

impl Entry<'_> {
    pub(super) fn parts(&self) -> Option<Address<'_>> {
        Address::of(&self.address)
    }
}

/// Whether a file may be a plan or a state: what stands in it at the top.
pub(super) fn is_one(text: &str) -> bool {
    if !text.contains("\"format_version\"") && !text.contains("\"lineage\"") {
        return false;
    }
    let mut found = Vec::new();
    top_keys(text).any(|key| {
        found.push(key);
        let has = |key: &str| found.contains(&key);
        let of_terraform = has("terraform_version") || has("planned_values") || has("resource_changes");
        (has("format_version") && (of_terraform || has("provider_schemas") || has("values")))
            || (has("lineage") && has("serial") && has("terraform_version"))
    })
}

/// The names of the members of the outermost object.
fn top_keys(text: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut at) = (0_u32, 0);
    let bytes = text.as_bytes();
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => {
                    let start = at;
                    while bytes.get(at).is_some_and(|byte| *byte != b'"') {
                        at += 1 + usize::from(bytes.get(at) == Some(&b'\\'));
                    }
                    let key = text.get(start..at);
                    at += 1;
                    let mut rest = bytes.get(at..).unwrap_or_default().iter();
                    if depth == 1 && rest.find(|byte| !byte.is_ascii_whitespace()) == Some(&b':') && key.is_some() {
                        return key;
                    }
                }
                _ => {}
            }
        }
        None
    })
}

/// Reads a plan or a state.
///
/// # Errors
/// What makes it none that can be read.
pub(super) fn read<'t>(tree: &'t Node<'t>) -> Result<Shown<'t>, Diagnostic> {
    let wrong = |node: &Node<'_>, message: &str, help: &str| {
        Diagnostic::new(codes::INVALID_PLAN, node.beginning(), message).with_help(help)
    };
    if tree.get("lineage").is_some() {
        let help = "write it as JSON with `terraform show -json > state.json`, and name that";
        return Err(wrong(tree, "this is Terraform's own file of a state", help));
    }
    let Some(version) = tree.get("format_version") else {
        return Err(wrong(tree, "this is neither a plan nor a state", HELP));
    };
    let major = version.as_str().and_then(|text| text.split('.').next()?.parse::<u32>().ok());
    if major.is_none_or(|major| major > 1) {
        let message = format!("format version `{}` is not known", version.as_str().unwrap_or_default());
        let help = "versions up to 1.x are read; use `terraform show -json` of a version of Terraform that writes one";
        return Err(Diagnostic::new(codes::INVALID_PLAN, version.span, message).with_help(help));
    }
    if let Some(errored) = tree.get("errored").filter(|node| matches!(node.value, Value::Bool(true))) {
        let help = "mend what `terraform plan` says, and plan again";
        return Err(wrong(errored, "the plan is not complete: planning failed", help));
    }
    let read = match (tree.get("resource_changes"), tree.get("values"), tree.get("planned_values")) {
        (Some(changes), ..) => of_plan(tree, changes)?,
        // A plan without resources has no changes.
        (None, None, Some(_)) => of_plan(tree, tree)?,
        (None, Some(values), _) => of_state(values),
        _ if tree.get("terraform_version").is_some() && tree.get("provider_schemas").is_none() => {
            return Err(wrong(tree, "the state is empty", "name the state of a configuration that was applied"));
        }
        _ => return Err(wrong(tree, "this is neither a plan nor a state", HELP)),
    };
    Ok(read)
}

const HELP: &str = "write one with `terraform show -json plan.bin > plan.json`, or without a file for the state";

fn of_state<'t>(values: &'t Node<'t>) -> Shown<'t> {
    let mut entries = Vec::new();
    if let Some(root) = values.get("root_module") {
        module(root, &mut entries);
    }
    Shown { entries, deleted: Vec::new(), configuration: None, variables: None }
}

/// The resources of a module of a state, and of those in it.
fn module<'t>(node: &'t Node<'t>, entries: &mut Vec<Entry<'t>>) {
    let around = node.get("address").and_then(Node::as_str).unwrap_or_default();
    for resource in items(node.get("resources")) {
        entries.extend(entry(resource, around, resource.get("values"), None, resource.get("sensitive_values")));
    }
    for inner in items(node.get("child_modules")) {
        module(inner, entries);
    }
}

fn entry<'t>(
    node: &'t Node<'t>,
    module: &str,
    values: Option<&'t Node<'t>>,
    unknown: Option<&'t Node<'t>>,
    sensitive: Option<&'t Node<'t>>,
) -> Option<Entry<'t>> {
    let named = node.get("address")?;
    let kind = node.get("type")?.as_str()?;
    let mut address = Cow::Borrowed(named.as_str()?);
    // Old versions leave the module out in states, and the key of those that are counted.
    if !module.is_empty() && !address.starts_with(module) {
        address = Cow::Owned(format!("{module}.{address}"));
    }
    if let Some(index) = node.get("index").filter(|_| !address.ends_with(']')) {
        address = match &index.value {
            Value::String(text) => Cow::Owned(format!("{address}[\"{text}\"]")),
            Value::Number(text) => Cow::Owned(format!("{address}[{text}]")),
            _ => address,
        };
    }
    Some(Entry { address, kind, id_span: named.span, span: node.span, values, unknown, sensitive, is_deferred: false })
}

fn of_plan<'t>(tree: &'t Node<'t>, changes: &'t Node<'t>) -> Result<Shown<'t>, Diagnostic> {
    let mut entries = Vec::new();
    let mut deleted = Vec::new();
    let deferred = items(tree.get("deferred_changes")).filter_map(|node| node.get("resource_change"));
    let planned = items(Some(changes)).map(|node| (node, false)).chain(deferred.map(|node| (node, true)));
    for (node, is_deferred) in planned {
        let Some(change) = node.get("change") else { continue };
        let actions: Vec<&str> = items(change.get("actions")).filter_map(Node::as_str).collect();
        let before = || entry(node, "", change.get("before"), None, change.get("before_sensitive"));
        match actions.as_slice() {
            ["delete"] => deleted.extend(before()),
            // Terraform lets go of it, and it stays.
            ["forget"] => entries.extend(before()),
            ["forget" | "delete" | "create", ..] | ["no-op" | "read" | "update"] => {
                let after = change.get("after");
                let after = entry(node, "", after, change.get("after_unknown"), change.get("after_sensitive"));
                entries.extend(after.map(|entry| Entry { is_deferred, ..entry }));
                if actions.contains(&"delete") {
                    deleted.extend(before());
                }
            }
            _ => {
                let known = ["no-op", "create", "read", "update", "delete", "forget"];
                let found = actions.iter().find(|action| !known.contains(*action)).copied().unwrap_or_default();
                let help = suggest::did_you_mean(found, known).unwrap_or_else(|| HELP.to_owned());
                let message = format!("what the action `{found}` does is not known");
                return Err(Diagnostic::new(codes::INVALID_PLAN, node.beginning(), message).with_help(help));
            }
        }
    }
    if entries.is_empty() && !deleted.is_empty() {
        let message = "the plan deletes everything, so there is nothing to ask about";
        let help = "name the state before it, or a plan that does not destroy";
        return Err(Diagnostic::new(codes::INVALID_PLAN, changes.beginning(), message).with_help(help));
    }
    // Data sources that did not change, and what a plan with `-target` leaves alone, are in the state before only.
    let met: HashSet<&str> = entries.iter().chain(&deleted).map(|entry| &*entry.address).collect();
    let mut prior = Vec::new();
    if let Some(root) = tree.get("prior_state").and_then(|state| state.get("values")?.get("root_module")) {
        module(root, &mut prior);
    }
    prior.retain(|entry| !met.contains(&*entry.address));
    drop(met);
    entries.append(&mut prior);
    let configuration = tree.get("configuration");
    Ok(Shown { entries, deleted, configuration, variables: tree.get("variables") })
}

/// The items of a list, and nothing of what is none.
pub(super) fn items<'t>(node: Option<&'t Node<'t>>) -> impl Iterator<Item = &'t Node<'t>> {
    let items: &[Node<'_>] = match node.map(|node| &node.value) {
        Some(Value::Array(items)) => items,
        _ => &[],
    };
    items.iter()
}
