//! Templates of public projects.

use crate::CloudFormation;
use crate::cloudformation::find;
use iameval::symbol::Symbols;
use iameval_world::{Disk, World};
use std::path::{Path, PathBuf};

fn templates() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cloudformation/templates");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending != "md"));
    paths.sort();
    paths
}

#[test]
fn each_is_a_world_of_valid_policies() {
    let mut all = 0;
    for path in templates() {
        let world = World::from_sources(&Disk::default(), &[&CloudFormation::new(&path)]);
        let world = world.unwrap_or_else(|wrong| panic!("{}: {wrong:#?}", path.display()));
        for known in world.policies() {
            for kind in &known.kinds {
                let compiled = known.policy.compile(*kind);
                assert!(compiled.is_ok(), "{}: {} {:?}", path.display(), known.policy.name, compiled.err());
            }
            all += 1;
        }
    }
    assert!(all > 100, "{all}");
}

/// Templates in which other things look like statements in the text, with how many: those of resources that a condition
/// rules out, of a template inside the template, of a firewall.
const NO_POLICIES: [(&str, usize); 4] = [
    ("cdk-bootstrap.yml", 1),
    ("log-setup-management.yaml", 3),
    ("secretsmanager-dbsecret.yaml", 1),
    ("webapp.yaml", 2),
];

#[test]
fn every_policy_in_them_is_found() {
    for path in templates() {
        let name = path.file_name().unwrap().to_string_lossy();
        if name.starts_with("sam-") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let in_text = text.matches("Statement:").count() + text.matches("Statement\"").count();
        let others = NO_POLICIES.iter().find(|(known, _)| *known == name).map_or(0, |(_, count)| *count);
        let policies = CloudFormation::new(&path).policies(&Disk::default()).unwrap().policies;
        let written = policies.iter().filter(|policy| !policy.origin.resource_type.ends_with("::Permission"));
        assert_eq!(written.count(), in_text - others, "{name}");
        for policy in policies {
            assert!(policy.parsed.value.is_some(), "{name}: {policy:?}");
        }
        let stacks = CloudFormation::new(&path).stacks(&Disk::default(), &mut Symbols::new()).unwrap().stacks;
        let mut resources = stacks.iter().flat_map(|stack| &stack.resources);
        assert!(resources.all(|resource| find::unlisted(resource).is_none()), "{name}");
    }
}
