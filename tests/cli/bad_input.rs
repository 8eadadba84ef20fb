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
        .complains("error[IE0101]: the text nests deeper than 128 levels\n --> policy.json:1:129");
}
