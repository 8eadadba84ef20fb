//! Worlds from parts, and from several sources.

use super::*;
use crate::{
    AccountFile, AccountParts, EndpointParts, LevelParts, LoadedPolicy, OrganizationParts, Place, PolicyRef,
    PrincipalParts, ResourceParts, WorldBuilder, WorldFiles, WorldSource,
};

fn policy(name: &str) -> LoadedPolicy {
    let text = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    LoadedPolicy::from_source(name, &Source::new(name, text)).unwrap()
}

fn user(name: &str) -> PrincipalParts {
    PrincipalParts::new(format!("arn:aws:iam::111122223333:user/{name}").parse().unwrap())
}

fn bucket(name: &str) -> ResourceParts {
    ResourceParts::new(format!("arn:aws:s3:::{name}").parse().unwrap())
}

/// A list with a line for each thing, and the place of each line.
fn lines(name: &str, text: &str) -> Vec<Place> {
    let source = Source::new(name, text);
    let mut at = 0;
    let place = |line: &str| {
        let span = Span::new(at, at + line.len());
        at += line.len() + 1;
        Place::new(&source, span)
    };
    text.lines().map(place).collect()
}

#[test]
fn two_definitions_clash_and_both_places_are_named() {
    let (one, other) = (lines("one.csv", "jane\njohn\n"), lines("other.csv", "jane\n"));
    let mut world = WorldBuilder::new();
    world.principal("jane", user("jane"), &one[0]).unwrap();
    let clash = world.principal("jane", user("jane"), &other[0]).unwrap_err();
    assert_eq!((clash.place(), clash.earlier()), (&other[0], Some(&one[0])));
    assert_eq!(
        told(&[clash.into()]),
        "other.csv:1:1: the principal `jane` is defined twice (it is also defined in one.csv; `override: true` makes \
        this one replace it)\n"
    );
    let clash = world.principal("jane", user("jane"), &one[1]).unwrap_err();
    let finding = Finding::from(clash);
    assert_eq!(finding.diagnostic.labels(), [(one[0].span(), "first defined here".to_owned())]);
    // A later one may say that it replaces the earlier.
    world.principal("jane", user("joan"), &other[0].clone().overriding()).unwrap();
    let clash = world.principal("johan", user("johan"), &other[0].clone().overriding()).unwrap_err();
    assert_eq!(clash.to_string(), "the principal `johan` overrides nothing: there is no earlier one of that name");
    let world = world.build().unwrap();
    assert_eq!(world.principals()["jane"].principal().id(), Some("arn:aws:iam::111122223333:user/joan"));
}

#[test]
fn what_cannot_be_added() {
    let from = Place::in_file("list.csv");
    let mut world = WorldBuilder::new();
    let known = world.policy(policy("p"));
    world.resource("a", bucket("x"), &from).unwrap();
    let clash = |clash: Result<(), crate::Clash>| clash.unwrap_err().to_string();
    assert_eq!(clash(world.resource("b", bucket("x"), &from)), "the resource `a` already has the ARN of `b`");
    assert_eq!(clash(world.resource("self", bucket("y"), &from)), "a resource cannot be called `self`");
    let mut queue = ResourceParts::new("arn:aws:sqs:eu-west-1:777788889999:q".parse().unwrap());
    queue.account = Some("111122223333".parse().unwrap());
    assert_eq!(
        clash(world.resource("q", queue, &from)),
        "according to the ARN of `q`, the resource is in account 777788889999"
    );
    let mut service = PrincipalParts::new("lambda.amazonaws.com".parse().unwrap());
    service.boundary = Some(known);
    assert_eq!(clash(world.principal("l", service, &from)), "`boundary` is not for AWS services");
    let mut jane = user("jane");
    jane.session_policies.push(known);
    assert_eq!(clash(world.principal("jane", jane, &from)), "`session_policies` is not for users");
    let other = {
        let mut other = WorldBuilder::new();
        (0..5).map(|_| other.policy(policy("p"))).last().unwrap()
    };
    let foreign = "an attached policy does not exist in this world";
    assert_eq!(clash(world.group("g", vec![other], &from)), foreign);
    let mut organization = OrganizationParts::new();
    organization.scps = vec![LevelParts::new(vec![known]), LevelParts::new(vec![]).named("level 1 of 2")];
    assert_eq!(clash(world.organization(organization, &from)), "two levels are named `level 1 of 2`");
    // A resource that is overridden gives its ARN back.
    world.resource("a", bucket("z"), &lines("more.csv", "a")[0].clone().overriding()).unwrap();
    world.resource("b", bucket("x"), &from).unwrap();
}

