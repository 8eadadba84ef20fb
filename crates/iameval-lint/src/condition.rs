//! Conditions: one module a question.

mod address;
mod audience;
mod constant;
mod deny;
mod dynamodb;
mod form;
mod guard;
mod impossible;
mod irrelevant;
mod key;
mod never;
mod number;
mod operator;
mod partial;
mod place;
mod presence;
mod rcp;
mod s3_prefix;
mod sensitive;
mod session;
mod value;
mod vpce;

pub(crate) use sensitive::is_sensitive;

use crate::subject::Subject;
use iameval::text::Span;
use iameval::{ConditionOperator, ConditionTest, Diagnostic, Effect, Operator, Quantifier, Statement};
use iameval_data::{Catalogue, ContextKeyInfo, Wildcards};
use std::cell::OnceCell;
use std::collections::HashMap;

/// One key under one operator.
pub(crate) struct KeyTest<'d> {
    operator: ConditionOperator,
    operator_span: Span,
    of: &'d ConditionTest,
    /// What the catalogue knows of the key, once asked for.
    info: OnceCell<Option<ContextKeyInfo<'d>>>,
}

/// The tests of a condition, to be looked through by their keys.
struct KeyTests<'d> {
    list: Vec<KeyTest<'d>>,
    /// Where the tests of a key stand, by the key in lower case.
    places: HashMap<String, Vec<usize>>,
}

impl<'d> KeyTests<'d> {
    fn new(statement: &'d Statement) -> Self {
        let list: Vec<KeyTest<'d>> = tests(statement).collect();
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, test) in list.iter().enumerate() {
            places.entry(test.key().to_ascii_lowercase()).or_default().push(place);
        }
        Self { list, places }
    }

    fn iter(&self) -> std::slice::Iter<'_, KeyTest<'d>> {
        self.list.iter()
    }

    /// Those of a key, in order.
    fn of(&self, key: &str) -> impl Iterator<Item = &KeyTest<'d>> {
        let places = self.places.get(&key.to_ascii_lowercase());
        places.into_iter().flatten().filter_map(|place| self.list.get(*place))
    }
}

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    deny::all_keys(subject, report);
    let tests = KeyTests::new(subject.statement);
    constant::empty(subject.statement, report);
    rcp::lint(subject, &tests, report);
    for test in tests.iter() {
        key::lint(subject, test, report);
        operator::lint(subject, test, report);
        presence::lint(subject, test, &tests, report);
        value::lint(test, report);
        impossible::lint(subject, test, report);
        never::lint(subject, test, &tests, report);
        partial::lint(subject, test, report);
        sensitive::lint(subject, test, report);
        guard::lint(subject, test, report);
        vpce::lint(subject, test, report);
        s3_prefix::lint(subject, test, report);
        dynamodb::lint(subject, test, &tests, report);
        audience::lint(subject, test, report);
        constant::lint(test, &tests, report);
        address::lint(test, report);
        number::lint(test, report);
        irrelevant::lint(subject, test, report);
        session::lint(subject, test, report);
    }
}

/// Every key under every operator of a statement.
pub(crate) fn tests(statement: &Statement) -> impl Iterator<Item = KeyTest<'_>> {
    statement.condition().iter().flat_map(|block| {
        let (operator, operator_span) = (block.operator(), block.name_span());
        block.keys().iter().map(move |of| KeyTest { operator, operator_span, of, info: OnceCell::new() })
    })
}

/// Whether a key begins so, in any letter case; for tags, whose key goes on after the slash.
fn begins(key: &str, prefix: &str) -> bool {
    key.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

impl<'d> KeyTest<'d> {
    pub(crate) fn key(&self) -> &'d str {
        self.of.key()
    }

    pub(crate) fn key_span(&self) -> Span {
        self.of.key_span()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &'d str> + use<'d> {
        self.of.values()
    }

    pub(crate) fn values_with_spans(&self) -> impl Iterator<Item = (&'d str, Span)> + use<'d> {
        self.of.values().zip(self.of.value_spans())
    }

    pub(crate) fn operator_span(&self) -> Span {
        self.operator_span
    }

    pub(crate) fn value_spans(&self) -> impl Iterator<Item = Span> + use<'d> {
        self.of.value_spans()
    }

    pub(crate) fn operator(&self) -> ConditionOperator {
        self.operator
    }

    pub(crate) fn is(&self, key: &str) -> bool {
        self.key().eq_ignore_ascii_case(key)
    }

    /// What the catalogue knows of the key.
    fn info(&self, catalogue: &'d Catalogue) -> Option<ContextKeyInfo<'d>> {
        *self.info.get_or_init(|| catalogue.context_key(self.key()))
    }

    /// Whether it holds only where the key has one of the values.
    pub(crate) fn needs_value(&self) -> bool {
        let positive = self.operator.base != Operator::Null && !self.operator.base.is_negated();
        positive && !self.operator.if_exists && self.operator.quantifier != Some(Quantifier::ForAllValues)
    }

    /// Whether it holds only where the key is present (R-COND-06).
    pub(crate) fn needs_key(&self) -> bool {
        if self.operator.base == Operator::Null {
            return self.asks_for("false");
        }
        self.operator.quantifier == Some(Quantifier::ForAnyValue) || self.needs_value()
    }

    /// Whether it is a `Null` with that value alone. With a set operator it does not ask for presence (R-COND-09), and AWS
    /// refuses it, which is reported as such.
    fn asks_for(&self, value: &str) -> bool {
        self.operator.base == Operator::Null && self.operator.quantifier.is_none() && self.all_values(value)
    }

    /// Whether a request without the key satisfies it (R-COND-06 to R-COND-12).
    pub(crate) fn holds_without_key(&self) -> bool {
        match (self.operator.base, self.operator.quantifier) {
            (_, Some(quantifier)) => quantifier == Quantifier::ForAllValues,
            (Operator::Null, None) => self.values().any(|value| value.eq_ignore_ascii_case("true")),
            (base, None) => self.operator.if_exists || (base.is_negated() && self.values().next().is_some()),
        }
    }

    /// Whether the values are what a statement of this effect lets through: what an Allow asks for, and what a Deny spares.
    fn lets_through(&self, effect: Effect) -> bool {
        let base = self.operator.base;
        base != Operator::Null && base.is_negated() == (effect == Effect::Deny)
    }

    fn all_values(&self, text: &str) -> bool {
        self.every_value(|value| value.eq_ignore_ascii_case(text))
    }

    /// Whether there are values and all are like that.
    pub(crate) fn every_value(&self, is_like_that: impl FnMut(&str) -> bool) -> bool {
        self.values().next().is_some() && self.values().all(is_like_that)
    }

    /// Whether a value holds wildcards under this operator.
    pub(crate) fn takes_wildcards(&self) -> bool {
        self.operator.base.takes_wildcards()
    }

    /// What `*` and `?` are in a value under this operator.
    fn wildcards(&self) -> Wildcards {
        if self.takes_wildcards() { Wildcards::Special } else { Wildcards::Literal }
    }
}
