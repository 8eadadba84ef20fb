//! The policy checks that AWS documents for IAM Access Analyzer (*Access Analyzer policy check reference*): every one has a
//! code of ours, and documents with and without such a mistake get the findings they should.

use iameval::json::{self, Node};
use iameval::{Diagnostic, PolicyDocument, Severity};
use iameval_data::Catalogue;
use iameval_tests::{fixture, fixtures, policy_kind};
use std::collections::BTreeSet;

/// Checks that no code stands for, with the reason.
const NOT_APPLICABLE: [(&str, &str); 1] =
    [("SCP_SYNTAX_ERROR_ACTION_WILDCARD", "Organizations takes asterisks anywhere in an action (R-ORG-09)")];

/// Checks that no code names yet.
const PENDING: [&str; 1] = ["UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"];

#[test]
fn every_check_is_named_by_a_code_or_does_not_apply() {
    let page = fixture("reference/access-analyzer-checks.txt");
    let documented: BTreeSet<&str> = page.lines().collect();
    let codes = [iameval::codes::ALL, iameval_data::codes::ALL, iameval_lint::codes::ALL].concat();
    let named: BTreeSet<&str> = codes.iter().flat_map(|code| code.checker_findings().iter().copied()).collect();
    let unknown: Vec<&&str> = named.difference(&documented).collect();
    assert!(unknown.is_empty(), "AWS documents no such checks: {unknown:?}");
    let missing: Vec<&str> = documented.difference(&named).copied().collect();
    let mut expected: Vec<&str> = NOT_APPLICABLE.iter().map(|(check, _)| *check).chain(PENDING).collect();
    expected.sort_unstable();
    assert_eq!(missing, expected);
}

fn findings(text: &str, kind: &str) -> Vec<Diagnostic> {
    let parsed = PolicyDocument::parse(text);
    match parsed.value {
        Some(document) => iameval_lint::check(&document, policy_kind(kind), Catalogue::embedded()),
        None => parsed.diagnostics,
    }
}

/// The files `access-analyzer*.jsonl` of `fixtures/lint`: a document with a mistake gets a finding that has the row's text in
/// it, and one without it no error and no warning.
#[test]
fn documents_get_the_findings_of_the_checks() {
    let mut failures = Vec::new();
    let rows: Vec<String> =
        fixtures("lint", ".jsonl").iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for line in rows.iter().flat_map(|rows| rows.lines()) {
        let row = json::parse(line).unwrap();
        let field = |name: &str| row.get(name).and_then(Node::as_str);
        let said: Vec<(Severity, String)> = findings(&row.get("document").unwrap().to_string(), field("type").unwrap())
            .into_iter()
            .map(|finding| {
                let help = finding.help().unwrap_or_default();
                (finding.severity(), format!("{} {}; {help}", finding.code().id(), finding.message()))
            })
            .collect();
        let as_wanted = match field("want") {
            Some("some") => said.iter().any(|(_, said)| said.contains(field("text").unwrap_or_default())),
            _ => said.iter().all(|(severity, _)| *severity == Severity::Info),
        };
        if !as_wanted {
            failures.push(format!("{}: {said:#?}", field("id").unwrap()));
        }
    }
    assert!(failures.is_empty(), "{} rows fail:\n{}", failures.len(), failures.join("\n"));
}
