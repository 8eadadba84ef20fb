//! Principals: V-18, V-21, R-PRIN-01, R-PRIN-03, R-PRIN-12, R-PRIN-14.

use super::beginning;
use super::resource::PARTITIONS;
use crate::codes;
use crate::diagnostic::Diagnostic;
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
        let message = "the statement has no principal, so it never applies";
        let diagnostic = Diagnostic::new(codes::MISSING_PRINCIPAL, beginning(statement.span()), message);
        let help = "add a `Principal`, such as `{\"AWS\": \"123456789012\"}`";
        report(diagnostic.blaming(statement.span()).with_help(help));
        return;
    };
    if element.is_negated() && statement.effect() == Effect::Allow {
        let message =
            "`NotPrincipal` with `Allow` grants access to everyone who is not listed, including anonymous callers";
        report(Diagnostic::new(codes::NOT_PRINCIPAL_ALLOW, element.name_span(), message));
    }
    if element.is_negated() && kind == PolicyKind::RoleTrust {
        let message = "a role trust policy does not support `NotPrincipal`";
        let help = "name those who may assume the role; exclude others with a condition on `aws:PrincipalArn`";
        report(Diagnostic::new(codes::TRUST_POLICY_NOT_PRINCIPAL, element.name_span(), message).with_help(help));
    }
    let PrincipalForm::Map(lists) = element.form() else { return };
    for list in lists {
        for value in &list.values.items {
            if let Some(diagnostic) = malformed(list.kind(), value, kind) {
                report(diagnostic);
            }
        }
    }
}

/// R-ORG-06: a resource control policy is about everyone.
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
            (element.name_span(), "a resource control policy does not support `NotPrincipal`")
        }
        Some(element) if !everybody(element.form()) => {
            (element.name_span(), "a resource control policy applies to everyone: its `Principal` is `\"*\"`")
        }
        Some(_) => return,
    };
    let help = "exempt principals with a condition, such as `ArnNotLike` on `aws:PrincipalArn`";
    let diagnostic = Diagnostic::new(codes::RESOURCE_CONTROL_LIMITS, span, message).blaming(statement.span());
    report(diagnostic.with_help(help));
}

/// V-21
fn malformed(list: PrincipalType, value: &Spanned<Box<str>>, kind: PolicyKind) -> Option<Diagnostic> {
    let text = &*value.value;
    let wrong = match list {
        PrincipalType::Aws => wrong_aws(text),
        _ if text == "*" => Some(format!("`*` under `{}` is not the wildcard for everyone", list.as_str()).into()),
        PrincipalType::Service if !text.contains('.') => {
            Some(format!("`{text}` is not a service principal such as `ec2.amazonaws.com`").into())
        }
        PrincipalType::Federated if kind == PolicyKind::RoleTrust => wrong_provider(text),
        PrincipalType::Service | PrincipalType::Federated | PrincipalType::CanonicalUser => None,
    }?;
    let aws = match list {
        PrincipalType::Federated if text != "*" => {
            "Federated principals must be valid domain names or SAML metadata ARNs".to_owned()
        }
        _ => format!("Invalid principal in policy: \"{}\":\"{text}\"", list.as_str()),
    };
    let diagnostic = Diagnostic::new(codes::MALFORMED_PRINCIPAL, value.span, wrong.message).refused(21, aws);
    Some(diagnostic.with_any_help(wrong.help.map(str::to_owned)))
}

/// What is wrong with a principal, and what to do about it.
struct Wrong {
    message: String,
    help: Option<&'static str>,
}

impl From<String> for Wrong {
    fn from(message: String) -> Self {
        Self { message, help: None }
    }
}

fn wrong_aws(text: &str) -> Option<Wrong> {
    let account = text.parse::<AccountId>().is_ok();
    let unique_id = text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if text == "*" || account || (unique_id && (text.starts_with("AIDA") || text.starts_with("AROA"))) {
        return None;
    }
    if text.contains(['*', '?']) {
        let message = format!("`{text}` matches no one: wildcards do not match parts of a principal");
        let help = "name the account, and limit it with an `ArnLike` condition on `aws:PrincipalArn`";
        return Some(Wrong { message, help: Some(help) });
    }
    let Some(arn) = text.parse::<Arn>().ok().filter(|arn| matches!(arn.service(), "iam" | "sts")) else {
        let expected = "expected `*`, an account id, or the ARN of a user, role or session";
        return Some(format!("`{text}` is not a principal: {expected}").into());
    };
    // A variable stands for nothing here, which is reported as such.
    if text.contains("${") {
        return None;
    }
    match arn.resource().split('/').next().unwrap_or_default() {
        "group" => {
            Some(format!("`{text}` is not a principal: a group cannot be a principal, but its users can").into())
        }
        "saml-provider" | "oidc-provider" => {
            let message = format!("`{text}` is an identity provider, which is not a principal under `AWS`");
            Some(Wrong { message, help: Some("write it under `Federated`") })
        }
        _ => wrong_place(&arn).map(Wrong::from),
    }
}

/// An ARN of IAM or STS whose partition, region or account cannot be one.
fn wrong_place(arn: &Arn) -> Option<String> {
    // Amazon CloudFront owns its origin access identities.
    let is_account =
        arn.account_id().is_some() || (arn.account() == "cloudfront" && arn.resource().starts_with("user/"));
    if !PARTITIONS.contains(&arn.partition()) {
        Some(format!("`{}` is not a partition, in the principal `{arn}`", arn.partition()))
    } else if !arn.region().is_empty() {
        Some(format!("ARNs of {} have no region, in the principal `{arn}`", arn.service()))
    } else if !is_account {
        Some(format!("`{}` is not an account id of twelve digits, in the principal `{arn}`", arn.account()))
    } else {
        None
    }
}

/// A provider that is neither a domain name nor the ARN of one.
fn wrong_provider(text: &str) -> Option<Wrong> {
    if text.contains("${") {
        return None;
    }
    let help = "write the domain of the provider, or an ARN such as `arn:aws:iam::ACCOUNT:saml-provider/NAME` or \
                `arn:aws:iam::ACCOUNT:oidc-provider/DOMAIN`";
    let wrong = |message| Some(Wrong { message, help: Some(help) });
    if !text.starts_with("arn:") {
        let domain = text.split('/').next().unwrap_or_default();
        let is_domain = domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
            && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        return if is_domain { None } else { wrong(format!("`{text}` is not an identity provider")) };
    }
    let named = |resource: &str| {
        let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
        matches!(kind, "saml-provider" | "oidc-provider") && !name.is_empty()
    };
    match text.parse::<Arn>().ok().filter(|arn| arn.service() == "iam" && named(arn.resource())) {
        None => wrong(format!("`{text}` is not the ARN of an identity provider")),
        Some(arn) => wrong_place(&arn).map(Wrong::from),
    }
}
