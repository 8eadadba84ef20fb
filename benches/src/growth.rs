//! Input made to be slow, in any size, and the command that reads it.

use std::fmt::Write as _;

/// Input that grows, and what reads it.
pub struct Growth {
    /// What it is.
    pub name: &'static str,
    /// The command before the name of the file.
    pub command: &'static [&'static str],
    /// How the name of the file ends.
    pub ending: &'static str,
    /// The smallest of its three sizes.
    pub size: usize,
    /// The input of a size; form feeds part the files of a folder.
    pub input: fn(usize) -> String,
}

/// Without excerpts, which would cost far more than the rest.
const CHECK: &[&str] = &["check", "--type", "identity", "--format", "json"];
const CHECK_WITH_EXCERPTS: &[&str] = &["check", "--type", "identity"];
const BATCH: &[&str] = &["batch", "--jobs", "1"];

const PROVE: &[&str] = &["prove", "--request"];

const fn check(name: &'static str, size: usize, input: fn(usize) -> String) -> Growth {
    Growth { name, command: CHECK, ending: "json", size, input }
}

const fn batch(name: &'static str, size: usize, input: fn(usize) -> String) -> Growth {
    Growth { name, command: BATCH, ending: "jsonl", size, input }
}

/// What a stranger may hand in first.
pub const GROWTH: [Growth; 32] = [
    check("check: unknown actions", 60, |size| {
        statement(r#""Resource":"*""#, "Action", &list(size, |number| format!(r#""ec2:DescribeInstanc{number}""#)))
    }),
    check("check: unknown condition keys", 60, |size| {
        let keys = list(size, |number| format!(r#""aws:Sourc{number}":"x""#));
        let rest = format!(r#""Resource":"*","Condition":{{"StringEquals":{{{keys}}}}}"#);
        statement(&rest, "Action", r#""s3:GetObject""#)
    }),
    check("check: tags that many actions do not have", 100, |size| {
        let actions = list(size, |_| r#""s3:GetObject""#.to_owned());
        let tags = list(size, |number| format!(r#""ec2:ResourceTag/k{number}":"x""#));
        statement(
            &format!(r#""Resource":"*","Condition":{{"StringEquals":{{{tags}}}}}"#),
            "Action",
            &format!("[{actions}]"),
        )
    }),
    check("check: many actions on many resources", 200, |size| {
        let actions = list(size, |_| r#""s3:GetObject""#.to_owned());
        let resources = list(size, |number| format!(r#""arn:aws:s3:::bucket{number}""#));
        statement(&format!(r#""Action":[{actions}]"#), "Resource", &resources)
    }),
    check("check: unknown policy variables", 60, |size| {
        let values = list(size, |number| format!(r#""${{aws:usernam{number}}}""#));
        let rest = format!(r#""Resource":"*","Condition":{{"StringEquals":{{"aws:username":[{values}]}}}}"#);
        statement(&rest, "Action", r#""s3:GetObject""#)
    }),
    Growth {
        name: "check: excerpts of findings in one line",
        command: CHECK_WITH_EXCERPTS,
        ending: "json",
        size: 100,
        input: |size| statement(r#""Resource":"*""#, "Action", &list(size, |_| r#""s3:GetObject""#.to_owned())),
    },
    check("check: resources", 200, |size| {
        let resources = list(size, |number| format!(r#""arn:aws:s3:::bucket{number}/*""#));
        statement(r#""Action":"s3:GetObject""#, "Resource", &resources)
    }),
    check("check: a resource with many variables", 60, |size| {
        let resource = format!(r#""arn:aws:s3:::b/{}""#, "${aws:username}${".repeat(size));
        statement(r#""Action":"s3:GetObject""#, "Resource", &resource)
    }),
    check("check: statements with one Sid", 200, |size| {
        document(&list(size, |_| r#"{"Sid":"A","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#.to_owned()))
    }),
    check("check: statements with a condition each", 100, |size| {
        document(&list(size, |number| {
            format!(
                r#"{{"Effect":"Deny","NotAction":"iam:A{number}","Resource":"*","Condition":{{"BoolIfExists":{{"aws:MultiFactorAuthPresent":"false"}}}}}}"#
            )
        }))
    }),
    Growth {
        name: "check: excerpts of findings",
        command: CHECK_WITH_EXCERPTS,
        ending: "json",
        size: 400,
        input: |size| {
            let sid = |_| {
                "{\n\"Sid\":\"A\",\n\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}".to_owned()
            };
            document(&list(size, sid))
        },
    },
    check("check: patterns for all services", 100, |size| {
        statement(r#""Resource":"*""#, "Action", &list(size, |number| format!(r#""*:a{number}*""#)))
    }),
    check("check: patterns for one service", 200, |size| {
        statement(r#""Resource":"*""#, "Action", &list(size, |number| format!(r#""s3:*{number}*""#)))
    }),
    Growth {
        name: "matrix: principals as columns",
        command: &[
            "matrix",
            "s3:GetObject",
            "s3:PutObject",
            "-r",
            "*",
            "--columns",
            "principals=all",
            "--format",
            "table",
            "-w",
        ],
        ending: "yaml",
        size: 100,
        input: principals,
    },
    Growth {
        name: "matrix: principals as rows of a page",
        command: &["matrix", "s3:GetObject", "--rows", "principals", "--format", "html", "-w"],
        ending: "yaml",
        size: 50,
        input: principals,
    },
    batch("batch: definitions and requests by turns", 300, |size| {
        lines(size, |number| format!("{}\n{}", definition(number), asking(&format!("set-{number:06}"))))
    }),
    batch("batch: unknown sets", 1_100, |size| {
        lines(size, definition) + &lines(size / 20, |number| asking(&format!("sett-{number:06}")))
    }),
    batch("batch: a context of many keys", 500, |size| {
        let context = list(size, |number| format!(r#""aws:RequestTag/k{number}":"x""#));
        let request = format!(r#"{{"action":"s3:GetObject","resource":"*","context":{{{context}}}}}"#);
        format!(r#"{{"request":{request}}}"#)
    }),
    batch("batch: a list that is compared with as many values", 1_000, |size| {
        let (wanted, given) =
            (list(size, |number| format!("\"v{number}\"")), list(size, |number| format!("\"w{number}\"")));
        let condition = format!(r#"{{"ForAnyValue:StringEquals":{{"aws:TagKeys":[{wanted}]}}}}"#);
        let policy = statement(&format!(r#""Resource":"*","Condition":{condition}"#), "Action", r#""*""#);
        let request = format!(r#"{{"action":"s3:GetObject","resource":"*","context":{{"aws:TagKeys":[{given}]}}}}"#);
        format!(r#"{{"policies":{{"identity":[{policy}]}},"request":{request}}}"#)
    }),
    batch("batch: ArnLike with many variables and a long value", 300, |size| {
        let value = format!("{}:::::", "${aws:RequestTag/a}".repeat(size));
        let condition = format!(r#""Resource":"*","Condition":{{"ArnLike":{{"aws:SourceArn":"{value}"}}}}"#);
        let policy = statement(&condition, "Action", r#""*""#);
        let context = format!(r#"{{"aws:SourceArn":"arn:aws:s3:::b","aws:RequestTag/a":"{}"}}"#, "x".repeat(size * 10));
        let request = format!(r#"{{"action":"s3:GetObject","resource":"*","context":{context}}}"#);
        format!(r#"{{"policies":{{"identity":[{policy}]}},"request":{request}}}"#)
    }),
    Growth {
        name: "simulate: Deny statements with a key each",
        command: &["simulate", "s3:GetObject", "--resource", "*", "--policy"],
        ending: "json",
        size: 1_000,
        input: |size| {
            document(&list(size, |number| {
                format!(
                    r#"{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"aws:RequestTag/{number}":"x"}}}}}}"#
                )
            }))
        },
    },
    Growth {
        name: "simulate: a world with unknown policies",
        command: &["simulate", "s3:GetObject", "--world"],
        ending: "yaml",
        size: 300,
        input: |size| {
            let policy = "{Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}";
            let policies = lines(size, |number| format!("  p{number}: {policy}"));
            let principals = lines(size, |number| format!("  u{number}: {{user: u{number}, policies: [q{number}]}}"));
            format!("account: '123456789012'\npolicies:\n{policies}principals:\n{principals}")
        },
    },
    Growth {
        name: "prove: claims in a file",
        command: PROVE,
        ending: "jsonl",
        size: 100,
        input: |size| lines(size, |number| claim(&document(&owned(number)))),
    },
    Growth {
        name: "prove: statements of a claim",
        command: PROVE,
        ending: "jsonl",
        size: 60,
        input: |size| claim(&document(&list(size, owned))),
    },
    Growth {
        name: "check: Deny statements of principals",
        command: &["check", "--select", "IE0684"],
        ending: "yaml",
        size: 60,
        input: |size| {
            // Every principal has policies of its own, and so has to be looked at by itself.
            let allow = "{Effect: Allow, Action: 's3:Get*', Resource: '*'}";
            let deny = "{Effect: Deny, Action: ['s3:GetObject', 's3:Put*'], Resource: 'arn:aws:s3:::a/*'}";
            let policies = lines(size, |number| format!("  p{number}: {{Statement: [{allow}, {deny}]}}"));
            let principals = lines(size, |number| format!("  u{number}: {{user: u{number}, policies: [p{number}]}}"));
            format!("account: '123456789012'\npolicies:\n{policies}principals:\n{principals}")
        },
    },
    Growth {
        name: "check: files of a Terraform module",
        command: &["check", "--world"],
        ending: "tf",
        size: 20,
        input: |size| {
            let file = |number| {
                format!(
                    r#"
data "aws_iam_policy_document" "d{number}" {{
  statement {{
    actions   = ["s3:GetObject"]
    resources = ["${{aws_s3_bucket.b{number}.arn}}/*"]
  }}
}}
resource "aws_s3_bucket" "b{number}" {{ bucket = "bucket-{number}" }}
resource "aws_iam_policy" "p{number}" {{ policy = data.aws_iam_policy_document.d{number}.json }}
"#
                )
            };
            (0..size).map(file).collect::<Vec<_>>().join("\u{c}")
        },
    },
    Growth {
        name: "who-can: principals",
        command: &["who-can", "s3:GetObject", "--world"],
        ending: "yaml",
        size: 300,
        input: |size| everybody(50, size),
    },
    Growth {
        name: "who-can: policies",
        command: &["who-can", "s3:GetObject", "--world"],
        ending: "yaml",
        size: 300,
        input: |size| everybody(size, 300),
    },
    Growth {
        name: "world: principals",
        command: &["world", "--world"],
        ending: "yaml",
        size: 300,
        input: |size| everybody(size, size),
    },
    Growth {
        name: "why: messages in a log",
        command: &["why", "--read"],
        ending: "log",
        size: 300,
        input: |size| {
            lines(size, |number| {
                format!(
                    "2026-03-01 12:00:00 ERROR An error occurred (AccessDenied) when calling the GetRole operation: User: \
                     arn:aws:iam::111122223333:user/u{number} is not authorized to perform: iam:GetRole on resource: role r \
                     because no identity-based policy allows the iam:GetRole action"
                )
            })
        },
    },
    Growth {
        name: "test: cases that cannot be used",
        command: &["test"],
        ending: "iamtest.yaml",
        size: 300,
        input: |size| {
            let principals = lines(size, |number| format!("  u{number}: {{user: u{number}}}"));
            let asked = "action: s3:GetObject, resource: '*', expect: allow";
            let cases = lines(size, |number| format!("  - {{name: c{number}, principal: v{number}, {asked}}}"));
            format!("account: '123456789012'\nprincipals:\n{principals}tests:\n{cases}")
        },
    },
    Growth {
        name: "test: cases that fail",
        command: &["test"],
        ending: "iamtest.yaml",
        size: 200,
        input: |size| {
            let asked = "action: s3:GetObject, resource: '*', expect: allow";
            let cases = lines(size, |number| format!("  - {{name: c{number}, {asked}}}"));
            format!("account: '123456789012'\nprincipals: {{u: {{user: u}}}}\ntests:\n{cases}")
        },
    },
];

/// A world of principals with two policies each, of so many.
fn everybody(policies: usize, principals: usize) -> String {
    let condition = "Condition: {IpAddress: {'aws:SourceIp': 203.0.113.0/24}}";
    let policy =
        format!("{{Statement: {{Effect: Allow, Action: 's3:Get*', Resource: 'arn:aws:s3:::b/*', {condition}}}}}");
    let of_policies = lines(policies, |number| format!("  p{number}: {policy}"));
    let of_principals = lines(principals, |number| {
        let (one, other) = (number % policies, (number * 7 + 1) % policies);
        format!("  u{number}: {{user: u{number}, policies: [p{one}, p{other}]}}")
    });
    format!("account: '123456789012'\npolicies:\n{of_policies}principals:\n{of_principals}")
}

fn list(size: usize, item: impl Fn(usize) -> String) -> String {
    (0..size).map(item).collect::<Vec<_>>().join(",")
}

fn lines(size: usize, line: impl Fn(usize) -> String) -> String {
    (0..size).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

fn statement(rest: &str, element: &str, values: &str) -> String {
    document(&format!(r#"{{"Effect":"Allow",{rest},"{element}":[{values}]}}"#))
}

fn definition(number: usize) -> String {
    let policy = statement(r#""Resource":"*""#, "Action", r#""s3:*""#);
    format!(r#"{{"define":"set-{number:06}","policies":{{"identity":[{policy}]}}}}"#)
}

fn asking(set: &str) -> String {
    format!(r#"{{"policy_set":"{set}","request":{{"action":"s3:GetObject","resource":"*"}}}}"#)
}

/// A policy for a bucket of its own, outside of which nothing may be written.
fn owned(number: usize) -> String {
    let allow = format!(r#"{{"Effect":"Allow","Action":["s3:Get*","s3:Put*"],"Resource":"arn:aws:s3:::b{number}/*"}}"#);
    let deny = format!(
        r#"{{"Effect":"Deny","Action":"s3:Put*","Resource":"arn:aws:s3:::b{number}/*","Condition":{{"StringNotEquals":{{"aws:SourceVpce":"vpce-{number}"}}}}}}"#
    );
    format!("{allow},{deny}")
}

/// That nothing is written from outside of a network, with these policies.
fn claim(policies: &str) -> String {
    let scope = r#"{"action":"s3:*","not_action":"s3:Get*","context":{"aws:SourceVpce":{"absent":true}}}"#;
    format!(r#"{{"policies":{{"identity":[{policies}]}},"scope":{scope},"expect":"deny"}}"#)
}

/// A world with so many principals, who cannot be asked without a resource, each for a reason of their own.
fn principals(size: usize) -> String {
    let mut world = "version: 1\naccount: '123456789012'\nprincipals:\n".to_owned();
    for number in 0..size {
        let _ = writeln!(
            world,
            "  p{number}: {{user: p{number}, policies: [{{Version: '2012-10-17', Statement: {{Effect: Allow, Action: 's3:*', \
             Resource: 'arn:aws:s3:::b{number}/*'}}}}]}}"
        );
    }
    world + "  admin: {user: admin, policies: ['aws:AdministratorAccess']}\n"
}
