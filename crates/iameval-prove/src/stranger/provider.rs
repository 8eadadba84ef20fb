//! Identity providers that sign in the users of many tenants, and what the tokens of a stranger hold.

use super::key::{absent_or, exactly, like, said, statements, tests, within};
use crate::claim::{KeyScope, KeyState, Policies};
use iameval::{ContextKey, PrincipalElement, PrincipalForm, PrincipalList, PrincipalType};
use std::collections::BTreeSet;

/// An OIDC provider that signs in the users of many tenants.
pub(super) struct SharedProvider {
    /// Host and path, as the keys of its tokens begin.
    host: &'static str,
    /// What the `sub` of a stranger's token looks like.
    subject: &'static str,
    /// What the `aud` looks like, where the provider assigns it; elsewhere it is the caller's choice.
    audience: Option<&'static str>,
    /// Further claims that say whose the token is, and what they look like.
    others: &'static [(&'static str, &'static str)],
}

/// A name of a stranger's own in the tables of providers.
const STRANGER: &str = "stranger-zzzz";

/// The claims of GitHub that say whose workflow it is (*Available keys for AWS OIDC federation*, IAM User Guide).
const OF_GITHUB: &[(&str, &str)] = &[
    ("actor", "stranger-zzzz"),
    ("actor_id", "999999999999"),
    ("enterprise", "stranger-zzzz"),
    ("enterprise_id", "999999999999"),
    ("job_workflow_ref", "stranger-zzzz/*"),
    ("repository", "stranger-zzzz/*"),
    ("repository_id", "999999999999"),
    ("repository_owner", "stranger-zzzz"),
    ("repository_owner_id", "999999999999"),
    ("workflow_ref", "stranger-zzzz/*"),
];

/// Shared providers (*Identity-provider controls for shared OIDC providers*, IAM User Guide), with the form of their
/// subjects as each provider documents it.
pub(super) const SHARED_PROVIDERS: [SharedProvider; 8] = [
    SharedProvider {
        host: "token.actions.githubusercontent.com",
        subject: "repo:stranger-zzzz/*",
        audience: None,
        others: OF_GITHUB,
    },
    SharedProvider { host: "gitlab.com", subject: "project_path:stranger-zzzz/*", audience: None, others: &[] },
    SharedProvider { host: "app.terraform.io", subject: "organization:stranger-zzzz:*", audience: None, others: &[] },
    SharedProvider {
        host: "oidc.circleci.com",
        subject: "org/00000000-0000-4000-8000-00000000zzzz/*",
        audience: Some("00000000-0000-4000-8000-00000000zzzz"),
        others: &[],
    },
    SharedProvider {
        host: "agent.buildkite.com",
        subject: "organization:stranger-zzzz:*",
        audience: None,
        others: &[],
    },
    SharedProvider { host: "oidc.codefresh.io", subject: "account:zzzzzzzzzzzz:*", audience: None, others: &[] },
    SharedProvider {
        host: "accounts.google.com",
        subject: "100000000000000000zzz",
        audience: Some("zzzz.apps.googleusercontent.com"),
        others: &[("oaud", "zzzz.apps.googleusercontent.com")],
    },
    SharedProvider {
        host: "cognito-identity.amazonaws.com",
        subject: "us-east-1:00000000-0000-4000-8000-00000000zzzz",
        audience: Some("us-east-1:00000000-0000-4000-8000-0000000zzzzz"),
        others: &[],
    },
];

/// Whether it is known that an OIDC provider signs in the users of many tenants, by its host and path.
pub fn is_shared_provider(host: &str) -> bool {
    SHARED_PROVIDERS.iter().any(|provider| provider.host == host)
}

impl SharedProvider {
    /// The names by which the policies trust the provider.
    pub(super) fn names(&self, policies: &Policies) -> Vec<String> {
        let mut names = BTreeSet::new();
        for statement in statements(policies) {
            let Some(PrincipalForm::Map(lists)) = statement.principal().map(PrincipalElement::form) else { continue };
            let federated = lists.iter().filter(|list| list.kind() == PrincipalType::Federated);
            let own = |text: &&str| **text == *self.host || text.ends_with(&format!(":oidc-provider/{}", self.host));
            names.extend(federated.flat_map(PrincipalList::values).filter(own).map(str::to_owned));
        }
        names.into_iter().collect()
    }

    /// The subjects that a stranger's token may have. A name is the stranger's choice, unless a policy names it in full.
    fn subject(&self, policies: &Policies) -> KeyState {
        let Some((before, after)) = self.subject.split_once(STRANGER) else { return like(self.subject) };
        let key = ContextKey::new(&format!("{}:sub", self.host));
        let mut not_like = BTreeSet::new();
        for (_, test) in tests(policies).filter(|(_, test)| ContextKey::new(test.key()) == key) {
            let named = test.values().filter_map(|value| value.strip_prefix(before)?.split(['/', ':']).next());
            // An owner with its number has the name before it.
            let named = named.map(|owner| owner.split('@').next().unwrap_or(owner));
            for owner in named.filter(|owner| !owner.contains(['*', '?', '$'])) {
                not_like.extend([format!("{before}{owner}{after}"), format!("{before}{owner}@*{after}")]);
            }
        }
        within(&[&format!("{before}*{after}")], not_like.into_iter().collect())
    }

    /// What a token of a stranger brings along. What is optional in a test is taken to be so in the token.
    pub(super) fn token(&self, name: &str, policies: &Policies) -> Vec<KeyScope> {
        let key = |claim: &str| format!("{}:{claim}", self.host);
        let mut keys = vec![
            absent_or(&key("sub"), [self.subject(policies)]),
            said("aws:FederatedProvider", vec![exactly(&[name])]),
        ];
        keys.extend(self.audience.map(|audience| absent_or(&key("aud"), [exactly(&[audience])])));
        keys.extend(self.others.iter().map(|(claim, pattern)| absent_or(&key(claim), [like(pattern)])));
        keys
    }
}
