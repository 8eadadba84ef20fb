//! `simulate --request`: a native simulation request in a file.

use crate::run::{Folder, native};
use serde_json::{Value, json};
use std::fmt::Write;

/// The example of `docs/simulation-request.md`.
const EXAMPLE: &str = r#"id: mfa-required
request:
  action: s3:GetObject
  resource: arn:aws:s3:::reports/q3.csv
  principal: arn:aws:iam::123456789012:user/john
  context:
    aws:MultiFactorAuthPresent: false
    aws:TagKeys: [team, stage]
policies:
  identity:
    - name: ReadReports
      document:
        Version: "2012-10-17"
        Statement:
          - { Effect: Allow, Action: "s3:Get*", Resource: "arn:aws:s3:::reports/*" }
          - Sid: NeedsMfa
            Effect: Deny
            Action: "*"
            Resource: "*"
            Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } }
"#;

/// Its result there.
const RESULT: &str = r#"
{"id":"mfa-required","decision":"explicit_deny","decided_by":"identity",
 "matched":[{"policy":"ReadReports","policy_type":"identity","level":null,"sid":null,"statement_index":0,"effect":"Allow"},
            {"policy":"ReadReports","policy_type":"identity","level":null,"sid":"NeedsMfa","statement_index":1,"effect":"Deny"}],
 "missing_context_keys":[],"error":null}"#;

/// The same request as JSON, its policy document as text.
fn as_json() -> String {
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"},
            {"Sid": "NeedsMfa", "Effect": "Deny", "Action": "*", "Resource": "*",
             "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
        ],
    });
    json!({
        "id": "mfa-required",
        "request": {
            "action": "s3:GetObject",
            "resource": "arn:aws:s3:::reports/q3.csv",
            "principal": {"id": "arn:aws:iam::123456789012:user/john"},
            "context": {"aws:MultiFactorAuthPresent": false, "aws:TagKeys": ["team", "stage"]},
        },
        "policies": {"identity": {"name": "ReadReports", "document": document.to_string()}},
    })
    .to_string()
}

fn expected() -> Value {
    serde_json::from_str(RESULT).expect("JSON")
}

#[test]
fn the_example_has_the_result_of_the_page() {
    let folder = Folder::new().with("request.yaml", EXAMPLE).with("request.json", as_json());
    for file in ["request.yaml", "request.json"] {
        let run = folder.run(&format!("simulate --request {file} --format json"));
        run.ends(1);
        assert_eq!(run.results().iter().map(native).collect::<Vec<_>>(), [expected()], "{file}");
    }
}

#[test]
fn a_request_may_come_from_standard_input() {
    for text in [EXAMPLE.to_owned(), as_json()] {
        let run = Folder::new().run_with("simulate --request - --format json --expect explicit", text);
        run.ends(0);
        assert_eq!(native(&run.results()[0]), expected());
    }
}

#[test]
fn a_request_for_people() {
    Folder::new().with("request.yaml", EXAMPLE).run("simulate --request request.yaml").shows(
        1,
        r#"deny   s3:GetObject  on arn:aws:s3:::reports/q3.csv (explicit)
  by        ReadReports#NeedsMfa  request.yaml:16:13
      20 |             Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } }
         |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the request has "false"
  outvotes  ReadReports, statement 1  request.yaml:15:13
  layers    scp -  rcp -  endpoint -  resource -  identity DENY  boundary -  session -
  flips     mfa=true: allow   mfa=absent: still deny (explicit) (`IfExists` also matches a missing key)
  note      the ARN names no account; the resource is taken to belong to 123456789012
"#,
    );
}

#[test]
fn batch_reads_the_same_request() {
    let run = Folder::new().run_with("batch", as_json());
    run.ends(0);
    assert_eq!(run.json_lines(), [expected()]);
}

#[test]
fn what_is_wanted_may_be_said_by_flags() {
    let folder = Folder::new().with("request.yaml", EXAMPLE);
    folder.run("simulate --request request.yaml --expect explicit --by NeedsMfa").ends(0);
    folder.run("simulate --request request.yaml --expect implicit").ends(1);
    folder.run("simulate --request request.yaml --exit-zero").ends(0);
}

