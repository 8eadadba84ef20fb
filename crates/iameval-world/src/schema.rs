//! The JSON Schemas of world and test files, for editors and other programs.

/// The JSON Schema of world files.
pub const WORLD_SCHEMA: &str = include_str!("../schema/world.schema.json");

/// The JSON Schema of test files: a world and its cases.
pub const TEST_SCHEMA: &str = include_str!("../schema/test.schema.json");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;
    use jsonschema::Validator;
    use serde_json::Value;
    use std::path::{Path, PathBuf};

    fn schema(text: &str) -> (Value, Validator) {
        let schema: Value = serde_json::from_str(text).unwrap();
        assert!(jsonschema::meta::is_valid(&schema));
        let validator = jsonschema::validator_for(&schema).unwrap();
        (schema, validator)
    }

    /// A YAML text as JSON, the way that worlds are read.
    fn json(text: &str) -> Value {
        serde_json::from_str(&yaml::parse(text).unwrap().to_string()).unwrap()
    }

    #[track_caller]
    fn fits(validator: &Validator, text: &str) {
        if let Err(error) = validator.validate(&json(text)) {
            panic!("{error} at {}\n{text}", error.instance_path);
        }
    }

    #[track_caller]
    fn refuses(validator: &Validator, text: &str) {
        assert!(!validator.is_valid(&json(text)), "{text}");
    }

    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // Templates of CloudFormation are YAML as well.
                if !path.ends_with("cloudformation") {
                    files(&path, found);
                }
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_fixture_fits() {
        let (worlds, cases) = (schema(WORLD_SCHEMA).1, schema(TEST_SCHEMA).1);
        let mut found = Vec::new();
        for folder in ["../../fixtures", "../iameval-cli/templates"] {
            files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
        }
        assert!(!found.is_empty());
        for path in found {
            let text = std::fs::read_to_string(&path).unwrap();
            let is_test = path.to_string_lossy().ends_with(".iamtest.yaml");
            fits(if is_test { &cases } else { &worlds }, &text);
        }
    }

    /// The starting scenario as a test file.
    const SCENARIO: &str = r#"
version: 1
account: "123456789012"
policies:
  force-mfa: policies/force-mfa.json
groups:
  PowerConsultants: [aws:PowerUserAccess, force-mfa]
principals:
  john.doe:
    user: john.doe
    groups: [PowerConsultants]
    policies: [aws:IAMUserChangePassword]
  john.without-attached-policy:
    user: john.doe
    groups: [PowerConsultants]
defaults: {principal: john.doe}
tests:
  - name: what MFA unlocks
    table: |
      action                        resource     mfa=true  mfa=false  mfa=absent
      iam:ChangePassword            self         allow     allow      allow
      iam:GetAccountPasswordPolicy  *            allow     explicit   explicit
    because:
      explicit: force-mfa#BlockEverythingUnlessSignedInWithMFA
  - name: without the policy that AWS attaches, nobody can change a password
    principal: john.without-attached-policy
    action: iam:ChangePassword
    resource: self
    mfa: [true, false, absent]
    expect: implicit
"#;

    /// A world with everything.
    const WHOLE: &str = r#"
version: 1
use: [base.yaml]
sources:
  - account: dump.json
  - { cloudformation: template.yaml, parameters: { Env: prod, Size: 3 }, values: { Key: abc }, account: "111122223333", region: eu-west-1, stack: app }
  - { cdk: cdk.out, parameters: parameters.json }
  - { terraform: plan.json, source: infra, values: { aws_kms_key.k.arn: abc }, account: "111122223333", region: eu-west-1 }
  - { terraform: infra, parameters: prod.tfvars }
  - { serverless: serverless.yml, values: { "opt:stage": prod } }
account: "111122223333"
partition: aws
policies:
  file: policies/a.json
  managed: aws:ReadOnlyAccess
  inline:
    Version: "2012-10-17"
    Statement:
      - Sid: A
        Effect: Allow
        Action: [s3:Get*, "s3:List*"]
        Resource: "*"
        Condition: { NumericLessThan: { "s3:max-keys": 10 }, Bool: { "aws:SecureTransport": true } }
  other: { policy: policies/b.json, override: true }
