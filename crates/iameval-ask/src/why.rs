//! Why the decision is what it is, where no statement says it by itself.

use crate::answer::Answer;
use crate::layer_outcome::LayerOutcome;
use iameval::layers::LayerMap;
use iameval::{DecidedBy, Decision, Effect, Explanation, Layer, ServiceRule};

/// What no statement says by itself: why a request is implicitly denied, and what decides without statements.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why<'a> {
    /// A rule of the service decides.
    ServiceRule(ServiceRule),
    /// The root user may do everything that no policy denies.
    RootUnlimited,
    /// No statement allows the request.
    NoStatement,
    /// No statement grants the request. Policies of these layers allow it, and only limit what others grant.
    OnlyLimits {
        /// Those layers.
        layers: Vec<Layer>,
    },
    /// The resource policy leaves the decision to identity policies, and none of them allows the request.
    Delegated,
    /// The resource policy allows the request, and the identity policies must allow it as well.
    IdentityMustAllow,
    /// The identity policies allow the request, and the resource policy must allow it as well.
    ResourceMustAllow {
        /// What the resource policy says: it may be missing, or take no part in the action.
        resource: LayerOutcome,
    },
    /// The request is granted, and some levels of a layer do not allow it.
    LevelsLack {
        /// The layer.
        layer: Layer,
        /// The names of those levels.
        levels: Vec<&'a str>,
    },
    /// A session of a federated user has no permissions without a session policy.
    NoSessionPolicy,
    /// The request is granted, and a layer does not allow it.
    LayerLacks {
        /// The layer.
        layer: Layer,
        /// The names of the policies of that layer that do not allow it.
        policies: Vec<&'a str>,
    },
}

impl Why<'_> {
    /// A stable code, such as `no_statement`.
    pub fn id(&self) -> &'static str {
        match self {
            Self::ServiceRule(_) => "service_rule",
            Self::RootUnlimited => "root_unlimited",
            Self::NoStatement => "no_statement",
            Self::OnlyLimits { .. } => "only_limits",
            Self::Delegated => "delegated",
            Self::IdentityMustAllow => "identity_must_allow",
            Self::ResourceMustAllow { .. } => "resource_must_allow",
            Self::LevelsLack { .. } => "levels_lack",
            Self::NoSessionPolicy => "no_session_policy",
            Self::LayerLacks { .. } => "layer_lacks",
        }
    }
}

impl Answer {
    /// Why the decision is what it is, where no statement says it by itself.
    pub fn why(&self) -> Option<Why<'_>> {
        self.why_explained(&self.explain(), self.layers())
    }

    pub(crate) fn why_explained(&self, explanation: &Explanation, layers: LayerMap<LayerOutcome>) -> Option<Why<'_>> {
        let simulation = &self.simulation;
        if let Some(rule) = simulation.service_rule {
            return Some(Why::ServiceRule(rule));
        }
        if simulation.decision == Decision::Allowed && simulation.deciding().next().is_none() {
            return Some(Why::RootUnlimited);
        }
        if simulation.decision != Decision::ImplicitDeny {
            return None;
        }
        let said = |layer: Layer| layers[layer].decision();
        Some(match simulation.decided_by {
            // The resource policy matches, and only hands the decision on.
            DecidedBy::None if said(Layer::Resource) == Some(Decision::Allowed) => Why::Delegated,
            DecidedBy::None => {
                let limits = [Layer::PermissionsBoundary, Layer::Session, Layer::ScopeDown];
                let allowing = limits.into_iter().filter(|layer| said(*layer) == Some(Decision::Allowed));
                match allowing.collect::<Vec<_>>() {
                    none if none.is_empty() => Why::NoStatement,
                    layers => Why::OnlyLimits { layers },
                }
            }
            DecidedBy::Service => return None,
            DecidedBy::Layer(Layer::Identity) => Why::IdentityMustAllow,
            DecidedBy::Layer(Layer::Resource) => Why::ResourceMustAllow { resource: layers[Layer::Resource] },
            DecidedBy::Layer(layer @ Layer::ServiceControl) => {
                Why::LevelsLack { layer, levels: self.lacking_levels(explanation, layer) }
            }
            DecidedBy::Layer(Layer::Session) if said(Layer::Session).is_none() => Why::NoSessionPolicy,
            DecidedBy::Layer(layer) => Why::LayerLacks { layer, policies: self.lacking_policies(explanation, layer) },
        })
    }

    /// The levels of a layer that do not allow the request.
    fn lacking_levels(&self, explanation: &Explanation, layer: Layer) -> Vec<&str> {
        let allowing: Vec<Option<&str>> = self.allowing(explanation, layer).map(|origin| origin.level).collect();
        self.policies.levels(layer).filter(|level| !allowing.contains(&Some(level))).collect()
    }

    /// The policies of a layer that do not allow the request.
    fn lacking_policies(&self, explanation: &Explanation, layer: Layer) -> Vec<&str> {
        let allowing: Vec<usize> = self.allowing(explanation, layer).map(|origin| origin.policy_index).collect();
        let policies = self.policies.policies().enumerate();
        let lacking = policies.filter(|(index, policy)| Layer::of(policy.kind()) == layer && !allowing.contains(index));
        lacking.map(|(_, policy)| policy.id().as_str()).collect()
    }

    /// The statements of a layer that allow the request.
    fn allowing(&self, explanation: &Explanation, layer: Layer) -> impl Iterator<Item = iameval::Origin<'_>> {
        let of_layer = explanation.statements.iter().filter(move |trace| trace.layer == layer);
        let allows = of_layer.filter(|trace| trace.applies.is_certain() && trace.effect == Effect::Allow);
        allows.filter_map(|trace| self.policies.origin(trace.id))
    }
}
