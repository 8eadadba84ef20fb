use iameval_test::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
fn failure(test: impl FnOnce()) {
    let panic = catch_unwind(AssertUnwindSafe(test)).expect_err("the test passes");
    match panic.downcast::<String>() { Ok(text) => println!("{text}\n------"), Err(p) => println!("{}\n------", p.downcast::<&str>().unwrap()) }
}
#[test]
fn show() {
    let world = example("force-mfa");
    failure(|| assert_allowed!(world, "john.doe", "iam:GetUser", resource = "self", mfa = false));
    failure(|| assert_denied!(world, "john.doe", "iam:ChangePassword", mfa = absent, context = {"aws:SourceIp" => "203.0.113.7", "aws:SourceVpc" => absent}));
    failure(|| assert_denied!(world, "john.doe", "ec2:DescribeInstances", mfa = false, kind = implicit));
    failure(|| assert_denied!(world, "john.doe", "ec2:DescribeInstances", mfa = false, by = "force-mfa#BlockEverything"));
    failure(|| assert_allowed!(world, "john.doe", "ec2:DescribeInstances"));
    failure(|| assert_allowed!(world, "jon.doe", "iam:GetUser"));
    failure(|| assert_allowed!(world, "nobody", "iam:GetUser"));
    failure(|| assert_allowed!(world, "arn:aws:iam::123456789012:user/eve", "iam:GetUser"));
    failure(|| assert_allowed!(world, "john.doe", "iam:GetUsers", resource = "self"));
    failure(|| assert_allowed!(world, "john.doe", "iam"));
    failure(|| assert_allowed!(world, "john.doe", "iam:EnableMFADevice", resource = "buckt/x"));
    failure(|| assert_allowed!(world, "john.doe", "iam:EnableMFADevice", resource = "arn:x"));
    failure(|| assert_allowed!(world, "john.doe", "s3:GetObject", via = "gate"));
    failure(|| assert_allowed!(world, "john.doe", "iam:CreateVirtualMFADevice"));
    let p = Policies::new().identity("own", r#"{"Statement":{"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::reports/*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}}"#);
    failure(|| assert_allowed!(p, "arn:aws:iam::123456789012:user/jane", "s3:GetObject", resource="arn:aws:s3:::reports/a"));
    failure(|| assert_allowed!(p, Request::of("s3:GetObject")));
    failure(|| assert_allowed!(p.set(), Request::of("s3:GetObject").resource("arn:aws:s3:::reports/a")));
    failure(|| assert_allowed!(p.set(), "jane", "s3:GetObject"));
    failure(|| assert_allowed!(Policies::new(), Request::of("s3:GetObject")));
    failure(|| assert_allowed!(p, Request::of("s3:GetObject"), via = "x"));
    failure(|| {let _ = Policies::new().identity("own", r#"{"Statement":{"Effect":"Alow","Action":"s3:Get*","Resource":"*"}}"#);});
    failure(|| {let _ = Policies::new().scp("own", r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"*"}}"#);});
    failure(|| {let _ = Policies::new().file(PolicyKind::Identity, "nowhere.json");});
    failure(|| {let _ = Policies::new().file(PolicyKind::Identity, "aws:PowerUser");});
    failure(|| {let _ = world_("nowhere.yaml");});
    failure(|| {let _ = example("force-mf");});
}
use iameval_test::world as world_;
