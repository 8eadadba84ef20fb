//! Every request of a small world is decided, and none may break a claim that holds.

use crate::scope::{Judge, breaks};
use iameval::{Context, ContextKey, ContextValue, Effect, PolicyDocument, PolicySet, Principal, Request};
use iameval_data::Catalogue;
use iameval_prove::{Claim, Expectation, KeyScope, KeyState, Policies, Prover, Scope, ValueRange, Verdict};
use iameval_tests::workload::Random;
use serde_json::Value;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

/// What is drawn from a seed.
struct Draw(Random);

impl Draw {
    fn number(&mut self, below: usize) -> usize {
        self.0.below(below)
    }

    fn one<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.number(texts.len())]
    }

    fn some(&mut self, texts: &[&str], most: usize) -> String {
        let count = 1 + self.number(most);
        let texts: Vec<String> = (0..count).map(|_| format!("{:?}", self.one(texts))).collect();
        format!("[{}]", texts.join(","))
    }

    fn is(&mut self, in_ten: usize) -> bool {
        self.number(10) < in_ten
    }
}

const ACTIONS: [&str; 6] = ["iam:ListUsers", "iam:List*", "iam:ListRoles", "*", "iam:*Users", "x:*"];
const REAL_ACTIONS: [&str; 3] = ["iam:ListUsers", "iam:ListRoles", "x:y"];
const RESOURCES: [&str; 12] =
    ["a", "a*", "*a", "*", "?", "a?", "*b*", "b", "a${t:k}", "${t:k}*", "${t:k, 'a'}", "*${t:k}"];
const VALUES: [&str; 8] = ["a", "b", "a*", "*b", "*", "?", "${t:j}", "a${t:j, 'b'}"];
const KEYS: [&str; 3] = ["t:k", "t:j", "aws:TagKeys"];

/// An operator, and a key with its values.
fn condition(draw: &mut Draw) -> (String, String) {
    let base = draw.one(&[
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "NumericLessThan",
        "NumericNotEquals",
        "Bool",
        "Null",
        "IpAddress",
        "NotIpAddress",
        "ArnLike",
        "ArnNotLike",
        "DateLessThan",
        "DateGreaterThan",
        "DateNotEquals",
        "StringNotEqualsIgnoreCase",
        "NumericEquals",
        "NumericGreaterThan",
        "BinaryEquals",
    ]);
    let values = match base {
        "NumericLessThan" | "NumericNotEquals" | "NumericEquals" | "NumericGreaterThan" => {
            draw.some(&["1", "2", "2e0", "x"], 2)
        }
        "Bool" | "Null" => draw.some(&["true", "false", "${t:j}"], 1),
        "IpAddress" | "NotIpAddress" => draw.some(&["10.0.0.0/8", "10.0.0.1", "::/0", "0.0.0.0/0"], 2),
        "ArnLike" | "ArnNotLike" => draw.some(&["arn:a:b:c:d:e", "arn:*:*:*:*:*", "x", "arn:a:b:c:d:${t:j}"], 2),
        "DateLessThan" | "DateGreaterThan" | "DateNotEquals" => draw.some(&["2026-01-01", "1", "3"], 1),
        "BinaryEquals" => draw.some(&["YQ==", "a"], 1),
        _ => draw.some(&VALUES, 2),
    };
    let quantifier = if draw.is(3) { draw.one(&["ForAllValues:", "ForAnyValue:"]) } else { "" };
    let exists = if draw.is(3) && base != "Null" { "IfExists" } else { "" };
    (format!("{quantifier}{base}{exists}"), format!("{:?}:{values}", draw.one(&KEYS)))
}

