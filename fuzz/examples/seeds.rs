//! Writes what fuzzing begins with, made of `fixtures/`, below `corpus/`.

use iameval::json::{self, Node, Value};
use iameval_tests::{fixtures, root};
use std::fmt::{self, Write};
use std::path::Path;
use std::{fs, io};

/// Larger texts make every run slow.
const MOST: usize = 16_384;

fn main() -> io::Result<()> {
    let mut seeds = Seeds::default();
    for folder in ["real", "managed", "force-mfa"] {
        for path in fixtures(folder, ".json") {
            seeds.policies.push(fs::read_to_string(path)?);
        }
    }
    for path in fixtures("real", ".jsonl") {
        for line in fs::read_to_string(path)?.lines() {
            seeds.policies.extend(json::parse(line).ok().and_then(|tree| tree.get("policy").map(Node::to_string)));
        }
    }
    for path in fixtures("conformance", ".json") {
        let text = fs::read_to_string(path)?;
        let tree = json::parse(&text).map_err(|error| io::Error::other(error.message()))?;
        for case in items(tree.get("cases")) {
            seeds.case(case, tree.get("sets"));
        }
    }
    for path in fixtures("force-mfa", ".yaml") {
        seeds.yaml.push(fs::read_to_string(path)?);
    }
    seeds.tests.push(fs::read_to_string(root().join("fixtures/force-mfa/policies.iamtest.yaml"))?);
    seeds.tests.push(iameval_tests::fuzz::CASES.to_owned());
    for path in fixtures("account", ".json").into_iter().chain(fixtures("worlds", ".yaml")) {
        seeds.files.push(fs::read_to_string(path)?);
    }
    for line in fs::read_to_string(root().join("fixtures/outputs/outputs.jsonl"))?.lines() {
        seeds.files.extend(json::parse(line).ok().and_then(|tree| tree.get("output").map(Node::to_string)));
    }
    seeds.files.extend(seeds.policies.iter().cloned());
    seeds.files.extend(fs::read_to_string(root().join("fixtures/cli/held.md"))?.split("\n```").filter_map(held));
    let events = fs::read_to_string(root().join("fixtures/cloudtrail/stratus-selection.json"))?;
    seeds.events.extend(events.lines().map(|line| line.trim_end_matches(',').to_owned()));
    for line in fs::read_to_string(root().join("fixtures/denials/messages.jsonl"))?.lines() {
        let text = json::parse(line).ok().and_then(|tree| Some(tree.get("text")?.as_str()?.to_owned()));
        seeds.denials.extend(text);
    }
    for path in fixtures("serve", ".request") {
        seeds.forms.push(fs::read_to_string(path)?.trim_end().to_owned());
    }
    seeds.yaml.extend(seeds.policies.iter().map(|policy| yaml(policy)));
    let corpus = root().join("fuzz/corpus");
    write(&corpus.join("policy_text"), &seeds.policies)?;
    write(&corpus.join("policy_file_text"), &seeds.files)?;
    write(&corpus.join("request_text"), &seeds.requests)?;
    write(&corpus.join("denial_text"), &seeds.denials)?;
    write(&corpus.join("event_text"), &seeds.events)?;
    write(&corpus.join("form_text"), &seeds.forms)?;
    write(&corpus.join("yaml_text"), &seeds.yaml)?;
    write(&corpus.join("test_file_text"), &seeds.tests)
}

#[derive(Default)]
struct Seeds {
    policies: Vec<String>,
    files: Vec<String>,
    denials: Vec<String>,
    requests: Vec<String>,
    events: Vec<String>,
    forms: Vec<String>,
    yaml: Vec<String>,
    tests: Vec<String>,
}

impl Seeds {
    /// A case as a line of a batch.
    fn case(&mut self, case: &Node<'_>, sets: Option<&Node<'_>>) {
        let set = case.get("policy_set").and_then(Node::as_str);
        let policies = match set {
            Some(name) => sets.and_then(|sets| sets.get(name)),
            None => case.get("policies"),
        };
        let parts = [("request", case.get("request")), ("policies", policies), ("options", case.get("options"))];
        let parts = parts.into_iter().filter_map(|(name, node)| Some((name, node?.clone())));
        self.requests.push(Node::object(parts).to_string());
    }
}

/// What stands in a block of a page, if it is a file.
fn held(block: &str) -> Option<String> {
    let (kind, text) = block.split_once('\n')?;
    matches!(kind, "json" | "yaml").then(|| text.to_owned())
}

fn items<'n>(node: Option<&'n Node<'n>>) -> &'n [Node<'n>] {
    match node.map(|node| &node.value) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}

/// JSON without braces and brackets where YAML needs none; the rest of it is YAML as it is.
fn yaml(policy: &str) -> String {
    fn block(node: &Node<'_>, depth: usize, out: &mut String) -> fmt::Result {
        let indent = "  ".repeat(depth);
        match &node.value {
            Value::Object(members) if !members.is_empty() => {
                for member in members {
                    write!(out, "\n{indent}{}:", Node::string(&*member.key))?;
                    block(&member.value, depth + 1, out)?;
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for item in items {
                    write!(out, "\n{indent}-")?;
                    block(item, depth + 1, out)?;
                }
            }
            _ => write!(out, " {node}")?,
        }
        Ok(())
    }
    let mut out = String::new();
    if let Ok(tree) = json::parse(policy) {
        let _ = block(&tree, 0, &mut out);
    }
    out
}

fn write(folder: &Path, texts: &[String]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let short = texts.iter().filter(|text| text.len() <= MOST);
    for (index, text) in short.enumerate() {
        fs::write(folder.join(format!("seed-{index:04}")), text)?;
    }
    Ok(())
}
