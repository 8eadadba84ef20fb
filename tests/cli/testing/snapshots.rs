//! Snapshots: answers that stand in a file of their own.

use super::{WORLD, folder, outcomes, told};
use crate::run::{Folder, Run};

const CASES: &str = "
use: world.yaml
tests:
  - name: s
    principals: [alice, alina]
    actions: [s3:GetObject, s3:PutObject]
    resources: [bucket/k, 'arn:aws:s3:::vault/k']
    snapshot: sub/s.txt
";

const SNAPSHOT: &str = "\
principal  action        resource              decision
alice      s3:GetObject  bucket/k              allow
alice      s3:GetObject  arn:aws:s3:::vault/k  explicit
alice      s3:PutObject  bucket/k              implicit
alice      s3:PutObject  arn:aws:s3:::vault/k  explicit
alina      s3:GetObject  bucket/k              allow
alina      s3:GetObject  arn:aws:s3:::vault/k  explicit
alina      s3:PutObject  bucket/k              implicit
alina      s3:PutObject  arn:aws:s3:::vault/k  explicit
";

fn read(folder: &Folder, path: &str) -> String {
    std::fs::read_to_string(folder.path(path)).expect("a file")
}

/// `--update` writes one file, which then holds this; a run without it passes and changes nothing.
#[track_caller]
fn updates(folder: &Folder, path: &str, expected: &str) -> Run {
    let run = folder.run("test --update");
    assert_eq!(read(folder, path), expected);
    assert_eq!((run.code, run.stderr.clone()), (Some(0), format!("wrote {path}\n")), "{}", run.stdout);
    let again = folder.run("test --update");
    assert_eq!((again.code, &*again.stderr, &*read(folder, path)), (Some(0), "", expected));
    run
}

#[test]
fn a_snapshot_is_written_once() {
    let folder = folder(CASES);
    let run = folder.run("test");
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains(
        "
FAIL  x.iamtest.yaml:8:15  s
  why       the snapshot `sub/s.txt` is not there
  help      `iameval test --update` writes the snapshot; look at the difference before you commit it
"
    ));
    assert!(run.stdout.ends_with("\n0 passed, 8 failed, 0 skipped\n"), "{}", run.stdout);
    let run = updates(&folder, "sub/s.txt", SNAPSHOT);
    assert_eq!(run.stdout, "ok      x.iamtest.yaml  8 passed, 0 failed, 0 skipped\n8 passed, 0 failed, 0 skipped\n");
}

/// A folder with these cases and this snapshot.
fn with(cases: &str, snapshot: &str) -> Folder {
    folder(cases).with("sub/s.txt", snapshot)
}

#[test]
fn changed_answers() {
    let snapshot = "# who may read\n".to_owned()
        + &SNAPSHOT.replacen("bucket/k              allow\n", "bucket/k              explicit  # why\n", 1)
        + "# end\n";
    let folder = with(CASES, &snapshot);
    let told = outcomes(&folder, "");
    assert_eq!(
        told.lines().filter(|line| line.starts_with("failed")).collect::<Vec<_>>(),
        ["failed allow s [alice s3:GetObject bucket/k]"]
    );
    updates(&folder, "sub/s.txt", &snapshot.replacen("explicit  # why", "allow     # why", 1));
}

#[test]
fn a_snapshot_may_say_less_exactly_or_nothing() {
    let snapshot = SNAPSHOT.replace("implicit", "deny    ").replacen("explicit", ".       ", 1);
    let folder = with(CASES, &snapshot);
    let run = folder.run("test --update");
    run.shows(0, "ok      x.iamtest.yaml  7 passed, 0 failed, 0 skipped\n7 passed, 0 failed, 0 skipped\n");
    assert_eq!(read(&folder, "sub/s.txt"), snapshot);
}

