//! Rules of single services (section 14): exemptions, refusals, and resources that require their policy's consent.

use super::{DecidedBy, Decision, Evaluation, Layers, Verdict};
use crate::mode::EvaluationMode;
use crate::name::{Action, Arn, ContextKey};
use crate::policy_set::{Layer, PolicySet};
use crate::principal::{Principal, PrincipalKind};
use std::sync::LazyLock;

/// A rule that decided whatever the policies say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServiceRule {
    /// `sts:GetCallerIdentity` cannot be denied (R-SVC-05).
    GetCallerIdentity,
    /// `sts:GetSessionToken` with long-term credentials cannot be controlled by policies (R-SVC-06).
    GetSessionToken,
    /// AWS's own policies, reserved roles and key aliases cannot be changed (R-SVC-07).
    ManagedByAws,
    /// A role of another account cannot be passed (R-SVC-09).
    PassRoleAcrossAccounts,
    /// Root can assume no role (R-SVC-12).
    RootAssumesRole,
    /// The three bucket policy actions cannot be granted across accounts (R-SVC-14).
    BucketPolicyAcrossAccounts,
    /// A root session without its task policy (R-SVC-15).
    AssumedRootWithoutTaskPolicy,
}

impl ServiceRule {
    /// The rule's number in the semantics page.
    pub fn id(self) -> &'static str {
        match self {
            ServiceRule::GetCallerIdentity => "R-SVC-05",
            ServiceRule::GetSessionToken => "R-SVC-06",
            ServiceRule::ManagedByAws => "R-SVC-07",
            ServiceRule::PassRoleAcrossAccounts => "R-SVC-09",
            ServiceRule::RootAssumesRole => "R-SVC-12",
            ServiceRule::BucketPolicyAcrossAccounts => "R-SVC-14",
            ServiceRule::AssumedRootWithoutTaskPolicy => "R-SVC-15",
        }
    }

    pub(super) fn verdict(self, layers: Layers) -> Verdict {
        let decision = match self {
            ServiceRule::GetCallerIdentity | ServiceRule::GetSessionToken => Decision::Allowed,
            _ => Decision::ImplicitDeny,
        };
        Verdict { decision, decided_by: DecidedBy::Service, service_rule: Some(self), layers }
    }
}

/// Actions on a role that its trust policy must consent to (R-SVC-03), in lower case.
const TRUST_ACTIONS: [&str; 5] = [
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:setsourceidentity",
    "sts:tagsession",
];

const BUCKET_POLICY_ACTIONS: [&str; 3] = ["s3:deletebucketpolicy", "s3:getbucketpolicy", "s3:putbucketpolicy"];

impl PolicySet {
    /// Whether the resource can matter for the action at all: whether a statement that could match tells resources
    /// apart, or a rule of the service does. When not, a decision on `*` holds for every resource of the principal's
    /// account.
    pub fn tells_resources_apart(&self, action: &Action) -> bool {
        (self.service_rules && decides_by_resource(action)) || !self.statements_telling_resources(action).is_empty()
    }
}

/// Whether a rule of the service makes the decision depend on which resource is asked about, whatever the policies.
fn decides_by_resource(action: &Action) -> bool {
    action.service() == "kms" || TRUST_ACTIONS.contains(&action.lowercase())
}

/// The keys that only temporary credentials bring along.
pub(super) static SESSION_KEYS: LazyLock<[ContextKey; 2]> =
    LazyLock::new(|| ["aws:TokenIssueTime", "aws:MultiFactorAuthPresent"].map(ContextKey::new));

