//! A refused call asked again of a world: whether the world refuses it for the reason that AWS gives.

use super::{DeniedCall, Suggestion, suggestion};
use crate::answer::Answer;
use crate::asker::Asker;
use crate::layer_outcome::LayerOutcome;
use crate::problem::Remark;
use crate::question::{Question, Refused, Tagged};
use iameval::{Context, ContextKey, Decision, Effect, Layer};
use iameval_world::{World, overlay};

/// A refused call, asked again of a world.
#[derive(Debug)]
#[non_exhaustive]
pub struct ExplainedDenial {
    /// What was read of it.
    pub call: DeniedCall,
    /// The answers: one for each resource, in order.
    pub answers: Vec<Answer>,
    /// The position of the answer that explains the refusal: the first that refuses as AWS says, else the first that refuses,
    /// else the first.
    pub telling: usize,
    /// Where this world differs from what AWS says; `None` where it refuses the call for the same reason.
    pub disagreement: Option<Disagreement>,
    /// The smallest statement that grants what is missing.
    pub suggestion: Option<Suggestion>,
    /// What is worth knowing about the question.
    pub remarks: Vec<Tagged<Remark>>,
}

/// Where a world differs from what AWS says about a refused call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disagreement {
    /// The world allows the call.
    Allowed {
        /// The layer that AWS names.
        layer: Option<Layer>,
        /// Whether the world has policies of that layer for this call.
        has_layer: bool,
    },
    /// The world refuses the call too, and not by the layer that AWS names, or not in the same way.
    OtherReason {
        /// The layer that AWS names.
        layer: Option<Layer>,
        /// Whether the world has policies of that layer for this call.
        has_layer: bool,
    },
    /// The world refuses the call as AWS says, and has no policy of the name that AWS tells.
    PolicyNotThere {
        /// The ARN.
        arn: String,
    },
    /// The policy that AWS names is there, and does not refuse the call.
    PolicyDoesNotDeny {
        /// Its name in the world.
        policy: String,
    },
}

impl Disagreement {
    /// A stable code, such as `other_reason`.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Allowed { .. } => "allowed",
            Self::OtherReason { .. } => "other_reason",
            Self::PolicyNotThere { .. } => "policy_not_there",
            Self::PolicyDoesNotDeny { .. } => "policy_does_not_deny",
        }
    }
}

impl ExplainedDenial {
    /// The answer that explains the refusal.
    pub fn answer(&self) -> Option<&Answer> {
        self.answers.get(self.telling)
    }

    /// Whether the world refuses the call, for the reason that AWS gives. A policy that AWS names and the world calls otherwise
    /// is no difference.
    pub fn is_reproduced(&self) -> bool {
        matches!(self.disagreement, None | Some(Disagreement::PolicyNotThere { .. }))
    }

    /// The keys that were not told and could change the answer, each with the reason why it cannot be known, where there is one.
    pub fn unknown(&self) -> Vec<(&ContextKey, Option<&str>)> {
        let undecided = self.answer().map(|answer| answer.undecided.as_slice()).unwrap_or_default();
        undecided.iter().map(|key| (key, self.call.why_untold(key))).collect()
    }
}

impl DeniedCall {
    /// Why no such input tells a key.
    fn why_untold(&self, key: &ContextKey) -> Option<&str> {
        let name = key.as_str().to_ascii_lowercase();
        let covers = |untold: &str| {
            let untold = untold.to_ascii_lowercase();
            untold.strip_suffix('*').map_or(untold == name, |beginning| name.starts_with(beginning))
        };
        self.untold.iter().find(|(untold, _)| covers(untold)).map(|(_, why)| why.as_str())
    }

