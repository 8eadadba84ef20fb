//! `--fix`

use super::input::Input;
use super::{CheckedPolicy, finding, template};
use crate::codes;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::setup::Setup;
use crate::write::{Before, NewText, Reach, write};
use iameval::symbol::Symbols;
use iameval::{Diagnostic, Parsed, PolicyDocument, PolicyKind};
use iameval_lint::Mended;
use iameval_world::{Disk, Files, Finding, PolicyForm, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// Mends every file once, however often and as whatever it was checked. Nothing is written before all is known that is to be
/// written, so a refusal leaves every file as it was. What was found in a folder must also lie in one that is named.
pub(super) fn fix(
    checked: &mut [CheckedPolicy<'_>],
    named: &[PathBuf],
    setup: &Setup,
    find: &impl Find,
    output: &mut Output,
) -> Outcome<()> {
    let mut files: BTreeMap<PathBuf, Vec<&mut CheckedPolicy<'_>>> = BTreeMap::new();
    let mut templates: BTreeMap<PathBuf, Vec<&mut CheckedPolicy<'_>>> = BTreeMap::new();
    for policy in checked {
        if let Some(template) = &policy.input.template {
            if !template.policy.is_in_source() {
                let found = find(policy.input, policy.input.symbols(), policy.kind, &policy.input.parsed);
                let fixable = found.iter().filter(|found| found.fix().is_some() && !policy.input.is_of_folder);
                fixable.for_each(|found| output.warn(&template.not_fixed(found)));
                continue;
            }
            let Some(path) = policy.source.path.as_deref() else {
                if policy.findings.iter().any(is_fixable) {
                    return Err(not_a_file(&policy.source.name));
                }
                continue;
            };
            templates.entry(Disk::default().identity(path)).or_default().push(policy);
        } else if let Some(path) = policy.input.mendable() {
            files.entry(Disk::default().identity(path)).or_default().push(policy);
        } else if !policy.input.is_of_folder && policy.findings.iter().any(is_fixable) {
            let name = &policy.input.name;
            if policy.input.form != PolicyForm::Yaml {
                return Err(not_a_file(name));
            }
            let (message, help) =
                (format!("`--fix` changes JSON, and `{name}` is YAML"), "save it as JSON and check that file");
            return Err(Failure::usage(codes::CONFLICTING_FLAGS, message, help));
        }
    }
    let mut mended = Vec::new();
    for policies in files.into_values() {
        let Some(text) = policies.first().map(|policy| &policy.source.text) else { continue };
        // Two kinds of policies may want the same change, which is to be made once.
        let find = |text: &str| {
            let parsed = PolicyDocument::parse(text);
            let mut seen = BTreeSet::new();
            let mut found: Vec<_> = policies
                .iter()
                .flat_map(|policy| find(policy.input, policy.input.symbols(), policy.kind, &parsed))
                .collect();
            found.retain(|found| found.fix().is_some_and(|fix| seen.insert((fix.span, fix.replacement.clone()))));
            found
        };
        if let Some(text) = iameval_lint::mend(text, find) {
            mended.push((policies, text));
        }
    }
    let mended_templates = template::mend(templates, setup, find, output)?;
    let of_policies =
        mended.iter().filter_map(|(policies, Mended { text, .. })| new_text(policies.first()?.input, text, named));
    let of_templates = mended_templates.iter().filter(|(_, mended)| mended.count > 0);
    let of_templates =
        of_templates.filter_map(|(policies, mended)| new_text(policies.first()?.input, &mended.source.text, named));
    write(&of_policies.chain(of_templates).collect::<Vec<_>>())?;
    for (mut policies, Mended { text, count }) in mended {
        if let Some(policy) = policies.first_mut() {
            policy.fixed = count;
        }
        let parsed = PolicyDocument::parse(&text);
        for policy in policies {
            policy.source = Arc::new(Source { text: text.clone(), ..Source::clone(&policy.source) });
            let found = find(policy.input, policy.input.symbols(), policy.kind, &parsed).into_iter();
            policy.findings = found.map(|found| finding(policy.input, &policy.source, found)).collect();
        }
    }
    for (policies, mended) in mended_templates {
        template::tell(policies, &mended, find);
    }
    Ok(())
}

fn not_a_file(name: &str) -> Failure {
    let message = format!("`--fix` changes files, and `{name}` is not a separate file");
    Failure::usage(codes::CONFLICTING_FLAGS, message, "save it as a file and check that file")
}

/// The file of a policy with a new text.
fn new_text<'i>(input: &'i Input, text: &'i str, named: &'i [PathBuf]) -> Option<NewText<'i>> {
    let reach = if input.is_of_folder {
        Reach::Inside { roots: named, help: "name the file that the link points to" }
    } else {
        Reach::Named
    };
    let Source { name, text: before, path, .. } = &*input.source;
    Some(NewText { path: path.as_deref()?, name, text, before: Before::Text(before), reach })
}

/// What is found in a policy of that kind in which the symbols may stand, and wanted.
pub(super) trait Find: Fn(&Input, &Symbols, PolicyKind, &Parsed<PolicyDocument>) -> Vec<Diagnostic> {}

impl<F: Fn(&Input, &Symbols, PolicyKind, &Parsed<PolicyDocument>) -> Vec<Diagnostic>> Find for F {}

pub(super) fn is_fixable(finding: &Finding) -> bool {
    finding.diagnostic.fix().is_some()
}
