//! More failures than are told; `fixtures/cli/test_output.md` has what a run tells.

use super::{CASE, WORLD};
use crate::run::Folder;

#[test]
fn failures_that_are_alike_are_told_once() {
    let text = CASE.replace("s3:GetObject", "'ec2:Describe*'");
    let folder = Folder::new().with("world.yaml", WORLD).with("x.iamtest.yaml", text);
    let (brief, full) = (folder.run("test").stdout, folder.run("test -v").stdout);
    let all = full.matches("\nFAIL  ").count();
    assert_eq!(brief.matches("\nFAIL  ").count(), 1, "{brief}");
    assert!(brief.contains(&format!("\n  alike     {} others: ec2:Describe", all - 1)), "{brief}");
    let words: Vec<&str> = brief.split_whitespace().collect();
    assert!(words.join(" ").contains(&format!(" and {} more `-v`", all - 21)), "{brief}");
    assert!(brief.contains(&format!("\n`-v` shows all {all} failures in full\n")), "{brief}");
}

#[test]
fn a_hundred_failures_are_told_in_full() {
    let cases = (0..120).map(|number| {
        format!(
            "  - {{ name: x{number}, principal: alice, action: 'ec2:RunInstances', resource: '*', expect: allow }}\n"
        )
    });
    let text = format!("use: world.yaml\ntests:\n{}", cases.collect::<String>());
    let folder = Folder::new().with("world.yaml", WORLD).with("x.iamtest.yaml", text);
    let (brief, full) = (folder.run("test").stdout, folder.run("test -v").stdout);
    let count = |text: &str| text.matches("\n  expected  allow\n").count();
    assert_eq!(count(&brief), 100);
    assert_eq!(count(&full), full.matches("\nFAIL  ").count());
    assert_eq!(brief.matches("\nFAIL  ").count(), count(&full));
    assert!(brief.contains(&format!("\n`-v` shows all {} failures in full\n", count(&full))));
}
