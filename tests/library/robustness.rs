//! Input of sizes and shapes that nobody means: an error or an answer, never a crash. Nothing is timed, but a step that
//! took quadratic or exponential time would not come to an end.

use iameval::native::RequestReader;
use iameval::{
    CompiledPolicy, Context, ContextValue, Decision, Parsed, PolicyDocument, PolicyId, PolicyKind, PolicySet, Request,
    json,
};
use iameval_tests::generate::{check, quoted};
use proptest::collection::vec;
use proptest::num::u8::ANY as BYTE;
use std::fmt::Write as _;
use std::sync::Arc;

fn set(text: &str) -> PolicySet {
    let Parsed { value, diagnostics } = PolicyDocument::parse(text);
    let document = value.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let policy = CompiledPolicy::new(PolicyId::new("p"), PolicyKind::Identity, &document).expect("a policy");
    PolicySet::builder().add(Arc::new(policy)).build()
}

fn request(resource: &str) -> Request {
    Request::builder("s3:GetObject".parse().unwrap()).resource(resource).build()
}

fn allow(resource: &str, condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":{},"Condition":{{{condition}}}}}}}"#,
        quoted(resource)
    )
}

#[test]
fn deep_nesting_is_an_error() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"Statement\":", "}]")] {
        let closed = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        for text in [open.repeat(100_000), closed] {
            assert!(json::parse(&text).is_err());
            assert!(PolicyDocument::parse(&text).value.is_none());
            assert!(RequestReader::new().read(&text).is_err());
            assert!(
                RequestReader::new().read(&format!(r#"{{"request":{{"action":"a:b"}},"policies":{text}}}"#)).is_err()
            );
        }
    }
}

#[test]
fn a_document_of_thirty_megabytes_is_read() {
    let action = format!("\"s3:{}\",", "x".repeat(10_000));
    let text = format!(
        r#"{{"Statement":[{{"Effect":"Allow","Action":[{}"s3:Get*"],"Resource":"*"}}]}}"#,
        action.repeat(3_000)
    );
    assert!(text.len() > 30_000_000);
    let policies = set(&text);
    assert_eq!(policies.decide(&request("*")), Decision::Allowed);
    // One string, and escapes all the way.
    let long = format!("\"{}\"", "\\u00e9".repeat(300_000));
    assert_eq!(json::parse(&long).expect("JSON").as_str().map(str::len), Some(600_000));
}

#[test]
fn ten_thousand_statements_are_decided() {
    let mut statements = String::new();
    for number in 0..10_000 {
        let effect = if number % 10 == 9 { "Deny" } else { "Allow" };
        let _ = write!(
            statements,
            r#"{{"Sid":"S{number}","Effect":"{effect}","Action":["s3:Get*","s3:Put{number}*"],
                "Resource":"arn:aws:s3:::b{number}/*"}},"#
        );
    }
    statements.pop();
    let text = format!("{{\"Statement\":[{statements}]}}");
    let document = PolicyDocument::parse(&text).value.expect("a policy");
    for policies in [set(&text), set(&text).indexed()] {
        for number in (0..10_000).step_by(501) {
            let expected = if number % 10 == 9 { Decision::ExplicitDeny } else { Decision::Allowed };
            let asked = request(&format!("arn:aws:s3:::b{number}/k"));
            assert_eq!(policies.decide(&asked), expected, "{number}");
            assert_eq!(policies.simulate(&asked).matched.len(), 1, "{number}");
        }
        assert_eq!(policies.decide(&request("arn:aws:s3:::c/k")), Decision::ImplicitDeny);
    }
    assert_eq!(
        document.to_string().len(),
        PolicyDocument::parse(&document.to_string()).value.unwrap().to_string().len()
    );
    // All that is wrong with ten thousand statements, with the same Sid everywhere.
    let same = text.replace("\"Sid\":\"S", "\"Sid\":\"S\",\"Sid\":\"S");
    assert!(PolicyDocument::parse(&same).value.is_none());
    let findings = document.check(PolicyKind::Identity);
    assert!(findings.len() < 10, "{} findings", findings.len());
}

