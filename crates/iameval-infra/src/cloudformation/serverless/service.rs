//! What a service says of itself: its names, and its functions with what policies depend on.

use super::plugins::{self, Plugins, PseudoParameters};
use super::resolve::{Found, Resolver, Told};
use super::texts::{joined, normalized};
use crate::cloudformation::tree::{Place, Tree, is_given, items};
use crate::codes;
use iameval::Diagnostic;
use iameval::json::{Member, Node, Value};
use iameval::text::Span;

/// The properties of `provider` that policies, principals and names depend on.
const OF_PROVIDER: [&str; 21] = [
    "apiGateway",
    "apiName",
    "cfnRole",
    "deploymentBucket",
    "eventBridge",
    "httpApi",
    "iam",
    "iamManagedPolicies",
    "iamRoleStatements",
    "kmsKeyArn",
    "logs",
    "name",
    "role",
    "rolePermissionsBoundary",
    "s3",
    "stackName",
    "stackPolicy",
    "tracing",
    "vpc",
    "websocketsApiId",
    "websocketsApiName",
];

/// The properties of a function that policies, principals and names depend on.
const OF_FUNCTION: [&str; 20] = [
    "condition",
    "destinations",
    "disableLogs",
    "events",
    "fileSystemConfig",
    "iam",
    "iamPermissionsBoundary",
    "iamRoleStatements",
    "iamRoleStatementsInherit",
    "iamRoleStatementsName",
    "kmsKeyArn",
    "logs",
    "name",
    "onError",
    "provisionedConcurrency",
    "role",
    "snapStart",
    "tracing",
    "url",
    "vpc",
];

/// A service.
pub(super) struct Service {
    /// Its name; a text, as far as that is known.
    pub(super) name: Tree,
    pub(super) stage: Tree,
    pub(super) region: Option<String>,
    /// What matters of `provider`.
    pub(super) provider: Tree,
    /// The place of the name `provider`.
    pub(super) provider_span: Span,
    pub(super) functions: Vec<Function>,
    /// Which version of the framework it is for, as far as it says.
    pub(super) version: Option<u32>,
    /// What the plugin that makes roles of functions is told.
    pub(super) roles: RolesPerFunction,
    /// The plugin that replaces `#{…}`, where the service has it.
    pub(super) pseudo_parameters: Option<PseudoParameters>,
}

/// Whether functions that have statements get roles of their own.
#[derive(Debug)]
pub(super) enum RolesPerFunction {
    /// The framework takes no notice of the statements.
    Never,
    /// The plugin `serverless-iam-roles-per-function` makes them, with these settings.
    ByPlugin(Tree),
    /// The framework makes them, as version 4 does.
    ByFramework,
}

/// A function of a service.
#[derive(Debug)]
pub(super) struct Function {
    /// What it is called in the service.
    pub(super) key: String,
    pub(super) key_span: Span,
    /// What logical ids that are made for it begin with.
    pub(super) id: String,
    /// The name of the Lambda function.
    pub(super) name: Tree,
    /// What matters of it.
    pub(super) node: Tree,
}

impl Function {
    pub(super) fn place(&self) -> Place {
        Place(self.node.span)
    }

    /// A property that is neither nothing, nor false, nor empty.
    pub(super) fn given(&self, name: &str) -> Option<&Tree> {
        self.node.get(name).filter(|node| is_given(node))
    }

    /// The logical id of the Lambda function.
    pub(super) fn lambda(&self) -> String {
        format!("{}LambdaFunction", self.id)
    }

    /// The name and the logical id of the alias that events invoke, where there is one.
    pub(super) fn alias(&self) -> Option<(&'static str, String)> {
        let (name, id) = match (self.given("provisionedConcurrency"), self.given("snapStart")) {
            (Some(_), _) => ("provisioned", "ProvConcLambdaAlias"),
            (None, Some(_)) => ("snapstart", "SnapStartLambdaAlias"),
            (None, None) => return None,
        };
        Some((name, format!("{}{id}", self.id)))
    }

    /// The ARN of what events invoke.
    pub(super) fn target(&self, place: Place) -> Tree {
        let arn = place.attribute(&self.lambda(), "Arn");
        match self.alias() {
            Some((name, _)) => {
                place.map([("Fn::Join", place.list(vec![place.text(":"), place.list(vec![arn, place.text(name)])]))])
            }
            None => arn,
        }
    }

    /// Its events of a kind, in order; each with what stands under the kind.
    pub(super) fn events<'f>(&'f self, kind: &'f str) -> impl Iterator<Item = &'f Tree> {
        let events = self.node.get("events").map(items).unwrap_or_default();
        events.iter().filter_map(move |event| event.get(kind)).filter(|event| is_given(event))
    }

    /// Whether a VPC is given.
    pub(super) fn has_vpc(&self) -> bool {
        self.given("vpc").is_some()
    }
}

