//! Questions drawn from bytes: patterns, values and names are put together from small pieces, so that odd ones come up
//! and some of them match.

use super::quoted;
use crate::generate::{Caller, Choices};
use crate::naive::{Facts, Policies, value};
use iameval::{Action, Context, ContextValue, PolicyDocument, PolicyKind, Request};
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
    /// Pieces of values in policies.
    written: &'static [&'static str],
    /// Pieces of values in requests.
    given: &'static [&'static str],
    /// Whole values of a form that the naive evaluator knows; none where it knows every form.
    usual: &'static [&'static str],
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
    usual: &[],
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
    usual: &["0", "1", "10", "010", "9.50", "-1", "+9.5", "9007199254740993", "many"],
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
    usual: &[
        "2026-01-01T00:00:00Z",
        "1767225600",
        "2024-02-29T12:30:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "1767225601",
        "2023-02-29T00:00:00Z",
        "0",
        "soon",
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
    usual: &[
        "10.0.0.1",
        "10.0.0.0/8",
        "10.1.2.3/8",
        "0.0.0.0/0",
        "255.255.255.255/32",
        "2001:db8::1",
        "2001:db8::/32",
        "2001:db8::1/32",
        "::/0",
        "::ffff:10.0.0.1",
        "nowhere",
    ],
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
    usual: &[
        "arn:aws:iam::111122223333:user/a",
        "arn:aws:iam::111122223333:*",
        "arn:*:iam::*:user/?",
        "arn:aws:iam::111122223333:${aws:username}",
        "arn:aws:s3:::a:b",
        "arn:aws:s3:*:*:*",
        "*",
        "a",
    ],
};

const TRUTHS: Family = Family {
    operators: &["Bool", "Null"],
    keys: &["aws:MultiFactorAuthPresent", "aws:SecureTransport", "aws:TagKeys"],
    written: &["true", "false", "TRUE", "", "a", "${aws:SecureTransport}", "${n:none, 'true'}", "${n:none}"],
    given: &["true", "false", "True", "", "a"],
    usual: &[],
};

const BYTES: Family = Family {
    operators: &["BinaryEquals"],
    keys: &["n:blob"],
    written: &["YQ==", "YWJj", "Y", "W", "=", "+/", "-_", " "],
    given: &["YQ==", "YWJj", "Y", "W", "=", "+/", "-_"],
    usual: &[],
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
    management_account: None,
    delegated_administrator: None,
};
const CALLERS: [Caller; 20] = [
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
    Caller { id: "c0ffee", class: Some("canonical_user"), ..NOBODY },
    Caller { id: "arn:aws:sts::111122223333:assumed-role/a/b", provider: Some("accounts.example.com"), ..NOBODY },
    Caller {
        id: "arn:aws:sts::111122223333:federated-user/b",
        user: Some("arn:aws:iam::111122223333:user/a"),
        ..NOBODY
    },
    Caller { id: "arn:aws:iam::111122223333:user/a", management_account: Some(true), ..NOBODY },
    Caller { id: "arn:aws:iam::111122223333:user/a", management_account: Some(false), ..NOBODY },
    Caller { id: "arn:aws:iam::444455556666:user/a", delegated_administrator: Some(true), ..NOBODY },
    Caller { id: "arn:aws-us-gov:iam::444455556666:user/a", ..NOBODY },
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
        let mut choices = Choices::new(bytes);
        let odd = choices.chance(30);
        Drawer { choices, odd }.question()
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
            scope_down: of(PolicyKind::ScopeDown).collect(),
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
        let mut builder =
            Request::builder(Action::literal(&self.action).unwrap()).resource(&self.resource).context(context);
        if let Some(account) = self.resource_account {
            builder = builder.resource_account(account.parse().unwrap());
        }
        if let Some(caller) = self.caller {
            builder = builder.principal(caller.principal());
        }
        if self.derive { builder.build() } else { builder.without_derived_context().build() }
    }

    /// Whether all values have a form that the naive evaluator knows.
    pub(super) fn is_plain(policies: &Policies, request: &Request) -> bool {
        let layers = policies.scp.iter().chain(&policies.rcp).flatten().chain(&policies.identity);
        let layers = layers.chain(&policies.session).chain(&policies.scope_down).chain(&policies.endpoint);
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

/// Draws the parts of a question.
struct Drawer<'c> {
    choices: Choices<'c>,
    /// Whether numbers, dates, addresses and ARNs are put together from pieces, and mostly wrong.
    odd: bool,
}

