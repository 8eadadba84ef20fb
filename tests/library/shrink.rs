//! Policies that were made smaller mean what they meant.

mod cases;
mod managed;

use iameval::layers::Strength;
use iameval::{CompiledPolicy, Effect, PolicyDocument, PolicyId, PolicyKind, PolicySet, Request};
use iameval_prove::{ShrinkOptions, Shrunk, shrink};
use iameval_test::strategies::draw::{Choices, Document, THEMES, Theme};
use iameval_tests::generate::{self, Asked, Scenario, check, rows};
use proptest::collection::vec;
use proptest::strategy::Strategy;
use serde_json::{Map, Value};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// What policies of one kind say of a request: whether they deny it, and else how strongly they allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Denied,
    Allowed(Strength),
    Nothing,
}

/// What documents say that stand side by side. In an organization they are on one level.
fn said(documents: &[PolicyDocument], kind: PolicyKind, has_boundary: bool, request: &Request) -> Said {
    let compile = |document, kind| {
        Arc::new(CompiledPolicy::new(PolicyId::new("drawn"), kind, document).expect("a policy of its kind"))
    };
    let policies = documents.iter().map(|document| compile(document, kind));
    let mut builder = match kind {
        PolicyKind::ServiceControl | PolicyKind::ResourceControl => PolicySet::builder().add_level(kind, "0", policies),
        _ => policies.fold(PolicySet::builder(), iameval::PolicySetBuilder::add),
    };
    let boundary = PolicyDocument::default();
    if has_boundary {
        builder = builder.add(compile(&boundary, PolicyKind::PermissionsBoundary));
    }
    let set = builder.build();
    let applies = set.explain(request).statements.into_iter().filter(|statement| statement.applies.is_certain());
    let applies: Vec<_> = applies.collect();
    if applies.iter().any(|statement| statement.effect == Effect::Deny) {
        return Said::Denied;
    }
    let strengths = applies.iter().map(|statement| set.principal_strength(statement.id, request));
    strengths.max().flatten().map_or(Said::Nothing, Said::Allowed)
}

/// A document of several statements, some of which share elements, and requests about the same.
#[derive(Debug)]
struct Crowd {
    kind: PolicyKind,
    document: PolicyDocument,
    keep_sids: bool,
    split: usize,
    limit: usize,
    asked: Vec<Asked>,
}

fn crowds(kind: PolicyKind) -> impl Strategy<Value = Crowd> {
    (rows(), vec(rows(), 8)).prop_map(move |(row, asked)| {
        let mut choices = Choices::new(&row);
        let theme = choices.pick(&THEMES);
        Crowd {
            kind,
            keep_sids: choices.chance(30),
            split: choices.pick(&[1, 2, 3, 5]),
            limit: choices.pick(&[1, 300, 500, 1_000]),
            document: crowd(&mut choices, theme, kind).parse(),
            asked: asked.iter().map(|row| Asked::draw(&mut Choices::new(row), theme)).collect(),
        }
    })
}

/// A document with statements of which some have an element of another.
fn crowd(choices: &mut Choices<'_>, theme: &Theme, kind: PolicyKind) -> Document {
    let mut document = Document::draw(choices, theme, kind);
    document.statements.extend(choices.several(1, 4, |choices| theme.statement(choices, kind)));
    for _ in 0..choices.below(5) {
        let read = |text: &String| -> Map<String, Value> { serde_json::from_str(text).expect("a statement") };
        let mut pick = || read(&document.statements[choices.below(document.statements.len())]);
        let (mut statement, other) = (pick(), pick());
        let element = choices.pick(&["Action", "Action", "Resource", "Resource", "Condition", "Principal", "Effect"]);
        for name in [element.to_owned(), format!("Not{element}")] {
            statement.remove(&name);
            statement.extend(other.get(&name).map(|value| (name, value.clone())));
        }
        document.statements.push(Value::Object(statement).to_string());
    }
    document
}

