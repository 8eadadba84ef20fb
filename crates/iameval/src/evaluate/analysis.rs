//! Which of the keys that were not given could change the decision, and between which decisions it can move: evaluation
//! with three truth values.
//!
//! An element whose check looked at a key that was not given is undecided, whatever came out of it; every other element
//! is certain. A statement is out when one element is certainly false, in when all are certainly true, and undecided
//! otherwise. From there the decision can only move in two ways: an undecided Deny makes it explicit, and undecided
//! Allows turn the best case into the worst one. So the answer may name a key too many and never one too few.

use super::service::{SESSION_KEYS, VIA_AWS_SERVICE};
use super::{Element, Evaluation, Layers, Observer, ServiceRule, Verdict};
use crate::compile::{ActionCheck, CompiledStatement, Strength};
use crate::context::{Context, Presence, View};
use crate::document::Effect;
use crate::layer::Layer;
use crate::name::ContextKey;
use crate::open::{Bounds, Certainty, IdentitySide, OnResources, OpenStatement};
use crate::policy_set::{Group, Member, PolicySet, StatementId};
use crate::request::Request;
use crate::service_rules::ActionRule;
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

/// Whether a statement applies, as far as it can be said.
enum Truth {
    No,
    Yes(Strength),
    Depends(Dependence),
}

/// What it depends on whether a statement applies.
struct Dependence {
    keys: BTreeSet<ContextKey>,
    /// Whether the resource is open, and the statement names some resources but not all.
    on_resource: bool,
    /// That of the principal element, if it matches.
    strength: Strength,
}

/// Takes the keys that each element looked for.
struct Elements<'t, 'c> {
    tracking: &'t Tracking<'c>,
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
        let keys = self.tracking.not_given.take();
        if let (Element::Resource(_), Some(open)) = (element, self.resource) {
            self.certainly_false |= open == OpenResource::None;
            return;
        }
        let (Element::Principal(holds) | Element::Action(holds) | Element::Resource(holds) | Element::Condition(holds)) =
            element;
        self.certainly_false |= keys.is_empty() && !holds;
        self.keys.extend(keys);
    }
}

/// What the statements come to in the worst case and in the best.
#[derive(Default)]
struct Tally {
    worst: Layers,
    best: Layers,
    /// What undecided Deny statements depend on.
    of_denies: Open,
    /// What undecided Allow statements depend on.
    of_allows: Open,
}

/// What is open.
#[derive(Default)]
struct Open {
    keys: BTreeSet<ContextKey>,
    on_resource: bool,
}

impl Open {
    fn add(&mut self, truths: Vec<Truth>) {
        for truth in truths {
            if let Truth::Depends(dependence) = truth {
                self.keys.extend(dependence.keys);
                self.on_resource |= dependence.on_resource;
            }
        }
    }
}

impl Evaluation<'_> {
    pub(super) fn undecided_keys(&self) -> Vec<ContextKey> {
        if self.rule_before_policies().is_some() {
            return self.keys_of_rule().into_iter().collect();
        }
        let tally = self.tally(OnResources::This, None);
        self.undecided(&tally).0.into_iter().collect()
    }

    fn bounds(&self, on: OnResources<'_>, identity: Option<IdentitySide>) -> Bounds {
        let tally = self.tally(on, identity);
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
                    let (keys, depends_on_resource) = match self.truth(group, member, (id, statement), on) {
                        Truth::No => return,
                        Truth::Yes(_) => (Vec::new(), false),
                        Truth::Depends(open) => (open.keys.into_iter().collect(), open.on_resource),
                    };
                    found.push(OpenStatement { id, effect, layer: group.layer, keys, depends_on_resource });
                });
            }
        }
        found.sort_by_key(|open| open.id);
        found.dedup_by_key(|open| open.id);
        found
    }

    fn tally(&self, on: OnResources<'_>, identity: Option<IdentitySide>) -> Tally {
        let mut tally = Tally::default();
        for group in self.groups().filter(|group| identity.is_none() || group.layer != Layer::Identity) {
            if !self.ignores(group.layer, Effect::Allow) {
                let allows = self.group_truths(group, Effect::Allow, on);
                tally.worst.outcomes.admit(group.layer, strongest(&allows, |truth| matches!(truth, Truth::Yes(_))));
                tally.best.outcomes.admit(group.layer, strongest(&allows, |_| true));
                tally.of_allows.add(allows);
            }
            if !self.ignores(group.layer, Effect::Deny) {
                let denies = self.group_truths(group, Effect::Deny, on);
                tally.worst.denied[group.layer] |= denies.iter().any(|truth| !matches!(truth, Truth::No));
                tally.best.denied[group.layer] |= denies.iter().any(|truth| matches!(truth, Truth::Yes(_)));
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

    fn group_truths(&self, group: &Group, effect: Effect, on: OnResources<'_>) -> Vec<Truth> {
        let mut truths = Vec::new();
        self.visit_open(group, effect, on, |member, id, statement| {
            truths.push(self.truth(group, member, (id, statement), on));
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
        if matches!(on, OnResources::Any(_)) {
            let about = |statement: &CompiledStatement| statement.effect == effect && statement.action(self.request);
            for (member, id, statement) in group.statements().filter(|(.., statement)| about(statement)) {
                visit(member, id, statement);
            }
            return;
        }
        // The index leaves out only what its action or the beginning of its resource rules out, which no key can
        // change: resources are indexed by the text before their first variable.
        let _ = self.candidates::<()>(group, effect, |member, id, statement, _| {
            visit(member, id, statement);
            ControlFlow::Continue(())
        });
    }

    fn truth(
        &self,
        group: &Group,
        member: &Member,
        (id, statement): (StatementId, &CompiledStatement),
        on: OnResources<'_>,
    ) -> Truth {
        let tracking = Tracking { context: &self.request.context, not_given: RefCell::default() };
        let resource = match on {
            OnResources::This => None,
            OnResources::Any(_) if !statement.names_resources() => Some(OpenResource::All),
            OnResources::Any(may_name) if may_name(id) => Some(OpenResource::Some),
            OnResources::Any(_) => Some(OpenResource::None),
        };
        let mut elements = Elements { tracking: &tracking, resource, certainly_false: false, keys: BTreeSet::new() };
        let applies = self.applies(group, member, statement, ActionCheck::Due, &tracking, &mut elements);
        if elements.certainly_false {
            return Truth::No;
        }
        let on_resource = resource == Some(OpenResource::Some);
        match applies {
            Some(strength) if elements.keys.is_empty() && !on_resource => Truth::Yes(strength),
            // Every undecided element may come out true, the principal at its strongest.
            _ => Truth::Depends(Dependence {
                keys: elements.keys,
                on_resource,
                strength: applies.unwrap_or(Strength::Direct),
            }),
        }
    }
}

/// Which of the cases that are possible.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Worst,
    Best,
}

fn strongest(truths: &[Truth], counts: impl Fn(&Truth) -> bool) -> Option<Strength> {
    let strength = |truth: &Truth| match truth {
        Truth::No => None,
        Truth::Yes(strength) | Truth::Depends(Dependence { strength, .. }) => Some(*strength),
    };
    truths.iter().filter(|truth| counts(truth)).filter_map(strength).max()
}

impl ServiceRule {
    /// Whether the rule applies only in requests with or without keys that may not be given.
    fn may_not_apply(self) -> bool {
        matches!(self, Self::ServiceCallersOnly | Self::CredentialsCannotCall)
    }
}
