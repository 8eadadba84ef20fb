//! Conditions: keys that are unknown or never there, operators of the wrong type or number, conditions that always or
//! never hold.

use crate::subject::{Subject, a_few};
use iameval::text::Span;
use iameval::{
    Code, ConditionOperator, ConditionTest, Diagnostic, Effect, Operator, PolicyKind, Quantifier, Severity, Statement,
    Version,
};
use iameval_data::{ContextKeyInfo, KeyType};
use std::net::Ipv4Addr;

/// One key under one operator.
struct Test<'d> {
    operator: ConditionOperator,
    operator_span: Span,
    test: &'d ConditionTest,
}

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let tests = tests(subject.statement);
    for test in &tests {
        match subject.catalogue.context_key(test.test.key()) {
            None => unknown_key(subject, test, report),
            Some(info) => {
                unsupported_key(subject, test, info, report);
                operator_type(test, info, report);
                number_of_values(subject, test, &tests, info, report);
            }
        }
        if_exists(subject, test, report);
        wildcard_without_like(subject, test, report);
        never(test, &tests, report);
    }
}

fn tests(statement: &Statement) -> Vec<Test<'_>> {
    let blocks = statement.condition().iter();
    let test = |block: &'_ iameval::ConditionBlock, test| Test {
        operator: block.operator(),
        operator_span: block.name_span(),
        test,
    };
    blocks.flat_map(|block| block.keys().iter().map(move |key| test(block, key))).collect()
}

impl Test<'_> {
    fn is(&self, key: &str) -> bool {
        self.test.key().eq_ignore_ascii_case(key)
    }

    fn same_key(&self, other: &Test<'_>) -> bool {
        self.is(other.test.key())
    }

    /// Whether it holds only where the key is present (R-COND-06).
    fn needs_key(&self) -> bool {
        let null = self.operator.base == Operator::Null && self.all_values("false");
        let positive = self.operator.base != Operator::Null && !self.operator.base.is_negated();
        let any = self.operator.quantifier == Some(Quantifier::ForAnyValue);
        let all = self.operator.quantifier == Some(Quantifier::ForAllValues);
        null || any || (positive && !all && !self.operator.if_exists)
    }

    fn all_values(&self, text: &str) -> bool {
        self.test.values().next().is_some() && self.test.values().all(|value| value.eq_ignore_ascii_case(text))
    }
}

fn unknown_key(subject: &Subject<'_>, test: &Test<'_>, report: &mut impl FnMut(Diagnostic)) {
    let key = test.test.key();
    let finding = |message: String| Diagnostic::new(Code::UnknownContextKey, test.test.key_span(), message);
    let Some((prefix, _)) = key.split_once(':') else {
        let help = "a condition key reads `service:Name`, such as `aws:SourceIp`";
        report(finding(format!("`{key}` is no condition key")).with_help(help));
        return;
    };
    // Whoever runs an identity provider names its keys.
    if prefix.contains(['.', '/']) {
        return;
    }
    let with_tag = format!("{key}/x");
    if subject.catalogue.context_key(&with_tag).is_some() {
        let help = format!("name the tag after a slash: `{key}/team`");
        report(finding(format!("`{key}` names no tag")).with_help(help));
        return;
    }
    let known = prefix.eq_ignore_ascii_case("aws") || subject.catalogue.service(prefix).is_some();
    let mut finding = if known {
        finding(format!("`{key}` is no condition key that is known"))
    } else {
        finding(format!("`{key}` is no condition key that is known, and no AWS service has the prefix `{prefix}`"))
    };
    finding.help = subject.catalogue.suggest_context_key(key).map(|near| format!("did you mean `{near}`?"));
    report(finding);
}

