//! Statements that nearly applied.

use super::candidate::candidates;
use super::{Analysed, Change, Missed, NearMiss};
use crate::certainty::Certainty;
use crate::compile::ActionPattern;
use crate::document::{Effect, PrincipalElement, Statement};
use crate::evaluate::StatementTrace;
use crate::layers::{DecidedBy, Decision};
use crate::name::ContextKey;
use crate::policy_set::StatementId;
use crate::suggest::nearest;
use std::collections::BTreeSet;

/// How many of each kind are worth telling.
const ENOUGH: usize = 3;

/// Deny statements that are about the action and do not apply because of one element, and how many more there are.
pub(super) fn exempted(subject: &Analysed<'_>) -> (Vec<NearMiss>, usize) {
    let denies = subject
        .explanation
        .statements
        .iter()
        .filter(|trace| trace.effect == Effect::Deny && trace.applies == Certainty::No);
    let mut near = denies.filter(|trace| missed(trace) == 1).filter_map(|trace| {
        let miss = near_miss(subject, trace);
        // A Deny of other principals, actions or resources is not an exemption.
        let exempts = match miss.missed.first()? {
            Missed::Action { listed } | Missed::Resource { listed } => listed.is_some(),
            Missed::Principal => {
                let principal = subject.statement(trace.id).and_then(Statement::principal);
                principal.is_some_and(PrincipalElement::is_negated)
            }
            Missed::Condition { .. } => true,
        };
        exempts.then_some(miss)
    });
    let told = near.by_ref().take(ENOUGH).map(|miss| with_decision(subject, miss)).collect();
    (told, near.count())
}

/// Allow statements of the layers that lack one, best first.
pub(super) fn near_misses(subject: &Analysed<'_>) -> Vec<NearMiss> {
    let simulation = &subject.explanation.simulation;
    if simulation.decision != Decision::ImplicitDeny || simulation.decided_by == DecidedBy::Service {
        return Vec::new();
    }
    let lacks = |layer| {
        let verdict = simulation.layers.iter().find(|verdict| verdict.layer == layer);
        verdict.is_some_and(|verdict| verdict.decision == Some(Decision::ImplicitDeny))
    };
    let allows = subject
        .explanation
        .statements
        .iter()
        .filter(|trace| trace.effect == Effect::Allow && trace.applies == Certainty::No);
    // One that misses the action and more is about something else; most statements are.
    let near =
        allows.filter(|trace| matches!(missed(trace), 1 | 2) && (trace.action.is_certain() || missed(trace) == 1));
    // Where another statement of the same level, or of the same one of several boundaries, allows, nothing is missing.
    let allowing = subject
        .explanation
        .statements
        .iter()
        .filter(|trace| trace.effect == Effect::Allow && trace.applies.is_certain());
    let group = |trace: &StatementTrace| subject.set.group_number(trace.id);
    let allowed: BTreeSet<Option<u32>> = allowing.map(group).collect();
    let lacking = near.filter(|trace| lacks(trace.layer) && !allowed.contains(&group(trace)));
    let mut near: Vec<(usize, NearMiss)> = lacking
        .filter(|trace| trace.action.is_certain() || is_about(subject, trace.id))
        .map(|trace| near_miss(subject, trace))
        .map(|miss| (distance(subject, &miss), miss))
        .collect();
    near.sort_by_key(|(distance, miss)| (*distance, miss.id));
    // One statement about other actions is enough.
    let mut others = 0;
    let is_other = |miss: &NearMiss| matches!(miss.missed.as_slice(), [Missed::Action { .. }]);
    let mut near: Vec<NearMiss> = near.into_iter().map(|(_, miss)| miss).collect();
    near.retain(|miss| {
        others += usize::from(is_other(miss));
        !is_other(miss) || others == 1
    });
    near.into_iter().take(ENOUGH).map(|miss| with_decision(subject, miss)).collect()
}

/// How many elements of a statement do not match.
fn missed(trace: &StatementTrace) -> usize {
    let elements = [trace.principal.is_certain(), trace.action.is_certain(), trace.resource.is_certain()];
    let unsatisfied = trace.conditions.iter().filter(|condition| !condition.satisfied.is_certain());
    elements.iter().filter(|holds| !**holds).count() + unsatisfied.count()
}

