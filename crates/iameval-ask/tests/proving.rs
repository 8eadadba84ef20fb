//! Claims about a world: which policies bind a request depends on its resource.

#![expect(clippy::unwrap_used, reason = "what fails here is a failed test")]

use iameval::{Decision, Mfa};
use iameval_ask::{Asker, ClaimQuestion, ClaimVerdict, ProvedClaim, Question, Unproved};
use iameval_data::Catalogue;
use iameval_prove::{ClaimError, Expectation, Prover};
use iameval_world::{Files, Finding, Source, World};
use std::path::Path;
use std::sync::Arc;

const WORLD: &str = r#"
account: "111122223333"
policies:
  worker:
    Statement:
      - { Sid: Work, Effect: Allow, Action: ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "sts:AssumeRole"], Resource: "*" }
      - { Sid: Tagged, Effect: Allow, Action: "iam:TagRole", Resource: "*", Condition: { StringEquals: { "aws:ResourceTag/team": red } } }
  closed: { Statement: { Sid: Closed, Effect: Deny, Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::closed/*" } }
  open: { Statement: { Sid: Open, Effect: Allow, Principal: "*", Action: "s3:DeleteObject", Resource: "arn:aws:s3:::open/*" } }
  inner: { Statement: { Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "*" } }
  no-queues: { Statement: { Sid: NoQueues, Effect: Deny, Principal: "*", Action: "sqs:*", Resource: "*" } }
principals:
  ann: { user: ann, policies: [worker] }
  red:
    role: red
    tags: { team: red }
    trust: { Statement: { Effect: Deny, Principal: "*", Action: "sts:AssumeRole" } }
  blue: { role: blue, tags: { team: blue } }
resources:
  closed: { arn: "arn:aws:s3:::closed", policy: closed }
  open: { arn: "arn:aws:s3:::open", policy: open }
  inner: { arn: "arn:aws:s3:::closed/inner", policy: inner }
  plain: { arn: "arn:aws:s3:::plain" }
organization: { id: o-a1b2c3d4e5, path: o-a1b2c3d4e5/r-ab12/ }
accounts:
  "111122223333": {}
  "444455556666": { rcps: [[no-queues]] }
defaults: { principal: ann }
"#;

struct OneFile;

impl Files for OneFile {
    fn read(&self, _: &Path) -> Result<Arc<Source>, Finding> {
        Ok(Source::new("world.yaml", WORLD))
    }
}

fn world() -> World {
    World::load(&OneFile, &["world.yaml".into()]).unwrap()
}

fn owned(texts: &str) -> Vec<String> {
    texts.split_whitespace().map(str::to_owned).collect()
}

/// A claim about actions and resources, `-` in front of what is left out.
fn claim(expect: Expectation, actions: &str, resources: &str) -> ClaimQuestion {
    let parted = |texts: &str| {
        let (out, within): (Vec<String>, Vec<String>) =
            owned(texts).into_iter().partition(|text| text.starts_with('-'));
        (within, out.iter().map(|text| text.trim_start_matches('-').to_owned()).collect())
    };
    let (actions, except_actions) = parted(actions);
    let (resources, except_resources) = parted(resources);
    ClaimQuestion { actions, except_actions, resources, except_resources, ..ClaimQuestion::new(expect) }
}

fn prove(world: &World, question: &ClaimQuestion) -> Result<ProvedClaim, Unproved> {
    Asker::new(world, Catalogue::embedded()).prove(&Prover::new(Catalogue::embedded()), question)
}

/// `holds: what closes it`, or `refuted on RESOURCE`.
fn verdict(proved: &ProvedClaim) -> String {
    match &proved.verdict {
        ClaimVerdict::Holds(closed) => {
            let name = |closed: &iameval_ask::Closed| match closed.statement() {
                Some(placed) => placed.origin.sid.unwrap_or("?").to_owned(),
                None => "no allow".into(),
            };
            let mut names: Vec<String> = closed.iter().map(name).collect();
            names.sort();
            format!("holds: {}", names.join(", "))
        }
        ClaimVerdict::Refuted(refuted) => format!("refuted on {}", refuted.counterexample.request.resource()),
        ClaimVerdict::Unknown(_) => "unknown".into(),
    }
}

#[test]
fn policies_bind_their_own_resources() {
    use Expectation::{Allow, Deny, ExplicitDeny};
    let world = world();
    for (expect, actions, resources, expected) in [
        (Deny, "s3:PutObject", "closed/* -closed/inner -closed/inner/*", "holds: Closed"),
        (Deny, "s3:PutObject", "arn:aws:s3:::closed/a*", "holds: Closed"),
        (Deny, "s3:PutObject", "arn:aws:s3:::c*/a", "refuted on arn:aws:s3:::c"),
        (Deny, "s3:PutObject", "closed/*", "refuted on arn:aws:s3:::closed/inner"),
        (Allow, "s3:PutObject", "plain/* -plain/x", "holds: "),
        (Allow, "s3:PutObject", "arn:aws:s3:::p* closed/x", "refuted on arn:aws:s3:::closed/x"),
        (Deny, "s3:DeleteObject", "", "refuted on arn:aws:s3:::open/"),
        (Deny, "s3:DeleteObject", "-open/* -arn:aws:s3:::open", "holds: no allow"),
        (Deny, "s3:DeleteObject", "arn:aws:s3:::op?n", "holds: no allow"),
        // What an account owns is under its RCPs.
        (ExplicitDeny, "sqs:SendMessage", "arn:aws:sqs:us-east-1:444455556666:*", "holds: NoQueues"),
        // `*` runs over colons.
        (ExplicitDeny, "sqs:SendMessage", "arn:aws:sqs:*:444455556666:*", "refuted on "),
        (Allow, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:*", "holds: "),
        (ExplicitDeny, "sqs:SendMessage", "", "refuted on "),
        // Tags are those of one ARN, and so is a trust policy, which actions of STS alone are asked of.
        (Allow, "iam:TagRole", "arn:aws:iam::111122223333:role/red", "holds: "),
        (Deny, "iam:TagRole", "arn:aws:iam::111122223333:role/blue", "holds: no allow"),
        (Deny, "iam:TagRole", "arn:aws:iam::111122223333:role/*", "refuted on arn:aws:iam::111122223333:role/"),
        (Deny, "sts:*", "arn:aws:iam::111122223333:role/red", "holds: "),
        (Allow, "sts:AssumeRole", "arn:aws:iam::111122223333:role/blue", "holds: "),
    ] {
        let proved = prove(&world, &claim(expect, actions, resources)).unwrap();
        let found = verdict(&proved);
        assert!(found.starts_with(expected), "{expect:?} {actions} on {resources}: {found}");
    }
}

#[test]
fn a_counterexample_is_answered_as_a_question_is() {
    let world = world();
    let asker = Asker::new(&world, Catalogue::embedded());
    for (expect, actions, resources) in [
        (Expectation::Deny, "*", ""),
        (Expectation::Allow, "s3:PutObject", ""),
        (Expectation::Allow, "sts:AssumeRole", ""),
        (Expectation::Deny, "iam:*", ""),
        (Expectation::ImplicitDeny, "sqs:SendMessage", "arn:aws:sqs:*:444455556666:*"),
    ] {
        let proved = prove(&world, &claim(expect, actions, resources)).unwrap();
        let ClaimVerdict::Refuted(refuted) = &proved.verdict else { panic!("{actions}: {}", verdict(&proved)) };
        let request = &refuted.counterexample.request;
        let question = Question {
            actions: vec![request.action().to_string()],
            resources: vec![request.resource().to_owned()],
            context: request.context().clone(),
            ..Question::default()
        };
        let posed = asker.pose(&question).unwrap();
        let alone = posed.requests[0].policies.clone().without_service_rules();
        assert_eq!(
            alone.decide(&posed.requests[0].request),
            refuted.counterexample.simulation.decision,
            "{actions} on {}",
            request.resource()
        );
    }
}

#[test]
fn a_claim_that_holds_holds_for_questions() {
    let world = world();
    let asker = Asker::new(&world, Catalogue::embedded());
    let resources = [
        "arn:aws:s3:::closed/a",
        "arn:aws:s3:::closed/inner",
        "arn:aws:s3:::closed/inner/a",
        "arn:aws:s3:::open/a",
        "arn:aws:s3:::plain",
        "arn:aws:sqs:eu-west-1:444455556666:q",
        "arn:aws:sqs:eu-west-1:111122223333:q",
        "arn:aws:sqs:eu-west-1:999999999999:q",
        "arn:aws:iam::111122223333:role/red",
        "arn:aws:iam::111122223333:role/blue",
        "arn:aws:iam::111122223333:role/green",
    ];
    let mut held = 0;
    for action in
        ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "sqs:SendMessage", "iam:TagRole", "sts:AssumeRole"]
    {
        for resource in resources {
            let question =
                Question { actions: vec![action.into()], resources: vec![resource.into()], ..Question::default() };
            let posed = &asker.pose(&question).unwrap().requests[0];
            let decision = posed.policies.clone().without_service_rules().decide(&posed.request);
            for (expect, fits) in [
                (Expectation::Allow, decision == Decision::Allowed),
                (Expectation::Deny, decision != Decision::Allowed),
                (Expectation::ExplicitDeny, decision == Decision::ExplicitDeny),
                (Expectation::ImplicitDeny, decision == Decision::ImplicitDeny),
            ] {
                let proved = prove(&world, &claim(expect, action, resource)).unwrap();
                let holds = matches!(proved.verdict, ClaimVerdict::Holds(_));
                assert!(!holds || fits, "{expect:?} {action} on {resource}: {decision:?}");
                held += usize::from(holds);
            }
        }
    }
    assert!(held > 60, "{held}");
}

