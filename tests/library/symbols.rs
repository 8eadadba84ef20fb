//! What is certain stays so whatever the symbols stand for: policies and requests with texts taken out, beside the same with
//! many texts put in.

use iameval::json;
use iameval::native::{Line, RequestReader, SimulationRequest, request_to_json};
use iameval::symbol::{Symbol, SymbolKind, Symbols};
use iameval::{CompiledPolicy, Decision, PolicyDocument, PolicyId, PolicySet, Request};
use iameval_test::strategies::draw::Choices;
use iameval_tests::generate::{self, Scenario, check};
use proptest::collection::vec;
use proptest::num::u8::ANY as BYTE;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The scenario as a native request.
fn native(scenario: &Scenario) -> Option<Value> {
    let policies = scenario.policies();
    let (set, request) = (policies.to_set(), scenario.asked.request());
    let written = request_to_json(&request, &set, policies.documents()).ok()?;
    serde_json::from_str(&written.to_string()).ok()
}

fn read(text: &str) -> Option<Box<SimulationRequest>> {
    match RequestReader::new().read(text).ok()? {
        Line::Simulation(simulation) => Some(simulation),
        Line::Define(_) => None,
    }
}

/// Members whose texts are no text of a deployment.
const FIXED: [&str; 10] = ["action", "Effect", "Version", "Sid", "Id", "id", "type", "name", "mode", "service_rules"];

/// Calls for every text that a deployment could settle.
fn texts<'v>(value: &'v mut Value, each: &mut dyn FnMut(&'v mut String)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter_mut().for_each(|item| texts(item, each)),
        Value::Object(members) => {
            let free = members.iter_mut().filter(|(name, _)| !FIXED.contains(&name.as_str()));
            free.for_each(|(_, value)| texts(value, each));
        }
        _ => {}
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|ch: char| !(ch.is_ascii_alphanumeric() || "-_.".contains(ch))).filter(|word| !word.is_empty())
}

const KINDS: [SymbolKind; 6] =
    [SymbolKind::Input, SymbolKind::Text, SymbolKind::Path, SymbolKind::Name, SymbolKind::Region, SymbolKind::Account];

/// What a symbol of a kind may stand for.
fn completions(kind: SymbolKind, word: &str, known: &BTreeSet<String>) -> Vec<String> {
    let is = |text: &&String| {
        let of = |also: &str| text.chars().all(|ch| ch.is_ascii_alphanumeric() || also.contains(ch));
        match kind {
            SymbolKind::Account => text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()),
            SymbolKind::Region => of("-") && text.to_lowercase() == **text,
            _ => of("+=,.@_-"),
        }
    };
    let is_reserved = |text: &str| ["aws", "aws-reserved", "aws-service-role"].contains(&text);
    let may_be = |text: &&String| matches!(kind, SymbolKind::Input | SymbolKind::Text) || !is_reserved(text);
    let mut all: Vec<String> = known.iter().filter(is).filter(may_be).cloned().collect();
    all.extend(Some(word.to_owned()).filter(|word| may_be(&word)));
    let more: &[&str] = match kind {
        SymbolKind::Account => &["111122223333", "999999999999"],
        SymbolKind::Region => &["eu-west-1", "x"],
        SymbolKind::Name => &["x", "a+b=c", "Get"],
        SymbolKind::Path => &["", "/", "a/b/", "x"],
        SymbolKind::Text => &["a/b", "a:b", "x", ":", "/"],
        SymbolKind::Input => &["", "*", "?", "a*", "a:b", "::", "${aws:username}", "a/b", "x", "arn:aws:iam::1:x/*"],
    };
    all.extend(more.iter().map(|text| (*text).to_owned()));
    all
}

/// Takes one word out of some of the places where it stands.
fn take_out(value: &mut Value, word: &str, symbol: Symbol, choices: &mut Choices<'_>) -> usize {
    let mut taken = 0;
    texts(value, &mut |text| {
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(word) {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            if choices.chance(75) {
                out.push(symbol.as_char());
                taken += 1;
            } else {
                out.push_str(word);
            }
            rest = &after[word.len()..];
        }
        out.push_str(rest);
        *text = out;
    });
    taken
}

fn put_in(value: &Value, symbol: Symbol, text: &str) -> Value {
    let mut value = value.clone();
    texts(&mut value, &mut |own| *own = own.replace(symbol.as_char(), text));
    value
}

