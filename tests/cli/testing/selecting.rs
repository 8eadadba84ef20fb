//! Files that no page can hold: links, and names that are not text. `fixtures/cli/test_select.md` has the rest.

use super::{CASE, WORLD};
use crate::run::Folder;

/// The names of the files whose cases `--list` lists.
fn listed(folder: &Folder, arguments: &str) -> Vec<String> {
    let run = folder.run(&format!("test --list {arguments}"));
    run.ends(0);
    run.stdout.lines().map(|line| line.trim_end_matches("::x").to_owned()).collect()
}

#[cfg(unix)]
#[test]
fn a_link_is_a_test_file_of_its_own_folder() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new().with("shared/x.iamtest.yaml", CASE);
    for (name, world) in [("dev", WORLD.replace("s3:Get*", "s3:*")), ("prod", WORLD.to_owned())] {
        folder.write(&format!("{name}/world.yaml"), world);
        symlink("../shared/x.iamtest.yaml", folder.path(&format!("{name}/x.iamtest.yaml"))).expect("a link");
    }
    symlink("dev", folder.path("same")).expect("a link");
    let both = ["dev/x.iamtest.yaml", "prod/x.iamtest.yaml"];
    assert_eq!(listed(&folder, "dev prod same same/x.iamtest.yaml"), both);
    folder.write("iameval.toml", "tests = ['dev', 'prod']");
    assert_eq!(listed(&folder, ""), both);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_text_is_found() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new().with("world.yaml", WORLD);
    let name = std::ffi::OsStr::from_bytes(b"\xff.iamtest.yaml");
    std::fs::write(folder.path("").join(name), CASE).expect("a file");
    assert_eq!(listed(&folder, ""), ["\u{fffd}.iamtest.yaml"]);
}
