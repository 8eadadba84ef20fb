//! Which policies are to be checked.

use crate::args::Check;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::policy::{self, is_file};
use crate::setup::Setup;
use crate::world;
use iameval::json::{self, Node};
use iameval::text::Span;
use iameval::{Code, Diagnostic, Parsed, PolicyDocument, PolicyKind};
use iameval_data::ManagedPolicy;
use iameval_world::{Disk, Files, Finding, LoadedPolicy, Source, World, WorldPolicy, find_managed};
use ignore::WalkBuilder;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A text that is, or should be, a policy.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) source: Arc<Source>,
    pub(super) parsed: Parsed<PolicyDocument>,
    /// The kind, when it is known without a guess.
    pub(super) kind: Option<PolicyKind>,
    /// Whether AWS manages it.
    pub(super) managed: bool,
    /// The file that the policy is the whole of.
    pub(super) file: Option<PathBuf>,
    /// Whether a folder was named and not the policy, nor what it is in.
    pub(super) is_of_folder: bool,
}

/// The inputs, and the files of folders that hold no policy.
#[derive(Default)]
pub(super) struct Inputs {
    pub(super) policies: Vec<Input>,
    pub(super) skipped: Vec<String>,
    /// Files of folders that cannot be read as text.
    pub(super) unreadable: Vec<Finding>,
    kind: Option<PolicyKind>,
    in_folder: bool,
    disk: Disk,
}

/// The policies that the paths name; without paths, those of the world.
pub(super) fn collect(flags: &Check, setup: &Setup, output: &mut Output) -> Outcome<Inputs> {
    let disk = setup.config.disk;
    let mut inputs = Inputs { kind: flags.kind, disk, ..Inputs::default() };
    for path in &flags.paths {
        if let Some(managed) = path.to_str().and_then(find_managed) {
            let policy = policy::load("PATH", path, setup.config.disk)?;
            inputs.loaded(&policy, managed.ok().map(ManagedPolicy::kind));
        } else if path.is_dir() {
            inputs.in_folder = true;
            inputs.folder(path, output)?;
            inputs.in_folder = false;
        } else if has_ending(path, &["yaml", "yml"]) {
            let world = World::load(&disk, std::slice::from_ref(path))?;
            world.warnings().iter().for_each(|warning| output.warn(warning));
            inputs.world(&world);
        } else {
            let source = disk.read(path)?;
            // Standard input cannot be read twice.
            let world = if has_ending(path, &["json"]) { world_in(path, &source.text, disk) } else { None };
            match world {
                Some(Ok(world)) => inputs.world(&world),
                _ => inputs.text(source)?,
            }
        }
    }
    if flags.paths.is_empty()
        && let Some(world) = world::load(&flags.source, &setup.config, output)?
    {
        inputs.world(&world);
    }
    if inputs.policies.is_empty() && inputs.unreadable.is_empty() {
        let help = "name policy files or folders, a world file, `aws:NAME`, or `-` for standard input";
        return Err(Failure::usage(Code::NothingToDecideBy, "there is nothing to check", help));
    }
    Ok(inputs)
}

impl Inputs {
    /// A text that should be a policy.
    fn text(&mut self, source: Arc<Source>) -> Result<(), Box<Finding>> {
        self.disk.limits.check_text(&source)?;
        let parsed = PolicyDocument::parse(&source.text);
        let (name, file) = (source.name.clone(), source.path.clone());
        self.policies.push(Input {
            name,
            source,
            parsed,
            kind: self.kind,
            managed: false,
            file,
            is_of_folder: self.in_folder,
        });
        Ok(())
    }

    fn loaded(&mut self, policy: &LoadedPolicy, kind: Option<PolicyKind>) {
        self.policies.push(Input {
            name: policy.name.clone(),
            source: policy.source.clone(),
            parsed: Parsed { value: Some(policy.document().clone()), diagnostics: Vec::new() },
            kind: self.kind.or(kind),
            managed: policy.is_of_aws(),
            file: policy.file.clone(),
            is_of_folder: self.in_folder,
        });
    }

    /// Every policy of a world, as what it is attached as. What AWS manages is for AWS to mend.
    fn world(&mut self, world: &World) {
        for WorldPolicy { policy, kinds, .. } in world.policies().iter().filter(|known| !known.policy.is_of_aws()) {
            self.attached(policy, kinds);
        }
    }

    fn attached(&mut self, policy: &LoadedPolicy, kinds: &BTreeSet<PolicyKind>) {
        if kinds.is_empty() {
            self.loaded(policy, None);
        }
        for kind in kinds {
            self.loaded(policy, Some(*kind));
        }
    }

