//! An answer for people.

use crate::answer::Placed;
use crate::{Answer, Inferred, Style};
use iameval::{DecidedBy, Decision, Layer, Note, ServiceRule};
use iameval_world::Via;
use std::fmt::Write;

/// The answer as lines of text, each ended.
pub fn answer_to_text(answer: &Answer, style: Style) -> String {
    let mut out = String::new();
    let question = &answer.question;
    let (word, kind) = match answer.simulation.decision {
        Decision::Allowed => (style.allow("allow"), ""),
        Decision::ExplicitDeny => (style.deny("deny "), " (explicit)"),
        Decision::ImplicitDeny => (style.deny("deny "), " (implicit)"),
    };
    let resource = match question.inferred {
        Some(Inferred::AnyResource) => match question.account {
            Some(account) => format!("on any resource of {account}"),
            None => "on any resource of the caller's account".to_owned(),
        },
        Some(inferred) => format!("on {} (inferred: {})", question.resource, inferred.as_str()),
        None => format!("on {}", question.resource),
    };
    let mfa = question.mfa.map(|mfa| format!("  mfa={mfa}")).unwrap_or_default();
    let _ = writeln!(out, "{word}  {}  {resource}{mfa}{kind}", question.action);
    let mut line = |name: &str, text: &str| {
        let _ = writeln!(out, "  {name:<9} {text}");
    };
    for (name, statements) in [("by", answer.deciding().collect::<Vec<_>>()), ("outvotes", answer.outvoted().collect())]
    {
        for (index, placed) in statements.iter().enumerate() {
            line(if index == 0 { name } else { "" }, &statement(placed, style));
        }
    }
    if let Some(why) = why(answer) {
        line("why", &why);
    }
    line("layers", &layers(answer));
    if !answer.undecided.is_empty() {
        let keys: Vec<&str> = answer.undecided.iter().map(iameval::ContextKey::as_str).collect();
        let plural = if keys.len() == 1 { "it was" } else { "they were" };
        line("unknown", &format!("{} could change this answer: {plural} not given", keys.join(", ")));
    }
    for note in &answer.notes {
        line("note", &note_text(note));
    }
    out
}

/// What people call a statement: `policy#Sid`, or its number where it has no Sid. The index counts from 0.
pub fn statement_name(policy: &str, sid: Option<&str>, index: usize) -> String {
    match sid {
        Some(sid) => format!("{policy}#{sid}"),
        None => format!("{policy}, statement {}", index + 1),
    }
}

/// `policy#Sid  file:line:column  attached to john`
fn statement(placed: &Placed<'_>, style: Style) -> String {
    let origin = placed.origin;
    let name = statement_name(origin.policy.as_str(), origin.sid, origin.statement_index);
    let layer = match (origin.layer, origin.level) {
        (Layer::Identity, _) => String::new(),
        (layer, Some(level)) => format!("  {}, level {level}", layer.as_str()),
        (layer, None) => format!("  {}", layer_name(layer)),
    };
    let place = placed.file.map(|(file, at)| format!("  {file}:{}:{}", at.line, at.column)).unwrap_or_default();
    let via = match placed.via {
        None | Some(Via::Flag) => String::new(),
        Some(Via::Attached(name)) => format!("  attached to {name}"),
        Some(Via::Group(name)) => format!("  via group {name}"),
    };
    format!("{name}{}", style.faint(&format!("{layer}{place}{via}")))
}

fn layer_name(layer: Layer) -> &'static str {
    match layer {
        Layer::ServiceControl => "SCP",
        Layer::ResourceControl => "RCP",
        Layer::Endpoint => "endpoint policy",
        Layer::Resource => "resource policy",
        Layer::Identity => "identity policy",
        Layer::PermissionsBoundary => "permissions boundary",
        Layer::Session => "session policy",
    }
}

