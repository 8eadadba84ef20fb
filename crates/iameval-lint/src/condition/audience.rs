//! The audience of a token: one value with most providers.

use super::KeyTest;
use crate::codes;
use crate::subject::Subject;
use iameval::{ConditionOperator, Diagnostic, Effect, Operator, PolicyKind, Quantifier, Severity};
use iameval_data::is_oidc_key;

pub(super) fn lint<'d>(subject: &Subject<'d>, test: &KeyTest<'d>, report: &mut impl FnMut(Diagnostic)) {
    let claim = test.key().rsplit(':').next().unwrap_or_default();
    // A key that is known to have one value gets another finding.
    let is_audience =
        is_oidc_key(test.key()) && claim.eq_ignore_ascii_case("aud") && test.info(subject.catalogue).is_none();
    if subject.kind != PolicyKind::RoleTrust || !is_audience || test.operator().base == Operator::Null {
        return;
    }
    let (operator, key) = (test.operator(), test.key());
    let Some(quantifier) = operator.quantifier else { return };
    let plain = ConditionOperator { quantifier: None, ..operator };
    let (message, severity) = match quantifier {
        Quantifier::ForAnyValue if subject.statement.effect() == Effect::Allow => {
            let message =
                format!("`{operator}` accepts a token that is also issued for audiences not listed in `{key}`");
            (message, Severity::Warning)
        }
        Quantifier::ForAnyValue => {
            (format!("`{operator}` is for lists, and most tokens have one audience"), Severity::Info)
        }
        Quantifier::ForAllValues => (
            format!("`{operator}` is also true if a token has no `{key}`; most tokens have one audience"),
            Severity::Info,
        ),
    };
    let finding = Diagnostic::new(codes::AUDIENCE_SET_OPERATOR, test.operator_span, message).with_severity(severity);
    report(finding.with_help(format!("if the tokens of the provider have one audience, write `{plain}`")));
}
