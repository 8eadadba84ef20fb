//! Answers for people.

use crate::answer::Placed;
use crate::layout::{Lines, NO_BREAK, columns, unbroken};
use crate::reason::{Mark, change_in_words};
use crate::trace::trace;
use crate::words::{self, listed};
use crate::{Answer, Style};
use iameval::analysis::{Analysis, NearMiss};
use iameval::{
    AccountId, DecidedBy, Decision, Effect, Explanation, Layer, Mfa, Note, OrganizationAccounts, PrincipalClass,
    ServiceRule,
};
use iameval_world::{Inferred, Via};
use std::borrow::Cow;

/// How much to say of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What decided, what nearly did, and what would change it.
    Explained,
    /// The same, with every step as a tree.
    Traced,
}

/// The answer as lines of text, each ended.
pub fn answer_to_text(answer: &Answer, depth: Depth, style: Style) -> String {
    let explanation = answer.explain();
    let analysis = answer.analyse(&explanation);
    let mut lines = Lines::new(style);
    headline(answer, style, &mut lines);
    deciding(answer, &mut lines);
    if let Some(why) = why(answer, &explanation) {
        lines.named("why", &why, "");
    }
    statements("outvotes", answer.outvoted(), &mut lines);
    statements("granted", answer.granted(), &mut lines);
    exempted(answer, &analysis, &mut lines);
    near_misses(answer, &analysis, &mut lines);
    lines.named("layers", &layers(answer), "");
    sides(answer, &mut lines);
    flips(answer, &analysis, &mut lines);
    keys(answer, &mut lines);
    for note in answer.notes_in_words() {
        lines.named("note", &note, "");
    }
    if depth == Depth::Traced {
        trace(answer, &explanation, &mut lines);
    }
    lines.text
}

/// Many answers at a glance: a line each, in columns where there is room for them.
pub fn answers_to_table(answers: &[Answer], style: Style) -> String {
    let mfa = |answer: &Answer| answer.question.mfa.map(|mfa| format!("mfa={mfa}")).unwrap_or_default();
    let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
    let actions = widest(&mut answers.iter().map(|answer| columns(&answer.question.action)));
    let states = widest(&mut answers.iter().map(|answer| columns(&mfa(answer))));
    let indent = "explicit  ".len() + actions + 2 + if states > 0 { states + 2 } else { 0 };
    let resources = widest(&mut answers.iter().map(|answer| columns(&in_table(answer))));
    let in_columns = style.width >= indent + resources.min(ENOUGH);
    let mut lines = Lines::new(style);
    for answer in answers {
        let (word, painted) = match answer.simulation.decision {
            Decision::Allowed => ("allow   ", style.allow("allow   ")),
            Decision::ExplicitDeny => ("explicit", style.deny("explicit")),
            Decision::ImplicitDeny => ("implicit", style.deny("implicit")),
        };
        let pad = |text: &str, width: usize| format!("{text}{}  ", " ".repeat(width.saturating_sub(columns(text))));
        let (action, mfa) = (&answer.question.action, mfa(answer));
        let on = in_table(answer);
        if in_columns {
            let state = if states > 0 { pad(&mfa, states) } else { String::new() };
            let rest = format!("  {}{state}", pad(action, actions));
            lines.painted(&format!("{word}{rest}"), &format!("{painted}{rest}"), &" ".repeat(indent), &on);
        } else {
            let state = if mfa.is_empty() { mfa } else { mfa + "  " };
            let text = format!("{action}  {state}{on}");
            lines.painted(&format!("{word}  "), &format!("{painted}  "), "          ", &text);
        }
    }
    lines.text
}

/// How many columns are enough for a resource in a table, however long it is.
const ENOUGH: usize = 70;

/// What is asked on, for a line of a table; the answer itself says how a resource was found.
fn in_table(answer: &Answer) -> String {
    match answer.question.inferred {
        None | Some(Inferred::AnyResource) => on_resource(answer),
        Some(_) => format!("on{NO_BREAK}{} (inferred)", answer.question.resource),
    }
}

fn headline(answer: &Answer, style: Style, lines: &mut Lines) {
    let (word, painted, kind) = match answer.simulation.decision {
        Decision::Allowed => ("allow", style.allow("allow"), ""),
        Decision::ExplicitDeny => ("deny ", style.deny("deny "), " (explicit)"),
        Decision::ImplicitDeny => ("deny ", style.deny("deny "), " (implicit)"),
    };
    let question = &answer.question;
    let mfa = question.mfa.map(|mfa| format!("  mfa={mfa}")).unwrap_or_default();
    let text = format!("{}  {}{mfa}{kind}", question.action, on_resource(answer));
    lines.painted(&format!("{word}  "), &format!("{painted}  "), "       ", &text);
}

