//! The engine against the naive evaluator, and the naive evaluator against the conformance suite.

use crate::conformance::{self, Case};
use iameval::json::{Node, Value};
use iameval::layers::{self, CallerKind, LayerOutcomes, ResourceSide, Strength};
use iameval::native::RequestReader;
use iameval::{EvaluationMode, PolicyDocument, Statement};
use iameval_tests::generate::{self, Scenario, check, samples};
use iameval_tests::naive::{self, Facts, Policies, value};
use std::collections::BTreeMap;

/// Why the naive evaluator does not take part in a case, with how many cases at most.
const OUTSIDE: [(&str, usize); 5] = [
    ("refused before it is decided", 140),
    ("simulator mode", 80),
    ("refusals alone", 20),
    ("endpoints of both kinds", 5),
    ("values that only the engine reads", 600),
];

#[test]
fn the_naive_evaluator_passes_the_suite() {
    let (mut count, mut outside, mut failures) = (0, BTreeMap::new(), Vec::new());
    conformance::for_each(|case| {
        let request = case.request();
        let (policies, facts) = match subset(case, &request) {
            Ok(inside) => inside,
            Err(why) => return *outside.entry(why).or_insert(0) += 1,
        };
        count += 1;
        let (set, asked) = case.read(&mut RequestReader::new()).expect("a request");
        let decision = naive::decide_knowing(&policies, &asked, &facts).as_str();
        let expected = case.expected().get("decision").and_then(Node::as_str).unwrap_or_default();
        if decision != expected {
            failures.push(format!("{}/{}: expected {expected}, got {decision}", case.file, case.name()));
        }
        assert_eq!(policies.to_set().decide(&asked), set.decide(&asked), "{}/{}", case.file, case.name());
    });
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{}", failures.len(), failures.join("\n"));
    for (why, number) in &outside {
        let limit = OUTSIDE.iter().find(|(known, _)| known == why).map_or(0, |(_, limit)| *limit);
        assert!(*number <= limit, "{number} cases are outside: {why}");
    }
    assert!(count > 3_300, "only {count} cases are inside: {outside:?}");
}

/// The case as the naive evaluator takes it, if it does.
fn subset(case: &Case<'_>, request: &Node<'_>) -> Result<(Policies, Facts), &'static str> {
    if case.expected().get("error").is_some() {
        return Err("refused before it is decided");
    }
    let (policies, facts) = read(request)?;
    let context = request.get("request").and_then(|asked| asked.get("context"));
    let layers = policies.scp.iter().chain(&policies.rcp).flatten().chain(&policies.identity).chain(&policies.session);
    let layers = layers.chain(&policies.scope_down);
    let documents = layers.chain(&policies.endpoint).chain(&policies.resource).chain(&policies.boundary);
    for block in documents.flat_map(PolicyDocument::statements).flat_map(Statement::condition) {
        for test in block.keys() {
            let plain = |text: &str| value::is_plain(block.operator().base, text);
            let members = context.and_then(Node::members).unwrap_or_default();
            let given = members.iter().filter(|member| member.key.eq_ignore_ascii_case(test.key()));
            let given: Vec<&str> = given.flat_map(|member| texts(&member.value)).collect();
            if !test.values().all(plain) || !given.into_iter().all(plain) {
                return Err("values that only the engine reads");
            }
        }
    }
    Ok((policies, facts))
}

/// A native request as the naive evaluator takes it.
pub(crate) fn read(request: &Node<'_>) -> Result<(Policies, Facts), &'static str> {
    let option = |name| request.get("options").and_then(|options| options.get(name));
    if option("mode").is_some_and(|mode| mode.as_str() == Some("simulator")) {
        return Err("simulator mode");
    }
    if option("service_rules").is_some_and(|rules| rules.as_str().is_some()) {
        return Err("refusals alone");
    }
    let layer = |name| request.get("policies").and_then(|policies| policies.get(name));
    let gateways: Vec<bool> = items(layer("endpoint")).map(|policy| flag(policy.get("gateway"))).collect();
    if gateways.iter().any(|gateway| *gateway != gateways[0]) {
        return Err("endpoints of both kinds");
    }
    let documents = |name| items(layer(name)).map(document).collect::<Vec<_>>();
    let policies = Policies {
        identity: documents("identity"),
        resource: documents("resource").pop(),
        boundary: documents("boundary").pop(),
        session: documents("session"),
        scope_down: documents("scope_down"),
        scp: levels(layer("scp")),
        rcp: levels(layer("rcp")),
        endpoint: documents("endpoint"),
        gateway: gateways.contains(&true),
        pure: option("service_rules").is_some_and(|rules| rules.value == Value::Bool(false)),
    };
    let asked = request.get("request");
    let of = |part: &str, name: &str| asked.and_then(|asked| asked.get(part)).and_then(|part| part.get(name));
    let text = |name| of("principal", name).and_then(Node::as_str).map(str::to_owned);
    let facts = Facts {
        user: text("user"),
        provider: text("provider"),
        canonical_user_id: text("canonical_user_id"),
        long_term_credentials: of("principal", "long_term_credentials").map(|node| flag(Some(node))),
        assumed_root: flag(of("principal", "assumed_root")),
        management_account: of("principal", "in_management_account").map(|node| flag(Some(node))),
        delegated_administrator: of("principal", "delegated_administrator").map(|node| flag(Some(node))),
        resource_in_management_account: flag(of("resource", "in_management_account")),
    };
    Ok((policies, facts))
}

fn flag(node: Option<&Node<'_>>) -> bool {
    node.is_some_and(|node| node.value == Value::Bool(true))
}

/// The items of a list, or the one value that stands for a list of one.
fn items<'a>(node: Option<&'a Node<'a>>) -> impl Iterator<Item = &'a Node<'a>> {
    match node.map(|node| (node, &node.value)) {
        None | Some((_, Value::Null)) => [].iter(),
        Some((_, Value::Array(items))) => items.iter(),
        Some((node, _)) => std::slice::from_ref(node).iter(),
    }
}

