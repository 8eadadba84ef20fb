//! `ScheduleV2`, which has a role of its own, and the events that start state machines, which have one as well.

use super::super::function::Target;
use super::super::role::{self, Role};
use super::super::{Expansion, Resource};
use super::Event;

impl Expansion<'_> {
    pub(super) fn schedule(&mut self, event: Event<'_>, target: &Target, kind: &str) {
        let place = event.place();
        let id = event.id(target);
        let queue = event.get("DeadLetterConfig").and_then(|config| match config.get("Arn") {
            Some(arn) => Some(arn.clone()),
            None => self.made_queue(event, &id, config).map(|queue| place.attribute(&queue, "Arn")),
        });
        if event.given("RoleArn").is_some() {
            return;
        }
        let mut role = Role::of_service(place, "scheduler.amazonaws.com");
        role.inline.push(if kind == "AWS::Lambda::Function" {
            role::policy_for(place, format!("{id}LambdaPolicy"), "lambda:InvokeFunction", target.arn(place))
        } else {
            role::policy_for(place, format!("{id}StartExecutionPolicy"), "states:StartExecution", target.name(place))
        });
        role.inline.extend(queue.and_then(|arn| role::destination_policy(place, "SQS", &id, arn)));
        role.boundary = event.given("PermissionsBoundary").cloned();
        role.tags = event.tags.cloned();
        self.role(event.origin(), format!("{id}Role"), role);
    }

    /// A rule or an API starts a state machine.
    pub(super) fn start_event(&mut self, event: Event<'_>, target: &Target, machine: Resource<'_>) {
        let place = event.place();
        let service = if event.kind == "Api" {
            self.note_path(event);
            "apigateway.amazonaws.com"
        } else {
            self.rule(event, target);
            "events.amazonaws.com"
        };
        if event.kind == "Schedule" && event.get("RoleArn").is_some() {
            return;
        }
        let id = format!("{}Role", event.id(target));
        let mut role = Role::of_service(place, service);
        let name = format!("{id}StartExecutionPolicy");
        role.inline.push(role::policy_for(place, name, "states:StartExecution", target.name(place)));
        role.boundary = machine.given("PermissionsBoundary").cloned();
        role.tags = event.tags.cloned();
        self.role(event.origin(), id, role);
    }
}
