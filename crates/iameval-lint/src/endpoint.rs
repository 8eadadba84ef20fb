//! Limits of VPC endpoint policies that other policies do not have (*Control access to VPC endpoints using endpoint
//! policies* in the AWS `PrivateLink` Guide).

use crate::codes;
use crate::condition::{KeyTest, is_sensitive, tests};
use crate::public::named;
use crate::subject::Subject;
use iameval::text::Span;
use iameval::{Diagnostic, OperatorFamily, PolicyKind, PrincipalType, Severity};

/// So many characters stand in a row before or after a wildcard at least.
const BESIDE_WILDCARD: usize = 6;

/// The services that gateway endpoints are for.
const WITH_GATEWAYS: [&str; 2] = ["dynamodb", "s3"];

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    if subject.kind != PolicyKind::Endpoint {
        return;
    }
    for test in tests(subject.statement) {
        condition(&test, report);
    }
    let resources =
        subject.statement.resource().into_iter().flat_map(|element| element.patterns().zip(element.spans()));
    for (text, span) in resources {
        account(text, span, report);
    }
    gateway(subject, report);
}

fn condition(test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    let (key, operator) = (test.key(), test.operator());
    // The global keys whose values AWS makes.
    let made_by_aws = is_sensitive(key);
    if made_by_aws && operator.base.family() == OperatorFamily::Numeric {
        let message = format!("an endpoint policy does not support numeric operators for `{key}`");
        report(
            Diagnostic::new(codes::ENDPOINT_LIMITS, test.operator_span(), message).with_help("write `StringEquals`"),
        );
    }
    let is_text = operator.base.family() == OperatorFamily::String;
    for (value, span) in test.values_with_spans().filter(|_| test.takes_wildcards()) {
        if made_by_aws && value.contains(['*', '?']) {
            let message = format!("an endpoint policy does not support wildcards for `{key}`");
            report(Diagnostic::new(codes::ENDPOINT_LIMITS, span, message).with_help("list the values"));
        } else if is_text && !wildcards_have_company(value) {
            let message = format!(
                "an endpoint policy supports a wildcard only with {BESIDE_WILDCARD} consecutive characters before or after it, unlike `{value}`"
            );
            report(Diagnostic::new(codes::ENDPOINT_LIMITS, span, message).with_help("write more of the value"));
        } else if !is_text {
            account(value, span, report);
        }
    }
}

/// Whether next to each wildcard there are enough other characters. A variable stands for some number of them.
fn wildcards_have_company(value: &str) -> bool {
    if value.contains("${") {
        return true;
    }
    let pieces: Vec<usize> = value.split(['*', '?']).map(|piece| piece.chars().count()).collect();
    pieces.windows(2).all(|beside| beside.iter().any(|length| *length >= BESIDE_WILDCARD))
}

/// The account of an ARN is an id or a wildcard.
fn account(text: &str, span: Span, report: &mut impl FnMut(Diagnostic)) {
    let account = text.split(':').nth(4).filter(|_| text.starts_with("arn:") && !text.contains("${"));
    let is_mixed = |account: &str| account.contains(['*', '?']) && account.bytes().any(|byte| byte.is_ascii_digit());
    if let Some(account) = account.filter(|account| is_mixed(account)) {
        let message =
            format!("in an endpoint policy, the account in an ARN must be an id or a wildcard, not `{account}`");
        report(Diagnostic::new(codes::ENDPOINT_LIMITS, span, message).with_help("write the twelve digits, or `*`"));
    }
}

/// At a gateway endpoint an account stands for its root user alone (R-EVAL-12). Whether an endpoint is a gateway, the policy
/// does not say.
fn gateway(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let of_gateway = |service: Option<&str>| {
        service.is_some_and(|service| WITH_GATEWAYS.iter().any(|name| name.eq_ignore_ascii_case(service)))
    };
    let Some(principal) = subject.statement.principal() else { return };
    if !subject.patterns.iter().all(|covering| of_gateway(covering.pattern.service())) {
        return;
    }
    let is_account = |value: &str| value.ends_with(":root") || value.parse::<iameval::AccountId>().is_ok();
    let accounts = named(principal.form(), PrincipalType::Aws).filter(|(value, _)| is_account(value));
    for (value, span) in accounts {
        let message = format!("at a gateway endpoint, `{value}` means only the root user, not the whole account");
        let help = "write `\"Principal\": \"*\"` with a condition on `aws:PrincipalAccount` or `aws:PrincipalArn`";
        let finding = Diagnostic::new(codes::ENDPOINT_LIMITS, span, message).with_help(help);
        report(finding.with_severity(Severity::Info));
    }
}
