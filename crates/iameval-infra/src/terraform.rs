//! Terraform and `OpenTofu`: plans and states as `terraform show -json` writes them.
//!
//! On the way a file is read as a tree, of which [`shown`] tells what will be, and what is sensitive is made unreadable
//! ([`redact`]). What is not known gets a name ([`naming`]): a plan tells what it refers to ([`configuration`]), and documents
//! of which parts are not known are put together again ([`document`]). Both come to resources as they are [`drafted`], and
//! those to a [`stack`](crate::stack) of CloudFormation's types ([`types`], [`resources`]), in which attachments are
//! properties ([`gather`]).

mod address;
mod configuration;
mod document;
mod drafted;
mod facts;
pub(crate) mod gather;
mod identity;
mod naming;
mod overlay;
mod plan;
mod provider;
mod redact;
mod resources;
mod shown;
mod source;
#[cfg(test)]
mod tests;
mod types;

use crate::codes;
use crate::literal;
use crate::policies::{self, TemplatePolicies};
use crate::stack::Stack;
use crate::world;
use configuration::Configuration;
use drafted::Root;
use facts::Facts;
use iameval::symbol::Symbols;
use iameval::text::Span;
use iameval::{Diagnostic, Problem, Severity, json};
use iameval_world::{Files, Finding, Source, WorldBuilder, WorldSource};
use naming::Naming;
use provider::Known;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Plans and states of Terraform and `OpenTofu`, and what is known of where they are deployed.
///
/// ```
/// use iameval_infra::Terraform;
/// use iameval_world::{Files, Finding, Source, World};
/// use std::path::Path;
/// use std::sync::Arc;
///
/// /// One plan, whatever file is asked for.
/// struct Plan(&'static str);
///
/// impl Files for Plan {
///     fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
///         Ok(Source::new(path.display().to_string(), self.0))
///     }
/// }
///
/// let plan = Plan(r#"{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [
///   {"address": "aws_iam_user.jane", "mode": "managed", "type": "aws_iam_user", "name": "jane", "change": {
///     "actions": ["create"], "before": null,
///     "after": {"name": "jane", "path": "/"}, "after_unknown": {"arn": true, "id": true}}}]}"#);
/// let source = Terraform::new("plan.json").account("123456789012");
/// let world = World::from_sources(&plan, &[&source])?;
/// let jane = world.principal("tf:aws_iam_user.jane").unwrap();
/// assert_eq!(jane.principal().to_string(), "arn:aws:iam::123456789012:user/jane");
/// # Ok::<(), Vec<Finding>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Terraform {
    /// Those before the last.
    others: Vec<Deployment>,
    last: Deployment,
    /// What holds for all of them where they say nothing else.
    all: source::Settings,
    values: BTreeMap<String, String>,
    /// The folder of the source of a plan that says nothing else.
    source: Option<PathBuf>,
    is_strict: bool,
}

/// One plan, state or folder, and where it is deployed.
#[derive(Debug, Clone, Default)]
struct Deployment {
    path: PathBuf,
    /// The folder of the source that a plan was made of.
    source: Option<PathBuf>,
    settings: source::Settings,
}

/// Whether a folder has source of Terraform in it.
pub(crate) fn has_source(files: &dyn Files, path: &Path) -> bool {
    source::folder::has_source(files, path)
}

/// Whether a file is source of Terraform, by its name.
pub(crate) fn is_source(name: &str) -> bool {
    source::folder::is_source(name.rsplit(['/', '\\']).next().unwrap_or(name))
}

/// Whether a file is a plan or a state.
pub(crate) fn is_shown(source: &Source) -> bool {
    shown::is_one(&source.text)
}

