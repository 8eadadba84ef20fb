//! What stands in the place of variables.

use crate::request::TestRequest;
use iameval::{Arn, ContextKey, ContextValue, Principal};

/// The request with what its variables come to, in its resource and its context.
pub(super) fn variables(mut request: TestRequest, principal: Option<&Principal>) -> TestRequest {
    let resource = request.resource.as_ref().map(|text| resolved(text, &request, principal));
    // Where a variable stands for one of the colons, what comes of it need not be an ARN.
    let is_asked = |text: &String| !text.starts_with("arn:") || text.parse::<Arn>().is_ok();
    request.resource = resource.map(|text| if is_asked(&text) { text } else { "*".into() });
    for (key, value) in request.context.clone().iter() {
        let Some(value) = value.filter(|value| value.texts().any(|text| text.contains("${"))) else { continue };
        let texts: Vec<String> = value.texts().map(|text| resolved(text, &request, principal)).collect();
        let filled =
            if value.is_list() { ContextValue::list(texts.iter().map(String::as_str)) } else { texts.concat().into() };
        request = request.context(key.as_str(), filled);
    }
    request
}

/// The text with what its variables come to; `x` for those that nothing is known of.
fn resolved(text: &str, request: &TestRequest, principal: Option<&Principal>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (key, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(&value_of(key, request, principal));
        rest = after;
    }
    out + rest
}

fn value_of(key: &str, request: &TestRequest, principal: Option<&Principal>) -> String {
    let given = request.context.value(&ContextKey::new(key)).and_then(|value| value.texts().next());
    if let Some(given) = given.filter(|text| !text.contains("${")) {
        return given.to_owned();
    }
    let known = match key.to_ascii_lowercase().as_str() {
        "aws:username" => principal.and_then(Principal::user_name).map(str::to_owned),
        "aws:principalarn" => principal.and_then(Principal::principal_arn).map(str::to_owned),
        "aws:principalaccount" => principal.and_then(Principal::account).map(|account| account.to_string()),
        _ => None,
    };
    known.unwrap_or_else(|| "x".into())
}

/// The form of an ARN with something in the place of its variables.
pub(super) fn form(form: &str, account: &str) -> String {
    let mut out = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(match name {
            "Partition" => "aws",
            "Region" => "eu-central-1",
            "Account" => account,
            _ => "x",
        });
        rest = after;
    }
    out + rest
}
