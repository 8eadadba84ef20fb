//! What a plan says an expression refers to, without saying how: what is taken from that, case by case.

use super::{Planned, Terraform, creates, identity, plan, resource, world};
use crate::testing::Memory;
use iameval_world::World;

const ROLE: Planned =
    creates("aws_iam_role.r", r#"{"name": "r", "path": "/"}"#).unknown(r#"{"arn": true, "id": true}"#).written("{}");
const OTHER: Planned =
    creates("aws_iam_role.q", r#"{"name": "q", "path": "/"}"#).unknown(r#"{"arn": true, "id": true}"#).written("{}");

const DOCUMENT: Planned =
    creates("data.aws_iam_policy_document.d", r#"{"statement": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}"#)
        .unknown(r#"{"id": true, "json": true, "minified_json": true}"#)
        .written("{}");

/// A document that the plan knows.
const KNOWN: Planned = creates(
    "data.aws_iam_policy_document.known",
    r#"{"json": "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}"}"#,
)
.written("{}");

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// The expression that refers to these, as a plan tells of it: each attribute is followed by what it is of.
fn refers(references: &[&str]) -> String {
    let texts: Vec<String> = references
        .iter()
        .flat_map(|text| match text.rsplit_once('.').filter(|(of, _)| of.contains('.')) {
            Some((of, _)) => vec![format!("\"{text}\""), format!("\"{of}\"")],
            None => vec![format!("\"{text}\"")],
        })
        .collect();
    format!(r#"{{"references": [{}]}}"#, texts.join(", "))
}

/// A policy that is not known is taken to be the document that it refers to only where it may be just that.
#[test]
fn a_policy_is_the_document_it_refers_to_or_may_say_anything() {
    const JSON: &str = "data.aws_iam_policy_document.d.json";
    let open = "Allow * if aws_iam_role_policy.p.policy; Deny * if aws_iam_role_policy.p.policy";
    for (references, expected) in [
        (&[JSON][..], "Allow s3:GetObject"),
        (&["data.aws_iam_policy_document.d.minified_json"], "Allow s3:GetObject"),
        // A conditional, `coalesce`, `merge` and their like refer to more.
        (&[JSON, "var.is_open"], open),
        (&[JSON, "local.other"], open),
        (&[JSON, JSON], open),
        // A function that changes what is known cannot be told apart from one that is not known.
        (&["data.aws_iam_policy_document.known.json"], open),
        (&["data.aws_iam_policy_document.d.id"], open),
        (&["aws_iam_role.q.assume_role_policy"], open),
        (&["var.policy"], open),
        (&["module.m.policy"], open),
        (&[], open),
    ] {
        let written = leak(format!(r#"{{"role": {{}}, "policy": {}}}"#, refers(references)));
        let policy = creates("aws_iam_role_policy.p", r#"{"name": "p", "role": "r"}"#)
            .unknown(r#"{"policy": true}"#)
            .written(written);
        let other = OTHER.unknown(r#"{"arn": true, "id": true, "assume_role_policy": true}"#);
        let lines = identity(&world(&[ROLE, other, DOCUMENT, KNOWN, policy]), "tf:aws_iam_role.r");
        assert_eq!(lines, [format!("tf:aws_iam_role_policy.p: {expected}")], "{references:?}");
    }
}

/// The same for what a policy is attached to.
#[test]
fn a_policy_is_attached_to_what_it_refers_to_or_perhaps_to_any() {
    for (references, is_certain) in [
        (&["aws_iam_role.r.id"][..], true),
        (&["aws_iam_role.r.arn"], true),
        // `coalesce(aws_iam_role.r.id, aws_iam_role.q.id)`
        (&["aws_iam_role.r.id", "aws_iam_role.q.id"], false),
        (&["aws_iam_role.r.id", "aws_iam_role.r.id"], false),
        (&["aws_iam_role.r.id", "var.suffix"], false),
        // Were it all, it would be known.
        (&["aws_iam_role.r.name"], false),
        (&["aws_iam_role.r.unique_id"], false),
        (&["var.role"], false),
        (&[], false),
    ] {
        let written = leak(format!(r#"{{"role": {}, "policy": {{}}}}"#, refers(references)));
        let policy = creates(
            "aws_iam_role_policy.p",
            r#"{"name": "p", "policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}]}"}"#,
        )
        .unknown(r#"{"role": true}"#)
        .written(written);
        let world = world(&[ROLE, OTHER, policy]);
        let perhaps = "tf:aws_iam_role_policy.p: Allow s3:GetObject if aws_iam_role_policy.p.role".to_owned();
        let (of_role, of_other) = if is_certain {
            (vec!["tf:aws_iam_role_policy.p: Allow s3:GetObject".to_owned()], Vec::new())
        } else {
            (vec![perhaps.clone()], vec![perhaps])
        };
        assert_eq!(identity(&world, "tf:aws_iam_role.r"), of_role, "{references:?}");
        assert_eq!(identity(&world, "tf:aws_iam_role.q"), of_other, "{references:?}");
        let told: Vec<&str> = world.warnings().iter().map(|warning| warning.diagnostic.message()).collect();
        let taken = "`aws_iam_role_policy.p.role` is taken to be what it refers to: a plan does not tell more";
        assert_eq!(told.contains(&taken), is_certain, "{references:?}: {told:?}");
    }
}

/// A leaf of a document may be part of a text, or come of one: `"${aws_iam_role.r.arn}/*"`, or the account of the role.
#[test]
fn what_stands_in_a_document_is_not_taken_to_be_what_it_refers_to() {
    let written = leak(format!(
        r#"{{"statement": [{{"resources": {}, "principals": [{{"identifiers": {}}}]}}]}}"#,
        refers(&["aws_s3_bucket.b.arn"]),
        refers(&["aws_iam_role.r.arn"])
    ));
    let document = creates(
        "data.aws_iam_policy_document.d",
        r#"{"statement": [{"sid": "A", "actions": ["s3:GetObject"], "resources": [null], "principals": [{"type": "AWS", "identifiers": [null]}]}]}"#,
    )
    .unknown(r#"{"json": true, "statement": [{"resources": [true], "principals": [{"identifiers": [true]}]}]}"#)
    .written(written);
    let bucket = creates("aws_s3_bucket.b", r#"{"bucket": "b"}"#).unknown(r#"{"arn": true, "id": true}"#).written("{}");
    let policy = creates("aws_s3_bucket_policy.p", r#"{"bucket": "b"}"#)
        .unknown(r#"{"policy": true}"#)
        .written(leak(format!(r#"{{"policy": {}}}"#, refers(&["data.aws_iam_policy_document.d.json"]))));
    let world = world(&[ROLE, bucket, document, policy]);
    let policy = world.resources()["tf:aws_s3_bucket.b"].policy.as_ref().unwrap();
    let text = super::symbols(&world).display(&policy.policy.document().to_string()).into_owned();
    assert_eq!(
        text,
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Principal":{"AWS":["${unknown:data.aws_iam_policy_document.d.statement[0].principals[0].identifiers[0]}"]},"Action":["s3:GetObject"],"Resource":["${unknown:data.aws_iam_policy_document.d.statement[0].resources[0]}"]}]}"#
    );
}

/// A name that is not known is not that of what it refers to.
#[test]
fn names_are_not_what_they_refer_to() {
    let text = plan(&[creates("aws_s3_bucket.b", "{}")
        .unknown(r#"{"arn": true, "bucket": true, "id": true}"#)
        .written(r#"{"bucket": {"references": ["var.stage"]}}"#)])
    .replacen('{', r#"{"variables": {"stage": {"value": "dev"}}, "#, 1);
    let world = super::load(&text, |plan| plan).unwrap();
    assert_eq!(
        super::symbols(&world).display(&world.resources()["tf:aws_s3_bucket.b"].arn.to_string()),
        "arn:aws:s3:::${unknown:aws_s3_bucket.b.bucket}"
    );
}

/// Where the source is at hand, it says how an expression refers to something.
#[test]
fn the_source_says_how() {
    const SOURCE: &str = r#"
resource "aws_s3_bucket" "b" {
  bucket = "b"
}
resource "aws_s3_bucket" "logs" {
  bucket = "b-logs"
}
data "aws_iam_policy_document" "d" {
  statement {
    actions    = ["s3:GetObject"]
    resources  = ["${aws_s3_bucket.b.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
resource "aws_s3_bucket_policy" "p" {
  bucket = "${aws_s3_bucket.b.id}-logs"
  policy = jsonencode({
    Statement = concat(jsondecode(data.aws_iam_policy_document.d.json).Statement, [
      { Effect = "Deny", Principal = "*", Action = "s3:PutObject", Resource = "*" }
    ])
  })
}
"#;
    let unknown = r#"{"arn": true, "id": true}"#;
    let text = plan(&[
        creates("aws_s3_bucket.b", r#"{"bucket": "b"}"#).unknown(unknown).written(r#"{"bucket": {}}"#),
        creates("aws_s3_bucket.logs", r#"{"bucket": "b-logs"}"#).unknown(unknown).written(r#"{"bucket": {}}"#),
        creates(
            "data.aws_iam_policy_document.d",
            r#"{"statement": [{"actions": ["s3:GetObject"], "resources": ["*"], "principals": [{"type": "AWS", "identifiers": ["*"]}]}]}"#,
        )
        .unknown(r#"{"json": true, "id": true}"#)
        .written(leak(format!(r#"{{"statement": [{{"resources": {}}}]}}"#, refers(&["aws_s3_bucket.b.arn"])))),
        creates("aws_s3_bucket_policy.p", "{}").unknown(r#"{"bucket": true, "policy": true}"#).written(leak(format!(
            r#"{{"bucket": {}, "policy": {}}}"#,
            refers(&["aws_s3_bucket.b.id"]),
            refers(&["data.aws_iam_policy_document.d.json"])
        ))),
    ]);
    let files = Memory::default().with("plan.json", text).with("infra/main.tf", SOURCE);
    let plan = Terraform::new("plan.json").account("111111111111");
    let alone = World::from_sources(&files, &[&plan]).unwrap();
    assert_eq!(
        resource(&alone, "tf:aws_s3_bucket.b").as_deref(),
        Some("tf:aws_s3_bucket_policy.p: Allow s3:GetObject")
    );
    let both = World::from_sources(&files, &[&plan.source("infra")]).unwrap();
    assert_eq!(resource(&both, "tf:aws_s3_bucket.b"), None);
    assert_eq!(
        resource(&both, "tf:aws_s3_bucket.logs").as_deref(),
        Some("tf:aws_s3_bucket_policy.p: Allow s3:GetObject; Deny s3:PutObject")
    );
    assert_eq!(both.warnings(), []);
}

/// A plan that says something else than its source is older: both places are told. How a document is written is no difference.
#[test]
fn a_plan_and_its_source_say_the_same() {
    const PLANNED: &str = r#"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Action\":[\"s3:A\",\"s3:B\"],\"Effect\":\"Allow\",\"Resource\":\"*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"true\"}}}]}"#;
    let text = plan(&[
        creates("aws_iam_user.u", r#"{"name": "u"}"#).written(r#"{"name": {"constant_value": "u"}}"#),
        creates("aws_iam_user_policy.p", leak(format!(r#"{{"user": "u", "policy": "{PLANNED}"}}"#)))
            .written(r#"{"user": {}, "policy": {}}"#),
    ]);
    let read_with = |statement: &str, is_named: bool, more: &str| {
        let source = format!(
            "resource \"aws_iam_user\" \"u\" {{\n  name = \"u\"\n}}\nresource \"aws_iam_user_policy\" \"p\" {{\n  user = aws_iam_user.u.name\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{statement}] }})\n{more}}}\n"
        );
        // Files of Windows may begin with a mark.
        let files = Memory::default().with("plan.json", format!("\u{feff}{text}")).with("./main.tf", source);
        let plan = Terraform::new("plan.json").account("111111111111");
        World::from_sources(&files, &[&if is_named { plan.source(".") } else { plan }])
    };
    let read = |statement: &str, is_named: bool| read_with(statement, is_named, "");
    let same = r#"{ Effect = "Allow", Action = ["s3:B", "s3:A"], Resource = ["*"], Condition = { Bool = { "aws:SecureTransport" = true } } }"#;
    let world = read(same, true).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
    assert_eq!(identity(&world, "tf:aws_iam_user.u"), ["tf:aws_iam_user_policy.p: Allow s3:A+s3:B"]);
    assert_eq!(world.warnings(), []);
    for other in [
        same.replace("s3:B", "s3:C"),
        same.replace("Allow", "Deny"),
        same.replace(", Condition = { Bool = { \"aws:SecureTransport\" = true } }", ""),
        same.replace("true", "false"),
        format!("{same}, {}", same.replace("Allow", "Deny")),
    ] {
        let wrong = read(&other, true).unwrap_err();
        let told = super::shown(&wrong[0]);
        let expected = "the plan was not made of this source: `aws_iam_user_policy.p.policy` is something else at ./main.tf:6; make the plan anew";
        assert!(wrong.len() == 1 && told.contains(expected), "{other}: {told}");
        let world = read(&other, false).unwrap();
        assert_eq!(identity(&world, "tf:aws_iam_user.u"), ["tf:aws_iam_user_policy.p: Allow s3:A+s3:B"]);
        assert!(super::shown(&world.warnings()[0]).contains("is something else at ./main.tf:6"));
        // Where changes are ignored, what is deployed stays.
        let world = read_with(&other, true, "  lifecycle { ignore_changes = [policy] }\n").unwrap();
        assert_eq!(identity(&world, "tf:aws_iam_user.u"), ["tf:aws_iam_user_policy.p: Allow s3:A+s3:B"]);
        assert_eq!(world.warnings(), []);
    }
}