#[test]
fn states_of_mfa_are_alternatives() {
    let example = iameval_world::Example::find("force-mfa").unwrap();
    let world = World::load(example, &[example.world().into()]).unwrap();
    for (states, holds) in [
        (vec![Mfa::False, Mfa::Absent], true),
        (vec![Mfa::Absent], true),
        (vec![Mfa::TRUE], false),
        (vec![Mfa::TRUE, Mfa::Absent], false),
        (vec![], false),
    ] {
        let question = ClaimQuestion { mfa: states.clone(), ..claim(Expectation::Deny, "ec2:*", "") };
        let question = ClaimQuestion { principal: Some("john.doe".into()), ..question };
        let proved = prove(&world, &question).unwrap();
        assert_eq!(matches!(proved.verdict, ClaimVerdict::Holds(_)), holds, "{states:?}");
    }
}

#[test]
fn empty_scopes_and_unknown_names_are_refused() {
    let world = world();
    for (actions, resources) in [("s3:* -s3:*", ""), ("s3:*", "closed -arn:aws:s3:::*")] {
        let unproved = prove(&world, &claim(Expectation::Deny, actions, resources)).unwrap_err();
        assert!(matches!(unproved, Unproved::Claim(ClaimError::EmptyScope(_))), "{actions} {resources}: {unproved:?}");
    }
    for (actions, resources) in [("s3", ""), ("s3:*", "nothing"), ("s3:*", "-nothing")] {
        let unproved = prove(&world, &claim(Expectation::Deny, actions, resources)).unwrap_err();
        assert!(matches!(unproved, Unproved::Refused(_)), "{actions} {resources}: {unproved:?}");
    }
}
