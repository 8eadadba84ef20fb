//! Questions drawn from bytes: patterns, values and names are put together from small pieces, so that odd ones come up
//! and some of them match.

use super::quoted;
use crate::generate::{Caller, Choices};
use crate::naive::{Facts, Policies, value};
use iameval::{Context, ContextValue, PolicyDocument, PolicyKind, Request};
use std::collections::BTreeMap;

/// Policies and a request.
#[derive(Debug)]
pub(super) struct Question {
    documents: Vec<(PolicyKind, String)>,
    gateway: bool,
    pure: bool,
    action: String,
    resource: String,
    resource_account: Option<&'static str>,
    caller: Option<Caller>,
    /// What the naive evaluator must be told of it.
    pub(super) facts: Facts,
    context: Vec<(String, Option<ContextValue>)>,
    /// How many keys of the context were given at first.
    given: usize,
    derive: bool,
    /// What the keys hold that are given later.
    later: Vec<String>,
}

/// Operators with the keys and the pieces of values that go with them.
#[derive(Debug)]
struct Family {
    operators: &'static [&'static str],
    keys: &'static [&'static str],
    written: &'static [&'static str],
    given: &'static [&'static str],
}

const STRINGS: Family = Family {
    operators: &[
        "StringLike",
        "StringEquals",
        "StringNotLike",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
    ],
    keys: &["aws:username", "aws:PrincipalTag/t", "aws:TagKeys", "n:É", "aws:userid"],
    written: &[
        "a",
        "b",
        "ab",
        "A",
        "*",
        "?",
        "é",
        "É",
        "😀",
        "Σ",
        "ς",
        "ß",
        "İ",
        "",
        ":",
        " ",
        "$",
        "{",
        "}",
        "${",
        "${aws:username}",
        "${AWS:principaltag/T}",
        "${aws:TagKeys, 'a'}",
        "${n:none, 'b*'}",
        "${n:none, ''}",
        "${n:none}",
        "${*}",
        "${?}",
        "${$}",
        "AIDAB",
    ],
    given: &[
        "a",
        "b",
        "ab",
        "A",
        "*",
        "?",
        "é",
        "É",
        "😀",
        "Σ",
        "ς",
        "ß",
        "İ",
        "",
        ":",
        " ",
        "$",
        "{",
        "}",
        "${",
        "b*",
        "AIDAB",
        "\u{10400}",
    ],
};

const NUMBERS: Family = Family {
    operators: &[
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
    ],
    keys: &["n:1", "aws:MultiFactorAuthAge"],
    written: &["0", "1", "9", "10", "00", ".", "-", "+", "e2", "E-3", "e", "a", " ", "99999999999999999999"],
    given: &["0", "1", "9", "10", "00", ".", "-", "+", "e2", "E-3", "e", "a", " ", "99999999999999999999"],
};

const DATES: Family = Family {
    operators: &[
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
    ],
    keys: &["aws:CurrentTime", "aws:TokenIssueTime"],
    written: &[
        "2026-01-01T00:00:00Z",
        "1767225600",
        "2026-02-29",
        "2024-02-29",
        "0000-01-01",
        "9999-12-31",
        "T",
        "00:00",
        "23:59",
        ":59",
        ".9",
        "999",
        "+",
        "-",
        "Z",
        "0",
        "-01",
        "soon",
    ],
    given: &[
        "2026-01-01T00:00:00Z",
        "1767225600",
        "2024-02-29",
        "0000-01-01",
        "9999-12-31",
        "T",
        "23:59",
        ":59",
        ".9",
        "+",
        "-",
        "Z",
        "0",
    ],
};

const ADDRESSES: Family = Family {
    operators: &["IpAddress", "NotIpAddress"],
    keys: &["aws:SourceIp", "aws:VpcSourceIp"],
    written: &[
        "10.0.0.1", "10.", "0.0", "0", "255", "256", "/", "8", "32", "33", "128", "129", "::", ":", "ffff", "2001:db8",
        "1", ".1.2.3", "+", "a",
    ],
    given: &["10.0.0.1", "10.", "0.0", "0", "255", "::", ":", "ffff", "2001:db8", "1", ".1.2.3", "%0", "/8"],
};