#[test]
fn ten_thousand_findings_are_found() {
    let statement = r#"{"Sid":"S","Effect":"Allow","Action":"s3","Resource":"b","Acton":1},"#;
    let text = format!("{{\"Statement\":[{}{{}}]}}", statement.repeat(10_000));
    let parsed = PolicyDocument::parse(&text);
    assert!(parsed.value.is_none() && parsed.diagnostics.len() >= 10_000);
    let text = text.replace(",\"Acton\":1", "").replace(",{}", "");
    let findings = PolicyDocument::parse(&text).value.expect("a policy").check(PolicyKind::Identity);
    assert!(findings.len() >= 29_999, "{} findings", findings.len());
}

#[test]
fn many_members_and_keys_are_read() {
    let members: Vec<String> = (0..50_000).map(|number| format!("\"k{number}\":\"v\"")).collect();
    let condition = format!("\"StringEquals\":{{{}}}", members.join(","));
    let policies = set(&allow("*", &condition));
    let mut context = Context::new();
    for number in 0..1_000 {
        context.insert(&format!("k{number}"), "v");
    }
    let asked = Request::builder("s3:GetObject".parse().unwrap()).context(context).build();
    assert_eq!(policies.decide(&asked), Decision::ImplicitDeny);
    assert_eq!(policies.simulate(&asked).missing_context_keys.len(), 49_000);
    // The same member over and over.
    let text = format!("{{{}\"Statement\":[]}}", "\"Version\":\"2012-10-17\",".repeat(20_000));
    assert!(PolicyDocument::parse(&text).diagnostics.len() >= 19_999);
}

