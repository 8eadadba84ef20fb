//! Addresses and networks: bits that do not count, and private ranges among public ones.

use super::Test;
use super::never::is_private;
use iameval::{Code, Diagnostic, Operator, Severity};
use std::net::IpAddr;

pub(super) fn lint(test: &Test<'_>, report: &mut impl FnMut(Diagnostic)) {
    if !matches!(test.operator().base, Operator::IpAddress | Operator::NotIpAddress) {
        return;
    }
    for (value, span) in test.values().zip(test.of.value_spans()) {
        if let Some((network, is_ipv4)) = masked(value) {
            let consequence =
                if is_ipv4 { "bits after the prefix do not count" } else { "AWS matches nothing with it" };
            let message = format!("`{value}` has bits set after its prefix: {consequence}");
            let mut finding = Diagnostic::new(Code::HostBits, span, message).with_help(format!("write `{network}`"));
            if !is_ipv4 {
                finding.severity = Severity::Warning;
            }
            report(finding);
        }
    }
    if test.is("aws:SourceIp") {
        mixed(test, report);
    }
}

/// Only a part is private; where all are, that is another finding.
fn mixed(test: &Test<'_>, report: &mut impl FnMut(Diagnostic)) {
    if test.values().all(is_private) {
        return;
    }
    for (value, span) in test.values().zip(test.of.value_spans()).filter(|(value, _)| is_private(value)) {
        let message =
            format!("`{value}` is private, and `aws:SourceIp` is a public address or absent: it has no effect");
        let help = "for calls through a VPC endpoint, use `aws:VpcSourceIp`";
        report(Diagnostic::new(Code::PrivateAmongPublic, span, message).with_help(help));
    }
}

/// The network without the bits that its prefix does not cover, where there are such bits, and whether it is IPv4.
fn masked(value: &str) -> Option<(String, bool)> {
    let (address, length) = value.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    match address.parse().ok()? {
        IpAddr::V4(address) => {
            let bits = address.to_bits();
            let kept = bits & u32::MAX.checked_shl(32_u32.checked_sub(length)?).unwrap_or(0);
            (kept != bits).then(|| (format!("{}/{length}", std::net::Ipv4Addr::from_bits(kept)), true))
        }
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            let kept = bits & u128::MAX.checked_shl(128_u32.checked_sub(length)?).unwrap_or(0);
            (kept != bits).then(|| (format!("{}/{length}", std::net::Ipv6Addr::from_bits(kept)), false))
        }
    }
}
