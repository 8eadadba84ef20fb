//! Native claims with their verdicts, as `fixtures/claims/` has them.

use crate::scope::{Judge, breaks};
use iameval::ContextKey;
use iameval::native::{Line, RequestReader};
use iameval_data::Catalogue;
use iameval_prove::native::{CatalogueFacts, ClaimReader, Line as ClaimLine, NativeQuestion, write_verdict};
use iameval_prove::{Claim, Prover, Refutation, Verdict};
use iameval_tests::fixture;
use serde_json::Value;

#[test]
fn claims_have_their_verdicts() {
    let prover = Prover::new(Catalogue::embedded());
    let files = ["claims/verdicts.jsonl", "claims/realistic.jsonl"].map(fixture);
    let lines = files.iter().flat_map(|file| file.lines());
    let failures: Vec<String> = lines.filter_map(|line| failure(&prover, line).err()).collect();
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
}

/// What is wrong about the verdict on a claim.
fn failure(prover: &Prover<'_>, line: &str) -> Result<(), String> {
    let case: Value = serde_json::from_str(line).expect("JSON");
    let id = case["claim"]["id"].as_str().expect("an id");
    let (verdict, refutation) = match proved(prover, &case["claim"].to_string()) {
        Ok(Verdict::Holds(_)) => ("holds".to_owned(), None),
        Ok(Verdict::Unknown(why)) => (format!("unknown: {why:?}"), None),
        Ok(Verdict::Refuted(refutation)) => ("refuted".to_owned(), Some(refutation)),
        Err(error) => (error, None),
    };
    let expected = case["verdict"].as_str().or(case["error"].as_str());
    if Some(&*verdict) != expected {
        let shown = refutation.map(|refutation| format!("{:?}", refutation.counterexample));
        return Err(format!("{id}: {verdict} {}", shown.unwrap_or_default()));
    }
    refutation.map_or(Ok(()), |refutation| told(&case, &refutation)).map_err(|error| format!("{id}: {error}"))
}

fn proved(prover: &Prover<'_>, line: &str) -> Result<Verdict, String> {
    let read = ClaimReader::new().read(line).map_err(|error| error.code.as_str().to_owned())?;
    let ClaimLine::Claim(native) = read else { return Err("a definition".into()) };
    let NativeQuestion::Holds(expect) = native.question else { return Err("another question".into()) };
    let policies = native.ready(&native.policies);
    let claim = Claim { policies: policies.clone(), scope: native.scope, expect };
    let verdict = prover.prove(&claim).map_err(|error| match error {
        iameval_prove::ClaimError::EmptyScope(_) => "empty_scope".to_owned(),
        other => format!("{other:?}"),
    })?;
    if let Verdict::Refuted(refutation) = &verdict {
        let shown = &refutation.counterexample;
        Judge::new(&claim.scope, &[&policies])
            .check(&shown.request)
            .map_err(|error| format!("not in the scope: {error}"))?;
        let mut out = String::new();
        let facts = CatalogueFacts { actions: 0, date: None };
        write_verdict(&mut out, None, &policies, &verdict, &facts).map_err(|error| format!("{error:?}"))?;
        let written: Value = serde_json::from_str(&out).expect("JSON");
        let Ok(Line::Simulation(again)) = RequestReader::new().read(&written["counterexample"]["request"].to_string())
        else {
            return Err("the counterexample is not read".into());
        };
        let decision = again.policy_set().decide(&again.request);
        if decision != shown.decision || !breaks(expect, decision) {
            return Err(format!("the counterexample is decided {decision:?}"));
        }
    }
    Ok(verdict)
}

/// Whether the refutation is the one that the case tells of.
fn told(case: &Value, refutation: &Refutation) -> Result<(), String> {
    let request = &refutation.counterexample.request;
    let value = |key: &str| request.context().value(&ContextKey::new(key));
    for key in case["absent"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value(key).is_some() {
            return Err(format!("{key} is not absent"));
        }
    }
    for (key, expected) in case["values"].as_object().into_iter().flatten() {
        let texts = value(key).map(|value| value.texts().collect::<Vec<_>>());
        let expected: Vec<&str> = match expected {
            Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect(),
            text => text.as_str().into_iter().collect(),
        };
        if texts.as_ref() != Some(&expected) {
            return Err(format!("{key} is {texts:?}"));
        }
    }
    if let Some(resource) = case["resource"].as_str()
        && request.resource() != resource
    {
        return Err(format!("on {}", request.resource()));
    }
    if let Some(actions) = case["actions"].as_array() {
        let actions: Vec<&str> = actions.iter().filter_map(Value::as_str).collect();
        if refutation.actions != actions {
            return Err(format!("actions {:?}", refutation.actions));
        }
    }
    match case["unlisted_actions"].as_bool() {
        Some(unlisted) if unlisted != refutation.unlisted_actions => Err("unlisted actions".into()),
        _ => Ok(()),
    }
}
