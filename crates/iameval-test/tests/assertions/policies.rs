//! Policies without a world.

use super::fails;
use iameval_test::{Decide, Decision, Policies, PolicyKind, TestRequest, assert_allowed, assert_denied};

const READ: &str = r#"{"Version": "2012-10-17", "Statement": [{
  "Sid": "Read",
  "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
}]}"#;

const EVERYTHING: &str = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

fn get() -> TestRequest {
    TestRequest::new("arn:aws:iam::123456789012:user/jane", "s3:GetObject").resource("arn:aws:s3:::reports/a")
}

#[test]
fn a_failure_shows_the_statement() {
    let policies = Policies::new().identity("reader", READ);
    assert_allowed!(policies, get().context("aws:SourceIp", "203.0.113.7"), by = "reader#Read");
    fails(
        r#"
expected arn:aws:iam::123456789012:user/jane to be allowed s3:GetObject on arn:aws:s3:::reports/a aws:SourceIp=192.0.2.1, but it is denied (implicit)

deny   s3:GetObject  on arn:aws:s3:::reports/a (implicit)
  why       no statement allows it
  nearly    reader#Read, which would allow it  reader:1:41
       4 |   "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
         |                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
         | the request has "192.0.2.1"; aws:SourceIp=203.0.113.0 would match
  layers    scp -  rcp -  endpoint -  resource -  identity no-allow  boundary -  session -
  flips     aws:SourceIp=203.0.113.0: allow
  note      the ARN contains no account; the resource is assumed to belong to 123456789012
"#,
        || assert_allowed!(policies, get(), context = {"aws:SourceIp" => "192.0.2.1"}),
    );
}

#[test]
fn a_plain_set_is_asked_as_well() {
    let policies = Policies::new().identity("reader", READ);
    assert_allowed!(policies.set(), get(), context = {"aws:SourceIp" => "203.0.113.7"});
    fails(
        r"
expected arn:aws:iam::123456789012:user/jane to be allowed s3:GetObject on arn:aws:s3:::reports/a, but it is denied (implicit)

deny   s3:GetObject  on arn:aws:s3:::reports/a (implicit)
  why       no statement allows it
  nearly    reader#Read
  layers    scp -  rcp -  endpoint -  resource -  identity no-allow  boundary -  session -
  unknown   aws:SourceIp could change this answer: it was not given
  note      the ARN contains no account; the resource is assumed to belong to 123456789012
",
        || assert_allowed!(policies.set(), get()),
    );
}

#[test]
fn policies_of_every_kind_limit_or_grant() {
    let owner = r#"{"Statement": {"Sid": "Jane", "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "*", "Resource": "*"}}"#;
    let public = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    let lists = r#"{"Statement": {"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}}"#;
    let full = || Policies::new().identity("full", EVERYTHING);
    let decision = |policies: Policies| policies.decision(&get()).unwrap();
    assert_eq!(decision(full()), Decision::Allowed);
    assert_eq!(decision(full().boundary("lists", lists)), Decision::ImplicitDeny);
    let session = || {
        TestRequest::new("arn:aws:sts::123456789012:assumed-role/app/run-1", "s3:GetObject")
            .resource("arn:aws:s3:::reports/a")
    };
    let in_session = |policies: Policies| policies.decision(&session()).unwrap();
    assert_eq!(in_session(full().session("lists", lists)), Decision::ImplicitDeny);
    assert_eq!(in_session(full().session("lists", lists).session("full", EVERYTHING)), Decision::Allowed);
    let scoped_down = || full().scope_down("full", EVERYTHING);
    assert_eq!([decision(scoped_down()), in_session(scoped_down())], [Decision::Allowed; 2]);
    let twice = || full().scope_down("lists", lists).scope_down("full", EVERYTHING);
    assert_eq!([decision(twice()), in_session(twice())], [Decision::ImplicitDeny; 2]);
    assert_eq!(decision(full().scp("lists", lists)), Decision::ImplicitDeny);
    assert_eq!(decision(full().scp("root", EVERYTHING).scp("lists", lists)), Decision::Allowed);
    assert_eq!(decision(full().scp("root", EVERYTHING).next_scp_level().scp("lists", lists)), Decision::ImplicitDeny);
    assert_eq!(decision(full().scp("root", EVERYTHING).next_scp_level()), Decision::ImplicitDeny);
    let nothing = r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}"#;
    assert_eq!(decision(full().rcp("nothing", nothing)), Decision::ExplicitDeny);
    assert_eq!(decision(full().endpoint("public", public)), Decision::Allowed);
    assert_eq!(decision(full().endpoint("nothing", nothing)), Decision::ExplicitDeny);
    assert_eq!(decision(Policies::new().resource("public", public)), Decision::Allowed);
    assert_denied!(full().resource("owner", owner).boundary("lists", lists), get(), kind = implicit);
    let role = TestRequest::new("arn:aws:iam::123456789012:user/jane", "sts:AssumeRole");
    let role = role.resource("arn:aws:iam::123456789012:role/deploy");
    let trust = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/jane"}, "Action": "sts:AssumeRole"}}"#;
    assert_allowed!(Policies::new().trust("trust", trust), role, by = "trust[1]");
}

