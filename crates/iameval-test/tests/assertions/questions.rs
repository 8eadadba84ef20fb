//! Requests that cannot be asked.

use super::fails;
use iameval_test::{Decide, Decision, TestRequest, World, assert_allowed, assert_denied, example, world};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(|| example("force-mfa"));

/// A larger world, of the repository.
static COMPANY: LazyLock<World> = LazyLock::new(|| world("../../fixtures/worlds/company/world.yaml"));

#[test]
fn nobody_is_called_so() {
    fails(
        "cannot check whether jon.doe may iam:GetUser: the world has no principal `jon.doe`\n\
         help: did you mean `john.doe`?",
        || assert_allowed!(WORLD, "jon.doe", "iam:GetUser"),
    );
    fails(
        "cannot check whether nobody may iam:GetUser: the world has no principal `nobody`\n\
         help: the world has john.doe, john.without-attached-policy",
        || assert_denied!(WORLD, "nobody", "iam:GetUser"),
    );
    fails(
        "cannot check whether arn:aws:iam::123456789012:user/eve may iam:GetUser: the world does not contain \
        `arn:aws:iam::123456789012:user/eve`, so nothing is attached to it\n\
         help: the world has john.doe, john.without-attached-policy",
        || assert_denied!(WORLD, "arn:aws:iam::123456789012:user/eve", "iam:GetUser"),
    );
    fails(
        "cannot check whether arn:aws:iam::1234:user/john.doe may iam:GetUser: `arn:aws:iam::1234:user/john.doe` has \
        no account: \
         `1234` is not an account id: expected 12 digits\n\
         help: users and roles are `arn:aws:iam::ACCOUNT:user/NAME`, sessions `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`",
        || assert_denied!(WORLD, "arn:aws:iam::1234:user/john.doe", "iam:GetUser"),
    );
}

#[test]
fn those_whose_policies_do_not_matter_need_not_be_known() {
    let root = TestRequest::new("arn:aws:iam::123456789012:root", "s3:ListAllMyBuckets");
    assert_eq!(WORLD.decision(&root), Ok(Decision::Allowed));
    let service = TestRequest::new("lambda.amazonaws.com", "s3:ListAllMyBuckets");
    assert_eq!(WORLD.decision(&service), Err("there are no policies to evaluate".into()));
}

#[test]
fn an_action_that_aws_does_not_have_is_a_slip() {
    fails(
        "cannot check whether john.doe may iam:GetUsers on self: `iam` has no action `GetUsers`\n\
         help: did you mean `iam:GetUser`? `TestRequest::unlisted` says that the action is intended",
        || assert_denied!(WORLD, "john.doe", "iam:GetUsers", resource = "self"),
    );
    fails(
        "cannot check whether john.doe may app:Read on *: no AWS service has the prefix `app`\n\
         help: `TestRequest::unlisted` says that the action is intended",
        || assert_denied!(WORLD, "john.doe", "app:Read", resource = "*"),
    );
    assert_denied!(WORLD, TestRequest::new("john.doe", "app:Read").resource("*").unlisted());
    fails(
        "cannot check whether john.doe may s3:GetObject on arn:aws:s3:::b: `s3:GetObject` is never evaluated on \
        `arn:aws:s3:::b`\n\
         help: its resources are `arn:aws:s3:::BUCKET/KEY`, \
         `arn:aws:s3:REGION:ACCOUNT:accesspoint/ACCESS_POINT/object/KEY`, \
         `arn:aws:s3::ACCOUNT:accesspoint/ACCESS_POINT_ALIAS/object/KEY`; \
         `TestRequest::unlisted` says that the action is intended",
        || assert_denied!(WORLD, "john.doe", "s3:GetObject", resource = "arn:aws:s3:::b"),
    );
    fails(
        "cannot check whether john.doe may GetUser: `GetUser` is not an action: expected a service prefix, one colon \
        and a \
         name, as in `s3:GetObject`\n\
         help: write it as `service:Action`, such as `iam:ChangePassword`",
        || assert_allowed!(WORLD, "john.doe", "GetUser"),
    );
}

#[test]
fn resources_and_endpoints_are_known_or_not() {
    fails(
        "cannot check whether boris may s3:ListBucket on report: the world has no resource `report`\n\
         help: did you mean `reports`?",
        || assert_allowed!(COMPANY, "boris", "s3:ListBucket", resource = "report"),
    );
    fails(
        "cannot check whether boris may s3:ListBucket on arn:x: `arn:x` is not an ARN: expected \
         `arn:partition:service:region:account:resource`\n\
         help: an ARN looks like `arn:aws:s3:::bucket/key`; `*` and `self` are accepted as well",
        || assert_allowed!(COMPANY, "boris", "s3:ListBucket", resource = "arn:x"),
    );
    fails(
        "cannot check whether boris may s3:ListBucket on reports via s3-gatway: the world has no endpoint `s3-gatway`\n\
         help: did you mean `s3-gateway`?",
        || assert_allowed!(COMPANY, "boris", "s3:ListBucket", resource = "reports", via = "s3-gatway"),
    );
}

#[test]
fn a_resource_that_matters_must_be_named() {
    let answer = COMPANY.answer(&TestRequest::new("boris", "s3:GetObject")).map(|answer| answer.simulation.decision);
    let why = answer.unwrap_err();
    assert!(
        why.starts_with(
            "the answer for s3:GetObject depends on the resource: these statements distinguish resources: "
        )
    );
    assert!(why.contains("\nhelp: give a `resource`: an ARN such as `arn:aws:s3:::"), "{why}");
}

#[test]
fn who_asks_is_said_where_there_are_several() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.yaml");
    std::fs::write(&file, "version: 1\naccount: '123456789012'\nprincipals: {jane: {user: jane}, bob: {user: bob}}\n")
        .unwrap();
    assert_eq!(
        world(&file).decision(&TestRequest::of("ec2:DescribeInstances")),
        Err("the request has no principal, and the world has no default principal\nhelp: the world has bob, \
        jane"
            .into())
    );
}
