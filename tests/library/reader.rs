//! The JSON reader against `serde_json`.

use iameval::json::{self, MAX_DEPTH, Node, Value};
use iameval_tests::generate::{Choices, check, quoted};
use iameval_tests::{fixture, fixtures};
use proptest::collection::vec;
use proptest::num::u8::ANY as BYTE;
use proptest::strategy::Strategy;

/// Both readers accept the text, as the same value, or neither does.
#[track_caller]
fn compare(text: &str) {
    let own = json::parse(text);
    let other = serde_json::from_str::<serde_json::Value>(text);
    match (&own, &other) {
        (Ok(own), Ok(other)) => assert!(convert(own) == *other, "{text:?}: {own:?}, and serde_json: {other:?}"),
        (Err(finding), Err(_)) => {
            let span = finding.span().range();
            assert!(text.get(span).is_some() && !finding.message().is_empty(), "{text:?}: {finding:?}");
        }
        _ => panic!("{text:?}: {own:?}, and serde_json: {other:?}"),
    }
}

/// Of a repeated member `serde_json` keeps the last.
fn convert(node: &Node<'_>) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        // `serde_json` writes `1E5` as `1e+5`; that we keep the digits is tested below.
        Value::Number(text) => serde_json::Value::Number(text.parse().expect("a number")),
        Value::String(text) => (&**text).into(),
        Value::Array(items) => items.iter().map(convert).collect(),
        Value::Object(members) => {
            members.iter().map(|member| (member.key.to_string(), convert(&member.value))).collect()
        }
    }
}

const TEXTS: [&str; 20] = [
    "\"\"",
    "\"a\"",
    "\"\\u0041\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\ude00\\ud83d\"",
    "\"\\n\\t\\\\\\/\\\"\"",
    "\"é😀\"",
    "\"\u{7f}\u{80}\"",
    "\"\\u0000\"",
    "\"\\uD83D\\uDE0\"",
    "\"\\x\"",
    "\"\u{1}\"",
    "\"\t\"",
    "\"\\u00e9\"",
    "\"\\b\\f\\r\"",
    "\"\\ud83dx\"",
    "\"\\ud83d\\u0041\"",
    "\"\u{FEFF}\"",
    "\"\\u\"",
];
const NUMBERS: [&str; 22] = [
    "0",
    "-0",
    "1",
    "10",
    "-12.50",
    "1e5",
    "1E+05",
    "1e-3",
    "1e9999",
    "-1e-9999",
    "1.0",
    "9007199254740993",
    "123456789012345678901234567890",
    "0.0000000000000000000000001",
    "01",
    "1.",
    ".5",
    "+1",
    "-",
    "1e",
    "0x10",
    "NaN",
];
const SPACES: [&str; 8] = ["", "", " ", "\n", "\r\n", "\t", "\u{b}", "\u{a0}"];

/// JSON, with a few texts among it that are not.
fn value(choices: &mut Choices<'_>, depth: usize, out: &mut String) {
    let space = |choices: &mut Choices<'_>, out: &mut String| {
        // White space of JSON, as a rule.
        let usual = if choices.chance(1) { SPACES.len() } else { 6 };
        out.push_str(choices.pick(&SPACES[..usual]));
    };
    space(choices, out);
    match choices.below(if depth == 0 { 5 } else { 9 }) {
        0 => out.push_str(choices.pick(&["null", "true", "false"])),
        1 | 2 if choices.chance(97) => out.push_str(choices.pick(&NUMBERS[..14])),
        1 | 2 => out.push_str(choices.pick(&NUMBERS)),
        3 | 4 if choices.chance(95) => out.push_str(&quoted(choices.pick(&["", "key", "é😀", "\u{0}\"\\/\n\u{2028}"]))),
        3 | 4 => out.push_str(choices.pick(&TEXTS)),
        5 | 6 => {
            out.push('[');
            for index in 0..choices.below(4) {
                out.push_str(if index > 0 { "," } else { "" });
                value(choices, depth - 1, out);
            }
            space(choices, out);
            out.push(']');
        }
        _ => {
            out.push('{');
            for index in 0..choices.below(4) {
                out.push_str(if index > 0 { "," } else { "" });
                space(choices, out);
                out.push_str(choices.pick(&["\"a\"", "\"b\"", "\"\\u0061\"", "\"c\""]));
                space(choices, out);
                out.push(':');
                value(choices, depth - 1, out);
            }
            out.push('}');
        }
    }
    space(choices, out);
}

fn texts() -> impl Strategy<Value = String> {
    vec(BYTE, 20..200).prop_map(|bytes| {
        let mut out = String::new();
        value(&mut Choices::new(&bytes), 5, &mut out);
        out
    })
}

