//! A module as it is written: what stands in the files of a folder.

use super::syntax::{self, Block, Body, Expr, ExprKind};
use crate::codes;
use crate::literal;
use iameval::text::Span;
use iameval::{Diagnostic, Problem};
use iameval_world::{Files, Finding, Source};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of one folder.
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) variables: BTreeMap<String, Variable>,
    pub(super) locals: BTreeMap<String, Written>,
    pub(super) outputs: BTreeMap<String, Written>,
    /// Resources and data sources, in the order of the files.
    pub(super) resources: Vec<Resource>,
    pub(super) calls: BTreeMap<String, Call>,
    pub(super) providers: Vec<Provider>,
}

/// An expression and the number of the file that it stands in.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) file: usize,
    pub(super) value: Expr,
}

/// A variable.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) file: usize,
    pub(super) span: Span,
    /// Its type.
    pub(super) kind: Option<Expr>,
    pub(super) default: Option<Expr>,
    pub(super) is_sensitive: bool,
    /// Whether null is a value of it, and does not stand for the default.
    pub(super) is_nullable: bool,
}

impl Variable {
    /// Whether it is a text, as far as its type says.
    pub(super) fn is_text(&self) -> bool {
        self.is_of(&["string"])
    }

    /// Whether what a flag says is a text, and not an expression: where there is no type, or one of values without parts.
    pub(super) fn takes_texts(&self) -> bool {
        self.kind.is_none() || self.is_scalar()
    }

    /// Whether its type is one of values without parts.
    pub(super) fn is_scalar(&self) -> bool {
        self.is_of(&["bool", "number", "string"])
    }

    fn is_of(&self, names: &[&str]) -> bool {
        let kind = self.kind.as_ref().map(|kind| &kind.kind);
        matches!(kind, Some(ExprKind::Variable(name)) if names.contains(&&**name))
    }
}

/// The type of a variable as it is written, in JSON as a text.
fn kind_of(written: Expr) -> Option<Expr> {
    match &written.kind {
        ExprKind::Text(text) => syntax::expression(&text.text),
        _ => Some(written),
    }
}

/// A resource or data source.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) file: usize,
    pub(super) is_data: bool,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) head: Span,
    pub(super) span: Span,
    pub(super) body: Body,
}

impl Resource {
    /// Whether changes of an argument are ignored once the resource is there.
    pub(super) fn ignores(&self, name: &str) -> bool {
        fn root(expr: &Expr) -> Option<&str> {
            match &expr.kind {
                ExprKind::Variable(name) => Some(name),
                ExprKind::Text(text) => text.text.split(['.', '[']).next(),
                ExprKind::Attribute(of, _) | ExprKind::Index(of, _) => root(of),
                _ => None,
            }
        }
        let mut ignored = self.body.blocks("lifecycle").filter_map(|block| block.body.attribute("ignore_changes"));
        ignored.any(|attribute| match &attribute.value.kind {
            ExprKind::List(items) => items.iter().any(|item| root(item) == Some(name)),
            _ => root(&attribute.value) == Some("all"),
        })
    }
}

/// A call of a module.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) file: usize,
    pub(super) head: Span,
    pub(super) body: Body,
}

/// A provider with its settings.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) file: usize,
    pub(super) name: String,
    pub(super) body: Body,
}

impl Resource {
    /// What it is called in its module.
    pub(super) fn in_module(&self) -> String {
        let mode = if self.is_data { "data." } else { "" };
        format!("{mode}{}.{}", self.kind, self.name)
    }
}

/// Whether a folder has source of Terraform in it.
pub(crate) fn has_source(files: &dyn Files, path: &Path) -> bool {
    files.list(path).iter().any(|name| is_source(name))
}

/// Whether a file is source of Terraform, by its name.
pub(crate) fn is_source(name: &str) -> bool {
    let endings = [".tf", ".tf.json", ".tofu", ".tofu.json"];
    endings.iter().any(|ending| name.ends_with(ending)) && !name.starts_with('.') && !name.ends_with('~')
}

/// Whether a file is in JSON.
pub(super) fn is_json(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "json")
}

/// Whether a file changes what others of the folder say.
fn is_override(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    stem == "override" || stem.ends_with("_override")
}

