//! The cases of `fixtures/shrink`.

use iameval_data::Catalogue;
use iameval_prove::{ShrinkOptions, shrink};
use iameval_tests::{fixture, policy_kind};
use serde_json::Value;
use std::num::NonZeroUsize;

#[test]
fn cases_become_what_they_should() {
    let cases: Vec<Value> = serde_json::from_str(&fixture("shrink/cases.json")).unwrap();
    for case in &cases {
        let number = |name: &str| case[name].as_u64().and_then(|number| NonZeroUsize::new(number.try_into().unwrap()));
        let options = ShrinkOptions {
            limit: number("limit"),
            split: number("split"),
            keep_sids: case["keep_sids"] == true,
            wildcards: (case["wildcards"] == true).then(Catalogue::embedded),
        };
        let document = case["policy"].to_string().parse().unwrap();
        let shrunk = shrink(&document, policy_kind(case["kind"].as_str().unwrap()), &options).unwrap();
        let printed = shrunk.documents.iter().map(|document| serde_json::from_str(&document.to_string()).unwrap());
        assert_eq!(printed.collect::<Vec<Value>>(), *case["documents"].as_array().unwrap(), "{}", case["name"]);
        let steps: Vec<String> = shrunk.steps.iter().map(ToString::to_string).collect();
        assert_eq!(Value::from(steps), case["steps"], "{}", case["name"]);
    }
}
