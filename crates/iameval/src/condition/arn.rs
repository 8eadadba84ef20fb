//! The `Arn…` operators: six parts, each compared with its own pattern (R-ARN-05). `ArnEquals` is `ArnLike`.

use super::{Compiler, Scope};
use crate::certainty::Certainty;
use crate::context::View;
use crate::document::{Effect, Operator};
use crate::name::split_arn;
use crate::symbol::{Reader, may_hold_symbols};
use crate::variable::{Part, free_pattern};
use crate::wildcard::{Pattern, Slots, Token};
use std::collections::BTreeMap;

#[derive(Debug)]
pub(super) struct ArnTest {
    negated: bool,
    effect: Effect,
    values: Box<[Value]>,
}

#[derive(Debug)]
enum Value {
    /// Exactly `*`: any ARN.
    Any,
    Parts(Box<[Pattern; 6]>),
    /// Fewer than six parts, unless a variable brings in more of them.
    Filled(Box<[FilledPiece]>),
    Malformed,
    /// Symbols, one of which may bring in colons.
    Open(Box<str>),
}

#[derive(Debug)]
enum FilledPiece {
    Written(Part),
    Slot(u32),
}

/// What a policy value says of the request's ARN.
enum Comparison {
    Match,
    NoMatch,
    Malformed,
}

impl ArnTest {
    pub(super) fn new<'t>(
        operator: Operator,
        effect: Effect,
        values: impl Iterator<Item = &'t str>,
        compiler: &mut impl Compiler,
    ) -> Self {
        let values = values.map(|value| Value::new(value, compiler)).collect();
        Self { negated: operator.is_negated(), effect, values }
    }

    /// Values are taken in order, and the first that matches or is malformed decides: a malformed one satisfies the
    /// condition in a Deny and not in an Allow, negated or not (R-COND-28).
    pub(super) fn holds<V: View>(&self, text: &str, scope: &Scope<'_, V>) -> bool {
        let Some(arn) = split_arn(text).filter(|[head, ..]| *head == "arn") else { return false };
        for value in &self.values {
            match value.compare(arn, scope) {
                Comparison::Match => return !self.negated,
                Comparison::Malformed => return self.effect == Effect::Deny,
                Comparison::NoMatch => {}
            }
        }
        self.negated
    }
}

/// Where symbols may stand in the values or the text.
impl ArnTest {
    /// The outcomes that are possible, value by value, until one decides for certain.
    pub(super) fn truth<V: View>(&self, text: &str, scope: &Scope<'_, V>, reader: &Reader<'_>) -> Certainty {
        let arn = split_arn(text).filter(|[head, ..]| *head == "arn");
        if arn.is_none() && !reader.meets(text) {
            return Certainty::No;
        }
        let mut possible = [false; 2];
        let mut may_be = |outcome: bool| if outcome { possible[1] = true } else { possible[0] = true };
        let mut is_settled = false;
        for value in &self.values {
            match value.truth(arn, scope, reader) {
                Some(Certainty::No) => {}
                Some(certainty) => {
                    may_be(!self.negated);
                    is_settled = certainty == Certainty::Yes;
                }
                None => {
                    may_be(self.effect == Effect::Deny);
                    is_settled = true;
                }
            }
            if is_settled {
                break;
            }
        }
        if !is_settled {
            may_be(self.negated);
        }
        // A text of which not all parts are known may be no ARN.
        if arn.is_none() {
            may_be(false);
        }
        match possible {
            [true, true] => Certainty::Maybe,
            [_, holds] => holds.into(),
        }
    }
}

impl Value {
    /// Whether the value matches; `None` where it is malformed.
    fn truth(&self, arn: Option<[&str; 6]>, slots: &impl Slots, reader: &Reader<'_>) -> Option<Certainty> {
        let Some(arn) = arn else { return Some(Certainty::Maybe) };
        match self {
            Value::Any => Some(Certainty::Yes),
            Value::Malformed => None,
            Value::Open(symbols) => {
                reader.meets(symbols);
                Some(Certainty::Maybe)
            }
            Value::Parts(patterns) => {
                let [first @ .., _] = &**patterns;
                // What may bring in colons shifts all parts behind it.
                let shifts = first.iter().zip(arn).position(|(pattern, part)| {
                    let filled =
                        pattern.slots().iter().filter_map(|slot| slots.open(*slot).or_else(|| slots.text(*slot)));
                    pattern.literals().chain(filled).chain([part]).any(|text| reader.may_bring_colons(text))
                });
                let fixed = patterns.iter().zip(arn).take(shifts.unwrap_or(6));
                let fits = Certainty::all(fixed.map(|(pattern, part)| reader.fits(pattern, part, slots)));
                let Some(shifts) = shifts.filter(|_| fits != Certainty::No) else { return Some(fits) };
                for (pattern, part) in patterns.iter().zip(arn).skip(shifts) {
                    pattern.literals().chain([part]).for_each(|text| {
                        reader.meets(text);
                    });
                }
                Some(Certainty::Maybe)
            }
            Value::Filled(pieces) => {
                let texts = pieces.iter().filter_map(|piece| match piece {
                    FilledPiece::Written(Part::Literal(text)) => Some(text.as_str()),
                    FilledPiece::Written(_) => None,
                    FilledPiece::Slot(slot) => slots.open(*slot).or_else(|| slots.text(*slot)),
                });
                let has_symbols = texts.fold(false, |any, text| reader.meets(text) | any);
                let in_arn = arn.iter().fold(false, |any, part| reader.meets(part) | any);
                if has_symbols || in_arn {
                    return Some(Certainty::Maybe);
                }
                match self.compare(arn, slots) {
                    Comparison::Match => Some(Certainty::Yes),
                    Comparison::NoMatch => Some(Certainty::No),
                    Comparison::Malformed => None,
                }
            }
        }
    }

