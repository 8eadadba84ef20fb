//! From what each layer says to a decision: tables (a), (b) and (c) as one pure function over a finite domain.
//!
//! Evaluation finds out what the layers say; three-valued evaluation asks the same function about the best and the worst
//! case; a prover can tabulate it. In [`EvaluationMode::Live`] it is monotone: where more is allowed, no more is denied. The
//! simulator is not: there a grant to an account alone counts for a direct one (R-SIM-05).
//!
//! ```
//! use iameval::layers::{CallerKind, Facts, LayerOutcomes, ResourceSide, Strength};
//! use iameval::{DecidedBy, Decision, EvaluationMode, Layer};
//!
//! // A user of another account: both sides must allow (R-XACC-01).
//! let facts = Facts {
//!     caller: CallerKind::Entity,
//!     same_account: false,
//!     resource_side: ResourceSide::Grants,
//!     mode: EvaluationMode::Live,
//! };
//! let mut outcomes = LayerOutcomes { identity: true, ..LayerOutcomes::default() };
//! assert_eq!(facts.compose(outcomes), (Decision::ImplicitDeny, DecidedBy::Layer(Layer::Resource)));
//! outcomes.resource = Some(Strength::Account);
//! assert_eq!(facts.compose(outcomes), (Decision::Allowed, DecidedBy::Layer(Layer::Identity)));
//! ```

use crate::keyword::keywords;
use crate::layer::Layer;
use crate::mode::EvaluationMode;
use std::ops::{Index, IndexMut};

pub use crate::compile::Strength;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It goes through.
    Allowed,
    /// A Deny statement applies.
    ExplicitDeny,
    /// Nothing that is needed allows it.
    ImplicitDeny,
    /// It depends on what is not known yet, which [symbols](crate::symbol) stand for. It counts neither as allowed nor as
    /// denied.
    Undetermined,
}

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

/// What the tables need to know of a request besides what its layers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Who asks.
    pub caller: CallerKind,
    /// Whether the caller's account is the resource's.
    pub same_account: bool,
    /// What the resource's side has to say.
    pub resource_side: ResourceSide,
    /// Live services or the simulator.
    pub mode: EvaluationMode,
}

/// Callers, as far as the tables tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallerKind {
    /// Without policies of their own: services, anonymous callers, those of an identity provider.
    Bare,
    /// The root user, whom identity policies do not bind.
    Root,
    /// A root session made with `sts:AssumeRoot`, limited by its task policy (R-SVC-15).
    AssumedRoot,
    /// A federated user session, to which a session policy must allow (R-EVAL-05).
    FederatedUser,
    /// A user, a role or a role session.
    Entity,
}

impl CallerKind {
    /// Every kind.
    pub const ALL: [CallerKind; 5] =
        [CallerKind::Bare, CallerKind::Root, CallerKind::AssumedRoot, CallerKind::FederatedUser, CallerKind::Entity];
}

/// What the policy of the resource has to say, beside what it grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceSide {
    /// It may grant; in the caller's account the identity policies may as well (R-EVAL-04).
    Grants,
    /// It must consent, in the caller's account too: trust policies, key policies (R-SVC-01, R-SVC-02).
    MustConsent,
    /// It must allow and so must the identity policies, whatever it names (R-SVC-21).
    BesideIdentity,
    /// It is not asked, in another account neither (R-SVC-23, R-SVC-24).
    NotAsked,
}

impl ResourceSide {
    /// Every case.
    pub const ALL: [ResourceSide; 4] =
        [ResourceSide::Grants, ResourceSide::MustConsent, ResourceSide::BesideIdentity, ResourceSide::NotAsked];
}

/// What the Allow statements of the layers come to. A layer that is not there, or does not bind the request, limits nothing
/// and grants nothing, which is what [`LayerOutcomes::default`] says of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says of one layer whether it allows")]
pub struct LayerOutcomes {
    /// Whether every level of SCPs allows.
    pub service_control: bool,
    /// Whether the policies of the VPC endpoint allow.
    pub endpoint: bool,
    /// The strongest match of the Allow statements of the resource's policy.
    pub resource: Option<Strength>,
    /// Whether an identity policy allows.
    pub identity: bool,
    /// Whether every permissions boundary allows; `None` where there is none.
    pub boundary: Option<bool>,
    /// Whether a session policy allows; `None` where there is none.
    pub session: Option<bool>,
    /// Whether every level of scope-down policies allows.
    pub scope_down: bool,
}

