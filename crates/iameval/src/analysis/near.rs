//! Statements that nearly applied.

use super::candidate::candidates;
use super::{Change, Missed, NearMiss, Subject};
use crate::compile::ActionPattern;
use crate::document::Effect;
use crate::evaluate::{DecidedBy, Decision, StatementTrace};
use crate::name::ContextKey;
use crate::policy_set::Layer;
use crate::suggest::nearest;

/// How many of each kind are worth telling.
const ENOUGH: usize = 3;

/// Deny statements that are about the action and do not apply because of one element.
pub(super) fn exempted(subject: &Subject<'_>) -> Vec<NearMiss> {
    let denies = subject.explanation.statements.iter().filter(|trace| trace.effect == Effect::Deny && !trace.applies);
    let near = denies.filter_map(|trace| {
        let miss = near_miss(subject, trace, 1)?;
        // A Deny of other actions, or of other resources, is no exemption.
        let exempts = match miss.missed.first()? {
            Missed::Action { listed } | Missed::Resource { listed } => listed.is_some(),
            Missed::Principal | Missed::Condition { .. } => true,
        };
        exempts.then_some(miss)
    });
    near.take(ENOUGH).collect()
}

/// Allow statements of the layers that lack one, best first.
pub(super) fn near_misses(subject: &Subject<'_>) -> Vec<NearMiss> {
    let simulation = &subject.explanation.simulation;
    if simulation.decision != Decision::ImplicitDeny || simulation.decided_by == DecidedBy::Service {
        return Vec::new();
    }
    let lacks = |layer| {
        let verdict = simulation.layers.iter().find(|verdict| verdict.layer == layer);
        verdict.is_some_and(|verdict| verdict.decision == Some(Decision::ImplicitDeny))
    };
    let allows = subject.explanation.statements.iter().filter(|trace| trace.effect == Effect::Allow);
    let lacking = allows.filter(|trace| !trace.applies && lacks(trace.layer) && !its_level_allows(subject, trace));
    let mut near: Vec<(usize, NearMiss)> = lacking
        .filter_map(|trace| near_miss(subject, trace, 2))
        .filter_map(|miss| Some((distance(subject, &miss)?, miss)))
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
    near.truncate(ENOUGH);
    near
}

/// Whether another statement of the same level of SCPs allows, so that nothing is missing there.
fn its_level_allows(subject: &Subject<'_>, trace: &StatementTrace) -> bool {
    if trace.layer != Layer::ServiceControl {
        return false;
    }
    let level =
        |trace: &StatementTrace| subject.set.origin(trace.id).and_then(|origin| origin.level.map(str::to_owned));
    let own = level(trace);
    let allows = subject.explanation.statements.iter();
    allows
        .filter(|other| other.layer == trace.layer && other.effect == Effect::Allow && other.applies)
        .any(|other| level(other) == own)
}

/// The statement, when at most so many of its elements do not match.
fn near_miss(subject: &Subject<'_>, trace: &StatementTrace, most: usize) -> Option<NearMiss> {
    let unsatisfied = trace.conditions.iter().enumerate().filter(|(_, condition)| !condition.satisfied);
    let elements = [trace.principal, trace.action, trace.resource];
    let missed = elements.iter().filter(|holds| !**holds).count() + unsatisfied.clone().count();
    if missed == 0 || missed > most {
        return None;
    }
    let mut list = Vec::with_capacity(missed);
    if !trace.principal {
        list.push(Missed::Principal);
    }
    let entries = subject.set.entries(trace.id, subject.request);
    if !trace.action {
        list.push(Missed::Action { listed: entries.action });
    }
    if !trace.resource {
        list.push(Missed::Resource { listed: entries.resource });
    }
    for (index, _) in unsatisfied {
        list.push(Missed::Condition { index, wanted: wanted(subject, trace, index) });
    }
    let changes: Option<Vec<&Change>> = list
        .iter()
        .map(|missed| match missed {
            Missed::Condition { wanted, .. } => wanted.as_ref(),
            _ => None,
        })
        .collect();
    let decision_then = changes.map(|changes| subject.decide(changes));
    Some(NearMiss { id: trace.id, effect: trace.effect, layer: trace.layer, missed: list, decision_then })
}

/// A change of the condition's key that satisfies it.
fn wanted(subject: &Subject<'_>, trace: &StatementTrace, index: usize) -> Option<Change> {
    let (operator, test) = subject.conditions(trace.id).nth(index)?;
    let key = ContextKey::new(test.key());
    let context = subject.request.context();
    let satisfies =
        |value: &Option<_>| subject.set.satisfies(trace.id, index, context, &key, value.as_ref()) == Some(true);
    let value = candidates(operator, test, context).into_iter().find(satisfies)?;
    Some(Change { key, value })
}

/// How far the statement is from applying; `None` when it is about something else.
fn distance(subject: &Subject<'_>, miss: &NearMiss) -> Option<usize> {
    let layer = match subject.explanation.simulation.decided_by {
        DecidedBy::Layer(layer) if layer != miss.layer => 1,
        _ => 0,
    };
    let mut distance = miss.missed.len() * 10 + layer;
    for missed in &miss.missed {
        distance += match missed {
            Missed::Condition { wanted: Some(_), .. } => 0,
            Missed::Condition { wanted: None, .. } => 1,
            Missed::Resource { .. } => 2,
            Missed::Principal => 3,
            Missed::Action { .. } => {
                if miss.missed.len() > 1 || !is_about(subject, miss) {
                    return None;
                }
                4
            }
        };
    }
    Some(distance)
}

/// Whether a statement that does not allow the action is about it all the same: it names an action of the service that is
/// spelled alike, or allows something else on the very resource.
fn is_about(subject: &Subject<'_>, miss: &NearMiss) -> bool {
    let Some(statement) = subject.statement(miss.id) else { return false };
    let action = subject.request.action();
    let of_service =
        |pattern: &&str| ActionPattern::new(pattern).service().is_some_and(|service| service == action.service());
    let mut patterns = statement.action().patterns().filter(of_service).peekable();
    if patterns.peek().is_none() || statement.action().is_negated() {
        return false;
    }
    let names_resources = statement.resource().is_some_and(|element| !element.patterns().any(|text| text == "*"));
    names_resources || nearest(action.as_str(), patterns).is_some()
}
