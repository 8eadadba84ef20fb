//! What `check` says of real policies: snapshots of every finding, what the names of faulty files promise, and that fixes
//! change no decision.

use iameval::json::{self, Node, Value};
use iameval::text::LineIndex;
use iameval::{CompiledPolicy, Diagnostic, PolicyDocument, PolicyId, PolicyKind, PolicySet, Severity};
use iameval_data::{Catalogue, ManagedPolicy};
use iameval_lint::{Linter, check, guess_kind, mend};
use iameval_tests::generate::{self, single_layer};
use iameval_tests::{fixture, fixtures, policy_kind, root};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

fn catalogue() -> &'static Catalogue {
    Catalogue::embedded()
}

/// The findings of a text, as the kind that its path suggests.
fn findings(path: &str, text: &str) -> (Option<PolicyKind>, Vec<Diagnostic>) {
    let parsed = PolicyDocument::parse(text);
    match parsed.value {
        Some(document) => {
            let kind = guess_kind(&document, path).kind;
            (Some(kind), check(&document, kind, catalogue()))
        }
        None => (None, parsed.diagnostics),
    }
}

/// Every finding in the files of a folder, a line each.
fn findings_below(folder: &str) -> String {
    let base = root().join("fixtures").join(folder);
    let mut out = String::new();
    for path in fixtures(folder, ".json") {
        let name = path.strip_prefix(&base).unwrap().to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&path).unwrap();
        let (kind, findings) = findings(&format!("{folder}/{name}"), &text);
        writeln!(out, "{name}: {}", kind.map_or("no policy", PolicyKind::describe)).unwrap();
        let lines = LineIndex::new(&text);
        for finding in findings {
            let at = lines.position(&text, finding.span().start);
            let fix = if finding.fix().is_some() { " (fix)" } else { "" };
            let (id, severity) = (finding.code().id(), severity(finding.severity()));
            writeln!(out, "  {}:{} {severity} {id} {}{fix}", at.line, at.column, finding.message()).unwrap();
        }
    }
    out
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

#[test]
fn the_starting_scenario() {
    insta::assert_snapshot!(findings_below("force-mfa/policies"));
}

#[test]
fn policies_that_are_wrong_on_purpose() {
    insta::assert_snapshot!(findings_below("real/policies/lint"));
}

#[test]
fn service_control_policies() {
    insta::assert_snapshot!(findings_below("real/policies/scp"));
}

#[test]
fn resource_control_policies() {
    insta::assert_snapshot!(findings_below("real/policies/rcp"));
}

#[test]
fn data_perimeters() {
    insta::assert_snapshot!(findings_below("real/policies/data-perimeter"));
}

/// Policies of programs that many clusters run: their authors try them against AWS.
#[test]
fn controllers() {
    insta::assert_snapshot!(findings_below("real/policies/controllers"));
}

#[test]
fn the_user_guide() {
    let mut out = String::new();
    for line in fixture("real/policies/iam-user-guide.jsonl").lines() {
        let tree = json::parse(line).unwrap();
        let field = |name: &str| tree.get(name).map(|node| node.as_str().map_or(node.to_string(), str::to_owned));
        let (page, number) = (field("page").unwrap(), field("n").unwrap());
        let policy = tree.get("policy").map(Node::to_string).unwrap();
        let (kind, findings) = findings(&page, &policy);
        if findings.is_empty() {
            continue;
        }
        writeln!(out, "{page} {number}: {}", kind.map_or("no policy", PolicyKind::describe)).unwrap();
        for finding in findings {
            let (id, severity) = (finding.code().id(), severity(finding.severity()));
            writeln!(out, "  {severity} {id} {}", finding.message()).unwrap();
        }
    }
    insta::assert_snapshot!(out);
}

fn in_words(finding: &Diagnostic) -> String {
    let help = finding.help().unwrap_or_default();
    format!("{} {} {}; {help}", severity(finding.severity()), finding.code().id(), finding.message())
}

/// The files of `fixtures/lint`: beside each case that is found, one like it that is correct and is not.
#[test]
fn cases_get_the_findings_they_name_and_no_others() {
    let mut failures = Vec::new();
    let linter = Linter::new(catalogue());
    for path in fixtures("lint", ".json") {
        let text = std::fs::read_to_string(&path).unwrap();
        let tree = json::parse(&text).unwrap();
        let Some(Value::Array(cases)) = tree.get("cases").map(|node| &node.value) else { panic!("no cases") };
        failures.extend(cases.iter().filter_map(|case| failure(&linter, case)));
    }
    assert!(failures.is_empty(), "{} cases fail:\n{}", failures.len(), failures.join("\n"));
}