/// `on arn:…`, with how the resource was found.
fn on_resource(answer: &Answer) -> String {
    let question = &answer.question;
    match question.inferred {
        Some(Inferred::AnyResource) => match question.account {
            Some(account) => format!("on any resource of {account}"),
            // Services and anonymous callers are of no account.
            None if !answer.request.principal().has_policies() => "on any resource".to_owned(),
            None => "on any resource of the caller's account".to_owned(),
        },
        Some(inferred) => format!("on{NO_BREAK}{} (inferred: {})", question.resource, inferred.as_str()),
        None => format!("on{NO_BREAK}{}", question.resource),
    }
}

/// How many statements to show in full.
const SHOWN: usize = 3;

/// The statements that decided, with what makes them apply.
fn deciding(answer: &Answer, lines: &mut Lines) {
    for (index, placed) in answer.deciding().enumerate() {
        let (name, faint) = statement(&placed);
        lines.named(if index == 0 { "by" } else { "" }, &name, &faint);
        if index < SHOWN {
            excerpts(answer, &placed, answer.why_it_applies(&placed), lines);
        }
    }
}

/// Places in the source of a statement.
fn excerpts(answer: &Answer, placed: &Placed<'_>, marks: Vec<Mark>, lines: &mut Lines) {
    let Some(source) = answer.source(&placed.origin) else { return };
    for Mark { span, words } in marks {
        let Some(at) = answer.position(&placed.origin, span.start) else { continue };
        lines.excerpt(source, at.line, span, &words);
    }
}

/// Statements under one name.
fn statements<'a>(name: &str, placed: impl Iterator<Item = Placed<'a>>, lines: &mut Lines) {
    for (index, placed) in placed.enumerate() {
        let (statement, faint) = statement(&placed);
        lines.named(if index == 0 { name } else { "" }, &statement, &faint);
    }
}

/// Denies that nearly applied. Where one does apply, the others do not matter.
fn exempted(answer: &Answer, analysis: &Analysis, lines: &mut Lines) {
    if answer.simulation.decision == Decision::ExplicitDeny {
        return;
    }
    let mut name = "exempt";
    for miss in &analysis.exempted {
        let Some(placed) = answer.place(miss.id) else { continue };
        let Some((words, span)) = answer.why_it_spares(miss, &placed) else { continue };
        let statement = statement_name(placed.origin.policy.as_str(), placed.origin.sid, placed.origin.statement_index);
        let source = answer.source(&placed.origin).zip(answer.position(&placed.origin, span.start));
        let place = source.map(|(source, at)| format!("{}:{}:{}", source.name, at.line, at.column));
        lines.named(name, &format!("{statement} does not apply: {words}"), &place.unwrap_or_default());
        name = "";
    }
}

/// Allows that nearly applied.
fn near_misses(answer: &Answer, analysis: &Analysis, lines: &mut Lines) {
    let mut name = "nearly";
    for miss in &analysis.near_misses {
        let Some(placed) = answer.place(miss.id) else { continue };
        let (statement, faint) = statement(&placed);
        lines.named(name, &format!("{statement}{}", then(miss)), &faint);
        name = "";
        excerpts(answer, &placed, answer.why_it_misses(miss, &placed), lines);
    }
}

/// What a near miss would come to.
fn then(miss: &NearMiss) -> &'static str {
    match miss.decision_then {
        Some(Decision::Allowed) => ", which would allow it",
        Some(_) => ", which alone would not do",
        None => "",
    }
}

/// Both sides of a request across accounts. Where a rule of the service decided, they do not matter.
fn sides(answer: &Answer, lines: &mut Lines) {
    if answer.request.is_same_account() || !answer.request.principal().has_policies() {
        return;
    }
    let account = |account: Option<AccountId>| account.map_or("an unknown account".to_owned(), |id| id.to_string());
    let said = |layer| match verdict_of(answer, layer) {
        Some(Decision::Allowed) => "allows",
        Some(Decision::ExplicitDeny) => "denies",
        Some(Decision::ImplicitDeny) => "does not allow",
        None if is_unbound(answer, layer) => "takes no part",
        None => "is not there",
    };
    let identity = match answer.request.principal().class() {
        Some(PrincipalClass::Root) => "allows everything",
        _ => said(Layer::Identity),
    };
    let accounts = format!(
        "the caller is of {}, the resource of {}",
        account(answer.request.principal().account()),
        account(answer.request.resource_account()),
    );
    let resource = said(Layer::Resource);
    let text = match answer.simulation.service_rule {
        Some(_) => accounts,
        None if answer.simulation.needs_resource_policy => {
            format!("{accounts}: the identity side {identity}, the resource policy {resource}, and both must allow")
        }
        None => {
            format!("{accounts}: the identity side {identity}, and this action needs nothing from the resource's side")
        }
    };
    lines.named("sides", &text, "");
}