    fn new(text: &str, compiler: &mut impl Compiler) -> Self {
        if text == "*" {
            return Value::Any;
        }
        let parts = compiler.pattern(text);
        let has_variables = parts.iter().any(|part| matches!(part, Part::Variable(_)));
        match split(parts) {
            None if may_hold_symbols(text) => Value::Open(text.into()),
            Some(parts) => {
                let pattern = |part| free_pattern(part, |variable| Token::Slot(compiler.variable(variable)));
                Value::Parts(Box::new(parts.map(pattern)))
            }
            None if has_variables => {
                let parts = compiler.pattern(text);
                let piece = |part| match part {
                    Part::Variable(variable) => FilledPiece::Slot(compiler.variable(variable)),
                    other => FilledPiece::Written(other),
                };
                Value::Filled(parts.into_iter().map(piece).collect())
            }
            None => Value::Malformed,
        }
    }

    fn compare(&self, arn: [&str; 6], slots: &impl Slots) -> Comparison {
        match self {
            Value::Any => Comparison::Match,
            Value::Malformed | Value::Open(_) => Comparison::Malformed,
            Value::Parts(patterns) if all_match(patterns, arn, slots) => Comparison::Match,
            Value::Parts(_) => Comparison::NoMatch,
            Value::Filled(pieces) => compare_filled(pieces, arn, slots),
        }
    }
}

/// The only comparison of ARNs that allocates. A text that is filled in many times is read once, and nothing is made of a
/// value that is longer than the ARN, so the cost does not grow with their product.
fn compare_filled(pieces: &[FilledPiece], arn: [&str; 6], slots: &impl Slots) -> Comparison {
    let Some(measured) = Measured::new(pieces, slots) else { return Comparison::NoMatch };
    if measured.colons < COLONS {
        return Comparison::Malformed;
    }
    let most = arn.iter().map(|part| part.len()).sum::<usize>() + COLONS;
    if measured.bytes > most {
        return Comparison::NoMatch;
    }
    match fill(pieces, slots).and_then(split).map(|parts| parts.map(filled_pattern)) {
        Some(patterns) if all_match(&patterns, arn, &()) => Comparison::Match,
        _ => Comparison::NoMatch,
    }
}

/// How many colons an ARN has at least.
const COLONS: usize = 5;

/// How much literal text a value has with its variables filled in.
struct Measured {
    bytes: usize,
    colons: usize,
}

impl Measured {
    /// `None` when a variable has no value.
    fn new(pieces: &[FilledPiece], slots: &impl Slots) -> Option<Self> {
        let mut measured = Self { bytes: 0, colons: 0 };
        // By address, because many variables may stand for one text.
        let mut counted: BTreeMap<*const str, usize> = BTreeMap::new();
        for piece in pieces {
            let text = match piece {
                FilledPiece::Written(Part::Literal(text)) => text,
                FilledPiece::Written(_) => continue,
                FilledPiece::Slot(slot) => slots.text(*slot)?,
            };
            let count = || memchr::memchr_iter(b':', text.as_bytes()).count();
            measured.colons += *counted.entry(std::ptr::from_ref(text)).or_insert_with(count);
            measured.bytes = measured.bytes.saturating_add(text.len());
        }
        Some(measured)
    }
}

fn all_match(patterns: &[Pattern; 6], arn: [&str; 6], slots: &impl Slots) -> bool {
    patterns.iter().zip(arn).all(|(pattern, part)| pattern.matches(part, slots))
}

/// The parts with the variables' values as literal text; `None` when one has no value.
fn fill(pieces: &[FilledPiece], slots: &impl Slots) -> Option<Vec<Part>> {
    let part = |piece: &FilledPiece| match piece {
        FilledPiece::Written(part) => Some(part.clone()),
        FilledPiece::Slot(slot) => slots.text(*slot).map(|text| Part::Literal(text.into())),
    };
    pieces.iter().map(part).collect()
}

/// Cuts at the first five colons that stand outside variables (R-ARN-02). `None` when there are fewer.
fn split(parts: Vec<Part>) -> Option<[Vec<Part>; 6]> {
    let mut result: [Vec<Part>; 6] = Default::default();
    let mut index = 0;
    for part in parts {
        let Part::Literal(text) = part else {
            result.get_mut(index)?.push(part);
            continue;
        };
        for (number, piece) in text.splitn(6 - index, ':').enumerate() {
            index += usize::from(number > 0);
            if !piece.is_empty() {
                result.get_mut(index)?.push(Part::Literal(piece.into()));
            }
        }
    }
    (index == 5).then_some(result)
}

fn filled_pattern(parts: Vec<Part>) -> Pattern {
    free_pattern(parts, |variable| Token::Literal(variable.key))
}