#[test]
fn a_request_says_everything_itself() {
    let folder =
        Folder::new().with("request.yaml", EXAMPLE).with("policy.json", "{}").with("world.yaml", "version: 1\n");
    let flags = [
        ("--world", "world.yaml"),
        ("--example", "force-mfa"),
        ("--policy", "policy.json"),
        ("--boundary", "policy.json"),
        ("--session-policy", "policy.json"),
        ("--scope-down", "policy.json"),
        ("--scp", "policy.json"),
        ("--scp-level", ""),
        ("--rcp", "policy.json"),
        ("--resource-policy", "policy.json"),
        ("--endpoint-policy", "policy.json"),
        ("--without", "scp"),
        ("--no-service-rules", ""),
        ("--as", "anonymous"),
        ("--resource", "*"),
        ("--resource-account", "123456789012"),
        ("--mfa", "true"),
        ("--context", "aws:username=x"),
        ("--no-context", "aws:username"),
        ("--at", "now"),
        ("--source-ip", "203.0.113.7"),
        ("--region", "eu-central-1"),
    ];
    for (flag, value) in flags {
        folder.run(&format!("simulate --request request.yaml {flag} {value}")).complains(&format!(
            "\
error[IE0505]: `{flag}` does not go with `--request`, which says everything itself
--> command line
 = help: write it into the request file"
        ));
    }
    let run = folder.run("simulate --request request.yaml s3:GetObject");
    run.complains("error[IE0500]: the argument '--request <FILE>' cannot be used with '[ACTION]...'");
}

/// A wrong request, YAML unless it begins with `{`.
#[track_caller]
fn complains(text: &str, lines: &str) {
    Folder::new().with("request.yaml", text).run("simulate --request request.yaml").complains(lines);
}

#[test]
fn bad_yaml_is_shown_with_a_hint() {
    complains(
        "request:\n\taction: s3:GetObject\n",
        "\
 --> request.yaml:2:2
2 |     action: s3:GetObject
  = help: YAML takes no tabs for indentation; use spaces",
    );
    complains(
        "request:\n  action: s3:GetObject\n  resource: *\n",
        "\
 --> request.yaml:3:13
3 |   resource: *
  |             ^
  = help: `*` begins an alias in YAML; quote it: \"*\"",
    );
    complains(
        "request:\n  action: s3:GetObject\n---\nrequest:\n  action: s3:GetObject\n",
        "\
error[IE0401]: the file holds more than one YAML document
 --> request.yaml:3:1
3 | ---
  | ^^^
  = help: make a file of each",
    );
    complains(
        "request:\n  action: s3:GetObject\n  resource: [arn:aws:s3:::${x}]\n",
        "\
 --> request.yaml:3:28
3 |   resource: [arn:aws:s3:::${x}]
  |                            ^
  = help: `{` and `}` are syntax inside `[…]` and `{…}`; quote the text with the variable",
    );
    for text in ["request: [\n", "request: \"a\n", "a: b: c\n", "request: &a\n  - *b\n"] {
        let run = Folder::new().with("request.yaml", text).run("simulate --request request.yaml");
        run.complains("");
        assert!(run.stderr.starts_with("error[IE0401]: "), "{text:?}: {}", run.stderr);
    }
}

#[test]
fn an_alias_bomb_is_defused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        let _ = writeln!(bomb, "a{level}: &a{level} [{aliases}]");
    }
    complains(
        &bomb,
        "\
error[IE0401]: the aliases of this file multiply to too many values
 --> request.yaml:6:5
6 | a5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4]
  = help: write the values out",
    );
}

#[test]
fn fields_are_checked_in_place() {
    complains(
        "request:\n  action: s3:GetObject\n  action: s3:PutObject\n",
        "\
error[IE0402]: `action` is given twice, in `request.action`
 --> request.yaml:3:3
3 |   action: s3:PutObject
  |   ^^^^^^",
    );
    complains(
        "request:\n  acton: s3:GetObject\n",
        "\
error[IE0402]: `acton` is no field of a request, in `request.acton`
 --> request.yaml:2:3
2 |   acton: s3:GetObject
  |   ^^^^^
  = help: did you mean `action`?",
    );
    complains(
        "request:\n  action: s3:GetObject\n  resource_account: 012345678901\n",
        "\
error[IE0402]: `resource_account` must be a string, found the number 012345678901, in `request.resource_account`
 --> request.yaml:3:21
3 |   resource_account: 012345678901
  |                     ^^^^^^^^^^^^
  = help: put it in quotes, so that no digit is lost: \"012345678901\"",
    );
    complains(
        "request:\n  action: s3:GetObject\n  context: { a: { b: 1 } }\n",
        "\
error[IE0402]: a context value must be a string, a number or a boolean, found an object, in `request.context.a`
 --> request.yaml:3:17
3 |   context: { a: { b: 1 } }
  |                 ^^^^^^^^",
    );
    complains(
        "request:\n  action: s3:GetObject\n  context: { \"aws:username\": 1, \"AWS:Username\": 2 }\n",
        "\
error[IE0402]: the context key `AWS:Username` is given twice, in `request.context.AWS:Username`
 --> request.yaml:3:33",
    );
    complains(
        "request:\n  action: s3:GetObject\n  principal: john\n",
        "\
 --> request.yaml:3:14
3 |   principal: john
  |              ^^^^",
    );
    complains(
        "request:\n  action: GetObject\n",
        " --> request.yaml:2:11\n2 |   action: GetObject\n  |           ^^^^^^^^^",
    );
    complains("request:\n  action: a:b:c\n", " --> request.yaml:2:11\n2 |   action: a:b:c\n  |           ^^^^^");
    complains("id: x\n", "error[IE0402]: the simulation request has no `request`\n --> request.yaml:1:1");
    complains(
        "[]\n",
        "error[IE0402]: a simulation request must be an object, found a list\n --> request.yaml:1:1\n1 | []\n  | ^^",
    );
}

