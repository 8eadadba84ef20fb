//! From world files to a world: section by section over all files, so that the order of the files tells nothing but
//! which definition stands in for which.

use crate::account::source;
use crate::definition::{Definition, Definitions, Place, unwrapped};
use crate::file::{NamedDump, Result, Sections, WorldFile, items, read_all};
use crate::principal::Parts;
use crate::{
    Account, Attached, Files, Finding, LoadedPolicy, SharedWorlds, Tests, Via, World, WorldPolicy, find_managed,
};
use iameval::json::Node;
use iameval::json::fields::{invalid, text};
use iameval::suggest::did_you_mean;
use iameval::text::Span;
use iameval::{Code, Diagnostic, PolicyKind, Severity};
use iameval_data::ManagedPolicy;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads world files.
pub(crate) fn load(files: &dyn Files, paths: &[PathBuf]) -> Result<World> {
    let (read, dumps) = read_all(files, paths)?;
    build(files, read, dumps)
}

/// Reads a test file: the world that it describes, or the one of `otherwise`, and what it holds under `tests`.
pub(crate) fn load_tests(
    files: &dyn Files,
    path: &Path,
    otherwise: &[PathBuf],
    shared: &SharedWorlds,
) -> Result<(Arc<World>, Tests)> {
    let (mut read, dumps) = read_all(files, &[path.to_owned()])?;
    let (Some(file), []) = (read.last(), &*dumps) else {
        let message = "a test file must be YAML or JSON with `tests`, and this is an account dump";
        let error = Diagnostic::new(Code::InvalidField, Span::default(), message);
        return Err(vec![Finding::about_file(&files.name(path), error)]);
    };
    let tests = Tests { source: file.source.clone(), node: file.tests()?.clone(), folder: file.folder.clone() };
    let adds_nothing = file.adds_nothing();
    let world = if !otherwise.is_empty() && !file.describes_a_world()? {
        let load = |paths: &[PathBuf]| read_all(files, paths).and_then(|(read, dumps)| build(files, read, dumps));
        if adds_nothing {
            let identities = otherwise.iter().map(|path| files.identity(path)).collect();
            shared.get(identities, || load(otherwise))?
        } else {
            Arc::new(load(&[otherwise, &[path.to_owned()]].concat())?)
        }
    } else if adds_nothing {
        read.pop();
        let identities = read.iter().map(|file| file.identity.clone()).collect();
        shared.get(identities, || build(files, read, dumps))?
    } else {
        Arc::new(build(files, read, dumps)?)
    };
    Ok((world, tests))
}

