//! Mutants of whole worlds.

use super::{Expected, as_it_is, ask, load, own_policies, run, with_mfa};
use crate::mutant::{MutantReport, MutantRun, Mutation, PolicyNotInPlay, Probe, mutants_to_text};
use crate::{AskedRequest, Reason};
use iameval::{Context, Decision, Mfa, PolicySet};
use iameval_report::Style;
use iameval_world::{Example, World};
use std::num::NonZero;
use std::sync::Mutex;

const PLAIN: Style = Style { colour: false, width: 200 };

fn force_mfa() -> World {
    let example = Example::find("force-mfa").unwrap();
    World::load(example, &[example.world().to_owned()]).unwrap()
}

/// The table of `fixtures/force-mfa/policies.iamtest.yaml`, and its second case; but for the states left out.
fn table(world: &World, states: &[Mfa]) -> Vec<Expected> {
    use Decision::{Allowed, ExplicitDeny, ImplicitDeny};
    let rows = [
        ("john.doe", "iam:ChangePassword", "self", [Allowed, Allowed, Allowed]),
        ("john.doe", "iam:GetAccountPasswordPolicy", "*", [Allowed, ExplicitDeny, ExplicitDeny]),
        ("john.doe", "iam:EnableMFADevice", "self", [Allowed, Allowed, Allowed]),
        ("john.doe", "ec2:DescribeInstances", "*", [Allowed, ExplicitDeny, ExplicitDeny]),
        ("john.doe", "iam:CreateUser", "self", [ImplicitDeny, ExplicitDeny, ExplicitDeny]),
        ("john.without-attached-policy", "iam:ChangePassword", "self", [ImplicitDeny, ImplicitDeny, ImplicitDeny]),
    ];
    let cells = rows.into_iter().flat_map(|(who, action, resource, row)| {
        let columns = [Mfa::TRUE, Mfa::False, Mfa::Absent].into_iter().zip(row);
        columns
            .filter(|(mfa, _)| states.contains(mfa))
            .map(move |(mfa, decision)| (who, action, resource, mfa, decision))
    });
    let expected = |(who, action, resource, mfa, decision)| Expected {
        asked: ask(world, who, action, resource, &with_mfa(mfa)),
        decision,
    };
    cells.map(expected).collect()
}

/// The survivors in the policies called so, as text without the word in front.
fn survivors(report: &MutantReport, policy: &str) -> Vec<String> {
    let text = mutants_to_text(report, PLAIN);
    let of_policy = report.survivors.iter().zip(text.lines()).filter(|(mutant, _)| mutant.policy == policy);
    of_policy.map(|(_, line)| line.strip_prefix("survived  ").unwrap().to_owned()).collect()
}

const DROPPED_IF_EXISTS: &str = "force-mfa/policies/force-mfa.json:39:9  force-mfa#BlockEverythingUnlessSignedInWithMFA  \
                                 - \"BoolIfExists\"  + \"Bool\"";

#[test]
fn the_table_notices_that_if_exists_is_dropped() {
    let world = force_mfa();
    let probes = table(&world, &[Mfa::TRUE, Mfa::False, Mfa::Absent]);
    assert!(probes.iter().all(|probe| probe.asked.set().decide(&probe.asked.request) == probe.decision));
    let report = run(&own_policies(&world), &probes);
    let found = survivors(&report, "force-mfa");
    assert!(!found.iter().any(|line| line == DROPPED_IF_EXISTS), "{found:#?}");
    assert!(found.iter().any(|line| line.ends_with("- \"iam:ListUsers\"")), "no case asks for it: {found:#?}");
    assert!(!found.iter().any(|line| line.ends_with("- \"iam:ChangePassword\"")), "{found:#?}");
    assert_eq!(report.not_in_play, []);
}

#[test]
fn without_the_column_for_an_absent_key_nobody_notices() {
    let world = force_mfa();
    let report = run(&own_policies(&world), &table(&world, &[Mfa::TRUE, Mfa::False]));
    assert!(survivors(&report, "force-mfa").contains(&DROPPED_IF_EXISTS.to_owned()));
}