#[test]
fn policies_that_do_not_bind_the_caller_are_refused() {
    let decided = |policies: Policies, request: TestRequest| policies.decision(&request).map(|_| ()).unwrap_err();
    let session = Policies::new().identity("full", EVERYTHING).session("full", EVERYTHING);
    assert_eq!(
        decided(session.clone(), get()),
        "session policies do not apply to an IAM user\n\
         help: for temporary credentials of the user that were scoped down, give `Policies::scope_down`; for a \
         `GetFederationToken` session, name the session as the caller: `arn:aws:sts::ACCOUNT:federated-user/NAME`"
    );
    assert_eq!(
        decided(session, TestRequest::of("s3:GetObject").resource("arn:aws:s3:::reports/a")),
        "session policies apply to a session, and the caller is an unnamed IAM user\n\
         help: name the session as the caller: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` or \
         `arn:aws:sts::ACCOUNT:federated-user/NAME`"
    );
    let scope_down = Policies::new().scope_down("full", EVERYTHING);
    assert_eq!(
        decided(scope_down, TestRequest::new("ec2.amazonaws.com", "s3:GetObject").resource("arn:aws:s3:::reports/a")),
        "scope-down policies do not apply to `ec2.amazonaws.com`\n\
         help: they apply to temporary credentials: sessions of roles and federated users, and those of users and root"
    );
}

#[test]
fn files_and_policies_of_aws_are_taken() {
    let path = "../../fixtures/force-mfa/policies/force-mfa.json";
    let policies = Policies::new().file(PolicyKind::Identity, path).file(PolicyKind::Identity, "aws:PowerUserAccess");
    let describe = TestRequest::of("ec2:DescribeInstances");
    assert_allowed!(policies, describe, mfa = true, by = "aws:PowerUserAccess[1]");
    assert_denied!(policies, describe, mfa = absent, by = "force-mfa#BlockEverythingUnlessSignedInWithMFA");
}

#[test]
fn what_is_no_policy_is_shown_with_its_mistakes() {
    fails(
        r#"
`own` cannot be used as an identity policy

error[IE0206]: `Alow` is not an effect: expected `Allow` or `Deny`
 --> own:1:25
  |
1 | {"Statement": {"Effect":"Alow","Action":"s3:Get*","Resource":"*"}}
  |                         ^^^^^^
  |
  = help: did you mean `Allow`?
"#,
        || {
            let text = r#"{"Statement": {"Effect":"Alow","Action":"s3:Get*","Resource":"*"}}"#;
            drop(Policies::new().identity("own", text));
        },
    );
    fails(
        "`nowhere.json` cannot be used as a service control policy\n\n\
         error[IE0001]: cannot read `nowhere.json`: no such file\n\
         --> nowhere.json\n = help: paths are relative to the current folder",
        || drop(Policies::new().file(PolicyKind::ServiceControl, "nowhere.json")),
    );
}

#[test]
fn what_cannot_be_asked_without_a_world() {
    let policies = Policies::new().identity("full", EVERYTHING);
    fails(
        "cannot check whether jane may s3:GetObject: `jane` is not a principal: expected the ARN of a user, role, \
         assumed-role session, federated user or root, an AWS service such as `ec2.amazonaws.com`, an identity provider, \
         or `anonymous`",
        || assert_allowed!(policies, "jane", "s3:GetObject"),
    );
    fails(
        "cannot check whether somebody may s3:GetObject via x: policies without a world have no endpoints; \
        `Policies::endpoint` adds the policy of one",
        || assert_allowed!(policies, TestRequest::of("s3:GetObject").via("x")),
    );
    fails("cannot check whether somebody may s3:GetObject: there are no policies to evaluate", || {
        assert_allowed!(Policies::new(), TestRequest::of("s3:GetObject"));
    });
}
