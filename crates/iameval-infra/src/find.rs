//! The policies that stand in the resources of a template.

use crate::document::choices::{self, Part, Way, assuming};
use crate::index::Item;
use crate::literal;
use crate::permission;
use crate::stack::Resource;
use crate::types::{Holder, OTHER_GRAMMARS, POLICY_PLACES, PolicyPlace};
use crate::value::{Switch, Value, ValueKind};
use iameval::symbol::Symbols;
use iameval::{PolicyKind, Problem, Severity};
use iameval_world::{Finding, codes};

/// A policy that stands in a resource.
#[derive(Debug)]
pub(crate) struct Found<'s> {
    pub(crate) value: &'s Value,
    /// The way on which it is there.
    pub(crate) way: Way,
    pub(crate) kind: PolicyKind,
    pub(crate) holder: Holder,
    /// What it is called after its resource; empty where it is the only one.
    pub(crate) label: String,
}

/// The policies of a resource.
pub(crate) fn policies<'s>(resource: &'s Resource, symbols: &Symbols) -> Vec<Found<'s>> {
    let places = POLICY_PLACES.iter().filter(|place| place.resource_type == resource.kind);
    places.flat_map(|place| of_place(resource, place, symbols)).collect()
}

pub(crate) fn of_place<'s>(resource: &'s Resource, place: &'static PolicyPlace, symbols: &Symbols) -> Vec<Found<'s>> {
    let properties = Part::new(&resource.properties, assuming(resource.only_if));
    let kinds = kinds_of(place, &properties, symbols);
    let found = |part: Part<'s>, label: String| {
        let found = |(kind, way): &(PolicyKind, Way)| {
            let way = part.way.iter().chain(way).copied().collect();
            Found { value: part.value, way, kind: *kind, holder: place.holder, label: label.clone() }
        };
        kinds.iter().map(found).collect::<Vec<_>>()
    };
    let list = place.path.iter().position(|step| *step == "*").map(|at| place.path.split_at(at + 1));
    let Some((list, rest)) = list else {
        let whole = whole(&properties, place.path);
        return whole.into_iter().flat_map(|part| found(part, place.suffix.to_owned())).collect();
    };
    let mut all = Vec::new();
    for (index, item) in properties.at(list).into_iter().enumerate() {
        let name = ["PolicyName", "Region"].iter().find_map(|name| item.at(&[name]).first()?.text());
        let name = name.filter(|name| !literal::holds_symbol(name));
        let label = match (name, place.suffix) {
            _ if matches!(item.value.kind, ValueKind::Unknown(_)) => "policies".to_owned(),
            (Some(name), "" | "policy") => name,
            (Some(name), suffix) => format!("{name}/{suffix}"),
            (None, suffix) => format!("{suffix}{}", index + 1),
        };
        all.extend(whole(&item, rest).into_iter().flat_map(|part| found(part, label.clone())));
    }
    all
}

/// The value at a path with its choices, which are those of one document.
fn whole<'s>(part: &Part<'s>, path: &[&str]) -> Vec<Part<'s>> {
    let Some((last, above)) = path.split_last() else { return vec![part.clone()] };
    let mut found = Vec::new();
    for part in part.at(above) {
        match &part.value.kind {
            ValueKind::Unknown(_) => found.push(part),
            ValueKind::Map(entries) => {
                let named = entries.iter().filter(|entry| entry.key.text == *last);
                found.extend(named.map(|entry| Part { value: &entry.value, way: part.way.clone() }));
            }
            _ => {}
        }
    }
    found.retain(
        |part| !matches!(&part.value.kind, ValueKind::OneOf { choices, .. } if choices.iter().all(Option::is_none)),
    );
    found
}

