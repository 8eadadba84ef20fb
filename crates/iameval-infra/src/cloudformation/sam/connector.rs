//! Connectors: policies that let one resource use another.

use super::connector_profiles::{self, Makes, Profile};
use super::tree::{Place, Tree, is_given, items, resource_of};
use super::{Expansion, Origin, Properties, Resource, globals, invalid, one_of};
use iameval::Diagnostic;
use iameval::json::{Member, Node, Value};

/// An end of a connector.
struct Reference {
    kind: String,
    arn: Option<Tree>,
    role: Option<Tree>,
    url: Option<Tree>,
    id: Option<Tree>,
    name: Option<Tree>,
    qualifier: Option<Tree>,
}

/// The connectors that stand in other resources, as resources of their own.
pub(super) fn embedded(resources: &[Member<'static>]) -> Vec<Member<'static>> {
    let mut all = Vec::new();
    for resource in resources {
        for connector in resource.value.get("Connectors").and_then(Node::members).unwrap_or_default() {
            let place = Place(connector.value.span);
            let properties = connector.value.get("Properties");
            let overrides = properties.and_then(|properties| properties.get("SourceReference")).and_then(Node::members);
            let mut source = vec![place.member("Id", Place(resource.key_span).text(resource.key.clone()))];
            source.extend(overrides.unwrap_or_default().iter().cloned());
            let mut members = vec![place.member("Source", place.object(source))];
            let given = properties.and_then(Node::members).unwrap_or_default();
            members.extend(given.iter().filter(|member| member.key != "SourceReference").cloned());
            let mut connected = vec![place.member("Properties", place.object(members))];
            connected.extend(connector.value.get("Condition").map(|given| place.member("Condition", given.clone())));
            let key = format!("{}{}", resource.key, connector.key).into();
            all.push(Member { key, key_span: connector.key_span, value: place.object(connected) });
        }
    }
    all
}

impl Expansion<'_> {
    /// Expands the connectors, when everything else is.
    pub(super) fn connectors(&mut self, resources: &[Member<'static>], embedded: &[Member<'static>]) {
        self.own =
            self.made.iter().enumerate().map(|(at, (_, member))| (member.key.clone().into_owned(), at)).collect();
        for (position, member) in resources.iter().enumerate() {
            if globals::kind_of(&member.value) == Some("Connector") {
                self.position = position;
                if self.is_too_large(member.key_span) {
                    return;
                }
                self.connector(Resource::new(member));
            }
        }
        self.position = resources.len();
        for member in embedded {
            if self.is_too_large(member.key_span) {
                return;
            }
            self.connector(Resource::new(member));
        }
    }

    fn connector(&mut self, connector: Resource<'_>) {
        let missing = ["Source", "Destination", "Permissions"].into_iter().find(|name| connector.get(name).is_none());
        if let Some(missing) = missing {
            let error = invalid(connector.id_span, format!("connector `{}` has no `{missing}`", connector.id));
            self.errors.push(error.with_help("a connector takes `Source`, `Destination` and `Permissions`"));
            return;
        }
        let (Some(source), Some(destination)) = (connector.get("Source"), connector.get("Destination")) else { return };
        let is_list = matches!(destination.value, Value::Array(_));
        for (index, one) in items(destination).iter().enumerate() {
            let suffix = if is_list { format!("Destination{index}") } else { String::new() };
            let permissions = connector.get("Permissions").map(items).unwrap_or_default();
            if let Err(error) = self.connect(connector.origin(), connector.id, (source, one), permissions, &suffix) {
                self.errors.push(error);
            }
        }
    }

    /// Connects two resources.
    pub(super) fn connect(
        &mut self,
        origin: Origin<'_>,
        id: &str,
        (source, destination): (&Tree, &Tree),
        permissions: &[Tree],
        suffix: &str,
    ) -> Result<(), Diagnostic> {
        let place = Place(origin.span);
        let to = self.reference(place, destination, source)?;
        let from = self.reference(place, source, destination)?;
        let Some(profile) = connector_profiles::profile(&from.kind, &to.kind) else {
            let known = connector_profiles::destinations(&from.kind);
            let message = format!("SAM has no connector from `{}` to `{}`", from.kind, to.kind);
            let help = match &*known {
                [] => format!("a connector does not start at `{}`", from.kind),
                known => format!("one from there leads to {}", known.join(", ")),
            };
            return Err(invalid(destination.beginning(), message).with_help(help));
        };
        let access = profile.access(place);
        let asked = asked_for(profile, &access, permissions, origin)?;
        let value = |end: &Reference, name: &str| match name {
            "Arn" => Some(end.arn.clone()),
            "ResourceId" => Some(end.id.clone()),
            "Name" => Some(end.name.clone()),
            "Qualifier" => Some(end.qualifier.clone()),
            _ => None,
        };
        let values = |name: &str| match name.split_once('.') {
            Some(("Source", name)) => value(&from, name),
            Some(("Destination", name)) => value(&to, name),
            _ => None,
        };
        let Some(access) = connector_profiles::filled(&access, &values) else {
            let message = format!("connector `{id}` lacks what names its resources");
            return Err(invalid(origin.id_span, message).with_help("give `Arn`, `ResourceId` or `Name` beside `Type`"));
        };
        let holder = if profile.is_of_source { from } else { to };
        self.make(origin, id, profile, (&access, &asked), holder, suffix)
    }

    fn make(
        &mut self,
        origin: Origin<'_>,
        id: &str,
        profile: &Profile,
        (access, asked): (&Tree, &[String]),
        holder: Reference,
        suffix: &str,
    ) -> Result<(), Diagnostic> {
        let place = Place(origin.span);
        let of_access =
            || access.members().unwrap_or_default().iter().filter(|one| asked.iter().any(|name| one.key == *name));
        let document = || {
            let statements =
                of_access().filter_map(|one| one.value.get("Statement")).flat_map(items).cloned().collect();
            Some(place.map([("Version", place.text("2012-10-17")), ("Statement", place.list(statements))]))
        };
        let side = if profile.is_of_source { "source" } else { "destination" };
        let lacks = |what: &str| {
            let message = format!("the {what} of the {side} of connector `{id}` is not known");
            Err(invalid(origin.id_span, message).with_help("give it beside `Type` in place of `Id`"))
        };
        let list = |item: Tree| Some(place.list(vec![item]));
        let (end, kind, properties): (_, _, Properties) = match profile.makes {
            Makes::ManagedPolicy => {
                let Some(role) = holder.role else { return lacks("role") };
                let properties = vec![("PolicyDocument", document()), ("Roles", list(role))];
                ("Policy", "AWS::IAM::ManagedPolicy", properties)
            }
            Makes::QueuePolicy => {
                let Some(url) = holder.url else { return lacks("URL") };
                let properties = vec![("PolicyDocument", document()), ("Queues", list(url))];
                ("QueuePolicy", "AWS::SQS::QueuePolicy", properties)
            }
            Makes::TopicPolicy => {
                let Some(arn) = holder.arn else { return lacks("ARN") };
                let properties = vec![("PolicyDocument", document()), ("Topics", list(arn))];
                ("TopicPolicy", "AWS::SNS::TopicPolicy", properties)
            }
            Makes::Permission => {
                let Some(arn) = holder.arn else { return lacks("ARN") };
                for one in of_access() {
                    let get = |name: &str| one.value.get(name).cloned();
                    let properties = vec![
                        ("Action", get("Action")),
                        ("FunctionName", Some(arn.clone())),
                        ("Principal", get("Principal")),
                        ("SourceArn", get("SourceArn")),
                        ("SourceAccount", get("SourceAccount")),
                    ];
                    let id = format!("{id}{}LambdaPermission{suffix}", one.key);
                    self.add(origin, id, "AWS::Lambda::Permission", properties);
                }
                return Ok(());
            }
        };
        self.add(origin, format!("{id}{end}{suffix}"), kind, properties);
        Ok(())
    }

    /// What an end of a connector is.
    fn reference(&self, place: Place, end: &Tree, other: &Tree) -> Result<Reference, Diagnostic> {
        let get = |name: &str| end.get(name).filter(|node| is_given(node));
        let Some(id) = get("Id") else {
            let Some(kind) = get("Type").and_then(Node::as_str) else {
                let error =
                    invalid(end.beginning(), "an end of a connector is not said: it has neither `Id` nor `Type`");
                return Err(error.with_help("give the `Id` of a resource of the template, or its `Type` and names"));
            };
            let cloned = |name: &str| get(name).cloned();
            return Ok(Reference {
                kind: of_cloudformation(kind).to_owned(),
                arn: cloned("Arn"),
                role: cloned("RoleName"),
                url: cloned("QueueUrl"),
                id: cloned("ResourceId"),
                name: cloned("Name"),
                qualifier: cloned("Qualifier"),
            });
        };
        let name = id.as_str().unwrap_or_default();
        let Some((_, resource)) = self.own.get(name).and_then(|at| self.made.get(*at)) else {
            let ids: Vec<&str> = self.given.keys().copied().collect();
            let near = iameval::suggest::did_you_mean(name, ids);
            let error = invalid(id.span, format!("the template has no resource `{name}` that could be connected"));
            return Err(error.with_help(near.unwrap_or_else(|| "give the id of a resource".into())));
        };
        let kind = resource.value.get("Type").and_then(Node::as_str).unwrap_or_default();
        let known = connector_profiles::end(kind);
        let output = |output: &str| known?.output(place, name, output);
        let properties = resource.value.get("Properties");
        let role = match known.and_then(|known| known.role) {
            Some("Targets") => role_of_target(properties, other),
            Some(property) => properties.and_then(|properties| properties.get(property)),
            None => None,
        };
        Ok(Reference {
            kind: kind.to_owned(),
            arn: output("Arn"),
            role: role.and_then(resource_of).map(|role| place.reference(role.to_owned())),
            url: output("Url"),
            id: output("Id"),
            name: output("Name"),
            qualifier: end.get("Qualifier").cloned().or_else(|| output("Qualifier")),
        })
    }
}

/// The permissions that are asked for, once it is clear that they may be.
fn asked_for(
    profile: &Profile,
    access: &Tree,
    permissions: &[Tree],
    origin: Origin<'_>,
) -> Result<Vec<String>, Diagnostic> {
    let known: Vec<&str> = access.members().unwrap_or_default().iter().map(|member| &*member.key).collect();
    let mut asked = Vec::new();
    for node in permissions {
        let name = node.as_str().unwrap_or_default();
        if !known.contains(&name) {
            let message = format!("the connector has no permission `{name}` between these types");
            return Err(invalid(node.span, message).with_help(one_of(name, &known)));
        }
        asked.push(name.to_owned());
    }
    asked.sort();
    asked.dedup();
    let fits = profile.together.is_empty() || profile.together.iter().any(|together| *together == asked);
    if asked.is_empty() || !fits {
        let choices: Vec<String> = match &*profile.together {
            [] => known.iter().map(|name| format!("`{name}`")).collect(),
            together => together.iter().map(|names| format!("`{}`", names.join("` with `"))).collect(),
        };
        let span = permissions.first().map_or(origin.id_span, |first| first.span);
        let error = invalid(span, "the connector does not take these `Permissions`");
        return Err(error.with_help(format!("between these types it takes {}", choices.join(", or "))));
    }
    Ok(asked)
}

/// The role of the target of a rule.
fn role_of_target<'p>(properties: Option<&'p Tree>, other: &Tree) -> Option<&'p Tree> {
    let targets = properties?.get("Targets").map(items)?;
    let is_meant = |target: &&Tree| {
        let arn = target.get("Arn");
        let by_id = other.get("Id").and_then(Node::as_str).is_some_and(|id| arn.and_then(resource_of) == Some(id));
        let by_arn = other.get("Arn").zip(arn).is_some_and(|(one, other)| super::tree::are_same(one, other));
        by_id || by_arn
    };
    targets.iter().find(is_meant)?.get("RoleArn")
}

/// What a type of SAM becomes.
fn of_cloudformation(kind: &str) -> &str {
    match kind {
        "AWS::Serverless::Function" => "AWS::Lambda::Function",
        "AWS::Serverless::StateMachine" => "AWS::StepFunctions::StateMachine",
        "AWS::Serverless::Api" => "AWS::ApiGateway::RestApi",
        "AWS::Serverless::HttpApi" => "AWS::ApiGatewayV2::Api",
        "AWS::Serverless::SimpleTable" => "AWS::DynamoDB::Table",
        other => other,
    }
}
