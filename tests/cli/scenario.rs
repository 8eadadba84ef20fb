//! The starting scenario: a new user may do little until signed in with MFA.

use crate::run::{Folder, Run, repository};
use std::process::Command;

/// The rows of the table *MFA seed scenario* of `docs/semantics.md`: the action, the resource it is asked on, and the
/// answers with MFA, without, and with long-term keys; first for a user with the attached policy
/// `IAMUserChangePassword`, then without it. `A` is allowed, `I` an implicit, `X` an explicit deny.
#[rustfmt::skip]
const ROWS: &[(u8, &str, &str, &str, &str)] = &[
    (1, "iam:ChangePassword", "self", "AAA", "III"),
    (2, "iam:ChangePassword", "arn:aws:iam::123456789012:user/jane", "III", "III"),
    (3, "iam:GetAccountPasswordPolicy", "*", "AXX", "IXX"),
    (4, "iam:CreateVirtualMFADevice", "arn:aws:iam::123456789012:mfa/john.doe", "AAA", "AAA"),
    (5, "iam:DeleteVirtualMFADevice", "arn:aws:iam::123456789012:mfa/anything", "AAA", "AAA"),
    (6, "iam:EnableMFADevice", "self", "AAA", "AAA"),
    (7, "iam:EnableMFADevice", "arn:aws:iam::123456789012:user/jane", "III", "III"),
    (8, "iam:ListMFADevices", "self", "AAA", "AAA"),
    (9, "iam:ListVirtualMFADevices", "arn:aws:iam::123456789012:mfa/", "AAA", "AAA"),
    (10, "iam:ListVirtualMFADevices", "*", "III", "III"),
    (11, "iam:ListUsers", "arn:aws:iam::123456789012:user/", "AAA", "AAA"),
    (12, "iam:ListUsers", "*", "III", "III"),
    (12, "iam:ListUsers", "self", "III", "III"),
    (13, "ec2:DescribeInstances", "*", "AXX", "AXX"),
    (14, "s3:GetObject", "arn:aws:s3:::any/object", "AXX", "AXX"),
    (15, "iam:ListRoles", "*", "AXX", "AXX"),
    (15, "iam:ListRoles", "arn:aws:iam::123456789012:role/", "AXX", "AXX"),
    (16, "iam:CreateServiceLinkedRole", "arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/X", "AXX", "AXX"),
    (17, "iam:CreateUser", "arn:aws:iam::123456789012:user/new", "IXX", "IXX"),
    (18, "iam:DeactivateMFADevice", "self", "IXX", "IXX"),
    (18, "iam:ResyncMFADevice", "self", "IXX", "IXX"),
    (18, "iam:GetUser", "self", "IXX", "IXX"),
    (19, "organizations:DescribeOrganization", "*", "AXX", "AXX"),
    (20, "organizations:ListAccounts", "*", "IXX", "IXX"),
    (21, "account:ListRegions", "*", "AXX", "AXX"),
    (21, "account:ListRegions", "arn:aws:account::123456789012:account", "AXX", "AXX"),
    (22, "account:CloseAccount", "arn:aws:account::123456789012:account", "IXX", "IXX"),
    (23, "sts:GetSessionToken", "*", "AXA", "AXA"),
    (24, "sts:GetCallerIdentity", "*", "AAA", "AAA"),
];

const STATES: [&str; 3] = ["true", "false", "absent"];
const USERS: [&str; 2] = ["john.doe", "john.without-attached-policy"];

/// A folder in which the first line of no answer is wrapped.
fn wide() -> Folder {
    Folder::new().environment("COLUMNS", "200")
}

/// Checks every row with one run for each state, and one for all of them.
fn rows_hold(run: impl Fn(&str) -> Run + Sync, from: &str) {
    for (number, action, resource, with, without) in ROWS {
        for (user, row) in USERS.iter().zip([with, without]) {
            let question = |state: &str| format!("simulate {from} --as {user} -r {resource} --mfa {state} {action}");
            for (state, letter) in STATES.iter().zip(row.chars()) {
                let run = run(&question(state));
                run.ends(i32::from(letter != 'A'));
                assert_eq!(letters(&run.stdout), letter.to_string(), "row {number}: {}", question(state));
            }
            let all = run(&question("all"));
            all.ends(i32::from(*row != "AAA"));
            assert_eq!(letters(&all.stdout), *row, "row {number}: {}", question("all"));
        }
    }
}

