//! Findings as SARIF 2.1.0, the format in which code hosts and editors take them.
//!
//! CHOICE: braces in messages are not doubled, although SARIF reserves them for placeholders. Hosts show the text as it
//! is, placeholders are numbers in braces, and messages have policy variables such as `${aws:username}` in them.

use crate::explanation::explanation;
use crate::fingerprint::Fingerprints;
use crate::json::number;
use crate::located::{Located, PlaceRange, count, locate, message_in_full, most_severe_first, path, severity_word};
use iameval::json::{Node, Value};
use iameval::{Code, Severity};
use iameval_world::Finding;
use std::fmt::Write;
use std::path::Path;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// How many results a run may have (GitHub, "SARIF support for code scanning").
const MOST_RESULTS: usize = 25_000;

/// The findings as one SARIF document, the most severe first; print it with `{:#}`.
///
/// A run holds at most 25,000 results. When there are more findings, a notification says how many were left out. GitHub
/// shows 5,000, the most severe as well.
pub fn findings_to_sarif(findings: &[Finding]) -> Node<'_> {
    let mut kept = most_severe_first(findings);
    kept.truncate(MOST_RESULTS);
    let left_out = findings.len() - kept.len();
    let mut codes: Vec<Code> = kept.iter().map(|finding| finding.diagnostic.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    let driver = Node::object([
        ("name", Node::string("iameval")),
        ("version", Node::string(env!("CARGO_PKG_VERSION"))),
        ("rules", Node::array(codes.iter().map(|code| rule(*code)))),
    ]);
    let notification = (left_out > 0).then(|| notification(left_out));
    let invocation = Node::object([
        ("executionSuccessful", Node::new(Value::Bool(true))),
        ("toolExecutionNotifications", Node::array(notification)),
    ]);
    let mut fingerprints = Fingerprints::default();
    let results = locate(kept).map(|located| {
        let rule_index = codes.binary_search(&located.finding.diagnostic.code()).unwrap_or_default();
        result(&located, rule_index, fingerprints.of(located.finding))
    });
    let run = Node::object([
        ("tool", Node::object([("driver", driver)])),
        ("invocations", Node::array([invocation])),
        ("columnKind", Node::string("unicodeCodePoints")),
        ("results", Node::array(results)),
    ]);
    Node::object([("$schema", Node::string(SCHEMA)), ("version", Node::string("2.1.0")), ("runs", Node::array([run]))])
}

fn rule<'a>(code: Code) -> Node<'a> {
    let explained = explanation(code);
    let help = Node::object([("text", Node::string(explained.text)), ("markdown", Node::string(explained.text))]);
    Node::object([
        ("id", Node::string(code.id())),
        ("name", Node::string(explained.title)),
        ("shortDescription", text(explained.title)),
        ("fullDescription", text(code.summary())),
        ("help", help),
        ("defaultConfiguration", Node::object([("level", level(code.severity()))])),
    ])
}

fn notification<'a>(left_out: usize) -> Node<'a> {
    let message = format!(
        "{} omitted: a run may have {MOST_RESULTS} results, and these are the most severe",
        count(left_out, "finding")
    );
    Node::object([("level", level(Severity::Warning)), ("message", text(message))])
}

fn result<'a>(located: &Located<'a>, rule_index: usize, fingerprint: String) -> Node<'a> {
    let finding = located.finding;
    let diagnostic = &finding.diagnostic;
    let uri = uri(&finding.source.name);
    let related = located.labels.iter().enumerate().map(|(id, (place, label))| {
        Node::object([
            ("id", number(id)),
            ("physicalLocation", physical_location(&uri, *place)),
            ("message", text(*label)),
        ])
    });
    let properties = diagnostic.refusal().map(|refusal| {
        let refused =
            [("awsMessage", Node::string(&*refusal.message)), ("awsFirst", Node::new(Value::Bool(refusal.is_first())))];
        ("properties", Node::object(refused))
    });
    let members = [
        ("ruleId", Node::string(diagnostic.code().id())),
        ("ruleIndex", number(rule_index)),
        ("level", level(diagnostic.severity())),
        ("message", text(message_in_full(finding))),
        ("locations", Node::array([Node::object([("physicalLocation", physical_location(&uri, located.place))])])),
        ("relatedLocations", Node::array(related)),
        // Not `primaryLocationLineHash`: GitHub's upload action computes that one and warns of any other value.
        ("partialFingerprints", Node::object([("iameval/v1", Node::string(fingerprint))])),
    ];
    Node::object(members.into_iter().chain(properties))
}

