//! The smallest changes that turn the decision: another state of MFA, another value of one context key.

use super::candidate::candidates;
use super::{Analysed, Change, Flip};
use crate::context::ContextValue;
use crate::layers::Decision;
use crate::name::ContextKey;
use crate::request::Mfa;
use std::collections::BTreeMap;

/// How many values of one key to try.
const VALUES: usize = 64;
/// How many flips are worth telling.
const ENOUGH: usize = 8;
/// How many changes are tried however large the set is, and how many statements and keys are looked at in all where more are.
const TRIES: usize = VALUES;
const LOOKS: usize = 4_000_000;

const MFA_KEYS: [&str; 2] = ["aws:multifactorauthpresent", "aws:multifactorauthage"];

/// Keys that follow from who asks and whose the resource is: no request has them otherwise. In lower case.
const FIXED: [&str; 9] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltype",
    "aws:resourceaccount",
    "aws:userid",
    "aws:username",
];

/// The decision in each other state of MFA, when some policy reads it.
pub(super) fn mfa(subject: &Analysed<'_>) -> Vec<(Mfa, Decision)> {
    if !subject.set.context_keys().any(|key| MFA_KEYS.contains(&key.lowercase())) {
        return Vec::new();
    }
    let now = subject.request.context();
    let decided = |mfa: Mfa| {
        let request = subject.request.with_mfa(mfa);
        let same = MFA_KEYS.iter().all(|key| {
            let key = ContextKey::new(key);
            now.value(&key) == request.context().value(&key)
        });
        // The age of a session is no state of its own.
        let signed_in = matches!(mfa, Mfa::True { .. }) && is_true(now.value(&ContextKey::new(MFA_KEYS[0])));
        let decision = (!same && !signed_in).then(|| subject.set.decide(&request))?;
        decision.is_certain().then_some((mfa, decision))
    };
    [Mfa::TRUE, Mfa::False, Mfa::Absent].into_iter().filter_map(decided).collect()
}

fn is_true(value: Option<&ContextValue>) -> bool {
    value.is_some_and(|value| value.texts().any(|text| text.eq_ignore_ascii_case("true")))
}

/// One change a key that turns the decision, in order of the keys.
pub(super) fn flips(subject: &Analysed<'_>) -> Vec<Flip> {
    let mut values: BTreeMap<ContextKey, Vec<Option<ContextValue>>> = BTreeMap::new();
    let context = subject.request.context();
    // Only statements that are about the action, or could be about any, can matter.
    for trace in subject.explanation.statements.iter().filter(|trace| trace.action.is_certain()) {
        for (operator, test) in subject.conditions(trace.id) {
            let key = ContextKey::new(test.key());
            if FIXED.contains(&key.lowercase()) || MFA_KEYS.contains(&key.lowercase()) || !(subject.may_have)(&key) {
                continue;
            }
            let known = values.entry(key).or_default();
            for value in candidates(operator, test, context) {
                if known.len() < VALUES && !known.contains(&value) {
                    known.push(value);
                }
            }
        }
    }
    let before = subject.explanation.decision.is_allowed();
    let looks = subject.explanation.statements.len() + context.len() + 1;
    let mut left = TRIES.max(LOOKS / looks);
    let flip = |(key, values): (ContextKey, Vec<Option<ContextValue>>)| {
        let mut changes = values.into_iter().map(|value| Change { key: key.clone(), value });
        changes.find_map(|change| {
            // The same as before: what is not given is absent.
            if context.value(&change.key) == change.value.as_ref() {
                return None;
            }
            left = left.checked_sub(1)?;
            let decision = subject.set.decide(&subject.changed([&change]));
            (decision.is_certain() && decision.is_allowed() != before).then_some(Flip { change, decision })
        })
    };
    values.into_iter().filter_map(flip).take(ENOUGH).collect()
}
