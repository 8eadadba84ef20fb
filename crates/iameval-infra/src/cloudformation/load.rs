//! Which templates are read: those that are named, those of assemblies, and those that are nested in them.

use super::assembly::{self, OfService, Root};
use super::for_each::{self, Known};
use super::given;
use super::parameters::{Parameter, scalar};
use super::sam::{self, Transformed};
use super::serverless::{self, Lowered};
use super::template::{self, Settings, Template};
use super::{CloudFormation, Deployment};
use crate::codes;
use iameval::Diagnostic;
use iameval::json::{Node, Value};
use iameval::text::Span;
use iameval_world::{Files, Finding};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// How deep stacks may be nested.
const MAX_DEPTH: usize = 16;
/// How many stacks are read together.
const MAX_STACKS: usize = 2_000;

/// Transforms that are known to make nothing that policies depend on, or whose part is done here.
const KNOWN_TRANSFORMS: [&str; 3] = ["AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen", "AWS::SecretsManager-"];

/// The templates that were read.
pub(super) struct Loaded {
    pub(super) templates: Vec<Template>,
    pub(super) warnings: Vec<Finding>,
    /// Addresses that values were asked for already.
    pub(super) asked: BTreeSet<String>,
}

/// Reads all templates.
pub(super) fn load(options: &CloudFormation, files: &dyn Files) -> Result<Loaded, Vec<Finding>> {
    let mut roots = Vec::new();
    let mut sources = Vec::new();
    let mut parts = Vec::new();
    for deployment in options.deployments() {
        let from = roots.len();
        for path in &deployment.paths {
            let found = read(options, deployment, files, path)?;
            sources.extend(std::iter::repeat_n(path, found.len()));
            roots.extend(found);
        }
        parts.push((deployment, from..roots.len()));
    }
    name(&mut roots);
    for (deployment, part) in parts {
        given::give(deployment, files, roots.get_mut(part).unwrap_or_default())?;
    }
    given::give(&options.all, files, &mut roots)?;
    for root in &mut roots {
        let settings = &mut root.settings;
        settings.account = settings.account.take().or_else(|| options.all.account.clone());
        settings.region = settings.region.take().or_else(|| options.all.region.clone());
    }
    let count = options.deployments().map(|deployment| deployment.paths.len()).sum::<usize>();
    let is_alone = roots.len() == 1;
    let mut loader =
        Loader { files, loaded: Loaded { templates: Vec::new(), warnings: Vec::new(), asked: BTreeSet::new() } };
    for (root, path) in roots.into_iter().zip(sources) {
        let prefix = |name: &str| if is_alone { String::new() } else { format!("{name}/") };
        let of_source = if count == 1 { String::new() } else { prefix(&stem(path)) };
        let prefix = prefix(&root.name);
        loader.add(root, prefix, of_source, None, &[])?;
    }
    Ok(loader.loaded)
}

/// What one path names: a template, a service, or the stacks of an assembly.
fn read(all: &CloudFormation, options: &Deployment, files: &dyn Files, path: &Path) -> Result<Vec<Root>, Vec<Finding>> {
    let one = |finding| vec![finding];
    let mut roots = match files.read(path) {
        Err(error) => {
            let manifest = path.join(assembly::MANIFEST);
            match files.read(&manifest) {
                Ok(source) => assembly::stacks(files, &manifest, &source).map_err(one)?,
                Err(_) if error.diagnostic.code() == iameval_world::codes::IS_FOLDER => {
                    let name = files.name(path);
                    let message = format!("`{name}` is a folder without `{}`", assembly::MANIFEST);
                    let problem = iameval::Problem::new(codes::INVALID_ASSEMBLY, message);
                    let problem = problem.with_help("`cdk synth` writes one to `cdk.out`; or name a template");
                    return Err(vec![Finding::about_file(&name, problem)]);
                }
                Err(_) => return Err(vec![error]),
            }
        }
        Ok(source) => {
            let tree = template::read(&source, serverless::notation(&source.name)).map_err(one)?;
            if assembly::is_manifest(&tree) {
                assembly::stacks(files, path, &source).map_err(one)?
            } else if serverless::is_service(&source.name, &tree) {
                let region = options.region.as_deref().or(all.all.region.as_deref());
                let setting = serverless::Setting { values: &all.values, region, reads_outside: all.reads_outside };
                vec![service(path, serverless::lower(files, path, (&source, tree), setting)?)]
            } else {
                template::check(&source, &tree).map_err(one)?;
                let settings = Settings { stack: options.stack.clone(), ..Settings::default() };
                vec![Root {
                    name: stem(path),
                    path: path.to_owned(),
                    source,
                    tree,
                    settings,
                    assets: Rc::default(),
                    service: None,
                }]
            }
        }
    };
    for root in &mut roots {
        let settings = &mut root.settings;
        settings.account = settings.account.take().or_else(|| options.account.clone());
        settings.region = settings.region.take().or_else(|| options.region.clone());
    }
    Ok(roots)
}

