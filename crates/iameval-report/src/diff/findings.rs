//! The change as findings, each at the statement that gives or takes the access.

use super::{DiffNames, Direction, about, heading, undecided_in_words};
use crate::access::{actions_in_words, dependence_in_words, request_in_words};
use iameval::Diagnostic;
use iameval::Problem;
use iameval_ask::{AccessGroup, Diff, DiffPart, Provable, codes};
use iameval_world::Finding;

/// A finding for each group of actions, and for what could not be decided.
pub fn diff_findings(diff: &Diff, names: DiffNames<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for part in &diff.parts {
        for direction in Direction::ALL {
            let (groups, by, against) = direction.of(part);
            findings.extend(groups.iter().map(|group| finding(part, direction, group, [by, against], names)));
        }
        for reason in &part.undecided {
            let problem = Problem::new(codes::ACCESS_UNDECIDED, undecided_in_words(reason));
            findings.push(Finding::about_file(names.new, problem).with_note(note(part, names)));
        }
    }
    findings
}

fn finding(
    part: &DiffPart,
    direction: Direction,
    group: &AccessGroup,
    [by, against]: [&Provable; 2],
    names: DiffNames<'_>,
) -> Finding {
    const PHRASES: usize = 6;
    let actions = actions_in_words(group, PHRASES);
    let such_as = format!("such as {}", request_in_words(group));
    let such_as = dependence_in_words(group).into_iter().fold(such_as, |said, depends| format!("{said}; {depends}"));
    let (code, message) = match direction {
        Direction::Gained => (codes::ACCESS_GAINED, format!("new access: {actions}")),
        Direction::Lost => (codes::ACCESS_LOST, format!("access lost: {actions}")),
        Direction::MayGain => (codes::ACCESS_UNDECIDED, format!("there may be new access: {actions}")),
        Direction::MayLose => (codes::ACCESS_UNDECIDED, format!("access may be lost: {actions}")),
    };
    // What is lost by a new Deny is shown there; all else where it is allowed.
    let denied = group.against.filter(|_| !direction.is_gain()).map(|id| (against, id));
    let place = denied.or(group.by.map(|id| (by, id))).and_then(|(policies, id)| {
        let origin = policies.policies().set().origin(id)?;
        let source = &policies.attachments().get(origin.policy_index)?.policy.source;
        Some((source, origin.span))
    });
    let finding = match place {
        Some((source, span)) => Finding::new(source, Diagnostic::new(code, span, message).with_help(such_as)),
        None => Finding::about_file(names.new, Problem::new(code, message).with_help(such_as)),
    };
    finding.with_note(note(part, names))
}

fn note(part: &DiffPart, names: DiffNames<'_>) -> Option<String> {
    let heading = heading(part, names);
    let for_whom = if about(part, names).is_empty() { "" } else { "for " };
    (!heading.is_empty()).then(|| format!("{for_whom}{heading}"))
}
