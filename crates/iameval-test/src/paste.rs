//! Requests as cases that one can paste into a test file.

use crate::expectation::Expectation;
use iameval::json::Node;
use iameval::{ContextKey, Request};
use iameval_ask::{Answer, is_mfa_key, never_asked};
use iameval_data::{Catalogue, unknown_action};
use std::collections::HashSet;

/// The request of an answer as a case on one line.
pub(crate) fn pasted(
    answer: &Answer,
    name: &str,
    principal: &str,
    wanted: Expectation,
    catalogue: &Catalogue,
) -> String {
    let request = &answer.request;
    let text = |text: &str| Node::string(text.to_owned()).to_string();
    let mut members = vec![
        format!("name: {}", text(&format!("{name}: {}", request.action()))),
        format!("principal: {}", text(principal)),
        format!("action: {}", text(request.action().as_str())),
        format!("resource: {}", text(request.resource())),
    ];
    members.extend(answer.summary.mfa.map(|mfa| format!("mfa: {mfa}")));
    let context = context(answer);
    if !context.is_empty() {
        members.push(format!("context: {{ {} }}", context.join(", ")));
    }
    members.push(format!("expect: {wanted}"));
    let misfit = || never_asked([(request.action().as_str(), request.action())], request.resource(), catalogue);
    if unknown_action(request.action(), catalogue).or_else(misfit).is_some() {
        members.push("lenient: true".into());
    }
    format!("- {{ {} }}", members.join(", "))
}

/// The context keys that policies read, without those that follow from who asks on what.
fn context(answer: &Answer) -> Vec<String> {
    let request = &answer.request;
    let mut plain =
        Request::builder(request.action().clone()).principal(request.principal().clone()).resource(request.resource());
    if let Some(account) = request.resource_account() {
        plain = plain.resource_account(account);
    }
    let plain = plain.build();
    let read: HashSet<&ContextKey> = answer.policies.context_keys().collect();
    let says_mfa = answer.summary.mfa.is_some();
    let given = request.context().iter().filter(|(key, value)| {
        let follows = plain.context().value(key) == *value && (value.is_some() || plain.context().is_given(key));
        read.contains(key) && !follows && !(says_mfa && is_mfa_key(key))
    });
    let text = |text: &str| Node::string(text.to_owned()).to_string();
    let member = |(key, value): (&ContextKey, Option<&iameval::ContextValue>)| {
        let value = match value {
            None => "absent".to_owned(),
            Some(value) if value.is_list() => {
                format!("[{}]", value.texts().map(text).collect::<Vec<_>>().join(", "))
            }
            Some(value) => value.texts().map(text).collect(),
        };
        format!("{}: {value}", text(key.as_str()))
    };
    given.map(member).collect()
}
