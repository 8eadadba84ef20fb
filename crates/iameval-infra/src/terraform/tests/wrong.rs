//! What is wrong with plans and states, and what is told of them.

use super::{creates, plan, told};

#[test]
fn files_that_cannot_be_read() {
    for (text, expected) in [
        (
            r#"{"format_version": "2.0", "terraform_version": "2.0.0", "resource_changes": []}"#,
            "1:20: format version `2.0` is not known; versions up to 1.x are read; use `terraform show -json` of a version of Terraform that writes one",
        ),
        (
            r#"{"format_version": 7, "resource_changes": []}"#,
            "1:20: format version `` is not known; versions up to 1.x are read; use `terraform show -json` of a version of Terraform that writes one",
        ),
        (
            r#"{"format_version": "1.0", "provider_schemas": {}}"#,
            "1:1: this is neither a plan nor a state; write one with `terraform show -json plan.bin > plan.json`, or without a file for the state",
        ),
        (
            r#"{"format_version": "1.0", "terraform_version": "1.5.0"}"#,
            "1:1: the state is empty; name the state of a configuration that was applied",
        ),
        (
            r#"{"version": 4, "terraform_version": "1.5.0", "serial": 1, "lineage": "x", "resources": []}"#,
            "1:1: this is Terraform's own file of a state; write it as JSON with `terraform show -json > state.json`, and name that",
        ),
        (
            r#"{"format_version": "1.2", "resource_changes": [], "errored": true}"#,
            "1:62: the plan is not complete: planning failed; mend what `terraform plan` says, and plan again",
        ),
        (
            "{\"format_version\": \"1.2\", \"resource_changes\": [], \"x\": \"\u{100001}\"}",
            "1:1: this file holds a character of the last plane of Unicode, which is private; remove the character; it stands for nothing",
        ),
        (
            r#"{"format_version": "1.2", "resource_changes": ["#,
            "1:48: expected a JSON value, found the end of the text",
        ),
    ] {
        let told = told(text, |plan| plan);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(expected), "{text}: {told:?}");
    }
}

#[test]
fn a_minor_version_that_is_not_known_is_read() {
    let text = plan(&[creates("aws_iam_user.u", r#"{"name": "u"}"#)]).replace("1.2", "1.99");
    assert_eq!(told(&text, |plan| plan), [""; 0]);
}

#[test]
fn a_plan_that_deletes_everything_is_refused() {
    let text = plan(&[creates("aws_iam_user.u", r#"{"name": "u"}"#).deleted()]);
    let told = told(&text, |plan| plan);
    assert!(
        told[0].contains("the plan deletes everything, so there is nothing to ask about; name the state"),
        "{told:?}"
    );
}

#[test]
fn an_action_that_is_not_known_is_refused() {
    let text = plan(&[creates("aws_iam_user.u", r#"{"name": "u"}"#)]).replace("\"create\"", "\"creat\"");
    let told = told(&text, |plan| plan);
    assert!(told[0].contains("what the action `creat` does is not known; did you mean `create`?"), "{told:?}");
}

#[test]
fn a_policy_that_is_none_is_told_where_it_stands() {
    let text = plan(&[
        creates("aws_iam_user.u", r#"{"name": "u"}"#),
        creates(
            "aws_iam_user_policy.p",
            r#"{"user": "u", "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Alow\"}]}"}"#,
        ),
    ]);
    let told = told(&text, |plan| plan);
    assert!(told.iter().any(|line| line.contains("`Alow`")), "{told:?}");
    let wrong = told.iter().find(|line| line.contains("`Alow`")).unwrap();
    let at: Vec<usize> = wrong.split(':').take(2).map(|number| number.parse().unwrap()).collect();
    let line = text.lines().nth(at[0] - 1).unwrap();
    assert!(line.get(at[1] - 1..).is_some_and(|rest| rest.starts_with("\\\"Alow")), "{told:?} {line}");
}

#[test]
fn values_are_given_to_what_is_there() {
    let text =
        plan(&[creates("aws_kms_key.k", "{}").unknown(r#"{"arn": true, "key_id": true, "id": true}"#).written("{}")]);
    let told = told(&text, |plan| plan.value("aws_kms_key.k.key_ids", "x"));
    assert_eq!(told.len(), 1);
    assert!(
        told[0].ends_with(
            "there is nothing at `aws_kms_key.k.key_ids` to give a value; did you mean `aws_kms_key.k.key_id`?"
        ),
        "{told:?}"
    );
    let account = super::told(&text, |plan| plan.account("1234"));
    assert!(account[0].contains("`1234` is not an account id; an account id is twelve digits"), "{account:?}");
}

#[test]
fn a_policy_that_is_not_in_the_plan_says_why() {
    let text = plan(&[
        creates("aws_s3_bucket.b", "{}").unknown(r#"{"arn": true, "bucket": true, "id": true}"#).written("{}"),
        creates("aws_s3_bucket_policy.p", "{}").unknown(r#"{"bucket": true, "policy": true}"#).written(
            r#"{"bucket": {"references": ["aws_s3_bucket.b.id", "aws_s3_bucket.b"]},
                "policy": {"references": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}}"#,
        ),
    ]);
    let told = super::told(&text, |plan| plan);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].contains(
        "`aws_s3_bucket_policy.p.bucket` is taken to be what it refers to: a plan does not tell more; name the folder"
    ));
    assert!(
        told[0].contains("the policy `aws_s3_bucket_policy.p.policy` is not in the plan: it refers to `aws_s3_bucket.b.arn`; write it as"),
        "{told:?}"
    );
    let strict = super::told(&text, super::Terraform::unknown_as_error);
    assert_eq!(strict, told);
    let given = super::told(&text, |plan| {
        plan.value("aws_s3_bucket_policy.p.policy", r#"{"Version": "2012-10-17", "Statement": []}"#)
            .value("aws_s3_bucket_policy.p.bucket", "b")
    });
    assert_eq!(given, [""; 0]);
}