impl Drawer<'_> {
    fn chance(&mut self, percent: usize) -> bool {
        self.choices.chance(percent)
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        self.choices.pick(items)
    }

    fn several<T>(&mut self, from: usize, to: usize, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..from + self.choices.below(to - from + 1)).map(|_| one(self)).collect()
    }

    fn text(&mut self, pieces: &[&str], most: usize) -> String {
        self.several(1, most, |draw| draw.pick(pieces)).concat()
    }

    fn value(&mut self, pieces: &[&str], usual: &[&str]) -> String {
        if self.odd || usual.is_empty() { self.text(pieces, 4) } else { self.pick(usual).to_owned() }
    }

    fn question(&mut self) -> Question {
        let action = self.pick(&ACTIONS);
        let action = if self.chance(60) { format!("s3:{}", self.text(&ACTION_PIECES, 4)) } else { action.into() };
        let resource = if self.chance(70) { self.text(&RESOURCE_PIECES, 6) } else { String::new() };
        let caller = (!self.chance(15)).then(|| self.pick(&CALLERS));
        let resource_account = self.pick(&[None, None, Some("111122223333"), Some("444455556666")]);
        let context = self.several(0, 6, Self::given);
        let (derive, gateway, pure) = (self.chance(40), self.chance(30), self.chance(40));
        let later = self.several(1, 3, |draw| {
            let family = draw.pick(&FAMILIES);
            draw.value(family.given, family.usual)
        });
        let mut documents = Vec::new();
        for (kind, percent) in [
            (PolicyKind::Identity, 85),
            (PolicyKind::Resource, 45),
            (PolicyKind::Identity, 20),
            (PolicyKind::PermissionsBoundary, 15),
            (PolicyKind::Session, 20),
            (PolicyKind::ScopeDown, 15),
            (PolicyKind::ScopeDown, 10),
            (PolicyKind::ServiceControl, 20),
            (PolicyKind::ServiceControl, 10),
            (PolicyKind::ResourceControl, 15),
            (PolicyKind::Endpoint, 15),
        ] {
            // Root has no boundary.
            let root = caller.is_some_and(|caller| caller.id.ends_with(":root"));
            let fits = !root || kind != PolicyKind::PermissionsBoundary;
            if self.chance(percent) && fits {
                documents.push((kind, self.document(kind)));
            }
        }
        Question {
            documents,
            gateway,
            pure,
            action,
            resource: if resource.is_empty() { "*".into() } else { resource },
            resource_account,
            caller,
            facts: facts(caller.unwrap_or_default()),
            given: context.len(),
            context,
            derive,
            later,
        }
    }

    /// A key of a context with its value; `None` is known to be absent.
    fn given(&mut self) -> (String, Option<ContextValue>) {
        let family = self.pick(&FAMILIES);
        let key = self.pick(family.keys).to_owned();
        let one = |draw: &mut Self| draw.value(family.given, family.usual);
        let value = match self.choices.below(10) {
            0 => None,
            1 | 2 => {
                let texts = self.several(0, 3, one);
                Some(ContextValue::list(texts.iter().map(String::as_str)))
            }
            _ => Some(ContextValue::single(&one(self))),
        };
        (key, value)
    }

    fn document(&mut self, kind: PolicyKind) -> String {
        let version = self.pick(&["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"]);
        let most = if self.chance(5) { 40 } else { 3 };
        let mut statements = self.several(1, most, |draw| draw.statement(kind));
        let limits = !matches!(kind, PolicyKind::Identity | PolicyKind::Resource);
        if limits && self.chance(80) {
            let principal = if kind == PolicyKind::Endpoint { r#""Principal":"*","# } else { "" };
            statements.push(format!(r#"{{"Effect":"Allow",{principal}"Action":"*","Resource":"*"}}"#));
        }
        format!(r#"{{"Version":"{version}","Statement":[{}]}}"#, statements.join(","))
    }

    fn statement(&mut self, kind: PolicyKind) -> String {
        let mut members = vec![format!(r#""Effect":"{}""#, if self.chance(35) { "Deny" } else { "Allow" })];
        if matches!(kind, PolicyKind::Resource | PolicyKind::Endpoint) {
            members.extend(self.principal());
        }
        members.push(self.element("Action", &ACTION_PATTERN_PIECES));
        members.push(self.element("Resource", &RESOURCE_PATTERN_PIECES));
        members.extend(self.condition());
        format!("{{{}}}", members.join(","))
    }

    fn element(&mut self, name: &str, pieces: &[&str]) -> String {
        if self.chance(45) {
            return format!(r#""{name}":"*""#);
        }
        let not = if self.chance(20) { "Not" } else { "" };
        let patterns = self.several(1, 3, |draw| quoted(&draw.text(pieces, 6)));
        format!(r#""{not}{name}":[{}]"#, patterns.join(","))
    }

    fn principal(&mut self) -> Option<String> {
        if self.chance(5) {
            return None;
        }
        if self.chance(40) {
            return Some(r#""Principal":"*""#.into());
        }
        let not = if self.chance(25) { "Not" } else { "" };
        let mut lists: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (kind, entry) in self.several(1, 3, |draw| draw.pick(&ENTRIES)) {
            lists.entry(kind).or_default().push(quoted(entry));
        }
        let lists = lists.into_iter().map(|(kind, entries)| format!(r#""{kind}":[{}]"#, entries.join(",")));
        Some(format!(r#""{not}Principal":{{{}}}"#, lists.collect::<Vec<_>>().join(",")))
    }

    fn condition(&mut self) -> Option<String> {
        if !self.chance(55) {
            return None;
        }
        let mut operators: BTreeMap<String, BTreeMap<&str, String>> = BTreeMap::new();
        for (operator, key, values) in self.several(1, 2, Self::test) {
            operators.entry(operator).or_default().insert(key, values);
        }
        let blocks = operators.into_iter().map(|(operator, keys)| {
            let keys = keys.into_iter().map(|(key, values)| format!("{}:[{values}]", quoted(key)));
            format!(r#""{operator}":{{{}}}"#, keys.collect::<Vec<_>>().join(","))
        });
        Some(format!(r#""Condition":{{{}}}"#, blocks.collect::<Vec<_>>().join(",")))
    }

    fn test(&mut self) -> (String, &'static str, String) {
        let family = self.pick(&FAMILIES);
        let (operator, key) = (self.pick(family.operators), self.pick(family.keys));
        let quantifier = match self.choices.below(6) {
            1 => "ForAnyValue:",
            2 => "ForAllValues:",
            _ => "",
        };
        let if_exists = if operator != "Null" && self.chance(20) { "IfExists" } else { "" };
        let values = self.several(0, 3, |draw| quoted(&draw.value(family.written, family.usual)));
        (format!("{quantifier}{operator}{if_exists}"), key, values.join(","))
    }
}

fn facts(caller: Caller) -> Facts {
    let own = |text: Option<&str>| text.map(str::to_owned);
    Facts {
        user: own(caller.user),
        provider: own(caller.provider),
        canonical_user_id: own(caller.canonical_user_id),
        long_term_credentials: caller.long_term_credentials,
        assumed_root: caller.assumed_root,
        management_account: caller.management_account,
        delegated_administrator: caller.delegated_administrator,
        resource_in_management_account: false,
    }
}