#[test]
fn rows_that_come_and_go() {
    let cases = CASES
        .replace("principals: [alice, alina]", "principals: [alina, alice]")
        .replace("s3:PutObject", "s3:GetObjectAcl");
    let folder = with(&cases, &format!("# kept\n{SNAPSHOT}"));
    let run = folder.run("test");
    assert!(run.stdout.contains(
        "
FAIL  sub/s.txt:5:1  s
  why       the snapshot `sub/s.txt` has 4 rows that the case does not ask
  help      `iameval test --update` writes the snapshot; look at the difference before you commit it
"
    ));
    assert!(run.stdout.ends_with("4 passed, 5 failed, 0 skipped\n"), "{}", run.stdout);
    updates(
        &folder,
        "sub/s.txt",
        "\
# kept
principal  action           resource              decision
alice      s3:GetObject     bucket/k              allow
alice      s3:GetObject     arn:aws:s3:::vault/k  explicit
alina      s3:GetObject     bucket/k              allow
alina      s3:GetObject     arn:aws:s3:::vault/k  explicit
alina      s3:GetObjectAcl  bucket/k              allow
alina      s3:GetObjectAcl  arn:aws:s3:::vault/k  explicit
alice      s3:GetObjectAcl  bucket/k              allow
alice      s3:GetObjectAcl  arn:aws:s3:::vault/k  explicit
",
    );
}

#[test]
fn columns_that_come_and_go() {
    let cases = CASES.replace("    snapshot", "    context: [office, 'aws:SourceIp=absent']\n    snapshot");
    let folder = with(&cases, &format!("# kept\n\n{}", SNAPSHOT.replacen("allow\n", "allow  # she may\n", 1)));
    let told = outcomes(&folder, "");
    assert_eq!(told.lines().filter(|line| line.starts_with("failed")).count(), 16);
    let expected = "# kept\n\n".to_owned()
        + "\
principal  action        resource              office    aws:SourceIp=absent
alice      s3:GetObject  bucket/k              allow     allow                # she may
alice      s3:GetObject  arn:aws:s3:::vault/k  explicit  explicit
alice      s3:PutObject  bucket/k              implicit  implicit
alice      s3:PutObject  arn:aws:s3:::vault/k  explicit  explicit
alina      s3:GetObject  bucket/k              allow     allow
alina      s3:GetObject  arn:aws:s3:::vault/k  explicit  explicit
alina      s3:PutObject  bucket/k              implicit  implicit
alina      s3:PutObject  arn:aws:s3:::vault/k  explicit  explicit
";
    updates(&folder, "sub/s.txt", &expected);
    // A column that nobody asks any more is a claim that nobody checks.
    folder.write("x.iamtest.yaml", cases.replace(", 'aws:SourceIp=absent'", ""));
    folder.run("test").shows(
        1,
        "\
FAILED  x.iamtest.yaml  8 passed, 1 failed, 0 skipped

FAIL  sub/s.txt:3:58  s
  why       the snapshot `sub/s.txt` has 1 column that the case does not ask
  help      `iameval test --update` writes the snapshot; look at the difference before you commit it

8 passed, 1 failed, 0 skipped
",
    );
    let one = SNAPSHOT.replace("decision", "office").replacen("allow\n", "allow     # she may\n", 1);
    updates(&folder, "sub/s.txt", &format!("# kept\n\n{one}"));
}

#[test]
fn other_layouts_say_the_same() {
    let cases = "
use: world.yaml
tests:
  - name: s
    principal: alice
    action: s3:GetObject
    resource: bucket/k
    context: office
    mfa: [true, false]
    snapshot: s.txt
";
    for snapshot in [
        "resource action mfa=false mfa=true\nbucket/k s3:GetObject allow allow\n",
        "| action | resource | mfa=true | mfa=false |\n|---|---|---|---|\n| s3:GetObject | bucket/k | allow | allow | # c\n",
        "action resource mfa=true mfa=false\r\ns3:GetObject bucket/k allow allow\r\n",
        "action mfa=true mfa=false\ns3:GetObject allow allow\n",
        "principal action resource mfa=true mfa=false\nalice s3:GetObject bucket/k allow/deny allow\n",
    ] {
        let folder = folder(cases).with("s.txt", snapshot);
        folder
            .run("test --update")
            .shows(0, "ok      x.iamtest.yaml  2 passed, 0 failed, 0 skipped\n2 passed, 0 failed, 0 skipped\n");
        assert_eq!(read(&folder, "s.txt"), snapshot);
    }
    let folder = folder(cases)
        .with("s.txt", "# a\r\nresource action mfa=false mfa=true # b\r\nbucket/k s3:GetObject allow deny # c\r\n");
    updates(
        &folder,
        "s.txt",
        "# a\r\nresource action mfa=false mfa=true # b\r\nbucket/k s3:GetObject allow allow # c\r\n",
    );
}

