//! The functions of the framework itself that change what exists already, and the role that they share.

use super::events::{Says, own_arn, permit, rules_of_buses};
use super::roles::document;
use super::service::{Function, Service};
use super::statements::{allow, statement};
use super::template::Made;
use super::texts::{joined, shortened, substituted};
use crate::cloudformation::tree::{Place, Tree, is_given};
use iameval::json::Node;

/// The role of these functions.
const ROLE: &str = "IamRoleCustomResourcesLambdaExecution";

/// A function of the framework.
struct Handler {
    /// What its logical id is made of, and what its name ends with.
    id: &'static str,
    name: &'static str,
    place: Place,
    statements: Vec<Tree>,
}

impl Service {
    /// Makes these functions, where events or settings need them.
    pub(super) fn custom_resources(&self, made: &mut Made) {
        let handlers = [self.buckets_that_exist(), self.pools_that_exist(), self.event_bridge(), self.log_role()];
        let handlers: Vec<Handler> = handlers.into_iter().flatten().collect();
        let Some(first) = handlers.first() else { return };
        let place = first.place;
        let prefix = self.named(place, &[]);
        let given = self.provider(&["iam", "deploymentRole"]).or_else(|| self.provider(&["cfnRole"]));
        let role = given.cloned().unwrap_or_else(|| place.attribute(ROLE, "Arn"));
        for handler in &handlers {
            let name = joined(place, "-", [prefix.clone(), place.text(handler.name)]);
            let name = match name.as_str() {
                Some(name) => place.text(shortened(name, "")),
                None => name,
            };
            let properties = vec![("FunctionName", Some(name)), ("Role", Some(role.clone()))];
            let at = (handler.place.0, handler.place);
            made.add(format!("{}LambdaFunction", handler.id), at, "AWS::Lambda::Function", properties);
        }
        self.given_when_deployed(made);
        if given.is_some() {
            return;
        }
        let mut statements = Vec::new();
        if self.provider(&["logs", "frameworkLambda"]).is_some() {
            const BEFORE: &str = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/";
            let making = ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"];
            statements.push(allow(place, making, vec![substituted(place, BEFORE, &prefix, "*:*")]));
            let streams = substituted(place, BEFORE, &prefix, "*:*:*");
            statements.push(allow(place, ["logs:PutLogEvents"], vec![streams]));
        }
        for handler in handlers {
            statements.extend(handler.statements);
        }
        let trust = place.map([
            ("Effect", place.text("Allow")),
            ("Principal", place.map([("Service", place.texts(["lambda.amazonaws.com"]))])),
            ("Action", place.texts(["sts:AssumeRole"])),
        ]);
        let name = joined(place, "-", [self.stage.clone(), self.name.clone(), place.text("custom-resources-lambda")]);
        let policy = place.map([("PolicyName", name), ("PolicyDocument", document(place, statements))]);
        let properties = vec![
            ("AssumeRolePolicyDocument", Some(document(place, vec![trust]))),
            ("Policies", Some(place.list(vec![policy]))),
        ];
        made.add(ROLE.to_owned(), (place.0, place), "AWS::IAM::Role", properties);
    }

    /// The permissions that these functions give, which stand in no template of the framework. Each is called after the
    /// resource that asks for it.
    fn given_when_deployed(&self, made: &mut Made) {
        let to = |function: &Function, place: Place| Some(place.attribute(&function.lambda(), "Arn"));
        for (function, event) in self.existing("s3") {
            let place = Place(event.span);
            let Some(bucket) = event.get("bucket") else { continue };
            let mut arn = vec![place.text("arn:"), place.reference("AWS::Partition"), place.text(":s3:::")];
            arn.push(bucket.clone());
            let account = Some(place.reference("AWS::AccountId"));
            let says = Says { function: to(function, place), source_account: account, ..Says::of(place.joined(arn)) };
            let id = format!("{}CustomS31Permission", function.id);
            permit(made, function, place, id, "s3.amazonaws.com", says);
        }
        for (function, event) in self.existing("cognitoUserPool") {
            let place = Place(event.span);
            let pool = format!("{}CustomCognitoUserPool1", function.id);
            made.add(pool.clone(), (function.key_span, place), "Custom::CognitoUserPool", Vec::new());
            // The pool is found by its name when it is deployed.
            let arn = own_arn(place, "cognito-idp", [place.text("userpool/"), place.attribute(&pool, "UserPoolId")]);
            let says = Says { function: to(function, place), ..Says::of(arn) };
            permit(made, function, place, format!("{pool}Permission"), "cognito-idp.amazonaws.com", says);
        }
        if !self.has_custom_event_bridge() {
            return;
        }
        for function in &self.functions {
            for rule in rules_of_buses(function) {
                let id = format!("{}CustomEventBridge{}Permission", function.id, rule.number);
                let says = Says { function: to(function, rule.place), ..Says::of(rule.arn()) };
                permit(made, function, rule.place, id, "events.amazonaws.com", says);
            }
        }
    }

    /// Whether a function of the framework makes the rules of event buses.
    pub(super) fn has_custom_event_bridge(&self) -> bool {
        self.provider.get("eventBridge").is_some() && self.provider(&["eventBridge", "useCloudFormation"]).is_none()
    }