/// The stack that a service is deployed as.
fn service(path: &Path, lowered: Lowered) -> Root {
    let Lowered { tree, source, parts, region, stack, asked, warnings, is_incomplete } = lowered;
    Root {
        name: stem(path),
        path: path.to_owned(),
        source,
        tree,
        settings: Settings { region, stack, ..Settings::default() },
        assets: Rc::default(),
        service: Some(OfService { parts, asked, warnings, is_incomplete }),
    }
}

/// The name of a file without its endings.
pub(super) fn stem(path: &Path) -> String {
    let name = path.file_name().map_or("template".into(), |name| name.to_string_lossy());
    let name = match name.split_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => &*name,
    };
    name.to_owned()
}

/// Gives stacks that are called the same different names: their paths, and else a number.
fn name(roots: &mut [Root]) {
    let mut count: HashMap<String, usize> = HashMap::new();
    for root in &*roots {
        *count.entry(root.name.clone()).or_default() += 1;
    }
    for root in &mut *roots {
        if count.get(&root.name).is_some_and(|count| *count > 1) {
            root.name = root.path.with_extension("").to_string_lossy().into_owned();
        }
    }
    let mut taken = HashSet::new();
    for root in roots {
        let mut number = 1;
        let name = root.name.clone();
        while !taken.insert(root.name.clone()) {
            number += 1;
            root.name = format!("{name}-{number}");
        }
    }
}

struct Loader<'f> {
    files: &'f dyn Files,
    loaded: Loaded,
}

impl Loader<'_> {
    /// Adds a template, and those that are nested in it.
    fn add(
        &mut self,
        root: Root,
        prefix: String,
        shared_prefix: String,
        parent: Option<(usize, String)>,
        around: &[PathBuf],
    ) -> Result<(), Vec<Finding>> {
        let Root { name, path, source, tree, settings, assets, service } = root;
        let found = |diagnostics: Vec<Diagnostic>| -> Vec<Finding> {
            diagnostics.into_iter().map(|diagnostic| Finding::new(&source, diagnostic)).collect()
        };
        let Transformed { tree, warnings } = prepared(tree, &source.text, &settings).map_err(found)?;
        self.loaded.warnings.extend(found(warnings));
        let mut has_transforms = self.transforms(&source, &tree);
        let mut parts = None;
        if let Some(service) = service {
            self.loaded.warnings.extend(service.warnings);
            self.loaded.asked.extend(service.asked);
            has_transforms |= service.is_incomplete;
            parts = Some(service.parts);
        }
        let index = self.loaded.templates.len();
        if index >= MAX_STACKS {
            let message = format!("more than {MAX_STACKS} stacks are read");
            let diagnostic = Diagnostic::new(iameval::codes::OVER_LIMIT, Span::START, message);
            return Err(vec![Finding::new(&source, diagnostic.with_help("read fewer of them at once"))]);
        }
        let mut around = around.to_vec();
        around.push(self.files.identity(&path));
        let nested = nested(&tree, path.parent().unwrap_or(Path::new("")), &assets);
        let inherited =
            Settings { account: settings.account.clone(), region: settings.region.clone(), ..Settings::default() };
        let shared = shared_prefix.clone();
        let base = prefix.clone();
        self.loaded.templates.push(Template {
            name,
            prefix,
            shared_prefix,
            source: source.clone(),
            tree,
            settings,
            parent,
            has_transforms,
            parts,
        });
        for Nested { id, span, path, parameters, computed } in nested {
            let found = path.map_or(Err(None), |path| match self.files.read(&path) {
                Ok(source) => Ok((path, source)),
                Err(error) => Err(Some(error)),
            });
            let (inner, text) = match found {
                Ok(found) => found,
                Err(error) => {
                    let why = error
                        .map_or("it is not among these files".into(), |error| error.diagnostic.message().to_owned());
                    let message = format!("the template of nested stack `{id}` is not read: {why}");
                    let help = "what it makes is not known";
                    let warning = Diagnostic::new(codes::LEFT_OPEN, span, message).with_help(help);
                    self.loaded.warnings.push(Finding::new(&source, warning));
                    continue;
                }
            };
            if around.contains(&self.files.identity(&inner)) || around.len() > MAX_DEPTH {
                let message = format!("nested stack `{id}` is nested in itself, or too deep");
                let diagnostic = Diagnostic::new(codes::CIRCULAR_REFERENCE, span, message);
                return Err(vec![Finding::new(
                    &source,
                    diagnostic.with_help("use other templates for the stacks in it"),
                )]);
            }
            let tree = template::read(&text, template::Notation::Template).map_err(|finding| vec![finding])?;
            template::check(&text, &tree).map_err(|finding| vec![finding])?;
            let settings = Settings { parameters, computed, ..inherited.clone() };
            let name = format!("{base}{id}");
            let assets = assets.clone();
            let root = Root { name: name.clone(), path: inner, source: text, tree, settings, assets, service: None };
            self.add(root, format!("{name}/"), shared.clone(), Some((index, id)), &around)?;
        }
        Ok(())
    }

    /// Tells of transforms that are not done here. Whether there are any that make resources.
    fn transforms(&mut self, source: &std::sync::Arc<iameval_world::Source>, tree: &Node<'static>) -> bool {
        let mut has_any = false;
        for (name, span) in template::transforms(tree) {
            if KNOWN_TRANSFORMS.iter().any(|known| name.starts_with(known)) {
                continue;
            }
            has_any = true;
            if !name.starts_with("AWS::Serverless-") {
                let message = format!("what transform `{name}` makes of the template is not known");
                let warning = Diagnostic::new(codes::LEFT_OPEN, span, message).with_help("`iameval` runs no macros");
                self.loaded.warnings.push(Finding::new(source, warning));
            }
        }
        has_any
    }
}

