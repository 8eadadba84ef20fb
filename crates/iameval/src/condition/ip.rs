//! `IpAddress` and `NotIpAddress` (R-COND-23), with the spellings that live AWS reads.

use crate::document::Operator;
use crate::mode::EvaluationMode;

#[derive(Debug)]
pub(super) struct IpTest {
    negated: bool,
    values: Box<[Value]>,
    /// The networks as ranges; `None` where there are few.
    ranges: Option<Box<Ranges>>,
}

/// Ranges of addresses, first and last.
// INVARIANT: in order, and apart from each other.
#[derive(Debug, Default)]
struct Ranges {
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u128)>,
}

/// So many networks are looked through one by one, which is quicker than to search.
const FEW: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Network(Network),
    Malformed,
}

/// A range of addresses of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    V4 {
        bits: u32,
        prefix: u32,
    },
    V6 {
        bits: u128,
        prefix: u32,
    },
    /// An IPv6 network with host bits set matches nothing, not even its own address.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Address {
    V4(u32),
    V6(u128),
}

impl IpTest {
    pub(super) fn new<'t>(operator: Operator, values: impl Iterator<Item = &'t str>) -> Self {
        let value = |text| Network::parse(text).map_or(Value::Malformed, Value::Network);
        let values: Box<[Value]> = values.map(value).collect();
        let ranges = (values.len() > FEW).then(|| Box::new(Ranges::new(&values)));
        Self { negated: operator.is_negated(), values, ranges }
    }

    pub(super) fn holds(&self, text: &str, mode: EvaluationMode) -> bool {
        let Some(address) = Address::of_request(text) else { return false };
        // The simulator takes the values in order, since one that is malformed ends it.
        if let (Some(ranges), EvaluationMode::Live) = (&self.ranges, mode) {
            return ranges.contain(address) != self.negated;
        }
        for value in &self.values {
            match value {
                Value::Network(network) if network.contains(address) => return !self.negated,
                // R-COND-29
                Value::Malformed if mode == EvaluationMode::Simulator => return false,
                Value::Network(_) | Value::Malformed => {}
            }
        }
        self.negated
    }
}

impl Ranges {
    fn new(values: &[Value]) -> Self {
        let mut ranges = Self::default();
        for value in values {
            match *value {
                Value::Network(Network::V4 { bits, prefix }) => {
                    let hosts = u32::MAX.checked_shr(prefix).unwrap_or(0);
                    ranges.v4.push((bits & !hosts, bits | hosts));
                }
                Value::Network(Network::V6 { bits, prefix }) => {
                    let hosts = u128::MAX.checked_shr(prefix).unwrap_or(0);
                    ranges.v6.push((bits & !hosts, bits | hosts));
                }
                Value::Network(Network::Nothing) | Value::Malformed => {}
            }
        }
        merge(&mut ranges.v4);
        merge(&mut ranges.v6);
        ranges
    }

    fn contain(&self, address: Address) -> bool {
        match address {
            Address::V4(address) => is_within(&self.v4, address),
            Address::V6(address) => is_within(&self.v6, address),
        }
    }
}

/// Puts ranges in order, and makes one of those that have addresses in common.
fn merge<T: Ord + Copy>(ranges: &mut Vec<(T, T)>) {
    ranges.sort_unstable();
    ranges.dedup_by(|(first, last), (_, end)| {
        let joins = *first <= *end;
        if joins {
            *end = (*end).max(*last);
        }
        joins
    });
}

fn is_within<T: Ord + Copy>(ranges: &[(T, T)], address: T) -> bool {
    let after = ranges.partition_point(|(first, _)| *first <= address);
    let before = after.checked_sub(1).and_then(|before| ranges.get(before));
    before.is_some_and(|(_, last)| address <= *last)
}

