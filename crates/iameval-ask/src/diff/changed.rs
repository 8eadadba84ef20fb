//! Which requests a change can be about: one that no changed statement matches is decided as before.

use crate::provable::Provable;
use iameval::symbol::OnlyIf;
use iameval::{Effect, Layer, PolicyKind, Statement, Version};
use iameval_prove::Scope;

/// The scope without actions that no changed statement about its resources is about. `None` where that leaves none.
pub(super) fn narrowed(scope: &Scope, old: &Provable, new: &Provable) -> Option<Scope> {
    let Some(patterns) = patterns(old, new, &scope.resources) else { return Some(scope.clone()) };
    let actions: Vec<String> = match scope.actions.as_slice() {
        [] => patterns,
        within => patterns.iter().flat_map(|pattern| within.iter().filter_map(|own| common(own, pattern))).collect(),
    };
    (!actions.is_empty()).then(|| Scope { actions, ..scope.clone() })
}

/// The patterns of the changed statements that may be about these resources; `None` where any action may be meant.
fn patterns(old: &Provable, new: &Provable, resources: &[String]) -> Option<Vec<String>> {
    let (old, new) = (groups(old)?, groups(new)?);
    let shape = |groups: &[Group<'_>]| groups.iter().map(|group| (group.layer, group.has_policies)).collect::<Vec<_>>();
    if shape(&old) != shape(&new) {
        return None;
    }
    let mut patterns = Vec::new();
    for (old, new) in old.iter().zip(&new) {
        let changed = missing(&old.statements, &new.statements).chain(missing(&new.statements, &old.statements));
        for written in changed.filter(|written| may_be_about(written.statement, resources)) {
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

/// Whether a statement may be about resources that fit one of these globs.
fn may_be_about(statement: &Statement, resources: &[String]) -> bool {
    match statement.resource() {
        Some(element) if !element.is_negated() && !resources.is_empty() => {
            element.patterns().any(|pattern| resources.iter().any(|glob| may_meet(pattern, glob)))
        }
        _ => true,
    }
}

/// Whether one text may fit a pattern of a statement and a glob. What fits either begins with what that begins with.
fn may_meet(pattern: &str, glob: &str) -> bool {
    let (ours, theirs) = (beginning(pattern), beginning(glob));
    // A whole ARN fits nothing longer; one with fewer parts may be completed (R-RES-06). Other texts have readings of their own
    // (R-SVC-18).
    let is_whole = ours.len() == pattern.len() && pattern.matches(':').count() >= 5;
    let is_alike = if ours.len() > theirs.len() {
        ours.starts_with(theirs) && theirs.len() < glob.len()
    } else {
        theirs.starts_with(ours) && !(is_whole && ours.len() < theirs.len())
    };
    !pattern.starts_with("arn:") || is_alike
}

/// A pattern up to its first wildcard or variable, or what stands for something not known.
fn beginning(pattern: &str) -> &str {
    let end = pattern.find(|character: char| !character.is_ascii() || matches!(character, '*' | '?' | '$'));
    pattern.get(..end.unwrap_or(pattern.len())).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::may_meet;

    #[test]
    fn patterns_that_begin_otherwise_meet_nothing() {
        let queue = "arn:aws:sqs:eu-west-1:111122223333:q1";
        for (pattern, glob, expected) in [
            ("*", queue, true),
            (queue, queue, true),
            (queue, "arn:aws:sqs:eu-west-1:111122223333:q1/*", false),
            (queue, "arn:aws:sqs:eu-west-1:111122223333:q*", true),
            ("arn:aws:sqs:eu-west-1:111122223333:q", queue, false),
            ("arn:aws:sqs:eu-west-1:111122223333:q*", queue, true),
            ("arn:aws:sqs:eu-west-1:111122223333:q12", queue, false),
            ("arn:aws:sqs:eu-west-1:111122223333:q2", queue, false),
            ("arn:aws:sqs:*:111122223333:q2", queue, true),
            ("arn:aws:sqs:eu-west-1", queue, true),
            ("arn:aws:s3:::${aws:username}", "arn:aws:s3:::bucket/*", true),
            ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*", false),
            ("arn:aws:s3:::other-${aws:username}", "arn:aws:s3:::bucket/*", false),
            ("execute-api:/*", "arn:aws:execute-api:eu-west-1:111122223333:a1", true),
            ("arn:aws:s3:::\u{f0000}", "arn:aws:s3:::bucket", true),
        ] {
            assert_eq!(may_meet(pattern, glob), expected, "{pattern} {glob}");
        }
    }
}
