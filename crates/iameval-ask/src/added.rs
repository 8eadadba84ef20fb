//! Policies beside those of a world, or in their place.

use crate::answer::Attachment;
use iameval::{Layer, PolicyKind, PolicySet, ServiceRules};
use iameval_world::{Attached, Finding, LevelNames, LoadedPolicy, PlacedPolicy, SituationPolicies, Via, assemble};
use std::sync::Arc;

/// Policies that are given beside those of a world, and layers that are left out. Of SCPs, RCPs, endpoint and resource
/// policies and boundaries, those that are given take the place of the world's.
#[derive(Debug, Clone, Default)]
pub struct AddedPolicies {
    placed: Vec<PlacedPolicy>,
    scp_levels: usize,
    without: Vec<Layer>,
    gateway: bool,
    rules: Rules,
}

/// Which rules of single services count.
#[derive(Debug, Clone, Default)]
enum Rules {
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

    /// Adds a policy; `level` is that of an SCP, from 0.
    pub fn add(&mut self, kind: PolicyKind, level: usize, policy: Arc<LoadedPolicy>) {
        let attached = Attached { policy, via: Via::Flag };
        self.placed.push(PlacedPolicy { kind, level, gateway: false, attached });
    }

    /// Says how many levels of SCPs there are, those without policies included. With any, the world's do not count.
    pub fn set_scp_levels(&mut self, levels: usize) {
        self.scp_levels = levels;
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
        self.rules = Rules::These(rules);
    }

    /// Decides by policies alone, without rules of single services.
    pub fn without_service_rules(&mut self) {
        self.rules = Rules::None;
    }

    /// Whether there are policies of a kind.
    pub(crate) fn has(&self, kind: PolicyKind) -> bool {
        self.placed.iter().any(|placed| placed.kind == kind)
    }

    /// The policies of a situation with these beside them or in their place.
    pub(crate) fn beside(&self, of_world: &SituationPolicies) -> Result<Assembled, Vec<Finding>> {
        let own = |layer| self.placed.iter().any(|placed| Layer::of(placed.kind) == layer);
        let own_scps = self.scp_levels > 0;
        let replaced = |layer| match layer {
            Layer::ServiceControl => own_scps,
            _ => REPLACED.contains(&layer) && own(layer),
        };
        let gateway = self.gateway || of_world.placed().iter().any(|placed| placed.gateway);
        let kept = of_world.placed().iter().filter(|placed| !replaced(Layer::of(placed.kind))).cloned();
        let given = self.placed.iter().map(|placed| PlacedPolicy { gateway, ..placed.clone() });
        let mut placed: Vec<PlacedPolicy> = kept.chain(given).collect();
        placed.retain(|placed| !self.without.contains(&Layer::of(placed.kind)));
        // A set numbers its policies by layer and level, and within one in the order they were added.
        placed.sort_by_key(|placed| (Layer::of(placed.kind), placed.level));
        let mut levels = of_world.levels().clone();
        if own_scps {
            levels.scps = LevelNames::numbered(self.scp_levels, 0).scps;
        }
        if replaced(Layer::ResourceControl) {
            levels.rcps.clear();
        }
        if self.without.contains(&Layer::ServiceControl) {
            levels.scps.clear();
        }
        let policies = assemble(&placed, &levels, |policy, kind| policy.compile(kind))?;
        let policies = match &self.rules {
            Rules::Own => policies,
            Rules::These(rules) => policies.with_rules(rules.clone()),
            Rules::None => policies.with_service_rules(false),
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

/// Where placed policies come from.
pub(crate) fn attachments(placed: &[PlacedPolicy]) -> Arc<[Attachment]> {
    let attached = placed.iter().map(|placed| &placed.attached);
    attached.map(|attached| Attachment { policy: attached.policy.clone(), via: Some(attached.via.clone()) }).collect()
}