const ARNS: Family = Family {
    operators: &["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"],
    keys: &["aws:SourceArn", "aws:PrincipalArn"],
    written: &[
        "arn:aws:iam::111122223333:",
        "arn:aws:",
        "arn",
        ":",
        "::",
        ":*:",
        "*",
        "?",
        "a",
        "user/a",
        "${aws:username}",
        "${aws:SourceArn}",
        "${n:none, 'a'}",
        "${n:none}",
        "😀",
    ],
    given: &["arn:aws:iam::111122223333:", "arn:aws:", "arn", ":", "::", "*", "a", "user/a", "😀", "b:"],
};

const TRUTHS: Family = Family {
    operators: &["Bool", "Null"],
    keys: &["aws:MultiFactorAuthPresent", "aws:SecureTransport", "aws:TagKeys"],
    written: &["true", "false", "TRUE", "", "a", "${aws:SecureTransport}", "${n:none, 'true'}", "${n:none}"],
    given: &["true", "false", "True", "", "a"],
};

const BYTES: Family = Family {
    operators: &["BinaryEquals"],
    keys: &["n:blob"],
    written: &["YQ==", "YWJj", "Y", "W", "=", "+/", "-_", " "],
    given: &["YQ==", "YWJj", "Y", "W", "=", "+/", "-_"],
};

const FAMILIES: [&Family; 9] = [&STRINGS, &STRINGS, &STRINGS, &NUMBERS, &DATES, &ADDRESSES, &ARNS, &TRUTHS, &BYTES];

const ACTIONS: [&str; 11] = [
    "s3:GetObject",
    "s3:a",
    "S3:getobject",
    "sqs:ListQueues",
    "iam:PassRole",
    "iam:GetRole",
    "sts:AssumeRole",
    "sts:GetSessionToken",
    "s3:PutBucketPolicy",
    "kms:Decrypt",
    "sts:GetCallerIdentity",
];
const ACTION_PIECES: [&str; 10] = ["get", "Get", "Object", "a", "b", "😀", "é", "*", "-", ""];
const ACTION_PATTERN_PIECES: [&str; 24] = [
    "*", "s3:", "S3:", "s*:", "*:", "s?:", "s3:*", "get", "Get", "Object", "a", "b", "?", "😀", "é", "iam:", "sts:*",
    "kms:*", "sqs:*", ":", " ", ",", "", "${",
];
const RESOURCE_PIECES: [&str; 18] = [
    "arn:aws:s3:::",
    "arn:aws:iam::111122223333:",
    "arn:aws:kms:",
    "arn:aws:",
    "111122223333:",
    "role/",
    "key/",
    "alias/aws/",
    "user/",
    ":",
    "/",
    "a",
    "ab",
    "b",
    "aaa",
    "😀",
    "*",
    "é",
];
const RESOURCE_PATTERN_PIECES: [&str; 27] = [
    "*",
    "?",
    "arn:aws:s3:::",
    "arn:aws:iam::111122223333:",
    "arn:*:",
    "arn:aws:kms:",
    "arn:aws:",
    "111122223333:",
    "role/",
    "key/",
    ":",
    "::",
    ":*:",
    "*:",
    "/",
    "a",
    "ab",
    "b",
    "aaa",
    "😀",
    "é",
    "${aws:username}",
    "${aws:PrincipalTag/t}",
    "${n:none, ':a'}",
    "${aws:TagKeys, 'a'}",
    "${*}",
    "${",
];

