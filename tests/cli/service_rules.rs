//! What answers say where rules of single services count.

use crate::run::{Folder, JOHN, Run, allow, policy};

const ROOT: &str = "arn:aws:iam::123456789012:root";
const DOMAIN: &str = "-r arn:aws:es:us-east-1:999999999999:domain/d es:DeleteDomain";

fn folder() -> Folder {
    let theirs = r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "*", "Resource": "*"}"#;
    let nobody = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    Folder::new()
        .with("all.json", allow("All", "*"))
        .with("theirs.json", policy(theirs))
        .with("nobody.json", policy(nobody))
}

/// The text under one name of an answer, on one line; empty where the answer has none.
fn told(run: &Run, name: &str) -> String {
    let mut lines = run.stdout.lines().skip_while(|line| !line.starts_with(&format!("  {name} ")));
    let first = lines.next().unwrap_or_default().trim_start().trim_start_matches(name);
    let more = lines.take_while(|line| line.starts_with("            "));
    [first].into_iter().chain(more).map(str::trim).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn tells(arguments: &str, expected: &[(&str, &str)]) {
    let run = folder().run(&format!("simulate {arguments}"));
    for (name, text) in expected {
        assert_eq!(told(&run, name), *text, "{run:#?}");
    }
}

#[test]
fn sides_do_not_matter_where_a_rule_decides() {
    tells(
        &format!(
            "--as {JOHN} --policy all.json --resource-policy theirs.json -r arn:aws:kms:us-east-1:999999999999:key/1 \
             kms:ScheduleKeyDeletion"
        ),
        &[
            ("why", "the service does not support this action for callers of another account (R-SVC-19)"),
            ("sides", "the caller is of 123456789012, the resource of 999999999999"),
        ],
    );
    tells(
        &format!(
            "--as {JOHN} --policy all.json --resource-policy theirs.json -r arn:aws:kms:us-east-1:999999999999:key/1 \
             kms:Decrypt"
        ),
        &[(
            "sides",
            "the caller is of 123456789012, the resource of 999999999999: the identity side allows, the resource policy \
             allows, and both must allow",
        )],
    );
}

#[test]
fn sides_say_what_takes_no_part() {
    tells(
        &format!("--as {JOHN} --policy all.json --resource-policy theirs.json {DOMAIN}"),
        &[
            (
                "why",
                "the identity policies allow it, but the resource policy must allow it too, and it takes no part in this \
                 action",
            ),
            (
                "sides",
                "the caller is of 123456789012, the resource of 999999999999: the identity side allows, the resource \
                 policy takes no part, and both must allow",
            ),
        ],
    );
    tells(
        &format!("--as {ROOT} {DOMAIN}"),
        &[(
            "sides",
            "the caller is of 123456789012, the resource of 999999999999: the identity side allows everything, the \
             resource policy is not there, and both must allow",
        )],
    );
}

/// A request of John, whose account has that place in an organization, with identity policies that allow everything.
fn of_an_organization(action: &str, resource: &str, place: &str) -> Run {
    let (request, all) = (format!(r#""action": "{action}", "resource": "{resource}""#), allow("All", "*"));
    let principal = format!(r#"{{"id": "{JOHN}", {place}}}"#);
    let asked = format!(r#"{{"request": {{{request}, "principal": {principal}}}, "policies": {{"identity": {all}}}}}"#);
    folder().with("asked.json", asked).run("simulate --request asked.json")
}

#[test]
fn some_actions_need_nothing_of_the_resource() {
    let resource = "arn:aws:organizations::999999999999:account/o-a1b2c3d4e5/123456789012";
    let sides = |place| told(&of_an_organization("organizations:DescribeAccount", resource, place), "sides");
    let accounts = "the caller is of 123456789012, the resource of 999999999999";
    assert_eq!(
        sides(r#""delegated_administrator": true"#),
        format!("{accounts}: the identity side allows, and this action needs nothing from the resource's side")
    );
    assert_eq!(
        sides(r#""in_management_account": false"#),
        format!("{accounts}: the identity side allows, the resource policy is not there, and both must allow")
    );
    assert_eq!(sides(r#""in_management_account": false, "delegated_administrator": false"#), accounts);
}

#[test]
fn the_accounts_that_an_action_is_for_are_named() {
    let cases = [
        ("organizations:CreateAccount", "the management account of an organization"),
        ("organizations:ListAccounts", "the management account of an organization or a delegated administrator"),
        ("account:GetPrimaryEmail", "the management account of an organization or a delegated administrator"),
        ("securityhub:CreateConfigurationPolicy", "a delegated administrator of an organization"),
    ];
    let neither = r#""in_management_account": false, "delegated_administrator": false"#;
    for (action, accounts) in cases {
        assert_eq!(
            told(&of_an_organization(action, "*", r#""canonical_user_id": "c0""#), "note"),
            format!("the action is for {accounts}; whether the caller's account is one is not said")
        );
        let run = of_an_organization(action, "*", neither);
        assert_eq!(
            told(&run, "why"),
            format!("the action is for {accounts}, and the caller's account is not one (R-SVC-24)")
        );
        assert_eq!(told(&run, "note"), "");
    }
    // A delegated administrator is not the management account.
    let run = of_an_organization("organizations:CreateAccount", "*", r#""delegated_administrator": true"#);
    assert_eq!(
        told(&run, "why"),
        "the action is for the management account of an organization, and the caller's account is not one (R-SVC-24)"
    );
    for action in ["account:GetPrimaryEmail", "billing:TransferCredit", "organizations:CreateAccount"] {
        assert_eq!(told(&of_an_organization(action, "*", r#""in_management_account": true"#), "note"), "");
    }
    let pays = "the action is for the account that pays, mostly the management account of an organization; whether the \
                caller's account is one is not said";
    assert_eq!(told(&of_an_organization("billing:TransferCredit", "*", neither), "note"), pays);
}

#[test]
fn root_is_told_what_does_not_bind_it() {
    let note = |resource_policy: &str, action: &str| {
        let asked = "-r arn:aws:s3:::b --resource-account 123456789012";
        told(
            &folder().run(&format!("simulate --as {ROOT} --resource-policy {resource_policy} {asked} {action}")),
            "note",
        )
    };
    let escapes = "the Deny statements of the resource's policy do not bind the owner's root user in this call: it is \
                   there to mend that policy";
    assert_eq!(note("nobody.json", "s3:DeleteBucketPolicy"), escapes);
    assert_eq!(note("theirs.json", "s3:DeleteBucketPolicy"), "");
    assert_eq!(note("nobody.json", "s3:ListBucket"), "");
}

#[test]
fn keys_that_tell_the_credentials_are_named() {
    let decided = |flags: &str, code, unknown: &str| {
        let run = folder().run(&format!("simulate --as {JOHN} --policy all.json {flags} sts:GetScopedCredentials"));
        run.ends(code);
        assert_eq!(told(&run, "unknown"), unknown);
    };
    decided("", 0, "aws:MultiFactorAuthPresent, aws:TokenIssueTime could change this answer: they were not given");
    decided("--mfa absent", 1, "aws:TokenIssueTime could change this answer: it was not given");
    decided("--mfa absent --no-context aws:TokenIssueTime", 1, "");
    decided("--mfa absent --context aws:TokenIssueTime=2026-01-01", 0, "");
    decided("--mfa false", 0, "");
}