#[test]
fn cases_that_fail_anyway_notice_nothing() {
    let world = force_mfa();
    let mut probes = table(&world, &[Mfa::TRUE, Mfa::False]);
    let mut failing = table(&world, &[Mfa::Absent]);
    for probe in &mut failing {
        let right = probe.decision;
        probe.decision = if right == Decision::Allowed { Decision::ImplicitDeny } else { Decision::Allowed };
    }
    let without = run(&own_policies(&world), &probes);
    probes.append(&mut failing);
    assert_eq!(run(&own_policies(&world), &probes), without);
}

const INLINE: &str = "
account: \"123456789012\"
principals:
  jane:
    user: jane
    policies:
      - Statement:
          - Sid: Ünï
            Effect: Allow
            NotAction: [s3:PutObject]
            Resource: '*'
      - { Statement: { Effect: Deny, Action: 's3:Get*', Resource: '*',
            Condition: { StringLike: { 'aws:PrincipalTag/team': 'a*' } } } }
";

#[test]
fn policies_in_a_world_file_have_their_place_there() {
    let world = load(&[("w.yaml", INLINE)]);
    let mut tagged = Context::new();
    tagged.insert("aws:PrincipalTag/team", "abc");
    let probes = [as_it_is(ask(&world, "jane", "s3:GetObject", "arn:aws:s3:::b/k", &tagged))];
    assert_eq!(probes[0].decision, Decision::ExplicitDeny);
    let text = mutants_to_text(&run(&own_policies(&world), &probes), PLAIN);
    assert_eq!(
        text,
        "\
survived  w.yaml:8:13  jane:0#Ünï  - {\"Sid\":\"Ünï\",\"Effect\":\"Allow\",\"NotAction\":[\"s3:PutObject\"],\"Resource\":\"*\"}
survived  w.yaml:9:21  jane:0#Ünï  - \"Allow\"  + \"Deny\"
survived  w.yaml:10:25  jane:0#Ünï  + \"s3:*\"
survived  w.yaml:11:13  jane:0#Ünï  - \"Resource\"  + \"NotResource\"
survived  w.yaml:13:26  jane:1, statement 1  - \"StringLike\":{\"aws:PrincipalTag/team\":\"a*\"}
4 of 9 mutants noticed
"
    );
}

#[test]
fn lines_are_cut_and_harmless() {
    let world = load(&[("w.yaml", INLINE)]);
    let probes = [as_it_is(ask(&world, "jane", "s3:GetObject", "arn:aws:s3:::b/k", &Context::new()))];
    let mut report = run(&own_policies(&world), &probes);
    report.survivors.truncate(1);
    report.survivors[0].statement = "a\u{1b}[31m\nb".into();
    let narrow = mutants_to_text(&report, Style { colour: false, width: 80 });
    let first = narrow.lines().next().unwrap();
    assert!(first.ends_with("..."), "{first}");
    assert!(first.contains("a\\u{1b}[31m b"), "{first}");
    let side = first.split("  - ").nth(1).unwrap();
    assert_eq!(side.chars().count(), 80, "an ARN would be whole: {first}");
    let wide = mutants_to_text(&report, Style { colour: false, width: 140 });
    assert_eq!(wide.lines().next().unwrap().chars().count(), 140, "{wide}");
    let painted = mutants_to_text(&report, Style { colour: true, width: 80 });
    assert!(painted.contains("\u{1b}[33msurvived\u{1b}"), "{painted:?}");
}

const TWICE: &str = "
account: \"123456789012\"
policies:
  both: { Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } }
  all: { Statement: { Effect: Allow, Action: '*', Resource: '*' } }
principals:
  jane: { user: jane, policies: [both], boundary: both }
  john: { user: john, policies: [all], boundary: both }
  mary: { user: mary, policies: [all] }
";

