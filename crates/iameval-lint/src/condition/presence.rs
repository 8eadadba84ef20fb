//! Keys that may be absent or have several values: set operators, `Null` and `…IfExists`.

use super::deny::for_all_values;
use super::{KeyTest, KeyTests, begins, tests};
use crate::alike::once_each;
use crate::codes;
use crate::subject::Subject;
use iameval::{ConditionOperator, Diagnostic, Effect, Operator, PolicyKind, Quantifier, Severity};

const TAG_KEYS: &str = "aws:TagKeys";

/// Lists that actions always bring along, and those actions: *Using IAM policy conditions for fine-grained access control*
/// in the Amazon `DynamoDB` Developer Guide. A scan names no key and is not among them.
const ALWAYS_THERE: [(&str, &[&str]); 1] = [(
    "dynamodb:LeadingKeys",
    &[
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    ],
)];

pub(super) fn lint<'d>(
    subject: &Subject<'d>,
    test: &KeyTest<'d>,
    tests: &KeyTests<'_>,
    report: &mut impl FnMut(Diagnostic),
) {
    number_of_values(subject, test, tests, report);
    if_exists(subject, test, report);
}

fn number_of_values<'d>(
    subject: &Subject<'d>,
    test: &KeyTest<'d>,
    tests: &KeyTests<'_>,
    report: &mut impl FnMut(Diagnostic),
) {
    let (operator, key) = (test.operator, test.key());
    let Some(info) = test.info(subject.catalogue).filter(|_| operator.base != Operator::Null) else { return };
    let effect = subject.statement.effect();
    match (info.is_multivalued(), operator.quantifier) {
        (true, None) if !info.is_compared_as_one() => {
            let verb = if effect == Effect::Allow { "allows" } else { "denies" };
            let message = format!(
                "`{key}` is multivalued, and `{operator}` never matches a list: the statement {verb} nothing when the key is present"
            );
            let help = format!("write `ForAnyValue:{operator}` or `ForAllValues:{operator}`");
            report(Diagnostic::new(codes::MISSING_QUALIFIER, test.operator_span, message).with_help(help));
        }
        (false, Some(quantifier)) => {
            let message = format!("`{key}` is single-valued, and `{operator}` is for multivalued keys");
            let plain = ConditionOperator { quantifier: None, ..operator };
            let finding = Diagnostic::new(codes::SET_OPERATOR_ON_SINGLE_VALUE, test.operator_span, message);
            report(if quantifier == Quantifier::ForAllValues && !is_guarded(test, tests) {
                finding.with_help(format!("it is also true if the key is absent; write `{plain}`"))
            } else {
                finding.with_severity(Severity::Info).with_help(format!("write `{plain}`"))
            });
        }
        (true, Some(Quantifier::ForAllValues))
            if effect == Effect::Allow
                && test.values().next().is_some()
                && !is_guarded(test, tests)
                && !is_always_there(subject, key) =>
        {
            report(without_null(subject, test));
        }
        (true, Some(Quantifier::ForAllValues)) if effect == Effect::Deny => {
            let key_is_there = is_guarded(test, tests) || is_always_there(subject, key);
            if let Some(finding) = for_all_values(test, key_is_there) {
                report(finding);
            }
        }
        _ => {}
    }
}

/// Whether something else in the condition sees to it that the key is there.
fn is_guarded(test: &KeyTest<'_>, tests: &KeyTests<'_>) -> bool {
    // A tag that must be there makes `aws:TagKeys` be there.
    let tag = |other: &KeyTest<'_>| begins(other.key(), "aws:RequestTag/") && other.needs_key();
    tests.of(test.key()).any(KeyTest::needs_key)
        || (test.is(TAG_KEYS) && tests.iter().any(tag))
        || (test.is("dynamodb:Attributes") && tests.of("dynamodb:Select").any(asks_for_attributes))
}

/// Whether a test of `dynamodb:Select` lets only those read who say which attributes they want, so that `dynamodb:Attributes` is there
/// (*Using IAM policy conditions for fine-grained access control* in the Amazon `DynamoDB` Developer Guide).
fn asks_for_attributes(select: &KeyTest<'_>) -> bool {
    let positive = matches!(
        select.operator.base,
        Operator::StringEquals | Operator::StringEqualsIgnoreCase | Operator::StringLike
    );
    positive && select.operator.quantifier.is_none() && select.all_values("SPECIFIC_ATTRIBUTES")
}

