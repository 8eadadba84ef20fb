//! What events of functions make: permissions to invoke them, and the resources that these name.

use super::service::{Function, Service};
use super::template::{Made, Properties};
use super::texts::{alphanumeric, beginning, is_text, joined, last_part, normalized, shortened};
use crate::cloudformation::tree::{Place, Tree, is_given, items};
use iameval::json::{Node, Value};

/// What a permission says beside which function a service may invoke.
#[derive(Debug, Default)]
pub(super) struct Says {
    /// The function, where it is not what events invoke.
    pub(super) function: Option<Tree>,
    pub(super) action: Option<&'static str>,
    pub(super) source_arn: Option<Tree>,
    pub(super) source_account: Option<Tree>,
    pub(super) token: Option<Tree>,
}

impl Says {
    pub(super) fn of(source_arn: Tree) -> Self {
        Self { source_arn: Some(source_arn), ..Self::default() }
    }
}

/// Allows a service to invoke a function.
pub(super) fn permit(
    made: &mut Made,
    function: &Function,
    place: Place,
    id: String,
    service: &'static str,
    says: Says,
) {
    permit_as(made, function, place, id, place.text(service), says);
}

fn permit_as(made: &mut Made, function: &Function, place: Place, id: String, principal: Tree, says: Says) {
    let properties: Properties = vec![
        ("FunctionName", Some(says.function.unwrap_or_else(|| function.target(place)))),
        ("Action", Some(place.text(says.action.unwrap_or("lambda:InvokeFunction")))),
        ("Principal", Some(principal)),
        ("SourceArn", says.source_arn),
        ("SourceAccount", says.source_account),
        ("EventSourceToken", says.token),
    ];
    made.add(id, (function.key_span, place), "AWS::Lambda::Permission", properties);
}

/// An ARN of this account and region: what stands before the region, and after the account.
pub(super) fn own_arn(place: Place, service: &'static str, rest: impl IntoIterator<Item = Tree>) -> Tree {
    let mut parts = vec![place.text("arn:"), place.reference("AWS::Partition"), place.text(":"), place.text(service)];
    parts.extend([place.text(":"), place.reference("AWS::Region"), place.text(":")]);
    parts.extend([place.reference("AWS::AccountId"), place.text(":")]);
    parts.extend(rest);
    place.joined(parts)
}

impl Service {
    /// Everything that events make, but for those of APIs.
    pub(super) fn events(&self, made: &mut Made) {
        for function in &self.functions {
            rules(function, made);
            self.event_buses(function, made);
            topics(function, made);
            logs(function, made);
            alexa(function, made);
            things(function, made);
            pools(function, made);
            balancers(function, made);
            versions(function, made);
            consumers(function, made);
        }
        self.buckets(made);
    }

    /// Rules on event buses.
    fn event_buses(&self, function: &Function, made: &mut Made) {
        if self.has_custom_event_bridge() {
            return;
        }
        for rule in rules_of_buses(function) {
            let BusRule { place, number, .. } = rule;
            let at = (function.key_span, place);
            if let Some(name) = rule.bus_name.clone().filter(|_| rule.makes_bus) {
                let id = format!("{}EventBridgeEventBus", normalized(name.as_str().unwrap_or_default()));
                made.add(id, at, "AWS::Events::EventBus", vec![("Name", Some(name))]);
            }
            let on_bus = rule.bus_name.clone().filter(|bus| bus.as_str() != Some("default"));
            let properties = vec![("Name", Some(rule.name.clone())), ("EventBusName", on_bus)];
            let stub = format!("{}-rule-{number}", function.name.as_str().unwrap_or(&function.key));
            made.add(format!("{}EventBridgeRule", alphanumeric(&stub)), at, "AWS::Events::Rule", properties);
            let id = format!("{}EventBridgeLambdaPermission{number}", function.id);
            permit(made, function, place, id, "events.amazonaws.com", Says::of(rule.arn()));
        }
    }

