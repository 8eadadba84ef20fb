//! Policies that stand in templates.

use super::fix::Find;
use super::{CheckedPolicy, finding};
use crate::exit::Outcome;
use crate::output::Output;
use crate::setup::Setup;
use iameval::symbol::Symbols;
use iameval::{Diagnostic, Parsed, PolicyDocument};
use iameval_infra::{MendedTemplate, TemplatePolicy};
use iameval_world::Finding;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A policy of a template.
pub(super) struct InTemplate {
    pub(super) policy: TemplatePolicy,
    pub(super) read: Arc<TemplatesRead>,
}

/// Templates that were read together.
pub(super) struct TemplatesRead {
    /// The template or folder that was named.
    pub(super) path: PathBuf,
    /// What is not known in them.
    pub(super) symbols: Symbols,
}

impl InTemplate {
    /// That something found is not fixed where the policy stands.
    pub(super) fn not_fixed(&self, diagnostic: &Diagnostic) -> Finding {
        let message = format!("not fixed: {}", diagnostic.message());
        let left = Diagnostic::new(diagnostic.code(), diagnostic.span(), message).with_severity(diagnostic.severity());
        Finding::new(&self.policy.source, left.with_help("change it by hand: fixes are made in JSON and in templates"))
    }

    /// Which policy it is, and where it belongs.
    pub(super) fn note(&self) -> String {
        let TemplatePolicy { name, origin, .. } = &self.policy;
        format!("in the policy `{name}`, at `{}` ({})", origin.address, origin.resource_type)
    }
}

/// The policies of a template that are checked, and what became of it.
type Mended<'c, 'i> = (Vec<&'c mut CheckedPolicy<'i>>, MendedTemplate);

/// What becomes of templates when their policies are fixed; says what cannot be.
pub(super) fn mend<'c, 'i>(
    templates: BTreeMap<PathBuf, Vec<&'c mut CheckedPolicy<'i>>>,
    setup: &Setup,
    find: &impl Find,
    output: &mut Output,
) -> Outcome<Vec<Mended<'c, 'i>>> {
    let mut all = Vec::new();
    for policies in templates.into_values() {
        let Some((read, source)) = policies.first().and_then(|first| first.input.template.as_ref()).map(read) else {
            continue;
        };
        let Some(path) = &source.path else { continue };
        let templates = setup.files.infrastructure().templates(&read.path);
        let found = |policy: &TemplatePolicy, symbols: &Symbols| found(&policies, policy, symbols, find);
        let mended = templates.mend(&setup.files, path, &found)?;
        let is_of_folder = policies.iter().all(|policy| policy.input.is_of_folder);
        for refused in mended.refused.iter().filter(|_| !is_of_folder) {
            output.warn(refused);
        }
        all.push((policies, mended));
    }
    Ok(all)
}

fn read(template: &InTemplate) -> (&Arc<TemplatesRead>, Arc<iameval_world::Source>) {
    (&template.read, template.policy.source.clone())
}

/// What is found in a policy of a template as all that it was checked as.
fn found(
    checked: &[&mut CheckedPolicy<'_>],
    policy: &TemplatePolicy,
    symbols: &Symbols,
    find: &impl Find,
) -> Vec<Diagnostic> {
    let same = checked.iter().find(|checked| checked.input.name == policy.name);
    same.map_or_else(Vec::new, |checked| find(checked.input, symbols, checked.kind, &policy.parsed))
}

/// Puts what is found in the new text in the place of what was found in the old one.
pub(super) fn tell(mut checked: Vec<&mut CheckedPolicy<'_>>, mended: &MendedTemplate, find: &impl Find) {
    if let Some(first) = checked.first_mut() {
        first.fixed = mended.count;
    }
    for checked in checked {
        let now = mended.policies.policies.iter().find(|policy| policy.name == checked.input.name);
        let Some(now) = now else { continue };
        checked.source = now.source.clone();
        let parsed: &Parsed<PolicyDocument> = &now.parsed;
        let found = find(checked.input, &mended.policies.symbols, checked.kind, parsed).into_iter();
        // What can be fixed in place is fixed.
        let found = found.map(|found| finding(checked.input, &checked.source, found.with_fix(None)));
        checked.findings = found.collect();
    }
}
