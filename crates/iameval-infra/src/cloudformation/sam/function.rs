//! `AWS::Serverless::Function`.

use super::deployment::Deployment;
use super::role::{self, Role};
use super::tree::{Place, Tree, branches, is_given, is_no_value};
use super::{Expansion, Origin, Properties, Resource, ids, invalid, one_of};
use iameval::Diagnostic;
use iameval::json::{Node, Value};

/// Properties that only SAM knows, or that have other values after it.
const OF_SAM: [&str; 25] = [
    "AssumeRolePolicyDocument",
    "AutoPublishAlias",
    "AutoPublishAliasAllProperties",
    "AutoPublishCodeSha256",
    "CodeUri",
    "Connectors",
    "DeadLetterQueue",
    "DeploymentPreference",
    "EventInvokeConfig",
    "Events",
    "FunctionScalingConfig",
    "FunctionUrlConfig",
    "ImageUri",
    "InlineCode",
    "PermissionsBoundary",
    "Policies",
    "PropagateTags",
    "ProvisionedConcurrencyConfig",
    "PublishToLatestPublished",
    "Role",
    "RolePath",
    "Tags",
    "Tracing",
    "VersionDeletionPolicy",
    "VersionDescription",
];

/// What invokes a function, or starts a state machine: itself, or its alias.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// The id of the function or state machine.
    pub(super) id: String,
    pub(super) alias: Option<String>,
    /// What SAM calls its target: the alias where there is one.
    pub(super) called: String,
}

impl Target {
    /// The name, or the ARN of the alias.
    pub(super) fn name(&self, place: Place) -> Tree {
        place.reference(self.alias.clone().unwrap_or_else(|| self.id.clone()))
    }

    /// The ARN of a function or its alias.
    pub(super) fn arn(&self, place: Place) -> Tree {
        match &self.alias {
            Some(alias) => place.reference(alias.clone()),
            None => place.attribute(&self.id, "Arn"),
        }
    }
}

impl<'t> Expansion<'t> {
    pub(super) fn function(&mut self, function: Resource<'t>) {
        let place = function.place();
        let id = function.id;
        let alias = self.alias(function);
        if let Some(url) = function.given("FunctionUrlConfig") {
            self.url_permissions(function, url, alias.as_deref());
        }
        self.deployment(function);
        let mut role = Role::of_service(place, "lambda.amazonaws.com");
        self.execution_role(function, &mut role);
        let called = alias.clone().unwrap_or_else(|| id.to_owned());
        let target = Target { id: id.to_owned(), alias, called };
        self.events_of_function(function, &target, &mut role);
        let mut properties = function.but(&OF_SAM);
        let arn = self.role_of(function, role);
        properties.push(place.member("Role", arn));
        properties.push(place.member("Tags", role::tags_of(function, "lambda:createdBy")));
        self.become_one(function, "AWS::Lambda::Function", properties);
    }

    /// The version and the alias of `AutoPublishAlias`.
    fn alias(&mut self, function: Resource<'_>) -> Option<String> {
        let given = function.given("AutoPublishAlias")?;
        let place = Place(given.span);
        let settled = self.settled(given);
        let Some(name) = settled.as_str().filter(|name| !name.is_empty()) else {
            let message = "the name of the alias is not known, which SAM must know";
            self.errors.push(invalid(given.span, message).with_help("write it, or give its parameter a value"));
            return None;
        };
        let id = function.id;
        let alias = format!("{id}Alias{}", name.replace('-', "D").replace('_', "U"));
        let version = format!("{id}Version");
        let origin = Origin { span: given.span, ..function.origin() };
        let of_function = || ("FunctionName", Some(place.reference(id.to_owned())));
        self.add(origin, version.clone(), "AWS::Lambda::Version", vec![of_function()]);
        let properties = vec![
            ("Name", Some(place.text(name.to_owned()))),
            of_function(),
            ("FunctionVersion", Some(place.attribute(&version, "Version"))),
        ];
        self.add(origin, alias.clone(), "AWS::Lambda::Alias", properties);
        self.references.insert(format!("{id}.Version"), version);
        self.references.insert(format!("{id}.Alias"), alias.clone());
        Some(alias)
    }

