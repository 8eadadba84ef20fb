//! `check`: what AWS refuses, and what is hardly meant.

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

fn with_error() -> String {
    CLEAN.replace("{\"Effect\"", "{\"Sid\": \"Read reports\", \"Effect\"")
}

const NOTE: &str = r#"info[IE0624]: `s3:GetObject` is covered by `s3:Get*`
 --> policy.json:3:47
  |
3 |   "Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*"], "Resource": "arn:aws:s3:::reports/*"}
  |                                               ^^^^^^^^^^^^^^  --------- this covers it

"#;

const WARNING: &str = r#"warning[IE0602]: `s3:GetObjekt` is not an action of Amazon S3
 --> policy.json:3:46
  |
3 |   "Statement": {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::reports/*"}
  |                                              ^^^^^^^^^^^^^^
  |
  = help: did you mean `s3:GetObject`?

"#;

const ERROR: &str = r#"error[IE0323]: the Sid `Read reports` may hold ASCII letters and digits only
 --> policy.json:3:24
  |
3 |   "Statement": {"Sid": "Read reports", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::rep...
  |                        ^^^^^^^^^^^^^^

"#;

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

#[test]
fn findings_then_the_guess_then_the_numbers() {
    for (text, code, findings, numbers) in [
        (CLEAN, 0, "", "0 errors, 0 warnings, 0 notes"),
        (&with_note(), 0, NOTE, "0 errors, 0 warnings, 1 note; `--fix` can mend 1"),
        (&with_warning(), 1, WARNING, "0 errors, 1 warning, 0 notes"),
        (&with_error(), 1, ERROR, "1 error, 0 warnings, 0 notes"),
    ] {
        let expected = format!("{findings}policy.json: {IDENTITY}\n1 policy checked: {numbers}\n");
        folder(text).run("check policy.json").shows(code, &expected);
    }
}

#[test]
fn fail_on_is_the_least_severity_that_fails() {
    for (text, [error, warning, info]) in
        [(CLEAN, [0, 0, 0]), (&with_note(), [0, 0, 1]), (&with_warning(), [0, 1, 1]), (&with_error(), [1, 1, 1])]
    {
        let folder = folder(text);
        for (severity, code) in [("error", error), ("warning", warning), ("info", info)] {
            folder.run(&format!("check policy.json --fail-on {severity}")).ends(code);
        }
        // Whatever is printed, and wherever.
        folder.run("check policy.json --format json").ends(warning);
        folder.run("check policy.json --report github=-").ends(warning);
        folder.run("check policy.json --report sarif=- --fail-on info").ends(info);
    }
}

#[test]
fn the_kind_is_guessed_and_said() {
    let deny = policy(r#"{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}"#);
    let trust =
        policy(r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#);
    let bucket = policy(
        r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
    );
    let scp = "taken for a service control policy, since the path says so and no statement names a principal";
    let boundary = "taken for a permissions boundary, since the path says so and no statement names a principal";
    for (path, text, guess) in [
        ("policy.json", &*deny, IDENTITY),
        ("org/scps/policy.json", &*deny, scp),
        ("boundary.json", &*deny, boundary),
        ("team-boundary.json", &*deny, boundary),
        ("boundary-conditions.json", &*deny, IDENTITY),
        ("policy.json", &*trust, "taken for a role trust policy, since it is about assuming a role"),
        ("policy.json", &*bucket, "taken for a resource policy, since statements name principals"),
    ] {
        let run = Folder::new().with(path, text).run(&format!("check {path}"));
        run.ends(0);
        let said = run.stdout.lines().find(|line| line.contains("taken for"));
        assert_eq!(said, Some(&*format!("{path}: {guess}")), "{run:#?}");
    }
}

#[test]
fn a_type_that_is_given_stands_against_the_guess() {
    let folder = folder(CLEAN);
    let clean = "1 policy checked: 0 errors, 0 warnings, 0 notes\n";
    for kind in ["identity", "boundary", "session", "scope-down", "scp"] {
        folder.run(&format!("check policy.json --type {kind}")).shows(0, clean);
    }
    for (kind, codes) in
        [("resource", vec!["IE0325"]), ("trust", vec!["IE0325", "IE0317", "IE0316"]), ("endpoint", vec!["IE0325"])]
    {
        let run = folder.run(&format!("check policy.json --format json --type {kind}"));
        run.ends(1);
        assert_eq!(run.codes(), codes, "{kind}");
        assert_eq!(run.document()["policies"][0]["type_guessed"], false);
        assert_eq!(run.document()["policies"][0]["type_reason"], Value::Null);
    }
    let run = folder.run("check policy.json --type rcp --format json");
    assert!(run.codes().contains(&"IE0327".to_owned()), "{run:#?}");
    folder.run("check policy.json --type role").complains(
        "error[IE0500]: invalid value 'role' for '--type <TYPE>'\n[possible values: identity, resource, trust, scp, rcp, boundary, session, scope-down, endpoint]",
    );
}

#[test]
fn the_guesses_of_many_policies_are_said_once() {
    let folder = Folder::new();
    for number in 0..10 {
        folder.write(&format!("p/{number}.json"), CLEAN);
    }
    let run = folder.run("check p");
    run.ends(0);
    assert_eq!(run.stdout.matches(IDENTITY).count(), 10, "{run:#?}");
    folder.write("p/x.json", CLEAN);
    let expected = "11 policies: each taken for an identity policy, since no statement names a principal\n\
                    11 policies checked: 0 errors, 0 warnings, 0 notes\n";
    folder.run("check p").shows(0, expected);
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
fn codes_that_are_none() {
    let folder = folder(CLEAN);
    folder.run("check policy.json --select IE0699").complains(
        "error[IE0504]: no code is, or begins with, `IE0699`
         --> command line, --select:1:1
         = help: did you mean `IE0609`?",
    );
    folder.run("check policy.json --ignore IE06,typo").complains(
        "error[IE0504]: no code is, or begins with, `typo`
         --> command line, --ignore:1:1
         = help: `iameval explain --list` lists the codes",
    );
    folder.run("check policy.json --select IE0602,").complains("error[IE0504]: no code is, or begins with, ``");
}

#[test]
fn a_text_that_is_no_policy_gets_findings() {
    let run = folder("{\"Statement\": [\n").run("check policy.json");
    run.shows(
        1,
        "\
error[IE0101]: expected a JSON value, found the end of the text
 --> policy.json:2:1
  |
2 |
  | ^
  |
  = help: the text ends too early; is something cut off?

1 policy checked: 1 error, 0 warnings, 0 notes
",
    );
    for (text, codes) in [
        ("[]", vec!["IE0201"]),
        ("{\"a\": 1}", vec!["IE0204", "IE0203"]),
        ("hello", vec!["IE0101"]),
        ("\u{feff}{}", vec!["IE0101"]),
    ] {
        let run = folder(text).run("check policy.json --format json");
        run.ends(1);
        assert_eq!(run.codes(), codes, "{text}");
    }
    // One of several: the others are checked as well.
    let folder = folder(with_warning()).with("broken.json", "{").with("clean.json", CLEAN);
    let run = folder.run("check broken.json clean.json policy.json");
    run.ends(1);
    assert_eq!(run.last(), "3 policies checked: 1 error, 1 warning, 0 notes");
}

#[test]
fn what_cannot_be_read_stops_the_command() {
    let folder =
        folder(with_warning()).with("empty.json", " \n").with("latin.json", b"{\"\xe9\": 1}").with("d/x.txt", "");
    folder.run("check polcy.json").complains(
        "error[IE0001]: cannot read `polcy.json`: no such file
         --> polcy.json
         = help: did you mean `policy.json`?",
    );
    folder.run("check policy.json empty.json").complains("error[IE0004]: there is nothing in `empty.json`");
    folder
        .run("check latin.json policy.json")
        .complains("error[IE0003]: `latin.json` is not UTF-8: byte 0xE9 at offset 2");
    folder.run("check d").complains(
        "error[IE0507]: there is no policy in `d`
         = help: a policy is a `.json` file with a `Statement`",
    );
    folder.run("check aws:ReadOnlyAcess").complains(
        "error[IE0403]: no AWS managed policy `ReadOnlyAcess` is known
         = help: did you mean `aws:ReadOnlyAccess`?",
    );
    folder.run_with("check -", "").complains("error[IE0004]: there is nothing in standard input");
}

#[test]
fn nothing_to_check() {
    Folder::new().run("check").complains(
        "error[IE0507]: there is nothing to check
         = help: name policy files or folders, a world file, `aws:NAME`, or `-` for standard input",
    );
}

#[test]
fn folders_are_searched_for_policies() {
    let folder = Folder::new()
        .with("p/b.json", with_warning())
        .with("p/a/deep/c.JSON", CLEAN)
        .with("p/broken.json", "{\"Statement\": [")
        // Neither of these is meant as a policy.
        .with("p/package.json", r#"{"name": "Statement"}"#)
        .with("p/template.json", r#"{"Resources": {"Policy": {"Statement": []}}}"#)
        .with("p/list.json", "[]")
        .with("p/empty.json", "")
        .with("p/jsonc.json", "// no JSON\n")
        // And these are not looked at.
        .with("p/notes.txt", "{\"Statement\": [")
        .with("p/world.yaml", "nonsense: true\n")
        .with("p/build/d.json", with_error())
        .with("p/a/e.json", with_error())
        .with(".gitignore", "build/\n")
        .with("p/a/.gitignore", "/e.json\n");
    let run = folder.run("check p");
    run.ends(1);
    let lines: Vec<&str> = run.stdout.lines().filter(|line| line.contains(" --> ") || line.contains("taken")).collect();
    assert_eq!(
        lines,
        [
            " --> p/b.json:3:46",
            " --> p/broken.json:1:16",
            &format!("p/a/deep/c.JSON: {IDENTITY}"),
            &format!("p/b.json: {IDENTITY}"),
        ]
    );
    assert_eq!(
        run.last(),
        "3 policies checked: 1 error, 1 warning, 0 notes; no policy in p/empty.json, p/jsonc.json, p/list.json, p/package.json, p/template.json"
    );
    // A file that is named is checked, whatever is in it and wherever it stands.
    let run = folder.run("check p/list.json p/build/d.json p/notes.txt");
    assert_eq!(run.last(), "3 policies checked: 3 errors, 0 warnings, 0 notes");
    let run = folder.run_in("p", "check .");
    assert!(run.stdout.contains(" --> ./b.json:3:46\n"), "{run:#?}");
}

#[test]
fn a_file_that_is_no_text_does_not_stop_a_folder() {
    let folder = Folder::new().with("p/a.json", b"{\"\xe9\": 1}").with("p/b.json", with_warning());
    let run = folder.run("check p");
    assert_eq!(run.code, Some(2), "{run:#?}");
    assert!(run.stdout.starts_with(&WARNING.replace("policy.json", "p/b.json")), "{run:#?}");
    assert_eq!(run.last(), "1 policy checked: 0 errors, 1 warning, 0 notes");
    assert!(run.stderr.starts_with("error[IE0003]: `p/a.json` is not UTF-8: byte 0xE9 at offset 2\n"), "{run:#?}");
}

#[test]
fn one_file_left_out_is_one_file() {
    let folder = Folder::new().with("p/policy.json", CLEAN).with("p/other.json", "{}");
    let expected = "1 policy checked: 0 errors, 0 warnings, 0 notes; no policy in p/other.json";
    assert_eq!(folder.run("check p").last(), expected);
}

#[test]
fn standard_input() {
    let expected = format!(
        "{}standard input: {IDENTITY}\n1 policy checked: 0 errors, 1 warning, 0 notes\n",
        WARNING.replace("policy.json", "standard input")
    );
    Folder::new().run_with("check -", with_warning()).shows(1, &expected);
    let run = folder(CLEAN).run_with("check policy.json - --format json", with_error());
    assert_eq!(run.document()["findings"][0]["file"], "standard input");
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

#[test]
fn the_policies_of_a_world() {
    let folder = world();
    let run = folder.run("check world.yaml");
    run.ends(1);
    assert!(run.stdout.contains("\n --> policies/reading.json:3:46\n"), "{run:#?}");
    assert!(run.stdout.contains("\n --> world.yaml:4:69\n"), "{run:#?}");
    // Only what is attached nowhere needs a guess.
    let end = format!("alone: {IDENTITY}\n2 policies checked: 0 errors, 2 warnings, 0 notes\n");
    assert!(run.stdout.ends_with(&format!("\n{end}")) && run.stdout.matches("taken for").count() == 1, "{run:#?}");
    for arguments in ["check -w world.yaml", "check --world world.yaml"] {
        assert_eq!(folder.run(arguments).stdout, run.stdout);
    }
    folder.write("iameval.toml", "world = \"world.yaml\"\n");
    assert_eq!(folder.run("check").stdout, run.stdout);
    // Policies that are named stand in for the configured world.
    folder.write("clean.json", CLEAN);
    folder.run("check clean.json").ends(0);
    folder
        .run("check clean.json -w world.yaml")
        .complains("error[IE0500]: the argument '[PATH]...' cannot be used with '--world <FILE>'");
    folder.run("check --no-config").complains("error[IE0507]: there is nothing to check");
    folder.write("world.yaml", "policies: [");
    assert_eq!(folder.run("check world.yaml").code, Some(2));
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
fn what_is_found_twice_is_shown_once() {
    for arguments in ["world.yaml", "policy.json policy.json", "policy.json ./policy.json", "policy.json world.yaml"] {
        let run = twice_attached(&with_note()).run(&format!("check {arguments}"));
        run.ends(0);
        assert_eq!(run.stdout.matches("info[IE0624]").count(), 1, "{run:#?}");
        assert!(run.last().ends_with(" checked: 0 errors, 0 warnings, 1 note; `--fix` can mend 1"), "{run:#?}");
    }
    let folder = twice_attached(&with_note());
    let run = folder.run("check world.yaml --format json");
    assert_eq!(run.codes(), ["IE0624"]);
    // It is true of either kind all the same.
    let document = run.document();
    let counts = document["policies"].as_array().expect("a list").iter().map(|policy| &policy["findings"]);
    assert_eq!(counts.collect::<Vec<_>>(), [1, 1]);
    assert_eq!(folder.run("check world.yaml --report github=-").stdout.lines().count(), 1);
    // The same in two files is two findings.
    folder.write("copy.json", with_note());
    let run = folder.run("check policy.json copy.json");
    assert_eq!(run.last(), "2 policies checked: 0 errors, 0 warnings, 2 notes; `--fix` can mend 2");
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

#[test]
fn json_without_findings() {
    let run = folder(CLEAN).run("check policy.json --format json");
    run.ends(0);
    assert_eq!(
        run.document(),
        json!({"schema": "iameval/check/1", "findings": [], "policies": [{
            "policy": "policy.json", "file": "policy.json", "type": "identity", "type_guessed": true,
            "type_reason": "no statement names a principal", "findings": 0, "fixed": 0,
        }]})
    );
    let run = world().run("check world.yaml --format json");
    let document = run.document();
    let policies = document["policies"].as_array().expect("a list");
    let names = policies.iter().map(|policy| (&policy["policy"], &policy["file"], &policy["type_guessed"]));
    assert_eq!(
        names.map(|(policy, file, guessed)| json!([policy, file, guessed])).collect::<Vec<_>>(),
        [json!(["reading", "policies/reading.json", false]), json!(["alone", "world.yaml", true])]
    );
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
fn reports_that_are_none() {
    let folder = folder(with_warning());
    let how = "= help: write it like `sarif=findings.sarif` or `github=-`";
    for (value, message, help) in [
        ("sarif", "`sarif` is not `KIND=FILE`", how),
        ("sarif=", "`sarif=` is not `KIND=FILE`", how),
        ("xml=x", "`xml` is no kind of report", how),
        ("gitlb=x", "`gitlb` is no kind of report", "= help: did you mean `gitlab`?"),
        (
            "junit=x.xml",
            "`junit` is no report of `check`",
            "= help: it is a report of tests; `sarif`, `github` and `gitlab` are reports of findings",
        ),
        ("sarf=x", "`sarf` is no kind of report", "= help: did you mean `sarif`?"),
    ] {
        let expected = format!("error[IE0504]: {message}\n--> command line, --report:1:1\n{help}");
        folder.run(&format!("check policy.json --report {value}")).complains(&expected);
    }
}

#[test]
fn a_report_that_cannot_be_written() {
    let folder = folder(with_warning());
    let run = folder.run("check policy.json --report sarif=none/out.sarif");
    assert_eq!(run.code, Some(2), "{run:#?}");
    // What was found is shown all the same.
    assert!(run.stdout.starts_with(WARNING), "{run:#?}");
    assert!(run.stderr.starts_with("error[IE0509]: cannot write `none/out.sarif`: "), "{run:#?}");
    assert!(!run.stderr.contains("os error"), "{run:#?}");
    assert!(run.stderr.ends_with("= help: is the folder there, and may you write to it?\n"), "{run:#?}");
}

#[test]
fn annotations_in_github_actions() {
    let folder = folder(with_warning()).with("summary.md", "Before.\n");
    let plain = folder.run("check policy.json");
    let folder = folder.environment("GITHUB_STEP_SUMMARY", "summary.md");
    // A summary alone says nothing of where the command runs.
    folder.run("check policy.json").shows(1, &plain.stdout);
    assert_eq!(text(&folder, "summary.md"), "Before.\n");
    let folder = folder.environment("GITHUB_ACTIONS", "true");
    let run = folder.run("check policy.json");
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (Some(1), &*plain.stdout, ANNOTATION));
    let expected = "\
Before.
### iameval: 0 errors, 1 warning, 0 notes

| severity | code | place | message |
| --- | --- | --- | --- |
| warning | IE0602 | policy.json:3:46 | &#96;s3:GetObjekt&#96; is no action of Amazon S3<br>help: did you mean &#96;s3:GetObject&#96;? |
";
    assert_eq!(text(&folder, "summary.md"), expected);
    // Those that are asked for do not come twice.
    let run = folder.run("check policy.json --report github=-");
    run.shows(1, ANNOTATION);
    let run = folder.run("check policy.json --format json");
    assert_eq!((run.codes(), &*run.stderr), (vec!["IE0602".to_owned()], ANNOTATION));
    assert_eq!(text(&folder, "summary.md").matches("### iameval").count(), 3);
}

#[test]
fn github_actions_without_findings_or_without_a_summary() {
    let folder = folder(CLEAN).environment("GITHUB_ACTIONS", "true");
    folder.run("check policy.json").ends(0);
    let folder = folder.environment("GITHUB_STEP_SUMMARY", "");
    folder.run("check policy.json").ends(0);
    let folder = folder.environment("GITHUB_STEP_SUMMARY", "none/summary.md");
    let run = folder.run("check policy.json");
    assert_eq!(run.code, Some(2), "{run:#?}");
    assert!(run.stderr.starts_with("error[IE0509]: cannot write `none/summary.md`: "), "{run:#?}");
    // Anything but `true` is somewhere else.
    let folder = Folder::new().with("policy.json", with_warning()).environment("GITHUB_ACTIONS", "1");
    folder.run("check policy.json").ends(1);
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
