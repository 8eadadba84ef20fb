//! How much memory and time does an account dump of a given size take to load?
//!
//! `account write FILE MEGABYTES [indented|compact|encoded] [SEED]` writes a synthetic dump: users, groups, roles, and
//! managed policies with up to five versions each, in the proportions of a large account. `account load FILE` loads one
//! and prints what it keeps, how long it took and the most memory that it had; `/usr/bin/time -v` measures the same
//! from outside.

use iameval::json::{Node, Value};
use iameval_world::{Account, LoadedPolicy};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::time::Instant;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", file, megabytes, rest @ ..] => {
            let size: usize = megabytes.parse().map_err(io::Error::other)?;
            let form = match rest.first() {
                None | Some(&"indented") => Form::Indented,
                Some(&"compact") => Form::Compact,
                Some(&"encoded") => Form::Encoded,
                Some(other) => return Err(io::Error::other(format!("`{other}` is no form"))),
            };
            let seed = rest.get(1).map_or(Ok(1), |seed| seed.parse()).map_err(io::Error::other)?;
            let out = BufWriter::new(File::create(file)?);
            Dump { out, form, random: Random(seed), written: 0 }.write(size * 1_000_000)
        }
        ["load", file] => load(file),
        _ => Err(io::Error::other("expected `write FILE MEGABYTES [indented|compact|encoded] [SEED]` or `load FILE`")),
    }
}

fn load(file: &str) -> io::Result<()> {
    let began = Instant::now();
    let account = Account::load(File::open(file)?, file, &mut |_| {});
    let took = began.elapsed();
    let account = account.map_err(|findings| {
        let first = findings.first().map(ToString::to_string).unwrap_or_default();
        io::Error::other(format!("{} findings, the first: {first}", findings.len()))
    })?;
    let size = |policy: &Arc<LoadedPolicy>| if policy.is_managed() { 0 } else { policy.source.text.len() };
    // Managed policies are shared, so only what is inside somebody counts besides.
    let own = |policies: &[Arc<LoadedPolicy>]| -> usize {
        policies.iter().filter(|policy| policy.name.contains(':')).map(size).sum()
    };
    let kept = account.policies().iter().map(|known| size(&known.policy)).sum::<usize>()
        + account.users().iter().map(|user| own(&user.policies)).sum::<usize>()
        + account.groups().iter().map(|group| own(&group.policies)).sum::<usize>()
        + account.roles().iter().map(|role| own(&role.policies) + size(&role.trust)).sum::<usize>();
    let megabytes = |bytes: usize| format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10);
    let peak = peak().map_or_else(|| "unknown".to_owned(), megabytes);
    writeln!(
        io::stdout(),
        "{} users, {} groups, {} roles, {} policies; kept {} of {}; {took:.2?}; peak {peak}, at most {} allowed",
        account.users().len(),
        account.groups().len(),
        account.roles().len(),
        account.policies().len(),
        megabytes(kept),
        megabytes(usize::try_from(std::fs::metadata(file)?.len()).unwrap_or(usize::MAX)),
        megabytes(2 * kept + 50_000_000),
    )
}

/// The most memory that this process had, where the system tells.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<usize>().ok().map(|kilobytes| kilobytes * 1024)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As the AWS CLI writes it.
    Indented,
    /// On one line.
    Compact,
    /// On one line, the documents as IAM's API gives them.
    Encoded,
}

struct Dump<W> {
    out: W,
    form: Form,
    random: Random,
    written: usize,
}

/// How many hundredths of the size the lists take; policies take the rest.
const USERS: usize = 8;
const ROLES: usize = 30;
const GROUPS: usize = 2;

impl<W: Write> Dump<W> {
    fn write(mut self, size: usize) -> io::Result<()> {
        self.text("{\n    \"UserDetailList\": [")?;
        self.list(size / 100 * USERS, Self::user)?;
        self.text("\n    ],\n    \"GroupDetailList\": [")?;
        self.list(size / 100 * GROUPS, Self::group)?;
        self.text("\n    ],\n    \"RoleDetailList\": [")?;
        self.list(size / 100 * ROLES, Self::role)?;
        self.text("\n    ],\n    \"Policies\": [")?;
        let rest = size.saturating_sub(self.written);
        self.list(rest, Self::policy)?;
        self.text("\n    ]\n}\n")?;
        self.out.flush()
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.written += text.len();
        self.out.write_all(text.as_bytes())
    }

