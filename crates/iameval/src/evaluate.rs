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
use crate::layer::Layer;
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
            None => evaluation.run(&mut ()).decision,
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
    /// Whether a permissions boundary is there and binds the request.
    has_boundary: bool,
    /// The rules of services that count and speak of the action.
    rules: ActionRules,
}

impl<'a> Evaluation<'a> {
    pub(crate) fn new(set: &'a PolicySet, request: &'a Request) -> Self {
        let same_account = request.is_same_account();
        let mut evaluation = Self { set, request, same_account, has_boundary: false, rules: set.rules.of(request) };
        evaluation.has_boundary =
            set.has_layer(Layer::PermissionsBoundary) && evaluation.binds(Layer::PermissionsBoundary);
        evaluation
    }

    pub(crate) fn run<O: Observer>(&self, observer: &mut O) -> Verdict {
        let mut layers = Layers::default();
        let before = self.rule_before_policies();
        if let Some(rule) = before
            && !O::ALL
        {
            return rule.verdict(layers);
        }
        for group in self.groups() {
            let denied = self.any(group, Effect::Deny, observer).is_some();
            layers.denied[group.layer] |= denied;
            if denied && !O::ALL {
                return Verdict::explicit_deny(layers);
            }
        }
        self.allows(&mut layers, observer);
        if let Some(rule) = before {
            return rule.verdict(layers);
        }
        if layers.denied.iter().any(|(_, denied)| *denied) {
            return Verdict::explicit_deny(layers);
        }
        if let Some(rule) = self.rule_after_denies() {
            return rule.verdict(layers);
        }
        self.compose(layers)
    }

    /// What follows where no Deny applies and no rule of a service decides.
    fn compose(&self, layers: Layers) -> Verdict {
        let (decision, decided_by) = self.facts().compose(layers.outcomes);
        Verdict { decision, decided_by, service_rule: None, layers }
    }

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

    /// What the Allow statements of each layer come to.
    fn allows<O: Observer>(&self, layers: &mut Layers, observer: &mut O) {
        for group in self.groups() {
            let strongest = self.any(group, Effect::Allow, observer);
            layers.outcomes.admit(group.layer, strongest);
            if group.layer.must_allow() && strongest.is_none() && !O::ALL {
                return;
            }
        }
    }

    /// The groups that bind this request (R-EVAL-01).
    pub(crate) fn groups(&self) -> impl Iterator<Item = &'a Group> {
        self.set.groups.iter().filter(|group| self.binds(group.layer))
    }

    /// Whether policies of that layer count for this request, if there are any.
    pub(crate) fn binds(&self, layer: Layer) -> bool {
        let principal = &self.request.principal;
        match layer {
            Layer::ServiceControl => principal.is_bound_by_scps() && !self.is_exempt_from_scps(),
            Layer::ResourceControl => {
                let exempt = self.request.resource.in_management_account || principal.is_service_linked_role();
                !exempt && !self.is_exempt_from_rcps()
            }
            Layer::Endpoint => true,
            Layer::Resource => self.resource_policy_takes_part(),
            Layer::Identity => principal.has_policies() && !self.is_root(),
            Layer::PermissionsBoundary => principal.has_policies() && !self.is_root(),
            // R-EVAL-14
            Layer::Session => principal.is_session(),
            // R-EVAL-13: a user and root are taken to act through a session.
            Layer::ScopeDown => principal.has_policies(),
        }
    }

    /// The strongest match of the statements of that effect which apply.
    fn any<O: Observer>(&self, group: &'a Group, effect: Effect, observer: &mut O) -> Option<Strength> {
        if self.ignores(group.layer, effect) {
            return None;
        }
        let mut strongest = None;
        let _ = self.candidates::<O>(group, effect, |member, id, statement, action_check| {
            let applies = self.applies(group, member, statement, action_check, &self.request.context, observer);
            let fit = Fit { least: applies, most: applies };
            observer.statement(Looked { id, statement, member, layer: group.layer, applies: fit });
            strongest = strongest.max(applies);
            let certain = applies == Some(Strength::Direct) || (effect == Effect::Deny && applies.is_some());
            if certain && !O::ALL { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        strongest
    }

    /// The statements of that effect that may apply.
    pub(crate) fn candidates<O: Observer>(
        &self,
        group: &'a Group,
        effect: Effect,
        mut visit: impl FnMut(&'a Member, StatementId, &'a CompiledStatement, ActionCheck) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if O::TRACE {
            for (member, id, statement) in group.statements().filter(|(.., statement)| statement.effect == effect) {
                visit(member, id, statement, ActionCheck::Due)?;
            }
            return ControlFlow::Continue(());
        }
        let (action, resource) = (&self.request.action, &*self.request.resource.text);
        let mut visit = |member: u32, statement: u32, action_check| {
            let Some(owner) = group.member(member) else { return ControlFlow::Continue(()) };
            let Some(compiled) = owner.policy.statements.get(statement as usize) else {
                return ControlFlow::Continue(());
            };
            let id = StatementId { policy: group.first + member, statement };
            visit(owner, id, compiled, action_check)
        };
        if let Some(merged) = &group.merged {
            return merged.index.candidates(effect, action, resource, |number, action_check| {
                match merged.statements.get(number as usize) {
                    Some(&(member, statement)) => visit(member, statement, action_check),
                    None => ControlFlow::Continue(()),
                }
            });
        }
        for (member, number) in group.members.iter().zip(0..) {
            let index = &member.policy.index;
            index.candidates(effect, action, resource, |statement, check| visit(number, statement, check))?;
        }
        ControlFlow::Continue(())
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
        let caller = self.caller(group, member, view);
        let scope = Scope { tables: &member.policy.tables, view, mode: self.set.mode };
        let mut all = true;
        let mut check = |holds: bool, element: fn(Certainty) -> Element| {
            observer.element(element(holds.into()));
            all &= holds;
            all || O::TRACE
        };
        let strength = statement.principal(member.policy.kind(), &caller);
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
            has_boundary: self.has_boundary && group.layer == Layer::Resource,
        }
    }
}

impl Verdict {
    fn explicit_deny(layers: Layers) -> Self {
        let first = layers.denied.iter().find(|(_, denied)| **denied);
        let decided_by = first.map_or(DecidedBy::None, |(layer, _)| DecidedBy::Layer(layer));
        Self { decision: Decision::ExplicitDeny, decided_by, service_rule: None, layers }
    }
}
