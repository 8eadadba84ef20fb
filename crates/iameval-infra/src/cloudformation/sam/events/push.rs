//! Events that a service sends: each makes a permission for the service.

use super::super::function::Target;
use super::super::role::Role;
use super::super::tree::{Place, Tree, is_given, referred};
use super::super::{Expansion, Origin, Properties, invalid};
use super::{Event, Says};
use iameval::json::{Node, Value};

impl Expansion<'_> {
    pub(super) fn push_event(&mut self, event: Event<'_>, target: &Target, role: &mut Role) {
        let place = event.place();
        match event.kind {
            "S3" => {
                let Some(bucket) = self.required(event, "Bucket") else { return };
                let is_here = referred(bucket).is_some_and(|id| self.given.contains_key(id));
                if !is_here {
                    let message = "the bucket of an S3 event must be in the same template";
                    let help = "refer to it with `!Ref`; for another bucket, write the permission and the notification";
                    self.errors.push(invalid(bucket.span, message).with_help(help));
                    return;
                }
                let source_account = Some(place.reference("AWS::AccountId"));
                let says = Says { source_account, ..Says::default() };
                self.permit_event(event, target, "s3.amazonaws.com", says);
            }
            "SNS" => self.topic_event(event, target, role),
            "CloudWatchLogs" => {
                let Some(group) = self.required(event, "LogGroupName") else { return };
                let values = vec![place.member("__LogGroupName__", group.clone())];
                let arn = self.arn(place, "logs", "log-group:${__LogGroupName__}:*", values);
                let says = Says { source_arn: Some(arn), ..Says::default() };
                self.permit_event(event, target, "logs.amazonaws.com", says);
            }
            "AlexaSkill" => {
                let says = Says { token: event.get("SkillId").cloned(), ..Says::default() };
                self.permit_event(event, target, "alexa-appkit.amazon.com", says);
            }
            "IoTRule" => {
                let id = event.id(target);
                let values = vec![place.member("RuleName", place.reference(id.clone()))];
                let arn = self.arn(place, "iot", "rule/${RuleName}", values);
                let source_account = Some(place.sub("${AWS::AccountId}", Vec::new()));
                let says = Says { source_arn: Some(arn), source_account, ..Says::default() };
                self.add(event.origin(), id, "AWS::IoT::TopicRule", Properties::new());
                self.permit_event(event, target, "iot.amazonaws.com", says);
            }
            _ => {
                let Some(pool) = self.required(event, "UserPool") else { return };
                let Some(pool) = referred(pool).filter(|id| self.given.contains_key(id)) else {
                    let message = "the user pool of a Cognito event must be in the same template";
                    self.errors.push(invalid(pool.span, message).with_help("refer to it with `!Ref`"));
                    return;
                };
                let says = Says { source_arn: Some(place.attribute(pool, "Arn")), ..Says::default() };
                let id = format!("{}CognitoPermission", target.called);
                self.permit(event, target, "cognito-idp.amazonaws.com", says, id);
            }
        }
    }

    /// The ARN of a resource of the stack's region and account.
    pub(super) fn arn(
        &self,
        place: Place,
        service: &str,
        resource: &str,
        values: Vec<iameval::json::Member<'static>>,
    ) -> Tree {
        let partition = self.partition();
        place.sub(format!("arn:{partition}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}"), values)
    }

    /// A topic sends to the function, or to a queue that it takes from.
    fn topic_event(&mut self, event: Event<'_>, target: &Target, role: &mut Role) {
        let Some(topic) = self.required(event, "Topic") else { return };
        let Some(subscription) = event.given("SqsSubscription") else {
            let says = Says { source_arn: Some(topic.clone()), ..Says::default() };
            self.permit_event(event, target, "sns.amazonaws.com", says);
            return;
        };
        let place = event.place();
        let id = event.id(target);
        let mut policy_id = format!("{id}QueuePolicy");
        let (arn, url) = if let Value::Bool(_) = subscription.value {
            let queue = format!("{id}Queue");
            let tags = event.tags.cloned();
            self.add(event.origin(), queue.clone(), "AWS::SQS::Queue", vec![("Tags", tags)]);
            (place.attribute(&queue, "Arn"), place.reference(queue))
        } else {
            let given = |name: &str| subscription.get(name).filter(|node| is_given(node)).cloned();
            let (Some(arn), Some(url)) = (given("QueueArn"), given("QueueUrl")) else {
                let error = invalid(subscription.beginning(), "`SqsSubscription` needs `QueueArn` and `QueueUrl`");
                self.errors.push(error.with_help("or `true`, to have a queue made"));
                return;
            };
            if let Some(id) = subscription.get("QueuePolicyLogicalId").and_then(Node::as_str) {
                id.clone_into(&mut policy_id);
            }
            (arn, url)
        };
        role.attach(self.managed(place, "service-role/AWSLambdaSQSQueueExecutionRole"));
        self.queue_policy(event.origin(), policy_id, place.text("*"), (arn, url), topic.clone());
    }

    /// Lets a source send to a queue.
    pub(super) fn queue_policy(
        &mut self,
        origin: Origin<'_>,
        id: String,
        principal: Tree,
        (arn, url): (Tree, Tree),
        source: Tree,
    ) {
        let place = Place(origin.span);
        let statement = place.map([
            ("Action", place.text("sqs:SendMessage")),
            ("Effect", place.text("Allow")),
            ("Principal", principal),
            ("Resource", arn),
            ("Condition", place.map([("ArnEquals", place.map([("aws:SourceArn", source)]))])),
        ]);
        let document = place.map([("Version", place.text("2012-10-17")), ("Statement", place.list(vec![statement]))]);
        let properties = vec![("PolicyDocument", Some(document)), ("Queues", Some(place.list(vec![url])))];
        self.add(origin, id, "AWS::SQS::QueuePolicy", properties);
    }

    /// A rule of `EventBridge` invokes the function.
    pub(super) fn rule_event(&mut self, event: Event<'_>, target: &Target) {
        let place = event.place();
        let id = self.rule(event, target);
        let says = Says { source_arn: Some(place.attribute(&id, "Arn")), ..Says::default() };
        self.permit_event(event, target, "events.amazonaws.com", says);
    }

    /// The rule of an event, with its queue for what it could not deliver.
    pub(super) fn rule(&mut self, event: Event<'_>, target: &Target) -> String {
        let place = event.place();
        let id = event.id(target);
        let name = if event.kind == "Schedule" { event.get("Name") } else { event.get("RuleName") };
        let bus = event.get("EventBusName");
        let properties = vec![("Name", name.cloned()), ("EventBusName", bus.cloned()), ("Tags", event.tags.cloned())];
        self.add(event.origin(), id.clone(), "AWS::Events::Rule", properties);
        if let Some(config) = event.get("DeadLetterConfig")
            && let Some(queue) = self.made_queue(event, &id, config)
        {
            let principal = place.map([("Service", place.text("events.amazonaws.com"))]);
            let names = (place.attribute(&queue, "Arn"), place.reference(queue));
            self.queue_policy(
                event.origin(),
                format!("{id}QueuePolicy"),
                principal,
                names,
                place.attribute(&id, "Arn"),
            );
        }
        id
    }

    /// The queue that `DeadLetterConfig` makes unless it gives one.
    pub(super) fn made_queue(&mut self, event: Event<'_>, id: &str, config: &Tree) -> Option<String> {
        if config.get("Arn").is_some() {
            return None;
        }
        if config.get("Type").and_then(Node::as_str) != Some("SQS") {
            let error = invalid(config.beginning(), "`DeadLetterConfig` needs `Arn`, or `Type: SQS`");
            self.errors.push(error.with_help("with `Type: SQS` SAM makes a queue"));
            return None;
        }
        let named = config.get("QueueLogicalId").and_then(Node::as_str);
        let queue = named.map_or_else(|| format!("{id}Queue"), str::to_owned);
        self.add(event.origin(), queue.clone(), "AWS::SQS::Queue", vec![("Tags", event.tags.cloned())]);
        Some(queue)
    }
}