fn unsupported_key(
    subject: &Subject<'_>,
    test: &Test<'_>,
    info: ContextKeyInfo<'_>,
    report: &mut impl FnMut(Diagnostic),
) {
    let tag = ["aws:ResourceTag/${TagKey}", "aws:RequestTag/${TagKey}", "aws:TagKeys"].contains(&info.name());
    if info.presence().is_some() && !tag {
        return;
    }
    let key = test.test.key();
    let Some(mut actions) = subject.known_actions() else { return };
    if actions.any(|action| action.supports(key)) {
        return;
    }
    let names = subject.patterns.iter().map(|covering| covering.text);
    let message = format!("AWS does not list `{key}` among the condition keys of {}", a_few(names, 3));
    let help = match (test.needs_key(), subject.statement.effect()) {
        (true, Effect::Allow) => "where a request lacks the key, the statement allows nothing",
        (true, Effect::Deny) => "where a request lacks the key, the statement denies nothing",
        (false, _) => "where a request lacks the key, this condition holds",
    };
    report(Diagnostic::new(Code::UnsupportedContextKey, test.test.key_span(), message).with_help(help));
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
    // Texts that AWS writes in one way only can be compared as texts.
    if numeric_date
        || (is_string && key_type == KeyType::Bool && test.test.values().all(|value| matches!(value, "true" | "false")))
    {
        return;
    }
    let operator = test.operator;
    let message = format!("`{}` holds {}, which `{operator}` does not compare", test.test.key(), in_words(key_type));
    let help = format!("use an operator such as `{}`", operator_for(key_type));
    let mut finding = Diagnostic::new(Code::OperatorTypeMismatch, test.operator_span, message).with_help(help);
    if is_string && key_type == KeyType::Arn {
        // Whole ARNs can be compared as texts.
        if !takes_wildcards(operator.base) {
            return;
        }
        finding.severity = Severity::Info;
        finding.message = format!("`{operator}` compares the ARN in `{}` as a text, not part by part", test.test.key());
    }
    report(finding);
}

