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
use iameval::suggest::nearest;
use iameval::text::Span;
use iameval::{Problem, Severity};
use iameval_data::ManagedPolicy;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What reads the sections of world files into a world.
pub(super) struct Loader<'a> {
    pub(super) files: &'a dyn Files,
    pub(super) world: &'a mut WorldBuilder,
    /// The policies of files that are attached by their paths, by what the paths to one file have in common.
    pub(super) attached: BTreeMap<PathBuf, PolicyRef>,
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
        match self.world.named_policy(name) {
            Some(known) => Ok(known),
            None if is_path(name) => self.attached_file(file, name, node.span),
            None => Err(self.unknown(file, name, node.span)),
        }
    }

    /// The policy in a file that is attached by its path: one of the world, however often that is.
    fn attached_file(&mut self, file: &WorldFile, name: &str, span: Span) -> Result<PolicyRef> {
        let path = file.path(self.files, name);
        let identity = self.files.identity(&path);
        if let Some(known) = self.attached.get(&identity) {
            return Ok(*known);
        }
        let source = match self.files.read(&path) {
            Ok(source) => source,
            // A name may look like a path, too.
            Err(_) if nearest(name, self.world.policy_names()).is_some() => return Err(self.unknown(file, name, span)),
            Err(finding) => return Err(file.named(finding, span)),
        };
        let policy = LoadedPolicy::from_file(&path.display().to_string(), &source, self.files.limits())?;
        let policy = self.world.policy(policy);
        self.attached.insert(identity, policy);
        Ok(policy)
    }

    /// A policy as a world defines it: a file, a managed policy, or a document in place.
    fn policy(&mut self, file: &WorldFile, name: &str, node: &Node<'static>) -> Result<PolicyRef> {
        let policy = match node.as_str().map(|text| (text, find_managed(text))) {
            None => {
                self.files.limits().check(node, &file.source).map_err(|finding| vec![finding])?;
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
        managed: std::result::Result<ManagedPolicy, Problem>,
    ) -> Result<PolicyRef> {
        match managed {
            Ok(managed) => self.world.managed_policy(managed),
            Err(problem) => match node.as_str().filter(|text| ManagedPolicy::replacement(text).is_some()) {
                Some(retired) => Ok(self.retired(file, retired, problem, node.span)),
                None => Err(file.error(problem.at(node.span))),
            },
        }
    }

    /// A policy that AWS has retired and that may still be attached: its document is not known.
    fn retired(&mut self, file: &WorldFile, text: &str, problem: Problem, span: Span) -> PolicyRef {
        let name = format!("aws:{}", text.rsplit(['/', ':']).next().unwrap_or(text));
        if let Some(known) = self.world.unknown_policy(&name) {
            return known;
        }
        let help = format!(
            "{}; it is assumed to allow and deny nothing, and answers note where it is involved",
            problem.help().unwrap_or_default()
        );
        let warning = problem.with_severity(Severity::Warning).with_help(help).at(span);
        let policy = self.world.policy(LoadedPolicy::unknown(&name));
        self.world.warn_about(policy, Finding::new(&file.source, warning));
        policy
    }

    fn policy_file(&self, file: &WorldFile, name: &str, path: &str, span: Span) -> Result<LoadedPolicy> {
        let source = self.files.read(&file.path(self.files, path)).map_err(|finding| file.named(finding, span))?;
        LoadedPolicy::from_file(name, &source, self.files.limits())
    }

    fn unknown(&self, file: &WorldFile, name: &str, span: Span) -> Vec<Finding> {
        self.world.undefined(Kind::Policy, name, &file.place(span)).into()
    }
}

/// Whether a text where a name of a policy may stand is the path of a file.
fn is_path(text: &str) -> bool {
    let ending = Path::new(text).extension();
    let has_ending =
        ["json", "yaml", "yml"].iter().any(|known| ending.is_some_and(|own| own.eq_ignore_ascii_case(known)));
    has_ending || text.contains('/')
}
