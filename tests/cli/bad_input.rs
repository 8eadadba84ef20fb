//! Policies, flags and arguments that cannot be used: message, place, excerpt, code, help; exit status 2, and nothing on
//! standard output.

use crate::run::{Folder, allow, policy};

/// A policy file that is wrong.
#[track_caller]
fn refuses(content: impl AsRef<[u8]>, lines: &str) {
    let folder = Folder::new().with("policy.json", content);
    folder.run("simulate --policy policy.json -r arn:aws:s3:::b/k s3:GetObject").complains(lines);
}

/// Arguments that are wrong, beside a right policy.
#[track_caller]
fn complains(arguments: &str, lines: &str) {
    let folder = Folder::new().with("s3.json", allow("S3", "s3:*"));
    folder.run(&format!("simulate --policy s3.json {arguments}")).complains(lines);
}

#[test]
fn files_that_cannot_be_read() {
    let folder = Folder::new()
        .with("policy.json", allow("S3", "s3:*"))
        .with("folder/x", "")
        .with("empty.json", "")
        .with("blank.json", " \n\t\n");
    let empty = |name: &str| {
        format!(
            "error[IE0004]: there is nothing in {name}\n--> {}\n = help: a policy is a JSON object; a world or a request may be YAML",
            name.trim_matches('`')
        )
    };
    let complains =
        |file: &str, lines: &str| folder.run(&format!("simulate --policy {file} s3:GetObject")).complains(lines);
    complains(
        "nothing/at/all.json",
        "error[IE0001]: cannot read `nothing/at/all.json`: no such file\n--> nothing/at/all.json\n = help: paths are relative to the current folder",
    );
    complains(
        "polcy.json",
        "error[IE0001]: cannot read `polcy.json`: no such file\n--> polcy.json\n = help: did you mean `policy.json`?",
    );
    complains("folder", "error[IE0002]: `folder` is a folder, not a file\n--> folder\n = help: name a file in it");
    complains("empty.json", &empty("`empty.json`"));
    complains("blank.json", &empty("`blank.json`"));
    complains("-", &empty("standard input"));
}

#[cfg(unix)]
#[test]
fn a_file_without_permission() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new().with("secret.json", allow("S3", "s3:*"));
    let path = folder.path("secret.json");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("a mode");
    if std::fs::read(&path).is_ok() {
        return; // Root reads everything.
    }
    folder
        .run("simulate --policy secret.json s3:GetObject")
        .complains("error[IE0001]: cannot read `secret.json`: permission denied");
}

#[test]
fn text_that_is_not_utf8() {
    refuses(
        b"{\"Version\": \"2012-10-17\",\n \"Id\": \"caf\xe9\"}",
        "error[IE0003]: `policy.json` is not UTF-8: byte 0xE9 at offset 37\n --> policy.json:2:12\n  = help: save the file as UTF-8",
    );
    refuses(
        b"\xff\xfe{\0}\0",
        "error[IE0003]: `policy.json` is not UTF-8: byte 0xFF at offset 0\n --> policy.json:1:1\n  = help: the file is UTF-16; save it as UTF-8",
    );
}

#[test]
fn text_that_is_not_json() {
    refuses(
        "{\n  // who may read\n  \"Version\": \"2012-10-17\"\n}\n",
        "\
error[IE0101]: expected a member name in double quotes, found `/`
 --> policy.json:2:3
1 | {
  | - opened here
2 |   // who may read
  |   ^
  = help: JSON has no comments; remove this one",
    );
    refuses(
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [],\n}\n",
        "\
error[IE0101]: expected a member name in double quotes, found `}`
 --> policy.json:4:1
1 | {
  | - opened here
4 | }
  | ^
  = help: remove the comma before `}`",
    );
    refuses(
        "{\n  'Version': \"2012-10-17\"\n}\n",
        "\
error[IE0101]: expected a member name in double quotes, found `'`
 --> policy.json:2:3
2 |   'Version': \"2012-10-17\"
  |   ^
  = help: JSON puts names in double quotes",
    );
    refuses(
        "\u{feff}{\"Statement\": []}",
        "\
error[IE0101]: expected a JSON value, found U+FEFF
 --> policy.json:1:1
  = help: the text begins with a byte order mark; save the file as UTF-8 without one",
    );
    refuses(
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n",
        "\
error[IE0101]: expected a JSON value, found the end of the text
 --> policy.json:4:1
  = help: the text ends too early; is something cut off?",
    );
    refuses("{\"Statement\": [{\"Effect\": \"Allow\"", "error[IE0101]: expected `,` or `}`, found the end of the text");
    refuses(
        "Version: \"2012-10-17\"\n",
        "\
error[IE0101]: expected a JSON value, found `V`
 --> policy.json:1:1
1 | Version: \"2012-10-17\"
  | ^
  = help: a policy is a JSON object: it begins with `{`",
    );
    refuses("{\"Id\": \"a\nb\"}", "error[IE0101]: a control character stands inside a string\n --> policy.json:1:10");
    refuses("{} {}", " --> policy.json:1:4");
    refuses("[".repeat(100_000), "error[IE0101]: the text nests deeper than 128 levels\n --> policy.json:1:129");
}

