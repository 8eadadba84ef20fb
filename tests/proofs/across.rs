//! Claims about callers of every kind on resources of an account that may be another: a request made of a small pool of values
//! breaks no claim that holds, with the rules of services, with those that refuse, and without.

use crate::scope::{Judge, breaks};
use iameval::native::{EvaluationOptions, Line, RequestReader};
use iameval::{Context, Principal, Request, RuleSelection};
use iameval_data::Catalogue;
use iameval_prove::{Claim, ClaimError, Expectation, Policies, Prover, Scope, Verdict};
use iameval_tests::workload::Random;
use serde_json::{Value, json};
use std::ops::Range;

const CALLERS: [&str; 10] = [
    "arn:aws:iam::444455556666:user/u",
    "arn:aws:sts::444455556666:assumed-role/deploy/s1",
    "arn:aws:iam::444455556666:role/deploy",
    "arn:aws:sts::444455556666:federated-user/f",
    "arn:aws:iam::444455556666:root",
    "arn:aws:sts::111122223333:assumed-role/deploy/s1",
    "arn:aws:sts::111122223333:federated-user/f",
    "arn:aws:iam::111122223333:root",
    "sns.amazonaws.com",
    "anonymous",
];

/// Actions of services with rules of their own, each with resources of account 111122223333.
const SUBJECTS: [(&[&str], &[&str]); 6] = [
    (&["s3:GetObject", "s3:PutObject", "s3:GetBucketPolicy"], &["arn:aws:s3:::b/k", "arn:aws:s3:::b"]),
    (&["kms:Decrypt", "kms:CreateGrant", "kms:ListKeys"], &["arn:aws:kms:us-east-1:111122223333:key/k"]),
    (
        &["sts:AssumeRole", "sts:TagSession", "sts:GetCallerIdentity"],
        &["arn:aws:iam::111122223333:role/deploy", "arn:aws:iam::444455556666:role/deploy", "*"],
    ),
    (&["sqs:SendMessage", "sqs:AddPermission", "sqs:x"], &["arn:aws:sqs:us-east-1:111122223333:q"]),
    (&["lambda:InvokeFunction", "lambda:GetFunction"], &["arn:aws:lambda:us-east-1:111122223333:function:f"]),
    (&["iam:PassRole", "iam:GetUser"], &["arn:aws:iam::111122223333:role/deploy", "arn:aws:iam::111122223333:user/u"]),
];

const PRINCIPALS: [&str; 12] = [
    r#""*""#,
    r#"{"AWS":"*"}"#,
    r#"{"AWS":"444455556666"}"#,
    r#"{"AWS":"111122223333"}"#,
    r#"{"AWS":"arn:aws:iam::444455556666:user/u"}"#,
    r#"{"AWS":"arn:aws:iam::444455556666:role/deploy"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:role/deploy"}"#,
    r#"{"AWS":"arn:aws:sts::444455556666:assumed-role/deploy/s1"}"#,
    r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/deploy/s1"}"#,
    r#"{"AWS":"arn:aws:sts::444455556666:federated-user/f"}"#,
    r#"{"AWS":["arn:aws:iam::444455556666:root","arn:aws:sts::111122223333:federated-user/f"]}"#,
    r#"{"Service":"sns.amazonaws.com"}"#,
];

/// Keys with what they are compared with; operators of texts fit all of them.
const TESTED: [(&str, &[&str]); 7] = [
    ("aws:PrincipalTag/team", &["a", "${aws:username}", "*"]),
    ("aws:PrincipalAccount", &["444455556666", "${aws:ResourceAccount}"]),
    ("aws:ResourceAccount", &["111122223333", "${aws:PrincipalAccount}"]),
    ("aws:PrincipalArn", &["arn:aws:iam::*:role/deploy", "*:user/*", "*:root"]),
    ("aws:PrincipalType", &["User", "AssumedRole", "FederatedUser", "Account", "Anonymous"]),
    ("aws:SourceVpce", &["vpce-1", "vpce-*"]),
    ("aws:MultiFactorAuthPresent", &["true", "false"]),
];

