//! The transform beside SAM's own translator, whose answers are kept in the fixtures (`.ci/sam`).

mod places;
mod refused;

use super::tree::Tree;
use super::{Setting, transform};
use crate::cloudformation::template::{self, Notation};
use iameval::json::{self, Node, Value};
use iameval_world::Source;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What is compared, with the properties that matter.
const KINDS: [(&str, Option<&[&str]>); 14] = [
    ("AWS::IAM::Role", None),
    ("AWS::IAM::ManagedPolicy", None),
    ("AWS::IAM::Policy", None),
    ("AWS::Lambda::Permission", None),
    ("AWS::SQS::QueuePolicy", None),
    ("AWS::SNS::TopicPolicy", None),
    ("AWS::S3::BucketPolicy", None),
    ("AWS::Lambda::Function", Some(&["FunctionName", "KmsKeyArn", "Role", "Tags"])),
    ("AWS::Lambda::Alias", Some(&["FunctionName", "Name"])),
    ("AWS::StepFunctions::StateMachine", Some(&["RoleArn", "StateMachineName", "Tags"])),
    ("AWS::DynamoDB::Table", Some(&["TableName"])),
    ("AWS::Events::Rule", Some(&["EventBusName", "Name"])),
    ("AWS::SQS::Queue", Some(&[])),
    ("AWS::ApiGateway::RestApi", Some(&["Policy"])),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cloudformation")
}

fn files(folder: &Path, start: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(start));
    paths.sort();
    paths
}

fn read(path: &Path) -> Tree {
    let text = std::fs::read_to_string(path).unwrap();
    template::read(&Source::new(path.display().to_string(), text), Notation::Template).unwrap()
}

/// The expansion of a template with its parameters at their defaults.
fn expanded(tree: &Tree) -> Result<super::Transformed, Vec<iameval::Diagnostic>> {
    let parameters = template::section(tree, "Parameters");
    let known = |name: &str| Some(parameters.get(name)?.value.get("Default")?.as_str()?.to_owned());
    transform(tree, &Setting { known: &known, region: Some("eu-west-1") })
}

/// What a tree says, in one form: members in order, lists too where their order means nothing, attributes as lists.
fn said(node: &Tree) -> String {
    let mut out = String::new();
    append(node, &mut out);
    out
}

fn append(node: &Tree, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(text) | Value::String(text) => json::write_string(text, out).unwrap(),
        Value::Array(items) => {
            out.push('[');
            for item in items {
                append(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(members) => {
            let members: BTreeMap<&str, &Tree> = members.iter().map(|member| (&*member.key, &member.value)).collect();
            out.push('{');
            for (key, value) in members {
                json::write_string(key, out).unwrap();
                out.push(':');
                match (key, &value.value) {
                    // The translator is wrong here: CloudFormation refuses `{"Condition": {"Condition": "A"}}`.
                    ("Condition", Value::Object(inner)) if inner.len() == 1 && inner[0].key == "Condition" => {
                        append(&inner[0].value, out);
                    }
                    ("Fn::GetAtt", Value::String(text)) => {
                        let parts = text.split_once('.').unwrap();
                        out.extend(["[\"", parts.0, "\",\"", parts.1, "\",]"]);
                    }
                    ("Fn::Or" | "ManagedPolicyArns" | "Policies" | "Resource" | "Statement", Value::Array(items)) => {
                        let mut items: Vec<String> = items.iter().map(said).collect();
                        items.sort();
                        write!(out, "{items:?}").unwrap();
                    }
                    ("Statement", Value::Object(_)) => write!(out, "{:?}", [said(value)]).unwrap(),
                    _ => append(value, out),
                }
                out.push(',');
            }
            out.push('}');
        }
    }
}

/// Resources by id, as far as they are compared.
fn compared(tree: &Tree) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for member in tree.get("Resources").and_then(Node::members).unwrap_or_default() {
        let kind = member.value.get("Type").and_then(Node::as_str).unwrap();
        let Some((_, properties)) = KINDS.iter().find(|(known, _)| *known == kind) else { continue };
        let mut said_of_it = vec![kind.to_owned()];
        said_of_it.extend(member.value.get("Condition").map(|condition| format!("if {}", said(condition))));
        for property in member.value.get("Properties").and_then(Node::members).unwrap_or_default() {
            let is_empty = matches!(&property.value.value, Value::Array(items) if items.is_empty());
            if !is_empty && properties.is_none_or(|kept| kept.contains(&&*property.key)) {
                let alone = Node { value: Value::Object(vec![property.clone()]), span: property.value.span };
                said_of_it.push(said(&alone));
            }
        }
        said_of_it.sort();
        all.insert(member.key.clone().into_owned(), said_of_it.join("\n    "));
    }
    all
}

#[test]
fn the_expansion_is_that_of_the_translator() {
    let mut templates = files(&fixtures().join("sam/templates"), "");
    templates.extend(files(&fixtures().join("templates"), "sam-"));
    assert!(templates.len() >= 50);
    compare(&templates, &fixtures().join("sam/expected"));
}

/// `.ci/sam --draw` makes the templates, asks the translator, and runs this.
#[test]
#[ignore = "needs templates that .ci/sam makes"]
fn drawn_templates_come_to_the_same() {
    let folder = PathBuf::from(std::env::var_os("SAM_TEMPLATES").unwrap());
    compare(&files(&folder.join("templates"), ""), &folder.join("expected"));
}

#[track_caller]
fn compare(templates: &[PathBuf], folder: &Path) {
    let mut differences = Vec::new();
    let mut count = 0;
    for path in templates {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let expected = read_json(&folder.join(format!("{name}.json")));
        let tree = read(path);
        let ours = expanded(&tree).unwrap_or_else(|errors| panic!("{name}: {errors:#?}"));
        let (ours, theirs) = (both(&ours.tree, &tree), both(&expected, &Node::object([])));
        count += theirs.len();
        for id in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
            let (ours, theirs) = (ours.get(id), theirs.get(id));
            if ours != theirs {
                let shown = |said: Option<&String>| said.map_or("nothing".to_owned(), String::clone);
                differences.push(format!("{name}: {id}\n  ours\n    {}\n  SAM\n    {}", shown(ours), shown(theirs)));
            }
        }
    }
    println!("{} templates, {count} resources and conditions, {} different", templates.len(), differences.len());
    assert!(differences.is_empty(), "{}\n{}", differences.join("\n"), differences.len());
}

/// Resources and conditions, but for conditions that were there before.
fn both(tree: &Tree, before: &Tree) -> BTreeMap<String, String> {
    let mut all = compared(tree);
    for condition in tree.get("Conditions").and_then(Node::members).unwrap_or_default() {
        if before.get("Conditions").and_then(|known| known.get(&condition.key)).is_none() {
            all.insert(format!("condition {}", condition.key), said(&condition.value));
        }
    }
    all
}

fn read_json(path: &Path) -> Tree {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    json::parse(&text).unwrap().into_owned()
}
