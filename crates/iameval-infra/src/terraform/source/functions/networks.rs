//! `cidrhost` and its kin, for networks of the fourth version of the protocol.

use super::super::expression::{number, shown, whole};
use super::{known, text};
use crate::value::{Value, ValueKind};
use iameval::symbol::Symbols;
use std::net::Ipv4Addr;

type Made = Option<ValueKind>;

/// A network: its first address, and how many bits of it are fixed.
struct Network {
    first: u32,
    fixed: u32,
}

impl Network {
    fn read(value: &Value, symbols: &Symbols) -> Option<Self> {
        let (address, fixed) = known(value, symbols)?.split_once('/')?;
        let is_number = !fixed.is_empty() && fixed.bytes().all(|byte| byte.is_ascii_digit());
        let fixed: u32 = fixed.parse().ok().filter(|fixed| is_number && *fixed <= 32)?;
        let address = u32::from(address.parse::<Ipv4Addr>().ok()?);
        Some(Self { first: address & mask_of(fixed), fixed })
    }
}

fn mask_of(fixed: u32) -> u32 {
    u32::MAX.checked_shl(32 - fixed).unwrap_or(0)
}

pub(super) fn host(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of, at] = arguments else { return None };
    let network = Network::read(of, symbols)?;
    let count = 1_u64 << (32 - network.fixed);
    let at = match whole(at) {
        Some(at) => u64::try_from(at).ok()?,
        // From the end.
        None => count.checked_sub(shown(-number(at)?).parse().ok()?)?,
    };
    let at = u32::try_from(at).ok().filter(|at| u64::from(*at) < count)?;
    Some(text(Ipv4Addr::from(network.first | at).to_string()))
}

pub(super) fn mask(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of] = arguments else { return None };
    Some(text(Ipv4Addr::from(mask_of(Network::read(of, symbols)?.fixed)).to_string()))
}

pub(super) fn part(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of, more, at] = arguments else { return None };
    let network = Network::read(of, symbols)?;
    let more = u32::try_from(whole(more)?).ok()?;
    let fixed = network.fixed.checked_add(more).filter(|fixed| *fixed <= 32)?;
    let at = u64::try_from(whole(at)?).ok().filter(|at| *at < 1_u64 << more)?;
    let at = u32::try_from(at << (32 - fixed)).ok()?;
    Some(text(format!("{}/{fixed}", Ipv4Addr::from(network.first | at))))
}
