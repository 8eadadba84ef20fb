//! `check` where worlds and account dumps say what policies are for.

use crate::run::Folder;

const ADMIN: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}"#;
const WORLD: &str = r#"account: "123456789012"
policies:
  fence: policies/fence.json
  inline: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "s3:GetObjekt", Resource: "*"}}
principals:
  john: {user: john, policies: [inline], boundary: fence}
"#;

/// The policies that were checked, as what, and whether that was a guess.
fn checked(folder: &Folder, arguments: &str) -> Vec<(String, String, bool)> {
    let run = folder.run(&format!("check {arguments} --format json"));
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let policies = document["policies"].as_array().expect("a list").iter();
    policies
        .map(|policy| {
            (text(&policy["file"]), text(&policy["type"]), policy["type_guessed"].as_bool().expect("true or false"))
        })
        .collect()
}

fn row(file: &str, kind: &str, guessed: bool) -> (String, String, bool) {
    (file.to_owned(), kind.to_owned(), guessed)
}

#[test]
fn a_folder_with_a_world_is_checked_as_what_its_policies_are_attached_as() {
    let folder = Folder::new()
        .with("p/world.yaml", WORLD)
        .with("p/policies/fence.json", ADMIN)
        .with("p/policies/loose.json", ADMIN)
        // What has the fields of a world by chance.
        .with("p/kustomization.yaml", "kind: Kustomization\nresources: [a.yaml]\n");
    let expected = [
        row("p/policies/fence.json", "boundary", false),
        row("p/policies/loose.json", "identity", true),
        row("p/world.yaml", "identity", false),
    ];
    assert_eq!(checked(&folder, "p"), expected);
    // A boundary grants nothing; the same text as an identity policy does.
    let run = folder.run("check p");
    assert_eq!(run.stdout.matches("IE0620").count(), 1, "{run:#?}");
    assert!(run.stdout.contains("--> p/policies/loose.json"), "{run:#?}");
    assert!(run.stdout.contains("--> p/world.yaml:4:"), "{run:#?}");
    // A test file uses the world again.
    folder.write("p/a.iamtest.yaml", "use: world.yaml\ntests: [{action: \"s3:GetObject\", expect: allow}]\n");
    assert_eq!(checked(&folder, "p"), expected);
}

#[test]
fn policies_outside_the_folder_are_left_out_and_unattached_ones_are_guessed() {
    let world = WORLD.replace("policies/fence.json", "../fence.json").replace(", boundary: fence", "");
    let folder = Folder::new().with("p/world.yaml", &world).with("fence.json", ADMIN).with("p/a.json", ADMIN);
    assert_eq!(checked(&folder, "p"), [row("p/a.json", "identity", true), row("p/world.yaml", "identity", false)]);
}

#[test]
fn a_world_that_cannot_be_read_is_a_warning() {
    let folder = Folder::new().with("p/world.yaml", format!("{WORLD}groups: 1\n")).with("p/policies/fence.json", ADMIN);
    let run = folder.run("check p");
    assert!(run.stderr.contains("p/world.yaml"), "{run:#?}");
    assert_eq!(checked(&folder, "p"), [row("p/policies/fence.json", "identity", true)]);
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

#[test]
fn of_several_errors_the_one_that_aws_names_is_marked() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "One", "Effect": "Allow", "Action": "GetObject", "Resource": "*"},
  {"Sid": "One", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "bucket"}
]}"#;
    let folder = Folder::new().with("policy.json", text);
    let note =
        "= note: of the 3 that AWS refuses, it names this one: Statement IDs (SID) in a single policy must be unique.";
    let run = folder.run("check policy.json");
    assert_eq!(run.stdout.matches("= note: of the").count(), 1, "{run:#?}");
    assert!(run.stdout.contains(note), "{run:#?}");
    let run = folder.run("check policy.json --format json");
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let first = document["findings"].as_array().expect("a list").iter().filter(|found| found["aws_first"] == true);
    assert_eq!(first.map(|found| found["code"].as_str()).collect::<Vec<_>>(), [Some("IE0305")]);
    let run = folder.run("check policy.json --report sarif=-");
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let results = document["runs"][0]["results"].as_array().expect("a list").iter();
    let first: Vec<_> = results.filter(|result| result["properties"]["awsFirst"] == true).collect();
    assert_eq!(first.len(), 1, "{document:#}");
    assert_eq!(first[0]["properties"]["awsMessage"], "Statement IDs (SID) in a single policy must be unique.");
    // What a resource's own service answers is another matter.
    let bucket = text.replace("\"Effect\"", "\"Principal\": {\"AWS\": \"123456789012\"}, \"Effect\"");
    let folder = Folder::new().with("policy.json", bucket);
    let run = folder.run("check policy.json --type resource");
    assert!(!run.stdout.contains("= note:"), "{run:#?}");
}
