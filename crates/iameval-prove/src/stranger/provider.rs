//! Identity providers that sign in the users of many tenants, and what the tokens of a stranger hold.

use super::ids::foreign;
use super::key::{absent, absent_or, exactly, said, statements};
use crate::claim::{KeyScope, Policies};
use iameval::{AccountId, ContextKey, PrincipalElement, PrincipalForm, PrincipalList, PrincipalType, Statement};
use iameval_data::is_provider_key;
use std::collections::BTreeSet;

/// An OIDC provider that signs in the users of many tenants.
pub(super) struct SharedProvider {
    /// Host and path, as the keys of its tokens begin.
    host: &'static str,
    /// What the `sub` of a token looks like; `#` is whose it is.
    subject: &'static str,
    /// What the `aud` looks like, where the provider assigns it; elsewhere it is the caller's choice.
    audience: Option<&'static str>,
    /// Further claims that say whose the token is, and what they look like.
    others: &'static [(&'static str, &'static str)],
}

/// The claims of GitHub that say whose workflow it is (*Available keys for AWS OIDC federation*, IAM User Guide).
const OF_GITHUB: &[(&str, &str)] = &[
    ("actor", "#"),
    ("actor_id", "#"),
    ("enterprise", "#"),
    ("enterprise_id", "#"),
    ("job_workflow_ref", "#/*"),
    ("repository", "#/*"),
    ("repository_id", "#"),
    ("repository_owner", "#"),
    ("repository_owner_id", "#"),
    ("workflow_ref", "#/*"),
];

/// Shared providers (*Identity-provider controls for shared OIDC providers*, IAM User Guide), with the form of their
/// subjects as each provider documents it.
pub(super) const SHARED_PROVIDERS: [SharedProvider; 8] = [
    SharedProvider {
        host: "token.actions.githubusercontent.com",
        subject: "repo:#/*",
        audience: None,
        others: OF_GITHUB,
    },
    SharedProvider { host: "gitlab.com", subject: "project_path:#/*", audience: None, others: &[] },
    SharedProvider { host: "app.terraform.io", subject: "organization:#:*", audience: None, others: &[] },
    SharedProvider { host: "oidc.circleci.com", subject: "org/#/*", audience: Some("#"), others: &[] },
    SharedProvider { host: "agent.buildkite.com", subject: "organization:#:*", audience: None, others: &[] },
    SharedProvider { host: "oidc.codefresh.io", subject: "account:#:*", audience: None, others: &[] },
    SharedProvider { host: "accounts.google.com", subject: "#", audience: Some("#"), others: &[("oaud", "#")] },
    SharedProvider { host: "cognito-identity.amazonaws.com", subject: "#", audience: Some("#"), others: &[] },
];

/// Providers that every account trusts without an ARN of its own (*AWS JSON policy elements: Principal*, IAM User Guide).
pub(super) const BUILT_IN_PROVIDERS: [&str; 4] =
    ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];

/// That the keys of providers are absent which the policies look at, but for those of some hosts.
pub(super) fn keys_of_providers(policies: &Policies, may_be_there: impl Fn(&str) -> bool) -> Vec<KeyScope> {
    let keys = policies.set().context_keys().map(ContextKey::as_str).filter(|key| is_provider_key(key));
    keys.filter(|key| !may_be_there(host_of(key))).map(absent).collect()
}

/// What the session of a role has of the token or the assertion that it was assumed with: the keys of SAML and of built-in
/// providers are there in later requests too (*Available keys for AWS OIDC federation*, IAM User Guide).
pub(super) fn of_session(policies: &Policies) -> Vec<KeyScope> {
    let is_built_in = |host: &str| BUILT_IN_PROVIDERS.iter().any(|own| own.eq_ignore_ascii_case(host));
    let shared = SHARED_PROVIDERS.iter().filter(|provider| is_built_in(provider.host));
    let claims = shared.flat_map(|provider| provider.claims(policies));
    let others = keys_of_providers(policies, |host| host.eq_ignore_ascii_case("saml") || is_built_in(host));
    claims.chain(others).collect()
}

/// The provider of a key, `saml` for all of SAML.
fn host_of(key: &str) -> &str {
    key.split_once(':').map_or(key, |(host, _)| host)
}

/// Whether it is known that an OIDC provider signs in the users of many tenants, by its host and path.
pub fn is_shared_provider(host: &str) -> bool {
    SHARED_PROVIDERS.iter().any(|provider| provider.host == host)
}

impl SharedProvider {
    /// Whether a key is of this provider that has such a host.
    pub(super) fn is_at(&self, host: &str) -> bool {
        self.host.eq_ignore_ascii_case(host)
    }

    /// The names by which the policies trust the provider; where they trust anybody and look at its keys, the one that it has
    /// in the account of the resources.
    pub(super) fn names(&self, policies: &Policies, partition: &str, owner: Option<AccountId>) -> Vec<String> {
        let mut names = BTreeSet::new();
        let is_read = policies.set().context_keys().any(|key| self.is_at(host_of(key.as_str())));
        for element in statements(policies).filter_map(Statement::principal) {
            if is_read && names_anyone(element) {
                names.extend(self.name_in(partition, owner));
            }
            let PrincipalForm::Map(lists) = element.form() else { continue };
            let federated = lists.iter().filter(|list| list.kind() == PrincipalType::Federated);
            let own = |text: &&str| **text == *self.host || text.ends_with(&format!(":oidc-provider/{}", self.host));
            names.extend(federated.flat_map(PrincipalList::values).filter(own).map(str::to_owned));
        }
        names.into_iter().collect()
    }

    fn name_in(&self, partition: &str, owner: Option<AccountId>) -> Option<String> {
        if BUILT_IN_PROVIDERS.contains(&self.host) {
            return Some(self.host.to_owned());
        }
        owner.map(|owner| format!("arn:{partition}:iam::{owner}:oidc-provider/{}", self.host))
    }

    /// What a token of a stranger brings along, and by which name the provider is known.
    pub(super) fn token(&self, name: &str, policies: &Policies) -> Vec<KeyScope> {
        let mut keys = self.claims(policies);
        keys.push(said("aws:FederatedProvider", vec![exactly(&[name])]));
        keys
    }

    /// The claims of a stranger's token that say whose it is. What is optional in a test is taken to be so in the token.
    fn claims(&self, policies: &Policies) -> Vec<KeyScope> {
        let claims = [("sub", self.subject)].into_iter().chain(self.audience.map(|form| ("aud", form)));
        let claims = claims.chain(self.others.iter().copied()).map(|(claim, form)| {
            let key = format!("{}:{claim}", self.host);
            absent_or(&key, [foreign(policies, &key, form)])
        });
        claims.collect()
    }
}

/// Whether a principal element matches callers that any identity provider signed in.
fn names_anyone(element: &PrincipalElement) -> bool {
    let of_federated = |list: &&PrincipalList| matches!(list.kind(), PrincipalType::Aws | PrincipalType::Federated);
    match element.form() {
        _ if element.is_negated() => true,
        PrincipalForm::Everyone => true,
        PrincipalForm::Map(lists) => {
            lists.iter().filter(of_federated).flat_map(PrincipalList::values).any(|text| text == "*")
        }
    }
}
