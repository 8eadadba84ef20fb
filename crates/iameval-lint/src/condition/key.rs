//! Keys that are unknown, or that the actions do not have.

use super::KeyTest;
use crate::alike::once_each;
use crate::codes;
use crate::provider::{host, is_of_arn_or_url};
use crate::subject::{Covering, Subject};
use crate::template::{has_placeholder, is_to_be_filled_in};
use iameval::{Diagnostic, Effect, PolicyKind};
use iameval_data::{ContextKeyInfo, is_oidc_key, is_provider_key};
use std::collections::BTreeSet;

pub(super) fn lint<'d>(subject: &Subject<'d>, test: &KeyTest<'d>, report: &mut impl FnMut(Diagnostic)) {
    match test.info(subject.catalogue) {
        None => unknown_key(subject, test, report),
        Some(info) => unsupported_key(subject, test, info, report),
    }
}

/// Names that keys never had, or have no longer, and what is meant; in lower case.
const OTHER_NAMES: [(&str, &str); 8] = [
    ("aws:arn", "aws:PrincipalArn` for the caller, or `aws:SourceArn` for the resource that a service acts for"),
    ("aws:ipaddress", "aws:SourceIp"),
    ("aws:mfapresent", "aws:MultiFactorAuthPresent"),
    ("aws:orgid", "aws:PrincipalOrgID"),
    ("aws:region", "aws:RequestedRegion"),
    ("aws:sourceipaddress", "aws:SourceIp"),
    ("aws:sourcevpcid", "aws:SourceVpc"),
    ("aws:sourcevpceid", "aws:SourceVpce"),
];

fn unknown_key(subject: &Subject<'_>, test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    let key = test.key();
    let finding =
        |message: String| Diagnostic::new(iameval_data::codes::UNKNOWN_CONTEXT_KEY, test.of.key_span(), message);
    // What a template is to fill in is not a key yet.
    if is_oidc_key(key) || has_placeholder(key, subject.catalogue) || is_to_be_filled_in(key) {
        return;
    }
    if is_of_arn_or_url(key) {
        // In a trust policy, `provider_key` reports this on the provider instead.
        if subject.kind != PolicyKind::RoleTrust {
            let (host, claim) = host(key).rsplit_once(':').unwrap_or((host(key), "sub"));
            let help = format!("write `{host}:{claim}`");
            report(
                finding(format!("`{key}` is not a condition key: keys of a provider begin with its host"))
                    .with_help(help),
            );
        }
        return;
    }
    let Some((prefix, _)) = key.split_once(':') else {
        let help = "a condition key has the form `service:Name`, such as `aws:SourceIp`";
        report(finding(format!("`{key}` is not a condition key")).with_help(help));
        return;
    };
    let with_tag = format!("{key}/x");
    if subject.catalogue.context_key(&with_tag).is_some() {
        let help = format!("add a tag key after a slash: `{key}/team`");
        report(finding(format!("`{key}` has no tag key")).with_help(help));
        return;
    }
    let known = prefix.eq_ignore_ascii_case("aws") || subject.catalogue.service(prefix).is_some();
    let finding = if known {
        finding(format!("`{key}` is not a known condition key"))
    } else {
        finding(format!("`{key}` is not a known condition key, and no AWS service has the prefix `{prefix}`"))
    };
    let other =
        OTHER_NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, meant)| (*meant).to_owned());
    let near = other.or_else(|| subject.catalogue.suggest_context_key(key));
    report(finding.with_any_help(near.map(|near| format!("did you mean `{near}`?"))));
}

/// Whether a service of the statement's actions declares the key and lists it with none of its actions: then AWS does not
/// say which of them have it.
fn is_listed_nowhere(subject: &Subject<'_>, key: &str) -> bool {
    let actions = subject.patterns.iter().flat_map(Covering::actions);
    let prefixes: BTreeSet<&str> = actions.map(|action| action.service().prefix()).collect();
    let mut services = prefixes.into_iter().filter_map(|prefix| subject.catalogue.service(prefix));
    services.any(|service| service.lists_nowhere(key))
}

fn unsupported_key(
    subject: &Subject<'_>,
    test: &KeyTest<'_>,
    info: ContextKeyInfo<'_>,
    report: &mut impl FnMut(Diagnostic),
) {
    let tag = ["aws:ResourceTag/${TagKey}", "aws:RequestTag/${TagKey}", "aws:TagKeys"].contains(&info.name());
    if info.presence().is_some() && !tag {
        return;
    }
    let key = test.key();
    if is_provider_key(key) {
        return;
    }
    let Some(mut actions) = subject.known_actions() else { return };
    let like = subject.key_like(key);
    let mut has_it = once_each(|action| action.supports(&like));
    let supports = || actions.any(|action| has_it(&action)) || is_listed_nowhere(subject, &like);
    if subject.alike.supported.get(like.clone(), supports) {
        return;
    }
    let message = format!("AWS does not list `{key}` among the condition keys of {}", subject.few_patterns());
    let help = match (test.needs_key(), subject.statement.effect()) {
        (true, Effect::Allow) => "if the key is not in the request, the statement allows nothing",
        (true, Effect::Deny) => "if the key is not in the request, the statement denies nothing",
        (false, _) => "if the key is not in the request, this condition is true",
    };
    report(Diagnostic::new(codes::UNSUPPORTED_CONTEXT_KEY, test.of.key_span(), message).with_help(help));
}
