//! Claims notice mutants.

use super::load_tests;
use crate::mutant::{MutantReport, MutantRun, Mutation};
use crate::{Decision, Failure, FileRun, Status};
use iameval_world::Example;
use std::num::NonZero;

fn try_mutants(run: &FileRun<'_>) -> MutantReport {
    assert_eq!(run.failed(), 0, "{:#?}", run.outcomes);
    let run_of = MutantRun { policies: &run.own_policies(&[]), jobs: NonZero::<usize>::MIN, progress: &|_, _| {} };
    run_of.run(&run.passed_cases().unwrap(), &run.passed_claims().unwrap())
}

/// The mutants of a test file that survive.
fn of_tests(text: &str, world: &str) -> MutantReport {
    let file = load_tests(&[("t.iamtest.yaml", text), ("w.yaml", world)]);
    try_mutants(&file.run_all().unwrap())
}

fn of_force_mfa(cases: &str) -> MutantReport {
    let text = format!("use: world.yaml\ntests:{cases}");
    let example = Example::find("force-mfa").unwrap();
    let mut files = vec![("t.iamtest.yaml", text.as_str())];
    example.files().for_each(|file| files.push(file));
    try_mutants(&load_tests(&files).run_all().unwrap())
}

/// What is changed in a statement so that nobody notices: what goes, what comes.
fn survivors(report: &MutantReport, statement: &str) -> Vec<(Mutation, String, String)> {
    let survivors = report.survivors.iter().filter(|mutant| mutant.statement == statement);
    let shown = |text: &Option<String>| text.clone().unwrap_or_default();
    survivors.map(|mutant| (mutant.mutation, shown(&mutant.before), shown(&mutant.after))).collect()
}

const FORCE: &str = "force-mfa#BlockEverythingUnlessSignedInWithMFA";

const WITH_MFA: &str = "
  - { name: with MFA, action: 'ec2:DescribeInstances', resource: '*', mfa: true, expect: allow }";

const WITHOUT_MFA: &str = "
  - name: without MFA nothing but the password and the device
    actions: '*'
    except_actions: [iam:ChangePassword, iam:CreateVirtualMFADevice, iam:DeleteVirtualMFADevice, iam:EnableMFADevice,
      iam:ListMFADevices, iam:ListUsers, iam:ListVirtualMFADevices]
    mfa: [false, absent]
    prove: deny";

#[test]
fn a_claim_notices_what_the_cases_do_not() {
    let (without, with) = (of_force_mfa(WITH_MFA), of_force_mfa(&format!("{WITH_MFA}{WITHOUT_MFA}")));
    let (without, with) = (survivors(&without, FORCE), survivors(&with, FORCE));
    let noticed = [
        (Mutation::DropStatement, ""),
        (Mutation::AddNotAction, "\"iam:*\""),
        (Mutation::SwapResource, "\"NotResource\""),
        (Mutation::SwapIfExists, "\"Bool\""),
    ];
    for (mutation, after) in noticed {
        let is_it = |survivor: &&(Mutation, String, String)| survivor.0 == mutation && survivor.2 == after;
        assert!(without.iter().any(|survivor| is_it(&survivor)), "{mutation:?}: {without:#?}");
        assert!(!with.iter().any(|survivor| is_it(&survivor)), "{mutation:?}: {with:#?}");
    }
    // The claim leaves out what the statement spares, so that it may spare less.
    let spared = with.iter().filter(|(mutation, ..)| *mutation == Mutation::DropNotAction);
    assert_eq!(spared.count(), 7, "{with:#?}");
}

const WORLD: &str = "
account: '123456789012'
policies:
  all: { Statement: { Effect: Allow, Action: '*', Resource: '*' } }
  fence:
    Statement:
      - { Sid: One, Effect: Deny, Action: 's3:*', Resource: '*' }
      - { Sid: Two, Effect: Deny, Action: 's3:Put*', Resource: '*' }
  keep: { Statement: { Effect: Deny, Action: 's3:Delete*', Resource: '*' } }
principals:
  jane: { user: jane, policies: [all, fence] }
  john: { user: john, policies: [all, keep] }
resources:
  logs:
    arn: arn:aws:s3:::logs
    policy: { Statement: { Sid: Keep, Effect: Deny, Principal: '*', Action: 's3:DeleteBucket', Resource: 'arn:aws:s3:::logs' } }
defaults: { principal: jane }
";

#[test]
fn a_claim_notices_that_another_statement_closes_it() {
    let claim = |more: &str| {
        let text = format!("use: w.yaml\ntests: [{{ name: x, actions: 's3:PutObject', prove: deny{more} }}]");
        let report = of_tests(&text, WORLD);
        let dropped = |name| survivors(&report, name).iter().any(|(mutation, ..)| *mutation == Mutation::DropStatement);
        [dropped("fence#One"), dropped("fence#Two")]
    };
    assert_eq!(claim(""), [true, true]);
    assert_eq!(claim(", because: Two"), [true, false]);
}

#[test]
fn only_claims_that_read_a_policy_have_it_in_play() {
    let text = "use: w.yaml\ntests: [{ name: x, actions: 's3:Put*', resources: 'arn:aws:s3:::b/*', prove: deny }]";
    let report = of_tests(text, WORLD);
    let idle: Vec<&str> = report.not_in_play.iter().map(|idle| idle.policy.as_str()).collect();
    assert_eq!(idle, ["keep", "logs:policy"]);
    assert_eq!(survivors(&report, "fence#One").len(), 3);
}

#[test]
fn the_policy_of_one_resource_is_changed_for_that_resource() {
    let text = "use: w.yaml\ntests: [{ name: x, principal: john, actions: 's3:DeleteBucket', prove: explicit }]";
    let report = of_tests(text, WORLD);
    // What the policy of the bucket denies, the other one denies as well; for other buckets it is alone.
    assert_eq!(survivors(&report, "logs:policy#Keep").len(), 3, "{report:#?}");
    assert_eq!(survivors(&report, "keep, statement 1"), [], "{report:#?}");
}

const UNDECIDED: &str = "
account: '123456789012'
principals:
  jane:
    user: jane
    policies:
      - Statement:
          - Sid: Mixed
            Effect: Allow
            Action: '*'
            Resource: '*'
            Condition: { StringLike: { 'x:k': '2*' }, NumericEquals: { 'x:k': '1' } }
          - { Sid: Nothing, Effect: Deny, Action: '*', Resource: '*' }
";

#[test]
fn what_cannot_be_decided_is_not_noticed() {
    let text = "use: w.yaml\ntests: [{ name: x, actions: 's3:*', prove: deny }]";
    let alone = UNDECIDED.replace("Deny, Action: '*'", "Deny, Action: 'x:y'");
    let file = load_tests(&[("t.iamtest.yaml", text), ("w.yaml", &alone)]);
    let status = file.run_all().unwrap().outcomes[0].status.clone();
    assert_eq!(status, Status::Failed(Decision::ImplicitDeny, Failure::Unproved));
    let report = of_tests(text, UNDECIDED);
    let found = survivors(&report, "jane:0#Nothing");
    assert!(found.iter().any(|(mutation, ..)| *mutation == Mutation::DropStatement), "{report:#?}");
}

#[test]
fn a_claim_that_must_fail_notices_nothing() {
    let text = "use: w.yaml\ntests: [{ name: x, actions: '*', prove: deny, xfail: later }]";
    let report = of_tests(text, WORLD);
    assert_eq!((report.tried(), report.not_in_play.len()), (0, 4));
}
