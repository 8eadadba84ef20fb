//! Several limits of which one decides, and dates in seconds.

use super::Test;
use iameval::{Code, Diagnostic, Operator, Severity};

pub(super) fn lint(test: &Test<'_>, report: &mut impl FnMut(Diagnostic)) {
    limits(test, report);
    seconds(test, report);
}

/// Values are alternatives, so the widest limit decides.
fn limits(test: &Test<'_>, report: &mut impl FnMut(Diagnostic)) {
    let upper = match test.operator().base {
        Operator::NumericLessThan | Operator::NumericLessThanEquals => true,
        Operator::NumericGreaterThan | Operator::NumericGreaterThanEquals => false,
        _ => return,
    };
    let Some(numbers) = test.values().map(|value| value.parse::<f64>().ok()).collect::<Option<Vec<f64>>>() else {
        return;
    };
    let wider = |left: &f64, right: &f64| if upper { left.total_cmp(right) } else { right.total_cmp(left) };
    let Some(widest) = numbers.iter().copied().max_by(wider) else { return };
    let Some(deciding) = numbers.iter().position(|number| number.total_cmp(&widest).is_eq()) else { return };
    let kept = test.values().nth(deciding).unwrap_or_default();
    for (at, (value, span)) in test.values().zip(test.of.value_spans()).enumerate() {
        if at != deciding {
            let message = format!("`{value}` adds nothing: values are alternatives, and `{kept}` decides");
            let help = "leave out all but the limit that is meant";
            report(Diagnostic::new(Code::RedundantEntry, span, message).with_help(help));
        }
    }
}

/// A text of digits is seconds since 1970, also where a year is meant (R-COND-22).
fn seconds(test: &Test<'_>, report: &mut impl FnMut(Diagnostic)) {
    if !test.operator().base.as_str().starts_with("Date") {
        return;
    }
    for (value, span) in test.values().zip(test.of.value_spans()) {
        let digits = value.strip_prefix('+').unwrap_or(value);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let message = format!("`{value}` is read as seconds since 1970");
        let mut finding = Diagnostic::new(Code::EpochDate, span, message);
        // The key holds such seconds itself.
        if test.is("aws:EpochTime") && digits.len() > 8 {
            finding.severity = Severity::Info;
        }
        report(finding.with_help("write a date such as `2030-06-30` or `2030-06-30T23:59:59Z`"));
    }
}
