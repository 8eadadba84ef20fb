//! A configuration with its plan, the state after it was applied, and the plan after that.

use super::super::address::Address;
use super::symbols;
use crate::Terraform;
use crate::testing::Memory;
use iameval::json::{self, Node, Value};
use iameval::symbol::SymbolKind;
use iameval::{Action, Context, Decision};
use iameval_world::{Ask, Attached, Disk, Files, World};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A file of the loop: of that which is kept, or of one that was just made.
pub(super) fn path(name: &str) -> PathBuf {
    let kept = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/terraform/loop");
    std::env::var_os("IAMEVAL_TERRAFORM_LOOP").map_or_else(kept, PathBuf::from).join(name)
}

fn read_from(files: &dyn Files, source: &Terraform) -> World {
    World::from_sources(files, &[source]).unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

fn read(source: &Terraform) -> World {
    read_from(&Disk::default(), source)
}

/// The plan where its source is not beside it.
fn plan_alone() -> Memory {
    Memory::default().with("plan.json", std::fs::read_to_string(path("plan.json")).unwrap())
}

/// A document in one form: lists in order, a list of one as that one, no empty `Sid`.
fn normal(node: &Node<'_>) -> String {
    match &node.value {
        Value::Array(items) => {
            let mut items: Vec<String> = items.iter().map(normal).collect();
            items.sort();
            items.dedup();
            match items.as_slice() {
                [one] => one.clone(),
                several => format!("[{}]", several.join(",")),
            }
        }
        Value::Object(members) => {
            let mut members: Vec<String> = members
                .iter()
                .filter(|member| !(member.key == "Sid" && member.value.as_str() == Some("")))
                .map(|member| format!("{}:{}", member.key, normal(&member.value)))
                .collect();
            members.sort();
            format!("{{{}}}", members.join(","))
        }
        Value::String(text) => text.to_string(),
        Value::Number(text) => text.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Null => "null".to_owned(),
    }
}

fn document(attached: &Attached) -> String {
    let document = attached.policy.document();
    let conditions: Vec<_> = document.statements().iter().flat_map(iameval::Statement::only_if).collect();
    let only_if = if conditions.is_empty() { "" } else { " only if" };
    // A statement of a document and a list of one are the same.
    let text = normal(&document.to_json());
    format!("{} {text}{only_if}", attached.policy.name)
}

/// Everything that a world says, in lines.
fn said(world: &World) -> Vec<String> {
    let symbols = symbols(world);
    let mut lines = Vec::new();
    for (name, known) in world.principals() {
        let mut tags = known.tags().to_vec();
        tags.sort();
        lines.push(format!("{name} {} {tags:?}", known.principal()));
        let mut policies: Vec<String> = known.identity().iter().map(document).collect();
        policies.sort();
        lines.extend(policies.into_iter().map(|policy| format!("{name} has {policy}")));
        lines.extend(known.boundary().map(|policy| format!("{name} within {}", document(policy))));
        lines.extend(known.trust().map(|policy| format!("{name} trusts {}", document(policy))));
    }
    for (name, known) in world.resources() {
        let mut tags = known.tags.clone();
        tags.sort();
        lines.push(format!("{name} {} {tags:?}", known.arn));
        lines.extend(known.policy.as_ref().map(|policy| format!("{name} lets {}", document(policy))));
    }
    lines.iter().map(|line| symbols.display(line).into_owned()).collect()
}

/// What a state says is at an address, as a text.
struct State {
    resources: BTreeMap<String, Node<'static>>,
}

impl State {
    fn read(name: &str) -> Self {
        fn module(node: &Node<'static>, all: &mut BTreeMap<String, Node<'static>>) {
            if let Some(Value::Array(resources)) = node.get("resources").map(|node| &node.value) {
                for resource in resources {
                    let address = resource.get("address").and_then(Node::as_str).unwrap().to_owned();
                    all.insert(address, resource.get("values").unwrap().clone());
                }
            }
            if let Some(Value::Array(modules)) = node.get("child_modules").map(|node| &node.value) {
                for inner in modules {
                    module(inner, all);
                }
            }
        }
        let text = std::fs::read_to_string(path(name)).unwrap();
        let tree = json::parse(&text).unwrap().into_owned();
        let mut resources = BTreeMap::new();
        module(tree.get("values").unwrap().get("root_module").unwrap(), &mut resources);
        Self { resources }
    }

    /// What is at the address of a symbol. The items of sets are in another order in a plan, with those that are not
    /// known at its end: `known` are those of them that the plan knows.
    fn at(&self, address: &str, known: &dyn Fn(&str) -> Vec<String>) -> Option<String> {
        let parts = Address::of(address)?;
        let own = address.strip_suffix(parts.rest)?.trim_end_matches('.');
        let mut node = self.resources.get(own)?;
        let mut at = own.to_owned();
        let mut steps = parts.rest.split('.').flat_map(|step| step.split_inclusive('[')).peekable();
        let mut names: Vec<String> = Vec::new();
        while let Some(step) = steps.next() {
            let step = step.trim_end_matches('[');
            match step.strip_suffix(']').and_then(|number| number.parse::<usize>().ok()) {
                None => {
                    node = node.get(step)?;
                    write!(at, ".{step}").unwrap();
                }
                Some(number) => {
                    let Value::Array(items) = &node.value else { return None };
                    let texts: Option<Vec<&str>> = items.iter().map(Node::as_str).collect();
                    if let Some(texts) = texts.filter(|_| steps.peek().is_none()) {
                        let known = known(&at);
                        let left: Vec<&str> =
                            texts.into_iter().filter(|text| !known.iter().any(|known| known == text)).collect();
                        return left.get(number - known.len()).map(|text| (*text).to_owned());
                    }
                    node = items.get(number)?;
                    write!(at, "[{number}]").unwrap();
                }
            }
            names.push(step.to_owned());
        }
        node.as_str().map(str::to_owned)
    }
}

/// The items of a list that a plan knows.
fn known_in_plan(plan: &Node<'_>, at: &str) -> Vec<String> {
    let parts = Address::of(at).unwrap();
    let own = at.strip_suffix(parts.rest).unwrap().trim_end_matches('.');
    let Some(Value::Array(changes)) = plan.get("resource_changes").map(|node| &node.value) else { return Vec::new() };
    let change = changes.iter().find(|node| node.get("address").and_then(Node::as_str) == Some(own)).unwrap();
    let mut node = change.get("change").unwrap().get("after").unwrap();
    for step in parts.rest.split(['.', '[']) {
        let step = step.trim_end_matches(']');
        node = match (&node.value, step.parse::<usize>()) {
            (Value::Array(items), Ok(number)) => &items[number],
            _ => node.get(step).unwrap(),
        };
    }
    let Value::Array(items) = &node.value else { return Vec::new() };
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// The plan with everything set to what the state shows.
fn settled(files: &dyn Files, plan: Terraform) -> Terraform {
    let before = read_from(files, &plan);
    let state = State::read("state.json");
    let text = std::fs::read_to_string(path("plan.json")).unwrap();
    let tree = json::parse(&text).unwrap();
    let symbols = symbols(&before);
    let mut source = plan;
    for symbol in symbols.iter() {
        let name = symbols.name(symbol);
        let value = match symbols.kind(symbol) {
            SymbolKind::Account => Some("123456789012".to_owned()),
            SymbolKind::Region => Some("eu-west-1".to_owned()),
            _ => state.at(name, &|at| known_in_plan(&tree, at)),
        };
        let value = value.unwrap_or_else(|| panic!("the state has no `{name}`"));
        source = source.value(name, value);
    }
    source
}

#[test]
fn a_plan_with_what_the_state_shows_is_the_world_of_the_state() {
    let files = plan_alone();
    let plan = said(&read_from(&files, &settled(&files, Terraform::new("plan.json"))));
    let state = said(&read(&Terraform::new(path("state.json"))));
    for (plan, state) in plan.iter().zip(&state) {
        assert_eq!(plan, state);
    }
    assert_eq!(plan.len(), state.len());
}

#[test]
fn the_plan_after_that_changes_nothing() {
    assert_eq!(said(&read(&Terraform::new(path("noop.json")))), said(&read(&Terraform::new(path("state.json")))));
}

const ACTIONS: [&str; 11] = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:ListBucket",
    "sqs:SendMessage",
    "sns:Publish",
    "sns:Subscribe",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "sts:AssumeRole",
    "secretsmanager:GetSecretValue",
];

/// Every question to every principal about everything, with its answer.
pub(super) fn answers(world: &World) -> BTreeMap<String, Decision> {
    let mut all = BTreeMap::new();
    for action in ACTIONS.map(|action| action.parse::<Action>().unwrap()) {
        for (principal, who) in world.principals() {
            for (name, known) in world.resources() {
                let of_service = known.arn.service() == action.service();
                let is_object = action.service() == "s3" && !action.as_str().contains("Bucket");
                for suffix in if is_object { &["/x", "/red/x", "/app-test-jane/x"][..] } else { &[""] } {
                    let name = format!("{name}{suffix}");
                    let Some(arn) = world.resource_arn(&name).filter(|_| of_service) else { continue };
                    let situation = world.situation(&Ask::new(who, &action, &arn)).unwrap();
                    let request = situation.request(action.clone(), &Context::new()).build();
                    let decision = situation.policies.set().decide(&request);
                    all.insert(format!("{principal} {action} {name}"), decision);
                }
            }
        }
    }
    all
}

/// No certain answer of a plan changes once everything is known.
#[test]
fn what_is_certain_stays_so() {
    let before = answers(&read_from(&plan_alone(), &Terraform::new("plan.json")));
    let after = answers(&read(&Terraform::new(path("state.json"))));
    let (mut certain, mut open) = (0, 0);
    assert_eq!(before.len(), after.len());
    for (question, decision) in &before {
        if *decision == Decision::Undetermined {
            open += 1;
        } else {
            certain += 1;
            assert_eq!(Some(decision), after.get(question), "{question}");
        }
        assert_ne!(after.get(question), Some(&Decision::Undetermined), "{question}");
    }
    assert!(certain > 10 && open > 10, "{certain} {open}");
}

/// The source with everything set to what the state shows.
fn settled_source() -> Terraform {
    let source = Terraform::new(path(""));
    let before = read(&source);
    let state = State::read("state.json");
    let symbols = symbols(&before);
    let mut settled = source;
    for symbol in symbols.iter() {
        let name = symbols.name(symbol);
        let value = match symbols.kind(symbol) {
            SymbolKind::Account => Some("123456789012".to_owned()),
            SymbolKind::Region => Some("eu-west-1".to_owned()),
            // A sensitive variable stays unknown.
            _ if name == "var.database_password" => continue,
            // What else a resource has.
            _ if name.ends_with(".*") => continue,
            _ => state.at(name, &|_| Vec::new()),
        };
        settled = settled.value(name, value.unwrap_or_else(|| panic!("the state has no `{name}`")));
    }
    settled
}

#[test]
fn the_source_with_what_the_state_shows_is_the_world_of_the_state() {
    let source = said(&read(&settled_source()));
    let state = said(&read(&Terraform::new(path("state.json"))));
    for (source, state) in source.iter().zip(&state) {
        assert_eq!(source, state);
    }
    assert_eq!(source.len(), state.len());
}

#[test]
fn what_is_certain_in_the_source_stays_so() {
    let before = answers(&read(&Terraform::new(path(""))));
    let after = answers(&read(&Terraform::new(path("state.json"))));
    let (mut certain, mut open) = (0, 0);
    for (question, decision) in &before {
        if *decision == Decision::Undetermined {
            open += 1;
        } else {
            certain += 1;
            assert_eq!(Some(decision), after.get(question), "{question}");
        }
    }
    assert!(certain > 4 * open, "{certain} {open}");
}

/// What a plan knows, the source does not contradict: where both are certain of an answer, it is the same.
#[test]
fn the_source_does_not_contradict_the_plan() {
    let plan = answers(&read_from(&plan_alone(), &Terraform::new("plan.json")));
    let source = answers(&read(&Terraform::new(path(""))));
    for (question, decision) in &plan {
        let other = source.get(question).unwrap_or_else(|| panic!("{question}"));
        if *decision != Decision::Undetermined && *other != Decision::Undetermined {
            assert_eq!(decision, other, "{question}");
        }
    }
}

/// With its source beside it, a plan knows every policy, and nothing that is certain changes.
#[test]
fn a_plan_with_its_source_knows_its_policies() {
    // The folder that the plan is in needs no name.
    let plan = read(&Terraform::new(path("plan.json")));
    assert_eq!(plan.policies().len(), read(&Terraform::new(path("plan.json")).source(path(""))).policies().len());
    let after = answers(&read(&Terraform::new(path("state.json"))));
    let (mut certain, mut open) = (0, 0);
    for (question, decision) in &answers(&plan) {
        if *decision == Decision::Undetermined {
            open += 1;
        } else {
            certain += 1;
            assert_eq!(Some(decision), after.get(question), "{question}");
        }
    }
    assert_eq!(open, 0, "{certain}");
    assert_eq!(plan.warnings(), []);
    // Places are in the source.
    for known in plan.policies().iter().filter(|known| known.policy.origin().is_some()) {
        assert!(known.policy.source.name.ends_with("main.tf"), "{}", known.policy.name);
    }
}

/// A plan and a source that do not belong together are refused, with both places.
#[test]
fn a_plan_of_another_source_is_refused() {
    let wrong = World::from_sources(&Disk::default(), &[&Terraform::new(path("plan.json")).source(path("queue"))]);
    let wrong = wrong.unwrap_err();
    let text = wrong[0].to_string();
    assert!(text.contains("the plan was not made of this source: `aws_sqs_queue.jobs`, at "), "{text}");
    assert!(text.contains("queue/main.tf:9, is not in the plan"), "{text}");
}

/// The account dump has the same users and roles, with the same documents.
#[test]
fn an_account_dump_after_the_deployment_says_the_same() {
    fn documents(world: &World) -> BTreeMap<String, Vec<String>> {
        let document = |attached: &Attached| normal(&attached.policy.document().to_json());
        let of = |known: &iameval_world::WorldPrincipal| {
            let mut all: Vec<String> = known.identity().iter().map(document).collect();
            all.sort();
            // The simulation of AWS leaves boundaries out of its dump.
            all.extend(known.trust().map(|attached| format!("trusts {}", document(attached))));
            all
        };
        world.principals().values().map(|known| (known.principal().to_string(), of(known))).collect()
    }
    let dump = World::load(&Disk::default(), &[path("account.json")]).unwrap();
    let state = read(&Terraform::new(path("state.json")));
    assert_eq!(documents(&dump), documents(&state));
}
