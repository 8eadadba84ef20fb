//! Fixes in the text of a template, where the text says what the policy says.

use crate::cloudformation::CloudFormation;
use crate::infrastructure::WithTexts;
use crate::policies::{TemplatePolicies, TemplatePolicy};
use iameval::symbol::{OnlyIf, Symbols};
use iameval::{Code, Diagnostic, Fix, Parsed, PolicyDocument, Statement};
use iameval_world::{Files, Finding, Source};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// So many fixes are made in one template.
const MOST: usize = 1_000;

/// A template after its policies were fixed.
#[derive(Debug)]
#[non_exhaustive]
pub struct MendedTemplate {
    /// The template with its new text.
    pub source: Arc<Source>,
    /// How many fixes were made.
    pub count: usize,
    /// The policies of all templates that were read, as they are now.
    pub policies: TemplatePolicies,
    /// What cannot be fixed in place, each with the reason as its help.
    pub refused: Vec<Finding>,
}

impl CloudFormation {
    /// Applies the fixes that `find` has for policies of one of the templates, in its text. What is fixed is written there
    /// as it is; afterwards the policy says what the fix makes of it, and every other policy what it said before.
    ///
    /// # Errors
    /// What is wrong with a template.
    pub fn mend(
        &self,
        files: &dyn Files,
        path: &Path,
        find: &dyn Fn(&TemplatePolicy, &Symbols) -> Vec<Diagnostic>,
    ) -> Result<MendedTemplate, Vec<Finding>> {
        let source = files.read(path).map_err(|finding| vec![finding])?;
        let templates = Templates { all: self, files, path, find };
        let mut now = templates.read(source)?;
        let (mut count, mut refused) = (0, BTreeMap::new());
        while count < MOST
            && let Some(next) = templates.step(&now, &mut refused)
        {
            now = next;
            count += 1;
        }
        let refused = &refused;
        let still = now.of_file().flat_map(|(_, policy)| {
            let found = find(policy, &now.policies.symbols).into_iter();
            found.filter_map(move |found| Some((policy, *refused.get(&key(policy, &found))?, found)))
        });
        let refused = still.map(|(policy, reason, found): (&TemplatePolicy, &str, _)| {
            let message = format!("not fixed: {}", found.message());
            let code = found.code();
            let left = Diagnostic::new(code, found.span(), message).with_severity(found.severity());
            Finding::new(&policy.source, left.with_help(reason))
        });
        let refused = refused.collect();
        Ok(MendedTemplate { source: now.source, count, policies: now.policies, refused })
    }
}

/// What tells findings apart whose places change.
type Key = (String, Code, String);

fn key(policy: &TemplatePolicy, finding: &Diagnostic) -> Key {
    (policy.name.clone(), finding.code(), finding.message().to_owned())
}

const COMPUTED: &str =
    "change it by hand: a function, an escape or the layout of a text stands in the way of a fix in place";
const NOT_JSON: &str = "change it by hand: the fix is JSON, and what stands here is not";
const OTHERWISE: &str = "change it by hand: in this template the fix would not say the same";

/// Templates with a text of one of them that changes.
struct Templates<'t> {
    all: &'t CloudFormation,
    files: &'t dyn Files,
    path: &'t Path,
    find: &'t dyn Fn(&TemplatePolicy, &Symbols) -> Vec<Diagnostic>,
}

/// What the templates are at some time.
struct State {
    source: Arc<Source>,
    policies: TemplatePolicies,
}

impl State {
    /// The policies of the file, by their numbers among all.
    fn of_file(&self) -> impl Iterator<Item = (usize, &TemplatePolicy)> {
        self.policies.policies.iter().enumerate().filter(|(_, policy)| policy.source.name == self.source.name)
    }
}

impl Templates<'_> {
    fn read(&self, source: Arc<Source>) -> Result<State, Vec<Finding>> {
        let texts = [(self.path.to_owned(), source.clone())];
        let policies = self.all.policies(&WithTexts { files: self.files, texts: &texts })?;
        Ok(State { source, policies })
    }

    /// What one more fix makes of the template; notes those that cannot be made.
    fn step(&self, now: &State, refused: &mut BTreeMap<Key, &'static str>) -> Option<State> {
        for (number, policy) in now.of_file() {
            for found in (self.find)(policy, &now.policies.symbols) {
                let key = key(policy, &found);
                let Some(fix) = found.fix().filter(|_| !refused.contains_key(&key)) else { continue };
                match self.with(now, number, policy, fix) {
                    Ok(next) => return Some(next),
                    Err(reason) => _ = refused.insert(key, reason),
                }
            }
        }
        None
    }

    fn with(&self, now: &State, number: usize, policy: &TemplatePolicy, fix: &Fix) -> Result<State, &'static str> {
        if !policy.is_written_at(fix.span) {
            return Err(COMPUTED);
        }
        if !policy.takes(fix) {
            return Err(NOT_JSON);
        }
        let text = applied(&now.source.text, fix).ok_or(OTHERWISE)?;
        let next = self.read(Arc::new(Source { text, ..Source::clone(&now.source) })).map_err(|_| OTHERWISE)?;
        let (old, new) = (&now.policies.policies, &next.policies.policies);
        let wanted = self.wanted(policy, &now.policies.symbols);
        let is_so = old.len() == new.len()
            && old.iter().zip(new).enumerate().all(|(at, (old, new))| {
                let same = (&old.name, old.kind, conditions(old)) == (&new.name, new.kind, conditions(new));
                let text = said(new);
                same && if at == number { text.is_some_and(|text| wanted.contains(&text)) } else { text == said(old) }
            });
        if is_so { Ok(next) } else { Err(OTHERWISE) }
    }

    /// What single fixes would make of the document if it stood in a file of its own.
    fn wanted(&self, policy: &TemplatePolicy, symbols: &Symbols) -> Vec<String> {
        let Some(text) = said(policy) else { return Vec::new() };
        let mut alone = policy.clone();
        alone.parsed = PolicyDocument::parse(&text);
        let found = (self.find)(&alone, symbols);
        let changed = found.iter().filter_map(|found| applied(&text, found.fix()?));
        changed.filter_map(|text| of_document(&PolicyDocument::parse(&text))).collect()
    }
}

fn applied(text: &str, fix: &Fix) -> Option<String> {
    let range = fix.span.range();
    Some(format!("{}{}{}", text.get(..range.start)?, fix.replacement, text.get(range.end..)?))
}

/// What a policy says, in the form that is the same for all that say so.
fn said(policy: &TemplatePolicy) -> Option<String> {
    of_document(&policy.parsed)
}

fn of_document(parsed: &Parsed<PolicyDocument>) -> Option<String> {
    parsed.value.as_ref().map(ToString::to_string)
}

/// What the statements of a policy depend on.
fn conditions(policy: &TemplatePolicy) -> Vec<&[OnlyIf]> {
    let statements = policy.parsed.value.iter().flat_map(PolicyDocument::statements);
    statements.map(Statement::only_if).collect()
}
