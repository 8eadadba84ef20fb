//! `check`: long outputs, files that are written, and texts that no page can hold; `fixtures/cli/check.md` has the rest.

use crate::run::{Folder, Run, allow, policy, repository};
use serde_json::{Value, json};
use std::fs::File;
use std::time::{Duration, SystemTime};

const CLEAN: &str = r#"{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}
}
"#;

const IDENTITY: &str = "taken for an identity policy, since no statement names a principal";

/// A finding of each severity: AWS refuses the Sid, no service has the action, and one entry covers another.
fn with_note() -> String {
    CLEAN.replace("\"s3:GetObject\"", "[\"s3:GetObject\", \"s3:Get*\"]")
}

fn with_warning() -> String {
    CLEAN.replace("GetObject", "GetObjekt")
}

fn folder(text: impl AsRef<[u8]>) -> Folder {
    Folder::new().with("policy.json", text)
}

impl Run {
    /// The last line of standard output.
    fn last(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }

    fn document(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("JSON")
    }

    /// The codes of the findings in JSON.
    fn codes(&self) -> Vec<String> {
        let document = self.document();
        let findings = document["findings"].as_array().expect("a list");
        findings.iter().map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect()
    }
}

/// A policy with four findings: `IE0323`, `IE0601`, `IE0602` and `IE0624`.
fn four() -> String {
    policy(
        r#"{"Sid": "a b", "Effect": "Allow", "Action": ["s33:Get", "s3:GetObjekt", "s3:GetObject", "s3:GetObject"],
            "Resource": "arn:aws:s3:::reports/*"}"#,
    )
}

#[test]
fn select_and_ignore_take_codes_and_what_codes_begin_with() {
    let folder = folder(four());
    for (flags, code, codes) in [
        ("", 1, vec!["IE0323", "IE0601", "IE0602", "IE0624"]),
        ("--select IE0602", 1, vec!["IE0602"]),
        ("--select ie0602", 1, vec!["IE0602"]),
        ("--select IE060", 1, vec!["IE0601", "IE0602"]),
        ("--select IE0323,IE062", 1, vec!["IE0323", "IE0624"]),
        ("--select IE0323 --select IE0624", 1, vec!["IE0323", "IE0624"]),
        ("--select IE0624", 0, vec!["IE0624"]),
        ("--select IE0625", 0, vec![]),
        ("--ignore IE0602", 1, vec!["IE0323", "IE0601", "IE0624"]),
        ("--ignore IE06", 1, vec!["IE0323"]),
        ("--ignore IE03,IE060", 0, vec!["IE0624"]),
        ("--select IE06 --ignore IE060", 0, vec!["IE0624"]),
        ("--select IE0602 --ignore IE", 0, vec![]),
    ] {
        let run = folder.run(&format!("check policy.json --format json {flags}"));
        run.ends(code);
        assert_eq!(run.codes(), codes, "{flags}");
        assert_eq!(run.document()["policies"][0]["findings"], codes.len(), "{flags}");
    }
    // The other outputs know of no more.
    let run = folder.run("check policy.json --select IE0602 --report github=-");
    assert_eq!(run.stdout.lines().count(), 1, "{run:#?}");
}

#[test]
fn managed_policies() {
    let expected = "\
warning[IE0615]: `NotAction` with `Allow` allows every action that is not listed, in every service
 --> aws:PowerUserAccess:6:7
  |
6 |       \"NotAction\": [
  |       ^^^^^^^^^^^
  |
  = help: list what is to be allowed, or make sure that a boundary or a Deny keeps the rest away

";
    let run = Folder::new().run("check aws:PowerUserAccess");
    assert!(run.stdout.starts_with(expected), "{run:#?}");
    // What it is attached as needs no guess.
    assert!(!run.stdout.contains("taken for"), "{run:#?}");
    let by_arn = Folder::new().run("check arn:aws:iam::aws:policy/PowerUserAccess");
    assert_eq!((run.code, run.stdout), (by_arn.code, by_arn.stdout));
    let rcp = Folder::new().run("check aws:RCPFullAWSAccess --format json --fail-on info");
    rcp.ends(0);
    assert_eq!(rcp.document()["policies"][0]["type"], "rcp");
    // AWS's own may be larger than a customer's.
    let run = Folder::new().run("check aws:ReadOnlyAccess --fail-on error");
    run.ends(0);
}

