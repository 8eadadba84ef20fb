//! What lone policies and worlds gain and lose, case by case.

use super::{ChangedFact, Diff, DiffUndecided, Differ, Presence};
use iameval::{ContextKey, Decision, PolicyKind};
use iameval_data::Catalogue;
use iameval_world::{Files, Finding, LoadedPolicy, Source, World};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

fn policy(statements: &str) -> Arc<LoadedPolicy> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    Arc::new(LoadedPolicy::from_source("p", &Source::new("p.json", text)).unwrap())
}

/// `gained: s3:GetObject; lost: …`, with callers where there are any.
fn told(diff: &Diff) -> String {
    for part in &diff.parts {
        for (groups, by, against) in [(&part.gained, &part.new, &part.old), (&part.lost, &part.old, &part.new)] {
            for group in groups {
                // A request shows it.
                let request = &group.request.request;
                assert_eq!(by.policies().set().decide(request), Decision::Allowed);
                assert_ne!(against.policies().set().decide(request), Decision::Allowed);
            }
        }
    }
    in_words(diff)
}

fn in_words(diff: &Diff) -> String {
    let mut all = Vec::new();
    for part in &diff.parts {
        let unheld = part.unheld.as_ref().map(|unheld| format!("{} {}", unheld.id(), unheld.name()));
        let who = unheld.into_iter().chain(part.principals.iter().cloned()).collect::<Vec<_>>().join(", ");
        let condition = part.condition.map(|condition| format!(" ({})", condition.id())).unwrap_or_default();
        let on = part.resource.as_ref().map(|name| format!("on {name}")).unwrap_or_default();
        for (word, groups) in [("gains", &part.gained), ("loses", &part.lost)] {
            for group in groups {
                let phrases: Vec<String> = group.phrases.iter().map(ToString::to_string).collect();
                all.push(
                    format!("{who} {on} {word} {}{condition}", phrases.join(", "))
                        .split_whitespace()
                        .collect::<Vec<_>>()
                        .join(" "),
                );
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
const USER: &str = r#"{"Effect": "Allow", "Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:user/ana"]},
    "Action": "sns:Publish", "Resource": "*"}"#;
const ONLY_ACCOUNT: &str = r#"{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*",
    "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}}"#;
const ONE_ACCOUNT: &str = r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:one"}"#;
const DENYING: &str = r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sns:Publish", "Resource": "*"},
    {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:one"}"#;
const RECEIVE: &str = r#"{"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "arn:aws:sqs:*:*:one"}"#;
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
        (PolicyKind::Identity, FENCE, WIDER, "gains sqs:* (another_policy_allows)"),
        // The same where the policy allows something else by itself.
        (PolicyKind::Identity, GUARDED, LESS_GUARDED, "gains sqs:* (another_policy_allows)"),
        (PolicyKind::Identity, LESS_GUARDED, GUARDED, "loses sqs:* (another_policy_allows)"),
        // And where something else changes as well.
        (
            PolicyKind::Identity,
            GUARDED,
            RECEIVE,
            "gains sqs:ReceiveMessage; loses sns:Publish; gains sqs:* (another_policy_allows)",
        ),
        (PolicyKind::ServiceControl, GUARDED, PUBLISH_ONE, "loses sns:Publish; gains sqs:* (another_policy_allows)"),
        (PolicyKind::Identity, GUARDED, GUARDED, ""),
        (PolicyKind::ServiceControl, FENCE, WIDER, "gains sqs:* (another_policy_allows)"),
        (PolicyKind::ServiceControl, WIDER, FENCE, "loses sqs:* (another_policy_allows)"),
        (PolicyKind::ServiceControl, PUBLISH_ONE, PUBLISH, "gains sns:Publish"),
        (PolicyKind::ResourceControl, FENCE_OF_ALL, WIDER_OF_ALL, "gains sqs:*"),
        // A boundary of Denies alone lets nothing through, with or without exceptions.
        (PolicyKind::PermissionsBoundary, FENCE, WIDER, ""),
        (PolicyKind::PermissionsBoundary, PUBLISH_ONE, PUBLISH, "gains sns:Publish"),
        (PolicyKind::Session, PUBLISH_ONE, PUBLISH, "gains sns:Publish"),
        (PolicyKind::ScopeDown, PUBLISH, PUBLISH_ONE, "loses sns:Publish"),
        (PolicyKind::Resource, ACCOUNT, ANYBODY, "anonymous, any AWS account gains sns:Publish"),
        (PolicyKind::Resource, ACCOUNT, ACCOUNT, ""),
        // An account is let in as far as its own policies allow, and a user whom the policy names without any.
        (PolicyKind::Resource, ACCOUNT, USER, "arn:aws:iam::111122223333:user/ana gains sns:Publish (own_account)"),
        (PolicyKind::Resource, USER, ACCOUNT, "arn:aws:iam::111122223333:user/ana loses sns:Publish (own_account)"),
        (PolicyKind::Resource, ACCOUNT, ONLY_ACCOUNT, "account 111122223333 gains sns:Publish (own_account)"),
        (
            PolicyKind::Resource,
            DENYING,
            ONE_ACCOUNT,
            "account 111122223333 gains sns:Publish; account 111122223333 loses sns:Publish; any AWS account gains sns:Publish (another_policy_allows)",
        ),
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
fn each_side_is_asked_with_the_tags_that_the_principal_has_there() {
    let tagged = r#"{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "billing"}}}"#;
    let own = r#"{"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:${aws:PrincipalTag/team}"}"#;
    let of = |tags: &str, policy: &str| {
        format!("principals:\n  ana: {{ user: ana, tags: {{ {tags} }}, policies: [{}] }}\n", inline(policy))
    };
    let cases: &[(&str, &str, &str, &str)] = &[
        (tagged, "team: search", "team: billing", "ana gains sns:Publish"),
        (tagged, "team: billing", "team: search", "ana loses sns:Publish"),
        (tagged, "", "team: billing", "ana gains sns:Publish"),
        (tagged, "team: billing", "", "ana loses sns:Publish"),
        (tagged, "team: search", "team: sales", ""),
        (own, "team: search", "team: billing", "ana gains sns:Publish; ana loses sns:Publish"),
        (PUBLISH, "team: search", "team: billing", ""),
    ];
    for (policy, before, after, wanted) in cases {
        let (old, new) = (world(&of(before, policy)), world(&of(after, policy)));
        let diff = Differ::new(Catalogue::embedded()).worlds(&old, &new).unwrap();
        assert_eq!(in_words(&diff), *wanted, "{policy}: {before} -> {after}");
        for part in &diff.parts {
            // Requests have the tags of the side that allows them.
            for (groups, by) in [(&part.gained, &part.new), (&part.lost, &part.old)] {
                let is_allowed = |request| by.policies().set().decide(request) == Decision::Allowed;
                assert!(groups.iter().all(|group| is_allowed(&group.request.request)));
            }
        }
        assert!(!diff.has_undecided());
    }
}

#[test]
fn what_worlds_say_beside_policies_is_undecided_where_it_makes_a_difference() {
    let reads = |key: &str| {
        inline(&format!(
            r#"{{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*", "Condition": {{"StringEquals": {{"{key}": "x"}}}}}}"#
        ))
    };
    let ana = |fields: &str, policy: &str| format!("principals: {{ ana: {{ {fields}, policies: [{policy}] }} }}\n");
    let all = inline(ALL);
    let scps = format!("organization: {{ id: o-aaaaaaaaaa, scps: [[aws:FullAWSAccess, {}]] }}\n", inline(FENCE));
    let with_scps = |more: &str| format!("{}{scps}{more}", ana("user: ana", &all));
    let bucket =
        |policy: &str, more: &str| format!("resources: {{ b: {{ arn: \"arn:aws:s3:::b\"{policy}{more} }} }}\n");
    let management = "accounts: { \"111122223333\": { management: true } }\n";
    let of_user = |user: &str| {
        let named = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/ana"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#;
        format!(
            "{}{}",
            ana(&format!("user: {user}"), "aws:IAMUserChangePassword"),
            bucket(&format!(", policy: {}", inline(named)), "")
        )
    };
    let tagged = |policy: &str, tags: &str| format!("{}{}", ana("user: ana", policy), bucket("", tags));
    let cases: &[(String, String, &[DiffUndecided])] = &[
        (with_scps(""), with_scps(management), &[DiffUndecided::Fact(ChangedFact::Standing)]),
        (format!("{}{management}", ana("user: ana", &all)), ana("user: ana", &all), &[]),
        (of_user("ana"), of_user("team/ana"), &[DiffUndecided::Fact(ChangedFact::Name)]),
        (
            ana("user: ana", &reads("aws:username")),
            ana("user: boris", &reads("aws:username")),
            &[DiffUndecided::Context(ContextKey::new("aws:username"))],
        ),
        (ana("user: ana", &all), ana("user: boris", &all), &[]),
        (
            ana("user: ana", &reads("aws:PrincipalOrgID")),
            format!("{}organization: {{ id: o-aaaaaaaaaa }}\n", ana("user: ana", &reads("aws:PrincipalOrgID"))),
            &[DiffUndecided::Context(ContextKey::new("aws:PrincipalOrgID"))],
        ),
        (
            tagged(&reads("aws:ResourceTag/t"), ""),
            tagged(&reads("aws:ResourceTag/t"), ", tags: { t: x }"),
            &[DiffUndecided::Context(ContextKey::new("aws:ResourceTag/t"))],
        ),
        (tagged(&all, ""), tagged(&all, ", tags: { t: x }"), &[]),
        (
            tagged(&all, ""),
            tagged(&all, ", account: \"444455556666\""),
            &[DiffUndecided::Fact(ChangedFact::ResourceAccount)],
        ),
    ];
    for (before, after, wanted) in cases {
        let diff = Differ::new(Catalogue::embedded()).worlds(&world(before), &world(after)).unwrap();
        let undecided: BTreeSet<&DiffUndecided> = diff.parts.iter().flat_map(|part| &part.undecided).collect();
        assert_eq!(undecided, wanted.iter().collect(), "{before}\n{after}");
        assert!(!diff.has_gained() && !diff.has_lost(), "{before}\n{after}");
    }
}

#[test]
fn no_rcp_binds_the_resources_of_a_management_account() {
    let of = |rcp: &str| {
        let (all, rcp) = (inline(ALL), inline(rcp));
        format!(
            "organization: {{ id: o-aaaaaaaaaa, rcps: [[{rcp}]] }}\naccounts: {{ \"111122223333\": {{ management: true }} }}\n\
             principals: {{ ana: {{ user: ana, policies: [{all}] }} }}\n"
        )
    };
    check(&of(FENCE_OF_ALL), &of(WIDER_OF_ALL), "", 1);
}

#[test]
fn whom_not_principal_lists_is_a_caller() {
    let denied = r#"{"Effect": "Deny", "NotPrincipal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:user/ana"]}, "Action": "sns:*", "Resource": "*"}"#;
    let of = |action: &str| {
        policy(&format!(r#"{{"Effect": "Allow", "Principal": "*", "Action": "{action}", "Resource": "*"}}, {denied}"#))
    };
    let diff =
        Differ::new(Catalogue::embedded()).policies(&of("sns:Publish"), &of("sns:*"), PolicyKind::Resource).unwrap();
    assert!(
        told(&diff).contains("arn:aws:iam::111122223333:user/ana gains all List actions of sns,"),
        "{}",
        told(&diff)
    );
}

#[test]
fn tags_that_a_policy_reads_set_principals_apart() {
    let tagged = r#"{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "billing"}}}"#;
    let of = |ana: &str, boris: &str| {
        let policy = inline(tagged);
        format!(
            "policies: {{ p: {policy} }}\nprincipals:\n  ana: {{ user: ana, tags: {{ {ana} }}, policies: [p] }}\n  \
             boris: {{ user: boris, tags: {{ {boris} }}, policies: [p] }}\n"
        )
    };
    let differ = Differ::new(Catalogue::embedded());
    let diff = differ.worlds(&world(&of("", "team: billing")), &world(&of("team: billing", ""))).unwrap();
    assert_eq!(in_words(&diff), "ana gains sns:Publish; boris loses sns:Publish");
    let of = |statement: &str| {
        let users = "principals:\n  ana: { user: ana, tags: { team: sales } }\n  boris: { user: boris, tags: { team: billing } }\n";
        let arn = "arn:aws:sns:eu-central-1:111122223333:t";
        format!("{users}resources: {{ topic: {{ arn: \"{arn}\", policy: {} }} }}\n", inline(statement))
    };
    let by_tag = r#"{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*", "Condition":
        {"StringEquals": {"aws:PrincipalTag/team": "billing", "aws:PrincipalAccount": "111122223333"}}}"#;
    let other = r#"{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish", "Resource": "*"}"#;
    let diff = differ.worlds(&world(&of(other)), &world(&of(&format!("{other}, {by_tag}")))).unwrap();
    assert!(in_words(&diff).starts_with("boris on topic gains sns:Publish;"), "{}", in_words(&diff));
    assert!(!in_words(&diff).contains("ana"));
}

#[test]
fn sessions_that_a_resource_names_are_compared() {
    let of = |sessions: &[&str], denied: &str| {
        let arn = |name: &&str| format!("arn:aws:sts::111122223333:assumed-role/deploy/{name}");
        let named: Vec<String> = sessions.iter().map(arn).collect();
        let publish = format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": {named:?}}}, "Action": "sns:Publish", "Resource": "*"}}"#
        );
        let topic = "arn:aws:sns:eu-central-1:111122223333:t";
        let deny = format!(r#"{{"Effect": "Deny", "Action": "{denied}", "Resource": "*"}}"#);
        format!(
            "principals: {{ deploy: {{ role: ci/deploy, policies: [{}] }} }}\nresources: {{ topic: {{ arn: \"{topic}\", policy: {} }} }}\n",
            inline(&deny),
            inline(&publish)
        )
    };
    let alice = "arn:aws:sts::111122223333:assumed-role/deploy/alice on topic";
    let publishes = |verb: &str| format!("{alice} {verb} sns:Publish");
    check(&of(&["bob"], "sqs:*"), &of(&["bob", "alice"], "sqs:*"), &publishes("gains"), 5);
    check(&of(&["alice"], "sns:*"), &of(&["alice"], "sqs:*"), &publishes("gains"), 4);
    check(&of(&["bob", "alice"], "sns:*"), &of(&["bob", "alice"], "sns:*"), "", 0);
}

#[test]
fn policies_that_nobody_has_are_compared_for_whoever_has_them() {
    let policy = |statement: &str| format!("policies: {{ p: {} }}\n", inline(statement));
    let group = |statement: &str, members: &str| {
        format!("{}groups: {{ staff: [p] }}\nprincipals: {{ ana: {{ user: ana{members} }} }}\n", policy(statement))
    };
    let none = "principals: { ana: { user: ana } }\n";
    check(&policy(PUBLISH_ONE), &policy(PUBLISH), "policy p gains sns:Publish", 1);
    check(&policy(GUARDED), &policy(PUBLISH), "policy p gains sqs:* (another_policy_allows)", 1);
    check(&policy(ACCOUNT), &policy(ANYBODY), "policy p, anonymous, any AWS account gains sns:Publish", 1);
    check(&policy(PUBLISH), &policy(PUBLISH), "", 0);
    check(none, &format!("{none}{}", policy(PUBLISH)), "policy p gains sns:Publish", 1);
    check(&format!("{none}{}", policy(GUARDED)), none, "policy p loses sns:Publish", 1);
    check(&group(PUBLISH_ONE, ""), &group(PUBLISH, ""), "group staff gains sns:Publish", 1);
    // Those whom somebody has are compared for them.
    let with = ", groups: [staff]";
    check(&group(PUBLISH_ONE, with), &group(PUBLISH, with), "ana gains sns:Publish", 1);
    check(&group(PUBLISH_ONE, with), &group(PUBLISH, ""), "ana loses sns:Publish; group staff gains sns:Publish", 2);
}

#[test]
fn a_key_lets_in_nobody_whom_its_policy_does_not() {
    let of = |policy: &str| {
        let users = format!("principals: {{ ana: {{ user: ana, policies: [{}] }} }}\n", inline(ALL));
        format!("{users}resources: {{ key: {{ arn: \"arn:aws:kms:eu-central-1:111122223333:key/1\"{policy} }} }}\n")
    };
    let with = |statement: &str| of(&format!(", policy: {}", inline(statement)));
    let (other, ana) = (key_policy("role/admin"), key_policy("user/ana"));
    check(&with(&other), &with(&format!("{other}, {ana}")), "ana on key gains kms:Decrypt", 2);
    check(&with(&ana), &of(""), "ana on key loses kms:Decrypt", 2);
}

const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

fn key_policy(principal: &str) -> String {
    format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:{principal}"}}, "Action": "kms:Decrypt", "Resource": "*"}}"#
    )
}
