//! What can be said of the context keys of strangers.

use crate::claim::{KeyScope, KeyState, Policies, ValueRange};
use iameval::{ConditionOperator, ConditionTest, ContextKey, Statement};

/// The statements of all policies.
pub(super) fn statements(policies: &Policies) -> impl Iterator<Item = &Statement> {
    policies.documents().iter().flat_map(|document| document.statements())
}

/// The tests in the conditions of all policies.
pub(super) fn tests(policies: &Policies) -> impl Iterator<Item = (ConditionOperator, &ConditionTest)> {
    statements(policies).flat_map(Statement::tests)
}

/// Whether the policies look at one of these keys.
pub(super) fn reads_any(policies: &Policies, keys: &[&str]) -> bool {
    let is_one = |own: &ContextKey| keys.iter().any(|key| *own == ContextKey::new(key));
    policies.set().context_keys().any(is_one)
}

pub(super) fn said(key: &str, alternatives: Vec<KeyState>) -> KeyScope {
    KeyScope { key: ContextKey::new(key), is_list: None, alternatives }
}

pub(super) fn absent(key: &str) -> KeyScope {
    said(key, vec![KeyState::Absent])
}

/// That a key is absent, or as one of these states says.
pub(super) fn absent_or<const N: usize>(key: &str, states: [KeyState; N]) -> KeyScope {
    said(key, std::iter::once(KeyState::Absent).chain(states).collect())
}

pub(super) fn exactly(texts: &[&str]) -> KeyState {
    let any_of = Some(texts.iter().map(|text| (*text).to_owned()).collect());
    KeyState::Present(Box::new(ValueRange { any_of, ..ValueRange::default() }))
}

pub(super) fn like(pattern: &str) -> KeyState {
    within(&[pattern], Vec::new())
}

/// A text that fits one of some patterns and none of others. No id, name or ARN has a wildcard in it.
pub(super) fn within(like: &[&str], not_like: Vec<String>) -> KeyState {
    KeyState::Present(Box::new(range(like, not_like)))
}

/// The same of every value of a list, which has one at least.
pub(super) fn each_within(like: &[&str], not_like: Vec<String>) -> KeyState {
    KeyState::Present(Box::new(ValueRange { not_empty: true, ..range(like, not_like) }))
}

fn range(like: &[&str], mut not_like: Vec<String>) -> ValueRange {
    not_like.extend(["*${*}*", "*${?}*"].map(str::to_owned));
    let like = Some(like.iter().map(|pattern| (*pattern).to_owned()).collect());
    ValueRange { like, not_like, ..ValueRange::default() }
}

/// An ARN that fits a pattern, with no more colons than an ARN needs.
pub(super) fn arn_like(pattern: &str) -> KeyState {
    within(&[pattern], vec!["arn:*:*:*:*:*:*".to_owned()])
}
