//! What holds for every analysis: what it says would change a decision does, and what it says is missing is.

use iameval::analysis::{Analysis, Change, Missed, NearMiss};
use iameval::{Context, Decision, Effect, Explanation, Mfa, PolicyDocument, PolicySet, Request, StatementTrace};
use iameval_ask::{Attachment, PosedRequest, RequestSummary};
use iameval_data::Catalogue;
use iameval_report::{Depth, Style, answer_to_text, answers_to_json, answers_to_table};
use iameval_tests::generate::{self, Asked, Scenario, check};
use iameval_world::{LoadedPolicy, Source};
use std::cell::Cell;
use std::sync::Arc;

/// A scenario that was asked.
struct Asking {
    scenario: Scenario,
    set: PolicySet,
    documents: Vec<PolicyDocument>,
    request: Request,
    explanation: Explanation,
    analysis: Analysis,
}

impl Asking {
    fn new(scenario: Scenario) -> Self {
        let set = scenario.policies().to_set();
        let documents = documents(&scenario);
        assert_eq!(set.policies().count(), documents.len());
        let request = scenario.asked.request();
        let explanation = set.explain(&request);
        let analysis = set.analyse(&request, |index| documents.get(index));
        Self { scenario, set, documents, request, explanation, analysis }
    }

    /// The request after some changes, put together from scratch.
    fn changed<'c>(&self, changes: impl IntoIterator<Item = &'c Change>) -> Request {
        let mut context = self.request.context().clone();
        for Change { key, value } in changes {
            context.remove(key.as_str());
            match value {
                None => context.insert_absent(key.as_str()),
                Some(value) => context.insert(key.as_str(), value.clone()),
            }
        }
        ask(&self.scenario.asked, context)
    }

    fn trace(&self, miss: &NearMiss) -> &StatementTrace {
        self.explanation.statements.iter().find(|trace| trace.id == miss.id).expect("a statement of the trace")
    }
}

/// The documents of a scenario in the order of its set's policies.
fn documents(scenario: &Scenario) -> Vec<PolicyDocument> {
    let levels = scenario.scp.iter().chain(&scenario.rcp).flatten();
    let documents = levels.chain(&scenario.endpoint).chain(&scenario.resource).chain(&scenario.identity);
    documents
        .chain(&scenario.boundary)
        .chain(&scenario.session)
        .chain(&scenario.scope_down)
        .map(generate::Document::parse)
        .collect()
}

