//! Infrastructure code among the files that worlds are read from.

use crate::cloudformation::{self, CloudFormation};
use crate::codes;
use crate::policies::TemplatePolicies;
use crate::terraform::{self, Terraform};
use iameval::json::{Member, Node};
use iameval::{Diagnostic, json::fields};
use iameval_world::{Files, Finding, Formats, Limits, NamedIn, NamedSource, Source, WorldBuilder, WorldSource};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which infrastructure code is read as a world, and what is known of its deployment beside what it says itself.
///
/// Files that say so in [`Files::formats`] let [`World::load`](iameval_world::World::load), and whatever builds on it, take
/// templates and `cdk.out` folders wherever it takes world files. [`WithInfrastructure`] adds it to other files.
///
/// ```
/// use iameval_infra::{Infrastructure, WithInfrastructure};
/// use iameval_world::{Disk, World};
///
/// let known = Infrastructure::new().account("123456789012").region("eu-west-1");
/// let files = WithInfrastructure(Disk::default(), known);
/// assert!(World::load(&files, &["no-such-template.yaml".into()]).is_err());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Infrastructure {
    known: cloudformation::Deployment,
    values: Vec<(String, String)>,
    is_strict: bool,
    reads_outside: bool,
    source: Option<PathBuf>,
}

impl Infrastructure {
    /// Infrastructure code of whose deployment nothing else is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a parameter, in every template that has it; `STACK/NAME` is that of one stack.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.known.parameters.push((name.into(), value.into()));
        self
    }

    /// A file with values of parameters, in a form that the AWS CLI or `CodePipeline` takes.
    #[must_use]
    pub fn parameter_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.known.parameter_files.push(path.into());
        self
    }

    /// What is put in the place of something that is not known, by its address; see [`CloudFormation::value`].
    #[must_use]
    pub fn value(mut self, address: impl Into<String>, text: impl Into<String>) -> Self {
        self.values.push((address.into(), text.into()));
        self
    }

    /// The account that stacks are deployed to, where nothing else says.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.known.account = Some(account.into());
        self
    }

    /// The region that stacks are deployed to, where nothing else says.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.known.region = Some(region.into());
        self
    }

    /// The same, where it is an error that something is left to the deployment, such as a parameter without a value.
    #[must_use]
    pub fn unknown_as_error(self) -> Self {
        Self { is_strict: true, ..self }
    }

    /// The folder of the source that plans of Terraform were made of; see [`Terraform::source`].
    #[must_use]
    pub fn source(self, folder: impl Into<PathBuf>) -> Self {
        Self { source: Some(folder.into()), ..self }
    }

    /// The same, where functions of Terraform's source may read files that are in no folder of a module.
    #[must_use]
    pub fn reads_outside(self) -> Self {
        Self { reads_outside: true, ..self }
    }

    /// Whether nothing was said of the deployment.
    pub fn is_empty(&self) -> bool {
        let known = &self.known;
        let nothing_given = known.parameters.is_empty() && known.parameter_files.is_empty() && self.values.is_empty();
        nothing_given && known.account.is_none() && known.region.is_none()
    }

    /// What is said of a deployment, of templates at a path.
    pub fn templates(&self, path: impl Into<PathBuf>) -> CloudFormation {
        self.complete(CloudFormation::new(path), false)
    }

    /// The same of a plan, a state or a folder of source of Terraform.
    pub fn terraform(&self, path: impl Into<PathBuf>) -> Terraform {
        self.complete_terraform(Terraform::new(path), false)
    }

    /// Every policy of infrastructure code at a path, as it is written there.
    ///
    /// # Errors
    /// What is wrong with the code. What is wrong with a policy is in each.
    pub fn policies(&self, files: &dyn Files, path: &Path) -> Result<TemplatePolicies, Vec<Finding>> {
        if self.kind_at(files, path) == Some(TERRAFORM) {
            self.terraform(path).policies(files)
        } else {
            self.templates(path).policies(files)
        }
    }

    /// The folder of the Terraform module that a file belongs to, if it belongs to one. A module is always read as a whole: to get
    /// the policies of several of its files, read it once with [`Terraform::module_policies`].
    pub fn module_of<'p>(&self, files: &dyn Files, path: &'p Path) -> Option<&'p Path> {
        terraform::is_source(&files.name(path)).then(|| path.parent()).flatten()
    }

    /// The kind of a file or folder.
    fn kind_at(&self, files: &dyn Files, path: &Path) -> Option<&'static str> {
        match files.read(path) {
            Ok(source) => self.kind_of(&source),
            Err(_) => self.kind_of_folder(files, path),
        }
    }

    /// The values that are given, of which only Terraform's are meant for it where there are templates as well.
    fn values(&self, is_mixed: bool, for_terraform: bool) -> impl Iterator<Item = &(String, String)> {
        self.values.iter().filter(move |(address, _)| !is_mixed || is_of_terraform(address) == for_terraform)
    }

    fn complete_terraform(&self, mut terraform: Terraform, is_mixed: bool) -> Terraform {
        for (address, text) in self.values(is_mixed, true) {
            terraform = terraform.value(address, text);
        }
        if self.is_strict {
            terraform = terraform.unknown_as_error();
        }
        if !is_mixed {
            for (name, value) in &self.known.parameters {
                terraform = terraform.variable(name, value);
            }
            for path in &self.known.parameter_files {
                terraform = terraform.variable_file(path);
            }
        }
        if self.reads_outside {
            terraform = terraform.reads_outside();
        }
        terraform.source_of_all(self.source.clone()).known_of_all(self.known.account.clone(), self.known.region.clone())
    }

    fn complete(&self, mut templates: CloudFormation, is_mixed: bool) -> CloudFormation {
        for (address, text) in self.values(is_mixed, false) {
            templates = templates.value(address, text);
        }
        if self.is_strict {
            templates = templates.unknown_as_error();
        }
        if self.reads_outside {
            templates = templates.reads_outside();
        }
        templates.known_of_all(self.known.clone())
    }
}

