//! Cases that say too little, too much, or what is not there.

use super::{Wrong, but, refuses, refuses_all};

#[test]
fn fields_of_a_case() {
    for (fields, told) in CASES {
        refuses(but(fields), told);
    }
}

#[test]
fn names_of_cases() {
    refuses_all(&[
        (
            "use: world.yaml\ntests:\n  - principal: alice\n    action: s3:GetObject\n    resource: \"*\"\n    expect: allow\n",
            "\
IE0402 the case has no `name`\n\
at 3:5\n\
help: say in a few words what it pins",
        ),
        (
            "use: world.yaml\ntests:\n  - name: \"\"\n    principal: alice\n    action: s3:GetObject\n    resource: \"*\"\n    expect: allow\n",
            "\
IE0402 `name` is empty\n\
at 3:11",
        ),
        (
            "use: world.yaml\ntests:\n  - name: 1\n    principal: alice\n    action: s3:GetObject\n    resource: \"*\"\n    expect: allow\n",
            "\
IE0402 `name` must be a string, found a number\n\
at 3:11",
        ),
        (
            "$case  - name: x\n    principal: alice\n    action: s3:GetObject\n    resource: \"*\"\n    expect: allow\n",
            "\
IE0402 two cases are called `x`\n\
at 8:11\n\
help: reports and `-k` tell cases by their names",
        ),
    ]);
}

#[test]
fn statements_that_are_not_there() {
    for (fields, told) in REASONS {
        refuses(but(fields), told);
    }
}

