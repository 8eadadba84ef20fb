//! AWS managed policies by name, wherever a policy is taken.

use crate::run::{Folder, JOHN, allow};

#[test]
fn a_managed_policy_stands_for_its_document() {
    Folder::new().run("simulate --policy aws:PowerUserAccess ec2:RunInstances").shows(
        0,
        r#"allow  ec2:RunInstances  on any resource of the caller's account
  by        aws:PowerUserAccess, statement 1  aws:PowerUserAccess:4:5
       6 |       "NotAction": [
         |       ^^^^^^^^^^^ does not list ec2:RunInstances
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
"#,
    );
    let results = Folder::new().results("simulate --policy aws:PowerUserAccess ec2:RunInstances");
    assert_eq!(results[0]["matched"][0]["policy"], "aws:PowerUserAccess");
    assert_eq!(results[0]["matched"][0]["file"], "aws:PowerUserAccess");
    assert_eq!(results[0]["matched"][0]["line"], 4);
}

#[test]
fn an_arn_names_the_policy_too() {
    for reference in ["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", "aws:ViewOnlyAccess"] {
        let run = Folder::new().run(&format!("simulate --policy {reference} ec2:DescribeInstances"));
        run.ends(0);
        assert!(run.stdout.contains("  by        aws:ViewOnlyAccess#"), "{}", run.stdout);
    }
}

#[test]
fn every_policy_flag_takes_one() {
    let folder = Folder::new().with("all.json", allow("All", "*"));
    let decides = |flags: &str, action: &str, expected: &str| {
        folder.decides(&format!("simulate --as {JOHN} {flags} -r * {action}"), expected);
    };
    decides("--policy all.json --boundary aws:ReadOnlyAccess", "ec2:RunInstances", "implicit_deny by boundary");
    decides("--policy all.json --scp aws:FullAWSAccess", "ec2:RunInstances", "allowed by identity");
    decides(
        "--policy all.json --scp aws:FullAWSAccess --scp-level --scp aws:ReadOnlyAccess",
        "ec2:RunInstances",
        "implicit_deny by scp",
    );
    decides("--policy all.json --rcp aws:RCPFullAWSAccess", "ec2:RunInstances", "allowed by identity");
    folder.decides(
        "simulate --as arn:aws:sts::123456789012:assumed-role/dev/anna -r * --policy all.json \
         --session-policy aws:ReadOnlyAccess ec2:RunInstances",
        "implicit_deny by session",
    );
    for flag in ["--resource-policy", "--endpoint-policy"] {
        decides(&format!("--policy all.json {flag} aws:RCPFullAWSAccess"), "ec2:RunInstances", "allowed by identity");
    }
}

#[test]
fn a_file_of_such_a_name_is_reached_by_its_path() {
    let folder = Folder::new().with("aws:x", allow("Own", "s3:*"));
    let run = folder.run("simulate --policy ./aws:x s3:GetObject");
    run.ends(0);
    assert!(run.stdout.contains("  by        aws:x#Own  ./aws:x:1:41"), "{}", run.stdout);
}

#[test]
fn unknown_names_have_a_suggestion() {
    Folder::new().run("simulate --policy aws:PowerUserAcess s3:GetObject").complains(
        "\
error[IE0403]: no AWS managed policy `PowerUserAcess` is known
 --> command line, --policy:1:1
1 | aws:PowerUserAcess
  | ^^^^^^^^^^^^^^^^^^
  = help: did you mean `aws:PowerUserAccess`?",
    );
    Folder::new().run("simulate --policy aws:ReadOnlyAccess --scp aws:readonlyaccess s3:GetObject").complains(
        "\
error[IE0403]: no AWS managed policy `readonlyaccess` is known
 --> command line, --scp:1:1
  = help: did you mean `aws:ReadOnlyAccess`?",
    );
    Folder::new().run("simulate --policy arn:aws:iam::aws:policy/OurOwnThing s3:GetObject").complains(
        "\
error[IE0403]: no AWS managed policy `arn:aws:iam::aws:policy/OurOwnThing` is known
  = help: names count case; save the document of a newer policy in a file and name that",
    );
    Folder::new()
        .run("simulate --policy arn:aws:iam::123456789012:policy/x s3:GetObject")
        .complains("error[IE0001]: cannot read `arn:aws:iam::123456789012:policy/x`: no such file");
}

const WORLD: &str = r#"version: 1
account: "123456789012"
policies:
  power: aws:PowerUserAccess
groups:
  readers: [aws:ReadOnlyAccess]
principals:
  jane: { user: jane, groups: [readers], boundary: aws:PowerUserAccess }
  john: { user: john, policies: [power, "arn:aws:iam::aws:policy/IAMUserChangePassword"] }
"#;

#[test]
fn world_files_take_them_in_maps_and_lists() {
    let folder = Folder::new().with("world.yaml", WORLD);
    folder.run("simulate -w world.yaml --as john iam:ChangePassword ec2:RunInstances").shows(
        0,
        r#"allow     iam:ChangePassword  on arn:aws:iam::123456789012:user/john (inferred)
allow     ec2:RunInstances    on any resource of 123456789012

allow  iam:ChangePassword  on arn:aws:iam::123456789012:user/john (inferred: acts on the caller)
  by        aws:IAMUserChangePassword, statement 1  aws:IAMUserChangePassword:4:5  attached to john
       7 |         "iam:ChangePassword"
         |         ^^^^^^^^^^^^^^^^^^^^ covers iam:ChangePassword
      10 |         "arn:aws:iam::*:user/${aws:username}",
         |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ fits arn:aws:iam::123456789012:user/john
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -

allow  ec2:RunInstances  on any resource of 123456789012
  by        aws:PowerUserAccess, statement 1  aws:PowerUserAccess:4:5  attached to john
       6 |       "NotAction": [
         |       ^^^^^^^^^^^ does not list ec2:RunInstances
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
"#,
    );
    folder.decides("simulate -w world.yaml --as jane ec2:RunInstances", "implicit_deny by none");
    folder.decides("simulate -w world.yaml --as jane iam:GetAccountSummary", "implicit_deny by boundary");
}

#[test]
fn unknown_names_in_a_world_are_shown_where_they_stand() {
    let complains = |from: &str, to: &str, lines: &str| {
        let folder = Folder::new().with("world.yaml", WORLD.replace(from, to));
        folder.run("simulate -w world.yaml --as john s3:GetObject").complains(lines);
    };
    complains(
        "power: aws:PowerUserAccess",
        "power: aws:PowerUser",
        "error[IE0403]: no AWS managed policy `PowerUser` is known\n --> world.yaml:4:10\n4 |   power: aws:PowerUser\n  |          ^^^^^^^^^^^^^",
    );
    complains(
        "[aws:ReadOnlyAccess]",
        "[aws:ReadOnlyAcces]",
        "\
error[IE0403]: no AWS managed policy `ReadOnlyAcces` is known
 --> world.yaml:6:13
6 |   readers: [aws:ReadOnlyAcces]
  |             ^^^^^^^^^^^^^^^^^
  = help: did you mean `aws:ReadOnlyAccess`?",
    );
}
