//! Attributes of `DynamoDB`: a request that names none returns all.

use super::{KeyTest, KeyTests};
use crate::action::covers_action;
use crate::codes;
use crate::subject::Subject;
use iameval::{Diagnostic, Effect};

const SELECT: &str = "dynamodb:Select";
/// Actions that return whole items where a request names no attributes (*Using IAM policy conditions for fine-grained access
/// control* in the Amazon `DynamoDB` Developer Guide).
const READING: [&str; 4] = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"];

pub(super) fn lint(
    subject: &Subject<'_>,
    test: &KeyTest<'_>,
    tests: &KeyTests<'_>,
    report: &mut impl FnMut(Diagnostic),
) {
    let limits = test.is("dynamodb:Attributes") && test.lets_through(Effect::Allow);
    let action = subject.statement.action();
    if !limits
        || subject.statement.effect() != Effect::Allow
        || tests.of(SELECT).next().is_some()
        || !READING.iter().any(|reading| covers_action(action, reading))
    {
        return;
    }
    let message = format!("a request that names no attributes returns all of them, whatever `{}` says", test.key());
    let help = format!("add `\"StringEqualsIfExists\": {{\"{SELECT}\": \"SPECIFIC_ATTRIBUTES\"}}` to the condition");
    report(Diagnostic::new(codes::ATTRIBUTES_WITHOUT_SELECT, test.of.key_span(), message).with_help(help));
}
