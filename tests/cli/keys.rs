//! `keys`: the context keys that policies read.

use crate::run::{Folder, policy};
use serde_json::{Value, json};

/// Keys of every sort: known and unknown, in several spellings, in conditions and in variables.
const STATEMENTS: &str = r#"
  {"Sid": "Home", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:username}/*"},
  {"Effect": "Deny", "Action": "*", "Resource": "*",
   "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"},
                 "ForAnyValue:StringLike": {"aws:tagKeys": ["${AWS:UserName}", "x"]},
                 "StringEquals": {"aws:UserNam": "john", "s3:ExistingObjectTag/team": "a"}}}
"#;

fn folder() -> Folder {
    Folder::new().with("policy.json", policy(STATEMENTS))
}

const TEXT: &str = "\
aws:MultiFactorAuthPresent  Bool, single-valued
  present   temporary credentials, unless made with a SAML or OIDC provider; never long-term access keys
  read by   policy, statement 2  BoolIfExists  policy.json:4:35

aws:tagKeys  String, multivalued
  present   calls that pass tags
  read by   policy, statement 2  ForAnyValue:StringLike  policy.json:5:45

aws:UserNam  unknown
  help      did you mean `aws:username`?
  read by   policy, statement 2  StringEquals  policy.json:6:35

aws:username  String, single-valued
  present   IAM users, never roles, federated users or root
  read by   policy#Home  variable  policy.json:2:68
            policy, statement 2  variable  policy.json:5:61

s3:ExistingObjectTag/team  String, single-valued
  present   depends on the service
  read by   policy, statement 2  StringEquals  policy.json:6:58
";

#[test]
fn every_key_with_what_is_known_and_who_reads_it() {
    folder().run("keys policy.json").shows(0, TEXT);
    let run = folder().run_with("keys -", policy(STATEMENTS));
    run.shows(
        0,
        &TEXT
            .replace("policy#", "standard input#")
            .replace("policy,", "standard input,")
            .replace("policy.json", "standard input"),
    );
}

#[test]
fn as_json() {
    let run = folder().run("keys policy.json --format json");
    run.ends(0);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(document["schema"], "iameval/keys/1");
    assert_eq!(
        document["keys"][1],
        json!({
            "key": "aws:tagKeys", "known_as": "aws:TagKeys", "type": "String", "multivalued": true,
            "presence": "calls that pass tags",
            "uses": [{
                "policy": "policy", "sid": null, "statement": 2, "file": "policy.json", "line": 5, "column": 45,
                "operator": "ForAnyValue:StringLike",
            }],
        })
    );
    assert_eq!(document["keys"][2]["known_as"], Value::Null);
    assert_eq!(document["keys"][3]["uses"][0]["sid"], "Home");
    assert_eq!(document["keys"][3]["uses"][0]["operator"], Value::Null);
    assert_eq!(document["keys"][4]["known_as"], "s3:ExistingObjectTag/<key>");
    assert_eq!(document["keys"][4]["presence"], Value::Null);
}

#[test]
fn several_policies_and_managed_ones() {
    let run = folder().run("keys aws:IAMUserChangePassword policy.json");
    run.ends(0);
    assert!(
        run.stdout
            .contains("  read by   aws:IAMUserChangePassword, statement 1  variable  aws:IAMUserChangePassword:10:9\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("            policy#Home  variable  policy.json:2:68\n"), "{}", run.stdout);
}

const EXAMPLE: &str = "\
aws:MultiFactorAuthPresent  Bool, single-valued
  present   temporary credentials, unless made with a SAML or OIDC provider; never long-term access keys
  read by   force-mfa#BlockEverythingUnlessSignedInWithMFA  BoolIfExists  force-mfa/policies/force-mfa.json:39:27

aws:username  String, single-valued
  present   IAM users, never roles, federated users or root
  read by   force-mfa#AllowMFAHandling  variable  force-mfa/policies/force-mfa.json:22:9
            IAMUserChangePassword, statement 1  variable  force-mfa/policies/IAMUserChangePassword.json:8:9
            IAMUserChangePassword, statement 1  variable  force-mfa/policies/IAMUserChangePassword.json:9:9
";

#[test]
fn without_arguments_the_policies_of_the_world() {
    Folder::new().run("keys --example force-mfa").shows(0, EXAMPLE);
    let world = "policies: { p: policy.json }\n";
    let folder = folder().with("world.yaml", world);
    folder.run("keys -w world.yaml").shows(0, &TEXT.replace("policy#", "p#").replace("policy,", "p,"));
    folder.write("iameval.toml", "world = \"world.yaml\"\n");
    folder.run("keys").shows(0, &TEXT.replace("policy#", "p#").replace("policy,", "p,"));
    // Policies that are named stand in for the world.
    folder.run("keys policy.json").shows(0, TEXT);
    let run = folder.run("keys policy.json -w world.yaml");
    run.complains("error[IE0500]: the argument '[POLICY]...' cannot be used with '--world <FILE>'");
}

#[test]
fn variables_of_the_old_version_are_plain_text() {
    let old = policy(STATEMENTS).replace("2012-10-17", "2008-10-17");
    let run = folder().with("old.json", old).run("keys old.json");
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(!run.stdout.contains("variable"), "{}", run.stdout);
    assert!(run.stdout.contains("aws:tagKeys  String"), "{}", run.stdout);
    assert!(
        run.stderr.starts_with(
            "warning[IE0611]: in a document of version 2008-10-17 variables are plain text: `${AWS:UserName}`, `${aws:username}`\n --> old.json:2:68\n"
        ),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.ends_with("= help: they read the request once the document has `\"Version\": \"2012-10-17\"`\n"),
        "{}",
        run.stderr
    );
}

#[test]
fn policies_that_read_nothing() {
    let run = Folder::new().run("keys aws:PowerUserAccess");
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (Some(0), "", "note: the policies read no context keys\n"));
    let run = Folder::new().run("keys aws:PowerUserAccess --format json");
    assert_eq!(
        serde_json::from_str::<Value>(&run.stdout).expect("JSON"),
        json!({"schema": "iameval/keys/1", "keys": []})
    );
}

#[test]
fn policies_that_cannot_be_read() {
    let folder = folder().with("folder/x.json", "{}").with("empty.yaml", "version: 1\n");
    let complains = |arguments: &str, lines: &str| folder.run(&format!("keys {arguments}")).complains(lines);
    complains("folder", "error[IE0002]: `folder` is a folder, not a file\n--> folder\n = help: name a file in it");
    complains("folder/x.json", "error[IE0204]: the policy document has no `Statement`\n --> folder/x.json:1:1");
    complains(
        "polcy.json",
        "error[IE0001]: cannot read `polcy.json`: no such file\n = help: did you mean `policy.json`?",
    );
    complains(
        "aws:PowerUsrAccess",
        "\
error[IE0403]: no AWS managed policy `PowerUsrAccess` is known
 --> command line, POLICY:1:1
1 | aws:PowerUsrAccess
  | ^^^^^^^^^^^^^^^^^^
  = help: did you mean `aws:PowerUserAccess`?",
    );
    complains(
        "",
        "\
error[IE0507]: there are no policies to read
= help: name policies (files, or `aws:NAME`), or give a world with `-w FILE` or in an `iameval.toml`",
    );
    complains("-w empty.yaml", "error[IE0507]: the world has no policies");
}
