//! Which actions a change can be about: a request that no changed statement matches is decided as before.

use crate::provable::Provable;
use iameval::symbol::OnlyIf;
use iameval::{Effect, Layer, PolicyKind, Statement, Version};
use iameval_prove::Scope;

/// The scope without actions that no changed statement is about. `None` where that leaves none.
pub(super) fn narrowed(scope: &Scope, old: &Provable, new: &Provable) -> Option<Scope> {
    let Some(patterns) = patterns(old, new) else { return Some(scope.clone()) };
    let actions: Vec<String> = match scope.actions.as_slice() {
        [] => patterns,
        within => patterns.iter().flat_map(|pattern| within.iter().filter_map(|own| common(own, pattern))).collect(),
    };
    (!actions.is_empty()).then(|| Scope { actions, ..scope.clone() })
}

/// The patterns of the changed statements; `None` where these may be about any action.
fn patterns(old: &Provable, new: &Provable) -> Option<Vec<String>> {
    let (old, new) = (groups(old)?, groups(new)?);
    let shape = |groups: &[Group<'_>]| groups.iter().map(|group| (group.layer, group.has_policies)).collect::<Vec<_>>();
    if shape(&old) != shape(&new) {
        return None;
    }
    let mut patterns = Vec::new();
    for (old, new) in old.iter().zip(&new) {
        for written in missing(&old.statements, &new.statements).chain(missing(&new.statements, &old.statements)) {
            let action = written.statement.action();
            if action.is_negated() {
                return None;
            }
            patterns.extend(action.patterns().map(str::to_owned));
        }
    }
    patterns.sort();
    patterns.dedup();
    Some(patterns)
}

/// The statements of policies that count as one.
struct Group<'p> {
    layer: Layer,
    /// A level without policies allows nothing.
    has_policies: bool,
    statements: Vec<Written<'p>>,
}

/// A statement with everything that gives it its meaning.
#[derive(PartialEq, Clone, Copy)]
struct Written<'p> {
    statement: &'p Statement,
    version: Option<Version>,
    kind: PolicyKind,
    gateway: bool,
    /// What a statement stands in that may be absent for a reason that only this tells.
    around: Option<&'p str>,
}

fn groups<'p>(policies: &'p Provable) -> Option<Vec<Group<'p>>> {
    let groups = policies.placed()?.groups().map(|group| {
        let statements = group.iter().flat_map(|placed| {
            let document = placed.policy.policy.document();
            let written = move |statement: &'p Statement| Written {
                statement,
                version: document.version(),
                kind: placed.kind,
                gateway: placed.gateway,
                around: depends_somehow(statement).then_some(&*placed.policy.policy.source.text),
            };
            document.statements().iter().map(written)
        });
        Group { layer: group.layer(), has_policies: group.iter().next().is_some(), statements: statements.collect() }
    });
    Some(groups.collect())
}

/// Whether it depends on something not known whether the statement is there, and not only on choices: those have names.
pub(super) fn depends_somehow(statement: &Statement) -> bool {
    statement.only_if().iter().any(|only_if| matches!(only_if, OnlyIf::Symbol(_)))
}

/// Whether either has a Deny statement that the other lacks.
pub(super) fn have_other_denies([old, new]: &[Provable; 2]) -> bool {
    let (Some(old), Some(new)) = (groups(old), groups(new)) else { return true };
    let (old, new) = (denies(&old), denies(&new));
    missing(&old, &new).chain(missing(&new, &old)).next().is_some()
}

fn denies<'p>(groups: &[Group<'p>]) -> Vec<Written<'p>> {
    let statements = groups.iter().flat_map(|group| &group.statements);
    statements.filter(|written| written.statement.effect() == Effect::Deny).copied().collect()
}

/// The statements that others lack.
fn missing<'p>(statements: &[Written<'p>], others: &[Written<'p>]) -> impl Iterator<Item = Written<'p>> {
    statements.iter().copied().filter(|statement| !others.contains(statement))
}

/// A pattern for the actions of both, where one is `SERVICE:*`; it may cover more.
fn common(service: &str, pattern: &str) -> Option<String> {
    let own = service.split(':').next().unwrap_or_default();
    let other = pattern.split(':').next().unwrap_or_default();
    if other.contains(['*', '?']) {
        return Some(service.to_owned());
    }
    own.eq_ignore_ascii_case(other).then(|| pattern.to_owned())
}
