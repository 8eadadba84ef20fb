//! Trust in identity providers: whom they let in, and by which call.

use crate::action::covers_action;
use crate::condition::{Test, tests};
use crate::provider_key::{foreign_key, host, is_provider, is_saml};
use crate::public::named;
use crate::subject::Subject;
use iameval::text::Span;
use iameval::{Code, Diagnostic, Effect, PolicyKind, PrincipalType};
use iameval_data::is_oidc_key;

const BY_SAML: &str = "sts:AssumeRoleWithSAML";
const BY_OIDC: &str = "sts:AssumeRoleWithWebIdentity";
const CALLS: [&str; 3] = ["sts:AssumeRole", BY_SAML, BY_OIDC];

/// Everybody who has a repository there can sign in.
const GITHUB: &str = "token.actions.githubusercontent.com";

/// The claims of GitHub that say whose workflow it is, in lower case (*Configuring a role for GitHub
/// OIDC identity provider* in the IAM User Guide).
const GITHUB_CLAIMS: [&str; 11] = [
    "actor",
    "actor_id",
    "enterprise",
    "enterprise_id",
    "job_workflow_ref",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "sub",
    "workflow_ref",
];

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let statement = subject.statement;
    if subject.kind != PolicyKind::RoleTrust || statement.effect() != Effect::Allow {
        return;
    }
    let Some(principal) = statement.principal().filter(|element| !element.is_negated()) else { return };
    for (provider, span) in named(principal.form(), PrincipalType::Federated) {
        // A placeholder of a template says nothing.
        if !provider.contains("${") {
            one(subject, provider, span, report);
        }
    }
}

fn one(subject: &Subject<'_>, provider: &str, span: Span, report: &mut impl FnMut(Diagnostic)) {
    let statement = subject.statement;
    // No call comes through anything else.
    if !is_provider(provider) {
        return;
    }
    let is_saml = is_saml(provider);
    let call = if is_saml { BY_SAML } else { BY_OIDC };
    let taken = |call: &str| covers_action(statement.action(), call);
    if !taken(call) {
        if CALLS.iter().any(|other| taken(other)) {
            let message = format!("a sign-in through `{provider}` calls `{call}`, which the statement is not about");
            report(Diagnostic::new(Code::NeverMatches, span, message).with_help(format!("write `{call}` in `Action`")));
        }
        return;
    }
    let host = host(provider);
    // A key that nobody knows is reported as that; who needs it does not come in.
    let unknown = |test: &Test<'_>| {
        let key = test.key();
        test.needs_key() && !is_oidc_key(key) && subject.catalogue.context_key(key).is_none()
    };
    if is_saml
        || foreign_key(statement, provider).is_some()
        || tests(statement).any(|test| unknown(&test) || limits(&test, host))
    {
        return;
    }
    let (message, help) = if host == GITHUB {
        let help =
            format!("add a condition on `{host}:sub`, such as `repo:ORGANIZATION/REPOSITORY:ref:refs/heads/main`");
        ("any workflow of anybody on GitHub may assume this role".to_owned(), help)
    } else {
        let help = format!("add a condition on a key of the provider, such as `{host}:sub` or `{host}:aud`");
        (format!("everybody who can sign in through `{host}` may assume this role"), help)
    };
    report(Diagnostic::new(Code::OpenFederation, span, message).with_help(help));
}

/// Whether the test keeps some of those out whom the provider lets in.
fn limits(test: &Test<'_>, host: &str) -> bool {
    if test.is("sts:RoleAuthorizedByIdp") {
        return test.needs_value();
    }
    let Some((prefix, claim)) = test.key().rsplit_once(':') else { return false };
    // A placeholder of a template may stand for the host.
    let of_provider = prefix.eq_ignore_ascii_case(host) || prefix.contains("${");
    let says_who = host != GITHUB || GITHUB_CLAIMS.contains(&&*claim.to_ascii_lowercase());
    let open = |value: &str| test.takes_wildcards() && matches!(value, "*" | "repo:*" | "repo:*/*");
    of_provider && says_who && test.needs_value() && test.every_value(|value| !open(value))
}