/// What is found in the policy of a case, where that is not what the case wants.
fn failure(linter: &Linter<'_>, case: &Node<'_>) -> Option<String> {
    let field = |name: &str| case.get(name).unwrap();
    let version = case.get("version").and_then(Node::as_str).unwrap_or("2012-10-17");
    let policy = format!(r#"{{"Version": "{version}", "Statement": {}}}"#, field("statement"));
    let document = PolicyDocument::parse(&policy).value.expect("a document");
    let findings = linter.check(&document, policy_kind(field("kind").as_str().unwrap()));
    let said: Vec<String> = findings.iter().map(in_words).collect();
    let missing = |text: &Node<'_>| !said.iter().any(|said| said.contains(text.as_str().unwrap()));
    let says = match case.get("says").map(|node| &node.value) {
        Some(Value::Array(texts)) => texts.as_slice(),
        _ => &[],
    };
    let codes = Node::array(findings.iter().map(|finding| Node::string(finding.code().id()))).to_string();
    let as_wanted = codes == field("codes").to_string() && !says.iter().any(missing);
    (!as_wanted).then(|| format!("{}: {codes} {said:#?}", field("name")))
}

/// What the name of each faulty file says, as codes; other findings may stand beside them.
const NAMES: [(&str, &[&str]); 22] = [
    ("identity-policies/insecure_policy.json", &["IE0305", "IE0619", "IE0620"]),
    ("identity-policies/invalid-resource-constraint.json", &["IE0613", "IE0626"]),
    ("identity-policies/invalid-sid-special-chars.json", &["IE0323"]),
    ("identity-policies/invalid_policy.json", &["IE0602", "IE0603", "IE0307", "IE0308"]),
    ("identity-policies/maximum_size_policy.json", &["IE0618"]),
    ("identity-policies/sensitive-action-wildcards.json", &["IE0619"]),
    ("identity-policies/terraform-template-policy.json", &["IE0628"]),
    ("identity-policies/wildcard_examples.json", &["IE0602"]),
    ("identity-policies/wrong-condition-key.json", &["IE0604", "IE0625"]),
    ("resource-control-policies/rcp-invalid-allow-effect.json", &["IE0327"]),
    ("resource-control-policies/rcp-invalid-not-action.json", &["IE0327"]),
    ("resource-control-policies/rcp-invalid-specific-principal.json", &["IE0327"]),
    ("resource-policies/kms-key-policy-insecure.json", &["IE0318"]),
    ("resource-policies/lambda-permission-public-url.json", &["IE0621"]),
    ("resource-policies/s3-bucket-policy-public.json", &["IE0621"]),
    ("resource-policies/s3-bucket-policy-wildcard-actions.json", &["IE0624"]),
    ("resource-policies/sns-topic-policy-public-no-conditions.json", &["IE0621"]),
    ("resource-policies/sqs-queue-policy-public.json", &["IE0621"]),
    ("wrong_actions_mismatch/iam-wrong-resources.json", &["IE0626"]),
    ("wrong_actions_mismatch/multi-service-wrong-resources.json", &["IE0626"]),
    ("wrong_actions_mismatch/s3-wrong-resources.json", &["IE0626"]),
    ("wrong_actions_mismatch/sqs-sns-wrong-resources.json", &["IE0626"]),
];

#[test]
fn faulty_files_get_the_findings_that_their_names_promise() {
    for (name, codes) in NAMES {
        let path = format!("real/policies/lint/{name}");
        let (_, findings) = findings(&path, &fixture(&path));
        for code in codes {
            assert!(findings.iter().any(|finding| finding.code().id() == *code), "{name}: no {code} in {findings:#?}");
        }
    }
}

/// The table of `docs/managed-policies.md`, counted anew.
#[test]
fn managed_policies_have_no_errors_and_the_findings_that_the_page_counts() {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut policies = 0;
    let linter = Linter::new(catalogue());
    for policy in ManagedPolicy::all().filter(|policy| policy.version().is_some()) {
        let document = PolicyDocument::parse(&policy.document()).value.expect("a document");
        let findings = linter.check_managed(&document, PolicyKind::Identity);
        let errors: Vec<_> = findings.iter().filter(|finding| finding.severity() == Severity::Error).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", policy.name());
        let mut codes: Vec<&str> = findings.iter().map(|finding| finding.code().id()).collect();
        for code in &codes {
            counts.entry(code).or_default().0 += 1;
        }
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            counts.entry(code).or_default().1 += 1;
        }
        policies += 1;
    }
    assert_eq!(policies, 1_582);
    let mut table = String::from("| code | findings | policies |\n| --- | ---: | ---: |\n");
    for (code, (findings, policies)) in counts {
        writeln!(table, "| {code} | {findings} | {policies} |").unwrap();
    }
    let page = std::fs::read_to_string(root().join("docs/managed-policies.md")).unwrap();
    assert!(page.contains(&table), "docs/managed-policies.md should have\n{table}");
}

fn set(document: &PolicyDocument) -> Option<PolicySet> {
    let policy = CompiledPolicy::new(PolicyId::new("policy"), PolicyKind::Identity, document).ok()?;
    Some(PolicySet::builder().add(Arc::new(policy)).build())
}

#[test]
fn a_mended_policy_decides_as_before() {
    let (mut mended_some, mut asked) = (0, 0);
    let linter = Linter::new(catalogue());
    for scenario in generate::samples(3_000, single_layer()) {
        for document in &scenario.identity {
            let text = document.to_string();
            let find = |text: &str| {
                let document = PolicyDocument::parse(text).value.expect("a document");
                linter.check(&document, PolicyKind::Identity)
            };
            let Some(mended) = mend(&text, find) else { continue };
            mended_some += 1;
            let after = PolicyDocument::parse(&mended.text).value.expect("still a document");
            assert!(find(&mended.text).iter().all(|finding| finding.fix().is_none()), "{text}\n{}", mended.text);
            let (Some(before), Some(after)) = (set(&document.parse()), set(&after)) else { continue };
            let request = scenario.asked.request();
            assert_eq!(before.decide(&request), after.decide(&request), "{text}\n{}\n{request:?}", mended.text);
            asked += 1;
        }
    }
    assert!(mended_some > 300 && asked > 300, "{mended_some} mended, {asked} asked");
}
