//! Why AWS refused a call: as text and as JSON (`{"schema": "iameval/why/1", …}`).

use crate::json::{list, optional, result_members, text};
use crate::layout::{Lines, NO_BREAK};
use crate::mark::{change_in_words, says_in_words};
use crate::style::Style;
use crate::text::{Depth, answer_to_text, described, why_in_words};
use crate::vocabulary::{in_words, layer_name};
use iameval::json::{Node, Value};
use iameval::{ContextKey, DecidedBy, Decision, Layer, PrincipalClass};
use iameval_ask::words::listed;
use iameval_ask::{
    Answer, DeniedCall, Disagreement, Element, ExplainedDenial, KeyState, Mark, Reading, Says, Suggestion,
    UnreadDenial, is_mfa_key,
};

/// How many of something to name.
const FEW: usize = 5;

/// Whether to suggest what would allow a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suggest {
    /// Where an Allow is missing.
    MissingAllows,
    /// Also how a Deny could make an exception.
    Exceptions,
}

/// What was read of a refused call, a line each field.
pub fn denied_call_to_text(call: &DeniedCall, style: Style) -> String {
    let mut lines = Lines::new(style);
    lines.behind("refused  ", "         ", &asked(call));
    read(call, &mut lines);
    told(call, &mut lines);
    lines.into_text()
}

/// `iam:ListRoles on arn:… by arn:…`.
fn asked(call: &DeniedCall) -> String {
    let action = call.action.as_deref().or(call.operation.as_deref()).unwrap_or("an unnamed call");
    let on = match call.resources.as_slice() {
        [] => String::new(),
        resources => format!("  on{NO_BREAK}{}", listed(resources, ", ", FEW)),
    };
    let by = call.principal.as_deref().map(|principal| format!("  by{NO_BREAK}{principal}")).unwrap_or_default();
    format!("{action}{on}{by}")
}

/// What AWS says of the reason.
fn read(call: &DeniedCall, lines: &mut Lines) {
    let said = match (call.layer, call.explicit) {
        (Some(layer), Some(true)) => format!("an explicit deny in the {}", layer_name(layer)),
        (Some(layer), Some(false)) => format!("no {} allows it", layer_name(layer)),
        (Some(layer), None) => format!("the {} does not let it through", layer_name(layer)),
        (None, Some(true)) => "an explicit deny".into(),
        (None, Some(false)) => "nothing allows it".into(),
        (None, None) => "no reason".into(),
    };
    lines.named("AWS says", &said, call.policy_arn.as_deref().unwrap_or_default());
    if call.encoded {
        let text = "the encoded message tells more: `aws sts decode-authorization-message --encoded-message …`, and hand in \
                    what that prints";
        lines.named("note", text, "");
    }
}

/// The keys of the input, and those that are assumed.
fn told(call: &DeniedCall, lines: &mut Lines) {
    let mut name = "told";
    for (key, from) in &call.told {
        lines.named(name, &key_and_value(call, key), from);
        name = "";
    }
    let mut name = "assumed";
    for (key, why) in &call.assumed {
        lines.named(name, &format!("{key}: {why}"), "");
        name = "";
    }
}

fn key_and_value(call: &DeniedCall, key: &str) -> String {
    match call.context.value(&ContextKey::new(key)) {
        Some(value) => format!("{key} = {}", value.texts().collect::<Vec<_>>().join(", ")),
        None => format!("{key} is absent"),
    }
}

/// A refused call and why it was refused, as lines of text, each ended: one sentence first, then what to do, then the answer.
pub fn denial_to_text(denial: &ExplainedDenial, suggest: Suggest, depth: Depth, style: Style) -> String {
    let Some(answer) = denial.answer() else { return String::new() };
    let reading = answer.read();
    let mut lines = Lines::new(style);
    let (word, painted) = match (denial.is_reproduced(), reading.decision) {
        (true, _) => ("refused  ", style.deny("refused  ")),
        (false, Decision::Allowed) => ("allowed here  ", style.allow("allowed here  ")),
        (false, _) => ("refused otherwise  ", style.mark("refused otherwise  ")),
    };
    lines.painted(word, &painted, "  ", &sentence(&reading));
    if let Some(disagreement) = &denial.disagreement {
        lines.named("but", &disagreement_in_words(disagreement, denial), "");
    }
    to_do(denial, &reading, suggest, &mut lines);
    read(&denial.call, &mut lines);
    told(&denial.call, &mut lines);
    unknown(denial, &mut lines);
    lines.behind("", "", "");
    let texts: Vec<String> = match denial.disagreement {
        // What the others say does not matter where one explains the refusal.
        None => vec![answer_to_text(answer, depth, style)],
        Some(_) => denial.answers.iter().map(|answer| answer_to_text(answer, depth, style)).collect(),
    };
    lines.into_text() + &texts.join("\n")
}