impl Default for LayerOutcomes {
    fn default() -> Self {
        Self {
            service_control: true,
            endpoint: true,
            resource: None,
            identity: false,
            boundary: None,
            session: None,
            scope_down: true,
        }
    }
}

impl LayerOutcomes {
    /// Takes in the strongest Allow of a group.
    pub(crate) fn admit(&mut self, layer: Layer, strongest: Option<Strength>) {
        let allows = strongest.is_some();
        match layer {
            Layer::ServiceControl => self.service_control &= allows,
            // RCPFullAWSAccess is in force at every level (R-ORG-06).
            Layer::ResourceControl => {}
            Layer::Endpoint => self.endpoint &= allows,
            Layer::Resource => self.resource = strongest,
            Layer::Identity => self.identity = allows,
            Layer::PermissionsBoundary => self.boundary = Some(self.boundary.unwrap_or(true) && allows),
            Layer::Session => self.session = Some(allows),
            Layer::ScopeDown => self.scope_down &= allows,
        }
    }
}

/// A value for every layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LayerMap<T>([T; Layer::ALL.len()]);

/// Which side an implicit deny is missing.
enum Missing {
    Identity,
    Resource,
    Both,
    Neither,
}

impl Decision {
    /// Whether the request goes through.
    pub fn is_allowed(self) -> bool {
        self == Decision::Allowed
    }

    /// Whether it is one: whether it does not depend on what is not known.
    pub fn is_certain(self) -> bool {
        self != Decision::Undetermined
    }
}

