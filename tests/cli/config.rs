//! `iameval.toml`: where it is found, and what may stand in it.

use crate::run::{Folder, allow, repository};

/// The starting scenario in `force-mfa/`, and a configuration.
fn folder(config: &str) -> Folder {
    let folder = Folder::new().with("iameval.toml", config).with("all.json", allow("All", "*"));
    for file in [
        "world.yaml",
        "policies/force-mfa.json",
        "policies/PowerUserAccess.json",
        "policies/IAMUserChangePassword.json",
    ] {
        let text = std::fs::read(repository().join("fixtures/force-mfa").join(file)).expect("a fixture");
        folder.write(&format!("force-mfa/{file}"), text);
    }
    folder
}

const WORLD: &str = "world = \"force-mfa/world.yaml\"\n";

#[test]
fn the_nearest_configuration_upward_is_taken() {
    let folder = folder(WORLD).with("a/b/empty", "");
    let run = folder.run_in("a/b", "simulate -v iam:ChangePassword");
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(
        run.stderr.starts_with("configuration: ../../iameval.toml\nworld: ../../force-mfa/world.yaml\n"),
        "{run:#?}"
    );
    assert!(run.stdout.contains("  ../../force-mfa/policies/IAMUserChangePassword.json:4:5  "), "{run:#?}");
    folder.write("a/iameval.toml", "world = [\"../force-mfa/world.yaml\"]\n[defaults]\nmfa = false\n");
    let run = folder.run_in("a/b", "simulate -v iam:ChangePassword");
    assert!(run.stderr.starts_with("configuration: ../iameval.toml\nworld: ../../force-mfa/world.yaml\n"), "{run:#?}");
    assert!(run.stdout.contains("mfa=false"), "{run:#?}");
}

#[test]
fn nothing_above_the_repository_is_taken() {
    let folder = folder(WORLD).with("repository/.git/HEAD", "").with("repository/src/empty", "");
    folder
        .run_in("repository/src", "simulate iam:ChangePassword")
        .complains("error[IE0507]: there are no policies to decide by");
    folder.write("repository/iameval.toml", "world = \"../force-mfa/world.yaml\"\n");
    folder.run_in("repository/src", "simulate iam:ChangePassword").ends(0);
}

#[test]
fn a_configuration_can_be_named_or_refused() {
    let folder = folder("wrong\n").with("other/ci.toml", "world = \"../force-mfa/world.yaml\"\n");
    folder.run("simulate --config other/ci.toml iam:ChangePassword").ends(0);
    folder.run("--config other/ci.toml simulate iam:ChangePassword").ends(0);
    folder.run("simulate --no-config --example force-mfa iam:ChangePassword").ends(0);
    folder
        .run("simulate --no-config iam:ChangePassword")
        .complains("error[IE0507]: there are no policies to decide by");
    folder.run("simulate --config other/c.toml iam:ChangePassword").complains(
        "\
error[IE0001]: cannot read `other/c.toml`: no such file
--> other/c.toml",
    );
    let run = folder.run("simulate --no-config --config other/ci.toml iam:ChangePassword");
    run.complains("error[IE0500]: the argument '--no-config' cannot be used with '--config <FILE>'");
}

#[test]
fn unknown_keys_are_errors() {
    folder("wrld = \"x\"\n").run("simulate iam:ChangePassword").complains(
        "\
error[IE0402]: unknown field `wrld`, expected one of `world`, `tests`, `data`, `defaults`
 --> iameval.toml:1:1
1 | wrld = \"x\"
  | ^^^^",
    );
    let run = folder(&format!("{WORLD}[defaults]\nmaf = true\n")).run("simulate iam:ChangePassword");
    run.complains(" --> iameval.toml:3:1\n3 | maf = true\n  | ^^^");
    assert!(run.stderr.starts_with("error[IE0402]: unknown field `maf`, expected one of "), "{}", run.stderr);
}