    /// Every policy in a folder, in order of paths: as what the worlds in it attach it as, and last the policies that stand
    /// in those worlds.
    fn folder(&mut self, folder: &Path, output: &mut Output) -> Outcome<()> {
        let before = self.policies.len();
        let files = files_of(folder, output)?;
        let roles = Roles::of_worlds(folder, &files, self.disk, output);
        for path in files.iter().filter(|path| has_ending(path, &["json"])) {
            match self.disk.read(path) {
                Ok(source) if looks_like_policy(&source.text) => {
                    if let Some((policy, kinds)) = roles.of_files.get(&self.disk.identity(path)) {
                        self.attached(policy, kinds);
                    } else if let Err(refused) = self.text(source) {
                        self.unreadable.push(*refused);
                    }
                }
                Ok(_) if roles.worlds.contains(path) => {}
                Ok(source) => self.skipped.push(source.name.clone()),
                Err(finding) if finding.diagnostic.code == Code::EmptyInput => {
                    self.skipped.push(path.display().to_string());
                }
                // The findings in the other files are worth having.
                Err(finding) => self.unreadable.push(*finding),
            }
        }
        for (policy, kinds) in &roles.in_worlds {
            self.attached(policy, kinds);
        }
        if self.policies.len() == before && self.unreadable.is_empty() {
            let message = format!("there is no policy in `{}`", folder.display());
            let help = "a policy is a `.json` file with a `Statement`";
            return Err(Failure::usage(Code::NothingToDecideBy, message, help));
        }
        Ok(())
    }
}

/// The files of a folder that may hold policies or say what policies are for, in order of paths.
fn files_of(folder: &Path, output: &mut Output) -> Outcome<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in WalkBuilder::new(folder).require_git(false).build() {
        let entry = entry.map_err(|error| {
            let name = folder.display().to_string();
            let diagnostic = Diagnostic::new(Code::Unreadable, Span::default(), error.to_string());
            Failure(vec![Finding::about_file(&name, diagnostic)])
        })?;
        if has_ending(entry.path(), &["json", "yaml", "yml"]) && is_file(entry.path(), output) {
            files.push(entry.into_path());
        }
    }
    files.sort_unstable();
    // A link into the folder names a file that is there already.
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    files.retain(|path| path.canonicalize().is_ok_and(|path| seen.insert(path)));
    Ok(files)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// What the worlds in a folder say of policies.
#[derive(Default)]
struct Roles {
    /// The files that are worlds.
    worlds: BTreeSet<PathBuf>,
    /// The policies that are files of the folder and attached to something, by what the paths to one file have in common.
    of_files: BTreeMap<PathBuf, (Arc<LoadedPolicy>, BTreeSet<PolicyKind>)>,
    /// The policies that stand in the worlds.
    in_worlds: Vec<(Arc<LoadedPolicy>, BTreeSet<PolicyKind>)>,
}

impl Roles {
    fn of_worlds(folder: &Path, files: &[PathBuf], disk: Disk, output: &mut Output) -> Self {
        let mut roles = Self::default();
        let folder = disk.identity(folder);
        for path in files {
            let Ok(source) = disk.read(path) else { continue };
            match world_in(path, &source.text, disk) {
                None => {}
                Some(Ok(world)) => {
                    output.detail(&format!("world: {}", path.display()));
                    roles.worlds.insert(path.clone());
                    let own = world.policies().iter().filter(|known| !known.policy.is_of_aws());
                    own.for_each(|known| roles.add(known, &folder, disk));
                }
                // Most likely it is something else, and a policy with mistakes is reported as that.
                Some(Err(findings)) => {
                    let of_world =
                        |finding: &&Finding| finding.source.name == source.name && has_principals(&source.text);
                    findings.iter().filter(of_world).for_each(|finding| output.warn(finding));
                }
            }
        }
        roles
    }

    fn add(&mut self, WorldPolicy { policy, kinds, .. }: &WorldPolicy, folder: &Path, disk: Disk) {
        match &policy.file {
            Some(_) if kinds.is_empty() => {}
            Some(file) => {
                let file = disk.identity(file);
                if file.starts_with(folder) {
                    let (_, known) = self.of_files.entry(file).or_insert_with(|| (policy.clone(), BTreeSet::new()));
                    known.extend(kinds);
                }
            }
            // A world that another uses is read with that one again.
            None => {
                let place = |policy: &LoadedPolicy| (policy.source.start, policy.document().span());
                let same = |(other, _): &&mut (Arc<LoadedPolicy>, _)| {
                    other.source.name == policy.source.name && place(other) == place(policy)
                };
                match self.in_worlds.iter_mut().find(same) {
                    Some((_, known)) => known.extend(kinds),
                    None => self.in_worlds.push((policy.clone(), kinds.clone())),
                }
            }
        }
    }
}

/// The world that a file is, if it has what only worlds and account dumps have: policies, and somebody to have them.
fn world_in(path: &Path, text: &str, disk: Disk) -> Option<Result<World, Vec<Finding>>> {
    const WORDS: [&str; 4] = ["principals", "policies", "policy", "UserDetailList"];
    let is_policy = has_ending(path, &["json"]) && looks_like_policy(text);
    if is_policy || !WORDS.iter().any(|word| text.contains(word)) {
        return None;
    }
    let world = World::load(&disk, &[path.to_path_buf()]);
    Some(world).filter(|world| world.as_ref().map_or(true, |world| !world.policies().is_empty()))
}

/// Whether the text names principals as a world does.
fn has_principals(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("principals:"))
}

/// Whether a file of a folder is meant as a policy: it has statements or a version of the policy language, or it is no JSON
/// and has such a word.
fn looks_like_policy(text: &str) -> bool {
    const WORDS: [&str; 3] = ["\"Statement\"", "2012-10-17", "2008-10-17"];
    match json::parse(text) {
        Ok(tree) => {
            let version = tree.get("Version").and_then(Node::as_str);
            tree.get("Statement").is_some() || version.is_some_and(|version| WORDS.contains(&version))
        }
        Err(_) => WORDS.iter().any(|word| text.contains(word)),
    }
}
