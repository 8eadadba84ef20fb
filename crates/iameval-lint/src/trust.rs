//! Role trust policies: who calls what, what a service needs beside it, and principals that add nothing.

use crate::action::covers_action;
use crate::codes;
use crate::once::Trusting;
use crate::public::{everybody, is_limited, named};
use crate::stranger::Access;
use crate::subject::{Subject, a_few};
use iameval::text::Span;
use iameval::{Arn, Diagnostic, Effect, PolicyKind, PrincipalElement, PrincipalForm, PrincipalType, Statement};
use std::collections::HashMap;
use std::rc::Rc;

pub(crate) const BY_PRINCIPAL: &str = "sts:AssumeRole";
pub(crate) const BY_SAML: &str = "sts:AssumeRoleWithSAML";
pub(crate) const BY_OIDC: &str = "sts:AssumeRoleWithWebIdentity";
const CALLS: [&str; 3] = [BY_PRINCIPAL, BY_SAML, BY_OIDC];

/// Services that do more than assume the role, with what they need (*Trust model in IAM Roles Anywhere*; *Grant Kubernetes
/// workloads access to AWS using EKS Pod Identity*).
const NEEDS: [(&str, &[&str]); 2] = [
    ("rolesanywhere.amazonaws.com", &[BY_PRINCIPAL, "sts:SetSourceIdentity", "sts:TagSession"]),
    ("pods.eks.amazonaws.com", &[BY_PRINCIPAL, "sts:TagSession"]),
];

pub(crate) fn lint(subject: &Subject<'_>, access: Access<'_>, report: &mut impl FnMut(Diagnostic)) {
    let statement = subject.statement;
    if subject.kind != PolicyKind::RoleTrust {
        return;
    }
    let Some(principal) = statement.principal().filter(|element| !element.is_negated()) else { return };
    calls(statement, principal, report);
    sessions_of_named_roles(principal, report);
    if statement.effect() == Effect::Allow {
        companions(subject, principal, report);
        if let Some(span) = everybody(principal.form(), principal.name_span())
            && is_limited(subject, access)
        {
            let message = if statement.condition().is_empty() {
                "everyone is named, though the actions alone let nobody assume the role"
            } else {
                "everyone is named, and only the condition limits who may assume the role"
            };
            let help = "name the accounts, roles or services explicitly: AWS's checker rejects `*` here";
            report(Diagnostic::new(codes::WILDCARD_IN_TRUST, span, message).with_help(help));
        }
    }
}

/// A principal with its place and the one call by which it assumes a role.
struct TrustedCaller<'d> {
    text: &'d str,
    span: Span,
    call: &'static str,
}

/// Principals that never make the calls of the statement, and calls that none of its principals makes.
fn calls(statement: &Statement, principal: &PrincipalElement, report: &mut impl FnMut(Diagnostic)) {
    let Some(callers) = callers(principal.form()) else { return };
    let taken = |call: &str| covers_action(statement.action(), call);
    if callers.is_empty() || !CALLS.into_iter().any(taken) {
        return;
    }
    let (served, others): (Vec<&TrustedCaller<'_>>, Vec<&TrustedCaller<'_>>) =
        callers.iter().partition(|caller| taken(caller.call));
    for TrustedCaller { text, span, call } in others {
        let message = format!("`{text}` assumes a role with `{call}`, which the statement does not include");
        let help = match *call {
            BY_PRINCIPAL => {
                format!("write `{call}` in `Action`, or name an identity provider under `Federated`")
            }
            _ => format!("write `{call}` in `Action`"),
        };
        report(Diagnostic::new(codes::NEVER_MATCHES, *span, message).with_help(help));
    }
    if served.is_empty() || statement.action().is_negated() {
        return;
    }
    for (text, span) in statement.action().patterns().zip(statement.action().spans()) {
        let Some(call) = CALLS.into_iter().find(|call| call.eq_ignore_ascii_case(text)) else { continue };
        if served.iter().all(|caller| caller.call != call) {
            let who = match call {
                BY_SAML => "a SAML provider",
                BY_OIDC => "an OIDC provider",
                _ => "an account, user, role or service",
            };
            let message = format!("`{call}` is called by {who}, and the statement has no such principal");
            let help = "remove the action, or add such a principal";
            report(Diagnostic::new(codes::NEVER_MATCHES, span, message).with_help(help));
        }
    }
}

