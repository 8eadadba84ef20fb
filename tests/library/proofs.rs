//! What `check` proves of statements, beside requests drawn near real policies: without a statement that is said to do
//! nothing, or a condition that is said to be always true, every request is decided as before.

use iameval::{Diagnostic, PolicyDocument, PolicyKind};
use iameval_data::{Catalogue, ManagedPolicy};
use iameval_lint::{Linter, codes, guess_kind};
use iameval_test::strategies::requests_near;
use iameval_test::{Decide, Policies};
use iameval_tests::generate::samples;
use iameval_tests::{fixtures, root};
use serde_json::{Value, json};

/// The policies of `fixtures/real` and of `fixtures/lint`, each with its kind.
fn policies_of_fixtures() -> Vec<(String, PolicyKind, Value)> {
    let mut all = Vec::new();
    let mut add = |name: String, kind: Option<PolicyKind>, policy: Value| {
        if let Some(document) = PolicyDocument::parse(&policy.to_string()).value {
            all.push((name.clone(), kind.unwrap_or_else(|| guess_kind(&document, &name).kind), policy));
        }
    };
    for path in fixtures("real/policies", ".json") {
        if let Ok(policy) = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()) {
            add(path.display().to_string(), None, policy);
        }
    }
    let guide = std::fs::read_to_string(root().join("fixtures/real/policies/iam-user-guide.jsonl")).unwrap();
    for line in guide.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        add(line["page"].as_str().unwrap().to_owned(), None, line["policy"].clone());
    }
    for path in fixtures("lint", ".json") {
        let file: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let version = case.get("version").cloned().unwrap_or_else(|| "2012-10-17".into());
            let policy = json!({"Version": version, "Statement": case["statement"]});
            add(case["name"].to_string(), case["kind"].as_str().unwrap().parse().ok(), policy);
        }
    }
    all
}

/// The policy without what a finding says does nothing: the statement that it stands at, or the test in its conditions.
fn without(policy: &Value, document: &PolicyDocument, finding: &Diagnostic) -> Option<Value> {
    let at = finding.span();
    let number =
        document.statements().iter().position(|own| own.span().start <= at.start && at.end <= own.span().end)?;
    let mut policy = policy.clone();
    if !policy["Statement"].is_array() {
        policy["Statement"] = json!([policy["Statement"]]);
    }
    let statements = policy["Statement"].as_array_mut().unwrap();
    let is_whole = at.start == document.statements()[number].span().start;
    let code = finding.code();
    if is_whole && [codes::NEVER_MATCHES, codes::SHADOWED_ALLOW, codes::REDUNDANT_STATEMENT].contains(&code) {
        statements.remove(number);
        return (!statements.is_empty()).then_some(policy);
    }
    let is_proven = finding.message().contains("is true for every request, so it");
    if code == codes::ALWAYS_HOLDS && is_proven {
        let block = document.statements()[number].condition();
        let (block, test) = block
            .iter()
            .flat_map(|block| block.keys().iter().map(move |test| (block, test)))
            .find(|(_, test)| test.span() == at)?;
        statements[number]["Condition"][block.operator().to_string()].as_object_mut()?.remove(test.key());
        return Some(policy);
    }
    None
}

fn of_kind(kind: PolicyKind, policy: &Value) -> Option<Policies> {
    let (policies, text) = (Policies::new(), policy.to_string());
    Some(match kind {
        PolicyKind::Identity => policies.identity("policy", &text),
        PolicyKind::Resource => policies.resource("policy", &text),
        PolicyKind::PermissionsBoundary => policies.identity("all", ALL).boundary("policy", &text),
        PolicyKind::ServiceControl => policies.identity("all", ALL).scp("policy", &text),
        _ => return None,
    })
}

const ALL: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

/// How many findings of a policy no request contradicts.
fn confirmed(linter: &Linter<'_>, name: &str, kind: PolicyKind, policy: &Value, requests: usize) -> usize {
    let text = policy.to_string();
    let document = PolicyDocument::parse(&text).value.unwrap();
    let mut confirmed = 0;
    for finding in linter.check(&document, kind) {
        let Some(without) = without(policy, &document, &finding) else { continue };
        let (Some(before), Some(after)) = (of_kind(kind, policy), of_kind(kind, &without)) else { continue };
        for request in samples(requests, requests_near(&before)) {
            let [was, is] = [&before, &after].map(|policies| policies.decision(&request).unwrap());
            assert_eq!(was, is, "{name}: {} {}: {request}\n{text}", finding.code().id(), finding.message());
        }
        confirmed += 1;
    }
    confirmed
}

#[test]
fn no_request_contradicts_what_is_proven() {
    let linter = Linter::new(Catalogue::embedded());
    let confirmed: usize =
        policies_of_fixtures().iter().map(|(name, kind, policy)| confirmed(&linter, name, *kind, policy, 300)).sum();
    assert!(confirmed > 20, "{confirmed}");
}

#[test]
#[ignore = "takes minutes unless optimised: cargo test --release -p iameval-tests --test library -- --ignored"]
fn no_request_contradicts_what_is_proven_of_any_policy_of_aws() {
    let linter = Linter::new(Catalogue::embedded()).deep();
    let mut count = 0;
    for policy in ManagedPolicy::all().filter(|policy| policy.version().is_some()) {
        let document: Value = serde_json::from_str(&policy.document()).unwrap();
        count += confirmed(&linter, policy.name(), PolicyKind::Identity, &document, 2_000);
    }
    assert!(count > 30, "{count}");
}

/// The bound is one of work and not of time, so it is the same on every machine.
#[test]
fn large_policies_are_left_out_and_said_to_be() {
    let statement = |number: usize| {
        let resource = format!("arn:aws:s3:::*{number}*a*b*{}*/${{aws:username}}", number * 7);
        json!({"Effect": if number.is_multiple_of(3) { "Deny" } else { "Allow" }, "Action": "s3:*", "Resource": [resource, format!("*{number}")]})
    };
    let policy =
        |size: usize| json!({"Version": "2012-10-17", "Statement": (0..size).map(statement).collect::<Vec<_>>()});
    let says = |linter: &Linter<'_>, size| {
        let document: PolicyDocument = policy(size).to_string().parse().unwrap();
        let findings = linter.check(&document, PolicyKind::Identity);
        findings.iter().filter(|finding| finding.code() == codes::PROOFS_LEFT_OUT).count()
    };
    let linter = Linter::new(Catalogue::embedded());
    assert_eq!([says(&linter, 3), says(&linter, 400)], [0, 1]);
    assert_eq!(says(&linter.deep(), 12), 0);
}
