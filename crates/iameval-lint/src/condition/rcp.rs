//! Resource control policies: they bind services that act for others as well, and those lack some keys.

use super::{KeyTest, KeyTests};
use crate::codes;
use crate::subject::Subject;
use iameval::{Diagnostic, Effect, PolicyKind, Severity};

const IS_SERVICE: &str = "aws:PrincipalIsAWSService";
/// What service principals lack.
const OF_PRINCIPALS: [&str; 4] =
    ["aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"];
/// What all other principals lack, and services where they act for no resource.
const OF_SERVICES: [&str; 4] = ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"];

pub(super) fn lint(subject: &Subject<'_>, tests: &KeyTests<'_>, report: &mut impl FnMut(Diagnostic)) {
    if subject.kind != PolicyKind::ResourceControl || subject.statement.effect() != Effect::Deny {
        return;
    }
    let is_one_of = |test: &KeyTest<'_>, keys: &[&str]| keys.iter().any(|key| test.is(key));
    let widens = |keys: &[&str]| tests.iter().find(|test| is_one_of(test, keys) && test.holds_without_key());
    let needed = |keys: &[&str]| tests.iter().any(|test| is_one_of(test, keys) && !test.holds_without_key());
    let says_service = |value: &str| tests.of(IS_SERVICE).any(|test| test.all_values(value));
    if let Some(test) = widens(&OF_PRINCIPALS)
        && !says_service("false")
        && !says_service("true")
        && !needed(&OF_PRINCIPALS)
    {
        let message =
            format!("this also denies AWS services acting on your behalf: their calls do not include `{}`", test.key());
        let help = format!("add `\"BoolIfExists\": {{\"{IS_SERVICE}\": \"false\"}}` to the condition");
        let mut finding = Diagnostic::new(codes::SERVICES_IN_RCP, test.of.key_span(), message).with_help(help);
        // Few services do what is kept for a few roles.
        if test.is("aws:PrincipalArn") {
            finding = finding.with_severity(Severity::Info);
        }
        report(finding);
    }
    let Some(test) = widens(&OF_SERVICES) else { return };
    let finding = |message: String| Diagnostic::new(codes::SERVICES_IN_RCP, test.of.key_span(), message);
    if !says_service("true") && !needed(&OF_SERVICES) {
        let message = format!("this also denies your own principals: only calls of AWS services have `{}`", test.key());
        let help = format!("add `\"Bool\": {{\"{IS_SERVICE}\": \"true\"}}` to the condition");
        report(finding(message).with_help(help));
    }
    if !needed(&OF_SERVICES) {
        let message = format!("this also denies services whose calls do not include `{}`", test.key());
        let help = "add `\"Null\": {\"aws:SourceAccount\": \"false\"}` to the condition";
        report(finding(message).with_help(help));
    }
}
