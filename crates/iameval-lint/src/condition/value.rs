//! Values that are not what the operator compares.

use super::KeyTest;
use crate::codes;
use iameval::{Diagnostic, Operator, Severity};

/// Other texts than `true` and `false` where one of them belongs. Numbers, dates and addresses are checked at creation.
pub(super) fn lint(test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    let operator = test.operator;
    if test.of.has_mixed_types() {
        let message = format!("the values of `{}` are of several JSON types", test.key());
        let help = "write all of them as strings";
        report(Diagnostic::new(codes::MIXED_VALUE_TYPES, test.of.span(), message).with_help(help));
    }
    if !matches!(operator.base, Operator::Bool | Operator::Null) {
        return;
    }
    let is = |value: &str, text: &str| value.eq_ignore_ascii_case(text);
    for (value, span) in test.values().zip(test.of.value_spans()) {
        if value.contains("${") && operator.base == Operator::Bool {
            // The pages of AWS disagree on whether it takes them.
            let message = format!("`{value}`: `{operator}` is not documented to take policy variables");
            let finding = Diagnostic::new(codes::ODD_BOOLEAN, span, message).with_severity(Severity::Info);
            report(finding.with_help("policy variables are for string and ARN operators; write `true` or `false`"));
        } else if !is(value, "true") && !is(value, "false") {
            let message = format!("`{value}` is neither `true` nor `false`, and is evaluated as `false`");
            report(Diagnostic::new(codes::ODD_BOOLEAN, span, message));
        }
    }
    let both = test.values().any(|value| is(value, "true")) && test.values().any(|value| is(value, "false"));
    if both {
        let key = test.key();
        let message = match operator.base {
            Operator::Null => {
                format!("`{operator}` with `true` and `false` does not restrict `{key}`: one of them always matches")
            }
            _ => format!("`{operator}` with `true` and `false` only checks whether `{key}` is present"),
        };
        let help = format!("keep the intended one; to check for presence, write `\"Null\": {{\"{key}\": \"false\"}}`");
        report(Diagnostic::new(codes::ODD_BOOLEAN, test.of.span(), message).with_help(help));
    }
}
