//! `expand`: the actions of AWS that patterns cover.

use crate::run::Folder;
use serde_json::{Value, json};

#[track_caller]
fn shows(arguments: &str, stdout: &str) {
    Folder::new().run(&format!("expand {arguments}")).shows(0, stdout);
}

#[track_caller]
fn complains(arguments: &str, lines: &str) {
    Folder::new().run(&format!("expand {arguments}")).complains(lines);
}

#[test]
fn actions_with_level_and_resource_types() {
    shows(
        "iam:*Password*",
        "\
iam:ChangePassword               Write                   user*
iam:DeleteAccountPasswordPolicy  Permissions management  -
iam:GetAccountPasswordPolicy     Read                    -
iam:UpdateAccountPasswordPolicy  Write                   -
",
    );
    shows("IAM:changepassword", "iam:ChangePassword  Write  user*\n");
}

#[test]
fn several_patterns_give_each_action_once_in_order() {
    let names = |patterns: &str| {
        let run = Folder::new().run(&format!("expand {patterns}"));
        run.ends(0);
        let names = run.stdout.lines().filter_map(|line| line.split_whitespace().next());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let expected = ["iam:ChangePassword", "s3:GetBucketAcl", "s3:PutBucketAcl"];
    assert_eq!(names("s3:*BucketAcl s3:Get?ucketAcl iam:ChangePassword"), expected);
    let everything = names("*");
    assert_eq!(names("*:*"), everything);
    assert!(everything.len() > 10_000, "{}", everything.len());
    assert!(everything.contains(&"s3:GetObject".to_owned()));
}

#[test]
fn filters_narrow() {
    shows("s3:*BucketAcl --access-level read", "s3:GetBucketAcl  Read  accesspoint, bucket\n");
    shows(
        "s3:*Acl --resource-type Bucket --access-level permissions-management",
        "s3:PutBucketAcl  Permissions management  bucket*\n",
    );
    complains(
        "s3:* --access-level readonly",
        "error[IE0500]: invalid value 'readonly' for '--access-level <LEVEL>'\n[possible values: list, read, write, tagging, permissions-management]",
    );
}

#[test]
fn filters_that_leave_nothing_say_so() {
    for (flags, note) in [
        ("--access-level tagging", "note: of the 2 actions that are covered, none passes the filters\n"),
        (
            "--resource-type buckt",
            "note: of the 2 actions that are covered, none passes the filters; did you mean `bucket`?\n",
        ),
    ] {
        let run = Folder::new().run(&format!("expand s3:*BucketAcl {flags}"));
        assert_eq!((run.code, &*run.stdout, &*run.stderr), (Some(0), "", note));
        let run = Folder::new().run(&format!("expand s3:*BucketAcl {flags} --format json"));
        let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
        assert_eq!(document, json!({"schema": "iameval/expand/1", "actions": []}));
    }
}

#[test]
fn as_json() {
    let run = Folder::new().run("expand iam:ChangePassword --format json");
    run.ends(0);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(
        document,
        json!({"schema": "iameval/expand/1", "actions": [{
            "action": "iam:ChangePassword",
            "service": "iam",
            "access_level": "Write",
            "resource_types": [{
                "name": "user",
                "required": true,
                "arns": ["arn:${Partition}:iam::${Account}:user/${UserNameWithPath}"],
            }],
            "condition_keys": ["aws:ResourceTag/${TagKey}", "iam:ResourceTag/${TagKey}"],
            "dependent_actions": [],
        }]})
    );
}

#[test]
fn newer_reference_files_count() {
    let folder = Folder::new().with("data/new.json", r#"{"Name": "brandnew", "Actions": [{"Name": "GetThing"}]}"#);
    folder.run("expand brandnew:* --data data").shows(0, "brandnew:GetThing  Read  -\n");
    folder.run("expand brandnew:*").complains("error[IE0601]: no AWS service has the prefix `brandnew`");
}

#[test]
fn patterns_that_cover_nothing() {
    complains(
        "s33:* iam:*Pasword* s3:GetObjct s3:GetObject",
        "\
error[IE0601]: no AWS service has the prefix `s33`
 --> command line, PATTERN:1:1
1 | s33:*
  | ^^^^^
  = help: did you mean `s3:*`?
error[IE0602]: `iam:*Pasword*` covers no action of `iam`
  = help: did you mean `iam:*Password*`?
error[IE0602]: `s3:GetObjct` covers no action of `s3`
  = help: did you mean `s3:GetObject`?",
    );
    complains(
        "s3",
        "\
error[IE0501]: `s3` names no service
 --> command line, PATTERN:1:1
1 | s3
  | ^^
  = help: for all actions of the service write `'s3:*'`",
    );
    complains(
        "GetObject",
        "error[IE0501]: `GetObject` names no service\n = help: write it as `service:Action`, such as `'s3:*'` or `'s3:Get*'`",
    );
    complains("", "error[IE0500]: the following required arguments were not provided:\n  <PATTERN>...");
}
