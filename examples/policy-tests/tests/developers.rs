//! What developers may do.

use iameval_test::{World, assert_allowed, assert_denied, assert_matrix, world};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(|| world("world.yaml"));

#[test]
fn deletion_needs_mfa() {
    assert_matrix!(
        WORLD,
        "jane",
        "
        action                  resource                                                       mfa=true  mfa=false  mfa=absent
        ec2:TerminateInstances  arn:aws:ec2:eu-central-1:123456789012:instance/i-1             allow     explicit   explicit
        ec2:StopInstances       arn:aws:ec2:eu-central-1:123456789012:instance/i-1             allow     allow      allow
        dynamodb:DeleteTable    arn:aws:dynamodb:eu-central-1:123456789012:table/t             allow     explicit   explicit
        iam:DeleteAccessKey     self                                                           allow     explicit   explicit
        "
    );
}

#[test]
fn the_guard_decides() {
    assert_denied!(
        WORLD,
        "jane",
        "s3:DeleteObject",
        resource = "releases/v1",
        mfa = absent,
        by = "guard#DeletionNeedsMfa"
    );
}

#[test]
fn work_stays_in_the_region() {
    let elsewhere = "us-east-1";
    assert_allowed!(WORLD, "jane", "ec2:RunInstances", resource = "*", mfa = true, by = "Work");
    assert_denied!(
        WORLD,
        "jane",
        "ec2:RunInstances",
        resource = "*",
        mfa = true,
        context = {"aws:RequestedRegion" => elsewhere},
        kind = implicit,
    );
}

#[test]
fn keys_are_ones_own() {
    assert_allowed!(WORLD, "jane", "iam:CreateAccessKey", resource = "self");
    assert_denied!(WORLD, "jane", "iam:CreateAccessKey", resource = "arn:aws:iam::123456789012:user/bob");
}