    /// Items until they come to that size, and so many at least that what others name is there.
    fn list(&mut self, size: usize, item: fn(&mut Self, usize) -> Node<'static>) -> io::Result<()> {
        let end = self.written + size;
        for index in 0.. {
            if self.written >= end && index >= NAMED {
                break;
            }
            let node = item(self, index);
            let text = match self.form {
                Form::Compact | Form::Encoded => node.to_string(),
                // Four blanks a level, below the list.
                Form::Indented => {
                    let two = format!("{node:#}");
                    let lines = two.lines().map(|line| {
                        let blanks = line.len() - line.trim_start().len();
                        format!("\n{:width$}{}", "", line.trim_start(), width = 8 + 2 * blanks)
                    });
                    lines.collect()
                }
            };
            self.text(if index > 0 { "," } else { "" })?;
            self.text(&text)?;
        }
        Ok(())
    }

    fn user(&mut self, index: usize) -> Node<'static> {
        let name = format!("user-{index:05}");
        object([
            ("Path", text("/")),
            ("UserName", text(&name)),
            ("UserId", text(format!("AIDA{index:017}"))),
            ("Arn", text(arn(&format!("user/{name}")))),
            ("CreateDate", text("2024-01-08T09:00:00+00:00")),
            ("UserPolicyList", self.inline("UserPolicyList", 3)),
            ("GroupList", Node::array((0..self.random.below(4)).map(|group| text(format!("group-{group:05}"))))),
            ("AttachedManagedPolicies", self.attached()),
            ("Tags", self.tags()),
        ])
    }

    fn group(&mut self, index: usize) -> Node<'static> {
        let name = format!("group-{index:05}");
        object([
            ("Path", text("/")),
            ("GroupName", text(&name)),
            ("GroupId", text(format!("AGPA{index:017}"))),
            ("Arn", text(arn(&format!("group/{name}")))),
            ("CreateDate", text("2024-01-08T09:00:00+00:00")),
            ("GroupPolicyList", self.inline("GroupPolicyList", 3)),
            ("AttachedManagedPolicies", self.attached()),
        ])
    }

    fn role(&mut self, index: usize) -> Node<'static> {
        let name = format!("role-{index:05}");
        let service = self.random.pick(&SERVICES);
        let trust = object([
            ("Version", text("2012-10-17")),
            (
                "Statement",
                Node::array([object([
                    ("Effect", text("Allow")),
                    ("Principal", object([("Service", text(format!("{service}.amazonaws.com")))])),
                    ("Action", text("sts:AssumeRole")),
                ])]),
            ),
        ]);
        object([
            ("Path", text("/")),
            ("RoleName", text(&name)),
            ("RoleId", text(format!("AROA{index:017}"))),
            ("Arn", text(arn(&format!("role/{name}")))),
            ("CreateDate", text("2024-01-08T09:00:00+00:00")),
            ("AssumeRolePolicyDocument", self.document(trust)),
            ("InstanceProfileList", Node::array([])),
            ("RolePolicyList", self.inline("RolePolicyList", 4)),
            ("AttachedManagedPolicies", self.attached()),
            (
                "PermissionsBoundary",
                object([
                    ("PermissionsBoundaryType", text("Policy")),
                    ("PermissionsBoundaryArn", text(arn("policy/policy-00000"))),
                ]),
            ),
            ("Tags", self.tags()),
            ("RoleLastUsed", object([("LastUsedDate", text("2025-10-01T08:15:00+00:00"))])),
        ])
    }

    fn policy(&mut self, index: usize) -> Node<'static> {
        let name = format!("policy-{index:05}");
        let versions = 1 + self.random.below(5);
        let list = (1..=versions).rev().map(|version| {
            let statements = 2 + self.random.below(10);
            let document = self.statements(statements);
            object([
                ("Document", self.document(document)),
                ("VersionId", text(format!("v{version}"))),
                ("IsDefaultVersion", Node::new(Value::Bool(version == versions))),
                ("CreateDate", text("2024-01-08T09:00:00+00:00")),
            ])
        });
        let list: Vec<Node<'static>> = list.collect();
        object([
            ("PolicyName", text(&name)),
            ("PolicyId", text(format!("ANPA{index:017}"))),
            ("Arn", text(arn(&format!("policy/{name}")))),
            ("Path", text("/")),
            ("DefaultVersionId", text(format!("v{versions}"))),
            ("IsAttachable", Node::new(Value::Bool(true))),
            ("PolicyVersionList", Node::array(list)),
        ])
    }

    fn inline(&mut self, list: &str, below: usize) -> Node<'static> {
        let count = self.random.below(below);
        let policies = (0..count).map(|index| {
            let statements = 1 + self.random.below(4);
            let document = self.statements(statements);
            object([
                ("PolicyName", text(format!("{}-{index}", list.to_lowercase()))),
                ("PolicyDocument", self.document(document)),
            ])
        });
        Node::array(policies.collect::<Vec<_>>())
    }

    fn attached(&mut self) -> Node<'static> {
        let count = self.random.below(4);
        let own = (0..count).map(|_| arn(&format!("policy/policy-{:05}", self.random.below(NAMED))));
        let arns: Vec<String> = own.chain(["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()]).collect();
        let attached = arns.iter().map(|arn| {
            let name = arn.rsplit('/').next().unwrap_or_default();
            object([("PolicyName", text(name)), ("PolicyArn", text(arn))])
        });
        Node::array(attached.collect::<Vec<_>>())
    }

    fn tags(&mut self) -> Node<'static> {
        let team = self.random.below(40);
        Node::array([object([("Key", text("team")), ("Value", text(format!("team-{team}")))])])
    }

    fn statements(&mut self, count: usize) -> Node<'static> {
        let statements = (0..count).map(|number| {
            let service = self.random.pick(&SERVICES);
            let verbs = ["Get", "List", "Describe", "Put", "Create", "Delete"];
            let nouns = ["Object", "Item", "Function", "Alias", "Version", "Configuration", "Policy*", "Tag*"];
            let actions = 1 + self.random.below(8);
            let actions = (0..actions).map(|_| {
                let (verb, noun) = (self.random.pick(&verbs), self.random.pick(&nouns));
                text(format!("{service}:{verb}{noun}"))
            });
            let actions: Vec<Node<'static>> = actions.collect();
            let resources = 1 + self.random.below(3);
            let resources = (0..resources).map(|_| {
                let number = self.random.below(1_000);
                text(format!("arn:aws:{service}:eu-central-1:123456789012:resource/team-{number}/*"))
            });
            let resources: Vec<Node<'static>> = resources.collect();
            let mut members = vec![
                ("Sid", text(format!("Statement{number}"))),
                ("Effect", text(if self.random.below(8) == 0 { "Deny" } else { "Allow" })),
                ("Action", Node::array(actions)),
                ("Resource", Node::array(resources)),
            ];
            if self.random.below(3) == 0 {
                let region = object([("aws:RequestedRegion", text("eu-central-1"))]);
                members.push(("Condition", object([("StringEquals", region)])));
            }
            Node::object(members)
        });
        let statements: Vec<Node<'static>> = statements.collect();
        object([("Version", text("2012-10-17")), ("Statement", Node::array(statements))])
    }

    /// The document in the form that is wanted.
    fn document(&self, document: Node<'static>) -> Node<'static> {
        if self.form != Form::Encoded {
            return document;
        }
        let mut encoded = String::new();
        for byte in document.to_string().bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
                _ => drop(write!(encoded, "%{byte:02X}")),
            }
        }
        text(encoded)
    }
}

/// How many policies and groups others name.
const NAMED: usize = 20;

const SERVICES: [&str; 6] = ["s3", "lambda", "dynamodb", "sqs", "ecs", "states"];

fn object<const N: usize>(members: [(&'static str, Node<'static>); N]) -> Node<'static> {
    Node::object(members)
}

fn text(text: impl Into<String>) -> Node<'static> {
    Node::string(text.into())
}

fn arn(resource: &str) -> String {
    format!("arn:aws:iam::123456789012:{resource}")
}

/// Splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % limit.max(1) as u64).unwrap_or_default()
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }
}
