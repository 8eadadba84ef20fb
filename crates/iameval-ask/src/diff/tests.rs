//! What lone policies and worlds gain and lose, case by case.

use super::{Diff, Differ, Presence};
use iameval::{Decision, PolicyKind};
use iameval_data::Catalogue;
use iameval_world::{Files, Finding, LoadedPolicy, Source, World};
use std::path::Path;
use std::sync::Arc;

fn policy(statements: &str) -> Arc<LoadedPolicy> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    Arc::new(LoadedPolicy::from_source("p", &Source::new("p.json", text)).unwrap())
}

/// `gained: s3:GetObject; lost: …`, with callers where there are any.
fn told(diff: &Diff) -> String {
    let mut all = Vec::new();
    for part in &diff.parts {
        let who = part.principals.join(", ");
        let on = part.resource.as_ref().map(|name| format!("on {name}")).unwrap_or_default();
        for (word, groups, by, against) in
            [("gains", &part.gained, &part.new, &part.old), ("loses", &part.lost, &part.old, &part.new)]
        {
            for group in groups {
                let phrases: Vec<String> = group.phrases.iter().map(ToString::to_string).collect();
                all.push(
                    format!("{who} {on} {word} {}", phrases.join(", "))
                        .split_whitespace()
                        .collect::<Vec<_>>()
                        .join(" "),
                );
                // A request shows it.
                let request = &group.request.request;
                assert_eq!(by.policies().set().decide(request), Decision::Allowed);
                assert_ne!(against.policies().set().decide(request), Decision::Allowed);
            }
        }
    }
    all.join("; ")
}

const FENCE: &str = r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1"]}}}"#;
const WIDER: &str = r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "us-east-1"]}}}"#;
const PUBLISH: &str = r#"{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}"#;
const PUBLISH_ONE: &str = r#"{"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:one"}"#;
const GUARDED: &str = r#"{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"},
    {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#;
const LESS_GUARDED: &str = r#"{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"},
    {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}"#;
const ACCOUNT: &str =
    r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sns:Publish", "Resource": "*"}"#;
const ANYBODY: &str = r#"{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}"#;
const ASSUME: &str =
    r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#;

#[test]
fn lone_policies() {
    let cases: &[(PolicyKind, &str, &str, &str)] = &[
        (PolicyKind::Identity, PUBLISH, PUBLISH, ""),
        (PolicyKind::Identity, PUBLISH_ONE, PUBLISH, "gains sns:Publish"),
        (PolicyKind::Identity, PUBLISH, PUBLISH_ONE, "loses sns:Publish"),
        // A guard of Denies beside something that it guards.
        (PolicyKind::Identity, FENCE, WIDER, "gains sqs:*"),
        // The same where the policy allows something else by itself.
        (PolicyKind::Identity, GUARDED, LESS_GUARDED, "gains sqs:*"),
        (PolicyKind::Identity, LESS_GUARDED, GUARDED, "loses sqs:*"),
        (PolicyKind::Identity, GUARDED, GUARDED, ""),
        (PolicyKind::ServiceControl, FENCE, WIDER, "gains sqs:*"),
        (PolicyKind::ServiceControl, WIDER, FENCE, "loses sqs:*"),
        (PolicyKind::ServiceControl, PUBLISH_ONE, PUBLISH, "gains sns:Publish"),
        (PolicyKind::ResourceControl, FENCE_OF_ALL, WIDER_OF_ALL, "gains sqs:*"),
        // A boundary of Denies alone lets nothing through, with or without exceptions.
        (PolicyKind::PermissionsBoundary, FENCE, WIDER, ""),
        (PolicyKind::PermissionsBoundary, PUBLISH_ONE, PUBLISH, "gains sns:Publish"),
        (PolicyKind::Session, PUBLISH_ONE, PUBLISH, "gains sns:Publish"),
        (PolicyKind::ScopeDown, PUBLISH, PUBLISH_ONE, "loses sns:Publish"),
        (PolicyKind::Resource, ACCOUNT, ANYBODY, "anonymous gains sns:Publish; any AWS account gains sns:Publish"),
        (PolicyKind::Resource, ACCOUNT, ACCOUNT, ""),
        (PolicyKind::RoleTrust, ASSUME, "", "ec2.amazonaws.com loses sts:AssumeRole"),
    ];
    let differ = Differ::new(Catalogue::embedded());
    for (kind, old, new, wanted) in cases {
        let diff = differ.policies(&policy(old), &policy(new), *kind).unwrap();
        assert_eq!(told(&diff), *wanted, "{kind:?}: {old} -> {new}");
        assert!(!diff.has_undecided(), "{kind:?}: {old} -> {new}");
    }
}

const FENCE_OF_ALL: &str = r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1"]}}}"#;
const WIDER_OF_ALL: &str = r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "us-east-1"]}}}"#;

