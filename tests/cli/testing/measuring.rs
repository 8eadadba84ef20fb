//! `--coverage` and `--mutants`: what tests reach, and what they notice.

use super::{CASE, folder, force_mfa, told};

/// What MFA unlocks, in each state.
const TABLE: &str = "
use: world.yaml
tests:
  - name: what MFA unlocks
    table: |
      action                        resource  mfa=true  mfa=false  mfa=absent
      iam:ChangePassword            self      allow     allow      allow
      iam:GetAccountPasswordPolicy  *         allow     explicit   explicit
";

const DROPPED: &str = "survived  policies/force-mfa.json:39:9  force-mfa#BlockEverythingUnlessSignedInWithMFA  - \"BoolIfExists\"  + \"Bool\"";

#[test]
fn dropping_if_exists_is_noticed_where_a_case_asks_without_the_key() {
    let run = force_mfa(TABLE).run("test --mutants");
    assert_eq!((run.code, &*run.stderr), (Some(1), ""));
    assert!(!run.stdout.contains("BoolIfExists"), "{}", run.stdout);
    let less = TABLE
        .replace("  mfa=absent", "")
        .replace("allow      allow", "allow")
        .replace("explicit   explicit", "explicit");
    let run = force_mfa(&less).run("test --mutants");
    assert_eq!((run.code, &*run.stderr), (Some(1), ""));
    assert!(run.stdout.lines().any(|line| line == DROPPED), "{}", run.stdout);
}

/// A world with one statement about one thing, and cases that pin all of it.
const PINNED: &str = r#"
account: "123456789012"
policies:
  one: { Version: "2012-10-17", Statement: { Sid: One, Effect: Allow, Action: "s3:GetObject", Resource: "*" } }
principals: { a: { user: a, policies: [one] } }
tests:
  - { name: reading, action: "s3:GetObject", resource: "arn:aws:s3:::b/k", expect: allow }
"#;

#[test]
fn nothing_survives_a_test_that_pins_everything() {
    let run = folder(PINNED).run("test --mutants");
    run.ends(0);
    assert!(run.stdout.ends_with("mutants noticed\n\n1 passed, 0 failed, 0 skipped\n"), "{}", run.stdout);
    let (noticed, all) = run
        .stdout
        .lines()
        .find_map(|line| line.strip_suffix(" mutants noticed")?.split_once(" of "))
        .expect("how many");
    assert_eq!(noticed, all);
}

#[test]
fn no_mutants_while_cases_fail() {
    let run = folder(PINNED.replace("expect: allow", "expect: deny")).run("test --mutants");
    assert_eq!((run.code, &*run.stderr), (Some(1), "no mutants are tried while cases fail\n"));
    assert!(!run.stdout.contains("mutants"));
}

#[test]
fn coverage_as_a_table() {
    folder(CASE).run("test --coverage").shows(
        0,
        "\
ok      x.iamtest.yaml  1 passed, 0 failed, 0 skipped
decided  matched  entries  conditions  covered  policy
    1/2      1/2      2/4           -    50.0%  read  world.yaml

not covered
  read#NotTheVault  never matched  world.yaml:8:9

1 passed, 0 failed, 0 skipped
",
    );
}

#[test]
fn coverage_in_other_forms() {
    let folder = folder(CASE);
    let run = folder.run("test --coverage=listing --coverage=lcov:sub.info");
    run.ends(0);
    assert!(
        run.stdout.contains("+     7 |       - { Sid: Read,") && run.stdout.contains("-     8 |"),
        "{}",
        run.stdout
    );
    let lcov = std::fs::read_to_string(folder.path("sub.info")).expect("a file");
    assert_eq!(lcov, "TN:\nSF:world.yaml\nDA:7,1\nDA:8,0\nLF:2\nLH:1\nend_of_record\n");
    for (flag, expected) in [
        (
            "--coverage=lcov",
            "IE0504 `lcov` needs a file\nat command line, --coverage:1:1\nhelp: write it like `--coverage=lcov:coverage.info`",
        ),
        (
            "--coverage=tabel",
            "IE0504 `tabel` is no form of coverage\nat command line, --coverage:1:1\nhelp: did you mean `table`?",
        ),
        (
            "--fail-under=101",
            "IE0504 `101` is no percentage\nat command line, --fail-under:1:1\nhelp: a number from 0 to 100",
        ),
    ] {
        let run = folder.run(&format!("test {flag}"));
        assert_eq!((run.code, &*told(&run)), (Some(2), expected));
    }
}

