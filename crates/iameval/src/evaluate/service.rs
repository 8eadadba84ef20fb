//! Rules of single services (section 14): exemptions, refusals, and what a resource's policy takes part in. Which rule
//! speaks of which action is data ([`ServiceRules`](crate::ServiceRules)); what it does is here.

use super::{DecidedBy, Decision, Evaluation, Layers, Verdict};
use crate::document::Effect;
use crate::layer::Layer;
use crate::layers::ResourceSide;
use crate::mode::EvaluationMode;
use crate::name::{Action, Arn, ContextKey};
use crate::policy_set::PolicySet;
use crate::principal::{Principal, PrincipalKind};
use crate::request::Owner;
use crate::service_rules::ActionRule;
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
    /// The credentials are of a kind that cannot make this call (R-SVC-11).
    CredentialsCannotCall,
    /// Root can assume no role (R-SVC-12).
    RootAssumesRole,
    /// The three bucket policy actions cannot be granted across accounts (R-SVC-14).
    BucketPolicyAcrossAccounts,
    /// A root session without its task policy (R-SVC-15).
    AssumedRootWithoutTaskPolicy,
    /// Only a role can be assumed (R-SVC-17).
    NotARole,
    /// A permission for another account has no effect (R-SVC-19).
    NoCrossAccount,
    /// A service-linked role is protected from this change (R-SVC-22).
    ServiceLinkedRole,
    /// Only the management account and delegated administrators call `sts:AssumeRoot` (R-SVC-23).
    AssumeRootCaller,
    /// The action is for certain accounts of an organization, and the caller's is not one (R-SVC-24).
    OrganizationCaller(OrganizationAccounts),
    /// Only AWS services make this call (R-SVC-25).
    ServiceCallersOnly,
    /// Nothing is delegated from one partition to another (R-XACC-06).
    AcrossPartitions,
}

impl ServiceRule {
    /// The rule's number in the semantics page.
    pub fn id(self) -> &'static str {
        match self {
            ServiceRule::GetCallerIdentity => "R-SVC-05",
            ServiceRule::GetSessionToken => "R-SVC-06",
            ServiceRule::ManagedByAws => "R-SVC-07",
            ServiceRule::PassRoleAcrossAccounts => "R-SVC-09",
            ServiceRule::CredentialsCannotCall => "R-SVC-11",
            ServiceRule::RootAssumesRole => "R-SVC-12",
            ServiceRule::BucketPolicyAcrossAccounts => "R-SVC-14",
            ServiceRule::AssumedRootWithoutTaskPolicy => "R-SVC-15",
            ServiceRule::NotARole => "R-SVC-17",
            ServiceRule::NoCrossAccount => "R-SVC-19",
            ServiceRule::ServiceLinkedRole => "R-SVC-22",
            ServiceRule::AssumeRootCaller => "R-SVC-23",
            ServiceRule::OrganizationCaller(_) => "R-SVC-24",
            ServiceRule::ServiceCallersOnly => "R-SVC-25",
            ServiceRule::AcrossPartitions => "R-XACC-06",
        }
    }

    pub(super) fn decision(self) -> Decision {
        match self {
            ServiceRule::GetCallerIdentity | ServiceRule::GetSessionToken => Decision::Allowed,
            _ => Decision::ImplicitDeny,
        }
    }

    pub(super) fn verdict(self, layers: Layers) -> Verdict {
        Verdict { decision: self.decision(), decided_by: DecidedBy::Service, service_rule: Some(self), layers }
    }
}

/// The accounts of an organization that some actions are for (R-SVC-24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OrganizationAccounts {
    /// The management account.
    Management,
    /// The management account and delegated administrators.
    ManagementOrDelegated,
    /// Delegated administrators.
    Delegated,
    /// The account that pays: the management account, unless its bills were transferred.
    Payer,
}

/// Whether the caller's account is of a certain kind: three-valued, since it need not be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Has,
    HasNot,
    NotSaid,
}

impl From<Option<bool>> for Standing {
    fn from(said: Option<bool>) -> Self {
        match said {
            Some(true) => Standing::Has,
            Some(false) => Standing::HasNot,
            None => Standing::NotSaid,
        }
    }
}

impl PolicySet {
    /// Whether the resource can matter for the action at all: whether a statement that could match tells resources
    /// apart, or a rule of the service does. When not, a decision on `*` holds for every resource of the principal's
    /// account.
    pub fn tells_resources_apart(&self, action: &Action) -> bool {
        self.rule_tells_resources_apart(action) || !self.statements_telling_resources(action).is_empty()
    }