/// Whether a policy value is an address or a network that can match something.
pub(crate) fn is_network(text: &str) -> bool {
    matches!(Network::parse(text), Some(Network::V4 { .. } | Network::V6 { .. }))
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(decimal(prefix.strip_prefix('+').unwrap_or(prefix), 128)?)),
            None => (text, None),
        };
        Some(match Address::parse(address)? {
            Address::V4(bits) => {
                let prefix = prefix.unwrap_or(32);
                if prefix > 32 {
                    return None;
                }
                Network::V4 { bits, prefix }
            }
            Address::V6(bits) => {
                let prefix = prefix.unwrap_or(128);
                let host_bits = bits.checked_shl(prefix).unwrap_or(0);
                if host_bits == 0 { Network::V6 { bits, prefix } } else { Network::Nothing }
            }
        })
    }

    fn contains(self, address: Address) -> bool {
        match (self, address) {
            (Network::V4 { bits, prefix }, Address::V4(address)) => {
                (bits ^ address).checked_shr(32 - prefix).unwrap_or(0) == 0
            }
            (Network::V6 { bits, prefix }, Address::V6(address)) => {
                (bits ^ address).checked_shr(128 - prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl Address {
    /// An IPv4-mapped IPv6 address of a request is an IPv4 address.
    fn of_request(text: &str) -> Option<Self> {
        let address = Self::parse(text)?;
        Some(match address {
            Address::V6(bits) if bits >> 32 == 0xFFFF => Address::V4(u32::try_from(bits & 0xFFFF_FFFF).ok()?),
            other => other,
        })
    }

    fn parse(text: &str) -> Option<Self> {
        if text.contains(':') { v6(text).map(Address::V6) } else { v4(text).map(Address::V4) }
    }
}

/// Four decimal octets; leading zeroes are allowed.
fn v4(text: &str) -> Option<u32> {
    let mut octets = text.split('.');
    let mut bits = 0;
    for _ in 0..4 {
        bits = bits << 8 | decimal(octets.next()?, 255)?;
    }
    octets.next().is_none().then_some(bits)
}

/// Eight groups, a run of zero groups written `::` or `:::`. One trailing colon is ignored, and a single leading one
/// is a zero group. A dotted tail is read in the IPv4-mapped form only.
fn v6(text: &str) -> Option<u128> {
    let text = match text.strip_suffix(':') {
        Some(head) if !head.ends_with(':') => head,
        _ => text,
    };
    let (left, right) = match text.find("::") {
        Some(at) => {
            let (left, right) = text.split_at_checked(at)?;
            let right = right.strip_prefix(":::").or_else(|| right.strip_prefix("::"))?;
            (left, Some(right))
        }
        None => (text, None),
    };
    if right.is_some_and(|right| right.starts_with(':') || right.contains("::")) {
        return None;
    }
    let mut dotted = false;
    let (head, head_count) = groups(left, Half::Head, &mut dotted)?;
    let (tail, tail_count) = groups(right.unwrap_or(""), Half::Tail, &mut dotted)?;
    let bits = match right {
        None => (head_count == 8).then_some(head)?,
        Some(_) if head_count + tail_count > 7 => return None,
        Some(_) if head_count == 0 => tail,
        Some(_) => head << (16 * (8 - head_count)) | tail,
    };
    (!dotted || bits >> 32 == 0xFFFF).then_some(bits)
}

/// What is before a `::`, or all of an address without one, and what is after it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Head,
    Tail,
}

/// Groups of up to four hexadecimal digits, as bits and their number.
fn groups(text: &str, half: Half, dotted: &mut bool) -> Option<(u128, u32)> {
    let (mut bits, mut count) = (0, 0);
    if text.is_empty() {
        return Some((bits, count));
    }
    for (index, group) in text.split(':').enumerate() {
        if *dotted || count >= 8 {
            return None;
        }
        if group.contains('.') {
            *dotted = true;
            bits = bits << 32 | u128::from(v4(group)?);
            count += 2;
            continue;
        }
        let value = match group {
            "" if half == Half::Head && index == 0 => 0,
            _ if (1..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                u128::from_str_radix(group, 16).ok()?
            }
            _ => return None,
        };
        bits = bits << 16 | value;
        count += 1;
    }
    (count <= 8).then_some((bits, count))
}

/// A decimal number up to `limit`, leading zeroes allowed.
fn decimal(text: &str, limit: u32) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = text.trim_start_matches('0');
    let value = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    (value <= limit).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_ipv6() {
        let one = |text| Address::parse(text);
        let v6 = |text: &str| Some(Address::V6(u128::from(text.parse::<std::net::Ipv6Addr>().unwrap())));
        for (odd, plain) in [
            ("2001:db8::1", "2001:db8::1"),
            ("2001:db8::1:", "2001:db8::1"),
            (":2001:db8::1", "0:2001:db8::1"),
            ("2001:db8:::1", "2001:db8::1"),
            (":::", "::"),
            ("::", "::"),
            ("1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ] {
            assert_eq!(one(odd), v6(plain), "{odd}");
        }
        for wrong in [
            "2001:db8::::1",
            "1::2::3",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "::192.0.2.1",
            "2001:db8::192.0.2.1",
            "12345::",
            "g::",
            "fe80::1%eth0",
            "",
            ":",
            "::ffff:192.0.2",
            "::ffff:192.0.2.1:1",
            "1::2:::3",
        ] {
            assert_eq!(one(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn networks() {
        let contains = |network, address| {
            Network::parse(network).is_some_and(|network| network.contains(Address::of_request(address).unwrap()))
        };
        assert!(contains("10.1.2.3/8", "10.200.0.1"));
        assert!(contains("010.0.0.0/08", "10.200.0.1"));
        assert!(contains("10.0.0.0/+8", "10.200.0.1"));
        assert!(contains("0.0.0.0/0", "255.255.255.255"));
        assert!(contains("192.0.2.1", "::ffff:192.0.2.1"));
        assert!(!contains("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!contains("2001:db8::5/64", "2001:db8::5"));
        assert!(contains("2001:db8::/64", "2001:db8::5"));
        assert!(contains("::/0", "2001:db8::5"));
        assert!(!contains("::/0", "192.0.2.1"));
        assert!(!contains("192.0.2.0/33", "192.0.2.0"));
    }
}
