//! Keys that only some of the statement's actions carry.

use super::{KeyTest, begins};
use crate::codes;
use crate::subject::{Covered, Covering, Subject, a_few};
use iameval::{Diagnostic, Effect, Quantifier, Severity};
use iameval_data::{AccessLevel, ActionInfo, is_provider_key};

const RESOURCE_TAG: &str = "aws:ResourceTag/";
const TAGS: [&str; 3] = [RESOURCE_TAG, "aws:RequestTag/", "aws:TagKeys"];

pub(super) fn lint<'d>(subject: &Subject<'d>, test: &KeyTest<'d>, report: &mut impl FnMut(Diagnostic)) {
    let key = test.key();
    let is_tag = TAGS.iter().any(|tag| begins(key, tag));
    let is_global = test.info(subject.catalogue).is_none_or(|info| info.presence().is_some());
    if (is_global && !is_tag) || is_provider_key(key) {
        return;
    }
    // Both are the ways to say that the key need not be there.
    if test.operator().if_exists || test.operator().quantifier == Some(Quantifier::ForAllValues) {
        return;
    }
    if subject.statement.action().is_negated() || subject.patterns.iter().any(Covering::is_everything) {
        of_all(subject, test, report);
    } else {
        of_listed(subject, test, is_tag, report);
    }
}

/// `*` and `NotAction`: actions that send no tags, the ones to come included, are never denied, or never allowed.
fn of_all(subject: &Subject<'_>, test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    if !begins(test.key(), RESOURCE_TAG) || test.holds_without_key() {
        return;
    }
    let effect = subject.statement.effect();
    let is_negated = subject.statement.action().is_negated();
    let verb = verb(effect);
    let severity = if effect == Effect::Deny && is_negated { Severity::Warning } else { Severity::Info };
    let (word, key) = (effect.as_str(), test.key());
    let element = if is_negated { "NotAction" } else { "*" };
    let message = format!("this {word} with `{element}` never {verb} actions that do not support `{key}`");
    let finding = Diagnostic::new(codes::KEY_OF_SOME_ACTIONS, test.of.key_span(), message).with_severity(severity);
    report(
        finding
            .with_help("list the actions in `Action`; those that do not support the key need a statement without it"),
    );
}

fn of_listed(subject: &Subject<'_>, test: &KeyTest<'_>, is_tag: bool, report: &mut impl FnMut(Diagnostic)) {
    let (key, effect, absent) = (test.key(), subject.statement.effect(), test.holds_without_key());
    let carries = |action: &ActionInfo<'_>| action.may_carry(key);
    let entries = subject.patterns.iter().filter_map(|covering| match &covering.covered {
        Covered::Everything | Covered::Unknown => None,
        Covered::Actions(actions) => Some((covering, &**actions)),
    });
    let entries: Vec<(&Covering<'_>, &[ActionInfo<'_>])> = entries.filter(|(_, actions)| !actions.is_empty()).collect();
    // Where no action carries the key, that is another finding.
    if !entries.iter().any(|(_, all)| all.iter().any(carries)) {
        return;
    }
    let lacking: Vec<String> = entries
        .iter()
        .filter(|(_, actions)| !actions.iter().any(carries))
        .map(|(covering, _)| covering.text.to_owned())
        .chain(holes(test, &entries))
        .collect();
    if lacking.is_empty() {
        return;
    }
    let (names, one) = (a_few(&lacking, 3), lacking.len() == 1);
    let verb = verb(effect);
    let message = match (absent, one) {
        (false, true) => format!("the statement never {verb} {names}, which does not support `{key}`"),
        (false, false) => format!("the statement never {verb} {names}, which do not support `{key}`"),
        (true, true) => {
            format!("the statement {verb} {names} regardless of this condition: it does not support `{key}`")
        }
        (true, false) => {
            format!("the statement {verb} {names} regardless of this condition: they do not support `{key}`")
        }
    };
    let mut finding = Diagnostic::new(codes::KEY_OF_SOME_ACTIONS, test.of.key_span(), message);
    // A Deny that spares some calls often means to spare none of these.
    if (is_tag && effect == Effect::Allow) || (absent && effect == Effect::Deny) {
        finding = finding.with_severity(Severity::Info);
    }
    report(finding.with_help("use a separate statement for the actions that do not support the key"));
}

fn verb(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "allows",
        Effect::Deny => "denies",
    }
}

/// What a condition on the tags of a resource leaves out within patterns: actions that change resources without tags.
fn holes(test: &KeyTest<'_>, entries: &[(&Covering<'_>, &[ActionInfo<'_>])]) -> Vec<String> {
    let by_tag = begins(test.key(), RESOURCE_TAG) && !test.holds_without_key();
    if !by_tag {
        return Vec::new();
    }
    let reads = |action: &ActionInfo<'_>| matches!(action.access_level(), AccessLevel::List | AccessLevel::Read);
    let is_hole = |action: &&ActionInfo<'_>| {
        !reads(action) && !action.may_carry(test.key()) && action.resource_types().next().is_some()
    };
    let mixed = entries.iter().filter(|(_, actions)| actions.iter().any(|action| action.may_carry(test.key())));
    mixed.flat_map(|(_, actions)| actions.iter().filter(is_hole)).map(ToString::to_string).collect()
}