    /// Buckets that invoke functions. Those that exist already are not touched by the template itself.
    fn buckets(&self, made: &mut Made) {
        for function in &self.functions {
            for event in function.events("s3").filter(|event| !event.get("existing").is_some_and(is_given)) {
                let place = Place(event.span);
                let reference = event.get("bucket").unwrap_or(event);
                let given = reference.as_str().and_then(|key| self.provider(&["s3", key]));
                let name = given.and_then(|given| given.get("name")).unwrap_or(reference);
                let called = alphanumeric(reference.as_str().or(name.as_str()).unwrap_or_default());
                let mut properties = vec![("BucketName", Some(name.clone()))];
                for (from, to) in [("tags", "Tags"), ("bucketEncryption", "BucketEncryption")] {
                    properties.push((to, given.and_then(|given| given.get(from)).cloned()));
                }
                let id = format!("S3Bucket{called}");
                if !made.has(&id) {
                    made.add(id, (function.key_span, place), "AWS::S3::Bucket", properties);
                }
                let mut arn = vec![place.text("arn:"), place.reference("AWS::Partition"), place.text(":s3:::")];
                arn.push(name.clone());
                let account = Some(place.reference("AWS::AccountId"));
                let says = Says { source_account: account, ..Says::of(place.joined(arn)) };
                let id = format!("{}LambdaPermission{called}S3", function.id);
                permit(made, function, place, id, "s3.amazonaws.com", says);
            }
        }
    }
}

/// A rule on an event bus.
pub(super) struct BusRule {
    pub(super) place: Place,
    /// Which of the events of its function it is.
    pub(super) number: usize,
    bus_name: Option<Tree>,
    /// Whether the bus is made for it.
    makes_bus: bool,
    name: Tree,
}

impl BusRule {
    pub(super) fn arn(&self) -> Tree {
        let path = [Some(self.place.text("rule")), self.bus_name.clone(), Some(self.name.clone())];
        own_arn(self.place, "events", [joined(self.place, "/", path.into_iter().flatten())])
    }
}

/// The rules on event buses that are made for a function.
pub(super) fn rules_of_buses(function: &Function) -> impl Iterator<Item = BusRule> {
    let events = function.node.get("events").map(items).unwrap_or_default();
    events.iter().zip(1..).filter_map(move |(event, number)| {
        let event = event.get("eventBridge").filter(|event| is_given(event))?;
        let place = Place(event.span);
        let bus = event.get("eventBus").filter(|bus| is_given(bus));
        let bus_name = bus.map(|bus| match bus.as_str() {
            Some(arn) if arn.starts_with("arn") => {
                place.text(arn.split_once('/').map_or(arn, |(_, name)| name).to_owned())
            }
            _ => bus.clone(),
        });
        let makes_bus = bus.is_some_and(|bus| {
            is_text(bus)
                && !beginning(bus).is_some_and(|text| text.starts_with("arn"))
                && bus.as_str() != Some("default")
        });
        let ending = format!("-rule-{number}");
        let name = match (event.get("name").filter(|name| is_given(name)), function.name.as_str()) {
            (Some(name), _) => name.clone(),
            (None, Some(of)) => place.text(shortened(&format!("{of}{ending}"), &ending)),
            (None, None) => joined(place, "", [function.name.clone(), place.text(ending)]),
        };
        Some(BusRule { place, number, bus_name, makes_bus, name })
    })
}

