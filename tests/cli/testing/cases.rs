//! What cases ask, and what they are called.

use super::{folder, outcomes, passes};

#[track_caller]
fn comes_to(cases: &str, expected: &str) {
    assert_eq!(outcomes(&folder(format!("use: world.yaml\ntests:\n{cases}")), "x.iamtest.yaml"), expected);
}

#[test]
fn a_case_is_called_by_its_name() {
    comes_to(
        "  - { name: one, principal: alice, action: 's3:GetObject', resource: '*', expect: allow }\n",
        "passed allow one\n",
    );
}

#[test]
fn lists_multiply() {
    comes_to(
        "
  - name: all
    principals: [alice, alina]
    actions: [s3:GetObject, s3:PutObject]
    resources: [bucket/k, 'arn:aws:s3:::vault/k']
    mfa: [true, absent]
    expect: deny
",
        "\
failed allow all [alice s3:GetObject bucket/k mfa=true]
failed allow all [alice s3:GetObject bucket/k mfa=absent]
passed explicit all [alice s3:GetObject arn:aws:s3:::vault/k mfa=true]
passed explicit all [alice s3:GetObject arn:aws:s3:::vault/k mfa=absent]
passed implicit all [alice s3:PutObject bucket/k mfa=true]
passed implicit all [alice s3:PutObject bucket/k mfa=absent]
passed explicit all [alice s3:PutObject arn:aws:s3:::vault/k mfa=true]
passed explicit all [alice s3:PutObject arn:aws:s3:::vault/k mfa=absent]
failed allow all [alina s3:GetObject bucket/k mfa=true]
failed allow all [alina s3:GetObject bucket/k mfa=absent]
passed explicit all [alina s3:GetObject arn:aws:s3:::vault/k mfa=true]
passed explicit all [alina s3:GetObject arn:aws:s3:::vault/k mfa=absent]
passed implicit all [alina s3:PutObject bucket/k mfa=true]
passed implicit all [alina s3:PutObject bucket/k mfa=absent]
passed explicit all [alina s3:PutObject arn:aws:s3:::vault/k mfa=true]
passed explicit all [alina s3:PutObject arn:aws:s3:::vault/k mfa=absent]
",
    );
}

#[test]
fn contexts_and_states_multiply() {
    comes_to(
        "
  - name: c
    principal: alice
    action: s3:GetObject
    resource: '*'
    context: [office, 'aws:SourceIp=198.51.100.1']
    mfa: [true@60, false]
    expect: allow
",
        "\
passed allow c [office&mfa=true@60]
passed allow c [office&mfa=false]
passed allow c [aws:SourceIp=198.51.100.1&mfa=true@60]
passed allow c [aws:SourceIp=198.51.100.1&mfa=false]
",
    );
}

#[test]
fn a_list_of_one_is_named_and_what_is_there_twice_is_asked_once() {
    comes_to(
        "
  - { name: one, principals: [alice], actions: ['s3:GetObject'], resources: ['*'], mfa: [true], expect: allow }
  - name: twice
    principals: [alice, alice]
    actions: ['s3:Get*LegalHold', s3:GetObjectLegalHold, 's3:getobjectlegalhold', s3:GetObject]
    resource: '*'
    expect: allow
",
        "\
passed allow one [mfa=true]
passed allow twice [s3:GetObjectLegalHold]
passed allow twice [s3:GetObject]
",
    );
}

#[test]
fn principals_but_some() {
    let asks = |fields: &str, names: &[&str]| {
        let case = format!("  - {{ name: p, {fields}, action: 's3:GetObject', resource: '*', expect: allow }}\n");
        let name = |name: &&str| format!("passed allow p [{name}]\n");
        let expected = match names {
            [_] => "passed allow p\n".to_owned(),
            several => several.iter().map(name).collect(),
        };
        comes_to(&case, &expected);
    };
    asks("principals: all", &["alice", "alina"]);
    asks("principals: all, except: [alice]", &["alina"]);
    asks("principals: all, except: '*ce'", &["alina"]);
    asks("principals: [alina, alice]", &["alina", "alice"]);
    asks("principals: [alina, alice], except: ['al?na']", &["alice"]);
    asks("principals: alice", &["alice"]);
    asks("principal: 'arn:aws:iam::123456789012:user/alina'", &["alina"]);
}

