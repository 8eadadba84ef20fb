//! Findings as GitLab's Code Quality report, which merge requests show beside the changed lines.

use crate::fingerprint::Fingerprints;
use crate::json::number;
use crate::located::{Located, locate, message_in_full, most_severe_first, path};
use iameval::Severity;
use iameval::json::Node;
use iameval_world::Finding;

/// The findings as one list, the most severe first; print it with `{:#}`.
///
/// A finding about a file as a whole is placed in its first line, as GitLab asks for one.
pub fn findings_to_gitlab(findings: &[Finding]) -> Node<'_> {
    let mut fingerprints = Fingerprints::default();
    let ordered = most_severe_first(findings);
    Node::array(locate(ordered).map(|located| issue(&located, fingerprints.of(located.finding))))
}

fn issue<'a>(located: &Located<'a>, fingerprint: String) -> Node<'a> {
    let finding = located.finding;
    let line = located.place.map_or(1, |place| place.start.line);
    let location = Node::object([
        ("path", Node::string(path(&finding.source.name))),
        ("lines", Node::object([("begin", number(line))])),
    ]);
    Node::object([
        ("description", Node::string(message_in_full(finding))),
        ("check_name", Node::string(finding.diagnostic.code().id())),
        ("fingerprint", Node::string(fingerprint)),
        ("severity", Node::string(severity(finding.diagnostic.severity()))),
        ("location", location),
    ])
}

/// CHOICE: of GitLab's five severities neither the worst, `blocker`, which is for the pipeline to decide, nor `minor`.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::text::Span;
    use iameval::{Diagnostic, Problem, codes};
    use iameval_world::Source;
    use serde_json::{Value as Json, json};
    use std::collections::BTreeSet;

    /// The report, which must be as GitLab documents it.
    #[track_caller]
    fn gitlab(findings: &[Finding]) -> Json {
        let schema = include_str!("../../../fixtures/gitlab/code-quality.schema.json");
        let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        let document: Json = serde_json::from_str(&findings_to_gitlab(findings).to_string()).unwrap();
        let errors: Vec<_> =
            validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        document
    }

    #[test]
    fn nothing_found_is_an_empty_list() {
        assert_eq!(gitlab(&[]), json!([]));
    }

    #[test]
    fn an_issue_has_what_gitlab_shows_and_the_worst_comes_first() {
        let source = Source::new("./policies/a.json", "{\n  \"Sidd\": \"\u{7}\"\n}\n");
        let warning = Diagnostic::new(iameval_lint::codes::FULL_ACCESS, Span::new(0, 1), "allows \"everything\"\n");
        let error = Diagnostic::new(codes::UNKNOWN_ELEMENT, Span::new(4, 10), "`Sidd` is no element");
        let mut document = gitlab(&[
            Finding::new(&source, warning),
            Finding::about_file("standard input", Problem::new(iameval_lint::codes::MISSING_VERSION, "none")),
            Finding::new(&source, error.with_help("did you mean `Sid`?")).with_note(Some("of john".to_owned())),
        ]);
        for issue in document.as_array_mut().unwrap() {
            assert!(issue.as_object_mut().unwrap().remove("fingerprint").unwrap().as_str().unwrap().len() > 16);
        }
        assert_eq!(
            document,
            json!([
                {
                    "description": "`Sidd` is no element\nhelp: did you mean `Sid`?\nnote: of john",
                    "check_name": "IE0203",
                    "severity": "critical",
                    "location": {"path": "policies/a.json", "lines": {"begin": 2}},
                },
                {
                    "description": "allows \"everything\"\n",
                    "check_name": "IE0627",
                    "severity": "major",
                    "location": {"path": "policies/a.json", "lines": {"begin": 1}},
                },
                {
                    "description": "none",
                    "check_name": "IE0617",
                    "severity": "info",
                    "location": {"path": "stdin", "lines": {"begin": 1}},
                },
            ])
        );
    }

    /// GitLab keeps one issue of each fingerprint.
    #[test]
    fn no_two_issues_have_one_fingerprint() {
        let source = Source::new("a.json", "allow allow");
        let codes = [crate::test_codes::TEST_FAILED, crate::test_codes::TEST_UNDECIDED, codes::UNKNOWN_ELEMENT];
        let spans = [Span::new(0, 5), Span::new(6, 11), Span::new(6, 11)];
        let findings: Vec<Finding> = codes
            .iter()
            .flat_map(|code| spans.map(|span| Finding::new(&source, Diagnostic::new(*code, span, "the same"))))
            .collect();
        let document = gitlab(&findings);
        let fingerprints: BTreeSet<&str> =
            document.as_array().unwrap().iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(fingerprints.len(), findings.len());
    }
}