#[test]
fn too_little_coverage_fails() {
    let folder = folder(CASE);
    let ok = "ok      x.iamtest.yaml  1 passed, 0 failed, 0 skipped\n1 passed, 0 failed, 0 skipped\n";
    folder.run("test --fail-under 50").shows(0, ok);
    folder.run("test --fail-under 50%").shows(0, ok);
    let run = folder.run("test --fail-under 50.5");
    assert_eq!(
        (run.code, &*run.stdout, &*run.stderr),
        (Some(1), ok, "the tests cover 50.0 % of the policies, under the 50.5 % wanted\n")
    );
}

#[test]
fn managed_policies_count_when_they_are_named() {
    let text = r#"
account: "123456789012"
principals: { a: { user: a, policies: [aws:IAMUserChangePassword] } }
tests:
  - { name: x, action: "iam:ChangePassword", resource: self, expect: allow }
"#;
    let folder = folder(text);
    let run = folder.run("test --fail-under 10");
    assert_eq!(
        (run.code, &*told(&run)),
        (
            Some(2),
            "IE0705 `--fail-under` has nothing to measure: no policy counts\nat command line\nhelp: policies that AWS manages count when `--managed aws:NAME` names them"
        )
    );
    folder.run("test --fail-under 10 --managed aws:IAMUserChangePassword").ends(0);
    let run = folder.run("test --mutants --managed aws:IAMUserChangePassword");
    assert_eq!(run.code, Some(1));
    assert!(
        run.stdout.contains("survived  ") && run.stdout.contains("aws:IAMUserChangePassword, statement 2"),
        "{}",
        run.stdout
    );
    assert!(!folder.run("test --mutants").stdout.contains("survived"));
    let run = folder.run("test --mutants --managed aws:IAMUserChangePasswrd");
    assert_eq!(
        (run.code, told(&run).lines().last()),
        (Some(2), Some("help: did you mean `aws:IAMUserChangePassword`?"))
    );
}

#[test]
fn a_case_that_must_fail_notices_nothing() {
    let handled = PINNED.replace(
        "  - { name: reading, action: \"s3:GetObject\", resource: \"arn:aws:s3:::b/k\", expect: allow }",
        "  - { name: x, xfail: for now, actions: [\"s3:GetObject\", \"s3:PutObject\"], resource: \"arn:aws:s3:::b/k\", expect: allow }",
    );
    let run = folder(handled).run("test --mutants");
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stdout.contains("\n0 of 0 mutants noticed\n"), "{}", run.stdout);
}

#[test]
fn an_answer_that_comes_to_depend_on_what_was_not_given_is_noticed() {
    let text = r#"
account: "123456789012"
policies:
  one:
    Statement:
      - { Sid: No, Effect: Deny, Action: "s3:GetObject", Resource: "*" }
      - { Sid: Yes, Effect: Allow, Action: "s3:*", Resource: "*", Condition: { Bool: { aws:SecureTransport: true } } }
principals: { a: { user: a, policies: [one] } }
defaults: { strict_context: true }
tests: [{ name: x, action: "s3:GetObject", resource: "arn:aws:s3:::b/k", expect: deny }]
"#;
    let survives = |text: &str| {
        let run = folder(text).run("test --mutants");
        run.stdout.lines().any(|line| line.starts_with("survived") && line.contains("one#No  - {"))
    };
    assert!(!survives(text));
    assert!(survives(&text.replace("strict_context: true", "strict_context: false")));
}
