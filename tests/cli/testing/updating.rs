//! `--update`: tables get the answers that the run got, and nothing else changes.

use super::{but, folder};

/// `--update` changes the file to that, tells that on standard error, and leaves nothing to change. `deny` and `allow` in
/// the tables are wrong before.
#[track_caller]
fn updates(before: &str, after: &str, stderr: &str) {
    let folder = folder(before);
    let run = folder.run("test --update");
    let read = || std::fs::read_to_string(folder.path("x.iamtest.yaml")).expect("a file");
    assert_eq!((&*read(), &*run.stderr), (after, stderr), "{}", run.stdout);
    assert_eq!(run.code, Some(i32::from(stderr.contains("stays as it is"))), "{}", run.stdout);
    let again = folder.run("test --update");
    assert_eq!((&*read(), again.code), (after, run.code));
    assert!(!again.stderr.contains("wrote"), "{}", again.stderr);
}

const WROTE: &str = "wrote x.iamtest.yaml\n";

/// With a comment in every place that has one.
const FILE: &str = "\
# head
use: world.yaml   # the world
tests:
  - name: x       # the case
    principal: alice
    table: |
      # above
      action        resource              decision  # header

      s3:GetObject  bucket/k              explicit  # wrong
      s3:PutObject  bucket/k              deny      # either kind
      # between
      s3:GetObject  arn:aws:s3:::vault/k  .         # nothing
      s3:PutObject  *                     allow     # wrong too
    tags: [a]     # below
# tail
";

fn right() -> String {
    FILE.replace("explicit  # wrong", "allow     # wrong").replace("allow     # wrong too", "implicit  # wrong too")
}

#[test]
fn comments_and_layout_stay() {
    updates(FILE, &right(), WROTE);
    updates(&FILE.replace('\n', "\r\n"), &right().replace('\n', "\r\n"), WROTE);
    updates(&format!("\u{feff}{FILE}"), &format!("\u{feff}{}", right()), WROTE);
    updates(FILE.trim_end(), right().trim_end(), WROTE);
    updates(&FILE.replace("table: |", "table: |2-"), &right().replace("table: |", "table: |2-"), WROTE);
    updates(&FILE.replace("table: |", "table: !!str |+"), &right().replace("table: |", "table: !!str |+"), WROTE);
    updates(&right(), &right(), "");
}

#[test]
fn columns_grow() {
    updates(
        "use: world.yaml\ntests:\n  - name: x\n    principal: alice\n    table: |\n      action        resource  mfa=true  office\n      s3:PutObject  bucket/k  allow  implicit/allow  # c\n      s3:GetObject  bucket/k  .      deny            # d\n",
        "use: world.yaml\ntests:\n  - name: x\n    principal: alice\n    table: |\n      action        resource  mfa=true  office\n      s3:PutObject  bucket/k  implicit  implicit     # c\n      s3:GetObject  bucket/k  .      allow           # d\n",
        WROTE,
    );
    updates(
        "use: world.yaml\ntests:\n  - name: x\n    principal: alice\n    table: |\n      | action       | resource | office |\n      |--------------|----------|--------|\n      | s3:PutObject | bucket/k | allow  |\n",
        "use: world.yaml\ntests:\n  - name: x\n    principal: alice\n    table: |\n      | action       | resource | office   |\n      |--------------|----------|----------|\n      | s3:PutObject | bucket/k | implicit |\n",
        WROTE,
    );
}

#[test]
fn tables_behind_anchors() {
    let file = "
use: world.yaml
tests:
  - name: x
    principal: alice
    table: &same |
      action        resource  decision
      s3:GetObject  bucket/k  deny
      s3:PutObject  bucket/k  allow
  - name: y
    principal: alina
    table: *same
";
    let right = file.replace("  deny", "  allow").replacen("allow\n  - name", "implicit\n  - name", 1);
    updates(file, &right, WROTE);
}