    /// What functions say of a kind of event that is about something that exists already.
    fn existing<'s>(&'s self, kind: &'static str) -> impl Iterator<Item = (&'s Function, &'s Tree)> {
        let of = move |function: &'s Function| {
            let events = function.events(kind);
            events
                .filter(|event| event.get("existing").is_some_and(is_given))
                .map(move |event| (function, event))
                .take(1)
        };
        self.functions.iter().flat_map(of)
    }

    fn buckets_that_exist(&self) -> Option<Handler> {
        let mut statements = Vec::new();
        for (_, event) in self.existing("s3") {
            let place = Place(event.span);
            let bucket = event.get("bucket").cloned().unwrap_or_else(|| place.text("*"));
            let arn = joined(
                place,
                "",
                [place.text("arn:"), place.reference("AWS::Partition"), place.text(":s3:::"), bucket],
            );
            let actions = place.texts(["s3:PutBucketNotification", "s3:GetBucketNotification"]);
            statements.push(statement(place, "Allow", actions, arn));
        }
        let place = Place(statements.first()?.span);
        statements.push(permissions(place));
        Some(Handler {
            id: "CustomDashresourceDashexistingDashs3",
            name: "custom-resource-existing-s3",
            place,
            statements,
        })
    }

    fn pools_that_exist(&self) -> Option<Handler> {
        let mut statements = Vec::new();
        for (function, event) in self.existing("cognitoUserPool") {
            let place = Place(event.span);
            let trigger = event.get("trigger").and_then(Node::as_str).unwrap_or_default();
            if let Some(key) =
                event.get("kmsKeyId").filter(|_| trigger.starts_with("Custom") && trigger.ends_with("Sender"))
            {
                statements.push(statement(place, "Allow", place.texts(["kms:CreateGrant"]), key.clone()));
            }
            let actions = ["cognito-idp:ListUserPools", "cognito-idp:DescribeUserPool", "cognito-idp:UpdateUserPool"];
            statements.push(statement(place, "Allow", place.texts(actions), place.text("*")));
            let lambda = substituted(place, "arn:${AWS::Partition}:lambda:*:*:function:", &function.name, "");
            let actions = place.texts(["lambda:AddPermission", "lambda:RemovePermission"]);
            statements.push(statement(place, "Allow", actions, lambda));
        }
        let place = Place(statements.first()?.span);
        let roles = place.sub("arn:${AWS::Partition}:iam::*:role/*", Vec::new());
        statements.push(statement(place, "Allow", place.texts(["iam:PassRole"]), roles));
        Some(Handler {
            id: "CustomDashresourceDashexistingDashcup",
            name: "custom-resource-existing-cup",
            place,
            statements,
        })
    }

    fn event_bridge(&self) -> Option<Handler> {
        let events: Vec<&Tree> = self.functions.iter().flat_map(|function| function.events("eventBridge")).collect();
        if !self.has_custom_event_bridge() {
            return None;
        }
        let place = Place(events.first()?.span);
        let of_events = |rest: &'static str| own_arn(place, "events", [place.text(rest)]);
        let mut statements = Vec::new();
        if events
            .iter()
            .any(|event| event.get("eventBus").is_some_and(|bus| is_given(bus) && bus.as_str() != Some("default")))
        {
            let actions = place.texts(["events:CreateEventBus", "events:DeleteEventBus"]);
            statements.push(statement(place, "Allow", actions, of_events("event-bus/*")));
        }
        let actions = ["events:PutRule", "events:RemoveTargets", "events:PutTargets", "events:DeleteRule"];
        statements.push(statement(place, "Allow", place.texts(actions), of_events("rule/*")));
        statements.push(permissions(place));
        let id = "CustomDashresourceDasheventDashbridge";
        Some(Handler { id, name: "custom-resource-event-bridge", place, statements })
    }

    /// The role that API Gateway writes logs with, which is one for the account.
    fn log_role(&self) -> Option<Handler> {
        let of = |kind: &'static str, event: &'static str| {
            let logs = self.provider(&["logs", kind])?;
            let is_elsewhere = logs.get("roleManagedExternally").is_some_and(is_given);
            let has_any = self.functions.iter().any(|function| function.events(event).next().is_some());
            (has_any && !is_elsewhere).then_some(Place(logs.span))
        };
        let place = of("restApi", "http").or_else(|| of("websocket", "websocket"))?;
        let arn = |rest: Vec<Tree>| {
            let parts = [place.text("arn:"), place.reference("AWS::Partition")].into_iter().chain(rest);
            place.joined(parts.collect())
        };
        let roles = arn(vec![place.text(":iam::"), place.reference("AWS::AccountId"), place.text(":role/*")]);
        let making = ["iam:AttachRolePolicy", "iam:CreateRole", "iam:ListAttachedRolePolicies", "iam:PassRole"];
        let account = arn(vec![place.text(":apigateway:*::/account")]);
        let statements = vec![
            statement(place, "Allow", place.texts(making), roles),
            statement(place, "Allow", place.texts(["apigateway:GET", "apigateway:PATCH"]), account),
        ];
        let id = "CustomDashresourceDashapigwDashcwDashrole";
        Some(Handler { id, name: "custom-resource-apigw-cw-role", place, statements })
    }
}

/// That permissions of all functions may be changed.
fn permissions(place: Place) -> Tree {
    let functions = own_arn(place, "lambda", [place.text("function:*")]);
    let actions = place.texts(["lambda:AddPermission", "lambda:RemovePermission"]);
    statement(place, "Allow", actions, functions)
}