/// What the keys are that follow from nothing.
const FREE: [(&str, &[Option<&str>]); 4] = [
    ("aws:PrincipalTag/team", &[None, Some("a"), Some("u"), Some("b")]),
    ("aws:SourceVpce", &[None, Some("vpce-1"), Some("vpce-2")]),
    ("aws:MultiFactorAuthPresent", &[None, Some("true"), Some("false")]),
    ("aws:PrincipalType", &[None]),
];

struct Draw(Random);

impl Draw {
    fn is(&mut self, in_ten: usize) -> bool {
        self.0.below(10) < in_ten
    }

    fn one<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.0.below(all.len())]
    }

    fn condition(&mut self) -> Value {
        if self.is(5) {
            return json!({});
        }
        let (key, values) = self.one(&TESTED);
        let base = self.one(&["StringEquals", "StringLike", "StringNotLike", "StringNotEquals", "Null"]);
        let value = if base == "Null" { self.one(&["true", "false"]) } else { self.one(values) };
        let exists = if base != "Null" && self.is(3) { "IfExists" } else { "" };
        json!({format!("{base}{exists}"): {key: value}})
    }

    fn statement(&mut self, subject: (&[&str], &[&str]), has_principal: bool, allows: bool) -> Value {
        let (actions, resources) = subject;
        let service = actions[0].split(':').next().unwrap_or_default();
        let action = match self.0.below(4) {
            0 => "*".to_owned(),
            1 => format!("{service}:*"),
            _ => self.one(actions).to_owned(),
        };
        let resource = if self.is(5) { "*" } else { self.one(resources) };
        let effect = if allows { "Allow" } else { "Deny" };
        let mut statement = json!({"Effect": effect, "Resource": resource, "Condition": self.condition()});
        statement[if self.is(1) { "NotAction" } else { "Action" }] = json!(action);
        if has_principal {
            let principal: Value = serde_json::from_str(self.one(&PRINCIPALS)).expect("JSON");
            let is_negated = !allows && principal.get("AWS").is_some_and(|own| own != "*") && self.is(4);
            statement[if is_negated { "NotPrincipal" } else { "Principal" }] = principal;
        }
        statement
    }

    fn policy(&mut self, subject: (&[&str], &[&str]), has_principal: bool) -> Value {
        let count = 1 + self.0.below(3);
        let statements: Vec<Value> = (0..count)
            .map(|number| {
                let allows = number == 0 || self.is(4);
                self.statement(subject, has_principal, allows)
            })
            .collect();
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    fn policies(&mut self, subject: (&[&str], &[&str])) -> Value {
        let full = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
        let mut all = json!({});
        let mut put = |draw: &mut Self, in_ten, name: &str, levels: bool| {
            if !draw.is(in_ten) {
                return;
            }
            let policy = if draw.is(5) { full.clone() } else { draw.policy(subject, false) };
            all[name] = if levels { json!([[policy]]) } else { json!([policy]) };
        };
        put(self, 8, "identity", false);
        put(self, 2, "boundary", false);
        put(self, 4, "session", false);
        put(self, 2, "scp", true);
        if self.is(9) {
            all["resource"] = self.policy(subject, true);
        }
        if let Some(boundary) = all.get("boundary").and_then(|own| own.get(0)).cloned() {
            all["boundary"] = boundary;
        }
        all
    }
}

