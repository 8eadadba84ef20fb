//! Conditions: an operator, a key and the values of the policy, compiled to a test of the request context.
//!
//! One module a family of operators. Each says whether one value of the request satisfies the operator against all
//! values of the policy, negation included; what an absent key and several values mean is decided here, once.

mod arn;
mod binary;
mod bool;
mod date;
mod ip;
mod null;
mod numeric;
mod string;

use crate::certainty::Certainty;
use crate::context::{Context, ContextText, Presence, View};
use crate::document::{ConditionOperator, Effect, OperatorFamily, Quantifier};
use crate::lowercase::lowercase;
use crate::mode::EvaluationMode;
use crate::name::ContextKey;
use crate::symbol::{Inputs, Reader, is_of_plane, may_hold_symbols};
use crate::variable::{Part, Syntax, Template, Variable, parts};
use crate::wildcard::Slots;

pub(crate) use binary::is_base64;
pub use date::{DateTime, ParseDateTimeError};
pub(crate) use ip::is_network;
pub(crate) use numeric::{compare_numbers, is_number};

/// The number of a context key in the tables of a compiled policy.
pub(crate) type KeySlot = u32;

/// The context keys and variables that the conditions and resources of one policy refer to by number.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) keys: Vec<ContextKey>,
    pub(crate) variables: Vec<CompiledVariable>,
}

#[derive(Debug)]
pub(crate) struct CompiledVariable {
    pub(crate) key: KeySlot,
    pub(crate) default: Option<Box<str>>,
}

/// What compiling a condition needs to know of its document.
pub(crate) trait Compiler {
    /// Whether `${…}` is special here.
    fn has_variables(&self) -> bool;
    fn key(&mut self, key: &str) -> KeySlot;
    fn variable(&mut self, variable: Variable) -> u32;

    /// The parts of a text in which `*` and `?` are wildcards.
    fn pattern(&self, text: &str) -> Vec<Part> {
        parts(text, Syntax { variables: self.has_variables(), wildcards: true })
    }

    fn template(&mut self, text: &str) -> Template {
        let parts = parts(text, Syntax { variables: self.has_variables(), wildcards: false });
        Template::new(parts, |variable| self.variable(variable))
    }
}

/// One policy's view of a request: what its conditions and variables refer to.
pub(crate) struct Scope<'a, V> {
    pub(crate) tables: &'a Tables,
    pub(crate) view: &'a V,
    pub(crate) mode: EvaluationMode,
}

impl<'a, V: View> Scope<'a, V> {
    fn presence(&self, slot: KeySlot) -> Presence<'a> {
        self.tables.keys.get(slot as usize).map_or(Presence::Absent, |key| self.view.get(key))
    }
}

/// The texts of policy variables (R-VAR-01, R-VAR-04, R-VAR-05).
impl<V: View> Slots for Scope<'_, V> {
    fn text(&self, slot: u32) -> Option<&str> {
        let variable = self.tables.variables.get(slot as usize)?;
        match self.presence(variable.key) {
            Presence::Single(text) => Some(text.as_str()),
            Presence::List(_) => None,
            Presence::Absent => variable.default.as_deref(),
        }
    }

    fn open(&self, slot: u32) -> Option<&str> {
        let variable = self.tables.variables.get(slot as usize)?;
        let key = self.tables.keys.get(variable.key as usize)?.as_str();
        may_hold_symbols(key).then_some(key)
    }
}

/// One key under one operator.
#[derive(Debug)]
pub(crate) struct Condition {
    key: KeySlot,
    operator: ConditionOperator,
    /// No values at all: never true of a present key, whatever the operator (R-GRAM-13).
    empty: bool,
    /// The symbols in the values, one after the other.
    symbols: Box<str>,
    test: Test,
}

#[derive(Debug)]
enum Test {
    String(string::StringTest),
    Numeric(numeric::NumericTest),
    Date(date::DateTest),
    Bool(bool::BoolTest),
    Binary(binary::BinaryTest),
    Ip(ip::IpTest),
    Arn(arn::ArnTest),
    Null(null::NullTest),
}