const CASES: &[Wrong] = &[
    (
        &[("principle", "bob")],
        "\
IE0402 `principle` is not a field of a case\n\
at 8:5\n\
help: did you mean `principal`?",
    ),
    (
        &[("expect", "")],
        "\
IE0402 the case wants nothing\n\
at 3:5\n\
help: say what to `expect`, or give a `table` or a `snapshot`",
    ),
    (
        &[("table", "|\n          action decision\n          s3:GetObject allow")],
        "\
IE0402 a case has one of `expect`, `table` and `snapshot`\n\
at 9:11\n\
help: make a case of each",
    ),
    (
        &[("snapshot", "s.txt")],
        "\
IE0402 a case has one of `expect`, `table` and `snapshot`\n\
at 8:15\n\
help: make a case of each",
    ),
    (
        &[("expect", "[allow, deny]")],
        "\
IE0402 `expect` must be one answer, found a list\n\
at 7:13",
    ),
    (
        &[("expect", "allowed")],
        "\
IE0402 `allowed` is no answer\n\
at 7:13\n\
help: did you mean `allow`?",
    ),
    (
        &[("expect", "maybe")],
        "\
IE0402 `maybe` is no answer\n\
at 7:13\n\
help: it is `allow`, `deny` (either kind), `implicit` or `explicit`",
    ),
    (
        &[("expect", "true")],
        "\
IE0402 `true` is no answer\n\
at 7:13\n\
help: did you mean `allow`?",
    ),
    (
        &[("action", "")],
        "\
IE0402 the case `x` has no `action`\n\
at 3:5\n\
help: such as `action: iam:ChangePassword`; `actions` takes several, and patterns",
    ),
    (
        &[("actions", "[s3:PutObject]")],
        "\
IE0402 a case has `action` or `actions`, not both\n\
at 8:14\n\
help: put all into `actions`",
    ),
    (
        &[("principals", "all")],
        "\
IE0402 a case has `principal` or `principals`, not both\n\
at 8:17\n\
help: put all into `principals`",
    ),
    (
        &[("principal", "[alice, alina]")],
        "\
IE0402 `principal` must be a string, found a list\n\
at 4:16\n\
help: `principals` takes several",
    ),
    (
        &[("principal", ""), ("principals", "al")],
        "\
IE0402 `principals` is a list of names, or `all`\n\
at 7:17\n\
help: write `principal: al` for one",
    ),
    (
        &[("principal", "")],
        "\
IE0402 nothing says who asks\n\
at 3:5\n\
help: give the case a `principal`, or the file `defaults: {principal: NAME}`",
    ),
    (
        &[("principal", "alise")],
        "\
IE0403 the world knows no principal `alise`\n\
at 4:16\n\
help: did you mean `alice`?",
    ),
    (
        // No provider or service is called so, although names of these have dots.
        &[("principal", "alice.doe")],
        "\
IE0403 the world knows no principal `alice.doe`\n\
at 4:16\n\
help: the world knows alice, alina",
    ),
    (
        &[("principal", "arn:aws:iam::123456789012:user/eve")],
        "\
IE0403 the world does not know `arn:aws:iam::123456789012:user/eve`, so nothing is attached to it\n\
at 4:16\n\
help: the world knows alice, alina",
    ),
    (
        &[("action", ""), ("actions", "[]")],
        "\
IE0402 the list of actions is empty\n\
at 7:14",
    ),
    (
        &[("resource", ""), ("resources", "[]")],
        "\
IE0402 the list is empty\n\
at 7:16",
    ),
    (
        &[("except", "[alice]")],
        "\
IE0402 `except` leaves names out of `principals`, which the case does not have\n\
at 8:13\n\
help: write `principals: all`",
    ),
    (
        &[("principal", ""), ("principals", "all"), ("except", "[alicia]")],
        "\
IE0403 no principal `alicia` is defined\n\
at 8:14\n\
help: did you mean `alice`?",
    ),
    (
        &[("principal", ""), ("principals", "all"), ("except", r#""bo*""#)],
        "\
IE0403 `bo*` fits no principal of the world\n\
at 8:13\n\
help: defined are alice, alina",
    ),
    (
        &[("principal", ""), ("principals", "all"), ("except", r#""a*""#)],
        "\
IE0705 the case `x` comes to no check\n\
at 3:11\n\
help: `except` leaves nobody of `principals` over",
    ),
    (
        &[("principal", ""), ("principals", "all"), ("except", r#""[a""#)],
        "\
IE0402 `[a` is no pattern of names: unclosed character class; missing ']'\n\
at 8:13",
    ),
    (
        &[("action", "s3.GetObject")],
        "\
IE0501 `s3.GetObject` is not an action: expected a service prefix, one colon and a name, as in `s3:GetObject`\n\
at 5:13\n\
help: write it as `service:Action`, such as `iam:ChangePassword`",
    ),
    (
        &[("action", r#""s3:Gte*""#)],
        "\
IE0602 `s3:Gte*` covers no action of `s3`\n\
at 5:13\n\
help: did you mean `s3:Get*`?",
    ),
    (
        &[("action", r#""s4:Get*""#)],
        "\
IE0601 no AWS service has the prefix `s4`\n\
at 5:13\n\
help: did you mean `s3:Get*`?",
    ),
    (
        &[("resource", "bukcet/k")],
        "\
IE0403 the world knows no resource `bukcet`\n\
at 6:15\n\
help: did you mean `bucket`?",
    ),
    (
        &[("resource", r#""arn:aws:s3""#)],
        "\
IE0502 `arn:aws:s3` is not an ARN: expected `arn:partition:service:region:account:resource`\n\
at 6:15\n\
help: an ARN reads `arn:aws:s3:::bucket/key`; `*` and `self` are taken as well",
    ),
    (
        &[("principal", "anonymous"), ("resource", "self")],
        "\
IE0502 `self` means the caller's own ARN, and `anonymous` has none\n\
at 6:15\n\
help: leave such callers out, or name a resource",
    ),
    (
        &[("resource", "")],
        "\
IE0506 the answer for s3:GetObject depends on the resource: these statements tell resources apart: read#NotTheVault\n\
at 5:13\n\
help: say `resource`: an ARN such as `arn:aws:s3:::BUCKET/KEY`, `arn:aws:s3:REGION:ACCOUNT:accesspoint/ACCESS_POINT/object/KEY`, `arn:aws:s3::ACCOUNT:accesspoint/ACCESS_POINT_ALIAS/object/KEY`, `self` for the caller, or `*` for no resource",
    ),
    (
        &[("resource", "tf:aws_s3_bucket.b")],
        "\
IE0502 resources of a Terraform plan cannot be named yet\n\
at 6:15\n\
help: name the ARN",
    ),
    (
        &[("via", "vpce-2")],
        "\
IE0403 the world knows no endpoint `vpce-2`\n\
at 8:10\n\
help: did you mean `vpce-1`?",
    ),
    (
        &[("context", "offices")],
        "\
IE0402 no context `offices` is defined\n\
at 8:14\n\
help: did you mean `office`?",
    ),
    (
        &[("context", "5")],
        "\
IE0402 a context must be a string, found a number\n\
at 8:14",
    ),
    (
        &[("context", "{aws:SourceIp: }")],
        "\
IE0402 a context value must be a text, a number or a boolean, found null\n\
at 8:27\n\
help: a key that is not in the request is `absent`; an empty text is \"\"",
    ),
    (
        &[("context", "{aws:SourceIp: 1.2.3.4, AWS:sourceip: 1.2.3.4}")],
        "\
IE0402 `aws:SourceIp` and `AWS:sourceip` are one key: case does not count\n\
at 8:38",
    ),
    (
        &[("context", "{ mfa: true }")],
        "\
IE0402 `mfa` is no context key\n\
at 8:16\n\
help: `mfa` stands beside `context`, not in it",
    ),
    (
        &[("context", "{ SourceIp: 192.0.2.1 }")],
        "\
IE0402 `SourceIp` is no context key\n\
at 8:16\n\
help: a context key has its service in front, such as `aws:SourceIp`",
    ),
    (
        &[("context", "[office, office]")],
        "\
IE0402 the list of contexts has `office` twice\n\
at 8:14",
    ),
    (
        &[("context", "['office&s3:prefix=a', 's3:prefix=a & office']")],
        "\
IE0402 the list of contexts has `s3:prefix=a & office` twice\n\
at 8:14",
    ),
    (
        &[("context", "[]")],
        "\
IE0402 the list of contexts is empty\n\
at 8:14",
    ),
    (
        &[("mfa", "yes")],
        "\
IE0402 `yes` is no MFA state: expected `true`, `true@SECONDS`, `false` or `absent`\n\
at 8:10\n\
help: `yes` and `on` are texts in YAML 1.2; write `true`",
    ),
    (
        &[("mfa", "off")],
        "\
IE0402 `off` is no MFA state: expected `true`, `true@SECONDS`, `false` or `absent`\n\
at 8:10\n\
help: `no` and `off` are texts in YAML 1.2; write `false`",
    ),
    (
        &[("mfa", "all")],
        "\
IE0402 `all` is no MFA state: expected `true`, `true@SECONDS`, `false` or `absent`\n\
at 8:10\n\
help: write `[true, false, absent]`",
    ),
    (
        &[("mfa", "Absent")],
        "\
IE0402 `Absent` is no MFA state: expected `true`, `true@SECONDS`, `false` or `absent`\n\
at 8:10\n\
help: did you mean `absent`?",
    ),
    (
        &[("mfa", "true@soon")],
        "\
IE0402 `true@soon` is no MFA state: expected `true`, `true@SECONDS`, `false` or `absent`\n\
at 8:10",
    ),
    (
        &[("mfa", "[true, true]")],
        "\
IE0402 the list of states has `mfa=true` twice\n\
at 8:10",
    ),
    (
        &[("mfa", "true"), ("context", "{aws:MultiFactorAuthPresent: true}")],
        "\
IE0402 `context` and `mfa` both say the state of multi-factor authentication\n\
at 8:10\n\
help: leave one of the two out",
    ),
    (
        &[("expect", "[alice]"), ("action", ""), ("resource", ""), ("principal", ""), ("who_can", "s3:GetObject")],
        "\
IE0402 `who_can` cases are not run yet\n\
at 5:14\n\
help: ask `principals: all` with `except`, and `expect` an answer",
    ),
    (
        &[("xfail", "true")],
        "\
IE0402 `xfail` must say why\n\
at 8:12\n\
help: such as `xfail: until the boundary is rolled out`",
    ),
    (
        &[("xfail", "later"), ("skip", "later")],
        "\
IE0402 a case is skipped or must fail, not both\n\
at 9:11",
    ),
    (
        &[("tags", "[1]")],
        "\
IE0402 a tag must be a string, found a number\n\
at 8:12",
    ),
];

const REASONS: &[Wrong] = &[
    (
        &[("because", "read#Raed")],
        "\
IE0403 no statement of the policy `read` has the Sid `Raed`\n\
at 8:14\n\
help: did you mean `Read`?",
    ),
    (
        &[("because", "Write")],
        "\
IE0403 no statement of the world has the Sid `Write`\n\
at 8:14\n\
help: there are Read, NotTheVault",
    ),
    (
        &[("because", "read")],
        "\
IE0403 no statement of the world has the Sid `read`\n\
at 8:14\n\
help: name a statement of it: `read#Sid`, or `read[1]`",
    ),
    (
        &[("because", "reed#Read")],
        "\
IE0403 no policy of the world is called `reed`\n\
at 8:14\n\
help: did you mean `read`?",
    ),
    (
        &[("because", "read[3]")],
        "\
IE0403 `read` has no statement 3\n\
at 8:14\n\
help: it has 2, counted from 1",
    ),
    (
        &[("because", "read[0]")],
        "\
IE0403 `read` has no statement 0\n\
at 8:14\n\
help: it has 2, counted from 1",
    ),
    (
        &[("because", "{layer: identty}")],
        "\
IE0402 `identty` is no layer\n\
at 8:22\n\
help: did you mean `identity`?",
    ),
    (
        &[("because", "{sids: Read}")],
        "\
IE0402 `sids` is not a field of `because`\n\
at 8:15\n\
help: did you mean `sid`?",
    ),
    (
        &[("because", "{}")],
        "\
IE0402 `because` says nothing\n\
at 8:14",
    ),
    (
        &[("because", "{missing: deny}")],
        "\
IE0402 `missing` says that no statement allows: it is always `allow`\n\
at 8:24\n\
help: write `missing: allow`",
    ),
    (
        &[("because", "{missing: allow, sid: Read}")],
        "\
IE0402 where no statement allows, no statement decided\n\
at 8:14\n\
help: leave out `policy` and `sid`, or `missing`",
    ),
    (
        &[("because", "[Read]")],
        "\
IE0402 `because` must be a string, found a list\n\
at 8:14",
    ),
    (
        &[("because", "{allow: Read}")],
        "\
IE0402 a map from answers to statements belongs to a table or a snapshot\n\
at 8:14\n\
help: write the statement itself: `because: policy#Sid`",
    ),
];
