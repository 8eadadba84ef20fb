//! Error messages, as command lines, SDKs, consoles and logs show them.

use super::{DeniedCall, UnreadDenial, account_of};
use iameval::Layer;
use iameval_cloudtrail::Events;
use iameval_data::Catalogue;
use std::borrow::Cow;

/// What stands between the caller and the action.
const NOT_AUTHORIZED: &str = "not authorized to perform";

/// Every message in a text.
pub(super) fn read(text: &str, catalogue: &Catalogue) -> Vec<Result<DeniedCall, UnreadDenial>> {
    let text = plain(text);
    let mut calls = Vec::new();
    for entry in entries(&text) {
        calls.extend(one(&entry, catalogue));
    }
    calls
}

/// A part of a text with one message, on one line.
struct Entry {
    line: usize,
    text: String,
}

/// Without colours, and the boxes that Terraform draws.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(['\u{1b}', '│', '╷', '╵']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        // An escape sequence ends with its first letter.
        let end = after.char_indices().skip(1).find(|(_, c)| c.is_ascii_alphabetic());
        rest = end.and_then(|(end, c)| after.get(end + c.len_utf8()..)).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out.replace(['│', '╷', '╵'], " "))
}

/// Whether a line begins or is a message of its own.
fn begins(line: &str) -> bool {
    const BEGINNINGS: [&str; 8] = [
        NOT_AUTHORIZED,
        "when calling the ",
        "operation error ",
        "AccessDenied",
        "Access Denied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "Action: ",
    ];
    BEGINNINGS.iter().any(|beginning| line.contains(beginning))
}

/// The parts of a text with one message each. Where a text has one message only, it may be wrapped as it pleases.
fn entries(text: &str) -> Vec<Entry> {
    let lines: Vec<(usize, &str)> = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).collect();
    let starts: Vec<usize> = {
        let mut starts: Vec<usize> = Vec::new();
        for (at, (_, line)) in lines.iter().enumerate() {
            // Of what a message says on several lines the action comes once.
            let own = line.contains(NOT_AUTHORIZED) || line.starts_with("Action: ");
            let open = starts.last().is_some_and(|start| {
                lines.get(*start..at).unwrap_or_default().iter().all(|(_, line)| !names_action(line))
            });
            if begins(line) && (starts.is_empty() || !open || (!own && names_call(line))) {
                starts.push(at);
            }
        }
        starts
    };
    let mut entries = Vec::new();
    for (number, start) in starts.iter().enumerate() {
        // What stands before the first message belongs to it, as far as it names the caller.
        let from = if number == 0 { 0 } else { *start };
        let to = starts.get(number + 1).copied().unwrap_or(lines.len());
        let part: Vec<&str> = lines.get(from..to).unwrap_or_default().iter().map(|(_, line)| *line).collect();
        let line = lines.get(*start).map_or(1, |(line, _)| *line);
        entries.push(Entry { line, text: part.join(" ") });
    }
    entries.into_iter().flat_map(split).collect()
}

fn names_action(line: &str) -> bool {
    line.contains(NOT_AUTHORIZED) || line.starts_with("Action: ")
}

fn names_call(line: &str) -> bool {
    line.contains("when calling the ") || line.contains("operation error ")
}

/// A line may have several messages.
fn split(entry: Entry) -> Vec<Entry> {
    let starts: Vec<usize> = entry.text.match_indices(NOT_AUTHORIZED).map(|(at, _)| at).collect();
    if starts.len() < 2 {
        return vec![entry];
    }
    let mut cuts = vec![0];
    for (first, second) in starts.iter().zip(starts.iter().skip(1)) {
        let between = entry.text.get(*first..*second).unwrap_or_default();
        let cut = between.rfind("User: ").or_else(|| between.rfind("User ")).map_or(*second, |at| first + at);
        cuts.push(cut);
    }
    cuts.push(entry.text.len());
    let parts = cuts.iter().zip(cuts.iter().skip(1));
    parts
        .map(|(from, to)| Entry { line: entry.line, text: entry.text.get(*from..*to).unwrap_or_default().to_owned() })
        .collect()
}

