//! When a part counts as covered.

use super::*;

const JANE: &str = "arn:aws:iam::111122223333:user/jane";
const CI: &str = "arn:aws:sts::111122223333:assumed-role/ci/run";

/// A world in which Jane has a policy of these statements.
fn jane(statements: &str) -> World {
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let world = "
account: '111122223333'
policies: { p: p.json }
principals: { jane: { user: jane, policies: [p] } }
";
    load(&[("world.yaml", world), ("p.json", &policy)])
}

/// A world with a bucket that has a policy of one statement.
fn bucket(statement: &str) -> World {
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let world = "
account: '111122223333'
policies: { p: p.json }
resources: { b: { arn: 'arn:aws:s3:::b', policy: p } }
";
    load(&[("world.yaml", world), ("p.json", &policy)])
}

#[track_caller]
fn check(world: &World, questions: &[&str], expected: &[&str]) {
    assert_eq!(missing(&coverage(world, questions)), expected);
}

#[test]
fn without_requests_nothing_is_covered() {
    let world = jane(
        r#"{"Effect": "Allow", "Action": ["s3:*", "ec2:*"], "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}}}"#,
    );
    let expected = [
        "statement never matched",
        "Action \"s3:*\" never matched",
        "Action \"ec2:*\" never matched",
        "Resource \"*\" never matched",
        "Bool aws:SecureTransport never true, false or absent",
    ];
    check(&world, &[], &expected);
}

#[test]
fn an_entry_behind_another_that_fits_is_covered() {
    let world =
        jane(r#"{"Effect": "Allow", "Action": ["s3:*", "s3:Get*", "s3:Put*"], "Resource": ["*", "arn:aws:s3:::b/*"]}"#);
    check(&world, &["jane s3:GetObject arn:aws:s3:::b/x"], &["Action \"s3:Put*\" never matched"]);
    let both = ["Action \"s3:Put*\" never matched", "Resource \"arn:aws:s3:::b/*\" never matched"];
    check(&world, &["jane s3:GetObject arn:aws:s3:::c/x"], &both);
}

#[test]
fn an_entry_counts_only_where_the_rest_of_the_statement_matches() {
    let world = jane(
        r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}}"#,
    );
    let nothing = [
        "statement never matched",
        "Action \"s3:Get*\" never matched",
        "Resource \"arn:aws:s3:::b/*\" never matched",
        "StringEquals aws:RequestedRegion never true, false or absent",
    ];
    // The action fits and the resource does not, or the other way round.
    let region = "aws:RequestedRegion=eu-central-1";
    let elsewhere = [
        format!("jane s3:GetObject arn:aws:s3:::c/x {region}"),
        format!("jane s3:PutObject arn:aws:s3:::b/x {region}"),
    ];
    check(&world, &[&elsewhere[0], &elsewhere[1]], &nothing);
    let mut expected = nothing;
    expected[3] = "StringEquals aws:RequestedRegion never true or absent";
    check(&world, &["jane s3:GetObject arn:aws:s3:::b/x aws:RequestedRegion=us-east-1"], &expected);
    expected[3] = "StringEquals aws:RequestedRegion never true or false";
    check(&world, &["jane s3:GetObject arn:aws:s3:::b/x"], &expected);
    let met = format!("jane s3:GetObject arn:aws:s3:::b/x {region}");
    check(&world, &[&met], &["StringEquals aws:RequestedRegion never false or absent"]);
}

#[test]
fn each_key_under_each_operator_is_seen_for_itself() {
    let world = jane(
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {
            "StringEquals": {"aws:RequestedRegion": "eu-central-1", "s3:prefix": "a"},
            "StringLike": {"s3:prefix": "b*"}}}"#,
    );
    let expected = [
        "statement never matched",
        "Action \"s3:*\" never matched",
        "Resource \"*\" never matched",
        "StringEquals aws:RequestedRegion never true or false",
        "StringEquals s3:prefix never true or absent",
        "StringLike s3:prefix never false or absent",
    ];
    check(&world, &["jane s3:ListBucket arn:aws:s3:::b s3:prefix=bc"], &expected);
}

#[test]
fn null_asks_for_presence_only() {
    let world = jane(
        r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:TokenIssueTime": "true"}}}"#,
    );
    check(&world, &["jane s3:GetObject arn:aws:s3:::b/x"], &["Null aws:TokenIssueTime never present"]);
    let both = [
        "jane s3:GetObject arn:aws:s3:::b/x",
        "jane s3:GetObject arn:aws:s3:::b/x aws:TokenIssueTime=2026-01-01T00:00:00Z",
    ];
    check(&world, &both, &[]);
}