const NOBODY: Caller = Caller {
    id: "",
    class: None,
    role: None,
    user: None,
    provider: None,
    canonical_user_id: None,
    long_term_credentials: None,
    assumed_root: false,
    management_account: false,
};
const CALLERS: [Caller; 13] = [
    Caller { id: "arn:aws:iam::111122223333:user/a", ..NOBODY },
    Caller { id: "arn:aws:iam::111122223333:user/p/ab", long_term_credentials: Some(false), ..NOBODY },
    Caller { id: "arn:aws:sts::111122223333:assumed-role/a/b", ..NOBODY },
    Caller {
        id: "arn:aws:sts::111122223333:assumed-role/a/b",
        role: Some("arn:aws:iam::111122223333:role/p/a"),
        ..NOBODY
    },
    Caller { id: "arn:aws:iam::111122223333:role/p/a", ..NOBODY },
    Caller { id: "arn:aws:sts::111122223333:federated-user/a", ..NOBODY },
    Caller { id: "arn:aws:iam::111122223333:root", ..NOBODY },
    Caller { id: "arn:aws:iam::111122223333:root", assumed_root: true, ..NOBODY },
    Caller { id: "arn:aws:iam::444455556666:user/a", canonical_user_id: Some("c0ffee"), ..NOBODY },
    Caller { id: "ec2.amazonaws.com", ..NOBODY },
    Caller { id: "accounts.example.com", ..NOBODY },
    Caller { id: "arn:aws:iam::111122223333:saml-provider/a", ..NOBODY },
    Caller { id: "anonymous", ..NOBODY },
];
const ENTRIES: [(&str, &str); 20] = [
    ("AWS", "*"),
    ("AWS", "111122223333"),
    ("AWS", "arn:aws:iam::111122223333:root"),
    ("AWS", "arn:aws:iam::111122223333:user/a"),
    ("AWS", "arn:aws:iam::111122223333:user/p/ab"),
    ("AWS", "arn:aws:iam::111122223333:role/p/a"),
    ("AWS", "arn:aws:iam::111122223333:role/a"),
    ("AWS", "arn:aws:iam::111122223333:role/*"),
    ("AWS", "arn:aws:sts::111122223333:assumed-role/a/b"),
    ("AWS", "arn:aws:sts::111122223333:federated-user/a"),
    ("AWS", "444455556666"),
    ("AWS", "AIDAB"),
    ("AWS", "AROAa"),
    ("AWS", "nobody"),
    ("Service", "ec2.amazonaws.com"),
    ("Service", "*"),
    ("Federated", "accounts.example.com"),
    ("Federated", "arn:aws:iam::111122223333:saml-provider/a"),
    ("CanonicalUser", "c0ffee"),
    ("CanonicalUser", "*"),
];

impl Question {
    pub(super) fn draw(bytes: &[u8]) -> Self {
        let choices = &mut Choices::new(bytes);
        let action = choices.pick(&ACTIONS);
        let action =
            if choices.chance(60) { format!("s3:{}", text(choices, &ACTION_PIECES, 4)) } else { action.into() };
        let resource = if choices.chance(70) { text(choices, &RESOURCE_PIECES, 6) } else { String::new() };
        let caller = (!choices.chance(15)).then(|| choices.pick(&CALLERS));
        let resource_account = choices.pick(&[None, None, Some("111122223333"), Some("444455556666")]);
        let context = choices.several(0, 6, given);
        let (derive, gateway, pure) = (choices.chance(40), choices.chance(30), choices.chance(40));
        let later = choices.several(1, 3, |choices| {
            let family = family(choices);
            text(choices, family.given, 3)
        });
        let mut documents = Vec::new();
        for (kind, percent) in [
            (PolicyKind::Identity, 85),
            (PolicyKind::Resource, 45),
            (PolicyKind::Identity, 20),
            (PolicyKind::PermissionsBoundary, 15),
            (PolicyKind::Session, 20),
            (PolicyKind::ServiceControl, 20),
            (PolicyKind::ServiceControl, 10),
            (PolicyKind::ResourceControl, 15),
            (PolicyKind::Endpoint, 15),
        ] {
            // The boundary and the sessions of root would be refused.
            let root = caller.is_some_and(|caller| caller.id.ends_with(":root"));
            let fits = !root || !matches!(kind, PolicyKind::PermissionsBoundary | PolicyKind::Session);
            if choices.chance(percent) && fits {
                documents.push((kind, document(choices, kind)));
            }
        }
        let known = caller.unwrap_or_default();
        let own = |text: Option<&str>| text.map(str::to_owned);
        let facts = Facts {
            user: own(known.user),
            provider: own(known.provider),
            canonical_user_id: own(known.canonical_user_id),
            long_term_credentials: known.long_term_credentials,
            assumed_root: known.assumed_root,
            management_account: known.management_account,
            resource_in_management_account: false,
        };
        let resource = if resource.is_empty() { "*".into() } else { resource };
        let given = context.len();
        Self {
            documents,
            gateway,
            pure,
            action,
            resource,
            resource_account,
            caller,
            facts,
            context,
            given,
            derive,
            later,
        }
    }

