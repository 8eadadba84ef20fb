//! The statements that the framework adds to roles: what a function's events and settings need.

use super::service::{Function, Service};
use super::texts::{beginning, is_text, last_part, normalized, service_of, substituted};
use crate::cloudformation::tree::{Place, Tree, are_same, is_given, items};
use iameval::json::Node;

/// What a role gets beside what is written for it.
#[derive(Debug, Default)]
pub(super) struct Added {
    pub(super) statements: Vec<Tree>,
    /// The services that may assume it beside Lambda.
    pub(super) services: Vec<&'static str>,
}

/// The access to a network that event sources in one need.
const NETWORK: [&str; 6] = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
];

const QUEUES: [&str; 3] = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

const TABLES: [&str; 4] =
    ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"];

const STREAMS: [&str; 4] =
    ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListStreams"];

/// An Allow statement.
pub(super) fn allow<const N: usize>(place: Place, actions: [&'static str; N], resources: Vec<Tree>) -> Tree {
    statement(place, "Allow", place.texts(actions), place.list(resources))
}

pub(super) fn statement(place: Place, effect: &'static str, action: Tree, resource: Tree) -> Tree {
    place.map([("Effect", place.text(effect)), ("Action", action), ("Resource", resource)])
}

impl Service {
    /// What functions need that share a role.
    pub(super) fn needs(&self, functions: &[&Function]) -> Added {
        let mut added = Added::default();
        for function in functions {
            self.settings(function, &mut added.statements);
        }
        for function in functions {
            streams(function, &mut added.statements);
        }
        queues(functions, &mut added.statements);
        for function in functions {
            clusters(function, &mut added.statements);
        }
        schedules(functions, &mut added);
        websockets(functions, &mut added.statements);
        edge(functions, &mut added);
        added
    }

    fn settings(&self, function: &Function, statements: &mut Vec<Tree>) {
        if let Some(topic) = function.given("onError").filter(|topic| is_text(topic)) {
            statements.push(allow(Place(topic.span), ["sns:Publish"], vec![topic.clone()]));
        }
        let mut once = |statement: Tree| {
            if !statements.iter().any(|known| are_same(known, &statement)) {
                statements.push(statement);
            }
        };
        let key = function.given("kmsKeyArn").or_else(|| self.provider(&["kmsKeyArn"]));
        if let Some(key) = key.filter(|key| is_text(key)) {
            once(allow(Place(key.span), ["kms:Decrypt"], vec![key.clone()]));
        }
        if let Some(tracing) = function.given("tracing").or_else(|| self.provider(&["tracing", "lambda"])) {
            let place = Place(tracing.span);
            once(allow(place, ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], vec![place.text("*")]));
        }
        if let Some(files) = function.given("fileSystemConfig").and_then(|config| config.get("arn")) {
            let actions = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"];
            statements.push(allow(Place(files.span), actions, vec![files.clone()]));
        }
        let destinations = function.given("destinations");
        for event in ["onSuccess", "onFailure"] {
            let Some(to) = destinations.and_then(|all| all.get(event)).filter(|to| is_given(to)) else { continue };
            let statement = self.destination(to);
            if !statements.iter().any(|known| are_same(known, &statement)) {
                statements.push(statement);
            }
        }
    }

    /// What sending to a destination needs.
    fn destination(&self, to: &Tree) -> Tree {
        let place = Place(to.span);
        let arn = to.get("arn").unwrap_or(to);
        let text = beginning(to);
        let kind = to.get("type").and_then(Node::as_str).or_else(|| {
            let kinds = [(":sqs:", "sqs"), (":sns:", "sns"), (":event-bus/", "eventBus")];
            kinds.into_iter().find(|(part, _)| text.is_some_and(|text| text.contains(part))).map(|(_, kind)| kind)
        });
        let action = match kind {
            Some("sqs") => "sqs:SendMessage",
            Some("sns") => "sns:Publish",
            Some("eventBus") => "events:PutEvents",
            _ => "lambda:InvokeFunction",
        };
        let other = text.filter(|text| !text.starts_with("arn:")).and_then(|name| self.function_called(name));
        let resource = other.map_or_else(|| arn.clone(), |other| arn_of(place, other, ""));
        statement(place, "Allow", place.text(action), resource)
    }
}

/// What a function needs, as the plugin for roles of functions takes it.
pub(super) fn needs_by_plugin(function: &Function) -> Vec<Tree> {
    let mut statements = Vec::new();
    for (service, actions) in [("dynamodb", TABLES), ("kinesis", STREAMS)] {
        let arns = function.events("stream").map(|event| (event, event.get("arn").unwrap_or(event)));
        let of_service = arns.filter(|(event, arn)| {
            event.get("type").and_then(Node::as_str).or_else(|| service_of(arn)) == Some(service)
        });
        let resources: Vec<Tree> = of_service.map(|(_, arn)| arn.clone()).collect();
        if let Some(first) = resources.first() {
            statements.push(allow(Place(first.span), actions, resources));
        }
    }
    queues(&[function], &mut statements);
    if let Some(topic) = function.given("onError") {
        statements.push(allow(Place(topic.span), ["sns:Publish"], vec![topic.clone()]));
    }
    statements
}

fn schedules(functions: &[&Function], added: &mut Added) {
    let mut resources = Vec::new();
    for function in functions {
        let is_one = |event: &&Tree| event.get("method").and_then(Node::as_str) == Some("scheduler");
        if let Some(event) = function.events("schedule").find(is_one) {
            let place = Place(event.span);
            resources.extend([arn_of(place, function, ""), arn_of(place, function, ":*")]);
        }
    }
    if let Some(first) = resources.first() {
        added.services.push("scheduler.amazonaws.com");
        added.statements.push(allow(Place(first.span), ["lambda:InvokeFunction"], resources));
    }
}

