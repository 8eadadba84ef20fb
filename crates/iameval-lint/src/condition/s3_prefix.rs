//! Prefixes that are kept from a listing: a shorter prefix shows them anyway.

use super::KeyTest;
use crate::codes;
use crate::subject::Subject;
use iameval::{Diagnostic, Effect, Operator};

pub(super) fn lint(subject: &Subject<'_>, test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    let effect = subject.statement.effect();
    // The empty prefix is the listing of everything, so to keep that away is sound.
    let hides = test.every_value(|value| !value.is_empty()) && test.operator().base != Operator::Null;
    if !test.is("s3:prefix") || test.lets_through(effect) || !hides {
        return;
    }
    // Every listing, or none.
    if test.takes_wildcards() && test.values().any(|value| value == "*") {
        return;
    }
    let what = match effect {
        Effect::Allow => "this Allow does not hide these prefixes from a listing",
        Effect::Deny => "this Deny does not hide these prefixes from a listing",
    };
    let message = format!("{what}: a request with a shorter prefix, or none, shows them too");
    let help = match effect {
        Effect::Allow => "list the allowed prefixes under `StringLike`",
        Effect::Deny => "deny everything except the allowed prefixes, under `StringNotLike`",
    };
    report(Diagnostic::new(codes::HIDDEN_PREFIX, test.of.key_span(), message).with_help(help));
}
