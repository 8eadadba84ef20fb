//! `Globals`: properties that resources of a type have unless they say otherwise.

use super::tree::{Tree, is_function};
use iameval::json::{Member, Node, Value};

/// Lists that a resource's own replaces. Others are put one after the other.
const REPLACED: [&str; 2] = ["Function.Architectures", "CapacityProvider.InstanceRequirements.Architectures"];
/// Objects of which only the keys count that the resource has.
const PRUNED: [&str; 1] = ["CapacityProvider.ManagedResourceTags"];

/// The properties of a resource together with the global ones of its type, such as `Function`.
pub(super) fn merged(globals: &Tree, kind: &str, resource: &Tree) -> Option<Tree> {
    let global = globals.get(kind)?;
    let global = match resource.get("IgnoreGlobals").map(|ignored| &ignored.value) {
        Some(Value::String(all)) if all == "*" => return None,
        Some(Value::Array(ignored)) => {
            let is_ignored = |key: &str| ignored.iter().any(|name| name.as_str() == Some(key));
            let kept = global.members()?.iter().filter(|member| !is_ignored(&member.key)).cloned();
            Node { value: Value::Object(kept.collect()), span: global.span }
        }
        _ => global.clone(),
    };
    match resource.get("Properties") {
        Some(own) if own.members().is_some() => Some(merge(&global, own, kind)),
        _ => Some(global),
    }
}

fn merge(global: &Tree, own: &Tree, path: &str) -> Tree {
    let value = match (&global.value, &own.value) {
        (Value::Array(global), Value::Array(own)) if !REPLACED.contains(&path) => {
            Value::Array(global.iter().chain(own).cloned().collect())
        }
        (Value::Object(all), Value::Object(of_resource)) if !is_function(global) && !is_function(own) => {
            Value::Object(merge_members(all, of_resource, path))
        }
        _ => return own.clone(),
    };
    Node { value, span: own.span }
}

fn merge_members(global: &[Member<'static>], own: &[Member<'static>], path: &str) -> Vec<Member<'static>> {
    let is_pruned = PRUNED.contains(&path) && !own.is_empty();
    let of_own = |key: &str| own.iter().rev().find(|member| member.key == key);
    let of_global = |key: &str| global.iter().rev().find(|member| member.key == key);
    let both = |global: &Member<'static>, own: &Member<'static>| Member {
        value: merge(&global.value, &own.value, &format!("{path}.{}", own.key)),
        ..own.clone()
    };
    let mut all = Vec::new();
    for member in global {
        match of_own(&member.key) {
            Some(own) => all.push(both(member, own)),
            None if is_pruned => {}
            None => all.push(member.clone()),
        }
    }
    all.extend(own.iter().filter(|member| of_global(&member.key).is_none()).cloned());
    all
}

/// Properties that matter here and that SAM takes from resources alone, by section.
const OF_RESOURCES: [(&str, &[&str]); 4] = [
    ("Function", &["Events", "FunctionName", "Policies", "Role"]),
    ("Api", &["DefinitionBody", "Policy", "StageName"]),
    ("HttpApi", &["DefinitionBody", "StageName"]),
    ("StateMachine", &["Definition", "Events", "Name", "PermissionsBoundary", "Policies", "Role", "RolePath", "Tags"]),
];

/// The properties that SAM refuses, each with its section.
pub(super) fn refused(globals: &Tree) -> Vec<(&str, &Member<'static>)> {
    let sections = globals.members().unwrap_or_default();
    let of_section = |section| {
        let (name, node): (&str, &Tree) = section;
        let refused = OF_RESOURCES.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, refused)| *refused);
        let properties = node.members().unwrap_or_default().iter();
        properties.filter(|member| refused.contains(&&*member.key)).map(move |member| (name, member))
    };
    sections.iter().map(|member| (&*member.key, &member.value)).flat_map(of_section).collect()
}

/// What `AWS::Serverless::` is followed by in a type.
pub(super) fn kind_of(resource: &Tree) -> Option<&str> {
    resource.get("Type")?.as_str()?.strip_prefix("AWS::Serverless::")
}
