//! Claims that do not hold, or cannot be made.

use super::{fails, failure};
use iameval_test::{Mfa, Policies, PolicySet, TestClaim, World, assert_always_allowed, assert_never_allowed, example};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(|| example("force-mfa"));

#[test]
fn a_claim_that_is_refuted_shows_a_request() {
    fails(
        r#"
expected `john.doe: iam:ChangePassword on self mfa=absent` to never be allowed, but a request in the scope is allowed, for 1 action: iam:ChangePassword

allow  iam:ChangePassword  on arn:aws:iam::123456789012:user/john.doe  mfa=absent
  by        IAMUserChangePassword, statement 1  force-mfa/policies/IAMUserChangePassword.json:4:5  attached to john.doe
       6 |       "Action": ["iam:ChangePassword"],
         |                  ^^^^^^^^^^^^^^^^^^^^ covers iam:ChangePassword
       8 |         "arn:aws:iam::*:user/${aws:username}",
         |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ fits arn:aws:iam::123456789012:user/john.doe
  exempt    force-mfa#BlockEverythingUnlessSignedInWithMFA does not apply: `NotAction` lists iam:ChangePassword
            force-mfa/policies/force-mfa.json:29:9
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
"#,
        || assert_never_allowed!(WORLD, "john.doe", "iam:ChangePassword", resource = "self", mfa = absent),
    );
}

#[test]
fn first_lines() {
    let claim = |actions| TestClaim::new("john.doe", actions).mfa(Mfa::False).mfa(Mfa::Absent);
    let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    let set = PolicySet::builder().identity("s3", text).expect("a policy").build();
    let cases: [(&dyn Fn(), &str); 6] = [
        (
            &|| assert_always_allowed!(WORLD, claim("iam:GetUser"), by = "AllowListUsers"),
            "expected `john.doe: iam:GetUser mfa=false mfa=absent` to always be allowed, but a request in the scope is denied",
        ),
        (
            &|| assert_never_allowed!(WORLD, claim("ec2:*"), by = "AllowListUsers"),
            "expected `john.doe: ec2:* mfa=false mfa=absent` to never be allowed, but every request in the scope is denied, closed by force-mfa#BlockEverythingUnlessSignedInWithMFA",
        ),
        (
            &|| assert_never_allowed!(WORLD, "jon.doe", "ec2:*"),
            "cannot prove that `jon.doe: ec2:*` will never be allowed: the world has no principal `jon.doe`",
        ),
        (
            &|| assert_never_allowed!(WORLD, "john.doe", "ec2:*", except = ["ec2:*"]),
            "cannot prove that `john.doe: ec2:* except ec2:*` will never be allowed: no request is in the scope",
        ),
        (
            &|| assert_never_allowed!(WORLD, "john.doe", "ec2:*", via = "gateway"),
            "cannot prove that `john.doe: ec2:* via gateway` will never be allowed: the world has no endpoint `gateway`",
        ),
        (
            &|| assert_never_allowed!(set, TestClaim::of("sqs:*")),
            "cannot prove that `sqs:*` will never be allowed: a proof reads the documents of policies",
        ),
    ];
    for (claim, expected) in cases {
        let text = failure(claim).0;
        assert!(text.starts_with(expected), "{text}");
    }
}

#[test]
fn policies_without_a_world_are_enough() {
    let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::corp/*"}}"#;
    let policies = Policies::new().identity("corp", text);
    let ann = "arn:aws:iam::111122223333:user/ann";
    assert_never_allowed!(policies, ann, "*", except = ["s3:*"]);
    assert_never_allowed!(policies, ann, "s3:*", except_resource = "arn:aws:s3:::corp/*");
    assert_always_allowed!(policies, ann, "s3:Get*", resource = "arn:aws:s3:::corp/a*");
}