/// What would change the decision.
fn flips(answer: &Answer, analysis: &Analysis, lines: &mut Lines) {
    let now = answer.simulation.decision;
    let states: Vec<String> = analysis
        .mfa
        .iter()
        .map(|(mfa, decision)| {
            let still = if *decision == now { "still " } else { "" };
            let absent = *mfa == Mfa::Absent && *decision == Decision::ExplicitDeny && absence_matches(answer);
            let because = if absent { " (`IfExists` also matches a missing key)" } else { "" };
            unbroken(&format!("mfa={mfa}: {still}{}", in_words(*decision))) + because
        })
        .collect();
    let mut name = "flips";
    // States that all come to the same say nothing.
    if analysis.mfa.iter().any(|(_, decision)| *decision != now) {
        lines.named(name, &states.join("   "), "");
        name = "";
    }
    for flip in &analysis.flips {
        lines.named(name, &format!("{}: {}", change_in_words(&flip.change), in_words(flip.decision)), "");
        name = "";
    }
}

/// Whether, without the MFA key, a Deny applies whose condition on it has `IfExists`.
fn absence_matches(answer: &Answer) -> bool {
    let request = answer.request.with_mfa(Mfa::Absent);
    let matched = answer.policies.simulate(&request).matched;
    let denies = matched.iter().filter(|matched| matched.effect == Effect::Deny);
    denies.filter_map(|matched| answer.place(matched.id)).filter_map(|placed| answer.statement(&placed.origin)).any(
        |statement| {
            let mut tests = statement.tests();
            tests.any(|(operator, test)| {
                operator.if_exists && test.key().to_ascii_lowercase().starts_with("aws:multifactorauth")
            })
        },
    )
}

pub(crate) fn in_words(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allow",
        Decision::ExplicitDeny => "deny (explicit)",
        Decision::ImplicitDeny => "deny (implicit)",
    }
}

/// Keys that were not given and could change the answer, and those that are known to be absent.
fn keys(answer: &Answer, lines: &mut Lines) {
    if !answer.undecided.is_empty() {
        let keys: Vec<&str> = answer.undecided.iter().map(iameval::ContextKey::as_str).collect();
        let plural = if keys.len() == 1 { "it was" } else { "they were" };
        let text = format!("{} could change this answer: {plural} not given", keys.join(", "));
        lines.named("unknown", &text, "");
    }
    let absent = absent_keys(answer);
    // The state of MFA says it already.
    let told: Vec<&str> = absent.into_iter().filter(|key| !key.starts_with("aws:MultiFactorAuth")).collect();
    if !told.is_empty() {
        lines.named("absent", &format!("{} (known not to be in the request)", told.join(", ")), "");
    }
}

/// The keys that policies read and that are known to be absent.
pub(crate) fn absent_keys(answer: &Answer) -> Vec<&str> {
    let context = answer.request.context();
    let read = answer.policies.context_keys();
    read.filter(|key| context.is_given(key) && context.value(key).is_none()).map(iameval::ContextKey::as_str).collect()
}

impl Answer {
    /// What the decision rests on, on one line: `by force-mfa#NeedsMfa (policies/force-mfa.json:25:5)`.
    pub fn decided_by_in_words(&self) -> String {
        const FEW: usize = 2;
        let statements: Vec<String> = self
            .deciding()
            .map(|placed| {
                let (name, _) = statement(&placed);
                match placed.file {
                    Some((file, at)) => format!("{name} ({file}:{}:{})", at.line, at.column),
                    None => name,
                }
            })
            .collect();
        match statements.as_slice() {
            [] => why(self, &self.explain()).unwrap_or_else(|| "by a rule of the service".into()),
            several => format!("by {}", listed(several, "; ", FEW)),
        }
    }
}

/// What people call a statement: `policy#Sid`, or its number where it has no Sid. The index counts from 0.
pub fn statement_name(policy: &str, sid: Option<&str>, index: usize) -> String {
    match sid {
        Some(sid) => format!("{policy}#{sid}"),
        None => format!("{policy}, statement {}", index + 1),
    }
}