#[test]
fn a_part_of_a_case_writes_no_snapshot() {
    let folder = folder(CASES);
    let run = folder.run("test --update -k alice");
    assert_eq!(
        (run.code, &*run.stderr),
        (Some(1), "the snapshot of `s` stays as it is: it lacks answers, and not all that the case asks was run\n")
    );
    assert!(!folder.path("sub/s.txt").exists());
    // What it has already may change.
    let wrong = SNAPSHOT.replace("allow   ", "implicit");
    let wrong = wrong.replace("bucket/k              allow", "bucket/k              implicit");
    let folder = with(CASES, &wrong);
    let run = folder.run("test --update -k alice");
    assert_eq!((run.code, &*run.stderr), (Some(0), "wrote sub/s.txt\n"));
    assert_eq!(
        read(&folder, "sub/s.txt"),
        wrong.replacen("bucket/k              implicit", "bucket/k              allow", 1)
    );
    // Without the column to spare the table would be written anew, and `.` where nothing was run would say nothing.
    let spare =
        wrong.replace("decision\n", "decision  office\n").replace("it\n", "it  deny\n").replace("ow\n", "ow  deny\n");
    let folder = with(CASES, &spare);
    let run = folder.run("test --update -k alice");
    assert_eq!(
        (run.code, &*run.stderr, &*read(&folder, "sub/s.txt")),
        (
            Some(1),
            "the snapshot of `s` stays as it is: it has columns to spare, and not all that the case asks was run\n",
            &*spare
        )
    );
}

#[test]
fn a_case_that_must_fail_keeps_its_snapshot() {
    let cases = CASES.replace("    snapshot", "    xfail: not yet\n    snapshot");
    let wrong = SNAPSHOT.replace("allow", "deny") + "alina s3:DeleteObject bucket/k implicit\n";
    let folder = with(&cases, &wrong);
    let run = folder.run("test --update");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{}", run.stdout);
    assert_eq!(read(&folder, "sub/s.txt"), wrong);
}

#[test]
fn reasons_for_answers_of_a_snapshot() {
    let because = |reasons: &str| {
        let cases = format!("{CASES}    because: {reasons}\n");
        outcomes(&with(&cases, SNAPSHOT), "").lines().filter(|line| line.starts_with("failed")).count()
    };
    assert_eq!(because("{ allow: Read, explicit: NotTheVault, implicit: { missing: allow } }"), 0);
    assert_eq!(because("{ allow: 'read[2]', implicit: { layer: scp } }"), 4);
}

#[test]
fn snapshots_that_are_none() {
    for (snapshot, expected) in [
        ("", None),
        ("  \n", None),
        (
            "\u{feff}principal  action  resource  decision\nalice s3:GetObject bucket/k allow\n",
            Some(
                "IE0402 the table begins with a byte order mark\nat sub/s.txt:1:1\nhelp: save the file as UTF-8 without one",
            ),
        ),
        (
            "action  decision\n",
            Some(
                "IE0402 the table has a header and no row\nat sub/s.txt:1:1\nhelp: each row is a line; in YAML a table begins with `|`, since `>` folds its lines into one",
            ),
        ),
        (
            "action  decision\ns3:GetObject  yes\n",
            Some(
                "IE0402 `yes` is no answer\nat sub/s.txt:2:15\nhelp: it is `allow`, `deny` (either kind), `implicit` or `explicit`",
            ),
        ),
    ] {
        let folder = with(CASES, snapshot);
        let run = folder.run("test");
        match expected {
            // An empty file is one that is still to be written.
            None => assert!(run.stdout.ends_with("0 passed, 8 failed, 0 skipped\n"), "{run:#?}"),
            Some(expected) => assert_eq!((run.code, &*run.stdout, &*told(&run)), (Some(2), "", expected)),
        }
    }
    let folder = Folder::new().with("world.yaml", WORLD).with("x.iamtest.yaml", CASES).with("sub/s.txt/x", "");
    let run = folder.run("test");
    assert_eq!(
        (run.code, &*told(&run)),
        (Some(2), "IE0002 `sub/s.txt` is a folder, not a file\nat 8:15\nhelp: name a file in it")
    );
}