impl Service {
    /// Reads what matters of a configuration.
    pub(super) fn read(resolver: &mut Resolver<'_>) -> Result<Self, Told> {
        let root = resolver.root.clone();
        let (name, provider) = (member(&root, "service"), member(&root, "provider"));
        let missing = |what: &str, help: &str| {
            let diagnostic =
                Diagnostic::new(codes::INVALID_TEMPLATE, root.beginning(), format!("the service has no `{what}`"));
            diagnostic.with_help(help.to_owned())
        };
        let Some(name) = name else {
            return Err(resolver.wrong(missing("service", "give it a name: `service: orders`")));
        };
        let Some(provider) = provider else {
            return Err(resolver.wrong(missing("provider", "write `provider: {name: aws}`")));
        };
        let provider_span = provider.key_span;
        let provider = parts(resolver, &provider.value, &OF_PROVIDER)?;
        let of = provider.get("name").unwrap_or(&provider);
        if let Some(other) = of.as_str().filter(|name| *name != "aws") {
            let message = format!("the provider of the service is `{other}`");
            let diagnostic = Diagnostic::new(codes::INVALID_TEMPLATE, of.span, message);
            return Err(resolver.wrong(diagnostic.with_help("only services of `aws` have IAM policies")));
        }
        let name = resolver.node(name.value.get("name").unwrap_or(&name.value))?;
        let found = resolver.stage(provider_span)?;
        let stage = resolver.put(found, provider_span);
        let found = resolver.region(provider_span)?;
        let region = resolver.put(found, provider_span).as_str().map(str::to_owned);
        let version = version(&root);
        let plugins = Plugins::read(resolver)?;
        let roles = roles_per_function(resolver, &plugins, version)?;
        let pseudo_parameters =
            if plugins.have("pseudo-parameters") { Some(PseudoParameters::read(resolver)?) } else { None };
        let mut service = Self {
            name,
            stage,
            region,
            provider,
            provider_span,
            functions: Vec::new(),
            version,
            roles,
            pseudo_parameters,
        };
        if let Some(functions) = member(&root, "functions") {
            for entry in super::merge::merged(resolver, &functions.value, |_, node| Ok(node.clone()))? {
                service.functions.extend(service.function(resolver, &entry)?);
            }
        }
        Ok(service)
    }

    fn function(&self, resolver: &mut Resolver<'_>, entry: &Member<'static>) -> Result<Option<Function>, Told> {
        let node = parts(resolver, &entry.value, &OF_FUNCTION)?;
        if node.value == Value::Null {
            return Ok(None);
        }
        let place = Place(entry.key_span);
        let name = match node.get("name").filter(|name| is_given(name)) {
            Some(name) => name.clone(),
            None => self.named(place, &[place.text(entry.key.clone())]),
        };
        Ok(Some(Function {
            key: entry.key.clone().into_owned(),
            key_span: entry.key_span,
            id: normalized(&entry.key),
            name,
            node,
        }))
    }

    /// A name that begins with those of the service and the stage.
    pub(super) fn named(&self, place: Place, rest: &[Tree]) -> Tree {
        let parts = [self.name.clone(), self.stage.clone()].into_iter().chain(rest.iter().cloned());
        joined(place, "-", parts)
    }

    /// What stands at a path of `provider` and is neither nothing, nor false, nor empty.
    pub(super) fn provider(&self, path: &[&str]) -> Option<&Tree> {
        let found = path.iter().try_fold(&self.provider, |node, key| node.get(key));
        found.filter(|node| is_given(node))
    }

    /// A function by what it is called in the service.
    pub(super) fn function_called(&self, key: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.key == key)
    }

    /// The name of the stack.
    pub(super) fn stack(&self) -> Option<String> {
        let given = self.provider.get("stackName").and_then(Node::as_str).map(str::to_owned);
        given.or_else(|| self.named(Place(Span::START), &[]).as_str().map(str::to_owned))
    }

    /// The role that functions have which have none of their own: one that exists already, or stands in the resources.
    pub(super) fn existing_role(&self) -> Option<&Tree> {
        let role = self.provider.get("iam").and_then(|iam| iam.get("role"));
        let is_existing = |role: &&Tree| match &role.value {
            Value::String(_) => true,
            Value::Object(members) => {
                members.iter().any(|member| member.key.contains("::") || (member.key == "Ref" && members.len() == 1))
            }
            _ => false,
        };
        role.filter(is_existing).or_else(|| self.provider.get("role"))
    }
}

/// A member of the configuration.
pub(super) fn member<'t>(tree: &'t Tree, name: &str) -> Option<&'t Member<'static>> {
    let member = tree.members()?.iter().find(|member| member.key == name)?;
    (member.value.value != Value::Null).then_some(member)
}

/// The parts of a section that matter, with their variables replaced. A section that is not known is that.
fn parts(resolver: &mut Resolver<'_>, node: &Tree, names: &[&str]) -> Result<Tree, Told> {
    let found = resolver.step(node)?;
    let Found::Value(section) = &found else { return Ok(resolver.put(found, node.span)) };
    let Some(all) = section.members() else { return Ok(section.clone()) };
    let mut members = Vec::new();
    for member in all.iter().filter(|member| names.contains(&&*member.key)) {
        members.push(Member { value: resolver.node(&member.value)?, ..member.clone() });
    }
    Ok(Node { value: Value::Object(members), span: section.span })
}

/// The first number of `frameworkVersion`.
fn version(root: &Tree) -> Option<u32> {
    let text = crate::cloudformation::scalar(root.get("frameworkVersion")?)?;
    let digits = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    digits.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

fn roles_per_function(
    resolver: &mut Resolver<'_>,
    plugins: &Plugins,
    version: Option<u32>,
) -> Result<RolesPerFunction, Told> {
    if plugins.have("iam-roles-per-function") {
        return Ok(RolesPerFunction::ByPlugin(plugins::settings(resolver, "serverless-iam-roles-per-function")?));
    }
    Ok(if version.is_some_and(|version| version < 4) { RolesPerFunction::Never } else { RolesPerFunction::ByFramework })
}
