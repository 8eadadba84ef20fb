//! Values for the variables in patterns, once everything else is chosen.

use crate::atom::{KeyId, KeyTemplate, Subject, Test};
use crate::formula::Literal;
use crate::glob::{Glob, Piece};
use crate::template::TemplatePiece;
use crate::theory::{Checked, Chosen, KeyValue, Model, Theory, Value};
use crate::verdict::Undecided;
use std::collections::{BTreeMap, BTreeSet};

/// What came of the tests with variables in them.
pub(crate) enum Settled {
    Values(Model),
    Impossible,
    Unknown(BTreeSet<Undecided>),
}

/// How many ways of giving values to variables are tried.
const MOST_WAYS: usize = 400;
/// How many values of one.
const MOST_VALUES: usize = 16;

/// Values with which all tests come out as asserted; `witnesses` are some with which those do that have no variables.
pub(crate) fn settle(
    theory: &mut Theory<'_>,
    asserted: &BTreeMap<Subject, Vec<Literal>>,
    witnesses: &BTreeMap<Subject, Value>,
) -> Settled {
    let mut keys = BTreeSet::new();
    for literal in asserted.values().flatten() {
        match &theory.atoms.get(literal.atom).test {
            Test::FitsTemplate(template) => keys.extend(template.variables().copied()),
            Test::Condition(condition) => keys.extend(condition.variables.iter().copied()),
            Test::Fits(_) | Test::Absent | Test::TurnsOut => {}
        }
    }
    if keys.is_empty() {
        let own =
            |(subject, value): (&Subject, &Value)| asserted.contains_key(subject).then(|| (*subject, value.clone()));
        return Settled::Values(witnesses.iter().filter_map(own).collect());
    }
    let mut values: Vec<(KeyId, Candidates)> = Vec::new();
    for key in &keys {
        values.push((*key, candidates(theory, *key, asserted, witnesses)));
    }
    let is_all = values.iter().all(|(_, candidates)| candidates.are_all);
    let mut undecided = BTreeSet::new();
    let mut ways: Vec<Chosen> = vec![Chosen::new()];
    for (key, candidates) in &values {
        let longer = ways.iter().flat_map(|way| {
            candidates.values.iter().map(|value| {
                let mut way = way.clone();
                way.insert(*key, value.clone());
                way
            })
        });
        ways = longer.take(MOST_WAYS).collect();
        theory.spend(ways.iter().map(|way| u64::try_from(way.len()).unwrap_or(u64::MAX)).sum());
    }
    let tried_all = is_all && ways.len() < MOST_WAYS;
    for way in &ways {
        if let Some(limit) = theory.exhausted() {
            undecided.insert(limit);
            break;
        }
        match try_way(theory, asserted, way) {
            Some(Ok(model)) => return Settled::Values(model),
            Some(Err(why)) => _ = undecided.insert(why),
            None => {}
        }
    }
    if tried_all && undecided.is_empty() {
        return Settled::Impossible;
    }
    let name = |key: KeyId| theory.domain(key).key.clone();
    undecided.extend(values.iter().filter(|(_, own)| !own.are_all).map(|(key, _)| Undecided::Variable(name(*key))));
    Settled::Unknown(undecided)
}

/// The values of everything, with these of the variables; `None` where there are none.
fn try_way(
    theory: &mut Theory<'_>,
    asserted: &BTreeMap<Subject, Vec<Literal>>,
    way: &Chosen,
) -> Option<Result<Model, Undecided>> {
    theory.spend(u64::try_from(way.len()).unwrap_or(u64::MAX));
    let mut model: Model = way.iter().map(|(key, value)| (Subject::Key(*key), Value::Key(value.clone()))).collect();
    for (subject, value) in &model {
        let literals = asserted.get(subject).map_or(&[] as &[Literal], Vec::as_slice);
        if !literals.iter().all(|literal| theory.is_met(*literal, value, Some(way))) {
            return None;
        }
    }
    let others: Vec<(&Subject, &Vec<Literal>)> =
        asserted.iter().filter(|(subject, _)| !model.contains_key(subject)).collect();
    for (subject, literals) in others {
        match theory.check_with(*subject, literals, Some(way)) {
            Checked::With(value) => _ = model.insert(*subject, value),
            Checked::Impossible => return None,
            Checked::Unknown(why) => return Some(Err(why)),
        }
    }
    Some(Ok(model))
}

/// Values of a variable's key to try.
struct Candidates {
    values: Vec<KeyValue>,
    /// Whether the key can have no other.
    are_all: bool,
}

