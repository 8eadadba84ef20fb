//! The decision: which statements apply, what each layer says, and what follows (sections 10 to 14).
//!
//! There is one evaluator, generic over an observer. The silent one stops as soon as the decision is certain and
//! compiles to nothing; the others see every statement that matters, and come to the same decision.

mod analysis;
mod composition;
mod explain;
mod piece;
mod service;
mod simulate;
mod symbolic;

use crate::certainty::Certainty;
use crate::compile::{ActionCheck, CallerView, CompiledStatement, Fit, Strength};
use crate::condition::Scope;
use crate::context::View;
use crate::document::Effect;
use crate::layer::{Layer, LayerSet};
use crate::layers::{CallerKind, DecidedBy, Decision, Facts, LayerMap, LayerOutcomes};
use crate::policy_set::{Group, Member, PolicySet, StatementId};
use crate::principal::PrincipalKind;
use crate::request::Request;
use crate::service_rules::ActionRules;

use std::ops::ControlFlow;

pub use explain::{ConditionTrace, Explanation, StatementTrace};
pub use piece::Entries;
pub use service::{OrganizationAccounts, ServiceRule};
pub use simulate::{LayerVerdict, Matched, Note, Simulation};
pub use symbolic::Undetermined;

impl PolicySet {
    /// Decides a request. Allocates nothing and may stop at the first Deny, unless there are [symbols](crate::symbol).
    pub fn decide(&self, request: &Request) -> Decision {
        let evaluation = Evaluation::new(self, request);
        match &self.symbols {
            None => evaluation.decision(),
            Some(symbols) => evaluation.determine(symbols).verdict.decision,
        }
    }
}

/// Watches an evaluation.
pub(crate) trait Observer {
    /// Whether to go on when the decision is certain.
    const ALL: bool;
    /// Whether to look at statements that the index rules out, and to check every element of each.
    const TRACE: bool;

    /// A statement was looked at.
    fn statement(&mut self, _: Looked<'_>) {}
    /// An element of the statement that is being looked at was checked.
    fn element(&mut self, _: Element) {}
}

impl Observer for () {
    const ALL: bool = false;
    const TRACE: bool = false;
}

/// A statement after it was looked at.
pub(crate) struct Looked<'a> {
    pub(crate) id: StatementId,
    pub(crate) statement: &'a CompiledStatement,
    pub(crate) member: &'a Member,
    pub(crate) layer: Layer,
    /// Whether it applies, and how strongly its principal element matches.
    pub(crate) applies: Fit,
}

/// What an element said.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Element {
    Principal(Certainty),
    Action(Certainty),
    Resource(Certainty),
    Condition(Certainty),
}

/// The outcome of a run.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    pub(crate) decision: Decision,
    pub(crate) decided_by: DecidedBy,
    pub(crate) service_rule: Option<ServiceRule>,
    pub(crate) layers: Layers,
}

/// What the layers said; complete only when everything was looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layers {
    pub(crate) outcomes: LayerOutcomes,
    pub(crate) denied: LayerMap<bool>,
}

/// One request against one set.
pub(crate) struct Evaluation<'a> {
    pub(crate) set: &'a PolicySet,
    pub(crate) request: &'a Request,
    same_account: bool,
    /// The rules of services that count and speak of the action.
    rules: ActionRules,
    /// Whether a rule of a service may speak of the request.
    may_meet_rules: bool,
    /// The layers whose policies count for this request, if there are any (R-EVAL-01).
    bound_by: LayerSet,
}

/// What decides.
enum Conclusion {
    /// A rule of a service.
    Rule(ServiceRule),
    /// A Deny.
    Denied,
    /// What the layers allow.
    Composed,
}

/// What the statements of a group come to.
#[derive(Default)]
struct Found {
    /// Whether one denies.
    denied: bool,
    /// The strongest match of those that allow.
    allowed: Option<Strength>,
}

impl Found {
    fn add(&mut self, effect: Effect, applies: Option<Strength>) {
        match effect {
            Effect::Deny => self.denied |= applies.is_some(),
            Effect::Allow => self.allowed = self.allowed.max(applies),
        }
    }

