//! What is proven of policies in which not everything is known stays so whatever the symbols stand for.

use crate::scope::breaks;
use iameval::native::{SimulationRequest, request_to_json};
use iameval::symbol::{SymbolKind, Symbols};
use iameval::{CompiledPolicy, PolicyDocument, PolicyId, PolicyKind, PolicySet, Request};
use iameval_data::Catalogue;
use iameval_prove::{Claim, ClaimError, Expectation, KeyScope, KeyState, Policies, Prover, Scope, Undecided, Verdict};
use iameval_test::strategies::draw::Choices;
use iameval_tests::generate::{self, check};
use iameval_tests::symbols::{native, read, take_out};
use proptest::collection::vec;
use proptest::num::u8::ANY as BYTE;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

const EXPECTATIONS: [Expectation; 4] =
    [Expectation::Deny, Expectation::Allow, Expectation::ExplicitDeny, Expectation::ImplicitDeny];

fn policies(simulation: &SimulationRequest, symbols: Option<&Arc<Symbols>>) -> Policies {
    let set = simulation.policy_set().without_service_rules();
    let set = symbols.map_or(set.clone(), |symbols| set.clone().with_symbols(symbols.clone()));
    Policies::new(set, simulation.policies.documents().map(|written| written.document.clone())).unwrap()
}

/// The scope around a request; `said` tells which of its keys have the value that they have there.
fn scope(request: &Request, resources: &[String], actions: &[String], said: &[usize], derives: bool) -> Scope {
    let keys = request.context().iter().enumerate().filter(|(number, _)| said.contains(number));
    let keys = keys.map(|(_, (key, value))| KeyScope {
        key: key.clone(),
        is_list: value.map(iameval::ContextValue::is_list),
        alternatives: vec![value.map_or(KeyState::Absent, |value| KeyState::Is(value.clone()))],
    });
    Scope {
        principal: Some(request.principal().clone()),
        actions: actions.to_vec(),
        resources: resources.to_vec(),
        keys: keys.collect(),
        derives_context: derives,
        any_text: true,
        ..Scope::default()
    }
}

