//! The context of a request, from flags.

use crate::run::{Folder, JOHN, policy};

/// A folder with policies that allow `s3:*` under one condition each.
fn folder() -> Folder {
    let allow_if = |condition: &str| {
        policy(&format!(r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {condition}}}"#))
    };
    Folder::new()
        .with(
            "tags.json",
            allow_if(r#"{"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}, "Null": {"aws:TagKeys": "false"}}"#),
        )
        .with("commas.json", allow_if(r#"{"StringEquals": {"aws:PrincipalTag/team": "a,b=c"}}"#))
        .with("office.json", allow_if(r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#))
        .with("region.json", allow_if(r#"{"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}"#))
        .with("until.json", allow_if(r#"{"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}"#))
        .with("epoch.json", allow_if(r#"{"NumericLessThan": {"aws:EpochTime": "1767225600"}}"#))
        .with("if-exists.json", allow_if(r#"{"BoolIfExists": {"aws:SecureTransport": "true"}}"#))
        .with(
            "mine.json",
            allow_if(r#"{"StringEquals": {"aws:username": "john", "aws:PrincipalAccount": "123456789012"}}"#),
        )
}

#[track_caller]
fn allows(flags: &str) {
    folder().decides(&format!("simulate --as {JOHN} {flags} s3:GetObject"), "allowed by identity");
}

#[track_caller]
fn refuses(flags: &str) {
    folder().decides(&format!("simulate --as {JOHN} {flags} s3:GetObject"), "implicit_deny by none");
}

#[track_caller]
fn complains(flags: &str, lines: &str) {
    folder().run(&format!("simulate --as {JOHN} {flags} s3:GetObject")).complains(lines);
}

#[test]
fn a_key_has_one_value_several_or_none() {
    allows("--policy tags.json -c aws:TagKeys=a");
    allows("--policy tags.json -c aws:TagKeys=a -c aws:TagKeys=b");
    allows("--policy tags.json --context AWS:tagkeys=b");
    refuses("--policy tags.json -c aws:TagKeys=a -c aws:TagKeys=c");
    allows("--policy tags.json -c aws:TagKeys=[]");
    refuses("--policy tags.json --no-context aws:TagKeys");
    refuses("--policy tags.json");
}

#[test]
fn a_value_is_never_split() {
    allows("--policy commas.json -c aws:PrincipalTag/team=a,b=c");
    refuses("--policy tags.json -c aws:TagKeys=a,b");
}

#[test]
fn absent_and_not_given_are_told_apart() {
    let unknown = |flags: &str| {
        let results = folder().results(&format!("simulate --as {JOHN} --policy if-exists.json {flags} s3:GetObject"));
        (results[0]["undecided_context_keys"].to_string(), results[0]["missing_context_keys"].to_string())
    };
    let named = || r#"["aws:SecureTransport"]"#.to_owned();
    assert_eq!(unknown(""), (named(), named()));
    assert_eq!(unknown("--no-context aws:SecureTransport"), ("[]".into(), "[]".into()));
    assert_eq!(unknown("-c aws:SecureTransport=true"), ("[]".into(), "[]".into()));
    allows("--policy if-exists.json");
    allows("--policy if-exists.json --no-context aws:SecureTransport");
    refuses("--policy if-exists.json -c aws:SecureTransport=false");
}

#[test]
fn the_address_and_the_region_have_flags() {
    allows("--policy office.json --source-ip 203.0.113.7");
    refuses("--policy office.json --source-ip 198.51.100.7");
    refuses("--policy office.json");
    allows("--policy region.json --region eu-central-1");
    refuses("--policy region.json --region us-east-1");
}

#[test]
fn keys_follow_from_the_principal_and_may_be_overruled() {
    allows("--policy mine.json");
    refuses("--policy mine.json -c aws:username=jane");
    refuses("--policy mine.json --no-context aws:username");
    folder().decides(
        "simulate --as arn:aws:iam::123456789012:user/jane --policy mine.json s3:GetObject",
        "implicit_deny by none",
    );
}

#[test]
fn the_time_is_a_date_or_seconds() {
    for time in ["2025-12-31T23:59:59Z", "2025-12-31", "2026-01-01T00:30:00+01:00", "1767225599"] {
        allows(&format!("--policy until.json --at {time}"));
        allows(&format!("--policy epoch.json --at {time}"));
    }
    for time in ["2026-01-01T00:00:00Z", "2025-12-31T23:30:00-01:00", "1767225600", "now"] {
        refuses(&format!("--policy until.json --at {time}"));
        refuses(&format!("--policy epoch.json --at {time}"));
    }
}

#[test]
fn no_clock_is_read_unless_asked() {
    refuses("--policy until.json");
    let results =
        folder().results(&format!("simulate --as {JOHN} --policy until.json --policy epoch.json s3:GetObject"));
    assert_eq!(results[0]["undecided_context_keys"].to_string(), r#"["aws:CurrentTime","aws:EpochTime"]"#);
}

#[test]
fn the_time_is_given_in_one_way() {
    complains(
        "--policy until.json --at 2025-01-01 -c aws:CurrentTime=2027-01-01T00:00:00Z",
        "\
error[IE0505]: `--at` and `--context` both say something about `aws:CurrentTime`
 --> command line, --at:1:1
1 | aws:CurrentTime
  | ^^^^^^^^^^^^^^^
  = help: leave one of the two out",
    );
    complains(
        "--policy epoch.json --at 2025-01-01 -c AWS:epochtime=1",
        "error[IE0505]: `--at` and `--context` both say something about `aws:EpochTime`",
    );
    allows("--policy until.json -c aws:CurrentTime=2025-01-01T00:00:00Z");
    refuses("--policy until.json -c aws:CurrentTime=2027-01-01T00:00:00Z");
}

#[test]
fn source_date_epoch_is_the_default_time() {
    let decides = |epoch, flags: &str, expected| {
        let folder = folder().environment("SOURCE_DATE_EPOCH", epoch);
        folder.decides(&format!("simulate --as {JOHN} --policy until.json {flags} s3:GetObject"), expected);
    };
    decides("1700000000", "", "allowed by identity");
    decides("1900000000", "", "implicit_deny by none");
    decides("1900000000", "--at 2025-01-01", "allowed by identity");
    decides("1900000000", "-c aws:CurrentTime=2025-01-01", "allowed by identity");
    decides("", "", "implicit_deny by none");
    let folder = folder().environment("SOURCE_DATE_EPOCH", "soon");
    folder.run(&format!("simulate --as {JOHN} --policy until.json s3:GetObject")).complains(
        "\
error[IE0504]: `soon` is no date: expected epoch seconds, or a date such as `2026-11-23` or `2026-11-23T12:00:00Z`
 --> command line, SOURCE_DATE_EPOCH:1:1
1 | soon
  | ^^^^
  = help: write it as `2026-11-23T12:00:00Z`, as epoch seconds, or `now`",
    );
}

#[test]
fn what_is_said_twice_is_refused() {
    complains(
        "--policy office.json --mfa true -c aws:MultiFactorAuthPresent=true",
        "\
error[IE0505]: `--mfa` and this key say the same thing in two ways
 --> command line, --context:1:1
1 | aws:MultiFactorAuthPresent=true
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = help: leave one of the two out",
    );
    complains(
        "--policy office.json --mfa true --no-context aws:multifactorauthage",
        "  = help: leave one of the two out",
    );
    complains(
        "--policy office.json --source-ip 203.0.113.7 -c aws:SourceIp=203.0.113.8",
        "\
error[IE0505]: `--source-ip` and `--context` both say something about `aws:SourceIp`
  = help: leave one of the two out",
    );
    complains(
        "--policy office.json --region eu-central-1 -c aws:requestedregion=us-east-1",
        "error[IE0505]: `--region` and `--context` both say something about `aws:RequestedRegion`",
    );
    complains(
        "--policy office.json -c aws:SourceIp=203.0.113.7 --no-context AWS:SourceIp",
        "\
error[IE0505]: `--no-context` and `--context` both say something about `AWS:SourceIp`
 --> command line, --no-context:1:1
1 | AWS:SourceIp
  | ^^^^^^^^^^^^
  = help: leave one of the two out",
    );
    for (given, flag, key) in [
        ("--source-ip 203.0.113.7", "--source-ip", "aws:sourceip"),
        ("--region eu-central-1", "--region", "aws:RequestedRegion"),
        ("--at 2025-01-01", "--at", "aws:CurrentTime"),
        ("--at 2025-01-01", "--at", "AWS:EpochTime"),
    ] {
        complains(
            &format!("--policy office.json {given} --no-context {key}"),
            &format!(
                "\
error[IE0505]: `--no-context` and `{flag}` both say something about `{key}`
 --> command line, --no-context:1:1
1 | {key}
  | {}
  = help: leave one of the two out",
                "^".repeat(key.len())
            ),
        );
    }
    for flags in ["-c aws:TagKeys=a -c aws:TagKeys=[]", "-c aws:TagKeys=[] -c aws:TagKeys=a"] {
        complains(
            &format!("--policy tags.json {flags}"),
            "error[IE0505]: a list without values has no values beside it",
        );
    }
}

#[test]
fn malformed_values_of_flags_are_refused() {
    complains(
        "--policy office.json -c aws:SourceIp",
        "\
error[IE0504]: `aws:SourceIp` is not `KEY=VALUE`
 --> command line, --context:1:1
1 | aws:SourceIp
  | ^^^^^^^^^^^^
  = help: write it like `aws:SourceIp=203.0.113.7`; repeat the flag for a key with several values",
    );
    complains("--policy office.json -c =203.0.113.7", "error[IE0504]: `=203.0.113.7` is not `KEY=VALUE`");
    complains(
        "--policy office.json --no-context a=b",
        "\
error[IE0504]: `a=b` is no context key
 --> command line, --no-context:1:1
1 | a=b
  | ^^^
  = help: `--no-context` takes a key without a value, such as `aws:SourceIp`",
    );
    complains(
        "--policy office.json --no-context=",
        "\
error[IE0504]: `` is no context key
--> command line, --no-context
 = help: `--no-context` takes a key without a value, such as `aws:SourceIp`",
    );
    complains(
        "--policy office.json --source-ip nonsense",
        "\
error[IE0504]: `nonsense` is no IP address
 --> command line, --source-ip:1:1
1 | nonsense
  | ^^^^^^^^
  = help: write it like `203.0.113.7` or `2001:db8::1`",
    );
    complains(
        "--policy until.json --at yesterday",
        "\
error[IE0504]: `yesterday` is no date: expected epoch seconds, or a date such as `2026-11-23` or `2026-11-23T12:00:00Z`
 --> command line, --at:1:1
1 | yesterday
  | ^^^^^^^^^
  = help: write it as `2026-11-23T12:00:00Z`, as epoch seconds, or `now`",
    );
    complains(
        "--policy office.json --mfa maybe",
        "\
error[IE0504]: `maybe` is no MFA state: expected `true`, `true@SECONDS`, `false` or `absent`
 --> command line, --mfa:1:1
1 | maybe
  | ^^^^^
  = help: `all` asks with `true`, `false` and `absent`",
    );
    for state in ["true@", "true@-1", "false@5", "yes"] {
        let run = folder().run(&format!("simulate --policy office.json --mfa {state} s3:GetObject"));
        run.complains(&format!(" --> command line, --mfa:1:1\n1 | {state}"));
        assert!(run.stderr.starts_with("error[IE0504]: "), "{}", run.stderr);
    }
    complains(
        "--policy office.json --resource-account 12",
        "\
error[IE0504]: `12` is not an account id: expected 12 digits
 --> command line, --resource-account:1:1
1 | 12
  | ^^",
    );
}
