//! What test files take from `iameval.toml` and from flags.

use super::{CASE, WORLD, folder, outcomes, told};
use crate::run::Folder;

/// Who may do anything with MFA, and from the office without.
const GUARDED: &str = r#"
account: "123456789012"
policies:
  with-mfa:
    Version: "2012-10-17"
    Statement:
      - { Effect: Allow, Action: "*", Resource: "*", Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }
      - { Effect: Allow, Action: "*", Resource: "*", Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } }
principals:
  a: { user: a, policies: [with-mfa] }
  b: { user: b }
"#;

const CASES: &str = r#"
tests:
  - { name: plain, action: "s3:GetObject", resource: "*", expect: allow }
  - { name: of b, principal: b, action: "s3:GetObject", resource: "*", expect: implicit }
"#;

#[test]
fn the_world_of_the_configuration_where_a_file_has_none() {
    let folder = Folder::new()
        .with("iameval.toml", "world = 'worlds/w.yaml'\n[defaults]\nprincipal = 'a'\nmfa = true\n")
        .with("worlds/w.yaml", GUARDED)
        .with("tests/own.iamtest.yaml", format!("{GUARDED}defaults: {{ mfa: true, principal: a }}\n{CASES}"))
        .with("tests/x.iamtest.yaml", CASES);
    let expected = "passed allow plain\npassed implicit of b\n";
    assert_eq!(outcomes(&folder, "tests/x.iamtest.yaml"), expected);
    assert_eq!(outcomes(&folder, "tests/own.iamtest.yaml"), expected);
    // What a file defines stands beside the world of the configuration only if it describes none of its own.
    folder.write(
        "tests/x.iamtest.yaml",
        format!("contexts: {{ office: {{ aws:SourceIp: 203.0.113.7 }} }}\ndefaults: {{ context: office, mfa: false }}\n{CASES}"),
    );
    assert_eq!(outcomes(&folder, "tests/x.iamtest.yaml"), expected);
    folder.write(
        "tests/x.iamtest.yaml",
        format!("account: '123456789012'\nprincipals: {{ somebody: {{ user: c }} }}\n{CASES}"),
    );
    let run = folder.run("test tests/x.iamtest.yaml");
    assert_eq!(
        (run.code, &*told(&run)),
        (
            Some(2),
            // The configured principal is nobody there, and so passed over.
            "IE0403 the world knows no principal `b`\nat tests/x.iamtest.yaml:6:30\nhelp: the world knows somebody"
        )
    );
    let run = folder.run("test --no-config tests");
    assert_eq!(run.code, Some(2));
}

#[test]
fn defaults_of_a_file_stand_above_those_of_the_configuration() {
    let folder = Folder::new().with("world.yaml", GUARDED);
    for (configured, file, expected) in [
        ("", "principal: a", "failed implicit"),
        ("mfa = true", "principal: a", "passed allow"),
        ("principal = 'a'\nmfa = true", "{}", "passed allow"),
        ("principal = 'b'\nmfa = true", "principal: a", "passed allow"),
        ("principal = 'a'\nmfa = true", "principal: b", "failed implicit"),
        ("principal = 'a'\nmfa = true", "mfa: false", "failed implicit"),
        ("principal = 'a'\nmfa = true", "mfa: absent", "failed implicit"),
        ("principal = 'a'\nmfa = 'absent'", "mfa: true", "passed allow"),
        ("principal = 'a'\nmfa = true", "context: { aws:MultiFactorAuthPresent: false }", "failed implicit"),
        ("principal = 'a'\nmfa = false\ncontext = { 'aws:SourceIp' = '203.0.113.7' }", "{}", "passed allow"),
        (
            "principal = 'a'\nmfa = false\ncontext = { 'aws:SourceIp' = '203.0.113.7' }",
            "context: { AWS:sourceip: 192.0.2.1 }",
            "failed implicit",
        ),
        (
            "principal = 'a'\nmfa = false\ncontext = { 'aws:SourceIp' = '203.0.113.7' }",
            "context: { aws:SourceIp: absent }",
            "failed implicit",
        ),
    ] {
        folder.write("iameval.toml", format!("[defaults]\n{configured}\n"));
        let defaults = if file == "{}" { "defaults: {}".to_owned() } else { format!("defaults:\n  {file}") };
        folder.write(
            "x.iamtest.yaml",
            format!(
                "use: world.yaml\n{defaults}\ntests:\n  - {{ name: x, action: 's3:GetObject', resource: '*', expect: allow }}\n"
            ),
        );
        assert_eq!(outcomes(&folder, ""), format!("{expected} x\n"), "{configured}, {file}");
    }
}

