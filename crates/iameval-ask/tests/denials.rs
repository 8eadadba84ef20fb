//! Refused calls, as messages in `fixtures/denials/messages.jsonl` tell of them.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that panics has failed")]

use iameval::json::{self, Node, Value};
use iameval_ask::DeniedCall;
use iameval_data::Catalogue;

const MESSAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/denials/messages.jsonl");

/// What is compared: each by its name in the fixture, `null` where it is not there.
fn told(call: &DeniedCall) -> Vec<(&'static str, Option<String>)> {
    vec![
        ("principal", call.principal.clone()),
        ("action", call.action.clone()),
        ("resource", call.resources.first().cloned()),
        ("policy_type", call.layer.map(|layer| layer.as_str().to_owned())),
        ("policy_arn", call.policy_arn.clone()),
        ("explicit", call.explicit.map(|explicit| explicit.to_string())),
        ("encoded", call.encoded.then(|| "true".to_owned())),
    ]
}

fn text(node: &Node<'_>) -> String {
    match &node.value {
        Value::Bool(value) => value.to_string(),
        _ => node.as_str().map_or_else(|| format!("{node}"), ToOwned::to_owned),
    }
}

#[test]
fn messages_tell_of_refused_calls() {
    let cases = std::fs::read_to_string(MESSAGES).expect("a fixture");
    let (mut failures, mut names) = (Vec::new(), Vec::new());
    for (number, line) in cases.lines().enumerate() {
        let case = json::parse(line).expect("JSON");
        let name = text(case.get("name").unwrap());
        let Some(Value::Array(expected)) = case.get("denials").map(|node| &node.value) else { panic!("{name}") };
        let calls = DeniedCall::read_all(&text(case.get("text").unwrap()), Catalogue::embedded()).unwrap_or_default();
        let calls: Vec<DeniedCall> = calls.into_iter().map(|call| call.expect("a call")).collect();
        if calls.len() != expected.len() {
            failures.push(format!("{} {name}: {} calls: {calls:#?}", number + 1, calls.len()));
        }
        for (call, expected) in calls.iter().zip(expected) {
            for (field, found) in told(call) {
                let wanted = expected.get(field).map(text);
                if found != wanted {
                    failures.push(format!("{} {name}: {field}: {found:?}, not {wanted:?}", number + 1));
                }
            }
            if let Some(operation) = expected.get("operation") {
                assert_eq!(call.operation.as_deref(), operation.as_str(), "{name}");
            }
            let place = expected.get("line").map(|line| format!("line {}", text(line)));
            let more = expected.get("more").map_or_else(String::new, |more| format!(" and {} more", text(more)));
            if let Some(place) = place {
                assert_eq!(call.place, place + &more, "{name}");
            }
        }
        names.push(name);
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    names.sort();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]) && names.len() > 80, "{}", names.len());
}

/// Texts made to be slow, 64 KiB each: where the work grew with the square of the text this would not end.
#[test]
fn long_texts_are_read_in_time() {
    const PARTS: [&str; 20] = [
        "not authorized to perform: ",
        "User: ",
        "User: a is not authorized to perform: b:C on resource: ",
        "not authorized to perform this operation ",
        "x is not authorized to perform: b:C because ",
        "Action: ",
        "User: Action: Context: ",
        "AccessDenied ",
        "Access Denied",
        "when calling the ",
        "An error occurred (AccessDenied) when calling the GetObject operation: ",
        "operation error S3: GetObject, ",
        "Error executing \"",
        "\"",
        "\\",
        "\\u001b[",
        "\u{1b}[1",
        "\u{1b}]",
        "&quot;",
        "│",
    ];
    for part in PARTS {
        for end in ["", "\n"] {
            let part = format!("{part}{end}");
            let text = part.repeat((1 << 16) / part.len());
            let _ = DeniedCall::read_all(&text, Catalogue::embedded());
            let _ = DeniedCall::read_all(&format!("User: a is not authorized to perform: b:C {text}"), Catalogue::embedded());
        }
    }
}

#[test]
fn work_grows_with_the_text() {
    let line = |number: usize| format!("User: arn:aws:iam::111122223333:user/u{number} is not authorized to perform: iam:GetUser\n");
    let [one, two, four] = [500, 1000, 2000].map(|size| {
        let text: String = (0..size).map(line).collect();
        allocation_counter::measure(|| {
            assert_eq!(DeniedCall::read_all(&text, Catalogue::embedded()).unwrap().len(), size);
        })
        .bytes_total
    });
    assert!((four - two) * 10 <= (two - one) * 25 + 100_000, "{one} {two} {four}");
}

/// A world of one account from YAML.
fn world(text: &str) -> World {
    let mut files = iameval_world::TextFiles::default();
    files.add("world.yaml", text);
    let loaded = World::load(&files, &["world.yaml"]);
    loaded.world.unwrap_or_else(|| panic!("{:?}", loaded.findings))
}
