//! Which of the keys that were not given could change the decision, and between which decisions it can move: evaluation
//! with three truth values.
//!
//! An element whose check looked at a key that was not given is undecided, whatever came out of it; every other element
//! is certain. A statement is out when one element is certainly false, in when all are certainly true, and undecided
//! otherwise. From there the decision can only move in two ways: an undecided Deny makes it explicit, and undecided
//! Allows turn the best case into the worst one. So the answer may name a key too many and never one too few.

use super::service::{SESSION_KEYS, VIA_AWS_SERVICE};
use super::{Element, Evaluation, Layers, Observer, ServiceRule, Verdict};
use crate::certainty::Certainty;
use crate::compile::{ActionCheck, CompiledStatement, Fit, Strength};
use crate::context::{Context, Presence, View};
use crate::document::Effect;
use crate::layer::Layer;
use crate::name::ContextKey;
use crate::open::{Bounds, IdentitySide, OnResources, OpenStatement};
use crate::policy_set::{Group, Member, PolicySet, StatementId};
use crate::request::Request;
use crate::service_rules::ActionRule;
use crate::symbol::{Reader, Symbol};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

impl PolicySet {
    /// Between which decisions the request can move.
    pub fn bounds(&self, request: &Request, on: OnResources<'_>) -> Bounds {
        Evaluation::new(self, request).bounds(on, None)
    }

    /// The same with this in place of what the identity policies come to, so that those of many principals need not be
    /// put together. Keys that only identity policies depend on are not among those of the answer.
    pub fn bounds_beside(&self, request: &Request, on: OnResources<'_>, identity: IdentitySide) -> Bounds {
        Evaluation::new(self, request).bounds(on, Some(identity))
    }

    /// The statements that apply or may, whatever values the keys have that were not given.
    pub fn open_statements(&self, request: &Request, on: OnResources<'_>) -> Vec<OpenStatement> {
        Evaluation::new(self, request).open_statements(on)
    }
}

/// A context that remembers which keys were looked for and not given.
struct Tracking<'a> {
    context: &'a Context,
    not_given: RefCell<Vec<ContextKey>>,
}

impl View for Tracking<'_> {
    fn get(&self, key: &ContextKey) -> Presence<'_> {
        if !self.context.is_given(key) {
            self.not_given.borrow_mut().push(key.clone());
        }
        self.context.get(key)
    }
}

/// Whether a statement applies, as far as it can be said: how strongly its principal element matches, at least and at most.
pub(super) struct Truth {
    pub(super) fit: Fit,
    /// What it depends on.
    open: Open,
}

/// What is taken to be open.
#[derive(Clone, Copy)]
pub(super) struct Asked<'r> {
    on: OnResources<'r>,
    /// Whether keys that were not given may have any value.
    open_keys: bool,
}

impl Asked<'static> {
    /// Nothing but what symbols stand for.
    pub(super) const AS_GIVEN: Self = Self { on: OnResources::This, open_keys: false };
}

impl<'r> From<OnResources<'r>> for Asked<'r> {
    fn from(on: OnResources<'r>) -> Self {
        Self { on, open_keys: true }
    }
}

/// Takes the keys that each element looked for.
struct Elements<'t, 'c> {
    tracking: &'t Tracking<'c>,
    open_keys: bool,
    /// What stands for the resource element where the resource is open.
    resource: Option<OpenResource>,
    certainly_false: bool,
    keys: BTreeSet<ContextKey>,
}

/// Which resources a statement names of those that it may be about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenResource {
    None,
    Some,
    All,
}

impl Observer for Elements<'_, '_> {
    const ALL: bool = true;
    const TRACE: bool = true;

    fn element(&mut self, element: Element) {
        let mut keys = self.tracking.not_given.take();
        if !self.open_keys {
            keys.clear();
        }
        if let (Element::Resource(_), Some(open)) = (element, self.resource) {
            self.certainly_false |= open == OpenResource::None;
            return;
        }
        let (Element::Principal(holds) | Element::Action(holds) | Element::Resource(holds) | Element::Condition(holds)) =
            element;
        self.certainly_false |= keys.is_empty() && holds == Certainty::No;
        self.keys.extend(keys);
    }
}

/// What the statements come to in the worst case and in the best.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) worst: Layers,
    pub(super) best: Layers,
    /// What undecided Deny statements depend on.
    pub(super) of_denies: Open,
    /// What undecided Allow statements depend on.
    pub(super) of_allows: Open,
}

/// What is open.
#[derive(Default)]
pub(super) struct Open {
    keys: BTreeSet<ContextKey>,
    /// Whether the resource is open, and a statement names some resources but not all.
    on_resource: bool,
    pub(super) symbols: BTreeSet<Symbol>,
}

impl Open {
    fn add(&mut self, truths: Vec<Truth>) {
        for Truth { open, .. } in truths {
            self.keys.extend(open.keys);
            self.on_resource |= open.on_resource;
            self.symbols.extend(open.symbols);
        }
    }
}