/// Why, in one sentence.
fn sentence(reading: &Reading<'_>) -> String {
    let answer = reading.answer;
    match reading.decision {
        Decision::ExplicitDeny => {
            let Some(cited) = reading.deciding.first() else { return "explicit deny".into() };
            let (name, faint) = described(&cited.statement);
            let place = if faint.is_empty() { String::new() } else { format!(" ({})", faint.replace("  ", ", ")) };
            let cause = cause(answer, &cited.marks).map(|cause| format!(", because {cause}")).unwrap_or_default();
            format!("explicit deny by {name}{place}{cause}")
        }
        Decision::ImplicitDeny => {
            let why = reading.why.as_ref().map_or_else(|| "no statement allows it".to_owned(), why_in_words);
            format!("implicit deny: {why}")
        }
        Decision::Allowed => match reading.deciding.first() {
            Some(cited) => format!("by {}", described(&cited.statement).0),
            None => "no policy of this world denies it".to_owned(),
        },
    }
}

/// What makes a Deny apply, in words for somebody who is tired.
fn cause(answer: &Answer, marks: &[Mark]) -> Option<String> {
    let conditions = marks.iter().filter(|mark| mark.element == Element::Condition);
    let mark = conditions.min_by_key(|mark| !is_about_mfa(mark)).or_else(|| marks.first())?;
    if let Says::Key { key, state, .. } = &mark.says
        && is_mfa_key(key)
    {
        let is_user = answer.request.principal().class() == Some(PrincipalClass::User);
        let is_given = answer.request.context().is_given(key);
        return Some(match state {
            KeyState::Has(_) => "the session was signed in without MFA".into(),
            _ if is_given && is_user => "the call was made with access keys: there is no MFA in the request".into(),
            _ if is_given => "there is no MFA in the request".into(),
            _ => format!("{key} was not told, and a request without it is denied"),
        });
    }
    let words = says_in_words(mark, &answer.request);
    Some(match mark.element {
        Element::Action => format!("the statement {words}"),
        Element::Resource => format!("its resource {words}"),
        Element::Principal => format!("it {words}"),
        Element::Condition => words,
        _ => words,
    })
}

fn is_about_mfa(mark: &Mark) -> bool {
    matches!(&mark.says, Says::Key { key, .. } if is_mfa_key(key))
}

/// What the world and AWS do not agree on.
fn disagreement_in_words(disagreement: &Disagreement, denial: &ExplainedDenial) -> String {
    let account = denial.call.account.map(|account| format!(" for {account}")).unwrap_or_default();
    match disagreement {
        Disagreement::Allowed { layer: Some(layer), has_layer: false }
        | Disagreement::OtherReason { layer: Some(layer), has_layer: false } => {
            let how = if denial.call.explicit == Some(true) { "denied it" } else { "did not allow it" };
            format!("AWS says that an {} {how}; this world has none{account}: {}", article(*layer), give(*layer))
        }
        Disagreement::Allowed { layer: Some(layer), .. } => {
            format!(
                "AWS says that the {} refused it; the one of this world does not: it may have changed, or a key that is not \
                 known decides",
                layer_name(*layer)
            )
        }
        Disagreement::Allowed { layer: None, .. } => {
            "AWS refused it, and this world allows it: a policy is missing here, or a key that is not known decides"
                .into()
        }
        Disagreement::OtherReason { layer: Some(layer), .. } => {
            let how = match denial.call.explicit {
                Some(true) => "denied it explicitly",
                Some(false) => "did not allow it",
                None => "refused it",
            };
            format!("AWS says that the {} {how}, and in this world that is not the reason", layer_name(*layer))
        }
        Disagreement::OtherReason { layer: None, .. } => match denial.call.explicit {
            Some(true) => "AWS says that a Deny applied, and none does in this world".into(),
            _ => "AWS says that nothing allowed it, and in this world a Deny applies".into(),
        },
        Disagreement::PolicyNotThere { arn } => format!("AWS names {arn}, and this world has no policy of that name"),
        Disagreement::PolicyDoesNotDeny { policy } => {
            format!("AWS names the policy `{policy}`, which does not deny it in this world: it may have changed")
        }
        _ => "this world and AWS do not agree".into(),
    }
}