groups:
  one: file
  several: [file, { Statement: { Effect: Deny, NotAction: "a:*", Resource: "*" } }]
principals:
  user: { user: /staff/jo, groups: several, policies: file, boundary: aws:PowerUserAccess, tags: { team: a, level: 3 } }
  session: { role: ops, session: build, session_policies: [file], scope_down: [file, inline], trust: inline, session_tags: { a: b }, id: AROA1 }
  federated: { federated: jo, user: jo }
  service: { service: lambda.amazonaws.com }
  root: { root: true }
  other-root: { root: "444455556666", assumed_root: true }
  anybody: { anonymous: true }
resources:
  bucket: { arn: "arn:aws:s3:::b", account: "444455556666", policy: inline, tags: { a: b } }
organization:
  id: o-a1b2c3d4e5
  path: o-a1b2c3d4e5/r-ab12/
  scps: [[aws:FullAWSAccess], [file, inline]]
  rcps: []
accounts:
  "444455556666": { path: o-a1b2c3d4e5/r-ab12/ou-1/, management: true, delegated_administrator: false }
endpoints:
  gateway: { policies: [file], gateway: true, context: { "aws:SourceVpce": vpce-1 } }
contexts:
  office: { "aws:SourceIp": 203.0.113.1, "aws:TagKeys": [a, b], "aws:SourceVpc": absent }
  nothing: {}
