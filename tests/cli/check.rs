//! `check`: times of files, the examples of the documentation, long inputs; `fixtures/cli/check.md`, `fix.md` and
//! `reports.md` have the rest.

use crate::run::{Folder, policy, repository};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use std::time::{Duration, SystemTime};

#[test]
fn fix_writes_no_file_that_needs_no_mending() {
    let statement = r#"{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::reports/*"}"#;
    let folder = Folder::new()
        .with("policy.json", policy(statement))
        .with("broken.json", "{\"Statement\": [")
        .with("old.json", format!("{{\"Statement\": {statement}}}"));
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let files = ["policy.json", "broken.json", "old.json"].map(|name| folder.path(name));
    for file in &files {
        File::options().write(true).open(file).and_then(|file| file.set_modified(long_ago)).expect("a time");
    }
    assert_eq!(folder.run("check . --fix").code, Some(1));
    let unchanged = |path| std::fs::metadata(path).and_then(|data| data.modified()).expect("a time") == long_ago;
    assert_eq!(files.each_ref().map(unchanged), [true, true, false]);
}

/// The blocks of code of a section of `docs/json.md`.
fn documented(heading: &str) -> Vec<String> {
    let page = std::fs::read_to_string(repository().join("docs/json.md")).expect("the page");
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    // What is between two fences begins with the kind of the block.
    let blocks = section.split("```").skip(1).step_by(2);
    blocks.map(|block| block.split_once('\n').map_or("", |(_, text)| text).to_owned()).collect()
}

#[test]
fn json_as_documented() {
    let blocks = documented("`iameval check [PATH…] --format json`");
    let [input, output] = blocks.as_slice() else { panic!("not two blocks: {blocks:?}") };
    Folder::new().with("policy.json", input).run("check policy.json --format json").shows(1, output);
    let blocks = documented("`iameval test [PATH…] --format json`");
    let [input, output] = blocks.as_slice() else { panic!("not two blocks: {blocks:?}") };
    Folder::new().with("policies.iamtest.yaml", input).run("test --format json").shows(1, output);
    let blocks = documented("`iameval explain [CODE…] --format json`");
    let [output] = blocks.as_slice() else { panic!("not one block: {blocks:?}") };
    Folder::new().run("explain IE0001 --format json").shows(0, output);
    let blocks = documented("`iameval prove ACTION… --format json`");
    let [input, output] = blocks.as_slice() else { panic!("not two blocks: {blocks:?}") };
    let claim = "prove s3:Get* --policy policy.json -c aws:SourceIp=198.51.100.1 --format json";
    Folder::new().with("policy.json", input).run(claim).shows(0, output);
    let blocks = documented("`iameval prove --public --format json`");
    let [input, output] = blocks.as_slice() else { panic!("not two blocks: {blocks:?}") };
    let public = "prove --public -r arn:aws:s3:::site --resource-policy policy.json --format json";
    Folder::new().with("policy.json", input).run(public).shows(1, output);
}

#[test]
fn two_thousand_findings_in_one_file() {
    let statement = |number: usize| {
        format!(
            r#"{{"Sid": "S{number}", "Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::reports/*"}}"#
        )
    };
    let statements: Vec<String> = (0..2_000).map(statement).collect();
    let folder =
        Folder::new().with("policy.json", policy(&statements.join(",\n"))).environment("GITHUB_ACTIONS", "true");
    let select = "check policy.json --select IE0602";
    let run = folder.run(select);
    assert_eq!(run.stdout.matches("warning[IE0602]").count(), 2_000);
    assert!(run.stdout.ends_with("\n1 policy checked: 0 errors, 2000 warnings, 0 notes\n"));
    // GitHub shows ten of a severity.
    assert_eq!(run.stderr.lines().count(), 11, "{}", run.stderr);
    assert!(run.stderr.ends_with("::notice::1990 more findings not shown here; see the log for the complete report\n"));
    let document = |format: &str| -> Value {
        serde_json::from_str(&folder.run(&format!("{select} {format}")).stdout).expect("JSON")
    };
    let json = document("--format json");
    let findings = json["findings"].as_array().expect("a list");
    assert!(findings.len() == 2_000 && findings.iter().all(|finding| finding["code"] == "IE0602"));
    let sarif = document("--report sarif=-");
    let results = sarif["runs"][0]["results"].as_array().expect("a list");
    assert_eq!(results.len(), 2_000);
    let marks: BTreeSet<String> = results.iter().map(|result| result["partialFingerprints"].to_string()).collect();
    assert_eq!(marks.len(), 2_000);
}

/// A dump with a policy of AWS's that is larger than a customer's may be, and one of the account's own.
fn dump() -> String {
    let long: Vec<String> = (0..400).map(|number| format!("\"s3:GetObject{number}*\"")).collect();
    let policy = |arn: &str, action: &str| {
        format!(
            r#"{{"Arn": "{arn}", "DefaultVersionId": "v1", "PolicyVersionList": [{{"VersionId": "v1", "IsDefaultVersion": true,
            "Document": {{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": {action}, "Resource": "*"}}}}}}]}}"#
        )
    };
    let long = format!("[{}]", long.join(", "));
    let policies = [
        policy("arn:aws:iam::aws:policy/job-function/Everything", &long),
        policy("arn:aws:iam::123456789012:policy/own", &long),
    ];
    let attached = ["arn:aws:iam::aws:policy/job-function/Everything", "arn:aws:iam::123456789012:policy/own"]
        .map(|arn| format!(r#"{{"PolicyArn": "{arn}"}}"#));
    format!(
        r#"{{"UserDetailList": [{{"UserName": "jo", "Arn": "arn:aws:iam::123456789012:user/jo",
        "AttachedManagedPolicies": [{}]}}], "GroupDetailList": [], "RoleDetailList": [], "Policies": [{}]}}"#,
        attached.join(", "),
        policies.join(", ")
    )
}

#[test]
fn what_aws_manages_in_a_dump_is_for_aws_to_mend() {
    let folder = Folder::new().with("dump.json", dump());
    for arguments in ["-w dump.json", "dump.json", "."] {
        let run = folder.run(&format!("check {arguments} --select IE0320"));
        assert!(run.stdout.ends_with("1 policy checked: 1 error, 0 warnings, 0 notes\n"), "{arguments}: {run:#?}");
    }
}