const WORLD: &str = r#"account: "123456789012"
policies:
  reading: policies/reading.json
  alone: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "s3:GetObjekt", Resource: "*"}}
principals:
  john: {user: john, policies: [reading]}
defaults: {principal: john}
"#;

fn world() -> Folder {
    Folder::new().with("world.yaml", WORLD).with("policies/reading.json", with_warning())
}

const SCENARIO: &str = "\
warning[IE0622]: without MFA this Deny also keeps a new user from `iam:GetAccountPasswordPolicy`, `iam:GetUser`, `iam:ResyncMFADevice` and `sts:GetSessionToken`
  --> force-mfa/policies/force-mfa.json:28:7
   |
28 |       \"NotAction\": [
   |       ^^^^^^^^^^^
   |
   = help: add to `NotAction` what users are to have, and allow it somewhere; who needs them: `iam:GetAccountPasswordPolicy`: the console's page to change a password; `iam:GetUser`: the console's page of one's own user; `iam:ResyncMFADevice`: a device whose clock is off; `sts:GetSessionToken`: a session with MFA for the command line

";

#[test]
fn the_starting_scenario_names_the_calls_that_a_new_user_misses() {
    let run = Folder::new().run("check --example force-mfa");
    run.ends(1);
    assert!(run.stdout.starts_with(SCENARIO), "{run:#?}");
    assert_eq!(run.last(), "3 policies checked: 0 errors, 4 warnings, 0 notes");
    let policies = repository().join("fixtures/force-mfa/policies/force-mfa.json");
    let folder = folder(std::fs::read(policies).expect("a fixture"));
    let run = folder.run("check policy.json --format json");
    run.ends(1);
    assert_eq!(run.codes(), ["IE0622"]);
    Folder::new().run("check --example force-mfaa").complains("error[IE0403]: there is no example `force-mfaa`");
}

/// With every oddity that a file may have, and what of it remains.
const ODD: &str = "{\r\n\t \"Statement\" :[ {\"Sid\":\"Uno\" ,   \r\n   \"Effect\":\"Allow\",  \r\n\
    \t\"Action\":[\"s3:Get*\" , \"s3:GetObject\",\r\n\t\"s3:getobject\" ],\t\r\n \
    \"Resource\":\"arn:aws:s3:::bücher/*\"}]  }  \r\n \t";
const MENDED: &str = "{\"Version\": \"2012-10-17\",\r\n\t \"Statement\" :[ {\"Sid\":\"Uno\" ,   \r\n   \"Effect\":\"Allow\",  \r\n\
    \t\"Action\":[\"s3:Get*\" ],\t\r\n \
    \"Resource\":\"arn:aws:s3:::bücher/*\"}]  }  \r\n \t";

fn text(folder: &Folder, path: &str) -> String {
    std::fs::read_to_string(folder.path(path)).expect("the file")
}

#[test]
fn fix_leaves_the_rest_of_a_file_as_it_is() {
    let folder = folder(ODD);
    let run = folder.run("check policy.json --fix");
    run.shows(0, &format!("policy.json: {IDENTITY}\n1 policy checked: 0 errors, 0 warnings, 0 notes, 3 fixed\n"));
    assert_eq!(text(&folder, "policy.json"), MENDED);
    folder.run("check policy.json --fix --fail-on info").ends(0);
    assert_eq!(text(&folder, "policy.json"), MENDED);
    // Also where AWS takes no such character.
    folder.write("policy.json", ODD.replace("bücher", "😀"));
    folder.run("check policy.json --fix").ends(1);
    assert_eq!(text(&folder, "policy.json"), MENDED.replace("bücher", "😀"));
}