#[test]
fn generated_texts_read_alike() {
    check(4_000, texts(), |text| compare(&text));
}

#[test]
fn mutated_texts_read_alike() {
    const PIECES: [&str; 22] = [
        "", ",", ":", "{", "}", "[", "]", "\"", "\\", "\\u", "d83d", "-", "e", ".", "0", "é", "\0", "\n", "/", "tru",
        "'", "\u{FEFF}",
    ];
    check(4_000, (texts(), vec((BYTE, BYTE, BYTE), 1..4)), |(mut text, changes)| {
        for (place, length, piece) in changes {
            let boundary = |at: usize| (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            let from = boundary(text.len() * usize::from(place) / 256);
            let to = boundary(from + usize::from(length) % 3);
            text.replace_range(from..to, PIECES[usize::from(piece) % PIECES.len()]);
        }
        compare(&text);
    });
}

#[test]
fn any_text_is_read_or_refused() {
    check(4_000, vec(BYTE, 0..60), |bytes| {
        compare(&String::from_utf8_lossy(&bytes));
        // The same with more of what JSON is made of.
        let alphabet = b"{}[]\",:0123456789eE+-.truefalsn\\u \n";
        let text: Vec<u8> = bytes.iter().map(|byte| alphabet[usize::from(*byte) % alphabet.len()]).collect();
        compare(&String::from_utf8(text).expect("ASCII"));
    });
}

#[test]
fn odd_texts_read_alike() {
    for text in TEXTS.iter().chain(&NUMBERS) {
        compare(text);
        compare(&format!("[{text}]"));
        compare(&format!("{{\"a\":{text}}}"));
        compare(&format!("{text}{text}"));
    }
    let odd = [
        "",
        " ",
        "\u{FEFF}{}",
        "{}\u{FEFF}",
        "\0",
        "{}\0",
        "{\"a\":\0}",
        "\"a\0b\"",
        "{\r\n\"a\"\r\n:\r1}\r",
        "[1,]",
        "{,}",
        "{\"a\":1,}",
        "{'a':1}",
        "{a:1}",
        "// x\n1",
        "/* x */1",
        "nul",
        "nulll",
        "True",
        "1 2",
        "[1 2]",
        "{\"a\" 1}",
        "\"a",
        "[",
        "{",
        "[[]",
        "]",
        "\"\\",
        "\"\\u12",
        "-",
        "--1",
        "1e+",
        "1.e5",
        "Infinity",
        "\u{2028}1",
        "\"\u{2028}\"",
    ];
    odd.into_iter().for_each(compare);
}

#[test]
fn nesting_is_limited() {
    let limit = MAX_DEPTH as usize;
    let texts = |depth: usize| {
        [
            format!("{}{}", "[".repeat(depth), "]".repeat(depth)),
            format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)),
            format!("{}{{}}{}", "[".repeat(depth - 1), "]".repeat(depth - 1)),
        ]
    };
    for text in texts(limit) {
        // `serde_json` takes one level less.
        assert!(json::parse(&text).is_ok());
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_err());
    }
    [limit - 2, limit - 1, limit + 1, limit + 2].into_iter().flat_map(texts).for_each(|text| compare(&text));
}

#[test]
fn fixtures_read_alike() {
    for folder in ["real/policies", "managed", "force-mfa/policies", "conformance"] {
        for path in fixtures(folder, ".json") {
            let text = std::fs::read_to_string(&path).expect("a readable fixture");
            compare(&text);
            compare(&text.replace('\n', "\r\n"));
        }
    }
    fixture("real/policies/iam-user-guide.jsonl").lines().for_each(compare);
}

#[test]
fn numbers_and_repeated_members_are_kept() {
    let text = "{\"a\": 1.0, \"b\": 1e9999, \"a\": 1.00, \"\\u0061\": -0}";
    let tree = json::parse(text).expect("JSON");
    let members = tree.members().expect("an object");
    let seen: Vec<_> = members.iter().map(|member| (&*member.key, member.value.to_string())).collect();
    assert_eq!(seen, [("a", "1.0".into()), ("b", "1e9999".into()), ("a", "1.00".into()), ("a", "-0".to_owned())]);
    for member in members {
        assert_eq!(&text[member.value.span.range()], member.value.to_string());
    }
}

#[test]
fn what_is_printed_reads_the_same() {
    check(2_000, texts(), |text| {
        let Ok(tree) = json::parse(&text) else { return };
        for printed in [tree.to_string(), format!("{tree:#}")] {
            let again = json::parse(&printed).expect("what was printed");
            assert_eq!(again.to_string(), tree.to_string(), "{text:?}");
            assert_eq!(convert(&again), convert(&tree), "{text:?}");
        }
    });
}