    /// Whether a rule of the service makes the decision depend on which resource is named, whatever the policies.
    fn rule_tells_resources_apart(&self, action: &Action) -> bool {
        use ActionRule::{NoResourceSide, OnlyOnRoles, TrustPolicyRequired};
        let Some(rules) = self.rules.get() else { return false };
        let rules = self.rules.counting(rules.of(action, None));
        action.service() == "kms" || rules.has_any([TrustPolicyRequired, OnlyOnRoles, NoResourceSide])
    }
}

/// The keys that only temporary credentials bring along.
pub(super) static SESSION_KEYS: LazyLock<[ContextKey; 2]> =
    LazyLock::new(|| ["aws:TokenIssueTime", "aws:MultiFactorAuthPresent"].map(ContextKey::new));

/// Whether a service calls on with the caller's credentials.
pub(super) static VIA_AWS_SERVICE: LazyLock<ContextKey> = LazyLock::new(|| ContextKey::new("aws:ViaAWSService"));

impl Evaluation<'_> {
    /// Whether a rule speaks of the action, in every mode of evaluation.
    fn has(&self, rule: ActionRule) -> bool {
        self.rules.has(rule)
    }

    /// Whether a rule speaks of the action that only live services follow.
    pub(super) fn has_live(&self, rule: ActionRule) -> bool {
        self.rules.has(rule) && self.set.mode == EvaluationMode::Live
    }

    /// Step 0 of table (a): what is decided before any policy is looked at.
    pub(super) fn rule_before_policies(&self) -> Option<ServiceRule> {
        if self.rules.is_empty() {
            return None;
        }
        if self.has_live(ActionRule::AlwaysAllowed) && self.is_signed_in() {
            return Some(ServiceRule::GetCallerIdentity);
        }
        if self.has_live(ActionRule::AllowedWithLongTermCredentials) && self.has_long_term_credentials() {
            return Some(ServiceRule::GetSessionToken);
        }
        if self.has(ActionRule::RefusedToRoot) && self.is_root() {
            return Some(ServiceRule::RootAssumesRole);
        }
        (self.has(ActionRule::BucketPolicy) && !self.same_account).then_some(ServiceRule::BucketPolicyAcrossAccounts)
    }

    /// What is decided once no Deny applies.
    pub(super) fn rule_after_denies(&self) -> Option<ServiceRule> {
        if self.may_meet_rules && self.set.rules.are_on() { self.met_rule_after_denies() } else { None }
    }

    /// The same for a request of which a rule may speak.
    #[cold]
    fn met_rule_after_denies(&self) -> Option<ServiceRule> {
        if self.is_assumed_root() && !self.set.has_layer(Layer::Session) {
            return Some(ServiceRule::AssumedRootWithoutTaskPolicy);
        }
        if self.has(ActionRule::PassesRole) && !self.same_account {
            return Some(ServiceRule::PassRoleAcrossAccounts);
        }
        if self.changes_what_aws_manages() {
            return Some(ServiceRule::ManagedByAws);
        }
        if self.set.mode == EvaluationMode::Live { self.live_rule_after_denies() } else { None }
    }

    fn live_rule_after_denies(&self) -> Option<ServiceRule> {
        if self.request.is_of_another_partition {
            return Some(ServiceRule::AcrossPartitions);
        }
        if self.rules.is_empty() {
            return None;
        }
        let refused = [
            (ActionRule::OnlyOnRoles, self.arn().is_some() && !self.is_role(), ServiceRule::NotARole),
            (ActionRule::NoCrossAccount, self.is_known_to_be_foreign(), ServiceRule::NoCrossAccount),
            (ActionRule::ServiceLinkedRoleProtected, self.is_service_linked_role(), ServiceRule::ServiceLinkedRole),
            (ActionRule::RefusedToRoleSessions, self.is_role_session(), ServiceRule::CredentialsCannotCall),
            (ActionRule::RefusedToFederatedUsers, self.is_federated_user(), ServiceRule::CredentialsCannotCall),
            (
                ActionRule::RefusedToLongTermCredentials,
                self.is_known_to_have_long_term_credentials(),
                ServiceRule::CredentialsCannotCall,
            ),
            (ActionRule::NoResourceSide, !self.administers_organization(), ServiceRule::AssumeRootCaller),
            (ActionRule::ServiceCallersOnly, self.is_not_made_by_a_service(), ServiceRule::ServiceCallersOnly),
        ];
        let refused = refused.into_iter().find(|&(rule, applies, _)| applies && self.has(rule)).map(|(.., rule)| rule);
        refused.or_else(|| match self.organization_standing()? {
            (accounts, Standing::HasNot) => Some(ServiceRule::OrganizationCaller(accounts)),
            _ => None,
        })
    }

    /// What the resource's side has to say.
    pub(super) fn resource_side(&self) -> ResourceSide {
        if self.may_meet_rules { self.ruled_resource_side() } else { ResourceSide::Grants }
    }

    /// The same for a request of which a rule may speak.
    #[cold]
    fn ruled_resource_side(&self) -> ResourceSide {
        if self.needs_no_resource_side() {
            ResourceSide::NotAsked
        } else if self.has_live(ActionRule::BothSidesRequired) && self.set.has_layer(Layer::Resource) {
            // R-SVC-21, where there is an auth policy.
            ResourceSide::BesideIdentity
        } else if self.is_trust_request() || self.is_key_request() {
            ResourceSide::MustConsent
        } else {
            ResourceSide::Grants
        }
    }

    /// R-SVC-03: a trust policy takes part in the actions that assume the role, and in no others. R-SVC-09: nor does
    /// any policy of a resource take part in passing a role. R-SVC-20, R-SVC-23: what services document.
    pub(super) fn resource_policy_takes_part(&self) -> bool {
        let about_a_role = || self.set.rules.exempt() && self.is_about_a_role();
        !about_a_role() && !self.has_live(ActionRule::NoResourceSide) && !self.leaves_out_resource_policy()
    }

    /// Whether IAM itself is called about a role.
    fn is_about_a_role(&self) -> bool {
        self.request.action.service() == "iam" && self.is_role()
    }

    /// R-SVC-20: whether a policy of the resource takes no part in the action, or for this caller.
    pub(super) fn leaves_out_resource_policy(&self) -> bool {
        let of_a_service = || matches!(self.request.principal.kind, PrincipalKind::Service { .. });
        self.has_live(ActionRule::ResourcePolicyTakesNoPart)
            || (self.has_live(ActionRule::ResourcePolicyBindsServicesOnly) && !of_a_service())
    }

    /// Whether the caller's side alone decides about a resource of another account: `sts:AssumeRoot` (R-SVC-23), and
    /// a delegated administrator's calls on the organization (R-SVC-24).
    fn needs_no_resource_side(&self) -> bool {
        if self.rules.is_empty() {
            return false;
        }
        let on_the_organization = || {
            self.arn().is_some_and(|arn| match arn.service() {
                "organizations" => true,
                "account" => arn.resource().starts_with("account/o-"),
                _ => false,
            })
        };
        let for_delegated = || {
            self.set.rules.exempt()
                && [ActionRule::ForManagementOrDelegated, ActionRule::ForDelegated, ActionRule::OnMemberAccounts]
                    .into_iter()
                    .any(|rule| self.has_live(rule))
        };
        self.has_live(ActionRule::NoResourceSide)
            || (self.request.principal.delegated_administrator == Some(true)
                && for_delegated()
                && on_the_organization())
    }

    /// Whether statements of that effect do not count in a layer that binds the request.
    pub(super) fn ignores(&self, layer: Layer, effect: Effect) -> bool {
        self.may_meet_rules
            && layer == Layer::Resource
            && match effect {
                // R-SVC-13: root of the owner's account is not bound by the policy that the call repairs.
                Effect::Deny => {
                    self.has(ActionRule::OwnerRootEscapesResourcePolicy) && self.is_root() && self.same_account
                }
                // R-SVC-03, R-SVC-09: where only refusals count, a trust policy grants nothing here and its Denies bind.
                Effect::Allow => self.set.rules.are_on() && !self.set.rules.exempt() && self.is_about_a_role(),
            }
    }

    /// Whether a rule leaves out the policies of that layer, which count otherwise.
    pub(super) fn leaves_out(&self, layer: Layer) -> bool {
        match layer {
            Layer::ServiceControl => self.is_exempt_from_scps(),
            Layer::ResourceControl => self.is_exempt_from_rcps(),
            Layer::Resource => !self.resource_policy_takes_part(),
            Layer::Endpoint | Layer::Identity | Layer::PermissionsBoundary | Layer::Session | Layer::ScopeDown => false,
        }
    }

    /// R-ORG-04: what SCPs never restrict.
    pub(super) fn is_exempt_from_scps(&self) -> bool {
        self.has(ActionRule::ScpNeverRestricts)
    }

    /// R-ORG-05, R-ORG-06: `kms:RetireGrant`, keys that AWS manages, and services that assume their own roles.
    pub(super) fn is_exempt_from_rcps(&self) -> bool {
        let own_role = || {
            self.has(ActionRule::TrustPolicyRequired)
                && self.is_service_linked_role()
                && matches!(self.request.principal.kind, PrincipalKind::Service { .. })
        };
        self.set.rules.exempt()
            && (self.has(ActionRule::RcpNeverRestricts)
                || self.arn().is_some_and(|arn| arn.service() == "kms" && is_aws_alias(arn))
                || own_role())
    }

    pub(super) fn is_root(&self) -> bool {
        matches!(self.request.principal.kind, PrincipalKind::Root { .. })
    }

    pub(super) fn is_assumed_root(&self) -> bool {
        matches!(self.request.principal.kind, PrincipalKind::Root { assumed: true, .. })
    }

    pub(super) fn is_role_session(&self) -> bool {
        matches!(self.request.principal.kind, PrincipalKind::Role { .. } | PrincipalKind::RoleSession { .. })
    }

    pub(super) fn is_federated_user(&self) -> bool {
        matches!(self.request.principal.kind, PrincipalKind::FederatedUser { .. })
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
        self.set.rules.are_on()
            && self.request.action.service() == "kms"
            && self.arn().is_some_and(|arn| arn.service() == "kms" && arn.resource().starts_with("key/"))
    }

    pub(super) fn is_trust_request(&self) -> bool {
        self.has(ActionRule::TrustPolicyRequired) && self.is_role()
    }

    /// The accounts that the action is for, if it is for certain ones, and whether the caller's is one (R-SVC-24).
    pub(super) fn organization_standing(&self) -> Option<(OrganizationAccounts, Standing)> {
        use ActionRule::{ForDelegated, ForManagement, ForManagementOrDelegated, ForPayer, OnMemberAccounts};
        let accounts = [
            (ForManagement, OrganizationAccounts::Management),
            (ForManagementOrDelegated, OrganizationAccounts::ManagementOrDelegated),
            (OnMemberAccounts, OrganizationAccounts::ManagementOrDelegated),
            (ForDelegated, OrganizationAccounts::Delegated),
            (ForPayer, OrganizationAccounts::Payer),
        ];
        let (_, accounts) = accounts.into_iter().find(|(rule, _)| self.has_live(*rule))?;
        let principal = &self.request.principal;
        if !principal.has_policies() {
            return None;
        }
        // The management account cannot be a delegated administrator.
        let delegated = principal.delegated_administrator;
        let management = principal.in_management_account.or((delegated == Some(true)).then_some(false));
        let said = match accounts {
            OrganizationAccounts::Management => management,
            OrganizationAccounts::Delegated => delegated,
            OrganizationAccounts::ManagementOrDelegated => match (management, delegated) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            // Another account may pay.
            OrganizationAccounts::Payer => management.filter(|management| *management),
        };
        Some((accounts, said.into()))
    }

    fn administers_organization(&self) -> bool {
        let principal = &self.request.principal;
        principal.in_management_account == Some(true) || principal.delegated_administrator == Some(true)
    }

    fn arn(&self) -> Option<&Arn> {
        self.request.resource.arn.as_ref()
    }

    fn is_role(&self) -> bool {
        self.arn().is_some_and(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"))
    }

    fn is_service_linked_role(&self) -> bool {
        self.arn().is_some_and(|arn| arn.service() == "iam" && arn.resource().starts_with("role/aws-service-role/"))
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

    /// Long-term credentials as the input says, rather than by the lack of any word: said of the user, or MFA said to
    /// be absent, which it is with access keys only.
    fn is_known_to_have_long_term_credentials(&self) -> bool {
        let [_, mfa] = &*SESSION_KEYS;
        let said = match self.request.principal.kind {
            PrincipalKind::User { long_term_credentials: Some(said), .. } => said,
            _ => self.request.context.is_given(mfa),
        };
        said && self.has_long_term_credentials()
    }

    /// Whether the caller's account is known and is not that of the resource, which is known too. Services have none.
    fn is_known_to_be_foreign(&self) -> bool {
        let principal = &self.request.principal;
        let Owner::Known(_) = self.request.resource.owner else { return false };
        let service = matches!(principal.kind, PrincipalKind::Service { .. });
        !service && principal.account.is_some() && !self.same_account
    }

    /// R-SVC-25, for users, roles and root.
    fn is_not_made_by_a_service(&self) -> bool {
        let via_service = self
            .request
            .context
            .value(&VIA_AWS_SERVICE)
            .is_some_and(|value| value.texts().next().is_some_and(|text| text.eq_ignore_ascii_case("true")));
        self.request.principal.has_policies() && !via_service
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
        managed && !reads(&self.request.action)
    }
}

/// R-SVC-07: what does not change anything, told by the name of the action.
pub(super) fn reads(action: &Action) -> bool {
    let name = action.name();
    ["get", "list", "describe", "generate", "simulate"].iter().any(|verb| name.starts_with(verb))
}

fn is_aws_alias(arn: &Arn) -> bool {
    arn.resource().starts_with("alias/aws/")
}