/// Schedules and patterns on the default event bus.
fn rules(function: &Function, made: &mut Made) {
    let mut rule = |place: Place, kind: &str, number: usize, name: Option<Tree>| {
        let id = format!("{}EventsRule{kind}{number}", function.id);
        made.add(id.clone(), (function.key_span, place), "AWS::Events::Rule", vec![("Name", name)]);
        let permission = format!("{}LambdaPermissionEventsRule{kind}{number}", function.id);
        permit(made, function, place, permission, "events.amazonaws.com", Says::of(place.attribute(&id, "Arn")));
    };
    let mut number = 0;
    for event in function.events("schedule") {
        let rates = match event.members() {
            Some(_) => event.get("rate").map_or(1, |rate| items(rate).len()),
            None => 1,
        };
        for _ in 0..rates {
            number += 1;
            if event.get("method").and_then(Node::as_str) != Some("scheduler") {
                rule(Place(event.span), "Schedule", number, event.get("name").cloned());
            }
        }
    }
    for (number, event) in function.events("cloudwatchEvent").enumerate() {
        rule(Place(event.span), "CloudWatchEvent", number + 1, event.get("name").cloned());
    }
}

/// Topics of SNS, which are made where no ARN is given, and the policies of queues for what they cannot deliver.
fn topics(function: &Function, made: &mut Made) {
    for event in function.events("sns") {
        let place = Place(event.span);
        let is_arn = |node: &&Tree| !is_text(node) || beginning(node).is_some_and(|text| text.starts_with("arn:"));
        let arn = event.get("arn").or_else(|| Some(event).filter(|event| is_text(event)).filter(is_arn));
        let of_arn = arn.filter(|arn| is_text(arn)).map(|arn| last_part(arn, ':'));
        let given = event.get("topicName").or_else(|| Some(event).filter(|_| arn.is_none() && is_text(event)));
        let name = given.and_then(Node::as_str).map(str::to_owned).or(of_arn).unwrap_or_default();
        let source = if let Some(arn) = arn {
            arn.clone()
        } else {
            let name_tree = given.cloned().unwrap_or_else(|| place.text(name.clone()));
            let id = format!("SNSTopic{}", alphanumeric(&name));
            if !made.has(&id) {
                let properties = vec![("TopicName", Some(name_tree.clone()))];
                made.add(id, (function.key_span, place), "AWS::SNS::Topic", properties);
            }
            own_arn(place, "sns", [name_tree])
        };
        if let Some(redrive) = event.get("redrivePolicy") {
            redrive_policy(function, redrive, &name, &source, made);
        }
        let id = format!("{}LambdaPermission{}SNS", function.id, alphanumeric(&name));
        permit(made, function, place, id, "sns.amazonaws.com", Says::of(source));
    }
}

fn redrive_policy(function: &Function, redrive: &Tree, topic: &str, source: &Tree, made: &mut Made) {
    let place = Place(redrive.span);
    let imported = |name: &str| {
        let given = redrive.get("deadLetterTargetImport")?.get(name)?;
        Some(place.map([("Fn::ImportValue", given.clone())]))
    };
    let (arn, url) = match (redrive.get("deadLetterTargetArn"), redrive.get("deadLetterTargetRef")) {
        (Some(arn), _) => {
            let parts: Vec<&str> = arn.as_str().unwrap_or_default().split(':').collect();
            let part = |index: usize| parts.get(index).copied().unwrap_or_default();
            let start = place.text(format!("https://sqs.{}.", part(3)));
            let end = place.text(format!("/{}/{}", part(4), part(5)));
            (Some(arn.clone()), Some(place.joined(vec![start, place.reference("AWS::URLSuffix"), end])))
        }
        (None, Some(id)) => {
            let id = id.as_str().unwrap_or_default();
            (Some(place.attribute(id, "Arn")), Some(place.reference(id.to_owned())))
        }
        (None, None) => (imported("arn"), imported("url")),
    };
    let (Some(arn), Some(url)) = (arn, url) else { return };
    let condition = place.map([("ArnEquals", place.map([("aws:SourceArn", source.clone())]))]);
    let statement = place.map([
        ("Effect", place.text("Allow")),
        ("Principal", place.map([("Service", place.text("sns.amazonaws.com"))])),
        ("Action", place.text("sqs:SendMessage")),
        ("Resource", arn),
        ("Condition", condition),
    ]);
    let id = format!("{}To{}DLQPolicy", alphanumeric(topic), function.id);
    let document = place.map([
        ("Version", place.text("2012-10-17")),
        ("Id", place.text(id.clone())),
        ("Statement", place.list(vec![statement])),
    ]);
    let properties = vec![("PolicyDocument", Some(document)), ("Queues", Some(place.list(vec![url])))];
    made.add(id, (function.key_span, place), "AWS::SQS::QueuePolicy", properties);
}