const CLOUDFORMATION: &str = "cloudformation";
const CDK: &str = "cdk";
const TERRAFORM: &str = "terraform";
const SERVERLESS: &str = "serverless";

impl Formats for Infrastructure {
    fn kinds(&self) -> &[&'static str] {
        &[CLOUDFORMATION, CDK, TERRAFORM, SERVERLESS]
    }

    fn kind_of(&self, source: &Source) -> Option<&'static str> {
        if terraform::is_shown(source) || terraform::is_source(&source.name) {
            return Some(TERRAFORM);
        }
        cloudformation::kind_of(source).map(|kind| match kind {
            cloudformation::FileKind::Template => CLOUDFORMATION,
            cloudformation::FileKind::Manifest => CDK,
            cloudformation::FileKind::Service => SERVERLESS,
        })
    }

    fn kind_of_folder(&self, files: &dyn Files, path: &Path) -> Option<&'static str> {
        if let Ok(manifest) = files.read(&path.join(cloudformation::MANIFEST)) {
            return self.kind_of(&manifest);
        }
        // A folder of that name without a manifest is reported as an incomplete assembly.
        let is_cdk = path.ends_with("cdk.out") && files.read(path).is_err_and(|finding| is_folder(&finding));
        if is_cdk { Some(CDK) } else { terraform::has_source(files, path).then_some(TERRAFORM) }
    }

    fn settings(&self, kind: &str) -> &[&'static str] {
        match kind {
            TERRAFORM => &["parameters", "values", "account", "region", "source"],
            CDK | SERVERLESS => &["parameters", "values", "account", "region"],
            _ => &["parameters", "values", "account", "region", "stack"],
        }
    }

    fn together(&self, named: Vec<NamedSource>) -> Result<Box<dyn WorldSource>, Vec<Finding>> {
        let mut texts = Vec::new();
        let (mut templates, mut plans): (Option<CloudFormation>, Option<Terraform>) = (None, None);
        for source in named {
            if source.kind == TERRAFORM {
                let one = terraform(&source)?;
                plans = Some(match plans {
                    Some(others) => others.and(one),
                    None => one,
                });
            } else {
                let one = template(&source)?;
                templates = Some(match templates {
                    Some(others) => others.and(one),
                    None => one,
                });
            }
            texts.extend(source.source.map(|text| (source.path, text)));
        }
        let is_mixed = templates.is_some() && plans.is_some();
        let templates = templates.map(|templates| self.complete(templates, is_mixed));
        let plans = plans.map(|plans| self.complete_terraform(plans, is_mixed));
        Ok(Box::new(Held { templates, plans, texts }))
    }
}

/// Whether an address is one of Terraform: it begins with a type, which has an underscore in it, or with a word of the
/// language.
fn is_of_terraform(address: &str) -> bool {
    let first = address.split(['.', '[']).next().unwrap_or_default();
    first.contains('_') || ["data", "module", "var", "local"].contains(&first)
}

/// What a world file says beside the path of a source.
enum Setting {
    ParameterFile(PathBuf),
    Parameter(String, String),
    Value(String, String),
    Account(String),
    Region(String),
    Stack(String),
    Source(PathBuf),
}

/// What a world file says of a source; nothing where it is named by its path only.
fn settings(named: &NamedSource) -> Result<Vec<Setting>, Vec<Finding>> {
    let Some(named_in) = &named.named_in else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for setting in &named.settings {
        let wrong = |diagnostic: Diagnostic| vec![Finding::new(&named_in.source, diagnostic)];
        all.extend(settings_of(setting, named_in).map_err(wrong)?);
    }
    Ok(all)
}