#[test]
fn a_case_that_must_fail_does_not_do_so_for_want_of_a_snapshot() {
    let cases = CASES.replace("    snapshot", "    xfail: not yet\n    snapshot");
    let run = folder(&cases).run("test");
    assert!(run.stdout.ends_with("\n0 passed, 8 failed, 0 skipped\n"), "{}", run.stdout);
    assert_eq!(run.code, Some(1));
    let run =
        with(&cases, &SNAPSHOT.replace("alina      s3:PutObject  bucket/k              implicit\n", "")).run("test");
    assert!(run.stdout.ends_with("\n7 passed, 1 failed, 0 skipped\n"), "{}", run.stdout);
}

#[test]
fn a_row_that_stood_for_one_principal_becomes_a_row_for_each() {
    let case = "
use: world.yaml
principals: { eve: { user: eve } }
tests:
  - name: s
    principals: [alice, eve]
    action: s3:GetObject
    resource: bucket/k
    snapshot: s.txt
";
    let folder = folder(case).with("s.txt", "# kept\naction  resource  decision\ns3:GetObject  bucket/k  allow\n");
    updates(
        &folder,
        "s.txt",
        "# kept\nprincipal  action        resource  decision\nalice      s3:GetObject  bucket/k  allow\neve        s3:GetObject  bucket/k  implicit\n",
    );
}

#[test]
fn a_part_of_a_case_adds_no_rows_for_the_rest() {
    let lacks = SNAPSHOT
        .replacen("allow\n", "deny\n", 1)
        .replace("alina      s3:PutObject  bucket/k              implicit\n", "");
    let folder = with(CASES, &format!("{lacks}eve        s3:GetObject  bucket/k              implicit\n"));
    let run = folder.run("test --update -k alice");
    assert_eq!((run.code, &*run.stderr), (Some(0), "wrote sub/s.txt\n"), "{}", run.stdout);
    assert_eq!(read(&folder, "sub/s.txt"), lacks.replacen("deny\n", "allow\n", 1));
}

#[test]
fn a_row_keeps_its_comment_where_the_snapshot_tells_more_apart_than_the_case() {
    let case = "
use: world.yaml
tests:
  - { name: s, principal: alice, action: 's3:GetObject', resource: bucket/k, context: [office], snapshot: s.txt }
";
    let snapshot = "\
principal  action        resource  decision
alice      s3:GetObject  bucket/k  allow     # she may
eve        s3:GetObject  bucket/k  implicit  # she may not
";
    updates(
        &folder(case).with("s.txt", snapshot),
        "s.txt",
        "action        resource  office\ns3:GetObject  bucket/k  allow   # she may\n",
    );
}

/// A user who may and one who may not, each with a case and the same snapshot.
const SHARED: &str = "
use: world.yaml
principals: { eve: { user: eve } }
tests:
  - { name: one, principal: alice, action: 's3:GetObject', resource: bucket/k, snapshot: s.txt }
  - { name: two, principal: eve, action: 's3:GetObject', resource: bucket/k, snapshot: s.txt }
";

#[test]
fn cases_that_share_a_snapshot_and_disagree_leave_it() {
    let snapshot = "action        resource  decision\ns3:GetObject  bucket/k  deny\n";
    let folder = folder(SHARED).with("s.txt", snapshot);
    let run = folder.run("test --update");
    assert_eq!(
        (run.code, &*run.stderr),
        (Some(1), "the snapshot of `one`, `two` stays as it is: it would be another for each of them\n")
    );
    assert_eq!(read(&folder, "s.txt"), snapshot);
    let run = folder.run("test --update -k one");
    assert_eq!(
        (run.code, &*run.stderr),
        (Some(1), "the snapshot of `one`, `two` stays as it is: not all the cases that share it were run\n")
    );
    assert_eq!(read(&folder, "s.txt"), snapshot);
    let agreed = super::folder(SHARED.replace("principal: eve", "principal: alina")).with("s.txt", snapshot);
    updates(&agreed, "s.txt", &snapshot.replace("deny", "allow"));
}
