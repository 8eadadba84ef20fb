//! Conditions: V-05, V-22, and operators that are written oddly.

use crate::codes;
use crate::condition::{DateTime, is_base64, is_network, is_number};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{ConditionBlock, Operator, OperatorFamily, Quantifier, Statement};
use crate::text::Span;

pub(super) fn check(statement: &Statement, report: &mut impl FnMut(Diagnostic)) {
    for block in statement.condition() {
        operator(block, report);
        for test in block.keys() {
            for value in &test.values.items {
                if let Some((code, wanted)) = wrong(block.operator().base, value.value.text()) {
                    report(malformed(block, code, wanted, value.value.text(), value.span));
                }
            }
        }
    }
}

fn malformed(block: &ConditionBlock, code: Code, wanted: &str, text: &str, span: Span) -> Diagnostic {
    let operator = &block.name.value;
    let finding = |message: String| Diagnostic::new(code, span, message);
    if text.contains("${") {
        let message = format!("`{text}` is not {wanted}: `{operator}` does not support policy variables");
        return finding(message).with_help("policy variables are supported only with string and ARN operators");
    }
    finding(format!("`{text}` is not {wanted}, as `{operator}` requires"))
}

fn operator(block: &ConditionBlock, report: &mut impl FnMut(Diagnostic)) {
    let operator = block.operator();
    let canonical = operator.to_string();
    if *block.name.value != canonical {
        let message = format!("the operator is written `{canonical}`");
        let finding = Diagnostic::new(codes::OPERATOR_CASE, block.name.span, message);
        report(finding.fixed_by(block.name.span, format!("\"{canonical}\"")));
    }
    if operator.base == Operator::Null && (operator.if_exists || operator.quantifier.is_some()) {
        let message = match operator.quantifier {
            None => format!("`{canonical}` is not an operator; it is evaluated as `Null`"),
            Some(Quantifier::ForAllValues) => format!("`{canonical}` is not an operator; it is true for every request"),
            Some(Quantifier::ForAnyValue) => format!("`{canonical}` is not an operator; it is true for no request"),
        };
        report(Diagnostic::new(codes::NULL_QUALIFIED, block.name.span, message).with_help("write `Null`"));
    }
}

/// What is wrong with a value, and what the operator takes.
fn wrong(operator: Operator, text: &str) -> Option<(Code, &'static str)> {
    let unless = |valid: bool, code, wanted| (!valid).then_some((code, wanted));
    match operator.family() {
        OperatorFamily::Numeric => unless(is_number(text), codes::MALFORMED_LITERAL, "a number"),
        OperatorFamily::Date => unless(DateTime::parse(text).is_some(), codes::INVALID_DATE, "a date"),
        OperatorFamily::IpAddress => unless(is_network(text), codes::MALFORMED_LITERAL, "an IP address or network"),
        OperatorFamily::Binary => unless(is_base64(text), codes::MALFORMED_LITERAL, "base64 text"),
        OperatorFamily::Arn => {
            let arn = text == "*" || text.contains("${") || text.splitn(6, ':').count() == 6;
            unless(arn, codes::MALFORMED_LITERAL, "an ARN")
        }
        OperatorFamily::String | OperatorFamily::Bool | OperatorFamily::Null => None,
    }
}