#[test]
fn what_is_named_must_be_there_in_the_end() {
    let from = lines("list.csv", "jane");
    let mut world = WorldBuilder::new();
    let mut jane = user("jane");
    jane.groups.push("developers".into());
    world.principal("jane", jane.clone(), &from[0]).unwrap();
    // Groups may come after their members.
    let mut later = WorldBuilder::new();
    later.principal("jane", jane, &from[0]).unwrap();
    let all = later.policy(policy("all"));
    later.group("developers", vec![all], &Place::in_file("groups.csv")).unwrap();
    assert_eq!(later.build().unwrap().principals()["jane"].identity().len(), 1);
    assert_eq!(told(&world.build().unwrap_err()), "list.csv:1:1: no group `developers` is defined\n");
    let mut world = WorldBuilder::new();
    world.default_principal("jane", &from[0]);
    world.default_resource("bucket", &from[0]);
    let found = told(&world.build().unwrap_err());
    assert!(found.contains("no principal `jane`") && found.contains("no resource `bucket`"), "{found}");
}

#[test]
fn a_policy_stands_in_for_another_wherever_it_is_attached() {
    let from = Place::in_file("list.csv");
    let mut world = WorldBuilder::new();
    let refs: Vec<PolicyRef> = ["a", "b", "c"].map(|name| world.policy(policy(name))).into();
    let (mut jane, mut john) = (user("jane"), user("john"));
    jane.policies = vec![refs[0], refs[1]];
    john.boundary = Some(refs[0]);
    world.principal("jane", jane, &from).unwrap();
    world.replace(refs[0], refs[1]);
    world.principal("john", john, &from).unwrap();
    world.replace(refs[1], refs[2]);
    // There is no circle.
    world.replace(refs[2], refs[0]);
    let world = world.build().unwrap();
    let listed: Vec<(&str, Vec<PolicyKind>)> = world
        .policies()
        .iter()
        .map(|known| (known.policy.name.as_str(), known.kinds.iter().copied().collect()))
        .collect();
    assert_eq!(listed, [("c", vec![Identity, PermissionsBoundary])]);
    let names =
        |who: &str| world.principals()[who].identity().iter().map(|one| one.policy.name.clone()).collect::<Vec<_>>();
    assert_eq!(names("jane"), ["c", "c"]);
    assert_eq!(world.principals()["john"].boundary().unwrap().policy.name, "c");
}

/// A source that reads no file.
struct List;
impl WorldSource for List {
    fn add_to(&self, _: &dyn Files, world: &mut WorldBuilder) -> Result<(), Vec<Finding>> {
        let from = Place::in_file("list.csv");
        let listed = world.policy(policy("listed"));
        world.name_policy("listed", listed, &from)?;
        world.group("developers", vec![listed], &from)?;
        world.principal("jane", user("joan"), &from)?;
        let mut door = EndpointParts::new();
        door.gateway = true;
        world.endpoint("door", door, &from)?;
        world.member_account("111122223333".parse().unwrap(), AccountParts::new(), &from)?;
        Ok(())
    }
}

#[test]
fn sources_of_several_kinds_make_one_world() {
    let dump = r#"{"UserDetailList": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana", "GroupList": [],
        "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]}]}"#;
    let yaml = "principals: { jane: { user: jane, groups: [developers], override: true }, bo: { user: bo, boundary: listed } }\n";
    let again = "principals: { ana: { user: ana } }\n";
    let files = Texts(&[("dump.json", dump), ("world.yaml", yaml), ("again.yaml", again)]);
    let (dump, yaml) = (AccountFile::new("dump.json"), WorldFiles::new(["world.yaml"]));
    let world = World::from_sources(&files, &[&List, &dump, &yaml]).unwrap_or_else(|found| panic!("{}", told(&found)));
    assert_eq!(world.principals().keys().collect::<Vec<_>>(), ["ana", "bo", "jane"]);
    assert_eq!(world.principals()["jane"].identity()[0].policy.name, "listed");
    assert_eq!(world.principals()["bo"].boundary().unwrap().policy.name, "listed");
    assert_eq!(world.files(), ["dump.json", "world.yaml"]);
    let found = World::from_sources(&files, &[&dump, &WorldFiles::new(["again.yaml"])]).unwrap_err();
    assert_eq!(
        told(&found),
        "again.yaml:1:15: the principal `ana` is defined twice (a source of dump.json defines it as well; `override: \
        true` makes this one replace it)\n"
    );
    let found = World::from_sources(&files, &[&dump, &AccountFile::new("dump.json")]).unwrap_err();
    assert_eq!(told(&found), "dump.json:1:1: the principal `ana` is defined twice, in dump.json and in dump.json\n");
}

