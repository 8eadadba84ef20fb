//! What a simulation found, with all that a renderer needs.

use crate::impossible::{impossible_keys, undecided_keys};
use crate::posed::{Attachment, PosedRequest, RequestSummary};
use crate::statement::{PlacedStatement, Places};
use iameval::analysis::Analysis;
use iameval::native::{SimulationRequest, WrittenPolicy};
use iameval::text::Position;
use iameval::{
    CompiledPolicy, ContextKey, DecidedBy, Decision, Effect, Explanation, Layer, Matched, Note, Origin, PolicyDocument,
    PolicySet, Request, Simulation, StatementId,
};
use iameval_data::{Catalogue, NeverThere};
use iameval_world::{LoadedPolicy, Source};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A question and its answer.
#[derive(Debug)]
pub struct Answer {
    /// What was asked.
    pub summary: RequestSummary,
    /// The policies that answered.
    pub policies: PolicySet,
    /// Where each of them came from, in the order of [`PolicySet::policies`].
    pub attachments: Arc<[Attachment]>,
    /// The request that was decided.
    pub request: Request,
    /// The decision and what it rests on.
    pub simulation: Simulation,
    /// Keys that were not given and could change the decision.
    pub undecided: Vec<ContextKey>,
    /// Keys that policies read, that were not given, and that no such request has.
    pub impossible: BTreeMap<ContextKey, NeverThere>,
    /// Layers of which the world cannot know the policies that bind the request.
    pub unknown_layers: Vec<Layer>,
    /// What the decision takes for granted.
    pub notes: Vec<Note>,
    /// Where its statements are.
    places: Places,
}

impl PosedRequest {
    /// The decision with everything that there is to say of it.
    pub fn answer(self, catalogue: &Catalogue) -> Answer {
        Answer::new(self, catalogue)
    }
}

impl Answer {
    /// Decides the request.
    pub(crate) fn new(posed: PosedRequest, catalogue: &Catalogue) -> Self {
        let PosedRequest { summary, policies, attachments, request, unknown_layers } = posed;
        Self {
            summary,
            simulation: policies.simulate(&request),
            undecided: undecided_keys(&policies, &request, catalogue),
            impossible: impossible_keys(&policies, &request, catalogue),
            notes: policies.notes(&request),
            places: Places::default(),
            policies,
            attachments,
            request,
            unknown_layers,
        }
    }

    /// Decides a native request, whose policies stand in a source. One that takes a policy set of an earlier line gets
    /// the policies that stand beside it only.
    pub fn of_native(simulation: &SimulationRequest, source: &Arc<Source>, catalogue: &Catalogue) -> Self {
        let policies = simulation.policy_set();
        let request = &simulation.request;
        let summary = RequestSummary { id: simulation.id.clone(), ..RequestSummary::of_request(request) };
        let attachment = |(compiled, written): (&Arc<CompiledPolicy>, &WrittenPolicy)| {
            let name = compiled.id().as_str();
            let source = match &written.text {
                Some(text) => Source::new(format!("{}, {name}", source.name), &**text),
                None => source.clone(),
            };
            let document = PolicyDocument::clone(&written.document);
            let policy = LoadedPolicy::from_document(name, &source, document);
            Attachment { policy: Arc::new(policy), via: None }
        };
        let attachments = policies.policies().zip(simulation.policies.documents()).map(attachment).collect();
        let request = request.clone();
        Self::new(PosedRequest { summary, policies, attachments, request, unknown_layers: Vec::new() }, catalogue)
    }

    /// The names of the policies that have a part in the decision and whose documents are not known.
    pub fn unknown_policies(&self) -> impl Iterator<Item = &str> {
        let unknown = self.attachments.iter().filter(|attachment| attachment.policy.is_unknown());
        unknown.map(|attachment| attachment.policy.name.as_str())
    }

    /// Every statement with every element.
    pub fn explain(&self) -> Explanation {
        self.policies.explain(&self.request)
    }

    /// What nearly happened, and what would change the decision.
    pub fn analyse(&self, explanation: &Explanation) -> Analysis {
        let document = |index: usize| self.attachments.get(index).map(|attachment| attachment.policy.document());
        let may_have = |key: &ContextKey| self.never_there(key).is_none();
        self.policies.analyse_explained(&self.request, explanation, document, may_have)
    }

    /// Why no such request has a key that policies read and that was not given.
    pub fn never_there(&self, key: &ContextKey) -> Option<NeverThere> {
        self.impossible.get(key).copied()
    }

    /// Line and column of a byte of a statement's source.
    pub(crate) fn position(&self, origin: &Origin<'_>, offset: u32) -> Option<Position> {
        self.places.position(&self.attachments, origin, offset)
    }

    /// The statements that made the decision.
    pub fn deciding(&self) -> impl Iterator<Item = PlacedStatement<'_>> {
        self.simulation.deciding().filter_map(|matched| self.place(matched.id))
    }

    /// Allow statements that a Deny outvoted, or Deny statements that a rule of the service did.
    pub(crate) fn outvoted(&self) -> impl Iterator<Item = PlacedStatement<'_>> {
        let grants = |layer| matches!(layer, Layer::Identity | Layer::Resource);
        let decided = (self.simulation.decision, self.simulation.decided_by);
        let outvoted = move |matched: &&Matched| match decided {
            (Decision::ExplicitDeny, _) => matched.effect == Effect::Allow && grants(matched.layer),
            (Decision::Allowed, DecidedBy::Service) => matched.effect == Effect::Deny,
            _ => false,
        };
        self.simulation.matched.iter().filter(outvoted).filter_map(|matched| self.place(matched.id))
    }

    /// What grants the request where another layer does not let it through.
    pub(crate) fn granted(&self) -> impl Iterator<Item = PlacedStatement<'_>> {
        let lacking = match (self.simulation.decision, self.simulation.decided_by) {
            (Decision::ImplicitDeny, DecidedBy::Layer(layer)) => Some(layer),
            _ => None,
        };
        let grants = |layer| matches!(layer, Layer::Identity | Layer::Resource);
        let granted = move |matched: &&Matched| {
            let elsewhere = lacking.is_some_and(|lacking| lacking != matched.layer);
            elsewhere && matched.effect == Effect::Allow && grants(matched.layer)
        };
        self.simulation.matched.iter().filter(granted).filter_map(|matched| self.place(matched.id))
    }

    /// Whether a statement with that Sid is among those that decided.
    pub fn is_decided_by(&self, sid: &str) -> bool {
        self.deciding().any(|placed| placed.origin.sid == Some(sid))
    }

    /// A statement of the policies that answered, with where it is.
    pub fn place(&self, id: StatementId) -> Option<PlacedStatement<'_>> {
        self.places.place(&self.policies, &self.attachments, id)
    }
}
