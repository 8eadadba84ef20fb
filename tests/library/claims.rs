//! Native claims and verdicts: the schema, what is refused, and counterexamples that can be run again.

use iameval::json::{self, Node};
use iameval::native::{EvaluationOptions, RequestReader, SCHEMA as REQUEST_SCHEMA};
use iameval::{ContextKey, Decision, RuleSelection, StatementId};
use iameval_prove::native::{
    CatalogueFacts, ClaimReader, Line, NativeClaim, NativeQuestion, SCHEMA, write_error, write_new_access,
    write_public, write_statements, write_verdict, write_what_can,
};
use iameval_prove::{
    AllowedActions, Assumed, ClosedBy, Closing, Counterexample, Expectation, KeyState, NewAccess, Policies, Proof,
    Public, Refutation, StatementFindings, Undecided, ValueRange, Verdict, WhatCan,
};
use iameval_tests::fixture;
use iameval_tests::generate::{self, check};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::fmt::Write as _;

fn schema_of(definition: &str) -> Validator {
    let schema: Value = serde_json::from_str(SCHEMA).expect("a schema");
    let definitions = &schema["$defs"];
    let reference = format!("#/$defs/{definition}");
    jsonschema::validator_for(&json!({"$defs": definitions, "$ref": reference})).expect("a schema")
}

fn line_schema() -> Validator {
    jsonschema::validator_for(&serde_json::from_str(SCHEMA).expect("a schema")).expect("a schema")
}

#[track_caller]
fn validate(schema: &Validator, text: &str) -> Value {
    let value: Value = serde_json::from_str(text).expect("JSON");
    if let Err(error) = schema.validate(&value) {
        panic!("{error} at {}: {text}", error.instance_path);
    }
    value
}

#[track_caller]
fn claim(text: &str) -> NativeClaim {
    match ClaimReader::new().read(text) {
        Ok(Line::Claim(claim)) => *claim,
        Ok(Line::Define(_)) => panic!("a definition: {text}"),
        Err(error) => panic!("{error} at {:?}: {text}", error.path),
    }
}

#[test]
fn definitions_that_requests_have_too_are_theirs() {
    let [claims, requests] = [SCHEMA, REQUEST_SCHEMA].map(|text| serde_json::from_str::<Value>(text).unwrap());
    let mut count = 0;
    for (name, definition) in claims["$defs"].as_object().unwrap() {
        if let Some(theirs) = requests["$defs"].get(name) {
            assert_eq!(definition, theirs, "{name}");
            count += 1;
        }
    }
    assert_eq!(count, 14);
}

#[test]
fn claims_are_read_and_fit_the_schema() {
    let schema = line_schema();
    for line in fixture("claims/claims.jsonl").lines() {
        validate(&schema, line);
        if let Err(error) = ClaimReader::new().read(line) {
            panic!("{error} at {:?}: {line}", error.path);
        }
    }
}

#[test]
fn what_is_no_claim_is_refused_at_its_place_with_a_hint() {
    let (lines, errors) = (line_schema(), schema_of("error"));
    let (mut actual, file) = (String::new(), fixture("claims/errors.jsonl"));
    for line in file.lines() {
        let case = json::parse(line).expect("JSON");
        let node = case.get("claim").expect("a claim");
        let text = node.as_str().unwrap_or(&line[node.span.range()]);
        let Err(error) = ClaimReader::new().read(text) else { panic!("it is read: {text}") };
        let is_json = serde_json::from_str::<Value>(text);
        let fits = is_json.is_ok_and(|value| lines.is_valid(&value));
        assert!(!fits || BEYOND_THE_SCHEMA.iter().any(|part| text.contains(part)), "the schema takes {text}");
        assert!(error.span.is_some_and(|span| text.get(span.range()).is_some()), "{text}: {error:?}");
        let mut out = String::new();
        write_error(&mut out, error.id.as_deref(), &error);
        let written = validate(&errors, &out);
        let _ = writeln!(actual, "{{\"claim\":{node},\"error\":{}}}", written["error"]);
    }
    assert!(actual == file, "{actual}");
}

