//! The addresses that a stranger can call from.

use super::key::statements;
use crate::cells::Network;
use crate::claim::{KeyScope, KeyState, Policies, ValueRange};
use iameval::{ContextKey, Effect, OperatorFamily};
use std::net::IpAddr;

/// Networks that are nobody's on the Internet.
const PRIVATE: [&str; 6] =
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7"];

/// All but private ones, and networks of a policy that are narrow enough to be someone's own (*The meaning of "public"*, Amazon
/// S3 User Guide: /8 of IPv4, /32 of IPv6, and longer). Networks to which the policies limit callers are taken together: two
/// that make up a wider one are that one.
pub(super) fn addresses(policies: &Policies) -> KeyScope {
    let key = ContextKey::new("aws:SourceIp");
    let named = named(policies, &key);
    let limits: Vec<Range> = named.iter().filter(|own| own.is_limit).map(|own| own.range).collect();
    let together = joined(limits);
    let is_owned = |own: &&Named| {
        let whole = together.iter().find(|whole| own.is_limit && whole.covers(own.range));
        !whole.copied().unwrap_or(own.range).is_wide()
    };
    let owned = named.iter().filter(is_owned).map(|own| own.text.to_owned());
    let not_cidr = PRIVATE.map(str::to_owned).into_iter().chain(owned).collect();
    let range = ValueRange { not_cidr, ..ValueRange::default() };
    KeyScope { key, is_list: None, alternatives: vec![KeyState::Absent, KeyState::Present(Box::new(range))] }
}

/// A network or an address that a policy names.
struct Named<'p> {
    text: &'p str,
    range: Range,
    /// Whether callers from elsewhere are kept out.
    is_limit: bool,
}

/// Addresses of one version, from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    is_v6: bool,
    first: u128,
    last: u128,
}

fn named<'p>(policies: &'p Policies, key: &ContextKey) -> Vec<Named<'p>> {
    let mut named = Vec::new();
    for statement in statements(policies) {
        for (operator, test) in statement.tests().filter(|(_, test)| ContextKey::new(test.key()) == *key) {
            let is_limit = operator.base.is_negated() == (statement.effect() == Effect::Deny);
            for text in test.values() {
                let is_network = match operator.base.family() {
                    OperatorFamily::IpAddress => true,
                    OperatorFamily::String => text.parse::<IpAddr>().is_ok(),
                    _ => false,
                };
                let range = Network::parse(text).filter(|_| is_network).map(Range::of);
                named.extend(range.map(|range| Named { text, range, is_limit }));
            }
        }
    }
    named
}

/// Ranges that touch or overlap are one.
fn joined(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    let mut joined: Vec<Range> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(before) if before.is_v6 == range.is_v6 && range.first <= before.last.saturating_add(1) => {
                before.last = before.last.max(range.last);
            }
            _ => joined.push(range),
        }
    }
    joined
}

impl Range {
    fn of(network: Network) -> Self {
        match network {
            Network::V4(first, last) => Self { is_v6: false, first: first.into(), last: last.into() },
            Network::V6(first, last) => Self { is_v6: true, first, last },
        }
    }

    fn covers(self, other: Self) -> bool {
        self.is_v6 == other.is_v6 && self.first <= other.first && other.last <= self.last
    }

    /// Whether a network is in it that is too wide to be someone's own.
    fn is_wide(self) -> bool {
        let size = if self.is_v6 { 1_u128 << (128 - 31) } else { 1_u128 << (32 - 7) };
        let first = self.first.checked_next_multiple_of(size);
        first.and_then(|first| first.checked_add(size - 1)).is_some_and(|last| last <= self.last)
    }
}
