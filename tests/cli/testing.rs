//! `iameval test`: what a page shows badly. The other tests are transcripts, `fixtures/cli/test_*.md`.

#[path = "testing/oracle.rs"]
mod oracle;
#[path = "testing/selecting.rs"]
mod selecting;
#[path = "testing/telling.rs"]
mod telling;

/// Two users who may read objects, but not those in the vault, and what a request may have.
const WORLD: &str = r#"version: 1
account: "123456789012"
policies:
  read:
    Version: "2012-10-17"
    Statement:
      - { Sid: Read, Effect: Allow, Action: "s3:Get*", Resource: "*" }
      - { Sid: NotTheVault, Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::vault/*" }
principals:
  alice: { user: alice, policies: [read] }
  alina: { user: alina, policies: [read] }
resources:
  bucket: { arn: "arn:aws:s3:::bucket" }
contexts:
  office: { aws:SourceIp: 203.0.113.7 }
endpoints:
  vpce-1: { policies: [read] }
"#;

/// A test file with one case, which passes.
const CASE: &str = "\
use: world.yaml
tests:
  - name: x
    principal: alice
    action: s3:GetObject
    resource: \"*\"
    expect: allow
";
