//! Conditions that ask for presence only: `*` alone as a value, and no values at all.

use super::sensitive::is_sensitive;
use super::{KeyTest, KeyTests};
use crate::codes;
use iameval::{ConditionBlock, Diagnostic, Operator, Quantifier, Severity, Statement};
use iameval_data::is_oidc_key;

/// An operator without keys, which every request satisfies.
pub(super) fn empty(statement: &Statement, report: &mut impl FnMut(Diagnostic)) {
    for block in statement.condition().iter().filter(|block: &&ConditionBlock| block.keys().is_empty()) {
        let message = format!("`{}` has no keys, so it limits nothing", block.operator());
        report(
            Diagnostic::new(codes::EMPTY_CONDITION, block.name_span(), message)
                .with_help("remove the operator, or add a key"),
        );
    }
    if let Some(span) = statement.condition_span().filter(|_| statement.condition().is_empty()) {
        let message = "the condition is empty, so it limits nothing";
        report(Diagnostic::new(codes::EMPTY_CONDITION, span, message).with_help("remove `Condition`"));
    }
}

/// For keys that say whose request it is, and for the claims of a token, a value that fits all is another finding.
pub(super) fn lint(test: &KeyTest<'_>, tests: &KeyTests<'_>, report: &mut impl FnMut(Diagnostic)) {
    if test.operator().base == Operator::Null {
        return;
    }
    let none = test.values().next().is_none();
    let any = matches!(test.operator().base, Operator::StringLike | Operator::StringNotLike)
        && test.values().any(|value| !value.is_empty() && value.bytes().all(|byte| byte == b'*'));
    if none {
        no_values(test, report);
    } else if any && !is_sensitive(test.key()) && !is_oidc_key(test.key()) {
        any_value(test, tests, report);
    }
}

/// With `…IfExists` and `ForAllValues`; otherwise nothing satisfies it, which is another finding.
fn no_values(test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    if test.holds_without_key() {
        let message = format!("`{}` without values is true only if `{}` is absent", test.operator(), test.key());
        report(presence(test, message, "true"));
    }
}

fn presence(test: &KeyTest<'_>, message: String, null: &str) -> Diagnostic {
    let help = format!("write `\"Null\": {{\"{}\": \"{null}\"}}`", test.key());
    Diagnostic::new(codes::EQUIVALENT_TO_NULL, test.of.span(), message).with_help(help)
}

/// Every text fits `*`, so the outcome is that of presence, or always the same.
fn any_value(test: &KeyTest<'_>, tests: &KeyTests<'_>, report: &mut impl FnMut(Diagnostic)) {
    let (operator, key) = (test.operator(), test.key());
    let present = !operator.base.is_negated();
    // An empty list satisfies `ForAllValues`, and no list satisfies `ForAnyValue` of a negated operator.
    match (present, test.holds_without_key(), operator.quantifier) {
        (true, true, _) => {
            let message = format!("`{operator}` with `*` is true for every request, so it limits nothing");
            let finding = Diagnostic::new(codes::ALWAYS_HOLDS, test.of.span(), message).with_severity(Severity::Info);
            report(finding.with_help(format!("remove `{key}`, or give the intended values")));
        }
        (true, false, _) => {
            let needed = tests.of(key).filter(|other| other.needs_key()).nth(1).is_some();
            let message = if needed {
                format!("`{operator}` with `*` adds nothing: another test already requires `{key}` to be present")
            } else {
                format!("`{operator}` with `*` only checks whether `{key}` is present")
            };
            report(presence(test, message, "false"));
        }
        (false, true, Some(Quantifier::ForAnyValue)) => {}
        (false, true, _) => {
            let message = format!("`{operator}` with `*` only checks whether `{key}` is absent");
            report(presence(test, message, "true"));
        }
        (false, false, _) => {
            let message =
                format!("no value of `{key}` satisfies `{operator}` with `*`, so the statement never matches");
            let help = "give the intended values, or remove the statement";
            report(Diagnostic::new(codes::NEVER_MATCHES, test.of.span(), message).with_help(help));
        }
    }
}