fn article(layer: Layer) -> &'static str {
    match layer {
        Layer::ServiceControl => "SCP",
        Layer::ResourceControl => "RCP",
        Layer::Endpoint => "endpoint policy",
        Layer::Identity => "identity policy",
        other => layer_name(other),
    }
}

/// How to hand in policies of a layer.
fn give(layer: Layer) -> &'static str {
    match layer {
        Layer::ServiceControl => "give it with `--scp`",
        Layer::ResourceControl => "give it with `--rcp`",
        Layer::Endpoint => "give it with `--endpoint-policy`",
        Layer::Resource => "give it with `--resource-policy`",
        Layer::Identity => "attach it in the world",
        Layer::PermissionsBoundary => "give it with `--boundary`",
        Layer::Session => "give it with `--session-policy`",
        Layer::ScopeDown => "give it with `--scope-down`",
    }
}

/// What would turn the answer, and the smallest statement that grants what is missing.
fn to_do(denial: &ExplainedDenial, reading: &Reading<'_>, suggest: Suggest, lines: &mut Lines) {
    let mut name = "to do";
    let mut say = |text: &str, lines: &mut Lines| {
        lines.named(name, text, "");
        name = "";
    };
    if reading.decision.is_allowed() {
        return;
    }
    for flip in reading.flips.mfa.iter().filter(|flip| flip.decision.is_allowed()) {
        let how = match flip.mfa {
            iameval::Mfa::True { .. } => {
                "sign in with MFA, or get a session with `aws sts get-session-token`: with mfa=true it is allowed"
            }
            iameval::Mfa::False => "with temporary credentials without MFA it is allowed",
            iameval::Mfa::Absent => "with long-term access keys it is allowed",
        };
        say(how, lines);
    }
    for flip in reading.flips.context.iter().filter(|flip| flip.decision.is_allowed()).take(FEW) {
        say(&format!("with {} it would be {}", change_in_words(&flip.change), in_words(flip.decision)), lines);
    }
    if let Some(suggestion) = &denial.suggestion {
        let (before, after) = suggestion_in_words(suggestion, reading);
        say(&before, lines);
        for line in format!("{:#}", suggestion.statement).lines() {
            lines.line(&format!("            {line}"));
        }
        if let Some(after) = after {
            say(&after, lines);
        }
    }
    if reading.decision == Decision::ExplicitDeny
        && suggest == Suggest::Exceptions
        && let Some(exception) = exception(reading)
    {
        say(&exception, lines);
    }
}

/// What stands before the statement, and after it.
fn suggestion_in_words(suggestion: &Suggestion, reading: &Reading<'_>) -> (String, Option<String>) {
    let who = reading.answer.request.principal().to_string();
    let before = match suggestion.layer {
        Layer::Identity => format!("the smallest statement that grants it, for an identity policy of {who}:"),
        Layer::Resource => {
            format!("the smallest statement that grants it, for the policy of {}:", reading.answer.summary.resource)
        }
        layer => format!("the smallest statement that lets it through, for the {}:", layer_name(layer)),
    };
    let after = suggestion.still_stopped_by.map(|by| match by {
        DecidedBy::Layer(layer) => format!("that alone would not do: the {} must allow it too", layer_name(layer)),
        _ => "that alone would not do: a rule of the service refuses it".into(),
    });
    (before, after)
}

/// How the Deny that applies could make an exception for the caller.
fn exception(reading: &Reading<'_>) -> Option<String> {
    let cited = reading.deciding.first()?;
    let arn = reading.answer.request.principal().principal_arn()?;
    let (name, _) = described(&cited.statement);
    Some(format!(
        "an exception in {name}, for whatever the statement denies: add \
         \"Condition\": {{\"ArnNotEquals\": {{\"aws:PrincipalArn\": \"{arn}\"}}}}"
    ))
}

/// What could matter and is not known.
fn unknown(denial: &ExplainedDenial, lines: &mut Lines) {
    let mut name = "unknown";
    for (key, why) in denial.unknown() {
        let why = why.map_or_else(
            || "could change this answer, and was not told".to_owned(),
            |why| format!("could change this answer: {why}"),
        );
        lines.named(name, &format!("{key} {why}"), "");
        name = "";
    }
}