#[test]
fn fix_mends_what_is_selected_only() {
    let folder = folder(ODD);
    let run = folder.run("check policy.json --fix --select IE0302");
    run.ends(0);
    assert_eq!(text(&folder, "policy.json"), ODD.replacen('{', "{\"Version\": \"2012-10-17\",", 1));
    folder.run("check policy.json --fix --ignore IE0302,IE0624").ends(0);
    assert_ne!(text(&folder, "policy.json"), MENDED);
    let run = folder.run("check policy.json --fix --format json");
    assert_eq!(run.document()["policies"][0]["fixed"], 2);
    assert_eq!(text(&folder, "policy.json"), MENDED);
}

#[test]
fn what_is_left_is_found_in_the_mended_text() {
    let folder = folder(ODD.replace("s3:getobject", "s33:Get"));
    let run = folder.run("check policy.json --fix");
    run.ends(1);
    let expected = "warning[IE0601]: no AWS service has the prefix `s33`\n --> policy.json:5:2\n";
    assert!(run.stdout.starts_with(expected), "{run:#?}");
    assert_eq!(run.last(), "1 policy checked: 0 errors, 1 warning, 0 notes, 2 fixed");
    assert!(text(&folder, "policy.json").contains("\"Action\":[\"s3:Get*\",\r\n\t\"s33:Get\" ]"));
}

