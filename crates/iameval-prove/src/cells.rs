//! Values to try of a context key: so many that between them every test of numbers, dates, addresses and truth values comes
//! out every way that it can.

use crate::glob::{Piece, Reach};
use crate::template::Template;
use iameval::literal::compare_numbers;
use iameval::{DateTime, OperatorFamily, PatternPart};
use iameval_data::KeyType;
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Values to try.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    pub(crate) texts: Vec<String>,
    /// Whether some constant could not be read, so that values may be missing.
    pub(crate) has_gaps: bool,
}

impl Cells {
    fn push(&mut self, text: impl Into<String>) {
        self.texts.push(text.into());
    }

    /// The values that constants of a family of operators part.
    pub(crate) fn of_constants<'v>(family: OperatorFamily, constants: impl Iterator<Item = &'v str>) -> Self {
        let mut cells = Self::default();
        match family {
            OperatorFamily::Numeric => cells.numbers(constants),
            OperatorFamily::Date => cells.dates(constants),
            OperatorFamily::IpAddress => cells.addresses(constants),
            OperatorFamily::Bool => cells.texts.extend(["true", "false"].map(Into::into)),
            OperatorFamily::Binary => cells.texts.extend(constants.map(Into::into)),
            OperatorFamily::String | OperatorFamily::Arn | OperatorFamily::Null => {}
        }
        cells
    }

    /// Each number, one between each two, and one at either end.
    fn numbers<'v>(&mut self, constants: impl Iterator<Item = &'v str>) {
        let mut known = BTreeSet::new();
        for text in constants {
            match Fixed::parse(text) {
                Some(number) => _ = known.insert(number),
                None => self.has_gaps |= compare_numbers(text, text).is_some(),
            }
        }
        let known: Vec<Fixed> = known.into_iter().collect();
        self.texts.extend(known.iter().map(ToString::to_string));
        if let (Some(first), Some(last)) = (known.first(), known.last()) {
            self.push(last.next().to_string());
            self.push(first.previous().to_string());
        }
        self.texts.extend(known.windows(2).filter_map(|pair| match pair {
            [low, high] => Some(low.between(*high).to_string()),
            _ => None,
        }));
    }

    /// Texts that are numbers and dates at once, so many that between them tests of both come out every way that they can
    /// together: whole numbers are seconds, or years before the first where they are negative. And a number that is no date.
    pub(crate) fn of_numbers_and_dates<'v>(
        numbers: impl Iterator<Item = &'v str>,
        dates: impl Iterator<Item = &'v str>,
    ) -> Self {
        let whole = numbers.filter_map(Fixed::parse).map(Fixed::whole);
        let of_date = |text: &'v str| {
            let seconds = text.parse::<DateTime>().ok().map(DateTime::epoch_seconds);
            let before_zero = text.strip_prefix('-').and_then(|year| year.split('-').next()?.parse::<i128>().ok());
            seconds.into_iter().chain(before_zero.map(|year| -year))
        };
        let known: BTreeSet<i128> = whole.chain(dates.flat_map(of_date)).collect();
        let around: BTreeSet<i128> = known.into_iter().flat_map(|number| [number, number + 1, number - 1]).collect();
        let mut cells = Self::default();
        cells.texts.extend(around.iter().map(ToString::to_string));
        cells.texts.extend(["-0", "-1", "0.5"].map(Into::into));
        cells
    }

    /// Each instant, and the milliseconds around it.
    fn dates<'v>(&mut self, constants: impl Iterator<Item = &'v str>) {
        for text in constants {
            let Ok(instant) = text.parse::<DateTime>() else { continue };
            for offset in [0, 1, -1] {
                let near = instant.plus_milliseconds(offset);
                let spellings = [near.to_string(), near.epoch_seconds().to_string()];
                match spellings.into_iter().find(|spelling| spelling.parse() == Ok(near)) {
                    Some(spelling) => self.texts.push(spelling),
                    None => self.has_gaps = true,
                }
            }
        }
    }

    /// The first address of each network, the first behind it, and the last before it; and the first of all.
    fn addresses<'v>(&mut self, constants: impl Iterator<Item = &'v str>) {
        /// The first address behind those that stand for addresses of version 4.
        const BEHIND_MAPPED: u128 = 0x1_0000_0000_0000;
        let (mut v4, mut v6) = (BTreeSet::from([0_u32]), BTreeSet::from([0_u128, BEHIND_MAPPED]));
        for text in constants {
            match Network::parse(text) {
                Some(Network::V4(first, last)) => {
                    v4.extend([Some(first), first.checked_sub(1), last.checked_add(1)].into_iter().flatten());
                }
                Some(Network::V6(first, last)) => {
                    v6.extend([Some(first), first.checked_sub(1), last.checked_add(1)].into_iter().flatten());
                }
                None => self.has_gaps |= text.contains(['.', ':']),
            }
        }
        self.texts.extend(v4.into_iter().rev().map(|bits| Ipv4Addr::from(bits).to_string()));
        self.texts.extend(v6.into_iter().rev().map(|bits| Ipv6Addr::from(bits).to_string()));
    }

    /// The same values, spelled in other ways: to tests of texts these are others.
    pub(crate) fn spelled(&self, family: OperatorFamily) -> Vec<String> {
        let respelled = |text: &String| -> Vec<String> {
            match family {
                OperatorFamily::Numeric => {
                    let point = if text.contains('.') { "" } else { "." };
                    vec![format!("{text}{point}0"), format!("{text}e0"), format!("{text}{point}00")]
                }
                OperatorFamily::Date => match text.parse::<DateTime>() {
                    Ok(instant) => vec![
                        instant.to_string(),
                        instant.to_string().replace('Z', "+00:00"),
                        instant.epoch_seconds().to_string(),
                    ],
                    Err(_) => Vec::new(),
                },
                OperatorFamily::IpAddress if text.contains('.') => vec![format!("::ffff:{text}")],
                OperatorFamily::IpAddress => vec![format!("{text}:"), text.to_ascii_uppercase()],
                OperatorFamily::Bool => vec![text.to_ascii_uppercase()],
                _ => Vec::new(),
            }
        };
        self.texts.iter().flat_map(respelled).collect()
    }

    /// A few texts that fit a pattern: some that a key of that type can have, if it is of one.
    pub(crate) fn of_pattern(&mut self, template: &Template, key_type: Option<KeyType>) {
        let (fillings, unit): (&[&str], _) = match key_type {
            Some(KeyType::IpAddress) => (&["1", "1.1", "1.1.1", "1.1.1.1", ":1", "1:1", ""], "1"),
            Some(KeyType::Numeric) => (&["1", ""], "1"),
            Some(KeyType::Date) => (&["1", "01T00:00:00Z", "01-01T00:00:00Z", ""], "1"),
            _ => (&["x", ""], "x"),
        };
        for filling in fillings {
            let glob = template.fill(|_| Piece::Literal((*filling).into()));
            let pieces = glob.pieces.iter().map(|piece| match piece {
                Piece::Literal(text) => text,
                Piece::Unit(Reach::Digit) => "1",
                Piece::Unit(_) => unit,
                Piece::Star(_) => filling,
            });
            self.texts.push(pieces.collect());
        }
    }

    /// The text in which nothing is a wildcard.
    pub(crate) fn of_literal(&mut self, parts: &[PatternPart]) {
        let literal = parts.iter().map(|part| match part {
            PatternPart::Literal(text) => Some(text.as_str()),
            PatternPart::Star => Some("*"),
            PatternPart::Unit => Some("?"),
            PatternPart::Variable(_) => None,
        });
        self.texts.extend(literal.collect::<Option<String>>());
    }
}

