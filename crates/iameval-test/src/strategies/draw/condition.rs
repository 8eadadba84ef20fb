//! Conditions, and contexts with the keys that they test.

use super::{Choices, quoted};
use iameval::ContextValue;
use std::collections::BTreeMap;

/// The value of a context key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrawnValue {
    /// One value.
    Single(&'static str),
    /// A list.
    List(Vec<&'static str>),
}

impl DrawnValue {
    /// The value for a context.
    pub fn to_value(&self) -> ContextValue {
        match self {
            DrawnValue::Single(text) => ContextValue::single(text),
            DrawnValue::List(texts) => ContextValue::list(texts.iter().copied()),
        }
    }
}

/// Operators that go with the same values.
struct Family {
    operators: &'static [&'static str],
    keys: &'static [&'static str],
    values: &'static [&'static str],
}

const FAMILIES: [Family; 8] = [
    Family {
        operators: &[
            "StringEquals",
            "StringLike",
            "StringNotEquals",
            "StringNotLike",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
        ],
        keys: &[
            "aws:PrincipalTag/team",
            "aws:username",
            "aws:TagKeys",
            "s3:prefix",
            "AWS:principaltag/TEAM",
            "aws:userid",
        ],
        values: &[
            "team",
            "u",
            "*",
            "t*",
            "?",
            "",
            "TEAM",
            "ÉTÉ",
            "été",
            "ΟΣ",
            "οσ",
            "ος",
            "😀",
            "??",
            "*é",
            "${aws:username}",
            "${aws:PrincipalTag/team}",
            "${aws:PrincipalTag/team, 'team'}",
            "${aws:TagKeys, 'team'}",
            "${*}",
            "t${*}",
            "${?}",
            "${$}{aws:username}",
            "${",
            "${}",
            "ß",
            "SS",
            "\u{10400}",
            "\u{10428}",
            "İ",
            "i̇",
            "a*b*${aws:username}*",
            "${aws:username}${aws:username}",
        ],
    },
    Family {
        operators: &["Bool"],
        keys: &["aws:MultiFactorAuthPresent", "aws:SecureTransport"],
        values: &["true", "false", "TRUE", "no", " true", "${aws:SecureTransport}", "${aws:SecureTransport, 'true'}"],
    },
    Family {
        operators: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        keys: &["s3:max-keys", "aws:MultiFactorAuthAge"],
        values: &[
            "10",
            "010",
            "10.0",
            "10.50",
            "+9",
            "-5",
            "-0",
            "0",
            "9007199254740992",
            "9007199254740993",
            "ten",
            "10abc",
            "1.",
        ],
    },
    Family {
        operators: &[
            "DateLessThan",
            "DateGreaterThan",
            "DateEquals",
            "DateNotEquals",
            "DateLessThanEquals",
            "DateGreaterThanEquals",
        ],
        keys: &["aws:CurrentTime", "aws:TokenIssueTime"],
        values: &[
            "2026-01-01T00:00:00Z",
            "1767225600",
            "+1767225600",
            "2025-12-31T23:59:59Z",
            "2024-02-29T12:30:00Z",
            "0",
            "1969-12-31T23:59:59Z",
            "soon",
            "2026",
            "-5",
        ],
    },
    Family {
        operators: &["IpAddress", "NotIpAddress"],
        keys: &["aws:SourceIp", "aws:VpcSourceIp"],
        values: &[
            "203.0.113.0/24",
            "203.0.113.7",
            "203.0.113.7/8",
            "0.0.0.0/0",
            "::/0",
            "2001:db8::/32",
            "2001:db8::5",
            "2001:db8::5/64",
            "::ffff:203.0.113.7",
            "192.0.2.1/33",
            "somewhere",
            "10.0.0.0/8",
            "2001:DB8:0::5/128",
        ],
    },
    Family {
        operators: &["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"],
        keys: &["aws:SourceArn", "aws:PrincipalArn"],
        values: &[
            "arn:aws:iam::111122223333:user/ops/u",
            "arn:aws:iam::*:user/*",
            "arn:aws:iam::111122223333:role/app/deploy",
            "arn:aws:*:*:*:*",
            "*",
            "arn:aws:iam:*",
            "orders",
            "arn:aws:sqs:us-east-?:111122223333:ord*",
            "arn:aws:sqs:us-east-1:111122223333:orders:b",
            "${aws:SourceArn}",
            "arn:aws:iam::${aws:PrincipalAccount}:*",
            "arn:aws:sqs:us-east-1:111122223333:${aws:username}",
            "${aws:username}",
            "",
        ],
    },
    Family {
        operators: &["BinaryEquals"],
        keys: &["app:blob"],
        values: &["YQ==", "YR==", "YWI=", "YWJj", "YQ", "Y*=="],
    },
    Family {
        operators: &["Null"],
        keys: &["aws:MultiFactorAuthPresent", "aws:TagKeys", "aws:TokenIssueTime", "s3:prefix"],
        values: &["true", "false", "TRUE", "yes"],
    },
];

