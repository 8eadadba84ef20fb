//! Why AWS refused a call: as text and as JSON (`{"schema": "iameval/why/1", …}`).

use crate::json::{list, optional, result_members, text};
use crate::layout::{Lines, NO_BREAK};
use crate::mark::{change_in_words, says_in_words};
use crate::style::Style;
use crate::text::{Depth, answer_to_text, described, why_in_words};
use crate::vocabulary::layer_name;
use iameval::json::{Node, Value};
use iameval::{ContextKey, DecidedBy, Decision, Layer, Mfa, PrincipalClass};
use iameval_ask::words::listed;
use iameval_ask::{
    Answer, CitedStatement, DeniedCall, Disagreement, Edit, Element, ExplainedDenial, KeyState, Mark, NamedPolicy,
    Reading, Says, Suggestion, UnreadDenial, is_mfa_key,
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
    aws_says(call, None, true, &mut lines);
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

/// What AWS says of the reason, behind `AWS says that`.
fn said(call: &DeniedCall) -> String {
    match (call.layer, call.explicit) {
        (Some(layer), Some(true)) => format!("{} denied it", article(layer)),
        (Some(layer), Some(false)) => format!("no {} allows it", layer_name(layer)),
        (Some(layer), None) => format!("{} did not let it through", article(layer)),
        (None, Some(true)) => "a Deny applied".into(),
        (None, Some(false)) => "nothing allows it".into(),
        (None, None) => "it was refused, without a reason".into(),
    }
}

/// The reason that AWS gives, and what is known here of the policy that it names.
fn aws_says(call: &DeniedCall, named: Option<&NamedPolicy>, with_reason: bool, lines: &mut Lines) {
    let arn = call.policy_arn.as_deref().unwrap_or_default();
    if with_reason {
        lines.named("AWS says", &said(call), arn);
    } else if !arn.is_empty() {
        lines.named("AWS says", arn, "");
    }
    match named {
        Some(NamedPolicy::ById) => {
            lines.named("note", "this world does not know policies by ids such as that of this ARN", "");
        }
        Some(NamedPolicy::NotByThatName) => {
            lines.named(
                "note",
                "this world has no policy of the name that AWS tells; it may be called otherwise here",
                "",
            );
        }
        _ => {}
    }
    if call.encoded {
        let text = "the input has an encoded message that tells more: decode it with `aws sts \
                    decode-authorization-message --encoded-message ...`, and explain what that prints";
        lines.named("note", text, "");
    }
}

/// The keys of the input, and those that are assumed. Keys with one reason stand together.
fn told(call: &DeniedCall, lines: &mut Lines) {
    let mut name = "told";
    for (key, from) in &call.told {
        lines.named(name, &key_and_value(call, key), from);
        name = "";
    }
    let mut name = "assumed";
    for group in call.assumed.chunk_by(|(_, one), (_, other)| one == other) {
        let keys: Vec<&str> = group.iter().map(|(key, _)| key.as_str()).collect();
        let why = group.first().map(|(_, why)| why.as_str()).unwrap_or_default();
        lines.named(name, &format!("{} {why}", keys.join(", ")), "");
        name = "";
    }
}

fn key_and_value(call: &DeniedCall, key: &str) -> String {
    match call.context.value(&ContextKey::new(key)) {
        Some(value) => format!("{key} = {}", value.texts().collect::<Vec<_>>().join(", ")),
        None => format!("{key} is absent"),
    }
}

/// A refused call and why it was refused, as lines of text, each ended: one sentence first, then what to do, then the answer,
/// and last where the keys come from.
pub fn denial_to_text(denial: &ExplainedDenial, suggest: Suggest, depth: Depth, style: Style) -> String {
    let Some(answer) = denial.answer() else { return String::new() };
    let reading = answer.read();
    let mut lines = Lines::new(style);
    match &denial.disagreement {
        None => {
            lines.painted("denied  ", &style.deny("denied  "), "        ", &sentence(&reading));
            to_do(denial, &reading, suggest, &mut lines);
        }
        Some(disagreement) => {
            let words = disagreement_in_words(disagreement, denial);
            lines.painted("differs  ", &style.mark("differs  "), "         ", &words);
            lines.named("here", &sentence(&reading), "");
        }
    }
    if denial.call.principal.is_none() {
        let caller = answer.request.principal();
        lines.named("caller", &format!("{caller}; the input does not name one"), "");
    }
    aws_says(&denial.call, denial.named.as_ref(), denial.is_reproduced(), &mut lines);
    unknown(denial, &mut lines);
    lines.line("");
    let texts: Vec<String> = match denial.disagreement {
        // What the others say does not matter where one explains the refusal.
        None => vec![answer_to_text(answer, depth, style)],
        Some(_) => denial.answers.iter().map(|answer| answer_to_text(answer, depth, style)).collect(),
    };
    let mut keys = Lines::new(style);
    told(&denial.call, &mut keys);
    let keys = keys.into_text();
    let gap = if keys.is_empty() { "" } else { "\n" };
    lines.into_text() + &texts.join("\n") + gap + &keys
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
        Decision::Undetermined => "undetermined: it depends on what is not known".into(),
        Decision::Allowed => match reading.deciding.first() {
            Some(cited) => format!("allowed by {}", described(&cited.statement).0),
            None => "allowed: no policy of this world denies it".to_owned(),
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
        Element::Condition => match &mark.says {
            Says::Key { key, state: KeyState::Has(_), .. } => format!("of {key}: {words}"),
            _ => words,
        },
        _ => words,
    })
}

