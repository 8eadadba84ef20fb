//! An answer read through: everything that there is to say of it, as enums and ids. Renderers spell it.

use crate::answer::Answer;
use crate::layer_outcome::LayerOutcome;
use crate::mark::Mark;
use crate::note::AnswerNote;
use crate::statement::PlacedStatement;
use crate::unsettled::Unsettled;
use crate::why::Why;
use iameval::analysis::{Flip, NearMiss};
use iameval::layers::LayerMap;
use iameval::{AccountId, ContextKey, DecidedBy, Decision, Effect, Explanation, Layer, Mfa, PrincipalClass};

/// Everything that there is to say of an answer. [`Answer::read`] gives one.
#[derive(Debug)]
#[non_exhaustive]
pub struct Reading<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// The decision.
    pub decision: Decision,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// Why, where no statement says it by itself.
    pub why: Option<Why<'a>>,
    /// What the decision depends on, where it is undetermined.
    pub unsettled: Option<Unsettled<'a>>,
    /// The statements that decided, with what makes them apply.
    pub deciding: Vec<CitedStatement<'a>>,
    /// Allow statements that a Deny outvoted, or Deny statements that a rule of the service did.
    pub outvoted: Vec<PlacedStatement<'a>>,
    /// What grants the request where another layer does not let it through.
    pub granted: Vec<PlacedStatement<'a>>,
    /// Deny statements that are about the action and do not apply because of one element.
    pub exempt: Vec<MissedStatement<'a>>,
    /// How many more such Deny statements there are.
    pub further_exempt: usize,
    /// Allow statements that nearly applied, best first.
    pub near_misses: Vec<MissedStatement<'a>>,
    /// What each layer says.
    pub layers: LayerMap<LayerOutcome>,
    /// Both sides of a request across accounts; `None` within one account, and for callers without policies.
    pub sides: Option<Sides>,
    /// What would change the decision.
    pub flips: Flips,
    /// Keys that were not given and could change the decision.
    pub not_given: &'a [ContextKey],
    /// Keys that policies read and that are known to be absent.
    pub absent: Vec<&'a ContextKey>,
    /// What the decision takes for granted.
    pub notes: Vec<AnswerNote<'a>>,
    /// Every statement with every element.
    pub explanation: Explanation,
}

/// A statement, and the places in it that make it apply.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CitedStatement<'a> {
    /// The statement.
    pub statement: PlacedStatement<'a>,
    /// The places, with what there is to say of each.
    pub marks: Vec<Mark>,
}

/// A statement that nearly applied.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MissedStatement<'a> {
    /// The statement.
    pub statement: PlacedStatement<'a>,
    /// Its effect.
    pub effect: Effect,
    /// The elements that do not match, in the order principal, action, resource, conditions.
    pub missed: Vec<Mark>,
    /// The decision with every change that the missed conditions want, where that is known.
    pub decision_then: Option<Decision>,
}

/// Both sides of a request across accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sides {
    /// The account of the caller, where it is known.
    pub caller_account: Option<AccountId>,
    /// The account of the resource, where it is known.
    pub resource_account: Option<AccountId>,
    /// What the identity side says: the identity policies, or, of a root user, that it may do everything.
    pub identity: LayerOutcome,
    /// What the resource policy says.
    pub resource: LayerOutcome,
    /// Which of the sides must allow the request.
    pub needed: Needed,
}

/// Which sides of a request across accounts must allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Needed {
    /// Both.
    Both,
    /// The identity side: the action needs nothing from the resource's.
    Identity,
    /// Neither: a rule of the service decides.
    Neither,
}

impl Needed {
    /// A stable code, such as `both`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Identity => "identity",
            Self::Neither => "neither",
        }
    }
}

/// What would change the decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flips {
    /// The decision in each other state of multi-factor authentication, where some policy reads it.
    pub mfa: Vec<MfaFlip>,
    /// Changes of one other context key that turn the decision from allowed to denied or back, one a key.
    pub context: Vec<Flip>,
}

/// The decision in another state of multi-factor authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MfaFlip {
    /// The state.
    pub mfa: Mfa,
    /// The decision then.
    pub decision: Decision,
    /// Whether a Deny then applies because `IfExists` also matches a missing key.
    pub absence_matches: bool,
}