#[test]
fn what_is_certain_stays_so_whatever_the_symbols_stand_for() {
    let counts = RefCell::new(BTreeMap::<&str, usize>::new());
    let count = |what| *counts.borrow_mut().entry(what).or_default() += 1;
    check(1_500, (generate::scenarios(), vec(BYTE, 20..60)), |(scenario, row)| {
        let Some(mut value) = native(&scenario) else { return };
        let mut choices = Choices::new(&row);
        let mut known = BTreeSet::new();
        texts(&mut value, &mut |text| known.extend(words(text).map(str::to_owned)));
        let all: Vec<String> = known.iter().cloned().collect();
        if all.is_empty() {
            return;
        }
        let mut symbols = Symbols::new();
        let mut taken = Vec::new();
        for number in 0..1 + choices.far_below(2) {
            let word = all[choices.far_below(all.len())].clone();
            let fits = |kind: &SymbolKind| match kind {
                SymbolKind::Account => word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit()),
                SymbolKind::Region => {
                    word.chars().all(|ch| ch.is_ascii_lowercase() || ch.is_ascii_digit() || ch == '-')
                }
                _ => true,
            };
            let kinds: Vec<SymbolKind> = KINDS.into_iter().filter(fits).collect();
            let kind = kinds[choices.far_below(kinds.len())];
            let symbol = symbols.define(&format!("s{number}"), kind).unwrap();
            if take_out(&mut value, &word, symbol, &mut choices) > 0 {
                taken.push((symbol, kind, word));
            }
        }
        let Some(open) = read(&value.to_string()) else { return count("not read") };
        let set = open.policy_set().with_symbols(Arc::new(symbols));
        let simulation = set.simulate(&open.request);
        assert_eq!(simulation.decision, set.decide(&open.request));
        assert_eq!(simulation.decision, set.explain(&open.request).decision);
        count(simulation.decision.as_str());
        let mut filled = vec![value.clone()];
        for (symbol, kind, word) in &taken {
            let texts = completions(*kind, word, &known);
            let step = texts.len().div_ceil(12).max(1);
            let texts: Vec<&String> = texts.iter().rev().step_by(step).collect();
            filled = filled.iter().flat_map(|value| texts.iter().map(|text| put_in(value, *symbol, text))).collect();
            filled.truncate(100);
        }
        // No deployment makes what AWS reserves.
        let reserved = |value: &Value| {
            let request = value["request"].to_string();
            ["role/aws-service-role/", "role/aws-reserved/", "alias/aws/"].map(|path| request.contains(path))
        };
        let reserves = reserved(&value);
        for value in filled.into_iter().filter(|value| reserved(value) == reserves) {
            let Some(settled) = read(&value.to_string()) else { continue };
            let decision = settled.policy_set().decide(&settled.request);
            count("settled");
            let is_possible = match &simulation.undetermined {
                None => decision == simulation.decision,
                Some(undetermined) => undetermined.possible.contains(&decision),
            };
            assert!(
                is_possible,
                "{decision} beside {simulation:#?}\n{:#}\n{value:#}",
                json::parse(&value.to_string()).unwrap()
            );
        }
    });
    let counts = counts.into_inner();
    for enough in ["allowed", "explicit_deny", "implicit_deny", "undetermined"] {
        assert!(counts.get(enough).is_some_and(|count| *count > 100), "{counts:?}");
    }
}

fn compiled(policies: &PolicySet, index: usize, document: &PolicyDocument) -> Option<Arc<CompiledPolicy>> {
    let kind = policies.policies().nth(index)?.kind();
    CompiledPolicy::new(PolicyId::new("changed"), kind, document).ok().map(Arc::new)
}

/// A statement that never applies, in the place of one.
fn without(document: &PolicyDocument, statement: usize) -> Option<PolicyDocument> {
    let mut value: Value = serde_json::from_str(&document.to_string()).ok()?;
    let own = match &mut value["Statement"] {
        Value::Array(statements) => statements.get_mut(statement)?,
        one => one,
    };
    own["Condition"] =
        serde_json::json!({"Null": {"aws:CurrentTime": ["true"]}, "StringEquals": {"aws:CurrentTime": "x"}});
    value.to_string().parse().ok()
}

#[test]
fn a_statement_that_may_be_there_is_there_or_is_not() {
    let undetermined = RefCell::new(0);
    check(3_000, (generate::scenarios(), BYTE, BYTE), |(scenario, policy, statement)| {
        let policies = scenario.policies();
        let (set, documents): (_, Vec<_>) = (policies.to_set(), policies.documents().collect());
        if documents.is_empty() {
            return;
        }
        let index = usize::from(policy) % documents.len();
        let document = documents[index];
        let statement = usize::from(statement) % document.statements().len().max(1);
        let mut symbols = Symbols::new();
        let symbol = symbols.define("Condition C", SymbolKind::Input).unwrap();
        let open = document.clone().with_statement_only_if(statement, symbol);
        let (Some(open), Some(absent)) = (
            compiled(&set, index, &open),
            without(document, statement).and_then(|document| compiled(&set, index, &document)),
        ) else {
            return;
        };
        let with = |policy: Arc<CompiledPolicy>| set.with_instead(|own| (own == index).then(|| policy.clone()));
        let request: Request = scenario.asked.request();
        let there = set.decide(&request);
        let absent = with(absent).decide(&request);
        let simulation = with(open).with_symbols(Arc::new(symbols)).simulate(&request);
        if there == absent {
            assert_eq!(simulation.decision, there, "{scenario:#?}");
            return;
        }
        *undetermined.borrow_mut() += 1;
        assert_eq!(simulation.decision, Decision::Undetermined, "{there} or {absent}: {scenario:#?}");
        let open = simulation.undetermined.unwrap();
        assert!([there, absent].iter().all(|decision| open.possible.contains(decision)), "{open:?}");
        assert_eq!(open.depends_on, [symbol]);
    });
    assert!(undetermined.into_inner() > 100);
}
