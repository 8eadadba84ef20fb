//! Closed pipes and a full disk; `fixtures/cli/output.md` has the rest.

use crate::run::{Folder, allow};

fn folder() -> Folder {
    Folder::new().with("s3.json", allow("S3", "s3:*"))
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
