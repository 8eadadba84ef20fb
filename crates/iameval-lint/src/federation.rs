//! Trust in identity providers: whom they let in.

use crate::action::covers_action;
use crate::codes;
use crate::condition::{KeyTest, tests};
use crate::github;
use crate::provider::host;
use crate::provider_key::foreign_key;
use crate::public::trusted_providers;
use crate::stranger::Access;
use crate::subject::Subject;
use crate::trust::{BY_SAML, provider_call};
use iameval::Diagnostic;
use iameval::text::Span;
use iameval_data::is_oidc_key;
use iameval_prove::is_shared_provider;

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

/// Providers that many customers share and that tell them apart by the subject only, so that the audience says nothing
/// (*Identity-provider controls for shared OIDC providers* in the IAM User Guide).
const BY_SUBJECT: [&str; 10] = [
    "agent.buildkite.com",
    "app.terraform.io",
    "gitlab.com",
    "oidc-configuration.audit-log.githubusercontent.com",
    "oidc.codefresh.io",
    "proidc.upbound.io",
    "scalr.io",
    "studio.datachain.ai/api",
    "tokens.cloud.shisho.dev",
    "vstoken.actions.githubusercontent.com",
];

/// Whom a provider accepts, and the claims of which one has to say who of them may come, in lower case.
struct Provider {
    claims: Option<&'static [&'static str]>,
    example: &'static str,
}

impl Provider {
    fn of(host: &str) -> Self {
        let is_cluster = host.starts_with("oidc.eks.") || host.starts_with("oidc-eks.");
        let (claims, example): (Option<&[&str]>, _) = match host {
            github::HOST => (Some(&GITHUB_CLAIMS), "repo:ORGANIZATION/REPOSITORY:ref:refs/heads/main"),
            _ if is_cluster => (Some(&["sub"]), "system:serviceaccount:NAMESPACE:NAME"),
            _ if BY_SUBJECT.contains(&host) => (Some(&["sub"]), ""),
            _ => (None, ""),
        };
        Self { claims, example }
    }

    fn message(&self, host: &str) -> String {
        match self.claims {
            Some(_) if host == github::HOST => "any workflow of anyone on GitHub may assume this role".to_owned(),
            Some(_) if !self.example.is_empty() => {
                format!("every service account in the cluster `{host}` may assume this role")
            }
            Some(_) => format!("every customer of `{host}` may assume this role"),
            None => format!("everyone who can sign in through `{host}` may assume this role"),
        }
    }

    fn help(&self, host: &str) -> String {
        match (self.claims, self.example) {
            (None, _) => format!("add a condition on a key of the provider, such as `{host}:sub` or `{host}:aud`"),
            (_, "") => format!("add a condition on `{host}:sub`"),
            (_, example) => format!("add a condition on `{host}:sub`, such as `{example}`"),
        }
    }
}

pub(crate) fn lint(subject: &Subject<'_>, access: Access<'_>, report: &mut impl FnMut(Diagnostic)) {
    for (provider, span) in trusted_providers(subject) {
        // A placeholder of a template says nothing.
        if !provider.contains("${") {
            one(subject, access, (provider, span), report);
        }
    }
}

fn one(subject: &Subject<'_>, access: Access<'_>, (provider, span): (&str, Span), report: &mut impl FnMut(Diagnostic)) {
    let statement = subject.statement;
    // What comes of the wrong call is another question, and a text that is not a provider is refused.
    let Some(call) = provider_call(provider).filter(|call| covers_action(statement.action(), call)) else { return };
    if call == BY_SAML || foreign_key(statement, provider).is_some() {
        return;
    }
    let host = host(provider);
    let of = Provider::of(host);
    // An unknown key is reported as that; who needs it does not come in.
    let unknown = |test: &KeyTest<'_>| {
        let key = test.key();
        test.needs_key() && !is_oidc_key(key) && subject.catalogue.context_key(key).is_none()
    };
    let is_limited = match access {
        Access::Open(found) if found.request.principal().provider() == Some(provider) => false,
        Access::Closed if is_shared_provider(host) => true,
        _ => tests(statement).any(|test| unknown(&test) || limits(&test, host, &of)),
    };
    if is_limited {
        if host == github::HOST {
            github::lint(statement, report);
        }
        return;
    }
    let finding = match github::open_subject(statement).filter(|_| host == github::HOST) {
        Some((pattern, span)) => {
            let message = format!("`{pattern}` lets workflows of unnamed owners assume this role");
            Diagnostic::new(codes::OPEN_FEDERATION, span, message)
        }
        None => Diagnostic::new(codes::OPEN_FEDERATION, span, of.message(host)),
    };
    report(finding.with_help(of.help(host)));
}

/// Whether the test keeps some of those out whom the provider accepts.
fn limits(test: &KeyTest<'_>, host: &str, provider: &Provider) -> bool {
    if test.is("sts:RoleAuthorizedByIdp") {
        return test.needs_value();
    }
    let Some((prefix, claim)) = test.key().rsplit_once(':') else { return false };
    // A placeholder of a template may stand for the host.
    let of_provider = prefix.eq_ignore_ascii_case(host) || prefix.contains("${");
    let says_who = provider.claims.is_none_or(|claims| claims.contains(&&*claim.to_ascii_lowercase()));
    let is_anything = |value: &str| match host {
        github::HOST => github::lets_strangers_in(claim, value),
        _ => value.bytes().all(|byte| matches!(byte, b'*' | b':')) || value == "system:serviceaccount:*:*",
    };
    let open = |value: &str| test.takes_wildcards() && is_anything(value);
    of_provider && says_who && test.needs_value() && test.every_value(|value| !open(value))
}