    /// Whether further statements of that effect change nothing.
    fn is_certain(&self, effect: Effect) -> bool {
        match effect {
            Effect::Deny => self.denied,
            Effect::Allow => self.allowed == Some(Strength::Direct),
        }
    }
}

impl<'a> Evaluation<'a> {
    #[inline]
    pub(crate) fn new(set: &'a PolicySet, request: &'a Request) -> Self {
        let rules = set.rules.of(request);
        let may_meet_rules = request.may_meet_rules || !rules.is_empty();
        let (same_account, bound_by) = (request.is_same_account, request.bound_by);
        let mut evaluation = Self { set, request, same_account, rules, may_meet_rules, bound_by };
        if may_meet_rules {
            evaluation.leave_out_layers();
        }
        evaluation
    }

    /// Few requests meet such a rule.
    #[cold]
    fn leave_out_layers(&mut self) {
        for layer in [Layer::ServiceControl, Layer::ResourceControl, Layer::Resource] {
            if self.set.has_layer(layer) && self.leaves_out(layer) {
                self.bound_by = self.bound_by.without(layer);
            }
        }
    }

    /// What is decided, and nothing else.
    fn decision(&self) -> Decision {
        let mut layers = Layers::default();
        match self.what_decides(&mut layers, &mut ()) {
            Conclusion::Rule(rule) => rule.decision(),
            Conclusion::Denied => Decision::ExplicitDeny,
            Conclusion::Composed if self.facts().allows(layers.outcomes) => Decision::Allowed,
            Conclusion::Composed => Decision::ImplicitDeny,
        }
    }

    pub(crate) fn run<O: Observer>(&self, observer: &mut O) -> Verdict {
        let mut layers = Layers::default();
        match self.what_decides(&mut layers, observer) {
            Conclusion::Rule(rule) => rule.verdict(layers),
            Conclusion::Denied => Verdict::explicit_deny(layers),
            Conclusion::Composed => self.compose(layers),
        }
    }

    /// What decides, and what the layers say as far as that was looked at.
    fn what_decides<O: Observer>(&self, layers: &mut Layers, observer: &mut O) -> Conclusion {
        let before = self.rule_before_policies();
        if let Some(rule) = before
            && !O::ALL
        {
            return Conclusion::Rule(rule);
        }
        // Whether it matters what is allowed: no Allow makes up for one that is missing where it must be.
        let mut may_be_allowed = true;
        for group in self.groups() {
            let found = self.look_through(group, may_be_allowed, observer);
            layers.denied[group.layer] |= found.denied;
            if found.denied && !O::ALL {
                return Conclusion::Denied;
            }
            layers.outcomes.admit(group.layer, found.allowed);
            may_be_allowed &= O::ALL || found.allowed.is_some() || !group.layer.must_allow();
        }
        if let Some(rule) = before {
            return Conclusion::Rule(rule);
        }
        if O::ALL && layers.denied.iter().any(|(_, denied)| *denied) {
            return Conclusion::Denied;
        }
        self.rule_after_denies().map_or(Conclusion::Composed, Conclusion::Rule)
    }

    /// What follows where no Deny applies and no rule of a service decides.
    fn compose(&self, layers: Layers) -> Verdict {
        let (decision, decided_by) = self.facts().compose(layers.outcomes);
        Verdict { decision, decided_by, service_rule: None, layers }
    }

    #[inline]
    fn facts(&self) -> Facts {
        let caller = match self.request.principal.kind {
            PrincipalKind::Root { assumed: true, .. } => CallerKind::AssumedRoot,
            PrincipalKind::Root { .. } => CallerKind::Root,
            PrincipalKind::FederatedUser { .. } => CallerKind::FederatedUser,
            _ if self.request.principal.has_policies() => CallerKind::Entity,
            _ => CallerKind::Bare,
        };
        Facts { caller, same_account: self.same_account, resource_side: self.resource_side(), mode: self.set.mode }
    }

