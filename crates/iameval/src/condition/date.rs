//! The `Date…` operators: instants, cut to milliseconds (R-COND-22).

use crate::document::Operator;
use std::cmp::Ordering;

#[derive(Debug)]
pub(super) struct DateTest {
    operator: Operator,
    /// Values that are no dates are left out: they equal nothing and order with nothing.
    values: Box<[Instant]>,
}

impl DateTest {
    pub(super) fn new<'t>(operator: Operator, values: impl Iterator<Item = &'t str>) -> Self {
        Self { operator, values: values.filter_map(Instant::parse).collect() }
    }

    pub(super) fn holds(&self, text: &str) -> bool {
        let Some(instant) = Instant::parse(text) else {
            return self.operator == Operator::DateNotEquals;
        };
        let any = |wanted: fn(Ordering) -> bool| self.values.iter().any(|value| wanted(instant.cmp(value)));
        match self.operator {
            Operator::DateNotEquals => !any(Ordering::is_eq),
            Operator::DateLessThan => any(Ordering::is_lt),
            Operator::DateLessThanEquals => any(Ordering::is_le),
            Operator::DateGreaterThan => any(Ordering::is_gt),
            Operator::DateGreaterThanEquals => any(Ordering::is_ge),
            _ => any(Ordering::is_eq),
        }
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(i128);

impl Instant {
    /// Epoch seconds, or a date of the W3C profile of ISO 8601. A text of digits only is epoch seconds.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if is_epoch(text) {
            let seconds: i64 = text.trim_start_matches('+').parse().ok()?;
            return Some(Self(i128::from(seconds) * 1000));
        }
        calendar(text.as_bytes())
    }
}

/// Whether `text` can only be meant as epoch seconds: digits, perhaps after a `+`.
fn is_epoch(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn calendar(text: &[u8]) -> Option<Instant> {
    let mut rest = text;
    let year = number(&mut rest, 4)?;
    // A year alone would be digits only, so there is a month.
    literal(&mut rest, b'-')?;
    let month = number(&mut rest, 2)?;
    let day = match literal(&mut rest, b'-') {
        Some(()) => number(&mut rest, 2)?,
        None => 1,
    };
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let midnight = days_from_epoch(year, month, day) * 86_400_000;
    if rest.is_empty() {
        return Some(Instant(midnight.into()));
    }
    literal(&mut rest, b'T')?;
    let time = time_of_day(&mut rest)?;
    let offset = zone(&mut rest)?;
    rest.is_empty().then_some(Instant((midnight + time - offset).into()))
}

/// `hh:mm`, `hh:mm:ss` or with a fraction, in milliseconds.
fn time_of_day(rest: &mut &[u8]) -> Option<i64> {
    let hour = number(rest, 2).filter(|hour| *hour < 24)?;
    literal(rest, b':')?;
    let minute = number(rest, 2).filter(|minute| *minute < 60)?;
    let mut milliseconds = (hour * 60 + minute) * 60_000;
    if literal(rest, b':').is_some() {
        milliseconds += number(rest, 2).filter(|second| *second < 60)? * 1000;
        if literal(rest, b'.').is_some() {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (fraction, tail) = rest.split_at_checked(digits).filter(|_| digits > 0)?;
            *rest = tail;
            let padded = fraction.iter().chain(b"00").take(3);
            milliseconds += padded.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        }
    }
    Some(milliseconds)
}

/// `Z`, `±hh:mm`, or nothing for UTC; in milliseconds to subtract.
fn zone(rest: &mut &[u8]) -> Option<i64> {
    let sign = match rest.first() {
        None => return Some(0),
        Some(b'Z') => return literal(rest, b'Z').map(|()| 0),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    *rest = rest.get(1..)?;
    let hours = number(rest, 2).filter(|hours| *hours < 24)?;
    literal(rest, b':')?;
    let minutes = number(rest, 2).filter(|minutes| *minutes < 60)?;
    Some(sign * (hours * 60 + minutes) * 60_000)
}

fn number(rest: &mut &[u8], digits: usize) -> Option<i64> {
    let (head, tail) = rest.split_at_checked(digits)?;
    if !head.iter().all(u8::is_ascii_digit) {
        return None;
    }
    *rest = tail;
    Some(head.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

fn literal(rest: &mut &[u8], byte: u8) -> Option<()> {
    let (first, tail) = rest.split_first()?;
    if *first != byte {
        return None;
    }
    *rest = tail;
    Some(())
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, for years from 0 on.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_date() {
        for (text, milliseconds) in [
            ("0", 0),
            ("2024", 2_024_000),
            ("+5", 5_000),
            ("1970-01", 0),
            ("1970-01-02", 86_400_000),
            ("2024-02-29T12:30Z", 1_709_209_800_000),
            ("2024-02-29T12:30:15.1239+01:00", 1_709_206_215_123),
            ("2024-02-29T12:30:15.1", 1_709_209_815_100),
            ("1969-12-31T23:59:59Z", -1_000),
            ("2000-03-01", 951_868_800_000),
        ] {
            assert_eq!(Instant::parse(text), Some(Instant(milliseconds)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "", "-1", "2024-", "2024-13", "2023-02-29", "2024-01-01T", "2024-01-01T25:00Z", "2024-01-01 00:00Z",
            "2024-01-01T00:00:60Z", "2024-01-01T00:00+1", "2024-1-1", "yesterday", "99999999999999999999",
            "2024-01-01T00:00:00.Z", "2024-01-01Z",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
