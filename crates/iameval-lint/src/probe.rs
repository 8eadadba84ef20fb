//! Asking a policy what it does.

use iameval::{
    AccountId, CompiledPolicy, Decision, Effect, Mfa, Origin, PatternElement, PolicyDocument, PolicyId, PolicyKind,
    PolicySet, Principal, Request, Statement,
};
use std::sync::Arc;

/// The account that the questions are about where the document names none.
const ACCOUNT: &str = "123456789012";

/// A document, ready to be asked as the only identity policy of a user.
pub(crate) struct Probe {
    policies: PolicySet,
    account: AccountId,
    user: Principal,
}

impl Probe {
    /// `None` where the document is no identity policy at all, which is reported elsewhere.
    pub(crate) fn new(document: &PolicyDocument) -> Option<Self> {
        let policy = CompiledPolicy::new(PolicyId::new("policy"), PolicyKind::Identity, document).ok()?;
        // What services do beside policies is not the policy's doing.
        let policies = PolicySet::builder().add(Arc::new(policy)).build().with_service_rules(false);
        let resources = document.statements().iter().filter_map(Statement::resource).flat_map(PatternElement::patterns);
        let account = resources.filter_map(|resource| resource.split(':').nth(4)?.parse().ok()).next();
        let account: AccountId = account.or_else(|| ACCOUNT.parse().ok())?;
        let user = format!("arn:aws:iam::{account}:user/somebody").parse().ok()?;
        Some(Self { policies, account, user })
    }

    /// What the policy decides; `{account}` in the resource is the caller's account, `{self}` the caller's ARN.
    pub(crate) fn decide(&self, action: &str, resource: &str, mfa: Mfa) -> Decision {
        self.request(action, resource, mfa).map_or(Decision::ImplicitDeny, |request| self.policies.decide(&request))
    }

    /// Where in the document the action is decided: the statement that allows or denies it.
    pub(crate) fn statement(&self, action: &str, resource: &str, mfa: Mfa) -> Option<usize> {
        let simulation = self.policies.simulate(&self.request(action, resource, mfa)?);
        let effect = match simulation.decision {
            Decision::Allowed => Effect::Allow,
            Decision::ExplicitDeny => Effect::Deny,
            Decision::ImplicitDeny => return None,
        };
        let matched = simulation.matched.iter().find(|matched| matched.effect == effect)?;
        self.policies.origin(matched.id).map(|Origin { statement_index, .. }| statement_index)
    }

    fn request(&self, action: &str, resource: &str, mfa: Mfa) -> Option<Request> {
        let own = self.user.id().unwrap_or_default();
        let resource = resource.replace("{account}", &self.account.to_string()).replace("{self}", own);
        let builder = Request::builder(action.parse().ok()?).principal(self.user.clone()).resource(&resource);
        Some(builder.mfa(mfa).derive_context().build())
    }
}