fn physical_location<'a>(uri: &str, place: Option<PlaceRange>) -> Node<'a> {
    let artifact = ("artifactLocation", Node::object([("uri", Node::string(uri.to_owned()))]));
    let region = place.map(|PlaceRange { start, end }| {
        let region = [
            ("startLine", number(start.line)),
            ("startColumn", number(start.column)),
            ("endLine", number(end.line)),
            ("endColumn", number(end.column)),
        ];
        ("region", Node::object(region))
    });
    Node::object([artifact].into_iter().chain(region))
}

fn text<'a>(text: impl Into<std::borrow::Cow<'a, str>>) -> Node<'a> {
    Node::object([("text", Node::string(text))])
}

fn level<'a>(severity: Severity) -> Node<'a> {
    Node::string(severity_word(severity, "note"))
}

/// The name of a source as a URI reference: relative, unless the path is absolute.
fn uri(name: &str) -> String {
    let path = path(name);
    let mut uri = String::new();
    if Path::new(name).is_absolute() {
        // The path of a drive has no slash in front.
        uri.push_str(if path.starts_with('/') { "file://" } else { "file:///" });
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Codes;
    use iameval::text::Span;
    use iameval::{Diagnostic, Problem, codes};
    use iameval_world::Source;
    use serde_json::{Value as Json, json};

    /// The document, which must be valid.
    #[track_caller]
    fn sarif(findings: &[Finding]) -> Json {
        let schema = include_str!("../../../fixtures/sarif/sarif-schema-2.1.0.json");
        let schema: Json = serde_json::from_str(schema).unwrap();
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let document: Json = serde_json::from_str(&findings_to_sarif(findings).to_string()).unwrap();
        let errors: Vec<_> =
            validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        document
    }

    fn at(code: Code, span: Span) -> Diagnostic {
        Diagnostic::new(code, span, "here")
    }

    #[test]
    fn nothing_found_is_a_run_without_results() {
        let run = &sarif(&[])["runs"][0];
        assert_eq!(run["results"], json!([]));
        assert_eq!(run["invocations"], json!([{"executionSuccessful": true, "toolExecutionNotifications": []}]));
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        assert_eq!(
            run["tool"]["driver"],
            json!({"name": "iameval", "version": env!("CARGO_PKG_VERSION"), "rules": []})
        );
    }

    #[test]
    fn a_result_has_rule_level_message_and_places() {
        let source = Source::new("policies/my policy.json", "{\n  \"é\": [],\n  \"é\": []\n}");
        let diagnostic = at(codes::DUPLICATE_ELEMENT, Span::new(16, 20)).with_label(Span::new(4, 8), "first \u{7}");
        let diagnostic = diagnostic.with_label(Span::new(4, 8), "first \u{7}").with_help("remove it");
        let document = sarif(&[Finding::new(&source, diagnostic).with_note(Some("of john".to_owned()))]);
        let label = |id: u32| {
            json!({
                "id": id,
                "message": {"text": "first \u{7}"},
                "physicalLocation": {
                    "artifactLocation": {"uri": "policies/my%20policy.json"},
                    "region": {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 6},
                },
            })
        };
        let mut result = document["runs"][0]["results"][0].clone();
        let fingerprints = result.as_object_mut().unwrap().remove("partialFingerprints").unwrap();
        assert!(fingerprints["iameval/v1"].is_string());
        assert_eq!(
            result,
            json!({
                "ruleId": "IE0202",
                "ruleIndex": 0,
                "level": "error",
                "message": {"text": "here\nhelp: remove it\nnote: of john"},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": "policies/my%20policy.json"},
                    "region": {"startLine": 3, "startColumn": 3, "endLine": 3, "endColumn": 6},
                }}],
                "relatedLocations": [label(0), label(1)],
                "properties": {"awsMessage": "Syntax errors in policy.", "awsFirst": false},
            })
        );
    }

    #[test]
    fn places_over_lines_and_at_the_end_of_the_text_are_valid() {
        let source = Source::new("a.json", "{\n}\n");
        let spans = [Span::new(0, 3), Span::new(0, 4), Span::new(4, 4), Span::new(0, 0)];
        let document = sarif(&spans.map(|span| Finding::new(&source, at(codes::JSON_SYNTAX, span))));
        let region = |result: &Json| {
            let region = &result["locations"][0]["physicalLocation"]["region"];
            ["startLine", "startColumn", "endLine", "endColumn"].map(|key| region[key].as_u64().unwrap())
        };
        let regions: Vec<_> = document["runs"][0]["results"].as_array().unwrap().iter().map(region).collect();
        assert_eq!(regions, [[1, 1, 2, 2], [1, 1, 3, 1], [3, 1, 3, 1], [1, 1, 1, 1]]);
    }

    #[test]
    fn a_finding_about_a_whole_file_has_no_region() {
        let document =
            sarif(&[Finding::about_file("standard input", Problem::new(iameval_world::codes::EMPTY_INPUT, "here"))]);
        assert_eq!(
            document["runs"][0]["results"][0]["locations"],
            json!([{"physicalLocation": {"artifactLocation": {"uri": "stdin"}}}])
        );
    }

    #[test]
    fn rules_are_those_that_occur() {
        let source = Source::new("a.json", "{}");
        let codes = [codes::ID_IN_IDENTITY_POLICY, codes::JSON_SYNTAX, codes::OLD_VERSION, codes::JSON_SYNTAX];
        let document = sarif(&codes.map(|code| Finding::new(&source, at(code, Span::START))));
        let run = &document["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: Vec<_> = rules.iter().map(|rule| (&rule["id"], &rule["defaultConfiguration"]["level"])).collect();
        assert_eq!(json!(ids), json!([["IE0101", "error"], ["IE0302", "warning"], ["IE0322", "note"]]));
        assert_eq!(rules[0]["shortDescription"]["text"], "Not JSON");
        assert_eq!(rules[0]["fullDescription"]["text"], codes::JSON_SYNTAX.summary());
        let results = run["results"].as_array().unwrap();
        let results: Vec<_> = results.iter().map(|result| (&result["ruleId"], &result["ruleIndex"])).collect();
        assert_eq!(json!(results), json!([["IE0101", 0], ["IE0101", 0], ["IE0302", 1], ["IE0322", 2]]));
    }

    #[test]
    fn every_code_makes_a_valid_rule() {
        let source = Source::new("a.json", "{}");
        let codes = Codes::of(&[iameval::codes::ALL, iameval_lint::codes::ALL, iameval_world::codes::ALL]);
        let findings: Vec<_> = codes.iter().map(|code| Finding::new(&source, at(code, Span::START))).collect();
        sarif(&findings);
    }

    #[test]
    fn the_most_severe_findings_are_kept() {
        let source = Source::new("a.json", "{}");
        let mild = Finding::new(&source, at(codes::OLD_VERSION, Span::START));
        let mut findings = vec![mild; MOST_RESULTS + 1];
        findings.push(Finding::new(&source, at(codes::JSON_SYNTAX, Span::START)));
        let node = findings_to_sarif(&findings);
        let Value::Array(runs) = &node.get("runs").unwrap().value else { panic!() };
        let Value::Array(results) = &runs[0].get("results").unwrap().value else { panic!() };
        assert_eq!(results.len(), MOST_RESULTS);
        assert_eq!(results[0].get("ruleId").unwrap().as_str(), Some("IE0101"));
        let invocations = runs[0].get("invocations").unwrap().to_string();
        assert!(invocations.contains("2 findings omitted: a run may have 25000 results"), "{invocations}");
    }

    #[test]
    fn a_notification_is_valid() {
        let source = Source::new("a.json", "{}");
        let findings = vec![Finding::new(&source, at(codes::OLD_VERSION, Span::START)); MOST_RESULTS + 1];
        sarif(&findings);
    }

    #[test]
    fn names_are_uri_references() {
        assert_eq!(uri("a/b.json"), "a/b.json");
        assert_eq!(uri("../ü #1?.json"), "../%C3%BC%20%231%3F.json");
        assert_eq!(uri("aws:PowerUserAccess"), "aws%3APowerUserAccess");
        assert_eq!(uri("100%.json"), "100%25.json");
        assert_eq!(uri("command line"), "command%20line");
        if cfg!(unix) {
            assert_eq!(uri("/tmp/a.json"), "file:///tmp/a.json");
            assert_eq!(uri("a\\b.json"), "a%5Cb.json");
        }
        if cfg!(windows) {
            assert_eq!(uri("C:\\a\\b.json"), "file:///C%3A/a/b.json");
            assert_eq!(uri("a\\b.json"), "a/b.json");
        }
        let source = Source::new("aws:\u{1}[x] \\|\"<>^`{}.json", "{}");
        sarif(&[Finding::new(&source, at(codes::JSON_SYNTAX, Span::START))]);
    }
}
