//! `StringLike` through the public API, against `globset` and against an evaluator of patterns that tries everything.

use globset::GlobBuilder;
use iameval::{CompiledPolicy, Decision, PolicyDocument, PolicyId, PolicyKind, PolicySet, Request};
use iameval_tests::generate::{check, quoted};
use iameval_tests::naive::value;
use proptest::collection::vec;
use proptest::num::u8::ANY as BYTE;
use std::sync::Arc;

/// Whether `StringLike` finds that the pattern stands for the text; `StringNotLike` must find the opposite.
#[track_caller]
fn is_like(pattern: &str, text: &str) -> bool {
    let [like, not_like] = ["StringLike", "StringNotLike"].map(|operator| {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"a:b","Resource":"*",
                "Condition":{{"{operator}":{{"app:text":{}}}}}}}}}"#,
            quoted(pattern)
        );
        let document = PolicyDocument::parse(&document).value.expect("a policy");
        let policy = CompiledPolicy::new(PolicyId::new("p"), PolicyKind::Identity, &document).expect("a policy");
        let request = Request::builder("a:b".parse().unwrap()).context_key("app:text", text).build();
        PolicySet::builder().add(Arc::new(policy)).build().decide(&request) == Decision::Allowed
    });
    assert_ne!(like, not_like, "{pattern:?} {text:?}");
    like
}

/// The same pattern for `globset`, in which more characters are special; `**` means something else there.
fn escape(pattern: &str) -> String {
    let mut out = String::new();
    for c in pattern.chars() {
        match c {
            '*' if out.ends_with('*') => {}
            '*' | '?' => out.push(c),
            '[' | ']' | '{' | '}' | '!' | ',' | '-' => {
                out.push('[');
                out.push(c);
                out.push(']');
            }
            _ => out.push(c),
        }
    }
    out
}

fn letters(bytes: &[u8], alphabet: &str) -> String {
    let alphabet: Vec<char> = alphabet.chars().collect();
    bytes.iter().map(|byte| alphabet[usize::from(*byte) * alphabet.len() / 256]).collect()
}

#[test]
fn ascii_patterns_match_as_in_globset() {
    let matched = std::cell::Cell::new(0);
    check(3_000, (vec(BYTE, 0..9), vec(BYTE, 0..9)), |(pattern, text)| {
        let (pattern, text) = (letters(&pattern, "***aab??/.[-\\"), letters(&text, "aaab/.[-\\*?]"));
        let glob = GlobBuilder::new(&escape(&pattern)).literal_separator(false).backslash_escape(false).build();
        let expected = glob.expect("a glob").compile_matcher().is_match(&text);
        matched.set(matched.get() + i32::from(expected));
        assert_eq!(is_like(&pattern, &text), expected, "{pattern:?} {text:?}");
    });
    assert!(matched.get() > 150, "only {} of the patterns match", matched.get());
}

#[test]
fn patterns_match_by_code_units() {
    let matched = std::cell::Cell::new(0);
    check(4_000, (vec(BYTE, 0..9), vec(BYTE, 0..7)), |(pattern, text)| {
        // Characters of one and two units, of which some share a unit, and a letter with a separate accent.
        let (pattern, text) =
            (letters(&pattern, "**??aé😀😁\u{1F300}e\u{301}"), letters(&text, "aé😀😁\u{1F300}e\u{301}"));
        let expected = value::glob(&value::wild(&pattern), &text.encode_utf16().collect::<Vec<_>>());
        matched.set(matched.get() + i32::from(expected));
        assert_eq!(is_like(&pattern, &text), expected, "{pattern:?} {text:?}");
    });
    assert!(matched.get() > 150, "only {} of the patterns match", matched.get());
}

#[test]
fn long_texts_match_as_in_globset() {
    check(300, (vec(BYTE, 0..60), vec(BYTE, 0..400)), |(pattern, text)| {
        let (pattern, text) = (letters(&pattern, "*aab"), letters(&text, "aaaaaab"));
        let glob = GlobBuilder::new(&escape(&pattern)).literal_separator(false).backslash_escape(false).build();
        let expected = glob.expect("a glob").compile_matcher().is_match(&text);
        assert_eq!(is_like(&pattern, &text), expected, "{pattern:?} {text:?}");
    });
}

#[test]
fn nothing_else_is_special() {
    for (pattern, text, expected) in [
        ("[a]", "a", false),
        ("[a]", "[a]", true),
        ("a\\*", "a\\b", true),
        ("a\\*", "a*", false),
        ("{a,b}", "a", false),
        ("a.c", "abc", false),
        ("*", "\n", true),
        ("*", "", true),
        ("", "", true),
        ("?", "", false),
        ("??", "😀", true),
        ("?", "😀", false),
        ("\u{0}*", "\u{0}x", true),
        ("**", "a/b", true),
    ] {
        assert_eq!(is_like(pattern, text), expected, "{pattern:?} {text:?}");
    }
}
