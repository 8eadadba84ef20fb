//! `iameval test`: test files in, what came of their cases out.

#[path = "testing/bad_cases.rs"]
mod bad_cases;
#[path = "testing/bad_files.rs"]
mod bad_files;
#[path = "testing/bad_tables.rs"]
mod bad_tables;
#[path = "testing/cases.rs"]
mod cases;
#[path = "testing/measuring.rs"]
mod measuring;
#[path = "testing/oracle.rs"]
mod oracle;
#[path = "testing/reasons.rs"]
mod reasons;
#[path = "testing/selecting.rs"]
mod selecting;
#[path = "testing/settings.rs"]
mod settings;
#[path = "testing/snapshots.rs"]
mod snapshots;
#[path = "testing/tables.rs"]
mod tables;
#[path = "testing/telling.rs"]
mod telling;
#[path = "testing/updating.rs"]
mod updating;

use crate::run::{Folder, Run, repository};
use serde_json::Value;

/// Two users who may read objects, but not those in the vault, and what a request may have.
const WORLD: &str = r#"version: 1
account: "123456789012"
policies:
  read:
    Version: "2012-10-17"
    Statement:
      - { Sid: Read, Effect: Allow, Action: "s3:Get*", Resource: "*" }
      - { Sid: NotTheVault, Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::vault/*" }
principals:
  alice: { user: alice, policies: [read] }
  alina: { user: alina, policies: [read] }
resources:
  bucket: { arn: "arn:aws:s3:::bucket" }
contexts:
  office: { aws:SourceIp: 203.0.113.7 }
endpoints:
  vpce-1: { policies: [read] }
"#;

/// A folder with that world and a test file.
fn folder(text: impl AsRef<[u8]>) -> Folder {
    Folder::new().with("world.yaml", WORLD).with("x.iamtest.yaml", text)
}

/// Alice's account with a test file of its own.
fn force_mfa(tests: &str) -> Folder {
    let folder = Folder::new().with("x.iamtest.yaml", tests);
    for name in [
        "world.yaml",
        "policies/force-mfa.json",
        "policies/PowerUserAccess.json",
        "policies/IAMUserChangePassword.json",
    ] {
        folder.write(name, std::fs::read(repository().join("fixtures/force-mfa").join(name)).expect("a fixture"));
    }
    folder
}

/// A test file with one case, which passes.
const CASE: &str = "\
use: world.yaml
tests:
  - name: x
    principal: alice
    action: s3:GetObject
    resource: \"*\"
    expect: allow
";

/// The same with other fields; one without a value is left out.
fn but(fields: &[(&str, &str)]) -> String {
    let line = |(name, value): &(&str, &str)| match *value {
        "" => String::new(),
        value => format!("    {name}: {value}\n"),
    };
    let named = |text: &str| fields.iter().find(|(name, _)| text.trim_start().starts_with(&format!("{name}:")));
    let kept = CASE.lines().map(|text| named(text).map_or_else(|| format!("{text}\n"), line));
    let is_new = |(name, _): &&(&str, &str)| !CASE.contains(&format!(" {name}:"));
    kept.chain(fields.iter().filter(is_new).map(line)).collect()
}

/// Fields of a case as in [`but`], and what is told about them.
type Wrong = (&'static [(&'static str, &'static str)], &'static str);

/// A test file with a table, and other fields of its case.
fn table(fields: &str, table: &str) -> String {
    let fields: String = fields.lines().flat_map(|line| ["    ", line, "\n"]).collect();
    let rows: String = table.lines().flat_map(|line| ["      ", line, "\n"]).collect();
    format!("use: world.yaml\ntests:\n  - name: x\n    principal: alice\n{fields}    table: |\n{rows}")
}

/// What is told about files that cannot be used, without the excerpts: code and message, place, help.
fn told(run: &Run) -> String {
    let lines = run.stderr.lines().filter_map(|line| {
        let line = line.trim_start();
        let message = line.strip_prefix("error[").map(|rest| rest.replacen("]:", "", 1));
        let place = line.strip_prefix("--> ").map(|at| format!("at {}", at.trim_start_matches("x.iamtest.yaml:")));
        let help = line.strip_prefix("= ").map(str::to_owned);
        message.or(place).or(help)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A test file that cannot be used: exactly this is told, nothing is on standard output, and the exit status is 2.
#[track_caller]
fn refuses(text: impl AsRef<[u8]>, expected: &str) {
    let run = folder(text.as_ref()).run("test x.iamtest.yaml");
    let text = String::from_utf8_lossy(text.as_ref());
    assert_eq!(told(&run), expected, "{text}");
    assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{text}");
}

/// The same for several; `$case` stands for a file with one case.
#[track_caller]
fn refuses_all(files: &[(&str, &str)]) {
    for (text, expected) in files {
        refuses(text.replace("$case", CASE), expected);
    }
}

/// What came of each case, a line for each: status, decision and name, as JSON tells them.
#[track_caller]
fn outcomes(folder: &Folder, arguments: &str) -> String {
    let run = folder.run(&format!("test {arguments} --format json"));
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no JSON: {run:#?}"));
    let files = document["files"].as_array().expect("a list of files");
    let cases = files.iter().flat_map(|file| file["cases"].as_array().expect("a list of cases"));
    let text = |case: &Value, member: &str| case[member].as_str().unwrap_or("-").to_owned();
    let line = |case| format!("{} {} {}\n", text(case, "status"), text(case, "decision"), text(case, "name"));
    cases.map(line).collect()
}

/// Everything in a file with these cases passes.
#[track_caller]
fn passes(cases: &str) {
    let run = folder(format!("use: world.yaml\ntests:\n{cases}")).run("test");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{cases}\n{}", run.stdout);
}
