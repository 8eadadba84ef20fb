//! Test files that are no YAML, or no test files.

use super::{Wrong, but, refuses, refuses_all};

#[test]
fn text_that_is_no_yaml() {
    refuses_all(&[
        (
            "use: world.yaml\ntests:\n  - name: s3: reading\n    action: s3:GetObject\n",
            "\
IE0401 mapping values are not allowed in this context\n\
at 3:13\n\
help: a text that holds `: ` must be in quotes",
        ),
        (
            "account: 012345678901\n$case",
            "\
IE0402 `account` must be a string, found the number 012345678901\n\
at 1:10\n\
help: put it in quotes, so that no digit is lost: \"012345678901\"",
        ),
        (
            "version: \"1\"\n$case",
            "\
IE0402 `version` must be a number, found a string\n\
at 1:10\n\
help: write `version: 1`, without quotes",
        ),
        (
            "version: 2\n$case",
            "\
IE0402 version 2 of world files is not known; this is 1\n\
at 1:10\n\
help: write `version: 1`; a newer version needs a newer iameval",
        ),
        (
            "use: world.yaml\ntests:\n	- name: x\n",
            "\
IE0401 tabs disallowed within this context (block indentation)\n\
at 3:2\n\
help: YAML takes no tabs for indentation; use spaces",
        ),
        (
            "$case    tags: *nothing\n",
            "\
IE0401 while parsing node, found unknown anchor\n\
at 8:11\n\
help: `*` begins an alias in YAML; quote it: \"*\"",
        ),
        (
            "use: world.yaml\ntests:\n  - &a {name: x, principal: alice, action: \"s3:GetObject\", resource: \"*\", expect: allow}\n  - {<<: *a, name: y}\n",
            "\
IE0401 `<<` merges maps in YAML 1.1 only\n\
at 4:6\n\
help: write the fields out",
        ),
        (
            "$case---\n$case",
            "\
IE0401 the file holds more than one YAML document\n\
at 8:1\n\
help: make a file of each",
        ),
        (
            "",
            "\
IE0004 there is nothing in `x.iamtest.yaml`\n\
at x.iamtest.yaml\n\
help: a policy is a JSON object; a world or a request may be YAML",
        ),
        (
            " \n\n",
            "\
IE0004 there is nothing in `x.iamtest.yaml`\n\
at x.iamtest.yaml\n\
help: a policy is a JSON object; a world or a request may be YAML",
        ),
        (
            "hello\n",
            "\
IE0402 a world must be an object, found a string\n\
at 1:1",
        ),
        (
            "{\"use\": \"world.yaml\", \"tests\": [\n",
            "\
IE0401 while parsing a node, did not find expected node content\n\
at 2:1\n\
help: the text ends too early; is something cut off?",
        ),
    ]);
}

#[test]
fn values_that_yaml_takes_for_something_else() {
    for (fields, told) in VALUES {
        refuses(but(fields), told);
    }
}

#[test]
fn texts_that_explode() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let previous = format!("*a{}, ", level - 1).repeat(10);
        bomb.extend([&*format!("a{level}: &a{level} "), "[", previous.trim_end_matches(", "), "]\n"]);
    }
    let told = "\
        IE0401 the aliases of this file multiply to too many values\n\
        at 6:5\n\
        help: write the values out";
    refuses(bomb, told);
    let told = "\
        IE0401 the text nests deeper than 128 levels\n\
        at 1:135\n\
        help: write it flatter";
    refuses(format!("tests: {}", "[".repeat(200)), told);
}

#[test]
fn bytes_that_are_no_text() {
    let told = "\
        IE0003 `x.iamtest.yaml` is not UTF-8: byte 0xE9 at offset 20\n\
        at 2:14\n\
        help: save the file as UTF-8";
    refuses(b"tests:\n  - name: caf\xe9\n", told);
    let told = "\
        IE0003 `x.iamtest.yaml` is not UTF-8: byte 0xFF at offset 0\n\
        at 1:1\n\
        help: the file is UTF-16; save it as UTF-8";
    refuses(b"\xff\xfet\0", told);
}

#[test]
fn files_that_are_no_test_files() {
    refuses_all(&[
        (
            "use: world.yaml\ntest:\n  - name: x\n",
            "\
IE0402 `test` is not a field of a world\n\
at 2:1\n\
help: did you mean `tests`?",
        ),
        (
            "$casetests: []\n",
            "\
IE0402 `tests` is given twice\n\
at 8:1\n\
help: remove one of the two",
        ),
        (
            "$case    expect: deny\n",
            "\
IE0402 `expect` is given twice\n\
at 8:5\n\
help: remove one of the two",
        ),
        (
            "use: world.yaml\n",
            "\
IE0402 the file has no `tests`\n\
at 1:1\n\
help: a test file is a world file with `tests:`, a list of cases",
        ),
        (
            "use: world.yaml\ntests: []\n",
            "\
IE0705 there are no cases\n\
at 2:8\n\
help: each case has a `name`, an `action` and what to `expect`, or a `table`",
        ),
        (
            "use: world.yaml\ntests:\n",
            "\
IE0705 there are no cases\n\
at 2:6\n\
help: each case has a `name`, an `action` and what to `expect`, or a `table`",
        ),
        (
            "use: world.yaml\ntests:\n  x: {action: \"s3:GetObject\"}\n",
            "\
IE0402 `tests` must be a list of cases, found an object\n\
at 3:3",
        ),
        (
            "use: world.yaml\ntests:\n  - s3:GetObject is allowed\n",
            "\
IE0402 a case must be an object, found a string\n\
at 3:5",
        ),
        (
            r#"{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}"#,
            "\
IE0402 a test file must be YAML or JSON with `tests`, and this is an account dump\n\
at x.iamtest.yaml",
        ),
        (
            "use: wrld.yaml\ntests:\n  - name: x\n    principal: alice\n    action: s3:GetObject\n    resource: \"*\"\n    expect: allow\n",
            "\
IE0001 cannot read `wrld.yaml`: no such file\n\
at 1:6\n\
help: did you mean `world.yaml`?",
        ),
        (
            r#"{"Version": "2012-10-17", "Statement": []}"#,
            "\
IE0402 `Version` is not a field of a world\n\
at 1:2\n\
help: did you mean `version`?",
        ),
    ]);
}

const VALUES: &[Wrong] = &[
    (
        &[("resource", "*")],
        "\
IE0401 while scanning an anchor or alias, did not find expected alphabetic or numeric character\n\
at 6:15\n\
help: `*` begins an alias in YAML; quote it: \"*\"",
    ),
    (
        &[("resource", ""), ("resources", "[bucket, *]")],
        "\
IE0401 while scanning an anchor or alias, did not find expected alphabetic or numeric character\n\
at 7:25\n\
help: `*` begins an alias in YAML; quote it: \"*\"",
    ),
    (
        &[("resource", ""), ("resources", "[arn:aws:s3:::b/${aws:username}/k]")],
        "\
IE0401 while parsing a flow sequence, expected ',' or ']'\n\
at 7:33\n\
help: `{` and `}` are syntax inside `[…]` and `{…}`; quote the text with the variable",
    ),
    (
        &[("context", "{aws:PrincipalTag/a: ${aws:username}}")],
        "\
IE0401 while parsing a flow mapping, did not find expected ',' or '}'\n\
at 8:36\n\
help: `{` and `}` are syntax inside `[…]` and `{…}`; quote the text with the variable",
    ),
    (
        &[("resource", "@bucket")],
        "\
IE0401 unexpected character: `@'\n\
at 6:15\n\
help: a text that begins with `@`, `%` or a backtick must be in quotes",
    ),
];