#[test]
fn an_excerpt_shows_no_carriage_return() {
    let folder =
        Folder::new().with("policy.json", "{\r\n  \"Version\": \"2012-10-17\",\r\n  \"Statement\": [],,\r\n}\r\n");
    let run = folder.run("simulate --policy policy.json s3:GetObject");
    run.complains("");
    assert_eq!(
        run.stderr,
        "\
error[IE0101]: expected a member name in double quotes, found `,`
 --> policy.json:3:19
  |
1 | {
  | - opened here
2 |   \"Version\": \"2012-10-17\",
3 |   \"Statement\": [],,
  |                   ^
"
    );
}

#[test]
fn text_of_the_wrong_shape() {
    refuses(
        "[]",
        "error[IE0201]: a policy document must be an object, found a list\n --> policy.json:1:1\n1 | []\n  | ^^",
    );
    refuses("5", "error[IE0201]: a policy document must be an object, found a number\n --> policy.json:1:1");
    refuses(
        "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    { \"Effect\": \"Allow\", \"Action\": 5, \"Resource\": {\"a\": 1}, \"Condition\": [] }\n  ]\n}\n",
        "\
error[IE0201]: an entry of `Action` must be a string, found a number
 --> policy.json:4:36
  |                                    ^
error[IE0201]: an entry of `Resource` must be a string, found an object
 --> policy.json:4:51
  |                                                   ^^^^^^^^
error[IE0201]: `Condition` must be an object of operators, found a list
 --> policy.json:4:74
  |                                                                          ^^",
    );
}

#[test]
fn names_given_twice() {
    refuses(
        "{\n  \"Statement\": [\n    { \"Effect\": \"Deny\", \"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\" }\n  ]\n}\n",
        "\
error[IE0202]: `Effect` is given twice
 --> policy.json:3:25
3 |     { \"Effect\": \"Deny\", \"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\" }
  |       --------          ^^^^^^^^
  |       first given here
  = help: put all values into one list, or remove one of the two",
    );
    let twice = |condition: &str| {
        policy(&format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}"#))
    };
    for condition in [
        r#"{"StringEquals": {"aws:username": "a"}, "StringEquals": {"aws:username": "b"}}"#,
        r#"{"StringEquals": {"aws:username": "a", "AWS:Username": "b"}}"#,
    ] {
        let run = Folder::new().with("policy.json", twice(condition)).run("simulate --policy policy.json s3:GetObject");
        run.complains("");
        assert!(run.stderr.starts_with("error[IE0202]: "), "{}", run.stderr);
    }
}

#[test]
fn every_mistake_is_shown_in_one_run() {
    refuses(
        r#"{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "Allow", "Actions": "s3:*", "Resource": "*" },
    { "Effect": "allow", "Action": "s3:*", "Resource": "*",
      "Condition": { "StringLikes": { "aws:username": "x" } } },
    { "Effect": "Allow", "Action": "s3:*", "NotAction": "s3:*", "Resource": "*" }
  ]
}
"#,
        r#"error[IE0203]: `Actions` is no element of a statement
 --> policy.json:4:26
4 |     { "Effect": "Allow", "Actions": "s3:*", "Resource": "*" },
  |                          ^^^^^^^^^
  = help: did you mean `Action`?
error[IE0206]: `allow` is no effect: expected `Allow` or `Deny`
 --> policy.json:5:17
5 |     { "Effect": "allow", "Action": "s3:*", "Resource": "*",
  |                 ^^^^^^^
  = help: did you mean `Allow`?
error[IE0208]: unknown condition operator `StringLikes`
 --> policy.json:6:22
6 |       "Condition": { "StringLikes": { "aws:username": "x" } } },
  |                      ^^^^^^^^^^^^^
  = help: did you mean `StringLike`?
error[IE0205]: `Action` and `NotAction` exclude each other
 --> policy.json:7:44
7 |     { "Effect": "Allow", "Action": "s3:*", "NotAction": "s3:*", "Resource": "*" }
  |                          --------          ^^^^^^^^^^^
  |                          the other one
  = help: a statement takes one of the two; make two statements of it"#,
    );
}

