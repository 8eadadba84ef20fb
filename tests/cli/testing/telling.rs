//! More failures than are told; `fixtures/cli/test_output.md` has what a run tells.

use super::{CASE, WORLD};
use crate::run::Folder;

#[test]
fn a_hundred_failures_are_told_in_full() {
    let text = CASE.replace("s3:GetObject", "'ec2:Describe*'");
    let folder = Folder::new().with("world.yaml", WORLD).with("x.iamtest.yaml", text);
    let (brief, full) = (folder.run("test").stdout, folder.run("test -v").stdout);
    let count = |text: &str| text.matches("\n  expected  allow\n").count();
    assert_eq!(count(&brief), 100);
    assert_eq!(count(&full), full.matches("\nFAIL  ").count());
    assert_eq!(brief.matches("\nFAIL  ").count(), count(&full));
    assert!(brief.contains(&format!("\n`-v` shows all {} failures in full\n", count(&full))));
}
