//! Tables that cannot be read.

use super::{refuses, refuses_all, table};

#[test]
fn tables_that_are_none() {
    refuses_all(&[
        (
            "use: world.yaml\ntests:\n  - name: x\n    principal: alice\n    table: \"\"\n",
            "\
IE0402 `table` is empty\n\
at 5:12",
        ),
        (
            "use: world.yaml\ntests:\n  - name: x\n    principal: alice\n    table: >\n      action decision\n      s3:GetObject allow\n",
            "\
IE0402 the table has a header and no row\n\
at 6:7\n\
help: each row is a line; in YAML a table begins with `|`, since `>` folds its lines into one",
        ),
        (
            "use: world.yaml\ntests:\n  - name: x\n    principal: alice\n    table: [allow]\n",
            "\
IE0402 `table` must be a string, found a list\n\
at 5:12",
        ),
        (
            "use: world.yaml\ntests:\n  - name: x\n    table: |\n      principal action resource decision\n      alise s3:GetObject * allow\n",
            "\
IE0403 the world knows no principal `alise`\n\
at 6:7\n\
help: did you mean `alice`?",
        ),
    ]);
}

#[test]
fn rows_and_columns() {
    for (fields, text, told) in TABLES {
        refuses(table(fields, text), told);
    }
}

/// Other fields of the case, its table, and what is told about them.
const TABLES: &[(&str, &str, &str)] = &[
    (
        "because: Read",
        "action decision\ns3:GetObject allow",
        "\
IE0402 beside a table or a snapshot `because` has a statement for each answer\n\
at 5:14\n\
help: such as `because: { explicit: policy#Sid }`",
    ),
    (
        "because: {explicit: NotTheVault}",
        "action resource decision\ns3:GetObject * allow",
        "\
IE0402 no cell says `explicit`, so `because` has nothing to say of it\n\
at 5:15",
    ),
    (
        "because: {allowed: Read}",
        "action resource decision\ns3:GetObject * allow",
        "\
IE0402 beside a table or a snapshot `because` has a statement for each answer\n\
at 5:14\n\
help: such as `because: { explicit: policy#Sid }`",
    ),
    (
        "",
        "# action decision",
        "\
IE0402 the table is empty\n\
at 6:7\n\
help: its first line is the header, such as `action  mfa=true  mfa=false`",
    ),
    (
        "",
        "action decision",
        "\
IE0402 the table has a header and no row\n\
at 6:7\n\
help: each row is a line; in YAML a table begins with `|`, since `>` folds its lines into one",
    ),
    (
        "",
        "action resource decision\ns3:GetObject allow",
        "\
IE0402 the row has 2 cells and the header has 3\n\
at 7:7\n\
help: `.` is a cell that asserts nothing; a cell holds no white space unless `|` separates cells",
    ),
    (
        "",
        "action decision\ns3:GetObject * allow",
        "\
IE0402 the row has 3 cells and the header has 2\n\
at 7:7\n\
help: `.` is a cell that asserts nothing; a cell holds no white space unless `|` separates cells",
    ),
    (
        "",
        "action resource decision\ns3:GetObject * alow",
        "\
IE0402 `alow` is no answer\n\
at 7:22\n\
help: did you mean `allow`?",
    ),
    (
        "",
        "action resource decision\ns3:GetObject * ALLOW",
        "\
IE0402 `ALLOW` is no answer\n\
at 7:22\n\
help: did you mean `allow`?",
    ),
    (
        "",
        "action resource decision\ns3:GetObject * allow/yes",
        "\
IE0402 `allow/yes` is no answer\n\
at 7:22\n\
help: it is `allow`, `deny` (either kind), `implicit` or `explicit`",
    ),
    (
        "",
        "| action | resource | decision |\n| s3:GetObject | * | |",
        "\
IE0402 `` is no answer\n\
at 7:27\n\
help: a cell that asserts nothing is `.`",
    ),
    (
        "",
        "action resource\ns3:GetObject *",
        "\
IE0402 the table has no column with answers\n\
at 6:14\n\
help: such as `mfa=true`, `key=value`, the name of a context, or `decision`",
    ),
    (
        "",
        "acton resource decision\ns3:GetObject * allow",
        "\
IE0402 the column `resource` stands after one with answers\n\
at 6:13\n\
help: `principal`, `action` and `resource` come first, each once; did you mean `action`?",
    ),
    (
        "",
        "action resource mfa=true mfa=true\ns3:GetObject * allow allow",
        "\
IE0402 the column `mfa=true` is there twice\n\
at 6:32",
    ),
    (
        "",
        "action action decision\ns3:GetObject s3:GetObject allow",
        "\
IE0402 the column `action` is there twice\n\
at 6:14\n\
help: `principal`, `action` and `resource` come first, each once",
    ),
    (
        "",
        "action decision resource\ns3:GetObject allow *",
        "\
IE0402 the column `resource` stands after one with answers\n\
at 6:23\n\
help: `principal`, `action` and `resource` come first, each once; did you mean `action`?",
    ),
    (
        "",
        "action resource offce\ns3:GetObject * allow",
        "\
IE0402 no context `offce` is defined\n\
at 6:23\n\
help: did you mean `office`?",
    ),
    (
        "",
        "action resource ip=1.2.3.4\ns3:GetObject * allow",
        "\
IE0402 `ip` is no context key\n\
at 6:23\n\
help: a context key has its service in front, such as `aws:SourceIp=203.0.113.7`",
    ),
    (
        "",
        "action resource MFA=true\ns3:GetObject * allow",
        "\
IE0402 `MFA` is no context key\n\
at 6:23\n\
help: write `mfa=true`, `mfa=false` or `mfa=absent`",
    ),
    (
        "",
        "action resource mfa=yes\ns3:GetObject * allow",
        "\
IE0402 `yes` is no MFA state: expected `true`, `true@SECONDS`, `false` or `absent`\n\
at 6:23\n\
help: `yes` and `on` are texts in YAML 1.2; write `true`",
    ),
    (
        "",
        "action resource office&aws:SourceIp=1.2.3.4\ns3:GetObject * allow",
        "\
IE0402 `office&aws:SourceIp=1.2.3.4` says `aws:SourceIp` twice\n\
at 6:23\n\
help: leave one of the two out",
    ),
    (
        "context: {aws:SourceIp: 1.2.3.4}",
        "action resource office\ns3:GetObject * allow",
        "\
IE0402 the column and the case both say `aws:SourceIp`\n\
at 7:23",
    ),
    (
        "action: s3:GetObject",
        "action resource decision\ns3:GetObject * allow",
        "\
IE0402 the case says the action, and so does a column of its table\n\
at 5:13\n\
help: leave one of the two out",
    ),
    (
        "",
        "principal action resource decision\nalice s3:GetObject * allow",
        "\
IE0402 the case says the principal, and so does a column of its table\n\
at 4:16\n\
help: leave one of the two out",
    ),
    (
        "",
        "action resource decision\ns3:GetObject * allow\ns3:GetObject * allow",
        "\
IE0402 the table has this row twice\n\
at 8:7",
    ),
    (
        "",
        "action resource decision\ns3:GetObject * .",
        "\
IE0705 the case `x` comes to no check\n\
at 3:11\n\
help: every cell says `.`, which asserts nothing",
    ),
    (
        "",
        "action resource decision\ns3:Gte* * allow",
        "\
IE0602 `s3:Gte*` covers no action of `s3`\n\
at 7:7\n\
help: did you mean `s3:Get*`?",
    ),
    (
        "",
        "action decision\ns3:GetObject allow",
        "\
IE0506 the answer for s3:GetObject depends on the resource: these statements tell resources apart: read#NotTheVault\n\
at 7:7\n\
help: say `resource`: an ARN such as `arn:aws:s3:::BUCKET/KEY`, `arn:aws:s3:REGION:ACCOUNT:accesspoint/ACCESS_POINT/object/KEY`, `arn:aws:s3::ACCOUNT:accesspoint/ACCESS_POINT_ALIAS/object/KEY`, `self` for the caller, or `*` for no resource",
    ),
    (
        "",
        "action resource decision\ns3:GetObject bukcet allow",
        "\
IE0403 the world knows no resource `bukcet`\n\
at 7:20\n\
help: did you mean `bucket`?",
    ),
];
