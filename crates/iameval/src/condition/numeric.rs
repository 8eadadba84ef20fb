//! The `Numeric…` operators: exact decimals (R-COND-20).

use crate::document::Operator;
use crate::mode::EvaluationMode;
use std::cmp::Ordering;

#[derive(Debug)]
pub(super) struct NumericTest {
    operator: Operator,
    /// Values that are not numbers are left out: they equal nothing and order with nothing. Of a bound only the widest stays.
    // INVARIANT: in order.
    values: Box<[Box<str>]>,
}

impl NumericTest {
    pub(super) fn new<'t>(operator: Operator, values: impl Iterator<Item = &'t str>) -> Self {
        let mut values: Vec<Box<str>> = values.filter(|value| is_number(value)).map(Into::into).collect();
        values.sort_by(|one, other| match (Decimal::parse(one), Decimal::parse(other)) {
            (Some(one), Some(other)) => one.compare(&other),
            _ => Ordering::Equal,
        });
        let widest = match operator {
            Operator::NumericLessThan | Operator::NumericLessThanEquals => {
                values.split_off(values.len().saturating_sub(1))
            }
            Operator::NumericGreaterThan | Operator::NumericGreaterThanEquals => {
                values.truncate(1);
                values
            }
            _ => values,
        };
        Self { operator, values: widest.into() }
    }

    pub(super) fn holds(&self, text: &str, mode: EvaluationMode) -> bool {
        let Some(number) = Decimal::parse(text) else {
            return self.operator == Operator::NumericNotEquals && mode == EvaluationMode::Live;
        };
        let compare = |value: &str| Decimal::parse(value).map_or(Ordering::Less, |value| value.compare(&number));
        let bound =
            |wanted: fn(Ordering) -> bool| self.values.first().is_some_and(|bound| wanted(compare(bound).reverse()));
        let is_listed = || self.values.binary_search_by(|value| compare(value)).is_ok();
        match self.operator {
            Operator::NumericNotEquals => !is_listed(),
            Operator::NumericLessThan => bound(Ordering::is_lt),
            Operator::NumericLessThanEquals => bound(Ordering::is_le),
            Operator::NumericGreaterThan => bound(Ordering::is_gt),
            Operator::NumericGreaterThanEquals => bound(Ordering::is_ge),
            _ => is_listed(),
        }
    }
}

/// Whether `text` is a number as AWS reads one.
pub(crate) fn is_number(text: &str) -> bool {
    Decimal::parse(text).is_some()
}

/// How two numbers compare; `None` where one is not a number.
pub(crate) fn compare_numbers(one: &str, other: &str) -> Option<Ordering> {
    Some(Decimal::parse(one)?.compare(&Decimal::parse(other)?))
}

/// A decimal number as borrowed digits: ±0.DIGITS × 10^point.
#[derive(Debug, Clone, Copy)]
struct Decimal<'t> {
    negative: bool,
    // INVARIANT: digits before and after the point; together they begin and end with another digit than 0, or are
    // both empty (zero).
    whole: &'t [u8],
    fraction: &'t [u8],
    point: i64,
}

impl<'t> Decimal<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let digits = |text: &'t [u8]| {
            let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
            text.split_at_checked(end)
        };
        let (whole, rest) = digits(rest)?;
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => digits(rest)?,
            rest => (&[][..], rest),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let exponent = match rest {
            [] => 0,
            [b'e' | b'E', rest @ ..] => exponent(rest)?,
            _ => return None,
        };
        Some(Self::normalized(negative, whole, fraction, exponent))
    }

    fn normalized(negative: bool, whole: &'t [u8], fraction: &'t [u8], exponent: i64) -> Self {
        let length = |digits: &[u8]| i64::try_from(digits.len()).unwrap_or(i64::MAX / 4);
        let whole = skip_zeroes(whole);
        let (mut whole, mut fraction, mut point) = if whole.is_empty() {
            let tail = skip_zeroes(fraction);
            (whole, tail, length(tail) - length(fraction))
        } else {
            (whole, fraction, length(whole))
        };
        while let [rest @ .., b'0'] = fraction {
            fraction = rest;
        }
        if fraction.is_empty() {
            while let [rest @ .., b'0'] = whole {
                whole = rest;
            }
        }
        point = point.saturating_add(exponent);
        let zero = whole.is_empty() && fraction.is_empty();
        Self { negative: negative && !zero, whole, fraction, point }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self.sign(), other.sign()) {
            (left, right) if left != right => left.cmp(&right),
            (0, _) => Ordering::Equal,
            (1, _) => self.compare_size(other),
            _ => other.compare_size(self),
        }
    }

    fn sign(&self) -> i8 {
        match (self.whole.is_empty() && self.fraction.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// Both are other than zero, so digits after the same point compare like texts.
    fn compare_size(&self, other: &Self) -> Ordering {
        let digits = |number: &Self| number.whole.iter().chain(number.fraction);
        self.point.cmp(&other.point).then_with(|| digits(self).cmp(digits(other)))
    }
}

fn skip_zeroes(mut digits: &[u8]) -> &[u8] {
    while let [b'0', rest @ ..] = digits {
        digits = rest;
    }
    digits
}

/// An exponent, cut off where no text could make up for it.
fn exponent(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        rest => (1, rest),
    };
    if digits.is_empty() {
        return None;
    }
    let size = digits.iter().try_fold(0_i64, |sum, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        Some((sum.saturating_mul(10).saturating_add(i64::from(digit))).min(i64::MAX / 4))
    })?;
    Some(sign * size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_exactly() {
        for (left, ordering, right) in [
            ("10", Ordering::Equal, "10.0"),
            ("10.5", Ordering::Greater, "10"),
            ("1e2", Ordering::Equal, "100"),
            ("1.", Ordering::Equal, "1"),
            ("+1", Ordering::Equal, "01"),
            ("-0", Ordering::Equal, "0.000"),
            ("-1", Ordering::Less, "0"),
            ("-2", Ordering::Less, "-1"),
            ("9007199254740992", Ordering::Less, "9007199254740993"),
            ("1e9999", Ordering::Greater, "9e9998"),
            ("0.001", Ordering::Equal, "1e-3"),
            ("0.01", Ordering::Greater, "0.0099"),
            ("123.456", Ordering::Less, "123.4561"),
            ("1e99999999999999999999", Ordering::Greater, "1"),
            ("1000", Ordering::Greater, "999"),
            ("0e5", Ordering::Equal, "0"),
        ] {
            let compared = Decimal::parse(left).unwrap().compare(&Decimal::parse(right).unwrap());
            assert_eq!(compared, ordering, "{left} {right}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", " 1", "1 ", "10abc", "0x10", "NaN", "Infinity", "1e", "1e+", ".", "-", "1.2.3", "١"] {
            assert!(!is_number(text), "{text}");
        }
    }
}