    /// The question that the call was; `given` stands above what the input tells.
    pub fn question(&self, given: Question, world: &World) -> Question {
        let mut context: Context = self.context.clone();
        if !given.mfa.is_empty() {
            ["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"].into_iter().for_each(|key| context.remove(key));
        }
        overlay(&mut context, &given.context);
        let by_id = || {
            let id = self.vpc_endpoint.as_deref()?;
            let key = ContextKey::new("aws:SourceVpce");
            let is = |context: &Context| context.value(&key).is_some_and(|value| value.texts().eq([id]));
            world.endpoints().iter().find(|(_, endpoint)| is(&endpoint.context)).map(|(name, _)| name.clone())
        };
        Question {
            principal: given.principal.or_else(|| self.principal.clone()),
            actions: if given.actions.is_empty() { self.action.iter().cloned().collect() } else { given.actions },
            resources: if given.resources.is_empty() { self.resources.clone() } else { given.resources },
            resource_account: given.resource_account.or(self.resource_account),
            endpoint: given.endpoint.or_else(by_id),
            context,
            mfa: given.mfa,
        }
    }

    /// Asks the call again. `given` stands above what the input tells.
    ///
    /// # Errors
    /// Why the question cannot be asked.
    pub fn explain(self, given: Question, asker: &Asker<'_>) -> Result<ExplainedDenial, Refused> {
        let question = self.question(given, asker.world());
        let posed = asker.pose(&question)?;
        let catalogue = asker.catalogue();
        let answers: Vec<Answer> = posed.requests.into_iter().map(|posed| posed.answer(catalogue)).collect();
        let as_told = |answer: &Answer| disagreement(&self, answer, asker.world()).is_none();
        let refuses = |answer: &Answer| !answer.simulation.decision.is_allowed();
        let telling = answers.iter().position(as_told).or_else(|| answers.iter().position(refuses)).unwrap_or(0);
        let answer = answers.get(telling);
        let disagreement = answer.and_then(|answer| disagreement(&self, answer, asker.world()));
        let suggestion = answer.and_then(suggestion::smallest);
        Ok(ExplainedDenial { call: self, answers, telling, disagreement, suggestion, remarks: posed.remarks })
    }
}

/// Where an answer differs from what AWS says.
fn disagreement(call: &DeniedCall, answer: &Answer, world: &World) -> Option<Disagreement> {
    let simulation = &answer.simulation;
    let layers = answer.layers();
    let layer = call.layer;
    let has_layer = layer.is_some_and(|layer| layers[layer] != LayerOutcome::NotPresent);
    if simulation.decision.is_allowed() {
        return Some(Disagreement::Allowed { layer, has_layer });
    }
    let denies = |layer: Layer| {
        simulation.matched.iter().any(|matched| matched.effect == Effect::Deny && matched.layer == layer)
    };
    let is_explicit = simulation.decision == Decision::ExplicitDeny;
    let is_same = match (layer, call.explicit) {
        (None, None) => true,
        (None, Some(explicit)) => explicit == is_explicit,
        (Some(layer), Some(true)) => denies(layer),
        // A layer that is not there does not allow either; only where grants come from does that refuse.
        (Some(layer), Some(false)) => !is_explicit && lacks(layers[layer], layer),
        (Some(layer), None) => denies(layer) || (!is_explicit && lacks(layers[layer], layer)),
    };
    if !is_same {
        return Some(Disagreement::OtherReason { layer, has_layer });
    }
    let arn = call.policy_arn.as_deref()?;
    let name = arn.rsplit(['/', ':']).next().unwrap_or(arn);
    let is_named = |known: &str| known == name || known == arn || known.strip_prefix("aws:") == Some(name);
    let known = world.policies().iter().find(|known| is_named(&known.policy.name));
    match known {
        None => Some(Disagreement::PolicyNotThere { arn: arn.to_owned() }),
        Some(known) if call.explicit == Some(true) => {
            let own = &*known.policy.name;
            let deciding = answer.deciding().any(|placed| placed.origin.policy.as_str() == own);
            (!deciding).then(|| Disagreement::PolicyDoesNotDeny { policy: own.to_owned() })
        }
        Some(_) => None,
    }
}

/// Whether a layer does not allow where it would have to.
fn lacks(outcome: LayerOutcome, layer: Layer) -> bool {
    match outcome {
        LayerOutcome::Says(decision) => decision == Decision::ImplicitDeny,
        LayerOutcome::NotPresent => matches!(layer, Layer::Identity | Layer::Resource),
        LayerOutcome::DoesNotBind => false,
    }
}
