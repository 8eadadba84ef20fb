//! Decisions in the company's world: boundary, SCP fence, RCP, bucket and key policy, trust policies, an endpoint, tags.

use crate::run::{Folder, repository};

fn world() -> String {
    let root = repository().canonicalize().expect("the repository");
    root.join("fixtures/worlds/company/world.yaml").display().to_string()
}

#[track_caller]
fn decides(arguments: &str, expected: &str) {
    Folder::new().decides(&format!("simulate -w {} {arguments}", world()), expected);
}

/// Each of these is a line that `-v` gives.
#[track_caller]
fn derives(arguments: &str, wanted: &[&str]) {
    let run = Folder::new().run(&format!("simulate -v -w {} {arguments}", world()));
    for line in wanted {
        assert!(run.stderr.lines().any(|known| known == *line), "no `{line}` in\n{}", run.stderr);
    }
}

#[test]
fn tags_of_caller_and_resource_decide() {
    decides("-r reports s3:ListBucket", "allowed by identity");
    decides("--as boris -r reports s3:ListBucket", "implicit_deny by none");
    decides("--as boris -r scratch s3:ListBucket", "allowed by identity");
    decides("-r data-key kms:Decrypt", "allowed by identity");
    decides("--as boris -r data-key kms:Decrypt", "implicit_deny by identity");
    // What is given stands above what the world knows, in any spelling.
    decides("--as boris -c AWS:principaltag/TEAM=billing -r reports s3:ListBucket", "allowed by identity");
    decides("--no-context aws:ResourceTag/team -r reports s3:ListBucket", "implicit_deny by none");
    // Tags of a bucket are not tags of its objects.
    decides("-r reports/q3.csv -c aws:ResourceTag/team=x s3:GetObject", "allowed by identity");
}

#[test]
fn a_variable_of_the_caller() {
    decides("-r scratch/ana/draft.csv s3:PutObject", "allowed by identity");
    decides("-r scratch/boris/draft.csv s3:PutObject", "implicit_deny by none");
}

#[test]
fn the_boundary_limits() {
    decides("-r self iam:CreateUser", "implicit_deny by boundary");
    decides("iam:ChangePassword", "allowed by identity");
    decides("--as deployer -r arn:aws:iam::111122223333:role/service/build iam:PassRole", "implicit_deny by boundary");
    decides("--without boundary -r self iam:CreateUser", "allowed by identity");
}

#[test]
fn the_session_policy_limits() {
    let function = "arn:aws:lambda:eu-central-1:111122223333:function:invoices";
    decides(&format!("--as deployer -r {function} lambda:UpdateFunctionCode"), "allowed by identity");
    decides(&format!("--as deployer -r {function} lambda:DeleteFunction"), "implicit_deny by session");
}

#[test]
fn the_fence_of_the_unit_and_the_guard_of_the_root() {
    decides("-r scratch/x --region us-east-2 s3:GetObject", "explicit_deny by scp");
    decides("--as admin --region us-east-2 -r scratch/x s3:GetObject", "explicit_deny by scp");
    decides("--as auditor --region us-east-2 iam:GetCredentialReport", "allowed by identity");
    decides("--as root -r reports s3:ListBucket", "explicit_deny by scp");
    decides("--as admin -r * organizations:LeaveOrganization", "explicit_deny by scp");
    // The unit of the auditors has no fence, and the SCPs of the bucket's account do not bind them.
    decides("--as audit-station --region us-east-2 -r reports/q3.csv s3:GetObject", "allowed by identity");
    // The management account is bound by none.
    decides("--as arn:aws:iam::777788889999:root --region us-east-2 -r * ec2:DescribeInstances", "allowed by identity");
    // An account that is not in the organization has no SCPs.
    decides("--as arn:aws:iam::999999999999:root --region us-east-2 -r * ec2:DescribeInstances", "allowed by identity");
}

#[test]
fn the_rcp_keeps_strangers_out() {
    decides("--as public -r reports/q3.csv s3:GetObject", "explicit_deny by rcp");
    decides("--as arn:aws:iam::999999999999:root -r reports/q3.csv s3:GetObject", "explicit_deny by rcp");
    decides("--as arn:aws:iam::777788889999:root -r reports/q3.csv s3:GetObject", "implicit_deny by resource");
    // It binds the accounts of the organization, whoever's the caller is, and not the management account.
    decides(
        "--as arn:aws:iam::999999999999:root --resource-account 777788889999 -r arn:aws:s3:::x/y s3:GetObject",
        "implicit_deny by resource",
    );
    decides("--as logging -r reports/logs/1 -c aws:SourceAccount=111122223333 s3:PutObject", "allowed by resource");
    decides("--as logging -r reports/logs/1 -c aws:SourceAccount=999999999999 s3:PutObject", "implicit_deny by none");
}

