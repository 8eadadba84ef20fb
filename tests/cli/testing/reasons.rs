//! `because`: which statement decided.

use super::{folder, outcomes, passes};

/// A world with two layers, both of which have a say.
const WORLD: &str = r#"
account: "123456789012"
policies:
  one:
    Version: "2012-10-17"
    Statement:
      - { Sid: Read, Effect: Allow, Action: "s3:Get*", Resource: "*" }
      - { Effect: Allow, Action: "s3:GetObject", Resource: "*" }
      - { Sid: Guard, Effect: Deny, Action: "s3:DeleteObject", Resource: "*" }
  two: { Version: "2012-10-17", Statement: { Sid: Guard, Effect: Deny, Action: "s3:DeleteBucket", Resource: "*" } }
  edge: { Version: "2012-10-17", Statement: { Sid: Edge, Effect: Allow, Action: ["s3:Get*", "s3:List*"], Resource: "*" } }
principals:
  a: { user: a, policies: [one, two] }
  b: { user: b, policies: [one, two], boundary: edge }
defaults: { principal: a, resource: "*" }
tests:
"#;

/// What a case comes to that wants an answer for a reason, with each of the reasons.
#[track_caller]
fn each(fields: &str, status: &str, reasons: &[&str]) {
    for reason in reasons {
        let text = format!("{WORLD}  - {{ name: x, {fields}, because: {reason} }}\n");
        let told = outcomes(&folder(text), "x.iamtest.yaml");
        assert_eq!(told.split(' ').next(), Some(status), "{fields}, because: {reason}: {told}");
    }
}

#[test]
fn statements_that_allow() {
    let case = "action: 's3:GetObject', expect: allow";
    each(
        case,
        "passed",
        &[
            "'one#Read'",
            "Read",
            "'one[1]'",
            "'one[2]'",
            "{ policy: one }",
            "{ sid: Read }",
            "{ layer: identity }",
            "{ layer: identity, policy: one, sid: Read }",
        ],
    );
    each(case, "failed", &["'one[3]'", "Guard", "{ policy: two }", "{ layer: boundary }", "{ missing: allow }"]);
}

#[test]
fn statements_that_deny() {
    let case = "action: 's3:DeleteObject', expect: deny";
    each(case, "passed", &["'one#Guard'", "Guard", "'one[3]'", "{ layer: identity, sid: Guard }"]);
    each(
        case,
        "failed",
        &[
            "'two#Guard'",
            "'two[1]'",
            "Read",
            "{ layer: scp }",
            "{ missing: allow }",
            "{ layer: identity, missing: allow }",
        ],
    );
}

#[test]
fn layers_that_lack_an_allow() {
    let case = "action: 's3:PutObject', expect: implicit";
    each(case, "passed", &["{ missing: allow }", "{ layer: identity, missing: allow }"]);
    // A layer alone is one of its statements, and none decided.
    let statements = ["{ layer: identity }", "{ layer: resource }", "'one#Read'", "{ policy: one }"];
    each(case, "failed", &statements);
    each("action: 's3:PutObject', expect: deny", "failed", &statements);
    each(case, "failed", &["{ layer: boundary, missing: allow }", "{ layer: boundary }"]);
    let case = "principal: b, action: 's3:ListAllMyBuckets', expect: implicit";
    each(case, "passed", &["{ layer: identity, missing: allow }"]);
    each(case, "failed", &["{ layer: boundary, missing: allow }", "Edge"]);
}

#[test]
fn the_answer_counts_before_the_reason() {
    each("action: 's3:GetObject', expect: deny", "failed", &["Read", "{ missing: allow }"]);
    each("action: 's3:PutObject', expect: explicit", "failed", &["{ missing: allow }", "Guard"]);
}

#[test]
fn a_reason_for_each_answer_of_a_table() {
    let told = |because: &str| {
        let text = format!(
            "{WORLD}
  - name: x
    table: |
      action              decision
      s3:GetObject        allow
      s3:DeleteObject     explicit
      s3:DeleteBucket     explicit
      s3:PutObject        implicit
    because: {because}
"
        );
        outcomes(&folder(text), "x.iamtest.yaml").lines().map(|line| line.get(..6).unwrap_or("").to_owned()).collect()
    };
    let all: Vec<String> = told("{ allow: Read, explicit: Guard, implicit: { layer: identity, missing: allow } }");
    assert_eq!(all, ["passed"; 4]);
    assert_eq!(told("{ explicit: 'one#Guard' }"), ["passed", "passed", "failed", "passed"]);
    assert_eq!(
        told("{ implicit: { layer: boundary, missing: allow }, allow: 'one[3]' }"),
        ["failed", "passed", "passed", "failed"]
    );
}

#[test]
fn a_sid_with_a_number_sign_before_it() {
    passes(
        "  - { name: x, principal: alice, action: 's3:GetObject', resource: '*', expect: allow, because: '#Read' }\n",
    );
}