/// Groups of logs: one permission for all of them.
fn logs(function: &Function, made: &mut Made) {
    let group = |event: &Tree| event.get("logGroup").unwrap_or(event).clone();
    let groups: Vec<Tree> = function.events("cloudwatchLog").map(group).collect();
    let Some(first) = groups.first() else { return };
    let place = Place(first.span);
    let names: Vec<&str> = groups.iter().filter_map(Node::as_str).collect();
    let name = match &*names {
        // The last group that is read decides, as it comes to the same name only where all begin alike.
        [one, rest @ ..] if !rest.is_empty() => {
            let shared = rest.iter().fold(*one, |shared, name| {
                let same = shared.bytes().zip(name.bytes()).take_while(|(one, other)| one == other).count();
                shared.get(..same).unwrap_or_default()
            });
            place.text(if shared.ends_with('*') { shared.to_owned() } else { format!("{shared}*") })
        }
        _ => first.clone(),
    };
    let arn = own_arn(place, "logs", [place.text("log-group:"), name, place.text(":*")]);
    let principal =
        joined(place, ".", [place.text("logs"), place.reference("AWS::Region"), place.text("amazonaws.com")]);
    let id = format!("{}LambdaPermissionLogsSubscriptionFilterCloudWatchLog", function.id);
    permit_as(made, function, place, id, principal, Says::of(arn));
}

/// Skills of Alexa.
fn alexa(function: &Function, made: &mut Made) {
    let kinds = [
        ("alexaSkill", "alexa-appkit.amazon.com", "AlexaSkill"),
        ("alexaSmartHome", "alexa-connectedhome.amazon.com", "AlexaSmartHome"),
    ];
    for (kind, service, called) in kinds {
        for (number, event) in function.events(kind).enumerate() {
            let is_off = matches!(event.get("enabled").map(|node| &node.value), Some(Value::Bool(false)));
            let token = event.get("appId").or_else(|| Some(event).filter(|event| event.members().is_none()));
            let says = Says {
                action: is_off.then_some("lambda:DisableInvokeFunction"),
                token: token.cloned(),
                ..Says::default()
            };
            let id = format!("{}LambdaPermission{called}{}", function.id, number + 1);
            permit(made, function, Place(event.span), id, service, says);
        }
    }
}

/// Rules of `IoT`, and its fleet provisioning.
fn things(function: &Function, made: &mut Made) {
    for (number, event) in function.events("iot").enumerate() {
        let (place, number) = (Place(event.span), number + 1);
        let rule = format!("{}IotTopicRule{number}", function.id);
        let properties = vec![("RuleName", event.get("name").cloned())];
        made.add(rule.clone(), (function.key_span, place), "AWS::IoT::TopicRule", properties);
        let arn = own_arn(place, "iot", [place.text("rule/"), place.reference(rule)]);
        let id = format!("{}LambdaPermissionIotTopicRule{number}", function.id);
        permit(made, function, place, id, "iot.amazonaws.com", Says::of(arn));
    }
    for event in function.events("iotFleetProvisioning") {
        let id = format!("{}LambdaPermissionIotProvisioningTemplate", function.id);
        permit(made, function, Place(event.span), id, "iot.amazonaws.com", Says::default());
    }
}

