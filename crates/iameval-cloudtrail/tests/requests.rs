//! What single events tell: callers, actions, resources and context, case by case in `requests.jsonl`.
//!
//! `event` is laid over an event with everything that a call has. A case says only what it is about: `context` has values,
//! lists, or `null` for a key that is known to be absent; `told` has the field that a key is from.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here is a failed test")]

use iameval::{Context, ContextKey};
use iameval_cloudtrail::{EventRequest, Events};
use iameval_data::Catalogue;
use serde_json::{Map, Value, json};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloudtrail/requests.jsonl");

fn base() -> Value {
    json!({
        "eventVersion": "1.11",
        "eventID": "00000000-0000-0000-0000-000000000000",
        "eventTime": "2026-03-01T12:00:00Z",
        "eventSource": "sts.amazonaws.com",
        "eventName": "GetCallerIdentity",
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "sourceIPAddress": "203.0.113.7",
        "eventType": "AwsApiCall",
        "requestParameters": null,
        "userIdentity": {
            "type": "IAMUser",
            "arn": "arn:aws:iam::111122223333:user/ana",
            "principalId": "AIDAEXAMPLE",
            "accountId": "111122223333"
        }
    })
}

/// Lays one object over another, member by member in `userIdentity`.
fn lay_over(under: &mut Value, over: &Value) {
    for (name, value) in over.as_object().unwrap() {
        if name == "userIdentity" {
            lay_over(&mut under[name], value);
        } else {
            under[name] = value.clone();
        }
    }
}

fn texts<'v>(case: &'v Map<String, Value>, name: &str) -> Option<Vec<&'v str>> {
    Some(case.get(name)?.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect())
}

fn in_context(context: &Context, key: &str) -> Value {
    match context.value(&ContextKey::new(key)) {
        Some(value) if value.is_list() => value.texts().collect(),
        Some(value) => value.texts().next().into(),
        None if context.is_given(&ContextKey::new(key)) => Value::Null,
        None => "not given".into(),
    }
}

fn check(case: &Map<String, Value>, asked: &EventRequest) {
    let name = &case["name"];
    if let Some(principal) = case.get("principal") {
        assert_eq!(asked.principal.to_string(), principal.as_str().unwrap(), "{name}");
    }
    if let Some(arn) = case.get("principal_arn") {
        assert_eq!(asked.principal.principal_arn(), arn.as_str(), "{name}");
    }
    if let Some(action) = case.get("action") {
        assert_eq!(asked.action.as_str(), action.as_str().unwrap(), "{name}");
    }
    if let Some(resources) = texts(case, "resources") {
        let mut wanted = resources;
        let mut own: Vec<_> = asked.resources.iter().map(|asked| asked.resource.as_str()).collect();
        own.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(own, wanted, "{name}: {:?}", asked.resources);
    }
    if let Some(owner) = case.get("owner") {
        let own = asked.resources[0].owner.map(|owner| owner.to_string());
        assert_eq!(own.as_deref(), owner.as_str(), "{name}");
    }
    let also = texts(case, "also").unwrap_or_default();
    let own: Vec<_> = asked.also.iter().map(|(action, asked)| format!("{action} {}", asked.resource)).collect();
    assert_eq!(own, also, "{name}");
    for (key, value) in case.get("context").and_then(Value::as_object).into_iter().flatten() {
        assert_eq!(in_context(&asked.context.context, key), *value, "{name}: {key}");
    }
    for (key, field) in case.get("told").and_then(Value::as_object).into_iter().flatten() {
        let told = asked.context.told.iter().find(|told| told.key == *key).map(|told| &*told.field);
        assert_eq!(told, field.as_str(), "{name}: {key}");
    }
    for key in texts(case, "assumed").unwrap_or_default() {
        assert!(asked.context.assumed.iter().any(|assumed| assumed.key == key), "{name}: {key}");
    }
    for key in texts(case, "not_given").unwrap_or_default() {
        assert_eq!(in_context(&asked.context.context, key), "not given", "{name}: {key}");
    }
}

#[test]
fn cases() {
    const MEMBERS: [&str; 13] = [
        "name",
        "event",
        "error",
        "principal",
        "principal_arn",
        "action",
        "resources",
        "owner",
        "also",
        "context",
        "told",
        "assumed",
        "not_given",
    ];
    let mut failed = Vec::new();
    for line in std::fs::read_to_string(CASES).unwrap().lines() {
        let case: Map<String, Value> = serde_json::from_str(line).unwrap();
        assert!(case.keys().all(|name| MEMBERS.contains(&name.as_str())), "{line}");
        let mut event = base();
        lay_over(&mut event, &case["event"]);
        let text = event.to_string();
        let event = Events::new(&text).next().unwrap().unwrap();
        let outcome = std::panic::catch_unwind(|| match (event.request(Catalogue::embedded()), case.get("error")) {
            (Ok(asked), None) => check(&case, &asked),
            (Err(error), Some(wanted)) => assert!(error.to_string().starts_with(wanted.as_str().unwrap()), "{error}"),
            (other, _) => panic!("{}: {other:?}", case["name"]),
        });
        failed.extend(outcome.is_err().then(|| case["name"].clone()));
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