fn policy(draw: &mut Draw) -> String {
    let mut statements = Vec::new();
    for _ in 0..=draw.number(3) {
        let effect = draw.one(&["Allow", "Allow", "Deny"]);
        let action = if draw.is(2) { "NotAction" } else { "Action" };
        let resource = if draw.is(2) { "NotResource" } else { "Resource" };
        let mut text = format!(
            "{{\"Effect\":\"{effect}\",\"{action}\":{},\"{resource}\":{}",
            draw.some(&ACTIONS, 2),
            draw.some(&RESOURCES, 2)
        );
        let mut conditions: Vec<(String, String)> = Vec::new();
        for _ in 0..draw.number(3) {
            let (operator, tested) = condition(draw);
            if conditions.iter().all(|(other, _)| *other != operator) {
                conditions.push((operator, tested));
            }
        }
        let conditions: Vec<String> =
            conditions.iter().map(|(operator, tested)| format!("{operator:?}:{{{tested}}}")).collect();
        let _ = write!(text, ",\"Condition\":{{{}}}", conditions.join(","));
        statements.push(text + "}");
    }
    let version = if draw.is(9) { "2012-10-17" } else { "2008-10-17" };
    format!("{{\"Version\":\"{version}\",\"Statement\":[{}]}}", statements.join(","))
}

fn contexts() -> Vec<Context> {
    let singles: [Option<&str>; 14] = [
        None,
        Some("a"),
        Some("b"),
        Some(""),
        Some("ab"),
        Some("A"),
        Some("1"),
        Some("true"),
        Some("10.0.0.1"),
        Some("arn:a:b:c:d:e"),
        Some("2025-01-01"),
        Some("YQ=="),
        Some("4"),
        Some("2.0"),
    ];
    let lists: [Option<&[&str]>; 5] = [None, Some(&[]), Some(&["a"]), Some(&["a", "b"]), Some(&["b", "x"])];
    let mut all = Vec::new();
    for k in singles {
        for j in singles {
            for list in lists {
                let mut context = Context::new();
                let mut set = |key: &str, value: Option<&str>| match value {
                    Some(value) => context.insert(key, value),
                    None => context.insert_absent(key),
                };
                set("t:k", k);
                set("t:j", j);
                match list {
                    Some(list) => context.insert("aws:TagKeys", ContextValue::list(list.iter().copied())),
                    None => context.insert_absent("aws:TagKeys"),
                }
                all.push(context);
            }
        }
    }
    all
}

const EXPECTATIONS: [Expectation; 5] =
    [Expectation::Deny, Expectation::Deny, Expectation::Allow, Expectation::ExplicitDeny, Expectation::ImplicitDeny];

/// A claim, and the policies that it is about as text.
fn claim(draw: &mut Draw) -> (Claim, String) {
    let own = policy(draw);
    let mut builder = PolicySet::builder().identity("own", &own).unwrap();
    let mut texts = vec![own];
    if draw.is(3) {
        let boundary = policy(draw);
        builder = builder.boundary("boundary", &boundary).unwrap();
        texts.push(boundary);
    }
    let documents = texts.iter().map(|text| Arc::new(text.parse::<PolicyDocument>().unwrap()));
    let policies = Policies::new(builder.build().without_service_rules(), documents).unwrap();
    let user: Principal = "arn:aws:iam::123456789012:user/john".parse().unwrap();
    let mut scope = Scope { principal: Some(user), derives_context: true, any_text: true, ..Scope::default() };
    let is_a = ValueRange { any_of: Some(vec!["a".into()]), ..ValueRange::default() };
    let k = match draw.number(3) {
        0 => vec![KeyState::Absent, KeyState::Present(Box::default())],
        1 => vec![KeyState::Present(Box::new(is_a))],
        _ => vec![KeyState::Absent],
    };
    let j = vec![KeyState::Absent, KeyState::Present(Box::default())];
    for (key, alternatives) in [("t:k", k), ("t:j", j)] {
        scope.keys.push(KeyScope { key: ContextKey::new(key), is_list: Some(false), alternatives });
    }
    if draw.is(5) {
        scope.actions = vec![draw.one(&ACTIONS).into()];
    }
    if draw.is(3) {
        scope.resources = vec![draw.one(&["a*", "*b", "?", "*"]).into()];
    }
    (Claim { policies, scope, expect: EXPECTATIONS[draw.number(5)] }, texts.join("\n"))
}