/// One file.
struct One(String);

impl Files for One {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        Ok(Source::new(path.display().to_string(), self.0.clone()))
    }
}

fn world(text: &str) -> World {
    let text = format!("version: 1\naccount: \"111122223333\"\n{text}");
    World::load(&One(text), &["world.yaml".into()]).unwrap()
}

/// What a policy of these statements says, in YAML.
fn inline(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}

#[track_caller]
fn check(old: &str, new: &str, wanted: &str, compared: usize) {
    let diff = Differ::new(Catalogue::embedded()).worlds(&world(old), &world(new)).unwrap();
    assert_eq!(told(&diff), wanted);
    assert_eq!(diff.compared, compared, "{wanted}");
}

#[test]
fn principals_with_the_same_policies_are_compared_once() {
    let of = |policy: &str| {
        let user = |number| format!("  u{number}: {{ user: u{number}, policies: [p] }}\n");
        let users = (0..50).map(user).collect::<Vec<_>>().concat();
        format!("policies: {{ p: {} }}\nprincipals:\n{users}", inline(policy))
    };
    let names: Vec<String> = {
        let mut names: Vec<String> = (0..50).map(|number| format!("u{number}")).collect();
        names.sort();
        names
    };
    check(&of(PUBLISH_ONE), &of(PUBLISH), &format!("{} gains sns:Publish", names.join(", ")), 1);
    check(&of(PUBLISH), &of(PUBLISH), "", 0);
}

#[test]
fn who_a_statement_tells_apart_is_compared_alone() {
    let only_ana = r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",
        "Condition": {"StringEquals": {"aws:username": "ana"}}}"#;
    let of = |policy: &str| {
        let users = "principals:\n  ana: { user: ana, policies: [p] }\n  boris: { user: boris, policies: [p] }\n";
        format!("policies: {{ p: {} }}\n{users}", inline(policy))
    };
    check(&of(PUBLISH), &of(&format!("{PUBLISH}, {only_ana}")), "ana gains sqs:SendMessage", 2);
    let own =
        r#"{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "arn:aws:iam::*:user/${aws:username}"}"#;
    check(&of(PUBLISH), &of(&format!("{PUBLISH}, {own}")), "ana, boris gains iam:ChangePassword", 1);
}

#[test]
fn principals_of_one_side_are_told_apart() {
    let of = |name: &str| format!("principals:\n  {name}: {{ user: {name}, policies: [{}] }}\n", inline(PUBLISH));
    let diff = Differ::new(Catalogue::embedded()).worlds(&world(&of("ana")), &world(&of("carla"))).unwrap();
    assert_eq!(told(&diff), "ana loses sns:Publish; carla gains sns:Publish");
    assert_eq!(diff.only(Presence::OnlyOld).collect::<Vec<_>>(), ["ana"]);
    assert_eq!(diff.only(Presence::OnlyNew).collect::<Vec<_>>(), ["carla"]);
}

#[test]
fn policies_of_resources_count_for_principals_and_for_others() {
    let of = |statement: &str| {
        let users = "principals: { ana: { user: ana } }\n";
        let policy = inline(statement);
        format!(
            "{users}resources: {{ topic: {{ arn: \"arn:aws:sns:eu-central-1:111122223333:t\", policy: {policy} }} }}\n"
        )
    };
    let ana = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/ana"}, "Action": "sns:Publish", "Resource": "*"}"#;
    let other = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:role/x"}, "Action": "sns:Publish", "Resource": "*"}"#;
    check(&of(other), &of(&format!("{other}, {ana}")), "ana on topic gains sns:Publish", 2);
    check(&of(ana), &of(&format!("{other}, {ana}")), "arn:aws:iam::444455556666:role/x on topic gains sns:Publish", 2);
}

#[test]
fn other_tags_that_a_policy_reads_leave_it_undecided() {
    let tagged = r#"{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "billing"}}}"#;
    let of = |team: &str, policy: &str| {
        format!("principals:\n  ana: {{ user: ana, tags: {{ team: {team} }}, policies: [{}] }}\n", inline(policy))
    };
    let diff = |policy| {
        let (old, new) = (world(&of("search", policy)), world(&of("billing", policy)));
        Differ::new(Catalogue::embedded()).worlds(&old, &new).unwrap()
    };
    assert!(diff(tagged).has_undecided());
    assert!(!diff(PUBLISH).has_undecided());
}