/// The request with another context, in which nothing more is derived.
fn ask(asked: &Asked, context: Context) -> Request {
    let mut builder = Request::builder(asked.action.parse().unwrap()).resource(asked.resource).context(context);
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

/// Scenarios, and the same ones with less of a context, where more is nearly right.
fn each(times: u32, test: impl Fn(&Asking)) {
    check(times, generate::scenarios(), |scenario| {
        let mut bare = scenario.clone();
        bare.asked.context.truncate(1);
        test(&Asking::new(bare));
        test(&Asking::new(scenario));
    });
}

#[test]
fn every_flip_turns_the_decision_as_it_says() {
    let flips = Cell::new(0);
    each(2_000, |asking| {
        let before = asking.explanation.decision;
        for flip in &asking.analysis.flips {
            let after = asking.set.decide(&asking.changed([&flip.change]));
            assert_eq!(after, flip.decision, "{:?}: {flip:?}", asking.scenario);
            assert_ne!(after.is_allowed(), before.is_allowed(), "{:?}: {flip:?}", asking.scenario);
            flips.set(flips.get() + 1);
        }
        let keys: Vec<_> = asking.analysis.flips.iter().map(|flip| &flip.change.key).collect();
        assert!(keys.is_sorted_by(|one, next| one < next), "one a key, in order: {keys:?}");
    });
    assert!(flips.get() > 80, "only {} flips", flips.get());
}

#[test]
fn every_state_of_mfa_is_decided_as_if_asked() {
    let states = Cell::new(0);
    each(300, |asking| {
        for (mfa, decision) in &asking.analysis.mfa {
            assert_eq!(asking.set.decide(&asking.request.with_mfa(*mfa)), *decision, "{:?}: {mfa}", asking.scenario);
            states.set(states.get() + 1);
        }
        let told = asking.analysis.mfa.iter().map(|(mfa, _)| *mfa);
        assert!(told.clone().all(|mfa| [Mfa::TRUE, Mfa::False, Mfa::Absent].contains(&mfa)));
        // A state that turns the decision is never left out, unless it is the one at hand.
        let reads_mfa = asking.set.context_keys().any(|key| key.lowercase().starts_with("aws:multifactorauth"));
        assert!(reads_mfa || told.count() == 0);
    });
    assert!(states.get() > 200, "only {} states", states.get());
}

#[test]
fn what_is_missed_is_what_the_trace_says() {
    let (exempted, near) = (Cell::new(0), Cell::new(0));
    each(500, |asking| {
        let misses = asking.analysis.exempted.iter().map(|miss| (miss, Effect::Deny, 1));
        let misses = misses.chain(asking.analysis.near_misses.iter().map(|miss| (miss, Effect::Allow, 2)));
        for (miss, effect, most) in misses {
            let trace = asking.trace(miss);
            assert_eq!((miss.effect, trace.effect, miss.layer), (effect, effect, trace.layer));
            assert!(!trace.applies.is_certain());
            let mut expected: Vec<String> = Vec::new();
            let elements = [
                (trace.principal.is_certain(), "principal"),
                (trace.action.is_certain(), "action"),
                (trace.resource.is_certain(), "resource"),
            ];
            expected.extend(elements.iter().filter(|(holds, _)| !holds).map(|(_, name)| (*name).to_owned()));
            let conditions =
                trace.conditions.iter().enumerate().filter(|(_, condition)| !condition.satisfied.is_certain());
            expected.extend(conditions.map(|(index, _)| format!("condition {index}")));
            let found: Vec<String> = miss.missed.iter().map(name).collect();
            assert_eq!(found, expected, "{:?}: {miss:?}", asking.scenario);
            assert!((1..=most).contains(&found.len()), "{:?}: {miss:?}", asking.scenario);
            let count = if effect == Effect::Deny { &exempted } else { &near };
            count.set(count.get() + 1);
        }
        let implicit = asking.explanation.decision == Decision::ImplicitDeny;
        assert!(implicit || asking.analysis.near_misses.is_empty());
        assert!(asking.analysis.exempted.len() <= 3 && asking.analysis.near_misses.len() <= 3);
    });
    assert!(exempted.get() > 100 && near.get() > 100, "only {} and {}", exempted.get(), near.get());
}

fn name(missed: &Missed) -> String {
    match missed {
        Missed::Principal => "principal".into(),
        Missed::Action { .. } => "action".into(),
        Missed::Resource { .. } => "resource".into(),
        Missed::Condition { index, .. } => format!("condition {index}"),
    }
}

#[test]
fn what_is_wanted_makes_a_statement_apply() {
    let (wanted, decided) = (Cell::new(0), Cell::new(0));
    each(600, |asking| {
        for miss in asking.analysis.exempted.iter().chain(&asking.analysis.near_misses) {
            for missed in &miss.missed {
                let Missed::Condition { index, wanted: Some(change) } = missed else { continue };
                // Alone it satisfies its condition and spoils none on the same key.
                let after = asking.set.explain(&asking.changed([change]));
                let trace = after.statements.iter().find(|trace| trace.id == miss.id).expect("the statement");
                assert!(trace.conditions[*index].satisfied.is_certain(), "{:?}: {miss:?}", asking.scenario);
                let mut on_key = trace.conditions.iter().filter(|condition| condition.key == change.key);
                assert!(on_key.all(|condition| condition.satisfied.is_certain()), "{:?}: {miss:?}", asking.scenario);
                wanted.set(wanted.get() + 1);
            }
            let Some(decision) = miss.decision_then else { continue };
            let changes = miss.missed.iter().map(|missed| match missed {
                Missed::Condition { wanted: Some(change), .. } => change,
                other => panic!("{other:?} has no change, and still a decision: {miss:?}"),
            });
            let after = asking.set.explain(&asking.changed(changes));
            let trace = after.statements.iter().find(|trace| trace.id == miss.id).expect("the statement");
            assert!(trace.applies.is_certain(), "{:?}: {miss:?}", asking.scenario);
            assert_eq!(after.decision, decision, "{:?}: {miss:?}", asking.scenario);
            decided.set(decided.get() + 1);
        }
    });
    assert!(wanted.get() > 100 && decided.get() > 100, "only {} and {}", wanted.get(), decided.get());
}

#[test]
fn analysis_changes_nothing() {
    each(300, |asking| {
        let Asking { set, request, documents, explanation, analysis, .. } = asking;
        assert_eq!(set.decide(request), explanation.decision);
        assert_eq!(set.simulate(request), explanation.simulation);
        assert_eq!(set.explain(request), *explanation);
        let again = set.analyse_explained(request, explanation, |index| documents.get(index), |_| true);
        assert_eq!(again, *analysis);
        let indexed = set.indexed();
        assert_eq!(indexed.analyse(request, |index| documents.get(index)), *analysis);
        // Without documents less is known, and nothing else is said of what is.
        let blind = set.analyse(request, |_| None);
        assert_eq!((&blind.mfa, blind.flips.len()), (&analysis.mfa, 0));
    });
}

#[test]
fn every_answer_can_be_told() {
    each(200, |asking| {
        let attachment = |document: &PolicyDocument| {
            let source = Source::new("p.json", "");
            let policy = LoadedPolicy::from_document("p", &source, document.clone());
            Attachment { policy: Arc::new(policy), via: None }
        };
        let posed = PosedRequest {
            summary: RequestSummary::of_request(&asking.request),
            policies: asking.set.clone(),
            attachments: asking.documents.iter().map(attachment).collect(),
            request: asking.request.clone(),
            unknown_layers: Vec::new(),
        };
        let answers = [posed.answer(Catalogue::embedded())];
        for width in [40, 120] {
            let style = Style { colour: width == 120, width };
            let text = answer_to_text(&answers[0], Depth::Traced, style);
            assert!(text.contains("layers") && text.contains("decision"), "{text}");
            assert!(!answers_to_table(&answers, style).is_empty());
        }
        let document = format!("{}", answers_to_json(&answers));
        assert!(serde_json::from_str::<serde_json::Value>(&document).is_ok(), "{document}");
    });
}