/// The texts of up to three letters.
fn resources() -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut at = 0;
    while let Some(text) = texts.get(at).filter(|text| text.len() < 3).cloned() {
        texts.extend(["a", "b", "x"].map(|letter| format!("{text}{letter}")));
        at += 1;
    }
    texts
}

/// A request of the small world that lies in the scope and breaks the claim.
fn counterexample(claim: &Claim, contexts: &[Context], resources: &[String]) -> Option<Request> {
    let judge = Judge::new(&claim.scope, &[&claim.policies]);
    let principal = claim.scope.principal.as_ref()?;
    let of_action = |action: &str| {
        let action: iameval::Action = action.parse().expect("an action");
        let request = |resource: &String, context: &Context| {
            let request = Request::builder(action.clone()).principal(principal.clone()).resource(resource);
            request.context(context.clone()).build()
        };
        let fits = |resource: &&String| judge.names(&action, resource);
        let requests =
            resources.iter().filter(fits).flat_map(|resource| contexts.iter().map(move |own| request(resource, own)));
        let breaking = |request: &Request| breaks(claim.expect, claim.policies.set().decide(request));
        requests.filter(breaking).find(|request| judge.check(request).is_ok())
    };
    REAL_ACTIONS.into_iter().find_map(of_action)
}

/// How many claims came out each way: held, refuted, unknown.
fn run(seeds: Range<u64>) -> [usize; 3] {
    let prover = Prover::new(Catalogue::embedded());
    let (contexts, resources) = (contexts(), resources());
    let mut came = [0; 3];
    for seed in seeds {
        let mut draw = Draw(Random(seed));
        let (claim, text) = claim(&mut draw);
        let place = format!("seed {seed}: {:?}\n{:#?}\n{text}", claim.expect, claim.scope);
        let verdict = prover.prove(&claim).unwrap_or_else(|error| panic!("{error:?}: {place}"));
        let at = match verdict {
            Verdict::Holds(_) => 0,
            Verdict::Refuted(_) => 1,
            Verdict::Unknown(why) => {
                println!("{why:?}: {place}");
                2
            }
        };
        came[at] += 1;
        if at == 0 {
            let broken = counterexample(&claim, &contexts, &resources);
            assert!(broken.is_none(), "{place}\ndoes not hold: {broken:#?}");
        }
    }
    came
}

#[test]
fn no_request_breaks_a_claim_that_holds() {
    let [held, refuted, unknown] = run(0..12);
    assert!(held > 1 && refuted > 3 && unknown < 3, "{held} held, {refuted} refuted, {unknown} unknown");
}

#[test]
#[ignore = "takes minutes unless optimised"]
fn no_request_breaks_any_of_many_claims_that_hold() {
    let [held, refuted, unknown] = run(1_000..1_600);
    println!("{held} held, {refuted} refuted, {unknown} unknown");
    assert!(held > 120 && unknown < 12, "{held} held, {refuted} refuted, {unknown} unknown");
}

/// A Deny statement in policies, given by their texts: which policy and statement.
fn denies(texts: &[String]) -> Vec<(usize, usize)> {
    let documents = texts.iter().map(|text| text.parse::<PolicyDocument>().unwrap());
    let of = |(policy, document): (usize, PolicyDocument)| {
        let statements = document.statements().iter().enumerate();
        let own = statements.filter(|(_, statement)| statement.effect() == Effect::Deny);
        own.map(|(number, _)| (policy, number)).collect::<Vec<_>>()
    };
    documents.enumerate().flat_map(of).collect()
}

