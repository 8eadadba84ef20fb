//! Asking a policy what it does.

use iameval::{
    AccountId, CompiledPolicy, Decision, Effect, Mfa, Origin, PatternElement, PolicyDocument, PolicyId, PolicyKind,
    PolicySet, Principal, Request, Statement,
};
use std::sync::Arc;

/// The account that the questions are about beside those that the document names.
const ACCOUNT: &str = "123456789012";

/// A document, ready to be asked as the only identity policy of a user of one account.
pub(crate) struct Probe {
    policies: PolicySet,
    partition: String,
    account: AccountId,
    user: Principal,
}

impl Probe {
    /// One for each account that the document's resources name, in their order, and one for an account that none names.
    /// Nothing where the document is not an identity policy at all, which is reported elsewhere.
    pub(crate) fn all(document: &PolicyDocument) -> Vec<Self> {
        let Ok(policy) = CompiledPolicy::new(PolicyId::new("policy"), PolicyKind::Identity, document) else {
            return Vec::new();
        };
        // What services do beside policies is not the policy's doing.
        let policies = PolicySet::builder().add(Arc::new(policy)).build().without_service_rules();
        let of_account = |(partition, account): (String, AccountId)| {
            let user = format!("arn:{partition}:iam::{account}:user/somebody").parse().ok()?;
            Some(Self { policies: policies.clone(), partition, account, user })
        };
        places(document).into_iter().filter_map(of_account).collect()
    }

    /// What the policy decides; `{partition}` and `{account}` in the resource are the caller's, `{self}` is the caller's ARN.
    pub(crate) fn decide(&self, action: &str, resource: &str, mfa: Mfa) -> Decision {
        self.request(action, resource, mfa).map_or(Decision::ImplicitDeny, |request| self.policies.decide(&request))
    }

    /// Where in the document the action is decided: the statement that allows or denies it.
    pub(crate) fn statement(&self, action: &str, resource: &str, mfa: Mfa) -> Option<usize> {
        let simulation = self.policies.simulate(&self.request(action, resource, mfa)?);
        let effect = match simulation.decision {
            Decision::Allowed => Effect::Allow,
            Decision::ExplicitDeny => Effect::Deny,
            Decision::ImplicitDeny | Decision::Undetermined => return None,
        };
        let matched = simulation.matched.iter().find(|matched| matched.effect == effect)?;
        self.policies.origin(matched.id).map(|Origin { statement_index, .. }| statement_index)
    }

    fn request(&self, action: &str, resource: &str, mfa: Mfa) -> Option<Request> {
        let own = self.user.id().unwrap_or_default();
        let resource = resource.replace("{partition}", &self.partition).replace("{self}", own);
        let resource = resource.replace("{account}", &self.account.to_string());
        let builder = Request::builder(action.parse().ok()?).principal(self.user.clone()).resource(&resource);
        Some(builder.mfa(mfa).build())
    }
}

/// The partitions and accounts that the resources name, each pair once, and at last an account that few will have.
fn places(document: &PolicyDocument) -> Vec<(String, AccountId)> {
    let mut places: Vec<(String, AccountId)> = Vec::new();
    let mut partition = None;
    let resources = document.statements().iter().filter_map(Statement::resource).flat_map(PatternElement::patterns);
    for resource in resources {
        let mut parts = resource.split(':').skip(1);
        let named = parts.next().filter(|partition| !partition.contains(['*', '?', '$']));
        let Some(named) = named.filter(|_| resource.starts_with("arn:")) else { continue };
        partition.get_or_insert(named);
        if let Some(account) = parts.nth(2).and_then(|account| account.parse().ok()) {
            let place = (named.to_owned(), account);
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    if let Ok(account) = ACCOUNT.parse() {
        places.push((partition.unwrap_or("aws").to_owned(), account));
    }
    places
}
