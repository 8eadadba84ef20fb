//! `iameval batch`: order, pipes and memory; `fixtures/cli/batch.md` has what lines are answered.

use crate::run::Folder;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::time::Duration;

const ALLOW: &str =
    r#"{"identity":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}}"#;
const DENY: &str =
    r#"{"identity":{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}}"#;

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
        assert!(peak < 30_000, "{CHUNKS} MB of input took {peak} kB with --jobs {jobs}");
    }
}
