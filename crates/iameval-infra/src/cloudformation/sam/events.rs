//! `Events` of functions and state machines.

mod api;
mod pull;
mod push;
mod scheduler;

pub(super) use api::without_parameters;

use super::function::Target;
use super::role::{self, Role};
use super::tree::{Place, Tree, is_given};
use super::{Expansion, Origin, Resource, ids, invalid};
use iameval::json::{Member, Node, Value};
use iameval::suggest;

/// The kinds of events that functions have.
const OF_FUNCTIONS: [&str; 19] = [
    "AlexaSkill",
    "Api",
    "CloudWatchEvent",
    "CloudWatchLogs",
    "Cognito",
    "DocumentDB",
    "DynamoDB",
    "EventBridgeRule",
    "HttpApi",
    "IoTRule",
    "Kinesis",
    "MQ",
    "MSK",
    "S3",
    "SNS",
    "SQS",
    "Schedule",
    "ScheduleV2",
    "SelfManagedKafka",
];

/// The kinds of events that state machines have.
const OF_STATE_MACHINES: [&str; 5] = ["Api", "CloudWatchEvent", "EventBridgeRule", "Schedule", "ScheduleV2"];

/// An event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event<'t> {
    member: &'t Member<'static>,
    kind: &'t str,
    properties: &'t Tree,
    /// The condition of the function or state machine.
    condition: Option<&'t Tree>,
    tags: Option<&'t Tree>,
}

impl<'t> Event<'t> {
    fn get(self, property: &str) -> Option<&'t Tree> {
        self.properties.get(property).filter(|node| node.value != Value::Null)
    }

    fn given(self, property: &str) -> Option<&'t Tree> {
        self.get(property).filter(|node| is_given(node))
    }

    fn place(self) -> Place {
        Place(self.member.value.span)
    }

    fn origin(self) -> Origin<'t> {
        Origin { id_span: self.member.key_span, span: self.member.value.span, condition: self.condition }
    }

    /// The id of what it makes.
    fn id(self, target: &Target) -> String {
        format!("{}{}", target.id, self.member.key)
    }
}

/// What a permission says.
#[derive(Debug, Default)]
struct Says {
    source_arn: Option<Tree>,
    source_account: Option<Tree>,
    token: Option<Tree>,
}

impl<'t> Expansion<'t> {
    /// What the events of a function make.
    pub(super) fn events_of_function(&mut self, function: Resource<'t>, target: &Target, role: &mut Role) {
        let tags = role::propagated(function);
        let events = function.get("Events").and_then(Node::members).unwrap_or_default();
        let mut events: Vec<&'t Member<'static>> = events.iter().collect();
        // The route of all others comes first: where it is, they need no permission.
        events.sort_by_key(|member| {
            let property = |name: &str| member.value.get("Properties").and_then(|properties| properties.get(name));
            let is_default = member.value.get("Type").and_then(Node::as_str) == Some("HttpApi")
                && property("Path").or_else(|| property("Method")).is_none();
            let default = if is_default { "$default" } else { &*member.key };
            property("Path").and_then(Node::as_str).unwrap_or(default).to_owned()
        });
        let nothing = Tree::new(Value::Null);
        for member in events {
            if self.is_too_large(member.key_span) {
                return;
            }
            let Some(event) = self.event(function, member, &nothing, tags.as_ref(), &OF_FUNCTIONS) else { continue };
            match event.kind {
                "Api" => self.rest_event(event, target),
                "HttpApi" => self.http_event(event, target),
                "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => self.rule_event(event, target),
                "ScheduleV2" => self.schedule(event, target, "AWS::Lambda::Function"),
                "S3" | "SNS" | "CloudWatchLogs" | "AlexaSkill" | "IoTRule" | "Cognito" => {
                    self.push_event(event, target, role);
                }
                _ => self.pull_event(event, target, role),
            }
        }
    }

    /// What the events of a state machine make.
    pub(super) fn events_of_state_machine(&mut self, machine: Resource<'t>, target: &Target) {
        let tags = role::propagated(machine);
        let nothing = Tree::new(Value::Null);
        for member in machine.get("Events").and_then(Node::members).unwrap_or_default() {
            if self.is_too_large(member.key_span) {
                return;
            }
            let known = &OF_STATE_MACHINES;
            let Some(event) = self.event(machine, member, &nothing, tags.as_ref(), known) else { continue };
            if event.kind == "ScheduleV2" {
                self.schedule(event, target, "AWS::StepFunctions::StateMachine");
            } else {
                self.start_event(event, target, machine);
            }
        }
    }

    fn event<'e>(
        &mut self,
        resource: Resource<'e>,
        member: &'e Member<'static>,
        nothing: &'e Tree,
        tags: Option<&'e Tree>,
        known: &[&'static str],
    ) -> Option<Event<'e>> {
        let id = &member.key;
        let Some(node) = member.value.get("Type") else {
            self.errors.push(invalid(member.key_span, format!("event `{id}` has no `Type`")).with_help("give it one"));
            return None;
        };
        let kind = node.as_str().unwrap_or_default();
        if kind.is_empty() || !known.contains(&kind) {
            let message = format!("SAM has no events of type `{kind}` here: what event `{id}` allows is not known");
            let near = suggest::did_you_mean(kind, known.iter().copied());
            let help = near.unwrap_or_else(|| "permissions and policies that it makes are missing".into());
            self.warn(node.span, message, help);
            return None;
        }
        let properties = member.value.get("Properties").unwrap_or(nothing);
        let condition = resource.node.get("Condition");
        Some(Event { member, kind, properties, condition, tags })
    }

    /// Allows a service to invoke the function.
    fn permit(&mut self, event: Event<'_>, target: &Target, service: &'static str, says: Says, id: String) {
        let place = event.place();
        let properties = vec![
            ("Action", Some(place.text("lambda:InvokeFunction"))),
            ("FunctionName", Some(target.name(place))),
            ("Principal", Some(place.text(service))),
            ("SourceArn", says.source_arn),
            ("SourceAccount", says.source_account),
            ("EventSourceToken", says.token),
        ];
        self.add(event.origin(), id, "AWS::Lambda::Permission", properties);
    }

    /// The same with the id that most have.
    fn permit_event(&mut self, event: Event<'_>, target: &Target, service: &'static str, says: Says) {
        let id = ids::with_suffix(&format!("{}Permission", event.id(target)), "");
        self.permit(event, target, service, says, id);
    }

    /// A property that an event must have.
    fn required<'e>(&mut self, event: Event<'e>, property: &str) -> Option<&'e Tree> {
        let found = event.get(property);
        if found.is_none() {
            let message = format!("event `{}` has no `{property}`", event.member.key);
            let help = format!("events of type `{}` need it", event.kind);
            self.errors.push(invalid(event.member.key_span, message).with_help(help));
        }
        found
    }
}
