//! What recorded events tell, beside what AWS itself wrote into them. What is not found stands in `misses.tsv` with its
//! reason; a miss that is not there, or is not one any more, fails.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here is a failed test")]

use iameval::Action;
use iameval_cloudtrail::{Denial, Event, Events, RequestError, ResourceSource, Value, unpack};
use iameval_data::{Catalogue, is_asked_on};
use std::collections::BTreeSet;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloudtrail");
const FILES: [&str; 6] = [
    "invictus-all.json.gz",
    "panther-selection.json",
    "stratus-selection.json",
    "eventbridge/create-bucket.json",
    "eventbridge/run-instances.json",
    "eventbridge/s3.json",
];

fn texts() -> Vec<String> {
    let read = |file: &&str| {
        let bytes = std::fs::read(format!("{FOLDER}/{file}")).unwrap();
        unpack(&bytes, 1 << 26).unwrap().into_owned()
    };
    FILES.iter().map(read).collect()
}

/// The known misses of a kind: what is missed.
fn known(kind: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(format!("{FOLDER}/misses.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        assert!(fields.len() == 3 && !fields[2].is_empty(), "kind, what is missed, and the reason: {line}");
        (fields[0].to_owned(), fields[1].to_owned())
    });
    lines.filter(|(own, _)| own == kind).map(|(_, what)| what).collect()
}

#[track_caller]
fn check(kind: &str, missed: &BTreeSet<String>) {
    let known = known(kind);
    let new: Vec<_> = missed.difference(&known).collect();
    let gone: Vec<_> = known.difference(missed).collect();
    assert!(new.is_empty() && gone.is_empty(), "{kind}: not in misses.tsv: {new:#?}; not missed any more: {gone:#?}");
}

#[test]
fn every_event_is_read() {
    let mut count = 0;
    for text in texts() {
        for event in Events::new(&text) {
            event.unwrap();
            count += 1;
        }
    }
    assert_eq!(count, 2900 + 108 + 67 + 3);
}

#[test]
fn every_call_leads_to_an_action() {
    let catalogue = Catalogue::embedded();
    let mut missed = BTreeSet::new();
    for text in texts() {
        for event in Events::new(&text).map(Result::unwrap) {
            match event.action(catalogue) {
                Ok(action) => assert!(catalogue.action(action.as_str()).is_some(), "{action}"),
                Err(RequestError::NotAuthorized { call, .. }) => {
                    missed.insert(call);
                }
                Err(_) => {
                    missed.insert(format!("{} {}", event.source, event.name));
                }
            }
        }
    }
    check("call", &missed);
}

#[test]
fn every_caller_is_told() {
    let mut missed = BTreeSet::new();
    for text in texts() {
        for event in Events::new(&text).map(Result::unwrap) {
            if let Err(RequestError::Caller(error)) = event.request(Catalogue::embedded()) {
                missed.insert(error.to_string());
            }
        }
    }
    check("caller", &missed);
}

#[test]
fn actions_take_the_resources() {
    let catalogue = Catalogue::embedded();
    let mut sources = std::collections::BTreeMap::new();
    for text in texts() {
        for event in Events::new(&text).map(Result::unwrap) {
            let Ok(asked) = event.request(catalogue) else { continue };
            assert!(!asked.resources.is_empty());
            for resource in &asked.resources {
                let call = format!("{} {}", event.source, event.name);
                let arn = resource.resource.as_str();
                assert!(arn == "*" || arn.parse::<iameval::Arn>().is_ok(), "{call}: {arn}");
                // The reference lists no resource type for it.
                let is_federation = asked.action.as_str() == "sts:GetFederationToken";
                assert!(arn == "*" || is_federation || is_asked_on(&asked.action, arn, catalogue), "{call}: {arn}");
                let source = match &resource.source {
                    ResourceSource::Parameters(_) => "parameters".into(),
                    ResourceSource::Unknown(_) => "unknown".into(),
                    ResourceSource::New(_) => "new".into(),
                    source => format!("{source:?}"),
                };
                *sources.entry(source).or_insert(0) += 1;
            }
            assert_eq!(asked.requests().count(), asked.resources.len());
        }
    }
    println!("{sources:?}");
    // Unknown are names that the events leave out: throttled calls, mostly.
    assert!(sources["unknown"] < 110, "{sources:?}");
}

/// A refused event, and the same without what AWS wrote about the refusal.
fn denied(text: &str) -> Vec<(Event<'static>, Event<'static>)> {
    let events = Events::new(text).map(Result::unwrap).filter(Event::is_denied);
    let both = events.map(|event| {
        let mut silent = event.clone().into_owned();
        silent.error_message = None;
        (event.into_owned(), silent)
    });
    both.collect()
}

/// The resource that the message names. Whoever made the events anonymous gave the account in some messages another number
/// than in `userIdentity`; it is the same one.
fn named_resource(event: &Event<'_>, denial: &Denial<'_>) -> Option<String> {
    let in_message = denial.caller.and_then(|caller| caller.split(':').nth(4));
    let in_identity = event.user_identity.account_id.as_deref();
    let resource = denial.resource?;
    Some(match in_message.zip(in_identity) {
        Some((message, identity)) => resource.replace(message, identity),
        None => resource.to_owned(),
    })
}

/// The acceptance criterion: for refused calls, the action and the resource that AWS named are those of the request, found
/// without looking at what AWS named. Most refused calls have no parameters; their resource is in the message only.
#[test]
fn refused_calls_are_about_what_aws_named() {
    let catalogue = Catalogue::embedded();
    let (mut actions, mut resources, mut told) = ((0, 0), (0, 0), (0, 0));
    let (mut missed_actions, mut missed_resources) = (BTreeSet::new(), BTreeSet::new());
    for (event, silent) in texts().iter().flat_map(|text| denied(text)) {
        let denial = event.denial().unwrap();
        let call = format!("{} {}", event.source, event.name);
        let Some(action) = denial.action else { continue };
        let own: Option<Action> = silent.action(catalogue).ok();
        let is_same = own == action.parse().ok();
        actions = (actions.0 + u32::from(is_same), actions.1 + 1);
        if !is_same {
            missed_actions.insert(format!("{call}: {action}"));
            continue;
        }
        let Some(resource) = named_resource(&event, &denial) else { continue };
        // With the message there is nothing to find.
        let asked = event.request(catalogue).unwrap();
        assert_eq!((&*asked.resources[0].resource, asked.resources.len()), (denial.resource.unwrap(), 1));
        let asked = silent.request(catalogue).unwrap();
        let is_found = asked.resources.iter().any(|asked| asked.resource == resource);
        let is_told = silent.request_parameters() != Value::Null || resource == "*";
        resources = (resources.0 + u32::from(is_found), resources.1 + 1);
        if is_told {
            told = (told.0 + u32::from(is_found), told.1 + 1);
        }
        if !is_found {
            missed_resources.insert(format!("{call}: {resource}"));
        }
    }
    println!("actions {actions:?}; resources {resources:?}, of calls with parameters {told:?}");
    check("action", &missed_actions);
    check("resource", &missed_resources);
    assert!(actions.0 * 100 >= actions.1 * 97, "{actions:?}");
    assert!(told.0 * 100 >= told.1 * 95 && told.1 >= 10, "{told:?}");
}
