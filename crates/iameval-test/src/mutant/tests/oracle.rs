//! Mutants of generated worlds against worlds that are read anew with the mutated text as a policy file.

use super::{as_it_is, ask, load, own_policies, run};
use crate::mutant::change::{PolicyChange, changes};
use crate::mutant::{MutantReport, Mutation};
use iameval::json::Node;
use iameval::{Context, Decision};
use iameval_tests::generate::{Document, Scenario, samples, scenarios};
use iameval_world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ACCOUNT: &str = "111122223333";

/// A world as text: the world file and a file for each policy.
struct Texts {
    world: String,
    policies: Vec<(String, String)>,
}

/// What is asked of a world.
struct Question {
    who: &'static str,
    action: String,
    resource: String,
    context: Context,
}

#[test]
fn survivors_change_nothing_and_others_something() {
    let mut counts = [0, 0, 0];
    for scenario in samples(60, scenarios()) {
        let texts = Texts::new(&scenario);
        let world = texts.load(None);
        let questions = questions(&scenario);
        let probes: Vec<_> = questions.iter().map(|question| as_it_is(question.ask(&world))).collect();
        let report = run(&own_policies(&world), &probes);
        assert_eq!(told(&report), texts.expected(&questions), "{}", texts.world);
        let idle = report.not_in_play.iter().map(|idle| idle.mutants).sum::<usize>();
        for (count, found) in counts.iter_mut().zip([report.noticed, report.survivors.len(), idle]) {
            *count += found;
        }
    }
    assert!(counts.iter().all(|count| *count > 100), "too little was tried: {counts:?}");
}

type Told = (usize, Vec<(String, Mutation, Option<String>, Option<String>)>, Vec<(String, usize)>);

fn told(report: &MutantReport) -> Told {
    let survivors = report.survivors.iter().cloned();
    let idle = report.not_in_play.iter().map(|idle| (idle.policy.clone(), idle.mutants));
    let survivors = survivors.map(|mutant| (mutant.policy, mutant.mutation, mutant.before, mutant.after));
    (report.noticed, survivors.collect(), idle.collect())
}

impl Texts {
    fn new(scenario: &Scenario) -> Self {
        let mut texts = Self { world: String::new(), policies: Vec::new() };
        let identity = texts.add(&scenario.identity);
        let boundary = texts.add(scenario.boundary.as_slice());
        let session = texts.add(&scenario.session);
        let scope_down = texts.add(&scenario.scope_down);
        let resource = texts.add(scenario.resource.as_slice());
        let scps: Vec<_> = scenario.scp.iter().map(|level| texts.add(level)).collect();
        let rcps: Vec<_> = scenario.rcp.iter().map(|level| texts.add(level)).collect();
        // Attached to no one.
        texts.add(scenario.endpoint.as_slice());
        let mut guarded = json!({"role": "app/deploy", "session": "s1", "policies": identity, "session_policies": session,
            "scope_down": scope_down});
        if let Some(boundary) = boundary.first() {
            guarded["boundary"] = json!(boundary);
        }
        let files: serde_json::Map<String, Value> =
            texts.policies.iter().map(|(name, _)| (name.clone(), json!(format!("{name}.json")))).collect();
        let mut world = json!({
            "version": 1,
            "account": ACCOUNT,
            "policies": files,
            "principals": {"guarded": guarded, "plain": {"user": "v", "policies": identity.iter().take(1).collect::<Vec<_>>()}},
        });
        if !scps.is_empty() || !rcps.is_empty() {
            world["organization"] = json!({"id": "o-a1b2c3d4e5", "scps": scps, "rcps": rcps});
        }
        if let (Some(policy), Ok(arn)) = (resource.first(), scenario.asked.resource.parse::<iameval::Arn>()) {
            let account = arn.account_id().map_or(ACCOUNT.to_owned(), |account| account.to_string());
            world["resources"] = json!({"it": {"arn": arn.as_str(), "account": account, "policy": policy}});
        }
        texts.world = world.to_string();
        texts
    }

    /// Adds policies, and gives their names.
    fn add(&mut self, documents: &[Document]) -> Vec<String> {
        let add = |document: &Document| {
            let name = format!("p{}", self.policies.len());
            self.policies.push((name.clone(), document.to_string()));
            name
        };
        documents.iter().map(add).collect()
    }

