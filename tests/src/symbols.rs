//! Texts taken out of policies and requests for symbols, and many texts put in their places.

use crate::generate::Scenario;
use iameval::native::{Line, RequestReader, SimulationRequest, request_to_json};
use iameval::symbol::{Symbol, SymbolKind, Symbols};
use iameval_test::strategies::draw::Choices;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What was taken out.
#[derive(Debug)]
pub struct TakenOut {
    /// The symbols in its place.
    pub symbols: Arc<Symbols>,
    taken: Vec<(Symbol, SymbolKind, String)>,
    known: BTreeSet<String>,
}

/// The scenario as a native request.
pub fn native(scenario: &Scenario) -> Option<Value> {
    let policies = scenario.policies();
    let (set, request) = (policies.to_set(), scenario.asked.request());
    let written = request_to_json(&request, &set, policies.documents()).ok()?;
    serde_json::from_str(&written.to_string()).ok()
}

/// The request that a text is.
pub fn read(text: &str) -> Option<Box<SimulationRequest>> {
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
fn take_out_word(value: &mut Value, word: &str, symbol: Symbol, choices: &mut Choices<'_>) -> usize {
    let mut taken = 0;
    texts(value, &mut |text| {
        let mut out = String::new();
        for (number, between) in text.split(word).enumerate() {
            if number > 0 && choices.chance(75) {
                out.push(symbol.as_char());
                taken += 1;
            } else if number > 0 {
                out.push_str(word);
            }
            out.push_str(between);
        }
        *text = out;
    });
    taken
}

fn put_in(value: &Value, symbol: Symbol, text: &str) -> Value {
    let mut value = value.clone();
    texts(&mut value, &mut |own| *own = own.replace(symbol.as_char(), text));
    value
}

/// Takes one word or two out of a native request; `None` where there are none.
pub fn take_out(value: &mut Value, choices: &mut Choices<'_>) -> Option<TakenOut> {
    let mut known = BTreeSet::new();
    texts(value, &mut |text| known.extend(words(text).map(str::to_owned)));
    let all: Vec<String> = known.iter().cloned().collect();
    let mut symbols = Symbols::new();
    let mut taken = Vec::new();
    for number in 0..=choices.far_below(2) {
        let word = all.get(choices.far_below(all.len()))?.clone();
        let fits = |kind: &SymbolKind| match kind {
            SymbolKind::Account => word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit()),
            SymbolKind::Region => word.chars().all(|ch| ch.is_ascii_lowercase() || ch.is_ascii_digit() || ch == '-'),
            _ => true,
        };
        let kinds: Vec<SymbolKind> = KINDS.into_iter().filter(fits).collect();
        let kind = *kinds.get(choices.far_below(kinds.len()))?;
        let symbol = symbols.define(&format!("s{number}"), kind).ok()?;
        if take_out_word(value, &word, symbol, choices) > 0 {
            taken.push((symbol, kind, word));
        }
    }
    Some(TakenOut { symbols: Arc::new(symbols), taken, known })
}

impl TakenOut {
    /// The value with many texts in the places of the symbols.
    pub fn completions(&self, value: &Value) -> Vec<Value> {
        let mut filled = vec![value.clone()];
        for (symbol, kind, word) in &self.taken {
            let texts = completions(*kind, word, &self.known);
            let step = texts.len().div_ceil(12).max(1);
            let texts: Vec<&String> = texts.iter().rev().step_by(step).collect();
            filled = filled.iter().flat_map(|value| texts.iter().map(|text| put_in(value, *symbol, text))).collect();
            filled.truncate(100);
        }
        filled
    }
}