fn takes_wildcards(operator: Operator) -> bool {
    matches!(operator, Operator::StringLike | Operator::StringNotLike)
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

fn number_of_values(
    subject: &Subject<'_>,
    test: &Test<'_>,
    tests: &[Test<'_>],
    info: ContextKeyInfo<'_>,
    report: &mut impl FnMut(Diagnostic),
) {
    let (operator, key) = (test.operator, test.test.key());
    if operator.base == Operator::Null {
        return;
    }
    let effect = subject.statement.effect();
    match (info.is_multivalued(), operator.quantifier) {
        (true, None) => {
            let verb = if effect == Effect::Allow { "allows" } else { "denies" };
            let message = format!(
                "`{key}` is a list, and `{operator}` never matches one: the statement {verb} nothing when it is there"
            );
            let help = format!("write `ForAnyValue:{operator}` or `ForAllValues:{operator}`");
            report(Diagnostic::new(Code::MissingQualifier, test.operator_span, message).with_help(help));
        }
        (false, Some(quantifier)) => {
            let message = format!("`{key}` has one value at most, and `{operator}` is for lists");
            let plain = ConditionOperator { quantifier: None, ..operator };
            let mut finding = Diagnostic::new(Code::SetOperatorOnSingleValue, test.operator_span, message);
            finding.help = Some(if quantifier == Quantifier::ForAllValues {
                format!("it also holds where the key is absent; write `{plain}`")
            } else {
                finding.severity = Severity::Info;
                format!("write `{plain}`")
            });
            report(finding);
        }
        (true, Some(Quantifier::ForAllValues)) if effect == Effect::Allow => {
            // A tag that must be there makes `aws:TagKeys` be there.
            let tags = |other: &Test<'_>| {
                test.is("aws:TagKeys") && other.test.key().to_ascii_lowercase().starts_with("aws:requesttag/")
            };
            let guarded = tests.iter().any(|other| other.needs_key() && (other.same_key(test) || tags(other)));
            if !guarded {
                let message = format!("`{operator}` also holds where `{key}` is absent or empty, and this is an Allow");
                let help = format!("add `\"Null\": {{\"{key}\": \"false\"}}` to the condition");
                report(Diagnostic::new(Code::ForAllValuesWithoutNull, test.operator_span, message).with_help(help));
            }
        }
        _ => {}
    }
}

const MFA: &str = "aws:MultiFactorAuthPresent";
const MFA_AGE: &str = "aws:MultiFactorAuthAge";

/// `Bool` where `BoolIfExists` is meant, and the other way round.
fn if_exists(subject: &Subject<'_>, test: &Test<'_>, report: &mut impl FnMut(Diagnostic)) {
    let operator = test.operator;
    let with = ConditionOperator { if_exists: true, ..operator };
    let without = ConditionOperator { if_exists: false, ..operator };
    let greater = matches!(operator.base, Operator::NumericGreaterThan | Operator::NumericGreaterThanEquals);
    let less = matches!(operator.base, Operator::NumericLessThan | Operator::NumericLessThanEquals);
    let is_bool = |value: &str| operator.base == Operator::Bool && test.all_values(value);
    match subject.statement.effect() {
        Effect::Deny if !operator.if_exists => {
            let mfa = (test.is(MFA) && is_bool("false")) || (test.is(MFA_AGE) && greater);
            let anonymous = matches!(subject.kind, PolicyKind::Resource | PolicyKind::ResourceControl)
                && test.is("aws:PrincipalIsAWSService")
                && is_bool("false");
            let who = if mfa && !absence_is_denied(subject) {
                "long-term access keys, whose requests lack the key"
            } else if anonymous {
                "anonymous callers, whose requests lack the key"
            } else {
                return;
            };
            let message = format!("`{operator}` lets this Deny pass over {who}");
            let help = format!("write `{with}`");
            report(Diagnostic::new(Code::IfExistsMissing, test.operator_span, message).with_help(help));
        }
        Effect::Allow if operator.if_exists => {
            if (test.is(MFA) && is_bool("true")) || (test.is(MFA_AGE) && less) {
                let message = format!("`{operator}` makes this Allow hold for long-term access keys without MFA");
                let help = format!("write `{without}`");
                report(Diagnostic::new(Code::IfExistsUnwanted, test.operator_span, message).with_help(help));
            }
        }
        Effect::Allow | Effect::Deny => {}
    }
}

/// Whether some other Deny of the document is about requests that lack the MFA keys.
fn absence_is_denied(subject: &Subject<'_>) -> bool {
    let denies = subject.document.statements().iter().filter(|statement| statement.effect() == Effect::Deny);
    denies.flat_map(tests).any(|other| {
        let absent = other.operator.base == Operator::Null && other.all_values("true");
        (other.is(MFA) || other.is(MFA_AGE)) && (absent || other.operator.if_exists)
    })
}

fn wildcard_without_like(subject: &Subject<'_>, test: &Test<'_>, report: &mut impl FnMut(Diagnostic)) {
    let like = match test.operator.base {
        Operator::StringEquals | Operator::StringEqualsIgnoreCase => Operator::StringLike,
        Operator::StringNotEquals | Operator::StringNotEqualsIgnoreCase => Operator::StringNotLike,
        _ => return,
    };
    for (value, span) in test.test.values().zip(test.test.value_spans()) {
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

/// Conditions that no request satisfies.
fn never(test: &Test<'_>, tests: &[Test<'_>], report: &mut impl FnMut(Diagnostic)) {
    let mut finding = |span, message: String, help: &str| {
        report(Diagnostic::new(Code::NeverMatches, span, message).with_help(help));
    };
    let key = test.test.key();
    let operator = test.operator;
    if test.test.values().next().is_none()
        && !operator.if_exists
        && operator.quantifier != Some(Quantifier::ForAllValues)
    {
        let message = format!("`{key}` is compared with no value, so the statement never matches");
        finding(test.test.span(), message, "give values, or leave the key out of the condition");
    }
    let absent = operator.base == Operator::Null && test.all_values("true");
    if absent && let Some(other) = tests.iter().find(|other| other.same_key(test) && other.needs_key()) {
        let message = format!(
            "`{key}` must be absent here and is needed by `{}`, so the statement never matches",
            other.operator
        );
        finding(test.test.span(), message, "split the statement, or leave one of the two out");
    }
    if test.is("aws:SourceIp") && operator.base == Operator::IpAddress && !operator.if_exists {
        let mut values = test.test.values().peekable();
        if values.peek().is_some() && values.all(is_private) {
            let message =
                "`aws:SourceIp` is a public address, or absent, so these private ranges never match".to_owned();
            finding(test.test.span(), message, "for calls through a VPC endpoint, use `aws:VpcSourceIp`");
        }
    }
    let positive = !operator.base.is_negated() && operator.base != Operator::Null && !operator.if_exists;
    let session =
        |value: &str| value.starts_with("arn:") && value.contains(":sts:") && value.contains(":assumed-role/");
    let mut values = test.test.values().peekable();
    if test.is("aws:PrincipalArn") && positive && values.peek().is_some() && values.all(session) {
        let message = "`aws:PrincipalArn` of a role session is the role's ARN, never the session's".to_owned();
        finding(test.test.span(), message, "write `arn:aws:iam::ACCOUNT:role/NAME`, with the role's path");
    }
}

/// Whether an IPv4 address or network is private (RFC 1918).
fn is_private(text: &str) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, "32"));
    let (Ok(address), Ok(length)) = (address.parse::<Ipv4Addr>(), length.parse::<u8>()) else { return false };
    let shortest = match address.octets() {
        [10, ..] => 8,
        [172, ..] => 12,
        _ => 16,
    };
    address.is_private() && length >= shortest
}
