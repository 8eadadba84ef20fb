//! The `Date…` operators: instants, cut to milliseconds (R-COND-22).

use crate::document::Operator;
use std::fmt;
use std::str::FromStr;

#[derive(Debug)]
pub(super) struct DateTest {
    operator: Operator,
    /// Values that are not dates are left out: they equal nothing and order with nothing.
    // INVARIANT: in order.
    values: Box<[DateTime]>,
}

impl DateTest {
    pub(super) fn new<'t>(operator: Operator, values: impl Iterator<Item = &'t str>) -> Self {
        let mut values: Vec<DateTime> = values.filter_map(DateTime::parse).collect();
        values.sort_unstable();
        Self { operator, values: values.into() }
    }

    pub(super) fn holds(&self, text: &str) -> bool {
        let Some(instant) = DateTime::parse(text) else {
            return self.operator == Operator::DateNotEquals;
        };
        let is_listed = || self.values.binary_search(&instant).is_ok();
        let (first, last) = (self.values.first(), self.values.last());
        match self.operator {
            Operator::DateNotEquals => !is_listed(),
            Operator::DateLessThan => last.is_some_and(|last| instant < *last),
            Operator::DateLessThanEquals => last.is_some_and(|last| instant <= *last),
            Operator::DateGreaterThan => first.is_some_and(|first| instant > *first),
            Operator::DateGreaterThanEquals => first.is_some_and(|first| instant >= *first),
            _ => is_listed(),
        }
    }
}

/// An instant as date conditions compare them, to the millisecond.
///
/// ```
/// use iameval::DateTime;
///
/// let at: DateTime = "2026-11-23T12:00+01:00".parse().unwrap();
/// assert_eq!(at, "1795431600".parse().unwrap());
/// assert_eq!(at.to_string(), "2026-11-23T11:00:00Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
// INVARIANT: milliseconds since 1970-01-01T00:00:00Z.
pub struct DateTime(i128);

/// A text that should have been a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a date: expected epoch seconds, or a date such as `2026-11-23` or `2026-11-23T12:00:00Z`")]
pub struct ParseDateTimeError {
    text: Box<str>,
}

impl FromStr for DateTime {
    type Err = ParseDateTimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).ok_or_else(|| ParseDateTimeError { text: text.into() })
    }
}

impl fmt::Display for DateTime {
    /// ISO 8601 in UTC, with milliseconds where there are some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, rest) = (self.0.div_euclid(86_400_000), self.0.rem_euclid(86_400_000));
        let (year, month, day) = date_of_day(days);
        let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        match rest % 1000 {
            0 => f.write_str("Z"),
            milliseconds => write!(f, ".{milliseconds:03}Z"),
        }
    }
}

impl DateTime {
    /// So many seconds after 1970-01-01T00:00:00Z.
    pub fn from_epoch_seconds(seconds: u64) -> Self {
        Self(i128::from(seconds) * 1000)
    }

    /// The seconds since 1970-01-01T00:00:00Z.
    pub fn epoch_seconds(self) -> i128 {
        self.0.div_euclid(1000)
    }

    /// The instant so many milliseconds later, or earlier.
    #[must_use]
    pub fn plus_milliseconds(self, milliseconds: i64) -> Self {
        Self(self.0 + i128::from(milliseconds))
    }

    /// Epoch seconds, or a date of the W3C profile of ISO 8601. A text of digits only is epoch seconds; after a minus
    /// sign comes a year.
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

fn calendar(text: &[u8]) -> Option<DateTime> {
    let mut rest = text;
    let before_zero = literal(&mut rest, b'-').is_some();
    let year = if before_zero { year_before_zero(&mut rest)? } else { number(&mut rest, 4)? };
    let month = match literal(&mut rest, b'-') {
        Some(()) => number(&mut rest, 2)?,
        // Another year alone would be digits only, which are epoch seconds.
        None if before_zero => 1,
        None => return None,
    };
    let day = match literal(&mut rest, b'-') {
        Some(()) => number(&mut rest, 2)?,
        None => 1,
    };
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let midnight = days_from_epoch(year, month, day) * 86_400_000;
    if rest.is_empty() {
        return Some(DateTime(midnight.into()));
    }
    literal(&mut rest, b'T')?;
    let time = time_of_day(&mut rest)?;
    let offset = zone(&mut rest)?;
    rest.is_empty().then_some(DateTime((midnight + time - offset).into()))
}

/// The digits after a minus sign: a year of as many digits as it takes, with a year 0 before the year 1 (V-05).
fn year_before_zero(rest: &mut &[u8]) -> Option<i64> {
    /// The first year of AWS's calendar. It has nine digits, so that no longer text needs to be read.
    const FIRST: i64 = -292_275_054;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let year = Some(digits).filter(|digits| (1..=9).contains(digits)).and_then(|digits| number(rest, digits))?;
    Some(-year).filter(|year| *year >= FIRST)
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

/// Days since 1970-01-01 in the Gregorian calendar, for any year.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// The inverse of [`days_from_epoch`], for any year.
fn date_of_day(days: i128) -> (i128, i128, i128) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i128::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_print_as_they_are_read() {
        for text in ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59.001Z", "0001-03-01T00:00:00Z", "9999-12-31T12:00:00Z"]
        {
            assert_eq!(DateTime::parse(text).unwrap().to_string(), text);
        }
    }

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
            ("-0", -62_167_219_200_000),
            ("0000-01", -62_167_219_200_000),
            ("-1", -62_198_755_200_000),
            ("-0001-12-31T23:59:59Z", -62_167_219_201_000),
            ("-4-02-29", -62_288_352_000_000),
            ("-292275054", -9_223_372_017_043_200_000),
        ] {
            assert_eq!(DateTime::parse(text), Some(DateTime(milliseconds)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "",
            "-",
            "--1",
            "-1Z",
            "-1-",
            "-1-02-29",
            "-292275055",
            "-1714990830",
            "-0000000001",
            "-99999999999999999999",
            "+2024-01",
            "2024-",
            "2024-13",
            "2023-02-29",
            "2024-01-01T",
            "2024-01-01T25:00Z",
            "2024-01-01 00:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00+1",
            "2024-1-1",
            "yesterday",
            "99999999999999999999",
            "2024-01-01T00:00:00.Z",
            "2024-01-01Z",
        ] {
            assert_eq!(DateTime::parse(text), None, "{text}");
        }
    }
}