const KINDS: [PolicyKind; 9] = [
    PolicyKind::Identity,
    PolicyKind::Resource,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
    PolicyKind::RoleTrust,
    PolicyKind::PermissionsBoundary,
    PolicyKind::Session,
    PolicyKind::ScopeDown,
    PolicyKind::Endpoint,
];

const TO_SPLIT: [PolicyKind; 4] =
    [PolicyKind::Identity, PolicyKind::ServiceControl, PolicyKind::ResourceControl, PolicyKind::Session];

#[test]
fn what_is_denied_and_what_is_allowed_stays() {
    for kind in KINDS {
        check(250, crowds(kind), |crowd| {
            let split = NonZeroUsize::new(crowd.split).filter(|_| TO_SPLIT.contains(&kind));
            let limit = NonZeroUsize::new(crowd.limit);
            let options = ShrinkOptions { limit, split, keep_sids: crowd.keep_sids, wildcards: None };
            let shrunk = shrink(&crowd.document, kind, &options).expect("a policy of its kind");
            assert!(split.is_none_or(|split| shrunk.documents.len() <= split.get()));
            means_the_same(&crowd, &shrunk);
            if split.is_none() {
                let [smaller] = shrunk.documents.as_slice() else { panic!("{:?}", shrunk.documents) };
                assert!(smaller.size() <= crowd.document.size(), "{} became {smaller}", crowd.document);
                let again = shrink(smaller, kind, &options).expect("a policy of its kind");
                assert_eq!(again.documents.as_slice(), std::slice::from_ref(smaller), "after {:?}", again.steps);
            }
        });
    }
}

#[track_caller]
fn means_the_same(crowd: &Crowd, shrunk: &Shrunk) {
    let before = std::slice::from_ref(&crowd.document);
    for asked in &crowd.asked {
        let request = asked.request();
        for has_boundary in [false, true] {
            let [was, is] =
                [before, &shrunk.documents].map(|documents| said(documents, crowd.kind, has_boundary, &request));
            let after: Vec<String> = shrunk.documents.iter().map(ToString::to_string).collect();
            assert_eq!(was, is, "{asked}\n{}\n{}\n{:#?}", crowd.document, after.join("\n"), shrunk.steps);
        }
    }
}

/// The documents of a scenario, each made smaller.
fn each_smaller(scenario: &Scenario) -> iameval_tests::naive::Policies {
    let mut policies = scenario.policies();
    let smaller = |document: &mut PolicyDocument, kind| {
        let mut shrunk = shrink(document, kind, &ShrinkOptions::default()).expect("a policy of its kind");
        *document = shrunk.documents.remove(0);
    };
    let parts = |documents: &mut Vec<PolicyDocument>, kind| {
        let options = ShrinkOptions { split: NonZeroUsize::new(2), ..ShrinkOptions::default() };
        let shrunk = |document: &PolicyDocument| shrink(document, kind, &options).expect("a policy of its kind");
        *documents = documents.iter().flat_map(|document| shrunk(document).documents).collect();
    };
    parts(&mut policies.identity, PolicyKind::Identity);
    parts(&mut policies.session, PolicyKind::Session);
    policies.scp.iter_mut().for_each(|level| parts(level, PolicyKind::ServiceControl));
    policies.rcp.iter_mut().for_each(|level| parts(level, PolicyKind::ResourceControl));
    policies.resource.iter_mut().for_each(|document| smaller(document, PolicyKind::Resource));
    policies.boundary.iter_mut().for_each(|document| smaller(document, PolicyKind::PermissionsBoundary));
    policies.scope_down.iter_mut().for_each(|document| smaller(document, PolicyKind::ScopeDown));
    policies.endpoint.iter_mut().for_each(|document| smaller(document, PolicyKind::Endpoint));
    policies
}

#[test]
fn decisions_stay_beside_other_policies() {
    check(4_000, generate::scenarios(), |scenario| {
        let request = scenario.asked.request();
        let (before, after) = (scenario.policies(), each_smaller(&scenario));
        assert_eq!(after.to_set().decide(&request), before.to_set().decide(&request), "{after:?}");
    });
}