#[test]
fn versions_and_missing_elements() {
    refuses(
        "{\n  \"Version\": \"2012-10-18\",\n  \"Statement\": []\n}\n",
        "\
error[IE0207]: `2012-10-18` is no version of the policy language
 --> policy.json:2:14
2 |   \"Version\": \"2012-10-18\",
  |              ^^^^^^^^^^^^
  = help: the versions are `2012-10-17`, and the older `2008-10-17` without policy variables",
    );
    for statement in [
        r#"{"Effect": "Allow", "Resource": "*"}"#,
        r#"{"Action": "*", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "Action": "*"}"#,
    ] {
        let run =
            Folder::new().with("policy.json", policy(statement)).run("simulate --policy policy.json s3:GetObject");
        run.complains(" --> policy.json:1:41");
        assert!(run.stderr.starts_with("error[IE0204]: "), "{}", run.stderr);
    }
}

#[test]
fn what_the_kind_of_policy_forbids() {
    let statement = policy(r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*"}"#);
    let folder = Folder::new().with("policy.json", statement).with("s3.json", allow("S3", "s3:*"));
    let session = "arn:aws:sts::123456789012:assumed-role/dev/anna";
    for flag in ["--policy", "--boundary", "--session-policy", "--scope-down", "--scp"] {
        let run = folder.run(&format!("simulate --as {session} --policy s3.json {flag} policy.json s3:GetObject"));
        run.complains("");
        assert!(run.stderr.starts_with("error[IE0212]: "), "{flag}: {}", run.stderr);
    }
}

#[test]
fn principals_in_policies() {
    let folder = Folder::new().with("s3.json", allow("S3", "s3:*")).with(
        "bucket.json",
        r#"{
  "Statement": [
    { "Effect": "Allow", "Action": "s3:*", "Principal": "john", "Resource": "*" },
    { "Effect": "Allow", "Action": "s3:*", "Principal": {"User": "john"}, "Resource": "*" }
  ]
}
"#,
    );
    folder.run("simulate --policy s3.json --resource-policy bucket.json s3:GetObject").complains(
        r#"error[IE0210]: `john` is no principal: the only text that may stand alone is `*`
 --> bucket.json:3:57
3 |     { "Effect": "Allow", "Action": "s3:*", "Principal": "john", "Resource": "*" },
  |                                                         ^^^^^^
  = help: say of what type it is: `{"AWS": "john"}`
error[IE0210]: `User` is no type of principal
 --> bucket.json:4:58
4 |     { "Effect": "Allow", "Action": "s3:*", "Principal": {"User": "john"}, "Resource": "*" }
  |                                                          ^^^^^^
  = help: the types are `AWS`, `Service`, `Federated` and `CanonicalUser`"#,
    );
}

#[test]
fn actions_that_are_none() {
    for action in ["GetObject", "a:b:c", ":GetObject"] {
        complains(
            action,
            &format!(
                "\
 --> command line, ACTION:1:1
1 | {action}
  | {}
  = help: write it as `service:Action`, such as `iam:ChangePassword`",
                "^".repeat(action.len())
            ),
        );
    }
    complains(
        "s3:",
        "error[IE0501]: `s3:` names no action after the colon\n --> command line, ACTION:1:1\n1 | s3:\n  | ^^^\n  = help: write it as `service:Action`, such as `iam:ChangePassword`",
    );
    complains("", "error[IE0500]: the following required arguments were not provided:\n  <ACTION>...");
}

#[test]
fn resources_that_are_none() {
    for resource in ["bucket", "arn:aws", "arn:aws:s3", "s3://bucket/key", "ARN:aws:s3:::b"] {
        complains(
            &format!("-r {resource} s3:GetObject"),
            &format!(
                "\
error[IE0502]: `{resource}` is not an ARN: expected `arn:partition:service:region:account:resource`
 --> command line, --resource:1:1
1 | {resource}
  | {}
  = help: an ARN reads `arn:aws:s3:::bucket/key`; `*` and `self` are taken as well",
                "^".repeat(resource.len())
            ),
        );
    }
    complains(
        "-r self s3:GetObject",
        "\
error[IE0502]: `self` means the caller's own ARN, and nobody with one asks
 --> command line, --resource:1:1
  = help: say who asks with `--as`, a name in the world or an ARN",
    );
}

