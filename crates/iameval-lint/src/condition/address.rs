//! Addresses and networks: bits that do not count, and private ranges among public ones.

use super::KeyTest;
use super::never::is_private;
use crate::codes;
use iameval::{Diagnostic, Operator};
use std::net::Ipv4Addr;

pub(super) fn lint(test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    if !matches!(test.operator().base, Operator::IpAddress | Operator::NotIpAddress) {
        return;
    }
    for (value, span) in test.values().zip(test.of.value_spans()) {
        if let Some(network) = masked(value) {
            let message = format!("`{value}` has bits set after its prefix, which are ignored");
            report(Diagnostic::new(codes::HOST_BITS, span, message).with_help(format!("write `{network}`")));
        }
    }
    if test.is("aws:SourceIp") {
        mixed(test, report);
    }
}

/// Only a part is private; where all are, that is another finding.
fn mixed(test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    if test.values().all(is_private) {
        return;
    }
    for (value, span) in test.values().zip(test.of.value_spans()).filter(|(value, _)| is_private(value)) {
        let message =
            format!("`{value}` is private, and `aws:SourceIp` is a public address or absent: it has no effect");
        let help = "for calls through a VPC endpoint, use `aws:VpcSourceIp`";
        report(Diagnostic::new(codes::PRIVATE_AMONG_PUBLIC, span, message).with_help(help));
    }
}

/// The network without the bits that its prefix does not cover, where there are such bits. AWS refuses an IPv6 network with
/// such bits (R-COND-23).
fn masked(value: &str) -> Option<String> {
    let (address, length) = value.split_once('/')?;
    let bits = address.parse::<Ipv4Addr>().ok()?.to_bits();
    let free = 32_u32.checked_sub(length.parse().ok()?)?;
    let kept = bits & u32::MAX.checked_shl(free).unwrap_or(0);
    (kept != bits).then(|| format!("{}/{length}", Ipv4Addr::from_bits(kept)))
}
