//! Several limits of which one decides, and dates in seconds.

use super::KeyTest;
use crate::codes;
use iameval::{Diagnostic, Operator, OperatorFamily, Severity};
use std::collections::HashMap;

pub(super) fn lint(test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    limits(test, report);
    seconds(test, report);
}

/// Values are alternatives, so the widest limit decides, and a number counts once.
fn limits(test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    let wider: fn(f64, f64) -> bool = match test.operator().base {
        Operator::NumericLessThan | Operator::NumericLessThanEquals => |one, other| one > other,
        Operator::NumericGreaterThan | Operator::NumericGreaterThanEquals => |one, other| one < other,
        Operator::NumericEquals | Operator::NumericNotEquals => |_, _| false,
        _ => return,
    };
    let numbers = || {
        test.values()
            .zip(test.of.value_spans())
            .filter_map(|(text, span)| Some((text, text.parse::<f64>().ok()?, span)))
    };
    let widest = numbers().reduce(|one, other| if wider(other.1, one.1) { other } else { one });
    let mut first: HashMap<u64, &str> = HashMap::new();
    for (value, number, span) in numbers() {
        let same = *first.entry(number.to_bits()).or_insert(value);
        let is_first = std::ptr::eq(same, value);
        let kept = widest.filter(|(_, widest, _)| wider(*widest, number)).map(|(text, ..)| text);
        if let Some(kept) = kept.or_else(|| (!is_first).then_some(same)) {
            let message = format!("`{value}` adds nothing to `{kept}`: values are alternatives");
            let help = "keep only the intended value";
            report(Diagnostic::new(codes::REDUNDANT_ENTRY, span, message).with_help(help));
        }
    }
}

/// A text of digits is seconds since 1970, also where a year is meant (R-COND-22).
fn seconds(test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    if test.operator().base.family() != OperatorFamily::Date {
        return;
    }
    for (value, span) in test.values().zip(test.of.value_spans()) {
        let digits = value.strip_prefix('+').unwrap_or(value);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let message = format!("`{value}` is read as seconds since 1970");
        let mut finding = Diagnostic::new(codes::EPOCH_DATE, span, message);
        // The key holds such seconds itself.
        if test.is("aws:EpochTime") && digits.len() > 8 {
            finding = finding.with_severity(Severity::Info);
        }
        report(finding.with_help("write a date such as `2030-06-30` or `2030-06-30T23:59:59Z`"));
    }
}