    /// Gives more keys a value.
    pub(super) fn give(&mut self, keys: &[String]) {
        let values = self.later.iter().map(|text| ContextValue::single(text)).cycle();
        self.context.extend(keys.iter().cloned().zip(values.map(Some)));
    }

    /// Takes back what was given later.
    pub(super) fn take_back(&mut self) {
        self.context.truncate(self.given);
    }

    pub(super) fn policies(&self) -> Policies {
        let of = |kind| self.documents.iter().filter(move |(own, _)| *own == kind).map(|(_, text)| parse(text));
        Policies {
            identity: of(PolicyKind::Identity).collect(),
            resource: of(PolicyKind::Resource).next(),
            boundary: of(PolicyKind::PermissionsBoundary).next(),
            session: of(PolicyKind::Session).collect(),
            scp: of(PolicyKind::ServiceControl).map(|document| vec![document]).collect(),
            rcp: of(PolicyKind::ResourceControl).map(|document| vec![document]).collect(),
            endpoint: of(PolicyKind::Endpoint).collect(),
            gateway: self.gateway,
            pure: self.pure,
        }
    }

    #[expect(clippy::unwrap_used, reason = "the pieces make well-formed texts")]
    pub(super) fn request(&self) -> Request {
        let mut context = Context::new();
        for (key, value) in &self.context {
            match value {
                Some(value) => context.insert(key, value.clone()),
                None => context.insert_absent(key),
            }
        }
        let mut builder = Request::builder(self.action.parse().unwrap()).resource(&self.resource).context(context);
        if let Some(account) = self.resource_account {
            builder = builder.resource_account(account.parse().unwrap());
        }
        if let Some(caller) = self.caller {
            builder = builder.principal(caller.principal());
        }
        if self.derive { builder.derive_context().build() } else { builder.build() }
    }

    /// Whether all values have a form that the naive evaluator knows.
    pub(super) fn is_plain(policies: &Policies, request: &Request) -> bool {
        let layers = policies.scp.iter().chain(&policies.rcp).flatten().chain(&policies.identity);
        let layers = layers.chain(&policies.session).chain(&policies.endpoint);
        let mut documents = layers.chain(&policies.resource).chain(&policies.boundary);
        documents.all(|document| {
            let blocks = document.statements().iter().flat_map(iameval::Statement::condition);
            blocks.flat_map(|block| block.keys().iter().map(|test| (block.operator().base, test))).all(
                |(base, test)| {
                    let plain = |text: &str| is_usual(base.as_str(), text) && value::is_plain(base, text);
                    let given = request.context().value(&iameval::ContextKey::new(test.key()));
                    test.values().all(plain) && given.is_none_or(|value| value.texts().all(plain))
                },
            )
        })
    }
}

/// Whether a date is written with all its digits, no sign stands before the length of a network, and an ARN has what an
/// ARN must have before its first variable.
fn is_usual(operator: &str, text: &str) -> bool {
    if operator.starts_with("Date") {
        let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        let digits = shape.bytes().all(|byte| byte == b'0') && text.len() <= 12;
        return digits || shape == "0000-00-00T00:00:00Z" || !text.contains(|c: char| c.is_ascii_digit());
    }
    if operator.starts_with("Arn") {
        let written = text.split("${").next().unwrap_or_default();
        return match *written.splitn(6, ':').collect::<Vec<_>>() {
            [head, partition, service, _, _, resource] => {
                head == "arn" && ![partition, service, resource].contains(&"")
            }
            _ => written == text,
        };
    }
    !(operator.contains("Ip") && text.contains('+'))
}

#[expect(clippy::expect_used, reason = "what is drawn here is a policy")]
fn parse(text: &str) -> PolicyDocument {
    PolicyDocument::parse(text).value.expect(text)
}

fn text(choices: &mut Choices<'_>, pieces: &[&str], most: usize) -> String {
    choices.several(1, most, |choices| choices.pick(pieces)).concat()
}

