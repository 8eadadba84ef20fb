//! What is marked as sensitive is in nothing that is made of a plan.

use super::{creates, load, plan};
use crate::Terraform;
use crate::testing::Memory;
use std::fmt::Write;

const SECRET: &str = "correct-horse-battery";

#[test]
fn sensitive_values_are_in_no_output() {
    let policy = r#"{"user": "u", "name": "p", "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::correct-horse-battery\"}]}"}"#;
    let text = plan(&[
        creates("aws_iam_user.u", r#"{"name": "u", "tags": {"token": "correct-horse-battery"}}"#)
            .sensitive(r#"{"tags": true}"#),
        creates(
            "aws_iam_user.v",
            r#"{"name": "v", "tags": {"s": "correct-horse-battery"}, "tags_all": {"s": "correct-horse-battery"}}"#,
        )
        .sensitive(r#"{"tags": {"s": true}, "tags_all": {}}"#),
        creates("aws_iam_user_policy.p", policy).sensitive(r#"{"policy": true}"#),
        creates("aws_iam_access_key.k", r#"{"user": "u", "secret": "correct-horse-battery"}"#),
        creates("aws_s3_bucket.b", r#"{"bucket": "correct-horse-battery"}"#).sensitive(r#"{"bucket": true}"#),
    ]);
    assert!(text.contains(SECRET));
    let world = load(&text, |plan| plan).unwrap();
    let mut all = format!("{:?}", world.symbols());
    for known in world.policies() {
        write!(all, "{:?} {}", known.policy, known.policy.source.text).unwrap();
    }
    write!(all, "{:?} {:?} {:?}", world.principals(), world.resources(), world.warnings()).unwrap();
    assert!(!all.contains(SECRET));
    // A policy that is not shown may say anything.
    let policy = &world.principal("tf:aws_iam_user.u").unwrap().identity()[0].policy.clone();
    assert_eq!(policy.document().statements().len(), 2);
    let files = Memory::default().with("plan.json", text);
    let policies = Terraform::new("plan.json").policies(&files).unwrap();
    assert!(!format!("{policies:?}").contains(SECRET));
}

/// What a call passes for a sensitive variable of its module, in source.
#[test]
fn what_calls_pass_for_sensitive_variables_is_in_no_output() {
    for passed in ["\"correct-horse-battery\"", "upper(\"correct-horse-battery\")", "{ a = \"correct-horse-battery\" }"]
    {
        let main = format!(
            "module \"m\" {{\n  source   = \"./m\"\n  password = {passed}\n  policy   = jsonencode({{ Statement = [{{ Effect = \"Allow\", Action = \"s3:*\", Resource = \"*\" }}] }})\n}}\n"
        );
        let module = "variable \"password\" {\n  sensitive = true\n}\nvariable \"policy\" {}\nresource \"aws_iam_user\" \"u\" {\n  name = \"u\"\n  tags = { s = var.password }\n}\nresource \"aws_iam_user_policy\" \"p\" {\n  user   = \"u\"\n  policy = var.policy\n}\n";
        let files = Memory::default().with("infra/main.tf", main).with("infra/m/main.tf", module);
        let source = Terraform::new("infra").account("111111111111");
        let policies = source.policies(&files).unwrap();
        assert!(!format!("{policies:?}").contains(SECRET), "{passed}");
        let world = iameval_world::World::from_sources(&files, &[&source]).unwrap();
        let mut all = format!("{:?} {:?} {:?}", world.symbols(), world.principals(), world.warnings());
        for known in world.policies() {
            write!(all, "{:?} {}", known.policy, known.policy.source.text).unwrap();
        }
        assert!(!all.contains(SECRET), "{passed}");
    }
}