#[test]
fn the_policy_of_the_bucket() {
    decides("-r reports/q3.csv s3:GetObject", "allowed by identity");
    decides("-r reports/q3.csv -c aws:SecureTransport=false s3:GetObject", "explicit_deny by resource");
    decides("-r reports/confidential/plan.pdf --mfa false s3:GetObject", "explicit_deny by resource");
    decides("-r reports/confidential/plan.pdf --mfa absent s3:GetObject", "explicit_deny by resource");
    decides("-r reports/confidential/plan.pdf --mfa true s3:GetObject", "allowed by identity");
    // The ARN of an object finds it as well.
    decides(
        "-r arn:aws:s3:::example-billing-reports/confidential/plan.pdf --mfa false s3:GetObject",
        "explicit_deny by resource",
    );
    decides("--as audit-station -r reports/q3.csv s3:GetObject", "allowed by identity");
    decides("--as audit-station -r scratch/x s3:GetObject", "implicit_deny by none");
    // The archive belongs to the auditors' account, which has given nobody anything.
    decides("-r audit-archive/x s3:GetObject", "implicit_deny by resource");
}

#[test]
fn the_policy_of_the_key() {
    let key = "arn:aws:kms:eu-central-1:111122223333:key/1f0c9a52-6f0e-4f4b-9d53-2f1f4a1f7c11";
    decides("--as admin -r data-key kms:ScheduleKeyDeletion", "allowed by identity");
    decides(&format!("--as admin -r {key} kms:ScheduleKeyDeletion"), "allowed by identity");
    decides("--as deployer -r data-key kms:ScheduleKeyDeletion", "explicit_deny by resource");
    decides("--as audit-station -r data-key kms:Decrypt", "implicit_deny by none");
    let other = key.replace("1f0c9a52", "00000000");
    decides(&format!("--as admin -r {other} kms:Decrypt"), "implicit_deny by resource");
}

#[test]
fn trust_policies_are_found_by_the_arn_of_the_role() {
    let auditor = "-r arn:aws:iam::111122223333:role/audit/auditor";
    decides(&format!("--as audit-station {auditor} sts:AssumeRole"), "allowed by identity");
    decides(
        &format!("--as audit-station {auditor} -c aws:PrincipalTag/team=sales sts:AssumeRole"),
        "implicit_deny by resource",
    );
    decides(&format!("--as admin {auditor} sts:AssumeRole"), "implicit_deny by resource");
    // It takes no part in what IAM does with the role.
    decides(&format!("--as audit-station {auditor} iam:GetRole"), "implicit_deny by none");
    let github = "--as github -r arn:aws:iam::111122223333:role/ci/deployer sts:AssumeRoleWithWebIdentity \
         -c token.actions.githubusercontent.com:aud=sts.amazonaws.com";
    let subject = "-c token.actions.githubusercontent.com:sub=repo";
    decides(&format!("{github} {subject}:example/billing:ref:refs/heads/main"), "allowed by resource");
    decides(&format!("{github} {subject}:somebody/billing:ref:refs/heads/main"), "implicit_deny by none");
}

#[test]
fn sessions_of_a_known_role() {
    let auditor = "--as arn:aws:sts::111122223333:assumed-role/auditor/night";
    decides(&format!("{auditor} -r scratch/x s3:GetObject"), "allowed by identity");
    decides(&format!("{auditor} -r scratch/x --region us-east-2 s3:GetObject"), "explicit_deny by scp");
    derives(
        &format!("{auditor} -r scratch/x s3:GetObject"),
        &[
            "context: aws:PrincipalArn = arn:aws:iam::111122223333:role/audit/auditor",
            "context: aws:PrincipalOrgID = o-a1b2c3d4e5",
        ],
    );
}