#[test]
fn an_entry_of_a_negated_list_is_covered_where_it_spares() {
    let world = jane(
        r#"{"Effect": "Deny", "NotAction": ["iam:Get*", "iam:List*"], "NotResource": ["arn:aws:s3:::b/*", "arn:aws:s3:::c/*"],
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#,
    );
    let mfa = "BoolIfExists aws:MultiFactorAuthPresent never";
    let rest = |kept: &[&'static str], missing: &str| {
        let entries = [
            "NotAction \"iam:Get*\" never matched",
            "NotAction \"iam:List*\" never matched",
            "NotResource \"arn:aws:s3:::b/*\" never matched",
            "NotResource \"arn:aws:s3:::c/*\" never matched",
        ];
        let mut expected = vec!["statement never matched".to_owned()];
        expected.extend(entries.iter().filter(|entry| !kept.contains(entry)).map(|entry| (*entry).to_owned()));
        expected.push(format!("{mfa} {missing}"));
        expected
    };
    let found = |questions: &[&str]| missing(&coverage(&world, questions));
    let nothing = rest(&[], "true, false or absent");
    assert_eq!(
        found(&["jane iam:GetUser * mfa=false"]),
        rest(&["NotAction \"iam:Get*\" never matched"], "true, false or absent")
    );
    // With MFA the statement would not have applied anyway.
    assert_eq!(found(&["jane iam:GetUser * mfa=true"]), nothing);
    // Both lists spare the request: neither entry alone made the difference.
    assert_eq!(found(&["jane iam:GetUser arn:aws:s3:::b/x mfa=false"]), nothing);
    let spared = rest(&["NotResource \"arn:aws:s3:::c/*\" never matched"], "true, false or absent");
    assert_eq!(found(&["jane s3:GetObject arn:aws:s3:::c/x mfa=false"]), spared);
}

#[test]
fn principals_are_entries_too() {
    let world = bucket(
        r#"{"Effect": "Allow", "Principal": {"AWS": ["444455556666", "arn:aws:iam::111122223333:user/jane", "*"],
            "Service": "ec2.amazonaws.com"}, "Action": "s3:*", "Resource": "arn:aws:s3:::b"}"#,
    );
    let question = format!("{JANE} s3:ListBucket arn:aws:s3:::b");
    let expected = ["Principal \"444455556666\" never matched", "Principal \"ec2.amazonaws.com\" never matched"];
    check(&world, &[&question], &expected);
}

#[test]
fn everybody_is_an_entry() {
    let world = bucket(r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b"}"#);
    let expected = [
        "statement never matched",
        "Principal \"*\" never matched",
        "Action \"s3:*\" never matched",
        "Resource \"arn:aws:s3:::b\" never matched",
    ];
    check(&world, &[], &expected);
    check(&world, &[&format!("{JANE} s3:ListBucket arn:aws:s3:::b")], &[]);
}

#[test]
fn whom_a_deny_does_not_spare_covers_no_entry() {
    let world = bucket(
        r#"{"Effect": "Deny", "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:role/ci",
            "arn:aws:sts::111122223333:assumed-role/ci/run"]}, "Action": "s3:*", "Resource": "arn:aws:s3:::b"}"#,
    );
    let role = "NotPrincipal \"arn:aws:iam::111122223333:role/ci\" never matched";
    let session = "NotPrincipal \"arn:aws:sts::111122223333:assumed-role/ci/run\" never matched";
    let spared = format!("{CI} s3:ListBucket arn:aws:s3:::b");
    let entries =
        ["statement never matched", "Action \"s3:*\" never matched", "Resource \"arn:aws:s3:::b\" never matched"];
    check(&world, &[&spared], &entries);
    // Another session of the role: its role is listed, and that alone does not spare it.
    let denied = "arn:aws:sts::111122223333:assumed-role/ci/other s3:ListBucket arn:aws:s3:::b";
    check(&world, &[denied], &[role, session]);
}

#[test]
fn a_statement_that_matches_need_not_decide() {
    let world = jane(
        r#"{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
           {"Sid": "NoKeys", "Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": "*"}"#,
    );
    let counts = |questions: &[&str]| {
        let coverage = coverage(&world, questions);
        let policy = coverage.policies().next().unwrap();
        policy.statements().map(|(_, counts)| (counts.matched(), counts.decided())).collect::<Vec<_>>()
    };
    assert_eq!(counts(&["jane iam:CreateAccessKey *"]), [(1, 0), (1, 1)]);
    assert_eq!(counts(&["jane iam:CreateAccessKey *", "jane s3:ListAllMyBuckets *"]), [(2, 1), (1, 1)]);
}

