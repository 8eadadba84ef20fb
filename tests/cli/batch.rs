//! `iameval batch`: JSON lines in, JSON lines out.

use crate::run::{Folder, Run, allow, native};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::time::Duration;

const ALLOW: &str =
    r#"{"identity":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}}"#;
const DENY: &str =
    r#"{"identity":{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}}"#;

fn batch(input: impl AsRef<[u8]>) -> Run {
    Folder::new().run_with("batch", input)
}

/// The results of lines, all of which are answered.
#[track_caller]
fn answers(lines: &[&str]) -> Vec<Value> {
    let run = batch(lines.join("\n"));
    run.ends(0);
    run.json_lines()
}

/// The one error that a line gives; the run goes on.
#[track_caller]
fn error(line: &str) -> Value {
    let next = format!(r#"{{"id":"next","policies":{ALLOW},"request":{{"action":"s3:GetObject"}}}}"#);
    let run = batch(format!("{line}\n{next}\n"));
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(run.stderr, "1 of 2 lines could not be answered\n");
    let results = run.json_lines();
    assert_eq!(results.len(), 2, "{run:#?}");
    assert_eq!((&results[1]["id"], &results[1]["decision"]), (&json!("next"), &json!("allowed")));
    let result = &results[0];
    assert_eq!((&result["decision"], &result["decided_by"]), (&Value::Null, &Value::Null), "{result}");
    assert_eq!(result["matched"], json!([]), "{result}");
    result.clone()
}

/// Code and path of the error that a line gives, and the id of its result.
#[track_caller]
fn fails(line: &str, id: Option<&str>, code: &str, path: Option<&str>) {
    let result = error(line);
    assert_eq!(result["id"], json!(id), "{result}");
    assert_eq!((&result["error"]["code"], &result["error"]["path"]), (&json!(code), &json!(path)), "{result}");
    assert!(result["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{result}");
}

/// The id and decision of each result; `-` where there is none.
fn decisions(results: &[Value]) -> Vec<(&str, &str)> {
    let pairs = results.iter().map(|result| (result["id"].as_str(), result["decision"].as_str()));
    pairs.map(|(id, decision)| (id.unwrap_or("-"), decision.unwrap_or("-"))).collect()
}

#[test]
fn a_line_is_answered_by_its_own_policies() {
    let line = format!(r#"{{"id":"own","policies":{ALLOW},"request":{{"action":"s3:GetObject"}}}}"#);
    let results = answers(&[&line]);
    assert_eq!(
        results,
        [json!({
            "id": "own", "decision": "allowed", "decided_by": "identity",
            "matched": [{"policy": "identity[0]", "policy_type": "identity", "level": null, "sid": null, "statement_index": 0, "effect": "Allow"}],
            "missing_context_keys": [], "error": null,
        })]
    );
    assert_eq!(native(&results[0]), results[0]);
}

#[test]
fn ids_come_back_as_text() {
    let line = |id: &str| format!(r#"{{{id}"policies":{ALLOW},"request":{{"action":"s3:GetObject"}}}}"#);
    let lines = [r#""id":"a\u00e9\n","#, r#""id":7,"#, r#""id":1.50,"#, r#""id":null,"#, r#""id":"","#, ""].map(line);
    let results = answers(&lines.each_ref().map(String::as_str));
    let ids: Vec<_> = results.iter().map(|result| result["id"].clone()).collect();
    assert_eq!(ids, [json!("aé\n"), json!("7"), json!("1.50"), json!(null), json!(""), json!(null)]);
}

#[test]
fn definitions_hold_from_their_line_on() {
    let ask =
        |id: &str, set: &str| format!(r#"{{"id":"{id}","policy_set":"{set}","request":{{"action":"s3:GetObject"}}}}"#);
    let define = |set: &str, policies: &str| format!(r#"{{"define":"{set}","policies":{policies}}}"#);
    let lines = [
        define("a", ALLOW),
        ask("1", "a"),
        define("b", DENY),
        ask("2", "b"),
        ask("3", "a"),
        define("a", DENY),
        ask("4", "a"),
        define("a", ALLOW),
        ask("5", "a"),
    ];
    for jobs in [1, 4] {
        let run = Folder::new().run_with(&format!("batch --jobs {jobs}"), lines.join("\n"));
        run.ends(0);
        assert_eq!(
            decisions(&run.json_lines()),
            [("1", "allowed"), ("2", "explicit_deny"), ("3", "allowed"), ("4", "explicit_deny"), ("5", "allowed")]
        );
    }
}

#[test]
fn a_set_must_be_defined_above() {
    let ask = r#"{"id":"early","policy_set":"dev","request":{"action":"s3:GetObject"}}"#;
    fails(ask, Some("early"), "invalid_request", Some("policy_set"));
    let run = batch(format!("{ask}\n{{\"define\":\"dev\",\"policies\":{ALLOW}}}\n{ask}\n"));
    let results = run.json_lines();
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["error"]["message"], "no policy set `dev` is defined above");
    assert_eq!(results[1]["decision"], "allowed");
}

#[test]
fn a_wrong_definition_takes_the_name_away() {
    let ask = |id: &str| format!(r#"{{"id":"{id}","policy_set":"dev","request":{{"action":"s3:GetObject"}}}}"#);
    let lines = [
        format!(r#"{{"define":"dev","policies":{ALLOW}}}"#),
        ask("before"),
        r#"{"define":"dev","policies":{"identity":{"Statement":5}}}"#.to_owned(),
        ask("after"),
        format!(r#"{{"define":"dev","policies":{ALLOW}}}"#),
        ask("again"),
    ];
    let run = batch(lines.join("\n"));
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), "2 of 4 lines could not be answered\n"));
    let results = run.json_lines();
    let codes: Vec<_> = results.iter().map(|result| (result["id"].clone(), result["error"]["code"].clone())).collect();
    assert_eq!(
        codes,
        [
            (json!("before"), json!(null)),
            (json!(null), json!("malformed_policy")),
            (json!("after"), json!("invalid_request")),
            (json!("again"), json!(null)),
        ]
    );
    assert_eq!(results[1]["error"]["path"], "policies.identity.Statement");
}

#[test]
fn wrong_definitions_have_no_id() {
    fails(r#"{"define":"z"}"#, None, "invalid_request", None);
    fails(r#"{"define":5,"policies":{}}"#, None, "invalid_request", Some("define"));
    fails(r#"{"define":"z","policies":{},"x":1}"#, None, "invalid_request", Some("x"));
    fails(r#"{"define":"z","policies":{"idntity":[]}}"#, None, "invalid_request", Some("policies.idntity"));
}

#[test]
fn own_policies_may_stand_beside_a_set_but_not_in_the_same_layer() {
    let lines = |own: &str| {
        format!(
            "{{\"define\":\"dev\",\"policies\":{ALLOW}}}\n{{\"id\":\"1\",\"policy_set\":\"dev\",\"policies\":{own},\"request\":{{\"action\":\"s3:GetObject\"}}}}\n"
        )
    };
    let run = batch(lines(r#"{"boundary":{"Statement":[]}}"#));
    run.ends(0);
    assert_eq!(run.json_lines()[0]["decided_by"], "boundary");
    let results = batch(lines(DENY)).json_lines();
    assert_eq!(results.len(), 1);
    assert_eq!((&results[0]["id"], &results[0]["error"]["code"]), (&json!("1"), &json!("invalid_request")));
    assert_eq!(results[0]["error"]["path"], "policies.identity");
}

#[test]
fn lines_that_are_no_json() {
    for line in ["nonsense", "{", "{\"id\":\"x\",}", "[]", "\"text\"", "{\"id\":\"x\"} {}"] {
        fails(line, None, "invalid_json", None);
    }
    let run = batch(b"{\"id\":\"caf\xe9\"}\n");
    assert_eq!(run.code, Some(0));
    assert_eq!(run.json_lines()[0]["error"]["code"], "invalid_json");
    assert_eq!(run.stderr, "1 of 1 line could not be answered\n");
}

#[test]
fn lines_that_are_no_request() {
    fails(r#"{"id":"x","reqest":{}}"#, Some("x"), "invalid_request", Some("reqest"));
    fails(r#"{"id":"x"}"#, Some("x"), "invalid_request", None);
    fails(r#"{"id":true,"request":{"action":"s3:GetObject"}}"#, None, "invalid_request", Some("id"));
    fails(r#"{"id":"x","request":{"action":"GetObject"}}"#, Some("x"), "invalid_request", Some("request.action"));
    for action in ["s3:*", "s3:Get?bject", "*"] {
        let line = format!(r#"{{"id":"x","policies":{ALLOW},"request":{{"action":"{action}"}}}}"#);
        fails(&line, Some("x"), "invalid_request", Some("request.action"));
    }
    fails(r#"{"id":"x","request":{"action":5}}"#, Some("x"), "invalid_request", Some("request.action"));
    fails(
        r#"{"id":"x","request":{"action":"s3:GetObject","principal":"john"}}"#,
        Some("x"),
        "invalid_request",
        Some("request.principal"),
    );
    fails(
        r#"{"id":"x","request":{"action":"s3:GetObject","action":"s3:PutObject"}}"#,
        Some("x"),
        "invalid_request",
        Some("request.action"),
    );
}

#[test]
fn malformed_policies_are_named_by_path() {
    let line = r#"{"id":"x","request":{"action":"s3:GetObject"},"policies":{"identity":[{"document":{"Statement":[
        {"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Alow","Action":"*","Resource":"*"}]}}]}}"#;
    fails(
        &line.replace('\n', " "),
        Some("x"),
        "malformed_policy",
        Some("policies.identity[0].document.Statement[1].Effect"),
    );
    let text = r#"{"id":"x","request":{"action":"s3:GetObject"},"policies":{"boundary":"{\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"*\"}]}"}}"#;
    fails(text, Some("x"), "malformed_policy", Some("policies.boundary.Statement[0]"));
}

#[test]
fn empty_lines_are_skipped_and_line_ends_do_not_matter() {
    let line = |id: u8| format!(r#"{{"id":"{id}","policies":{ALLOW},"request":{{"action":"s3:GetObject"}}}}"#);
    let run = batch(format!("\n  \n{}\r\n\r\n{}\n\t\n{}", line(1), line(2), line(3)));
    run.ends(0);
    assert_eq!(decisions(&run.json_lines()), [("1", "allowed"), ("2", "allowed"), ("3", "allowed")]);
    assert!(run.stdout.ends_with('\n') && !run.stdout.contains('\r'));
}

#[test]
fn errors_can_fail_the_run() {
    let folder = Folder::new();
    let good = format!(r#"{{"policies":{ALLOW},"request":{{"action":"s3:GetObject"}}}}"#);
    let denied = format!(r#"{{"policies":{DENY},"request":{{"action":"s3:GetObject"}}}}"#);
    folder.run_with("batch --fail-on-error", format!("{good}\n{denied}\n")).ends(0);
    let run = folder.run_with("batch --fail-on-error", format!("{good}\nwrong\n{denied}\n"));
    assert_eq!((run.code, run.stderr.as_str()), (Some(2), "1 of 3 lines could not be answered\n"));
    assert_eq!(run.json_lines().len(), 3);
}

#[test]
fn requests_come_from_a_file_or_standard_input() {
    let line = format!("{{\"policies\":{ALLOW},\"request\":{{\"action\":\"s3:GetObject\"}}}}\n");
    let folder = Folder::new().with("requests.jsonl", &line).with("folder/x", "");
    for run in [folder.run("batch requests.jsonl"), folder.run_with("batch -", &line), folder.run_with("batch", &line)]
    {
        run.ends(0);
        assert_eq!(run.json_lines().len(), 1);
    }
    let run = folder.run("batch request.jsonl");
    run.complains("--> request.jsonl");
    assert!(run.stderr.starts_with("error[IE0001]: cannot read `request.jsonl`: "), "{}", run.stderr);
    folder.run("batch folder").complains("error[IE0002]: `folder` is a folder, not a file\n--> folder");
    folder
        .run("batch --jobs 0 requests.jsonl")
        .complains("error[IE0500]: invalid value '0' for '--jobs <N>': 0 is not in 1..=512");
    folder
        .run("batch --jobs many requests.jsonl")
        .complains("error[IE0500]: invalid value 'many' for '--jobs <N>': invalid digit found in string");
}

#[test]
fn a_batch_without_requests_is_refused() {
    let definition = format!("{{\"define\":\"set\",\"policies\":{ALLOW}}}\n");
    let folder = Folder::new().with("empty.jsonl", "");
    for run in [
        folder.run("batch"),
        folder.run("batch -"),
        folder.run("batch empty.jsonl"),
        folder.run_with("batch --jobs 4", "\n \t\r\n\n"),
        folder.run_with("batch --jobs 1", definition),
    ] {
        run.complains(
            "error[IE0004]: there are no requests to answer\n = help: give one simulation request a line, as JSON",
        );
    }
}

/// A long batch: definitions, redefinitions, wrong lines and empty ones among the requests.
fn long_batch() -> (String, Vec<(String, &'static str)>) {
    let (mut text, mut expected) = (String::new(), Vec::new());
    let mut current = "allowed";
    for index in 0..20_000 {
        if index % 1_000 == 0 {
            let (policies, decision) = if index % 2_000 == 0 { (ALLOW, "allowed") } else { (DENY, "explicit_deny") };
            current = decision;
            let _ = writeln!(text, r#"{{"define":"set","policies":{policies}}}"#);
        }
        let id = format!("{index}{}", "x".repeat(index * 7 % 50));
        let decision = match index % 7 {
            0 => {
                let _ = writeln!(text, r#"{{"id":"{id}","policies":{DENY},"request":{{"action":"s3:Get{index}"}}}}"#);
                "explicit_deny"
            }
            1 => {
                let _ = writeln!(text, r#"{{"id":"{id}","policy_set":"set","request":{{"action":"ec2:Get"}}}}"#);
                "implicit_deny"
            }
            2 if index % 5 == 0 => {
                let _ = writeln!(text, "\n{{\"id\":\"{id}\",\"oops\":1}}\n");
                "-"
            }
            _ => {
                let _ = writeln!(text, r#"{{"id":"{id}","policy_set":"set","request":{{"action":"s3:GetObject"}}}}"#);
                current
            }
        };
        expected.push((id, decision));
    }
    (text, expected)
}

#[test]
fn every_line_is_answered_once_and_in_order_whatever_the_jobs() {
    let (text, expected) = long_batch();
    let folder = Folder::new().with("requests.jsonl", &text);
    let one = folder.run("batch --jobs 1 requests.jsonl");
    assert_eq!(one.code, Some(0));
    let results = one.json_lines();
    assert_eq!(results.len(), expected.len());
    for (result, (id, decision)) in results.iter().zip(&expected) {
        assert_eq!((result["id"].as_str(), result["decision"].as_str().unwrap_or("-")), (Some(&**id), *decision));
    }
    for arguments in ["batch --jobs 4 requests.jsonl", "batch -j 2 requests.jsonl", "batch requests.jsonl"] {
        let other = folder.run(arguments);
        assert_eq!(other.code, Some(0));
        assert!(other.stdout == one.stdout, "{arguments} gives other results than --jobs 1");
        assert_eq!(other.stderr, one.stderr);
    }
}

/// A batch that waits for lines.
fn waiting(jobs: &str) -> (Folder, Child) {
    let folder = Folder::new();
    let child = folder
        .command("")
        .args(["batch", "--jobs", jobs])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    (folder, child)
}

#[test]
fn results_come_before_the_next_line_does() {
    const LONG: Duration = Duration::from_secs(60);
    for jobs in ["1", "4"] {
        let (_folder, mut child) = waiting(jobs);
        let mut stdin = child.stdin.take().expect("a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (send, lines) = std::sync::mpsc::channel();
        let reader =
            std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        writeln!(stdin, r#"{{"define":"set","policies":{ALLOW}}}"#).expect("a line");
        for index in 0..20 {
            writeln!(stdin, r#"{{"id":{index},"policy_set":"set","request":{{"action":"s3:GetObject"}}}}"#)
                .expect("a line");
            let line = lines.recv_timeout(LONG).expect("a result while standard input is open");
            let result: Value = serde_json::from_str(&line).expect("JSON");
            assert_eq!((&result["id"], &result["decision"]), (&json!(index.to_string()), &json!("allowed")));
        }
        drop(stdin);
        assert!(lines.recv_timeout(LONG).is_err(), "a result too many");
        assert!(reader.join().is_ok());
        assert_eq!(child.wait().expect("the end").code(), Some(0));
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    for jobs in ["1", "4"] {
        let (_folder, mut child) = waiting(jobs);
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let line = format!("{{\"policies\":{ALLOW},\"request\":{{\"action\":\"s3:GetObject\"}}}}\n").repeat(100);
        stdin.write_all(line.as_bytes()).expect("lines");
        let mut first = String::new();
        stdout.read_line(&mut first).expect("a line");
        assert!(first.starts_with("{\"id\":null,\"decision\":\"allowed\""), "{first}");
        drop(stdout);
        // More than any buffer on the way holds; it ends with an error once the command has.
        while stdin.write_all(line.as_bytes()).is_ok() {}
        drop(stdin);
        let output = child.wait_with_output().expect("the end");
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let line = format!("{{\"policies\":{ALLOW},\"request\":{{\"action\":\"s3:GetObject\"}}}}\n");
    let folder = Folder::new().with("requests.jsonl", line);
    let output = folder.command("").args(["batch", "requests.jsonl"]).stdout(full).output().expect("the command runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: cannot write the answer: "));
}

/// The most memory that a process has had so far, in kilobytes.
#[cfg(target_os = "linux")]
fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the status of a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_input() {
    const CHUNKS: usize = 60;
    for jobs in ["1", "4"] {
        let (_folder, mut child) = waiting(jobs);
        let process = child.id();
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let padding = "x".repeat(4_000);
        let line = format!(r#"{{"id":"{padding}","policy_set":"set","request":{{"action":"s3:GetObject"}}}}"#) + "\n";
        let chunk = line.repeat(1_000_000 / line.len());
        let lines = CHUNKS * (1_000_000 / line.len());
        let writer = std::thread::spawn(move || {
            writeln!(stdin, r#"{{"define":"set","policies":{ALLOW}}}"#).expect("a line");
            for _ in 0..CHUNKS {
                stdin.write_all(chunk.as_bytes()).expect("lines");
            }
            stdin
        });
        let mut count = 0;
        let mut result = Vec::new();
        while count < lines && stdout.read_until(b'\n', &mut result).expect("a line") > 0 {
            result.clear();
            count += 1;
        }
        let peak = peak_memory(process);
        drop(writer.join().expect("the writer ends"));
        assert_eq!(child.wait().expect("the end").code(), Some(0));
        assert_eq!(count, lines);
        assert!(peak < 25_000, "{CHUNKS} MB of input took {peak} kB with --jobs {jobs}");
    }
}

#[test]
fn a_policy_text_inside_a_line_counts_as_a_policy() {
    let document = serde_json::to_string(&allow("Text", "s3:*")).expect("JSON");
    let line = format!(
        r#"{{"policies":{{"identity":[{{"name":"P","document":{document}}}]}},"request":{{"action":"s3:GetObject"}}}}"#
    );
    let results = answers(&[&line]);
    assert_eq!((&results[0]["matched"][0]["policy"], &results[0]["matched"][0]["sid"]), (&json!("P"), &json!("Text")));
}
