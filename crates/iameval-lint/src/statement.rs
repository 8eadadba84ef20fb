//! Statements as a whole: names that are empty, and statements that say what another one says.

use crate::codes;
use iameval::text::Span;
use iameval::{Diagnostic, PatternElement, PolicyDocument, PrincipalForm, Statement};
use std::collections::HashMap;

pub(crate) fn lint(document: &PolicyDocument, report: &mut impl FnMut(Diagnostic)) {
    let mut first: HashMap<String, Span> = HashMap::new();
    for statement in document.statements() {
        let brace = Span { start: statement.span().start, end: statement.span().end.min(statement.span().start + 1) };
        if let Some(span) = statement.sid_span().filter(|_| statement.sid().is_none()) {
            let message = "the `Sid` of the statement is empty";
            report(Diagnostic::new(codes::EMPTY_SID, span, message).with_help("give it a value, or remove `Sid`"));
        }
        let text = canonical(statement);
        if let Some(other) = first.get(&text) {
            let message = "the statement is identical to another one in the policy";
            let finding =
                Diagnostic::new(codes::REDUNDANT_STATEMENT, brace, message).with_label(*other, "the other one");
            report(finding.with_help("remove one of the two"));
        } else {
            first.insert(text, brace);
        }
    }
}

/// A text that two statements share when they differ in their `Sid` and in the order of lists at most.
fn canonical(statement: &Statement) -> String {
    let pattern = |element: &PatternElement| {
        let mut patterns: Vec<String> = element.patterns().map(str::to_owned).collect();
        patterns.sort_unstable();
        (element.is_negated(), patterns)
    };
    let (negated, mut actions) = pattern(statement.action());
    for action in &mut actions {
        action.make_ascii_lowercase();
    }
    actions.sort_unstable();
    let principal = statement.principal().map(|element| {
        let lists = match element.form() {
            PrincipalForm::Everyone => vec![("*", vec!["*"])],
            PrincipalForm::Map(lists) => {
                let mut lists: Vec<(&str, Vec<&str>)> =
                    lists.iter().map(|list| (list.kind().as_str(), list.values().collect())).collect();
                for (_, values) in &mut lists {
                    values.sort_unstable();
                }
                lists.sort_unstable();
                lists
            }
        };
        format!("{:?}", (element.is_negated(), lists))
    });
    let mut tests: Vec<String> = statement
        .tests()
        .map(|(operator, test)| {
            let mut values: Vec<&str> = test.values().collect();
            values.sort_unstable();
            format!("{:?}", (operator.to_string(), test.key().to_ascii_lowercase(), values))
        })
        .collect();
    tests.sort_unstable();
    format!("{:?}", (statement.effect(), principal, negated, actions, statement.resource().map(pattern), tests))
}
