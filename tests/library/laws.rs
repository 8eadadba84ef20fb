//! What holds for every policy and request.

use iameval::open::{Bounds, IdentitySide, OnResources};
use iameval::{Context, ContextKey, ContextValue, Decision, EvaluationMode, PolicyKind, Request};
use iameval_tests::generate::{self, Asked, Document, Scenario, check};
use proptest::collection::vec;
use proptest::num::u8::ANY as BYTE;
use std::cell::Cell;

fn decide(scenario: &Scenario) -> Decision {
    scenario.policies().to_set().decide(&scenario.asked.request())
}

/// Changes every document of a scenario.
fn each_document(scenario: &mut Scenario, change: impl Fn(&mut Document)) {
    let levels = scenario.scp.iter_mut().chain(&mut scenario.rcp).flatten();
    let lists = scenario.identity.iter_mut().chain(&mut scenario.session).chain(&mut scenario.endpoint);
    let lists = lists.chain(&mut scenario.scope_down);
    levels.chain(lists).chain(&mut scenario.resource).chain(&mut scenario.boundary).for_each(change);
}

#[test]
fn the_order_of_statements_and_policies_never_matters() {
    check(1_000, generate::scenarios(), |scenario| {
        let mut turned = scenario.clone();
        each_document(&mut turned, |document| document.statements.reverse());
        turned.identity.reverse();
        turned.session.reverse();
        turned.scope_down.reverse();
        turned.endpoint.reverse();
        turned.scp.reverse();
        turned.rcp.reverse();
        assert_eq!(decide(&turned), decide(&scenario));
        each_document(&mut turned, |document| {
            let by = 1.min(document.statements.len());
            document.statements.rotate_left(by);
        });
        assert_eq!(decide(&turned), decide(&scenario));
    });
}

