//! Answers that are not the wanted ones.

use super::{fails, failure};
use iameval_test::{Mfa, TestRequest, World, assert_allowed, assert_denied, example, world};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(|| example("force-mfa"));

#[test]
fn a_denied_request_names_the_statement_its_place_and_what_would_turn_it() {
    fails(
        r#"
expected john.doe to be allowed iam:GetUser on self mfa=false, but it is denied (explicit)

deny   iam:GetUser  on arn:aws:iam::123456789012:user/john.doe  mfa=false (explicit)
  by        force-mfa#BlockEverythingUnlessSignedInWithMFA
            force-mfa/policies/force-mfa.json:25:5  via group PowerConsultants
      39 |         "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" }
         |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the request has "false"
  layers    scp -  rcp -  endpoint -  resource -  identity DENY  boundary -  session -
  flips     mfa=true: deny (implicit)   mfa=absent: still deny (explicit) (`IfExists` also matches a missing key)
"#,
        || assert_allowed!(WORLD, "john.doe", "iam:GetUser", resource = "self", mfa = false),
    );
}

#[test]
fn an_allowed_request_says_what_was_asked() {
    fails(
        r#"
expected john.doe to be denied iam:ChangePassword mfa=absent aws:SourceIp=203.0.113.7 no aws:SourceVpc, but it is allowed

allow  iam:ChangePassword  on arn:aws:iam::123456789012:user/john.doe (inferred: acts on the caller)  mfa=absent
  by        IAMUserChangePassword, statement 1  force-mfa/policies/IAMUserChangePassword.json:4:5  attached to john.doe
       6 |       "Action": ["iam:ChangePassword"],
         |                  ^^^^^^^^^^^^^^^^^^^^ covers iam:ChangePassword
       8 |         "arn:aws:iam::*:user/${aws:username}",
         |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ fits arn:aws:iam::123456789012:user/john.doe
  exempt    force-mfa#BlockEverythingUnlessSignedInWithMFA does not apply: `NotAction` lists iam:ChangePassword
            force-mfa/policies/force-mfa.json:29:9
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
"#,
        || {
            assert_denied!(
                WORLD,
                "john.doe",
                "iam:ChangePassword",
                mfa = absent,
                context = {"aws:SourceIp" => "203.0.113.7", "aws:SourceVpc" => absent},
            );
        },
    );
}

#[test]
fn first_lines() {
    let first = |test: &dyn Fn()| failure(test).0.lines().next().unwrap_or_default().to_owned();
    let john = || TestRequest::new("john.doe", "ec2:DescribeInstances");
    assert_eq!(
        first(&|| assert_denied!(WORLD, john(), mfa = false, kind = implicit)),
        "expected john.doe to be denied (implicit) ec2:DescribeInstances mfa=false, but it is denied (explicit)"
    );
    assert_eq!(
        first(&|| assert_denied!(WORLD, "john.doe", "iam:CreateUser", resource = "self", mfa = true, kind = explicit)),
        "expected john.doe to be denied (explicit) iam:CreateUser on self mfa=true, but it is denied (implicit)"
    );
    assert_eq!(
        first(&|| assert_denied!(WORLD, john().mfa(Mfa::Absent), by = "force-mfa#AllowListUsers")),
        "expected john.doe to be denied ec2:DescribeInstances mfa=absent by `force-mfa#AllowListUsers`, \
         but force-mfa#BlockEverythingUnlessSignedInWithMFA decided"
    );
    assert_eq!(
        first(&|| assert_denied!(WORLD, "john.doe", "iam:CreateUser", resource = "*", mfa = true, by = "Block")),
        "expected john.doe to be denied iam:CreateUser on * mfa=true by `Block`, but no statement decided"
    );
    assert_eq!(
        first(&|| assert_allowed!(WORLD, TestRequest::of("ec2:DescribeInstances").mfa(false))),
        "expected arn:aws:iam::123456789012:user/john.doe to be allowed ec2:DescribeInstances mfa=false, \
         but it is denied (explicit)"
    );
}

#[test]
fn a_failure_points_at_the_line_of_the_test() {
    let (_, line) = failure(|| assert_allowed!(WORLD, "john.doe", "ec2:DescribeInstances", mfa = false));
    assert_eq!(line, line!() - 1);
    let (_, line) = failure(|| assert_denied!(WORLD, TestRequest::of("ec2:DescribeInstances"), mfa = true));
    assert_eq!(line, line!() - 1);
    let (_, line) = failure(|| drop(world("nowhere.yaml")));
    assert_eq!(line, line!() - 1);
}

#[test]
fn what_depends_on_a_key_that_was_not_given_is_told() {
    let (text, _) = failure(|| assert_allowed!(WORLD, "john.doe", "ec2:DescribeInstances"));
    assert!(
        text.contains("\n  unknown   aws:MultiFactorAuthPresent could change this answer: it was not given\n"),
        "{text}"
    );
}

#[test]
fn in_a_strict_world_it_is_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "office.json",
        r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}}"#,
    );
    write(
        "world.yaml",
        "version: 1\naccount: '123456789012'\npolicies: {office: office.json}\n\
         principals: {jane: {user: jane, policies: [office]}}\n",
    );
    write("strict.yaml", "version: 1\nuse: [world.yaml]\ndefaults: {strict_context: true}\n");
    let (lax, strict) = (world(folder.path().join("world.yaml")), world(folder.path().join("strict.yaml")));
    assert_denied!(lax, "jane", "ec2:DescribeInstances");
    assert_denied!(strict, "jane", "ec2:DescribeInstances", context = {"aws:SourceIp" => absent}, kind = explicit);
    let (text, _) = failure(|| assert_denied!(strict, "jane", "ec2:DescribeInstances"));
    assert_eq!(
        text.lines().next(),
        Some("whether jane may ec2:DescribeInstances depends on context keys that were not given: aws:SourceIp")
    );
}

#[test]
fn a_policy_that_nobody_knows_decides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.yaml");
    let text = "principals:\n  ann: { user: \"arn:aws:iam::123456789012:user/ann\", \
                policies: [aws:AWSLambdaFullAccess, aws:ReadOnlyAccess] }\n";
    std::fs::write(&path, text).unwrap();
    let world = world(&path);
    let (allowed, _) = failure(|| assert_allowed!(world, "ann", "iam:ListUsers"));
    let (denied, _) = failure(|| assert_denied!(world, "ann", "lambda:InvokeFunction", resource = "*"));
    for text in [allowed, denied] {
        assert!(text.contains("the document of `aws:AWSLambdaFullAccess` is not known"), "{text}");
    }
}