/// What came of the denials of an input as one document; print it with `{:#}`.
pub fn denials_to_json<'d>(
    denials: impl IntoIterator<Item = &'d ExplainedDenial>,
    unread: &[UnreadDenial],
) -> Node<'static> {
    document(denials.into_iter().map(explained).collect(), unread)
}

/// What was read of the denials of an input as one document; print it with `{:#}`.
pub fn denied_calls_to_json<'d>(
    calls: impl IntoIterator<Item = &'d DeniedCall>,
    unread: &[UnreadDenial],
) -> Node<'static> {
    let calls = calls.into_iter().map(|call| {
        let mut members = vec![("read", read_to_json(call)), ("reproduced", Node::new(Value::Null))];
        members.extend(keys_to_json(call));
        Node::object(members)
    });
    document(calls.collect(), unread)
}

fn document(denials: Vec<Node<'static>>, unread: &[UnreadDenial]) -> Node<'static> {
    let unread =
        unread.iter().map(|unread| Node::object([("place", text(&unread.place)), ("message", text(&unread.message))]));
    Node::object([
        ("schema", Node::string("iameval/why/1")),
        ("denials", Node::array(denials)),
        ("unread", list(unread)),
    ])
}

fn read_to_json(call: &DeniedCall) -> Node<'static> {
    let told = |field: &Option<String>| optional(field.as_ref().map(text));
    Node::object([
        ("place", text(&call.place)),
        ("principal", told(&call.principal)),
        ("action", told(&call.action)),
        ("operation", told(&call.operation)),
        ("resource", optional(call.resources.first().map(text))),
        ("resources", list(call.resources.iter().map(text))),
        ("account", optional(call.account.map(text))),
        ("policy_type", optional(call.layer.map(|layer| Node::string(layer.as_str())))),
        ("policy_arn", told(&call.policy_arn)),
        ("explicit", optional(call.explicit.map(|explicit| Node::new(Value::Bool(explicit))))),
        ("encoded", Node::new(Value::Bool(call.encoded))),
    ])
}

fn keys_to_json(call: &DeniedCall) -> [(&'static str, Node<'static>); 2] {
    let told = call.told.iter().map(|(key, from)| {
        let value = call.context.value(&ContextKey::new(key));
        let value = value.map(|value| match value.is_list() {
            true => list(value.texts().map(text)),
            false => text(value.texts().collect::<String>()),
        });
        Node::object([("key", text(key)), ("value", optional(value)), ("from", text(from))])
    });
    let assumed = call.assumed.iter().map(|(key, why)| Node::object([("key", text(key)), ("assumption", text(why))]));
    [("told", list(told)), ("assumed", list(assumed))]
}

fn explained(denial: &ExplainedDenial) -> Node<'static> {
    let mut members =
        vec![("read", read_to_json(&denial.call)), ("reproduced", Node::new(Value::Bool(denial.is_reproduced())))];
    let disagreement = denial.disagreement.as_ref().map(|disagreement| {
        Node::object([
            ("code", Node::string(disagreement.id())),
            ("message", text(disagreement_in_words(disagreement, denial))),
        ])
    });
    members.push(("disagreement", optional(disagreement)));
    let suggestion = denial.suggestion.as_ref().map(|suggestion| {
        Node::object([
            ("policy_type", Node::string(suggestion.layer.as_str())),
            ("statement", suggestion.statement.clone()),
            ("still_stopped_by", optional(suggestion.still_stopped_by.map(|by| Node::string(by.as_str())))),
        ])
    });
    members.push(("suggestion", optional(suggestion)));
    members.extend(keys_to_json(&denial.call));
    let unknown = denial
        .unknown()
        .into_iter()
        .map(|(key, why)| Node::object([("key", text(key.as_str())), ("why", optional(why.map(text)))]));
    members.push(("unknown", list(unknown)));
    if let Some(answer) = denial.answer() {
        let reading = answer.read();
        members.push(("sentence", text(sentence(&reading))));
        members.extend(result_members(&reading));
    }
    let resources: Vec<&str> = denial.answers.iter().map(|answer| answer.request.resource()).collect();
    if resources.len() > 1 {
        let decisions = denial.answers.iter().map(|answer| {
            Node::object([
                ("resource", text(answer.request.resource())),
                ("decision", Node::string(answer.simulation.decision.as_str())),
            ])
        });
        members.push(("resources", list(decisions)));
    }
    Node::object(members)
}
