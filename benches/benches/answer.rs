//! What does an answer cost that says everything: decide, explain every element, look for near misses and for changes
//! that turn the decision, and write it down? Under 5 ms for a set of 1,000 statements, whatever the decision is.
//!
//! W3-1000, by decision: its requests are allowed or implicitly denied; the explicit denies are those without MFA once
//! the policy that denies nearly everything without it (`fixtures/force-mfa`) is attached as well. Policies are loaded and
//! compiled beforehand, as a command does before it answers. The throughput is requests.

// For its allocator, which is that of the program.
use iameval_benches as _;

use criterion::{Criterion, Throughput};
use iameval::{Decision, Mfa, PolicySet, Request};
use iameval_ask::{Answer, Attachment, PosedRequest, RequestSummary};
use iameval_data::Catalogue;
use iameval_report::{Depth, Style, answer_to_text, answers_to_json};
use iameval_tests::workload::{Workload, assemble};
use iameval_world::{LoadedPolicy, Source};
use std::hint::black_box;
use std::sync::Arc;

/// How many requests of each kind: enough for a mix, few enough to be done in a second.
const REQUESTS: usize = 60;

/// The policies as a front end holds them.
struct Scene {
    policies: PolicySet,
    attachments: Arc<[Attachment]>,
}

impl Scene {
    fn new(workload: &Workload) -> Self {
        let attachment = |(document, name): (_, &str)| {
            let (text, parsed): (&String, _) = document;
            let policy = LoadedPolicy::from_document(name, &Source::new(name, text), parsed);
            Attachment { policy: Arc::new(policy), via: None }
        };
        let documents = workload.documents.iter().map(|document| ((&document.text, document.parse()), &*document.name));
        Self { policies: assemble(workload.compiled()), attachments: documents.map(attachment).collect() }
    }

    fn answer(&self, request: &Request) -> Answer {
        let (policies, attachments) = (self.policies.clone(), self.attachments.clone());
        let summary = RequestSummary::of_request(request);
        PosedRequest { summary, policies, attachments, request: request.clone(), unknown_layers: Vec::new() }
            .answer(Catalogue::embedded())
    }
}

fn answer(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("answer");
    let style = Style { colour: true, width: 120 };
    for decision in [Decision::Allowed, Decision::ExplicitDeny, Decision::ImplicitDeny] {
        let mut workload = Workload::synthetic(1_000);
        if decision == Decision::ExplicitDeny {
            let guard = Workload::force_mfa().documents.into_iter().filter(|document| document.name == "force-mfa");
            workload.documents.extend(guard);
            workload.questions.iter_mut().for_each(|question| question.mfa = Mfa::False);
        }
        let scene = Scene::new(&workload);
        let requests = workload.requests().into_iter();
        let requests = requests.filter(|request| scene.policies.decide(request) == decision);
        let requests: Vec<Request> = requests.take(REQUESTS).collect();
        assert_eq!(requests.len(), REQUESTS, "of {}", decision.as_str());
        group.throughput(Throughput::Elements(requests.len() as u64));
        let mut measure = |what: &str, run: &dyn Fn(&Request)| {
            group.bench_function(format!("{}/{}/{what}", workload.name, decision.as_str()), |bencher| {
                bencher.iter(|| requests.iter().for_each(|request| run(black_box(request))));
            });
        };
        measure("text", &|request| {
            let _ = black_box(answer_to_text(&scene.answer(request), Depth::Explained, style));
        });
        measure("json", &|request| {
            let _ = black_box(format!("{:#}", answers_to_json(&[scene.answer(request)])));
        });
        measure("trace", &|request| {
            let _ = black_box(answer_to_text(&scene.answer(request), Depth::Traced, style));
        });
        let documents = &scene.attachments;
        measure("explain and analyse", &|request| {
            let document = |index: usize| documents.get(index).map(|attachment| attachment.policy.document());
            let _ = black_box(scene.policies.analyse(request, document));
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    answer(&mut criterion);
    criterion.final_summary();
}