    /// The world, perhaps with another text for one of the policies.
    fn load(&self, instead: Option<(&str, &str)>) -> World {
        let policies = self.policies.iter().map(|(name, text)| match instead {
            Some((changed, text)) if changed == name => (format!("{name}.json"), text),
            _ => (format!("{name}.json"), text.as_str()),
        });
        let policies: Vec<(String, &str)> = policies.collect();
        let world = [("world.json", self.world.as_str())];
        let files: Vec<_> =
            world.into_iter().chain(policies.iter().map(|(name, text)| (name.as_str(), *text))).collect();
        load(&files)
    }

    /// What becomes of every mutant, by asking everything of a world that is read anew.
    fn expected(&self, questions: &[Question]) -> Told {
        let decide = |world: &World| -> Vec<Decision> {
            let asked = questions.iter().map(|question| question.ask(world));
            asked.map(|asked| asked.set().decide(&asked.request)).collect()
        };
        let world = self.load(None);
        let placed: BTreeSet<String> = {
            let layers = questions.iter().map(|question| question.ask(&world).layers);
            layers
                .flat_map(|layers| {
                    layers.placed().iter().map(|placed| placed.policy.policy.name.clone()).collect::<Vec<_>>()
                })
                .collect()
        };
        let before = decide(&world);
        let mut told = Told::default();
        for policy in own_policies(&world) {
            let tree = policy.document().to_json();
            let changes = changes(&tree, Some(ACCOUNT.parse().unwrap()));
            let mutants = changes.iter().filter_map(|change| Some((change, mutated(change, &tree)?)));
            if !placed.contains(&policy.name) {
                told.2.push((policy.name.clone(), mutants.count()));
                continue;
            }
            for (change, text) in mutants {
                if decide(&self.load(Some((&policy.name, &text)))) == before {
                    let (before, after) = (change.edit.before.clone(), change.edit.after.clone());
                    told.1.push((policy.name.clone(), change.edit.mutation, before, after));
                } else {
                    told.0 += 1;
                }
            }
        }
        told
    }
}

/// The text of a policy after a change. A dropped statement is really gone.
fn mutated<'d>(change: &PolicyChange<'d>, tree: &Node<'d>) -> Option<String> {
    if change.edit.mutation != Mutation::DropStatement {
        return Some(change.document(tree)?.to_string());
    }
    let mut value: Value = serde_json::from_str(&tree.to_string()).unwrap();
    match &mut value["Statement"] {
        Value::Array(statements) => _ = statements.remove(change.statement),
        only => *only = json!([]),
    }
    Some(value.to_string())
}

/// Requests about what the policies are about, by both principals, in two contexts.
fn questions(scenario: &Scenario) -> Vec<Question> {
    const MANY: usize = 3;
    let concrete = |text: &str| text.replace(['*', '?'], "x");
    let documents =
        || scenario.identity.iter().chain(&scenario.resource).chain(&scenario.boundary).map(Document::parse);
    let mut actions: BTreeSet<String> = BTreeSet::new();
    let mut resources: BTreeSet<String> = BTreeSet::new();
    for document in documents() {
        for statement in document.statements() {
            actions.extend(
                statement.action().patterns().map(concrete).filter(|text| text.parse::<iameval::Action>().is_ok()),
            );
            resources.extend(statement.resource().into_iter().flat_map(|resource| resource.patterns().map(concrete)));
        }
    }
    resources.retain(|text| text.parse::<iameval::Arn>().is_ok());
    let mut given = Context::new();
    for (key, value) in &scenario.asked.context {
        match value {
            Some(value) => given.insert(key, value.to_value()),
            None => given.insert_absent(key),
        }
    }
    let actions: Vec<String> =
        std::iter::once(scenario.asked.action.to_owned()).chain(actions.into_iter().take(MANY)).collect();
    let resources: Vec<String> =
        std::iter::once(scenario.asked.resource.to_owned()).chain(resources.into_iter().take(MANY)).collect();
    let mut questions = Vec::new();
    for who in ["guarded", "plain"] {
        for action in &actions {
            for resource in &resources {
                for context in [&given, &Context::new()] {
                    let (action, resource, context) = (action.clone(), resource.clone(), context.clone());
                    questions.push(Question { who, action, resource, context });
                }
            }
        }
    }
    questions
}

impl Question {
    fn ask(&self, world: &World) -> crate::AskedRequest {
        ask(world, self.who, &self.action, &self.resource, &self.context)
    }
}
