//! `keys --format json`; `fixtures/cli/keys.md` has the rest.

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