fn policies(native: &Value, service_rules: RuleSelection) -> Option<Policies> {
    let line = json!({
        "policies": native,
        "request": {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"},
    });
    let Ok(Line::Simulation(simulation)) = RequestReader::new().read(&line.to_string()) else { return None };
    let options = EvaluationOptions { service_rules, ..EvaluationOptions::default() };
    Some(Policies::read(&simulation.policies, &options))
}

/// A request of the pool that lies in the scope and breaks the claim.
fn counterexample(claim: &Claim, principal: &Principal, subject: (&[&str], &[&str])) -> Option<Request> {
    let judge = Judge::new(&claim.scope, &[&claim.policies]);
    let all: usize = FREE.iter().map(|(_, values)| values.len()).product();
    for (action, resource) in subject.0.iter().flat_map(|action| subject.1.iter().map(move |own| (action, own))) {
        for number in 0..all {
            let mut context = Context::new();
            let mut rest = number;
            for (key, values) in FREE {
                if let Some(value) = values[rest % values.len()] {
                    context.insert(key, value);
                }
                rest /= values.len();
            }
            let mut request = Request::builder(action.parse().expect("an action")).resource(resource);
            if let Some(account) = claim.scope.resource_account {
                request = request.resource_account(account);
            }
            let request = request.principal(principal.clone()).context(context).build();
            let decision = claim.policies.set().decide(&request);
            if breaks(claim.expect, decision) && judge.check(&request).is_ok() {
                return Some(request);
            }
        }
    }
    None
}

const EXPECTATIONS: [Expectation; 5] =
    [Expectation::Deny, Expectation::Deny, Expectation::Allow, Expectation::ExplicitDeny, Expectation::ImplicitDeny];

/// How many claims held, were refuted, and stayed unknown.
fn run(seeds: Range<u64>) -> [usize; 3] {
    let prover = Prover::new(Catalogue::embedded());
    let mut came = [0; 3];
    for seed in seeds {
        let mut draw = Draw(Random(seed));
        let subject = draw.one(&SUBJECTS);
        let caller = draw.one(&CALLERS);
        let rules = draw.one(&[RuleSelection::None, RuleSelection::Refusals, RuleSelection::All]);
        let native = draw.policies(subject);
        let Some(policies) = policies(&native, rules) else { panic!("seed {seed}: {native}") };
        let principal: Principal = caller.parse().expect("a principal");
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let is_of_owner = draw.is(7);
        let scope = Scope {
            principal: Some(principal.clone()),
            actions: if draw.is(5) { vec![draw.one(subject.0).to_owned()] } else { texts(subject.0) },
            resources: if draw.is(5) { vec![draw.one(subject.1).to_owned()] } else { texts(subject.1) },
            resource_account: "111122223333".parse().ok().filter(|_| is_of_owner),
            derives_context: true,
            ..Scope::default()
        };
        let claim = Claim { policies, scope, expect: EXPECTATIONS[draw.0.below(5)] };
        let place = || format!("seed {seed}: {caller} {rules:?} {:?} {:?}\n{native}", claim.expect, claim.scope);
        match prover.prove(&claim) {
            Ok(Verdict::Holds(_)) => {
                let broken = counterexample(&claim, &principal, subject);
                assert!(broken.is_none(), "{}\n{broken:#?}", place());
                came[0] += 1;
            }
            Ok(Verdict::Refuted(refuted)) => {
                let shown = &refuted.counterexample;
                let decision = claim.policies.set().decide(&shown.request);
                assert!(decision == shown.decision && breaks(claim.expect, decision), "{}\n{shown:#?}", place());
                came[1] += 1;
            }
            Ok(Verdict::Unknown(_)) => {
                // What is unknown is never a pass; that it is rare is asserted below.
                came[2] += 1;
            }
            Err(ClaimError::EmptyScope(_)) => {}
            Err(error) => panic!("{error:?} {}", place()),
        }
    }
    came
}

#[test]
fn claims_about_callers_of_every_kind_hold() {
    let [held, refuted, unknown] = run(0..200);
    assert!(held > 40 && refuted > 40 && unknown < 10, "{held} held, {refuted} refuted, {unknown} unknown");
}

#[test]
#[ignore = "takes minutes unless optimised"]
fn nobody_of_many_callers_breaks_a_claim() {
    let [held, refuted, unknown] = run(1_000..6_000);
    println!("{held} held, {refuted} refuted, {unknown} unknown");
    assert!(held > 1_000 && unknown < 150, "{held} held, {refuted} refuted, {unknown} unknown");
}