fn resources(choices: &mut Choices<'_>, request: &Request) -> Vec<String> {
    let own = request.resource();
    let glob = own.rsplit_once('/').map_or_else(|| format!("{own}*"), |(parent, _)| format!("{parent}/*"));
    match choices.below(4) {
        _ if own == "*" => Vec::new(),
        0 => Vec::new(),
        1 => vec![glob],
        2 => vec![own.to_owned(), "arn:aws:s3:::x/*".to_owned()],
        _ => vec![own.to_owned()],
    }
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn decided(set: &PolicySet, request: &Request, expect: Expectation) -> bool {
    breaks(expect, set.decide(request))
}

fn check_claims(cases: u32) -> BTreeMap<&'static str, usize> {
    let prover = Prover::new(Catalogue::embedded());
    let counts = RefCell::new(BTreeMap::<&str, usize>::new());
    let count = |what| *counts.borrow_mut().entry(what).or_default() += 1;
    check(cases, (generate::scenarios(), vec(BYTE, 40..90)), |(scenario, row)| {
        let Some(mut value) = native(&scenario) else { return };
        let mut choices = Choices::new(&row);
        let Some(taken) = take_out(&mut value, &mut choices) else { return };
        let Some(open) = read(&value.to_string()) else { return };
        let resources = resources(&mut choices, &open.request);
        let service = format!("{}:*", open.request.action().service());
        let actions = match choices.below(3) {
            0 => vec![open.request.action().to_string()],
            1 => vec![service],
            _ => Vec::new(),
        };
        let said: Vec<usize> = (0..9).filter(|_| choices.chance(60)).collect();
        let derives = choices.chance(70);
        let symbolic = policies(&open, Some(&taken.symbols));
        let own = scope(&open.request, &resources, &actions, &said, derives);
        for expect in EXPECTATIONS {
            let claim = Claim { policies: symbolic.clone(), scope: own.clone(), expect };
            let verdict = match prover.prove(&claim) {
                Ok(verdict) => verdict,
                Err(ClaimError::EmptyScope(_)) => return count("empty"),
                Err(error) => panic!("{error:?}: {own:#?}\n{value:#}"),
            };
            let mut both = json!({"case": value, "resources": resources});
            match &verdict {
                Verdict::Holds(_) => count("holds"),
                Verdict::Refuted(refutation) => {
                    count("refuted");
                    let shown = &refutation.counterexample;
                    assert!(decided(symbolic.set(), &shown.request, expect), "{shown:?}\n{value:#}");
                    let documents = symbolic.documents().iter().map(|document| &**document);
                    // Not every request has a native form.
                    let Ok(written) = request_to_json(&shown.request, symbolic.set(), documents) else { continue };
                    both["shown"] = serde_json::from_str(&written.to_string()).unwrap();
                }
                Verdict::Unknown(why) => {
                    count("unknown");
                    assert!(!why.is_empty());
                    let is_symbol = |why: &Undecided| matches!(why, Undecided::Symbol(_));
                    count(if why.iter().any(is_symbol) { "by symbols" } else { "by others" });
                    continue;
                }
            }
            for filled in taken.completions(&both) {
                let Some(settled) = read(&filled["case"].to_string()) else { continue };
                let globs = texts(&filled["resources"]);
                // What a symbol stands for may be a wildcard, and a scope has globs.
                let has_new_wildcards = |(glob, own): (&String, &String)| {
                    let wildcards = |text: &str| text.matches(['*', '?', '$']).count();
                    wildcards(glob) != wildcards(own)
                };
                if globs.iter().zip(&resources).any(has_new_wildcards) {
                    continue;
                }
                let known = policies(&settled, None);
                let place = || format!("{expect:?} {verdict:#?}\n{own:#?}\n{value:#}\n{filled:#}");
                if let Some(shown) = filled.get("shown") {
                    let Some(shown) = read(&shown.to_string()) else { continue };
                    count("shown");
                    assert!(decided(known.set(), &shown.request, expect), "{}", place());
                }
                let scope = scope(&settled.request, &globs, &actions, &said, derives);
                let claim = Claim { policies: known, scope, expect };
                let is_as_said = match (prover.prove(&claim), &verdict) {
                    (Ok(Verdict::Refuted(_)), Verdict::Holds(_)) => false,
                    (Ok(Verdict::Holds(_)), Verdict::Refuted(_)) => filled.get("shown").is_none(),
                    _ => true,
                };
                count("proved again");
                assert!(is_as_said, "{:#?} {}", prover.prove(&claim), place());
            }
        }
    });
    let counts = counts.into_inner();
    println!("{counts:?}");
    counts
}

#[test]
fn what_is_proven_stays_so_whatever_the_symbols_stand_for() {
    let counts = check_claims(25);
    assert!(counts.get("proved again").is_some_and(|count| *count > 50), "{counts:?}");
}

#[test]
#[ignore = "takes minutes unless optimised"]
fn much_that_is_proven_stays_so_whatever_the_symbols_stand_for() {
    let counts = check_claims(150);
    for enough in ["holds", "refuted", "unknown"] {
        assert!(counts.get(enough).is_some_and(|count| *count > 25), "{counts:?}");
    }
}

/// The statements of documents in a value, by where they stand.
fn statements(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if members.contains_key("Effect") {
                found.push(place.to_owned());
            }
            for (name, member) in members {
                statements(member, &format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                statements(item, &format!("{place}/{number}"), found);
            }
        }
        _ => {}
    }
}

/// The value with a change to one statement, or with none.
fn edited(value: &Value, choices: &mut Choices<'_>) -> Value {
    let mut places = Vec::new();
    statements(value, "", &mut places);
    let mut new = value.clone();
    if places.is_empty() {
        return new;
    }
    let place = &places[choices.below(places.len())];
    let statement = new.pointer_mut(place).and_then(Value::as_object_mut).unwrap();
    match choices.below(5) {
        0 => {}
        1 => drop(statement.remove("Condition")),
        2 => {
            let (old, new) =
                if statement.contains_key("NotAction") { ("NotAction", "Action") } else { ("Action", "Action") };
            statement.remove(old);
            statement.insert(new.to_owned(), json!(["s3:Get*", "iam:*"]));
        }
        3 if statement.contains_key("Resource") => drop(statement.insert("Resource".to_owned(), json!("*"))),
        _ => {
            let effect = if statement["Effect"] == "Deny" { "Allow" } else { "Deny" };
            statement.insert("Effect".to_owned(), json!(effect));
        }
    }
    new
}

