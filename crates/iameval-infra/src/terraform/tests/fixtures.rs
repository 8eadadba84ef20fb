//! Plans of public projects.

use crate::Terraform;
use iameval_world::{Disk, World};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn plans() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/terraform/plans");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 13);
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().split('.').next().unwrap().to_owned()
}

#[test]
fn each_is_a_world_of_valid_policies() {
    let mut all = 0;
    for path in plans() {
        let world = World::from_sources(&Disk::default(), &[&Terraform::new(&path)]);
        let world = world.unwrap_or_else(|wrong| panic!("{}: {wrong:#?}", path.display()));
        for known in world.policies() {
            for kind in &known.kinds {
                let compiled = known.policy.compile(*kind);
                assert!(compiled.is_ok(), "{}: {} {:?}", path.display(), known.policy.name, compiled.err());
            }
            all += 1;
        }
    }
    assert!(all > 60, "{all}");
}

/// How many different texts with a statement stand under `after` in a plan, and how many policies are not known: counted
/// without anything of the loader.
fn texts(path: &Path) -> (usize, usize) {
    use iameval::json::{Node, Value};
    fn walk<'t>(node: &'t Node<'t>, texts: &mut BTreeSet<&'t str>) {
        match &node.value {
            Value::String(text) if text.contains("\"Statement\"") => _ = texts.insert(text),
            Value::Array(items) => items.iter().for_each(|item| walk(item, texts)),
            Value::Object(members) => members.iter().for_each(|member| walk(&member.value, texts)),
            _ => {}
        }
    }
    let text = std::fs::read_to_string(path).unwrap();
    let tree = iameval::json::parse(&text).unwrap();
    let mut found = BTreeSet::new();
    let Some(Value::Array(changes)) = tree.get("resource_changes").map(|node| &node.value) else { return (0, 0) };
    let text_of = |node: &Node<'_>, name: &str| node.get(name).and_then(Node::as_str).unwrap_or_default().to_owned();
    let has_separate = changes.iter().any(|node| text_of(node, "type") == "aws_s3_bucket_policy");
    let mut unknown = 0;
    for node in changes.iter().filter(|node| text_of(node, "mode") == "managed") {
        let kind = text_of(node, "type");
        // A bucket tells the policy that it has from another resource.
        if kind == "aws_s3_bucket" && has_separate {
            continue;
        }
        let change = node.get("change").unwrap();
        change.get("after").into_iter().for_each(|after| walk(after, &mut found));
        let marks = change.get("after_unknown").and_then(Node::members).unwrap_or_default();
        let is_policy = |name: &str| (kind.ends_with("_policy") && name == "policy") || name == "assume_role_policy";
        let is_unknown = |value: &Value<'_>| matches!(value, Value::Bool(true));
        unknown += marks.iter().filter(|mark| is_unknown(&mark.value.value) && is_policy(&mark.key)).count();
    }
    (found.len(), unknown)
}

#[test]
fn every_policy_in_them_is_found() {
    let (mut all, mut not_known) = (0, 0);
    for path in plans() {
        let policies = Terraform::new(&path).policies(&Disk::default()).unwrap().policies;
        let distinct: BTreeSet<String> = policies
            .iter()
            .filter(|policy| policy.origin.resource_type != "aws_lambda_permission")
            .filter(|policy| policy.is_written())
            .map(|policy| policy.parsed.value.as_ref().unwrap_or_else(|| panic!("{policy:?}")).to_string())
            .collect();
        let (texts, unknown) = texts(&path);
        // Policies of other kinds of texts that mean the same are one document.
        assert!(distinct.len() <= texts, "{}: {} of {texts}", name(&path), distinct.len());
        let written = policies.iter().filter(|policy| policy.is_written()).count();
        assert!(written >= texts, "{}: {written} of {texts}", name(&path));
        (all, not_known) = (all + texts, not_known + unknown);
    }
    assert!(all >= 40 && not_known > 3, "{all} {not_known}");
}

/// What of the policies of plans is known: without a symbol, with some, or not at all.
#[test]
fn most_policies_are_known() {
    let mut counts = [0_usize; 3];
    for path in plans() {
        let world = World::from_sources(&Disk::default(), &[&Terraform::new(&path)]).unwrap();
        let symbols = super::symbols(&world);
        for known in world.policies().iter().filter(|known| known.policy.origin().is_some()) {
            let text = known.policy.document().to_string();
            let statements = known.policy.document().statements();
            let is_made = statements.iter().all(|statement| {
                !statement.only_if().is_empty()
                    && statement.action().patterns().all(|pattern| pattern == "*" || pattern == "sts:*")
            });
            let at = if symbols.within(&text).next().is_none() && statements.iter().all(|one| one.only_if().is_empty())
            {
                0
            } else if is_made {
                2
            } else {
                1
            };
            counts[at] += 1;
        }
    }
    assert_eq!(counts, COUNTS);
}

/// Without a symbol, with some, not at all.
const COUNTS: [usize; 3] = [52, 8, 0];
