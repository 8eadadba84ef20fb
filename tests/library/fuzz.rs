//! What the fuzz targets run, on arbitrary input and on inputs that failed once.

use iameval_tests::generate::check;
use iameval_tests::{fixture, fixtures, fuzz, root};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Texts that matter in policies, requests and their formats.
const TOKENS: [&str; 38] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "true",
    "-0.5e9",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\",
    "*",
    "?",
    "${",
    "${aws:username, 'a'}",
    "😀",
    "\u{0}",
    "\n",
    "\t",
    "- ",
    "&a ",
    "*a",
    "|\n ",
    "\"Effect\":\"Deny\"",
    "\"NotAction\":",
    "\"NotPrincipal\":{\"AWS\":",
    "\"Condition\":{",
    "\"ForAllValues:StringLike\":{",
    "\"NumericLessThanIfExists\":{",
    "\"DateEquals\":",
    "\"IpAddress\":",
    "\"ArnNotLike\":",
    "\"2012-10-17\"",
    "2026-01-01T00:00:00Z",
    "arn:aws:s3:::",
    "\"document\":",
];

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok()
}

/// Arbitrary bytes as the text they nearly are, rows of tokens, and seeds with a few places changed.
fn texts(seeds: Vec<String>) -> impl Strategy<Value = String> {
    let bytes =
        prop::collection::vec(any::<u8>(), 0..200).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let tokens = prop::collection::vec(select(&TOKENS[..]), 0..40).prop_map(|tokens| tokens.concat());
    let changes = prop::collection::vec((any::<Index>(), 0..20_usize, select(&TOKENS[..]), 0..4_u8), 0..6);
    let mutated = (select(seeds), changes).prop_map(|(mut text, changes)| {
        for (place, length, token, change) in changes {
            replace(&mut text, place, length, token, change);
        }
        text
    });
    prop_oneof![1 => bytes, 1 => tokens, 4 => mutated]
}

/// Takes out so many characters at a place, puts a token there, does both, or says what stands there twice.
fn replace(text: &mut String, place: Index, length: usize, token: &str, change: u8) {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let from = place.index(ends.len());
    let (from, to) = (ends[from], ends[(from + length).min(ends.len() - 1)]);
    let old = text[from..to].to_owned();
    match change {
        0 => text.replace_range(from..to, ""),
        1 => text.insert_str(from, token),
        2 => text.replace_range(from..to, token),
        _ => text.insert_str(from, &old),
    }
}

fn seeds(folder: &str, ending: &str) -> Vec<String> {
    let texts = fixtures(folder, ending).into_iter().map(|path| std::fs::read_to_string(path).expect("a fixture"));
    texts.filter(|text| text.len() < 8_000).collect()
}

/// The cases of some files of the conformance suite, as lines of a batch.
fn lines() -> Vec<String> {
    let mut lines = Vec::new();
    for file in ["variable", "condition-string", "organizations", "not-principal", "endpoint"] {
        let text = fixture(&format!("conformance/{file}.json"));
        let tree: serde_json::Value = serde_json::from_str(&text).expect("a fixture");
        for case in tree["cases"].as_array().expect("cases") {
            let mut case = case.as_object().expect("a case").clone();
            case.retain(|name, _| matches!(name.as_str(), "request" | "policies" | "options"));
            lines.push(serde_json::Value::Object(case).to_string());
        }
    }
    lines
}

#[test]
fn any_text_is_a_policy_or_is_refused() {
    check(600, texts(seeds("real", ".json")), |text| fuzz::policy_text(&text, is_json));
}

#[test]
fn any_line_is_answered_or_refused() {
    check(600, texts(lines()), |text| fuzz::request_text(&text, is_json));
}

#[test]
fn any_question_has_one_answer() {
    check(1_000, prop::collection::vec(any::<u8>(), 0..600), |bytes| fuzz::decide(&bytes));
}

#[test]
fn any_text_is_a_test_file_or_is_refused() {
    let seeds =
        vec![fixture("force-mfa/policies.iamtest.yaml"), fuzz::CASES.to_owned(), fuzz::CASES.replace('\n', "\r\n")];
    for seed in &seeds {
        fuzz::test_file_text(seed);
    }
    check(400, texts(seeds), |text| fuzz::test_file_text(&text));
}

#[test]
fn any_file_holds_policies_or_is_refused() {
    check(400, texts([seeds("account", ".json"), outputs()].concat()), |text| {
        fuzz::policy_file_text(&text);
    });
}