impl Evaluation<'_> {
    /// Step 0 of table (a): what is decided before any policy is looked at.
    pub(super) fn rule_before_policies(&self) -> Option<ServiceRule> {
        if !self.set.service_rules {
            return None;
        }
        let live = self.set.mode == EvaluationMode::Live;
        match self.action() {
            "sts:getcalleridentity" if live && self.is_signed_in() => Some(ServiceRule::GetCallerIdentity),
            "sts:getsessiontoken" if live && self.has_long_term_credentials() => Some(ServiceRule::GetSessionToken),
            "sts:assumerole" | "sts:assumeroot" if self.is_root() => Some(ServiceRule::RootAssumesRole),
            action if BUCKET_POLICY_ACTIONS.contains(&action) && !self.same_account => {
                Some(ServiceRule::BucketPolicyAcrossAccounts)
            }
            _ => None,
        }
    }

    /// What is decided once no Deny applies.
    pub(super) fn rule_after_denies(&self) -> Option<ServiceRule> {
        if !self.set.service_rules {
            return None;
        }
        if self.is_assumed_root() && !self.set.has_layer(Layer::Session) {
            return Some(ServiceRule::AssumedRootWithoutTaskPolicy);
        }
        if self.action() == "iam:passrole" && !self.same_account {
            return Some(ServiceRule::PassRoleAcrossAccounts);
        }
        self.changes_what_aws_manages().then_some(ServiceRule::ManagedByAws)
    }

    /// Whether the resource's policy must consent, also in the same account (R-SVC-01, R-SVC-02).
    pub(super) fn requires_resource_policy(&self) -> bool {
        self.set.service_rules && (self.is_trust_request() || self.is_key_request())
    }

    /// R-SVC-03: a trust policy takes part in the actions that assume the role, and in no others. R-SVC-09: nor does
    /// any policy of a resource take part in passing a role.
    pub(super) fn resource_policy_takes_part(&self) -> bool {
        let about_a_role = self.is_role() && self.request.action.service() == "iam";
        !(self.set.service_rules && about_a_role)
    }

    /// R-SVC-13: root of the bucket's account is not bound by Deny statements of the bucket policy.
    pub(super) fn ignores_denies(&self, layer: Layer) -> bool {
        self.set.service_rules
            && layer == Layer::Resource
            && self.is_root()
            && self.same_account
            && BUCKET_POLICY_ACTIONS.contains(&self.action())
    }

    /// R-ORG-06: `kms:RetireGrant`, and keys that AWS manages.
    pub(super) fn is_exempt_from_rcps(&self) -> bool {
        self.set.service_rules
            && (self.action() == "kms:retiregrant"
                || self.arn().is_some_and(|arn| arn.service() == "kms" && is_aws_alias(arn)))
    }

    pub(super) fn is_root(&self) -> bool {
        matches!(self.request.principal.kind, PrincipalKind::Root { .. })
    }

    pub(super) fn is_assumed_root(&self) -> bool {
        matches!(self.request.principal.kind, PrincipalKind::Root { assumed: true, .. })
    }

    /// Whether the caller's kind leaves it to the context if the credentials are long-term ones.
    pub(super) fn credentials_follow_from_context(&self) -> bool {
        !self.is_scoped_down()
            && matches!(
                self.request.principal.kind,
                PrincipalKind::User { long_term_credentials: None, .. }
                    | PrincipalKind::Root { assumed: false, .. }
                    | PrincipalKind::Unnamed
            )
    }

    /// R-EVAL-13: only temporary credentials can be scoped down.
    pub(super) fn is_scoped_down(&self) -> bool {
        self.set.has_layer(Layer::ScopeDown) && self.binds(Layer::ScopeDown)
    }

    pub(super) fn is_key_request(&self) -> bool {
        self.request.action.service() == "kms"
            && self.arn().is_some_and(|arn| arn.service() == "kms" && arn.resource().starts_with("key/"))
    }

    pub(super) fn is_trust_request(&self) -> bool {
        TRUST_ACTIONS.contains(&self.action()) && self.is_role()
    }

    pub(super) fn action(&self) -> &str {
        self.request.action.lowercase()
    }

    fn arn(&self) -> Option<&Arn> {
        self.request.resource.arn.as_ref()
    }

    fn is_role(&self) -> bool {
        self.arn().is_some_and(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"))
    }

    fn is_signed_in(&self) -> bool {
        !matches!(
            self.request.principal.kind,
            PrincipalKind::Anonymous | PrincipalKind::WebIdentity { .. } | PrincipalKind::Saml { .. }
        )
    }

    fn has_long_term_credentials(&self) -> bool {
        if let Principal { kind: PrincipalKind::User { long_term_credentials: Some(known), .. }, .. } =
            self.request.principal
        {
            return known && !self.is_scoped_down();
        }
        let context = &self.request.context;
        self.credentials_follow_from_context() && SESSION_KEYS.iter().all(|key| context.value(key).is_none())
    }

    fn changes_what_aws_manages(&self) -> bool {
        let Some(arn) = self.arn() else { return false };
        let managed = match (self.request.action.service(), arn.service()) {
            ("iam", "iam") => {
                (arn.account() == "aws" && arn.resource().starts_with("policy/"))
                    || arn.resource().starts_with("role/aws-reserved/")
            }
            ("kms", "kms") => is_aws_alias(arn),
            _ => false,
        };
        managed && !self.reads()
    }

    /// R-SVC-07: what does not change anything, told by the name of the action.
    fn reads(&self) -> bool {
        let name = self.request.action.name();
        ["get", "list", "describe", "generate", "simulate"].iter().any(|verb| name.starts_with(verb))
    }
}

fn is_aws_alias(arn: &Arn) -> bool {
    arn.resource().starts_with("alias/aws/")
}
