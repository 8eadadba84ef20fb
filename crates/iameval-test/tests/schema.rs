//! The JSON Schema of test files and their reader take the same cases for well-formed.

use iameval::Problem;
use iameval_test::{Options, TestFile};
use iameval_world::{Files, Finding, Source, TEST_SCHEMA, codes, yaml};
use std::path::Path;
use std::sync::Arc;

/// What the cases speak of.
const WORLD: &str = r#"
account: "123456789012"
policies:
  all: { Statement: { Sid: All, Effect: Allow, Action: "*", Resource: "*" } }
principals:
  ana: { user: ana, policies: [all] }
  boris: { user: boris, policies: [all] }
endpoints: { gateway: {} }
contexts:
  office: { aws:SourceIp: 203.0.113.7 }
  frankfurt: { aws:RequestedRegion: eu-central-1 }
defaults: { principal: ana, context: [office, frankfurt], mfa: true@30 }
"#;

/// A test file of one case, for the schema and for the reader: whether each takes it.
#[track_caller]
fn taken(case: &str) -> (bool, bool) {
    let text = format!("{WORLD}tests: [{{ name: a, {case} }}]\n");
    let json = yaml::parse(&text).unwrap_or_else(|error| panic!("{error:?}")).to_string();
    let read = TestFile::load(&OneFile(text), "a.iamtest.yaml".as_ref(), &Options::default());
    (jsonschema::is_valid(&parsed(TEST_SCHEMA), &parsed(&json)), read.is_ok())
}

fn parsed(json: &str) -> serde_json::Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}"))
}

/// A test file, and nothing beside it.
struct OneFile(String);

impl Files for OneFile {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        let name = path.display().to_string();
        if path == Path::new("a.iamtest.yaml") {
            return Ok(Source::new(name, self.0.as_str()));
        }
        let nothing = Problem::new(codes::UNREADABLE, "no such file");
        Err(Finding::about_file(&name, nothing))
    }
}

const ASKED: &str = r#"action: "ec2:RunInstances", resource: "*""#;

#[test]
fn both_take_the_same_cases() {
    for case in [
        "expect: allow",
        "expect: deny, via: gateway, tags: slow",
        "expect: implicit, tags: [slow, needs a key]",
        "expect: explicit, because: \"all#All\"",
        "expect: allow, because: { layer: identity, policy: all, sid: All }",
        "expect: allow, because: { layer: scp, missing: allow }",
        "expect: allow, principal: ana, xfail: later",
        "expect: allow, principals: all, except: boris, skip: later",
        "expect: allow, principals: [ana, boris], except: [\"b*\"]",
        "expect: allow, principals: boris",
        "expect: allow, context: office",
        "expect: allow, context: \"office&aws:SourceVpc=absent&mfa=false\"",
        "expect: allow, context: [office, \"aws:SourceIp=1.2.3.4\"]",
        "expect: allow, context: { aws:SourceIp: absent, aws:TagKeys: [a, b], aws:EpochTime: 3 }",
        "expect: allow, mfa: true@5",
        "expect: allow, mfa: [true, false, absent]",
        "snapshot: a.txt, because: {}",
        "table: \"decision\\nallow\", because: { allow: All }",
    ] {
        assert_eq!(taken(&format!("{ASKED}, {case}")), (true, true), "{case}");
    }
    for case in [
        r#"expect: allow, action: ["s3:GetObject", "ec2:Run*"], resource: ["*"]"#,
        r#"expect: allow, actions: "ec2:Run*", resources: "*""#,
        r#"table: "action  decision\nec2:RunInstances  allow", resource: "*""#,
    ] {
        assert_eq!(taken(case), (true, true), "{case}");
    }
}

#[test]
fn both_refuse_the_same_cases() {
    for case in [
        "because: All",
        "expect: allowed",
        "expect: true",
        "expect: [ana]",
        "expect: allow, table: \"decision\\nallow\"",
        "expect: allow, expects: allow",
        "expect: allow, because: { allow: All }",
        "expect: allow, because: {}",
        "expect: allow, because: { sidd: All }",
        "expect: allow, because: { layer: bucket }",
        "expect: implicit, because: { missing: deny }",
        "expect: implicit, because: { policy: all, missing: allow }",
        "table: \"decision\\nallow\", because: All",
        "table: \"decision\\nallow\", because: { allowed: All }",
        "table: [decision, allow]",
        "expect: allow, action: \"s3:GetObject\", actions: \"s3:GetObject\"",
        "expect: allow, principal: ana, principals: all",
        "expect: allow, principal: [ana, boris]",
        "expect: allow, principals: []",
        "expect: allow, except: ana",
        "expect: allow, resource: []",
        "expect: allow, context: []",
        "expect: allow, context: [office, office]",
        "expect: allow, context: [{ aws:SourceIp: 1.2.3.4 }]",
        "expect: allow, mfa: []",
        "expect: allow, mfa: yes",
        "expect: allow, mfa: [true, true]",
        "expect: allow, xfail: true",
        "expect: allow, xfail: later, skip: later",
        "expect: allow, skip:",
        "expect: allow, tags: [3]",
    ] {
        // A field that is said twice is no YAML.
        let asked = if case.contains("action:") { r#"resource: "*""# } else { ASKED };
        let asked = if case.contains("resource:") { r#"action: "ec2:RunInstances""# } else { asked };
        assert_eq!(taken(&format!("{asked}, {case}")), (false, false), "{case}");
    }
    assert_eq!(taken("expect: allow, resource: \"*\""), (false, false));
    assert_eq!(taken("snapshot: a.txt, resource: \"*\""), (false, false));
}
