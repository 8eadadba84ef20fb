//! Refused calls, as messages in `fixtures/denials/messages.jsonl` tell of them.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use iameval::json::{self, Node, Value};
use iameval::{Context, ContextKey, DecidedBy, Decision, Layer, Mfa};
use iameval_ask::{Asker, DeniedCall, Disagreement, Edit, ExplainedDenial, NamedPolicy, Question};
use iameval_data::Catalogue;
use iameval_world::{Files, Finding, Source, World};
use std::path::Path;
use std::sync::Arc;

const MESSAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/denials/messages.jsonl");

/// What is compared: each by its name in the fixture, `null` where it is not there.
fn told(call: &DeniedCall) -> Vec<(&'static str, Option<String>)> {
    vec![
        ("principal", call.principal.clone()),
        ("action", call.action.clone()),
        ("resource", call.resources.first().cloned()),
        ("policy_type", call.layer.map(|layer| layer.as_str().to_owned())),
        ("policy_arn", call.policy_arn.clone()),
        ("explicit", call.explicit.map(|explicit| explicit.to_string())),
        ("encoded", call.encoded.then(|| "true".to_owned())),
    ]
}

fn text(node: &Node<'_>) -> String {
    match &node.value {
        Value::Bool(value) => value.to_string(),
        _ => node.as_str().map_or_else(|| format!("{node}"), ToOwned::to_owned),
    }
}

#[test]
fn messages_tell_of_refused_calls() {
    let cases = std::fs::read_to_string(MESSAGES).expect("a fixture");
    let (mut failures, mut names) = (Vec::new(), Vec::new());
    for (number, line) in cases.lines().enumerate() {
        let case = json::parse(line).expect("JSON");
        let name = text(case.get("name").unwrap());
        let Some(Value::Array(expected)) = case.get("denials").map(|node| &node.value) else { panic!("{name}") };
        let calls = DeniedCall::read_all(&text(case.get("text").unwrap()), Catalogue::embedded()).unwrap_or_default();
        let calls: Vec<DeniedCall> = calls.into_iter().map(|call| call.expect("a call")).collect();
        if calls.len() != expected.len() {
            failures.push(format!("{} {name}: {} calls: {calls:#?}", number + 1, calls.len()));
        }
        for (call, expected) in calls.iter().zip(expected) {
            for (field, found) in told(call) {
                let wanted = expected.get(field).map(text);
                if found != wanted {
                    failures.push(format!("{} {name}: {field}: {found:?}, not {wanted:?}", number + 1));
                }
            }
            if let Some(operation) = expected.get("operation") {
                assert_eq!(call.operation.as_deref(), operation.as_str(), "{name}");
            }
            let place = expected.get("line").map(|line| format!("line {}", text(line)));
            let more = expected.get("more").map_or_else(String::new, |more| format!(" and {} more", text(more)));
            if let Some(place) = place {
                assert_eq!(call.place, place + &more, "{name}");
            }
        }
        names.push(name);
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    names.sort();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]) && names.len() > 80, "{}", names.len());
}

/// Texts made to be slow, 64 KiB each: where the work grew with the square of the text this would not end.
#[test]
fn long_texts_are_read_in_time() {
    const PARTS: [&str; 20] = [
        "not authorized to perform: ",
        "User: ",
        "User: a is not authorized to perform: b:C on resource: ",
        "not authorized to perform this operation ",
        "x is not authorized to perform: b:C because ",
        "Action: ",
        "User: Action: Context: ",
        "AccessDenied ",
        "Access Denied",
        "when calling the ",
        "An error occurred (AccessDenied) when calling the GetObject operation: ",
        "operation error S3: GetObject, ",
        "Error executing \"",
        "\"",
        "\\",
        "\\u001b[",
        "\u{1b}[1",
        "\u{1b}]",
        "&quot;",
        "│",
    ];
    for part in PARTS {
        for end in ["", "\n"] {
            let part = format!("{part}{end}");
            let text = part.repeat((1 << 16) / part.len());
            let _ = DeniedCall::read_all(&text, Catalogue::embedded());
            let _ = DeniedCall::read_all(
                &format!("User: a is not authorized to perform: b:C {text}"),
                Catalogue::embedded(),
            );
        }
    }
}

