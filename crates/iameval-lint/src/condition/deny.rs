//! Denies whose condition holds for fewer requests than are meant, because all of it must hold, or for more.

use super::{ABSENT, Test};
use crate::subject::{Subject, a_few};
use iameval::{Code, ConditionBlock, ConditionOperator, Diagnostic, Effect, Operator, Quantifier, Severity};

/// What a request is told to have: tags whose keys are alternatives to nothing.
const REQUEST_TAG: &str = "aws:requesttag/";
const RESOURCE_TAG: &str = "aws:resourcetag/";

/// Several keys under `Null` or a negated operator: the Deny is passed over as soon as one of them is as wanted.
///
/// For keys that say who calls from where that is right: each exempts somebody. Tags that a request must bring along are
/// wanted all together.
pub(super) fn all_keys(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    if subject.statement.effect() != Effect::Deny {
        return;
    }
    for block in subject.statement.condition() {
        let operator = block.operator();
        let absent = operator.base == Operator::Null;
        if !(absent || operator.base.is_negated()) || operator.quantifier.is_some() {
            continue;
        }
        for family in [REQUEST_TAG, RESOURCE_TAG] {
            if let Some(mut finding) = wanted_together(block, operator, family) {
                if family != REQUEST_TAG {
                    finding.severity = Severity::Info;
                }
                report(finding);
            }
        }
    }
}

fn wanted_together(block: &ConditionBlock, operator: ConditionOperator, family: &str) -> Option<Diagnostic> {
    let absent = operator.base == Operator::Null;
    let of_family = |test: &&iameval::ConditionTest| {
        let wanted = !absent || (test.values().next().is_some() && test.values().all(|value| value == ABSENT));
        wanted && test.key().to_ascii_lowercase().starts_with(family)
    };
    let tests: Vec<_> = block.keys().iter().filter(of_family).collect();
    let [first, rest @ ..] = tests.as_slice() else { return None };
    if rest.is_empty() {
        return None;
    }
    let keys = a_few(tests.iter().map(|test| test.key()), 3);
    let message = if absent {
        format!("the Deny applies only where {keys} are all absent: a request with one of them gets through")
    } else {
        format!("the Deny applies only where {keys} all differ: a request with one right value gets through")
    };
    let finding = Diagnostic::new(Code::DenyNeedsAllKeys, first.span(), message);
    let finding = finding.with_help("to require them all, give each key a statement of its own");
    Some(rest.iter().fold(finding, |finding, test| finding.with_label(test.span(), "and this")))
}

/// `ForAllValues` in a Deny, for a key that is a list. Under a negated operator it is the way to say "unless one of them is
/// there".
pub(super) fn for_all_values(test: &Test<'_>, key_is_there: bool) -> Option<Diagnostic> {
    let (operator, key) = (test.operator, test.key());
    let one_at_most = key.to_ascii_lowercase().ends_with("orgpaths");
    let absent_is_meant = key_is_there || operator.if_exists;
    if operator.base.is_negated() || (one_at_most && absent_is_meant) {
        return None;
    }
    let message = if absent_is_meant {
        format!("`{operator}` in a Deny lets a request through that has some other value of `{key}` as well")
    } else {
        format!(
            "`{operator}` in a Deny also holds where `{key}` is absent, and lets a request through that has some other \
             value as well"
        )
    };
    let any = ConditionOperator { quantifier: Some(Quantifier::ForAnyValue), if_exists: false, ..operator };
    let help = format!("to deny requests with any of the values, write `{any}`");
    let mut finding = Diagnostic::new(Code::DenyForAllValues, test.operator_span, message).with_help(help);
    if absent_is_meant {
        finding.severity = Severity::Info;
    }
    Some(finding)
}