/// The kinds that policies at a place may be, each with the way on which they are; none where they are of another grammar.
fn kinds_of(place: &PolicyPlace, properties: &Part<'_>, symbols: &Symbols) -> Vec<(PolicyKind, Way)> {
    const KINDS: [(&str, PolicyKind); 2] = [
        ("SERVICE_CONTROL_POLICY", PolicyKind::ServiceControl),
        ("RESOURCE_CONTROL_POLICY", PolicyKind::ResourceControl),
    ];
    if !matches!(place.holder, Holder::Organization) {
        return vec![(place.kind, Way::new())];
    }
    let types = properties.at(&["Type"]);
    if types.is_empty() {
        return vec![(PolicyKind::ServiceControl, Way::new())];
    }
    let mut all = Vec::new();
    for part in types {
        let text = part.text().unwrap_or_default();
        if let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == text) {
            all.push((*kind, part.way));
        } else if let Some(symbol) = symbols.within(&text).next() {
            // Which of the two it is, or another, is not known.
            for (index, (_, kind)) in KINDS.iter().enumerate() {
                let way =
                    part.way.iter().copied().chain([choices::taking(Switch::Somehow(symbol), KINDS.len() + 1, index)]);
                all.push((*kind, way.collect()));
            }
        }
    }
    all
}

/// What the policies of a type are, where they are of another grammar than that of IAM.
pub(crate) fn other_grammar(resource_type: &str) -> Option<&'static str> {
    OTHER_GRAMMARS.iter().find(|(known, _)| *known == resource_type).map(|(_, what)| *what)
}

/// What to say of policies of a resource that are not read.
pub(crate) fn left_out(item: &Item<'_>) -> Option<Finding> {
    let kind = &item.resource.kind;
    let warning = |message, help: Option<String>, span| {
        let problem = Problem::new(codes::OTHER_FORMAT, message).with_severity(Severity::Warning).with_any_help(help);
        Some(Finding::new(item.source(), problem.at(span)))
    };
    if let Some(what) = other_grammar(kind).filter(|_| kind.ends_with("Policy")) {
        let message = format!("`{}` is {what}, which is left out", item.address);
        return warning(message, None, item.resource.id_span);
    }
    if kind == "aws_kms_grant" {
        let message = format!("`{}` is left out: grants are not evaluated", item.address);
        let help = "what it allows is not in the answers; they are about policies alone";
        return warning(message, Some(help.into()), item.resource.id_span);
    }
    let value = unlisted(item.resource)?;
    let message = format!("what looks like a policy in `{}` is left out", item.address);
    warning(message, Some(format!("where `{kind}` has policies is not known")), value.span)
}

/// Something that looks like a policy in a resource of a type for which no place of policies is known.
pub(crate) fn unlisted(resource: &Resource) -> Option<&Value> {
    let is_known = |resource_type: &str| {
        POLICY_PLACES.iter().any(|place| place.resource_type == resource_type)
            || permission::is_one(resource_type)
            || other_grammar(resource_type).is_some()
    };
    let may_be_listed = resource.kind.starts_with("AWS::") && !is_known(&resource.kind);
    may_be_listed.then(|| like_a_policy(&resource.properties)).flatten()
}

fn like_a_policy(value: &Value) -> Option<&Value> {
    match &value.kind {
        ValueKind::Map(entries) => {
            let statement = entries.iter().find(|entry| entry.key.text == "Statement");
            match statement {
                Some(statement) if has_effect(&statement.value) => Some(value),
                _ => entries.iter().find_map(|entry| like_a_policy(&entry.value)),
            }
        }
        ValueKind::List(items) => items.iter().find_map(like_a_policy),
        ValueKind::OneOf { choices, .. } => choices.iter().flatten().find_map(like_a_policy),
        _ => None,
    }
}

fn has_effect(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Map(entries) => entries.iter().any(|entry| entry.key.text == "Effect"),
        ValueKind::List(items) => items.iter().any(has_effect),
        ValueKind::OneOf { choices, .. } => choices.iter().flatten().any(has_effect),
        _ => false,
    }
}
