//! Principals: V-18, V-21, R-PRIN-01, R-PRIN-03, R-PRIN-12, R-PRIN-14.

use super::beginning;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Effect, PolicyKind, PrincipalForm, PrincipalType, Statement};
use crate::name::{AccountId, Arn};
use crate::text::Spanned;

pub(super) fn check(statement: &Statement, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    if kind.forbids_principal() {
        return;
    }
    if kind == PolicyKind::ResourceControl {
        resource_control(statement, report);
        return;
    }
    let Some(element) = statement.principal() else {
        let message = "the statement names no principal, so it never applies";
        let diagnostic = Diagnostic::new(Code::MissingPrincipal, beginning(statement.span()), message);
        let help = "add a `Principal`, such as `{\"AWS\": \"123456789012\"}`";
        report(diagnostic.blaming(statement.span()).with_help(help));
        return;
    };
    if element.is_negated() && statement.effect() == Effect::Allow {
        let message = "`NotPrincipal` with `Allow` grants to everybody who is not listed, anonymous callers included";
        report(Diagnostic::new(Code::NotPrincipalAllow, element.name_span(), message));
    }
    if element.is_negated() && kind == PolicyKind::RoleTrust {
        let message = "a role trust policy takes no `NotPrincipal`";
        let help =
            "name those who may assume the role; whom to keep out can be said in a condition on `aws:PrincipalArn`";
        report(Diagnostic::new(Code::TrustPolicyNotPrincipal, element.name_span(), message).with_help(help));
    }
    let PrincipalForm::Map(lists) = element.form() else { return };
    for list in lists {
        for value in &list.values.items {
            if let Some(message) = wrong(list.kind(), value) {
                let aws = format!("Invalid principal in policy: \"{}\":\"{}\"", list.kind().as_str(), value.value);
                report(Diagnostic::new(Code::MalformedPrincipal, value.span, message).refused(21, aws));
            }
        }
    }
}

/// R-ORG-06: a resource control policy is about everybody.
fn resource_control(statement: &Statement, report: &mut impl FnMut(Diagnostic)) {
    let everybody = |form: &PrincipalForm| match form {
        PrincipalForm::Everyone => true,
        PrincipalForm::Map(lists) => match lists.as_slice() {
            [list] => list.kind() == PrincipalType::Aws && list.values().eq(["*"]) && list.values.is_bare(),
            _ => false,
        },
    };
    let (span, message) = match statement.principal() {
        None => (beginning(statement.span()), "a resource control policy's statement needs `\"Principal\": \"*\"`"),
        Some(element) if element.is_negated() => {
            (element.name_span(), "a resource control policy takes no `NotPrincipal`")
        }
        Some(element) if !everybody(element.form()) => {
            (element.name_span(), "a resource control policy is about everybody: its `Principal` is `\"*\"`")
        }
        Some(_) => return,
    };
    let help = "say whom it spares in a condition, such as `ArnNotLike` on `aws:PrincipalArn`";
    let diagnostic = Diagnostic::new(Code::ResourceControlLimits, span, message).blaming(statement.span());
    report(diagnostic.with_help(help));
}

fn wrong(kind: PrincipalType, value: &Spanned<Box<str>>) -> Option<String> {
    let text = &*value.value;
    match kind {
        PrincipalType::Aws => {
            let account = text.parse::<AccountId>().is_ok();
            let unique_id = text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let arn = text.parse::<Arn>().ok().filter(|arn| matches!(arn.service(), "iam" | "sts"));
            if text == "*" || account || (unique_id && (text.starts_with("AIDA") || text.starts_with("AROA"))) {
                None
            } else if text.contains(['*', '?']) {
                Some(format!("`{text}` matches nobody: wildcards do not match parts of a principal"))
            } else if let Some(arn) = arn {
                let group = arn.resource().starts_with("group/");
                group.then(|| format!("`{text}` is no principal: a group cannot be one, its users can"))
            } else {
                Some(format!(
                    "`{text}` is no principal: expected `*`, an account id, or the ARN of a user, role or session"
                ))
            }
        }
        _ if text == "*" => Some(format!("`*` under `{}` is not the wildcard for everybody", kind.as_str())),
        PrincipalType::Service if !text.contains('.') => {
            Some(format!("`{text}` is no service principal such as `ec2.amazonaws.com`"))
        }
        PrincipalType::Service | PrincipalType::Federated | PrincipalType::CanonicalUser => None,
    }
}