defaults: { principal: user, resource: bucket/key, context: [office, nothing], mfa: true@30, strict_context: true, lenient: false }
"#;

    #[test]
    fn examples_fit() {
        fits(&schema(TEST_SCHEMA).1, SCENARIO);
        let (world, test) = (schema(WORLD_SCHEMA).1, schema(TEST_SCHEMA).1);
        fits(&world, WHOLE);
        fits(&world, "principals:\npolicies:\n");
        fits(
            &world,
            "organization: { scps: { root: [a], ou-prod: [], account: [{ Statement: { Effect: Deny, Action: \"*\", Resource: \"*\" } }] } }",
        );
        fits(&world, "accounts: { \"444455556666\": { scps: [{ root: [a] }, [b]], rcps: {} } }");
        let cases = r#"
tests:
  - { name: a, principals: all, except: ["ops-*"], actions: ["s3:Get*"], resources: [bucket/a, "*"], expect: deny }
  - { name: b, principals: [user], action: "s3:*", resource: self, context: office, via: gateway, expect: explicit }
  - { name: b2, principals: all, except: ops, action: [a:B, a:C], resource: ["*"], context: "office&aws:SourceVpc=absent", expect: deny, tags: slow }
  - { name: c, who_can: "iam:CreateUser", expect: [user], tags: [slow], lenient: true }
  - { name: d, action: "s3:GetObject", context: { "aws:SourceIp": absent }, mfa: true@5, snapshot: d.txt, skip: later }
  - { name: e, action: "s3:GetObject", expect: implicit, because: { missing: allow, layer: scp }, xfail: known }
  - { name: p, actions: "*", except_actions: [a:B], resources: "arn:aws:s3:::b/*", except_resources: [bucket/x], mfa: [false, absent], context: { "aws:SourceIp": [203.0.113.7, absent], "aws:SourceVpc": { like: "vpc-*", absent: true }, "s3:prefix": [{ any_of: a }, { absent: true }] }, prove: deny, because: "file#A" }
  - { name: f, table: "x", because: { explicit: { policy: file, sid: A }, implicit: { missing: allow }, allow: "file[2]" } }
"#;
        fits(&test, &format!("{WHOLE}{cases}"));
    }

    #[test]
    fn mistakes_in_worlds_are_refused() {
        let world = schema(WORLD_SCHEMA).1;
        for mistake in [
            "version: 2",
            "acount: \"123456789012\"",
            "account: 123456789012",
            "account: \"12345678901\"",
            "policies: [a.json]",
            "policies: { a: { Statment: [] } }",
            "policies: { a: { Statement: { Effect: allow, Action: \"*\", Resource: \"*\" } } }",
            "policies: { a: { Statement: { Effect: Allow, Resource: \"*\" } } }",
            "principals: { a: { usr: a } }",
            "principals: { a: {} }",
            "principals: { a: { user: a, role: a } }",
            "principals: { a: { user: a, boundary: [x, y] } }",
            "principals: { a: { user: a, polices: [x] } }",
            "principals: { a: { user: a, tags: { a: [b] } } }",
            "principals: { a: { anonymous: false } }",
            "principals: { a: { root: 123456789012 } }",
            "resources: { a: { account: \"123456789012\" } }",
            "resources: { a: { arn: bucket } }",
            "resources: { self: { arn: \"arn:aws:s3:::a\" } }",
            "organization: { scps: [a, b] }",
            "organization: { scps: { root: a } }",
            "organization: { scps: { Statement: [] } }",
            "organization: { scps: [{ root: [a], unit: [b] }] }",
            "organization: { id: a1b2 }",
            "accounts: { prod: {} }",
            "endpoints: { a: { policy: x } }",
            "contexts: { a: { \"aws:SourceIp\": null } }",
            "defaults: { mfa: maybe }",
            "defaults: { principle: a }",
            "sources: [{ cdk: a, cloudformation: b.yaml }]",
            "sources: [{ cdk: a, stack: b }]",
            "sources: [{ account: a.json, region: b }]",
            "sources: [{ parameters: a.json }]",
            "sources: [{ terraform: b.json, stack: a }]",
            "sources: [{ serverless: serverless.yml, stack: a }]",
            "sources: [{ cloudformation: b.yaml, source: a }]",
            "sources: [{ dump: a.json }]",
        ] {
            refuses(&world, mistake);
        }
    }

    #[test]
    fn mistakes_in_tests_are_refused() {
        let test = schema(TEST_SCHEMA).1;
        for mistake in [
            "{ action: \"a:B\", expect: allow }",
            "{ name: a, action: \"a:B\" }",
            "{ name: a, action: \"a:B\", expect: allowed }",
            "{ name: a, action: \"a:B\", expects: allow }",
            "{ name: a, action: \"a:B\", expect: allow, table: x }",
            "{ name: a, action: \"a:B\", actions: [\"a:B\"], expect: allow }",
            "{ name: a, action: \"a:B\", principal: x, principals: all, expect: allow }",
            "{ name: a, action: \"a:B\", mfa: yes, expect: allow }",
            "{ name: a, action: \"a:B\", expect: [x] }",
            "{ name: a, who_can: \"a:B\", expect: allow }",
            "{ name: a, action: \"a:B\", expect: allow, except: [x] }",
            "{ name: a, action: \"a:B\", expect: allow, because: { sidd: x } }",
            "{ name: a, table: [x] }",
            "{ name: a, action: \"a:B\", expect: allow, xfail: true }",
            "{ name: a, expect: allow }",
            "{ name: a, action: \"a:B\", prove: allowed }",
            "{ name: a, prove: deny }",
            "{ name: a, action: \"a:B\", prove: deny, expect: deny }",
            "{ name: a, action: \"a:B\", expect: deny, except_actions: \"a:C\" }",
            "{ name: a, action: \"a:B\", expect: deny, context: { \"a:b\": { absent: true } } }",
            "{ name: a, action: \"a:B\", prove: deny, context: { \"a:b\": { is: x } } }",
        ] {
            refuses(&test, &format!("tests: [{mistake}]"));
        }
        refuses(&test, "version: 1");
        refuses(&test, "tests: []");
        refuses(&test, "tests: [{ name: a, action: \"a:B\", expect: allow }]\nacount: \"123456789012\"");
    }

    #[test]
    fn both_schemas_say_the_same_of_worlds_and_describe_every_field() {
        let (world, test) = (schema(WORLD_SCHEMA).0, schema(TEST_SCHEMA).0);
        for (name, definition) in world["$defs"].as_object().unwrap() {
            assert_eq!(definition, &test["$defs"][name], "{name}");
        }
        for (name, field) in world["properties"].as_object().unwrap() {
            let described = |field: &Value| match field["$ref"].as_str() {
                Some(path) => world["$defs"][path.trim_start_matches("#/$defs/")]["description"].is_string(),
                None => field["description"].is_string(),
            };
            assert!(described(field), "{name}");
            if name != "tests" {
                assert_eq!(field, &test["properties"][name], "{name}");
            }
        }
    }
}