#[test]
fn a_policy_of_several_worlds_is_one() {
    let policy = r#"{"Statement": {"Effect": "Allow", "Action": ["s3:*", "ec2:*"], "Resource": "*"}}"#;
    let world = |name: &str, who: &str| {
        let text = format!(
            "account: '111122223333'\npolicies: {{ {name}: p.json }}\nprincipals: {{ {who}: {{ user: {who}, policies: [{name}] }} }}"
        );
        load(&[("world.yaml", &text), ("p.json", policy)])
    };
    let (first, second) = (world("one", "jane"), world("another", "john"));
    let mut coverage = coverage(&first, &["jane s3:ListAllMyBuckets *"]);
    assert_eq!(missing(&coverage), ["Action \"ec2:*\" never matched"]);
    coverage.add_policies(second.policies());
    coverage.observe(&asked(&second, "john ec2:DescribeInstances *"));
    let names: Vec<&str> = coverage.policies().map(|policy| policy.policy().name.as_str()).collect();
    assert_eq!((names, missing(&coverage)), (vec!["one"], vec![]));
}

#[test]
fn equal_policies_in_different_places_are_two() {
    let text = "
account: '111122223333'
principals:
  jane: { user: jane, policies: [{ Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } }] }
  john: { user: john, policies: [{ Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } }] }
";
    let coverage = coverage(&load(&[("world.yaml", text)]), &["jane s3:ListAllMyBuckets *"]);
    let covered = coverage.policies().map(|policy| policy.summary().points().covered);
    assert_eq!(covered.collect::<Vec<_>>(), [3, 0]);
}

#[test]
fn managed_policies_count_when_they_are_named() {
    let world = load(&[(
        "world.yaml",
        "account: '111122223333'\nprincipals: { jane: { user: jane, policies: ['aws:PowerUserAccess', 'aws:IAMUserChangePassword'] } }",
    )]);
    let question = asked(&world, "jane ec2:DescribeInstances *");
    let counted = |named: &[String]| {
        let mut coverage = Coverage::new(named);
        coverage.add_policies(world.policies());
        coverage.observe(&question);
        coverage.policies().map(|policy| policy.policy().name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(counted(&[]), [] as [String; 0]);
    let power = ["aws:PowerUserAccess".to_owned()];
    assert_eq!(counted(&power), power);
}

#[test]
fn a_policy_that_is_attached_nowhere_is_apart() {
    let policy = ("p.json", r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#);
    let world = load(&[("world.yaml", "policies: { spare: p.json }"), policy]);
    let mut coverage = coverage(&world, &[]);
    let names = |coverage: &Coverage| {
        let name = |policy: &PolicyCoverage| policy.policy().name.clone();
        [coverage.policies().map(name).collect::<Vec<_>>(), coverage.unattached().map(name).collect()]
    };
    assert_eq!(names(&coverage), [vec![], vec!["spare".to_owned()]]);
    assert_eq!(coverage.summary().percentage(), None);
    // It counts as soon as another world attaches it.
    let text = "
account: '111122223333'
policies: { spare: p.json }
principals: { jane: { user: jane, policies: [spare] } }
";
    coverage.add_policies(load(&[("other.yaml", text), policy]).policies());
    assert_eq!(names(&coverage), [vec!["spare".to_owned()], vec![]]);
    assert_eq!(coverage.summary().percentage(), Some(0.0));
}

#[test]
fn a_service_control_policy_matches_without_deciding() {
    let world = load(&[(
        "world.yaml",
        "
account: '111122223333'
principals: { jane: { user: jane, policies: [{ Statement: { Effect: Allow, Action: '*', Resource: '*' } }] } }
organization: { id: o-a1b2c3d4e5, scps: [[{ Statement: { Effect: Allow, Action: '*', Resource: '*' } }]] }
",
    )]);
    let coverage = coverage(&world, &["jane s3:ListAllMyBuckets *"]);
    let counts = coverage.policies().map(|policy| {
        let (_, counts) = policy.statements().next().unwrap();
        (policy.policy().name.as_str(), counts.matched(), counts.decided())
    });
    assert_eq!(counts.collect::<Vec<_>>(), [("organization:scp0.0", 1, 0), ("jane:0", 1, 1)]);
}