/// The letter of each answer in a text for people. Where there are several, the table in front says the same.
#[track_caller]
fn letters(text: &str) -> String {
    let of_line = |line: &str| match (line.split_whitespace().next(), line.rsplit(' ').next()) {
        (Some("allow"), _) => Some('A'),
        (Some("implicit"), _) | (Some("deny"), Some("(implicit)")) => Some('I'),
        (Some("explicit"), _) | (Some("deny"), Some("(explicit)")) => Some('X'),
        _ => None,
    };
    let of_lines =
        |text: &str| -> String { text.lines().filter(|line| !line.starts_with(' ')).filter_map(of_line).collect() };
    let blocks: Vec<String> = text.split("\n\n").map(of_lines).collect();
    let [table, answers @ ..] = blocks.as_slice() else { return String::new() };
    if answers.is_empty() {
        return table.clone();
    }
    assert_eq!(*table, answers.concat(), "{text}");
    table.clone()
}

#[test]
fn every_row_holds_for_the_example() {
    let folder = wide();
    rows_hold(|arguments| folder.run(arguments), "--example force-mfa");
}

#[test]
fn every_row_holds_for_the_configuration_of_the_repository() {
    // The repository's own `iameval.toml` and files, in a folder that nobody else writes to.
    let folder = wide();
    for file in ["iameval.toml", "fixtures/force-mfa/world.yaml"].into_iter().map(str::to_owned).chain(
        ["force-mfa", "PowerUserAccess", "IAMUserChangePassword"]
            .map(|name| format!("fixtures/force-mfa/policies/{name}.json")),
    ) {
        folder.write(&file, std::fs::read(repository().join(&file)).expect("a file of the repository"));
    }
    rows_hold(|arguments| folder.run(arguments), "");
}

#[test]
fn the_repository_answers_from_its_own_world() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iameval"));
    let output = command
        .current_dir(repository())
        .env_remove("CLICOLOR_FORCE")
        .args(["simulate", "--mfa=false", "iam:ChangePassword"])
        .output()
        .expect("the command runs");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        r#"allow  iam:ChangePassword  on arn:aws:iam::123456789012:user/john.doe (inferred: acts on the caller)  mfa=false
  by        IAMUserChangePassword, statement 1
            fixtures/force-mfa/policies/IAMUserChangePassword.json:4:5  attached to john.doe
       6 |       "Action": ["iam:ChangePassword"],
         |                  ^^^^^^^^^^^^^^^^^^^^ covers iam:ChangePassword
       8 |         "arn:aws:iam::*:user/${aws:username}",
         |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ fits arn:aws:iam::123456789012:user/john.doe
  exempt    force-mfa#BlockEverythingUnlessSignedInWithMFA does not apply: `NotAction` lists iam:ChangePassword
            fixtures/force-mfa/policies/force-mfa.json:29:9
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
"#
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_answer_names_what_decided_and_what_it_outvoted() {
    let run =
        Folder::new().run("simulate --example force-mfa --mfa=false iam:ChangePassword iam:GetAccountPasswordPolicy");
    run.shows(
        1,
        r#"allow     iam:ChangePassword            mfa=false  on arn:aws:iam::123456789012:user/john.doe (inferred)
explicit  iam:GetAccountPasswordPolicy  mfa=false  on * (inferred)

allow  iam:ChangePassword  on arn:aws:iam::123456789012:user/john.doe (inferred: acts on the caller)  mfa=false
  by        IAMUserChangePassword, statement 1  force-mfa/policies/IAMUserChangePassword.json:4:5  attached to john.doe
       6 |       "Action": ["iam:ChangePassword"],
         |                  ^^^^^^^^^^^^^^^^^^^^ covers iam:ChangePassword
       8 |         "arn:aws:iam::*:user/${aws:username}",
         |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ fits arn:aws:iam::123456789012:user/john.doe
  exempt    force-mfa#BlockEverythingUnlessSignedInWithMFA does not apply: `NotAction` lists iam:ChangePassword
            force-mfa/policies/force-mfa.json:29:9
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -

deny   iam:GetAccountPasswordPolicy  on * (inferred: the action has no resource)  mfa=false (explicit)
  by        force-mfa#BlockEverythingUnlessSignedInWithMFA
            force-mfa/policies/force-mfa.json:25:5  via group PowerConsultants
      39 |         "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" }
         |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the request has "false"
  outvotes  IAMUserChangePassword, statement 2  force-mfa/policies/IAMUserChangePassword.json:12:5  attached to john.doe
  layers    scp -  rcp -  endpoint -  resource -  identity DENY  boundary -  session -
  flips     mfa=true: allow   mfa=absent: still deny (explicit) (`IfExists` also matches a missing key)
"#,
    );
}

