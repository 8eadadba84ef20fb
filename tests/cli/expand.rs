//! `expand` of everything; `fixtures/cli/expand.md` has the rest.

use crate::run::Folder;

#[test]
fn there_are_more_than_ten_thousand_actions() {
    let run = Folder::new().run("expand *");
    run.ends(0);
    let names: Vec<&str> = run.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 10_000, "{}", names.len());
    assert!(names.contains(&"s3:GetObject"));
}