impl Condition {
    pub(crate) fn new<'t>(
        operator: ConditionOperator,
        effect: Effect,
        key: &str,
        values: impl Iterator<Item = &'t str> + Clone,
        compiler: &mut impl Compiler,
    ) -> Self {
        let key = compiler.key(key);
        let base = operator.base;
        let empty = values.clone().next().is_none();
        let with_symbols = values.clone().filter(|value| may_hold_symbols(value));
        let symbols: String = with_symbols.flat_map(str::chars).filter(|character| is_of_plane(*character)).collect();
        let test = match base.family() {
            OperatorFamily::String => Test::String(string::StringTest::new(base, values, compiler)),
            OperatorFamily::Numeric => Test::Numeric(numeric::NumericTest::new(base, values)),
            OperatorFamily::Date => Test::Date(date::DateTest::new(base, values)),
            OperatorFamily::Bool => Test::Bool(bool::BoolTest::new(values, compiler)),
            OperatorFamily::Binary => Test::Binary(binary::BinaryTest::new(values)),
            OperatorFamily::IpAddress => Test::Ip(ip::IpTest::new(base, values)),
            OperatorFamily::Arn => Test::Arn(arn::ArnTest::new(base, effect, values, compiler)),
            OperatorFamily::Null => Test::Null(null::NullTest::new(values)),
        };
        Self { key, operator, empty, symbols: symbols.into(), test }
    }

    /// Whether the request satisfies the condition.
    pub(crate) fn is_satisfied<V: View>(&self, scope: &Scope<'_, V>) -> bool {
        if let Test::Null(test) = &self.test {
            return match self.operator.quantifier {
                None => test.is_satisfied(matches!(scope.presence(self.key), Presence::Absent)),
                // R-COND-09: the outcome does not depend on the key, so it is not looked up.
                Some(quantifier) => quantifier == Quantifier::ForAllValues,
            };
        }
        let presence = scope.presence(self.key);
        match (presence, self.operator.quantifier) {
            (Presence::Absent, quantifier) => self.absent(quantifier),
            (Presence::Single(text), _) => self.holds(text, scope),
            // R-COND-17: never, not even negated, not even for a list of one.
            (Presence::List(_), None) => false,
            (Presence::List(texts), Some(Quantifier::ForAllValues)) => texts.iter().all(|text| self.holds(text, scope)),
            (Presence::List(texts), Some(Quantifier::ForAnyValue)) => texts.iter().any(|text| self.holds(text, scope)),
        }
    }

    /// The same where symbols may stand in the condition or the request. Of `others` one may be
    /// the key, where the name of that is not known.
    pub(crate) fn truth<V: View>(&self, scope: &Scope<'_, V>, reader: &Reader<'_>, others: &Context) -> Certainty {
        if let Test::Null(test) = &self.test {
            let there = Certainty::from(!matches!(scope.presence(self.key), Presence::Absent));
            return match self.operator.quantifier {
                None if reader.meets(&self.symbols) => Certainty::Maybe,
                None => match there.max(self.is_another_key(scope, reader, others)) {
                    Certainty::Maybe if test.is_satisfied(true) != test.is_satisfied(false) => Certainty::Maybe,
                    there => test.is_satisfied(there == Certainty::No).into(),
                },
                Some(quantifier) => (quantifier == Quantifier::ForAllValues).into(),
            };
        }
        match (scope.presence(self.key), self.operator.quantifier) {
            (Presence::Absent, quantifier) => match self.is_another_key(scope, reader, others) {
                Certainty::No => self.absent(quantifier).into(),
                _ => Certainty::Maybe,
            },
            (Presence::Single(text), _) => self.truth_of(text, scope, reader),
            (Presence::List(_), None) => Certainty::No,
            (Presence::List(texts), Some(Quantifier::ForAllValues)) => {
                Certainty::all(texts.iter().map(|text| self.truth_of(text, scope, reader)))
            }
            (Presence::List(texts), Some(Quantifier::ForAnyValue)) => {
                Certainty::any(texts.iter().map(|text| self.truth_of(text, scope, reader)))
            }
        }
    }

    /// Whether a key that has no value, and a symbol in its name, is one of those that have.
    fn is_another_key<V: View>(&self, scope: &Scope<'_, V>, reader: &Reader<'_>, others: &Context) -> Certainty {
        let Some(key) = scope.tables.keys.get(self.key as usize).filter(|key| reader.has_symbols(key.as_str())) else {
            return Certainty::No;
        };
        let name = lowercase(key.as_str());
        let with_values = others.iter().filter(|(_, value)| value.is_some());
        Certainty::any(
            with_values.map(|(other, _)| reader.equals(&name, &lowercase(other.as_str()), Inputs::EqualThemselves)),
        )
    }

    fn truth_of<V: View>(&self, value: &ContextText, scope: &Scope<'_, V>, reader: &Reader<'_>) -> Certainty {
        if self.empty {
            return Certainty::No;
        }
        match &self.test {
            Test::String(test) => test.truth(value.as_str(), scope, reader),
            Test::Arn(test) => test.truth(value.as_str(), scope, reader),
            _ if reader.meets(&self.symbols) | reader.meets(value.as_str()) => Certainty::Maybe,
            _ => self.holds(value, scope).into(),
        }
    }

    /// R-COND-06, 07, 08, 11, 12, 16.
    fn absent(&self, quantifier: Option<Quantifier>) -> bool {
        match quantifier {
            Some(Quantifier::ForAllValues) => true,
            // the set operator decides, `IfExists` or not.
            Some(Quantifier::ForAnyValue) => false,
            None => self.operator.if_exists || (self.operator.base.is_negated() && !self.empty),
        }
    }

    fn holds<V: View>(&self, value: &ContextText, scope: &Scope<'_, V>) -> bool {
        if self.empty {
            return false;
        }
        match &self.test {
            Test::String(test) => test.holds(value, scope),
            Test::Numeric(test) => test.holds(value.as_str(), scope.mode),
            Test::Date(test) => test.holds(value.as_str()),
            Test::Bool(test) => test.holds(value.as_str(), scope),
            Test::Binary(test) => test.holds(value.as_str()),
            Test::Ip(test) => test.holds(value.as_str(), scope.mode),
            Test::Arn(test) => test.holds(value.as_str(), scope),
            Test::Null(test) => test.is_satisfied(false),
        }
    }

    pub(crate) fn operator(&self) -> ConditionOperator {
        self.operator
    }

    pub(crate) fn key(&self) -> KeySlot {
        self.key
    }
}
