//! Which policies are to be checked.

use super::denies::Denies;
use super::template::{InTemplate, TemplatesRead};
use crate::args::Check;
use crate::exit::{Failure, Outcome};
use crate::output::{Output, shown};
use crate::policy::{self, is_file};
use crate::remembered::Remembered;
use crate::setup::Setup;
use crate::world;
use iameval::json::{self, Node};
use iameval::symbol::Symbols;
use iameval::{Parsed, PolicyDocument, PolicyKind, Problem};
use iameval_data::ManagedPolicy;
use iameval_infra::{TemplatePolicies, TemplatePolicy};
use iameval_lint::AttachedTo;
use iameval_report::holders_in_words;
use iameval_world::{
    Disk, FilePolicy, Files, Finding, Held, Holder, Limits, LoadedPolicy, PolicyFile, PolicyForm, Source, World,
    WorldPolicy, find_managed, yaml,
};
use ignore::WalkBuilder;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// A text that is, or should be, a policy.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) source: Arc<Source>,
    pub(super) parsed: Parsed<PolicyDocument>,
    /// The kind, when it is known without a guess.
    pub(super) kind: Option<PolicyKind>,
    /// Whether AWS manages it.
    pub(super) managed: bool,
    /// The file that the policy is in.
    pub(super) file: Option<PathBuf>,
    /// How the file holds it.
    pub(super) form: PolicyForm,
    /// Which policy of a file with several it is, and who has it.
    pub(super) note: Option<String>,
    /// The resources that a world attaches it to, where they are known.
    pub(super) attached_to: Option<AttachedTo>,
    /// Whether a folder was named and not the policy, nor what it is in.
    pub(super) is_of_folder: bool,
    /// The template that it is in.
    pub(super) template: Option<InTemplate>,
}

impl Input {
    /// The file whose text can be changed: the policy is the whole of it, in JSON.
    pub(super) fn mendable(&self) -> Option<&Path> {
        self.file.as_deref().filter(|_| self.form == PolicyForm::Json)
    }

    /// Whether its document stands in a file, and is not made by a transform of a template.
    pub(super) fn is_written(&self) -> bool {
        self.template.as_ref().is_none_or(|template| template.policy.is_written())
    }

    /// Whether what is found can be mended in place.
    pub(super) fn can_mend(&self, finding: &Finding) -> bool {
        let Some(fix) = finding.diagnostic.fix() else { return false };
        match &self.template {
            Some(template) => self.source.path.is_some() && template.policy.takes(fix),
            None => self.mendable().is_some(),
        }
    }

    /// What is not known in it.
    pub(super) fn symbols(&self) -> &Symbols {
        static NONE: LazyLock<Symbols> = LazyLock::new(Symbols::new);
        self.template.as_ref().map_or(&NONE, |template| &template.read.symbols)
    }
}

/// The inputs, and the files of folders that hold no policy.
pub(super) struct Inputs<'s> {
    pub(super) policies: Vec<Input>,
    /// What is proved of the Deny statements of worlds.
    pub(super) denies: Denies<'s>,
    pub(super) skipped: Vec<String>,
    /// Policies of folders with worlds, of which no world there says anything.
    pub(super) unmentioned: Vec<String>,
    /// Files of folders that cannot be read as text.
    pub(super) unreadable: Vec<Finding>,
    kind: Option<PolicyKind>,
    in_folder: bool,
    /// Whether templates were read, with policies in them or without.
    has_templates: bool,
    /// Files that are parts of others which were read.
    included: BTreeSet<PathBuf>,
    /// Terraform modules of which files were named, by their folders.
    modules: BTreeMap<PathBuf, Module>,
}

/// A Terraform module that was read.
struct Module {
    read: Arc<TemplatesRead>,
    /// By the files that they stand in.
    policies: BTreeMap<PathBuf, Vec<TemplatePolicy>>,
}

