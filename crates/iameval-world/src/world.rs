//! Who and what exists, as world files say it.

use crate::organization::Membership;
use crate::resource::ResourceIndex;
use crate::situation::Cache;
use crate::{Files, Finding, LoadedPolicy, SharedWorlds, Source, WorldEndpoint, WorldPrincipal, WorldResource};
use iameval::json::Node;
use iameval::{AccountId, Context, Mfa, PolicyKind, ServiceRules};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Who and what exists.
#[derive(Debug, Default)]
pub struct World {
    pub(crate) files: Vec<String>,
    pub(crate) account: Option<AccountId>,
    pub(crate) policies: Vec<WorldPolicy>,
    pub(crate) principals: BTreeMap<String, WorldPrincipal>,
    /// The first principal of each ARN, service and provider.
    pub(crate) by_id: HashMap<String, String>,
    pub(crate) resources: BTreeMap<String, WorldResource>,
    pub(crate) index: ResourceIndex,
    pub(crate) membership: Membership,
    pub(crate) endpoints: BTreeMap<String, WorldEndpoint>,
    pub(crate) contexts: BTreeMap<String, Context>,
    pub(crate) defaults: Defaults,
    pub(crate) cache: Cache,
    /// Rules of single services in place of those inside the program.
    pub(crate) rules: OnceLock<Arc<ServiceRules>>,
    pub(crate) warnings: Vec<Finding>,
}

/// What a test file holds under `tests`.
#[derive(Debug, Clone)]
pub struct Tests {
    /// The file.
    pub source: Arc<Source>,
    /// The list of cases, as it is written.
    pub node: Node<'static>,
    /// The folder that paths in the file are relative to.
    pub folder: PathBuf,
}

/// A policy of a world, and as what it is attached.
#[derive(Debug, Clone)]
pub struct WorldPolicy {
    /// The policy.
    pub policy: Arc<LoadedPolicy>,
    /// The kinds; none when it is attached nowhere.
    pub kinds: BTreeSet<PolicyKind>,
}

/// A policy and how it comes into play.
#[derive(Debug, Clone)]
pub struct Attached {
    /// The policy.
    pub policy: Arc<LoadedPolicy>,
    /// How.
    pub via: Via,
}

/// How a policy comes into play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Attached to the principal, resource or endpoint of that name, or to an account or the organization.
    Attached(String),
    /// Attached to a group that the principal is in.
    Group(String),
    /// Given on the command line.
    Flag,
}

/// What is taken when nothing else is said.
#[derive(Debug, Default, Clone)]
pub struct Defaults {
    /// The principal who asks: a name in the world, or an ARN.
    pub principal: Option<String>,
    /// The resource that is asked about: an ARN, the name of a resource, a name with a suffix, `self` or `*`.
    pub resource: Option<String>,
    /// The state of multi-factor authentication.
    pub mfa: Option<Mfa>,
    /// Context keys that are always given.
    pub context: Context,
    /// Whether an answer that depends on a key that was not given is an error.
    pub strict_context: Option<bool>,
}

impl World {
    /// Reads world files, and those that they `use`; what one defines, another may use.
    ///
    /// # Errors
    /// Everything that is wrong in the first part that has something wrong.
    pub fn load(files: &dyn Files, paths: &[PathBuf]) -> Result<Self, Vec<Finding>> {
        crate::load::load(files, paths)
    }

    /// Reads a test file: the world that it describes, and its tests. Where it describes none, those of `otherwise` are
    /// its world. Files that say no more of a world than which others they use share it.
    ///
    /// # Errors
    /// Everything that is wrong in the first part that has something wrong; also when the file has no `tests`.
    pub fn load_tests(
        files: &dyn Files,
        path: &Path,
        otherwise: &[PathBuf],
        shared: &SharedWorlds,
    ) -> Result<(Arc<Self>, Tests), Vec<Finding>> {
        crate::load::load_tests(files, path, otherwise, shared)
    }

    /// Decides by these rules of single services in place of those inside the program. To be said before anything is
    /// asked; what is said later has no effect.
    pub fn decide_by(&self, rules: Arc<ServiceRules>) {
        let _ = self.rules.set(rules);
    }

    /// The names of the world files that were read, in order: a file after those that it uses.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// The account that names without one belong to: that of the file that was read last and has one.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// What is worth knowing about the files, although the world can be made of them: policies that are attached and whose
    /// documents are not known.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// Every policy once, in the order in which the files name them first.
    pub fn policies(&self) -> &[WorldPolicy] {
        &self.policies
    }

    /// The principals by name.
    pub fn principals(&self) -> &BTreeMap<String, WorldPrincipal> {
        &self.principals
    }

    /// The resources by name.
    pub fn resources(&self) -> &BTreeMap<String, WorldResource> {
        &self.resources
    }

    /// The VPC endpoints by name.
    pub fn endpoints(&self) -> &BTreeMap<String, WorldEndpoint> {
        &self.endpoints
    }

    /// The named contexts.
    pub fn contexts(&self) -> &BTreeMap<String, Context> {
        &self.contexts
    }

    /// The defaults.
    pub fn defaults(&self) -> &Defaults {
        &self.defaults
    }
}