fn build(files: &dyn Files, mut read: Vec<WorldFile>, named: Vec<NamedDump>) -> Result<World> {
    let mut loader = Loader::new(files);
    loader.world.files = read.iter().map(|file| file.source.name.clone()).collect();
    let mut dumps: Vec<(Place, Account)> = Vec::new();
    for (name, account) in named {
        dumps.push((source::whole(&name), account));
        loader.world.files.push(name);
    }
    for file in &read {
        loader.sources(file, file.sections()?.sources, &mut dumps)?;
    }
    // Files without an account or a partition of their own take those of the file that comes last and has one, and
    // without any that of the last account dump.
    let dumped = dumps.iter().rev().find_map(|(_, account)| account.id());
    loader.world.account = read.iter().rev().find_map(|file| file.account).or(dumped);
    let partition = read.iter().rev().find_map(|file| file.partition.clone());
    for file in &mut read {
        file.account = file.account.or(loader.world.account);
        file.partition = file.partition.take().or_else(|| partition.clone());
    }
    let read: Vec<(&WorldFile, Sections<'_>)> =
        read.iter().map(|file| Ok((file, file.sections()?))).collect::<Result<_>>()?;
    for (from, account) in dumps {
        loader.add_account(&from, account)?;
    }
    let mut from_sources = std::mem::take(&mut loader.loaded);
    let none = BTreeMap::new();
    let all = &read;
    loader.each(Section::new("policy", all, |of| of.policies), &from_sources.policies, Loader::named_policy)?;
    loader.each(Section::new("group", all, |of| of.groups), &from_sources.groups, Loader::group)?;
    for (file, sections) in all {
        loader.organization(file, sections.organization)?;
    }
    loader.each(Section::new("account", all, |of| of.accounts), &none, Loader::account)?;
    for (name, mut parts) in std::mem::take(&mut from_sources.parts) {
        let policies = parts.policies.iter_mut().chain(&mut parts.boundary).chain(&mut parts.trust);
        policies.for_each(|policy| loader.replace(policy));
        loader.insert_principal(&name, parts);
    }
    loader.each(Section::new("principal", all, |of| of.principals), &from_sources.principals, Loader::principal)?;
    loader.each(Section::new("resource", all, |of| of.resources), &none, Loader::resource)?;
    loader.each(Section::new("context", all, |of| of.contexts), &none, Loader::context)?;
    loader.each(Section::new("endpoint", all, |of| of.endpoints), &none, Loader::endpoint)?;
    loader.index();
    for (file, sections) in &read {
        loader.defaults(file, sections.defaults)?;
    }
    // Of those that something stands in for, there is nothing to say.
    loader.unknown.retain(|(policy, _)| loader.places.contains_key(&Arc::as_ptr(policy)));
    loader.world.warnings = loader.unknown.into_iter().map(|(_, warning)| warning).collect();
    Ok(loader.world)
}

/// One section of every file: what it defines, and where.
struct Section<'t> {
    what: &'static str,
    nodes: Vec<(&'t WorldFile, Option<&'t Node<'static>>)>,
}

impl<'t> Section<'t> {
    fn new(
        what: &'static str,
        files: &'t [(&'t WorldFile, Sections<'t>)],
        of: impl Fn(&Sections<'t>) -> Option<&'t Node<'static>>,
    ) -> Self {
        Self { what, nodes: files.iter().map(|(file, sections)| (*file, of(sections))).collect() }
    }
}

/// A world in the making.
pub(crate) struct Loader<'f> {
    files: &'f dyn Files,
    named: BTreeMap<String, Arc<LoadedPolicy>>,
    /// The managed policies that are named so far, by their own names.
    managed: BTreeMap<&'static str, Arc<LoadedPolicy>>,
    /// The place of each policy among those of the world.
    places: HashMap<*const LoadedPolicy, usize>,
    /// Policies of sources that are overridden, by address, each with what stands in for it.
    replaced: HashMap<*const LoadedPolicy, [Arc<LoadedPolicy>; 2]>,
    /// Policies whose documents are not known, and what to say of each.
    pub(crate) unknown: Vec<(Arc<LoadedPolicy>, Finding)>,
    pub(crate) groups: BTreeMap<String, Vec<Arc<LoadedPolicy>>>,
    loaded: Loaded,
    pub(crate) world: World,
}

/// The names that `sources` gave, and where each comes from.
#[derive(Default)]
struct Loaded {
    policies: BTreeMap<String, Place>,
    groups: BTreeMap<String, Place>,
    principals: BTreeMap<String, Place>,
    /// What the principals are made of, once groups and accounts are known.
    parts: Vec<(String, Parts)>,
}

impl<'f> Loader<'f> {
    fn new(files: &'f dyn Files) -> Self {
        Self {
            files,
            named: BTreeMap::new(),
            managed: BTreeMap::new(),
            places: HashMap::new(),
            replaced: HashMap::new(),
            unknown: Vec::new(),
            groups: BTreeMap::new(),
            loaded: Loaded::default(),
            world: World::default(),
        }
    }

    /// Gathers the definitions of one kind and reads each; everything that is wrong in them is told.
    fn each<'t>(
        &mut self,
        section: Section<'t>,
        loaded: &'t BTreeMap<String, Place>,
        read: impl Fn(&mut Self, Definition<'t>) -> Result<()>,
    ) -> Result<()> {
        let mut definitions = Definitions::new(section.what, loaded);
        for (file, node) in section.nodes {
            definitions.add(file, node)?;
        }
        let definitions = definitions.into_iter();
        let wrong: Vec<Finding> = definitions.filter_map(|definition| read(self, definition).err()).flatten().collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// What the sources of a file hold. They come before the definitions of all files, which may override theirs.
    fn sources(
        &mut self,
        file: &WorldFile,
        node: Option<&Node<'static>>,
        dumps: &mut Vec<(Place, Account)>,
    ) -> Result<()> {
        for source in items(node) {
            let Some([member]) = source.members() else {
                let mut error = invalid(source.span, "a source must be `KIND: FILE`");
                error.help = Some("such as `- account: authorization-details.json`".into());
                return Err(file.error(error));
            };
            let kind = &*member.key;
            if kind != "account" {
                let known = KINDS_OF_SOURCES.contains(&kind);
                let message = if known {
                    format!("sources of the kind `{kind}` are not read yet")
                } else {
                    format!("`{kind}` is no kind of source")
                };
                let mut error = invalid(member.key_span, message);
                let near = did_you_mean(kind, KINDS_OF_SOURCES).filter(|_| !known);
                let write = "write what the world needs of it under `policies`, `groups` and `principals`";
                error.help = Some(near.unwrap_or_else(|| write.into()));
                return Err(file.error(error));
            }
            let span = member.value.span;
            let path = text(&member.value, "`account`").map_err(|error| file.error(error))?;
            let path = file.path(self.files, path);
            let read = source::read(self.files, &path);
            let read =
                read.map_err(|found| found.into_iter().flat_map(|one| file.named(one, span)).collect::<Vec<_>>());
            self.world.files.push(self.files.name(&path));
            dumps.push((Place { source: file.source.clone(), span }, read?));
        }
        Ok(())
    }

    fn named_policy(&mut self, definition: Definition<'_>) -> Result<()> {
        let Definition { file, member } = definition;
        let node = unwrapped(&member.value, "policy", "a policy").map_err(|error| file.error(error))?;
        let policy = self.policy(file, &member.key, node)?;
        if let Some(earlier) = self.forget(&member.key) {
            // Whatever a source attached it to has the new one.
            self.replaced.insert(Arc::as_ptr(&earlier), [earlier, policy.clone()]);
            let mut groups = std::mem::take(&mut self.groups);
            for attached in groups.values_mut().flatten() {
                self.replace(attached);
                self.note(attached, PolicyKind::Identity);
            }
            self.groups = groups;
        }
        self.named.insert(member.key.to_string(), policy);
        Ok(())
    }

    /// Puts what overrides a policy in its place.
    fn replace(&self, policy: &mut Arc<LoadedPolicy>) {
        if let Some([_, newer]) = self.replaced.get(&Arc::as_ptr(policy)) {
            *policy = newer.clone();
        }
    }

    /// Drops a policy of that name that came from a source and is overridden.
    fn forget(&mut self, name: &str) -> Option<Arc<LoadedPolicy>> {
        let policy = self.named.remove(name)?;
        if let Some(place) = self.places.remove(&Arc::as_ptr(&policy)) {
            self.world.policies.remove(place);
            for other in self.places.values_mut().filter(|other| **other > place) {
                *other -= 1;
            }
        }
        Some(policy)
    }

    fn group(&mut self, definition: Definition<'_>) -> Result<()> {
        let Definition { file, member } = definition;
        let node = unwrapped(&member.value, "policies", "a group").map_err(|error| file.error(error))?;
        let policies = self.policy_list(file, &format!("{}:", member.key), Some(node), PolicyKind::Identity)?;
        self.groups.insert(member.key.to_string(), policies);
        Ok(())
    }

    /// A policy as a world defines it: a file, a managed policy, or a document in place.
    fn policy(&mut self, file: &WorldFile, name: &str, node: &Node<'static>) -> Result<Arc<LoadedPolicy>> {
        let policy = match node.as_str().map(|text| (text, find_managed(text))) {
            None => LoadedPolicy::from_tree(name, &file.source, node)?,
            Some((_, Some(managed))) => return self.managed(file, node, managed),
            Some((path, None)) => self.policy_file(file, name, path, node.span)?,
        };
        Ok(self.keep(policy))
    }

    fn managed(
        &mut self,
        file: &WorldFile,
        node: &Node<'_>,
        managed: std::result::Result<ManagedPolicy, Box<Diagnostic>>,
    ) -> Result<Arc<LoadedPolicy>> {
        let managed = match managed {
            Ok(managed) => managed,
            Err(mut diagnostic) => {
                (diagnostic.span, diagnostic.place) = (node.span, node.span);
                return match node.as_str().filter(|text| ManagedPolicy::replacement(text).is_some()) {
                    Some(retired) => Ok(self.retired(file, retired, diagnostic)),
                    None => Err(file.error(diagnostic)),
                };
            }
        };
        if let Some(known) = self.managed.get(managed.name()) {
            return Ok(known.clone());
        }
        let policy = self.keep(LoadedPolicy::managed(managed)?);
        self.managed.insert(managed.name(), policy.clone());
        Ok(policy)
    }

    /// A policy that AWS has retired and that may still be attached: its document is not known.
    fn retired(&mut self, file: &WorldFile, text: &str, mut diagnostic: Box<Diagnostic>) -> Arc<LoadedPolicy> {
        let name = format!("aws:{}", text.rsplit(['/', ':']).next().unwrap_or(text));
        let known = self.unknown.iter().find(|(policy, _)| policy.name == name);
        if let Some((policy, _)) = known {
            return policy.clone();
        }
        diagnostic.severity = Severity::Warning;
        let help = diagnostic.help.take().unwrap_or_default();
        diagnostic.help = Some(help + "; it is taken to allow and deny nothing, and answers say where it has a part");
        let policy = self.keep(LoadedPolicy::unknown(&name));
        self.unknown.extend(file.error(diagnostic).into_iter().map(|warning| (policy.clone(), warning)));
        policy
    }

    fn policy_file(&self, file: &WorldFile, name: &str, path: &str, span: Span) -> Result<LoadedPolicy> {
        let source = self.files.read(&file.path(self.files, path)).map_err(|finding| file.named(*finding, span))?;
        LoadedPolicy::from_source(name, &source)
    }

    /// Makes a policy one of the world, unless it is that already.
    pub(crate) fn keep(&mut self, policy: impl Into<Arc<LoadedPolicy>>) -> Arc<LoadedPolicy> {
        let policy = policy.into();
        if let Entry::Vacant(place) = self.places.entry(Arc::as_ptr(&policy)) {
            place.insert(self.world.policies.len());
            self.world.policies.push(WorldPolicy { policy: policy.clone(), kinds: BTreeSet::new() });
        }
        policy
    }

    /// Notes that a policy is attached as that kind.
    pub(crate) fn note(&mut self, policy: &Arc<LoadedPolicy>, kind: PolicyKind) {
        let place = self.places.get(&Arc::as_ptr(policy));
        if let Some(known) = place.and_then(|place| self.world.policies.get_mut(*place)) {
            known.kinds.insert(kind);
        }
    }

    /// Policies by name or in place, one or several, attached as policies of that kind. Those in place are called
    /// `PREFIX` and their number.
    pub(crate) fn policy_list(
        &mut self,
        file: &WorldFile,
        prefix: &str,
        node: Option<&Node<'static>>,
        kind: PolicyKind,
    ) -> Result<Vec<Arc<LoadedPolicy>>> {
        let policies =
            items(node).enumerate().map(|(index, node)| self.attach(file, &format!("{prefix}{index}"), node, kind));
        policies.collect()
    }

    /// A policy by name or in place, attached as that kind.
    pub(crate) fn attach(
        &mut self,
        file: &WorldFile,
        place: &str,
        node: &Node<'static>,
        kind: PolicyKind,
    ) -> Result<Arc<LoadedPolicy>> {
        let is_name = node.as_str().is_some_and(|name| find_managed(name).is_none());
        let policy = if is_name {
            let name = text(node, "a policy").map_err(|error| file.error(error))?;
            self.named.get(name).cloned().ok_or_else(|| self.unknown_policy(file, name, node.span))?
        } else {
            self.policy(file, place, node)?
        };
        self.note(&policy, kind);
        Ok(policy)
    }

    fn unknown_policy(&self, file: &WorldFile, name: &str, span: Span) -> Vec<Finding> {
        let mut findings = file.unknown("policy", name, span, self.named.keys());
        let is_json = Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let looks_like_file = is_json || name.contains('/');
        if let Some(finding) = findings.first_mut().filter(|_| looks_like_file) {
            finding.diagnostic.help = Some("give the file a name under `policies`, and write that here".into());
        }
        findings
    }

    /// Policies as they reach the owner of that name.
    pub(crate) fn attached_to(name: &str, policies: Vec<Arc<LoadedPolicy>>) -> Vec<Attached> {
        let attached = |policy| Attached { policy, via: Via::Attached(name.into()) };
        policies.into_iter().map(attached).collect()
    }
}

/// For bulk loaders: what a source adds to the world. `from` is where the world file names the source.
impl Loader<'_> {
    /// Adds a policy under a name.
    pub(crate) fn add_policy(&mut self, from: &Place, policy: Arc<LoadedPolicy>) -> Result<()> {
        loaded_once("policy", &mut self.loaded.policies, &policy.name, from)?;
        self.keep(policy.clone());
        self.named.insert(policy.name.clone(), policy);
        Ok(())
    }

    /// Adds a group with its policies, which are policies of the world already.
    pub(crate) fn add_group(&mut self, from: &Place, name: &str, policies: Vec<Arc<LoadedPolicy>>) -> Result<()> {
        loaded_once("group", &mut self.loaded.groups, name, from)?;
        for policy in &policies {
            self.note(policy, PolicyKind::Identity);
        }
        self.groups.insert(name.into(), policies);
        Ok(())
    }

    /// Adds a principal, whose policies are policies of the world already, and whose groups are in some file or
    /// source.
    pub(crate) fn add_principal(&mut self, from: &Place, name: &str, parts: Parts) -> Result<()> {
        loaded_once("principal", &mut self.loaded.principals, name, from)?;
        self.loaded.parts.push((name.into(), parts));
        Ok(())
    }
}

fn loaded_once(what: &str, known: &mut BTreeMap<String, Place>, name: &str, from: &Place) -> Result<()> {
    if known.insert(name.into(), from.clone()).is_none() {
        return Ok(());
    }
    let message = format!("the {what} `{name}` is defined twice by `sources`");
    let diagnostic = Diagnostic::new(Code::InvalidField, from.span, message);
    Err(vec![Finding::new(&from.source, diagnostic)])
}

const KINDS_OF_SOURCES: [&str; 3] = ["account", "cloudformation", "terraform"];
