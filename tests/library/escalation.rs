//! Ways to more permissions that are known from elsewhere.

use iameval::json::{self, Node, Value};
use iameval::{PolicyDocument, PolicyKind};
use iameval_data::Catalogue;
use iameval_lint::codes;
use iameval_tests::fixture;
use std::collections::BTreeMap;

/// Policies that `iam-vulnerable` says let their holder take over more, and that are not found: what they need is not in
/// one policy, or a name decides.
const NOT_FOUND: [&str; 3] = [
    // `iam:PassRole` and `ec2:RunInstances` stand in two policies.
    "fn1-passrole-star",
    "fn1-privesc3-partial",
    // Which policies begin with `fn2-`, only the account's owner knows.
    "fn2-exploitableResourceConstraint",
];

fn list<'t, 'a>(node: &'t Node<'a>, name: &str) -> &'t [Node<'a>] {
    match node.get(name).map(|node| &node.value) {
        Some(Value::Array(items)) => items,
        _ => panic!("no list `{name}`"),
    }
}

fn text<'t>(node: &'t Node<'_>, name: &str) -> &'t str {
    node.get(name).and_then(Node::as_str).unwrap_or_else(|| panic!("no text `{name}`"))
}

/// The dump of the laboratory: each of its policies is named for what it allows, `fn` for what tools often miss, `fp` for
/// what they often report wrongly.
#[test]
fn policies_that_were_made_to_be_exploited_are_found_and_their_likes_are_not() {
    let dump = fixture("account/iam-vulnerable.json");
    let dump = json::parse(&dump).expect("a dump");
    let mut found: BTreeMap<&str, bool> = BTreeMap::new();
    for policy in list(&dump, "Policies") {
        let version = text(policy, "DefaultVersionId");
        let current =
            list(policy, "PolicyVersionList").iter().find(|other| text(other, "VersionId") == version).unwrap();
        let document = PolicyDocument::from_tree(current.get("Document").unwrap()).value.expect("a policy");
        let codes = iameval_lint::check(&document, PolicyKind::Identity, Catalogue::embedded());
        let is_way =
            codes.iter().any(|finding| [codes::PRIVILEGE_ESCALATION, codes::FULL_ACCESS].contains(&finding.code()));
        found.insert(text(policy, "PolicyName"), is_way);
    }
    let of = |prefix: &str| found.iter().filter(|(name, _)| name.starts_with(prefix)).collect::<Vec<_>>();
    assert_eq!(of("privesc").len(), 33);
    for (name, is_found) in of("privesc").into_iter().chain(of("fn")) {
        assert_ne!(*is_found, NOT_FOUND.contains(name), "{name}");
    }
    for (name, is_found) in of("fp") {
        // It is the administrator's, and denied by a policy beside it.
        assert_eq!(*is_found, *name == "fp2-allow-all", "{name}");
    }
}