#[test]
fn through_the_endpoint() {
    decides("--via s3-gateway -r reports/q3.csv s3:GetObject", "allowed by identity");
    decides("--via s3-gateway -r scratch/ana/x s3:PutObject", "implicit_deny by endpoint");
    // Flags stand in for its policy, or leave it out; what it says of the way stays.
    decides("--via s3-gateway --without endpoint -r scratch/ana/x s3:PutObject", "allowed by identity");
    decides(
        "--via s3-gateway --endpoint-policy aws:AmazonS3FullAccess -r scratch/ana/x s3:PutObject",
        "implicit_deny by endpoint",
    );
    derives(
        "--via s3-gateway -r reports/q3.csv s3:GetObject",
        &["context: aws:SourceVpc = vpc-0f1e2d3c4b5a69788", "context: aws:SourceVpce = vpce-0a1b2c3d4e5f60718"],
    );
    Folder::new()
        .run(&format!("simulate -w {} --via s3-gatway -r reports s3:ListBucket", world()))
        .complains("error[IE0403]: the world knows no endpoint `s3-gatway`\n = help: did you mean `s3-gateway`?");
}

#[test]
fn what_follows_is_told() {
    let run = Folder::new().run(&format!("simulate -v -w {} -r reports -r reports s3:ListBucket", world()));
    let at = world();
    let folder = at.strip_suffix("world.yaml").unwrap_or_default();
    assert_eq!(
        run.stderr,
        format!(
            "\
world: {at}
world: {folder}organization.yaml, which another uses
resource: reports is arn:aws:s3:::example-billing-reports
context: aws:PrincipalAccount = 111122223333
context: aws:PrincipalArn = arn:aws:iam::111122223333:user/people/ana
context: aws:PrincipalIsAWSService = false
context: aws:PrincipalOrgID = o-a1b2c3d4e5
context: aws:PrincipalOrgPaths = o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/
context: aws:PrincipalTag/cost-center = 0042
context: aws:PrincipalTag/team = billing
context: aws:PrincipalType = User
context: aws:ResourceAccount = 111122223333
context: aws:ResourceOrgID = o-a1b2c3d4e5
context: aws:ResourceOrgPaths = o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/
context: aws:ResourceTag/stage = prod
context: aws:ResourceTag/team = billing
context: aws:userid = AIDAEXAMPLEANA0000001
context: aws:username = ana
"
        )
    );
    derives(
        "--as deployer -r audit-archive/x s3:GetObject",
        &[
            "context: aws:PrincipalTag/pipeline = release",
            "context: aws:PrincipalTag/team = billing",
            "context: aws:ResourceAccount = 444455556666",
            "context: aws:ResourceOrgPaths = o-a1b2c3d4e5/r-ab12/ou-ab12-22222222/",
            "context: aws:userid = AROAEXAMPLEDEPLOY0001:build-7",
        ],
    );
}

#[test]
fn a_resource_with_a_policy_must_be_named() {
    let folder = Folder::new();
    folder.run(&format!("simulate -w {} --as admin s3:GetObject", world())).complains(
        "error[IE0506]: the answer for s3:GetObject depends on the resource: these have policies of their own: `reports`",
    );
    folder.run(&format!("simulate -w {} -r report/q3.csv s3:GetObject", world())).complains(
        "\
error[IE0403]: the world knows no resource `report`
 --> command line, --resource:1:1
  = help: did you mean `reports`?",
    );
    folder
        .run(&format!("simulate -w {} --as public s3:GetObject", world()))
        .complains("error[IE0507]: no policies are left to decide by");
}

#[test]
fn flags_stand_in_for_what_there_is_one_of() {
    let folder = Folder::new()
        .with("open.json", r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}}"#)
        .with("all.json", r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#);
    let simulate = |rest: &str| format!("simulate -w {} {rest}", world());
    let confidential = "-r reports/confidential/x --mfa false s3:GetObject";
    folder.decides(&simulate(&format!("--resource-policy open.json {confidential}")), "allowed by identity");
    folder.decides(&simulate("--scp all.json -r scratch/x --region us-east-2 s3:GetObject"), "allowed by identity");
    folder.decides(&simulate("--boundary all.json -r self iam:CreateUser"), "allowed by identity");
    folder.decides(&simulate("--policy all.json -r self iam:CreateUser"), "implicit_deny by boundary");
    folder.decides(&simulate("--without scp -r scratch/x --region us-east-2 s3:GetObject"), "allowed by identity");
    folder.decides(&simulate(&format!("--without resource {confidential}")), "allowed by identity");
}

#[test]
fn check_and_keys_see_every_policy() {
    let folder = Folder::new();
    let run = folder.run(&format!("check --fail-on error -w {}", world()));
    assert!(run.stdout.contains("14 policies checked: 0 errors"), "{run:#?}");
    let run = folder.run(&format!("keys -w {}", world()));
    for key in ["aws:RequestedRegion", "aws:PrincipalOrgID", "aws:SecureTransport", "aws:PrincipalTag/team"] {
        assert!(run.stdout.contains(key), "{key} is not in {}", run.stdout);
    }
}