/// The policies that the paths name; without paths, those of the world.
pub(super) fn collect<'s>(flags: &Check, setup: &'s Setup, output: &mut Output) -> Outcome<Inputs<'s>> {
    let mut inputs = Inputs {
        policies: Vec::new(),
        denies: Denies::new(flags, setup),
        skipped: Vec::new(),
        unmentioned: Vec::new(),
        unreadable: Vec::new(),
        kind: flags.kind,
        in_folder: false,
        has_templates: false,
        included: BTreeSet::new(),
        modules: BTreeMap::new(),
    };
    for path in &flags.paths {
        if let Some(managed) = path.to_str().and_then(find_managed) {
            let policy = policy::load("PATH", path, &setup.files, output)?;
            inputs.loaded(&policy, managed.ok().map(ManagedPolicy::kind), None, None);
        } else if path.is_dir() && setup.files.formats().kind_of_folder(&setup.files, path) == Some("cdk") {
            inputs.templates(path, &setup.files, setup, output)?;
            inputs.denies.judge_templates(path, &setup.files, output);
        } else if path.is_dir() {
            inputs.in_folder = true;
            inputs.folder(path, setup, output)?;
            inputs.in_folder = false;
        } else {
            inputs.path(path, setup, output)?;
        }
    }
    if flags.paths.is_empty()
        && let Some(world) = world::load(&flags.source, setup, output)?
    {
        inputs.world(&world, setup, output)?;
    }
    if inputs.policies.is_empty() && inputs.unreadable.is_empty() {
        let (message, help) = if inputs.has_templates {
            let help =
                "name templates with policies; policies that macros would make are not there before the deployment";
            ("there is no policy in the templates", help)
        } else {
            let help = "name policy files or folders, a world file, `aws:NAME`, or `-` for standard input";
            ("there is nothing to check", help)
        };
        return Err(Failure::usage(iameval_ask::codes::NOTHING_TO_DECIDE_BY, message, help));
    }
    Ok(inputs)
}

