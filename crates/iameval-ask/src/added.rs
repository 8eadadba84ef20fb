//! Policies beside those of a world, or in their place.

use crate::posed::Attachment;
use iameval::{Layer, LayeredPolicies, PolicyKind, PolicySet, ServiceRules, Statement, StatementId};
use iameval_world::{Attached, Finding, LoadedPolicy, SituationPolicies, Via, assemble, level_name};
use std::sync::Arc;

/// Policies that are given beside those of a world, and layers that are left out. Of SCPs, RCPs, endpoint and resource
/// policies and boundaries, those that are given take the place of the world's.
#[derive(Debug, Clone, Default)]
pub struct AddedPolicies {
    placed: LayeredPolicies<Attached>,
    without: Vec<Layer>,
    gateway: bool,
    rules: RuleChoice,
}

/// Which rules of single services count.
#[derive(Debug, Clone, Default)]
enum RuleChoice {
    /// Those inside the program.
    #[default]
    Own,
    These(Arc<ServiceRules>),
    /// None: policies alone decide.
    None,
}

/// The layers of which there is one policy, or one list of levels: what is given takes the place of what the world has.
const REPLACED: [Layer; 5] =
    [Layer::ServiceControl, Layer::ResourceControl, Layer::Endpoint, Layer::Resource, Layer::PermissionsBoundary];

impl AddedPolicies {
    /// Nothing beside the world's.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a policy; an SCP joins the level that was begun last.
    pub fn add(&mut self, kind: PolicyKind, policy: Arc<LoadedPolicy>) {
        self.placed.add(kind, Attached { policy, via: Via::Flag });
    }

    /// Begins a level of SCPs, root first, account last. With any, the world's SCPs do not count.
    pub fn begin_scp_level(&mut self) {
        self.placed.begin_level(PolicyKind::ServiceControl, None);
    }

    /// Leaves out a layer.
    pub fn leave_out(&mut self, layer: Layer) {
        self.without.push(layer);
    }

    /// Whether a layer is left out.
    pub fn leaves_out_any(&self) -> bool {
        !self.without.is_empty()
    }

    /// Says that the endpoint whose policies are given is a gateway endpoint.
    pub fn through_gateway(&mut self) {
        self.gateway = true;
    }

    /// Decides by these rules of single services.
    pub fn decide_by(&mut self, rules: Arc<ServiceRules>) {
        self.rules = RuleChoice::These(rules);
    }

    /// Decides by policies alone, without rules of single services.
    pub fn without_service_rules(&mut self) {
        self.rules = RuleChoice::None;
    }

    /// Whether that layer is left out.
    pub(crate) fn leaves_out(&self, layer: Layer) -> bool {
        self.without.contains(&layer)
    }

    /// Whether there are policies of a kind.
    pub(crate) fn has(&self, kind: PolicyKind) -> bool {
        self.placed.iter().any(|placed| placed.kind == kind)
    }

    /// The policies of a situation with these beside them or in their place.
    pub(crate) fn beside(&self, of_world: &SituationPolicies) -> Result<Assembled, Vec<Finding>> {
        let replaced = |layer| REPLACED.contains(&layer) && self.placed.has_layer(layer);
        let mut placed = of_world.placed().clone();
        let gateway = self.gateway || placed.iter().any(|placed| placed.gateway);
        placed.retain_layers(|layer| !replaced(layer));
        let mut given = self.placed.clone();
        if gateway {
            given.through_gateway();
        }
        placed.append(given);
        placed.retain_layers(|layer| !self.without.contains(&layer));
        placed.name_levels(level_name);
        let policies = assemble(&placed)?;
        let policies = match &self.rules {
            RuleChoice::Own => policies,
            RuleChoice::These(rules) => policies.with_service_rules(rules.clone()),
            RuleChoice::None => policies.without_service_rules(),
        };
        let policies = match of_world.set().symbols() {
            Some(symbols) => policies.with_symbols(symbols.clone()),
            None => policies,
        };
        Ok(Assembled { policies, attachments: attachments(&placed) })
    }
}

/// Policies, and where each comes from.
#[derive(Debug, Clone)]
pub(crate) struct Assembled {
    pub(crate) policies: PolicySet,
    pub(crate) attachments: Arc<[Attachment]>,
}

impl Assembled {
    /// A statement as it was written.
    pub(crate) fn statement(&self, id: StatementId) -> Option<&Statement> {
        let origin = self.policies.origin(id)?;
        self.attachments.get(origin.policy_index)?.policy.document().statements().get(origin.statement_index)
    }
}

/// Where placed policies come from.
pub(crate) fn attachments(placed: &LayeredPolicies<Attached>) -> Arc<[Attachment]> {
    let attached = placed.iter().map(|placed| placed.policy);
    attached.map(|attached| Attachment { policy: attached.policy.clone(), via: Some(attached.via.clone()) }).collect()
}