#[test]
fn a_world_keeps_a_bounded_number_of_situations_and_threads_share_it() {
    let from = Place::in_file("list.csv");
    let mut builder = WorldBuilder::new();
    builder.keep_situations(64);
    for number in 0..60 {
        let name = format!("u{number}");
        let mut parts = user(&name);
        parts.policies.push(builder.policy(policy(&name)));
        builder.principal(&name, parts, &from).unwrap();
        let (mut parts, open) = (bucket(&format!("b{number}")), format!("b{number}"));
        let text = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
        let open = LoadedPolicy::from_source(&open, &Source::new(&*open, text)).unwrap();
        parts.policy = Some(builder.policy(open));
        builder.resource(&format!("b{number}"), parts, &from).unwrap();
    }
    let world = builder.build().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let world = &world;
            scope.spawn(move || {
                for step in 0..600_usize {
                    let (who, what) = (format!("u{}", (step * 7 + thread) % 60), format!("b{}", step % 59));
                    let situation = ask(world, &who, "s3:GetObject", &what, None);
                    assert_eq!(policies_of(&situation, Identity), [format!("{who} 0")]);
                    assert_eq!(policies_of(&situation, Resource), [format!("{what} 0")]);
                }
            });
        }
    });
    assert!(world.situations.len() <= 64, "{}", world.situations.len());
}

#[test]
fn a_stranger_may_ask_without_being_looked_up() {
    let world = world("account: '111122223333'\norganization: { id: o-a1b2c3d4e5, scps: [[aws:FullAWSAccess]] }\n");
    let stranger: iameval::Principal = "arn:aws:iam::111122223333:user/x".parse().unwrap();
    let action = "s3:GetObject".parse().unwrap();
    let looked_up = world.stranger(stranger.clone());
    let [bare, known] = [Ask::new(&stranger, &action, "*"), Ask::new(&looked_up, &action, "*")];
    let [bare, known] = [bare, known].map(|ask| world.situation(&ask).unwrap());
    assert!(Arc::ptr_eq(&bare.policies, &known.policies));
    assert_eq!((bare.principal, bare.context), (known.principal, known.context));
}

#[test]
fn a_document_for_a_retired_policy_counts_wherever_it_is_attached() {
    let dump = r#"{"UserDetailList": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana", "GroupList": [],
        "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/AWSLambdaFullAccess"}]}]}"#;
    let allow = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let yaml = "policies: { 'aws:AWSLambdaFullAccess': { policy: lambda.json, override: true } }\n\
        principals: { bo: { user: bo, policies: [aws:AWSLambdaFullAccess] } }\n";
    let files = Texts(&[("dump.json", dump), ("world.yaml", yaml), ("lambda.json", allow)]);
    let world = World::load(&files, &["dump.json".into(), "world.yaml".into()]).unwrap();
    for who in ["ana", "bo"] {
        assert!(!world.principals()[who].identity()[0].policy.is_unknown(), "{who}");
    }
    assert!(world.warnings().is_empty());
}

#[test]
fn further_names_mean_one_thing_or_none() {
    let mut builder = WorldBuilder::new();
    let place = Place::in_file("a.yaml");
    for name in ["cfn:a/Logs", "cfn:b/Logs"] {
        let arn = format!("arn:aws:s3:::{}", name.get(4..5).unwrap());
        builder.resource(name, ResourceParts::new(arn.parse().unwrap()), &place).unwrap();
        builder.alias("cfn:Logs", name);
    }
    builder.alias("cfn:App/Logs/Resource", "cfn:a/Logs");
    let world = builder.build().unwrap();
    assert_eq!(world.resource_arn("cfn:App/Logs/Resource/x.csv").as_deref(), Some("arn:aws:s3:::a/x.csv"));
    assert_eq!((world.resource_arn("cfn:Logs"), world.ambiguous("cfn:Logs").len()), (None, 2));
    let caller = "arn:aws:iam::123456789012:user/jane".parse().unwrap();
    let problem = world.named_resource("cfn:Logs", &caller).unwrap_err();
    assert_eq!(problem.help(), Some("write `cfn:a/Logs` or `cfn:b/Logs`"));
    let problem = world.named_resource("cfn:b/Log", &caller).unwrap_err();
    assert_eq!(problem.help(), Some("did you mean `cfn:b/Logs`?"));
}