/// The elements of a statement that do not match.
fn near_miss(subject: &Analysed<'_>, trace: &StatementTrace) -> NearMiss {
    let mut list = Vec::new();
    if !trace.principal.is_certain() {
        list.push(Missed::Principal);
    }
    let entries = subject.set.entries(trace.id, subject.request);
    if !trace.action.is_certain() {
        list.push(Missed::Action { listed: entries.action.first().copied() });
    }
    if !trace.resource.is_certain() {
        list.push(Missed::Resource { listed: entries.resource.first().copied() });
    }
    for (index, _) in trace.conditions.iter().enumerate().filter(|(_, condition)| !condition.satisfied.is_certain()) {
        list.push(Missed::Condition { index, wanted: wanted(subject, trace, index) });
    }
    NearMiss { id: trace.id, effect: trace.effect, layer: trace.layer, missed: list, decision_then: None }
}

/// The same with the decision after all changes that it wants, provided that the statement applies then.
fn with_decision(subject: &Analysed<'_>, miss: NearMiss) -> NearMiss {
    let wanted = |missed: &'_ Missed| match missed {
        Missed::Condition { wanted, .. } => wanted.clone(),
        _ => None,
    };
    let changes: Option<Vec<Change>> = miss.missed.iter().map(wanted).collect();
    let then = changes.map(|changes| subject.changed(&changes));
    // Another element may have a variable in it that reads a changed key.
    let applies = then.filter(|request| subject.set.applies(miss.id, request));
    let decision_then = applies.map(|request| subject.set.decide(&request));
    NearMiss { decision_then: decision_then.filter(|decision| decision.is_certain()), ..miss }
}

/// A change of the condition's key that satisfies it, and all other conditions of the statement on that key.
fn wanted(subject: &Analysed<'_>, trace: &StatementTrace, index: usize) -> Option<Change> {
    let key = Some(&trace.conditions.get(index)?.key).filter(|key| (subject.may_have)(key))?;
    let context = subject.request.context();
    let on_key: Vec<usize> =
        trace.conditions.iter().enumerate().filter(|(_, other)| other.key == *key).map(|(at, _)| at).collect();
    let satisfies = |value: &Option<_>| {
        let holds = |at: &usize| subject.set.satisfies(trace.id, *at, context, key, value.as_ref()) == Some(true);
        on_key.iter().all(holds)
    };
    let tests = subject.conditions(trace.id).enumerate().filter(|(at, _)| on_key.contains(at));
    let mut values = tests.flat_map(|(_, (operator, test))| candidates(operator, test, context));
    // As this condition spells it.
    let (_, test) = subject.conditions(trace.id).nth(index)?;
    values.find(satisfies).map(|value| Change { key: ContextKey::new(test.key()), value })
}

/// How far the statement is from applying.
fn distance(subject: &Analysed<'_>, miss: &NearMiss) -> usize {
    let layer = match subject.explanation.simulation.decided_by {
        DecidedBy::Layer(layer) if layer != miss.layer => 1,
        _ => 0,
    };
    let each = miss.missed.iter().map(|missed| match missed {
        Missed::Condition { wanted: Some(_), .. } => 10,
        Missed::Condition { wanted: None, .. } => 11,
        Missed::Resource { .. } => 12,
        Missed::Principal => 13,
        Missed::Action { .. } => 14,
    });
    layer + each.sum::<usize>()
}

/// Whether a statement that does not allow the action is about it anyway: it names an action of the service that is
/// spelled alike, or allows something else on the very resource.
fn is_about(subject: &Analysed<'_>, id: StatementId) -> bool {
    let Some(statement) = subject.statement(id) else { return false };
    let action = subject.request.action();
    let of_service =
        |pattern: &&str| ActionPattern::new(pattern).service().is_some_and(|service| service == action.service());
    let mut patterns = statement.action().patterns().filter(of_service).peekable();
    if patterns.peek().is_none() || statement.action().is_negated() {
        return false;
    }
    // A policy of the resource without `Resource`, such as a trust policy, is about that resource.
    let names_resources = statement.resource().is_none_or(|element| !element.patterns().any(|text| text == "*"));
    names_resources || nearest(action.as_str(), patterns).is_some()
}
