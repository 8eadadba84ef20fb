//! A refused call asked again of a world: whether the world refuses it for the reason that AWS gives.

use super::{DeniedCall, Exception, Suggestion, suggestion};
use crate::answer::Answer;
use crate::asker::Asker;
use crate::given::is_mfa_key;
use crate::layer_outcome::LayerOutcome;
use crate::problem::Remark;
use crate::question::{Question, Refused, Tagged};
use crate::statement::PlacedStatement;
use iameval::{Context, ContextKey, Decision, Effect, Layer, Mfa};
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
    /// What this world has of the policy that AWS names.
    pub named: Option<NamedPolicy>,
    /// The smallest statement that grants what is missing.
    pub suggestion: Option<Suggestion>,
    /// How the Deny that decides could let the call through.
    pub exceptions: Vec<Exception>,
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
    /// The policy that AWS names is there, and does not refuse the call.
    PolicyDoesNotDeny {
        /// Its name in the world.
        policy: String,
    },
}

/// What a world has of the policy that AWS names by its ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamedPolicy {
    /// A policy of this name.
    Here {
        /// Its name in the world.
        policy: String,
    },
    /// None of that name. The policies of a world may have other names than in AWS, so that this is no difference.
    NotByThatName,
    /// The ARN ends with an id, such as `p-2kgnabcd`, which tells no name.
    ById,
}

impl Disagreement {
    /// A stable code, such as `other_reason`.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Allowed { .. } => "allowed",
            Self::OtherReason { .. } => "other_reason",
            Self::PolicyDoesNotDeny { .. } => "policy_does_not_deny",
        }
    }
}

impl ExplainedDenial {
    /// The answer that explains the refusal.
    pub fn answer(&self) -> Option<&Answer> {
        self.answers.get(self.telling)
    }

    /// Whether the world refuses the call, for the reason that AWS gives.
    pub fn is_reproduced(&self) -> bool {
        self.disagreement.is_none()
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
            for key in ["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"] {
                context.remove(key);
            }
        }
        overlay(&mut context, &given.context);
        let by_id = || {
            let id = self.vpc_endpoint.as_deref()?;
            let key = ContextKey::new("aws:SourceVpce");
            let is = |context: &Context| context.value(&key).is_some_and(|value| value.texts().eq([id]));
            world.endpoints().iter().find(|(_, endpoint)| is(&endpoint.context)).map(|(name, _)| name.clone())
        };
        let has_resources = !given.resources.is_empty();
        Question {
            principal: given.principal.or_else(|| self.principal.clone()),
            actions: if given.actions.is_empty() { self.action.iter().cloned().collect() } else { given.actions },
            resources: if has_resources {
                given.resources
            } else {
                self.resources.iter().map(|resource| with_path(resource, world)).collect()
            },
            resource_account: given.resource_account.or(self.resource_account.filter(|_| !has_resources)),
            endpoint: given.endpoint.or_else(by_id),
            context,
            mfa: given.mfa,
        }
    }

    /// Asks the call again. `given` stands above what the input tells.
    ///
    /// # Errors
    /// Why the question cannot be asked.
    pub fn explain(mut self, given: &Question, asker: &Asker<'_>) -> Result<ExplainedDenial, Refused> {
        let world = asker.world();
        let question = self.question(given.clone(), world);
        self.settle(given, &question, world);
        let posed = asker.pose(&question)?;
        let catalogue = asker.catalogue();
        let answers: Vec<Answer> = posed.requests.into_iter().map(|posed| posed.answer(catalogue)).collect();
        let as_told = |answer: &Answer| disagreement(&self, answer, world).is_none();
        let refuses = |answer: &Answer| !answer.simulation.decision.is_allowed();
        let telling = answers.iter().position(as_told).or_else(|| answers.iter().position(refuses)).unwrap_or(0);
        let answer = answers.get(telling);
        Ok(ExplainedDenial {
            disagreement: answer.and_then(|answer| disagreement(&self, answer, world)),
            named: answer.and_then(|answer| named(&self, answer, world)),
            suggestion: answer.and_then(suggestion::smallest),
            exceptions: answer.map(suggestion::exceptions).unwrap_or_default(),
            call: self,
            telling,
            answers,
            remarks: posed.remarks,
        })
    }

    /// Brings what is told and what is assumed in line with what was asked: what was given by hand is told, and what the
    /// defaults of the world fill in is assumed.
    fn settle(&mut self, given: &Question, question: &Question, world: &World) {
        const MFA: &str = "aws:MultiFactorAuthPresent";
        let mut replaced: Vec<String> = given.context.iter().map(|(key, _)| key.as_str().to_owned()).collect();
        if !given.mfa.is_empty() {
            replaced.extend([MFA, "aws:MultiFactorAuthAge"].map(ToOwned::to_owned));
        }
        let is_replaced = |key: &str| replaced.iter().any(|other| other.eq_ignore_ascii_case(key));
        self.told.retain(|(key, _)| !is_replaced(key));
        self.assumed.retain(|(key, _)| !is_replaced(key));
        self.context = question.context.clone();
        if let [mfa] = given.mfa.as_slice() {
            match mfa {
                Mfa::True { .. } => self.context.insert(MFA, true),
                Mfa::False => self.context.insert(MFA, false),
                Mfa::Absent => self.context.insert_absent(MFA),
            }
            replaced.pop();
        } else if !given.mfa.is_empty() {
            replaced.truncate(replaced.len() - 2);
        }
        self.told.extend(replaced.into_iter().map(|key| (key, "given".to_owned())));
        let defaults = world.defaults();
        let mut assume = |key: &str, value: &str| {
            self.assumed.push((key.to_owned(), format!("{value}: a default of the world")));
        };
        if question.principal.is_none()
            && let Some(name) = &defaults.principal
        {
            assume("aws:PrincipalArn", name);
        }
        if let Some(mfa) =
            defaults.mfa.filter(|_| question.mfa.is_empty() && !question.context.iter().any(|(key, _)| is_mfa_key(key)))
        {
            assume(MFA, &mfa.to_string());
        }
        for (key, value) in defaults.context.iter().filter(|(key, _)| !question.context.is_given(key)) {
            let value = value.map_or_else(|| "absent".to_owned(), |value| value.texts().collect::<Vec<_>>().join(", "));
            assume(key.as_str(), &value);
        }
    }
}