/// Whether every action of the statement brings the key along.
fn is_always_there(subject: &Subject<'_>, key: &str) -> bool {
    let Some((_, with)) = ALWAYS_THERE.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) else { return false };
    subject.known_actions().is_some_and(|mut actions| {
        actions.all(|action| {
            let name = action.to_string();
            with.iter().any(|known| *known == name)
        })
    })
}

fn without_null(subject: &Subject<'_>, test: &KeyTest<'_>) -> Diagnostic {
    let (operator, key) = (test.operator, test.key());
    let message = format!("`{operator}` is also true if `{key}` is absent or empty, and this is an Allow");
    let finding = Diagnostic::new(codes::FOR_ALL_VALUES_WITHOUT_NULL, test.operator_span, message);
    let guard = format!("`\"Null\": {{\"{key}\": \"false\"}}`");
    // To ask for the key would take away the actions that never have it.
    let like = subject.key_like(key);
    let found = || {
        let mut supports = once_each(|action| action.supports(&like));
        let actions = subject.known_actions().into_iter().flatten();
        actions.fold(
            (false, false),
            |(with, without), action| {
                if supports(&action) { (true, without) } else { (with, true) }
            },
        )
    };
    let (with, without) = subject.alike.with_and_without.get(like.clone(), found);
    if test.is(TAG_KEYS) || test.is("sts:TransitiveTagKeys") {
        let help = format!(
            "if calls without tags are not to be allowed, use a separate statement for calls that tag, with {guard}"
        );
        finding.with_severity(Severity::Info).with_help(help)
    } else if with && without {
        finding.with_help(format!("use a separate statement for the actions that support `{key}`, with {guard}"))
    } else {
        finding.with_help(format!("add {guard} to the condition"))
    }
}

const MFA: &str = "aws:MultiFactorAuthPresent";
const MFA_AGE: &str = "aws:MultiFactorAuthAge";

/// `Bool` where `BoolIfExists` is meant, and the other way round.
fn if_exists(subject: &Subject<'_>, test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    let operator = test.operator;
    let with = ConditionOperator { if_exists: true, ..operator };
    let without = ConditionOperator { if_exists: false, ..operator };
    let greater = matches!(operator.base, Operator::NumericGreaterThan | Operator::NumericGreaterThanEquals);
    let less = matches!(operator.base, Operator::NumericLessThan | Operator::NumericLessThanEquals);
    // AWS writes the value in one way only, so a text is compared as well.
    let is_bool = |value: &str| {
        let compares = matches!(
            operator.base,
            Operator::Bool | Operator::StringEquals | Operator::StringEqualsIgnoreCase | Operator::StringLike
        );
        compares && test.all_values(value)
    };
    match subject.statement.effect() {
        Effect::Deny if !operator.if_exists => {
            let mfa = (test.is(MFA) && is_bool("false")) || (test.is(MFA_AGE) && greater);
            let anonymous = matches!(subject.kind, PolicyKind::Resource | PolicyKind::ResourceControl)
                && test.is("aws:PrincipalIsAWSService")
                && is_bool("false");
            let who = if mfa && !absence_is_denied(subject) {
                "long-term access keys, whose requests do not include the key"
            } else if anonymous {
                "anonymous callers, whose requests do not include the key"
            } else {
                return;
            };
            let message = format!("with `{operator}`, this Deny does not apply to {who}");
            let help = format!("write `{with}`");
            report(Diagnostic::new(codes::IF_EXISTS_MISSING, test.operator_span, message).with_help(help));
        }
        Effect::Allow => {
            let if_exists = operator.if_exists && ((test.is(MFA) && is_bool("true")) || (test.is(MFA_AGE) && less));
            let help = if if_exists {
                format!("write `{without}`")
            } else if test.is(MFA) && operator.base.is_negated() && test.all_values("false") {
                "write `Bool` and `true`".to_owned()
            } else {
                return;
            };
            let message = format!("with `{operator}`, this Allow also applies to long-term access keys without MFA");
            report(Diagnostic::new(codes::IF_EXISTS_UNWANTED, test.operator_span, message).with_help(help));
        }
        Effect::Deny => {}
    }
}

/// Whether some other Deny of the document is about requests that lack the MFA keys.
fn absence_is_denied(subject: &Subject<'_>) -> bool {
    *subject.once.absent_mfa_denied.get_or_init(|| {
        let denies = subject.document.statements().iter().filter(|statement| statement.effect() == Effect::Deny);
        denies.flat_map(tests).any(|other| {
            let absent = other.asks_for("true");
            (other.is(MFA) || other.is(MFA_AGE)) && (absent || other.operator.if_exists)
        })
    })
}
