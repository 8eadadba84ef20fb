//! Requests decided, and what of their simulation AWS tells.

use super::caller::Caller;
use super::fit::Fit;
use super::question::Question;
use super::result::{ActionResult, Details, Outcome, ResourceResult};
use super::source::{Sources, wire_type};
use super::{Shape, With, template};
use crate::fault::Fault;
use crate::policy_text::StatementPosition;
use iameval::symbol::{Symbol, Symbols};
use iameval::{
    AccountId, Action, Arn, Context, ContextKey, Decision, Effect, EvaluationMode, Layer, PolicyKind, PolicySet,
    Principal, Request, Simulation, StatementId, Undetermined, Version,
};
use std::collections::BTreeSet;
use std::ops::Range;

/// How much work a page may be: requests times the bytes of policies and the context keys. At worst it takes a second or two.
const MOST_WORK: usize = 250_000_000;
/// What a request costs beside that, in bytes.
const REQUEST: usize = 512;

/// A question with its policies.
pub(super) struct Evaluation<'a> {
    question: &'a Question<'a>,
    sources: &'a Sources,
    set: PolicySet,
    caller: Caller,
    with: With<'a>,
    context: Context,
    pub(super) missing: Vec<String>,
}

/// A statement as answers list it.
pub(super) struct ListedStatement<'a> {
    pub(super) id: &'a str,
    pub(super) kind: &'static str,
    pub(super) position: StatementPosition,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(
        question: &'a Question<'a>,
        sources: &'a Sources,
        set: PolicySet,
        caller: Caller,
        with: With<'a>,
    ) -> Self {
        let mut context = question.context.clone();
        for (key, value) in caller.defaults.iter() {
            if let Some(value) = value.filter(|_| !context.is_given(key)) {
                context.insert(key.as_str(), value.clone());
            }
        }
        let missing = missing(sources, &question.context);
        Self { question, sources, set, caller, with, context, missing }
    }

    /// The results of some of the actions.
    pub(super) fn results(&self, actions: Range<usize>) -> Result<Vec<ActionResult>, Fault> {
        let actions = self.question.actions.get(actions).unwrap_or_default();
        self.bounded(actions.len())?;
        let mut results = Vec::with_capacity(actions.len());
        for action in actions {
            self.action(action, &mut results)?;
        }
        Ok(results)
    }

    /// The statement of that id, where answers list it.
    pub(super) fn listed(&self, id: StatementId) -> Option<ListedStatement<'_>> {
        let origin = self.set.origin(id)?;
        let source = self.sources.get(origin.policy_index)?;
        let listed = source.policy.listed.as_ref()?;
        let position = listed.text.position(origin.statement_index)?;
        Some(ListedStatement { id: &listed.id, kind: wire_type(source.kind), position })
    }

    /// The account of who is simulated.
    fn account(&self) -> AccountId {
        let own = self.caller.principal.as_ref().and_then(Principal::account);
        own.unwrap_or(self.with.entities.account)
    }

    fn bounded(&self, actions: usize) -> Result<(), Fault> {
        let bytes: usize = self.sources.iter().map(|source| source.policy.length).sum();
        let requests = actions.saturating_mul(self.question.resources.len().max(1));
        let cost = bytes + 64 * self.context.iter().count() + REQUEST;
        if requests.saturating_mul(cost) <= MOST_WORK {
            return Ok(());
        }
        let message = format!(
            "The simulation is too large: {requests} decisions by policies of {bytes} bytes. Ask for fewer actions (MaxItems) or \
             resources in one call."
        );
        Err(Fault::invalid_input(message))
    }

    fn action(&self, action: &Action, results: &mut Vec<ActionResult>) -> Result<(), Fault> {
        let resources = &self.question.resources;
        let mut specific = Vec::with_capacity(resources.len());
        let mut organizations = None;
        let fit = Fit::of(action, self.with.catalogue);
        for resource in resources {
            let (outcome, allowed) = self.decided(action, resource, fit)?;
            organizations = organizations.map_or(allowed, |known| allowed.map(|allowed| known && allowed));
            specific.push(ResourceResult { resource: (*resource).to_owned(), outcome });
        }
        let name = action.as_str().to_owned();
        let Some(first) = resources.first().filter(|_| resources.iter().any(|resource| *resource != "*")) else {
            let (outcome, organizations) = self.decided(action, "*", fit)?;
            let resource_name = if resources.is_empty() {
                template::of_none(action, self.account(), self.with.catalogue)
            } else {
                "*".into()
            };
            let resources = Vec::new();
            results.push(ActionResult { action: name, resource_name, outcome, organizations, resources });
            return Ok(());
        };
        if self.with.shape == Shape::Compat2025 {
            results.extend(specific.into_iter().map(|one| ActionResult {
                action: name.clone(),
                resource_name: one.resource.clone(),
                outcome: one.outcome.clone(),
                organizations,
                resources: vec![one],
            }));
            return Ok(());
        }
        let resource_name = match resources.as_slice() {
            [single] => (*single).to_owned(),
            _ => template::of(action, first, self.with.catalogue),
        };
        if let Some(outcome) = Outcome::summary(specific.iter().map(|one| &one.outcome)) {
            results.push(ActionResult { action: name, resource_name, outcome, organizations, resources: specific });
        }
        Ok(())
    }

    /// What comes of one request, and whether the organization allows it.
    fn decided(&self, action: &Action, resource: &str, fit: Fit<'_>) -> Result<(Outcome, Option<bool>), Fault> {
        let request = self.request(action, resource);
        let simulation = self.set.simulate(&request);
        if let Some(undetermined) = &simulation.undetermined {
            return Err(self.undetermined(&request, undetermined));
        }
        let verdict = |layer| simulation.layers.iter().find(|verdict| verdict.layer == layer);
        let said = |layer| verdict(layer).and_then(|verdict| verdict.decision);
        let organizations = match verdict(Layer::ServiceControl) {
            Some(verdict) if verdict.unbound => Some(true),
            other => other.and_then(|verdict| verdict.decision).map(Decision::is_allowed),
        };
        let fits = self.with.mode == EvaluationMode::Live || resource == "*" || fit.takes(resource);
        let decision = if fits { simulation.decision } else { Decision::ImplicitDeny };
        let refused_above = organizations == Some(false);
        let is_across = !request.is_same_account();
        let details = match (resource, is_across) {
            ("*", false) => Details::Absent,
            (_, false) => Details::Empty,
            (_, true) if refused_above => Details::Absent,
            (_, true) => Details::Across {
                identity: said(Layer::Identity).unwrap_or(Decision::ImplicitDeny),
                resource: said(Layer::Resource).unwrap_or(Decision::ImplicitDeny),
                boundary: said(Layer::PermissionsBoundary),
            },
        };
        let matched = if refused_above || !fits { Vec::new() } else { Self::matched(decision, &simulation) };
        let outcome = Outcome {
            decision,
            matched,
            lists_missing: decision == Decision::ImplicitDeny && !refused_above,
            boundary: said(Layer::PermissionsBoundary).map(Decision::is_allowed),
            details,
        };
        Ok((outcome, organizations))
    }

    fn request(&self, action: &Action, resource: &str) -> Request {
        let mut builder = Request::builder(action.clone()).resource(resource).context(self.context.clone());
        if let Some(principal) = &self.caller.principal {
            builder = builder.principal(principal.clone());
        }
        let has_account = || resource.parse::<Arn>().is_ok_and(|arn| arn.account_id().is_some());
        if let Some(owner) = self.question.owner.filter(|_| resource != "*" && !has_account()) {
            builder = builder.resource_account(owner);
        }
        builder.build()
    }

    /// The statements that answers list (R-SIM-11, R-SIM-24). CHOICE: of those that allow, the boundary's are not among
    /// them: they grant nothing.
    fn matched(decision: Decision, simulation: &Simulation) -> Vec<StatementId> {
        let (effect, layers): (Effect, &[Layer]) = match decision {
            Decision::ExplicitDeny => (Effect::Deny, &[Layer::PermissionsBoundary, Layer::Identity, Layer::Resource]),
            Decision::Allowed => (Effect::Allow, &[Layer::Identity, Layer::Resource]),
            Decision::ImplicitDeny | Decision::Undetermined => return Vec::new(),
        };
        let of = |layer: &Layer| {
            let layer = *layer;
            simulation.matched.iter().filter(move |matched| matched.effect == effect && matched.layer == layer)
        };
        layers.iter().flat_map(of).map(|matched| matched.id).collect()
    }

    fn undetermined(&self, request: &Request, undetermined: &Undetermined) -> Fault {
        let listed = |said: &dyn Fn(&Symbols, Symbol) -> String| {
            let depends_on = undetermined.depends_on.iter().copied();
            let symbols = self.set.symbols();
            depends_on.filter_map(|symbol| Some(said(symbols?, symbol))).collect::<Vec<_>>().join(", ")
        };
        let message = format!(
            "The decision on {} is not determined: it depends on what is not known of the world: {}.",
            request.action().as_str(),
            listed(&|symbols, symbol| symbols.name(symbol).to_owned())
        );
        let settled = listed(&|symbols, symbol| symbols.settle(symbol).into_owned());
        Fault::invalid_input(message).with_detail(format!("settle it with {settled}"))
    }
}

/// The keys that statements read and no entry gives: those of identity, boundary and resource policies, spelled as there
/// (R-SIM-15).
fn missing(sources: &Sources, given: &Context) -> Vec<String> {
    let mut keys = BTreeSet::new();
    for source in sources.iter().filter(|source| source.kind != PolicyKind::ServiceControl) {
        let Some(listed) = &source.policy.listed else { continue };
        let document = &listed.text.document;
        let has_variables = document.version() == Some(Version::V2012);
        let read = document.key_uses().filter(|used| used.operator.is_some() || has_variables);
        keys.extend(read.map(|used| used.key).filter(|key| !given.is_given(&ContextKey::new(key))));
    }
    keys.into_iter().collect()
}
