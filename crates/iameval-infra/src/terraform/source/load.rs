//! Which folders are read: that of the root module, and those of the modules that it calls.

use super::Settings;
use super::folder::{self, Call, Folder, Written};
use super::syntax::ExprKind;
use crate::codes;
use crate::terraform::redact;
use iameval::json::{self, Node, Value};
use iameval::{Diagnostic, Problem};
use iameval_world::{Files, Finding, Source, without_dots};
use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// How many folders are read together.
const MAX_FOLDERS: usize = 1_000;
/// How deep modules may call each other.
const MAX_DEPTH: usize = 32;

/// Everything that is written.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) sources: Vec<Arc<Source>>,
    /// The folders; the first is the root module's.
    pub(super) folders: Vec<Folder>,
    /// The folder of a call in a folder; none where its source is not on the disk.
    pub(super) called: HashMap<(usize, String), usize>,
    /// Values that files give variables of the root module.
    pub(super) values: BTreeMap<String, Written>,
    /// The folders as the disk knows them, to tell what lies in them.
    pub(super) identities: Vec<PathBuf>,
}

/// Reads all folders.
pub(super) fn load(files: &dyn Files, path: &Path, settings: &Settings) -> Result<Loaded, Vec<Finding>> {
    let mut loader = Loader {
        files,
        root: path,
        installed: installed(files, path),
        loaded: Loaded {
            sources: Vec::new(),
            folders: Vec::new(),
            called: HashMap::new(),
            values: BTreeMap::new(),
            identities: Vec::new(),
        },
        known: HashMap::new(),
        open: Vec::new(),
    };
    loader.folder(path, "")?;
    let Loaded { sources, .. } = &mut loader.loaded;
    let values = folder::values(files, path, &settings.variable_files, sources)?;
    loader.loaded.values = values;
    loader.loaded.hide();
    Ok(loader.loaded)
}

struct Loader<'f> {
    files: &'f dyn Files,
    root: &'f Path,
    /// Where `terraform init` put modules, by their path.
    installed: HashMap<String, PathBuf>,
    loaded: Loaded,
    known: HashMap<PathBuf, usize>,
    /// The folders that are being read, from the outermost.
    open: Vec<PathBuf>,
}

impl Loader<'_> {
    /// Reads the folder of the module at that path of names.
    fn folder(&mut self, path: &Path, names: &str) -> Result<usize, Vec<Finding>> {
        let identity = self.files.identity(path);
        if let Some(known) = self.known.get(&identity) {
            return Ok(*known);
        }
        let read = folder::read(self.files, &self.short(path), &mut self.loaded.sources)?;
        // `path.module` is as it is written.
        let folder = Folder { path: path.to_owned(), ..read };
        let number = self.loaded.folders.len();
        self.loaded.folders.push(Folder::default());
        self.loaded.identities.push(identity.clone());
        self.known.insert(identity.clone(), number);
        self.open.push(identity);
        for (name, call) in &folder.calls {
            let inner = if names.is_empty() { name.clone() } else { format!("{names}.{name}") };
            if let Some(path) = self.target(path, call, &inner) {
                let called = self.call(&path, call, &inner)?;
                self.loaded.called.insert((number, name.clone()), called);
            }
        }
        self.open.pop();
        if let Some(place) = self.loaded.folders.get_mut(number) {
            *place = folder;
        }
        Ok(number)
    }

    /// The path without what `..` takes back, under which places are told.
    fn short(&self, path: &Path) -> PathBuf {
        let short = without_dots(path);
        let has_parents = path.components().any(|part| part == Component::ParentDir);
        // What is above a link is not the folder that the link is in.
        let is_same = || self.files.identity(&short) == self.files.identity(path);
        if has_parents && !short.as_os_str().is_empty() && is_same() { short } else { path.to_owned() }
    }

    /// The folder that a call names, or in which `terraform init` put what it names.
    fn target(&self, from: &Path, call: &Call, names: &str) -> Option<PathBuf> {
        let source = match call.body.attribute("source").map(|attribute| &attribute.value.kind) {
            Some(ExprKind::Text(text)) => &*text.text,
            _ => "",
        };
        if source.starts_with("./") || source.starts_with("../") {
            let path = Path::new(source.split("//").next().unwrap_or(source));
            return Some(path.components().fold(from.to_owned(), |from, part| match part {
                Component::CurDir => from,
                part => from.join(part),
            }));
        }
        self.installed.get(names).map(|folder| self.root.join(folder))
    }

    fn call(&mut self, path: &Path, call: &Call, names: &str) -> Result<usize, Vec<Finding>> {
        let wrong = |code, message: String, help: &str| {
            let source = self.loaded.sources.get(call.file).cloned().unwrap_or_else(|| Source::new("", ""));
            vec![Finding::new(&source, Diagnostic::new(code, call.head, message).with_help(help.to_owned()))]
        };
        if self.open.contains(&self.files.identity(path)) {
            let message = "modules call each other in a circle".to_owned();
            return Err(wrong(codes::CIRCULAR_REFERENCE, message, "take one of the calls out"));
        }
        if self.open.len() >= MAX_DEPTH || self.loaded.folders.len() >= MAX_FOLDERS {
            let message = format!("more than {MAX_FOLDERS} modules, or deeper in each other than {MAX_DEPTH} levels");
            return Err(wrong(iameval::codes::OVER_LIMIT, message, "name the folder of one of them by itself"));
        }
        let short = self.short(path);
        if self.files.list(&short).is_empty() {
            let message = format!("there is no folder `{}`", self.files.name(&short));
            return Err(wrong(
                codes::INVALID_SOURCE,
                message,
                "the path of a module is relative to the file that calls it",
            ));
        }
        self.folder(path, names)
    }
}

