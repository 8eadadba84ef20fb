//! What edits of AWS's managed policies gain and lose: nearly every one is decided.

use iameval::{PolicyDocument, PolicyKind, PolicySet};
use iameval_data::{Catalogue, ManagedPolicy};
use iameval_prove::{Policies, Prover, Scope, Undecided};
use iameval_tests::workload::Random;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many edits are made of each policy.
const EDITS: u64 = 20;

fn policies(text: &str) -> Option<Policies> {
    let set = PolicySet::builder().identity("p", text).ok()?.build().without_service_rules();
    Policies::new(set, [Arc::new(text.parse::<PolicyDocument>().ok()?)])
}

/// The statements as a list.
fn statements(document: &mut Value) -> &mut Vec<Value> {
    let statements = &mut document["Statement"];
    if !statements.is_array() {
        *statements = json!([statements.take()]);
    }
    statements.as_array_mut().expect("a list")
}

/// An edit as somebody could make it.
fn edit(document: &mut Value, random: &mut Random) {
    let statements = statements(document);
    let at = random.below(statements.len());
    match random.below(10) {
        0 if statements.len() > 1 => drop(statements.remove(at)),
        1 => {
            let other = statements[random.below(statements.len())].clone();
            statements[at]["Resource"] = other["Resource"].clone();
        }
        2 => statements.push(json!({"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}})),
        3 => statements.push(json!({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}})),
        _ => edit_statement(&mut statements[at], random),
    }
    statements.iter_mut().for_each(tidy);
}

fn edit_statement(statement: &mut Value, random: &mut Random) {
    const ACTIONS: [&str; 6] =
        ["s3:GetObject", "iam:PassRole", "ec2:*", "kms:Decrypt", "*:List*", "lambda:InvokeFunction"];
    const RESOURCES: [&str; 4] =
        ["arn:aws:s3:::*", "arn:aws:s3:::${aws:PrincipalTag/team}/*", "arn:aws:iam::*:role/*", "*"];
    match random.below(7) {
        0 => list(&mut statement["Action"]).push(random.pick(&ACTIONS).into()),
        1 => {
            let actions = list(&mut statement["Action"]);
            if actions.len() > 1 {
                actions.remove(random.below(actions.len()));
            } else {
                actions.push(random.pick(&ACTIONS).into());
            }
        }
        2 => {
            let actions = list(&mut statement["Action"]);
            let service = actions.first().and_then(Value::as_str).and_then(|text| text.split_once(':'));
            *actions = vec![service.map_or("*".into(), |(service, _)| format!("{service}:*")).into()];
        }
        3 => statement["Resource"] = random.pick(&RESOURCES).into(),
        4 => statement["Condition"] = json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}),
        5 => {
            let text = statement["Condition"].to_string();
            let loosened = text
                .replace("StringEquals\"", "StringEqualsIfExists\"")
                .replace("StringLike\"", "StringLikeIfExists\"");
            statement["Condition"] = serde_json::from_str(&loosened).expect("JSON");
        }
        _ => statement["Condition"] = Value::Null,
    }
}

/// Makes a statement one again: with actions and resources, each said once.
fn tidy(statement: &mut Value) {
    let members = statement.as_object_mut().expect("an object");
    members.retain(|_, value| !value.is_null());
    for (name, negated) in [("Action", "NotAction"), ("Resource", "NotResource")] {
        if members.contains_key(name) {
            members.remove(negated);
        } else if !members.contains_key(negated) {
            members.insert(name.into(), "*".into());
        }
    }
}

/// The list that a member is or stands for.
fn list(value: &mut Value) -> &mut Vec<Value> {
    if value.is_null() {
        *value = json!([]);
    } else if !value.is_array() {
        *value = json!([value.take()]);
    }
    value.as_array_mut().expect("a list")
}

/// The managed policies that can be attached to principals.
fn attachable() -> impl Iterator<Item = ManagedPolicy> {
    ManagedPolicy::all().filter(|managed| managed.kind() != PolicyKind::ResourceControl)
}

/// What came of the edits of some policies.
#[derive(Default)]
struct Tally {
    times: Vec<(Duration, String)>,
    unknown: Vec<String>,
    gained: usize,
}

fn tally(policies: impl Iterator<Item = ManagedPolicy>, edits: u64) -> Tally {
    let prover = Prover::new(Catalogue::embedded());
    let mut tally = Tally::default();
    for (number, managed) in policies.enumerate() {
        let old = managed.document();
        for seed in 0..edits {
            let mut random = Random(number as u64 * EDITS + seed + 1);
            let mut new: Value = serde_json::from_str(&old).expect("JSON");
            edit(&mut new, &mut random);
            let name = format!("{} edit {seed}", managed.name());
            let Some((old, new)) = self::policies(&old).zip(self::policies(&new.to_string())) else {
                panic!("{name} is no policy: {new}")
            };
            let start = Instant::now();
            let change = prover.new_access(&old, &new, &Scope::default());
            let change = change.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            tally.times.push((start.elapsed(), name.clone()));
            let undecided: Vec<&Undecided> = change.gained.undecided.iter().chain(&change.lost.undecided).collect();
            if !undecided.is_empty() {
                println!("{name}: {undecided:?}");
                tally.unknown.push(format!("{name}: {undecided:?}"));
            }
            tally.gained += usize::from(!change.gained.is_empty());
        }
    }
    tally.times.sort();
    tally
}

#[test]
fn edits_of_some_managed_policies_are_decided() {
    let tally = tally(attachable().step_by(79), 2);
    assert!(tally.unknown.is_empty(), "{:#?}", tally.unknown);
    assert!(tally.gained > 5, "{} gain", tally.gained);
}

#[test]
#[ignore = "takes minutes unless optimised"]
fn edits_of_managed_policies_are_decided() {
    let Tally { times, unknown, gained } = tally(attachable(), EDITS);
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &unknown {
        *reasons.entry(line.split_once(": ").map_or("", |(_, why)| why)).or_default() += 1;
    }
    let at = |share: usize| &times[(times.len() - 1) * share / 1_000];
    println!("{} edits, {gained} gain; undecided {}: {reasons:#?}", times.len(), unknown.len());
    println!("median {:?}, p99 {:?}, slowest {:?}", at(500).0, at(990).0, &times[times.len().saturating_sub(8)..]);
    assert!(unknown.len() * 500 <= times.len(), "{} of {} are undecided", unknown.len(), times.len());
}