/// The principals of a statement, unless some of them may make any call.
fn callers(form: &PrincipalForm) -> Option<Vec<TrustedCaller<'_>>> {
    let PrincipalForm::Map(lists) = form else { return None };
    let mut callers = Vec::new();
    for list in lists {
        for (text, span) in list.values().zip(list.spans()) {
            if text == "*" || text.contains("${") || list.kind() == PrincipalType::CanonicalUser {
                return None;
            }
            let call = match list.kind() {
                PrincipalType::Federated => provider_call(text)?,
                _ => BY_PRINCIPAL,
            };
            callers.push(TrustedCaller { text, span, call });
        }
    }
    Some(callers)
}

/// The call of those who come through an identity provider; `None` for a text that is not one.
pub(crate) fn provider_call(text: &str) -> Option<&'static str> {
    if text.contains(":saml-provider/") {
        Some(BY_SAML)
    } else if text.contains(":oidc-provider/") || (!text.starts_with("arn:") && text.contains('.')) {
        Some(BY_OIDC)
    } else {
        None
    }
}

/// What a service needs beside the actions that the policy allows it. Said once, where the policy names it first.
fn companions(subject: &Subject<'_>, principal: &PrincipalElement, report: &mut impl FnMut(Diagnostic)) {
    for (service, span) in named(principal.form(), PrincipalType::Service) {
        let Some((_, needed)) = NEEDS.iter().find(|(name, _)| service.strip_suffix(".cn").unwrap_or(service) == *name)
        else {
            continue;
        };
        let trusting = subject.once.trusting.get(service.to_owned(), || Rc::new(trusting(subject, service, needed)));
        if trusting.first == Some(subject.statement.span()) && !trusting.missing.is_empty() {
            let message = format!("`{service}` cannot assume the role without {}", a_few(&trusting.missing, 3));
            let help = format!("the trust policy has to allow it {}", a_few(*needed, 3));
            report(Diagnostic::new(codes::INCOMPLETE_TRUST, span, message).with_help(help));
        }
    }
}

fn trusting(subject: &Subject<'_>, service: &str, needed: &[&'static str]) -> Trusting {
    let named = |element: &PrincipalElement| {
        !element.is_negated() && named(element.form(), PrincipalType::Service).any(|(text, _)| text == service)
    };
    let allows =
        |statement: &&Statement| statement.effect() == Effect::Allow && statement.principal().is_some_and(named);
    let allowing: Vec<&Statement> = subject.document.statements().iter().filter(allows).collect();
    let covered = |action: &str| allowing.iter().any(|statement| covers_action(statement.action(), action));
    let missing = needed.iter().copied().filter(|action| !covered(action)).collect();
    Trusting { first: allowing.first().map(|statement| statement.span()), missing }
}

/// Sessions of a role that is named as well. Removing one can change a decision (R-PRIN-11), so there is no fix.
fn sessions_of_named_roles(principal: &PrincipalElement, report: &mut impl FnMut(Diagnostic)) {
    let arns: Vec<(Arn, Span)> = named(principal.form(), PrincipalType::Aws)
        .filter_map(|(text, span)| Some((text.parse().ok()?, span)))
        .collect();
    let mut roles: HashMap<_, &(Arn, Span)> = HashMap::new();
    for role in arns.iter().filter(|(arn, _)| arn.resource().starts_with("role/")) {
        let arn = &role.0;
        roles.entry((arn.partition(), arn.account(), arn.resource().rsplit('/').next())).or_insert(role);
    }
    for (session, span) in &arns {
        let Some(name) = session.resource().strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next())
        else {
            continue;
        };
        if let Some((role, by)) = roles.get(&(session.partition(), session.account(), Some(name))) {
            let message = format!("the session `{session}` belongs to the role `{role}`, which is listed as well");
            report(
                Diagnostic::new(codes::REDUNDANT_ENTRY, *span, message)
                    .with_label(*by, "its role")
                    .with_help("remove the session"),
            );
        }
    }
}