#[test]
fn what_was_not_given_and_matters_is_named() {
    Folder::new().run("simulate --example force-mfa s3:GetObject").shows(
        1,
        r#"deny   s3:GetObject  on any resource of 123456789012 (explicit)
  by        force-mfa#BlockEverythingUnlessSignedInWithMFA
            force-mfa/policies/force-mfa.json:25:5  via group PowerConsultants
      39 |         "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" }
         |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
         | the request has no aws:MultiFactorAuthPresent, which `IfExists` lets pass
  outvotes  PowerUserAccess, statement 1  force-mfa/policies/PowerUserAccess.json:4:5  via group PowerConsultants
  layers    scp -  rcp -  endpoint -  resource -  identity DENY  boundary -  session -
  flips     mfa=true: allow   mfa=false: still deny (explicit)
  unknown   aws:MultiFactorAuthPresent could change this answer: it was not given
"#,
    );
}

/// An answer line: the resource that was taken, and why.
#[track_caller]
fn infers(action: &str, expected: &str) {
    let run = Folder::new().run(&format!("simulate --example force-mfa --mfa true --exit-zero {action}"));
    run.ends(0);
    let line = run.stdout.lines().next().unwrap_or_default();
    let resource = line.split_once("  on ").map(|(_, rest)| rest.split("  mfa=").next().unwrap_or_default());
    assert_eq!(resource, Some(expected), "{}", run.stdout);
}

#[test]
fn actions_on_oneself_are_asked_on_the_caller() {
    for action in
        ["iam:ChangePassword", "iam:EnableMFADevice", "iam:ListMFADevices", "iam:GetUser", "iam:ListAccessKeys"]
    {
        infers(action, "arn:aws:iam::123456789012:user/john.doe (inferred: acts on the caller)");
    }
    infers("IAM:changepassword", "arn:aws:iam::123456789012:user/john.doe (inferred: acts on the caller)");
    for action in ["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"] {
        infers(action, "arn:aws:iam::123456789012:mfa/john.doe (inferred: acts on the caller's MFA device)");
    }
}

#[test]
fn lists_are_asked_on_the_arn_of_the_service() {
    infers("iam:ListUsers", "arn:aws:iam::123456789012:user/ (inferred: what the service asks with)");
    infers("iam:ListRoles", "arn:aws:iam::123456789012:role/ (inferred: what the service asks with)");
    infers("iam:ListVirtualMFADevices", "arn:aws:iam::123456789012:mfa/ (inferred: what the service asks with)");
    infers("s3:ListAllMyBuckets", "arn:aws:s3:::* (inferred: what the service asks with)");
}

#[test]
fn actions_without_resource_are_asked_on_a_star() {
    for action in ["iam:GetAccountPasswordPolicy", "sts:GetCallerIdentity", "sts:GetSessionToken"] {
        infers(action, "* (inferred: the action has no resource)");
    }
}

#[test]
fn an_answer_may_hold_for_any_resource() {
    infers("ec2:StartInstances", "any resource of 123456789012");
    infers("s3:GetObject", "any resource of 123456789012");
    infers("iam:CreateUser", "any resource of 123456789012");
}

