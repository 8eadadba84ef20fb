//! AWS's documented policy checks on conditions: `fixtures/lint/access-analyzer-conditions.jsonl`.
//!
//! A row with `want: some` has a finding that says `text`; one with `want: none` has neither warning nor error.

use iameval::json::{self, Node};
use iameval::{PolicyDocument, Severity};
use iameval_data::Catalogue;
use iameval_tests::{fixture, policy_kind};

#[test]
fn checks_on_conditions_are_covered() {
    let failures: Vec<String> = fixture("lint/access-analyzer-conditions.jsonl").lines().filter_map(failure).collect();
    assert!(failures.is_empty(), "{} rows fail:\n{}", failures.len(), failures.join("\n"));
}

fn failure(line: &str) -> Option<String> {
    let row = json::parse(line).unwrap();
    let field = |name: &str| row.get(name).and_then(Node::as_str);
    let document = PolicyDocument::parse(&row.get("document").unwrap().to_string()).value.expect("a document");
    let findings = iameval_lint::check(&document, policy_kind(field("type").unwrap()), Catalogue::embedded());
    let said: Vec<String> = findings
        .iter()
        .map(|finding| {
            format!("{} {}; {}", finding.code.id(), finding.message, finding.help.as_deref().unwrap_or_default())
        })
        .collect();
    let as_wanted = match field("want").unwrap() {
        "some" => said.iter().any(|said| said.contains(field("text").unwrap_or_default())),
        "none" => findings.iter().all(|finding| finding.severity == Severity::Info),
        other => panic!("{other}"),
    };
    (!as_wanted).then(|| format!("{}: {said:#?}", field("id").unwrap()))
}