/// Addresses from one to another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Network {
    V4(u32, u32),
    V6(u128, u128),
}

impl Network {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.trim_start_matches('+').parse::<u32>().ok()?)),
            None => (text, None),
        };
        if let Ok(address) = address.parse::<Ipv6Addr>() {
            let prefix = prefix.unwrap_or(128);
            let (bits, hosts) = (u128::from(address), u128::MAX.checked_shr(prefix).unwrap_or(0));
            return Some(Self::V6(bits & !hosts, bits | hosts));
        }
        let mut bits = 0_u32;
        let octets: Vec<&str> = address.split('.').collect();
        for octet in &octets {
            bits = bits.checked_mul(256)?.checked_add(octet.parse::<u8>().ok()?.into())?;
        }
        let prefix = prefix.unwrap_or(32);
        let hosts = u32::MAX.checked_shr(prefix).unwrap_or(0);
        (octets.len() == 4).then_some(Self::V4(bits & !hosts, bits | hosts))
    }
}

/// A number in units of 10^-16, of which the last digit is spare for what lies between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fixed(i128);

impl Fixed {
    const DIGITS: usize = 16;
    const ONE: i128 = 10_i128.pow(16);

    fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (digits, exponent) = match digits.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (digits, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if digits.len() > 20 || !is_plain(whole) || !is_plain(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let size = format!("{whole}{fraction}").parse::<i128>().ok()?;
        let places = i32::try_from(Self::DIGITS).ok()?.checked_add(exponent)?;
        let places = places.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        // The last digit is spare.
        let places = u32::try_from(places).ok().filter(|places| *places > 0 || size == 0)?;
        let number = size.checked_mul(10_i128.checked_pow(places)?)?;
        // Those next to it are numbers of that size as well.
        (number < i128::MAX / 16).then_some(Self(sign * number))
    }

    /// The whole number at or below it.
    fn whole(self) -> i128 {
        self.0.div_euclid(Self::ONE)
    }

    fn next(self) -> Self {
        Self(self.0.div_euclid(Self::ONE) * Self::ONE + Self::ONE)
    }

    fn previous(self) -> Self {
        Self(-Self(-self.0).next().0)
    }

    /// A number between two that differ; a round one where there is one.
    fn between(self, high: Self) -> Self {
        let round = self.next();
        if round < high { round } else { Self((self.0 + high.0).div_euclid(2)) }
    }
}

impl std::fmt::Display for Fixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        let one = Self::ONE.unsigned_abs();
        let fraction = format!("{:0>width$}", size % one, width = Self::DIGITS);
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{}", size / one),
            fraction => write!(f, "{sign}{}.{fraction}", size / one),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(family: OperatorFamily, constants: &[&str]) -> Vec<String> {
        Cells::of_constants(family, constants.iter().copied()).texts
    }

