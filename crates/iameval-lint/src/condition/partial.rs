//! Keys that only some of the statement's actions carry.

use super::{KeyTest, begins};
use crate::alike::{Lacking, once_each};
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
    if subject.statement.action().is_negated() || subject.has_everything {
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
    let by_tag = begins(key, RESOURCE_TAG) && !absent;
    let like = subject.key_like(key);
    let found = subject.alike.lacking.get((like.clone(), by_tag), || lacking(subject, &like, by_tag));
    let Some(Lacking { names, is_one: one }) = found else { return };
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

/// The entries without an action that has the key, and where it is the tag of a resource also what patterns leave out.
fn lacking(subject: &Subject<'_>, key: &str, by_tag: bool) -> Option<Lacking> {
    let mut carries = once_each(|action| action.may_carry(key));
    let entries = subject.patterns.iter().filter_map(|covering| match &covering.covered {
        Covered::Everything | Covered::Unknown => None,
        Covered::Actions(actions) => Some((covering, &**actions)),
    });
    let entries: Vec<(&Covering<'_>, &[ActionInfo<'_>])> = entries.filter(|(_, actions)| !actions.is_empty()).collect();
    // Where no action carries the key, that is another finding.
    if !entries.iter().any(|(_, all)| all.iter().any(&mut carries)) {
        return None;
    }
    let without = entries.iter().filter(|(_, actions)| !actions.iter().any(&mut carries));
    let mut lacking: Vec<String> = without.map(|(covering, _)| covering.text.to_owned()).collect();
    if by_tag {
        lacking.extend(holes(key, &entries));
    }
    let is_one = lacking.len() == 1;
    (!lacking.is_empty()).then(|| Lacking { names: a_few(&lacking, 3).into(), is_one })
}

/// What a condition on the tags of a resource leaves out within patterns: actions that change resources without tags.
fn holes(key: &str, entries: &[(&Covering<'_>, &[ActionInfo<'_>])]) -> Vec<String> {
    let reads = |action: &ActionInfo<'_>| matches!(action.access_level(), AccessLevel::List | AccessLevel::Read);
    let mut carries = once_each(|action| action.may_carry(key));
    let mut is_hole =
        once_each(|action| !reads(action) && !action.may_carry(key) && action.resource_types().next().is_some());
    let mixed = entries.iter().filter(|(_, actions)| actions.iter().any(&mut carries));
    let actions = mixed.flat_map(|(_, actions)| actions.iter());
    actions.filter(|action| is_hole(action)).map(ToString::to_string).collect()
}
