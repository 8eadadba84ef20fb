//! Resource policies that let in anyone: as proven, and where that was not possible, by what their statements name.

use crate::codes;
use crate::condition::{KeyTest, tests};
use crate::provider::host;
use crate::stranger::{Access, in_words};
use crate::subject::Subject;
use crate::template::has_placeholder;
use iameval::text::Span;
use iameval::{
    AccountId, Diagnostic, Effect, Operator, PolicyKind, PrincipalClass, PrincipalForm, PrincipalType, Statement,
};
use iameval_prove::is_shared_provider;

/// Keys that tie a grant to someone when they have fixed values: *The meaning of "public"* in the Amazon S3 User Guide and
/// in the Amazon EFS User Guide, and the keys of other services and of organizations that do the same. In lower case.
pub(crate) const TYING: [&str; 20] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "elasticfilesystem:accessedviamounttarget",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

pub(crate) fn lint(subject: &Subject<'_>, access: Access<'_>, report: &mut impl FnMut(Diagnostic)) {
    let statement = subject.statement;
    let of_resource = matches!(subject.kind, PolicyKind::Resource | PolicyKind::RoleTrust);
    let Some(principal) = statement.principal().filter(|_| of_resource && statement.effect() == Effect::Allow) else {
        return;
    };
    let everybody = everybody(principal.form(), principal.name_span()).filter(|_| !principal.is_negated());
    let help = "name the principals, or add a condition with fixed values, such as one on `aws:PrincipalOrgID`";
    match (access, everybody) {
        (Access::Open(found), place) => {
            // Whom an identity provider lets in is another finding.
            let is_signed_in = found.request.principal().class() == Some(PrincipalClass::WebIdentity);
            if !is_signed_in {
                let message = in_words(&found.request, statement, subject.kind);
                let place = place.unwrap_or(principal.name_span());
                report(Diagnostic::new(codes::PUBLIC_ACCESS, place, message).with_help(help));
            }
        }
        (Access::Unproven, Some(place)) if !is_tied(subject, &TYING) => {
            let message = match subject.kind {
                PolicyKind::RoleTrust => "anyone may assume this role",
                _ => "the statement grants access to anyone, in any account",
            };
            report(Diagnostic::new(codes::PUBLIC_ACCESS, place, message).with_help(help));
        }
        (Access::Closed | Access::Unproven, _) => {}
    }
}

/// Whether a statement may let in somebody whom it does not name, by what its principal element says.
pub(crate) fn lets_in_anyone(statement: &Statement) -> bool {
    statement.effect() == Effect::Allow
        && statement.principal().is_some_and(|principal| {
            let (form, name) = (principal.form(), principal.name_span());
            principal.is_negated()
                || everybody(form, name).is_some()
                || named(form, PrincipalType::Federated).any(|(provider, _)| is_shared_provider(host(provider)))
        })
}

/// Whether everyone is named and a condition limits who may come.
pub(crate) fn is_limited(subject: &Subject<'_>, access: Access<'_>) -> bool {
    match access {
        Access::Open(_) => false,
        Access::Closed => true,
        Access::Unproven => is_tied(subject, &TYING),
    }
}

/// The place where everyone is named.
pub(crate) fn everybody(form: &PrincipalForm, name: Span) -> Option<Span> {
    match form {
        PrincipalForm::Everyone => Some(name),
        PrincipalForm::Map(_) => named(form, PrincipalType::Aws).find(|(value, _)| *value == "*").map(|(_, span)| span),
    }
}

/// The principals of a type, each with its place.
pub(crate) fn named(form: &PrincipalForm, kind: PrincipalType) -> impl Iterator<Item = (&str, Span)> {
    let lists: &[_] = match form {
        PrincipalForm::Everyone => &[],
        PrincipalForm::Map(lists) => lists,
    };
    lists.iter().filter(move |list| list.kind() == kind).flat_map(|list| list.values().zip(list.spans()))
}

/// The identity providers that a statement of a trust policy allows, each with its place.
pub(crate) fn trusted_providers<'s>(subject: &Subject<'s>) -> impl Iterator<Item = (&'s str, Span)> {
    let statement = subject.statement;
    let trusts = subject.kind == PolicyKind::RoleTrust && statement.effect() == Effect::Allow;
    let principal = statement.principal().filter(|element| trusts && !element.is_negated());
    principal.into_iter().flat_map(|element| named(element.form(), PrincipalType::Federated))
}

/// Whether a condition with fixed values of one of the keys must hold. A key that ends in `:` is what names of keys begin
/// with.
pub(crate) fn is_tied(subject: &Subject<'_>, keys: &[&str]) -> bool {
    tests(subject.statement).any(|test| {
        let key = test.key().to_ascii_lowercase();
        let is_it = |known: &&str| key == **known || (known.ends_with(':') && key.starts_with(known));
        keys.iter().any(is_it) && test.needs_value() && test.every_value(|value| is_fixed(subject, &test, &key, value))
    })
}

fn is_fixed(subject: &Subject<'_>, test: &KeyTest<'_>, key: &str, value: &str) -> bool {
    // What a template fills in is nothing that may change from request to request.
    if has_placeholder(value, subject.catalogue) {
        return true;
    }
    let is_plain = |text: &str| {
        let wild = test.takes_wildcards() && text.contains(['*', '?']);
        !wild && !text.contains("${")
    };
    // What stands before this is fixed, and whatever may come after it belongs to that.
    let begins = |end: char| value.split(end).next().is_some_and(|begin| !begin.is_empty() && is_plain(begin));
    match test.operator().base {
        Operator::IpAddress => is_narrow(value),
        Operator::Bool => value.eq_ignore_ascii_case("true"),
        // The id of a role's session is the role's id and a name that anyone may choose.
        _ if key == "aws:userid" => begins(':'),
        // The path of an organizational unit begins with the organization.
        _ if key.ends_with("orgpaths") => begins('/'),
        // An ARN may have wildcards where its account is fixed.
        _ => is_plain(value) || value.split(':').nth(4).is_some_and(|account| account.parse::<AccountId>().is_ok()),
    }
}

/// Whether an address range is narrower than what S3 calls public: /8 of IPv4, /32 of IPv6.
fn is_narrow(text: &str) -> bool {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, length.parse::<u8>().ok()),
        None => (text, Some(u8::MAX)),
    };
    let widest = if address.contains(':') { 32 } else { 8 };
    length.is_some_and(|length| length >= widest)
}