fn is_about_mfa(mark: &Mark) -> bool {
    matches!(&mark.says, Says::Key { key, .. } if is_mfa_key(key))
}

/// What the world and AWS do not agree on.
fn disagreement_in_words(disagreement: &Disagreement, denial: &ExplainedDenial) -> String {
    let said = said(&denial.call);
    let is_unknown = !denial.unknown().is_empty();
    let allowed_why = if is_unknown { "a key that is not known may decide" } else { "it may have changed" };
    match disagreement {
        Disagreement::Allowed { layer: Some(layer), has_layer: false }
        | Disagreement::OtherReason { layer: Some(layer), has_layer: false } => {
            format!("AWS says that {said}; this world has none for {}: {}", whose(*layer, denial), give(*layer))
        }
        Disagreement::Allowed { layer: Some(layer), .. } => {
            let does = if denial.call.explicit == Some(false) { "allows it" } else { "does not deny it" };
            format!("AWS says that {said}; the {} of this world {does}: {allowed_why}", layer_name(*layer))
        }
        Disagreement::Allowed { layer: None, .. } => {
            let why = if is_unknown {
                "a key that is not known may decide"
            } else {
                "a policy is missing here, or has changed"
            };
            format!("AWS refused it, and this world allows it: {why}")
        }
        Disagreement::OtherReason { layer: Some(_), .. } => {
            format!("AWS says that {said}; this world refuses it for another reason")
        }
        Disagreement::OtherReason { layer: None, .. } => match denial.call.explicit {
            Some(true) => format!("AWS says that {said}; in this world none does, and nothing allows it"),
            _ => format!("AWS says that {said}; in this world a Deny applies"),
        },
        Disagreement::PolicyDoesNotDeny { policy } => {
            format!(
                "AWS says that the policy `{policy}` denied it; in this world another one does: it may have changed"
            )
        }
        _ => "this world and AWS do not agree".into(),
    }
}

/// What policies of a layer would be of.
fn whose(layer: Layer, denial: &ExplainedDenial) -> String {
    match layer {
        Layer::ServiceControl => {
            denial.call.account.map_or_else(|| "the account of the caller".into(), |account| account.to_string())
        }
        Layer::Identity | Layer::PermissionsBoundary | Layer::Session | Layer::ScopeDown => "this caller".into(),
        Layer::Resource | Layer::ResourceControl => "this resource".into(),
        Layer::Endpoint => "this call".into(),
    }
}

