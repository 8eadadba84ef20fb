//! Scopes around a single request, whose decision tells what may not hold of them.

use crate::random::{bytes, policies};
use crate::scope::{Judge, breaks};
use iameval::{ActionPattern, ContextKey, ContextValue, Request, RuleSelection};
use iameval_data::Catalogue;
use iameval_prove::{Claim, Expectation, KeyScope, KeyState, Policies, Prover, Scope, ValueRange, Verdict};
use iameval_tests::generate::{self, Choices, Scenario, check};
use iameval_tests::workload::Random;
use proptest::num::u64::ANY as SEED;
use std::cell::Cell;
use std::collections::BTreeSet;

const EXPECTATIONS: [Expectation; 4] =
    [Expectation::Deny, Expectation::Allow, Expectation::ExplicitDeny, Expectation::ImplicitDeny];

/// The request of the scenario, with a value of the right shape for each key that its policies test.
fn request(scenario: &Scenario, scope: &Scope, policies: &Policies) -> Request {
    let judge = Judge::new(scope, &[policies]);
    let mut request = scenario.asked.request();
    let given: Vec<(ContextKey, Option<ContextValue>)> =
        scenario.asked.request().context().iter().map(|(key, value)| (key.clone(), value.cloned())).collect();
    for (key, value) in given {
        let Some(value) = value else { continue };
        let texts: Vec<&str> = value.texts().collect();
        request = match (judge.is_list(&key, value.is_list()), texts.first()) {
            (true, _) => request.with_context_key(key.as_str(), ContextValue::list(texts)),
            (false, Some(text)) => request.with_context_key(key.as_str(), ContextValue::single(text)),
            (false, None) => request.without([&key]),
        };
    }
    request
}

/// What is said of a key so that only this value is left, or of a list not many more.
fn exactly(key: &ContextKey, value: Option<&ContextValue>) -> KeyScope {
    let state = value.map_or(KeyState::Absent, |value| {
        let texts = value.texts().map(str::to_owned).collect();
        KeyState::Present(Box::new(ValueRange { any_of: Some(texts), ..ValueRange::default() }))
    });
    KeyScope { key: key.clone(), is_list: None, alternatives: vec![state] }
}

fn scope_around(choices: &mut Choices<'_>, scenario: &Scenario, policies: &Policies) -> (Scope, Request) {
    let asked = &scenario.asked;
    let mut scope = Scope {
        principal: asked.caller.map(|caller| caller.principal()),
        resource_account: asked.resource_account.map(|account| account.parse().unwrap()),
        in_management_account: asked.resource_in_management_account,
        actions: vec![asked.action.to_owned()],
        any_text: true,
        ..Scope::default()
    };
    if !asked.resource.contains(['*', '?']) || asked.resource == "*" {
        let pattern = if asked.resource == "*" { "${*}" } else { asked.resource };
        scope.resources = vec![pattern.to_owned()];
    }
    let request = request(scenario, &scope, policies);
    let mut keys: BTreeSet<ContextKey> = request.context().iter().map(|(key, _)| key.clone()).collect();
    keys.extend(policies.set().context_keys().cloned());
    let share = choices.pick(&[100, 100, 80, 30]);
    for key in keys {
        if choices.chance(share) {
            scope.keys.push(exactly(&key, request.context().value(&key)));
        }
    }
    (scope, request)
}

#[derive(Default)]
struct Tally {
    holding: Cell<usize>,
    unknown: Cell<usize>,
}

fn check_point(prover: &Prover<'_>, scenario: &Scenario, seed: u64, tally: &Tally) {
    let drawn = bytes(&mut Random(seed), 60);
    let mut choices = Choices::new(&drawn);
    let rules = choices.pick(&[RuleSelection::None, RuleSelection::None, RuleSelection::Refusals, RuleSelection::All]);
    let policies = policies(scenario, rules);
    let (scope, request) = scope_around(&mut choices, scenario, &policies);
    let place = || format!("{rules:?} {scope:#?}\n{scenario}\n{request:#?}");
    let judge = Judge::new(&scope, &[&policies]);
    judge.check(&request).unwrap_or_else(|error| panic!("{error}: {}", place()));
    assert!(ActionPattern::new(scenario.asked.action).matches(request.action()));
    let decision = policies.set().decide(&request);
    for expect in EXPECTATIONS {
        let claim = Claim { policies: policies.clone(), scope: scope.clone(), expect };
        let verdict = prover.prove(&claim).unwrap_or_else(|error| panic!("{expect:?}: {error:?}: {}", place()));
        match verdict {
            Verdict::Holds(_) => {
                assert!(!breaks(expect, decision), "{expect:?} does not hold: {decision:?}: {}", place());
                tally.holding.set(tally.holding.get() + 1);
            }
            Verdict::Refuted(refutation) => {
                let shown = &refutation.counterexample;
                assert!(breaks(expect, policies.set().decide(&shown.request)), "{shown:?}: {}", place());
                judge.check(&shown.request).unwrap_or_else(|error| panic!("{error}: {shown:?}: {}", place()));
            }
            Verdict::Unknown(_) => tally.unknown.set(tally.unknown.get() + 1),
        }
    }
}

fn check_points(cases: u32) {
    let prover = Prover::new(Catalogue::embedded());
    let tally = Tally::default();
    let cases_of_all = (generate::scenarios(), SEED);
    check(cases, cases_of_all, |(scenario, seed)| check_point(&prover, &scenario, seed, &tally));
    let (holding, unknown) = (tally.holding.get(), tally.unknown.get());
    println!("{holding} hold, {unknown} are unknown");
    let cases = cases as usize;
    assert!(holding > cases && unknown * 20 < cases, "{holding} hold, {unknown} are unknown");
}

#[test]
fn claims_about_a_request_are_as_it_is_decided() {
    check_points(15);
}

#[test]
#[ignore = "takes minutes unless optimised"]
fn claims_about_each_of_many_requests_are_as_they_are_decided() {
    check_points(300);
}