/// Where `terraform init` put modules, by the names of their calls.
fn installed(files: &dyn Files, root: &Path) -> HashMap<String, PathBuf> {
    let Ok(source) = files.read(&root.join(".terraform/modules/modules.json")) else { return HashMap::new() };
    let Ok(tree) = json::parse(&source.text) else { return HashMap::new() };
    let Some(Value::Array(modules)) = tree.get("Modules").map(|node| &node.value) else { return HashMap::new() };
    let text = |node: &Node<'_>, name: &str| node.get(name).and_then(Node::as_str).map(str::to_owned);
    modules.iter().filter_map(|node| Some((text(node, "Key")?, text(node, "Dir")?.into()))).collect()
}

impl Loaded {
    /// Values that are given to variables that the root module does not have.
    pub(super) fn undeclared(&self, settings: &Settings) -> Vec<Finding> {
        let Some(root) = self.folders.first() else { return Vec::new() };
        let open = settings.variables.iter().filter(|(name, _)| !root.variables.contains_key(name));
        let about = |(name, _): &(String, String)| {
            let message = format!("the source has no variable `{name}`");
            let help = iameval::suggest::did_you_mean(name, root.variables.keys().map(String::as_str));
            let problem = Problem::new(codes::INVALID_PARAMETER, message).with_any_help(help);
            Finding::about_file(&root.path.display().to_string(), problem)
        };
        open.map(about).collect()
    }

    /// Makes the values of sensitive variables, those that calls of modules pass as well, and what `sensitive` is called with,
    /// unreadable in the texts that messages show.
    fn hide(&mut self) {
        let mut hidden = Vec::new();
        for (number, folder) in self.folders.iter().enumerate() {
            for (name, call) in &folder.calls {
                let called = self.called.get(&(number, name.clone())).and_then(|called| self.folders.get(*called));
                let variables = called.into_iter().flat_map(|called| &called.variables);
                for (name, _) in variables.filter(|(_, variable)| variable.is_sensitive) {
                    let passed = call.body.attribute(name).filter(|passed| !passed.value.is_reference());
                    hidden.extend(passed.map(|passed| (call.file, passed.value.span)));
                }
            }
            let sensitive = folder.variables.iter().filter(|(_, variable)| variable.is_sensitive);
            for (name, variable) in sensitive {
                hidden.extend(variable.default.as_ref().map(|default| (variable.file, default.span)));
                hidden.extend(self.values.get(name).map(|written| (written.file, written.value.span)));
            }
        }
        for (file, source) in self.sources.iter().enumerate() {
            hidden.extend(redact::in_calls(&source.text).into_iter().map(|span| (file, span)));
        }
        for (file, span) in hidden {
            if let Some(source) = self.sources.get_mut(file) {
                *source = redact::without(source, [span]);
            }
        }
    }
}
