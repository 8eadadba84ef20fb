//! Hostile plans, and how the cost grows.

use super::load;
use std::fmt::Write;

/// A plan with many resources of each kind that refers to others.
fn large(count: usize) -> String {
    let (mut changes, mut written) = (String::new(), String::new());
    for index in 0..count {
        let separator = if index == 0 { "" } else { "," };
        let _ = write!(
            changes,
            r#"{separator}{{"address": "aws_s3_bucket.b{index}", "mode": "managed", "type": "aws_s3_bucket", "name": "b{index}",
                "change": {{"actions": ["create"], "after": {{}}, "after_unknown": {{"arn": true, "bucket": true, "id": true}}}}}},
               {{"address": "aws_s3_bucket_policy.p{index}", "mode": "managed", "type": "aws_s3_bucket_policy", "name": "p{index}",
                "change": {{"actions": ["create"], "after": {{}}, "after_unknown": {{"bucket": true, "policy": true}}}}}}"#
        );
        let _ = write!(
            written,
            r#"{separator}{{"address": "aws_s3_bucket.b{index}", "type": "aws_s3_bucket", "name": "b{index}", "expressions": {{}}}},
               {{"address": "aws_s3_bucket_policy.p{index}", "type": "aws_s3_bucket_policy", "name": "p{index}", "expressions": {{
                "bucket": {{"references": ["aws_s3_bucket.b{index}.id", "aws_s3_bucket.b{index}"]}},
                "policy": {{"references": ["aws_s3_bucket.b{index}.arn", "aws_s3_bucket.b{index}"]}}}}}}"#
        );
    }
    format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [{changes}],
            "configuration": {{"root_module": {{"resources": [{written}]}}}}}}"#
    )
}

#[test]
fn what_is_unknown_grows_like_the_plan() {
    let count = |text: &str| load(text, |plan| plan).unwrap().symbols().unwrap().len();
    let (small, big) = (count(&large(20)), count(&large(200)));
    assert!(big <= small * 11, "{small} {big}");
}

#[test]
fn references_in_a_circle_end() {
    let text = r#"{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [
        {"address": "aws_iam_user.a", "mode": "managed", "type": "aws_iam_user", "name": "a", "change": {
          "actions": ["create"], "after": {}, "after_unknown": {"name": true}}},
        {"address": "aws_iam_user.b", "mode": "managed", "type": "aws_iam_user", "name": "b", "change": {
          "actions": ["create"], "after": {}, "after_unknown": {"name": true}}}],
      "configuration": {"root_module": {"module_calls": {"m": {
          "expressions": {"x": {"references": ["module.m.y"]}}, "module": {"outputs": {"y": {"expression": {"references": ["var.x"]}}}}}},
        "resources": [
        {"address": "aws_iam_user.a", "type": "aws_iam_user", "name": "a", "expressions": {"name": {"references": ["aws_iam_user.b.name"]}}},
        {"address": "aws_iam_user.b", "type": "aws_iam_user", "name": "b", "expressions": {"name": {"references": ["aws_iam_user.a.name"]}}}]}}}"#;
    assert_eq!(load(text, |plan| plan).unwrap().principals().len(), 2);
    let through_module = text.replace("aws_iam_user.b.name", "module.m.y");
    assert_eq!(load(&through_module, |plan| plan).unwrap().principals().len(), 2);
}

#[test]
fn anything_instead_of_a_value_is_read_without_end_or_panic() {
    let text = super::plan(&[
        super::creates("aws_iam_role.r", r#"{"name": "r", "inline_policy": [{"name": "x", "policy": "{}"}]}"#)
            .unknown(r#"{"arn": true}"#)
            .written(r#"{"name": {}}"#),
        super::creates("data.aws_iam_policy_document.d", r#"{"statement": [{"actions": ["x"]}]}"#)
            .unknown(r#"{"json": true}"#)
            .written(r#"{"statement": [{"actions": {"references": ["var.x"]}}]}"#),
    ]);
    for old in [
        "\"r\"",
        "[{\"name\": \"x\", \"policy\": \"{}\"}]",
        "{\"arn\": true}",
        "[\"x\"]",
        "{}",
        "\"create\"",
        "\"aws\"",
    ] {
        for new in ["null", "true", "7", "[]", "[[[]]]", "{\"a\": {}}", "\"\"", "[null, {\"x\": [true]}]"] {
            let _ = load(&text.replace(old, new), |plan| plan);
        }
    }
}