impl Terraform {
    /// The plan or state at that path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let last = Deployment { path: path.into(), ..Deployment::default() };
        Self {
            others: Vec::new(),
            last,
            all: source::Settings::default(),
            values: BTreeMap::new(),
            source: None,
            is_strict: false,
        }
    }

    /// These and others. What was said of the account and the region of each stays with them.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.others.push(std::mem::replace(&mut self.last, other.last));
        self.others.extend(other.others);
        self.values.extend(other.values);
        self.is_strict |= other.is_strict;
        self
    }

    /// What is put in the place of something that is not known before the deployment, by its address, such as
    /// `aws_kms_key.k.arn`.
    #[must_use]
    pub fn value(mut self, address: impl Into<String>, text: impl Into<String>) -> Self {
        self.values.insert(address.into(), text.into());
        self
    }

    /// The folder of the source that a plan was made of. What the plan leaves out, such as a policy of which a part is not
    /// known, is what the source says, with what the plan knows. The folder that the plan is in and the current one are found
    /// without it, where the plan was made of one of them.
    #[must_use]
    pub fn source(mut self, folder: impl Into<PathBuf>) -> Self {
        self.last.source = Some(folder.into());
        self
    }

    /// The account of the default provider.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.last.settings.known.account = Some(account.into());
        self
    }

    /// The region of the default provider.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.last.settings.known.region = Some(region.into());
        self
    }

    /// The same, where it is an error that something is left to the deployment, such as a policy that is not in the plan.
    #[must_use]
    pub fn unknown_as_error(self) -> Self {
        Self { is_strict: true, ..self }
    }

    /// The same, with what holds for all where nothing else is said.
    #[must_use]
    pub(crate) fn known_of_all(self, account: Option<String>, region: Option<String>) -> Self {
        let known = Known { account, region };
        Self { all: source::Settings { known, ..self.all }, ..self }
    }

    /// The same, with the source of plans of which nothing else is said.
    #[must_use]
    pub(crate) fn source_of_all(self, source: Option<PathBuf>) -> Self {
        Self { source, ..self }
    }

    /// The value of a variable of the source. Lists, objects, numbers and booleans are written as in a `*.tfvars` file.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.last.settings.variables.push((name.into(), value.into()));
        self
    }

    /// A `*.tfvars` file with values of variables of the source.
    #[must_use]
    pub fn variable_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.last.settings.variable_files.push(path.into());
        self
    }

    /// Lets functions of the source read files that are in no folder of a module.
    #[must_use]
    pub fn reads_outside(mut self) -> Self {
        self.last.settings.reads_outside = true;
        self
    }

    /// Every policy as it is written, with its kind and place.
    ///
    /// # Errors
    /// What is wrong with a file. What is wrong with a policy is in each.
    pub fn policies(&self, files: &dyn Files) -> Result<TemplatePolicies, Vec<Finding>> {
        let mut found = self.module_policies(files)?;
        // Of a module of which one file is named, the policies of that file.
        let named: Vec<String> = self.deployments().map(|deployment| files.name(&deployment.path)).collect();
        if named.iter().all(|name| is_source(name)) {
            // `a.tf` is found in the folder `.`.
            let plain =
                |name: &'_ str| Path::new(name).strip_prefix(".").map_or_else(|_| name.into(), Path::to_path_buf);
            let is_named = |name: &str| named.iter().any(|named| plain(named) == plain(name));
            found.policies.retain(|policy| is_named(&policy.source.name));
        }
        Ok(found)
    }

    /// Every policy as it is written, also where one file of a module is named.
    ///
    /// # Errors
    /// As for [`Terraform::policies`].
    pub fn module_policies(&self, files: &dyn Files) -> Result<TemplatePolicies, Vec<Finding>> {
        let mut symbols = Symbols::new();
        let (stacks, warnings) = self.stacks(files, &mut symbols)?;
        Ok(policies::policies(&stacks, warnings, symbols))
    }

    fn deployments(&self) -> impl Iterator<Item = &Deployment> {
        self.others.iter().chain([&self.last])
    }

    /// What there would be, and what is left to the deployment.
    fn stacks(&self, files: &dyn Files, symbols: &mut Symbols) -> Result<(Vec<Stack>, Vec<Finding>), Vec<Finding>> {
        self.check().map_err(|finding| vec![finding])?;
        let (mut stacks, mut warnings, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        let mut not_asked: Option<BTreeMap<String, Option<String>>> = None;
        for deployment in self.deployments() {
            let prefix = self.prefix(&deployment.path);
            let mut naming = Naming::new(symbols, &self.values, prefix);
            let mut root = self.read(files, deployment, &mut naming)?;
            let name = stem(&deployment.path);
            let mut stack = resources::stack(&root, &name);
            gather::gather(&mut stack, &mut root, &mut naming);
            if naming.has_overflown {
                let problem = Problem::new(iameval::codes::OVER_LIMIT, iameval::symbol::TooManySymbols.to_string());
                errors.push(Finding::about_file(&root.source.name, problem.with_help("set some of them")));
            }
            let open = naming.not_asked().into_iter().collect::<BTreeMap<_, _>>();
            not_asked = Some(match not_asked {
                Some(known) => known.into_iter().filter(|(address, _)| open.contains_key(address)).collect(),
                None => open,
            });
            warnings.append(&mut root.warnings);
            errors.append(&mut root.errors);
            stacks.push(stack);
        }
        let name = stacks.first().map_or("", |stack: &Stack| &*stack.source.name);
        for (address, help) in not_asked.into_iter().flatten() {
            let message = format!("there is nothing at `{address}` to give a value");
            let help = help.unwrap_or_else(|| "name what is not known as it is named in messages".into());
            let problem = Problem::new(codes::UNDEFINED_REFERENCE, message);
            errors.push(Finding::about_file(name, problem.with_help(help)));
        }
        if self.is_strict {
            let is_left = |code| code == codes::LEFT_OPEN || code == codes::INVALID_SOURCE;
            let left = warnings.extract_if(.., |warning| is_left(warning.diagnostic.code()));
            errors.extend(left.map(|warning| {
                Finding::new(&warning.source, warning.diagnostic.clone().with_severity(Severity::Error))
            }));
        }
        if errors.is_empty() { Ok((stacks, warnings)) } else { Err(errors) }
    }

    /// What stands before addresses: nothing where there is one source.
    fn prefix(&self, path: &Path) -> String {
        if self.others.is_empty() { String::new() } else { format!("{}/", stem(path)) }
    }

    fn read(&self, files: &dyn Files, deployment: &Deployment, naming: &mut Naming<'_>) -> Result<Root, Vec<Finding>> {
        let mut settings = deployment.settings.clone();
        settings.known.account = settings.known.account.or_else(|| self.all.known.account.clone());
        settings.known.region = settings.known.region.or_else(|| self.all.known.region.clone());
        settings.reads_outside |= self.all.reads_outside;
        let path = &deployment.path;
        match files.read(path) {
            // A file of a module stands for the module.
            Ok(source) if is_source(&source.name) => source::read(files, &folder_of(path), &settings, None, naming),
            Ok(source) => {
                let folder = deployment.source.as_ref().or(self.source.as_ref());
                plan(files, &source, folder.map(PathBuf::as_path), &settings, naming)
            }
            Err(_) if has_source(files, path) => source::read(files, path, &settings, None, naming),
            Err(finding) => Err(vec![finding]),
        }
    }

    /// Refuses options that mean nothing.
    fn check(&self) -> Result<(), Finding> {
        let about = |message: String, help: &str| {
            let name = self.deployments().next().map_or(String::new(), |first| first.path.display().to_string());
            Finding::about_file(&name, Problem::new(codes::INVALID_PARAMETER, message).with_help(help))
        };
        let accounts = self.deployments().map(|deployment| &deployment.settings.known).chain([&self.all.known]);
        let is_account = |text: &&String| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let wrong = accounts.filter_map(|known| known.account.as_ref()).find(|account| !is_account(account));
        if let Some(account) = wrong {
            return Err(about(format!("`{account}` is not an account id"), "an account id is twelve digits"));
        }
        if let Some((address, _)) = self.values.iter().find(|(_, value)| literal::holds_symbol(value)) {
            let message = format!("the value of `{address}` holds a character of the last plane of Unicode");
            return Err(about(message, "remove the character"));
        }
        Ok(())
    }
}