/// What only the reader tells.
const BEYOND_THE_SCHEMA: [&str; 22] = [
    "\"absent\":true,\"absent\"",
    "\"expect\":\"deny\",\"expect\"",
    "somebody",
    "\"service_rules\":true,\"options\"",
    "\"derive_context\":true,\"options\"",
    "${",
    "\"account\":\"444455556666\"",
    "\"\":{",
    "aws:UserName",
    "10.0.0.0/33",
    "2001:db8::5/64",
    "banana",
    "yesterday",
    "2026-13-01",
    "\"ten\"",
    "0x10",
    "2026-12-31",
    "1795431600",
    "9.99",
    "-1",
    "{\"list\":true},{\"list\":false",
    "\"list\":false,\"any_of\":\"team\"",
];

#[test]
fn a_claim_says_what_it_is_about() {
    let lines = fixture("claims/claims.jsonl");
    let claims: Vec<NativeClaim> = lines.lines().filter(|line| !line.contains("define")).map(claim).collect();
    let scope = &claims[0].scope;
    assert_eq!(*scope, iameval_prove::Scope::default());
    assert_eq!(claims[0].options.service_rules, RuleSelection::None);
    let scope = &claims[2].scope;
    assert_eq!(
        (&*scope.actions, &*scope.except_actions),
        (&["*".to_owned()][..], &["iam:ChangePassword".to_owned()][..])
    );
    assert_eq!(
        scope.principal.as_ref().and_then(|principal| principal.id()),
        Some("arn:aws:iam::111122223333:user/john")
    );
    assert_eq!(scope.keys.len(), 8);
    let of = |key: &str| {
        let mut keys = claims.iter().flat_map(|claim| &claim.scope.keys);
        keys.rfind(|other| other.key == ContextKey::new(key)).expect("a key")
    };
    let is = |range: ValueRange| KeyState::Present(Box::new(range));
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let some = |values: &[&str]| Some(texts(values));
    let mfa = is(ValueRange { any_of: some(&["false"]), ..ValueRange::default() });
    assert_eq!(of("AWS:multifactorauthpresent").alternatives, [mfa, KeyState::Absent]);
    assert_eq!(of("aws:username").alternatives, [is(ValueRange::default())]);
    let age = ValueRange { number_from: Some("0".into()), number_to: Some("3600".into()), ..ValueRange::default() };
    assert_eq!(of("aws:MultiFactorAuthAge").alternatives, [is(age)]);
    let team = is(ValueRange { any_of: some(&["team"]), ..ValueRange::default() });
    assert_eq!(of("aws:TagKeys").alternatives, [team, KeyState::Absent]);
    assert_eq!(of("ops:Level").alternatives, [is(ValueRange::default()), KeyState::Absent]);
    assert_eq!(
        [of("ops:Level").is_list, of("ops:Note").is_list, of("ops:Port").is_list],
        [Some(true), Some(false), None]
    );
    let port = is(ValueRange { any_of: some(&["443", "8443", "true"]), ..ValueRange::default() });
    assert_eq!(of("ops:Port").alternatives, [port]);
    let numbered = &claims[3];
    assert_eq!((numbered.id.as_deref(), numbered.policy_set.as_ref().unwrap().value.as_str()), (Some("7"), "dev"));
    let flags = |claim: &NativeClaim| {
        let scope = &claim.scope;
        [scope.derives_context, scope.any_text, scope.realistic, scope.in_management_account]
    };
    assert_eq!((flags(numbered), flags(&claims[4])), ([true; 4], [false, false, false, true]));
    assert_eq!(claims[4].options.service_rules, RuleSelection::Refusals);
    assert_eq!((claims[5].options.service_rules, claims[5].scope.derives_context), (RuleSelection::All, true));
    assert!(matches!(claims[3].question, NativeQuestion::Holds(Expectation::ExplicitDeny)));
    let NativeQuestion::NewAccess { old, new } = &claims[6].question else { panic!("new access") };
    assert!(old.is_empty() && claims[6].ready(new).documents().len() == 1);
    assert!(matches!(claims[8].question, NativeQuestion::Statements { complete: true }));
}

fn facts() -> CatalogueFacts {
    CatalogueFacts { actions: 3, date: Some("2026-10-27".into()) }
}

