//! Conditions: one module a question.

mod deny;
mod form;
mod impossible;
mod key;
mod never;
mod operator;
mod presence;
mod value;

use crate::subject::Subject;
use iameval::text::Span;
use iameval::{ConditionOperator, ConditionTest, Diagnostic, Operator, Quantifier, Statement};

/// One key under one operator.
pub(crate) struct Test<'d> {
    operator: ConditionOperator,
    operator_span: Span,
    of: &'d ConditionTest,
}

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    deny::all_keys(subject, report);
    let tests: Vec<Test<'_>> = tests(subject.statement).collect();
    for test in &tests {
        key::lint(subject, test, report);
        operator::lint(subject, test, report);
        presence::lint(subject, test, &tests, report);
        value::lint(test, report);
        impossible::lint(test, report);
        never::lint(subject, test, &tests, report);
    }
}

/// Every key under every operator of a statement.
pub(crate) fn tests(statement: &Statement) -> impl Iterator<Item = Test<'_>> {
    statement.condition().iter().flat_map(|block| {
        let (operator, operator_span) = (block.operator(), block.name_span());
        block.keys().iter().map(move |of| Test { operator, operator_span, of })
    })
}

impl<'d> Test<'d> {
    pub(crate) fn key(&self) -> &'d str {
        self.of.key()
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

    pub(crate) fn operator(&self) -> ConditionOperator {
        self.operator
    }

    pub(crate) fn is(&self, key: &str) -> bool {
        self.key().eq_ignore_ascii_case(key)
    }

    fn same_key(&self, other: &Test<'_>) -> bool {
        self.is(other.key())
    }

    /// Whether it holds only where the key has one of the values.
    pub(crate) fn needs_value(&self) -> bool {
        let positive = self.operator.base != Operator::Null && !self.operator.base.is_negated();
        positive && !self.operator.if_exists && self.operator.quantifier != Some(Quantifier::ForAllValues)
    }

    /// Whether it holds only where the key is present (R-COND-06).
    fn needs_key(&self) -> bool {
        let null = self.operator.base == Operator::Null && self.all_values("false");
        null || self.operator.quantifier == Some(Quantifier::ForAnyValue) || self.needs_value()
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
        use Operator::{ArnEquals, ArnLike, ArnNotEquals, ArnNotLike, StringLike, StringNotLike};
        matches!(self.operator.base, StringLike | StringNotLike | ArnEquals | ArnLike | ArnNotEquals | ArnNotLike)
    }
}
