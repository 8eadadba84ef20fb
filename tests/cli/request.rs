//! `simulate --request`: the example of the documentation; `fixtures/cli/request.md` has the rest.

use crate::run::{Folder, native};
use serde_json::{Value, json};

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
