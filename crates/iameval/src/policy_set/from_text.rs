//! Policies added as texts, one method a kind, for those who have no documents.

use super::PolicySetBuilder;
use crate::compile::{CompiledPolicy, PolicyError, PolicyId};
use crate::document::PolicyKind;
use std::sync::Arc;

/// Policies as JSON texts. A policy that several sets share is better compiled once, with [`CompiledPolicy::parse`], and
/// given to [`PolicySetBuilder::add`].
impl PolicySetBuilder {
    /// Adds a policy of that kind under that name.
    ///
    /// # Errors
    /// When the text is not a policy document, or the kind forbids or lacks an element.
    pub fn policy(self, kind: PolicyKind, name: &str, text: &str) -> Result<Self, PolicyError> {
        Ok(self.add(Arc::new(CompiledPolicy::parse(PolicyId::new(name), kind, text)?)))
    }

    /// Adds an identity policy: one attached to the principal, or to a group it is in.
    ///
    /// # Errors
    /// When the text is not such a policy.
    pub fn identity(self, name: &str, text: &str) -> Result<Self, PolicyError> {
        self.policy(PolicyKind::Identity, name, text)
    }

    /// Adds the policy of the resource.
    ///
    /// # Errors
    /// When the text is not such a policy.
    pub fn resource(self, name: &str, text: &str) -> Result<Self, PolicyError> {
        self.policy(PolicyKind::Resource, name, text)
    }

    /// Adds the trust policy of the role that is assumed.
    ///
    /// # Errors
    /// When the text is not such a policy.
    pub fn trust(self, name: &str, text: &str) -> Result<Self, PolicyError> {
        self.policy(PolicyKind::RoleTrust, name, text)
    }

    /// Adds a permissions boundary of the principal.
    ///
    /// # Errors
    /// When the text is not such a policy.
    pub fn boundary(self, name: &str, text: &str) -> Result<Self, PolicyError> {
        self.policy(PolicyKind::PermissionsBoundary, name, text)
    }

    /// Adds a policy passed when the session was made.
    ///
    /// # Errors
    /// When the text is not such a policy.
    pub fn session(self, name: &str, text: &str) -> Result<Self, PolicyError> {
        self.policy(PolicyKind::Session, name, text)
    }

    /// Adds a policy passed to `sts:GetScopedCredentials`, as a level of its own.
    ///
    /// # Errors
    /// When the text is not such a policy.
    pub fn scope_down(self, name: &str, text: &str) -> Result<Self, PolicyError> {
        self.policy(PolicyKind::ScopeDown, name, text)
    }

    /// Adds a service control policy to the level that was begun last, or begins the first.
    ///
    /// # Errors
    /// When the text is not such a policy.
    pub fn scp(self, name: &str, text: &str) -> Result<Self, PolicyError> {
        self.policy(PolicyKind::ServiceControl, name, text)
    }

    /// Adds a resource control policy to the level that was begun last, or begins the first.
    ///
    /// # Errors
    /// When the text is not such a policy.
    pub fn rcp(self, name: &str, text: &str) -> Result<Self, PolicyError> {
        self.policy(PolicyKind::ResourceControl, name, text)
    }

    /// Adds a policy of the VPC endpoint. The policy of a gateway endpoint is added by
    /// [`PolicySetBuilder::add_gateway_endpoint`].
    ///
    /// # Errors
    /// When the text is not such a policy.
    pub fn endpoint(self, name: &str, text: &str) -> Result<Self, PolicyError> {
        self.policy(PolicyKind::Endpoint, name, text)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Layer, PolicyKind, PolicySet, codes};

    const IDENTITY: &str = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    const TRUST: &str = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}"#;
    const RESOURCE: &str = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;

    #[test]
    fn every_kind_joins_its_layer() {
        let add = PolicySet::builder;
        for (built, kind) in [
            (add().identity("p", IDENTITY), PolicyKind::Identity),
            (add().resource("p", RESOURCE), PolicyKind::Resource),
            (add().trust("p", TRUST), PolicyKind::RoleTrust),
            (add().boundary("p", IDENTITY), PolicyKind::PermissionsBoundary),
            (add().session("p", IDENTITY), PolicyKind::Session),
            (add().scope_down("p", IDENTITY), PolicyKind::ScopeDown),
            (add().scp("p", IDENTITY), PolicyKind::ServiceControl),
            (add().rcp("p", RESOURCE), PolicyKind::ResourceControl),
            (add().endpoint("p", RESOURCE), PolicyKind::Endpoint),
        ] {
            let policies = built.unwrap().build();
            assert_eq!(policies.policies().next().map(|policy| policy.kind()), Some(kind));
            let layers: Vec<Layer> = Layer::ALL.into_iter().filter(|layer| policies.has_layer(*layer)).collect();
            assert_eq!(layers, [Layer::of(kind)], "{kind}");
        }
    }

    #[test]
    fn scps_join_the_level_that_was_begun_last() {
        let builder = PolicySet::builder().scp("a", IDENTITY).unwrap();
        let policies = builder.add_level(PolicyKind::ServiceControl, "account", []).scp("b", IDENTITY).unwrap().build();
        let lone = policies.levels(Layer::ServiceControl).count();
        assert_eq!((lone, policies.levels(Layer::ServiceControl).last()), (2, Some("account")));
    }

    #[test]
    fn what_is_not_such_a_policy_is_refused() {
        let error = PolicySet::builder().identity("ops", RESOURCE).unwrap_err();
        assert_eq!((error.policy().as_str(), error.kind()), ("ops", PolicyKind::Identity));
        assert_eq!(error.diagnostics()[0].code(), codes::FORBIDDEN_ELEMENT);
        let error =
            PolicySet::builder().scp("fence", r#"{"Statement": [{"Efect": "Deny"}, {"Efect": "Deny"}]}"#).unwrap_err();
        assert!(error.to_string().starts_with("`fence` is not a service control policy: `Efect` is"), "{error}");
        assert!(error.to_string().ends_with(", and 1 more finding"), "{error}");
    }
}