#[test]
fn resources_are_named_once_or_several_times() {
    let run = Folder::new().run(
        "simulate --example force-mfa --mfa true -r self --resource arn:aws:iam::123456789012:user/jane iam:EnableMFADevice",
    );
    run.shows(
        1,
        r#"allow     iam:EnableMFADevice  mfa=true  on arn:aws:iam::123456789012:user/john.doe
implicit  iam:EnableMFADevice  mfa=true  on arn:aws:iam::123456789012:user/jane

allow  iam:EnableMFADevice  on arn:aws:iam::123456789012:user/john.doe  mfa=true
  by        force-mfa#AllowMFAHandling  force-mfa/policies/force-mfa.json:10:5  via group PowerConsultants
      16 |         "iam:EnableMFADevice",
         |         ^^^^^^^^^^^^^^^^^^^^^ covers iam:EnableMFADevice
      22 |         "arn:aws:iam::*:user/${aws:username}"
         |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ fits arn:aws:iam::123456789012:user/john.doe
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -

deny   iam:EnableMFADevice  on arn:aws:iam::123456789012:user/jane  mfa=true (implicit)
  why       no statement allows it
  nearly    force-mfa#AllowMFAHandling  force-mfa/policies/force-mfa.json:10:5  via group PowerConsultants
      20 |       "Resource": [
         |       ^^^^^^^^^^ does not fit arn:aws:iam::123456789012:user/jane
  layers    scp -  rcp -  endpoint -  resource -  identity no-allow  boundary -  session -
"#,
    );
}

#[test]
fn answers_come_in_the_order_of_actions_resources_and_states() {
    let folder = Folder::new();
    let results = folder.results("simulate --example force-mfa --mfa all -r self -r * iam:GetUser iam:ListUsers");
    let asked: Vec<_> = results
        .iter()
        .map(|result| ["action", "resource", "mfa"].map(|field| result[field].as_str().unwrap_or_default()))
        .collect();
    let mut expected = Vec::new();
    for action in ["iam:GetUser", "iam:ListUsers"] {
        for resource in ["arn:aws:iam::123456789012:user/john.doe", "*"] {
            expected.extend(STATES.map(|state| [action, resource, state]));
        }
    }
    assert_eq!(asked, expected);
}

#[test]
fn services_rules_explain_themselves() {
    Folder::new().run("simulate --example force-mfa --mfa absent --no-context aws:TokenIssueTime sts:GetSessionToken sts:GetCallerIdentity").shows(
        0,
        "\
allow     sts:GetSessionToken    mfa=absent  on * (inferred)
allow     sts:GetCallerIdentity  mfa=absent  on * (inferred)

allow  sts:GetSessionToken  on * (inferred: the action has no resource)  mfa=absent
  why       policies do not control this call with long-term credentials (R-SVC-06)
  outvotes  force-mfa#BlockEverythingUnlessSignedInWithMFA
            force-mfa/policies/force-mfa.json:25:5  via group PowerConsultants
  layers    scp -  rcp -  endpoint -  resource -  identity DENY  boundary -  session -
  flips     mfa=true: still allow   mfa=false: deny (explicit)

allow  sts:GetCallerIdentity  on * (inferred: the action has no resource)  mfa=absent
  why       sts:GetCallerIdentity cannot be denied (R-SVC-05)
  outvotes  force-mfa#BlockEverythingUnlessSignedInWithMFA
            force-mfa/policies/force-mfa.json:25:5  via group PowerConsultants
  layers    scp -  rcp -  endpoint -  resource -  identity DENY  boundary -  session -
",
    );
}

#[test]
fn the_text_of_policies_alone_denies_without_service_rules() {
    let folder = Folder::new();
    for (action, row) in [("sts:GetSessionToken", "AXX"), ("sts:GetCallerIdentity", "AXX")] {
        let run = folder.run(&format!("simulate --example force-mfa --no-service-rules --mfa all {action}"));
        assert_eq!(letters(&run.stdout), row, "{}", run.stdout);
    }
}

#[test]
fn the_age_of_mfa_is_part_of_its_state() {
    let recent = r#"{"Sid": "Recent", "Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}}"#;
    let folder = Folder::new().with("recent.json", crate::run::policy(recent));
    folder.decides("simulate --policy recent.json --mfa true@3599 s3:GetObject", "allowed by identity");
    folder.decides("simulate --policy recent.json --mfa true@3600 s3:GetObject", "implicit_deny by none");
    folder.decides("simulate --policy recent.json --mfa false s3:GetObject", "implicit_deny by none");
}

#[test]
fn a_role_session_with_absent_mfa_is_remarked_upon() {
    let folder = Folder::new().with("s3.json", crate::run::allow("S3", "s3:*"));
    let run = folder.run(
        "simulate --policy s3.json --as arn:aws:sts::123456789012:assumed-role/dev/anna --mfa absent s3:GetObject",
    );
    run.shows(
        0,
        r#"allow  s3:GetObject  on any resource of 123456789012  mfa=absent
  by        s3#S3  s3.json:1:41
       1 | {"Version": "2012-10-17", "Statement": [{"Sid": "S3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
         |                                                                                    ^^^^^^ covers s3:GetObject
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
  note      a session made with AssumeRole has aws:MultiFactorAuthPresent, true or false; here it is absent, as it is
            for sessions made with a SAML or OIDC provider
"#,
    );
}

#[test]
fn a_session_of_an_identity_provider_has_no_mfa_key() {
    let folder = Folder::new().with("s3.json", crate::run::allow("S3", "s3:*"));
    let session = "simulate --policy s3.json --as arn:aws:sts::123456789012:assumed-role/dev/anna s3:GetObject \
                   -c aws:FederatedProvider=accounts.google.com";
    let notes = |mfa: &str| {
        let run = folder.run(&format!("{session} --mfa {mfa}"));
        run.stdout.lines().any(|line| line.contains("does not have aws:MultiFactorAuthPresent"))
            || run.stdout.contains("a session made with AssumeRole")
    };
    assert!(!notes("absent"));
    assert!(notes("true") && notes("false"));
}
