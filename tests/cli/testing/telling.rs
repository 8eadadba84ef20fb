//! What a run tells: for people, as JSON, as reports.

use super::{CASE, folder};
use crate::run::Folder;
use serde_json::{Value, json};

const CASES: &str = "\
use: world.yaml
tests:
  - name: plain
    principal: alice
    action: s3:PutObject
    resource: bucket/k
    mfa: true
    expect: allow
  - name: table
    principal: alice
    table: |
      # who
      action        resource              office    mfa=false
      s3:GetObject  bucket/k              allow     deny       # wrong
      s3:PutObject  arn:aws:s3:::vault/k  implicit  explicit
    because: { explicit: NotTheVault, deny: NotTheVault }
";

const PLAIN: &str = "
FAIL  x.iamtest.yaml:8:13  plain
  expected  allow
  got       deny (implicit), no statement allows it
  deny   s3:PutObject  on arn:aws:s3:::bucket/k  mfa=true (implicit)
    why       no statement allows it
    layers    scp -  rcp -  endpoint -  resource -  identity no-allow  boundary -  session -
";

const TABLE: &str = r#"
FAIL  x.iamtest.yaml:14:53  table [s3:GetObject bucket/k mfa=false]
  expected  deny, because of NotTheVault  row s3:GetObject bucket/k, column mfa=false
  got       allow, by read#Read (world.yaml:7:9)
  allow  s3:GetObject  on arn:aws:s3:::bucket/k  mfa=false
    by        read#Read  world.yaml:7:9  attached to alice
         7 |       - { Sid: Read, Effect: Allow, Action: "s3:Get*", Resource: "*" }
           |                                             ^^^^^^^^^ covers s3:GetObject
    layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -

