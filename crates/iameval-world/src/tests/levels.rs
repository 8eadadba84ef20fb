//! The levels of SCPs and RCPs: how they are written, and what they are called.

use super::*;

const BEGIN: &str = "account: '111122223333'
policies: { a: { Statement: { Effect: Allow, Action: '*', Resource: '*' } }, s3: { Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } }, fence: { Statement: { Effect: Deny, Principal: '*', Action: 's3:Delete*', Resource: '*' } } }
principals: { jane: { user: jane, policies: [a] } }
";

/// The names of levels in the policies of a question, and what each holds.
#[track_caller]
fn levels(world: &World, kind: PolicyKind) -> Vec<(String, Vec<String>)> {
    let situation = ask(world, "jane", "s3:GetObject", "*", None);
    let levels = situation.policies.placed().layer(Layer::of(kind));
    let told = levels.map(|level| {
        let policies = level.iter().map(|placed| placed.policy.policy.name.clone());
        (level.level().unwrap().to_string(), policies.collect())
    });
    told.collect()
}

#[track_caller]
fn scps(written: &str, expected: &[(&str, &[&str])]) {
    let world = world(&format!("{BEGIN}organization: {{ scps: {written} }}\n"));
    let found = levels(&world, ServiceControl);
    let found: Vec<(&str, Vec<&str>)> =
        found.iter().map(|(name, policies)| (name.as_str(), policies.iter().map(String::as_str).collect())).collect();
    let expected: Vec<(&str, Vec<&str>)> = expected.iter().map(|(name, policies)| (*name, policies.to_vec())).collect();
    assert_eq!(found, expected, "{written}");
}

#[test]
fn levels_have_names_or_numbers() {
    scps("[[a], [s3], []]", &[("level 1 of 3", &["a"]), ("level 2 of 3", &["s3"]), ("level 3 of 3", &[])]);
    scps(
        "{ root: [a], ou-prod: [s3, a], account: [] }",
        &[("root", &["a"]), ("ou-prod", &["s3", "a"]), ("account", &[])],
    );
    // The order is that of the file, not of the alphabet.
    scps("{ z: [a], a: [s3] }", &[("z", &["a"]), ("a", &["s3"])]);
    scps(
        "[{ root: [a] }, [s3], { account: [a] }]",
        &[("root", &["a"]), ("level 2 of 3", &["s3"]), ("account", &["a"])],
    );
    scps("[]", &[]);
    scps("{}", &[]);
    let inline = "{ Statement: { Effect: Allow, Action: '*', Resource: '*' } }";
    scps(&format!("{{ root: [{inline}] }}"), &[("root", &["organization:scp-root.0"])]);
    scps(&format!("[[a], [{inline}]]"), &[("level 1 of 2", &["a"]), ("level 2 of 2", &["organization:scp1.0"])]);
}

#[test]
fn a_name_changes_no_decision() {
    let decide = |written: &str, action: &str| {
        let world = world(&format!("{BEGIN}organization: {{ scps: {written} }}\n"));
        let situation = ask(&world, "jane", action, "*", None);
        let request = situation.request(action.parse().unwrap(), &Context::new()).build();
        situation.policies.set().decide(&request)
    };
    for (list, map) in
        [("[[a], [s3]]", "{ root: [a], unit: [s3] }"), ("[[s3], []]", "{ root: [s3], account: [] }"), ("[]", "{}")]
    {
        for action in ["s3:GetObject", "ec2:RunInstances"] {
            assert_eq!(decide(list, action), decide(map, action), "{list} {action}");
        }
    }
    assert_eq!(decide("{ root: [a], account: [] }", "s3:GetObject"), Decision::ImplicitDeny);
    assert_eq!(decide("{ root: [a], unit: [s3] }", "s3:GetObject"), Decision::Allowed);
}

#[test]
fn levels_of_an_account_stand_in_for_those_of_the_organization() {
    let accounts = |account: &str| {
        let text = format!(
            "{BEGIN}organization: {{ scps: {{ root: [a], unit: [s3] }}, rcps: {{ root: [], unit: [fence], last: [] }} }}\n\
             accounts: {{ '111122223333': {account} }}\n"
        );
        let world = world(&text);
        [ServiceControl, ResourceControl]
            .map(|kind| levels(&world, kind).into_iter().map(|(name, _)| name).collect::<Vec<_>>())
    };
    assert_eq!(accounts("{}"), [vec!["root", "unit"], vec!["root", "unit", "last"]]);
    assert_eq!(accounts("{ scps: { only: [a] } }"), [vec!["only"], vec!["root", "unit", "last"]]);
    assert_eq!(accounts("{ scps: [], rcps: [[fence]] }"), [vec![], vec!["level 1 of 1"]]);
    // Levels of RCPs without any policy say nothing.
    assert_eq!(accounts("{ rcps: { root: [] } }"), [vec!["root", "unit"], vec![]]);
}

#[test]
fn wrong_levels() {
    let wrong = |written: &str, expected: &str| {
        let found = load(&[("world.yaml", &format!("organization: {{ scps: {written} }}\n"))]).unwrap_err();
        let shown = told(&found);
        assert!(shown.starts_with(&format!("world.yaml:{expected}")), "{shown}");
    };
    wrong("{ root: aws:FullAWSAccess }", "1:31: a level must be a list of policies, found a string");
    wrong("{ root: }", "1:29: a level must be a list of policies, found null");
    wrong("{ root: [], root: [] }", "1:35: two levels are named `root`");
    wrong("[{ root: [] }, { root: [] }]", "1:40: two levels are named `root`");
    wrong("[{ root: [], unit: [] }]", "1:24: a level with a name must be `NAME: [policy…]`");
    wrong("[{}]", "1:24: a level with a name must be `NAME: [policy…]`");
    wrong("{ '': [] }", "1:25: the name of a level is empty");
    wrong(
        "{ Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] }",
        "1:25: `scps` must contain levels, and this is a member of a policy",
    );
    wrong("[[], { 'level 1 of 2': [] }]", "1:15: two levels are named `level 1 of 2`");
}
