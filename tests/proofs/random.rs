//! Random policies of every layer and every kind of caller: no request that is drawn may break a claim that holds, and what
//! is told of a claim that does not hold is so.

use crate::scope::{Judge, breaks};
use iameval::json;
use iameval::native::{EvaluationOptions, Line, RequestReader};
use iameval::{ContextKey, ContextValue, Request, RuleSelection};
use iameval_data::Catalogue;
use iameval_prove::native::{CatalogueFacts, write_verdict};
use iameval_prove::{
    Claim, ClaimError, Counterexample, EmptyScope, Expectation, KeyScope, KeyState, Policies, Prover, Scope,
    ValueRange, Verdict, WhatCan,
};
use iameval_test::strategies::draw::{self, THEMES};
use iameval_tests::generate::{self, Choices, Scenario, check};
use iameval_tests::workload::Random;
use proptest::num::u64::ANY as SEED;
use std::cell::Cell;
use std::collections::BTreeSet;

/// Bytes that decide.
pub(crate) fn bytes(random: &mut Random, count: usize) -> Vec<u8> {
    (0..count).map(|_| random.number().to_le_bytes()[0]).collect()
}

pub(crate) fn policies(scenario: &Scenario, service_rules: RuleSelection) -> Policies {
    let Ok(Line::Simulation(simulation)) = RequestReader::new().read(&scenario.to_string()) else {
        panic!("a request")
    };
    Policies::read(&simulation.policies, &EvaluationOptions { service_rules, ..EvaluationOptions::default() })
}

/// What scopes say of keys: those that conditions test, and what they are tested with.
const SAID: [(&str, &[&str]); 10] = [
    ("aws:MultiFactorAuthPresent", &["true", "false"]),
    ("aws:PrincipalTag/team", &["team", "u", "${aws:username}"]),
    ("aws:username", &["u", "team"]),
    ("aws:TagKeys", &["team", "u"]),
    ("s3:prefix", &["team", "t*", "t"]),
    ("s3:max-keys", &["10", "9", "-5"]),
    ("aws:CurrentTime", &["2026-01-01T00:00:00Z", "2024-02-29T12:30:00Z"]),
    ("aws:SourceIp", &["203.0.113.7", "2001:db8::5", "::ffff:203.0.113.7"]),
    ("aws:SourceArn", &["arn:aws:sqs:us-east-1:111122223333:orders", "orders"]),
    ("aws:userid", &["AIDAEXAMPLE", "AROAEXAMPLE:s1"]),
];

fn texts(choices: &mut Choices<'_>, all: &[&str]) -> Vec<String> {
    choices.several(1, 2, |choices| choices.pick(all).to_owned())
}

fn state(choices: &mut Choices<'_>, key: &str, values: &[&str]) -> KeyState {
    let mut range = ValueRange::default();
    match choices.below(8) {
        0 | 1 => return KeyState::Absent,
        2 | 3 => range.any_of = Some(texts(choices, values)),
        4 => range.none_of = texts(choices, values),
        5 => match key {
            "aws:SourceIp" => range.cidr = Some(texts(choices, &["203.0.113.0/24", "2001:db8::/32", "0.0.0.0/0"])),
            "aws:CurrentTime" => range.date_from = Some("2026-01-01T00:00:00Z".into()),
            "s3:max-keys" => range.number_to = Some("10".into()),
            _ => range.like = Some(texts(choices, &["t*", "?", "*u", "${*}"])),
        },
        6 => match key {
            "aws:SourceIp" => range.not_cidr = texts(choices, &["203.0.113.0/24", "::/0"]),
            "aws:CurrentTime" => range.date_to = Some("2026-01-01T00:00:00Z".into()),
            "s3:max-keys" => range.number_from = Some("9.5".into()),
            _ => range.not_like = texts(choices, &["t*", "?", "*u"]),
        },
        _ => {}
    }
    KeyState::Present(Box::new(range))
}