fn article(layer: Layer) -> String {
    let name = layer_name(layer);
    let an =
        name.starts_with(['a', 'e', 'i', 'o', 'u']) || matches!(layer, Layer::ServiceControl | Layer::ResourceControl);
    format!("{} {name}", if an { "an" } else { "a" })
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
    let can_turn = reading.flips.mfa.iter().any(|flip| flip.decision.is_allowed())
        || reading.flips.context.iter().any(|flip| flip.decision.is_allowed());
    for flip in &reading.flips.mfa {
        let how = match flip.mfa {
            Mfa::True { .. } => {
                "sign in with MFA, or get a session with `aws sts get-session-token --serial-number ...`"
            }
            Mfa::False => "use temporary credentials without MFA",
            Mfa::Absent => "use long-term access keys",
        };
        match flip.decision {
            Decision::Allowed => say(&format!("{how}: with mfa={} it is allowed", flip.mfa), lines),
            Decision::ImplicitDeny if reading.decision == Decision::ExplicitDeny && flip.mfa != Mfa::False => {
                say(
                    &format!("{how}: with mfa={} the Deny does not apply, but then nothing allows it", flip.mfa),
                    lines,
                );
            }
            _ => {}
        }
    }
    for flip in reading.flips.context.iter().filter(|flip| flip.decision.is_allowed()).take(FEW) {
        say(&format!("with {} it is allowed", change_in_words(&flip.change)), lines);
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
    if let Some(cited) = reading.deciding.first().filter(|_| reading.decision == Decision::ExplicitDeny) {
        let layer = cited.statement.origin.layer;
        if layer != Layer::Identity || !can_turn {
            say(&where_to_change(layer, &described(&cited.statement).0), lines);
        }
        match (suggest, denial.exceptions.as_slice()) {
            (_, []) => {}
            (Suggest::MissingAllows, _) => say("`--suggest` shows how it could make an exception", lines),
            (Suggest::Exceptions, exceptions) => {
                for exception in exceptions {
                    say(&edit_in_words(&exception.edit, cited), lines);
                }
                let more = reading.deciding.len() - 1;
                if more > 0 {
                    let (statements, deny) = if more == 1 { ("statement", "denies") } else { ("statements", "deny") };
                    say(&format!("that alone would not do: {more} more {statements} {deny} it"), lines);
                }
            }
        }
    }
}

/// Who has to change what, for a Deny of a layer not to apply.
fn where_to_change(layer: Layer, name: &str) -> String {
    match layer {
        Layer::ServiceControl | Layer::ResourceControl => {
            format!("no policy of the account can allow it: the organization has to change {name}")
        }
        Layer::PermissionsBoundary => format!("no identity policy can allow it: the boundary has to change, in {name}"),
        Layer::Session => format!("start a session without {name}, or change that"),
        Layer::ScopeDown => format!("set a scope-down policy that does not deny it, or change {name}"),
        Layer::Endpoint => format!("call through another endpoint, or change {name}"),
        Layer::Resource => format!("the owner of the resource has to change {name}"),
        Layer::Identity => format!("no other policy can allow it: {name} has to change, or must not apply"),
    }
}

/// How a Deny statement could make an exception, and for whom that would be one.
fn edit_in_words(edit: &Edit, cited: &CitedStatement<'_>) -> String {
    let (name, _) = described(&cited.statement);
    match edit {
        Edit::NotAction { action } => {
            format!("to deny this action to nobody, add \"{action}\" to the NotAction of {name}")
        }
        Edit::NotResource { resource } => {
            format!("to deny nothing on this resource to anybody, add \"{resource}\" to the NotResource of {name}")
        }
        Edit::Principals { operator, arn } => {
            format!(
                "to deny this caller nothing of what {name} denies, add \"{arn}\" to aws:PrincipalArn in its {operator}"
            )
        }
        Edit::Condition { arn } => format!(
            "to deny this caller nothing of what {name} denies, add \"ArnNotEquals\": {{\"aws:PrincipalArn\": \"{arn}\"}} to its \
             Condition"
        ),
        _ => format!("change the {} of {name}", edit.element()),
    }
}

/// What stands before the statement, and after it.
fn suggestion_in_words(suggestion: &Suggestion, reading: &Reading<'_>) -> (String, Option<String>) {
    let request = &reading.answer.request;
    // Policies are attached to the role, not to its sessions.
    let who = request.principal().principal_arn().map_or_else(|| request.principal().to_string(), ToOwned::to_owned);
    let before = match suggestion.layer {
        Layer::Identity => format!("the smallest statement that grants it, for an identity policy of {who}:"),
        Layer::Resource if request.action().service() == "sts" => {
            format!("the smallest statement that grants it, for the trust policy of {}:", request.resource())
        }
        Layer::Resource => format!("the smallest statement that grants it, for the policy of {}:", request.resource()),
        Layer::ServiceControl => {
            "the smallest statement that lets it through, for an SCP of each level that does not allow it:".into()
        }
        layer => format!("the smallest statement that lets it through, for the {}:", layer_name(layer)),
    };
    let after = suggestion.still_stopped_by.map(|by| match by {
        DecidedBy::Layer(layer) => format!("that alone would not do: the {} must allow it too", layer_name(layer)),
        _ => "that alone would not do: a rule of the service refuses it".into(),
    });
    (before, after)
}

/// What could matter and cannot be known from such an input.
fn unknown(denial: &ExplainedDenial, lines: &mut Lines) {
    let mut name = "unknown";
    // Of the others the answer says that they were not given.
    for (key, why) in denial.unknown().into_iter().filter_map(|(key, why)| Some((key, why?))) {
        lines.named(name, &format!("{key} could change this answer: {why}"), "");
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
        let value = value.map(|value| {
            if value.is_list() { list(value.texts().map(text)) } else { text(value.texts().collect::<String>()) }
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
    let exceptions = denial.exceptions.iter().map(|exception| {
        let of_caller = |arn: &String| Node::object([("aws:PrincipalArn", text(arn))]);
        let (operator, add) = match &exception.edit {
            Edit::NotAction { action } => (None, text(action)),
            Edit::NotResource { resource } => (None, text(resource)),
            Edit::Principals { operator, arn } => (Some(text(operator)), of_caller(arn)),
            Edit::Condition { arn } => (Some(Node::string("ArnNotEquals")), of_caller(arn)),
            _ => (None, Node::new(Value::Null)),
        };
        let element = Node::string(exception.edit.element());
        Node::object([("element", element), ("operator", optional(operator)), ("add", add)])
    });
    members.push(("exceptions", list(exceptions)));
    members.push((
        "named_policy",
        optional(denial.named.as_ref().map(|named| match named {
            NamedPolicy::Here { policy } => text(policy),
            _ => Node::new(Value::Null),
        })),
    ));
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