/// What is written of a counterexample is decided as it says when it is read again.
#[test]
fn a_counterexample_can_be_run_again() {
    let schema = schema_of("verdict");
    let selections = [RuleSelection::None, RuleSelection::Refusals, RuleSelection::All];
    check(700, generate::scenarios(), |scenario| {
        let Ok(iameval::native::Line::Simulation(simulation)) = RequestReader::new().read(&scenario.to_string()) else {
            panic!("a request")
        };
        for service_rules in selections {
            let options = EvaluationOptions { service_rules, ..EvaluationOptions::default() };
            let policies = Policies::read(&simulation.policies, &options);
            let decided = policies.set().simulate(&simulation.request);
            let statement = decided.deciding().next().map(|matched| matched.id);
            let counterexample = Counterexample {
                request: simulation.request.clone(),
                decision: decided.decision,
                is_realistic: true,
                statement,
            };
            let refutation = Refutation {
                counterexample,
                actions: vec!["s3:GetObject".into()],
                unlisted_actions: true,
                undecided: Vec::new(),
                assumed: Assumed::default(),
            };
            let mut out = String::new();
            write_verdict(&mut out, None, &policies, &Verdict::Refuted(Box::new(refutation)), &facts()).unwrap();
            validate(&schema, &out);
            let tree = json::parse(&out).unwrap();
            let written = tree.get("counterexample").and_then(|shown| shown.get("request")).expect("a request");
            let again = RequestReader::new().read_tree(written, &out);
            let Ok(iameval::native::Line::Simulation(again)) = again else { panic!("{again:?}: {out}") };
            let again_decided = again.policy_set().simulate(&again.request);
            assert_eq!((again_decided.decision, again_decided.matched), (decided.decision, decided.matched), "{out}");
        }
    });
}

fn policies() -> Policies {
    let line = r#"{"policies": {"identity": {"name": "power", "document": {"Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Sid": "No", "Effect": "Deny", "Action": "a:b", "Resource": "*"}]}}},
        "expect": "deny", "service_rules": "refusals"}"#;
    let claim = claim(line);
    claim.ready(&claim.policies)
}

fn statement(policies: &Policies, index: usize) -> StatementId {
    policies.set().statement(0, index).expect("a statement")
}

#[track_caller]
fn written(definition: &str, expected: &Value, write: impl FnOnce(&mut String)) {
    let mut out = String::new();
    write(&mut out);
    let value = validate(&schema_of(definition), &out);
    let tail = json!({"catalogue": {"actions": 3, "date": "2026-10-27"}, "service_rules": "refusals"});
    let mut expected = expected.as_object().unwrap().clone();
    expected.extend(tail.as_object().unwrap().clone());
    assert_eq!(value, Value::Object(expected));
}

#[test]
fn verdicts_without_a_counterexample() {
    let policies = policies();
    let deny = ClosedBy::Statement(statement(&policies, 1));
    let closings = [(deny, 2), (ClosedBy::NoAllow, 1), (ClosedBy::ServiceRule, 0)];
    let proof = Proof {
        closed_by: closings.map(|(by, actions)| Closing { by, actions }).into(),
        assumed: Assumed { single: vec![ContextKey::new("ops:Level")], owner: true },
    };
    let holds = json!({"id": "1", "verdict": "holds", "counterexample": null, "actions": [], "unlisted_actions": false,
        "closed_by": [{"by": "statement", "statement": {"policy": "power", "statement_index": 1, "sid": "No"}, "actions": 2},
            {"by": "no_allow", "statement": null, "actions": 1}, {"by": "service_rule", "statement": null, "actions": 0}],
        "undecided": [], "assumed_single": ["ops:Level"], "assumed_owner": true});
    written("verdict", &holds, |out| {
        write_verdict(out, Some("1"), &policies, &Verdict::Holds(proof), &facts()).unwrap();
    });
    let key = || ContextKey::new("aws:username");
    let undecided =
        vec![Undecided::Variable(key()), Undecided::MixedTypes(key()), Undecided::Shape(key()), Undecided::Limit(9)];
    let unknown = json!({"id": null, "verdict": "unknown", "counterexample": null, "actions": null, "unlisted_actions": null,
        "closed_by": [], "undecided": [{"reason": "variable", "key": "aws:username"}, {"reason": "mixed_types", "key": "aws:username"},
            {"reason": "shape", "key": "aws:username"}, {"reason": "limit", "steps": 9}], "assumed_single": [], "assumed_owner": false});
    written("verdict", &unknown, |out| {
        write_verdict(out, None, &policies, &Verdict::Unknown(undecided), &facts()).unwrap();
    });
}