/// User pools of Cognito that are made for functions.
fn pools(function: &Function, made: &mut Made) {
    for event in function.events("cognitoUserPool").filter(|event| !event.get("existing").is_some_and(is_given)) {
        let place = Place(event.span);
        let text = |name: &str| event.get(name).and_then(Node::as_str).unwrap_or_default();
        let pool = alphanumeric(text("pool"));
        let id = format!("CognitoUserPool{pool}");
        if !made.has(&id) {
            let properties = vec![("UserPoolName", event.get("pool").cloned())];
            made.add(id.clone(), (function.key_span, place), "AWS::Cognito::UserPool", properties);
        }
        let trigger = alphanumeric(text("trigger"));
        let permission = format!("{}LambdaPermissionCognitoUserPool{pool}TriggerSource{trigger}", function.id);
        let says = Says::of(place.attribute(&id, "Arn"));
        permit(made, function, place, permission, "cognito-idp.amazonaws.com", says);
    }
}

/// Load balancers.
fn balancers(function: &Function, made: &mut Made) {
    const SERVICE: &str = "elasticloadbalancing.amazonaws.com";
    for event in function.events("alb") {
        let place = Place(event.span);
        let listener = event.get("listenerArn");
        let id_of = listener.map(balancer).unwrap_or_default();
        let multi = if event.get("multiValueHeaders").is_some_and(is_given) { "MultiValue" } else { "" };
        let target = format!("{}Alb{multi}TargetGroup{id_of}", function.id);
        made.add(target.clone(), (function.key_span, place), "AWS::ElasticLoadBalancingV2::TargetGroup", Vec::new());
        let says = Says::of(place.reference(target));
        permit(made, function, place, format!("{}LambdaPermissionAlb", function.id), SERVICE, says);
        let id = format!("{}LambdaPermissionRegisterTarget", function.id);
        permit(made, function, place, id, SERVICE, Says::default());
    }
}

/// What a load balancer is called in logical ids: the second last part of its listener's ARN, or what a reference names.
fn balancer(listener: &Tree) -> String {
    match listener.as_str() {
        Some(arn) => arn.rsplit('/').nth(1).unwrap_or_default().to_owned(),
        None => last_part(listener, '/'),
    }
}

/// Functions at the edge: `CloudFront` invokes a version of them.
fn versions(function: &Function, made: &mut Made) {
    let Some(event) = function.events("cloudFront").next() else { return };
    let place = Place(event.span);
    let at = (function.key_span, place);
    let (version, distribution) = (format!("{}LambdaVersion", function.id), "CloudFrontDistribution");
    let of_function = vec![("FunctionName", Some(place.reference(function.lambda())))];
    made.add(version.clone(), at, "AWS::Lambda::Version", of_function);
    if !made.has(distribution) {
        made.add(distribution.to_owned(), at, "AWS::CloudFront::Distribution", Vec::new());
    }
    let mut arn = vec![place.text("arn:"), place.reference("AWS::Partition"), place.text(":cloudfront::")];
    arn.extend([place.reference("AWS::AccountId"), place.text(":distribution/"), place.reference(distribution)]);
    let properties = vec![
        ("FunctionName", Some(place.reference(version))),
        ("Action", Some(place.text("lambda:InvokeFunction"))),
        ("Principal", Some(place.text("edgelambda.amazonaws.com"))),
        ("SourceArn", Some(place.joined(arn))),
    ];
    made.add(format!("{}InvokePermission", function.lambda()), at, "AWS::Lambda::Permission", properties);
}

/// Consumers of streams that are made for a function.
fn consumers(function: &Function, made: &mut Made) {
    for event in function.events("stream") {
        let is_made = matches!(event.get("consumer").map(|node| &node.value), Some(Value::Bool(true)));
        let Some(arn) = event.get("arn").filter(|_| is_made) else { continue };
        let place = Place(event.span);
        let name = format!("{}{}Consumer", function.key, last_part(arn, '/'));
        let properties = vec![("StreamARN", Some(arn.clone())), ("ConsumerName", Some(place.text(name)))];
        let id = super::statements::consumer_id(function, arn);
        made.add(id, (function.key_span, place), "AWS::Kinesis::StreamConsumer", properties);
    }
}