#[test]
fn self_is_the_caller() {
    passes(
        r#"
  - { name: each, principals: all, action: "iam:GetUser", resource: self, expect: implicit, because: { missing: allow } }
"#,
    );
    let folder = folder(
        r#"
account: "123456789012"
policies:
  own: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "iam:*", Resource: "arn:aws:iam::*:user/${aws:username}" } }
principals:
  a: { user: a, policies: [own] }
  b: { user: b, policies: [own] }
tests:
  - { name: own, principals: all, action: "iam:GetUser", resource: self, expect: allow }
  - { name: of b, principals: all, action: "iam:GetUser", resource: "arn:aws:iam::123456789012:user/b", expect: allow }
"#,
    );
    assert_eq!(
        outcomes(&folder, ""),
        "passed allow own [a]\npassed allow own [b]\nfailed implicit of b [a]\npassed allow of b [b]\n"
    );
}

#[test]
fn endpoints_have_a_say() {
    let folder = folder(
        r#"
account: "123456789012"
policies:
  all: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "*", Resource: "*" } }
  reading: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: "*", Action: "s3:Get*", Resource: "*" } }
principals:
  a: { user: a, policies: [all] }
endpoints:
  narrow: { policies: [reading] }
defaults: { resource: "arn:aws:s3:::b/k" }
tests:
  - { name: open, actions: ["s3:GetObject", "s3:PutObject"], expect: allow }
  - { name: narrow, via: narrow, actions: ["s3:GetObject", "s3:PutObject"], expect: allow }
  - name: table
    via: narrow
    table: |
      action        decision
      s3:GetObject  allow
      s3:PutObject  implicit
    because: { implicit: { layer: endpoint, missing: allow } }
"#,
    );
    assert_eq!(
        outcomes(&folder, ""),
        "\
passed allow open [s3:GetObject]
passed allow open [s3:PutObject]
passed allow narrow [s3:GetObject]
failed implicit narrow [s3:PutObject]
passed allow table [s3:GetObject decision]
passed implicit table [s3:PutObject decision]
"
    );
}

#[test]
fn patterns_of_actions_are_all_that_they_cover() {
    let list = folder(
        "
use: world.yaml
tests:
  - { name: p, principal: alice, action: 's3:*LegalHold', resource: bucket/k, expect: allow }
  - name: t
    principal: alice
    table: |
      action          resource  decision
      s3:*LegalHold   bucket/k  deny
      s3:GetObject    bucket/k  allow
",
    )
    .run("test --list");
    list.shows(
        0,
        "\
x.iamtest.yaml::p [s3:GetObjectLegalHold]
x.iamtest.yaml::p [s3:PutObjectLegalHold]
x.iamtest.yaml::t [s3:GetObjectLegalHold bucket/k decision]
x.iamtest.yaml::t [s3:PutObjectLegalHold bucket/k decision]
x.iamtest.yaml::t [s3:GetObject bucket/k decision]
",
    );
}

const HANDLED: &str = "
use: world.yaml
defaults: { principal: alice, resource: '*' }
tests:
  - { name: fails, xfail: not yet, actions: ['s3:PutObject', 's3:GetObject'], expect: allow }
  - { name: skipped, skip: too slow, actions: ['s3:PutObject', 's3:GetObject'], expect: allow }
";

#[test]
fn cases_that_must_fail_and_cases_that_do_not_run() {
    let folder = folder(HANDLED);
    assert_eq!(
        outcomes(&folder, ""),
        "\
xfailed implicit fails [s3:PutObject]
passed allow fails [s3:GetObject]
skipped - skipped [s3:PutObject]
skipped - skipped [s3:GetObject]
"
    );
    folder.run("test").shows(
        0,
        "\
ok      x.iamtest.yaml  2 passed, 0 failed, 2 skipped (1 failed as they must)
  skipped   `skipped`: too slow
2 passed, 0 failed, 2 skipped
",
    );
    // The half that passes alone says nothing of the case.
    assert_eq!(folder.run("test -k s3:GetObject").code, Some(0));
}

#[test]
fn a_case_that_must_fail_and_passes_is_a_failure() {
    let folder = folder(HANDLED.replace("s3:PutObject", "s3:GetObjectAcl"));
    folder.run("test -k fails").shows(
        1,
        "\
FAILED  x.iamtest.yaml  2 passed, 1 failed, 0 skipped

FAIL  x.iamtest.yaml:5:13  fails
  why       it passed, and must fail (`xfail: not yet`)
  help      the reason is gone: remove `xfail`

2 passed, 1 failed, 0 skipped
",
    );
    assert_eq!(folder.run("test -k GetObjectAcl").code, Some(0));
}