fn check_changes(cases: u32) -> BTreeMap<&'static str, usize> {
    let prover = Prover::new(Catalogue::embedded());
    let counts = RefCell::new(BTreeMap::<&str, usize>::new());
    let count = |what| *counts.borrow_mut().entry(what).or_default() += 1;
    check(cases, (generate::scenarios(), vec(BYTE, 40..90)), |(scenario, row)| {
        let Some(mut value) = native(&scenario) else { return };
        let mut choices = Choices::new(&row);
        let Some(taken) = take_out(&mut value, &mut choices) else { return };
        let new = edited(&value, &mut choices);
        let said: Vec<usize> = (0..9).filter(|_| choices.chance(60)).collect();
        let derives = choices.chance(70);
        let both = |values: [&Value; 2], symbols: Option<&Arc<Symbols>>| {
            let read = values.map(|value| read(&value.to_string()));
            let [Some(old), Some(new)] = read else { return None };
            let service = format!("{}:*", old.request.action().service());
            let scope = scope(&old.request, &[], &[service], &said, derives);
            let [old, new] = [old, new].map(|side| policies(&side, symbols));
            prover.new_access(&old, &new, &scope).ok()
        };
        let Some(open) = both([&value, &new], Some(&taken.symbols)) else { return };
        if value == new {
            count("unchanged");
            assert!(
                open.gained.is_empty() && open.gained.may.is_empty() && open.gained.unlisted_may.is_none(),
                "{open:#?}"
            );
            assert!(open.lost.is_empty() && open.lost.may.is_empty() && open.lost.unlisted_may.is_none(), "{open:#?}");
            return;
        }
        for filled in taken.completions(&json!([value, new])) {
            let Some(known) = both([&filled[0], &filled[1]], None) else { continue };
            for (open, known) in [(&open.gained, &known.gained), (&open.lost, &known.lost)] {
                if !open.undecided.is_empty() || !known.undecided.is_empty() {
                    count("undecided");
                    continue;
                }
                count("compared");
                let certain = open.actions();
                let possible: Vec<&String> = open.may.iter().flat_map(|group| &group.actions).collect();
                for action in known.actions() {
                    let is_told = certain.contains(&action) || possible.iter().any(|possible| *possible == action);
                    assert!(is_told, "{action} is not told\n{value:#}\n{new:#}\n{filled:#}\n{open:#?}");
                    count("told");
                }
                for action in &certain {
                    let place = || format!("{action} is not certain\n{value:#}\n{new:#}\n{filled:#}\n{open:#?}");
                    assert!(known.actions().contains(action), "{}", place());
                    count("certain");
                }
                if known.unlisted.is_some() {
                    assert!(open.unlisted.is_some() || open.unlisted_may.is_some(), "{value:#}\n{new:#}\n{filled:#}");
                }
            }
        }
    });
    let counts = counts.into_inner();
    println!("{counts:?}");
    counts
}

#[test]
fn what_changes_is_told_whatever_the_symbols_stand_for() {
    let counts = check_changes(25);
    assert!(counts.get("compared").is_some_and(|count| *count > 50), "{counts:?}");
}

#[test]
#[ignore = "takes minutes unless optimised"]
fn much_that_changes_is_told_whatever_the_symbols_stand_for() {
    let counts = check_changes(200);
    for enough in ["told", "certain", "unchanged"] {
        assert!(counts.get(enough).is_some_and(|count| *count > 10), "{counts:?}");
    }
}