#[test]
fn an_action_with_a_wildcard_is_refused() {
    for action in ["s3:*", "s3:Get*", "s3:Get?bject", "*:*"] {
        complains(
            &format!("request:\n  action: \"{action}\"\n"),
            &format!(
                "\
error[IE0402]: `{action}` is a pattern; a request is for one action, in `request.action`"
            ),
        );
    }
}

#[test]
fn two_policies_where_one_is_expected() {
    let empty = "{Version: \"2012-10-17\", Statement: []}";
    for layer in ["boundary", "resource"] {
        complains(
            &format!("request:\n  action: s3:GetObject\npolicies:\n  {layer}: [{empty}, {empty}]\n"),
            &format!(
                "error[IE0402]: there is one `{layer}` policy at most, found 2, in `policies.{layer}`\n --> request.yaml:4:{}",
                layer.len() + 5
            ),
        );
    }
}

#[test]
fn malformed_policies_are_shown_in_place() {
    complains(
        r#"request:
  action: s3:GetObject
policies:
  identity:
    - Version: 2012-10-17
      Statement:
        - Effect: Allow
          Actions: s3:*
          Resource: "*"
          Condition: { StringLikes: { "aws:username": x } }
"#,
        "\
error[IE0203]: `Actions` is no element of a statement
 --> request.yaml:8:11
8 |           Actions: s3:*
  |           ^^^^^^^
  = help: did you mean `Action`?
error[IE0208]: unknown condition operator `StringLikes`
  --> request.yaml:10:24
10 |           Condition: { StringLikes: { \"aws:username\": x } }
   |                        ^^^^^^^^^^^
   = help: did you mean `StringLike`?",
    );
    complains(
        "request: {action: \"s3:GetObject\"}\npolicies:\n  identity: '{\"Statement\": [{\"Effect\": \"Alow\", \"Action\": \"*\", \"Resource\": \"*\"}]}'\n",
        "\
error[IE0206]: `Alow` is no effect: expected `Allow` or `Deny`, in `policies.identity.Statement[0].Effect`
 --> request.yaml:3:13
  = help: did you mean `Allow`?",
    );
}

#[test]
fn json_requests_have_the_messages_of_json() {
    complains(
        "{\"request\": {\"action\": \"s3:GetObject\",}}",
        "\
error[IE0101]: expected a member name in double quotes, found `}`
 --> request.yaml:1:39
  = help: remove the comma before `}`",
    );
    complains(
        "{\"request\": {\"action\": \"s3:GetObject\"}",
        "error[IE0101]: expected `,` or `}`, found the end of the text",
    );
}

#[test]
fn definitions_and_sets_are_for_batches() {
    complains(
        "define: x\npolicies: {}\n",
        "error[IE0402]: this defines policies and asks nothing\n --> request.yaml:1:1\n  = help: definitions are for `iameval batch`",
    );
    complains(
        "policy_set: dev\nrequest: { action: \"s3:GetObject\" }\n",
        "\
error[IE0402]: `policy_set` names policies of an earlier line, and a file has none
 --> request.yaml:1:13
1 | policy_set: dev
  = help: put the policies into the request, or use `iameval batch`",
    );
}

#[test]
fn files_that_cannot_be_read() {
    let folder =
        Folder::new().with("request.yaml", EXAMPLE).with("empty.yaml", "").with("latin.yaml", b"id: caf\xe9\n");
    folder.run("simulate --request requests.yaml").complains(
        "error[IE0001]: cannot read `requests.yaml`: no such file\n--> requests.yaml\n = help: did you mean `request.yaml`?",
    );
    folder.run("simulate --request .").complains("error[IE0002]: `.` is a folder, not a file");
    folder.run("simulate --request empty.yaml").complains("error[IE0004]: there is nothing in `empty.yaml`");
    folder.run("simulate --request -").complains("error[IE0004]: there is nothing in standard input");
    folder.run("simulate --request latin.yaml").complains(
        "error[IE0003]: `latin.yaml` is not UTF-8: byte 0xE9 at offset 7\n --> latin.yaml:1:8\n  = help: save the file as UTF-8",
    );
}
