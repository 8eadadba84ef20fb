//! `iameval explain`.

use crate::run::{Folder, Run, repository};
use serde_json::Value;

fn explain(arguments: &str) -> Run {
    Folder::new().run(&format!("explain {arguments}"))
}

const INVALID_SID: &str = r#"## IE0323: Invalid `Sid`

- Severity: error
- AWS at creation: `MalformedPolicyDocument`, `Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*` (V-02)
- AWS's checker: `UNSUPPORTED_SID`

A `Sid` in IAM takes ASCII letters and digits only (V-02a, R-VAL-05).

No spaces, hyphens or underscores. The policies of resources are checked by their own services, and some of those take
spaces.

Wrong:

```json wrong identity
{
  "Version": "2012-10-17",
  "Statement": {"Sid": "Read reports", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
}
```

Right:

```json right identity
{
  "Version": "2012-10-17",
  "Statement": {"Sid": "ReadReports", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
}
```

AWS: *IAM JSON policy elements: Sid*. Rule: R-VAL-05.
"#;

#[test]
fn a_code_is_explained_as_on_the_page() {
    for code in ["IE0323", "ie0323", "Ie0323", "0323", "323", "IE323"] {
        explain(code).shows(0, INVALID_SID);
    }
    let page = std::fs::read_to_string(repository().join("crates/iameval-report/codes.md")).expect("the page");
    let (_, section) = INVALID_SID.split_once("A `Sid` in").expect("the summary");
    assert!(page.contains(section));
}

#[test]
fn several_codes_are_explained_in_their_order() {
    let run = explain("627 IE0001");
    run.ends(0);
    let headings: Vec<&str> = run.stdout.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(headings, ["## IE0627: Full access", "## IE0001: Unreadable file"]);
    assert!(run.stdout.contains("\n\n## IE0001: Unreadable file\n\n- Severity: error\n\nThe file cannot be read.\n"));
}

#[test]
fn without_a_code_all_are_listed() {
    let run = explain("");
    run.ends(0);
    assert!(
        run.stdout.starts_with(
            "\
| code   | severity | title |
| ------ | -------- | ----- |
| IE0001 | error    | Unreadable file |
| IE0002 | error    | A folder where a file is needed |
"
        ),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("\n| IE0624 | info     | Redundant entry |\n"), "{}", run.stdout);
    explain("--list").shows(0, &run.stdout);
    explain("--list IE0001").complains("error[IE0500]: the argument '--list' cannot be used with '[CODE]...'");
}

#[test]
fn every_code_of_the_list_can_be_explained() {
    let list = explain("").stdout;
    let codes: Vec<&str> = list.lines().skip(2).filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert!(codes.len() > 80, "{list}");
    let run = explain(&codes.join(" "));
    run.ends(0);
    assert_eq!(run.stdout.lines().filter(|line| line.starts_with("## ")).count(), codes.len());
}

#[test]
fn a_code_that_is_none_is_not_explained() {
    explain("IE0203 IE02O3 nonsense").complains(
        "\
error[IE0403]: there is no code `IE02O3`
 --> command line, CODE:1:1
1 | IE02O3
  | ^^^^^^
  = help: did you mean `IE0203`? `iameval explain` lists all codes
error[IE0403]: there is no code `nonsense`
 --> command line, CODE:1:1
1 | nonsense
  | ^^^^^^^^
  = help: `iameval explain` lists all codes",
    );
}

fn json(arguments: &str) -> Value {
    let run = explain(&format!("{arguments} --format json"));
    run.ends(0);
    serde_json::from_str(&run.stdout).expect("a JSON document")
}

#[test]
fn json_has_text_and_facts_apart() {
    let document = json("IE0302 IE0609");
    assert_eq!(document["schema"], "iameval/explain/1");
    let [version, deny] = document["codes"].as_array().expect("a list").as_slice() else { panic!("{document:#}") };
    assert_eq!(version["code"], "IE0302");
    assert_eq!(version["title"], "Old version of an identity policy");
    assert_eq!(version["severity"], "warning");
    assert_eq!(version["aws_message"], "Policy document must be version 2012-10-17 or greater.");
    assert_eq!(version["aws_row"], "V-03");
    assert_eq!(version["checker_findings"], serde_json::json!(["MISSING_VERSION"]));
    let (summary, text) = (version["summary"].as_str().expect("a text"), version["text"].as_str().expect("a text"));
    assert!(text.starts_with(&format!("{summary}\n\n")), "{text}");
    assert_eq!((&deny["aws_message"], &deny["aws_row"]), (&Value::Null, &Value::Null));
    assert_eq!(json("--list")["codes"].as_array().map(Vec::len), Some(explain("").stdout.lines().count() - 2));
}

#[test]
fn colours_are_for_terminals() {
    assert!(!explain("IE0323").stdout.contains('\u{1b}'));
    let coloured = explain("IE0323 --color always").stdout;
    assert!(coloured.starts_with("\u{1b}[1m## IE0323: Invalid `Sid`\u{1b}[0m\n"), "{coloured:?}");
    assert!(coloured.contains("\u{1b}[36m`UNSUPPORTED_SID`\u{1b}[0m\n"), "{coloured:?}");
    assert!(explain("--color always").stdout.contains("| \u{1b}[36mIE0323\u{1b}[0m | error    | "));
}