/// What is claimed of `s3:GetObject` on these resources, by a user with this statement; `{Logs}` is the name of a bucket,
/// `{In}` an input and `{Prod}` a condition of which the statement itself is.
const CASES: [(&str, &str, Expectation, &str); 15] = [
    (
        r#""Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::{Logs}/*""#,
        "arn:aws:sqs:*",
        Expectation::Deny,
        "holds",
    ),
    (
        r#""Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::{Logs}/*""#,
        "arn:aws:s3:::x/*",
        Expectation::Deny,
        "Logs",
    ),
    (
        r#""Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::{Logs}/*""#,
        "arn:aws:s3:::{Logs}/*",
        Expectation::Allow,
        "holds",
    ),
    (
        r#""Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::{Logs}/*""#,
        "arn:aws:s3:::{Logs}/*",
        Expectation::Deny,
        "refuted",
    ),
    (
        r#""Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::{Logs}/a*""#,
        "arn:aws:s3:::{Logs}/*",
        Expectation::Allow,
        "refuted",
    ),
    (
        r#""Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::{In}/*""#,
        "arn:aws:s3:::{In}/*",
        Expectation::Allow,
        "In",
    ),
    (
        r#""Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::prod-*""#,
        "arn:aws:s3:::{Logs}/*",
        Expectation::Deny,
        "Logs",
    ),
    (
        r#""Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:sqs:*""#,
        "arn:aws:s3:::{Logs}/*",
        Expectation::Deny,
        "holds",
    ),
    (r#""Effect": "Allow", "Action": "s3:*", "Resource": "*"{Prod}"#, "arn:aws:s3:::x/*", Expectation::Deny, "Prod"),
    (r#""Effect": "Allow", "Action": "s3:*", "Resource": "*"{Prod}"#, "arn:aws:s3:::x/*", Expectation::Allow, "Prod"),
    (r#""Effect": "Allow", "Action": "{In}", "Resource": "*""#, "arn:aws:s3:::x/*", Expectation::Deny, "In"),
    (r#""Effect": "Allow", "Action": "sqs:{In}", "Resource": "*""#, "arn:aws:s3:::x/*", Expectation::Deny, "holds"),
    (
        r#""Effect": "Allow", "NotResource": "arn:aws:s3:::{Logs}/*", "Action": "s3:*""#,
        "arn:aws:s3:::{Logs}/*",
        Expectation::Deny,
        "holds",
    ),
    (
        r#""Effect": "Allow", "NotResource": "arn:aws:s3:::{Logs}/*", "Action": "s3:*""#,
        "arn:aws:s3:::x/*",
        Expectation::Allow,
        "Logs",
    ),
    (
        r#""Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/t": "{In}"}}"#,
        "arn:aws:s3:::x/*",
        Expectation::Deny,
        "In",
    ),
];

#[test]
fn what_depends_on_a_symbol_is_not_known() {
    let prover = Prover::new(Catalogue::embedded());
    for (statement, resource, expect, verdict) in CASES {
        let mut symbols = Symbols::new();
        let logs = symbols.define("Logs", SymbolKind::Name).unwrap().to_string();
        let input = symbols.define("In", SymbolKind::Input).unwrap().to_string();
        let is_production = symbols.define("Prod", SymbolKind::Input).unwrap();
        let fill = |text: &str| text.replace("{Logs}", &logs).replace("{In}", &input).replace("{Prod}", "");
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{{{}}}]}}"#, fill(statement));
        let mut document: PolicyDocument = text.parse().unwrap();
        if statement.contains("{Prod}") {
            document = document.with_statement_only_if(0, is_production);
        }
        let compiled = CompiledPolicy::new(PolicyId::new("own"), PolicyKind::Identity, &document).unwrap();
        let set = PolicySet::builder().add(Arc::new(compiled)).build().without_service_rules();
        let policies = Policies::new(set.with_symbols(Arc::new(symbols)), [Arc::new(document)]).unwrap();
        let scope = Scope {
            principal: "arn:aws:iam::111122223333:user/john".parse().ok(),
            resource_account: "111122223333".parse().ok(),
            actions: vec!["s3:GetObject".into()],
            resources: vec![fill(resource)],
            derives_context: true,
            ..Scope::default()
        };
        let found = match prover.prove(&Claim { policies, scope, expect }).unwrap() {
            Verdict::Holds(_) => "holds".to_owned(),
            Verdict::Refuted(_) => "refuted".to_owned(),
            Verdict::Unknown(why) => {
                let names = why.iter().map(|why| match why {
                    Undecided::Symbol(name) => name.to_string(),
                    other => format!("{other:?}"),
                });
                names.collect::<Vec<_>>().join(" ")
            }
        };
        assert_eq!(found, verdict, "{statement} {resource} {expect:?}");
    }
}