fn family(choices: &mut Choices<'_>) -> &'static Family {
    choices.pick(&FAMILIES)
}

/// A key of a context with its value; `None` is known to be absent.
fn given(choices: &mut Choices<'_>) -> (String, Option<ContextValue>) {
    let family = family(choices);
    let key = choices.pick(family.keys).to_owned();
    let value = match choices.below(10) {
        0 => None,
        1 | 2 => {
            let texts = choices.several(0, 3, |choices| text(choices, family.given, 3));
            Some(ContextValue::list(texts.iter().map(String::as_str)))
        }
        _ => Some(ContextValue::single(&text(choices, family.given, 4))),
    };
    (key, value)
}

fn document(choices: &mut Choices<'_>, kind: PolicyKind) -> String {
    let version = choices.pick(&["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"]);
    let most = if choices.chance(10) { 40 } else { 3 };
    let mut statements = choices.several(1, most, |choices| statement(choices, kind));
    let limits = !matches!(kind, PolicyKind::Identity | PolicyKind::Resource);
    if limits && choices.chance(80) {
        let principal = if kind == PolicyKind::Endpoint { r#""Principal":"*","# } else { "" };
        statements.push(format!(r#"{{"Effect":"Allow",{principal}"Action":"*","Resource":"*"}}"#));
    }
    format!(r#"{{"Version":"{version}","Statement":[{}]}}"#, statements.join(","))
}

fn statement(choices: &mut Choices<'_>, kind: PolicyKind) -> String {
    let deny = choices.chance(35);
    let mut members = vec![format!(r#""Effect":"{}""#, if deny { "Deny" } else { "Allow" })];
    if matches!(kind, PolicyKind::Resource | PolicyKind::Endpoint) {
        members.extend(principal(choices));
    }
    let star = choices.chance(35);
    members.push(element(choices, "Action", &ACTION_PATTERN_PIECES, star));
    let star = choices.chance(35);
    members.push(element(choices, "Resource", &RESOURCE_PATTERN_PIECES, star));
    members.extend(condition(choices));
    format!("{{{}}}", members.join(","))
}

fn element(choices: &mut Choices<'_>, name: &str, pieces: &[&str], star: bool) -> String {
    if star {
        return format!(r#""{name}":"*""#);
    }
    let not = if choices.chance(20) { "Not" } else { "" };
    let patterns = choices.several(1, 3, |choices| quoted(&text(choices, pieces, 6)));
    format!(r#""{not}{name}":[{}]"#, patterns.join(","))
}

fn principal(choices: &mut Choices<'_>) -> Option<String> {
    if choices.chance(5) {
        return None;
    }
    if choices.chance(40) {
        return Some(r#""Principal":"*""#.into());
    }
    let not = if choices.chance(25) { "Not" } else { "" };
    let mut lists: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (kind, entry) in choices.several(1, 3, |choices| choices.pick(&ENTRIES)) {
        lists.entry(kind).or_default().push(quoted(entry));
    }
    let lists = lists.into_iter().map(|(kind, entries)| format!(r#""{kind}":[{}]"#, entries.join(",")));
    Some(format!(r#""{not}Principal":{{{}}}"#, lists.collect::<Vec<_>>().join(",")))
}

fn condition(choices: &mut Choices<'_>) -> Option<String> {
    if !choices.chance(55) {
        return None;
    }
    let mut operators: BTreeMap<String, BTreeMap<&str, String>> = BTreeMap::new();
    for (operator, key, values) in choices.several(1, 2, test) {
        operators.entry(operator).or_default().insert(key, values);
    }
    let blocks = operators.into_iter().map(|(operator, keys)| {
        let keys = keys.into_iter().map(|(key, values)| format!("{}:[{values}]", quoted(key)));
        format!(r#""{operator}":{{{}}}"#, keys.collect::<Vec<_>>().join(","))
    });
    Some(format!(r#""Condition":{{{}}}"#, blocks.collect::<Vec<_>>().join(",")))
}

fn test(choices: &mut Choices<'_>) -> (String, &'static str, String) {
    let family = family(choices);
    let (operator, key) = (choices.pick(family.operators), choices.pick(family.keys));
    let quantifier = match choices.below(6) {
        _ if operator == "Null" => "",
        1 => "ForAnyValue:",
        2 => "ForAllValues:",
        _ => "",
    };
    let if_exists = if operator != "Null" && choices.chance(20) { "IfExists" } else { "" };
    let values = choices.several(0, 3, |choices| quoted(&text(choices, family.written, 5)));
    (format!("{quantifier}{operator}{if_exists}"), key, values.join(","))
}
