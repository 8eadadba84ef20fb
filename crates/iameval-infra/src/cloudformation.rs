//! CloudFormation templates, and what becomes templates: SAM and CDK.
//!
//! On the way a template is read as a tree ([`template`]), loops in it are expanded ([`for_each`]), what SAM
//! makes of it is made ([`sam`]), and its functions are evaluated ([`evaluate`]): what comes out is a [`stack`](crate::stack), in
//! which values are known, or symbols.

mod assembly;
mod compare;
mod evaluate;
mod for_each;
mod given;
mod load;
mod parameters;
mod sam;
mod serverless;
mod tags;
mod template;
#[cfg(test)]
mod tests;
mod tree;

use crate::codes;
use crate::literal;
use crate::policies::{self, TemplatePolicies};
use crate::stack::Stack;
use crate::world;
pub(crate) use assembly::MANIFEST;
use evaluate::{Evaluator, Given};
use iameval::Problem;
use iameval::symbol::Symbols;
use iameval_world::{Files, Finding, Source, WorldBuilder, WorldSource};
pub(crate) use parameters::scalar;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// CloudFormation templates, SAM templates and CDK assemblies that are read together, and what is known of their
/// deployment.
///
/// ```
/// use iameval_infra::CloudFormation;
/// use iameval_world::{Files, Finding, Source, World};
/// use std::path::Path;
/// use std::sync::Arc;
///
/// /// One template, whatever file is asked for.
/// struct Template(&'static str);
///
/// impl Files for Template {
///     fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
///         Ok(Source::new(path.display().to_string(), self.0))
///     }
/// }
///
/// let template = Template("
/// Resources:
///   Reports: {Type: AWS::S3::Bucket}
///   Reader:
///     Type: AWS::IAM::User
///     Properties:
///       Policies:
///         - PolicyName: read
///           PolicyDocument:
///             Statement: {Effect: Allow, Action: s3:GetObject, Resource: !Sub '${Reports.Arn}/*'}
/// ");
/// let source = CloudFormation::new("template.yaml").account("123456789012").region("eu-west-1");
/// let world = World::from_sources(&template, &[&source])?;
/// let reader = world.principal("cfn:Reader").unwrap();
/// assert_eq!(reader.identity()[0].policy.name, "cfn:Reader/read");
///
/// // What is not known is a symbol: here the names that CloudFormation makes up.
/// let symbols = world.symbols().unwrap();
/// let object = world.resource_arn("cfn:Reports/2026/q3.csv").unwrap();
/// assert_eq!(symbols.display(&object), "arn:aws:s3:::${unknown:Reports}/2026/q3.csv");
///
/// // The policies as they are written, for a linter.
/// let policies = source.policies(&template)?.policies;
/// assert_eq!((&*policies[0].name, &*policies[0].origin.address), ("cfn:Reader/read", "Resources.Reader"));
/// # Ok::<(), Vec<Finding>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CloudFormation {
    /// Those before the last.
    others: Vec<Deployment>,
    last: Deployment,
    /// What holds for all of them where they say nothing else.
    all: Deployment,
    values: BTreeMap<String, String>,
    is_strict: bool,
    reads_outside: bool,
}

/// Templates and folders with what is said of all of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deployment {
    paths: Vec<PathBuf>,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) parameter_files: Vec<PathBuf>,
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    stack: Option<String>,
}

/// What a file is.
pub(crate) enum FileKind {
    Template,
    /// The manifest of a CDK assembly.
    Manifest,
    /// A service of the Serverless Framework.
    Service,
}

/// What a file is, where it is one of those that are read here.
pub(crate) fn kind_of(source: &Source) -> Option<FileKind> {
    // Most files are neither, which a glance tells.
    let says = |word: &str| source.text.contains(word);
    let may_be_service = says("provider") || serverless::is_called_so(&source.name);
    if !may_be_service && !says("Resources") && !says("Fn::ForEach") && !says("artifacts") {
        return None;
    }
    let tree = template::tree(source, serverless::notation(&source.name)).ok()?;
    if may_be_service && serverless::is_service(&source.name, &tree) {
        Some(FileKind::Service)
    } else if template::is_template(&tree) {
        Some(FileKind::Template)
    } else {
        assembly::is_manifest(&tree).then_some(FileKind::Manifest)
    }
}

/// The stacks of templates that are read together.
#[derive(Debug)]
pub(crate) struct ReadTemplates {
    /// The stacks in the order of the sources; nested ones after the one that they are nested in.
    pub(crate) stacks: Vec<Stack>,
    /// What the templates leave to the deployment.
    pub(crate) warnings: Vec<Finding>,
    /// The files that others bring in.
    included: Vec<Arc<Source>>,
}

