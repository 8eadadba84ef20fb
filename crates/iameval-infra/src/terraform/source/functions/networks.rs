//! `cidrhost` and its kin, for networks of both versions of the protocol.

use super::super::expression::{number, shown, whole};
use super::{known, text};
use crate::value::{Value, ValueKind};
use iameval::symbol::Symbols;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

type Made = Option<ValueKind>;

/// A network: its first address, how many bits of it are fixed, and of how many.
#[derive(Debug, Clone, Copy)]
struct Network {
    first: u128,
    fixed: u32,
    bits: u32,
}

impl Network {
    fn read(value: &Value, symbols: &Symbols) -> Option<Self> {
        let (address, fixed) = known(value, symbols)?.split_once('/')?;
        let is_number = !fixed.is_empty() && fixed.bytes().all(|byte| byte.is_ascii_digit());
        let (address, bits) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            // Go writes addresses of the fourth version in one of the sixth in another way.
            IpAddr::V6(address) if address.to_ipv4_mapped().is_some() => return None,
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let fixed: u32 = fixed.parse().ok().filter(|fixed| is_number && *fixed <= bits)?;
        Some(Self { first: 0, fixed, bits }.at(address, 0))
    }

    /// The bits that are not fixed.
    fn open(self) -> u128 {
        u128::MAX.checked_shr(128 - self.bits + self.fixed).unwrap_or(0)
    }

    /// The same with that address, moved by so much.
    fn at(self, address: u128, by: u128) -> Self {
        Self { first: address & !self.open() | by, ..self }
    }

    fn address(self) -> Option<String> {
        if self.bits == 32 {
            return u32::try_from(self.first).ok().map(|first| Ipv4Addr::from(first).to_string());
        }
        let address = Ipv6Addr::from(self.first);
        address.to_ipv4_mapped().is_none().then(|| address.to_string())
    }

    fn shown(self) -> Option<String> {
        Some(format!("{}/{}", self.address()?, self.fixed))
    }

    /// One of the networks of so many more bits in it.
    fn part(self, more: u32, at: u128) -> Option<Self> {
        let fixed = self.fixed.checked_add(more).filter(|fixed| *fixed <= self.bits)?;
        let is_in = at.checked_shr(more).unwrap_or(0) == 0;
        let by = at.checked_shl(self.bits - fixed).filter(|_| is_in).unwrap_or(0);
        is_in.then_some(Self { first: self.first | by, fixed, ..self })
    }
}

pub(super) fn host(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of, at] = arguments else { return None };
    let network = Network::read(of, symbols)?;
    let at = match whole(at) {
        Some(at) => u128::try_from(at).ok()?,
        // From the end.
        None => network.open().checked_sub(shown(-number(at)?).parse::<u128>().ok()?.checked_sub(1)?)?,
    };
    let at = Some(at).filter(|at| *at <= network.open())?;
    network.at(network.first, at).address().map(text)
}

pub(super) fn mask(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of] = arguments else { return None };
    let network = Network::read(of, symbols).filter(|network| network.bits == 32)?;
    let open = u32::try_from(network.open()).ok()?;
    Some(text(Ipv4Addr::from(!open).to_string()))
}

pub(super) fn part(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of, more, at] = arguments else { return None };
    let network = Network::read(of, symbols)?;
    let more = u32::try_from(whole(more)?).ok()?;
    network.part(more, u128::try_from(whole(at)?).ok()?)?.shown().map(text)
}

/// `cidrsubnets`: networks one after another, each where there is room for it.
pub(super) fn parts(arguments: &[Value], symbols: &Symbols) -> Made {
    let (of, all) = arguments.split_first()?;
    let network = Network::read(of, symbols)?;
    let mut next = Some(0_u128);
    let mut made = Vec::with_capacity(all.len());
    for more in all {
        let more = u32::try_from(whole(more)?).ok().filter(|more| (1..=32).contains(more))?;
        let fixed = network.fixed.checked_add(more).filter(|fixed| *fixed <= network.bits)?;
        let size = 1_u128.checked_shl(network.bits - fixed)?;
        let by = next?.checked_next_multiple_of(size).filter(|by| *by <= network.open())?;
        let part = Network { first: network.first | by, fixed, ..network };
        made.push(Value::text(of.span, part.shown()?));
        next = by.checked_add(size);
    }
    Some(ValueKind::List(made))
}
