//! The templates of `fixtures/cloudformation`.

use super::{in_words, shown};
use crate::cloudformation::CloudFormation;
use crate::value::{Text, Value, ValueKind};
use iameval::symbol::Symbols;
use iameval_world::Disk;
use std::path::{Path, PathBuf};

pub(super) fn templates() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cloudformation");
    let entries = ["templates", "sam/templates"].map(|part| std::fs::read_dir(folder.join(part)).unwrap());
    let mut paths: Vec<PathBuf> = entries.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 74);
    paths
}

#[test]
fn every_template_loads() {
    for path in templates() {
        let mut symbols = Symbols::new();
        let stacks = CloudFormation::new(&path).stacks(&Disk::default(), &mut symbols);
        let stacks = stacks.unwrap_or_else(|findings| {
            panic!("{}: {:#?}", path.display(), findings.iter().map(in_words).collect::<Vec<_>>())
        });
        assert_eq!(stacks.stacks.len(), 1);
        for stack in &stacks.stacks {
            assert!(!stack.resources.is_empty(), "{}", path.display());
            for resource in &stack.resources {
                let text = &stack.source.text;
                let id = text.get(resource.id_span.range()).unwrap();
                let is_made = text.contains("AWS::Serverless-") && !id.is_empty();
                assert!(id.contains(&resource.id) || is_made, "{}: {}", path.display(), resource.id);
                check(&resource.properties, text);
                let shown = shown(&resource.properties, &symbols);
                assert!(!shown.contains("{{resolve:") || shown.contains("${unknown:{{resolve:"), "{shown}");
                assert!(!shown.contains("{Ref: "), "{}: {shown}", path.display());
            }
        }
    }
}

/// Runs are as they stand in the template.
fn check(value: &Value, outer: &str) {
    let check_text = |text: &Text| {
        let mut last = 0;
        for (start, span) in &text.runs {
            let (start, length) = (*start as usize, span.range().len());
            assert!(start >= last);
            last = start + length;
            assert_eq!(text.text.get(start..last), outer.get(span.range()));
        }
    };
    match &value.kind {
        ValueKind::Text(text) => check_text(text),
        ValueKind::List(items) => items.iter().for_each(|item| check(item, outer)),
        ValueKind::Map(entries) => entries.iter().for_each(|entry| {
            check_text(&entry.key);
            check(&entry.value, outer);
        }),
        ValueKind::OneOf { choices, .. } => choices.iter().flatten().for_each(|choice| check(choice, outer)),
        _ => {}
    }
}
