//! From what the layers say to a decision: tables (a), (b) and (c), and who is named as the one that decided.

use super::{Decision, Evaluation, Layers, Verdict};
use crate::compile::Strength;
use crate::mode::EvaluationMode;
use crate::policy_set::Layer;
use crate::principal::PrincipalKind;

/// What decided, as native results name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecidedBy {
    /// A layer of policies: that of the Deny, that which granted, or that which is missing an Allow.
    Layer(Layer),
    /// A rule of a service, whatever the policies say (section 14).
    Service,
    /// Nothing: no side grants.
    None,
}

impl DecidedBy {
    /// The name in native results.
    pub fn as_str(self) -> &'static str {
        match self {
            DecidedBy::Layer(layer) => layer.as_str(),
            DecidedBy::Service => "service",
            DecidedBy::None => "none",
        }
    }
}

/// What the policies of principal and resource allow.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Grants {
    pub(crate) identity: bool,
    pub(crate) resource: Option<Strength>,
    /// `None` when there is no boundary.
    pub(crate) boundary: Option<bool>,
    /// `None` when there is no session policy.
    pub(crate) session: Option<bool>,
}

/// Limits that a granted request must get through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guardrails {
    pub(crate) service_control: bool,
    pub(crate) endpoint: bool,
    pub(crate) scope_down: bool,
}

impl Default for Guardrails {
    fn default() -> Self {
        Self { service_control: true, endpoint: true, scope_down: true }
    }
}

/// Which side an implicit deny is missing.
enum Side {
    Identity,
    Resource,
    Both,
    Neither,
}

impl Evaluation<'_> {
    pub(super) fn compose(&self, layers: Layers) -> Verdict {
        let grants = layers.grants;
        let guardrails = layers.guardrails;
        let limits = self.limits(grants);
        let identity = self.identity_side(grants);
        let granted = self.granted(grants);
        let allowed = guardrails.service_control && guardrails.endpoint && guardrails.scope_down && granted;
        let (decision, decided_by) = if allowed {
            let by_identity = identity && limits.all() && self.identity_needs(grants);
            (Decision::Allowed, DecidedBy::Layer(if by_identity { Layer::Identity } else { Layer::Resource }))
        } else {
            let decided_by = match self.missing(grants) {
                Side::Both => DecidedBy::None,
                Side::Identity => DecidedBy::Layer(Layer::Identity),
                Side::Resource => DecidedBy::Layer(Layer::Resource),
                Side::Neither if !guardrails.service_control => DecidedBy::Layer(Layer::ServiceControl),
                Side::Neither if !guardrails.endpoint => DecidedBy::Layer(Layer::Endpoint),
                // A grant of the resource that boundary and session policies do not limit.
                Side::Neither if granted => DecidedBy::Layer(Layer::ScopeDown),
                Side::Neither if !limits.boundary => DecidedBy::Layer(Layer::PermissionsBoundary),
                Side::Neither => DecidedBy::Layer(Layer::Session),
            };
            (Decision::ImplicitDeny, decided_by)
        };
        Verdict { decision, decided_by, service_rule: None, layers }
    }

    /// Whether the sides that must grant do, boundary and session policies included.
    fn granted(&self, grants: Grants) -> bool {
        let limited = self.limits(grants).all();
        let identity = self.identity_side(grants) && limited;
        let direct = grants.resource == Some(Strength::Direct);
        if !self.request.principal.has_policies() {
            return direct;
        }
        if self.is_assumed_root() {
            // R-SVC-15: no grant of a resource gets past the task policy.
            return identity && self.identity_needs(grants);
        }
        if !self.same_account && !self.needs_no_resource_side() {
            return identity && grants.resource.is_some();
        }
        let own_grant = match self.own_grant(grants) {
            Some(Strength::Entity) => limited,
            own_grant => own_grant.is_some(),
        };
        own_grant || (identity && self.identity_needs(grants))
    }

    /// What the resource policy grants without the identity policies, in the same account (table c).
    fn own_grant(&self, grants: Grants) -> Option<Strength> {
        if !self.same_account || self.requires_both_sides() {
            return None;
        }
        match grants.resource {
            // R-SIM-05: the simulator takes a grant to the account for a direct one; else it delegates.
            Some(Strength::Account) if self.set.mode == EvaluationMode::Live => None,
            strength => strength,
        }
    }

    /// Whether an identity grant has what it needs from the resource's side.
    fn identity_needs(&self, grants: Grants) -> bool {
        grants.resource.is_some() || !self.needs_resource_policy()
    }

    /// Whether an identity grant needs one of the resource's policy beside it.
    pub(super) fn needs_resource_policy(&self) -> bool {
        !self.needs_no_resource_side() && (!self.same_account || self.requires_resource_policy())
    }

    /// The identity policies; those of root count as allowing everything.
    fn identity_side(&self, grants: Grants) -> bool {
        grants.identity || self.is_root()
    }

    fn missing(&self, grants: Grants) -> Side {
        let identity = self.identity_side(grants);
        let own_grant = self.own_grant(grants).is_some();
        if !self.request.principal.has_policies() {
            return if grants.resource == Some(Strength::Direct) { Side::Neither } else { Side::Both };
        }
        if !self.needs_resource_policy() {
            return if identity || own_grant { Side::Neither } else { Side::Both };
        }
        match (identity, grants.resource) {
            (true, Some(_)) => Side::Neither,
            (true, None) => Side::Resource,
            (false, None) => Side::Both,
            (false, Some(_)) if self.same_account && own_grant => Side::Neither,
            (false, Some(_)) => Side::Identity,
        }
    }

    fn limits(&self, grants: Grants) -> Limits {
        let without_session_policy = match self.request.principal.kind {
            // R-EVAL-05
            PrincipalKind::FederatedUser { .. } => false,
            _ => !self.is_assumed_root(),
        };
        Limits { boundary: grants.boundary.unwrap_or(true), session: grants.session.unwrap_or(without_session_policy) }
    }
}

/// Whether boundary and session policies let an identity grant through.
struct Limits {
    boundary: bool,
    session: bool,
}

impl Limits {
    fn all(&self) -> bool {
        self.boundary && self.session
    }
}
