//! The table of types, and the templates with all of them.

use super::{line, shown, symbols};
use crate::CloudFormation;
use crate::find;
use crate::permission::PERMISSIONS;
use crate::types::{Holder, POLICY_PLACES};
use iameval::symbol::Symbols;
use iameval_world::{Disk, World};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn templates() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cloudformation/types");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    paths.sort();
    paths
}

/// What the CDK wrote.
pub(super) fn assembly() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cloudformation/cdk/cdk.out")
}

#[test]
fn every_arn_of_the_table_is_one() {
    for place in POLICY_PLACES {
        let arn = match place.holder {
            Holder::Itself(arn) => arn,
            Holder::Named(named) => named.arn,
            _ => continue,
        };
        assert!(arn == "{name}" || arn.parse::<iameval::Arn>().is_ok(), "{place:?}");
    }
}

#[test]
fn every_place_of_the_table_is_in_a_template() {
    let source = templates().into_iter().map(CloudFormation::new).reduce(CloudFormation::and).unwrap();
    let stacks = source.stacks(&Disk::default(), &mut Symbols::new()).unwrap().stacks;
    let resources = || stacks.iter().flat_map(|stack| &stack.resources);
    // Those of Terraform alone have their tests there.
    for place in POLICY_PLACES.iter().filter(|place| place.resource_type.starts_with("AWS::")) {
        let found = resources().any(|resource| !find::of_place(resource, place, &Symbols::new()).is_empty());
        assert!(found, "{} {:?}", place.resource_type, place.path);
    }
    for permission in PERMISSIONS {
        assert!(resources().any(|resource| resource.kind == permission.resource_type), "{}", permission.resource_type);
    }
}

/// `UPDATE=1` writes what the worlds are; read it before it is committed.
#[test]
fn the_templates_come_to_these_worlds() {
    for path in templates().into_iter().chain([assembly()]) {
        let world = World::from_sources(&Disk::default(), &[&CloudFormation::new(&path)]);
        let world = world.unwrap_or_else(|wrong| panic!("{}: {wrong:#?}", path.display()));
        let is = summary(&world);
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&expected, &is).unwrap();
        }
        assert_eq!(is, std::fs::read_to_string(&expected).unwrap_or_default(), "{}", path.display());
    }
}

/// Everything in a world that has policies, and what is attached to nothing.
fn summary(world: &World) -> String {
    let known = symbols(world);
    let mut text = String::new();
    let mut attached = BTreeSet::new();
    let mut add = |text: &mut String, how: &str, policy: &iameval_world::Attached| {
        attached.insert(policy.policy.name.clone());
        let is_aws = policy.policy.is_managed();
        let only_if = policy.policy.document().statements().first().and_then(|first| first.only_if().first());
        let only_if = only_if.map(|only_if| format!(" if {}", known.name(only_if.symbol()))).unwrap_or_default();
        let name = if is_aws { policy.policy.name.clone() + &only_if } else { line(world, policy) };
        let _ = writeln!(text, "  {how} {}", shown(&known, &name));
    };
    for (name, principal) in world.principals() {
        let _ = writeln!(text, "{name} {}", shown(&known, principal.principal().id().unwrap_or_default()));
        principal.identity().iter().for_each(|policy| add(&mut text, "has", policy));
        principal.boundary().iter().for_each(|policy| add(&mut text, "is limited by", policy));
        principal.trust().iter().for_each(|policy| add(&mut text, "trusts", policy));
    }
    for (name, resource) in world.resources() {
        let _ = writeln!(text, "{name} {}", shown(&known, resource.arn.as_str()));
        resource.policy.iter().for_each(|policy| add(&mut text, "has", policy));
    }
    for (name, endpoint) in world.endpoints() {
        let _ = writeln!(text, "{name} {}", if endpoint.gateway { "gateway endpoint" } else { "interface endpoint" });
        endpoint.policies.iter().for_each(|policy| add(&mut text, "has", policy));
    }
    let accounts = world.member_accounts().iter().map(|(id, account)| (id.to_string(), account));
    let organization = world.organization().map(|organization| ("organization".to_owned(), organization));
    for (name, account) in organization.into_iter().chain(accounts) {
        let _ = writeln!(text, "{}", shown(&known, &name));
        for (layer, level) in
            account.scps.iter().map(|level| ("SCP", level)).chain(account.rcps.iter().map(|l| ("RCP", l)))
        {
            level.policies.iter().for_each(|policy| add(&mut text, &format!("{layer} of the {}:", level.name), policy));
        }
    }
    for policy in world.policies().iter().filter(|known| !attached.contains(&known.policy.name)) {
        let _ = writeln!(text, "{} is attached to nothing", shown(&known, &policy.policy.name));
    }
    for warning in world.warnings() {
        let _ = writeln!(text, "warning: {}", warning.diagnostic.message());
    }
    text
}

#[test]
fn resources_have_their_construct_paths() {
    let world = World::from_sources(&Disk::default(), &[&CloudFormation::new(assembly())]).unwrap();
    for name in ["cfn:Work/Deployer", "cfn:Work/Deployer/Resource", "cfn:Work/Deployer92EF8763", "cfn:Deployer92EF8763"]
    {
        assert!(world.caller(name).is_ok(), "{name}");
    }
    let object = world.resource_arn("cfn:Data/Reports/q3.csv").unwrap();
    assert_eq!(shown(&symbols(&world), &object), "arn:aws:s3:::${unknown:Data/Reports65402A0A}/q3.csv");
}
