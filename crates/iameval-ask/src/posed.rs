//! Requests that can be decided.

use iameval::{AccountId, Decision, Layer, Mfa, PolicySet, Request};
use iameval_world::{Inferred, LoadedPolicy, Situation, Via};
use std::sync::Arc;

/// One request of a question, with the policies that it is decided by.
#[derive(Debug, Clone)]
pub struct PosedRequest {
    /// What is asked, as people say it.
    pub summary: RequestSummary,
    /// The policies.
    pub policies: PolicySet,
    /// Where each of them comes from, in the order of [`PolicySet::policies`].
    pub attachments: Arc<[Attachment]>,
    /// The request.
    pub request: Request,
    /// Layers of which the world cannot know the policies that bind the request.
    pub unknown_layers: Vec<Layer>,
}

impl PosedRequest {
    /// The decision.
    pub fn decide(&self) -> Decision {
        self.policies.decide(&self.request)
    }
}

/// What was asked.
#[derive(Debug, Clone)]
pub struct RequestSummary {
    /// The action as the user wrote it.
    pub action: String,
    /// The resource it was evaluated on; `*` also where the answer holds for any.
    pub resource: String,
    /// How the resource was found, when the user did not name one.
    pub inferred: Option<Inferred>,
    /// The account whose resources are meant by "any resource", when it is known.
    pub account: Option<AccountId>,
    /// Who asks.
    pub principal: String,
    /// The state of multi-factor authentication, when it was given as such.
    pub mfa: Option<Mfa>,
    /// The id of a native request.
    pub id: Option<String>,
}

impl RequestSummary {
    /// A request as it is, of which nothing more is known.
    pub fn of_request(request: &Request) -> Self {
        Self {
            action: request.action().to_string(),
            resource: request.resource().into(),
            inferred: None,
            account: None,
            principal: request.principal().to_string(),
            mfa: None,
            id: None,
        }
    }

    /// A request in a world; `action` as written.
    pub fn of_situation(situation: &Situation, action: &str, inferred: Option<Inferred>, mfa: Option<Mfa>) -> Self {
        let shown = |text: &str| match situation.policies.set().symbols() {
            Some(symbols) => symbols.display(text).into_owned(),
            None => text.to_owned(),
        };
        Self {
            action: action.to_owned(),
            resource: shown(&situation.resource),
            inferred,
            account: situation.resource_account.or_else(|| situation.principal.account()),
            principal: shown(&situation.principal.to_string()),
            mfa,
            id: None,
        }
    }
}

/// Where a policy of the set came from.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// The policy as it was written.
    pub policy: Arc<LoadedPolicy>,
    /// How it reaches the principal, when it is a policy of one.
    pub via: Option<Via>,
}