/// What no statement says by itself: implicit denies, and rules of services.
fn why(answer: &Answer) -> Option<String> {
    if let Some(rule) = answer.simulation.service_rule {
        return Some(format!("{} ({})", service_rule(rule), rule.id()));
    }
    if answer.simulation.decision == Decision::Allowed && answer.deciding().next().is_none() {
        return Some("root may do everything that no policy keeps from it".into());
    }
    if answer.simulation.decision != Decision::ImplicitDeny {
        return None;
    }
    Some(match answer.simulation.decided_by {
        DecidedBy::None if delegates(answer) => {
            "the resource policy leaves it to the account's identity policies, and none of them allows it".into()
        }
        DecidedBy::None => "no statement allows it".into(),
        DecidedBy::Service => return None,
        DecidedBy::Layer(Layer::Identity) => {
            "the resource policy allows it, but the identity policies must allow it too, and none does".into()
        }
        DecidedBy::Layer(Layer::Resource) => {
            "the identity policies allow it, but the resource policy must allow it too, and does not".into()
        }
        DecidedBy::Layer(Layer::ServiceControl) => "it is granted, but not every level of SCPs allows it".into(),
        DecidedBy::Layer(Layer::Session) if verdict_of(answer, Layer::Session).is_none() => {
            "a federated user's session has no permissions without a session policy".into()
        }
        DecidedBy::Layer(layer) => format!("it is granted, but the {} does not allow it", layer_name(layer)),
    })
}

/// Whether the resource policy matches, and only hands the decision on.
fn delegates(answer: &Answer) -> bool {
    verdict_of(answer, Layer::Resource) == Some(Decision::Allowed)
}

fn verdict_of(answer: &Answer, layer: Layer) -> Option<Decision> {
    answer.simulation.layers.iter().find(|verdict| verdict.layer == layer)?.decision
}

fn service_rule(rule: ServiceRule) -> &'static str {
    match rule {
        ServiceRule::GetCallerIdentity => "nobody can be denied to ask who he is",
        ServiceRule::GetSessionToken => "policies do not control this call with long-term credentials",
        ServiceRule::ManagedByAws => "AWS manages this resource, and only AWS can change it",
        ServiceRule::PassRoleAcrossAccounts => "a role of another account cannot be passed",
        ServiceRule::RootAssumesRole => "root cannot assume roles",
        ServiceRule::BucketPolicyAcrossAccounts => "bucket policy actions cannot be granted across accounts",
        ServiceRule::AssumedRootWithoutTaskPolicy => "a root session needs its task policy, given as session policy",
        _ => "a rule of the service",
    }
}

/// Every layer in order with its verdict; `-` where there is no policy.
fn layers(answer: &Answer) -> String {
    let verdict = |decision, unbound| match decision {
        Some(Decision::Allowed) => "allow",
        Some(Decision::ExplicitDeny) => "DENY",
        Some(Decision::ImplicitDeny) => "no-allow",
        None if unbound => "does-not-apply",
        None => "-",
    };
    let layers = answer.simulation.layers.iter();
    let words = layers.map(|layer| format!("{} {}", layer.layer.as_str(), verdict(layer.decision, layer.unbound)));
    words.collect::<Vec<_>>().join("  ")
}

/// A note in words.
pub(crate) fn note_text(note: &Note) -> String {
    match note {
        Note::OwnerAssumed(account) => {
            format!("the ARN names no account; the resource is taken to belong to {account}")
        }
        Note::OwnerUnknown => "nothing says whose the resource is: it counts as another account's".into(),
        Note::TrustPolicyMissing => "the role's trust policy must allow this and was not given".into(),
        Note::KeyPolicyMissing => "the key policy must allow this and was not given".into(),
        Note::RolePathUnknown => "the role of the session is taken to have no path, and a policy tests its ARN".into(),
        Note::FederatedUserAssumed => "the federated user is taken to be named like its IAM user".into(),
        Note::EndpointTypeAssumed => "the endpoint is taken to be an interface endpoint".into(),
        Note::MfaAbsentForSession => {
            "a role session always has aws:MultiFactorAuthPresent, true or false; here it is absent".into()
        }
        Note::RefusedToSessions => "STS or IAM refuses this call to such a session, whatever the policies say".into(),
        _ => "see the documentation".into(),
    }
}
