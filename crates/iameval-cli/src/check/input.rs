//! Which policies are to be checked.

use crate::args::{Check, PolicyType};
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::setup::Setup;
use crate::{policy, world};
use iameval::json::{self, Node};
use iameval::text::Span;
use iameval::{Code, Diagnostic, Parsed, PolicyDocument, PolicyKind};
use iameval_data::ManagedPolicy;
use iameval_world::{Disk, Files, Finding, LoadedPolicy, Source, World, WorldPolicy, find_managed};
use ignore::WalkBuilder;
use std::collections::BTreeSet;
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
}

/// The inputs, and the files of folders that hold no policy.
#[derive(Default)]
pub(super) struct Inputs {
    pub(super) policies: Vec<Input>,
    pub(super) skipped: Vec<String>,
    /// Files of folders that cannot be read as text.
    pub(super) unreadable: Vec<Finding>,
    kind: Option<PolicyKind>,
}

/// The policies that the paths name; without paths, those of the world.
pub(super) fn collect(flags: &Check, setup: &Setup, output: &mut Output) -> Outcome<Inputs> {
    let mut inputs = Inputs { kind: flags.kind.map(kind_of), ..Inputs::default() };
    for path in &flags.paths {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        if let Some(managed) = path.to_str().and_then(find_managed) {
            let policy = policy::load("PATH", path)?;
            inputs.loaded(&policy, managed.ok().map(ManagedPolicy::kind));
        } else if path.is_dir() {
            inputs.folder(path)?;
        } else if ending == "yaml" || ending == "yml" {
            let world = World::load(&Disk, std::slice::from_ref(path))?;
            world.warnings().iter().for_each(|warning| output.warn(warning));
            inputs.world(&world);
        } else {
            inputs.text(Disk.read(path)?);
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
    fn text(&mut self, source: Arc<Source>) {
        let parsed = PolicyDocument::parse(&source.text);
        let (name, file) = (source.name.clone(), source.path.clone());
        self.policies.push(Input { name, source, parsed, kind: self.kind, managed: false, file });
    }

    fn loaded(&mut self, policy: &LoadedPolicy, kind: Option<PolicyKind>) {
        self.policies.push(Input {
            name: policy.name.clone(),
            source: policy.source.clone(),
            parsed: Parsed { value: Some(policy.document().clone()), diagnostics: Vec::new() },
            kind: self.kind.or(kind),
            managed: policy.is_managed(),
            file: policy.file.clone(),
        });
    }

    /// Every policy of a world, as what it is attached as. What AWS manages is for AWS to mend.
    fn world(&mut self, world: &World) {
        for WorldPolicy { policy, kinds } in world.policies().iter().filter(|known| !known.policy.is_managed()) {
            if kinds.is_empty() {
                self.loaded(policy, None);
            }
            for kind in kinds {
                self.loaded(policy, Some(*kind));
            }
        }
    }

    /// Every policy in a folder, in order of paths.
    fn folder(&mut self, folder: &Path) -> Outcome<()> {
        let before = self.policies.len();
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in WalkBuilder::new(folder).require_git(false).build() {
            let entry = entry.map_err(|error| {
                let name = folder.display().to_string();
                let diagnostic = Diagnostic::new(Code::Unreadable, Span::default(), error.to_string());
                Failure(vec![Finding::about_file(&name, diagnostic)])
            })?;
            let is_json = entry.path().extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
            if is_json && entry.path().is_file() {
                files.push(entry.into_path());
            }
        }
        files.sort_unstable();
        // A link into the folder names a file that is there already.
        let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
        files.retain(|path| path.canonicalize().is_ok_and(|path| seen.insert(path)));
        for path in files {
            match Disk.read(&path) {
                Ok(source) if looks_like_policy(&source.text) => self.text(source),
                Ok(source) => self.skipped.push(source.name.clone()),
                Err(finding) if finding.diagnostic.code == Code::EmptyInput => {
                    self.skipped.push(path.display().to_string());
                }
                // The findings in the other files are worth having.
                Err(finding) => self.unreadable.push(*finding),
            }
        }
        if self.policies.len() == before && self.unreadable.is_empty() {
            let message = format!("there is no policy in `{}`", folder.display());
            let help = "a policy is a `.json` file with a `Statement`";
            return Err(Failure::usage(Code::NothingToDecideBy, message, help));
        }
        Ok(())
    }
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

/// The kinds of policies as the command line names them.
const TYPES: [(PolicyType, PolicyKind, &str); 8] = [
    (PolicyType::Identity, PolicyKind::Identity, "identity"),
    (PolicyType::Resource, PolicyKind::Resource, "resource"),
    (PolicyType::Trust, PolicyKind::RoleTrust, "trust"),
    (PolicyType::Scp, PolicyKind::ServiceControl, "scp"),
    (PolicyType::Rcp, PolicyKind::ResourceControl, "rcp"),
    (PolicyType::Boundary, PolicyKind::PermissionsBoundary, "boundary"),
    (PolicyType::Session, PolicyKind::Session, "session"),
    (PolicyType::Endpoint, PolicyKind::Endpoint, "endpoint"),
];

fn kind_of(wanted: PolicyType) -> PolicyKind {
    TYPES.iter().find(|(kind, ..)| *kind == wanted).map_or(PolicyKind::Identity, |(_, kind, _)| *kind)
}

/// What `--type` calls a kind.
pub(super) fn type_of(wanted: PolicyKind) -> &'static str {
    TYPES.iter().find(|(_, kind, _)| *kind == wanted).map_or("", |(.., name)| name)
}