/// Patterns of scopes.
const ACTIONS: [&str; 8] = ["*", "s3:*", "sts:*", "iam:*", "kms:*", "*:Get*", "sqs:?endMessage", "x:*"];
const RESOURCES: [&str; 8] = [
    "*",
    "arn:aws:s3:::reports/*",
    "*:111122223333:*",
    "arn:*",
    "${*}",
    "arn:aws:iam::*:role/app/deploy",
    "arn:aws:s3:::reports/a:b/??.csv",
    "arn:aws:kms:us-east-1:444455556666:key/k1",
];

fn scope(choices: &mut Choices<'_>, scenario: &Scenario) -> Scope {
    let asked = &scenario.asked;
    let mut scope = Scope {
        principal: asked.caller.map(|caller| caller.principal()),
        resource_account: asked.resource_account.map(|account| account.parse().unwrap()),
        in_management_account: asked.resource_in_management_account,
        derives_context: asked.derive,
        any_text: choices.chance(50),
        ..Scope::default()
    };
    if choices.chance(50) {
        let other = choices.pick(&ACTIONS);
        scope.actions = vec![choices.pick(&[asked.action, other]).to_owned()];
    }
    if choices.chance(15) {
        scope.except_actions = vec![choices.pick(&ACTIONS[1..]).to_owned()];
    }
    if choices.chance(50) {
        let other = choices.pick(&RESOURCES);
        scope.resources = vec![choices.pick(&[asked.resource, other]).to_owned()];
    }
    if choices.chance(10) {
        scope.except_resources = vec![choices.pick(&RESOURCES[1..]).to_owned()];
    }
    for (key, values) in SAID {
        if choices.chance(25) {
            let alternatives = choices.several(1, 2, |choices| state(choices, key, values));
            scope.keys.push(KeyScope { key: ContextKey::new(key), is_list: None, alternatives });
        }
    }
    scope
}

/// Texts that policies are about, with something in the place of wildcards.
struct Landmarks {
    resources: Vec<String>,
    actions: Vec<String>,
    /// Actions and resources that the scope itself names.
    own: [Vec<String>; 2],
}

impl Landmarks {
    fn new(policies: &[&Policies], scope: &Scope) -> Self {
        let statements =
            policies.iter().flat_map(|policies| policies.documents()).flat_map(|document| document.statements());
        let (mut resources, mut actions) = (Vec::new(), Vec::new());
        for statement in statements {
            actions.extend(statement.action().patterns().map(str::to_owned));
            resources.extend(
                statement.resource().into_iter().flat_map(iameval::PatternElement::patterns).map(str::to_owned),
            );
        }
        Self { resources, actions, own: [scope.actions.clone(), scope.resources.clone()] }
    }
}

fn filled(choices: &mut Choices<'_>, pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("${")
            && let Some(end) = rest.find('}')
        {
            out.push_str(choices.pick(&["team", "u", "", "x", "111122223333", "*", "us-east-1:111122223333:orders"]));
            rest = &rest[end + 1..];
            continue;
        }
        match first {
            '*' => {
                out.push_str(choices.pick(&["", "x", "team/q3.csv", "111122223333", "a:b", "*", "us-east-1", "aws"]));
            }
            '?' => out.push_str(choices.pick(&["x", ":", "1", "é"])),
            other => out.push(other),
        }
        rest = &rest[first.len_utf8()..];
    }
    out
}

impl Landmarks {
    fn resource(&self, choices: &mut Choices<'_>) -> String {
        if let [only] = &*self.own[1]
            && choices.chance(60)
        {
            return filled(choices, only);
        }
        if !self.resources.is_empty() && choices.chance(50) {
            let at = choices.below(self.resources.len());
            return filled(choices, &self.resources[at]);
        }
        let theme = choices.pick(&THEMES);
        choices.pick(theme.resources).to_owned()
    }