#[test]
fn work_grows_with_the_text() {
    let line = |number: usize| {
        format!("User: arn:aws:iam::111122223333:user/u{number} is not authorized to perform: iam:GetUser\n")
    };
    let [one, two, four] = [500, 1000, 2000].map(|size| {
        let text: String = (0..size).map(line).collect();
        allocation_counter::measure(|| {
            assert_eq!(DeniedCall::read_all(&text, Catalogue::embedded()).unwrap().len(), size);
        })
        .bytes_total
    });
    assert!((four - two) * 10 <= (two - one) * 25 + 100_000, "{one} {two} {four}");
}

/// A world in one text.
struct OneFile(String);

impl Files for OneFile {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        Ok(Source::new(path.display().to_string(), &self.0))
    }
}

fn world(text: &str) -> World {
    World::load(&OneFile(text.to_owned()), &["world.yaml".into()]).unwrap()
}

/// Explains the only call of a text.
fn explain(text: &str, given: &Question, world: &World) -> ExplainedDenial {
    let mut calls = DeniedCall::read_all(text, Catalogue::embedded()).unwrap();
    assert_eq!(calls.len(), 1, "{text}");
    let call = calls.remove(0).unwrap();
    call.explain(given, &Asker::new(world, Catalogue::embedded())).unwrap()
}

const COMPANY: &str = r#"
version: 1
account: "111122223333"
policies:
  full: "aws:FullAWSAccess"
  fence: { Version: "2012-10-17", Statement: [{ Sid: NoRegion, Effect: Deny, Action: "ec2:*", Resource: "*" }, { Sid: NoBoth, Effect: Deny, Action: "s3:DeleteObject", Resource: "*" }] }
  readers: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: ["s3:*", "ec2:*", "lambda:*"], Resource: "*" }, { Sid: NoDelete, Effect: Deny, Action: ["s3:DeleteBucket", "s3:DeleteObject"], Resource: "*" }] }
  limit: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: ["s3:*", "ec2:*", "iam:*"], Resource: "*" }, { Sid: NoAcl, Effect: Deny, Action: "s3:PutObjectAcl", Resource: "*" }] }
principals:
  ana: { user: ana, policies: [readers], boundary: limit }
  ops: { role: ops, policies: [readers], trust: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { AWS: "arn:aws:iam::111122223333:user/boss" }, Action: "sts:AssumeRole" }] } }