#[test]
fn many_stars_are_matched() {
    let stars = format!("arn:aws:s3:::{}b", "*a".repeat(40));
    let long = format!("arn:aws:s3:::{}", "a".repeat(20_000));
    let policies = set(&allow(&stars, ""));
    assert_eq!(policies.decide(&request(&long)), Decision::ImplicitDeny);
    assert_eq!(policies.decide(&request(&format!("{long}b"))), Decision::Allowed);
    let questions = set(&allow(&format!("arn:aws:s3:::{}b", "*?a".repeat(40)), ""));
    assert_eq!(questions.decide(&request(&long)), Decision::ImplicitDeny);
    // Stars that may not cross colons, and patterns of nothing but stars.
    let held = set(&allow(&format!("arn:{}:b", "*a".repeat(40)), ""));
    assert_eq!(held.decide(&request(&format!("arn:{}:c", "a".repeat(20_000)))), Decision::ImplicitDeny);
    let only = set(&allow(&"*".repeat(100_000), ""));
    assert_eq!(only.decide(&request(&long)), Decision::Allowed);
    // The same in conditions and actions.
    let pattern = format!("{}b", "*a".repeat(40));
    for operator in ["StringLike", "StringNotLike", "ForAnyValue:StringLike"] {
        let policies = set(&allow("*", &format!(r#""{operator}":{{"a:k":"{pattern}"}}"#)));
        let text = "a".repeat(20_000);
        let asked = Request::builder("s3:GetObject".parse().unwrap()).context_key("a:k", &*text).build();
        assert_eq!(policies.decide(&asked).is_allowed(), operator == "StringNotLike");
    }
    let arn = set(&allow("*", &format!(r#""ArnLike":{{"aws:SourceArn":"arn:aws:s3:::{pattern}"}}"#)));
    let asked = Request::builder("s3:GetObject".parse().unwrap()).context_key("aws:SourceArn", &*long).build();
    assert_eq!(arn.decide(&asked), Decision::ImplicitDeny);
    let action = format!(r#"{{"Statement":{{"Effect":"Allow","Action":"s3:{pattern}","Resource":"*"}}}}"#);
    let asked = Request::builder(format!("s3:{}", "a".repeat(20_000)).parse().unwrap()).build();
    assert_eq!(set(&action).decide(&asked), Decision::ImplicitDeny);
}

#[test]
fn variables_are_replaced_in_any_number() {
    let pattern = format!("arn:aws:s3:::{}", "${aws:username}*".repeat(100));
    let policies = set(&allow(&pattern, ""));
    let name = "a".repeat(100);
    let ask = |resource: &str| {
        Request::builder("s3:GetObject".parse().unwrap()).resource(resource).context_key("aws:username", &*name).build()
    };
    assert_eq!(policies.decide(&ask(&format!("arn:aws:s3:::{}", "a".repeat(10_000)))), Decision::Allowed);
    assert_eq!(policies.decide(&ask(&format!("arn:aws:s3:::{}", "a".repeat(9_999)))), Decision::ImplicitDeny);
    let open = set(&allow(&"${".repeat(50_000), ""));
    assert_eq!(open.decide(&request(&"${".repeat(50_000))), Decision::Allowed);
    let unread = set(&allow(&format!("arn:aws:s3:::{}", "${a:b, 'x'}".repeat(20_000)), ""));
    assert_eq!(unread.decide(&request(&format!("arn:aws:s3:::{}", "x".repeat(20_000)))), Decision::Allowed);
}

#[test]
fn long_values_and_lists_are_compared() {
    let texts: Vec<String> = (0..10_000).map(|number| format!("v{number}")).collect();
    let listed = format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(","));
    let policies = set(&allow("*", &format!(r#""ForAllValues:StringEquals":{{"a:k":{listed}}}"#)));
    let list = ContextValue::list(texts.iter().rev().take(1_000).map(|text| &**text));
    let asked = Request::builder("s3:GetObject".parse().unwrap()).context_key("a:k", list).build();
    assert_eq!(policies.decide(&asked), Decision::Allowed);
    let digits = "9".repeat(100_000);
    for (operator, value, own, expected) in [
        ("NumericLessThan", "1e999999999999999999999", "1", true),
        ("NumericGreaterThan", "1e-999999999999999999999", "1", true),
        ("NumericEquals", &*digits, &*digits, true),
        ("NumericLessThan", &*digits, "1e100000", false),
        ("NumericEquals", "1e9999", "10e9998", true),
        ("DateLessThan", "99999999999999999999999999", "0", false),
        ("DateEquals", &*digits, &*digits, false),
        ("IpAddress", "0.0.0.0/99999999999999999999", "1.2.3.4", false),
    ] {
        let policies = set(&allow("*", &format!(r#""{operator}":{{"a:k":"{value}"}}"#)));
        let asked = Request::builder("s3:GetObject".parse().unwrap()).context_key("a:k", own).build();
        let head: String = value.chars().take(30).collect();
        assert_eq!(policies.decide(&asked).is_allowed(), expected, "{operator} {head}");
    }
}

#[test]
fn nul_and_other_odd_characters_are_text() {
    for odd in ["\0", "\u{1}", "\u{7f}", "\u{FEFF}", "\u{FFFD}", "\u{10FFFF}", "\u{202e}", "e\u{301}", "\u{2028}"] {
        let text = format!("arn:aws:s3:::{odd}/{odd}");
        let policies = set(&allow(&text, &format!(r#""StringEquals":{{{}:{}}}"#, quoted(odd), quoted(odd))));
        let ask = |value: &str| {
            Request::builder("s3:GetObject".parse().unwrap()).resource(&text).context_key(odd, value).build()
        };
        assert_eq!(policies.decide(&ask(odd)), Decision::Allowed, "{odd:?}");
        assert_eq!(policies.decide(&ask("x")), Decision::ImplicitDeny, "{odd:?}");
    }
}

#[test]
fn any_text_is_a_policy_or_an_error() {
    const PIECES: [&str; 24] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"Statement\"",
        "\"Effect\"",
        "\"Allow\"",
        "\"Deny\"",
        "\"Action\"",
        "\"NotAction\"",
        "\"Resource\"",
        "\"*\"",
        "\"Principal\"",
        "\"AWS\"",
        "\"Condition\"",
        "\"StringLike\"",
        "\"Bool\"",
        "null",
        "true",
        "1",
        "\"Version\"",
        "\"2012-10-17\"",
    ];
    check(3_000, vec(BYTE, 0..60), |bytes| {
        let text: String = bytes.iter().map(|byte| PIECES[usize::from(*byte) % PIECES.len()]).collect();
        for text in [&*text, &*format!("{{{text}}}"), &*String::from_utf8_lossy(&bytes)] {
            let parsed = PolicyDocument::parse(text);
            assert!(
                parsed.value.is_some()
                    != parsed.diagnostics.iter().any(|found| text.get(found.span().range()).is_some())
            );
            let _ = RequestReader::new().read(text);
        }
    });
}
