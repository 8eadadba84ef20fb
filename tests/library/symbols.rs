//! What is certain stays so whatever the symbols stand for: policies and requests with texts taken out, beside the same with
//! many texts put in.

use iameval::json;
use iameval::symbol::{SymbolKind, Symbols};
use iameval::{CompiledPolicy, Decision, PolicyDocument, PolicyId, PolicySet, Request};
use iameval_test::strategies::draw::Choices;
use iameval_tests::generate::{self, check};
use iameval_tests::symbols::{native, read, take_out};
use proptest::collection::vec;
use proptest::num::u8::ANY as BYTE;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

#[test]
fn what_is_certain_stays_so_whatever_the_symbols_stand_for() {
    let counts = RefCell::new(BTreeMap::<&str, usize>::new());
    let count = |what| *counts.borrow_mut().entry(what).or_default() += 1;
    check(1_500, (generate::scenarios(), vec(BYTE, 20..60)), |(scenario, row)| {
        let Some(mut value) = native(&scenario) else { return };
        let Some(taken) = take_out(&mut value, &mut Choices::new(&row)) else { return };
        let Some(open) = read(&value.to_string()) else { return count("not read") };
        let set = open.policy_set().with_symbols(taken.symbols.clone());
        let simulation = set.simulate(&open.request);
        assert_eq!(simulation.decision, set.decide(&open.request));
        assert_eq!(simulation.decision, set.explain(&open.request).decision);
        count(simulation.decision.as_str());
        // No deployment makes what AWS reserves.
        let reserved = |value: &Value| {
            let request = value["request"].to_string();
            ["role/aws-service-role/", "role/aws-reserved/", "alias/aws/"].map(|path| request.contains(path))
        };
        let own = reserved(&value);
        for value in taken.completions(&value).into_iter().filter(|value| reserved(value) == own) {
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