#[test]
fn a_configured_principal_that_the_world_does_not_have_is_passed_over() {
    let world = "account: '123456789012'\npolicies: { all: { Statement: { Effect: Allow, Action: '*', Resource: '*' } } }\n\
                 principals: { only: { user: only, policies: [all] } }\n";
    let tests = "tests: [{ name: x, action: 's3:GetObject', resource: '*', expect: allow }]\n";
    let folder = Folder::new()
        .with("iameval.toml", "[defaults]\nprincipal = 'somebody-else'\n")
        .with("x.iamtest.yaml", format!("{world}{tests}"));
    let run = folder.run("test --format json");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("\"principal\": \"only\""), "{}", run.stdout);
}

#[test]
fn what_a_case_says_stands_above_all_defaults() {
    let folder = Folder::new().with("world.yaml", GUARDED).with("iameval.toml", "[defaults]\nmfa = true\n");
    folder.write(
        "x.iamtest.yaml",
        "
use: world.yaml
defaults: { principal: a, resource: '*', context: { aws:SourceIp: 203.0.113.7 } }
tests:
  - { name: by default, action: 's3:GetObject', expect: allow }
  - { name: elsewhere, action: 's3:GetObject', context: { aws:SourceIp: 192.0.2.1 }, expect: allow }
  - { name: nowhere, action: 's3:GetObject', context: { aws:SourceIp: absent }, mfa: false, expect: implicit }
  - { name: told by the key, action: 's3:GetObject', context: { aws:SourceIp: absent, aws:MultiFactorAuthPresent: false }, expect: implicit }
  - { name: of b, action: 's3:GetObject', principal: b, expect: implicit }
",
    );
    assert_eq!(
        outcomes(&folder, ""),
        "\
passed allow by default
passed allow elsewhere
passed implicit nowhere
passed implicit told by the key
passed implicit of b
"
    );
}

