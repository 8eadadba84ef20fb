//! The sections of a world file, and what can be wrong in each.

use super::*;

#[test]
fn account_and_partition() {
    refused(
        "account: 012345678901\n",
        "1:10: `account` must be a string, found the number 012345678901 (put it in quotes, so that no digits are \
        lost: \"012345678901\")",
    );
    refused("partition: gov\n", "1:12: `gov` is not an AWS partition (such as `aws`, `aws-cn` or `aws-us-gov`)");
    let world = world("account: '111122223333'\npartition: aws-us-gov\nprincipals: { r: { root: true } }\n");
    assert_eq!(world.principals()["r"].principal().id(), Some("arn:aws-us-gov:iam::111122223333:root"));
}

#[test]
fn policies_by_file_by_name_and_in_place() {
    refused(
        "policies: { x: aws:ReadOnlyAcces }\n",
        "1:16: `ReadOnlyAcces` is not a known AWS managed policy (did you mean `aws:ReadOnlyAccess`?)",
    );
    refused(
        "account: '111122223333'\nprincipals: { j: { user: j, policies: [policies/x.json] } }\n",
        "2:40: cannot read `policies/x.json`: no such file (paths are relative to the world file)",
    );
    refused(
        "policies:\n  x:\n    Statement: { Effect: Alow, Action: '*', Resource: '*' }\n",
        "3:26: `Alow` is not an effect: expected `Allow` or `Deny` (did you mean `Allow`?)",
    );
    refused(
        "policies: { x: { policy: a.json, overide: true } }\n",
        "1:34: `overide` is not a field of a policy (did you mean `override`?)",
    );
    refused("policies: [a.json]\n", "1:11: `policies` must be a map of names, found a list");
    let world = load(&[
        ("w/world.yaml", "policies: { x: { policy: p/x.json } }\n"),
        ("w/p/x.json", r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#),
    ]);
    assert_eq!(world.unwrap().policies()[0].policy.source.name, "w/p/x.json");
}

#[test]
fn groups() {
    refused("groups: { g: [x] }\n", "1:15: no policy `x` is defined (define it under `policies`, with its file)");
    refused("groups: [g]\n", "1:9: `groups` must be a map of names, found a list");
}

#[test]
fn resources() {
    let world = world(&format!(
        "account: '111122223333'
resources:
  a: {{ arn: 'arn:aws:s3:::a', policy: {OPEN}, tags: {{ Cost: 0042, live: true, note: \"\" }} }}
  b: {{ arn: 'arn:aws:s3:::b', account: '444455556666' }}
  q: {{ arn: 'arn:aws:sqs:eu-west-1:777788889999:q' }}
  deep/name: {{ arn: 'arn:aws:s3:::c/' }}
"
    ));
    let account = |name: &str| world.resources()[name].account.unwrap().to_string();
    assert_eq!([account("a"), account("b"), account("q")], ["111122223333", "444455556666", "777788889999"]);
    let tags: Vec<(&str, &str)> = world.resources()["a"].tags.iter().map(|(key, value)| (&**key, &**value)).collect();
    assert_eq!(tags, [("Cost", "0042"), ("live", "true"), ("note", "")]);
    let arn = |text: &str| world.resource_arn(text);
    assert_eq!(arn("a").as_deref(), Some("arn:aws:s3:::a"));
    assert_eq!(arn("a/x/y").as_deref(), Some("arn:aws:s3:::a/x/y"));
    assert_eq!(arn("deep/name/x").as_deref(), Some("arn:aws:s3:::c/x"));
    assert_eq!(arn("arn:aws:s3:::other").as_deref(), Some("arn:aws:s3:::other"));
    assert_eq!((arn("c"), arn("deep"), arn("arn:aws:s3")), (None, None, None));
}

#[test]
fn wrong_resources() {
    refused("resources: { a: {} }\n", "1:14: the resource `a` has no `arn` (such as `arn: arn:aws:s3:::bucket`)");
    refused("resources: { a: 'arn:aws:s3:::a' }\n", "1:17: a resource must be an object, found a string");
    refused(
        "resources: { a: { arn: 'arn:aws:s3:::a', policies: [x] } }\n",
        "1:42: `policies` is not a field of a resource (its fields are `arn`, `account`, `policy`, `tags`, `override`)",
    );
    refused(
        "resources: { a: { arn: 'arn:aws:s3:::a' }, b: { arn: 'arn:aws:s3:::a' } }\n",
        "1:54: the resource `a` already has that ARN",
    );
    refused(
        "resources: { a: { arn: 'arn:aws:sqs:eu-west-1:777788889999:q', account: '111122223333' } }\n",
        "1:73: according to the ARN, the resource is in account 777788889999",
    );
    refused(
        "resources: { self: { arn: 'arn:aws:s3:::a' } }\n",
        "1:14: a resource cannot be called `self` (it has another meaning where a resource is expected)",
    );
    refused(
        "resources: { a: { arn: 'arn:aws:s3:::a', account: 012345678901 } }\n",
        "1:51: `account` must be a string, found the number 012345678901 (put it in quotes, so that no digits are \
        lost: \"012345678901\")",
    );
    refused(
        "resources: { a: { arn: 'arn:aws:s3:::a', tags: [x] } }\n",
        "1:48: the tags must be a map of keys to strings, found a list",
    );
    refused(
        "resources: { a: { arn: 'arn:aws:s3:::a', tags: { x: [y] } } }\n",
        "1:53: the value of a tag must be a string, found a list",
    );
    refused("resources: { a: { arn: 'arn:aws:s3:::a', tags: { x: y, x: z } } }\n", "1:56: the tag `x` is given twice");
    let found = load(&[("world.yaml", "resources: { a: { arn: bucket } }\n")]).unwrap_err();
    assert_eq!(found[0].diagnostic.span(), Span::new(23, 29));
}

#[test]
fn wrong_organizations_and_accounts() {
    let help = "(it begins with its id: `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`)";
    refused(
        "organization: { id: a1b2c3d4e5 }\n",
        "1:21: `a1b2c3d4e5` is not an organization id (it begins with `o-`, such as `o-a1b2c3d4e5`)",
    );
    refused("organization: { path: r-ab12/ }\n", &format!("1:23: `r-ab12/` is not a path in the organization {help}"));
    refused(
        "organization: { id: o-x1, path: o-x2/r-ab12/ }\n",
        "1:33: `o-x2/r-ab12/` is not a path in the organization (it begins with its id: \
        `o-x1/r-ab12/ou-ab12-11111111/`)",
    );
    let help = |kind: &str| {
        format!(
            "(one inner list per level, root first, account last: `{kind}: [[for-all], [for-this-account]]`, or a map: \
             `{kind}: {{ root: [for-all], account: [for-this-account] }}`)"
        )
    };
    refused(
        "organization: { scps: [aws:FullAWSAccess] }\n",
        &format!("1:24: a level must be a list of policies, found a string {}", help("scps")),
    );
    refused(
        "organization: { rcps: aws:FullAWSAccess }\n",
        &format!("1:23: `rcps` must be a list of levels, found a string {}", help("rcps")),
    );
    refused("organization: { scp: [] }\n", "1:17: `scp` is not a field of the organization (did you mean `scps`?)");
    refused("accounts: { '1234': {} }\n", "1:13: `1234` is not an account id: expected 12 digits");
    refused(
        "accounts: { '111122223333': { managment: true } }\n",
        "1:31: `managment` is not a field of an account (did you mean `management`?)",
    );
    refused(
        "accounts: { '111122223333': { management: 1 } }\n",
        "1:43: `management` must be true or false, found a number",
    );
    refused(
        "accounts: { '111122223333': {}, '111122223333': {} }\n",
        "1:33: the account `111122223333` is defined twice",
    );
    // A key keeps its zeroes, with quotes or without.
    let world = world("accounts: { 012345678901: {} }\n");
    assert!(world.account_facts("012345678901".parse().unwrap()).is_some());
}

#[test]
fn wrong_endpoints_and_contexts() {
    refused(
        "endpoints: { e: { policy: x } }\n",
        "1:19: `policy` is not a field of an endpoint (its fields are `policies`, `gateway`, `context`, `override`)",
    );
    refused("endpoints: { e: { gateway: maybe } }\n", "1:28: `gateway` must be true or false, found a string");
    refused("endpoints: { e: { context: [x] } }\n", "1:28: the context must be a map of keys, found a list");
    refused("contexts: { c: [x] }\n", "1:16: a context must be a map of keys, found a list");
    refused(
        "contexts: { c: { 'aws:SourceIp': } }\n",
        "1:32: a context value must be a string, a number or a boolean, found null (write `absent` for a key that is \
        not in the request; an empty string is \"\")",
    );
    refused("contexts: { c: { a: 1, a: 2 } }\n", "1:24: `a` is given twice");
    refused(
        "contexts: { c: { 'aws:A': 1, 'AWS:a': 2 } }\n",
        "1:30: `aws:A` and `AWS:a` are the same key: case is ignored",
    );
    refused(
        "contexts: { c: { a: [[1]] } }\n",
        "1:22: a context value must be a string, a number or a boolean, found a list",
    );
}

#[test]
fn contexts() {
    let world = world("contexts: { c: { a: 007, b: [x, true], c: absent, d: [], e: \"absent\" } }\n");
    let context = &world.contexts()["c"];
    assert_eq!(value(context, "a").as_deref(), Some("007"));
    assert_eq!(value(context, "b").as_deref(), Some("x|true"));
    assert!(context.is_given(&ContextKey::new("c")) && value(context, "c").is_none());
    assert!(context.value(&ContextKey::new("d")).unwrap().is_list());
}

#[test]
fn defaults() {
    let text = "account: '111122223333'
principals: { j: { user: j } }
resources: { b: { arn: 'arn:aws:s3:::b' } }
contexts: { one: { a: 1, b: 1 }, two: { B: 2 } }
";
    let defaults = |rest: &str| world(&format!("{text}defaults: {rest}\n")).defaults().clone();
    let all = defaults(
        "{ principal: j, resource: b/x, context: [one, two], mfa: true@30, strict_context: true, lenient: true }",
    );
    assert_eq!((all.principal.as_deref(), all.resource.as_deref()), (Some("j"), Some("b/x")));
    assert_eq!((value(&all.context, "a").as_deref(), value(&all.context, "b").as_deref()), (Some("1"), Some("2")));
    assert_eq!(
        (all.mfa.unwrap().to_string().as_str(), all.strict_context, all.lenient),
        ("true@30", Some(true), Some(true))
    );
    assert!(defaults("{ mfa: false }").mfa.is_some());
    assert_eq!(value(&defaults("{ context: two }").context, "b").as_deref(), Some("2"));
    assert_eq!(value(&defaults("{ context: { z: 9 } }").context, "z").as_deref(), Some("9"));
    assert!(defaults("{ principal: 'arn:aws:iam::111122223333:root' }").principal.is_some());
    let wrong = |rest: &str, expected: &str| refused(&format!("{text}defaults: {rest}\n"), expected);
    wrong("{ context: [tow] }", "5:23: no context `tow` is defined (did you mean `two`?)");
    wrong("{ resource: c }", "5:23: no resource `c` is defined (did you mean `b`?)");
    wrong("{ principal: k }", "5:24: no principal `k` is defined (did you mean `j`?)");
    wrong("{ mfa: maybe }", "5:18: `maybe` is not an MFA state: expected `true`, `true@SECONDS`, `false` or `absent`");
    wrong(
        "{ strict: true }",
        "5:13: `strict` is not a field of the defaults (its fields are `principal`, `resource`, `mfa`, `context`, `strict_context`, `lenient`)",
    );
}
