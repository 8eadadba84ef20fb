//! Templates of public projects.

use crate::CloudFormation;
use crate::find;
use iameval::symbol::Symbols;
use iameval::text::Span;
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

/// A pattern of a document, where it stands in the template, as it stands there.
fn is_there(template: &str, span: Span, pattern: &str) -> bool {
    let there = template.get(span.range()).unwrap();
    let bare = |quote: char| there.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    [Some(there), bare('"'), bare('\'')].contains(&Some(pattern))
}

#[test]
fn what_is_written_stands_there() {
    let (mut written, mut computed) = (0, 0);
    for path in templates().into_iter().chain([super::types::assembly()]) {
        for policy in CloudFormation::new(&path).policies(&Disk::default()).unwrap().policies {
            let document = policy.parsed.value.as_ref().unwrap();
            let elements = document
                .statements()
                .iter()
                .flat_map(|statement| [Some(statement.action()), statement.resource()].into_iter().flatten());
            for (pattern, span) in elements.flat_map(|element| element.patterns().zip(element.spans())) {
                if policy.is_written_at(span) {
                    written += 1;
                    assert!(is_there(&policy.source.text, span, pattern), "{}: {pattern}", policy.name);
                } else if !policy.origin.resource_type.ends_with("::Permission") {
                    computed += 1;
                    let there = policy.source.text.get(span.range()).unwrap();
                    assert!(!there.is_empty() && there != pattern, "{}: {pattern}", policy.name);
                }
            }
        }
    }
    assert!(written > 500 && computed > 50, "{written} {computed}");
}

/// Documents that stand as text in `!Sub |` have their places in the template.
#[test]
fn documents_in_texts_are_found_where_they_stand() {
    let path = templates().into_iter().find(|path| path.ends_with("karpenter.yaml")).unwrap();
    let policies = CloudFormation::new(&path).policies(&Disk::default()).unwrap();
    let policy = policies.policies.iter().find(|policy| policy.name.ends_with("IAMIntegrationPolicy"));
    let policy = policy.unwrap();
    let statement = policy.parsed.value.as_ref().unwrap().statements().first().unwrap();
    let text = |span: Span| policy.source.text.get(span.range()).unwrap();
    assert!(text(statement.span()).starts_with('{') && text(statement.span()).ends_with('}'));
    let (action, resource) = (statement.action(), statement.resource().unwrap());
    assert_eq!(text(action.spans().next().unwrap()), format!("\"{}\"", action.patterns().next().unwrap()));
    assert_eq!(text(resource.spans().next().unwrap()), "\"${KarpenterNodeRole.Arn}\"");
    assert!(!policy.is_written_at(resource.spans().next().unwrap()) && policy.is_written_at(action.span()));
}