resources:
  vault: { arn: "arn:aws:s3:::vault", policy: { Version: "2012-10-17", Statement: [{ Sid: NoWrite, Effect: Deny, Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::vault/*" }] } }
organization: { id: o-1234567890, scps: [[full], [full, fence]] }
"#;

/// What was refused, the reason that AWS gives, how the world differs, and what it has of the policy that AWS names.
type Case = (&'static str, &'static str, Option<&'static str>, Option<&'static str>);

/// Every way in which a world and AWS may differ, and cases in which they do not.
const CASES: &[Case] = &[
    // The same reason.
    (
        "s3:DeleteBucket on resource: \"arn:aws:s3:::b\"",
        "with an explicit deny in an identity-based policy",
        None,
        None,
    ),
    ("s3:DeleteBucket on resource: \"arn:aws:s3:::b\"", "with an explicit deny", None, None),
    ("s3:DeleteBucket on resource: \"arn:aws:s3:::b\"", "", None, None),
    (
        "s3:PutObjectAcl on resource: \"arn:aws:s3:::b/k\"",
        "with an explicit deny in a permissions boundary",
        None,
        None,
    ),
    (
        "lambda:ListFunctions on resource: *",
        "because no permissions boundary allows the lambda:ListFunctions action",
        None,
        None,
    ),
    ("iam:ListRoles on resource: *", "because no identity-based policy allows the iam:ListRoles action", None, None),
    (
        "s3:PutObject on resource: \"arn:aws:s3:::vault/k\"",
        "with an explicit deny in a resource-based policy",
        None,
        None,
    ),
    (
        "ec2:StartInstances on resource: arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
        "with an explicit deny in a service control policy",
        None,
        None,
    ),
    (
        "sts:AssumeRole on resource: arn:aws:iam::111122223333:role/ops",
        "because no role trust policy allows the sts:AssumeRole action",
        None,
        None,
    ),
    (
        "sts:AssumeRole on resource: arn:aws:iam::111122223333:role/ops",
        "because no resource-based policy allows the sts:AssumeRole action",
        None,
        None,
    ),
    // Several types deny, and AWS names one of them.
    (
        "s3:DeleteObject on resource: \"arn:aws:s3:::b/k\"",
        "with an explicit deny in a service control policy",
        None,
        None,
    ),
    (
        "s3:DeleteObject on resource: \"arn:aws:s3:::b/k\"",
        "with an explicit deny in an identity-based policy",
        None,
        None,
    ),
    // The policy is known by its name, or not known, which is no difference.
    (
        "s3:DeleteBucket on resource: \"arn:aws:s3:::b\"",
        "with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/team/readers",
        None,
        Some("readers"),
    ),
    (
        "s3:DeleteBucket on resource: \"arn:aws:s3:::b\"",
        "with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/other",
        None,
        Some("not by that name"),
    ),
    (
        "ec2:StartInstances on resource: arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
        "with an explicit deny in a service control policy: arn:aws:organizations::777788889999:policy/o-1234567890/service_control_policy/p-2kgnabcd",
        None,
        Some("by id"),
    ),
    // Another policy of the same type.
    (
        "s3:DeleteBucket on resource: \"arn:aws:s3:::b\"",
        "with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/limit",
        Some("policy_does_not_deny"),
        Some("limit"),
    ),
    // The world allows it, and has policies of that type, or none.
    (
        "s3:GetObject on resource: \"arn:aws:s3:::b/k\"",
        "with an explicit deny in a service control policy",
        Some("allowed"),
        None,
    ),
    (
        "s3:GetObject on resource: \"arn:aws:s3:::b/k\"",
        "because no resource control policy allows the s3:GetObject action",
        Some("allowed"),
        None,
    ),
    ("s3:GetObject on resource: \"arn:aws:s3:::b/k\"", "", Some("allowed"), None),
    // The world refuses it, and otherwise.
    (
        "s3:DeleteBucket on resource: \"arn:aws:s3:::b\"",
        "with an explicit deny in a resource control policy",
        Some("other_reason"),
        None,
    ),
    (
        "s3:DeleteBucket on resource: \"arn:aws:s3:::b\"",
        "because no identity-based policy allows the s3:DeleteBucket action",
        Some("other_reason"),
        None,
    ),
    ("iam:ListRoles on resource: *", "with an explicit deny in an identity-based policy", Some("other_reason"), None),
    ("iam:ListRoles on resource: *", "with an explicit deny", Some("other_reason"), None),
    (
        "lambda:ListFunctions on resource: *",
        "because no identity-based policy allows the lambda:ListFunctions action",
        Some("other_reason"),
        None,
    ),
    (
        "iam:ListRoles on resource: *",
        "because no session policy allows the iam:ListRoles action",
        Some("other_reason"),
        None,
    ),
];

#[test]
fn worlds_are_held_against_what_aws_says() {
    let world = world(COMPANY);
    for (refused, why, differs, named) in CASES {
        let text = format!("User: arn:aws:iam::111122223333:user/ana is not authorized to perform: {refused} {why}");
        let denial = explain(&text, &Question::default(), &world);
        assert_eq!(denial.disagreement.as_ref().map(Disagreement::id), *differs, "{text}");
        assert_eq!(denial.is_reproduced(), differs.is_none());
        let found = denial.named.as_ref().map(|named| match named {
            NamedPolicy::Here { policy } => policy.as_str(),
            NamedPolicy::NotByThatName => "not by that name",
            NamedPolicy::ById => "by id",
            _ => "otherwise",
        });
        assert_eq!(found, *named, "{text}");
    }
}

fn has_layer(disagreement: &Disagreement) -> bool {
    matches!(
        disagreement,
        Disagreement::Allowed { has_layer: true, .. } | Disagreement::OtherReason { has_layer: true, .. }
    )
}

#[test]
fn what_is_missing_in_a_world_is_told() {
    let world = world(COMPANY);
    for (policy, expected) in
        [("a service control policy", true), ("a resource control policy", false), ("a VPC endpoint policy", false)]
    {
        let text = format!(
            "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\" with an explicit deny in {policy}"
        );
        let denial = explain(&text, &Question::default(), &world);
        assert_eq!(denial.disagreement.as_ref().map(has_layer), Some(expected), "{policy}");
    }
}

/// The statement that is suggested grants the call, and nothing near it.
#[test]
fn suggestions_grant_the_call_and_no_other() {
    const ACTIONS: [(&str, &str); 2] = [("s3:GetObject", "s3:GetObjectAcl"), ("s3:PutObject", "s3:PutObjectTagging")];
    const KEYS: [&str; 9] = ["a", "a b", "a*b", "a?b", "a$b", "${aws:username}", "*", "ab/*", "a\u{e9}"];
    let with = |policy: &str, boundary: &str| {
        world(&format!(
            "version: 1\naccount: \"111122223333\"\nprincipals:\n  ana: {{ user: ana{boundary}, policies: [{policy}] }}\n"
        ))
    };
    let nothing = r#"{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sns:Publish", "Resource": "*" }] }"#;
    let decide = |world: &World, action: &str, resource: &str| {
        let question = Question {
            principal: Some("ana".into()),
            actions: vec![action.to_owned()],
            resources: vec![resource.to_owned()],
            ..Question::default()
        };
        let posed = Asker::new(world, Catalogue::embedded()).pose(&question).unwrap();
        posed
            .requests
            .into_iter()
            .map(|posed| posed.answer(Catalogue::embedded()).simulation.decision)
            .collect::<Vec<_>>()
    };
    for (action, other) in ACTIONS {
        for key in KEYS {
            let resource = format!("arn:aws:s3:::acme/{key}");
            let text = format!(
                "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: {action} on resource: \"{resource}\" \
                 because no identity-based policy allows the {action} action"
            );
            let denial = explain(&text, &Question::default(), &with(nothing, ""));
            assert!(denial.is_reproduced());
            let suggestion = denial.suggestion.unwrap();
            assert_eq!((suggestion.layer, suggestion.still_stopped_by), (Layer::Identity, None));
            let statement = suggestion.statement.to_string();
            assert!(!statement.contains("Condition"), "{statement}");
            let policy = format!("{{ \"Version\": \"2012-10-17\", \"Statement\": [{statement}] }}");
            let granted = with(&policy, "");
            assert_eq!(decide(&granted, action, &resource), [Decision::Allowed], "{statement}");
            assert_eq!(decide(&granted, other, &resource), [Decision::ImplicitDeny], "{statement}");
            for neighbour in ["b", "axb", "axxb", "ana", "ab/c", "a", "a b c", "aéx"] {
                let neighbour = format!("arn:aws:s3:::acme/{neighbour}");
                let expected = if neighbour == resource { Decision::Allowed } else { Decision::ImplicitDeny };
                assert_eq!(decide(&granted, action, &neighbour), [expected], "{statement} {neighbour}");
            }
            // A boundary stands in the way.
            let boundary = format!(", boundary: {nothing}");
            let denial = explain(&text, &Question::default(), &with(nothing, &boundary));
            let suggestion = denial.suggestion.unwrap();
            let stopped = Some(DecidedBy::Layer(Layer::PermissionsBoundary));
            assert_eq!((suggestion.layer, suggestion.still_stopped_by), (Layer::Identity, stopped));
            assert_eq!(decide(&with(&policy, &boundary), action, &resource), [Decision::ImplicitDeny]);
        }
    }
}

#[test]
fn exceptions_are_changes_of_the_statement() {
    let policy = |rest: &str| {
        world(&format!(
            "version: 1\naccount: \"111122223333\"\nprincipals:\n  ana: {{ user: ana, policies: [{{ Version: \"2012-10-17\", \
             Statement: [{{ Effect: Deny, {rest} }}] }}] }}\n"
        ))
    };
    let arn = || "arn:aws:iam::111122223333:user/ana".to_owned();
    let text = "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: \
                \"arn:aws:s3:::acme/a*\" with an explicit deny in an identity-based policy";
    for (rest, expected) in [
        ("Action: \"s3:*\", Resource: \"*\"", vec![Edit::Condition { arn: arn() }]),
        (
            "NotAction: \"iam:*\", NotResource: \"arn:aws:s3:::other/*\"",
            vec![
                Edit::Condition { arn: arn() },
                Edit::NotAction { action: "s3:GetObject".into() },
                Edit::NotResource { resource: "arn:aws:s3:::acme/a${*}".into() },
            ],
        ),
        (
            "Action: \"s3:*\", Resource: \"*\", Condition: { ArnNotLike: { \"aws:principalarn\": \"arn:aws:iam::*:role/admin\" } }",
            vec![Edit::Principals { operator: "ArnNotLike".into(), arn: arn() }],
        ),
    ] {
        let denial = explain(text, &Question::default(), &policy(rest));
        assert_eq!(
            denial.exceptions.into_iter().map(|exception| exception.edit).collect::<Vec<_>>(),
            expected,
            "{rest}"
        );
    }
}

const EVENT: &str = r#"{"eventVersion": "1.08", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
    "awsRegion": "eu-west-1", "eventTime": "2026-03-01T02:13:47Z", "sourceIPAddress": "10.0.0.7", "vpcEndpointId": "vpce-0a1b",
    "errorCode": "AccessDenied", "errorMessage": "User: arn:aws:sts::111122223333:assumed-role/ops/night is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\" with an explicit deny in a VPC endpoint policy",
    "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:night", "arn": "arn:aws:sts::111122223333:assumed-role/ops/night",
        "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/ops"},
        "attributes": {"creationDate": "2026-03-01T02:00:00Z", "mfaAuthenticated": "false"}}},
    "requestParameters": {"bucketName": "b", "key": "k"}}"#;

fn with_endpoint() -> World {
    let endpoint = r#"
endpoints:
  gateway:
    gateway: true
    policies: [{ Version: "2012-10-17", Statement: [{ Sid: NoReading, Effect: Deny, Principal: "*", Action: "s3:GetObject", Resource: "*" }] }]
    context: { "aws:SourceVpce": vpce-0a1b }
"#;
    world(&format!("{COMPANY}{endpoint}"))
}

/// However an event is wrapped, it is the same call, and goes through the endpoint that it names.
#[test]
fn events_are_found_in_whatever_wraps_them() {
    let world = with_endpoint();
    let line = EVENT.replace('\n', " ");
    let quoted = Node::string(line.clone()).to_string();
    for text in [
        EVENT.to_owned(),
        line.clone(),
        format!("[{EVENT}]"),
        format!("{{\"Records\": [{EVENT}]}}"),
        format!(
            "{{\"version\": \"0\", \"detail-type\": \"AWS API Call via CloudTrail\", \"source\": \"aws.s3\", \"detail\": {EVENT}}}"
        ),
        format!(
            "{{\"Events\": [{{\"EventId\": \"1\", \"EventName\": \"GetObject\", \"CloudTrailEvent\": {quoted}}}]}}"
        ),
        format!("{{\"events\": [{{\"timestamp\": 1, \"message\": {quoted}}}]}}"),
    ] {
        let denial = explain(&text, &Question::default(), &world);
        assert!(denial.is_reproduced(), "{text}\n{:?}", denial.disagreement);
        assert_eq!(denial.call.layer, Some(Layer::Endpoint));
        assert_eq!(denial.call.resources, ["arn:aws:s3:::b/k"]);
        let told = |key: &str| denial.call.told.iter().any(|(told, _)| told == key);
        assert!(told("aws:SourceVpce") && told("aws:MultiFactorAuthPresent") && told("aws:TokenIssueTime"));
        assert!(denial.call.assumed.iter().any(|(key, _)| key == "aws:SecureTransport"));
        assert!(denial.call.untold.iter().any(|(key, _)| key == "aws:PrincipalTag/*"));
    }
}

/// What is given by hand stands above the input, and is told; defaults of the world fill in, and are assumed.
#[test]
fn what_is_given_stands_above_the_input() {
    let world = world(&format!(
        "{COMPANY}contexts: {{ here: {{ \"aws:SecureTransport\": \"true\", \"aws:RequestedRegion\": eu-west-1 }} }}\ndefaults: {{ principal: ana, context: [here] }}\n"
    ));
    let mut context = Context::new();
    context.insert("aws:RequestedRegion", "us-east-1");
    let given = Question {
        principal: Some("ana".into()),
        actions: vec!["s3:DeleteBucket".into()],
        resources: vec!["arn:aws:s3:::other".into()],
        context,
        mfa: vec![Mfa::TRUE],
        ..Question::default()
    };
    let denial = explain(EVENT, &given, &world);
    let request = &denial.answer().unwrap().request;
    assert_eq!(request.action().to_string(), "s3:DeleteBucket");
    assert_eq!(request.resource(), "arn:aws:s3:::other");
    assert_eq!(request.principal().id(), Some("arn:aws:iam::111122223333:user/ana"));
    let told = |key: &str| {
        denial.call.told.iter().filter(|(told, _)| told == key).map(|(_, from)| from.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(told("aws:RequestedRegion"), ["given"]);
    assert_eq!(told("aws:MultiFactorAuthPresent"), ["given"]);
    assert_eq!(told("aws:CurrentTime"), ["eventTime"]);
    assert_eq!(
        denial.call.context.value(&ContextKey::new("aws:MultiFactorAuthPresent")).unwrap().texts().collect::<Vec<_>>(),
        ["true"]
    );

    let denial = explain(
        "An error occurred (AccessDenied) when calling the DeleteBucket operation: Access Denied",
        &Question { resources: vec!["arn:aws:s3:::other".into()], ..Question::default() },
        &world,
    );
    let assumed: Vec<&str> = denial.call.assumed.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(assumed, ["aws:PrincipalArn", "aws:RequestedRegion", "aws:SecureTransport"]);
    assert!(denial.is_reproduced());
}

/// `CreateFunction` is refused for the role that it passes.
#[test]
fn another_action_of_a_call_may_be_what_was_refused() {
    let text = r#"{"eventVersion": "1.08", "eventSource": "lambda.amazonaws.com", "eventName": "CreateFunction20150331", "awsRegion": "eu-west-1",
        "eventTime": "2026-03-01T02:13:47Z", "sourceIPAddress": "203.0.113.7", "errorCode": "AccessDenied",
        "errorMessage": "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/exec because no identity-based policy allows the iam:PassRole action",
        "userIdentity": {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::111122223333:user/ana", "accountId": "111122223333", "accessKeyId": "AKIAEXAMPLE", "userName": "ana"},
        "requestParameters": {"functionName": "f", "role": "arn:aws:iam::111122223333:role/exec", "runtime": "python3.12"}}"#;
    let denial = explain(text, &Question::default(), &world(COMPANY));
    assert_eq!(denial.call.action.as_deref(), Some("iam:PassRole"));
    assert_eq!(denial.call.resources, ["arn:aws:iam::111122223333:role/exec"]);
    assert!(denial.is_reproduced());
    assert!(denial.suggestion.unwrap().statement.to_string().contains("iam:PassRole"));
}

/// As printed by the command, and as the text inside.
#[test]
fn decoded_messages_are_read() {
    let inner = r#"{"allowed": false, "explicitDeny": true, "matchedStatements": {"items": []}, "failures": {"items": []},
        "context": {"principal": {"id": "AIDAEXAMPLE", "name": "ana", "arn": "arn:aws:iam::111122223333:user/ana"},
        "action": "ec2:StartInstances", "resource": "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
        "conditions": {"items": [{"key": "ec2:InstanceType", "values": {"items": [{"value": "t3.micro"}]}},
            {"key": "aws:TagKeys", "values": {"items": [{"value": "a"}, {"value": "b"}]}}, {"key": "ec2:Tenancy", "values": {"items": []}}]}}}"#;
    let outer = format!("{{\"DecodedMessage\": {}}}", Node::string(inner));
    for text in [inner, &outer] {
        let denial = explain(text, &Question::default(), &world(COMPANY));
        assert!(denial.is_reproduced());
        let told: Vec<&str> = denial.call.told.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(told, ["ec2:InstanceType", "aws:TagKeys", "ec2:Tenancy"]);
        assert_eq!((denial.call.explicit, denial.call.layer), (Some(true), None));
        assert!(denial.call.context.is_given(&ContextKey::new("ec2:Tenancy")));
    }
}

/// Of recorded events that name what was refused: the action is that one, and so is the resource where it is an ARN.
#[test]
fn recorded_events_are_read_as_aws_wrote_them() {
    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloudtrail");
    let (mut actions, mut resources, mut calls, mut unread) = ((0, 0), (0, 0), 0, 0);
    for file in ["invictus-all.json.gz", "panther-selection.json", "stratus-selection.json"] {
        let bytes = std::fs::read(format!("{FOLDER}/{file}")).unwrap();
        let text = iameval_cloudtrail::unpack(&bytes, 1 << 30).unwrap();
        let events = iameval_cloudtrail::Events::new(&text).flatten().filter(iameval_cloudtrail::Event::is_denied);
        let read = DeniedCall::read_all(&text, Catalogue::embedded()).unwrap();
        for (event, call) in events.zip(&read) {
            calls += 1;
            let Ok(call) = call else {
                unread += 1;
                continue;
            };
            let said = event.denial().unwrap();
            if let Some(action) = said.action {
                actions.1 += 1;
                actions.0 += usize::from(call.action.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(action)));
            }
            if let Some(resource) = said.resource.filter(|resource| resource.starts_with("arn:")) {
                resources.1 += 1;
                resources.0 += usize::from(call.resources.iter().any(|own| own == resource));
            }
        }
        assert_eq!(
            iameval_cloudtrail::Events::new(&text).flatten().filter(iameval_cloudtrail::Event::is_denied).count(),
            read.len()
        );
    }
    eprintln!("{calls} calls, {unread} not read; actions {actions:?}, resources {resources:?}");
    assert!(actions.0 * 100 >= actions.1 * 98 && resources.0 * 100 >= resources.1 * 95, "{actions:?} {resources:?}");
    assert!(unread * 100 <= calls * 10, "{unread} of {calls}");
}

#[test]
fn users_and_roles_are_found_by_their_names_without_paths() {
    let policy =
        "policies: [{ Version: \"2012-10-17\", Statement: [{ Effect: Deny, Action: \"iam:*\", Resource: \"*\" }] }]";
    let world = world(&format!(
        "version: 1\naccount: \"111122223333\"\nprincipals:\n  ana: {{ user: people/ana, {policy} }}\n  ops: {{ role: night/ops }}\n  \
         day: {{ role: day/both }}\n  night: {{ role: night/both }}\n"
    ));
    for (named, expected) in [
        ("user ana", "user/people/ana"),
        ("role ops", "role/night/ops"),
        ("role both", "role/both"),
        ("role other", "role/other"),
        ("group ana", "group/ana"),
    ] {
        let text = format!(
            "User: arn:aws:iam::111122223333:user/people/ana is not authorized to perform: iam:GetUser on resource: {named} with an \
             explicit deny in an identity-based policy"
        );
        let denial = explain(&text, &Question::default(), &world);
        assert!(denial.is_reproduced(), "{named}");
        assert_eq!(denial.answer().unwrap().request.resource(), format!("arn:aws:iam::111122223333:{expected}"));
    }
}