fn candidates(
    theory: &mut Theory<'_>,
    key: KeyId,
    asserted: &BTreeMap<Subject, Vec<Literal>>,
    witnesses: &BTreeMap<Subject, Value>,
) -> Candidates {
    let own = asserted.get(&Subject::Key(key)).map_or(&[] as &[Literal], Vec::as_slice);
    let mut values: Vec<KeyValue> = Vec::new();
    if let Some(texts) = only_values(theory, own) {
        values.extend(texts.into_iter().map(KeyValue::Single));
        return Candidates { values, are_all: true };
    }
    if let Some(Value::Key(value)) = witnesses.get(&Subject::Key(key)) {
        values.push(value.clone());
    }
    let mut texts: Vec<String> = ["x", "john"].map(Into::into).into();
    for (subject, literals) in asserted {
        let globs: Vec<&Glob> = literals.iter().flat_map(|literal| globs(theory, *literal)).collect();
        for literal in literals {
            if let Test::FitsTemplate(template) = &theory.atoms.get(literal.atom).test {
                texts.extend(globs.iter().flat_map(|glob| cut_out(template, key, glob)));
            }
        }
        if *subject == Subject::Key(key) {
            texts.extend(theory.domain(key).cells.iter().take(MOST_VALUES).cloned());
        }
    }
    texts.extend(theory.domain(key).cells.iter().take(4).cloned());
    texts.push(String::new());
    let domain = theory.domain(key);
    if !domain.shape.is_list {
        values.extend(texts.into_iter().filter(|text| domain.may_be(text)).map(KeyValue::Single));
    }
    values.push(KeyValue::Absent);
    let mut seen = BTreeSet::new();
    values.retain(|value| seen.insert(format!("{value:?}")));
    values.retain(|value| own.iter().all(|literal| theory.is_met(*literal, &Value::Key(value.clone()), None)));
    values.truncate(MOST_VALUES);
    Candidates { values, are_all: false }
}

/// The values of a key, where its tests leave a few texts only.
fn only_values(theory: &Theory<'_>, literals: &[Literal]) -> Option<Vec<String>> {
    let literal_text = |glob: &Glob| match &*glob.pieces {
        [Piece::Literal(text)] if !glob.ignores_case => Some(text.to_string()),
        [] => Some(String::new()),
        _ => None,
    };
    literals.iter().filter(|literal| literal.holds).find_map(|literal| {
        let language = match &theory.atoms.get(literal.atom).test {
            Test::Fits(language) => language,
            Test::Condition(condition) if condition.quantifier.is_none() && !condition.holds_absent => {
                let test = condition.text.as_ref().filter(|test| test.matched && !test.otherwise)?;
                &test.language
            }
            _ => return None,
        };
        language.0.iter().map(literal_text).collect()
    })
}

/// The patterns without variables that a test is about.
fn globs<'t>(theory: &Theory<'t>, literal: Literal) -> Vec<&'t Glob> {
    match &theory.atoms.get(literal.atom).test {
        Test::Fits(language) => language.0.iter().collect(),
        Test::Condition(condition) => condition.text.iter().flat_map(|test| test.language.0.iter()).collect(),
        Test::FitsTemplate(_) | Test::Absent | Test::TurnsOut => Vec::new(),
    }
}

/// What a variable may stand for if a text is to fit a pattern with it and another: the other's text at its place.
fn cut_out(template: &KeyTemplate, key: KeyId, glob: &Glob) -> Vec<String> {
    let mut before = String::new();
    let mut pieces = template.pieces.iter();
    for piece in pieces.by_ref() {
        match piece {
            TemplatePiece::Plain(Piece::Literal(text)) => before.push_str(text),
            TemplatePiece::Variable(variable) if *variable == key => break,
            _ => return Vec::new(),
        }
    }
    let Some(Piece::Literal(text)) = glob.pieces.first() else { return Vec::new() };
    let Some(rest) = text.strip_prefix(before.as_str()) else { return Vec::new() };
    let after = match pieces.next() {
        Some(TemplatePiece::Plain(Piece::Literal(text))) => text.chars().next(),
        _ => None,
    };
    let to_delimiter = |delimiter: char| rest.split(delimiter).next().map(str::to_owned);
    let mut found: Vec<String> = after.and_then(to_delimiter).into_iter().collect();
    found.extend(to_delimiter('/'));
    found.push(rest.to_owned());
    // The other goes on with a wildcard.
    found.push(format!("{rest}x"));
    found
}
