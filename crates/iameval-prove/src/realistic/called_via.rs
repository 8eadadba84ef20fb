//! The services that a call went through, and the first and the last of them (R-CTX-09).

use super::tested;
use crate::atom::{Atom, Atoms, KeyId, Subject, Test};
use crate::builder::{Builder, Written};
use crate::formula::{AtomId, Node};
use crate::theory::{KeyValue, Model, Value};
use iameval::{ConditionOperator, ContextKey, Effect, Operator, Quantifier, Version};

const ALL: &str = "aws:CalledVia";
const FIRST: &str = "aws:CalledViaFirst";
const LAST: &str = "aws:CalledViaLast";

/// A test of every or of some value of a list.
struct ListTest {
    atom: AtomId,
    quantifier: Quantifier,
    operator: Operator,
    values: Vec<String>,
    version: Option<Version>,
}

/// That the keys come together, and that the ends are among all.
pub(super) fn parts(builder: &mut Builder<'_>) -> Vec<Node> {
    let all = tested(ALL, builder).filter(|_| builder.shapes.is_list(&ContextKey::new(ALL)));
    let ends: Vec<(&str, KeyId)> =
        [FIRST, LAST].into_iter().filter_map(|key| Some((key, tested(key, builder)?))).collect();
    let known: Vec<KeyId> = all.into_iter().chain(ends.iter().map(|(_, id)| *id)).collect();
    let mut parts = vec![super::together(&known, builder)];
    let Some(all) = all else { return parts };
    let absent = builder.absent(all);
    for test in tests(&builder.atoms, all) {
        let of_all = builder.formulas.literal(test.atom, true);
        for (end, _) in &ends {
            let operator = ConditionOperator { base: test.operator, quantifier: None, if_exists: false };
            let values: Vec<&str> = test.values.iter().map(String::as_str).collect();
            let key = ContextKey::new(end);
            let written = Written { operator, key: &key, effect: Effect::Allow, version: test.version };
            let of_end = builder.condition(written, &values);
            let follows = match test.quantifier {
                Quantifier::ForAllValues => implies(of_all, of_end, builder),
                Quantifier::ForAnyValue => implies(of_end, of_all, builder),
            };
            parts.push(builder.formulas.any([absent, follows]));
        }
    }
    parts
}

fn implies(one: Node, other: Node, builder: &mut Builder<'_>) -> Node {
    let not_one = builder.formulas.not(one);
    builder.formulas.any([not_one, other])
}

/// The tests of values of the list that no variable is in.
fn tests(atoms: &Atoms, list: KeyId) -> Vec<ListTest> {
    let test = |(atom, of): (AtomId, &Atom)| match &of.test {
        Test::Condition(condition) if condition.variables.is_empty() && condition.operator != Operator::Null => {
            Some(ListTest {
                atom,
                quantifier: condition.quantifier?,
                operator: condition.operator,
                values: condition.values.clone(),
                version: condition.version,
            })
        }
        _ => None,
    };
    atoms.of_key(list).filter_map(test).collect()
}

/// The list with the ends that it must have, where it has others.
pub(super) fn mended(atoms: &Atoms, model: &Model) -> Option<(Subject, KeyValue)> {
    let subject = |key: &str| atoms.known_key(&ContextKey::new(key)).map(Subject::Key);
    let end = |key: &str| match model.get(&subject(key)?)? {
        Value::Key(KeyValue::Single(text)) => Some(text.clone()),
        _ => None,
    };
    let all = subject(ALL)?;
    let Value::Key(KeyValue::List(texts)) = model.get(&all)? else { return None };
    let mut mended = texts.clone();
    if let Some(first) = end(FIRST).filter(|first| mended.first() != Some(first)) {
        mended.insert(0, first);
    }
    mended.extend(end(LAST).filter(|last| mended.last() != Some(last)));
    (mended != *texts).then_some((all, KeyValue::List(mended)))
}

/// Whether the ends are those of the list, as texts.
pub(super) fn agree(all: Option<&[&str]>, first: Option<&str>, last: Option<&str>) -> bool {
    let Some(all) = all else { return true };
    let is = |end: Option<&str>, own: Option<&&str>| end.is_none_or(|end| own == Some(&end));
    is(first, all.first()) && is(last, all.last())
}