#[test]
fn a_policy_that_is_attached_twice_is_changed_in_both_places() {
    let world = load(&[("w.yaml", TWICE)]);
    let both = [own_policies(&world)[0].clone()];
    assert_eq!(both[0].name, "both");
    let get = |who| as_it_is(ask(&world, who, "s3:GetObject", "arn:aws:s3:::b/k", &Context::new()));
    let jane = get("jane");
    assert_eq!(jane.asked.layers.placed().iter().count(), 2);
    // Dropping, flipping and swapping take the permission away, as identity policy and as boundary.
    let report = run(&both, &[jane]);
    assert_eq!((report.noticed, report.survivors.len()), (3, 0));
    let report = run(&both, &[get("john")]);
    assert_eq!((report.noticed, report.survivors.len()), (3, 0));
    let report = run(&both, &[get("mary")]);
    let idle = PolicyNotInPlay { policy: "both".into(), file: "w.yaml".into(), mutants: 3 };
    assert_eq!(report, MutantReport { noticed: 0, survivors: Vec::new(), not_in_play: vec![idle] });
    assert_eq!(
        mutants_to_text(&report, PLAIN),
        "not used  w.yaml  both  no passing case uses it, and it has 3 mutants\n0 of 0 mutants noticed\n"
    );
}

const NUMBERED: &str = "
account: \"123456789012\"
policies:
  p:
    Statement:
      - { Effect: Deny, Action: 'iam:*', Resource: '*' }
      - { Effect: Allow, Action: 's3:*', Resource: '*' }
      - { Effect: Allow, Action: 's3:Get*', Resource: '*' }
principals:
  jane: { user: jane, policies: [p] }
";

/// A request that the second statement must allow.
struct BySecond(AskedRequest);

impl Probe for BySecond {
    fn asked(&self) -> &AskedRequest {
        &self.0
    }

    fn passes(&self, policies: &PolicySet) -> bool {
        let simulation = policies.simulate(&self.0.request);
        simulation.decision == Decision::Allowed && Reason::parse("p[2]").fits(&simulation, policies)
    }
}

#[test]
fn a_statement_that_is_named_by_its_number_stays_the_same() {
    let world = load(&[("w.yaml", NUMBERED)]);
    let probe = BySecond(ask(&world, "jane", "s3:GetObject", "arn:aws:s3:::b/k", &Context::new()));
    let report = run(&own_policies(&world), &[probe]);
    let dropped = report.survivors.iter().filter(|mutant| mutant.mutation == Mutation::DropStatement);
    let dropped: Vec<&str> = dropped.map(|mutant| mutant.statement.as_str()).collect();
    assert_eq!(dropped, ["p, statement 1", "p, statement 3"]);
}

const LEVELS: &str = "
account: \"123456789012\"
policies:
  root: { Statement: { Effect: Allow, Action: '*', Resource: '*' } }
  deny: { Statement: { Effect: Deny, Action: 'iam:*', Resource: '*' } }
  leaf: { Statement: { Effect: Allow, Action: '*', Resource: '*' } }
principals:
  jane: { user: jane, policies: [{ Statement: { Effect: Allow, Action: '*', Resource: '*' } }] }
organization: { id: o-a1b2c3d4e5, scps: [[root], [], [leaf, deny, root]] }
";

#[test]
fn levels_stay_what_they_are() {
    // A level without policies allows nothing, whatever is changed elsewhere.
    let world = load(&[("w.yaml", LEVELS)]);
    let get = |world: &World, action| as_it_is(ask(world, "jane", action, "*", &Context::new()));
    let probe = get(&world, "s3:ListAllMyBuckets");
    assert_eq!(probe.decision, Decision::ImplicitDeny);
    let report = run(&own_policies(&world)[..1], &[probe]);
    // A flipped effect makes the deny an explicit one.
    assert_eq!((report.noticed, report.survivors.len()), (1, 2));

    let world = load(&[("w.yaml", &LEVELS.replace("[], ", ""))]);
    let own = own_policies(&world);
    let policies: Vec<_> = own.into_iter().filter(|policy| policy.name != "jane:0").collect();
    let probes = [get(&world, "s3:ListAllMyBuckets"), get(&world, "iam:ListUsers")];
    assert_eq!(
        probes.iter().map(|probe| probe.decision).collect::<Vec<_>>(),
        [Decision::Allowed, Decision::ExplicitDeny]
    );
    let report = run(&policies, &probes);
    // `root` is attached to two levels, in the second of which `leaf` allows as well.
    assert_eq!(survivors(&report, "root"), Vec::<String>::new());
    assert_eq!(
        survivors(&report, "leaf"),
        [
            "w.yaml:6:22  leaf, statement 1  - {\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}",
            "w.yaml:6:52  leaf, statement 1  - \"Resource\"  + \"NotResource\"",
        ]
    );
    assert_eq!(survivors(&report, "deny"), Vec::<String>::new());
}

