//! Reading never panics, whatever the text, and takes time in proportion to its length.

#![expect(clippy::unwrap_used, reason = "what fails here is a failed test")]

use iameval_cloudtrail::{Events, unpack};
use iameval_data::Catalogue;
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn sample() -> Vec<u8> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloudtrail/stratus-selection.json");
    std::fs::read(file).unwrap()
}

/// Everything that can be done with what is read.
fn read(text: &str) -> usize {
    let mut count = 0;
    for item in Events::new(text) {
        count += 1;
        if let Ok(event) = item {
            let _ = (event.denial(), event.is_denied());
            if let Ok(asked) = event.request(Catalogue::embedded()) {
                assert!(asked.requests().count() > 0);
            }
            assert_eq!(event.clone().into_owned(), event);
        }
    }
    count
}

/// Texts of what events and their wrappers are made of.
fn pieces() -> impl Strategy<Value = String> {
    const PIECES: [&str; 26] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\n",
        "\"Records\"",
        "\"eventName\":\"RunInstances\"",
        "\"detail\":{",
        "\"eventSource\":\"ec2.amazonaws.com\"",
        "\"userIdentity\":{\"type\":\"Root\",\"arn\":\"arn:aws:iam::111122223333:root\"}",
        "\"requestParameters\":",
        "\"CloudTrailEvent\":",
        "\"message\":",
        "{a=b, c={d=}}",
        "null",
        "1e9",
        "é",
        "arn:aws:s3:::",
        "\"resources\":[{\"ARN\":\"arn:aws:ec2:::\"}]",
        "\"tags\":[{\"key\":\"k\"}]",
        "\"instanceId\":\"i-\"",
        "\\u00",
    ];
    proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_read(text in pieces()) {
        read(&text);
    }

    #[test]
    fn any_text_may_be_a_member(text in pieces(), name in proptest::sample::select(&["userIdentity", "requestParameters", "resources", "eventTime", "errorMessage", "detail"][..])) {
        let quoted = serde_json::Value::from(text.as_str());
        read(&format!(r#"{{"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "{name}": {quoted}}}"#));
        read(&format!(r#"{{"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "{name}": {text}}}"#));
    }

    #[test]
    fn damaged_events_are_read(from in 0_usize..90_000, length in 0_usize..4000, at in 0_usize..4000, byte: u8) {
        let sample = sample();
        let mut part = sample[from.min(sample.len())..(from + length).min(sample.len())].to_vec();
        if let Some(place) = part.get_mut(at) {
            *place = byte;
        }
        read(&String::from_utf8_lossy(&part));
    }

    #[test]
    fn any_bytes_are_unpacked(bytes in proptest::collection::vec(any::<u8>(), 0..200), limit in 0_usize..1000) {
        let packed = [&[0x1f, 0x8b, 8, bytes.first().copied().unwrap_or(0) & 31][..], &bytes].concat();
        for bytes in [&bytes, &packed] {
            if let Ok(text) = unpack(bytes, limit) {
                assert!(text.len() <= limit);
            }
        }
    }
}

/// The time for a text of so many pieces, the best of some.
fn time(piece: &str, count: usize, end: &str) -> Duration {
    let text = piece.repeat(count) + end;
    let once = || {
        let start = Instant::now();
        std::hint::black_box(Events::new(&text).count());
        start.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap()
}

#[test]
fn growth_is_linear() {
    for (piece, end) in [
        ("{\"a\": 1}\n", ""),
        ("{\n", ""),
        ("[\n", ""),
        ("{\"a\": [\n", ""),
        ("{\"Records\": [\n", ""),
        ("{\"Records\": [], \n", ""),
        ("\"\n", ""),
        ("{\"\n", ""),
        ("x\n", ""),
        ("{\"eventName\": \"a\", \"userIdentity\": \"{a=\", \"eventSource\": \"{{{{\"}", ""),
        (",", "{"),
        ("\\", "\""),
    ] {
        let (small, large) = (time(piece, 2_000, end), time(piece, 32_000, end));
        // 16 times the length; a quadratic reader needs 256 times the time.
        assert!(large < small * 80 + Duration::from_millis(30), "{piece:?}: {small:?}, {large:?}");
    }
}

#[test]
fn rows_in_one_field_grow_linearly() {
    let row = |count: usize| {
        let text = format!("{{{}", "a={b=c, ".repeat(count));
        let event =
            format!(r#"{{"eventSource": "a", "eventName": "b", "userIdentity": {}}}"#, serde_json::Value::from(text));
        let start = Instant::now();
        std::hint::black_box(Events::new(&event).count());
        start.elapsed()
    };
    row(10);
    let (small, large) = (row(2_000), row(32_000));
    assert!(large < small * 80 + Duration::from_millis(30), "{small:?}, {large:?}");
}
