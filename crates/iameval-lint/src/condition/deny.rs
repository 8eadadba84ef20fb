//! Denies whose condition holds for fewer requests than are meant, because all of it must hold, or for more.

use super::KeyTest;
use crate::codes;
use crate::subject::{Subject, a_few};
use iameval::{ConditionOperator, ConditionTest, Diagnostic, Effect, Operator, Quantifier, Severity};

/// Several keys under `Null` or a negated operator: the Deny is passed over as soon as one of them is as wanted.
///
/// For keys that say who calls, or from where, that is right: each exempts someone. Tags that a request must bring along
/// are wanted all together, and so perhaps are other keys of one kind.
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
        let asked = |test: &&ConditionTest| !absent || (test.values().next().is_some() && test.values().all(is_true));
        let mut families: Vec<(Family<'_>, Vec<&ConditionTest>)> = Vec::new();
        for test in block.keys().iter().filter(asked) {
            let Some(family) = Family::of(test.key(), subject) else { continue };
            match families.iter_mut().find(|(known, _)| *known == family) {
                Some((_, tests)) => tests.push(test),
                None => families.push((family, vec![test])),
            }
        }
        for (family, tests) in families {
            if let Some(finding) = wanted_together(&tests, absent) {
                let severity = if family == Family::RequestTag { Severity::Warning } else { Severity::Info };
                report(finding.with_severity(severity));
            }
        }
    }
}

fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true")
}

/// Keys of one kind, of which a Deny may be meant to require all.
#[derive(PartialEq, Eq)]
enum Family<'d> {
    RequestTag,
    ResourceTag,
    Service(&'d str),
}

impl<'d> Family<'d> {
    fn of(key: &str, subject: &Subject<'d>) -> Option<Self> {
        let (prefix, name) = key.split_once(':')?;
        if !prefix.eq_ignore_ascii_case("aws") {
            return subject.catalogue.service(prefix).map(|service| Self::Service(service.prefix()));
        }
        match name.to_ascii_lowercase().split_once('/')?.0 {
            "requesttag" => Some(Self::RequestTag),
            "resourcetag" => Some(Self::ResourceTag),
            _ => None,
        }
    }
}

fn wanted_together(tests: &[&ConditionTest], absent: bool) -> Option<Diagnostic> {
    let [first, rest @ ..] = tests else { return None };
    if rest.is_empty() {
        return None;
    }
    let keys = a_few(tests.iter().map(|test| test.key()), 3);
    let message = if absent {
        format!("the Deny applies only if {keys} are all absent: a request with one of them is not denied")
    } else {
        format!("the Deny applies only if {keys} all differ: a request with one right value is not denied")
    };
    let finding = Diagnostic::new(codes::DENY_NEEDS_ALL_KEYS, first.span(), message);
    let finding = finding.with_help("to require them all, use a separate statement for each key");
    Some(rest.iter().fold(finding, |finding, test| finding.with_label(test.span(), "and this")))
}

/// `ForAllValues` in a Deny, for a key that is a list. Under a negated operator it is the way to say "unless one of them is
/// there".
pub(super) fn for_all_values(test: &KeyTest<'_>, key_is_there: bool) -> Option<Diagnostic> {
    let (operator, key) = (test.operator, test.key());
    let one_at_most = key.to_ascii_lowercase().ends_with("orgpaths");
    let absent_is_meant = key_is_there || operator.if_exists;
    if operator.base.is_negated() || (one_at_most && absent_is_meant) {
        return None;
    }
    let message = if absent_is_meant {
        format!("`{operator}` in a Deny does not deny a request that also has another value of `{key}`")
    } else {
        format!(
            "`{operator}` in a Deny is also true if `{key}` is absent, and does not deny a request that also has another value"
        )
    };
    let any = ConditionOperator { quantifier: Some(Quantifier::ForAnyValue), if_exists: false, ..operator };
    let help = format!("to deny requests with any of the values, write `{any}`");
    let mut finding = Diagnostic::new(codes::DENY_FOR_ALL_VALUES, test.operator_span, message).with_help(help);
    if absent_is_meant {
        finding = finding.with_severity(Severity::Info);
    }
    Some(finding)
}