#[test]
fn text_that_is_no_toml_is_an_error() {
    let run = folder("[defaults\n").run("simulate iam:ChangePassword");
    run.complains("1 | [defaults");
    assert!(run.stderr.starts_with("error[IE0402]: "), "{}", run.stderr);
}

#[test]
fn keys_of_later_commands_are_known() {
    folder(&format!("{WORLD}tests = [\"**/*.iamtest.yaml\"]\n")).run("simulate iam:ChangePassword").ends(0);
}

#[test]
fn defaults_hold_where_no_flag_speaks() {
    let asks = |defaults: &str, flags: &str, code: i32, expected: &str| {
        let run = folder(&format!("{WORLD}[defaults]\n{defaults}\n"))
            .run(&format!("simulate {flags} iam:GetAccountPasswordPolicy"));
        run.ends(code);
        let line = run.stdout.lines().next().unwrap_or_default();
        let start = "iam:GetAccountPasswordPolicy  on * (inferred: the action has no resource)";
        assert_eq!(line, expected.replace('…', start), "{defaults} {flags}");
    };
    asks("mfa = true", "", 0, "allow  …  mfa=true");
    asks("mfa = \"true\"", "", 0, "allow  …  mfa=true");
    asks("mfa = \"absent\"", "", 1, "deny   …  mfa=absent (explicit)");
    asks("mfa = true", "--mfa false", 1, "deny   …  mfa=false (explicit)");
    asks("mfa = true", "-c aws:MultiFactorAuthPresent=false", 1, "deny   … (explicit)");
    asks("context = { \"aws:MultiFactorAuthPresent\" = true }", "", 0, "allow  …");
    asks("context = { \"aws:MultiFactorAuthPresent\" = true }", "--mfa false", 1, "deny   …  mfa=false (explicit)");
    asks(
        "context = { \"aws:MultiFactorAuthPresent\" = true }",
        "-c aws:MultiFactorAuthPresent=false",
        1,
        "deny   … (explicit)",
    );
}

/// A folder with a policy that allows `s3:*` under a condition, and a configuration.
fn under(condition: &str, config: &str) -> Folder {
    let statement = format!(r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {condition}}}"#);
    Folder::new().with("policy.json", crate::run::policy(&statement)).with("iameval.toml", config)
}

