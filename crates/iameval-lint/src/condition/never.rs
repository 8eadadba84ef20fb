//! Conditions that no request satisfies, and one that every request does.

use super::{KeyTest, KeyTests};
use crate::codes;
use crate::subject::Subject;
use iameval::text::Span;
use iameval::{DateTime, Diagnostic, Effect, Operator, Quantifier};
use iameval_data::{ValueForm, Wildcards};
use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::str::FromStr;

pub(super) fn lint(
    subject: &Subject<'_>,
    test: &KeyTest<'_>,
    tests: &KeyTests<'_>,
    report: &mut impl FnMut(Diagnostic),
) {
    no_value(test, report);
    absent_and_needed(test, tests, report);
    private_source(test, report);
    session_arn(subject, test, report);
    contradiction(test, tests, report);
}

fn never(span: Span, message: impl Into<String>, help: &str) -> Diagnostic {
    Diagnostic::new(codes::NEVER_MATCHES, span, message).with_help(help)
}

fn no_value(test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    // AWS refuses such a `Null`, which is reported as that.
    if test.operator.base == Operator::Null && test.operator.quantifier.is_some() {
        return;
    }
    let holds_when_absent = test.operator.if_exists || test.operator.quantifier == Some(Quantifier::ForAllValues);
    if test.values().next().is_none() && !holds_when_absent {
        let message = format!("`{}` is compared with no value, so the statement never matches", test.key());
        report(never(test.of.span(), message, "give values, or remove the key from the condition"));
    }
}

fn absent_and_needed(test: &KeyTest<'_>, tests: &KeyTests<'_>, report: &mut impl FnMut(Diagnostic)) {
    if test.asks_for("true")
        && let Some(other) = tests.of(test.key()).find(|other| other.needs_key())
    {
        let (key, operator) = (test.key(), other.operator);
        let message =
            format!("`{key}` must be absent here but is required by `{operator}`, so the statement never matches");
        report(never(test.of.span(), message, "split the statement, or remove one of the two"));
    }
}

fn private_source(test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    if !test.is("aws:SourceIp") || !test.every_value(is_private) {
        return;
    }
    let help = "for calls through a VPC endpoint, use `aws:VpcSourceIp`";
    match test.operator.base {
        Operator::IpAddress if !test.operator.if_exists => {
            let message = "`aws:SourceIp` is a public address, or absent, so these private ranges never match";
            report(never(test.of.span(), message, help));
        }
        Operator::NotIpAddress => {
            let message = "`aws:SourceIp` is a public address, or absent, so it is never in these private ranges and the condition is always true";
            report(Diagnostic::new(codes::ALWAYS_HOLDS, test.of.span(), message).with_help(help));
        }
        _ => {}
    }
}

/// Whether an IPv4 address or network is private (RFC 1918).
pub(super) fn is_private(text: &str) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, "32"));
    let (Ok(address), Ok(length)) = (address.parse::<Ipv4Addr>(), length.parse::<u8>()) else { return false };
    let shortest = match address.octets() {
        [10, ..] => 8,
        [172, ..] => 12,
        _ => 16,
    };
    address.is_private() && length >= shortest
}

/// ARNs of sessions, which `aws:PrincipalArn` never is (R-CTX-05).
fn session_arn(subject: &Subject<'_>, test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    if !test.is("aws:PrincipalArn") || test.operator.base == Operator::Null {
        return;
    }
    let is_session = |value: &str| is_session_arn(value, test.wildcards());
    let help = "write `arn:aws:iam::ACCOUNT:role/NAME`, with the role's path";
    let reason = "`aws:PrincipalArn` of a role session is the role's ARN, never the session's";
    let negated = test.operator.base.is_negated();
    if test.every_value(is_session) {
        let finding = if !negated && test.needs_value() {
            never(test.of.span(), reason, help)
        } else if negated && test.operator.quantifier.is_none() {
            let consequence = match subject.statement.effect() {
                Effect::Allow => "the condition is always true",
                Effect::Deny => "the Deny exempts no one",
            };
            Diagnostic::new(codes::ALWAYS_HOLDS, test.of.span(), format!("{reason}, so {consequence}")).with_help(help)
        } else {
            return;
        };
        report(finding);
        return;
    }
    for (value, span) in test.values_with_spans().filter(|(value, _)| is_session(value)) {
        let message = format!("{reason}, so `{value}` matches no one");
        report(Diagnostic::new(codes::IMPOSSIBLE_VALUE, span, message).with_help(help));
    }
}