#[test]
fn answers_to_other_questions() {
    let policies = policies();
    let limit = || vec![Undecided::Limit(9)];
    let why = json!([{"reason": "limit", "steps": 9}]);
    let first = || statement(&policies, 0);
    let request = iameval::Request::builder("s3:GetObject".parse().unwrap()).without_derived_context().build();
    let counterexample = || Counterexample {
        request: request.clone(),
        decision: Decision::Allowed,
        is_realistic: false,
        statement: Some(first()),
    };
    let group =
        || AllowedActions { actions: vec!["s3:GetObject".into()], request: counterexample(), depends_on: Vec::new() };
    let known = || WhatCan { groups: vec![group()], unlisted: Some(counterexample()), ..WhatCan::default() };
    let unknown = || WhatCan { undecided: limit(), ..WhatCan::default() };
    let expected = json!({"id": "1", "verdict": "answered", "actions": ["s3:GetObject"], "unlisted_actions": true, "undecided": []});
    written("what_can", &expected, |out| write_what_can(out, Some("1"), &policies, &known(), &facts()));
    let expected =
        json!({"id": null, "verdict": "unknown", "actions": null, "unlisted_actions": null, "undecided": why});
    written("what_can", &expected, |out| write_what_can(out, None, &policies, &unknown(), &facts()));

    let findings = StatementFindings {
        redundant: vec![statement(&policies, 1)],
        shadowed: vec![first()],
        ..StatementFindings::default()
    };
    let expected = json!({"id": null, "verdict": "answered", "never_matches": [], "redundant": [["power", 1]],
        "shadowed": [["power", 0]], "undecided": []});
    written("statements", &expected, |out| write_statements(out, None, &policies, &findings, &facts()));
    let expected = json!({"id": null, "verdict": "unknown", "never_matches": [], "redundant": [], "shadowed": [],
        "undecided": why});
    let findings = StatementFindings { undecided: limit(), ..StatementFindings::default() };
    written("statements", &expected, |out| write_statements(out, None, &policies, &findings, &facts()));

    let shown = json!({"request": {
            "request": {"action": "s3:GetObject", "resource": "*", "context": {}},
            "policies": {"identity": [{"name": "power", "document": {"Statement": [
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Sid": "No", "Effect": "Deny", "Action": "a:b", "Resource": "*"}]}}]},
            "options": {"derive_context": false, "service_rules": "refusals", "mode": "live"}},
        "decision": "allowed", "realistic": false, "statement": {"policy": "power", "statement_index": 0, "sid": null}});
    let public = |stranger: Option<Counterexample>| Public { counterexample: stranger, ..Public::default() };
    for (answer, verdict, shown, undecided) in [
        (public(Some(counterexample())), "public", &shown, &json!([])),
        (public(None), "not_public", &Value::Null, &json!([])),
        (Public { undecided: limit(), ..Public::default() }, "unknown", &Value::Null, &why),
    ] {
        let expected = json!({"id": null, "verdict": verdict, "counterexample": shown, "undecided": undecided});
        written("public", &expected, |out| write_public(out, None, &policies, &answer, &facts()).unwrap());
    }

    let side = json!({"actions": ["s3:GetObject"], "unlisted_actions": true, "counterexample": shown});
    let both = [&policies, &policies];
    for (answer, verdict, gained, lost, undecided) in [
        (NewAccess { gained: known(), lost: WhatCan::default() }, "new_access", &side, &Value::Null, &json!([])),
        (NewAccess { gained: WhatCan::default(), lost: known() }, "no_new_access", &Value::Null, &side, &json!([])),
        (NewAccess { gained: unknown(), lost: WhatCan::default() }, "unknown", &Value::Null, &Value::Null, &why),
    ] {
        let expected = json!({"id": null, "verdict": verdict, "gained": gained, "lost": lost, "undecided": undecided});
        written("new_access", &expected, |out| write_new_access(out, None, both, &answer, &facts()).unwrap());
    }
}

#[test]
fn rules_of_a_catalogue_are_taken() {
    let rules = std::sync::Arc::new(iameval::ServiceRules::default());
    let line = r#"{"expect": "deny", "service_rules": true}"#;
    let Ok(Line::Claim(claim)) = ClaimReader::new().with_service_rules(rules.clone()).read(line) else {
        panic!("a claim")
    };
    assert_eq!(claim.options.rules.as_ref().map(std::sync::Arc::as_ptr), Some(std::sync::Arc::as_ptr(&rules)));
    let tree: Node<'_> = json::parse(line).unwrap();
    assert!(ClaimReader::new().keeping(1).read_tree(&tree, line).is_ok());
}
