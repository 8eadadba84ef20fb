//! Strategies reach what they are for.

#![expect(clippy::unwrap_used, reason = "what fails here is a failed test")]

use iameval::{Arn, PolicyKind};
use iameval_test::strategies::{documents, requests, requests_near};
use iameval_test::{Decide, Expectation, Mfa, Policies, TestRequest, example};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet};

/// So many values, the same ones every time.
fn samples<S: Strategy>(count: usize, strategy: S) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    (0..count).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

/// For each statement, by policy and number, and each of its elements: what it said.
type Seen = BTreeMap<(String, String), BTreeSet<bool>>;

/// What the elements of all statements say about requests.
fn seen(policies: &impl Decide, requests: impl Iterator<Item = TestRequest>) -> Seen {
    let mut seen = Seen::new();
    for request in requests {
        let answer = policies.answer(&request).unwrap_or_else(|why| panic!("{request}: {why}"));
        for trace in answer.explain().statements {
            let origin = answer.policies.origin(trace.id).unwrap();
            let statement = format!("{}[{}]", origin.policy.as_str(), origin.statement_index + 1);
            let mut see = |element: String, said| {
                seen.entry((statement.clone(), element)).or_default().insert(said);
            };
            see("action".into(), trace.action.is_certain());
            see("resource".into(), trace.resource.is_certain());
            for (index, condition) in trace.conditions.iter().enumerate() {
                see(format!("{index}: {} {}", condition.operator, condition.key), condition.satisfied.is_certain());
            }
        }
    }
    seen
}

/// The elements that said the same of every request.
fn one_sided(seen: &Seen) -> Vec<String> {
    let one = seen.iter().filter(|(_, said)| said.len() == 1);
    one.map(|((statement, element), said)| format!("{statement} {element}: always {said:?}")).collect()
}

#[test]
fn requests_near_a_world_reach_both_sides_of_each_of_its_statements() {
    let world = example("force-mfa");
    let seen = seen(&world, samples(2_000, requests_near(&world)));
    assert!(seen.keys().any(|(_, element)| element.contains("MultiFactorAuthPresent")));
    // `Resource: "*"` has one side.
    let expected = [
        "PowerUserAccess[1] resource: always {true}",
        "PowerUserAccess[2] resource: always {true}",
        "IAMUserChangePassword[2] resource: always {true}",
        "force-mfa[3] resource: always {true}",
    ];
    let mut found = one_sided(&seen);
    found.retain(|line| !expected.contains(&line.as_str()));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_kind_of_condition_has_two_sides() {
    let condition = r#"{
        "StringEquals": {"aws:RequestedRegion": "eu-central-1"},
        "StringNotLike": {"s3:prefix": ["home/*", "public"]},
        "StringEqualsIgnoreCase": {"aws:PrincipalTag/team": "search"},
        "NumericLessThanEquals": {"s3:max-keys": "10"},
        "NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"},
        "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"},
        "DateLessThanEquals": {"aws:TokenIssueTime": "1767225600"},
        "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/64"]},
        "NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"},
        "ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:alarm-*"},
        "Bool": {"aws:SecureTransport": "true"},
        "BoolIfExists": {"aws:MultiFactorAuthPresent": "true"},
        "Null": {"aws:SourceVpc": "true"},
        "BinaryEquals": {"app:blob": "YQ=="},
        "ForAnyValue:StringEquals": {"aws:TagKeys": ["team", "stage"]},
        "ForAllValues:StringLike": {"sts:TransitiveTagKeys": "t*"},
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:user/jane"}
    }"#;
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": ["s3:List*", "ec2:RunInstances"],
            "Resource": ["arn:aws:s3:::reports", "arn:aws:ec2:*:123456789012:instance/*"], "Condition": {condition}}}}}"#
    );
    let policies = Policies::new().identity("all", &text);
    let seen = seen(&policies, samples(2_000, requests_near(&policies)));
    assert_eq!(seen.len(), 2 + 17);
    assert_eq!(one_sided(&seen), Vec::<String>::new());
}

#[test]
fn requests_near_a_statement_make_it_decide_now_and_then() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Sid": "Own", "Effect": "Deny", "NotAction": "s3:ListBucket", "NotResource": "arn:aws:s3:::home/${aws:username}/*",
         "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
    ]}"#;
    let policies = Policies::new().identity("own", text);
    let decisions = samples(1_000, requests_near(&policies)).map(|request| policies.decision(&request).unwrap());
    let mut count: BTreeMap<Expectation, usize> = BTreeMap::new();
    decisions.for_each(|decision| *count.entry(Expectation::of(decision)).or_default() += 1);
    assert!(count.len() == 3 && count.values().all(|count| *count >= 20), "{count:?}");
}

#[test]
fn resources_of_another_account_and_all_states_of_mfa_come_up() {
    let world = example("force-mfa");
    let drawn: Vec<TestRequest> = samples(1_000, requests_near(&world)).collect();
    let answers: Vec<_> = drawn.iter().map(|request| world.answer(request).unwrap()).collect();
    let foreign = |resource: &str| {
        resource.parse::<Arn>().ok().and_then(|arn| arn.account_id()).is_some_and(|id| id.as_str() != "123456789012")
    };
    assert!(answers.iter().any(|answer| foreign(answer.request.resource())));
    let states: BTreeSet<String> = answers.iter().filter_map(|answer| Some(answer.summary.mfa?.to_string())).collect();
    assert_eq!(states, [Mfa::TRUE, Mfa::False, Mfa::Absent].map(|mfa| mfa.to_string()).into());
}

#[test]
fn the_simplest_request_says_least() {
    let world = example("force-mfa");
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = requests_near(&world);
    let mut tree = strategy.new_tree(&mut runner).unwrap();
    while tree.simplify() {}
    assert_eq!(tree.current().to_string(), "john.doe: iam:ListUsers on arn:aws:iam::123456789012:user/");
}

#[test]
fn documents_of_every_kind_are_what_aws_reads_and_requests_match_some() {
    for kind in [PolicyKind::Identity, PolicyKind::Session, PolicyKind::ServiceControl] {
        let policies = samples(200, documents(kind)).map(|document| document.to_string());
        let add = |text: String| match kind {
            PolicyKind::Identity => Policies::new().identity("drawn", &text),
            PolicyKind::Session => Policies::new().identity("all", ALL).session("drawn", &text),
            _ => Policies::new().identity("all", ALL).scp("drawn", &text),
        };
        let mut decisions = BTreeSet::new();
        for (policies, request) in policies.map(add).zip(samples(200, requests())) {
            decisions.extend(policies.decision(&request).map(Expectation::of));
        }
        assert_eq!(decisions.len(), 3, "{kind:?}: {decisions:?}");
    }
}

const ALL: &str = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
