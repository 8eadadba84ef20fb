//! What the CDK writes: a folder with a manifest and a template for each stack.

use super::serverless::Parts;
use super::template::{self, Settings};
use crate::codes;
use iameval::json::{self, Member, Node};
use iameval::text::Span;
use iameval::{Diagnostic, Problem};
use iameval_world::{Files, Finding, Source};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// The name of the manifest in its folder.
pub(crate) const MANIFEST: &str = "manifest.json";

/// How deep assemblies may be in each other. The CDK makes one for each stage.
const MAX_DEPTH: usize = 8;

/// A template that is deployed by itself.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) name: String,
    /// Its file.
    pub(super) path: PathBuf,
    pub(super) source: Arc<Source>,
    pub(super) tree: Node<'static>,
    pub(super) settings: Settings,
    /// The files that are uploaded with it, by the last part of the name that they get.
    pub(super) assets: Rc<HashMap<String, PathBuf>>,
    /// What else is known, where it is a service of the Serverless Framework.
    pub(super) service: Option<OfService>,
}

/// What is known of a service beside its template.
#[derive(Debug)]
pub(super) struct OfService {
    /// The files that its text is put together from.
    pub(super) parts: Rc<Parts>,
    pub(super) asked: BTreeSet<String>,
    pub(super) warnings: Vec<Finding>,
    pub(super) is_incomplete: bool,
}

/// Whether a tree is a manifest of the CDK.
pub(super) fn is_manifest(tree: &Node<'_>) -> bool {
    tree.get("artifacts").is_some() && tree.get("version").is_some()
}

/// The stacks of the assembly whose manifest that is.
pub(super) fn stacks(files: &dyn Files, manifest: &Path, source: &Arc<Source>) -> Result<Vec<Root>, Finding> {
    let mut roots = Vec::new();
    read(files, manifest, source, MAX_DEPTH, &mut roots)?;
    if roots.is_empty() {
        let problem = Problem::new(codes::INVALID_ASSEMBLY, "the manifest names no stacks");
        let problem = problem.with_help("`cdk synth` writes a manifest with the stacks of the app");
        return Err(Finding::new(source, problem.at(Span::START)));
    }
    Ok(roots)
}

fn read(
    files: &dyn Files,
    manifest: &Path,
    source: &Arc<Source>,
    depth: usize,
    roots: &mut Vec<Root>,
) -> Result<(), Finding> {
    let tree = json::parse(&source.text).map_err(|error| Finding::new(source, error))?;
    let folder = manifest.parent().unwrap_or(Path::new(""));
    let artifacts = tree.get("artifacts").and_then(Node::members).ok_or_else(|| {
        let diagnostic = Diagnostic::new(codes::INVALID_ASSEMBLY, tree.beginning(), "the manifest has no `artifacts`");
        Finding::new(source, diagnostic.with_help("`cdk synth` writes the manifest"))
    })?;
    let assets = Rc::new(assets(files, folder, artifacts));
    for artifact in artifacts {
        let property = |name: &str| artifact.value.get("properties").and_then(|all| all.get(name));
        let text = |name: &str| property(name).and_then(Node::as_str);
        match artifact.value.get("type").and_then(Node::as_str) {
            Some("aws:cloudformation:stack") => {
                let file = text("templateFile").ok_or_else(|| lacking(source, artifact.key_span, "templateFile"))?;
                let path = folder.join(file);
                let template = files.read(&path)?;
                let tree = template::read(&template, template::Notation::Template)?;
                let name = text("stackName").unwrap_or(&artifact.key);
                let environment = artifact.value.get("environment").and_then(Node::as_str).unwrap_or_default();
                let (account, region) = environment_of(environment);
                let settings = Settings { account, region, stack: Some(name.to_owned()), ..Settings::default() };
                let assets = assets.clone();
                let name = name.to_owned();
                roots.push(Root { name, path, source: template, tree, settings, assets, service: None });
            }
            Some("cdk:cloud-assembly") => {
                let name = text("directoryName").ok_or_else(|| lacking(source, artifact.key_span, "directoryName"))?;
                if depth == 0 {
                    let message = "assemblies are too deep in each other";
                    let diagnostic = Diagnostic::new(codes::INVALID_ASSEMBLY, artifact.key_span, message);
                    return Err(Finding::new(source, diagnostic.with_help("name the inner one by itself")));
                }
                let inner = folder.join(name).join(MANIFEST);
                let source = files.read(&inner)?;
                read(files, &inner, &source, depth - 1, roots)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// The files that the lists of assets of an assembly name. Templates of nested stacks are among them.
fn assets(files: &dyn Files, folder: &Path, artifacts: &[Member<'_>]) -> HashMap<String, PathBuf> {
    let mut all = HashMap::new();
    for artifact in artifacts {
        let artifact = &artifact.value;
        let is_list = artifact.get("type").and_then(Node::as_str) == Some("cdk:asset-manifest");
        let file = artifact.get("properties").and_then(|all| all.get("file")).and_then(Node::as_str);
        let Some(file) = file.filter(|_| is_list) else { continue };
        // Without the list the templates are not found; then that is told.
        let Ok(source) = files.read(&folder.join(file)) else { continue };
        let Ok(tree) = json::parse(&source.text) else { continue };
        for file in tree.get("files").and_then(Node::members).unwrap_or_default() {
            let path = file.value.get("source").and_then(|source| source.get("path")).and_then(Node::as_str);
            let places = file.value.get("destinations").and_then(Node::members).unwrap_or_default();
            let keys = places.iter().filter_map(|place| place.value.get("objectKey").and_then(Node::as_str));
            for (key, path) in keys.filter_map(|key| Some((key, path?))) {
                let key = key.rsplit('/').next().unwrap_or(key);
                all.insert(key.to_owned(), folder.join(path));
            }
        }
    }
    all
}

fn lacking(source: &Arc<Source>, span: Span, name: &str) -> Finding {
    let message = format!("this artifact has no `{name}`");
    let diagnostic = Diagnostic::new(codes::INVALID_ASSEMBLY, span, message);
    Finding::new(source, diagnostic.with_help("`cdk synth` writes the manifest"))
}

/// Account and region of `aws://ACCOUNT/REGION`, as far as they are known.
fn environment_of(text: &str) -> (Option<String>, Option<String>) {
    let parts = text.strip_prefix("aws://").and_then(|text| text.split_once('/'));
    let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty() && !text.starts_with("unknown-"));
    parts.map_or((None, None), |(account, region)| (known(account), known(region)))
}
