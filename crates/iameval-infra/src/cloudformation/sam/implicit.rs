//! The APIs that SAM makes for events which name none.

use super::globals::kind_of;
use super::tree::{Place, Tree};
use iameval::json::{Member, Node};
use std::collections::BTreeSet;

/// What stands for an event without an API of its own.
pub(super) const REST_API: &str = "ServerlessRestApi";
pub(super) const HTTP_API: &str = "ServerlessHttpApi";

/// Adds the APIs that events need to the resources. The conditions that are needed for that.
pub(super) fn add(resources: &mut Vec<Member<'static>>) -> Vec<Member<'static>> {
    let mut conditions = Vec::new();
    for (id, event, property, kind) in [
        (REST_API, "Api", "RestApiId", "AWS::Serverless::Api"),
        (HTTP_API, "HttpApi", "ApiId", "AWS::Serverless::HttpApi"),
    ] {
        let events = events(resources, event, property, id);
        let Some((first, _)) = events.first() else { continue };
        let place = Place(*first);
        let all: Option<Vec<String>> = events.iter().map(|(_, condition)| condition.clone()).collect();
        let mut members = vec![place.member("Type", place.text(kind))];
        if let Some(all) = all {
            let (name, made) = any_of(place, &format!("{id}Condition"), all);
            members.push(place.member("Condition", place.text(name)));
            conditions.extend(made);
        }
        let properties = if id == REST_API { vec![place.member("StageName", place.text("Prod"))] } else { Vec::new() };
        members.push(place.member("Properties", place.object(properties)));
        resources.retain(|member| member.key != id);
        resources.push(place.member(id, place.object(members)));
    }
    conditions
}

/// The places of the events of an API that is not in the template, and the conditions of what they are of.
fn events(
    resources: &[Member<'static>],
    kind: &str,
    property: &str,
    id: &str,
) -> Vec<(iameval::text::Span, Option<String>)> {
    let mut all = Vec::new();
    for resource in resources {
        if !matches!(kind_of(&resource.value), Some("Function" | "StateMachine")) {
            continue;
        }
        let events = resource.value.get("Properties").and_then(|properties| properties.get("Events"));
        for event in events.and_then(Node::members).unwrap_or_default() {
            let properties = event.value.get("Properties");
            let api = properties.and_then(|properties| properties.get(property));
            let has_path = kind == "HttpApi" || properties.is_some_and(|properties| properties.get("Path").is_some());
            let is_implicit = api.is_none_or(|api| super::tree::referred(api).or(api.as_str()) == Some(id));
            if event.value.get("Type").and_then(Node::as_str) == Some(kind) && is_implicit && has_path {
                let condition = resource.value.get("Condition").and_then(Node::as_str).map(str::to_owned);
                all.push((event.key_span, condition));
            }
        }
    }
    all
}

/// The name of a condition that is true when any of some is, and what must be added for that.
pub(super) fn any_of(place: Place, name: &str, conditions: Vec<String>) -> (String, Vec<Member<'static>>) {
    /// How many conditions `Fn::Or` takes.
    const MOST: usize = 10;
    let distinct: BTreeSet<String> = conditions.into_iter().collect();
    let mut left: Vec<String> = distinct.into_iter().collect();
    if let [only] = &*left {
        return (only.clone(), Vec::new());
    }
    let named = |name: &String| place.map([("Condition", place.text(name.clone()))]);
    let mut number = left.len().saturating_sub(2) / (MOST - 1);
    let mut made = Vec::new();
    while left.len() > 1 {
        let part: Vec<Tree> = left.drain(..left.len().min(MOST)).collect::<Vec<_>>().iter().map(named).collect();
        let part_name = if number > 0 { format!("{name}{number}") } else { name.to_owned() };
        number = number.saturating_sub(1);
        made.push(place.member(part_name.clone(), place.map([("Fn::Or", place.list(part))])));
        left.push(part_name);
    }
    (name.to_owned(), made)
}
