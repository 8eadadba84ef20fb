//! Services beside the framework itself, whose answers are kept in the fixtures (`.ci/serverless`).

mod files;
mod unknown;
mod wrong;

use crate::cloudformation::CloudFormation;
use crate::stack::{Resource, Stack};
use crate::testing::Memory;
use crate::value::{Value, ValueKind};
use iameval::symbol::Symbols;
use iameval_world::{Disk, Finding};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What is compared, with the properties that matter.
const KINDS: [(&str, Option<&[&str]>); 20] = [
    ("AWS::ApiGateway::RestApi", Some(&["Name", "Policy"])),
    ("AWS::ApiGatewayV2::Api", Some(&["Name"])),
    ("AWS::CloudFront::Distribution", Some(&[])),
    ("AWS::Cognito::UserPool", Some(&["UserPoolName"])),
    ("AWS::DynamoDB::Table", Some(&["TableName"])),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", Some(&[])),
    ("AWS::Events::EventBus", Some(&["Name"])),
    ("AWS::Events::Rule", Some(&["EventBusName", "Name"])),
    ("AWS::IAM::Role", None),
    ("AWS::IoT::TopicRule", Some(&["RuleName"])),
    ("AWS::Kinesis::StreamConsumer", Some(&["ConsumerName", "StreamARN"])),
    ("AWS::Lambda::Alias", Some(&["FunctionName", "Name"])),
    ("AWS::Lambda::Function", Some(&["FunctionName", "KmsKeyArn", "Role"])),
    ("AWS::Lambda::Permission", None),
    ("AWS::Lambda::Version", Some(&["FunctionName"])),
    ("AWS::S3::Bucket", Some(&["BucketName"])),
    ("AWS::S3::BucketPolicy", None),
    ("AWS::SNS::Topic", Some(&["TopicName"])),
    ("AWS::SQS::Queue", Some(&["QueueName"])),
    ("AWS::SQS::QueuePolicy", None),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/serverless")
}

fn services() -> Vec<String> {
    let entries = std::fs::read_dir(fixtures().join("services")).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 8);
    names
}

/// The stack of a file, and what is not known in it.
fn stack(source: &CloudFormation, files: &dyn iameval_world::Files) -> (Stack, Symbols, Vec<Finding>) {
    let mut symbols = Symbols::new();
    let mut read = source.stacks(files, &mut symbols).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
    assert_eq!(read.stacks.len(), 1);
    (read.stacks.remove(0), symbols, read.warnings)
}

/// A value as text, in which the order of statements means nothing.
fn shown(value: &Value, symbols: &Symbols) -> String {
    match &value.kind {
        ValueKind::List(items) => {
            let items: Vec<String> = items.iter().map(|item| shown(item, symbols)).collect();
            format!("[{}]", items.join(", "))
        }
        ValueKind::Map(entries) => {
            let entry = |entry: &crate::value::Entry| {
                let value = match (&*entry.key.text, &entry.value.kind) {
                    // The framework makes a list of an action.
                    ("Action" | "Resource", ValueKind::List(items)) if items.len() == 1 => shown(&items[0], symbols),
                    ("Statement" | "Service", ValueKind::List(items)) => {
                        let mut items: Vec<String> = items.iter().map(|item| shown(item, symbols)).collect();
                        items.sort();
                        format!("[\n      {}]", items.join(",\n      "))
                    }
                    _ => shown(&entry.value, symbols),
                };
                format!("{}: {value}", symbols.display(&entry.key.text))
            };
            let mut entries: Vec<String> = entries.iter().map(entry).collect();
            entries.sort();
            format!("{{{}}}", entries.join(", "))
        }
        _ => super::super::tests::shown(value, symbols),
    }
}

/// Resources by id, as far as they are compared.
fn compared(stack: &Stack, symbols: &Symbols) -> BTreeMap<String, String> {
    let of = |resource: &Resource| {
        let (_, kept) = KINDS.iter().find(|(kind, _)| *kind == resource.kind)?;
        let mut said = vec![resource.kind.clone()];
        if let ValueKind::Map(entries) = &resource.properties.kind {
            let is_kept = |name: &str| kept.is_none_or(|kept| kept.contains(&name));
            // An empty policy, an empty list and nothing are the same.
            let is_empty = |value: &Value| match &value.kind {
                ValueKind::Text(text) => text.text.is_empty(),
                ValueKind::List(items) => items.is_empty(),
                _ => false,
            };
            for entry in entries.iter().filter(|entry| is_kept(&entry.key.text) && !is_empty(&entry.value)) {
                said.push(format!("{}: {}", entry.key.text, shown(&entry.value, symbols)));
            }
        }
        said.sort();
        Some((resource.id.clone(), said.join("\n    ")))
    };
    stack.resources.iter().filter_map(of).collect()
}

#[test]
fn services_come_to_what_the_framework_makes_of_them() {
    let mut differences = Vec::new();
    let mut count = 0;
    for name in services() {
        let path = fixtures().join("services").join(&name).join("serverless.yml");
        let ours = stack(&CloudFormation::new(path), &Disk::default());
        let expected = CloudFormation::new(fixtures().join(format!("expected/{name}.json")));
        let region = ours.0.location.region.clone();
        let theirs = stack(&expected.region(region), &Disk::default());
        let (mut ours, theirs) = (compared(&ours.0, &ours.1), compared(&theirs.0, &theirs.1));
        // What functions of the framework do when they run is in no template.
        let is_given_then = |id: &str| {
            let custom = id.strip_suffix("Permission").filter(|id| id.contains("Custom"));
            custom.is_some_and(|id| id.ends_with(|last: char| last.is_ascii_digit()))
        };
        ours.retain(|id, _| !is_given_then(id));
        count += theirs.len();
        for id in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
            let (ours, theirs) = (ours.get(id), theirs.get(id));
            if ours != theirs {
                let shown = |said: Option<&String>| said.map_or("nothing".to_owned(), String::clone);
                let (ours, theirs) = (shown(ours), shown(theirs));
                differences.push(format!("{name}: {id}\n  ours\n    {ours}\n  the framework\n    {theirs}"));
            }
        }
    }
    println!("{count} resources, {} different", differences.len());
    assert!(differences.is_empty(), "{}\n{}", differences.join("\n"), differences.len());
}

/// A service of one file.
fn read(text: &str) -> (Stack, Symbols, Vec<Finding>) {
    stack(&CloudFormation::new("serverless.yml"), &Memory::default().with("serverless.yml", text))
}