impl Answer {
    /// Works out everything that there is to say of the answer.
    pub fn read(&self) -> Reading<'_> {
        let explanation = self.explain();
        let analysis = self.analyse(&explanation);
        let layers = self.layers();
        let cite = |statement| CitedStatement { marks: self.why_it_applies(&statement), statement };
        let missed = |misses: &[NearMiss]| misses.iter().filter_map(|miss| self.missed_statement(miss)).collect();
        let mfa = analysis.mfa.iter().map(|&(mfa, decision)| MfaFlip {
            mfa,
            decision,
            absence_matches: mfa == Mfa::Absent && decision == Decision::ExplicitDeny && self.absence_matches(),
        });
        Reading {
            answer: self,
            decision: self.simulation.decision,
            decided_by: self.simulation.decided_by,
            why: self.why_explained(&explanation, layers),
            unsettled: self.unsettled(&explanation),
            deciding: self.deciding().map(cite).collect(),
            outvoted: self.outvoted().collect(),
            granted: self.granted().collect(),
            exempt: missed(&analysis.exempted),
            further_exempt: analysis.further_exempted,
            near_misses: missed(&analysis.near_misses),
            sides: self.sides(layers),
            layers,
            flips: Flips { mfa: mfa.collect(), context: analysis.flips },
            not_given: &self.undecided,
            absent: self.absent_keys(),
            notes: self.answer_notes().collect(),
            explanation,
        }
    }

    /// What each layer says.
    pub fn layers(&self) -> LayerMap<LayerOutcome> {
        let verdicts = &self.simulation.layers;
        LayerMap::from_fn(|layer| {
            let verdict = verdicts.iter().find(|verdict| verdict.layer == layer);
            verdict.map_or(LayerOutcome::NotPresent, LayerOutcome::from)
        })
    }

    fn missed_statement(&self, miss: &NearMiss) -> Option<MissedStatement<'_>> {
        let statement = self.place(miss.id)?;
        let missed = miss.missed.iter().filter_map(|missed| self.why_it_misses(missed, &statement)).collect();
        Some(MissedStatement { statement, effect: miss.effect, missed, decision_then: miss.decision_then })
    }

    fn sides(&self, layers: LayerMap<LayerOutcome>) -> Option<Sides> {
        let caller = self.request.principal();
        if self.request.is_same_account() || !caller.has_policies() {
            return None;
        }
        Some(Sides {
            caller_account: caller.account(),
            resource_account: self.request.resource_account(),
            // The root user may do everything on its account's side, without a policy.
            identity: match layers[Layer::Identity] {
                LayerOutcome::Says(Decision::ExplicitDeny) => LayerOutcome::Says(Decision::ExplicitDeny),
                _ if caller.class() == Some(PrincipalClass::Root) => LayerOutcome::Says(Decision::Allowed),
                outcome => outcome,
            },
            resource: layers[Layer::Resource],
            needed: match self.simulation.service_rule {
                Some(_) => Needed::Neither,
                None if self.simulation.needs_resource_policy => Needed::Both,
                None => Needed::Identity,
            },
        })
    }

    /// Whether, without the MFA key, a Deny applies whose condition on it has `IfExists`.
    fn absence_matches(&self) -> bool {
        let matched = self.policies.simulate(&self.request.with_mfa(Mfa::Absent)).matched;
        let denies = matched.iter().filter(|matched| matched.effect == Effect::Deny);
        denies.filter_map(|matched| self.place(matched.id)?.statement).any(|statement| {
            let mut tests = statement.tests();
            tests.any(|(operator, test)| {
                operator.if_exists && test.key().to_ascii_lowercase().starts_with("aws:multifactorauth")
            })
        })
    }

    /// The keys that policies read and that are known to be absent.
    fn absent_keys(&self) -> Vec<&ContextKey> {
        let context = self.request.context();
        let read = self.policies.context_keys();
        read.filter(|key| context.is_given(key) && context.value(key).is_none()).collect()
    }

    fn answer_notes(&self) -> impl Iterator<Item = AnswerNote<'_>> {
        let unknown = self.unknown_policies().map(|policy| AnswerNote::PolicyUnknown { policy });
        let is_open = self.simulation.decision.is_allowed() && !self.unknown_layers.is_empty();
        let layers = is_open.then_some(AnswerNote::LayersUnknown { layers: &self.unknown_layers });
        self.notes.iter().map(AnswerNote::Engine).chain(unknown).chain(layers)
    }
}
