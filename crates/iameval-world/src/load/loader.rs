//! Policies as world files write them: by name, by file, as AWS's, or in place.

use super::definition::{Definition, unwrapped};
use super::file::{Result, WorldFile, items};
use crate::builder::{Kind, WorldBuilder};
use crate::files::Files;
use crate::finding::Finding;
use crate::managed::find_managed;
use crate::model::policy::{LoadedPolicy, PolicyRef};
use iameval::json::Node;
use iameval::json::fields::text;
use iameval::text::Span;
use iameval::{Diagnostic, Severity};
use iameval_data::ManagedPolicy;
use std::path::Path;

/// What reads the sections of world files into a world.
pub(super) struct Loader<'a> {
    pub(super) files: &'a dyn Files,
    pub(super) world: &'a mut WorldBuilder,
}

/// Reads a policy with a name into the world.
pub(super) fn policy(loader: &mut Loader<'_>, definition: Definition<'_>) -> Result<()> {
    let Definition { file, member, .. } = definition;
    let node = unwrapped(&member.value, "policy", "a policy").map_err(|error| file.error(error))?;
    let policy = loader.policy(file, &member.key, node)?;
    Ok(loader.world.name_policy(&member.key, policy, &definition.place())?)
}

/// Reads a group into the world.
pub(super) fn group(loader: &mut Loader<'_>, definition: Definition<'_>) -> Result<()> {
    let Definition { file, member, .. } = definition;
    let node = unwrapped(&member.value, "policies", "a group").map_err(|error| file.error(error))?;
    let policies = loader.list(file, &format!("{}:", member.key), Some(node))?;
    Ok(loader.world.group(&member.key, policies, &definition.place())?)
}

impl Loader<'_> {
    /// Policies by name or in place, one or several. Those in place are called `PREFIX` and their number.
    pub(super) fn list(
        &mut self,
        file: &WorldFile,
        prefix: &str,
        node: Option<&Node<'static>>,
    ) -> Result<Vec<PolicyRef>> {
        items(node).enumerate().map(|(index, node)| self.attach(file, &format!("{prefix}{index}"), node)).collect()
    }

    /// A policy by name or in place.
    pub(super) fn attach(&mut self, file: &WorldFile, place: &str, node: &Node<'static>) -> Result<PolicyRef> {
        let is_name = node.as_str().is_some_and(|name| find_managed(name).is_none());
        if !is_name {
            return self.policy(file, place, node);
        }
        let name = text(node, "a policy").map_err(|error| file.error(error))?;
        self.world.named_policy(name).ok_or_else(|| self.unknown_policy(file, name, node.span))
    }

    /// A policy as a world defines it: a file, a managed policy, or a document in place.
    fn policy(&mut self, file: &WorldFile, name: &str, node: &Node<'static>) -> Result<PolicyRef> {
        let policy = match node.as_str().map(|text| (text, find_managed(text))) {
            None => {
                self.files.limits().check(node, &file.source).map_err(|finding| vec![*finding])?;
                LoadedPolicy::from_tree(name, &file.source, node)?
            }
            Some((_, Some(managed))) => return self.managed(file, node, managed),
            Some((path, None)) => self.policy_file(file, name, path, node.span)?,
        };
        Ok(self.world.policy(policy))
    }

    fn managed(
        &mut self,
        file: &WorldFile,
        node: &Node<'_>,
        managed: std::result::Result<ManagedPolicy, Box<Diagnostic>>,
    ) -> Result<PolicyRef> {
        match managed {
            Ok(managed) => self.world.managed_policy(managed),
            Err(mut diagnostic) => {
                (diagnostic.span, diagnostic.place) = (node.span, node.span);
                match node.as_str().filter(|text| ManagedPolicy::replacement(text).is_some()) {
                    Some(retired) => Ok(self.retired(file, retired, *diagnostic)),
                    None => Err(file.error(diagnostic)),
                }
            }
        }
    }

    /// A policy that AWS has retired and that may still be attached: its document is not known.
    fn retired(&mut self, file: &WorldFile, text: &str, mut diagnostic: Diagnostic) -> PolicyRef {
        let name = format!("aws:{}", text.rsplit(['/', ':']).next().unwrap_or(text));
        if let Some(known) = self.world.unknown_policy(&name) {
            return known;
        }
        diagnostic.severity = Severity::Warning;
        let help = diagnostic.help.take().unwrap_or_default();
        diagnostic.help = Some(help + "; it is taken to allow and deny nothing, and answers say where it has a part");
        let policy = self.world.policy(LoadedPolicy::unknown(&name));
        self.world.warn_about(policy, Finding::new(&file.source, diagnostic));
        policy
    }

    fn policy_file(&self, file: &WorldFile, name: &str, path: &str, span: Span) -> Result<LoadedPolicy> {
        let source = self.files.read(&file.path(self.files, path)).map_err(|finding| file.named(*finding, span))?;
        self.files.limits().check_text(&source).map_err(|finding| vec![*finding])?;
        LoadedPolicy::from_source(name, &source)
    }

    fn unknown_policy(&self, file: &WorldFile, name: &str, span: Span) -> Vec<Finding> {
        let mut findings = Vec::from(self.world.undefined(Kind::Policy, name, &file.place(span)));
        let is_json = Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let looks_like_file = is_json || name.contains('/');
        if let Some(finding) = findings.first_mut().filter(|_| looks_like_file) {
            finding.diagnostic.help = Some("give the file a name under `policies`, and write that here".into());
        }
        findings
    }
}
