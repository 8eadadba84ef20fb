//! What is known of names, accounts and regions.

use super::{creates, load, plan, symbols, world};
use iameval_world::World;

fn arn(world: &World, name: &str) -> String {
    symbols(world).display(world.resources()[name].arn.as_str()).into_owned()
}

#[test]
fn arns_are_filled_in_from_what_is_known() {
    for (kind, after, expected) in [
        ("aws_s3_bucket", r#"{"bucket": "b"}"#, "arn:aws:s3:::b"),
        ("aws_s3_bucket", "{}", "arn:aws:s3:::${unknown:aws_s3_bucket.x.bucket}"),
        ("aws_kms_key", "{}", "arn:aws:kms:eu-west-1:111111111111:key/${unknown:aws_kms_key.x.key_id}"),
        ("aws_sqs_queue", r#"{"name": "q"}"#, "arn:aws:sqs:eu-west-1:111111111111:q"),
        ("aws_iam_policy", r#"{"name": "p", "path": "/a/"}"#, "arn:aws:iam::111111111111:policy/a/p"),
        ("aws_cloudwatch_log_group", r#"{"name": "/a/b"}"#, "arn:aws:logs:eu-west-1:111111111111:log-group:/a/b"),
        (
            "aws_secretsmanager_secret",
            r#"{"name": "s"}"#,
            "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-${unknown:aws_secretsmanager_secret.x.arn}",
        ),
        (
            "aws_codeartifact_repository",
            r#"{"repository": "r", "domain": "d"}"#,
            "arn:aws:codeartifact:eu-west-1:111111111111:repository/d/r",
        ),
        ("aws_iam_openid_connect_provider", r#"{"url": "https://x.y"}"#, "arn:aws:iam::111111111111:oidc-provider/x.y"),
        // The region of a resource is its own, where the provider lets it have one.
        (
            "aws_sns_topic",
            r#"{"name": "t", "region": "us-gov-west-1"}"#,
            "arn:aws-us-gov:sns:us-gov-west-1:111111111111:t",
        ),
    ] {
        let address: &'static str = Box::leak(format!("{kind}.x").into_boxed_str());
        let unknown = if after.contains("\"bucket\"") || after.contains("\"url\"") {
            r#"{"arn": true}"#
        } else {
            r#"{"arn": true, "id": true, "bucket": true, "key_id": true, "url": true}"#
        };
        let planned = creates(address, after).unknown(unknown).written("{}");
        assert_eq!(arn(&world(&[planned]), &format!("tf:{address}")), expected, "{kind} {after}");
    }
}

/// A value for one attribute is one for the others that come of it.
#[test]
fn attributes_follow_from_each_other() {
    let text =
        plan(&[creates("aws_kms_key.k", "{}").unknown(r#"{"arn": true, "id": true, "key_id": true}"#).written("{}")]);
    for (address, value, expected) in [
        ("aws_kms_key.k.key_id", "x", "arn:aws:kms:eu-west-1:111111111111:key/x"),
        ("aws_kms_key.k.id", "x", "arn:aws:kms:eu-west-1:111111111111:key/x"),
        ("aws_kms_key.k.arn", "arn:aws:kms:us-east-1:222222222222:key/y", "arn:aws:kms:us-east-1:222222222222:key/y"),
    ] {
        let world = load(&text, |plan| plan.value(address, value)).unwrap();
        assert_eq!(arn(&world, "tf:aws_kms_key.k"), expected);
    }
}

/// Keys have different ids, and buckets made by a prefix different names; names that are written may be the same.
#[test]
fn what_aws_makes_up_differs() {
    let key = |address| creates(address, "{}").unknown(r#"{"arn": true, "id": true, "key_id": true}"#).written("{}");
    let bucket = |address| {
        creates(address, "{}")
            .unknown(r#"{"arn": true, "bucket": true, "id": true}"#)
            .written(r#"{"bucket": {"references": ["local.name"]}}"#)
    };
    let world =
        world(&[key("aws_kms_key.a"), key("aws_kms_key.b"), bucket("aws_s3_bucket.a"), bucket("aws_s3_bucket.b")]);
    let symbols = symbols(&world);
    let differ = |left: &str, right: &str| symbols.differ(symbols.find(left).unwrap(), symbols.find(right).unwrap());
    assert!(differ("aws_kms_key.a.key_id", "aws_kms_key.b.key_id"));
    assert!(!differ("aws_s3_bucket.a.bucket", "aws_s3_bucket.b.bucket"));
}

const PROVIDERS: &str = r#"{"format_version": "1.2", "terraform_version": "1.9.0",
  "variables": {"region": {"value": "us-east-1"}},
  "resource_changes": [
    {"address": "aws_sqs_queue.a", "mode": "managed", "type": "aws_sqs_queue", "name": "a", "change": {
      "actions": ["create"], "after": {"name": "a"}, "after_unknown": {"arn": true}}},
    {"address": "aws_sqs_queue.b", "mode": "managed", "type": "aws_sqs_queue", "name": "b", "change": {
      "actions": ["create"], "after": {"name": "b"}, "after_unknown": {"arn": true}}},
    {"address": "aws_sqs_queue.c", "mode": "managed", "type": "aws_sqs_queue", "name": "c", "change": {
      "actions": ["create"], "after": {"name": "c"}, "after_unknown": {"arn": true}}},
    {"address": "aws_sqs_queue.d", "mode": "managed", "type": "aws_sqs_queue", "name": "d", "change": {
      "actions": ["create"], "after": {"name": "d"}, "after_unknown": {"arn": true}}}],
  "configuration": {"provider_config": {
    "aws": {"name": "aws"},
    "aws.us": {"name": "aws", "alias": "us", "expressions": {"region": {"references": ["var.region"]}}},
    "aws.other": {"name": "aws", "alias": "other", "expressions": {
      "region": {"constant_value": "us-west-2"}, "assume_role": [{"role_arn": {"references": ["var.role"]}}]}},
    "aws.said": {"name": "aws", "alias": "said", "expressions": {
      "region": {"constant_value": "us-west-2"}, "allowed_account_ids": {"constant_value": ["333333333333"]}}}},
  "root_module": {"resources": [
    {"address": "aws_sqs_queue.a", "type": "aws_sqs_queue", "name": "a", "provider_config_key": "aws", "expressions": {}},
    {"address": "aws_sqs_queue.b", "type": "aws_sqs_queue", "name": "b", "provider_config_key": "aws.us", "expressions": {}},
    {"address": "aws_sqs_queue.c", "type": "aws_sqs_queue", "name": "c", "provider_config_key": "aws.other", "expressions": {}},
    {"address": "aws_sqs_queue.d", "type": "aws_sqs_queue", "name": "d", "provider_config_key": "aws.said", "expressions": {}}]}}}"#;

#[test]
fn providers_have_accounts_and_regions() {
    let world = load(PROVIDERS, |plan| plan).unwrap();
    for (name, expected) in [
        ("a", "arn:aws:sqs:${unknown:AWS::Region}:111111111111:a"),
        ("b", "arn:aws:sqs:us-east-1:111111111111:b"),
        // Another role may be of another account.
        ("c", "arn:aws:sqs:us-west-2:${unknown:aws.other/AWS::AccountId}:c"),
        ("d", "arn:aws:sqs:us-west-2:333333333333:d"),
    ] {
        assert_eq!(arn(&world, &format!("tf:aws_sqs_queue.{name}")), expected);
    }
}

/// A state tells the account in what it has.
#[test]
fn the_account_is_that_of_what_is_there() {
    let state = r#"{"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {
      "resources": [{"address": "aws_iam_user.u", "mode": "managed", "type": "aws_iam_user", "name": "u", "values": {
        "name": "u", "path": "/", "arn": "arn:aws:iam::222222222222:user/u", "id": "u"}}],
      "child_modules": [{"address": "module.m[0]", "resources": [
        {"address": "module.m[0].aws_iam_user.u", "mode": "managed", "type": "aws_iam_user", "name": "u", "values": {
          "name": "v", "path": "/", "arn": "arn:aws:iam::222222222222:user/v", "id": "v"}}]}]}}}"#;
    let files = crate::testing::Memory::default().with("state.json", state);
    let world = World::from_sources(&files, &[&crate::Terraform::new("state.json")]).unwrap();
    assert_eq!(world.account().map(|account| account.to_string()).as_deref(), Some("222222222222"));
    assert!(world.principal("tf:module.m[0].aws_iam_user.u").is_some());
}

/// Several files are told apart by their names.
#[test]
fn several_plans_are_read_together() {
    let text = plan(&[creates("aws_kms_key.k", "{}").unknown(r#"{"arn": true, "key_id": true}"#).written("{}")]);
    let files = crate::testing::Memory::default().with("a.json", text.clone()).with("b.json", text);
    let both = crate::Terraform::new("a.json").and(crate::Terraform::new("b.json"));
    let world = World::from_sources(&files, &[&both]).unwrap();
    assert_eq!(
        arn(&world, "tf:a/aws_kms_key.k"),
        "arn:aws:kms:eu-west-1:${unknown:a/AWS::AccountId}:key/${unknown:a/aws_kms_key.k.key_id}"
    );
    assert_eq!(world.ambiguous("tf:aws_kms_key.k").len(), 2);
    let set = both.value("b/aws_kms_key.k.key_id", "x").account("444444444444");
    let world = World::from_sources(&files, &[&set]).unwrap();
    assert_eq!(arn(&world, "tf:b/aws_kms_key.k"), "arn:aws:kms:eu-west-1:444444444444:key/x");
}