fn one(entry: &Entry, catalogue: &Catalogue) -> Option<Result<DeniedCall, UnreadDenial>> {
    let text = entry.text.replace("\\\"", "\"");
    let mut call = DeniedCall { place: format!("line {}", entry.line), ..DeniedCall::default() };
    call.encoded = text.contains("Encoded authorization failure message");
    if let Some((before, after)) = text.split_once(NOT_AUTHORIZED) {
        let before = before.trim_end().trim_end_matches("is").trim_end();
        call.principal = before.rsplit_once("User: ").map(|(_, caller)| bare(caller).to_owned());
        told(&mut call, after);
    } else if let Some(action) = labelled(&text, "Action: ") {
        call.action = Some(bare(first_word(action)).to_owned());
        call.principal = labelled(&text, "User: ").map(|caller| bare(first_word(caller)).to_owned());
        let resource = labelled(&text, "On resource(s): ").or_else(|| labelled(&text, "On resource: "));
        call.resources.extend(resource.map(|resource| bare(first_word(resource)).to_owned()));
        reason(&mut call, labelled(&text, "Context: ").unwrap_or_default());
    } else if text.contains("due to a VPC endpoint policy") {
        call.layer = Some(Layer::Endpoint);
    }
    if call.action.is_none() {
        name_call(&mut call, &text, catalogue);
    }
    if call.action.is_none() && call.operation.is_none() && call.principal.is_none() {
        let is_denial =
            ["Access Denied", "AccessDenied", "UnauthorizedOperation"].iter().any(|word| text.contains(word));
        // Flags can say what a bare refusal leaves out.
        return is_denial.then_some(Ok(call));
    }
    call.principal = call.principal.filter(|caller| !caller.is_empty());
    call.account = call.principal.as_deref().and_then(account_of);
    unmask(&mut call);
    Some(Ok(call))
}

/// Reads what stands after `not authorized to perform`.
fn told(call: &mut DeniedCall, after: &str) {
    let after = after.trim_start_matches(':').trim_start();
    let action = first_word(after);
    let names_action = action.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    if names_action {
        call.action = Some(bare(action).to_owned());
    }
    let (asked, why) = split_reason(after);
    if let Some((_, resource)) = asked.split_once("on resource: ").or_else(|| asked.split_once("on resource ")) {
        let resource = resource_in(resource, why.is_some());
        call.resources.extend((!resource.is_empty()).then(|| resource.to_owned()));
    }
    reason(call, why.unwrap_or_default());
}

/// What was asked, and what stands after `because`, or after `with` where that is an explicit deny.
fn split_reason(text: &str) -> (&str, Option<&str>) {
    let because = text.find(" because ").map(|at| (at, at + " because ".len()));
    let with = text.find(" with an explicit deny").map(|at| (at, at + " with ".len()));
    match [because, with].into_iter().flatten().min() {
        Some((at, after)) => (text.get(..at).unwrap_or(text), text.get(after..)),
        None => (text, None),
    }
}

/// The resource at the beginning of a text. It may have spaces in it where something is known to follow.
fn resource_in(text: &str, is_ended: bool) -> &str {
    let text = text.trim_start();
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split('"').next().unwrap_or_default();
    }
    let word = bare(first_word(text));
    // A sentence goes on after the resource: `on resource: arn:… (Service: …)`.
    if is_ended && !text.contains(" (") { bare(text) } else { word }
}

/// Which policies, and how.
fn reason(call: &mut DeniedCall, text: &str) {
    // What follows the sentence is not the reason any more.
    let sentence_end = text.find(". ").or_else(|| text.find(" (Service")).unwrap_or(text.len());
    let sentence = text.get(..sentence_end).unwrap_or(text);
    const KINDS: [(&str, Layer); 11] = [
        ("identity-based polic", Layer::Identity),
        ("role trust polic", Layer::Resource),
        ("trust polic", Layer::Resource),
        ("resource-based polic", Layer::Resource),
        ("permissions boundar", Layer::PermissionsBoundary),
        ("session polic", Layer::Session),
        ("scope-down polic", Layer::ScopeDown),
        ("service control polic", Layer::ServiceControl),
        ("resource control polic", Layer::ResourceControl),
        ("vpc endpoint polic", Layer::Endpoint),
        ("endpoint polic", Layer::Endpoint),
    ];
    let lower = sentence.to_ascii_lowercase();
    let found = KINDS.iter().filter_map(|(words, layer)| Some((lower.find(words)?, *layer)));
    call.layer = found.min_by_key(|(at, _)| *at).map(|(_, layer)| layer);
    call.explicit = match (lower.contains("explicit"), lower.contains("allow")) {
        // KMS names every reason that there may be.
        (true, true) => None,
        (true, false) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    };
    let arn = text.split_whitespace().map(bare).find(|word| word.starts_with("arn:") && word.contains("polic"));
    call.policy_arn = arn.map(ToOwned::to_owned);
}

