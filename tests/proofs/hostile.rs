//! Policies that are made to take long: each question ends, for the same reason on every machine.

use iameval::{PolicyDocument, PolicySet};
use iameval_data::Catalogue;
use iameval_prove::{Claim, Expectation, Policies, Prover, Scope, Undecided, Verdict};
use serde_json::{Value, json};
use std::sync::Arc;

fn verdict(statements: &Value) -> Verdict {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let set = PolicySet::builder().identity("own", &text).unwrap().build().without_service_rules();
    let policies = Policies::new(set, [Arc::new(text.parse::<PolicyDocument>().unwrap())]).unwrap();
    let scope = Scope { actions: vec!["s3:GetObject".into()], ..Scope::default() };
    let claim = Claim { policies, scope, expect: Expectation::Deny };
    Prover::new(Catalogue::embedded()).prove(&claim).unwrap()
}

fn statement(effect: &str, action: &str, resource: &str) -> Value {
    json!({"Effect": effect, "Action": action, "Resource": resource})
}

#[track_caller]
fn is_limited(verdict: &Verdict) {
    let Verdict::Unknown(why) = verdict else { panic!("{verdict:?}") };
    assert!(matches!(why.as_slice(), [Undecided::Limit(_)]), "{why:?}");
}

#[test]
fn variables_with_defaults_have_only_so_many_ways() {
    let variables: Vec<String> = (0..40).map(|number| format!("${{aws:PrincipalTag/t{number}, 'x'}}")).collect();
    is_limited(&verdict(&statement("Allow", "s3:*", &format!("arn:aws:s3:::b/{}", variables.join("/")))));
    let few = format!("arn:aws:s3:::b/{}", variables[..6].join("/"));
    assert!(matches!(verdict(&statement("Allow", "s3:*", &few)), Verdict::Refuted(_)));
}

#[test]
fn patterns_may_have_many_wildcards() {
    let denied = format!("arn:{}", "*?".repeat(20_000));
    let allowed = format!("arn:aws:s3:::{}", "?".repeat(60_000));
    let all = json!([statement("Deny", "*", &denied), statement("Allow", "*", &allowed)]);
    assert!(matches!(verdict(&all), Verdict::Holds(_) | Verdict::Unknown(_)));
}

#[test]
fn actions_are_compared_with_only_so_many_patterns() {
    let patterns: Vec<String> = (0..8_000).map(|number| format!("*:*{number}*a*e*i*o*u*")).collect();
    is_limited(&verdict(&json!({"Effect": "Allow", "NotAction": patterns, "Resource": "*"})));
}

#[test]
fn values_are_tried_with_only_so_many_tests() {
    let numbers = |first: u32| (0..20).map(|number| (first * 20 + number).to_string()).collect::<Vec<String>>();
    let deny = |first| {
        let condition = json!({"NumericEquals": {"x:custom": numbers(first)}});
        json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition})
    };
    let mut statements: Vec<Value> = (0..400).map(deny).collect();
    statements.push(statement("Allow", "*", "*"));
    assert!(matches!(verdict(&json!(statements)), Verdict::Refuted(_)));
}
