//! Scope-down policies, and policies that do not bind the caller.

use crate::run::{Folder, JOHN, allow, policy};

const OBJECT: &str = "arn:aws:s3:::b/k";
const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/dev/anna";

fn folder() -> Folder {
    let bucket = r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#;
    Folder::new()
        .with("all.json", allow("All", "*"))
        .with("s3.json", allow("S3", "s3:*"))
        .with("get.json", allow("Get", "s3:Get*"))
        .with("put.json", allow("Put", "s3:Put*"))
        .with("empty.json", policy(""))
        .with("no-get.json", policy(r#"{"Sid": "NoGet", "Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}"#))
        .with("bucket.json", policy(bucket))
}

/// What becomes of a request for an object, by each of these callers.
#[track_caller]
fn gets(callers: &[&str], flags: &str, expected: &str) {
    for caller in callers {
        folder().decides(&format!("simulate --as {caller} -r {OBJECT} {flags} s3:GetObject"), expected);
    }
}

#[test]
fn each_is_a_level_and_must_allow() {
    let both = [SESSION, JOHN];
    gets(&both, "--policy all.json --scope-down get.json", "allowed by identity");
    gets(&both, "--policy all.json --scope-down s3.json --scope-down get.json", "allowed by identity");
    gets(&both, "--policy all.json --scope-down get.json --scope-down put.json", "implicit_deny by scope_down");
    gets(&both, "--policy all.json --scope-down put.json --scope-down get.json", "implicit_deny by scope_down");
    gets(&both, "--policy all.json --scope-down get.json --scope-down empty.json", "implicit_deny by scope_down");
    gets(&both, "--policy all.json --scope-down all.json --scope-down no-get.json", "explicit_deny by scope_down");
    // Of session policies the same two are a union.
    gets(&[SESSION], "--policy all.json --session-policy get.json --session-policy put.json", "allowed by identity");
}

#[test]
fn grants_of_the_resource_are_limited() {
    let both = [SESSION, JOHN];
    gets(&both, "--resource-policy bucket.json --scope-down get.json", "allowed by resource");
    gets(&both, "--resource-policy bucket.json --scope-down put.json", "implicit_deny by scope_down");
    gets(&[SESSION], "--resource-policy bucket.json --session-policy put.json", "allowed by resource");
}

#[test]
fn the_layer_can_be_left_out() {
    for name in ["scope-down", "scope_down"] {
        let flags = format!("--policy all.json --scope-down put.json --without {name}");
        gets(&[SESSION], &flags, "allowed by identity");
    }
}

#[test]
fn an_answer_names_what_does_not_allow() {
    folder()
        .run(&format!(
            "simulate --as {SESSION} -r {OBJECT} --policy all.json --scope-down get.json --scope-down put.json s3:GetObject"
        ))
        .shows(
            1,
            "\
deny   s3:GetObject  on arn:aws:s3:::b/k (implicit)
  why       it is granted, but the scope-down policy (put) does not allow it
  granted   all#All  all.json:1:41
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -  scope_down no-allow
  note      the ARN names no account; the resource is taken to belong to 123456789012
",
        );
}

#[test]
fn policies_that_do_not_bind_the_caller_are_refused() {
    let refused = |arguments: &str, expected: &str| {
        folder().run(&format!("simulate -r {OBJECT} --policy all.json {arguments} s3:GetObject")).complains(expected);
    };
    refused(
        &format!("--as {JOHN} --session-policy get.json"),
        "\
error[IE0505]: session policies do not bind an IAM user
 --> command line, --session-policy:1:1
  |
1 | get.json
  | ^^^^^^^^
  |
  = help: for temporary credentials of the user that were scoped down, give `--scope-down`; for a `GetFederationToken` session, name the session as the caller: `arn:aws:sts::ACCOUNT:federated-user/NAME`",
    );
    refused(
        "--session-policy get.json",
        "error[IE0505]: session policies bind a session, and the caller is an IAM user that is not named",
    );
    refused(
        "--as arn:aws:iam::123456789012:root --session-policy get.json",
        "error[IE0505]: session policies do not bind the root user",
    );
    for caller in ["anonymous", "ec2.amazonaws.com", "accounts.google.com"] {
        for (flag, what) in [("--session-policy", "session policies"), ("--scope-down", "scope-down policies")] {
            refused(
                &format!("--as {caller} {flag} get.json"),
                &format!("error[IE0505]: {what} do not bind `{caller}`"),
            );
        }
    }
}

#[test]
fn root_and_federated_sessions_are_bound() {
    let root = "arn:aws:iam::123456789012:root";
    gets(&[root], "--scope-down get.json", "allowed by identity");
    gets(&[root], "--scope-down put.json", "implicit_deny by scope_down");
    let federated = "arn:aws:sts::123456789012:federated-user/john";
    let session = "--policy all.json --session-policy all.json";
    gets(&[federated], &format!("{session} --scope-down get.json"), "allowed by identity");
    gets(&[federated], &format!("{session} --scope-down put.json"), "implicit_deny by scope_down");
    gets(&[federated], "--policy all.json --scope-down all.json", "implicit_deny by session");
}

#[test]
fn a_principal_of_a_world_is_scoped_down_and_flags_narrow_further() {
    let folder = folder().with(
        "world.yaml",
        r#"
account: "123456789012"
policies: { all: all.json, s3: s3.json, get: get.json, put: put.json }
principals:
  agent: { role: app, session: run-1, policies: all, scope_down: [s3, get] }
  jane: { user: jane, policies: all, scope_down: put }
"#,
    );
    let decides = |arguments: &str, expected: &str| {
        folder.decides(&format!("simulate -w world.yaml -r {OBJECT} {arguments}"), expected);
    };
    decides("--as agent s3:GetObject", "allowed by identity");
    decides("--as agent s3:PutObject", "implicit_deny by scope_down");
    decides("--as agent --scope-down put.json s3:GetObject", "implicit_deny by scope_down");
    decides("--as agent --scope-down get.json s3:GetObject", "allowed by identity");
    decides("--as jane s3:GetObject", "implicit_deny by scope_down");
    decides("--as jane s3:PutObject", "allowed by identity");
}

#[test]
fn a_test_file_has_principals_that_are_scoped_down() {
    let folder = folder().with(
        "agents.iamtest.yaml",
        r#"
account: "123456789012"
policies: { all: all.json, s3: s3.json, get: get.json }
principals: { agent: { role: app, session: run-1, policies: all, scope_down: [s3, get] } }
tests:
  - name: the second level decides
    table: |
      action        resource          decision
      s3:GetObject  arn:aws:s3:::b/k  allow
      s3:PutObject  arn:aws:s3:::b/k  implicit
    because: { implicit: { layer: scope_down, missing: allow } }
"#,
    );
    folder.run("test agents.iamtest.yaml").ends(0);
}

#[test]
fn a_document_is_checked_as_a_scope_down_policy() {
    let folder = folder().with("scope-down/agent.json", allow("Get", "s3:GetObject"));
    let run = folder.run("check scope-down/agent.json");
    assert!(run.stdout.contains("taken for a scope-down policy"), "{run:#?}");
    folder.run("check scope-down/agent.json --type scope-down").ends(0);
    let run = folder.run("check bucket.json --type scope-down");
    run.ends(1);
    assert!(run.stdout.contains("error[IE0212]"), "{run:#?}");
    let long: Vec<String> =
        (0..41).map(|number| format!("arn:aws:s3:::some-bucket-with-a-long-name-{number}/*")).collect();
    let statement = format!(
        r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": {}}}"#,
        serde_json::to_string(&long).expect("texts")
    );
    let run = folder.with("long.json", policy(&statement)).run("check long.json --type scope-down");
    assert!(run.stdout.contains("; a scope-down policy takes 2048"), "{run:#?}");
}
