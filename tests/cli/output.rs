//! Exit statuses, formats, colours, details.

use crate::run::{Folder, JOHN, allow, native, policy};
use serde_json::json;

fn folder() -> Folder {
    Folder::new().with("s3.json", allow("S3", "s3:*")).with(
        "mixed.json",
        policy(
            r#"{"Sid": "Read", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},
               {"Sid": "NoDelete", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"},
               {"Sid": "Home", "Effect": "Allow", "Action": "ec2:*", "Resource": "*",
                "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}"#,
        ),
    )
}

#[track_caller]
fn ends(flags: &str, code: i32) {
    folder().run(&format!("simulate --policy mixed.json --as {JOHN} {flags}")).ends(code);
}

#[test]
fn the_wanted_answer_is_allow_unless_said_otherwise() {
    ends("s3:GetObject", 0);
    ends("s3:DeleteObject", 1);
    ends("sqs:SendMessage", 1);
    for (expected, [allowed, explicit, implicit]) in
        [("allow", [0, 1, 1]), ("deny", [1, 0, 0]), ("explicit", [1, 0, 1]), ("implicit", [1, 1, 0])]
    {
        ends(&format!("--expect {expected} s3:GetObject"), allowed);
        ends(&format!("--expect={expected} s3:DeleteObject"), explicit);
        ends(&format!("--expect {expected} sqs:SendMessage"), implicit);
    }
}

#[test]
fn every_action_must_have_the_wanted_answer() {
    ends("s3:GetObject s3:PutObject", 0);
    ends("s3:GetObject s3:DeleteObject", 1);
    ends("--expect deny sqs:SendMessage s3:DeleteObject", 0);
    ends("--expect deny sqs:SendMessage s3:GetObject", 1);
}

#[test]
fn exit_zero_asks_for_nothing() {
    ends("--exit-zero s3:DeleteObject sqs:SendMessage", 0);
    folder()
        .run("simulate --policy nothing.json --exit-zero s3:GetObject")
        .complains("error[IE0001]: cannot read `nothing.json`: no such file");
}

#[test]
fn the_answer_may_have_to_come_from_a_statement() {
    ends("--by Read s3:GetObject", 0);
    ends("--by NoDelete s3:GetObject", 1);
    ends("--expect explicit --by NoDelete s3:DeleteObject", 0);
    ends("--expect explicit --by Read s3:DeleteObject", 1);
    ends("--by NoDelete s3:DeleteObject", 1);
    ends("--expect implicit --by Read sqs:SendMessage", 1);
}

#[test]
fn an_answer_that_depends_on_a_key_can_be_an_error() {
    ends("ec2:RunInstances", 1);
    ends("--strict-context s3:GetObject", 0);
    ends("--strict-context --source-ip 203.0.113.7 ec2:RunInstances", 0);
    ends("--strict-context --no-context aws:SourceIp ec2:RunInstances", 1);
    let strict = format!("simulate --policy mixed.json --as {JOHN} --strict-context");
    for format in ["human", "json"] {
        folder()
            .run(&format!("{strict} --format {format} ec2:RunInstances s3:GetObject ec2:StopInstances"))
            .complains(
                "\
error[IE0508]: the answer depends on context keys that were not given: ec2:RunInstances (aws:SourceIp); ec2:StopInstances (aws:SourceIp)
--> command line
 = help: give them with `-c KEY=VALUE`, or with `--no-context KEY`",
            );
    }
}

#[test]
fn json_has_a_schema_the_native_result_and_more() {
    let results = folder().results(&format!(
        "simulate --policy mixed.json --as {JOHN} --mfa false -r arn:aws:s3:::b/k s3:DeleteObject --exit-zero"
    ));
    assert_eq!(results.len(), 1);
    assert_eq!(
        native(&results[0]),
        json!({
            "id": null,
            "decision": "explicit_deny",
            "decided_by": "identity",
            "matched": [
                {"policy": "mixed", "policy_type": "identity", "level": null, "sid": "Read", "statement_index": 0, "effect": "Allow"},
                {"policy": "mixed", "policy_type": "identity", "level": null, "sid": "NoDelete", "statement_index": 1, "effect": "Deny"},
            ],
            "missing_context_keys": ["aws:SourceIp"],
            "error": null,
        })
    );
    let result = &results[0];
    let extras = [
        ("action", json!("s3:DeleteObject")),
        ("resource", json!("arn:aws:s3:::b/k")),
        ("resource_inferred", json!(null)),
        ("principal", json!(JOHN)),
        ("mfa", json!("false")),
        ("service_rule", json!(null)),
        ("undecided_context_keys", json!([])),
        (
            "layers",
            json!({
                "scp": "none", "rcp": "none", "endpoint": "none", "resource": "none",
                "identity": "explicit_deny", "boundary": "none", "session": "none",
                "scope_down": "none",
            }),
        ),
        ("notes", json!(["the ARN names no account; the resource is taken to belong to 123456789012"])),
    ];
    for (member, value) in extras {
        assert_eq!(result[member], value, "{member}");
    }
    let place = ["file", "line", "column"].map(|member| result["matched"][1][member].clone());
    assert_eq!(place, [json!("mixed.json"), json!(2), json!(16)]);
}

#[test]
fn json_tells_how_a_statement_reaches_the_caller() {
    let results = Folder::new().results("simulate --example force-mfa --mfa false iam:GetAccountPasswordPolicy");
    let ways: Vec<_> = results[0]["matched"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|statement| [&statement["policy"], &statement["via"]].map(|text| text.as_str().unwrap_or_default()))
        .collect();
    assert!(ways.contains(&["IAMUserChangePassword", "attached to john.doe"]), "{ways:?}");
    assert!(ways.contains(&["force-mfa", "via group PowerConsultants"]), "{ways:?}");
    assert_eq!(results[0]["resource_inferred"], "the action has no resource");
    assert_eq!(results[0]["mfa"], "false");
}

#[test]
fn json_names_the_rule_of_a_service() {
    let results = Folder::new().results("simulate --example force-mfa --mfa absent sts:GetSessionToken");
    assert_eq!(results[0]["service_rule"], "R-SVC-06");
    assert_eq!(results[0]["decided_by"], "service");
}

const PLAIN: &str = r#"allow  s3:GetObject  on any resource of the caller's account
  by        s3#S3  s3.json:1:41
       1 | {"Version": "2012-10-17", "Statement": [{"Sid": "S3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
         |                                                                                    ^^^^^^ covers s3:GetObject
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
"#;

const COLOURED: &str = "\
\u{1b}[1m\u{1b}[32mallow\u{1b}[0m  s3:GetObject  on any resource of the caller's account
  by        s3#S3  \u{1b}[2ms3.json:1:41\u{1b}[0m
\u{1b}[2m       1 | \u{1b}[0m{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"S3\", \"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}
\u{1b}[2m         | \u{1b}[0m                                                                                   \u{1b}[33m^^^^^^\u{1b}[0m \u{1b}[33mcovers s3:GetObject\u{1b}[0m
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
";

#[test]
fn colours_follow_the_flag_then_the_environment_then_the_terminal() {
    let shows = |environment: &[(&'static str, &'static str)], flags: &str, expected: &str| {
        let folder = environment.iter().fold(folder(), |folder, (name, value)| folder.environment(name, value));
        folder.run(&format!("simulate --policy s3.json {flags} s3:GetObject")).shows(0, expected);
    };
    shows(&[], "", PLAIN);
    shows(&[], "--color auto", PLAIN);
    shows(&[], "--color never", PLAIN);
    shows(&[], "--color always", COLOURED);
    shows(&[("CLICOLOR_FORCE", "1")], "", COLOURED);
    shows(&[("CLICOLOR_FORCE", "1")], "--color never", PLAIN);
    shows(&[("CLICOLOR_FORCE", "0")], "", PLAIN);
    shows(&[("NO_COLOR", "1")], "--color always", COLOURED);
    shows(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], "", PLAIN);
    shows(&[("NO_COLOR", "0"), ("CLICOLOR_FORCE", "1")], "", PLAIN);
    shows(&[("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")], "", COLOURED);
}

#[test]
fn a_word_goes_with_every_colour() {
    let run = folder().run("simulate --policy mixed.json --color always s3:DeleteObject");
    assert!(run.stdout.starts_with("\u{1b}[1m\u{1b}[31mdeny \u{1b}[0m  s3:DeleteObject"), "{}", run.stdout);
    let run = folder().run("simulate --policy nothing.json --color always s3:DeleteObject");
    assert!(run.stderr.contains("\u{1b}[") && run.stderr.contains("error[IE0001]"), "{}", run.stderr);
    let run = folder().run("simulate --policy nothing.json s3:DeleteObject");
    assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
}

#[test]
fn json_has_no_colours() {
    let run = folder().run("simulate --policy s3.json --color always --format json s3:GetObject");
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
}

#[test]
fn verbose_tells_files_and_derived_keys_on_standard_error() {
    let folder = Folder::new();
    let run = folder.run("simulate --example force-mfa -v --mfa false iam:ChangePassword");
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.starts_with("allow  iam:ChangePassword"), "{}", run.stdout);
    assert_eq!(
        run.stderr,
        "\
world: the example `force-mfa`: a new user may only change the password and set up MFA until signed in with MFA
context: aws:MultiFactorAuthAge = absent
context: aws:MultiFactorAuthPresent = false
context: aws:PrincipalAccount = 123456789012
context: aws:PrincipalArn = arn:aws:iam::123456789012:user/john.doe
context: aws:PrincipalIsAWSService = false
context: aws:PrincipalType = User
context: aws:ResourceAccount = 123456789012
context: aws:username = john.doe
"
    );
    folder.run("simulate --example force-mfa --mfa false iam:ChangePassword").ends(0);
}

#[test]
fn a_full_disk_is_an_error() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let folder = folder();
    let output = folder
        .command("")
        .args(["simulate", "--policy", "s3.json", "s3:GetObject"])
        .stdout(full)
        .output()
        .expect("the command runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: cannot write the answer: "));
}

/// What a command comes to whose answers nobody reads.
fn unread(mut command: std::process::Command) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = command.stdout(writer).output().expect("the command runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = folder();
    let mut command = folder.command("");
    command.args(["simulate", "--policy", "s3.json"]).args(std::iter::repeat_n("s3:GetObject", 3_000));
    assert_eq!(unread(command), (Some(0), String::new()));
}

#[test]
fn a_closed_pipe_changes_no_exit_status() {
    let folder = folder().with(
        "x.iamtest.yaml",
        "
principals: { a: { user: 'arn:aws:iam::123456789012:user/a', policies: s3 } }
policies: { s3: s3.json }
tests: [{ name: x, action: 's3:GetObject', resource: '*', expect: deny }]
",
    );
    let all = |flags: &str| {
        let mut command = folder.command("");
        command.args(flags.split(' '));
        unread(command)
    };
    let denied = format!("simulate --policy s3.json{}", " iam:CreateUser".repeat(3_000));
    for flags in [&denied, "test", "test --format json", "test --watch", "test --report junit=x.xml"] {
        assert_eq!(all(flags), (Some(1), String::new()));
    }
    let report = std::fs::read_to_string(folder.path("x.xml")).expect("a report");
    assert!(report.contains("<failure"), "{report}");
}
