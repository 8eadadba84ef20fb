//! Findings as JSON: `{"schema": "iameval/check/1", "findings": […]}`.

use crate::json::{number, optional};
use crate::located::{Located, PlaceRange, locate, severity_word};
use iameval::Refusal;
use iameval::json::{Node, Value};
use iameval_world::Finding;

/// The findings as one document, with further members after them; print it with `{:#}`.
///
/// Lines and columns start at 1, columns count Unicode characters, and the end is the position just after the last
/// character. They are null for findings about a file as a whole.
pub fn findings_to_json<'a>(
    findings: &'a [Finding],
    extras: impl IntoIterator<Item = (&'a str, Node<'a>)>,
) -> Node<'a> {
    let members = [
        ("schema", Node::string("iameval/check/1")),
        ("findings", Node::array(locate(findings).map(|located| finding(&located)))),
    ];
    Node::object(members.into_iter().chain(extras))
}

fn finding<'a>(located: &Located<'a>) -> Node<'a> {
    let Located { finding, place, labels } = located;
    let diagnostic = &finding.diagnostic;
    let aws_message = diagnostic.refusal().map(|refusal| Node::string(&*refusal.message));
    let what = [
        ("code", Node::string(diagnostic.code().id())),
        ("severity", Node::string(severity_word(diagnostic.severity(), "info"))),
        ("message", Node::string(diagnostic.message())),
        ("file", Node::string(&*finding.source.name)),
    ];
    let labels = labels
        .iter()
        .map(|(place, text)| Node::object(position(*place).into_iter().chain([("message", Node::string(*text))])));
    let more = [
        ("help", optional(diagnostic.help().map(Node::string))),
        ("note", optional(finding.note.as_deref().map(Node::string))),
        ("labels", Node::array(labels)),
        ("aws_message", optional(aws_message)),
        ("aws_first", Node::new(Value::Bool(diagnostic.refusal().is_some_and(Refusal::is_first)))),
    ];
    Node::object(what.into_iter().chain(position(*place)).chain(more))
}

fn position<'a>(place: Option<PlaceRange>) -> [(&'a str, Node<'a>); 4] {
    let part = |part: fn(PlaceRange) -> u32| optional(place.map(|place| number(part(place))));
    [
        ("line", part(|place| place.start.line)),
        ("column", part(|place| place.start.column)),
        ("end_line", part(|place| place.end.line)),
        ("end_column", part(|place| place.end.column)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::text::Span;
    use iameval::{Diagnostic, Problem, codes};
    use iameval_world::Source;
    use serde_json::json;

    fn parsed(findings: &[Finding]) -> serde_json::Value {
        serde_json::from_str(&findings_to_json(findings, []).to_string()).unwrap()
    }

    #[test]
    fn a_finding_has_all_there_is_to_know() {
        let source = Source::new("policy.json", "{\n  \"Statemnt\": []\n}\n");
        let diagnostic = Diagnostic::new(codes::UNKNOWN_ELEMENT, Span::new(4, 14), "`Statemnt` is no \u{1b}element")
            .with_help("did you mean `Statement`?")
            .with_label(Span::new(0, 20), "in this document");
        assert_eq!(
            parsed(&[Finding::new(&source, diagnostic)]),
            json!({"schema": "iameval/check/1", "findings": [{
                "code": "IE0203",
                "severity": "error",
                "message": "`Statemnt` is no \u{1b}element",
                "file": "policy.json",
                "line": 2, "column": 3, "end_line": 2, "end_column": 13,
                "help": "did you mean `Statement`?",
                "note": null,
                "labels": [{
                    "line": 1, "column": 1, "end_line": 3, "end_column": 2,
                    "message": "in this document",
                }],
                "aws_message": "Syntax errors in policy.", "aws_first": false,
            }]})
        );
    }

    #[test]
    fn what_is_not_there_is_null() {
        let diagnostic = Problem::new(iameval_world::codes::UNREADABLE, "cannot read it");
        assert_eq!(
            parsed(&[Finding::about_file("standard input", diagnostic)])["findings"][0],
            json!({
                "code": "IE0001", "severity": "error", "message": "cannot read it", "file": "standard input",
                "line": null, "column": null, "end_line": null, "end_column": null,
                "help": null, "note": null, "labels": [], "aws_message": null, "aws_first": false,
            })
        );
    }

    #[test]
    fn further_members_follow() {
        let node = findings_to_json(&[], [("errors", number(0))]);
        assert_eq!(node.to_string(), r#"{"schema":"iameval/check/1","findings":[],"errors":0}"#);
    }
}