/// Whether a text can be the ARN of a role's session and not that of a role, a user or anyone else. No path has a colon.
fn is_session_arn(value: &str, wildcards: Wildcards) -> bool {
    let fits = |form: &str| ValueForm::new(form).fits(value, wildcards);
    value.contains(":assumed-role/") && fits("arn:?*:sts::?*:assumed-role/?*")
}

/// Two tests of one key that leave no value: a range without anything in it, or a value that is wanted and excluded.
fn contradiction(test: &KeyTest<'_>, tests: &KeyTests<'_>, report: &mut impl FnMut(Diagnostic)) {
    if !is_plain(test) || !test.needs_value() {
        return;
    }
    for other in tests.of(test.key()).filter(|other| is_plain(other)) {
        let (upper, lower) = (test.operator.base, other.operator.base);
        let conflict = match (upper, lower) {
            (Operator::StringEquals, Operator::StringNotEquals) => {
                let excluded: HashSet<&str> = other.values().collect();
                test.every_value(|value| excluded.contains(value))
            }
            _ => match (Bound::of(upper), Bound::of(lower)) {
                (Some(upper), Some(lower)) => is_empty(test, other, upper, lower),
                _ => false,
            },
        };
        if conflict {
            let message = format!(
                "no value of `{}` satisfies both `{}` and `{}`, so the statement never matches",
                test.key(),
                test.operator,
                other.operator
            );
            let finding = never(
                test.of.span(),
                message,
                "statements are alternatives, but all parts of a condition must be true",
            );
            report(finding.with_label(other.of.span(), "the other one"));
        }
    }
}

/// Whether the key's one value is compared, if it is there.
fn is_plain(test: &KeyTest<'_>) -> bool {
    test.operator.quantifier.is_none()
}

/// One end of a range.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Bound {
    scale: Scale,
    end: End,
    edge: Edge,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    Numbers,
    Dates,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Upper,
    Lower,
}

/// Whether the end itself is within.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Within,
    Outside,
}

impl Bound {
    fn of(operator: Operator) -> Option<Self> {
        use Edge::{Outside, Within};
        use End::{Lower, Upper};
        use Scale::{Dates, Numbers};
        let (scale, end, edge) = match operator {
            Operator::NumericLessThan => (Numbers, Upper, Outside),
            Operator::NumericLessThanEquals => (Numbers, Upper, Within),
            Operator::NumericGreaterThan => (Numbers, Lower, Outside),
            Operator::NumericGreaterThanEquals => (Numbers, Lower, Within),
            Operator::DateLessThan => (Dates, Upper, Outside),
            Operator::DateLessThanEquals => (Dates, Upper, Within),
            Operator::DateGreaterThan => (Dates, Lower, Outside),
            Operator::DateGreaterThanEquals => (Dates, Lower, Within),
            _ => return None,
        };
        Some(Self { scale, end, edge })
    }
}

/// Whether nothing is both below a value of `test` and above one of `other`: values are alternatives.
fn is_empty(test: &KeyTest<'_>, other: &KeyTest<'_>, upper: Bound, lower: Bound) -> bool {
    if upper.scale != lower.scale || (upper.end, lower.end) != (End::Upper, End::Lower) {
        return false;
    }
    let edge = if upper.edge == lower.edge { upper.edge } else { Edge::Outside };
    match upper.scale {
        Scale::Numbers => apart::<f64>(test, other, edge),
        Scale::Dates => apart::<DateTime>(test, other, edge),
    }
}

fn apart<T: FromStr + PartialOrd>(test: &KeyTest<'_>, other: &KeyTest<'_>, edge: Edge) -> bool {
    let values = |test: &KeyTest<'_>| -> Option<Vec<T>> { test.values().map(|value| value.parse().ok()).collect() };
    let (Some(highest), Some(lowest)) = (values(test), values(other)) else { return false };
    // What cannot be compared, which is not even itself, is neither below nor above anything.
    let comparable = highest.iter().chain(&lowest).all(|value| value.partial_cmp(value).is_some());
    let highest = highest.into_iter().reduce(|one, other| if other > one { other } else { one });
    let lowest = lowest.into_iter().reduce(|one, other| if other < one { other } else { one });
    comparable && highest.zip(lowest).is_some_and(|(high, low)| high < low || (edge == Edge::Outside && high <= low))
}