#[test]
fn any_text_is_a_template_or_is_refused() {
    let seeds: Vec<String> =
        ["yaml", "yml", "json"].iter().flat_map(|ending| seeds("cloudformation", &format!(".{ending}"))).collect();
    check(300, texts(seeds), |text| fuzz::template_text(&text));
}

#[test]
fn any_text_is_a_service_or_is_refused() {
    let seeds = seeds("serverless/services", ".yml");
    assert!(seeds.len() >= 6);
    check(300, texts(seeds), |text| fuzz::service_text(&text));
}

#[test]
fn any_text_is_terraform_or_is_refused() {
    let seeds = [seeds("terraform", ".tf"), seeds("terraform/plans", ".json")].concat();
    assert!(seeds.len() >= 7);
    check(200, texts(seeds), |text| fuzz::terraform_text(&text));
}

#[test]
fn any_text_is_read_for_events() {
    let events = fixture("cloudtrail/stratus-selection.json");
    let events = events.lines().map(|line| line.trim_end_matches(',').to_owned()).take(30);
    check(300, texts(events.collect()), |text| fuzz::event_text(&text));
}

#[test]
fn any_body_is_answered_or_refused() {
    let requests = seeds("serve", ".request");
    for request in &requests {
        fuzz::form_text(request.trim_end().as_bytes());
    }
    check(600, texts(requests), |text| fuzz::form_text(text.as_bytes()));
}

#[test]
fn any_text_is_read_for_refusals() {
    let messages = fixture("denials/messages.jsonl");
    let text = |line: &str| {
        let case: serde_json::Value = serde_json::from_str(line).expect("a fixture");
        case["text"].as_str().expect("a text").to_owned()
    };
    check(600, texts(messages.lines().map(text).collect()), |text| fuzz::denial_text(&text));
}

/// What commands of AWS print.
fn outputs() -> Vec<String> {
    let output = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("a fixture")["output"].to_string();
    fixture("outputs/outputs.jsonl").lines().map(output).collect()
}

/// The name of a fuzz target, and what it runs.
type Target = (&'static str, fn(&[u8]));

/// The fuzz targets.
const TARGETS: [Target; 12] = [
    ("decide", fuzz::decide),
    ("denial_text", |bytes| on_text(bytes, fuzz::denial_text)),
    ("event_text", |bytes| on_text(bytes, fuzz::event_text)),
    ("form_text", fuzz::form_text),
    ("policy_file_text", |bytes| on_text(bytes, fuzz::policy_file_text)),
    ("policy_text", |bytes| on_text(bytes, |text| fuzz::policy_text(text, is_json))),
    ("request_text", |bytes| on_text(bytes, |text| fuzz::request_text(text, is_json))),
    ("service_text", |bytes| on_text(bytes, fuzz::service_text)),
    ("template_text", |bytes| on_text(bytes, fuzz::template_text)),
    ("terraform_text", |bytes| on_text(bytes, fuzz::terraform_text)),
    ("test_file_text", |bytes| on_text(bytes, fuzz::test_file_text)),
    ("yaml_text", |bytes| on_text(bytes, |text| fuzz::yaml_text(text, iameval_world::yaml::parse))),
];

/// Targets that take texts pass over other bytes.
fn on_text(bytes: &[u8], target: fn(&str)) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        target(text);
    }
}

#[test]
fn what_fuzzing_found_fails_no_more() {
    for (target, run) in TARGETS {
        for (name, bytes) in files_of(&format!("finds/{target}")) {
            eprintln!("{name}");
            run(&bytes);
        }
    }
}

/// `.ci/run` begins with them.
#[test]
fn every_target_has_seeds() {
    let targets: Vec<String> = files_of("fuzz_targets").into_iter().map(|(name, _)| name).collect();
    assert_eq!(targets, TARGETS.map(|(target, _)| format!("{target}.rs")));
    let mut sum = 0;
    for (target, _) in TARGETS {
        let seeds = files_of(&format!("seeds/{target}"));
        assert!(!seeds.is_empty(), "no seeds for {target}");
        sum += seeds.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    }
    assert!(sum < 300_000, "{sum} bytes of seeds");
}

/// The files of a folder of `fuzz/` with their names, in order; none where there is no such folder.
fn files_of(folder: &str) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(root().join("fuzz").join(folder)) else { return Vec::new() };
    let file = |path: std::path::PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, std::fs::read(&path).expect("a file"))
    };
    let mut files: Vec<_> = entries.map(|entry| file(entry.expect("an entry").path())).collect();
    files.sort();
    files
}