#[test]
fn a_deny_never_adds_access() {
    check(1_500, (generate::scenarios(), generate::documents()), |(scenario, (kind, document))| {
        let mut denied = scenario.clone();
        let statements = document.statements.into_iter().filter(|text| text.contains(r#""Effect":"Deny""#));
        let document = Document { statements: statements.collect(), ..document };
        match kind {
            PolicyKind::Identity => denied.identity.push(document),
            PolicyKind::Resource | PolicyKind::RoleTrust => add(&mut denied.resource, document),
            PolicyKind::PermissionsBoundary => add(&mut denied.boundary, document),
            PolicyKind::Session => denied.session.push(document),
            PolicyKind::ScopeDown => denied.scope_down.push(document),
            PolicyKind::ServiceControl => level(&mut denied.scp).push(document),
            PolicyKind::ResourceControl => level(&mut denied.rcp).push(document),
            PolicyKind::Endpoint => denied.endpoint.push(document),
        }
        let before = decide(&scenario);
        let after = decide(&denied);
        assert!(!after.is_allowed() || before.is_allowed(), "{before:?}, and with {denied:?} {after:?}");
        assert!(before != Decision::ExplicitDeny || after == before, "{before:?}, and with {denied:?} {after:?}");
    });
}

fn add(policy: &mut Option<Document>, other: Document) {
    match policy {
        Some(policy) => policy.statements.extend(other.statements),
        None => *policy = Some(other),
    }
}

fn level(levels: &mut Vec<Vec<Document>>) -> &mut Vec<Document> {
    if levels.is_empty() {
        levels.push(Vec::new());
    }
    levels.last_mut().expect("a level")
}

#[test]
fn limits_only_remove() {
    check(1_500, generate::scenarios(), |scenario| {
        if !decide(&scenario).is_allowed() {
            return;
        }
        let without = |change: fn(&mut Scenario)| {
            let mut without = scenario.clone();
            change(&mut without);
            assert_eq!(decide(&without), Decision::Allowed, "without a limit: {without:?}");
        };
        without(|scenario| scenario.boundary = None);
        without(|scenario| scenario.scp.clear());
        without(|scenario| drop(scenario.scp.pop()));
        without(|scenario| scenario.rcp.clear());
        without(|scenario| scenario.endpoint.clear());
        // What was scoped down is temporary, and long-term credentials cannot be scoped down (R-EVAL-13, R-SVC-11).
        if scenario.asked.action != "sts:GetScopedCredentials" {
            without(|scenario| scenario.scope_down.clear());
            without(|scenario| drop(scenario.scope_down.pop()));
        }
        let caller = scenario.asked.caller.unwrap_or_default();
        // The session policy of these is what they have (R-EVAL-05, R-SVC-15).
        if !caller.assumed_root && !caller.id.contains(":federated-user/") {
            without(|scenario| scenario.session.clear());
        }
    });
}

/// What rules that allow or exempt speak of, and rules that refuse.
const RULED: [(&str, &str); 18] = [
    ("sts:GetCallerIdentity", "*"),
    ("sts:GetSessionToken", "*"),
    ("sts:GetScopedCredentials", "*"),
    ("sts:AssumeRole", "arn:aws:iam::111122223333:role/ops/deploy"),
    ("sts:AssumeRole", "arn:aws:iam::111122223333:role/aws-service-role/ops.amazonaws.com/AWSServiceRoleForOps"),
    ("sts:AssumeRoot", "arn:aws:iam::444455556666:root"),
    ("iam:PassRole", "arn:aws:iam::111122223333:role/ops/deploy"),
    ("iam:DeleteRole", "arn:aws:iam::111122223333:role/aws-service-role/ops.amazonaws.com/AWSServiceRoleForOps"),
    ("s3:DeleteBucketPolicy", "arn:aws:s3:::bucket"),
    ("sqs:SetQueueAttributes", "arn:aws:sqs:eu-west-1:111122223333:queue"),
    ("logs:PutLogEvents", "arn:aws:logs:eu-west-1:111122223333:log-group:g"),
    ("dynamodb:GetResourcePolicy", "arn:aws:dynamodb:eu-west-1:111122223333:table/t"),
    ("kms:RetireGrant", "arn:aws:kms:eu-west-1:111122223333:key/k"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3"),
    ("mechanicalturk:CreateHIT", "*"),
    ("organizations:DescribeAccount", "arn:aws:organizations::444455556666:account/o-exampleorg/111122223333"),
    ("organizations:ListPoliciesForTarget", "arn:aws:organizations::444455556666:account/o-exampleorg/111122223333"),
    ("account:GetPrimaryEmail", "arn:aws:account::444455556666:account/o-exampleorg/111122223333"),
];

#[test]
fn with_refusals_alone_nothing_is_allowed_that_the_policies_do_not_allow() {
    let count = Cell::new(0);
    check(1_500, generate::scenarios(), |scenario| {
        let set = scenario.policies().to_set();
        let ruled = RULED.map(|(action, resource)| Asked { action, resource, ..scenario.asked.clone() });
        for asked in ruled.iter().chain([&scenario.asked]) {
            let request = asked.request();
            for mode in EvaluationMode::ALL {
                let refusals = set.clone().with_mode(mode).with_only_refusals();
                let decision = refusals.decide(&request);
                if decision.is_allowed() {
                    let pure = set.clone().with_mode(mode).without_service_rules();
                    assert_eq!(pure.decide(&request), Decision::Allowed, "the policies alone: {asked}");
                    count.set(count.get() + 1);
                }
                assert_eq!(refusals.simulate(&request).decision, decision, "{asked}");
                let Bounds { worst, best, .. } = refusals.bounds(&request, OnResources::This);
                assert!(decision.is_allowed() || !worst.is_allowed(), "not even the worst case: {asked}");
                assert!(!decision.is_allowed() || best.is_allowed(), "the best case: {asked}");
            }
        }
    });
    assert!(count.get() > 5_000, "only {} requests were allowed", count.get());
}

#[test]
fn every_way_of_asking_decides_alike() {
    check(1_500, generate::scenarios(), |scenario| {
        let set = scenario.policies().to_set();
        let request = scenario.asked.request();
        let decision = set.decide(&request);
        for set in [&set, &set.indexed()] {
            assert_eq!(set.decide(&request), decision);
            assert_eq!(set.simulate(&request).decision, decision);
            let explanation = set.explain(&request);
            assert_eq!(explanation.decision, decision);
            assert_eq!(explanation.simulation, set.simulate(&request));
            let applied = explanation.statements.iter().filter(|statement| statement.applies.is_certain());
            let matched = explanation.simulation.matched.iter().map(|matched| matched.id);
            assert!(applied.map(|statement| statement.id).eq(matched), "the trace names the matched statements");
        }
    });
}

/// Values of every kind that a key may turn out to have.
const VALUES: [&str; 14] = [
    "team",
    "u",
    "true",
    "false",
    "",
    "10",
    "0",
    "1767225600",
    "203.0.113.7",
    "2001:db8::5",
    "nowhere",
    "YQ==",
    "arn:aws:iam::111122223333:user/ops/u",
    "AIDAEXAMPLE",
];

#[test]
fn keys_that_are_not_named_decide_nothing() {
    let named = Cell::new(0);
    check(1_500, (generate::scenarios(), vec(BYTE, 200)), |(mut scenario, bytes)| {
        let mut choices = generate::Choices::new(&bytes);
        scenario.asked.context.retain(|_| choices.chance(30));
        let set = scenario.policies().to_set();
        let request = scenario.asked.request();
        let undecided = set.undecided_context_keys(&request);
        let decision = set.decide(&request);
        let others =
            ["aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:userid", "app:Unread"].map(ContextKey::new);
        let free: Vec<ContextKey> = set.context_keys().chain(&others).cloned().collect();
        let is_free = |key: &ContextKey| !request.context().is_given(key) && !undecided.contains(key);
        let free: Vec<ContextKey> = free.into_iter().filter(is_free).collect();
        named.set(named.get() + undecided.len());
        for _ in 0..8 {
            let context = completed(request.context(), &free, &mut choices);
            let other = ask(&scenario.asked, &context);
            assert_eq!(set.decide(&other), decision, "{scenario:?}\n{undecided:?} are named; with {context:?}");
        }
    });
    assert!(named.get() > 300, "only {} keys were named", named.get());
}

/// The context with more keys.
fn completed(context: &Context, keys: &[ContextKey], choices: &mut generate::Choices<'_>) -> Context {
    let mut context = context.clone();
    for key in keys {
        match choices.below(6) {
            0 => {}
            1 => context.insert_absent(key.as_str()),
            2 => {
                let texts = choices.several(0, 2, |choices| choices.pick(&VALUES));
                context.insert(key.as_str(), ContextValue::list(texts));
            }
            _ => context.insert(key.as_str(), choices.pick(&VALUES)),
        }
    }
    context
}

#[test]
fn every_decision_lies_between_the_bounds() {
    let moved = Cell::new(0);
    check(2_000, (generate::scenarios(), vec(BYTE, 200)), |(mut scenario, bytes)| {
        let mut choices = generate::Choices::new(&bytes);
        scenario.asked.context.retain(|_| choices.chance(30));
        let set = scenario.policies().to_set();
        let request = scenario.asked.request();
        let bounds = set.bounds(&request, OnResources::This);
        let Bounds { worst, best, keys, depends_on_resource, .. } = &bounds;
        assert!(!depends_on_resource, "the resource is named: {scenario:?}");
        assert!(best.is_allowed() || !worst.is_allowed(), "{bounds:?}: {scenario:?}");
        assert!(!keys.is_empty() || worst.is_allowed() == best.is_allowed(), "{bounds:?} without keys: {scenario:?}");
        let undecided = set.undecided_context_keys(&request);
        assert!(undecided.iter().all(|key| keys.contains(key)), "{bounds:?}, and not {undecided:?}: {scenario:?}");
        let others = ["aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:ViaAWSService", "app:Unread"];
        let others = others.map(ContextKey::new);
        let is_free = |key: &ContextKey| !request.context().is_given(key);
        let free: Vec<ContextKey> = set.context_keys().chain(&others).filter(|key| is_free(key)).cloned().collect();
        for _ in 0..8 {
            let context = completed(request.context(), &free, &mut choices);
            let decision = set.decide(&ask(&scenario.asked, &context)).is_allowed();
            assert!(decision || !worst.is_allowed(), "{bounds:?}, and denied with {context:?}: {scenario:?}");
            assert!(!decision || best.is_allowed(), "{bounds:?}, and allowed with {context:?}: {scenario:?}");
            moved.set(moved.get() + usize::from(worst != best));
        }
    });
    assert!(moved.get() > 500, "only {} decisions were open", moved.get());
}

#[test]
fn bounds_are_those_beside_what_identity_policies_come_to() {
    check(1_500, (generate::scenarios(), vec(BYTE, 200)), |(mut scenario, bytes)| {
        let mut choices = generate::Choices::new(&bytes);
        scenario.asked.context.retain(|_| choices.chance(30));
        let request = scenario.asked.request();
        let side = scenario.identity.iter().fold(IdentitySide::default(), |side, document| {
            let none = Scenario { asked: scenario.asked.clone(), pure: scenario.pure, ..Scenario::default() };
            let set = Scenario { identity: vec![document.clone()], ..none }.policies().to_set();
            side.and(set.open_statements(&request, OnResources::This).into_iter().collect())
        });
        let together = scenario.policies().to_set().bounds(&request, OnResources::This);
        let without = Scenario { identity: Vec::new(), ..scenario.clone() }.policies().to_set();
        let beside = without.bounds_beside(&request, OnResources::This, side);
        assert_eq!((beside.worst, beside.best), (together.worst, together.best), "{side:?}: {scenario:?}");
        assert_eq!(beside.stopped_by, together.stopped_by, "{side:?}: {scenario:?}");
    });
}

/// The same request with another context.
fn ask(asked: &Asked, context: &Context) -> Request {
    let mut builder = Request::builder(asked.action.parse().unwrap()).resource(asked.resource).context(context.clone());
    if asked.resource_in_management_account {
        builder = builder.resource_in_management_account();
    }
    if let Some(account) = asked.resource_account {
        builder = builder.resource_account(account.parse().unwrap());
    }
    if let Some(caller) = asked.caller {
        builder = builder.principal(caller.principal());
    }
    builder.without_derived_context().build()
}
