//! Deny statements of worlds that deny nothing, as data: `fixtures/claims/idle-denies.jsonl`.

use crate::who_can::world;
use iameval_ask::Asker;
use iameval_data::Catalogue;
use iameval_prove::Prover;
use iameval_tests::root;
use serde_json::Value;

#[test]
fn denies_that_deny_nothing() {
    let (catalogue, prover) = (Catalogue::embedded(), Prover::new(Catalogue::embedded()));
    let text = std::fs::read_to_string(root().join("fixtures/claims/idle-denies.jsonl")).unwrap();
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let world = world(&case["world"].to_string());
        let denies = Asker::new(&world, catalogue).judge_denies(&prover, u64::MAX).unwrap();
        let named = denies.iter().filter(|deny| deny.is_idle).map(|deny| {
            let statement = &deny.policy.document().statements()[deny.statement];
            assert!(deny.finding(deny.policy.document()).is_some());
            format!("{}#{}", deny.policy.name, statement.sid().unwrap())
        });
        let named: Value = named.collect::<Vec<_>>().into();
        assert_eq!(case["idle"], named, "{}", case["about"]);
    }
}

#[test]
fn too_much_work_says_nothing() {
    let world = world(
        r#"{"account": "111122223333", "principals": {"ann": {"user": "ann", "policies": ["guard"]}},
        "policies": {"guard": {"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}}}"#,
    );
    let asker = Asker::new(&world, Catalogue::embedded());
    assert!(asker.judge_denies(&Prover::new(Catalogue::embedded()), 0).is_none());
}