impl Evaluation<'_> {
    pub(super) fn undecided_keys(&self) -> Vec<ContextKey> {
        if self.rule_before_policies().is_some() {
            return self.keys_of_rule().into_iter().collect();
        }
        let tally = self.tally(OnResources::This.into(), None);
        self.undecided(&tally).0.into_iter().collect()
    }

    fn bounds(&self, on: OnResources<'_>, identity: Option<IdentitySide>) -> Bounds {
        let tally = self.tally(on.into(), identity);
        let (mut keys, mut depends_on_resource) = self.undecided(&tally);
        let mut worst = self.conclude(tally.worst, Case::Worst);
        let mut best = self.conclude(tally.best, Case::Best);
        // What a rule decides is certain unless keys that were not given tell whether the rule applies.
        if let Some(rule) = self.rule_before_policies() {
            let by_rule = rule.verdict(Layers::default());
            let certain = self.keys_of_rule().is_empty();
            if certain {
                (keys, depends_on_resource) = (BTreeSet::new(), false);
            }
            if certain || by_rule.decision.is_allowed() {
                best = by_rule.clone();
            }
            if certain || !by_rule.decision.is_allowed() {
                worst = by_rule;
            }
        }
        Bounds {
            worst: worst.decision,
            best: best.decision,
            stopped_by: (!best.decision.is_allowed()).then_some(best.decided_by),
            keys: keys.into_iter().collect(),
            depends_on_resource,
            symbols: tally.of_denies.symbols.into_iter().chain(tally.of_allows.symbols).collect(),
        }
    }

    fn open_statements(&self, on: OnResources<'_>) -> Vec<OpenStatement> {
        let mut found = Vec::new();
        for group in self.groups() {
            for effect in [Effect::Deny, Effect::Allow] {
                if self.ignores(group.layer, effect) {
                    continue;
                }
                self.visit_open(group, effect, on, |member, id, statement| {
                    let Truth { fit, open } = self.truth(group, member, (id, statement), on.into());
                    if fit.most.is_none() {
                        return;
                    }
                    found.push(OpenStatement {
                        id,
                        effect,
                        layer: group.layer,
                        keys: open.keys.into_iter().collect(),
                        depends_on_resource: open.on_resource,
                        symbols: open.symbols.into_iter().collect(),
                    });
                });
            }
        }
        found.sort_by_key(|open| open.id);
        found.dedup_by_key(|open| open.id);
        found
    }

    pub(super) fn tally(&self, asked: Asked<'_>, identity: Option<IdentitySide>) -> Tally {
        let mut tally = Tally::default();
        for group in self.groups().filter(|group| identity.is_none() || group.layer != Layer::Identity) {
            if !self.ignores(group.layer, Effect::Allow) {
                let allows = self.group_truths(group, Effect::Allow, asked);
                let strongest = |of: fn(&Truth) -> Option<Strength>| allows.iter().filter_map(of).max();
                tally.worst.outcomes.admit(group.layer, strongest(|truth| truth.fit.least));
                tally.best.outcomes.admit(group.layer, strongest(|truth| truth.fit.most));
                tally.of_allows.add(allows);
            }
            if !self.ignores(group.layer, Effect::Deny) {
                let denies = self.group_truths(group, Effect::Deny, asked);
                tally.worst.denied[group.layer] |= denies.iter().any(|truth| truth.fit.most.is_some());
                tally.best.denied[group.layer] |= denies.iter().any(|truth| truth.fit.least.is_some());
                tally.of_denies.add(denies);
            }
        }
        if let Some(IdentitySide { allow, deny }) = identity.filter(|_| self.binds(Layer::Identity)) {
            let direct = |is: bool| is.then_some(Strength::Direct);
            tally.worst.outcomes.admit(Layer::Identity, direct(allow == Certainty::Yes));
            tally.best.outcomes.admit(Layer::Identity, direct(allow != Certainty::No));
            tally.worst.denied[Layer::Identity] |= deny != Certainty::No;
            tally.best.denied[Layer::Identity] |= deny == Certainty::Yes;
        }
        tally
    }

    /// The keys that could change the decision, and whether the resource could.
    fn undecided(&self, tally: &Tally) -> (BTreeSet<ContextKey>, bool) {
        if tally.best.denied.iter().any(|(_, denied)| *denied) {
            return (self.keys_of_rule(), false);
        }
        let mut keys = tally.of_denies.keys.clone();
        let mut on_resource = tally.of_denies.on_resource;
        let of_rule = self.keys_of_rule();
        let undecided = match self.rule_after_denies() {
            Some(rule) if rule.may_not_apply() => !of_rule.is_empty(),
            rule => rule.is_none(),
        };
        keys.extend(of_rule);
        let (worst, best) = (tally.worst.clone(), tally.best.clone());
        if undecided && self.compose(worst).decision != self.compose(best).decision {
            keys.extend(tally.of_allows.keys.iter().cloned());
            on_resource |= tally.of_allows.on_resource;
        }
        (keys, on_resource)
    }

    /// What follows from what the layers say in one case.
    fn conclude(&self, layers: Layers, case: Case) -> Verdict {
        if layers.denied.iter().any(|(_, denied)| *denied) {
            return Verdict::explicit_deny(layers);
        }
        match self.rule_after_denies() {
            Some(rule) if case == Case::Worst || !rule.may_not_apply() || self.keys_of_rule().is_empty() => {
                rule.verdict(layers)
            }
            None if case == Case::Worst && self.may_be_refused_for_credentials() => {
                ServiceRule::CredentialsCannotCall.verdict(layers)
            }
            _ => self.compose(layers),
        }
    }

    /// Whether the action is refused once a key that was not given says that the credentials are long-term ones (R-SVC-11).
    fn may_be_refused_for_credentials(&self) -> bool {
        self.has_live(ActionRule::RefusedToLongTermCredentials) && !self.keys_of_rule().is_empty()
    }

    /// With long-term credentials, which two keys tell, `sts:GetSessionToken` is exempt (R-SVC-06) and
    /// `sts:GetScopedCredentials` refused (R-SVC-11); what only services call is refused while one key is absent
    /// (R-SVC-25).
    pub(super) fn keys_of_rule(&self) -> BTreeSet<ContextKey> {
        use ActionRule::{AllowedWithLongTermCredentials, RefusedToLongTermCredentials};
        let context = &self.request.context;
        let about_credentials =
            self.has_live(AllowedWithLongTermCredentials) || self.has_live(RefusedToLongTermCredentials);
        let long_term = about_credentials
            && self.credentials_follow_from_context()
            && SESSION_KEYS.iter().all(|key| context.value(key).is_none());
        let mut keys: BTreeSet<ContextKey> = SESSION_KEYS.iter().filter(|_| long_term).cloned().collect();
        if self.has_live(ActionRule::ServiceCallersOnly) && self.request.principal.has_policies() {
            keys.insert(VIA_AWS_SERVICE.clone());
        }
        keys.retain(|key| !context.is_given(key));
        keys
    }

    fn group_truths(&self, group: &Group, effect: Effect, asked: Asked<'_>) -> Vec<Truth> {
        let mut truths = Vec::new();
        self.visit_open(group, effect, asked.on, |member, id, statement| {
            truths.push(self.truth(group, member, (id, statement), asked));
        });
        truths
    }

    /// The statements of that effect that may apply.
    fn visit_open(
        &self,
        group: &Group,
        effect: Effect,
        on: OnResources<'_>,
        mut visit: impl FnMut(&Member, StatementId, &CompiledStatement),
    ) {
        if self.set.symbols.is_some() {
            // The index knows no symbols.
            let statements = group.statements().filter(|(.., statement)| statement.effect == effect);
            statements.for_each(|(member, id, statement)| visit(member, id, statement));
            return;
        }
        if matches!(on, OnResources::Any(_)) {
            let about = |statement: &CompiledStatement| statement.effect == effect && statement.action(self.request);
            for (member, id, statement) in group.statements().filter(|(.., statement)| about(statement)) {
                visit(member, id, statement);
            }
            return;
        }
        // The index leaves out only what its action or the beginning of its resource rules out, which no key can
        // change: resources are indexed by the text before their first variable.
        for (first, index) in &group.indexes {
            let candidates = index.find(&self.request.action, &self.request.resource.text);
            let _ = candidates.visit(effect, |place, _| {
                if let Some((member, id, statement)) = group.find(*first, place) {
                    visit(member, id, statement);
                }
                ControlFlow::Continue(())
            });
        }
    }

    fn truth(
        &self,
        group: &Group,
        member: &Member,
        (id, statement): (StatementId, &CompiledStatement),
        Asked { on, open_keys }: Asked<'_>,
    ) -> Truth {
        let tracking = Tracking { context: &self.request.context, not_given: RefCell::default() };
        let resource = match on {
            OnResources::This => None,
            OnResources::Any(_) if !statement.names_resources() => Some(OpenResource::All),
            OnResources::Any(may_name) if may_name(id) => Some(OpenResource::Some),
            OnResources::Any(_) => Some(OpenResource::None),
        };
        let mut elements =
            Elements { tracking: &tracking, open_keys, resource, certainly_false: false, keys: BTreeSet::new() };
        let (mut fit, symbols) = match &self.set.symbols {
            None => {
                let applies = self.applies(group, member, statement, ActionCheck::Due, &tracking, &mut elements);
                (Fit { least: applies, most: applies }, BTreeSet::new())
            }
            Some(symbols) => self.fit(group, member, statement, &tracking, &Reader::new(symbols), &mut elements),
        };
        if elements.certainly_false {
            return Truth { fit: Fit { least: None, most: None }, open: Open::default() };
        }
        let on_resource = resource == Some(OpenResource::Some);
        if on_resource || !elements.keys.is_empty() {
            // Every undecided element may come out true, the principal at its strongest.
            fit = Fit { least: None, most: fit.most.or(Some(Strength::Direct)) };
        }
        Truth { fit, open: Open { keys: elements.keys, on_resource, symbols } }
    }
}

/// Which of the cases that are possible.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Worst,
    Best,
}

impl ServiceRule {
    /// Whether the rule applies only in requests with or without keys that may not be given.
    fn may_not_apply(self) -> bool {
        matches!(self, Self::ServiceCallersOnly | Self::CredentialsCannotCall)
    }
}