impl WorldSource for Terraform {
    fn add_to(&self, files: &dyn Files, world: &mut WorldBuilder) -> Result<(), Vec<Finding>> {
        let (stacks, warnings) = self.stacks(files, world.symbols())?;
        for warning in warnings {
            world.warn(warning);
        }
        world::add(&stacks, &self.values, world)
    }
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new(""));
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() }
}

/// The name of a file without its endings.
fn stem(path: &Path) -> String {
    let name = path.file_name().map_or_else(|| "terraform".into(), |name| name.to_string_lossy());
    match name.split_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
        _ => name.into_owned(),
    }
}

/// The folder that a plan was made of, where nobody has to name it: the plan's own, or the current one.
fn folder_by_itself(files: &dyn Files, plan: &Source, configuration: &Configuration<'_>) -> Option<PathBuf> {
    let beside = plan.path.as_deref().map(folder_of);
    let here = Some(PathBuf::from("."));
    [beside, here].into_iter().flatten().find(|folder| source::is_of(files, folder, configuration))
}

/// Reads a plan or a state, and beside a plan the folder of its source.
fn plan(
    files: &dyn Files,
    source: &Arc<Source>,
    folder: Option<&Path>,
    settings: &source::Settings,
    naming: &mut Naming<'_>,
) -> Result<Root, Vec<Finding>> {
    let wrong = |diagnostic| vec![Finding::new(source, diagnostic)];
    if literal::holds_symbol(&source.text) {
        let message = "this file holds a character of the last plane of Unicode, which is private";
        let diagnostic = Diagnostic::new(codes::INVALID_PLAN, Span::START, message);
        return Err(wrong(diagnostic.with_help("remove the character; it stands for nothing")));
    }
    // A byte order mark, which programs on Windows write, is not part of the text.
    let unmarked = source.text.strip_prefix('\u{feff}').map(|rest| format!("   {rest}"));
    let tree = json::parse(unmarked.as_deref().unwrap_or(&source.text)).map_err(wrong)?;
    let shown = shown::read(&tree).map_err(wrong)?;
    let redacted = redact::redacted(source, &tree);
    let configuration = Configuration::new(shown.configuration);
    let named = folder;
    let folder = match folder {
        _ if !configuration.is_known => None,
        Some(folder) => Some(folder.to_owned()),
        None => folder_by_itself(files, source, &configuration),
    };
    let known = settings.known.clone();
    let root = plan::read(&shown, &configuration, redacted.clone(), known, folder.is_some(), naming);
    let Some(folder) = folder else { return Ok(root) };
    let facts = Facts::new(&shown.entries, shown.variables, shown.configuration);
    let beside = source::Plan { facts: &facts, configuration: &configuration, source: &redacted };
    // Both readings put resources into the same account.
    let mut settings = settings.clone();
    settings.known.account = Some(root.location.account.clone());
    settings.known.region = Some(root.location.region.clone());
    let written = source::read(files, &folder, &settings, Some(&beside), naming)?;
    // A folder that was found by itself keeps nobody from asking about the plan.
    let severity = if named.is_some() { Severity::Error } else { Severity::Warning };
    Ok(overlay::together(root, written, naming.symbols, severity))
}
