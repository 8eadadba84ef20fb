//! What there is to say of an answer: why, and what both sides of a request across accounts have to do.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails here is a failed test")]

use iameval::Decision;
use iameval::json;
use iameval::native::{Line, RequestReader};
use iameval_ask::{Answer, LayerOutcome, Needed, Reading, Why};
use iameval_world::Source;

const JOHN: &str = r#"{"id": "arn:aws:iam::123456789012:user/john", "delegated_administrator": true}"#;
const NOT_IN_ONE: &str = r#"{"id": "arn:aws:iam::123456789012:user/john", "in_management_account": false,
                             "delegated_administrator": false}"#;
const ROOT: &str = r#""arn:aws:iam::123456789012:root""#;
const ACCOUNT: &str = "arn:aws:organizations::999999999999:account/o-a1b2c3d4e5/123456789012";
const DOMAIN: &str = "arn:aws:codeartifact:us-east-1:999999999999:domain/one";
const BUCKET: &str = "arn:aws:s3:::reports";

/// A request by John, or somebody else, whom identity policies allow everything.
fn answer(principal: &str, action: &str, resource: &str, resource_policy: Option<&str>) -> Answer {
    let policy = |principal: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {principal} "Action": "*", "Resource": "*"}}]}}"#
        )
    };
    let identity = policy("");
    let beside = resource_policy.map(|principal| format!(r#", "resource": {}"#, policy(principal))).unwrap_or_default();
    let text = format!(
        r#"{{"request": {{"action": "{action}", "resource": "{resource}", "principal": {principal},
             "resource_account": "999999999999"}}, "policies": {{"identity": {identity}{beside}}}}}"#
    );
    match RequestReader::new().read_tree(&json::parse(&text).unwrap(), &text) {
        Ok(Line::Simulation(simulation)) => {
            Answer::of_native(&simulation, &Source::new("asked.json", &text), iameval_data::Catalogue::embedded())
        }
        other => panic!("{other:?}: {text}"),
    }
}

/// Who must allow it, and what the resource policy says; the identity side allows all of these.
fn sides(reading: &Reading<'_>) -> (Needed, LayerOutcome) {
    let sides = reading.sides.unwrap();
    assert_eq!(sides.identity, LayerOutcome::Says(Decision::Allowed));
    (sides.needed, sides.resource)
}

#[test]
fn both_sides_must_allow_mostly() {
    let answer = answer(JOHN, "s3:GetBucketTagging", BUCKET, None);
    let reading = answer.read();
    assert_eq!(reading.why, Some(Why::ResourceMustAllow { resource: LayerOutcome::NotPresent }));
    assert_eq!(sides(&reading), (Needed::Both, LayerOutcome::NotPresent));
}

#[test]
fn a_policy_that_takes_no_part_is_not_one_that_is_missing() {
    let anybody = Some(r#""Principal": "*","#);
    let answer = answer(JOHN, "codeartifact:PutDomainPermissionsPolicy", DOMAIN, anybody);
    let reading = answer.read();
    assert_eq!(reading.why, Some(Why::ResourceMustAllow { resource: LayerOutcome::DoesNotBind }));
    assert_eq!(sides(&reading), (Needed::Both, LayerOutcome::DoesNotBind));
    assert!(reading.notes.iter().any(|note| note.id() == "resource_policy_takes_no_part"));
}

#[test]
fn some_actions_need_one_side_only() {
    let answer = answer(JOHN, "organizations:DescribeAccount", ACCOUNT, None);
    assert_eq!(sides(&answer.read()), (Needed::Identity, LayerOutcome::NotPresent));
}

#[test]
fn where_a_rule_decides_no_side_matters() {
    let answer = answer(NOT_IN_ONE, "organizations:DescribeAccount", ACCOUNT, None);
    let reading = answer.read();
    assert!(matches!(reading.why, Some(Why::ServiceRule(_))), "{:?}", reading.why);
    assert_eq!(sides(&reading).0, Needed::Neither);
}

#[test]
fn the_side_of_a_root_user_allows_everything() {
    let answer = answer(ROOT, "s3:GetBucketTagging", BUCKET, None);
    assert_eq!(sides(&answer.read()), (Needed::Both, LayerOutcome::NotPresent));
}