/// IAM names users and roles without their paths; where the world has only one of that name it is that.
fn with_path(resource: &str, world: &World) -> String {
    let Some((kind, name)) = resource.rsplit_once('/') else { return resource.to_owned() };
    if !kind.contains(":iam::") || !(kind.ends_with(":user") || kind.ends_with(":role")) {
        return resource.to_owned();
    }
    let mut known = world.principals().values().filter_map(|known| known.principal().principal_arn()).filter(|arn| {
        arn.strip_prefix(kind).and_then(|rest| rest.strip_suffix(name)).is_some_and(|path| path.ends_with('/'))
    });
    match known.next() {
        Some(first) if known.all(|other| other == first) => first.to_owned(),
        _ => resource.to_owned(),
    }
}

/// What the world has of the policy that AWS names.
fn named(call: &DeniedCall, answer: &Answer, world: &World) -> Option<NamedPolicy> {
    let arn = call.policy_arn.as_deref()?;
    let deciding = answer.deciding().map(|placed| placed.origin.policy.as_str()).find(|policy| is_named(policy, arn));
    let known = || world.policies().iter().map(|known| &*known.policy.name).find(|policy| is_named(policy, arn));
    Some(match deciding.or_else(known) {
        Some(policy) => NamedPolicy::Here { policy: policy.to_owned() },
        None if arn.contains(":organizations:") && arn.contains("/p-") => NamedPolicy::ById,
        None => NamedPolicy::NotByThatName,
    })
}

/// Whether a policy of a world has the name that an ARN ends with.
fn is_named(policy: &str, arn: &str) -> bool {
    let name = arn.rsplit(['/', ':']).next().unwrap_or(arn);
    let has_path = || arn.strip_suffix(policy).is_some_and(|before| before.ends_with('/'));
    policy == name || policy == arn || has_path() || policy.strip_prefix("aws:") == Some(name)
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
    let named = named(call, answer, world)?;
    match named {
        NamedPolicy::Here { policy } if call.explicit == Some(true) => {
            let arn = call.policy_arn.as_deref().unwrap_or_default();
            let is_deciding = |placed: PlacedStatement<'_>| is_named(placed.origin.policy.as_str(), arn);
            (!answer.deciding().any(is_deciding)).then_some(Disagreement::PolicyDoesNotDeny { policy })
        }
        _ => None,
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