/// The ARN of a function by its name, so that its role may name it.
fn arn_of(place: Place, function: &Function, after: &'static str) -> Tree {
    let before = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:";
    substituted(place, before, &function.name, after)
}

fn streams(function: &Function, statements: &mut Vec<Tree>) {
    let (mut tables, mut streams, mut shared) = (Vec::new(), Vec::new(), Vec::new());
    let (mut consumers, mut topics, mut queues) = (Vec::new(), Vec::new(), Vec::new());
    for event in function.events("stream") {
        let place = Place(event.span);
        let arn = event.get("arn").unwrap_or(event);
        let kind = event.get("type").and_then(Node::as_str).or_else(|| service_of(arn));
        let consumer = event.get("consumer").filter(|consumer| is_given(consumer));
        match (kind, consumer) {
            (Some("dynamodb"), _) => tables.push(arn.clone()),
            (_, None) => streams.push(arn.clone()),
            (_, Some(consumer)) => {
                shared.push(arn.clone());
                let is_made = matches!(consumer.value, iameval::json::Value::Bool(true));
                consumers.push(if is_made { place.reference(consumer_id(function, arn)) } else { consumer.clone() });
            }
        }
        let to = event.get("destinations").and_then(|all| all.get("onFailure"));
        if let Some(to) = to {
            let arn = to.get("arn").unwrap_or(to);
            let is_topic = to.get("type").and_then(Node::as_str).or_else(|| service_of(arn)) == Some("sns");
            if is_topic { &mut topics } else { &mut queues }.push(arn.clone());
        }
    }
    let mut add = |actions: &[&'static str], resources: Vec<Tree>| {
        let Some(first) = resources.first() else { return };
        let place = Place(first.span);
        let actions = place.list(actions.iter().map(|action| place.text(*action)).collect());
        statements.push(statement(place, "Allow", actions, place.list(resources)));
    };
    add(&TABLES, tables);
    add(&STREAMS, streams);
    let consuming =
        ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStreamSummary", "kinesis:ListShards"];
    add(&consuming, shared);
    add(&["kinesis:SubscribeToShard"], consumers);
    add(&["sns:Publish"], topics);
    add(&["sqs:ListQueues", "sqs:SendMessage"], queues);
}

/// The logical id of the consumer of a stream that is made for a function.
pub(super) fn consumer_id(function: &Function, stream: &Tree) -> String {
    let name = last_part(stream, '/');
    normalized(&format!("{}{name}Consumer", function.key)) + "StreamConsumer"
}

fn queues(functions: &[&Function], statements: &mut Vec<Tree>) {
    let events = functions.iter().flat_map(|function| function.events("sqs"));
    let queues: Vec<Tree> = events.map(|event| event.get("arn").unwrap_or(event).clone()).collect();
    if let Some(first) = queues.first() {
        statements.push(allow(Place(first.span), QUEUES, queues));
    }
}

/// Kafka and the two brokers.
fn clusters(function: &Function, statements: &mut Vec<Tree>) {
    let network = |place: Place| statement(place, "Allow", place.texts(NETWORK), place.text("*"));
    let clusters: Vec<Tree> = function.events("msk").filter_map(|event| event.get("arn").cloned()).collect();
    if let Some(first) = clusters.first() {
        let place = Place(first.span);
        statements.push(allow(place, ["kafka:DescribeCluster", "kafka:GetBootstrapBrokers"], clusters));
        statements.push(network(place));
    }
    let mut secrets = Vec::new();
    let mut has_network = None;
    for access in function.events("kafka").filter_map(|event| event.get("accessConfigurations")) {
        for member in access.members().unwrap_or_default() {
            match &*member.key {
                "vpcSubnet" | "vpcSecurityGroup" => has_network = has_network.or(Some(Place(member.value.span))),
                "saslPlainAuth"
                | "saslScram256Auth"
                | "saslScram512Auth"
                | "clientCertificateTlsAuth"
                | "serverRootCaCertificate" => secrets.extend(items(&member.value).iter().cloned()),
                _ => {}
            }
        }
    }
    if let Some(first) = secrets.first() {
        statements.push(allow(Place(first.span), ["secretsmanager:GetSecretValue"], secrets));
    }
    statements.extend(has_network.map(network));
    for kind in ["rabbitmq", "activemq"] {
        let property = |name: &'static str| function.events(kind).filter_map(move |event| event.get(name).cloned());
        let brokers: Vec<Tree> = property("arn").collect();
        let Some(first) = brokers.first() else { continue };
        let place = Place(first.span);
        statements.push(allow(place, ["secretsmanager:GetSecretValue"], property("basicAuthArn").collect()));
        statements.push(allow(place, ["mq:DescribeBroker"], brokers));
        statements.push(network(place));
    }
}

fn websockets(functions: &[&Function], statements: &mut Vec<Tree>) {
    if let Some(event) = functions.iter().find_map(|function| function.events("websocket").next()) {
        let place = Place(event.span);
        let arn = place.sub("arn:${AWS::Partition}:execute-api:*:*:*/@connections/*", Vec::new());
        statements.push(allow(place, ["execute-api:ManageConnections"], vec![arn]));
    }
}

fn edge(functions: &[&Function], added: &mut Added) {
    if let Some(event) = functions.iter().find_map(|function| function.events("cloudFront").next()) {
        let place = Place(event.span);
        added.services.push("edgelambda.amazonaws.com");
        let actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:TagResource"];
        let arn = place.sub("arn:${AWS::Partition}:logs:*:*:*", Vec::new());
        added.statements.push(allow(place, actions, vec![arn]));
    }
}