    fn action(&self, choices: &mut Choices<'_>) -> String {
        let named = match &*self.own[0] {
            [only] if choices.chance(70) => Some(only),
            _ if !self.actions.is_empty() && choices.chance(40) => {
                Some(&self.actions[choices.below(self.actions.len())])
            }
            _ => None,
        };
        if let Some(pattern) = named {
            let text = filled(choices, pattern);
            let is_word =
                |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if let Some((service, name)) = text.split_once(':')
                && is_word(service)
                && is_word(name)
            {
                return text;
            }
        }
        if choices.chance(10) {
            return choices
                .pick(&["x:y", "s3:GetObjectx", "sts:Unlisted", "iam:GetX", "kms:X", "organizations:NewOne"])
                .to_owned();
        }
        let theme = choices.pick(&THEMES);
        choices.pick(theme.actions).to_owned()
    }
}

/// A request of the scope, or `None` where what was drawn does not lie in it.
fn request(choices: &mut Choices<'_>, landmarks: &Landmarks, scope: &Scope, judge: &Judge<'_>) -> Option<Request> {
    let action = landmarks.action(choices).parse().ok()?;
    let mut request = Request::builder(action).resource(&landmarks.resource(choices));
    if let Some(principal) = &scope.principal {
        request = request.principal(principal.clone());
    }
    if let Some(account) = scope.resource_account {
        request = request.resource_account(account);
    }
    if scope.in_management_account {
        request = request.resource_in_management_account();
    }
    let mut context = iameval::Context::new();
    let drawn = draw::context(choices);
    for (key, value) in drawn {
        let name = ContextKey::new(key);
        match value {
            None => context.insert_absent(key),
            Some(value) => {
                let value = value.to_value();
                let texts: Vec<&str> = value.texts().collect();
                match (judge.is_list(&name, value.is_list()), texts.first()) {
                    (true, _) => context.insert(key, ContextValue::list(texts)),
                    (false, Some(text)) => context.insert(key, ContextValue::single(text)),
                    (false, None) => context.insert_absent(key),
                }
            }
        }
    }
    for own in &scope.keys {
        let KeyScope { key, alternatives, .. } = own;
        let at = choices.below(alternatives.len());
        match alternatives.get(at) {
            Some(KeyState::Absent) => {
                context.remove(key.as_str());
                context.insert_absent(key.as_str());
            }
            Some(KeyState::Is(value)) => {
                context.remove(key.as_str());
                context.insert(key.as_str(), value.clone());
            }
            Some(KeyState::Present(range)) => {
                if let Some(texts) = &range.any_of {
                    let text = &texts[choices.below(texts.len())];
                    context.remove(key.as_str());
                    if judge.is_list(key, choices.chance(50)) {
                        context.insert(key.as_str(), ContextValue::list([text.as_str()]));
                    } else {
                        context.insert(key.as_str(), text.as_str());
                    }
                }
            }
            None => {}
        }
    }
    if choices.chance(20) && !judge.is_list(&ContextKey::new("aws:ResourceAccount"), true) {
        context.insert("aws:ResourceAccount", choices.pick(&[draw::ACCOUNT, draw::OTHER]));
    }
    if choices.chance(20) {
        context.insert("aws:PrincipalAccount", choices.pick(&[draw::ACCOUNT, draw::OTHER]));
    }
    if scope.derives_context {
        for key in
            ["aws:username", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:ResourceAccount", "aws:PrincipalType"]
        {
            let key = ContextKey::new(key);
            let is_free = key == ContextKey::new("aws:username") && scope.principal.is_none();
            if !is_free && !scope.keys.iter().any(|own| own.key == key) {
                context.remove(key.as_str());
            }
        }
    }
    request = request.context(context);
    let request = if scope.derives_context { request.build() } else { request.without_derived_context().build() };
    judge.check(&request).is_ok().then_some(request)
}

const EXPECTATIONS: [Expectation; 5] =
    [Expectation::Deny, Expectation::Deny, Expectation::Allow, Expectation::ExplicitDeny, Expectation::ImplicitDeny];

fn is_listed(request: &Request) -> Option<String> {
    Catalogue::embedded().action(&request.action().to_string()).map(|info| info.to_string())
}

/// What came of claims.
#[derive(Default)]
struct Tally {
    held: Cell<usize>,
    refuted: Cell<usize>,
    unknown: Cell<usize>,
    empty: Cell<usize>,
    decisions: Cell<usize>,
}

fn add(cell: &Cell<usize>, count: usize) {
    cell.set(cell.get() + count);
}

fn check_claim(prover: &Prover<'_>, scenario: &Scenario, seed: u64, tries: usize, tally: &Tally) {
    let mut random = Random(seed);
    let drawn = bytes(&mut random, 200);
    let mut choices = Choices::new(&drawn);
    let rules = choices.pick(&[RuleSelection::None, RuleSelection::Refusals, RuleSelection::All]);
    let policies = policies(scenario, rules);
    let scope = scope(&mut choices, scenario);
    let expect = choices.pick(&EXPECTATIONS);
    let judge = Judge::new(&scope, &[&policies]);
    let claim = Claim { policies: policies.clone(), scope: scope.clone(), expect };
    let place = || format!("{rules:?} {expect:?} {scope:#?}\n{scenario}");
    let verdict = match prover.prove(&claim) {
        Ok(verdict) => verdict,
        Err(ClaimError::EmptyScope(EmptyScope::Principal(key))) => {
            add(&tally.empty, 1);
            assert!(judge.contradicts_principal(&key), "{key}\n{}", place());
            return;
        }
        Err(ClaimError::EmptyScope(_)) => {
            add(&tally.empty, 1);
            let landmarks = Landmarks::new(&[&policies], &scope);
            for _ in 0..tries {
                let bytes = bytes(&mut random, 150);
                if let Some(request) = request(&mut Choices::new(&bytes), &landmarks, &scope, &judge) {
                    panic!("the scope is not empty: {request:?}\n{}", place());
                }
            }
            return;
        }
        Err(error) => panic!("{error:?}\n{}", place()),
    };
    let listed: Option<BTreeSet<String>> = match &verdict {
        Verdict::Holds(_) => {
            add(&tally.held, 1);
            Some(BTreeSet::new())
        }
        Verdict::Refuted(refutation) => {
            add(&tally.refuted, 1);
            replay(&refutation.counterexample, &judge, &policies, &verdict, expect)
                .unwrap_or_else(|error| panic!("{error}\n{}", place()));
            refutation.undecided.is_empty().then(|| refutation.actions.iter().cloned().collect())
        }
        Verdict::Unknown(why) => {
            add(&tally.unknown, 1);
            println!("unknown: {why:?}");
            None
        }
    };
    let Some(listed) = listed else { return };
    let unlisted = matches!(&verdict, Verdict::Refuted(refutation) if refutation.unlisted_actions);
    let landmarks = Landmarks::new(&[&policies], &scope);
    for _ in 0..tries {
        let bytes = bytes(&mut random, 150);
        let Some(request) = request(&mut Choices::new(&bytes), &landmarks, &scope, &judge) else { continue };
        add(&tally.decisions, 1);
        let decision = policies.set().decide(&request);
        if breaks(expect, decision) {
            let told = is_listed(&request).map_or(unlisted, |action| listed.contains(&action));
            assert!(told, "not told: {decision:?} {request:#?}\n{}", place());
        }
    }
}

fn replay(
    shown: &Counterexample,
    judge: &Judge<'_>,
    policies: &Policies,
    verdict: &Verdict,
    expect: Expectation,
) -> Result<(), String> {
    judge
        .check(&shown.request)
        .map_err(|error| format!("the counterexample is not in the scope: {error}: {:?}", shown.request))?;
    let mut out = String::new();
    let catalogue = CatalogueFacts { actions: 0, date: None };
    write_verdict(&mut out, None, policies, verdict, &catalogue)
        .map_err(|error| format!("not writable: {error:?} {:?}", shown.request))?;
    let tree = json::parse(&out).map_err(|error| format!("{error:?}"))?;
    let written = tree.get("counterexample").and_then(|shown| shown.get("request")).ok_or("no request")?;
    let Ok(Line::Simulation(again)) = RequestReader::new().read_tree(written, &out) else {
        return Err("not read".into());
    };
    let decision = again.policy_set().decide(&again.request);
    if decision != shown.decision || !breaks(expect, decision) {
        return Err(format!("decides {decision:?} instead of {:?}: {:?}", shown.decision, shown.request));
    }
    Ok(())
}

fn check_claims(cases: u32, tries: usize) -> Tally {
    let prover = Prover::new(Catalogue::embedded());
    let tally = Tally::default();
    check(cases, (generate::scenarios(), SEED), |(scenario, seed)| {
        check_claim(&prover, &scenario, seed, tries, &tally);
    });
    let Tally { held, refuted, unknown, empty, decisions } = &tally;
    let counts = [held, refuted, unknown, empty, decisions].map(Cell::get);
    println!("held, refuted, unknown, empty, decisions: {counts:?}");
    tally
}

#[test]
fn claims_are_as_the_prover_says() {
    let tally = check_claims(15, 60);
    assert!(tally.held.get() > 2 && tally.refuted.get() > 4 && tally.decisions.get() > 100);
}

#[test]
#[ignore = "takes minutes unless optimised"]
fn many_claims_are_as_the_prover_says() {
    let tally = check_claims(200, 300);
    assert!(tally.held.get() > 20 && tally.refuted.get() > 60);
}

fn check_change(
    prover: &Prover<'_>,
    scenario: &Scenario,
    other: &Scenario,
    seed: u64,
    tries: usize,
    decisions: &Cell<usize>,
) {
    let mut random = Random(seed);
    let drawn = bytes(&mut random, 200);
    let mut choices = Choices::new(&drawn);
    let rules = choices.pick(&[RuleSelection::None, RuleSelection::Refusals, RuleSelection::All]);
    let mut changed = scenario.clone();
    match choices.below(6) {
        0 | 1 => changed.identity.clone_from(&other.identity),
        2 => changed.resource.clone_from(&other.resource),
        3 => changed.boundary.clone_from(&other.boundary),
        4 => changed.scp.clone_from(&other.scp),
        _ => changed = Scenario { asked: scenario.asked.clone(), ..other.clone() },
    }
    let scope = scope(&mut choices, scenario);
    let (old, new) = (policies(scenario, rules), policies(&changed, rules));
    let judge = Judge::new(&scope, &[&old, &new]);
    let place = || format!("{rules:?} {scope:#?}\n{scenario}\n{changed}");
    let change = match prover.new_access(&old, &new, &scope) {
        Ok(change) => change,
        Err(ClaimError::EmptyScope(_)) => return,
        Err(error) => panic!("{error:?}\n{}", place()),
    };
    let landmarks = Landmarks::new(&[&old, &new], &scope);
    for (side, before, after) in [(&change.gained, &old, &new), (&change.lost, &new, &old)] {
        for shown in side.groups.iter().map(|group| &group.request).chain(&side.unlisted) {
            judge.check(&shown.request).unwrap_or_else(|error| panic!("{error}\n{}", place()));
            let decided = [before, after].map(|policies| policies.set().decide(&shown.request).is_allowed());
            assert_eq!(decided, [false, true], "{:?}\n{}", shown.request, place());
        }
    }
    for _ in 0..tries {
        let bytes = bytes(&mut random, 150);
        let Some(request) = request(&mut Choices::new(&bytes), &landmarks, &scope, &judge) else { continue };
        add(decisions, 1);
        let told = |side: &WhatCan| {
            !side.undecided.is_empty()
                || is_listed(&request)
                    .map_or(side.unlisted.is_some(), |action| side.actions().contains(&action.as_str()))
        };
        let is_told = match [&old, &new].map(|policies| policies.set().decide(&request).is_allowed()) {
            [false, true] => told(&change.gained),
            [true, false] => told(&change.lost),
            _ => true,
        };
        assert!(is_told, "not told: {request:#?}\n{}", place());
    }
}

#[test]
#[ignore = "takes minutes unless optimised"]
fn many_changes_are_as_the_prover_says() {
    let prover = Prover::new(Catalogue::embedded());
    let decisions = Cell::new(0);
    check(150, (generate::scenarios(), generate::scenarios(), SEED), |(scenario, other, seed)| {
        check_change(&prover, &scenario, &other, seed, 200, &decisions);
    });
    println!("{} decisions", decisions.get());
}
