//! AWS's own policies.

use super::{Said, said};
use iameval::{ActionPattern, Context, PolicyDocument, PolicyKind, Request, Statement};
use iameval_data::{Catalogue, ManagedPolicy};
use iameval_prove::{ShrinkOptions, shrink};

/// Actions about a statement: some that its patterns cover, and one that they do not.
fn actions(statement: &Statement, catalogue: &Catalogue) -> Vec<String> {
    let mut actions = vec!["ec2:RunInstances".to_owned()];
    for text in statement.action().patterns() {
        let pattern = ActionPattern::new(text);
        let matching: Vec<String> = catalogue.matching(text).map(|action| action.to_string()).collect();
        let exact = pattern.is_exact().then(|| text.to_owned());
        actions.extend(
            [matching.first(), matching.get(matching.len() / 2), exact.as_ref()].into_iter().flatten().cloned(),
        );
    }
    let apart = actions.len().div_ceil(6);
    actions.into_iter().step_by(apart).collect()
}

fn resources(statement: &Statement) -> Vec<String> {
    let patterns = statement.resource().into_iter().flat_map(iameval::PatternElement::patterns).take(3);
    let named = patterns.map(|text| text.replace('*', "x").replace("${aws:username}", "john"));
    named.chain(["*".to_owned()]).collect()
}

/// The context in which every key of the statement has a value that it is compared with, or none has.
fn contexts(statement: &Statement) -> [Context; 2] {
    let mut context = Context::new();
    for (_, test) in statement.tests() {
        let value = test.values().next().unwrap_or_default().replace('*', "x");
        context.insert(test.key(), value.as_str());
    }
    [context, Context::new()]
}

fn requests(document: &PolicyDocument, catalogue: &Catalogue) -> Vec<Request> {
    let mut requests = Vec::new();
    let apart = document.statements().len().div_ceil(8).max(1);
    for statement in document.statements().iter().step_by(apart) {
        for action in actions(statement, catalogue) {
            for resource in resources(statement) {
                for context in contexts(statement) {
                    let builder = Request::builder(action.parse().unwrap()).resource(&resource);
                    requests.push(builder.context(context).build());
                }
            }
        }
    }
    requests
}

/// A tenth of them, and all with `IAMEVAL_CASES=10`.
#[test]
fn managed_policies_mean_what_they_meant() {
    let catalogue = Catalogue::embedded();
    let times: usize = std::env::var("IAMEVAL_CASES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let apart = 10_usize.div_ceil(times);
    let (mut before, mut after, mut tomorrow, mut smaller, mut allowed, mut asked) = (0, 0, 0, 0, 0, 0);
    for policy in ManagedPolicy::all().step_by(apart) {
        let (kind, document) = (policy.kind(), policy.document().parse::<PolicyDocument>().unwrap());
        let shrunk = shrink(&document, kind, &ShrinkOptions { keep_sids: true, ..ShrinkOptions::default() }).unwrap();
        let with = ShrinkOptions { wildcards: Some(catalogue), ..ShrinkOptions::default() };
        let wild = shrink(&document, kind, &with).unwrap();
        before += shrunk.size_before;
        after += shrink(&document, kind, &ShrinkOptions::default()).unwrap().documents[0].size();
        tomorrow += wild.documents[0].size();
        smaller += usize::from(!shrunk.steps.is_empty());
        for request in requests(&document, catalogue) {
            let was = said(std::slice::from_ref(&document), kind, false, &request);
            assert_eq!(said(&shrunk.documents, kind, false, &request), was, "{}: {request:?}", policy.name());
            let known = catalogue.action(&request.action().to_string()).is_some();
            if known && kind == PolicyKind::Identity {
                assert_eq!(said(&wild.documents, kind, false, &request), was, "{}: {request:?}", policy.name());
            }
            asked += 1;
            allowed += usize::from(matches!(was, Said::Allowed(_)));
        }
    }
    println!("{before} characters before, {after} after, {tomorrow} with wildcards; {smaller} smaller with their Sids");
    println!("{allowed} of {asked} requests allowed");
    assert!(after < before && tomorrow < after && allowed * 4 > asked, "{allowed} of {asked}");
}