#[test]
fn flags_beat_a_configured_key_in_any_spelling() {
    let office = |config: &str, flags: &str, expected: &str| {
        under(r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, config)
            .decides(&format!("simulate --policy policy.json {flags} s3:GetObject"), expected);
    };
    let (outside, inside) = (
        "[defaults.context]\n\"AWS:sourceIP\" = \"198.51.100.7\"\n",
        "[defaults.context]\n\"AWS:sourceIP\" = \"203.0.113.7\"\n",
    );
    office(outside, "", "implicit_deny by none");
    office(outside, "-c aws:SourceIp=203.0.113.7", "allowed by identity");
    office(outside, "-c AWS:SOURCEIP=203.0.113.7", "allowed by identity");
    office(outside, "--source-ip 203.0.113.7", "allowed by identity");
    office(inside, "", "allowed by identity");
    office(inside, "-c aws:SourceIp=198.51.100.7", "implicit_deny by none");
    office(inside, "--source-ip 198.51.100.7", "implicit_deny by none");
    office(inside, "--no-context aws:SourceIp", "implicit_deny by none");
    let mfa = |config: &str, flags: &str, expected: &str| {
        under(r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#, config)
            .decides(&format!("simulate --policy policy.json {flags} s3:GetObject"), expected);
    };
    for (value, other, expected) in
        [("false", "true", "allowed by identity"), ("true", "false", "implicit_deny by none")]
    {
        let config = format!("[defaults.context]\n\"aws:multifactorauthPRESENT\" = {value}\n");
        mfa(&config, &format!("--mfa {other}"), expected);
        mfa(&config, &format!("-c aws:MultiFactorAuthPresent={other}"), expected);
        let config = format!("[defaults]\nmfa = {value}\n");
        mfa(&config, &format!("-c AWS:MultiFactorAuthPresent={other}"), expected);
    }
    mfa("[defaults]\nmfa = true\n", "--no-context AWS:MultiFactorAuthPresent", "implicit_deny by none");
}

#[test]
fn the_time_of_a_flag_beats_a_configured_one() {
    let asks = |configured: &str, flags: &str, expected: &str| {
        let config = format!("[defaults.context]\n\"AWS:currenttime\" = \"{configured}\"\n");
        under(r#"{"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}"#, &config)
            .decides(&format!("simulate --policy policy.json {flags} s3:GetObject"), expected);
    };
    asks("2027-01-01T00:00:00Z", "", "implicit_deny by none");
    asks("2027-01-01T00:00:00Z", "--at 2025-01-01", "allowed by identity");
    asks("2027-01-01T00:00:00Z", "-c aws:CurrentTime=2025-01-01", "allowed by identity");
    asks("2025-01-01T00:00:00Z", "", "allowed by identity");
    asks("2025-01-01T00:00:00Z", "--at 2027-01-01", "implicit_deny by none");
    let epoch = under(
        r#"{"NumericLessThan": {"aws:EpochTime": "1767225600"}}"#,
        "[defaults.context]\n\"aws:epochtime\" = 1798761600\n",
    );
    epoch.decides("simulate --policy policy.json s3:GetObject", "implicit_deny by none");
    epoch.decides("simulate --policy policy.json --at 2025-01-01 s3:GetObject", "allowed by identity");
}

#[test]
fn the_configuration_beats_the_defaults_of_the_world() {
    let folder = |defaults: &str| {
        under(
            r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
            &format!("world = \"world.yaml\"\n[defaults]\n{defaults}"),
        )
        .with(
            "world.yaml",
            r#"version: 1
account: "123456789012"
policies: { s3: policy.json, none: { Version: "2012-10-17", Statement: [] } }
principals:
  john: { user: john, policies: [none] }
  jane: { user: jane, policies: [s3] }
defaults: { principal: john, mfa: false, context: { "AWS:SourceIP": 198.51.100.7 } }
"#,
        )
    };
    let decides = |defaults: &str, expected: &str| folder(defaults).decides("simulate s3:GetObject", expected);
    let context = "context = { \"aws:sourceip\" = \"203.0.113.7\" }\n";
    decides(&format!("principal = \"jane\"\nmfa = true\n{context}"), "allowed by identity");
    decides(&format!("mfa = true\n{context}"), "implicit_deny by none");
    decides(&format!("principal = \"jane\"\n{context}"), "implicit_deny by none");
    decides("principal = \"jane\"\nmfa = true\n", "implicit_deny by none");
    let all = folder(&format!("principal = \"jane\"\nmfa = true\n{context}"));
    for flags in ["--as john", "--mfa false", "--source-ip 198.51.100.7"] {
        all.decides(&format!("simulate {flags} s3:GetObject"), "implicit_deny by none");
    }
}

#[test]
fn a_configured_principal_that_the_world_does_not_know_is_passed_over() {
    let folder = |name: &str| folder(&format!("{WORLD}[defaults]\nprincipal = \"{name}\"\n"));
    folder("john.without-attached-policy").decides("simulate iam:ChangePassword", "implicit_deny by none");
    folder("nobody").decides("simulate iam:ChangePassword", "allowed by identity");
    folder("nobody")
        .run("simulate --as nobody iam:ChangePassword")
        .complains("error[IE0403]: the world knows no principal `nobody`");
}

#[test]
fn strict_context_can_be_configured() {
    let condition = r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#;
    let strict = under(condition, "[defaults]\nstrict_context = true\n");
    strict.run("simulate --policy policy.json s3:GetObject").complains(
        "error[IE0508]: the answer depends on context keys that were not given: s3:GetObject (aws:SourceIp)",
    );
    strict.run("simulate --policy policy.json --source-ip 203.0.113.7 s3:GetObject").ends(0);
    under(condition, "[defaults]\nstrict_context = false\n").run("simulate --policy policy.json s3:GetObject").ends(1);
    under(condition, "[defaults]\nstrict-context = true\n").run("simulate --policy policy.json s3:GetObject").complains(
        "\
error[IE0402]: unknown field `strict-context`, expected one of `principal`, `account`, `mfa`, `context`, `strict_context`
 --> iameval.toml:2:1
2 | strict-context = true
  | ^^^^^^^^^^^^^^",
    );
}

#[test]
fn a_wrong_configured_mfa_state_is_blamed_on_the_configuration() {
    let folder = folder(&format!("{WORLD}[defaults]\nmfa = \"maybe\"\n"));
    let run = folder.run("simulate iam:ChangePassword");
    run.complains("1 | maybe\n  | ^^^^^\n  = help: `all` asks with `true`, `false` and `absent`");
    assert!(run.stderr.starts_with("error[IE0402]: `maybe` is no MFA state: "), "{}", run.stderr);
    assert!(run.stderr.contains("iameval.toml, defaults.mfa:1:1\n"), "{}", run.stderr);
    folder.run("simulate --mfa false iam:ChangePassword").ends(0);
}

#[test]
fn context_defaults_take_every_kind_of_value() {
    let condition = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {
        "StringEquals": {"aws:RequestedRegion": "eu-central-1"},
        "NumericEquals": {"s3:max-keys": "10"},
        "Bool": {"aws:SecureTransport": "true"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]},
        "Null": {"aws:TagKeys": "false", "aws:SourceIp": "true"}}}"#;
    let folder = Folder::new().with("policy.json", crate::run::policy(condition)).with(
        "iameval.toml",
        r#"
[defaults.context]
"aws:RequestedRegion" = "eu-central-1"
"s3:max-keys" = 10
"aws:SecureTransport" = true
"aws:TagKeys" = ["a", "b"]
"aws:SourceIp" = "absent"
"#,
    );
    folder.decides("simulate --policy policy.json s3:ListBucket", "allowed by identity");
    folder.decides("simulate --policy policy.json --region us-east-1 s3:ListBucket", "implicit_deny by none");
    folder.decides("simulate --policy policy.json --no-config s3:ListBucket", "implicit_deny by none");
}

