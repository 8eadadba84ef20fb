//! Files that cannot be used and that no page can hold; `fixtures/cli/bad_input.md` has the others.

use crate::run::{Folder, allow};

#[cfg(unix)]
#[test]
fn a_file_without_permission() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new().with("secret.json", allow("S3", "s3:*"));
    let path = folder.path("secret.json");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("a mode");
    if std::fs::read(&path).is_ok() {
        return; // Root reads everything.
    }
    folder
        .run("simulate --policy secret.json s3:GetObject")
        .complains("error[IE0001]: cannot read `secret.json`: permission denied");
}

#[test]
fn text_that_nests_too_deep() {
    let folder = Folder::new().with("policy.json", "[".repeat(100_000));
    folder
        .run("simulate --policy policy.json -r arn:aws:s3:::b/k s3:GetObject")
        .complains("error[IE0101]: the text is nested deeper than 128 levels\n --> policy.json:1:129");
}

#[cfg(unix)]
#[test]
fn a_device_that_never_ends() {
    let folder = Folder::new().with("policy.json", allow("S3", "s3:*"));
    for command in [
        "check --max-file-size 1M /dev/zero",
        "keys --max-file-size 1M /dev/zero",
        "simulate --max-file-size 1M --policy /dev/zero s3:GetObject",
        "simulate --max-file-size 1M -w /dev/zero s3:GetObject",
        "simulate --max-file-size 1M --request /dev/zero",
        "test --max-file-size 1M /dev/zero",
    ] {
        folder.run(command).complains("error[IE0006]: cannot read `/dev/zero`: it is larger than 1048576 bytes");
    }
    folder.run("batch --max-line 1M /dev/zero").complains("error[IE0006]: line 1 is longer than 1048576 bytes");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_left_out() {
    let folder = Folder::new().with("policies/policy.json", allow("S3", "s3:*"));
    let made = std::process::Command::new("mkfifo").arg(folder.path("policies/pipe.json")).status();
    assert!(made.expect("mkfifo").success());
    let warning = "policies/pipe.json\n = help: name it on the command line to have it read";
    let run = folder.run("check policies");
    assert!(run.stderr.contains(warning), "{}", run.stderr);
    assert!(run.stdout.contains("1 policy checked"), "{}", run.stdout);
    let run = folder.run("--data policies expand s3:GetObject");
    assert!(run.stderr.contains(warning), "{}", run.stderr);
    let made = std::process::Command::new("mkfifo").arg(folder.path("policies/pipe.iamtest.yaml")).status();
    assert!(made.expect("mkfifo").success());
    let warning = "policies/pipe.iamtest.yaml\n = help: name it on the command line to have it read";
    let run = folder.with("policies/a.iamtest.yaml", "tests: []\n").run("test --list policies");
    assert!(run.stderr.contains(warning), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_named_is_read_once() {
    let folder = Folder::new();
    let path = folder.path("world.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    let world = "account: \"123456789012\"\nprincipals: {jane: {user: jane, policies: [{Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}]}}\n";
    let writer = std::thread::spawn(move || std::fs::write(path, world));
    let run = folder.run("simulate -w world.yaml s3:GetObject");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    writer.join().expect("a thread").expect("a pipe");
}