    /// The groups that bind this request.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &'a Group> {
        self.set.groups.iter().filter(|group| self.binds(group.layer))
    }

    /// Whether policies of that layer count for this request, if there are any.
    pub(crate) fn binds(&self, layer: Layer) -> bool {
        self.bound_by.has(layer)
    }

    /// What the statements of a group come to; those that allow only where that matters.
    fn look_through<O: Observer>(&self, group: &'a Group, may_be_allowed: bool, observer: &mut O) -> Found {
        let mut found = Found::default();
        let denies_count = !self.ignores(group.layer, Effect::Deny);
        let allows_count = may_be_allowed && !self.ignores(group.layer, Effect::Allow);
        if O::TRACE {
            for (member, id, statement) in group.statements() {
                let counts = if statement.effect == Effect::Deny { denies_count } else { allows_count };
                if counts {
                    let looked_at = (member, id, statement);
                    found.add(statement.effect, self.look_at(group, looked_at, ActionCheck::Due, observer));
                }
            }
            return found;
        }
        for (first, index) in &group.indexes {
            let candidates = index.find(&self.request.action, &self.request.resource.text);
            let mut look = |effect, place, action_check| {
                if let Some(looked_at) = group.find(*first, place) {
                    found.add(effect, self.look_at(group, looked_at, action_check, observer));
                }
                if found.is_certain(effect) && !O::ALL { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            if denies_count
                && candidates.visit(Effect::Deny, |place, check| look(Effect::Deny, place, check)).is_break()
            {
                return found;
            }
            if allows_count {
                let _ = candidates.visit(Effect::Allow, |place, check| look(Effect::Allow, place, check));
            }
        }
        found
    }

    /// Whether a statement applies; the observer is told.
    fn look_at<O: Observer>(
        &self,
        group: &Group,
        (member, id, statement): (&Member, StatementId, &CompiledStatement),
        action_check: ActionCheck,
        observer: &mut O,
    ) -> Option<Strength> {
        let applies = self.applies(group, member, statement, action_check, &self.request.context, observer);
        let fit = Fit { least: applies, most: applies };
        observer.statement(Looked { id, statement, member, layer: group.layer, applies: fit });
        applies
    }

    /// Whether a statement applies to the request (R-MODEL-02).
    pub(crate) fn applies<O: Observer, V: View>(
        &self,
        group: &Group,
        member: &Member,
        statement: &CompiledStatement,
        action_check: ActionCheck,
        view: &V,
        observer: &mut O,
    ) -> Option<Strength> {
        let scope = Scope { tables: &member.policy.tables, view, mode: self.set.mode };
        let mut all = true;
        let mut check = |holds: bool, element: fn(Certainty) -> Element| {
            observer.element(element(holds.into()));
            all &= holds;
            all || O::TRACE
        };
        let strength = statement.principal(|| self.caller(group, member, view));
        let go_on = check(strength.is_some(), Element::Principal)
            && check(action_check == ActionCheck::Passed || statement.action(self.request), Element::Action)
            && check(statement.resource(self.request, &scope), Element::Resource)
            && statement.conditions.iter().all(|condition| check(condition.is_satisfied(&scope), Element::Condition));
        if go_on && all { strength } else { None }
    }

    /// The caller as the principal elements of a policy see it.
    pub(crate) fn caller<'c, V>(&'c self, group: &Group, member: &Member, view: &'c V) -> CallerView<'c, V> {
        CallerView {
            principal: &self.request.principal,
            view,
            gateway: member.gateway,
            has_boundary: group.layer == Layer::Resource && self.has_boundary(),
        }
    }

    /// Whether a permissions boundary is there and binds the request.
    fn has_boundary(&self) -> bool {
        self.set.has_layer(Layer::PermissionsBoundary) && self.binds(Layer::PermissionsBoundary)
    }
}

impl Verdict {
    fn explicit_deny(layers: Layers) -> Self {
        let first = layers.denied.iter().find(|(_, denied)| **denied);
        let decided_by = first.map_or(DecidedBy::None, |(layer, _)| DecidedBy::Layer(layer));
        Self { decision: Decision::ExplicitDeny, decided_by, service_rule: None, layers }
    }
}