#[test]
fn a_configured_world_that_is_not_there_is_named() {
    folder("world = \"force-mfa/word.yaml\"\n").run("simulate iam:ChangePassword").complains(
        "\
error[IE0001]: cannot read `force-mfa/word.yaml`: no such file
--> force-mfa/word.yaml
 = help: did you mean `force-mfa/world.yaml`?",
    );
    folder("world = \"force-mfa\"\n")
        .run("simulate iam:ChangePassword")
        .complains("error[IE0002]: `force-mfa` is a folder, not a file");
}

#[test]
fn flags_stand_in_for_the_configured_world() {
    let folder = folder(WORLD).with(
        "other.yaml",
        "version: 1\naccount: \"999999999999\"\npolicies: { all: all.json }\nprincipals: { jane: { user: jane, policies: [all] } }\n",
    );
    let principal = |flags: &str| folder.results(&format!("simulate {flags} iam:GetUser"))[0]["principal"].to_string();
    assert_eq!(principal(""), "\"arn:aws:iam::123456789012:user/john.doe\"");
    assert_eq!(principal("-w other.yaml"), "\"arn:aws:iam::999999999999:user/jane\"");
    assert_eq!(principal("--world other.yaml --as jane"), "\"arn:aws:iam::999999999999:user/jane\"");
    folder
        .run("simulate --example force-mfa -w other.yaml iam:GetUser")
        .complains("error[IE0500]: the argument '--example <NAME>' cannot be used with '--world <FILE>'");
}