    /// The permissions of a function URL that everyone may call.
    fn url_permissions(&mut self, function: Resource<'_>, url: &Tree, alias: Option<&str>) {
        let auth = url.get("AuthType");
        if auth.and_then(Node::as_str) != Some("NONE") {
            let other = auth.and_then(Node::as_str).filter(|auth| *auth != "AWS_IAM");
            if let (Some(other), Some(auth)) = (other, auth) {
                let error = invalid(auth.span, format!("`AuthType` is `{other}`, which SAM refuses"));
                self.errors.push(error.with_help(one_of(other, &["AWS_IAM", "NONE"])));
            }
            if auth.is_some_and(|auth| auth.as_str().is_none()) {
                let message = "whether everyone may call the function URL is not known: SAM makes no permission for it";
                self.warn(auth.map_or(url.span, |auth| auth.span), message.into(), "write `AWS_IAM` or `NONE`");
            }
            return;
        }
        let place = Place(auth.map_or(url.span, |auth| auth.span));
        let origin = Origin { span: url.span, ..function.origin() };
        let name = alias.unwrap_or(function.id);
        let mut permission = |id: &str, action: &'static str, condition: (&'static str, Tree)| {
            let properties = vec![
                ("Action", Some(place.text(action))),
                ("FunctionName", Some(place.reference(name.to_owned()))),
                ("Principal", Some(place.text("*"))),
                (condition.0, Some(condition.1)),
            ];
            self.add(origin, format!("{}{id}", function.id), "AWS::Lambda::Permission", properties);
        };
        let auth = ("FunctionUrlAuthType", place.text("NONE"));
        permission("UrlPublicPermissions", "lambda:InvokeFunctionUrl", auth);
        let via = ("InvokedViaFunctionUrl", place.truth(true));
        permission("URLInvokeAllowPublicAccess", "lambda:InvokeFunction", via);
    }

    fn execution_role(&mut self, function: Resource<'_>, role: &mut Role) {
        let place = function.place();
        if let Some(trust) = function.get("AssumeRolePolicyDocument") {
            role.trust = trust.clone();
        }
        let basic = match function.given("DurableConfig") {
            Some(_) => "service-role/AWSLambdaBasicDurableExecutionRolePolicy",
            None => "service-role/AWSLambdaBasicExecutionRole",
        };
        role.managed.push(self.managed(place, basic));
        if let Some(tracing) = function.given("Tracing")
            && self.settled(tracing).as_str() != Some("Disabled")
        {
            role.managed.push(self.managed(Place(tracing.span), self.tracing_policy()));
        }
        if let Some(vpc) = function.given("VpcConfig") {
            role.managed.push(self.managed(Place(vpc.span), "service-role/AWSLambdaVPCAccessExecutionRole"));
        }
        if let Some(queue) = function.given("DeadLetterQueue") {
            self.dead_letter_policy(queue, role);
        }
        if let Some(config) = function.given("EventInvokeConfig") {
            self.destinations(function, config, role);
        }
        if let Some(policies) = function.given("Policies") {
            self.policies(role, &format!("{}Role", function.id), policies);
        }
        role.path = function.cloned("RolePath");
        role.boundary = function.cloned("PermissionsBoundary");
        role.tags = Some(role::tags_of(function, "lambda:createdBy"));
    }

    /// The managed policy for traces, which is another one in some partitions.
    pub(super) fn tracing_policy(&self) -> &'static str {
        if self.partition() == "aws" { "AWSXrayWriteOnlyAccess" } else { "AWSXRayDaemonWriteAccess" }
    }

    fn dead_letter_policy(&mut self, queue: &Tree, role: &mut Role) {
        let place = Place(queue.span);
        let kind = queue.get("Type");
        let action = match kind.and_then(Node::as_str) {
            Some("SQS") => "sqs:SendMessage",
            Some("SNS") => "sns:Publish",
            given => {
                let span = kind.map_or_else(|| queue.beginning(), |kind| kind.span);
                let error = invalid(span, "`DeadLetterQueue` needs a `Type` that SAM knows");
                self.errors.push(error.with_help(one_of(given.unwrap_or_default(), &["SQS", "SNS"])));
                return;
            }
        };
        let Some(target) = queue.get("TargetArn").filter(|target| is_given(target)) else {
            let error = invalid(queue.beginning(), "`DeadLetterQueue` has no `TargetArn`");
            self.errors.push(error.with_help("give the ARN of the queue or topic"));
            return;
        };
        let statement = role::allow(place, place.text(action), target.clone());
        let document = place.map([("Version", place.text("2012-10-17")), ("Statement", place.list(vec![statement]))]);
        let name = place.text("DeadLetterQueuePolicy");
        role.inline.push(place.map([("PolicyName", name), ("PolicyDocument", document)]));
    }

    /// The policies for the destinations of `EventInvokeConfig`, and the queues and topics that SAM makes for them.
    fn destinations(&mut self, function: Resource<'_>, config: &Tree, role: &mut Role) {
        for event in ["OnSuccess", "OnFailure"] {
            let Some(to) = config.get("DestinationConfig").and_then(|config| config.get(event)) else { continue };
            let kind = to.get("Type").and_then(Node::as_str).unwrap_or_default();
            if !["SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"].contains(&kind) {
                let span = to.get("Type").map_or_else(|| to.beginning(), |kind| kind.span);
                let error = invalid(span, format!("`{event}` needs a `Type` that SAM knows"));
                let known = ["SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"];
                self.errors.push(error.with_help(one_of(kind, &known)));
                continue;
            }
            // One from `Globals` is made once, for the first function.
            let known = self.destinations.get(&to.span.start).cloned();
            match known.map_or_else(|| self.destination(function, to, kind, event), Ok) {
                Ok(arn) => {
                    self.destinations.insert(to.span.start, arn.clone());
                    let id = format!("{}EventInvokeConfig{event}", function.id);
                    role.inline.extend(role::destination_policy(Place(to.span), kind, &id, arn));
                }
                Err(error) => self.errors.push(error),
            }
        }
    }

    /// The ARN of a destination, which SAM makes where none is given.
    fn destination(&mut self, function: Resource<'_>, to: &Tree, kind: &str, event: &str) -> Result<Tree, Diagnostic> {
        let place = Place(to.span);
        let given = to.get("Destination");
        let made_if = match given.and_then(branches) {
            Some([condition, then, otherwise]) if is_no_value(then) && !is_no_value(otherwise) => {
                Some((condition, true, otherwise))
            }
            Some([condition, then, otherwise]) if is_no_value(otherwise) && !is_no_value(then) => {
                Some((condition, false, then))
            }
            _ => None,
        };
        if let (Some(given), None) = (given, &made_if) {
            return Ok(given.clone());
        }
        let (suffix, made) = match kind {
            "SQS" => ("Queue", "AWS::SQS::Queue"),
            "SNS" => ("Topic", "AWS::SNS::Topic"),
            _ => {
                let message = format!("`{event}` has no `Destination`, which SAM makes only for `SQS` and `SNS`");
                return Err(invalid(to.beginning(), message).with_help("give the ARN of the destination"));
            }
        };
        let id = format!("{}EventInvokeConfig{event}{suffix}", function.id);
        let arn = if kind == "SNS" { place.reference(id.clone()) } else { place.attribute(&id, "Arn") };
        self.references.insert(format!("{}.Destination{suffix}", function.id), id.clone());
        let mut origin = Origin { span: to.span, ..function.origin() };
        let made_if = made_if
            .map(|(condition, is_positive, other)| (self.condition_named(function, condition, is_positive), other));
        let condition = made_if.as_ref().map(|(name, _)| self.both(function, origin.condition, name.clone(), place));
        origin.condition = condition.as_ref().or(origin.condition);
        self.add(origin, id, made, Properties::new());
        Ok(match made_if {
            Some((name, other)) => place.conditional(name, arn, other.clone()),
            None => arn,
        })
    }

    /// A condition, or one that says the opposite.
    fn condition_named(&mut self, function: Resource<'_>, condition: &Tree, is_positive: bool) -> Tree {
        let place = Place(condition.span);
        let Some(name) = condition.as_str().filter(|_| !is_positive) else { return condition.clone() };
        let opposite = format!("NOT{name}{}", ids::hash(&format!("{}EventInvokeConfig", function.id)));
        self.condition(place, opposite.clone(), negated(place, name));
        place.text(opposite)
    }

    /// The name of a condition that is true when both are.
    fn both(&mut self, function: Resource<'_>, one: Option<&Tree>, other: Tree, place: Place) -> Tree {
        let (Some(first), Some(second)) = (one.and_then(Node::as_str), other.as_str()) else { return other };
        let name = format!("{first}AND{second}{}", ids::hash(function.id));
        let named = |name: &str| place.map([("Condition", place.text(name.to_owned()))]);
        let and = place.map([("Fn::And", place.list(vec![named(first), named(second)]))]);
        self.condition(place, name.clone(), and);
        place.text(name)
    }

    /// Makes the role unless one is given. The role that the function has.
    fn role_of(&mut self, function: Resource<'_>, role: Role) -> Tree {
        let place = function.place();
        let id = format!("{}Role", function.id);
        let arn = place.attribute(&id, "Arn");
        let Some(given) = function.get("Role").filter(|given| given.value != Value::Null) else {
            self.role(function.origin(), id, role);
            return arn;
        };
        let Some([condition, then, otherwise]) = branches(given) else { return given.clone() };
        let at = Place(given.span);
        match (is_no_value(then), is_no_value(otherwise)) {
            (true, true) => {
                self.role(function.origin(), id, role);
                arn
            }
            (true, false) => {
                self.role(Origin { condition: Some(condition), ..function.origin() }, id, role);
                at.conditional(condition.clone(), arn, otherwise.clone())
            }
            (false, true) => {
                let name = condition.as_str().unwrap_or_default();
                let opposite = at.text(format!("NOT{name}"));
                self.condition(at, format!("NOT{name}"), negated(at, name));
                self.role(Origin { condition: Some(&opposite), ..function.origin() }, id, role);
                at.conditional(condition.clone(), then.clone(), arn)
            }
            (false, false) => given.clone(),
        }
    }

    fn deployment(&mut self, function: Resource<'t>) {
        let Some(preference) = function.given("DeploymentPreference") else { return };
        let enabled = preference.get("Enabled").map(|enabled| self.settled(enabled));
        let is_enabled = match enabled.as_ref().map(|enabled| &enabled.value) {
            Some(Value::String(text)) => text != "false" && text != "False" && !text.is_empty(),
            Some(Value::Bool(value)) => *value,
            _ => true,
        };
        if is_enabled {
            self.deployments.push(Deployment::new(function, preference));
        }
    }
}

fn negated(place: Place, name: &str) -> Tree {
    let condition = place.map([("Condition", place.text(name.to_owned()))]);
    place.map([("Fn::Not", place.list(vec![condition]))])
}