#[test]
fn an_answer_that_is_several_stays() {
    let file = "
use: world.yaml
principals: { eve: { user: eve } }
tests:
  - name: x
    principal: alice
    table: &same |
      action        resource  decision
      s3:GetObject  bucket/k  deny
      s3:PutObject  bucket/k  allow
  - name: y
    principal: eve
    table: *same
";
    updates(
        file,
        file,
        "the table of `x`, `y` stays as it is: the cell in row 1, column 3 stands for several answers: allow, implicit\n",
    );
    let file = but(&[
        ("action", ""),
        ("resource", ""),
        ("expect", ""),
        ("table", "|\n      action     resource  decision\n      s3:Get*Acl  '*'  allow"),
    ])
    .replace("'*'", "*")
    .replace("s3:Get*Acl", "s3:*Acl");
    updates(
        &file,
        &file,
        "the table of `x` stays as it is: the cell in row 1, column 3 stands for several answers: allow, implicit\n",
    );
    // Two kinds of one answer are a word.
    let file = "
use: world.yaml
tests:
  - name: x
    principal: alice
    resources: [bucket/k, 'arn:aws:s3:::vault/k']
    table: |
      action        decision
      s3:PutObject  allow
";
    updates(file, &file.replace("  allow", "  deny"), WROTE);
}

#[test]
fn only_block_texts_can_be_written_anew() {
    let file = but(&[
        ("action", ""),
        ("resource", ""),
        ("expect", ""),
        ("table", r#""action resource decision\ns3:GetObject * deny\n""#),
    ]);
    updates(&file, &file, "the table of `x` stays as it is: only a table that begins with `|` can be written anew\n");
    let right = file.replace("deny", "allow");
    updates(&right, &right, "");
}

#[test]
fn what_people_must_decide_stays() {
    for text in [
        but(&[("expect", "deny")]),
        but(&[("because", "NotTheVault")]),
        FILE.replace("    tags", "    xfail: not yet\n    tags"),
        FILE.replace("    tags", "    skip: not yet\n    tags"),
    ] {
        let folder = folder(&text);
        let run = folder.run("test --update");
        assert_eq!(run.stderr, "");
        assert_eq!(std::fs::read_to_string(folder.path("x.iamtest.yaml")).expect("a file"), text);
    }
}

#[test]
fn an_answer_with_a_reason_does_not_vanish() {
    let file = FILE.replace("    tags: [a]", "    because: { explicit: NotTheVault }\n    tags: [a]");
    updates(
        &file,
        &file,
        "the table of `x` stays as it is: no cell would say `explicit`, for which `because` has a statement\n",
    );
    let file = file.replace("  .         # nothing", "  allow     # vault");
    let after = file
        .replace("explicit  # wrong", "allow     # wrong")
        .replace("allow     # vault", "explicit  # vault")
        .replace("allow     # wrong too", "implicit  # wrong too");
    updates(&file, &after, WROTE);
}

#[test]
fn a_cell_of_which_a_part_was_run_stays() {
    let file = "
use: world.yaml
principals: { eve: { user: eve } }
tests:
  - name: x
    principals: [alice, eve]
    table: &same |
      action        resource  decision
      s3:GetObject  bucket/k  implicit
      s3:PutObject  bucket/k  allow
  - name: y
    principal: eve
    tags: [second]
    table: *same
";
    let told = "the table of `x`, `y` stays as it is: not all that the cell in row 1, column 3 stands for was run\n";
    for filter in ["alice", "second"] {
        let text = file.replace("implicit", "explicit");
        let folder = folder(&text);
        let run = folder.run(&format!("test --update -k {filter}"));
        assert_eq!((run.code, &*run.stderr), (Some(1), told), "{filter}");
        assert_eq!(std::fs::read_to_string(folder.path("x.iamtest.yaml")).expect("a file"), text);
    }
    // What is whole may change.
    let folder = folder(file);
    let run = folder.run("test --update -k s3:PutObject");
    assert_eq!((run.code, &*run.stderr), (Some(0), WROTE));
    let read = std::fs::read_to_string(folder.path("x.iamtest.yaml")).expect("a file");
    assert_eq!(read, file.replace("s3:PutObject  bucket/k  allow", "s3:PutObject  bucket/k  implicit"));
}
