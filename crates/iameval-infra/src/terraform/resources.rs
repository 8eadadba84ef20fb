//! From Terraform's resources to those of CloudFormation's types, from which worlds are made.

use super::drafted::{Drafted, Root};
use super::types::{self, Argument, Extra};
use crate::stack::{Language, Resource, Stack};
use crate::value::{Entry, Text, Value, ValueKind};
use iameval::text::Span;

/// The resources of a root module, as a stack of that name.
pub(super) fn stack(root: &Root, name: &str) -> Stack {
    let mut resources = Vec::with_capacity(root.resources.len());
    for drafted in &root.resources {
        let of = types::of(&drafted.kind);
        for extra in of.iter().flat_map(|of| &of.extras) {
            resources.extend(of_extra(drafted, extra));
        }
        resources.push(of_drafted(drafted));
    }
    Stack {
        name: name.to_owned(),
        language: Language::Terraform,
        source: root.source.clone(),
        location: root.location.clone(),
        resources,
    }
}

fn of_drafted(drafted: &Drafted) -> Resource {
    let of = types::of(&drafted.kind);
    let mut entries = Vec::new();
    for argument in of.iter().flat_map(|of| &of.arguments) {
        if let Some(value) = drafted.argument(argument.name) {
            entries.push(entry(argument.property, property(argument, value)));
        }
    }
    entries.extend(drafted.argument("tags").map(|tags| entry("Tags", tags.clone())));
    if of.is_none() {
        entries.extend(drafted.argument("policy").map(|policy| entry("policy", policy.clone())));
    }
    let identity = &drafted.identity;
    let kind = of.map_or(&*drafted.kind, |of| of.kind).to_owned();
    let url = drafted.argument("url").and_then(Value::as_text).map(str::to_owned);
    let name = identity.name.clone().into_iter();
    Resource {
        written_kind: Some(drafted.kind.clone()).filter(|written| *written != kind),
        reference: identity.id.clone(),
        arn: identity.arn.clone(),
        further_names: name.chain(url).collect(),
        properties: Value { span: drafted.span, kind: ValueKind::Map(entries) },
        ..bare(drafted, kind)
    }
}

/// A policy of a resource as a resource of its own.
fn of_extra(drafted: &Drafted, extra: &Extra) -> Option<Resource> {
    let policy = drafted.argument(extra.argument)?;
    let holder = drafted.identity.arn.clone().unwrap_or_else(|| drafted.identity.id.clone());
    let entries = vec![entry(extra.by, Value::text(drafted.id_span, holder)), entry(extra.property, policy.clone())];
    Some(Resource {
        written_kind: Some(drafted.kind.clone()),
        properties: Value { span: drafted.span, kind: ValueKind::Map(entries) },
        ..bare(drafted, extra.kind.to_owned())
    })
}

/// A resource without properties and names.
fn bare(drafted: &Drafted, kind: String) -> Resource {
    Resource {
        id: drafted.address.clone(),
        source: drafted.source.clone(),
        id_span: drafted.id_span,
        kind,
        written_kind: None,
        span: drafted.span,
        only_if: drafted.only_if,
        properties: Value { span: drafted.span, kind: ValueKind::Map(Vec::new()) },
        reference: String::new(),
        arn: None,
        further_names: Vec::new(),
        construct_path: None,
        location: drafted.location.clone(),
    }
}

/// What a property is for an argument: the same value, with the blocks in it as objects of CloudFormation.
fn property(argument: &Argument, value: &Value) -> Value {
    if argument.block.is_empty() {
        return value.clone();
    }
    let kind = match &value.kind {
        ValueKind::List(items) => ValueKind::List(items.iter().filter_map(|item| block(argument, item)).collect()),
        ValueKind::OneOf { on, choices } => {
            let of = |choice: &Option<Value>| choice.as_ref().map(|choice| property(argument, choice));
            ValueKind::OneOf { on: *on, choices: choices.iter().map(of).collect() }
        }
        ValueKind::Map(_) => return block(argument, value).unwrap_or_else(|| value.clone()),
        kind => kind.clone(),
    };
    Value { span: value.span, kind }
}

/// A block; `None` for one in which nothing is given, as the provider has it for none.
fn block(argument: &Argument, value: &Value) -> Option<Value> {
    let ValueKind::Map(entries) = &value.kind else { return Some(property_of_item(argument, value)) };
    let named = |name: &str| argument.block.iter().find(|inner| inner.name == name);
    let inner: Vec<Entry> = entries
        .iter()
        .filter(|inner| !super::document::is_nothing(&inner.value))
        .filter_map(|inner| Some(entry(named(&inner.key.text)?.property, inner.value.clone())))
        .collect();
    (!inner.is_empty()).then_some(Value { span: value.span, kind: ValueKind::Map(inner) })
}

fn property_of_item(argument: &Argument, value: &Value) -> Value {
    match &value.kind {
        ValueKind::OneOf { on, choices } => {
            let of = |choice: &Option<Value>| choice.as_ref().and_then(|choice| block(argument, choice));
            let kind = ValueKind::OneOf { on: *on, choices: choices.iter().map(of).collect() };
            Value { span: value.span, kind }
        }
        _ => value.clone(),
    }
}

pub(super) fn entry(key: &str, value: Value) -> Entry {
    Entry { key: Text::from(key.to_owned()), key_span: value.span, value }
}

/// The properties of a resource, to add to.
pub(super) fn properties(resource: &mut Resource) -> Option<&mut Vec<Entry>> {
    match &mut resource.properties.kind {
        ValueKind::Map(entries) => Some(entries),
        _ => None,
    }
}

/// Whether a place is in the text that a resource stands in.
pub(super) fn at(resource: &Resource, span: Span, is_same_text: bool) -> Span {
    if is_same_text { span } else { resource.id_span }
}
