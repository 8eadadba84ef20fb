//! What `aws sts decode-authorization-message` gives.

use super::{DeniedCall, UnreadDenial, account_of};
use iameval::ContextValue;
use iameval::json::{self, Node, Value};

/// The refused call of a decoded message, with or without what the command prints around it; `None` where it is not one.
pub(super) fn read(text: &str) -> Option<Result<DeniedCall, UnreadDenial>> {
    let tree = json::parse(text).ok()?;
    if let Some(inner) = tree.get("DecodedMessage").and_then(|node| node.as_str()) {
        let tree = json::parse(inner).ok();
        return Some(tree.and_then(|tree| of(&tree)).ok_or_else(|| UnreadDenial {
            place: "DecodedMessage".into(),
            message: "not a decoded authorization message: it has no `context` with an action".into(),
        }));
    }
    of(&tree).map(Ok)
}

fn of(tree: &Node<'_>) -> Option<DeniedCall> {
    let context = tree.get("context")?;
    let action = context.get("action")?.as_str()?.to_owned();
    let is_explicit = tree.get("explicitDeny").and_then(truth);
    let mut call = DeniedCall {
        place: "the decoded message".into(),
        principal: context.get("principal").and_then(|principal| principal.get("arn")?.as_str().map(ToOwned::to_owned)),
        action: Some(action),
        explicit: is_explicit,
        ..DeniedCall::default()
    };
    call.account = call.principal.as_deref().and_then(account_of);
    call.resources.extend(context.get("resource").and_then(|node| node.as_str()).map(ToOwned::to_owned));
    for item in items(context.get("conditions")) {
        let Some(key) = item.get("key").and_then(|node| node.as_str()) else { continue };
        let values: Vec<String> = items(item.get("values"))
            .filter_map(|value| value.get("value").and_then(|node| node.as_str()).map(ToOwned::to_owned))
            .collect();
        // What has no value is not in the request.
        match values.as_slice() {
            [] => call.context.insert_absent(key),
            [one] => call.context.insert(key, one.as_str()),
            several => call.context.insert(key, ContextValue::list(several.iter().map(String::as_str))),
        }
        call.told.push((key.to_owned(), "context.conditions".to_owned()));
    }
    Some(call)
}

fn truth(node: &Node<'_>) -> Option<bool> {
    match &node.value {
        Value::Bool(value) => Some(*value),
        _ => None,
    }
}

/// The items of `{"items": […]}`.
fn items<'n, 't>(node: Option<&'n Node<'t>>) -> impl Iterator<Item = &'n Node<'t>> {
    let items = node.and_then(|node| node.get("items")).map(|items| &items.value);
    match items {
        Some(Value::Array(items)) => items.iter(),
        _ => [].iter(),
    }
}