fn texts<'a>(node: &'a Node<'a>) -> Vec<&'a str> {
    items(Some(node))
        .filter_map(|node| match &node.value {
            Value::String(text) | Value::Number(text) => Some(&**text),
            _ => None,
        })
        .collect()
}

fn document(node: &Node<'_>) -> PolicyDocument {
    let inside = node.get("document").unwrap_or(node);
    let parsed = match inside.as_str() {
        Some(text) => PolicyDocument::parse(text),
        None => PolicyDocument::from_tree(inside),
    };
    parsed.value.expect("a policy document")
}

fn levels(node: Option<&Node<'_>>) -> Vec<Vec<PolicyDocument>> {
    let all: Vec<&Node<'_>> = items(node).collect();
    if !all.is_empty()
        && all.iter().all(|node| node.get("policies").is_none() && !matches!(node.value, Value::Array(_)))
    {
        return vec![all.into_iter().map(document).collect()];
    }
    let level = |node: &Node<'_>| items(Some(node.get("policies").unwrap_or(node))).map(document).collect();
    all.into_iter().map(level).collect()
}

fn compare(scenario: &Scenario) {
    let policies = scenario.policies();
    let request = scenario.asked.request();
    let expected = naive::decide_knowing(&policies, &request, &scenario.asked.facts());
    let set = policies.to_set();
    assert_eq!(set.decide(&request), expected, "the engine, then the naive evaluator");
    assert_eq!(set.indexed().decide(&request), expected, "the engine with an index, then the naive evaluator");
}

/// Every case of the composition there is, for live services.
#[test]
fn the_engine_composes_as_the_naive_evaluator_does() {
    let strengths = [None, Some(Strength::Account), Some(Strength::Entity), Some(Strength::Direct)];
    let said = [None, Some(false), Some(true)];
    let mut count = 0;
    for (caller, same_account) in CallerKind::ALL.into_iter().flat_map(|caller| [(caller, false), (caller, true)]) {
        for (resource_side, resource) in ResourceSide::ALL.into_iter().flat_map(|side| strengths.map(|of| (side, of))) {
            for (boundary, session) in said.into_iter().flat_map(|boundary| said.map(|session| (boundary, session))) {
                for bits in 0..16_u8 {
                    let bit = |at: u8| bits & (1 << at) != 0;
                    let (service_control, endpoint, identity, scope_down) = (bit(0), bit(1), bit(2), bit(3));
                    let outcomes =
                        LayerOutcomes { service_control, endpoint, resource, identity, boundary, session, scope_down };
                    let mode = EvaluationMode::Live;
                    let facts = layers::Facts { caller, same_account, resource_side, mode };
                    let (decision, _) = facts.compose(outcomes);
                    let expected = naive::compose::is_allowed(facts, outcomes);
                    assert_eq!(decision.is_allowed(), expected, "{facts:?}\n{outcomes:?}");
                    count += 1;
                }
            }
        }
    }
    assert_eq!(count, 23_040);
}

#[test]
fn the_engine_agrees_on_identity_policies() {
    check(3_000, generate::single_layer(), |scenario| compare(&scenario));
}

#[test]
fn the_engine_agrees_on_principals() {
    check(4_000, generate::principals(), |scenario| compare(&scenario));
}

#[test]
fn the_engine_agrees_on_all_layers() {
    check(4_000, generate::scenarios(), |scenario| compare(&scenario));
}

#[test]
fn half_of_the_scenarios_are_decided_by_a_statement() {
    let mut counts = BTreeMap::new();
    for scenario in samples(2_000, generate::scenarios()) {
        let decision = scenario.policies().to_set().decide(&scenario.asked.request());
        *counts.entry(decision.as_str()).or_insert(0) += 1;
    }
    assert!(counts["allowed"] > 400 && counts["explicit_deny"] > 300, "{counts:?}");
    assert!(counts["allowed"] + counts["explicit_deny"] > 1_000, "{counts:?}");
}
