//! Values that their key never has.

use super::KeyTest;
use super::form::{KeyForm, form_of};
use crate::codes;
use crate::subject::Subject;
use crate::template::is_to_be_filled_in;
use iameval::{Diagnostic, Operator};
use iameval_data::{Catalogue, Wildcards};

pub(super) fn lint(subject: &Subject<'_>, test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    let base = test.operator.base;
    let Some(form) = form_of(test.key()).filter(|_| of_texts(base) || of_arns(base)) else { return };
    // A `*` that is not a wildcard here is reported as that.
    let wildcards = |value: &str| if value.contains('*') { Wildcards::Special } else { test.wildcards() };
    let fits = |value: &str| match base {
        Operator::StringEqualsIgnoreCase | Operator::StringNotEqualsIgnoreCase => {
            form.fits_ignoring_case(value, wildcards(value))
        }
        _ => form.fits(value, wildcards(value)),
    };
    let possible = |value: &str| is_to_be_filled_in(value) || fits(value);
    if test.values().all(possible) {
        return;
    }
    let consequence = if test.values().any(possible) {
        ""
    } else if test.needs_value() {
        ", so the statement never matches"
    } else if base.is_negated() && test.operator.quantifier.is_none() {
        ", so the condition is always true"
    } else {
        ""
    };
    // Under these operators, what is no ARN at all is an error at creation.
    let refused = |value: &str| of_arns(base) && value.splitn(6, ':').count() < 6;
    for (value, span) in test.values_with_spans() {
        if possible(value) || refused(value) {
            continue;
        }
        let key = test.key();
        let message = if test.takes_wildcards() && value.contains(['*', '?']) {
            format!("no value of `{key}` matches `{value}`{consequence}")
        } else {
            format!("`{key}` is never `{value}`{consequence}")
        };
        report(Diagnostic::new(codes::IMPOSSIBLE_VALUE, span, message).with_help(help(
            &form,
            value,
            subject.catalogue,
        )));
    }
}

fn help(form: &KeyForm, value: &str, catalogue: &Catalogue) -> String {
    match form.nearest(value, catalogue) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("its values are {}", form.in_words()),
    }
}

fn of_texts(operator: Operator) -> bool {
    use Operator::{
        StringEquals, StringEqualsIgnoreCase, StringLike, StringNotEquals, StringNotEqualsIgnoreCase, StringNotLike,
    };
    matches!(
        operator,
        StringEquals
            | StringEqualsIgnoreCase
            | StringLike
            | StringNotEquals
            | StringNotEqualsIgnoreCase
            | StringNotLike
    )
}

fn of_arns(operator: Operator) -> bool {
    use Operator::{ArnEquals, ArnLike, ArnNotEquals, ArnNotLike};
    matches!(operator, ArnEquals | ArnLike | ArnNotEquals | ArnNotLike)
}