impl Inputs<'_> {
    /// Whatever a file holds.
    fn path(&mut self, path: &Path, setup: &Setup, output: &mut Output) -> Outcome<()> {
        let source = setup.files.read(path)?;
        if setup.files.formats().kind_of(&source).is_some() {
            let files = Held { path, source: &source, others: &setup.files };
            let known = self.modules.len();
            self.templates(path, &files, setup, output)?;
            // The other files of a module make the same world.
            let is_module = setup.files.infrastructure().module_of(&files, path).is_some();
            if !is_module || self.modules.len() > known {
                self.denies.judge_templates(path, &files, output);
            }
            return Ok(());
        }
        match PolicyFile::read(&source, setup.files.limits()) {
            PolicyFile::Policies(policies) => self.policies_of(&source, policies),
            PolicyFile::World(_) => {
                let files = Held { path, source: &source, others: &setup.files };
                let world = World::load(&files, &[path.to_path_buf()])?;
                world.warnings().iter().for_each(|warning| output.warn(warning));
                self.world(&world, setup, output)?;
            }
            PolicyFile::Neither(finding) if has_ending(path, &["yaml", "yml"]) => return Err(finding.into()),
            PolicyFile::Neither(finding) => {
                let parsed = Parsed { value: None, diagnostics: vec![finding.diagnostic] };
                self.policies_of(&source, vec![FilePolicy::whole(&source, parsed)]);
            }
            PolicyFile::OverLimit(finding) => return Err(finding.into()),
            PolicyFile::Other(known) => return Err(known.instead_of("an IAM policy").into()),
        }
        Ok(())
    }

    /// The policies of a file, each called after it, and after its path in it when there are several.
    fn policies_of(&mut self, file: &Source, policies: Vec<FilePolicy>) {
        let is_one = policies.len() == 1;
        for FilePolicy { source, parsed, form } in policies {
            let name = match &form {
                PolicyForm::Wrapped(wrapping) if !is_one => format!("{}, {}", file.name, wrapping.path),
                _ => file.name.clone(),
            };
            self.policies.push(Input {
                name,
                source,
                parsed,
                kind: self.kind,
                managed: false,
                file: file.path.clone(),
                form,
                note: None,
                attached_to: None,
                is_of_folder: self.in_folder,
                template: None,
            });
        }
    }

    /// Every policy of templates, as what where it stands says that it is. Of a Terraform module of which one file is named,
    /// the policies of that file; the module is read once for all its files.
    fn templates(&mut self, path: &Path, files: &dyn Files, setup: &Setup, output: &mut Output) -> Outcome<()> {
        let infrastructure = setup.files.infrastructure();
        let Some(folder) = infrastructure.module_of(files, path).map(|folder| setup.files.identity(folder)) else {
            let found = infrastructure.policies(files, path)?;
            let read = self.read(path, &found, setup, output);
            self.policies_of_templates(found.policies, &read);
            return Ok(());
        };
        if !self.modules.contains_key(&folder) {
            let found = infrastructure.terraform(path).module_policies(files)?;
            let read = self.read(path, &found, setup, output);
            let mut policies: BTreeMap<PathBuf, Vec<TemplatePolicy>> = BTreeMap::new();
            for policy in found.policies {
                let file = setup.files.identity(Path::new(&policy.source.name));
                policies.entry(file).or_default().push(policy);
            }
            self.modules.insert(folder.clone(), Module { read, policies });
        }
        if let Some(Module { read, policies }) = self.modules.get(&folder) {
            let own = policies.get(&setup.files.identity(path)).cloned().unwrap_or_default();
            self.policies_of_templates(own, &read.clone());
        }
        Ok(())
    }

    /// What is to be remembered of templates beside their policies, and said.
    fn read(
        &mut self,
        path: &Path,
        found: &TemplatePolicies,
        setup: &Setup,
        output: &mut Output,
    ) -> Arc<TemplatesRead> {
        self.included.extend(found.included.iter().map(|source| setup.files.identity(Path::new(&source.name))));
        for warning in &found.warnings {
            // That a template takes parameters is nothing to mend.
            if warning.diagnostic.code() != iameval_infra::codes::LEFT_OPEN || output.is_verbose() {
                output.warn(warning);
            }
        }
        self.has_templates = true;
        Arc::new(TemplatesRead { path: path.to_owned(), symbols: found.symbols.clone() })
    }

    fn policies_of_templates(&mut self, policies: Vec<TemplatePolicy>, read: &Arc<TemplatesRead>) {
        for policy in policies {
            let template = InTemplate { policy, read: read.clone() };
            self.policies.push(Input {
                name: template.policy.name.clone(),
                source: template.policy.source.clone(),
                parsed: template.policy.parsed.clone(),
                kind: self.kind.or(Some(template.policy.kind)),
                managed: false,
                file: None,
                form: PolicyForm::Json,
                note: Some(template.note()),
                attached_to: None,
                is_of_folder: self.in_folder,
                template: Some(template),
            });
        }
    }

    fn loaded(
        &mut self,
        policy: &LoadedPolicy,
        kind: Option<PolicyKind>,
        note: Option<String>,
        to: Option<AttachedTo>,
    ) {
        let kind = self.kind.or(kind);
        self.policies.push(Input {
            name: policy.name.clone(),
            source: policy.source.clone(),
            parsed: Parsed { value: Some(policy.document().clone()), diagnostics: Vec::new() },
            kind,
            managed: policy.is_of_aws(),
            file: policy.file.clone(),
            form: policy.form.clone(),
            note,
            attached_to: to.filter(|_| kind == Some(PolicyKind::Resource)),
            is_of_folder: self.in_folder,
            template: None,
        });
    }

    /// Every policy of a world, as what it is attached as, and those of its templates as they are written. What AWS manages
    /// is for AWS to fix.
    fn world(&mut self, world: &World, setup: &Setup, output: &mut Output) -> Outcome<()> {
        self.denies.judge(world, output);
        let holders = world.holders();
        for WorldPolicy { policy, kinds, .. } in world.policies().iter().filter(|known| is_own(&known.policy)) {
            let holders = holders.of(policy);
            self.attached(policy, kinds, holders, attached_to(world, holders).as_ref());
        }
        let origins = world.policies().iter().filter_map(|known| known.policy.origin());
        let mut templates: Vec<&Arc<Source>> = Vec::new();
        for source in origins.map(|origin| origin.place.source()) {
            if !templates.iter().any(|known| known.name == source.name) {
                templates.push(source);
            }
        }
        for source in templates {
            let path = source.path.clone().unwrap_or_else(|| source.name.clone().into());
            self.templates(&path, &Held { path: &path, source, others: &setup.files }, setup, output)?;
        }
        Ok(())
    }

    fn attached(
        &mut self,
        policy: &LoadedPolicy,
        kinds: &BTreeSet<PolicyKind>,
        holders: &[Holder],
        to: Option<&AttachedTo>,
    ) {
        // A file says itself which policy it is.
        let note = policy.file.is_none().then(|| match holders {
            [] => format!("in the policy `{}`, which is not attached to anything", policy.name),
            _ => format!("in the policy `{}`, {}", policy.name, holders_in_words(holders)),
        });
        if kinds.is_empty() {
            self.loaded(policy, None, note.clone(), None);
        }
        for kind in kinds {
            self.loaded(policy, Some(*kind), note.clone(), to.cloned());
        }
    }

    /// Takes the templates out of the files of a folder, and the policies out of those; of an assembly all its files.
    fn templates_of(&mut self, files: &mut Vec<PathBuf>, setup: &Setup, output: &mut Output) {
        let (disk, formats) = (setup.files.disk(), setup.files.formats());
        let is_known = |path: &PathBuf| disk.read(path).is_ok_and(|source| formats.kind_of(&source).is_some());
        let (known, mut others): (Vec<PathBuf>, Vec<PathBuf>) = std::mem::take(files).into_iter().partition(is_known);
        let (modules, known): (Vec<PathBuf>, Vec<PathBuf>) =
            known.into_iter().partition(|path| has_ending(path, &["tf", "tofu"]));
        let folders: BTreeSet<&Path> = known.iter().filter_map(|path| path.parent()).collect();
        let is_assembly = |folder: &&Path| formats.kind_of_folder(&disk, folder) == Some("cdk");
        let assemblies: Vec<&Path> = folders.into_iter().filter(is_assembly).collect();
        let is_part = |path: &Path| path.ancestors().skip(1).any(|above| assemblies.contains(&above));
        // A module is read as a whole; those in folders under it are its parts.
        let modules: BTreeSet<&Path> = modules.iter().filter_map(|path| path.parent()).collect();
        let is_inner = |path: &&Path| path.ancestors().skip(1).any(|above| modules.contains(above));
        let roots = modules.iter().copied().filter(|path| !is_inner(path));
        let named = assemblies.iter().copied().chain(known.iter().map(PathBuf::as_path)).chain(roots);
        let named: BTreeSet<&Path> = named.filter(|path| !is_part(path)).collect();
        // A service of the Serverless Framework says which files are parts of it.
        let is_service =
            |path: &&Path| disk.read(path).is_ok_and(|source| formats.kind_of(&source) == Some("serverless"));
        let (services, named): (Vec<&Path>, Vec<&Path>) = named.into_iter().partition(is_service);
        for path in services.into_iter().chain(named) {
            if self.included.contains(&disk.identity(path)) {
                continue;
            }
            // The findings in the other files are worth having.
            match self.templates(path, &setup.files, setup, output) {
                Ok(()) => self.denies.judge_templates(path, &setup.files, output),
                Err(Failure(findings)) => self.unreadable.extend(findings),
            }
        }
        let included = &self.included;
        others.retain(|path| {
            !is_part(path) && !has_ending(path, &["template", "tf", "tofu"]) && !included.contains(&disk.identity(path))
        });
        *files = others;
    }

    /// Every policy in a folder, in order of paths: as what the worlds in it attach it as, and last the policies that stand
    /// in those worlds.
    fn folder(&mut self, folder: &Path, setup: &Setup, output: &mut Output) -> Outcome<()> {
        let known = &setup.files;
        let before = self.policies.len();
        let mut files = files_of(folder, output)?;
        self.templates_of(&mut files, setup, output);
        let roles = Roles::of_worlds(folder, &files, known, &mut self.denies, output);
        let disk = known.disk();
        for path in &files {
            let is_json = has_ending(path, &["json"]);
            match disk.read(path).map(|source| (policies_in(&source, disk.limits), source)) {
                Ok((Ok(Some(policies)), source)) => {
                    known.note(path);
                    match roles.of_files.get(&disk.identity(path)) {
                        Some((policy, kinds)) => self.attached(policy, kinds, &[], None),
                        None => self.policies_of(&source, policies),
                    }
                    if !roles.worlds.is_empty() && !roles.mentioned.contains(&disk.identity(path)) {
                        self.unmentioned.push(source.name.clone());
                    }
                }
                Ok((Err(finding), _)) => self.unreadable.push(finding),
                Ok(_) if !is_json || roles.worlds.contains(path) => {}
                Ok((Ok(None), source)) => self.skipped.push(source.name.clone()),
                Err(_) if !is_json => {}
                Err(finding) if finding.diagnostic.code() == iameval_world::codes::EMPTY_INPUT => {
                    self.skipped.push(path.display().to_string());
                }
                // The findings in the other files are worth having.
                Err(finding) => self.unreadable.push(finding),
            }
        }
        for InWorld { policy, kinds, holders, to } in &roles.in_worlds {
            self.attached(policy, kinds, holders, to.as_ref());
        }
        if self.policies.len() == before && self.unreadable.is_empty() {
            let message = format!("there is no policy in `{}`", folder.display());
            let help = "a policy is a `.json` or `.yaml` file with a `Statement`";
            return Err(Failure::usage(iameval_ask::codes::NOTHING_TO_DECIDE_BY, message, help));
        }
        Ok(())
    }
}

