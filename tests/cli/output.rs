//! Colours, closed pipes, a full disk; `fixtures/cli/output.md` has exit statuses, formats and details.

use crate::run::{Folder, allow, policy};

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
