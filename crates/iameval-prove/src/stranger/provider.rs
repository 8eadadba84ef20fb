//! Identity providers that sign in the users of many tenants, and what the tokens of a stranger hold.

use super::ids::foreign;
use super::key::{absent_or, exactly, said, statements};
use crate::claim::{KeyScope, Policies};
use iameval::{PrincipalElement, PrincipalForm, PrincipalList, PrincipalType};
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

    /// What a token of a stranger brings along. What is optional in a test is taken to be so in the token.
    pub(super) fn token(&self, name: &str, policies: &Policies) -> Vec<KeyScope> {
        let claims = [("sub", self.subject)].into_iter().chain(self.audience.map(|form| ("aud", form)));
        let claims = claims.chain(self.others.iter().copied()).map(|(claim, form)| {
            let key = format!("{}:{claim}", self.host);
            absent_or(&key, [foreign(policies, &key, form)])
        });
        claims.chain([said("aws:FederatedProvider", vec![exactly(&[name])])]).collect()
    }
}
