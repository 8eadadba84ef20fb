//! What AWS refuses at creation: `fixtures/creation/cases.json`, with the codes found and AWS's own message.

use iameval::json::{self, Node, Value};
use iameval::{Code, PolicyDocument, Refusal, codes};
use iameval_tests::{fixture, policy_kind};
use std::collections::BTreeSet;

#[test]
fn every_row_of_the_creation_table() {
    let text = fixture("creation/cases.json");
    let tree = json::parse(&text).unwrap();
    let Some(Value::Array(cases)) = tree.get("cases").map(|node| &node.value) else { panic!("no cases") };
    let (mut failures, mut rows, mut codes) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for case in cases {
        let field = |name: &str| case.get(name).and_then(Node::as_str);
        let document = case.get("document").unwrap();
        let policy = document.as_str().map_or_else(|| document.to_string(), Into::into);
        let parsed = PolicyDocument::parse(&policy);
        let mut findings = parsed.diagnostics;
        if let Some(document) = parsed.value {
            findings.extend(document.check(policy_kind(field("kind").unwrap())));
        }
        let found: Vec<&str> = findings.iter().map(|finding| finding.code().id()).collect();
        let expected = case.get("codes").map(ToString::to_string).unwrap();
        let message = Refusal::first(&findings).map(|refusal| &*refusal.message);
        let found_text = Node::array(found.iter().map(|id| Node::string(*id))).to_string();
        if found_text != expected || message != field("message") {
            failures.push(format!("{}: {found_text} {message:?}", field("name").unwrap()));
        }
        let row = Refusal::first(&findings).map(|refusal| format!("V-{:02}", refusal.row));
        if let (Some(row), Some(wanted)) = (&row, field("row").filter(|row| *row != "-"))
            && row != wanted
        {
            failures.push(format!("{}: row {row}", field("name").unwrap()));
        }
        rows.extend(field("row").map(str::to_owned));
        codes.extend(found.into_iter().map(str::to_owned));
    }
    assert!(failures.is_empty(), "{} of {} fail:\n{}", failures.len(), cases.len(), failures.join("\n"));
    for row in 1..=23 {
        assert!(rows.contains(&format!("V-{row:02}")), "no case for V-{row:02}");
    }
    let of_policies = |code: &&Code| code.id().starts_with("IE02") || code.id().starts_with("IE03");
    let untested: Vec<&str> =
        codes::ALL.iter().filter(of_policies).map(|code| code.id()).filter(|id| !codes.contains(*id)).collect();
    // What only a text can show is in the tests of the reader.
    assert_eq!(untested, ["IE0202", "IE0210", "IE0211"]);
}