/// Reads the files of a folder; `sources` are those of all folders.
///
/// # Errors
/// What is wrong with a file, or that there are none.
pub(super) fn read(files: &dyn Files, path: &Path, sources: &mut Vec<Arc<Source>>) -> Result<Folder, Vec<Finding>> {
    let mut names: Vec<String> = files.list(path).into_iter().filter(|name| is_source(name)).collect();
    if names.is_empty() {
        let name = files.name(path);
        let problem = Problem::new(codes::INVALID_SOURCE, format!("there are no `*.tf` files in `{name}`"));
        return Err(vec![Finding::about_file(&name, problem.with_help("name the folder of a root module"))]);
    }
    names.sort_by_key(|name| (is_override(name), name.clone()));
    // OpenTofu's files take the place of Terraform's of the same name.
    let tofu = |name: &str| {
        format!("{}.tofu{}", name.split(".tf").next().unwrap_or_default(), if is_json(name) { ".json" } else { "" })
    };
    let all = names.clone();
    names.retain(|name| name.contains(".tofu") || !all.contains(&tofu(name)));
    let mut folder = Folder { path: path.to_owned(), ..Folder::default() };
    let mut wrong = Vec::new();
    for name in names {
        let source = match files.read(&path.join(&name)) {
            Ok(source) => source,
            Err(finding) if finding.diagnostic.code() == iameval_world::codes::EMPTY_INPUT => continue,
            Err(finding) => return Err(vec![finding]),
        };
        let read = if literal::holds_symbol(&source.text) {
            let message = "this file holds a character of the last plane of Unicode, which is private";
            let diagnostic = Diagnostic::new(codes::INVALID_SOURCE, Span::START, message);
            Err(diagnostic.with_help("remove the character; it stands for nothing"))
        } else {
            syntax::read(is_json(&name), &source.text)
        };
        match read {
            Ok(body) => {
                let file = sources.len();
                sources.push(source);
                folder.add(body, file, is_override(&name));
            }
            Err(diagnostic) => wrong.push(Finding::new(&source, diagnostic)),
        }
    }
    if wrong.is_empty() { Ok(folder) } else { Err(wrong) }
}

impl Folder {
    fn add(&mut self, body: Body, file: usize, overrides: bool) {
        for block in body.blocks {
            let Block { kind, labels, head, span, body } = block;
            match (&*kind, labels.as_slice()) {
                ("variable", [name]) => {
                    let is_true = |name: &str| {
                        body.attribute(name).is_some_and(|it| matches!(it.value.kind, ExprKind::Bool(true)))
                    };
                    let is_sensitive = is_true("sensitive") || is_true("ephemeral");
                    let nullable = body.attribute("nullable").map(|it| &it.value.kind);
                    let is_nullable = !matches!(nullable, Some(ExprKind::Bool(false)));
                    let (mut kind, mut default) = (None, None);
                    for attribute in body.attributes {
                        match &*attribute.name {
                            "type" => kind = kind_of(attribute.value),
                            "default" => default = Some(attribute.value),
                            _ => {}
                        }
                    }
                    let variable = Variable { file, span: head, kind, default, is_sensitive, is_nullable };
                    match self.variables.get_mut(name) {
                        Some(known) if overrides => known.default = variable.default.or(known.default.take()),
                        _ => _ = self.variables.insert(name.clone(), variable),
                    }
                }
                ("locals", []) => {
                    for attribute in body.attributes {
                        let written = Written { file, value: attribute.value };
                        self.locals.insert(attribute.name, written);
                    }
                }
                ("output", [name]) => {
                    let value = body.attributes.into_iter().find(|attribute| attribute.name == "value");
                    if let Some(attribute) = value {
                        self.outputs.insert(name.clone(), Written { file, value: attribute.value });
                    }
                }
                ("resource" | "data", [resource_kind, name]) => {
                    let is_data = kind == "data";
                    let (resource_kind, name) = (resource_kind.clone(), name.clone());
                    let new = Resource { file, is_data, kind: resource_kind, name, head, span, body };
                    let own = new.in_module();
                    match self.resources.iter_mut().find(|known| overrides && known.in_module() == own) {
                        Some(known) => known.body.replace(new.body),
                        None => self.resources.push(new),
                    }
                }
                ("module", [name]) => match self.calls.get_mut(name) {
                    Some(known) if overrides => known.body.replace(body),
                    _ => _ = self.calls.insert(name.clone(), Call { file, head, body }),
                },
                ("provider", [name]) => self.providers.push(Provider { file, name: name.clone(), body }),
                _ => {}
            }
        }
    }
}

impl Body {
    /// Puts what another body has in the place of what this one has.
    fn replace(&mut self, other: Body) {
        self.attributes.retain(|known| other.attribute(&known.name).is_none());
        self.attributes.extend(other.attributes);
        self.blocks.retain(|known| !other.blocks.iter().any(|block| block.kind == known.kind));
        self.blocks.extend(other.blocks);
    }
}

/// The values that files beside the source give variables: `terraform.tfvars`, `*.auto.tfvars`, and those that are named.
/// Of several values of one variable, the last counts.
pub(super) fn values(
    files: &dyn Files,
    path: &Path,
    named: &[PathBuf],
    sources: &mut Vec<Arc<Source>>,
) -> Result<BTreeMap<String, Written>, Vec<Finding>> {
    let listed = files.list(path);
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"];
    let is_auto = |name: &&String| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
    let beside = fixed.into_iter().filter(|name| listed.iter().any(|listed| listed == name));
    let beside = beside.chain(listed.iter().filter(is_auto).map(String::as_str)).map(|name| path.join(name));
    let mut all = BTreeMap::new();
    for path in beside.chain(named.iter().cloned()) {
        let source = match files.read(&path) {
            Ok(source) => source,
            Err(finding) if finding.diagnostic.code() == iameval_world::codes::EMPTY_INPUT => continue,
            Err(finding) => return Err(vec![finding]),
        };
        let body = syntax::read(is_json(&path.to_string_lossy()), &source.text);
        let body = body.map_err(|diagnostic| vec![Finding::new(&source, diagnostic)])?;
        let file = sources.len();
        sources.push(source);
        for attribute in body.attributes {
            all.insert(attribute.name, Written { file, value: attribute.value });
        }
    }
    Ok(all)
}