#[test]
fn one_fix_makes_room_for_another() {
    // The places of the first two touch, so they take two rounds.
    let entries: Vec<String> = (1..=12).rev().map(|length| format!("\"s3:{:.length$}*\"", "GetObjectAcl")).collect();
    let statement = |action: &str| {
        policy(&format!(r#"{{"Effect": "Allow", "Action": [{action}], "Resource": "arn:aws:s3:::reports/*"}}"#))
    };
    let folder = folder(statement(&entries.join(", ")));
    let run = folder.run("check policy.json --fix --select IE0624 --fail-on info");
    run.ends(0);
    assert_eq!(run.last(), "1 policy checked: 0 errors, 0 warnings, 0 notes, 11 fixed");
    assert_eq!(text(&folder, "policy.json"), statement("\"s3:G*\""));
}

#[test]
fn fix_changes_files_only() {
    let refused = |run: Run, what: &str| {
        run.complains(&format!(
            "error[IE0505]: `--fix` changes files, and `{what}` is not a file of its own\n\
             = help: save it as a file and check that"
        ));
    };
    refused(Folder::new().run_with("check - --fix", ODD), "standard input");
    refused(Folder::new().run("check aws:ReadOnlyAccess --fix"), "aws:ReadOnlyAccess");
    // Parts of a world file are no files; the files that it names are.
    let entries = "[\"s3:GetObject\", \"s3:GetObject\"]";
    let folder = world().with("policies/reading.json", CLEAN.replace("\"s3:GetObject\"", entries));
    folder.run("check world.yaml --fix --fail-on error").ends(0);
    assert_eq!(text(&folder, "policies/reading.json"), CLEAN.replace("\"s3:GetObject\"", "[\"s3:GetObject\"]"));
    assert_eq!(text(&folder, "world.yaml"), WORLD);
    folder.write("world.yaml", WORLD.replace("\"s3:GetObjekt\"", entries));
    refused(folder.run("check world.yaml --fix"), "alone");
}

#[test]
fn what_fix_refuses_is_not_said_to_be_mendable() {
    let note = "0 errors, 0 warnings, 1 note";
    let run = Folder::new().run_with("check -", with_note());
    assert_eq!(run.last(), format!("1 policy checked: {note}"));
    let run = Folder::new().run("check aws:ReadOnlyAccess");
    assert!(!run.last().contains("--fix"), "{run:#?}");
    let entries = "[\"s3:GetObject\", \"s3:GetObject\"]";
    let inline = world().with("policies/reading.json", CLEAN);
    inline.write("world.yaml", WORLD.replace("\"s3:GetObjekt\"", entries));
    assert!(!inline.run("check world.yaml --select IE0624").last().contains("--fix"));
    // Beside them, what is in a file still counts.
    let run = folder(with_note()).run_with("check policy.json -", with_note());
    assert_eq!(run.last(), "2 policies checked: 0 errors, 0 warnings, 2 notes; `--fix` can mend 1");
}

#[test]
fn fix_refuses_before_it_writes() {
    let folder = folder(ODD);
    folder.run("check policy.json aws:ReadOnlyAccess --fix").complains(
        "error[IE0505]: `--fix` changes files, and `aws:ReadOnlyAccess` is not a file of its own\n\
         = help: save it as a file and check that",
    );
    assert_eq!(text(&folder, "policy.json"), ODD);
}

/// A world in which one file is attached as two kinds.
fn twice_attached(policy: &str) -> Folder {
    let world = r#"account: "123456789012"
policies: {p: policy.json}
principals:
  john: {user: john, policies: [p], boundary: p}
defaults: {principal: john}
"#;
    folder(policy).with("world.yaml", world)
}

#[test]
fn fix_mends_a_file_once() {
    for arguments in ["world.yaml", "policy.json policy.json", "policy.json ./policy.json", "policy.json world.yaml"] {
        let folder = twice_attached(ODD);
        let run = folder.run(&format!("check {arguments} --fix --select IE0302,IE0624 --fail-on info"));
        run.ends(0);
        assert!(run.last().ends_with(" policies checked: 0 errors, 0 warnings, 0 notes, 3 fixed"), "{run:#?}");
        assert_eq!(text(&folder, "policy.json"), MENDED, "{arguments}");
    }
}

#[test]
fn fix_writes_no_file_that_needs_no_mending() {
    let folder = folder(with_warning()).with("broken.json", "{\"Statement\": [").with("odd.json", ODD);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let files = ["policy.json", "broken.json", "odd.json"].map(|name| folder.path(name));
    for file in &files {
        File::options().write(true).open(file).and_then(|file| file.set_modified(long_ago)).expect("a time");
    }
    assert_eq!(folder.run("check . --fix").code, Some(1));
    let unchanged = |path| std::fs::metadata(path).and_then(|data| data.modified()).expect("a time") == long_ago;
    assert_eq!(files.each_ref().map(unchanged), [true, true, false]);
}

/// The blocks of code of a section of `docs/json-output.md`.
fn documented(heading: &str) -> Vec<String> {
    let page = std::fs::read_to_string(repository().join("docs/json-output.md")).expect("the page");
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
    folder(input).run("check policy.json --format json").shows(1, output);
    let blocks = documented("`iameval test [PATH…] --format json`");
    let [input, output] = blocks.as_slice() else { panic!("not two blocks: {blocks:?}") };
    Folder::new().with("policies.iamtest.yaml", input).run("test --format json").shows(1, output);
    let blocks = documented("`iameval explain [CODE…] --format json`");
    let [output] = blocks.as_slice() else { panic!("not one block: {blocks:?}") };
    Folder::new().run("explain IE0001 --format json").shows(0, output);
}

const ANNOTATION: &str = "::warning file=policy.json,line=3,endLine=3,col=46,endColumn=60,title=IE0602%3A Unknown action::`s3:GetObjekt` is not an action of Amazon S3%0Ahelp: did you mean `s3:GetObject`?\n";

#[test]
fn reports_go_to_files_beside_what_people_read() {
    let folder = folder(with_warning());
    let plain = folder.run("check policy.json");
    let run = folder.run("check policy.json --report sarif=out.sarif --report github=out.txt");
    run.shows(1, &plain.stdout);
    assert_eq!(text(&folder, "out.txt"), ANNOTATION);
    let sarif: Value = serde_json::from_str(&text(&folder, "out.sarif")).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "IE0602");
    folder.run("check policy.json --report gitlab=out.json").shows(1, &plain.stdout);
    let gitlab: Value = serde_json::from_str(&text(&folder, "out.json")).expect("JSON");
    assert_eq!(gitlab[0]["check_name"], "IE0602");
    assert_eq!(gitlab[0]["location"], json!({"path": "policy.json", "lines": {"begin": 3}}));
    // JSON on standard output stays JSON, and a file is written anew.
    let run = folder.run("check policy.json --format json --report github=out.txt --ignore IE06");
    assert_eq!(run.codes(), [""; 0]);
    assert_eq!(text(&folder, "out.txt"), "");
}

#[test]
fn reports_on_standard_output_stand_there_alone() {
    let folder = folder(with_warning());
    folder.run("check policy.json --report github=-").shows(1, ANNOTATION);
    folder.run("check policy.json --report sarif=out.sarif").ends(1);
    folder.run("check policy.json --report sarif=-").shows(1, &text(&folder, "out.sarif"));
    folder.run("check policy.json --ignore IE0602 --report github=-").shows(0, "");
    folder.run("check policy.json --ignore IE0602 --report gitlab=-").shows(0, "[]\n");
}

#[test]
fn reports_of_a_world_that_cannot_be_loaded() {
    let folder = world().with("policies/reading.json", CLEAN.replace("Allow", "Alow"));
    let run = folder.run("check world.yaml --report gitlab=out.json --report github=out.txt");
    run.complains("error[IE0206]: `Alow` is no effect: expected `Allow` or `Deny`");
    let gitlab: Value = serde_json::from_str(&text(&folder, "out.json")).expect("JSON");
    assert_eq!(gitlab[0]["check_name"], "IE0206");
    assert_eq!(gitlab[0]["location"]["path"], "policies/reading.json");
    assert!(text(&folder, "out.txt").starts_with("::error file=policies/reading.json,line="));
    // What is wrong with the command line is in no file, and an empty report would say that nothing is wrong.
    folder
        .run("check none.json --report gitlab=none.json")
        .complains("error[IE0001]: cannot read `none.json`: no such file");
    assert!(!folder.path("none.json").exists());
}

#[test]
fn two_thousand_findings_in_one_file() {
    let statement = |number: usize| {
        format!(
            r#"{{"Sid": "S{number}", "Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::reports/*"}}"#
        )
    };
    let statements: Vec<String> = (0..2_000).map(statement).collect();
    let folder = folder(policy(&statements.join(",\n"))).environment("GITHUB_ACTIONS", "true");
    let select = "check policy.json --select IE0602";
    let run = folder.run(select);
    assert_eq!(run.stdout.matches("warning[IE0602]").count(), 2_000);
    assert_eq!(run.last(), "1 policy checked: 0 errors, 2000 warnings, 0 notes");
    // GitHub shows ten of a severity.
    assert_eq!(run.stderr.lines().count(), 11, "{}", run.stderr);
    assert!(run.stderr.ends_with("::notice::1990 more findings not shown here; the report in the log is complete\n"));
    assert_eq!(folder.run(&format!("{select} --format json")).codes(), vec!["IE0602"; 2_000]);
    let run = folder.run(&format!("{select} --report sarif=-"));
    let results = run.document()["runs"][0]["results"].as_array().expect("results").clone();
    assert_eq!(results.len(), 2_000);
    let marks: std::collections::BTreeSet<String> =
        results.iter().map(|result| result["partialFingerprints"].to_string()).collect();
    assert_eq!(marks.len(), 2_000);
}

#[test]
fn the_names_of_policies_do_not_reach_the_terminal_as_they_are() {
    let sid = allow("a\\u001b[31mb", "s3:GetObject");
    let run = folder(sid).run("check policy.json");
    run_is_harmless(&run);
    let run = folder(allow("Sid", "s3:\\u001b[2J")).run("check policy.json --report github=-");
    run_is_harmless(&run);
}

#[track_caller]
fn run_is_harmless(run: &Run) {
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(!run.stdout.contains('\u{1b}'), "{run:#?}");
}