/// `policy#Sid`, and `file:line:column  attached to john`.
fn statement(placed: &Placed<'_>) -> (String, String) {
    let origin = placed.origin;
    let name = statement_name(origin.policy.as_str(), origin.sid, origin.statement_index);
    let layer = match (origin.layer, origin.level) {
        (Layer::Identity, _) => None,
        (layer, Some(level)) => Some(format!("{}, {}", layer_name(layer), words::level(level))),
        (layer, None) => Some(layer_name(layer).to_owned()),
    };
    let place = placed.file.map(|(file, at)| format!("{file}:{}:{}", at.line, at.column));
    let parts: Vec<String> = [layer, place, placed.via.and_then(via)].into_iter().flatten().collect();
    (name, parts.join("  "))
}

/// How a policy reaches the principal, in words.
pub(crate) fn via(via: &Via) -> Option<String> {
    match via {
        Via::Flag => None,
        Via::Attached(name) => Some(format!("attached to {name}")),
        Via::Group(name) => Some(format!("via group {name}")),
    }
}

pub(crate) fn layer_name(layer: Layer) -> &'static str {
    match layer {
        Layer::ServiceControl => "SCP",
        Layer::ResourceControl => "RCP",
        Layer::Endpoint => "endpoint policy",
        Layer::Resource => "resource policy",
        Layer::Identity => "identity policy",
        Layer::PermissionsBoundary => "permissions boundary",
        Layer::Session => "session policy",
        Layer::ScopeDown => "scope-down policy",
    }
}

/// What no statement says by itself: implicit denies, and rules of services.
fn why(answer: &Answer, explanation: &Explanation) -> Option<String> {
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
            let said = match verdict_of(answer, Layer::Resource) {
                Some(_) => "does not",
                None if is_unbound(answer, Layer::Resource) => "it takes no part in this action",
                None => "there is none",
            };
            format!("the identity policies allow it, but the resource policy must allow it too, and {said}")
        }
        DecidedBy::Layer(Layer::ServiceControl) => {
            let levels = match lacking_levels(answer, explanation).as_slice() {
                [] => String::new(),
                [one] => format!(": {} does not", words::level(one)),
                several => format!(": {} do not", words::levels(several)),
            };
            format!("it is granted, but not every level of SCPs allows it{levels}")
        }
        DecidedBy::Layer(Layer::Session) if verdict_of(answer, Layer::Session).is_none() => {
            "a federated user's session has no permissions without a session policy".into()
        }
        DecidedBy::Layer(layer) => {
            let names = lacking_policies(answer, explanation, layer);
            let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
            format!("it is granted, but the {}{names} does not allow it", layer_name(layer))
        }
    })
}

/// The levels of SCPs that do not allow the request.
fn lacking_levels<'a>(answer: &'a Answer, explanation: &Explanation) -> Vec<&'a str> {
    let of_layer = explanation.statements.iter().filter(|trace| trace.layer == Layer::ServiceControl);
    let allows = of_layer.filter(|trace| trace.applies && trace.effect == Effect::Allow);
    let allowing: Vec<Option<&str>> =
        allows.filter_map(|trace| Some(answer.policies.origin(trace.id)?.level)).collect();
    let levels = answer.policies.levels(Layer::ServiceControl);
    levels.filter(|level| !allowing.contains(&Some(level))).collect()
}

/// The policies of a layer that do not allow the request.
fn lacking_policies<'a>(answer: &'a Answer, explanation: &Explanation, layer: Layer) -> Vec<&'a str> {
    let of_layer = explanation.statements.iter().filter(|trace| trace.layer == layer);
    let allows = of_layer.filter(|trace| trace.applies && trace.effect == Effect::Allow);
    let allowing: Vec<usize> =
        allows.filter_map(|trace| Some(answer.policies.origin(trace.id)?.policy_index)).collect();
    let policies = answer.policies.policies().enumerate();
    let lacking = policies.filter(|(index, policy)| Layer::of(policy.kind()) == layer && !allowing.contains(index));
    lacking.map(|(_, policy)| policy.id().as_str()).collect()
}

/// Whether the resource policy matches, and only hands the decision on.
fn delegates(answer: &Answer) -> bool {
    verdict_of(answer, Layer::Resource) == Some(Decision::Allowed)
}

fn verdict_of(answer: &Answer, layer: Layer) -> Option<Decision> {
    answer.simulation.layers.iter().find(|verdict| verdict.layer == layer)?.decision
}

/// Whether policies of the layer are there that do not bind the request.
fn is_unbound(answer: &Answer, layer: Layer) -> bool {
    answer.simulation.layers.iter().any(|verdict| verdict.layer == layer && verdict.unbound)
}