    #[test]
    fn numbers_have_numbers_between_them() {
        assert_eq!(cells(OperatorFamily::Numeric, &["5", "5.1", "-2"]), ["-2", "5", "5.1", "6", "-3", "-1", "5.05"]);
        assert_eq!(cells(OperatorFamily::Numeric, &["1e1", "120E-1", "x", "10abc"]), ["10", "12", "13", "9", "11"]);
        assert!(Cells::of_constants(OperatorFamily::Numeric, ["1e400"].into_iter()).has_gaps);
        assert!(Cells::of_constants(OperatorFamily::Numeric, ["1e-400"].into_iter()).has_gaps);
    }

    #[test]
    fn whole_numbers_are_dates() {
        let cells =
            Cells::of_numbers_and_dates(["2.5"].into_iter(), ["1970-01-01T00:00:09.5Z", "-0003-07"].into_iter());
        for wanted in ["1", "2", "3", "8", "9", "10", "-4", "-3", "-2", "-0"] {
            assert!(cells.texts.iter().any(|cell| cell == wanted), "{wanted} in {:?}", cells.texts);
        }
    }

    #[test]
    fn dates_have_neighbours() {
        let cells = cells(OperatorFamily::Date, &["2026-01-01"]);
        assert_eq!(cells, ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.001Z", "2025-12-31T23:59:59.999Z"]);
    }

    #[test]
    fn networks_have_ends() {
        let cells = cells(OperatorFamily::IpAddress, &["10.1.2.3/8", "2001:db8::/32"]);
        for wanted in ["10.0.0.0", "11.0.0.0", "9.255.255.255", "2001:db8::", "2001:db9::", "::"] {
            assert!(cells.iter().any(|cell| cell == wanted), "{wanted} in {cells:?}");
        }
    }
}
