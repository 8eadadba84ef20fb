//! Whatever a test file asks, `iameval simulate` answers the same.

use crate::run::{Folder, repository};
use serde_json::Value;
use std::collections::BTreeMap;

/// Every decision of some answers, by action, resource and state of MFA.
fn decisions(answers: &Value) -> BTreeMap<[String; 3], String> {
    let text = |answer: &Value, member: &str| answer[member].as_str().unwrap_or("-").to_owned();
    let key = |answer: &Value| ["action", "resource", "mfa"].map(|member| text(answer, member));
    let word = |answer: &Value| match answer["decision"].as_str() {
        Some("allow" | "allowed") => "allow",
        Some("explicit" | "explicit_deny") => "explicit",
        Some("implicit" | "implicit_deny") => "implicit",
        other => panic!("no decision: {other:?}"),
    };
    answers.as_array().expect("a list").iter().map(|answer| (key(answer), word(answer).to_owned())).collect()
}

/// Alice's account with a test file of its own.
fn force_mfa(tests: &str) -> Folder {
    let folder = Folder::new().with("x.iamtest.yaml", tests);
    for name in [
        "world.yaml",
        "policies/force-mfa.json",
        "policies/PowerUserAccess.json",
        "policies/IAMUserChangePassword.json",
    ] {
        folder.write(name, std::fs::read(repository().join("fixtures/force-mfa").join(name)).expect("a fixture"));
    }
    folder
}

#[test]
fn simulate_decides_the_same() {
    let folder = force_mfa(
        r#"
use: world.yaml
contexts: { known: { aws:MultiFactorAuthPresent: true, aws:RequestedRegion: eu-west-1 } }
tests:
  - { name: own, principal: john.doe, actions: ["iam:*", "sts:*"], resource: self, mfa: [true, false, absent], expect: allow }
  - { name: any, principal: john.doe, actions: ["iam:*", "ec2:Describe*"], resource: "*", mfa: ["true@90", false], expect: allow }
  - { name: known, principal: john.doe, actions: ["iam:*", "s3:*"], resource: "*", context: known, expect: allow }
  - { name: inferred, principal: john.without-attached-policy, action: iam:ListUsers, mfa: absent, expect: allow }
"#,
    );
    let run = folder.run("test --format json");
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let cases = document["files"][0]["cases"].as_array().expect("a list").clone();
    let mut all = 0;
    for (case, question) in [
        ("own", "--as john.doe -r self --mfa all iam:* sts:*"),
        ("any", "--as john.doe -r * --mfa true@90 iam:* ec2:Describe*"),
        ("any", "--as john.doe -r * --mfa false iam:* ec2:Describe*"),
        ("known", "--as john.doe -r * -c aws:MultiFactorAuthPresent=true --region eu-west-1 iam:* s3:*"),
        ("inferred", "--as john.without-attached-policy --mfa absent iam:ListUsers"),
    ] {
        let run = folder.run(&format!("simulate -w world.yaml {question} --format json"));
        let simulated: Value = serde_json::from_str(&run.stdout).expect("JSON");
        let simulated = decisions(&simulated["results"]);
        let asked: Vec<Value> = cases.iter().filter(|asked| asked["case"] == case).cloned().collect();
        let mut tested = decisions(&Value::Array(asked));
        tested.retain(|key, _| case != "any" || simulated.contains_key(key));
        assert_eq!(tested, simulated, "{question}");
        all += tested.len();
    }
    assert_eq!(all, cases.len());
}