#[test]
fn callers_that_are_none() {
    let folder = Folder::new().with("s3.json", allow("S3", "s3:*"));
    for principal in ["john", "john.doe", "login.example.com", "123456789012", "*"] {
        folder.run(&format!("simulate --policy s3.json --as {principal} s3:GetObject")).complains(&format!(
            "\
error[IE0403]: `{principal}` is no principal: without a world, expected an ARN, an AWS service or `anonymous`
 --> command line, --as:1:1
1 | {principal}
  | {}
  = help: an ARN reads `arn:aws:iam::123456789012:user/john`",
            "^".repeat(principal.len())
        ));
    }
    for principal in ["arn:aws:iam::1:user/x", "arn:aws:iam::123456789012:group/x", "arn:aws:s3:::bucket"] {
        let run = folder.run(&format!("simulate --policy s3.json --as {principal} s3:GetObject"));
        run.complains(&format!(" --> command line, --as:1:1\n1 | {principal}\n  | {}", "^".repeat(principal.len())));
        assert!(run.stderr.starts_with(&format!("error[IE0503]: `{principal}`")), "{}", run.stderr);
    }
}

#[test]
fn the_resource_must_be_named_where_statements_tell_resources_apart() {
    let statements = r#"{"Sid": "Reports", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"},
        {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::reports/*"},
        {"Sid": "Other", "Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:queue"},
        {"Sid": "Any", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
    let folder = Folder::new().with("policy.json", policy(statements));
    folder.run("simulate --policy policy.json s3:GetObject").complains(
        "\
error[IE0506]: the answer for s3:GetObject depends on the resource: these statements tell resources apart: policy#Reports; policy, statement 2
 --> command line, ACTION:1:1
1 | s3:GetObject
  | ^^^^^^^^^^^^
  = help: name it with `-r`: an ARN such as `arn:aws:s3:::BUCKET/KEY`, `arn:aws:s3:REGION:ACCOUNT:accesspoint/ACCESS_POINT/object/KEY`, `self` for the caller, or `*` for no resource",
    );
    folder.run("simulate --policy policy.json ec2:RunInstances").ends(1);
    folder.run("simulate --policy policy.json -r arn:aws:s3:::reports/a s3:GetObject").ends(0);
}

#[test]
fn one_of_a_kind() {
    for flag in ["--boundary", "--resource-policy"] {
        complains(
            &format!("{flag} s3.json {flag} s3.json s3:GetObject"),
            &format!(
                "error[IE0505]: `{flag}` is given twice, and there is one such policy at most\n --> command line, {flag}:1:1\n  = help: put all statements into one policy"
            ),
        );
    }
}

#[test]
fn unknown_words() {
    complains(
        "--mfaa true s3:GetObject",
        "error[IE0500]: unexpected argument '--mfaa' found\n  tip: a similar argument exists: '--mfa'",
    );
    complains("--nothing-like-it s3:GetObject", "error[IE0500]: unexpected argument '--nothing-like-it' found");
    complains(
        "--expect maybe s3:GetObject",
        "error[IE0500]: invalid value 'maybe' for '--expect <ANSWER>'\n  [possible values: allow, deny, implicit, explicit]",
    );
    complains("--without friends s3:GetObject", "error[IE0500]: invalid value 'friends' for '--without <LAYER>'");
    complains("--format xml s3:GetObject", "error[IE0500]: invalid value 'xml' for '--format <FORMAT>'");
    Folder::new()
        .run("simulat s3:GetObject")
        .complains("error[IE0500]: unrecognized subcommand 'simulat'\n  tip: a similar subcommand exists: 'simulate'");
    Folder::new().run("simulate --example force-mf iam:GetUser").complains(
        "\
error[IE0403]: there is no example `force-mf`
 --> command line, --example:1:1
1 | force-mf
  | ^^^^^^^^
  = help: did you mean `force-mfa`?",
    );
    Folder::new().run("").complains("Usage: iameval [OPTIONS] <COMMAND>");
}

#[test]
fn a_wrong_policy_leaves_every_action_unanswered() {
    let folder = Folder::new().with("s3.json", allow("S3", "s3:*")).with("wrong.json", "{\"Statement\": 5}");
    for flag in
        ["--policy", "--boundary", "--session-policy", "--scp", "--rcp", "--resource-policy", "--endpoint-policy"]
    {
        folder.run(&format!("simulate --policy s3.json {flag} wrong.json s3:GetObject s3:PutObject")).complains(
            "error[IE0201]: a statement must be an object, found a number\n --> wrong.json:1:15\n1 | {\"Statement\": 5}\n  |               ^",
        );
    }
}
