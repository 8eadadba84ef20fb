//! Operators of the wrong type, and wildcards where there are none.

use super::Test;
use crate::subject::Subject;
use iameval::{Code, ConditionOperator, Diagnostic, Operator, Severity, Version};
use iameval_data::{ContextKeyInfo, KeyType};

pub(super) fn lint(subject: &Subject<'_>, test: &Test<'_>, report: &mut impl FnMut(Diagnostic)) {
    let info = subject.catalogue.context_key(test.key());
    if let Some(info) = info {
        operator_type(test, info, report);
    }
    wildcard_without_like(subject, test, info, report);
}

/// The types whose values an operator compares.
fn compares(operator: Operator) -> &'static [KeyType] {
    match operator {
        Operator::StringEquals
        | Operator::StringNotEquals
        | Operator::StringEqualsIgnoreCase
        | Operator::StringNotEqualsIgnoreCase
        | Operator::StringLike
        | Operator::StringNotLike => &[KeyType::String],
        Operator::NumericEquals
        | Operator::NumericNotEquals
        | Operator::NumericLessThan
        | Operator::NumericLessThanEquals
        | Operator::NumericGreaterThan
        | Operator::NumericGreaterThanEquals => &[KeyType::Numeric],
        Operator::DateEquals
        | Operator::DateNotEquals
        | Operator::DateLessThan
        | Operator::DateLessThanEquals
        | Operator::DateGreaterThan
        | Operator::DateGreaterThanEquals => &[KeyType::Date],
        Operator::Bool => &[KeyType::Bool],
        Operator::BinaryEquals => &[KeyType::Binary],
        Operator::IpAddress | Operator::NotIpAddress => &[KeyType::IpAddress],
        // Many keys that AWS declares as strings hold ARNs.
        Operator::ArnEquals | Operator::ArnNotEquals | Operator::ArnLike | Operator::ArnNotLike => {
            &[KeyType::Arn, KeyType::String]
        }
        _ => &[],
    }
}

/// The operator that fits a type.
fn operator_for(key_type: KeyType) -> &'static str {
    match key_type {
        KeyType::String => "StringEquals",
        KeyType::Arn => "ArnLike",
        KeyType::Bool => "Bool",
        KeyType::Numeric => "NumericEquals",
        KeyType::Date => "DateLessThan",
        KeyType::IpAddress => "IpAddress",
        KeyType::Binary => "BinaryEquals",
    }
}

fn operator_type(test: &Test<'_>, info: ContextKeyInfo<'_>, report: &mut impl FnMut(Diagnostic)) {
    let compared = compares(test.operator.base);
    let key_type = info.key_type();
    if compared.is_empty() || compared.contains(&key_type) {
        return;
    }
    let is_string = compared == [KeyType::String];
    // Epoch seconds are numbers as well (R-CTX-03), and a date may be compared as a number.
    let numeric_date = key_type == KeyType::Date && compared == [KeyType::Numeric];
    // Texts that AWS writes in one way only can be compared as texts, and variables under few other operators (R-VAR-03).
    let as_text =
        |value: &str| (key_type == KeyType::Bool && matches!(value, "true" | "false")) || value.starts_with("${");
    if numeric_date || (is_string && test.values().all(as_text)) {
        return;
    }
    let operator = test.operator;
    let message = format!("`{}` holds {}, which `{operator}` does not compare", test.key(), in_words(key_type));
    let help = format!("use an operator such as `{}`", operator_for(key_type));
    let mut finding = Diagnostic::new(Code::OperatorTypeMismatch, test.operator_span, message).with_help(help);
    if is_string && key_type == KeyType::Arn {
        // Whole ARNs can be compared as texts.
        if !test.takes_wildcards() {
            return;
        }
        finding.severity = Severity::Info;
        finding.message = format!("`{operator}` compares the ARN in `{}` as a text, not part by part", test.key());
    }
    report(finding);
}

fn in_words(key_type: KeyType) -> &'static str {
    match key_type {
        KeyType::String => "a text",
        KeyType::Arn => "an ARN",
        KeyType::Bool => "true or false",
        KeyType::Numeric => "a number",
        KeyType::Date => "a date",
        KeyType::IpAddress => "an IP address",
        KeyType::Binary => "bytes",
    }
}

fn wildcard_without_like(
    subject: &Subject<'_>,
    test: &Test<'_>,
    info: Option<ContextKeyInfo<'_>>,
    report: &mut impl FnMut(Diagnostic),
) {
    let is_arn = info.is_some_and(|info| info.key_type() == KeyType::Arn);
    let like = match (test.operator.base, is_arn) {
        (Operator::StringEquals | Operator::StringEqualsIgnoreCase, false) => Operator::StringLike,
        (Operator::StringEquals | Operator::StringEqualsIgnoreCase, true) => Operator::ArnLike,
        (Operator::StringNotEquals | Operator::StringNotEqualsIgnoreCase, false) => Operator::StringNotLike,
        (Operator::StringNotEquals | Operator::StringNotEqualsIgnoreCase, true) => Operator::ArnNotLike,
        _ => return,
    };
    for (value, span) in test.values().zip(test.of.value_spans()) {
        // `${*}` is the character itself.
        let plain =
            if subject.document.version() == Some(Version::V2012) { value.replace("${*}", "") } else { value.into() };
        if plain.contains('*') {
            let operator = test.operator;
            let message = format!("`*` in `{value}` is a plain character under `{operator}`");
            let help = format!("write `{}` to make it a wildcard", ConditionOperator { base: like, ..operator });
            report(Diagnostic::new(Code::WildcardWithoutLike, span, message).with_help(help));
        }
    }
}
