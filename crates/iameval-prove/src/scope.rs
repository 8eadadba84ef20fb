//! From what a claim says of requests to a formula.

use crate::atom::Subject;
use crate::builder::{Builder, Written};
use crate::claim::{KeyScope, KeyState, Scope, ValueRange};
use crate::formula::{Formulas, Node};
use crate::glob::Glob;
use iameval::{ConditionOperator, ContextKey, ContextValue, Effect, Operator, Quantifier, Version};

impl Builder<'_> {
    /// The resources and the context keys of a scope.
    pub(crate) fn scope(&mut self, scope: &Scope) -> Node {
        let mut parts = vec![self.resources(scope)];
        for key in &scope.keys {
            parts.push(self.key_scope(key));
        }
        let fixed: Vec<(ContextKey, Option<ContextValue>)> =
            self.fixed.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        for (key, value) in fixed {
            parts.push(self.is_value(&key, value.as_ref()));
        }
        self.formulas.all(parts)
    }

    fn resources(&mut self, scope: &Scope) -> Node {
        let globs = |texts: &[String]| texts.iter().map(|text| glob_of_scope(text)).collect::<Vec<Glob>>();
        let within = match scope.resources.as_slice() {
            [] => Formulas::TRUE,
            texts => self.fits(Subject::Resource, globs(texts)),
        };
        let except = self.fits(Subject::Resource, globs(&scope.except_resources));
        let outside = self.formulas.not(except);
        self.formulas.all([within, outside])
    }

    /// What the scope says of a key.
    pub(crate) fn key_scope(&mut self, scope: &KeyScope) -> Node {
        let states: Vec<Node> = scope.alternatives.iter().map(|state| self.key_state(&scope.key, state)).collect();
        self.formulas.any(states)
    }

    fn key_state(&mut self, key: &ContextKey, state: &KeyState) -> Node {
        let id = self.atoms.key(key);
        let absent = self.absent(id);
        match state {
            KeyState::Absent => absent,
            KeyState::Is(value) => self.is_value(key, Some(value)),
            KeyState::Present(range) => {
                let mut parts = vec![self.formulas.not(absent)];
                for (base, values, version) in tests_of(range) {
                    parts.push(self.every_value(key, base, version, &values));
                }
                if range.not_empty && self.shapes.is_list(key) {
                    parts.push(self.some_value(key, Operator::StringLike, "*"));
                }
                self.formulas.all(parts)
            }
        }
    }

    /// That the value of a key, or every value of its list, passes a test.
    fn every_value(&mut self, key: &ContextKey, base: Operator, version: Option<Version>, values: &[&str]) -> Node {
        let quantifier = self.shapes.is_list(key).then_some(Quantifier::ForAllValues);
        let operator = ConditionOperator { base, quantifier, if_exists: false };
        self.condition(Written { operator, key, effect: Effect::Allow, version }, values)
    }

    /// That some value of the list of a key passes a test.
    fn some_value(&mut self, key: &ContextKey, base: Operator, value: &str) -> Node {
        let operator = ConditionOperator { base, quantifier: Some(Quantifier::ForAnyValue), if_exists: false };
        self.condition(Written { operator, key, effect: Effect::Allow, version: None }, &[value])
    }

    /// That a key has exactly this value, or is absent.
    pub(crate) fn is_value(&mut self, key: &ContextKey, value: Option<&ContextValue>) -> Node {
        let id = self.atoms.key(key);
        let absent = self.absent(id);
        let Some(value) = value else { return absent };
        let texts: Vec<&str> = value.texts().collect();
        let mut parts = vec![self.formulas.not(absent), self.every_value(key, Operator::StringEquals, None, &texts)];
        if value.is_list() {
            for text in &texts {
                parts.push(self.some_value(key, Operator::StringEquals, text));
            }
        }
        self.formulas.all(parts)
    }
}

/// `${*}`, where it is the whole pattern, is the resource `*`; everything else is a plain glob.
fn glob_of_scope(text: &str) -> Glob {
    if text == "${*}" { Glob::literal("*") } else { Glob::plain(text) }
}

/// An operator with its values, and the version of the language in which those are read.
type RangeTest<'r, V> = (Operator, V, Option<Version>);

/// The tests that a range stands for.
fn tests_of(range: &ValueRange) -> Vec<RangeTest<'_, Vec<&str>>> {
    let tests: [RangeTest<'_, Option<Vec<&str>>>; 10] = [
        (Operator::StringEquals, range.any_of.as_deref().map(texts), None),
        (Operator::StringNotEquals, some(&range.none_of), None),
        (Operator::StringLike, range.like.as_deref().map(texts), Some(Version::V2012)),
        (Operator::StringNotLike, some(&range.not_like), Some(Version::V2012)),
        (Operator::IpAddress, range.cidr.as_deref().map(texts), None),
        (Operator::NotIpAddress, some(&range.not_cidr), None),
        (Operator::DateGreaterThanEquals, range.date_from.as_deref().map(|value| vec![value]), None),
        (Operator::DateLessThanEquals, range.date_to.as_deref().map(|value| vec![value]), None),
        (Operator::NumericGreaterThanEquals, range.number_from.as_deref().map(|value| vec![value]), None),
        (Operator::NumericLessThanEquals, range.number_to.as_deref().map(|value| vec![value]), None),
    ];
    tests.into_iter().filter_map(|(operator, values, version)| Some((operator, values?, version))).collect()
}

fn texts(values: &[String]) -> Vec<&str> {
    values.iter().map(String::as_str).collect()
}

fn some(values: &[String]) -> Option<Vec<&str>> {
    (!values.is_empty()).then(|| texts(values))
}