#[test]
fn worlds_of_the_same_files_share_their_policies() {
    let worlds = [load(&[("w.yaml", TWICE)]), load(&[("w.yaml", TWICE)])];
    let policies: Vec<_> = worlds.iter().flat_map(own_policies).collect();
    let probes = [
        as_it_is(ask(&worlds[0], "mary", "iam:ListUsers", "*", &Context::new())),
        as_it_is(ask(&worlds[1], "john", "s3:ListAllMyBuckets", "*", &Context::new())),
    ];
    let report = run(&policies, &probes);
    assert_eq!((report.noticed, report.survivors.len(), report.not_in_play.len()), (6, 0, 0));
    // Another file is another policy.
    let other = load(&[("v.yaml", TWICE)]);
    let policies: Vec<_> = [&worlds[0], &other].into_iter().flat_map(own_policies).collect();
    let probes = [as_it_is(ask(&other, "john", "s3:ListAllMyBuckets", "*", &Context::new()))];
    let report = run(&policies, &probes);
    let idle: Vec<&str> = report.not_in_play.iter().map(|idle| idle.file.as_str()).collect();
    assert_eq!((report.noticed, idle), (6, vec!["w.yaml", "w.yaml"]));
}

#[test]
fn a_file_may_have_a_name_in_each_world() {
    let policy = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    let named = |name: &str| {
        let principal = format!("jane: {{ user: jane, policies: [{name}] }}");
        let text = format!("account: \"123456789012\"\npolicies: {{ {name}: p.json }}\nprincipals:\n  {principal}\n");
        load(&[("w.yaml", &text), ("p.json", policy)])
    };
    let worlds = [named("one"), named("two")];
    let policies: Vec<_> = worlds.iter().flat_map(own_policies).collect();
    let list = |world| as_it_is(ask(world, "jane", "iam:ListUsers", "*", &Context::new()));
    let get = |world| as_it_is(ask(world, "jane", "s3:GetObject", "arn:aws:s3:::b/k", &Context::new()));
    assert_eq!(get(&worlds[0]).decision, Decision::Allowed);
    // No request of the first world notices; one of the second does.
    let quiet = run(&policies, &[list(&worlds[0]), list(&worlds[1])]);
    assert_eq!((quiet.noticed, quiet.survivors.len()), (0, 3));
    assert_eq!(quiet.survivors[0].policy, "one");
    let report = run(&policies, &[list(&worlds[0]), get(&worlds[1])]);
    assert_eq!((report.noticed, report.survivors.len()), (3, 0));
}

#[test]
fn threads_change_nothing_but_the_time() {
    let world = force_mfa();
    let policies = own_policies(&world);
    let probes = table(&world, &[Mfa::TRUE, Mfa::Absent]);
    let alone = run(&policies, &probes);
    let told = Mutex::new(Vec::new());
    let progress = |done, total| told.lock().unwrap().push((done, total));
    let shared =
        MutantRun { policies: &policies, jobs: NonZero::new(4).unwrap(), progress: &progress }.run(&probes, &[]);
    assert_eq!(shared, alone);
    let mut told = told.into_inner().unwrap();
    told.sort_unstable();
    let total = told.len();
    assert_eq!(told, (1..=total).map(|done| (done, total)).collect::<Vec<_>>());
    assert!(total >= alone.tried(), "{total}");
}