/// A rule of a service in words.
pub(crate) fn service_rule(rule: ServiceRule) -> Cow<'static, str> {
    let words = match rule {
        ServiceRule::GetCallerIdentity => "sts:GetCallerIdentity cannot be denied",
        ServiceRule::GetSessionToken => "policies do not control this call with long-term credentials",
        ServiceRule::ManagedByAws => "AWS manages this resource, and only AWS can change it",
        ServiceRule::PassRoleAcrossAccounts => "a role of another account cannot be passed",
        ServiceRule::RootAssumesRole => "root cannot assume roles",
        ServiceRule::BucketPolicyAcrossAccounts => "bucket policy actions cannot be granted across accounts",
        ServiceRule::AssumedRootWithoutTaskPolicy => "a root session needs its task policy, given as session policy",
        ServiceRule::CredentialsCannotCall => "AWS STS refuses this call to credentials of this kind",
        ServiceRule::NotARole => "only a role can be assumed",
        ServiceRule::NoCrossAccount => "the service does not support this action for callers of another account",
        ServiceRule::ServiceLinkedRole => "a service-linked role is protected from this change",
        ServiceRule::AssumeRootCaller => {
            "only the management account and delegated administrators of an organization can call this, and the caller \
             is not known to be in one"
        }
        ServiceRule::OrganizationCaller(accounts) => {
            return format!(
                "the action is for {}, and the caller's account is not one",
                organization_accounts(accounts)
            )
            .into();
        }
        ServiceRule::ServiceCallersOnly => "only AWS services call this",
        ServiceRule::AcrossPartitions => {
            "caller and resource are in different partitions, between which there is no access"
        }
        _ => "a rule of the service",
    };
    words.into()
}

fn organization_accounts(accounts: OrganizationAccounts) -> &'static str {
    match accounts {
        OrganizationAccounts::Management => "the management account of an organization",
        OrganizationAccounts::ManagementOrDelegated => {
            "the management account of an organization or a delegated administrator"
        }
        OrganizationAccounts::Delegated => "a delegated administrator of an organization",
        OrganizationAccounts::Payer => "the account that pays, mostly the management account of an organization",
        _ => "certain accounts of an organization",
    }
}

/// Every layer in order with its verdict; `-` where there is no policy. Scope-down policies are named where there are any:
/// few requests have them.
fn layers(answer: &Answer) -> String {
    let verdict = |decision, unbound| match decision {
        Some(Decision::Allowed) => "allow",
        Some(Decision::ExplicitDeny) => "DENY",
        Some(Decision::ImplicitDeny) => "no-allow",
        None if unbound => "does-not-apply",
        None => "-",
    };
    let layers = answer.simulation.layers.iter();
    let told = layers.filter(|layer| layer.layer != Layer::ScopeDown || layer.decision.is_some() || layer.unbound);
    let words =
        told.map(|layer| unbroken(&format!("{} {}", layer.layer.as_str(), verdict(layer.decision, layer.unbound))));
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
            "a session made with AssumeRole has aws:MultiFactorAuthPresent, true or false; here it is absent, as it is for \
             sessions made with a SAML or OIDC provider"
                .into()
        }
        Note::MfaGivenForProviderSession => {
            "a session made with a SAML or OIDC provider does not have aws:MultiFactorAuthPresent; here it has a value".into()
        }
        Note::MfaAbsentForScopedDown => {
            "credentials that were scoped down are temporary; those of a user or root have aws:MultiFactorAuthPresent, \
             true or false, and here it is absent"
                .into()
        }
        Note::RefusedToSessions => {
            "IAM refuses this call to a federated user session, unless it is one of the console".into()
        }
        Note::ResourcePolicyTakesNoPart => {
            "the service does not evaluate the resource's policy for this action and caller: it is left out".into()
        }
        Note::AuthPolicyMissing => {
            "the auth policy of the service was not given; it must allow the request unless the auth type is NONE"
                .into()
        }
        Note::OrganizationCallerNotSaid(accounts) => format!(
            "the action is for {}; whether the caller's account is one is not said",
            organization_accounts(*accounts)
        ),
        Note::OwnerRootEscapesDenies => {
            "the Deny statements of the resource's policy do not bind the owner's root user in this call: it is there to \
             mend that policy"
                .into()
        }
        Note::NotAuthorizedByIam => "IAM does not authorize this operation: identity and resource policies do not decide it".into(),
        Note::FurtherGate(gate) => gate.to_string(),
        Note::KeyNotSupplied(key) => {
            format!("a policy of the resource reads `{key}`, which the service does not put into its requests")
        }
        _ => "see the documentation".into(),
    }
}