impl CloudFormation {
    /// The template at that path, or the folder that the CDK writes, `cdk.out`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let last = Deployment { paths: vec![path.into()], ..Deployment::default() };
        Self {
            others: Vec::new(),
            last,
            all: Deployment::default(),
            values: BTreeMap::new(),
            is_strict: false,
            reads_outside: false,
        }
    }

    /// These templates and others, read together: exports of one are what others import. What was said of the parameters,
    /// the account, the region and the stack of each stays with them.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.others.push(std::mem::replace(&mut self.last, other.last));
        self.others.extend(other.others);
        self.values.extend(other.values);
        self.is_strict |= other.is_strict;
        self.reads_outside |= other.reads_outside;
        self
    }

    /// The same, with what holds for all templates where nothing else is said.
    #[must_use]
    pub(crate) fn known_of_all(self, all: Deployment) -> Self {
        Self { all, ..self }
    }

    fn deployments(&self) -> impl Iterator<Item = &Deployment> {
        self.others.iter().chain([&self.last])
    }

    /// One more template or folder. Exports of one are what others import.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.last.paths.push(path.into());
        self
    }

    /// The value of a parameter. With several stacks, `STACK/NAME` is that of one of them.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.last.parameters.push((name.into(), value.into()));
        self
    }

    /// A file with values of parameters, in a form that the AWS CLI or `CodePipeline` takes.
    #[must_use]
    pub fn parameter_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.last.parameter_files.push(path.into());
        self
    }

    /// What is put in the place of something that is not known before the deployment, by its address: the name of a
    /// resource, `Key`; an attribute, `Key.Arn`; a condition, `Condition IsProduction`.
    #[must_use]
    pub fn value(mut self, address: impl Into<String>, text: impl Into<String>) -> Self {
        self.values.insert(address.into(), text.into());
        self
    }

    /// The account that the stacks are deployed to, unless a manifest says.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.last.account = Some(account.into());
        self
    }

    /// The region that the stacks are deployed to, unless a manifest says.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.last.region = Some(region.into());
        self
    }

    /// The name of the stack that a template is deployed as.
    #[must_use]
    pub fn stack(mut self, name: impl Into<String>) -> Self {
        self.last.stack = Some(name.into());
        self
    }

    /// The same, where it is an error that something is left to the deployment, such as a parameter without a value.
    #[must_use]
    pub fn unknown_as_error(self) -> Self {
        Self { is_strict: true, ..self }
    }

    /// The same, where variables of the Serverless Framework may read files that are not in the folder of the service.
    #[must_use]
    pub fn reads_outside(self) -> Self {
        Self { reads_outside: true, ..self }
    }

    /// Every policy of the templates as it is written, with its kind and place.
    ///
    /// # Errors
    /// What is wrong with a template. What is wrong with a policy is in each.
    pub fn policies(&self, files: &dyn Files) -> Result<TemplatePolicies, Vec<Finding>> {
        let mut symbols = Symbols::new();
        let stacks = self.stacks(files, &mut symbols)?;
        let included = stacks.included;
        Ok(TemplatePolicies { included, ..policies::policies(&stacks.stacks, stacks.warnings, symbols) })
    }

    /// What the templates create.
    pub(crate) fn stacks(&self, files: &dyn Files, symbols: &mut Symbols) -> Result<ReadTemplates, Vec<Finding>> {
        self.check().map_err(|finding| vec![finding])?;
        let loaded = load::load(self, files)?;
        let given = Given { values: &self.values, is_strict: self.is_strict, taken: loaded.asked };
        let mut evaluator = Evaluator::new(&loaded.templates, given, symbols);
        let mut stacks = Vec::with_capacity(loaded.templates.len());
        for index in 0..loaded.templates.len() {
            stacks.extend(evaluator.stack(index).ok().flatten());
        }
        evaluator.tell_parameters();
        evaluator.check_values();
        let mut errors = std::mem::take(&mut evaluator.errors);
        let mut warnings = loaded.warnings;
        if self.is_strict {
            errors.extend(warnings.drain(..).map(|warning| {
                let diagnostic = warning.diagnostic.clone().with_severity(iameval::Severity::Error);
                Finding::new(&warning.source, diagnostic)
            }));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        warnings.append(&mut evaluator.warnings);
        let included = loaded.templates.iter().filter_map(|template| template.parts.as_ref());
        let included = included.flat_map(|parts| parts.included()).cloned().collect();
        Ok(ReadTemplates { stacks, warnings, included })
    }

    /// Refuses options that mean nothing.
    fn check(&self) -> Result<(), Finding> {
        let about = |message: String, help: &str| {
            let name = self.deployments().flat_map(|deployment| &deployment.paths).next();
            let name = name.map_or(String::new(), |path| path.display().to_string());
            Finding::about_file(&name, Problem::new(codes::INVALID_PARAMETER, message).with_help(help))
        };
        let mut accounts = self.deployments().chain([&self.all]).filter_map(|deployment| deployment.account.as_ref());
        let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(account) = accounts.find(|account| !is_account(account)) {
            return Err(about(format!("`{account}` is not an account id"), "an account id is twelve digits"));
        }
        if let Some((address, _)) = self.values.iter().find(|(_, value)| literal::holds_symbol(value)) {
            let message = format!("the value of `{address}` holds a character of the last plane of Unicode");
            return Err(about(message, "remove the character"));
        }
        Ok(())
    }
}

impl WorldSource for CloudFormation {
    fn add_to(&self, files: &dyn Files, world: &mut WorldBuilder) -> Result<(), Vec<Finding>> {
        let stacks = self.stacks(files, world.symbols())?;
        for warning in stacks.warnings {
            world.warn(warning);
        }
        world::add(&stacks.stacks, &self.values, world)?;
        self.without_effect(world)
    }
}

impl CloudFormation {
    /// Refuses values of what cannot be given as a text.
    fn without_effect(&self, world: &mut WorldBuilder) -> Result<(), Vec<Finding>> {
        let symbols = world.symbols();
        let still_open = self.values.keys().filter(|address| symbols.find(address).is_some());
        let name = self.deployments().flat_map(|deployment| &deployment.paths).next();
        let name = name.map_or(String::new(), |path| path.display().to_string());
        let wrong = still_open.map(|address| {
            let message = format!("`{address}` stays unknown whatever value it is given");
            let help =
                "it is a document, which a world file beside the template can define, or a parameter with `NoEcho`";
            Finding::about_file(&name, Problem::new(codes::INVALID_PARAMETER, message).with_help(help))
        });
        let wrong: Vec<Finding> = wrong.collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}
