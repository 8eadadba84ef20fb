//! Values of context keys at the edge of a condition.

use super::pattern::{self, Accounts};
use super::sides::Sides;
use iameval::{ConditionTest, DateTime, Operator, OperatorFamily};
use iameval_data::{Catalogue, ContextKeyInfo, KeyType};
use std::net::IpAddr;

/// The values that a key is compared with, and those just beside them.
pub(super) fn sides(operator: Operator, test: &ConditionTest, accounts: Accounts<'_>, catalogue: &Catalogue) -> Sides {
    Sides::of_all(test.values().map(|text| match operator.family() {
        OperatorFamily::String if operator.takes_wildcards() => pattern::texts(text),
        OperatorFamily::String | OperatorFamily::Binary => pattern::exact(text),
        OperatorFamily::Arn => pattern::arns(text, accounts),
        OperatorFamily::Numeric => numbers(text),
        OperatorFamily::Date => dates(text),
        OperatorFamily::IpAddress => addresses(text),
        OperatorFamily::Bool => Sides::new(vec![text.to_owned()], vec!["true".into(), "false".into()]),
        // It comes down to whether the key is there.
        OperatorFamily::Null => Sides::new(vec![some_value(test.key(), catalogue).into()], Vec::new()),
    }))
}

/// A value such as the key has.
fn some_value(key: &str, catalogue: &Catalogue) -> &'static str {
    match catalogue.context_key(key).map_or(KeyType::String, ContextKeyInfo::key_type) {
        KeyType::String => "x",
        KeyType::Arn => "arn:aws:s3:::x",
        KeyType::Bool => "true",
        KeyType::Numeric => "1",
        KeyType::Date => "2026-01-01T00:00:00Z",
        KeyType::IpAddress => "192.0.2.1",
        KeyType::Binary => "eA==",
    }
}

fn numbers(text: &str) -> Sides {
    let around = text.parse::<i64>().ok().into_iter().flat_map(|number| [number.checked_sub(1), number.checked_add(1)]);
    Sides::new(vec![text.to_owned()], around.flatten().map(|number| number.to_string()).collect())
}

fn dates(text: &str) -> Sides {
    let instant = text.parse::<DateTime>().ok().and_then(|instant| u64::try_from(instant.epoch_seconds()).ok());
    let around = instant.into_iter().flat_map(|seconds| [seconds.checked_sub(1), seconds.checked_add(1)]);
    let around = around.flatten().map(|seconds| DateTime::from_epoch_seconds(seconds).to_string());
    Sides::new(vec![text.to_owned()], around.collect())
}

/// The first and the last address of a range, and those before and after it.
fn addresses(text: &str) -> Sides {
    let (address, length) = text.split_once('/').unwrap_or((text, "128"));
    let (Ok(address), Ok(length)) = (address.parse::<IpAddr>(), length.parse::<u32>()) else {
        return Sides::new(vec![text.to_owned()], vec!["192.0.2.1".into()]);
    };
    let (bits, width) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let everything = u128::MAX >> (128 - width);
    let hosts = everything.checked_shr(length.min(width)).unwrap_or_default();
    let (first, last) = (bits & !hosts, bits | hosts);
    let shown = |bits: u128| match u32::try_from(bits) {
        Ok(bits) if width == 32 => IpAddr::V4(bits.into()).to_string(),
        _ => IpAddr::V6(bits.into()).to_string(),
    };
    let after = last.checked_add(1).filter(|bits| *bits <= everything);
    let beside = [first.checked_sub(1), after].into_iter().flatten().map(shown).collect();
    Sides::new(vec![shown(first), shown(last)], beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_of_a_range_of_addresses() {
        let sides = addresses("203.0.113.0/24");
        assert_eq!(sides.fits, ["203.0.113.0", "203.0.113.255"]);
        assert_eq!(sides.beside, ["203.0.112.255", "203.0.114.0"]);
        assert_eq!(addresses("2001:db8::/127").fits, ["2001:db8::", "2001:db8::1"]);
        let one = addresses("192.0.2.7");
        assert_eq!(
            (one.fits, one.beside),
            (vec!["192.0.2.7".to_owned()], vec!["192.0.2.6".into(), "192.0.2.8".into()])
        );
        assert!(addresses("0.0.0.0/0").beside.is_empty());
        assert!(addresses("::/0").beside.is_empty());
    }

    #[test]
    fn a_second_and_a_number_on_either_side() {
        assert_eq!(dates("2026-01-01T00:00:00Z").beside, ["2025-12-31T23:59:59Z", "2026-01-01T00:00:01Z"]);
        assert_eq!(numbers("10").beside, ["9", "11"]);
        assert!(numbers("ten").beside.is_empty());
    }
}
