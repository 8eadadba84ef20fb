//! `iameval-mcp` against sessions: lines in, lines out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where something is not as it should be")]

use iameval_data::Catalogue;
use iameval_infra::{Infrastructure, WithInfrastructure};
use iameval_mcp::{LONGEST, Server, Workspace};
use iameval_report::Codes;
use iameval_test::{Options, TestFile};
use iameval_world::{Disk, Finding, World};
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Tests run in the folder of their package. What is written of a file has this path in it, whatever the machine.
const FIXTURES: &str = "../../fixtures";

/// A world, and the test file of `fixtures/mcp`.
struct Folder {
    codes: Codes,
    world: Option<PathBuf>,
}

impl Folder {
    fn of(world: Option<&str>) -> Self {
        let codes = Codes::of(&[iameval::codes::ALL, iameval_world::codes::ALL, iameval_lint::codes::ALL]);
        Self { codes, world: world.map(|path| Path::new(FIXTURES).join(path)) }
    }
}

impl Workspace for Folder {
    fn catalogue(&self) -> &Catalogue {
        Catalogue::embedded()
    }

    fn codes(&self) -> &Codes {
        &self.codes
    }

    fn world(&self) -> Result<Option<Arc<World>>, Vec<Finding>> {
        let Some(path) = &self.world else { return Ok(None) };
        let files = WithInfrastructure(Disk::default(), Infrastructure::new());
        World::load(&files, std::slice::from_ref(path)).map(|world| Some(Arc::new(world)))
    }

    fn tests(&self) -> Result<(Vec<TestFile<'_>>, Vec<Finding>), Vec<Finding>> {
        let path = Path::new(FIXTURES).join("mcp/reports.iamtest.yaml");
        Ok((vec![TestFile::load(&Disk::default(), &path, &Options::default())?], Vec::new()))
    }
}

/// In `NAME.session`, `> ` is what a client sends and `< ` what it gets; nothing follows what wants no answer. `UPDATE=1` writes
/// the answers. Sessions named `template…` ask about a template, `alone…` about no world, all others about `world.yaml`.
#[test]
fn sessions_are_answered_as_they_are_written() {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(Path::new(FIXTURES).join("mcp"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "session"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 5);
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let folder = Folder::of(match name {
            _ if name.starts_with("template") => Some("serve/template.yml"),
            _ if name.starts_with("alone") => None,
            _ => Some("mcp/world.yaml"),
        });
        let server = Server::new(&folder, "0.0.0");
        let written = std::fs::read_to_string(&path).unwrap();
        let mut session = String::new();
        for line in written.lines().filter(|line| !line.starts_with("< ")) {
            let _ = writeln!(session, "{line}");
            let Some(sent) = line.strip_prefix("> ") else { continue };
            if let Some(answer) = server.answer(sent.as_bytes()) {
                let _ = writeln!(session, "< {answer}");
            }
        }
        if update {
            std::fs::write(&path, &session).unwrap();
        } else if session != written {
            wrong.push(format!("{}:\n{session}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn call(server: &Server<'_>, tool: &str, arguments: &Value) -> Value {
    let message = serde_json::json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments},
    });
    let answer: Value = serde_json::from_str(&server.answer(message.to_string().as_bytes()).unwrap()).unwrap();
    answer["result"].clone()
}

/// The policy that an assistant proposes grants more than the needs; the mended one does not, and still grants them.
#[test]
fn a_proposal_that_grants_more_than_the_needs_is_refused() {
    let folder = Folder::of(None);
    let server = Server::new(&folder, "0.0.0");
    let policy = |actions: &[&str], resource: &str| {
        serde_json::json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": actions, "Resource": resource}]})
    };
    let reports = "arn:aws:s3:::reports/*";
    let needs = policy(&["s3:GetObject", "s3:PutObject"], reports);
    let gained = |proposal: &Value| {
        let result = call(&server, "diff", &serde_json::json!({"old": needs, "new": proposal}));
        assert_eq!(result["isError"], false, "{result}");
        let differs = &result["structuredContent"];
        assert_eq!(differs["undecided"], false, "{differs}");
        differs["gained"].as_bool().unwrap()
    };
    let nothing_else = |proposal: &Value| {
        let claim = |arguments: Value| {
            let mut claim = serde_json::json!({
                "principal": "arn:aws:iam::123456789012:user/ana", "policies": proposal, "expect": "deny",
            });
            claim.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
            let result = call(&server, "prove", &claim);
            assert_eq!(result["isError"], false, "{result}");
            result["structuredContent"]["verdict"].as_str().unwrap().to_owned()
        };
        let needed = ["s3:GetObject", "s3:PutObject"];
        let others = claim(serde_json::json!({"actions": "*", "except_actions": needed}));
        let elsewhere = claim(serde_json::json!({"actions": needed, "except_resources": reports}));
        (others, elsewhere)
    };
    let proposed = policy(&["s3:*"], reports);
    assert!(gained(&proposed));
    assert_eq!(nothing_else(&proposed), ("refuted".into(), "holds".into()));
    let mended = policy(&["s3:GetObject", "s3:PutObject"], reports);
    assert!(!gained(&mended));
    assert_eq!(nothing_else(&mended), ("holds".into(), "holds".into()));
    let needed = serde_json::json!({
        "principal": "arn:aws:iam::123456789012:user/ana", "policies": mended, "actions": ["s3:GetObject", "s3:PutObject"],
        "resources": "arn:aws:s3:::reports/q3.csv",
    });
    let answers = call(&server, "simulate", &needed);
    let decisions: Vec<&str> = answers["structuredContent"]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["decision"].as_str().unwrap())
        .collect();
    assert_eq!(decisions, ["allowed", "allowed"]);
}

#[test]
fn messages_come_in_lines_and_too_long_ones_are_skipped() {
    let folder = Folder::of(None);
    let server = Server::new(&folder, "0.0.0");
    let ping = "{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": \"ping\"}";
    let input = format!("{}\r\n\n{ping}\r\n{ping}", " ".repeat(LONGEST + 5));
    let mut output = Vec::new();
    server.run(input.as_bytes(), &mut output).unwrap();
    let lines: Vec<Value> =
        String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["error"]["code"], -32600);
    assert_eq!(lines[2], serde_json::json!({"jsonrpc": "2.0", "id": 7, "result": {}}));
}

#[test]
fn the_page_of_rules_is_that_of_the_documentation() {
    let page = std::fs::read_to_string("../../docs/semantics.md").unwrap();
    let copy = "semantics.md";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(copy, &page).unwrap();
    }
    assert!(std::fs::read_to_string(copy).unwrap() == page, "UPDATE=1 copies docs/semantics.md");
}