/// The call, where the message does not name the action: `when calling the GetObject operation`, `operation error S3:
/// GetObject`.
fn name_call(call: &mut DeniedCall, text: &str, catalogue: &Catalogue) {
    let by_cli = text.split_once("when calling the ").map(|(_, after)| first_word(after));
    let by_go = text.split_once("operation error ").and_then(|(_, after)| {
        let (service, after) = after.split_once(": ")?;
        Some((service, bare(first_word(after))))
    });
    let operation = by_go.map(|(_, operation)| operation).or(by_cli);
    let Some(operation) = operation.filter(|operation| !operation.is_empty()) else { return };
    call.operation = Some(operation.to_owned());
    let service = by_go.map(|(service, _)| service.to_ascii_lowercase().replace(' ', ""));
    let service = service.or_else(|| named_service(text));
    call.action = action_of(service.as_deref(), operation, text, catalogue);
}

/// `(Service: Amazon S3; Status Code: 403; …)`, `S3Exception`, `services.s3.model`.
fn named_service(text: &str) -> Option<String> {
    let after = text.split_once("Service: ")?.1;
    let name = after.split([';', ',', ')']).next()?.trim();
    let name = name.strip_prefix("Amazon").or_else(|| name.strip_prefix("AWS")).unwrap_or(name);
    Some(name.to_ascii_lowercase().replace(' ', ""))
}

/// The action of a call, where only one is possible.
fn action_of(service: Option<&str>, operation: &str, text: &str, catalogue: &Catalogue) -> Option<String> {
    let service = service.or_else(|| {
        // Only EC2 has this code, and only S3 says no more than this.
        if text.contains("UnauthorizedOperation") {
            return Some("ec2");
        }
        let is_bare = text.contains("Access Denied") && !text.contains("AccessDeniedException");
        (is_bare && of_service("s3", operation, catalogue).is_some()).then_some("s3")
    });
    if let Some(service) = service {
        return of_service(service, operation, catalogue);
    }
    let mut known = catalogue.services().filter_map(|service| service.action(operation));
    match (known.next(), known.next()) {
        (Some(only), None) => Some(only.to_string()),
        _ => None,
    }
}

/// The action of a call of a service, as CloudTrail's names of calls give it.
fn of_service(service: &str, operation: &str, catalogue: &Catalogue) -> Option<String> {
    let text = format!(r#"{{"eventSource": "{service}.amazonaws.com", "eventName": "{operation}"}}"#);
    let event = Events::new(&text).next()?.ok()?;
    event.action(catalogue).ok().map(|action| action.to_string())
}

/// The text after a label, up to the next.
fn labelled<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    Some(text.split_once(label)?.1.trim_start())
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// Without what stands around a word in a sentence.
fn bare(text: &str) -> &str {
    text.trim().trim_matches(['"', '\'', '`', '<', '>']).trim_end_matches(['.', ',', ';', ')', '}', ']', '"'])
}

/// API Gateway masks the account of a resource: `********9012`.
fn unmask(call: &mut DeniedCall) {
    let Some(account) = call.account.map(|account| account.to_string()) else { return };
    for resource in &mut call.resources {
        let Some(masked) = resource.split(':').nth(4).filter(|part| part.starts_with("****")) else { continue };
        if account.ends_with(masked.trim_start_matches('*')) {
            *resource = resource.replacen(masked, &account, 1);
        }
    }
}
