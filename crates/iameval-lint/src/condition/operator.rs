//! Operators of the wrong type, and wildcards where there are none.

use super::KeyTest;
use crate::codes;
use crate::subject::Subject;
use iameval::{ConditionOperator, Diagnostic, Operator, OperatorFamily, Severity, Version};
use iameval_data::{ContextKeyInfo, KeyType, is_provider_key};

pub(super) fn lint<'d>(subject: &Subject<'d>, test: &KeyTest<'d>, report: &mut impl FnMut(Diagnostic)) {
    let info = test.info(subject.catalogue);
    if let Some(info) = info {
        operator_type(test, info, report);
    }
    wildcard_without_like(subject, test, info, report);
}

/// The types whose values an operator compares.
fn compares(operator: Operator) -> &'static [KeyType] {
    match operator.family() {
        OperatorFamily::String => &[KeyType::String],
        OperatorFamily::Numeric => &[KeyType::Numeric],
        OperatorFamily::Date => &[KeyType::Date],
        OperatorFamily::Bool => &[KeyType::Bool],
        OperatorFamily::Binary => &[KeyType::Binary],
        OperatorFamily::IpAddress => &[KeyType::IpAddress],
        // Many keys that AWS declares as strings hold ARNs.
        OperatorFamily::Arn => &[KeyType::Arn, KeyType::String],
        OperatorFamily::Null => &[],
    }
}

/// Keys that the reference calls texts and that hold numbers, as the services document them, in lower case (*Vault Lock
/// Policies* in the Amazon S3 Glacier Developer Guide; *`GetClusterCredentials`* in the Amazon Redshift Management Guide).
const NUMBERS_IN_TEXTS: [&str; 3] =
    ["ec2:replaywindowsizepackets", "glacier:archiveageindays", "redshift:durationseconds"];

/// The same with moments.
const DATES_IN_TEXTS: [&str; 1] = ["ec2:snapshottime"];

/// Whether the key holds what the operator compares although the reference says otherwise.
fn holds_in_text(test: &KeyTest<'_>, compared: &[KeyType]) -> bool {
    let key = test.key().to_ascii_lowercase();
    let known: &[&str] = match compared {
        [KeyType::Numeric] => &NUMBERS_IN_TEXTS,
        [KeyType::Date] => &DATES_IN_TEXTS,
        _ => &[],
    };
    known.contains(&&*key)
}

/// The operator that fits a type and has the sense of another: a negated one stays negated, or a Deny would turn into its
/// opposite. None where AWS has no negated operator for the type.
fn operator_for(key_type: KeyType, instead_of: Operator) -> Option<Operator> {
    let negated = instead_of.is_negated();
    let ordered = match instead_of {
        Operator::DateLessThan => Operator::NumericLessThan,
        Operator::DateLessThanEquals => Operator::NumericLessThanEquals,
        Operator::DateGreaterThan => Operator::NumericGreaterThan,
        Operator::DateGreaterThanEquals => Operator::NumericGreaterThanEquals,
        _ => Operator::NumericEquals,
    };
    Some(match (key_type, negated) {
        (KeyType::String, false) => Operator::StringEquals,
        (KeyType::String, true) => Operator::StringNotEquals,
        (KeyType::Arn, false) => Operator::ArnLike,
        (KeyType::Arn, true) => Operator::ArnNotLike,
        (KeyType::Numeric, false) => ordered,
        (KeyType::Numeric, true) => Operator::NumericNotEquals,
        (KeyType::Date, false) => Operator::DateEquals,
        (KeyType::Date, true) => Operator::DateNotEquals,
        (KeyType::IpAddress, false) => Operator::IpAddress,
        (KeyType::IpAddress, true) => Operator::NotIpAddress,
        (KeyType::Bool, false) => Operator::Bool,
        (KeyType::Binary, false) => Operator::BinaryEquals,
        (KeyType::Bool | KeyType::Binary, true) => return None,
    })
}

/// What to write instead, with the quantifier and the `IfExists` that are there.
fn instead(operator: ConditionOperator, key_type: KeyType) -> String {
    match (operator_for(key_type, operator.base), key_type) {
        (Some(base), _) => format!("use an operator such as `{}`", ConditionOperator { base, ..operator }),
        // A negated operator holds where the key is absent (R-COND-08).
        (None, KeyType::Bool) => {
            let plain = ConditionOperator { base: Operator::Bool, if_exists: true, ..operator };
            format!("use `{plain}` with the opposite value: `Bool` has no negated form")
        }
        (None, _) => "no negated operator compares such values".to_owned(),
    }
}

fn operator_type(test: &KeyTest<'_>, info: ContextKeyInfo<'_>, report: &mut impl FnMut(Diagnostic)) {
    let compared = compares(test.operator.base);
    let key_type = info.key_type();
    if compared.is_empty() || compared.contains(&key_type) || holds_in_text(test, compared) {
        return;
    }
    let is_string = compared == [KeyType::String];
    // Epoch seconds are numbers as well (R-CTX-03), and a date may be compared as a number.
    let numeric_date = key_type == KeyType::Date && compared == [KeyType::Numeric];
    // A provider writes the number of an organization in one way only, and so does AWS `true` and `false`. Variables stand
    // under few other operators (R-VAR-03).
    let as_text = |value: &str| {
        (key_type == KeyType::Bool && matches!(value, "true" | "false"))
            || (key_type == KeyType::Numeric && is_provider_key(test.key()))
            || value.starts_with("${")
    };
    if numeric_date || (is_string && test.values().all(as_text)) {
        return;
    }
    let operator = test.operator;
    let (message, severity) = if is_string && key_type == KeyType::Arn {
        // Whole ARNs can be compared as texts.
        if !test.takes_wildcards() {
            return;
        }
        let message = format!("`{operator}` compares the ARN in `{}` as a string, not part by part", test.key());
        if test.values().any(crosses_parts) {
            let more = ": its `*` also matches colons, and so other parts of the ARN";
            (message + more, Severity::Warning)
        } else {
            (message, Severity::Info)
        }
    } else {
        let (key, holds) = (test.key(), key_type.in_words());
        (format!("`{key}` is {holds}, which `{operator}` does not compare"), Severity::Warning)
    };
    let finding = Diagnostic::new(codes::OPERATOR_TYPE_MISMATCH, test.operator_span, message);
    report(finding.with_severity(severity).with_help(instead(operator, key_type)));
}

/// Whether a wildcard of an ARN stands before its resource part, where it can take colons along (R-ARN-06).
fn crosses_parts(value: &str) -> bool {
    let head = value.splitn(6, ':').take(5).any(|part| part.contains(['*', '?']));
    head && value != "*"
}

fn wildcard_without_like(
    subject: &Subject<'_>,
    test: &KeyTest<'_>,
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
            report(Diagnostic::new(codes::WILDCARD_WITHOUT_LIKE, span, message).with_help(help));
        }
    }
}