/// Whether the policy was written by hand, in a policy file or a world file, and is not AWS's.
fn is_own(policy: &LoadedPolicy) -> bool {
    !policy.is_of_aws() && policy.origin().is_none()
}

/// The files of a folder that may hold policies or say what policies are for, in order of paths.
fn files_of(folder: &Path, output: &mut Output) -> Outcome<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in WalkBuilder::new(folder).require_git(false).build() {
        let entry = entry.map_err(|error| {
            let name = folder.display().to_string();
            let problem = Problem::new(iameval_world::codes::UNREADABLE, error.to_string());
            Failure(vec![Finding::about_file(&name, problem)])
        })?;
        if has_ending(entry.path(), &["json", "yaml", "yml", "template", "tf", "tofu"]) && is_file(entry.path(), output)
        {
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
    in_worlds: Vec<InWorld>,
    /// The files that a world names, attached or not, by what the paths to one file have in common.
    mentioned: BTreeSet<PathBuf>,
}

/// A policy that stands in a world.
struct InWorld {
    policy: Arc<LoadedPolicy>,
    kinds: BTreeSet<PolicyKind>,
    holders: Vec<Holder>,
    to: Option<AttachedTo>,
}

/// The resources that have a policy; `None` where not everything is known of them.
fn attached_to(world: &World, holders: &[Holder]) -> Option<AttachedTo> {
    if world.symbols().is_some() {
        return None;
    }
    let mut to = AttachedTo::unknown();
    world.resources_among(holders).for_each(|resource| to.add(resource.with_its_parts(), resource.account));
    Some(to)
}

impl Roles {
    fn of_worlds(
        folder: &Path,
        files: &[PathBuf],
        known: &Remembered,
        denies: &mut Denies<'_>,
        output: &mut Output,
    ) -> Self {
        let mut roles = Self::default();
        let disk = known.disk();
        let folder = disk.identity(folder);
        for path in files {
            let Ok(source) = disk.read(path) else { continue };
            match world_in(path, &source.text, known) {
                None => {}
                Some(Ok(world)) => {
                    output.detail(&format!("world: {}", shown(path)));
                    roles.worlds.insert(path.clone());
                    denies.judge(&world, output);
                    let own = world.policies().iter().filter(|known| is_own(&known.policy));
                    let holders = world.holders();
                    own.for_each(|known| roles.add(&world, known, &folder, holders.of(&known.policy), disk));
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

    fn add(
        &mut self,
        world: &World,
        WorldPolicy { policy, kinds, .. }: &WorldPolicy,
        folder: &Path,
        holders: &[Holder],
        disk: Disk,
    ) {
        self.mentioned.extend(policy.file.as_deref().map(|file| disk.identity(file)));
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
                let same = |other: &&mut InWorld| {
                    other.policy.source.name == policy.source.name && place(&other.policy) == place(policy)
                };
                match self.in_worlds.iter_mut().find(same) {
                    // The other world may attach it to something else.
                    Some(known) => {
                        known.kinds.extend(kinds);
                        known.to =
                            known.to.take().filter(|to| attached_to(world, holders).is_some_and(|own| own == *to));
                    }
                    None => self.in_worlds.push(InWorld {
                        policy: policy.clone(),
                        kinds: kinds.clone(),
                        holders: holders.to_vec(),
                        to: attached_to(world, holders),
                    }),
                }
            }
        }
    }
}

/// The policies in a file of a folder, if it is meant to hold some.
///
/// # Errors
/// When one has more statements than are read.
fn policies_in(source: &Arc<Source>, limits: Limits) -> Result<Option<Vec<FilePolicy>>, Finding> {
    Ok(match PolicyFile::read(source, limits) {
        PolicyFile::Policies(policies) => {
            let is_meant = policies.iter().any(|policy| match policy.form {
                PolicyForm::Json => looks_like_policy(&source.text),
                PolicyForm::Yaml => yaml::parse(&source.text).is_ok_and(|tree| tree.get("Statement").is_some()),
                PolicyForm::Wrapped(_) => true,
            });
            is_meant.then_some(policies)
        }
        PolicyFile::Neither(finding)
            if has_ending(Path::new(&source.name), &["json"]) && looks_like_policy(&source.text) =>
        {
            let parsed = Parsed { value: None, diagnostics: vec![finding.diagnostic] };
            Some(vec![FilePolicy::whole(source, parsed)])
        }
        PolicyFile::OverLimit(finding) => return Err(finding),
        _ => None,
    })
}

/// The world that a file is, if it has what only worlds and account dumps have: policies, and someone to have them. The
/// files of a world are known as read from then on; those of something else were only looked at.
fn world_in(path: &Path, text: &str, known: &Remembered) -> Option<Result<World, Vec<Finding>>> {
    const WORDS: [&str; 4] = ["principals", "policies", "policy", "UserDetailList"];
    let is_policy = has_ending(path, &["json"]) && looks_like_policy(text);
    if is_policy || !WORDS.iter().any(|word| text.contains(word)) {
        return None;
    }
    let files = known.anew();
    let world = World::load(&files, &[path.to_path_buf()]);
    match &world {
        Ok(world) if world.policies().is_empty() => return None,
        Ok(_) => known.extend(files),
        Err(_) => {}
    }
    Some(world)
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