#[test]
fn answers_that_depend_on_what_was_not_given() {
    let text = |defaults: &str| {
        format!(
            "{GUARDED}defaults: {{ principal: a, resource: '*'{defaults} }}
tests:
  - {{ name: nothing, action: 's3:GetObject', expect: implicit }}
  - {{ name: some, action: 's3:GetObject', mfa: [false, absent], expect: deny }}
  - {{ name: enough, action: 's3:GetObject', mfa: true, expect: allow }}
  - {{ name: all, action: 's3:GetObject', context: {{ aws:SourceIp: 192.0.2.1 }}, mfa: absent, expect: implicit }}
"
        )
    };
    folder(text("")).run("test").shows(
        0,
        "\
ok      x.iamtest.yaml  5 passed, 0 failed, 0 skipped
  note      `nothing`: an answer could be another with what was not given: the state of multi-factor authentication
            (`mfa`), `aws:SourceIp`
  note      `some`: 2 answers could be another with what was not given: `aws:SourceIp`
5 passed, 0 failed, 0 skipped
",
    );
    let configured = "[defaults]\nstrict_context = true\n";
    for (defaults, configured, failed) in
        [(", strict_context: true", "", 3), ("", configured, 3), (", strict_context: false", configured, 0)]
    {
        let folder = folder(text(defaults)).with("iameval.toml", configured);
        let outcomes = outcomes(&folder, "");
        let found: Vec<&str> = outcomes.lines().filter(|line| line.starts_with("failed")).collect();
        let all = ["failed implicit nothing", "failed implicit some [mfa=false]", "failed implicit some [mfa=absent]"];
        assert_eq!(found, all[..failed], "{defaults}, {configured}");
    }
    let run = folder(text(", strict_context: true")).run("test -k nothing");
    assert!(
        run.stdout.contains(
            "
FAIL  x.iamtest.yaml:14:54  nothing
  expected  deny (implicit)
  got       deny (implicit), which depends on `aws:MultiFactorAuthPresent`, `aws:SourceIp`, not given
"
        ) && run
            .stdout
            .contains("\n  help      give the key in the `context` of the case, or say that it is `absent`\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_limit_of_cases() {
    let text =
        CASE.replace("s3:GetObject", "'s3:Get*'").replace("expect: allow", "mfa: [true, false]\n    expect: allow");
    let more =
        format!("{text}  - {{ name: y, principal: alice, action: 's3:GetObject', resource: '*', expect: allow }}\n");
    let folder = folder(&more);
    let count = folder.run("test --list").stdout.lines().count();
    assert!(count > 50);
    assert_eq!(folder.run(&format!("test --max-cases {count}")).code, Some(0));
    let run = folder.run("test --max-cases 50");
    assert_eq!(
        (run.code, &*run.stdout, &*told(&run)),
        (
            Some(2),
            "",
            "IE0706 the file comes to more than 50 cases\nat 3:5\nhelp: name fewer actions, or raise the limit with `--max-cases`"
        )
    );
    let all = text.replace("'s3:Get*'", "'*'").replace("principal: alice", "principals: all");
    let run = super::folder(all.replace("[true, false]", "[true, false, absent]")).run("test");
    assert_eq!(run.code, Some(2));
    assert!(told(&run).starts_with("IE0706 the file comes to more than 100000 cases\nat 3:5\n"), "{}", told(&run));
}

#[test]
fn any_number_of_threads_tells_the_same() {
    let text = CASE
        .replace("s3:GetObject", "'s3:*'")
        .replace("expect: allow", "mfa: [true, false, absent]\n    expect: allow");
    let folder = folder(text);
    let one = folder.run("test --jobs 1");
    assert_eq!(one.code, Some(1));
    for jobs in ["2", "7"] {
        let several = folder.run(&format!("test -j {jobs}"));
        assert_eq!((several.code, several.stdout), (one.code, one.stdout.clone()));
    }
}

#[test]
fn an_action_that_aws_is_not_known_to_have() {
    let folder = folder(CASE.replace("s3:GetObject", "s3:GetObjct"));
    let run = folder.run("test");
    assert_eq!((run.code, run.stdout.lines().last()), (Some(0), Some("1 passed, 0 failed, 0 skipped")));
    assert!(run.stderr.starts_with("warning["), "{}", run.stderr);
    let strict = folder.run("test --strict");
    assert_eq!((strict.code, &*strict.stdout), (Some(2), ""));
    assert_eq!(strict.stderr, run.stderr.replacen("warning[", "error[", 1));
    assert!(strict.stderr.contains("did you mean `s3:GetObject`?"), "{}", strict.stderr);
}

#[test]
fn an_action_that_is_never_asked_on_its_resources() {
    let on = |resources: &str, action: &str| {
        let case =
            CASE.replace("resource: \"*\"", &format!("resources: [{resources}]")).replace("s3:GetObject", action);
        folder(case.replace("expect: allow", "expect: deny")).run("test").stderr
    };
    let told = on("arn:aws:s3:::b", "s3:GetObject");
    assert!(told.starts_with("warning[IE0612]: `s3:GetObject` is never asked on `arn:aws:s3:::b`\n"), "{told}");
    assert!(told.contains("help: it takes `arn:aws:s3:::BUCKET/KEY`"), "{told}");
    // One of the resources fits, no resource is named, or a pattern covers the action.
    assert_eq!(on("arn:aws:s3:::b, arn:aws:s3:::b/k", "s3:GetObject"), "");
    assert_eq!(on("\"*\"", "s3:GetObject"), "");
    assert_eq!(on("arn:aws:s3:::b", "\"s3:GetObjectA*\""), "");
}

#[test]
fn a_context_key_that_aws_is_not_known_to_have() {
    let folder = folder(
        "
use: world.yaml
policies:
  own: { Version: '2012-10-17', Statement: { Effect: Allow, Action: 's3:*', Resource: '*', Condition: { Bool: { 'acme:Own': 'true' } } } }
tests:
  - name: known
    principal: alice
    action: s3:GetObject
    resource: '*'
    context: { aws:sourceip: 192.0.2.1, s3:prefix: a, aws:PrincipalTag/team: b, acme:own: true, accounts.google.com:aud: c }
    expect: allow
  - { name: map, principal: alice, action: 's3:GetObject', resource: '*', expect: allow, context: { aws:SourcIp: 192.0.2.1 } }
  - name: column
    principal: alice
    table: |
      action        resource  office&aws:PrincipalTeg/team=a
      s3:GetObject  *         allow
",
    );
    let run = folder.run("test");
    assert_eq!((run.code, run.stdout.lines().last()), (Some(0), Some("3 passed, 0 failed, 0 skipped")));
    let message =
        |key: &str| format!("[IE0603]: `{key}` is no context key that is known, and no policy of the world reads it\n");
    let lines: Vec<&str> = run
        .stderr
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("warning") || line.contains("did you mean"))
        .collect();
    assert_eq!(
        lines,
        [
            &*format!("warning{}", message("aws:SourcIp").trim_end()),
            "= help: did you mean `aws:SourceIp`?",
            &*format!("warning{}", message("aws:PrincipalTeg/team").trim_end()),
        ]
    );
    let strict = folder.run("test --strict");
    assert_eq!((strict.code, &*strict.stdout), (Some(2), ""));
    assert!(
        strict.stderr.starts_with(&format!("error{}  --> x.iamtest.yaml:12:101\n", message("aws:SourcIp"))),
        "{}",
        strict.stderr
    );
}

#[test]
fn a_key_that_only_a_variable_reads_is_no_slip() {
    let text = "use: world.yaml
policies:
  teams:
    Version: '2012-10-17'
    Statement: { Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/${acme:team}/*' }
principals: { a: { user: a, policies: [teams] } }
tests: [{ name: x, principal: a, action: 's3:GetObject', resource: 'arn:aws:s3:::b/red/k', context: { acme:team: red }, expect: allow }]
";
    let run = folder(text).run("test");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{}", run.stdout);
}

#[test]
fn files_are_json_as_well() {
    let json = r#"{"use": "world.yaml", "tests": [{"name": "x", "principal": "alice", "action": ["s3:GetObject"], "resource": "*",
        "expect": "allow"}]}"#;
    let folder = Folder::new().with("world.yaml", WORLD).with("tests.json", json).with("x.iamtest.yaml", json);
    assert_eq!(outcomes(&folder, "tests.json"), "passed allow x\n");
    assert_eq!(outcomes(&folder, "x.iamtest.yaml"), "passed allow x\n");
}

#[test]
fn a_key_that_only_a_rule_of_a_service_reads_can_be_missing() {
    // R-SVC-06: whether the policies count depends on two keys, which no policy of the world reads.
    let text = |given: &str| {
        format!(
            "use: world.yaml
defaults: {{ principal: alice, strict_context: true }}
tests: [{{ name: x, action: 'sts:GetSessionToken'{given}, expect: allow }}]
"
        )
    };
    let undecided = outcomes(&folder(text("")), "");
    assert_eq!(undecided, "failed allow x\n");
    let given = text(", mfa: absent, context: { aws:TokenIssueTime: absent }");
    assert_eq!(outcomes(&folder(given), ""), "passed allow x\n");
}

#[test]
fn what_follows_from_the_action_follows_from_the_region_of_the_case() {
    let text = "use: world.yaml
policies:
  apps: { Statement: { Effect: Allow, Action: 'amplify:ListApps', Resource: 'arn:aws:amplify:us-east-1:*' } }
principals: { a: { user: a, policies: [apps] } }
defaults: { principal: a, context: { aws:RequestedRegion: us-east-1 } }
tests:
  - { name: here, action: 'amplify:ListApps', expect: allow }
  - { name: there, action: 'amplify:ListApps', context: { aws:RequestedRegion: eu-central-1 }, expect: implicit }
  - name: both
    table: |
      action            decision  aws:RequestedRegion=eu-central-1
      amplify:ListApps  allow     implicit
";
    assert_eq!(
        outcomes(&folder(text), ""),
        "passed allow here\npassed implicit there\npassed allow both [amplify:ListApps decision]\n\
         passed implicit both [amplify:ListApps aws:RequestedRegion=eu-central-1]\n"
    );
}
