//! Which of the keys that were not given could change the decision: evaluation with three truth values.
//!
//! An element whose check looked at a key that was not given is undecided, whatever came out of it; every other element
//! is certain. A statement is out when one element is certainly false, in when all are certainly true, and undecided
//! otherwise. From there the decision can only move in two ways: an undecided Deny makes it explicit, and undecided
//! Allows turn the best case into the worst one. So the answer may name a key too many and never one too few.

use super::service::{SESSION_KEYS, VIA_AWS_SERVICE};
use super::{Element, Evaluation, Observer, ServiceRule};
use crate::compile::{ActionCheck, CompiledStatement, Strength};
use crate::context::{Context, Presence, View};
use crate::document::Effect;
use crate::name::ContextKey;
use crate::policy_set::{Group, Member};
use crate::service_rules::ActionRule;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

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
    /// It depends on these keys; the strength is that of its principal element, if it matches.
    Depends(BTreeSet<ContextKey>, Strength),
}

/// Takes the keys that each element looked for.
struct Elements<'t, 'c> {
    tracking: &'t Tracking<'c>,
    certainly_false: bool,
    keys: BTreeSet<ContextKey>,
}

impl Observer for Elements<'_, '_> {
    const ALL: bool = true;
    const TRACE: bool = true;

    fn element(&mut self, element: Element) {
        let (Element::Principal(holds) | Element::Action(holds) | Element::Resource(holds) | Element::Condition(holds)) =
            element;
        let keys = self.tracking.not_given.take();
        self.certainly_false |= keys.is_empty() && !holds;
        self.keys.extend(keys);
    }
}

impl Evaluation<'_> {
    pub(super) fn undecided_keys(&self) -> Vec<ContextKey> {
        if self.rule_before_policies().is_some() {
            return self.keys_of_rule().into_iter().collect();
        }
        let (mut of_denies, mut of_allows) = (BTreeSet::new(), BTreeSet::new());
        let mut certainly_denied = false;
        let (mut worst, mut best) = (super::Layers::default(), super::Layers::default());
        for group in self.groups() {
            let allows = self.group_truths(group, Effect::Allow);
            let certain = strongest(&allows, |truth| matches!(truth, Truth::Yes(_)));
            let possible = strongest(&allows, |_| true);
            worst.admit(group.layer, certain);
            best.admit(group.layer, possible);
            of_allows.extend(keys(allows));
            if !self.ignores_denies(group.layer) {
                let denies = self.group_truths(group, Effect::Deny);
                certainly_denied |= denies.iter().any(|truth| matches!(truth, Truth::Yes(_)));
                of_denies.extend(keys(denies));
            }
        }
        if certainly_denied {
            return self.keys_of_rule().into_iter().collect();
        }
        let mut result: BTreeSet<ContextKey> = of_denies;
        let of_rule = self.keys_of_rule();
        let undecided = match self.rule_after_denies() {
            Some(ServiceRule::ServiceCallersOnly | ServiceRule::CredentialsCannotCall) => !of_rule.is_empty(),
            rule => rule.is_none(),
        };
        result.extend(of_rule);
        if undecided && self.compose(worst).decision != self.compose(best).decision {
            result.extend(of_allows);
        }
        result.into_iter().collect()
    }

    /// With long-term credentials, which two keys tell, `sts:GetSessionToken` is exempt (R-SVC-06) and
    /// `sts:GetScopedCredentials` refused (R-SVC-11); what only services call is refused while one key is absent
    /// (R-SVC-25).
    fn keys_of_rule(&self) -> BTreeSet<ContextKey> {
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

    fn group_truths(&self, group: &Group, effect: Effect) -> Vec<Truth> {
        let mut truths = Vec::new();
        // The index leaves out only what its action or the beginning of its resource rules out, which no key can
        // change: resources are indexed by the text before their first variable.
        let _ = self.candidates::<()>(group, effect, |member, _, statement, _| {
            truths.push(self.truth(group, member, statement));
            ControlFlow::Continue(())
        });
        truths
    }

    fn truth(&self, group: &Group, member: &Member, statement: &CompiledStatement) -> Truth {
        let tracking = Tracking { context: &self.request.context, not_given: RefCell::default() };
        let mut elements = Elements { tracking: &tracking, certainly_false: false, keys: BTreeSet::new() };
        let applies = self.applies(group, member, statement, ActionCheck::Due, &tracking, &mut elements);
        if elements.certainly_false {
            return Truth::No;
        }
        match applies {
            Some(strength) if elements.keys.is_empty() => Truth::Yes(strength),
            // Every undecided element may come out true, the principal at its strongest.
            _ => Truth::Depends(elements.keys, applies.unwrap_or(Strength::Direct)),
        }
    }
}

fn strongest(truths: &[Truth], counts: impl Fn(&Truth) -> bool) -> Option<Strength> {
    let strength = |truth: &Truth| match truth {
        Truth::No => None,
        Truth::Yes(strength) | Truth::Depends(_, strength) => Some(*strength),
    };
    truths.iter().filter(|truth| counts(truth)).filter_map(strength).max()
}

fn keys(truths: Vec<Truth>) -> impl Iterator<Item = ContextKey> {
    truths.into_iter().flat_map(|truth| match truth {
        Truth::Depends(keys, _) => keys,
        _ => BTreeSet::new(),
    })
}