FAIL  x.iamtest.yaml:15:43  table [s3:PutObject arn:aws:s3:::vault/k office]
  expected  deny (implicit)  row s3:PutObject arn:aws:s3:::vault/k, column office
  got       deny (explicit), by read#NotTheVault (world.yaml:8:9)
  deny   s3:PutObject  on arn:aws:s3:::vault/k (explicit)
    by        read#NotTheVault  world.yaml:8:9  attached to alice
         8 |       - { Sid: NotTheVault, Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::vault/*" }
           |                                                   ^^^^^^ covers s3:PutObject
    layers    scp -  rcp -  endpoint -  resource -  identity DENY  boundary -  session -
    note      the ARN names no account; the resource is taken to belong to 123456789012

  the table, wrong cells as got/expected:
      # who
      action        resource              office             mfa=false
      s3:GetObject  bucket/k              allow              allow/deny  # wrong
      s3:PutObject  arn:aws:s3:::vault/k  explicit/implicit  explicit
"#;

#[test]
fn failures_in_full() {
    folder(CASES).run("test").shows(
        1,
        &format!(
            "FAILED  x.iamtest.yaml  2 passed, 3 failed, 0 skipped\n{PLAIN}{TABLE}\n2 passed, 3 failed, 0 skipped\n"
        ),
    );
    folder(CASES).run("test -k table -v").stdout.contains(TABLE).then_some(()).expect("the same with `-v`");
}

#[test]
fn wrong_cells_are_coloured_once() {
    let text = CASES
        .replace("allow     deny ", "implicit  deny ")
        .replace("deny       #", "implicit   #")
        .replace(", deny: NotTheVault", "");
    let run = folder(text).run("test -k table --color always");
    assert!(run.stdout.contains("\n      s3:GetObject  bucket/k              \u{1b}[1m\u{1b}[31mallow/implicit\u{1b}[0m     \u{1b}[1m\u{1b}[31mallow/implicit\u{1b}[0m  # wrong\n"), "{:?}", run.stdout);
}

#[test]
fn the_table_of_a_failure_pastes_back() {
    let (_, table) = TABLE.split_once("got/expected:\n").expect("a table");
    let (before, rest) = CASES.split_once("      # who").expect("a table");
    let (_, after) = rest.split_once("explicit\n").expect("its end");
    let pasted = format!("{before}{table}{after}").replace("deny: NotTheVault", "allow: Read");
    let run = folder(pasted).run("test -k table");
    run.shows(0, "ok      x.iamtest.yaml  4 passed, 0 failed, 0 skipped\n4 passed, 0 failed, 0 skipped\n");
}

#[test]
fn every_case_with_v() {
    let run = folder(CASES).run("test -v");
    assert!(
        run.stdout.starts_with(
            "\
FAILED  x.iamtest.yaml  2 passed, 3 failed, 0 skipped
  FAIL  implicit  plain
  pass  allow     table [s3:GetObject bucket/k office]
  FAIL  allow     table [s3:GetObject bucket/k mfa=false]
  FAIL  explicit  table [s3:PutObject arn:aws:s3:::vault/k office]
  pass  explicit  table [s3:PutObject arn:aws:s3:::vault/k mfa=false]
"
        ),
        "{}",
        run.stdout
    );
}

#[test]
fn a_line_for_each_file_and_one_for_all() {
    let folder = folder(CASE).with("y.iamtest.yaml", CASE);
    folder.run("test").shows(
        0,
        "\
ok      x.iamtest.yaml  1 passed, 0 failed, 0 skipped
ok      y.iamtest.yaml  1 passed, 0 failed, 0 skipped

2 passed, 0 failed, 0 skipped
",
    );
}

#[test]
fn a_hundred_failures_are_told_in_full() {
    let text = CASE.replace("s3:GetObject", "'ec2:Describe*'");
    let folder = folder(text);
    let (brief, full) = (folder.run("test").stdout, folder.run("test -v").stdout);
    let count = |text: &str| text.matches("\n  expected  allow\n").count();
    assert_eq!(count(&brief), 100);
    assert_eq!(count(&full), full.matches("\nFAIL  ").count());
    assert_eq!(brief.matches("\nFAIL  ").count(), count(&full));
    assert!(brief.contains(&format!("\n`-v` shows all {} failures in full\n", count(&full))));
}

#[test]
fn json() {
    let run = folder(CASES).run("test --format json");
    assert_eq!((run.code, &*run.stderr), (Some(1), ""));
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let case = |name: &str, case: &str, action: &str, resource: &str, line: u32, column: u32, more: Value| {
        let mut value = json!({
            "name": name, "case": case, "principal": "alice", "action": action, "resource": resource,
            "file": "x.iamtest.yaml", "line": line, "column": column,
        });
        let members = value.as_object_mut().expect("an object");
        members.extend(more.as_object().expect("an object").clone());
        value
    };
    let (bucket, vault) = ("arn:aws:s3:::bucket/k", "arn:aws:s3:::vault/k");
    let expected = json!({
        "schema": "iameval/test/1", "passed": 2, "failed": 3, "skipped": 0,
        "files": [{
            "file": "x.iamtest.yaml", "passed": 2, "failed": 3, "skipped": 0, "problems": [],
            "cases": [
                case("plain", "plain", "s3:PutObject", bucket, 8, 13, json!({
                    "status": "failed", "mfa": "true", "expected": "allow", "decision": "implicit",
                    "message": "expected allow; got deny (implicit), no statement allows it",
                })),
                case("table [s3:GetObject bucket/k office]", "table", "s3:GetObject", bucket, 14, 43, json!({
                    "status": "passed", "expected": "allow", "decision": "allow",
                })),
                case("table [s3:GetObject bucket/k mfa=false]", "table", "s3:GetObject", bucket, 14, 53, json!({
                    "status": "failed", "mfa": "false", "expected": "deny", "decision": "allow", "because": "NotTheVault",
                    "message": "expected deny, because of NotTheVault; got allow, by read#Read (world.yaml:7:9)",
                })),
                case("table [s3:PutObject arn:aws:s3:::vault/k office]", "table", "s3:PutObject", vault, 15, 43, json!({
                    "status": "failed", "expected": "implicit", "decision": "explicit",
                    "message": "expected deny (implicit); got deny (explicit), by read#NotTheVault (world.yaml:8:9)",
                })),
                case("table [s3:PutObject arn:aws:s3:::vault/k mfa=false]", "table", "s3:PutObject", vault, 15, 53, json!({
                    "status": "passed", "mfa": "false", "expected": "explicit", "decision": "explicit",
                    "because": "NotTheVault",
                })),
            ],
        }],
    });
    assert_eq!(document, expected);
}

#[test]
fn json_of_what_is_no_single_case() {
    let cases = "\
use: world.yaml
tests:
  - { name: x, xfail: not yet, principal: alice, action: 's3:GetObject', resource: '*', expect: allow }
  - { name: y, principal: alice, action: 's3:GetObject', resource: '*', snapshot: s.txt }
";
    let folder = folder(cases).with("s.txt", "action resource decision\ns3:GetObject * allow\ns3:PutObject * allow\n");
    let run = folder.run("test --format json");
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(
        document["files"][0]["problems"],
        json!([
            {"code": "IE0702", "case": "x", "message": "it passed, and must fail (`xfail: not yet`)",
             "file": "x.iamtest.yaml", "line": 3, "column": 13},
            {"code": "IE0704", "case": "y", "message": "the snapshot `s.txt` has 1 row that the case does not ask",
             "file": "s.txt", "line": 3, "column": 1},
        ])
    );
    assert_eq!((&document["passed"], &document["failed"]), (&json!(2), &json!(2)));
}

/// What a report to standard output holds.
fn report(folder: &Folder, kind: &str) -> String {
    let run = folder.run(&format!("test --report {kind}=-"));
    assert_eq!((run.code, &*run.stderr), (Some(1), ""), "{kind}");
    run.stdout
}

#[test]
fn reports_name_each_failure_at_its_cell() {
    let folder = folder(CASES);
    let messages = [
        (8, 13, "plain: expected allow; got deny (implicit), no statement allows it"),
        (
            14,
            53,
            "table [s3:GetObject bucket/k mfa=false]: expected deny, because of NotTheVault; got allow, by read#Read (world.yaml:7:9)",
        ),
        (
            15,
            43,
            "table [s3:PutObject arn:aws:s3:::vault/k office]: expected deny (implicit); got deny (explicit), by read#NotTheVault (world.yaml:8:9)",
        ),
    ];
    let github: Vec<String> = report(&folder, "github").lines().map(str::to_owned).collect();
    assert_eq!(github.len(), 3);
    let sarif: Value = serde_json::from_str(&report(&folder, "sarif")).expect("JSON");
    let gitlab: Value = serde_json::from_str(&report(&folder, "gitlab")).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("a list");
    assert_eq!((results.len(), gitlab.as_array().expect("a list").len()), (3, 3));
    for (number, (line, column, message)) in messages.into_iter().enumerate() {
        let start = format!("::error file=x.iamtest.yaml,line={line},endLine={line},col={column},");
        assert!(
            github[number].starts_with(&start) && github[number].ends_with(&format!("::{message}")),
            "{}",
            github[number]
        );
        let region = &results[number]["locations"][0]["physicalLocation"]["region"];
        assert_eq!((&region["startLine"], &region["startColumn"]), (&json!(line), &json!(column)));
        assert_eq!(results[number]["message"]["text"], message);
        assert_eq!(results[number]["ruleId"], "IE0701");
        assert_eq!(gitlab[number]["description"], message);
        assert_eq!(gitlab[number]["location"], json!({"path": "x.iamtest.yaml", "lines": {"begin": line}}));
    }
}

#[test]
fn junit() {
    let cases = format!(
        "{CASES}  - {{ name: later, skip: not yet, principal: alice, action: 's3:GetObject', resource: '*', expect: allow }}\n"
    );
    let xml = report(&folder(cases), "junit");
    assert!(xml.starts_with(
        "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"iameval\" tests=\"6\" failures=\"3\" errors=\"0\">
  <testsuite name=\"x.iamtest.yaml\" file=\"x.iamtest.yaml\" tests=\"6\" failures=\"3\" errors=\"0\" skipped=\"1\">
    <testcase classname=\"x_iamtest_yaml\" name=\"plain\">
      <failure type=\"IE0701\" message=\"expected allow; got deny (implicit), no statement allows it\">FAIL  x.iamtest.yaml:8:13  plain
"
    ), "{xml}");
    assert!(
        xml.contains("\n    <testcase classname=\"x_iamtest_yaml\" name=\"table [s3:GetObject bucket/k office]\"/>\n")
    );
    assert!(xml.contains("<skipped message=\"not yet\"/>"));
}

#[test]
fn reports_beside_what_people_read() {
    let folder = folder(CASE);
    let run = folder.run("test --report junit=j.xml --report sarif=s.json");
    run.shows(0, "ok      x.iamtest.yaml  1 passed, 0 failed, 0 skipped\n1 passed, 0 failed, 0 skipped\n");
    assert!(folder.path("j.xml").is_file() && folder.path("s.json").is_file());
    folder.run("test --format json --report junit=-").complains(
        "error[IE0505]: `--format json` and a report to `-` would both be on standard output\n--> command line\n = help: give the report a file",
    );
}