keywords! {
    /// The name in native results.
    Decision, "a decision" {
        Allowed => "allowed",
        ExplicitDeny => "explicit_deny",
        ImplicitDeny => "implicit_deny",
        Undetermined => "undetermined",
    }
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

impl Facts {
    /// The decision where no Deny applies, and what decided: what granted, or the first that lacks an Allow (R-EVAL-06).
    pub fn compose(self, outcomes: LayerOutcomes) -> (Decision, DecidedBy) {
        if self.allows(outcomes) {
            let layer = if self.grants_by_identity(outcomes) { Layer::Identity } else { Layer::Resource };
            return (Decision::Allowed, DecidedBy::Layer(layer));
        }
        let decided_by = match self.missing(outcomes) {
            Missing::Both => DecidedBy::None,
            Missing::Identity => DecidedBy::Layer(Layer::Identity),
            Missing::Resource => DecidedBy::Layer(Layer::Resource),
            Missing::Neither => DecidedBy::Layer(self.lacking_limit(outcomes)),
        };
        (Decision::ImplicitDeny, decided_by)
    }

    /// Whether the request goes through where no Deny applies.
    #[inline]
    pub(crate) fn allows(self, outcomes: LayerOutcomes) -> bool {
        self.grants(outcomes) && outcomes.service_control && outcomes.endpoint && outcomes.scope_down
    }

    /// Whether a side grants it, whatever limits it beyond boundary and session policies.
    #[inline]
    fn grants(self, outcomes: LayerOutcomes) -> bool {
        self.grants_by_identity(outcomes) || (outcomes.resource.is_some() && self.grants_by_resource(outcomes))
    }

    /// The first layer that limits what is granted and does not allow it.
    fn lacking_limit(self, outcomes: LayerOutcomes) -> Layer {
        if !outcomes.service_control {
            Layer::ServiceControl
        } else if !outcomes.endpoint {
            Layer::Endpoint
        } else if self.grants(outcomes) {
            // A grant of the resource that boundary and session policies do not limit.
            Layer::ScopeDown
        } else if !self.limits(outcomes).boundary {
            Layer::PermissionsBoundary
        } else {
            Layer::Session
        }
    }

    /// Whether the identity policies grant, within boundary and session policies, and the resource's side consents.
    fn grants_by_identity(self, outcomes: LayerOutcomes) -> bool {
        self.caller != CallerKind::Bare
            && self.identity(outcomes)
            && self.limits(outcomes).all()
            && self.consents(outcomes.resource)
    }

    /// Whether the resource's policy grants by itself.
    fn grants_by_resource(self, outcomes: LayerOutcomes) -> bool {
        match self.caller {
            CallerKind::Bare => outcomes.resource == Some(Strength::Direct),
            // R-SVC-15: no grant of a resource gets past the task policy.
            CallerKind::AssumedRoot => false,
            _ => match self.own_grant(outcomes.resource) {
                Some(Strength::Entity) => self.limits(outcomes).all(),
                own_grant => own_grant.is_some(),
            },
        }
    }

    /// What the resource's policy grants without the identity policies, in the same account alone (table c).
    fn own_grant(self, resource: Option<Strength>) -> Option<Strength> {
        if !self.same_account || self.resource_side == ResourceSide::BesideIdentity {
            return None;
        }
        match resource {
            // R-SIM-05: the simulator takes a grant to the account for a direct one; else it delegates.
            Some(Strength::Account) if self.mode == EvaluationMode::Live => None,
            strength => strength,
        }
    }

    /// Whether a grant of the identity policies needs one of the resource's policy beside it.
    pub fn needs_resource_policy(self) -> bool {
        !self.consents(None)
    }

    /// Whether the resource's side lets a grant of the identity policies through.
    fn consents(self, resource: Option<Strength>) -> bool {
        match self.resource_side {
            ResourceSide::NotAsked => true,
            ResourceSide::Grants if self.same_account => true,
            _ => resource.is_some(),
        }
    }

    /// Whether the identity policies allow; those of root count as allowing everything.
    fn identity(self, outcomes: LayerOutcomes) -> bool {
        outcomes.identity || matches!(self.caller, CallerKind::Root | CallerKind::AssumedRoot)
    }

    fn missing(self, outcomes: LayerOutcomes) -> Missing {
        if self.caller == CallerKind::Bare {
            return if outcomes.resource == Some(Strength::Direct) { Missing::Neither } else { Missing::Both };
        }
        let identity = self.identity(outcomes) || self.own_grant(outcomes.resource).is_some();
        match (identity, self.consents(outcomes.resource)) {
            (true, true) => Missing::Neither,
            (true, false) => Missing::Resource,
            // Where the resource's side need not say anything, its silence is nothing to name it for.
            (false, true) if self.needs_resource_policy() => Missing::Identity,
            (false, _) => Missing::Both,
        }
    }

    fn limits(self, outcomes: LayerOutcomes) -> Limits {
        // R-EVAL-05, R-SVC-15
        let without_session_policy = !matches!(self.caller, CallerKind::FederatedUser | CallerKind::AssumedRoot);
        Limits {
            boundary: outcomes.boundary.unwrap_or(true),
            session: outcomes.session.unwrap_or(without_session_policy),
        }
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

impl<T> LayerMap<T> {
    /// The value that each layer gets.
    ///
    /// ```
    /// use iameval::Layer;
    /// use iameval::layers::LayerMap;
    ///
    /// let map = LayerMap::from_fn(|layer| layer);
    /// assert!(map.iter().all(|(layer, value)| layer == *value));
    /// assert_eq!(map[Layer::Session], Layer::Session);
    /// ```
    pub fn from_fn(value: impl FnMut(Layer) -> T) -> Self {
        Self(Layer::ALL.map(value))
    }

    /// The layers in order, each with its value.
    pub fn iter(&self) -> impl Iterator<Item = (Layer, &T)> {
        Layer::ALL.into_iter().zip(&self.0)
    }
}

impl<T> Index<Layer> for LayerMap<T> {
    type Output = T;

    #[expect(clippy::indexing_slicing, reason = "there is a value for every layer")]
    fn index(&self, layer: Layer) -> &T {
        &self.0[layer as usize]
    }
}

impl<T> IndexMut<Layer> for LayerMap<T> {
    #[expect(clippy::indexing_slicing, reason = "there is a value for every layer")]
    fn index_mut(&mut self, layer: Layer) -> &mut T {
        &mut self.0[layer as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRENGTHS: [Option<Strength>; 4] =
        [None, Some(Strength::Account), Some(Strength::Entity), Some(Strength::Direct)];
    const SAID: [Option<bool>; 3] = [None, Some(false), Some(true)];
    const BOTH: [bool; 2] = [false, true];

    /// Every case there is.
    fn for_each(mut test: impl FnMut(Facts, LayerOutcomes)) {
        let mut count = 0;
        for caller in CallerKind::ALL {
            for same_account in BOTH {
                for resource_side in ResourceSide::ALL {
                    for mode in [EvaluationMode::Live, EvaluationMode::Simulator] {
                        let facts = Facts { caller, same_account, resource_side, mode };
                        for_each_outcome(|outcomes| {
                            count += 1;
                            test(facts, outcomes);
                        });
                    }
                }
            }
        }
        assert_eq!(count, 5 * 2 * 4 * 2 * 4 * 2 * 3 * 3 * 2 * 2 * 2);
    }

    fn for_each_outcome(mut test: impl FnMut(LayerOutcomes)) {
        for resource in STRENGTHS {
            for (boundary, session) in SAID.into_iter().flat_map(|boundary| SAID.map(|session| (boundary, session))) {
                for bits in 0..16_u8 {
                    let bit = |at: u8| bits & (1 << at) != 0;
                    test(LayerOutcomes {
                        service_control: bit(0),
                        endpoint: bit(1),
                        resource,
                        identity: bit(2),
                        boundary,
                        session,
                        scope_down: bit(3),
                    });
                }
            }
        }
    }

    /// The outcomes in which one layer more allows.
    fn raised(outcomes: LayerOutcomes) -> Vec<LayerOutcomes> {
        let stronger = STRENGTHS.into_iter().find(|strength| *strength > outcomes.resource);
        let allows = |said: Option<bool>| said.map(|_| true);
        vec![
            LayerOutcomes { service_control: true, ..outcomes },
            LayerOutcomes { endpoint: true, ..outcomes },
            LayerOutcomes { scope_down: true, ..outcomes },
            LayerOutcomes { identity: true, ..outcomes },
            LayerOutcomes { boundary: allows(outcomes.boundary), ..outcomes },
            LayerOutcomes { session: allows(outcomes.session), ..outcomes },
            LayerOutcomes { resource: stronger.unwrap_or(outcomes.resource), ..outcomes },
        ]
    }

    #[test]
    fn where_more_is_allowed_no_more_is_denied() {
        for_each(|facts, outcomes| {
            if facts.mode == EvaluationMode::Live && facts.compose(outcomes).0.is_allowed() {
                for more in raised(outcomes) {
                    assert!(facts.compose(more).0.is_allowed(), "{facts:?}\n{outcomes:?}\n{more:?}");
                }
            }
        });
    }

    #[test]
    fn every_deny_names_something_that_lacks_an_allow() {
        for_each(|facts, outcomes| {
            let (decision, decided_by) = facts.compose(outcomes);
            let lacks = match decided_by {
                DecidedBy::Layer(Layer::ServiceControl) => !outcomes.service_control,
                DecidedBy::Layer(Layer::Endpoint) => !outcomes.endpoint,
                DecidedBy::Layer(Layer::ScopeDown) => !outcomes.scope_down,
                DecidedBy::Layer(Layer::Resource) => outcomes.resource.is_none(),
                DecidedBy::Layer(Layer::Identity) => !outcomes.identity,
                DecidedBy::Layer(Layer::PermissionsBoundary) => outcomes.boundary == Some(false),
                DecidedBy::Layer(Layer::Session) => outcomes.session != Some(true),
                DecidedBy::None => {
                    outcomes.resource != Some(Strength::Direct) || !facts.same_account || !outcomes.identity
                }
                DecidedBy::Service | DecidedBy::Layer(Layer::ResourceControl) => false,
            };
            assert!(decision.is_allowed() || lacks, "{facts:?}\n{outcomes:?}\n{decided_by:?}");
        });
    }

    #[test]
    fn what_grants_allows() {
        for_each(|facts, outcomes| {
            let (decision, decided_by) = facts.compose(outcomes);
            let grants = match decided_by {
                DecidedBy::Layer(Layer::Resource) => outcomes.resource.is_some(),
                DecidedBy::Layer(Layer::Identity) => {
                    outcomes.identity || matches!(facts.caller, CallerKind::Root | CallerKind::AssumedRoot)
                }
                _ => false,
            };
            assert!(!decision.is_allowed() || grants, "{facts:?}\n{outcomes:?}\n{decided_by:?}");
        });
    }

    #[test]
    fn a_value_for_every_layer() {
        let mut map = LayerMap::<u8>::default();
        for (number, layer) in (0..).zip(Layer::ALL) {
            map[layer] = number;
        }
        assert!(map.iter().zip(0..).all(|((layer, value), number)| *value == number && map[layer] == number));
    }
}