/// Policies of which the first two are identity policies and the third is a boundary.
fn set(texts: &[String]) -> PolicySet {
    let mut builder = PolicySet::builder();
    for (policy, text) in texts.iter().enumerate() {
        let added = if policy < 2 { builder.identity("own", text) } else { builder.boundary("boundary", text) };
        builder = added.unwrap();
    }
    builder.build().without_service_rules()
}

/// The same texts without one statement.
fn without(texts: &[String], (policy, number): (usize, usize)) -> Vec<String> {
    let mut texts = texts.to_vec();
    let mut document: Value = serde_json::from_str(&texts[policy]).unwrap();
    let statements = document["Statement"].as_array_mut().unwrap();
    // A statement that is about nothing takes its place: a document has one at least.
    statements[number] = serde_json::json!({"Effect": "Deny", "Action": "no:Action", "Resource": "no-resource"});
    texts[policy] = document.to_string();
    texts
}

/// How many Deny statements are proved to be idle, how many deny a request of the small world, and how many neither.
fn judge_denies(seeds: Range<u64>) -> [usize; 3] {
    let prover = Prover::new(Catalogue::embedded());
    let (contexts, resources) = (contexts(), resources());
    let user: Principal = "arn:aws:iam::123456789012:user/john".parse().unwrap();
    let mut came = [0; 3];
    for seed in seeds {
        let mut draw = Draw(Random(seed));
        let texts: Vec<String> = (0..2 + draw.number(2)).map(|_| policy(&mut draw)).collect();
        let (own, places) = (set(&texts), denies(&texts));
        let documents = texts.iter().map(|text| Arc::new(text.parse::<PolicyDocument>().unwrap()));
        let policies = Policies::new(own.clone(), documents).unwrap();
        let ids = |(policy, number): &(usize, usize)| own.statement(*policy, *number).into_iter().collect();
        let ids: Vec<Vec<_>> = places.iter().map(ids).collect();
        let mut scope =
            Scope { principal: Some(user.clone()), derives_context: true, any_text: true, ..Scope::default() };
        for key in ["t:k", "t:j"] {
            let alternatives = vec![KeyState::Absent, KeyState::Present(Box::default())];
            scope.keys.push(KeyScope { key: ContextKey::new(key), is_list: Some(false), alternatives });
        }
        let judge = Judge::new(&scope, &[&policies]);
        let idle = prover.idle_denies(&policies, &scope, &ids, &mut { u64::MAX }).unwrap().unwrap();
        for (position, place) in places.iter().enumerate() {
            let lesser = set(&without(&texts, *place));
            let denied = REAL_ACTIONS.into_iter().find_map(|action| {
                let request = |resource: &String, context: &Context| {
                    let request = Request::builder(action.parse().unwrap()).principal(user.clone()).resource(resource);
                    request.context(context.clone()).build()
                };
                let requests =
                    resources.iter().flat_map(|resource| contexts.iter().map(move |own| request(resource, own)));
                let mut requests = requests.filter(|request| lesser.decide(request).is_allowed());
                requests.find(|request| !own.decide(request).is_allowed() && judge.check(request).is_ok())
            });
            let is_idle = idle.contains(&position);
            assert!(!is_idle || denied.is_none(), "seed {seed}, {place:?} denies {denied:#?}: {texts:#?}");
            came[if is_idle { 0 } else { 1 + usize::from(denied.is_none()) }] += 1;
        }
    }
    came
}

#[test]
fn idle_denies_deny_no_request() {
    let [idle, in_force, neither] = judge_denies(0..6);
    assert!(idle > 0 && in_force > 0, "{idle} idle, {in_force} in force, {neither} neither");
}

#[test]
#[ignore = "takes minutes unless optimised"]
fn many_idle_denies_deny_no_request() {
    let [idle, in_force, neither] = judge_denies(5_000..5_100);
    println!("{idle} idle, {in_force} in force, {neither} neither");
    // A request that a Deny denies may be outside the small world.
    assert!(idle > 50 && in_force > 20 && neither < in_force, "{idle} idle, {in_force} in force, {neither} neither");
}