/// What is done to the tree of a template before its functions are evaluated: loops, then SAM, as CloudFormation does it.
fn prepared(tree: Node<'static>, text: &str, settings: &Settings) -> Result<Transformed, Vec<Diagnostic>> {
    let has_loops = text.contains("Fn::ForEach");
    let is_sam = sam::is_asked_for(&tree);
    if !has_loops && !is_sam {
        return Ok(Transformed { tree, warnings: Vec::new() });
    }
    let parameters = template::section(&tree, "Parameters");
    let known = |name: &str| {
        let parameter = Parameter::new(parameters.get(name)?);
        if parameter.is_secret() || parameter.is_looked_up() || settings.computed.contains(name) {
            return None;
        }
        let value = settings.parameters.get(name).cloned().or_else(|| parameter.default())?;
        Some(if parameter.is_list() {
            Known::List(value.split(',').map(|item| item.trim().to_owned()).collect())
        } else {
            Known::Text(value)
        })
    };
    let expanded = if has_loops { for_each::expand(&tree, &known).map_err(|error| vec![error])? } else { tree.clone() };
    if !is_sam {
        return Ok(Transformed { tree: expanded, warnings: Vec::new() });
    }
    let known = |name: &str| match known(name)? {
        Known::Text(value) => Some(value),
        Known::List(_) => None,
    };
    sam::transform(&expanded, &sam::Setting { known: &known, region: settings.region.as_deref() })
}

/// A stack within a template.
struct Nested {
    id: String,
    span: Span,
    /// Its template, if that is a file.
    path: Option<PathBuf>,
    parameters: HashMap<String, String>,
    computed: HashSet<String>,
}

fn nested(tree: &Node<'static>, folder: &Path, assets: &HashMap<String, PathBuf>) -> Vec<Nested> {
    let resources = tree.get("Resources").and_then(Node::members).unwrap_or_default();
    let stacks = resources
        .iter()
        .filter(|member| member.value.get("Type").and_then(Node::as_str) == Some("AWS::CloudFormation::Stack"));
    let nested = stacks.filter_map(|member| {
        let properties = member.value.get("Properties")?;
        let asset = member.value.get("Metadata").and_then(|metadata| metadata.get("aws:asset:path"));
        let url = properties.get("TemplateURL")?;
        let local = asset.or(Some(url)).and_then(Node::as_str).filter(|location| !location.contains("://"));
        let path = local.map(|location| folder.join(location)).or_else(|| asset_in(url, assets));
        let (mut parameters, mut computed) = (HashMap::new(), HashSet::new());
        for parameter in properties.get("Parameters").and_then(Node::members).unwrap_or_default() {
            let name = parameter.key.clone().into_owned();
            match &parameter.value.value {
                Value::Array(items) if items.iter().all(|item| scalar(item).is_some()) => {
                    parameters.insert(name, items.iter().filter_map(scalar).collect::<Vec<_>>().join(","));
                }
                _ => match scalar(&parameter.value) {
                    Some(value) => drop(parameters.insert(name, value)),
                    None => drop(computed.insert(name)),
                },
            }
        }
        Some(Nested { id: member.key.clone().into_owned(), span: member.key_span, path, parameters, computed })
    });
    nested.collect()
}

/// The file that is uploaded to a URL, which may be put together from parts.
fn asset_in(url: &Node<'_>, assets: &HashMap<String, PathBuf>) -> Option<PathBuf> {
    match &url.value {
        Value::String(text) => assets.get(text.rsplit('/').next()?).cloned(),
        Value::Array(items) => items.iter().rev().find_map(|item| asset_in(item, assets)),
        Value::Object(members) => members.iter().find_map(|member| asset_in(&member.value, assets)),
        _ => None,
    }
}