fn settings_of(setting: &Member<'static>, named_in: &NamedIn) -> Result<Vec<Setting>, Diagnostic> {
    let name = format!("`{}`", setting.key);
    let node = &setting.value;
    let one = match &*setting.key {
        "parameters" if node.as_str().is_some() => {
            Setting::ParameterFile(named_in.folder.join(fields::text(node, &name)?))
        }
        "parameters" => {
            return Ok(texts(node, &name)?.map(|(name, text)| Setting::Parameter(name.to_owned(), text)).collect());
        }
        "values" => return Ok(texts(node, &name)?.map(|(name, text)| Setting::Value(name.to_owned(), text)).collect()),
        "account" => Setting::Account(scalar(node).unwrap_or_default()),
        "source" => Setting::Source(named_in.folder.join(fields::text(node, &name)?)),
        "region" => Setting::Region(fields::text(node, &name)?.to_owned()),
        _ => Setting::Stack(fields::text(node, &name)?.to_owned()),
    };
    Ok(vec![one])
}

/// A template or folder that is named.
fn template(named: &NamedSource) -> Result<CloudFormation, Vec<Finding>> {
    let template = CloudFormation::new(&named.path);
    Ok(settings(named)?.into_iter().fold(template, |template, setting| match setting {
        Setting::ParameterFile(path) => template.parameter_file(path),
        Setting::Parameter(name, value) => template.parameter(name, value),
        Setting::Value(address, value) => template.value(address, value),
        Setting::Account(account) => template.account(account),
        Setting::Region(region) => template.region(region),
        Setting::Stack(name) => template.stack(name),
        // Templates have no source.
        Setting::Source(_) => template,
    }))
}

/// A plan, a state or a folder of Terraform's source that is named.
fn terraform(named: &NamedSource) -> Result<Terraform, Vec<Finding>> {
    let terraform = Terraform::new(&named.path);
    Ok(settings(named)?.into_iter().fold(terraform, |terraform, setting| match setting {
        Setting::Value(address, value) => terraform.value(address, value),
        Setting::Account(account) => terraform.account(account),
        Setting::Region(region) => terraform.region(region),
        Setting::Parameter(name, value) => terraform.variable(name, value),
        Setting::ParameterFile(path) => terraform.variable_file(path),
        Setting::Source(path) => terraform.source(path),
        // Sources of this kind have no stack.
        Setting::Stack(_) => terraform,
    }))
}

/// The members of a map of texts.
fn texts<'n>(
    node: &'n Node<'static>,
    name: &str,
) -> Result<impl Iterator<Item = (&'n str, String)> + use<'n>, Diagnostic> {
    let wrong = |node: &Node<'_>| {
        Diagnostic::new(codes::INVALID_PARAMETER, node.beginning(), format!("{name} must be a map of texts"))
            .with_help("write each as `NAME: VALUE`")
    };
    let members = node.members().ok_or_else(|| wrong(node))?;
    if let Some(member) = members.iter().find(|member| scalar(&member.value).is_none()) {
        return Err(wrong(&member.value));
    }
    Ok(members.iter().map(|member| (&*member.key, scalar(&member.value).unwrap_or_default())))
}

fn is_folder(finding: &Finding) -> bool {
    finding.diagnostic.code() == iameval_world::codes::IS_FOLDER
}

fn scalar(node: &Node<'_>) -> Option<String> {
    cloudformation::scalar(node)
}

/// Templates with texts that were read already.
struct Held {
    templates: Option<CloudFormation>,
    plans: Option<Terraform>,
    texts: Vec<(PathBuf, Arc<Source>)>,
}

impl WorldSource for Held {
    fn add_to(&self, files: &dyn Files, world: &mut WorldBuilder) -> Result<(), Vec<Finding>> {
        let files = WithTexts { files, texts: &self.texts };
        self.templates.as_ref().map_or(Ok(()), |templates| templates.add_to(&files, world))?;
        self.plans.as_ref().map_or(Ok(()), |plans| plans.add_to(&files, world))
    }
}

/// Files, of which some were read already.
pub(crate) struct WithTexts<'f> {
    pub(crate) files: &'f dyn Files,
    pub(crate) texts: &'f [(PathBuf, Arc<Source>)],
}

impl Files for WithTexts<'_> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        match self.texts.iter().find(|(known, _)| known == path) {
            Some((_, text)) => Ok(text.clone()),
            None => self.files.read(path),
        }
    }

    fn name(&self, path: &Path) -> String {
        self.files.name(path)
    }

    fn limits(&self) -> Limits {
        self.files.limits()
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        self.files.list(folder)
    }

    fn identity(&self, path: &Path) -> PathBuf {
        self.files.identity(path)
    }
}

/// Files among which infrastructure code is read as a world.
#[derive(Debug, Clone, Default)]
pub struct WithInfrastructure<F>(pub F, pub Infrastructure);

impl<F: Files> Files for WithInfrastructure<F> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        self.0.read(path)
    }

    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Finding> {
        self.0.stream(path)
    }

    fn name(&self, path: &Path) -> String {
        self.0.name(path)
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }

    fn is_lasting(&self, path: &Path) -> bool {
        self.0.is_lasting(path)
    }

    fn progress(&self, path: &Path, bytes: u64) {
        self.0.progress(path, bytes);
    }

    fn formats(&self) -> &dyn Formats {
        &self.1
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        self.0.list(folder)
    }

    fn identity(&self, path: &Path) -> PathBuf {
        self.0.identity(path)
    }
}
