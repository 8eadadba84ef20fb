//! `expand` of everything; `fixtures/cli/expand.md` has the rest.

use crate::run::Folder;

#[test]
fn several_patterns_give_each_action_once_in_order() {
    let names = |patterns: &str| {
        let run = Folder::new().run(&format!("expand {patterns}"));
        run.ends(0);
        let names = run.stdout.lines().filter_map(|line| line.split_whitespace().next());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let expected = ["iam:ChangePassword", "s3:GetBucketAcl", "s3:PutBucketAcl"];
    assert_eq!(names("s3:*BucketAcl s3:Get?ucketAcl iam:ChangePassword"), expected);
    let everything = names("*");
    assert_eq!(names("*:*"), everything);
    assert!(everything.len() > 10_000, "{}", everything.len());
    assert!(everything.contains(&"s3:GetObject".to_owned()));
}
