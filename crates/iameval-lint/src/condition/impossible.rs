//! Values that their key never has.

use super::Test;
use super::form::{Form, form_of};
use iameval::{Code, Diagnostic, Operator};

pub(super) fn lint(test: &Test<'_>, report: &mut impl FnMut(Diagnostic)) {
    let Some(form) = form_of(test.key()).filter(|_| compares_texts(test.operator.base)) else { return };
    let ignore_case =
        matches!(test.operator.base, Operator::StringEqualsIgnoreCase | Operator::StringNotEqualsIgnoreCase);
    // A `*` that is no wildcard here is reported as that.
    let wildcards = |value: &str| test.takes_wildcards() || value.contains('*');
    let possible = |value: &str| is_placeholder(value) || form.fits(value, wildcards(value), ignore_case);
    if test.values().all(possible) {
        return;
    }
    let consequence = if test.values().any(possible) {
        ""
    } else if test.needs_value() {
        ", so the statement never matches"
    } else if test.operator.base.is_negated() && test.operator.quantifier.is_none() {
        ", so the condition always holds"
    } else {
        ""
    };
    for (value, span) in test.values_with_spans().filter(|(value, _)| !possible(value)) {
        let verb = if test.takes_wildcards() && value.contains(['*', '?']) { "fits" } else { "is" };
        let message = format!("`{}` never {verb} `{value}`{consequence}", test.key());
        report(Diagnostic::new(Code::ImpossibleValue, span, message).with_help(help(&form, value)));
    }
}

fn help(form: &Form, value: &str) -> String {
    match form.nearest(value) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("its values are {}", form.in_words()),
    }
}

fn compares_texts(operator: Operator) -> bool {
    use Operator::{
        ArnEquals, ArnLike, ArnNotEquals, ArnNotLike, StringEquals, StringEqualsIgnoreCase, StringLike,
        StringNotEquals, StringNotEqualsIgnoreCase, StringNotLike,
    };
    matches!(
        operator,
        StringEquals
            | StringEqualsIgnoreCase
            | StringLike
            | StringNotEquals
            | StringNotEqualsIgnoreCase
            | StringNotLike
    ) || matches!(operator, ArnEquals | ArnLike | ArnNotEquals | ArnNotLike)
}

/// Whether a template has yet to put the value in, as in `<my-org-id>` and `{{account}}`.
fn is_placeholder(value: &str) -> bool {
    value.contains(['<', '{', '%'])
}
