//! The two clocks of a request, which say the same time.

use super::tested;
use crate::atom::{Atoms, KeyId, Subject, Test};
use crate::builder::{Builder, Written};
use crate::formula::Node;
use crate::theory::{KeyValue, Model, Value};
use iameval::{ConditionOperator, ContextKey, DateTime, Effect, Operator, OperatorFamily};
use std::collections::BTreeSet;

const TIME: &str = "aws:CurrentTime";
const EPOCH: &str = "aws:EpochTime";

/// Of more instants than this that policies name it is not told on which side of each both clocks are.
const MOST_INSTANTS: usize = 64;

/// That both clocks are on the same side of every instant that policies name, as far as both are tested. The second one counts
/// whole seconds, and the first one may be anywhere within its second.
pub(super) fn parts(builder: &mut Builder<'_>) -> Vec<Node> {
    let (Some(time), Some(epoch)) = (tested(TIME, builder), tested(EPOCH, builder)) else { return Vec::new() };
    let instants = instants(&builder.atoms, [time, epoch]);
    if instants.len() > MOST_INSTANTS {
        return Vec::new();
    }
    let mut parts = Vec::new();
    for instant in instants {
        let later = instant.plus_milliseconds(1000);
        let both = [
            (is_before(TIME, instant, builder), is_before(EPOCH, instant, builder)),
            (is_before(TIME, later, builder), is_not_after(EPOCH, instant, builder)),
        ];
        for (one, other) in both {
            let (not_one, not_other) = (builder.formulas.not(one), builder.formulas.not(other));
            parts.push(builder.formulas.any([not_one, other]));
            parts.push(builder.formulas.any([one, not_other]));
        }
    }
    parts
}

/// The whole seconds at or before the instants that tests of these keys name.
fn instants(atoms: &Atoms, keys: [KeyId; 2]) -> BTreeSet<DateTime> {
    let conditions = keys.into_iter().flat_map(|key| atoms.of_key(key)).filter_map(|(_, atom)| match &atom.test {
        Test::Condition(condition) => Some(condition),
        _ => None,
    });
    let of_times = conditions
        .filter(|condition| matches!(condition.operator.family(), OperatorFamily::Date | OperatorFamily::Numeric));
    let instants = of_times.flat_map(|condition| &condition.values).filter_map(|text| text.parse::<DateTime>().ok());
    instants
        .filter_map(|instant| u64::try_from(instant.epoch_seconds()).ok())
        .map(DateTime::from_epoch_seconds)
        .collect()
}

fn is_before(key: &str, instant: DateTime, builder: &mut Builder<'_>) -> Node {
    compared(key, Operator::DateLessThan, instant, builder)
}

fn is_not_after(key: &str, instant: DateTime, builder: &mut Builder<'_>) -> Node {
    compared(key, Operator::DateLessThanEquals, instant, builder)
}

fn compared(key: &str, base: Operator, instant: DateTime, builder: &mut Builder<'_>) -> Node {
    let operator = ConditionOperator { base, quantifier: None, if_exists: false };
    let key = ContextKey::new(key);
    builder.condition(Written { operator, key: &key, effect: Effect::Allow, version: None }, &[&*instant.to_string()])
}

/// The other clock set by each, where they do not agree.
pub(super) fn mended(atoms: &Atoms, model: &Model) -> Vec<(Subject, KeyValue)> {
    let clock = |key: &str| {
        let subject = Subject::Key(atoms.known_key(&ContextKey::new(key))?);
        match model.get(&subject)? {
            Value::Key(KeyValue::Single(text)) => Some((subject, text.parse::<DateTime>().ok()?)),
            _ => None,
        }
    };
    let (Some((time, of_time)), Some((epoch, of_epoch))) = (clock(TIME), clock(EPOCH)) else { return Vec::new() };
    if of_time.epoch_seconds() == of_epoch.epoch_seconds() {
        return Vec::new();
    }
    let by_time = (epoch, of_time.epoch_seconds().to_string());
    let by_epoch = (time, of_epoch.to_string());
    [by_time, by_epoch].into_iter().map(|(clock, text)| (clock, KeyValue::Single(text))).collect()
}

/// Whether two clocks say the same time, as texts.
pub(super) fn agree(time: Option<&str>, epoch: Option<&str>) -> bool {
    let (Some(time), Some(epoch)) = (time, epoch) else { return true };
    match (time.parse::<DateTime>(), epoch.parse::<DateTime>()) {
        (Ok(time), Ok(epoch)) => time.epoch_seconds() == epoch.epoch_seconds(),
        _ => false,
    }
}