/// The values of keys in requests. What a key is tested with fits its values, in most cases.
const CONTEXT: [(&str, &[&str]); 18] = [
    ("aws:PrincipalTag/team", &["team", "TEAM", "u", "", "*", "ΟΣ", "été", "😀", "\u{10400}", "İ"]),
    ("aws:username", &["u", "team", "ÉTÉ", "${aws:username}", "?", "orders"]),
    ("aws:TagKeys", &["team", "u", "t*", ""]),
    ("s3:prefix", &["t😀", "team", "οσ", "ος", "ß", "axbxu", "uu", "i̇"]),
    ("aws:MultiFactorAuthPresent", &["true", "false", "True", "no"]),
    ("aws:SecureTransport", &["true", "false"]),
    ("aws:ViaAWSService", &["true", "false", "TRUE"]),
    ("s3:max-keys", &["10", "9", "10.5", "9007199254740993", "-5", "many", "0.0"]),
    ("aws:MultiFactorAuthAge", &["0", "10", "3600"]),
    ("aws:CurrentTime", &["2026-01-01T00:00:00Z", "1767225601", "2024-02-29T12:30:00Z", "now", "-4"]),
    ("aws:TokenIssueTime", &["2025-12-31T23:59:59Z", "0"]),
    ("aws:SourceIp", &["203.0.113.7", "2001:db8::5", "::ffff:203.0.113.7", "203.0.113.0/24", "nowhere"]),
    ("aws:VpcSourceIp", &["10.1.2.3"]),
    (
        "aws:SourceArn",
        &[
            "arn:aws:sqs:us-east-1:111122223333:orders",
            "arn:aws:iam::111122223333:user/ops/u",
            "orders",
            "arn:aws:s3:::reports/u",
        ],
    ),
    ("aws:PrincipalArn", &["arn:aws:iam::111122223333:user/ops/u", "arn:aws:iam::111122223333:role/app/deploy"]),
    ("aws:userid", &["AIDAEXAMPLE", "AROAEXAMPLE:s1", "team"]),
    ("app:blob", &["YQ==", "YWI=", "YR=="]),
    ("aws:RequestedRegion", &["us-east-1", "us-east-1:111122223333:orders"]),
];

/// `Condition`, or none.
pub(super) fn condition(choices: &mut Choices<'_>) -> Option<String> {
    if !choices.chance(35) {
        return choices.chance(5).then(|| r#""Condition":{}"#.into());
    }
    // By operator, and by key in lower case: neither may stand there twice.
    let mut operators: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (operator, key, values) in choices.several(1, 3, test) {
        operators.entry(operator).or_default().insert(key.to_ascii_lowercase(), format!("{}:{values}", quoted(key)));
    }
    let blocks: Vec<String> = operators
        .into_iter()
        .map(|(operator, keys)| format!("\"{operator}\":{{{}}}", keys.into_values().collect::<Vec<_>>().join(",")))
        .collect();
    Some(format!("\"Condition\":{{{}}}", blocks.join(",")))
}

fn test(choices: &mut Choices<'_>) -> (String, &'static str, String) {
    let families: [&Family; 8] = FAMILIES.each_ref();
    let (family, other) = (choices.pick(&families), choices.pick(&families));
    let keys = if choices.chance(10) { other.keys } else { family.keys };
    let key = choices.pick(keys);
    let base = choices.pick(family.operators);
    let multivalued = key == "aws:TagKeys";
    let quantifier = match choices.below(10) {
        // Such a one reads no key (R-COND-09).
        0..=8 if base == "Null" => "",
        0..=5 if !multivalued => "",
        8 | 9 if base != "Null" => "",
        _ => choices.pick(&["ForAnyValue:", "ForAllValues:"]),
    };
    let if_exists = if choices.chance(25) { "IfExists" } else { "" };
    let least = usize::from(!choices.chance(3));
    let values = choices.several(least, 3, |choices| value(choices, family));
    let values = match &*values {
        [value] if choices.chance(50) => value.clone(),
        values => format!("[{}]", values.join(",")),
    };
    (format!("{quantifier}{base}{if_exists}"), key, values)
}

/// A value as JSON: a string, or what it is.
fn value(choices: &mut Choices<'_>, family: &Family) -> String {
    let text = choices.pick(family.values);
    let bare = matches!(text, "true" | "false" | "10" | "10.0" | "-5" | "0" | "9007199254740993" | "1767225600");
    if bare && choices.chance(30) { text.into() } else { quoted(text) }
}

/// Some of the keys with values, some of them known to be absent.
pub fn context(choices: &mut Choices<'_>) -> Vec<(&'static str, Option<DrawnValue>)> {
    let mut context = Vec::new();
    for (key, values) in CONTEXT {
        let list = if key == "aws:TagKeys" { 80 } else { 5 };
        match choices.below(10) {
            0..=3 => {}
            4 => context.push((key, None)),
            _ if choices.chance(list) => {
                context.push((key, Some(DrawnValue::List(choices.several(0, 3, |choices| choices.pick(values))))));
            }
            _ => context.push((key, Some(DrawnValue::Single(choices.pick(values))))),
        }
    }
    context
}
