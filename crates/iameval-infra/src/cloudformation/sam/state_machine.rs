//! `AWS::Serverless::StateMachine`.

use super::function::Target;
use super::role::{self, Role};
use super::tree::{Place, is_given};
use super::{Expansion, Origin, Resource, invalid};
use iameval::json::Value;
use std::borrow::Cow;

/// Properties that only SAM knows, or that have other names or values after it.
const OF_SAM: [&str; 16] = [
    "AutoPublishAlias",
    "Connectors",
    "Definition",
    "DefinitionUri",
    "DeploymentPreference",
    "Events",
    "Logging",
    "Name",
    "PermissionsBoundary",
    "Policies",
    "PropagateTags",
    "Role",
    "RolePath",
    "Tags",
    "Tracing",
    "UseAliasAsEventTarget",
];

impl<'t> Expansion<'t> {
    pub(super) fn state_machine(&mut self, machine: Resource<'t>) {
        let place = machine.place();
        let id = machine.id;
        let mut properties = machine.but(&OF_SAM);
        if let (Some(given), Some(_)) = (machine.given("Role"), machine.given("Policies")) {
            let error = invalid(given.span, format!("state machine `{id}` has `Role` and `Policies`"));
            self.errors.push(error.with_help("remove one of them: SAM makes a role of `Policies`"));
            return;
        }
        let role = match machine.given("Role") {
            Some(given) => given.clone(),
            None => self.role_of_machine(machine),
        };
        properties.push(place.member("RoleArn", role));
        if let Some(name) = machine.get("Name") {
            properties.push(place.member("StateMachineName", name.clone()));
        }
        properties.push(place.member("Tags", role::tags_of(machine, "stateMachine:createdBy")));
        let alias = self.alias_of_machine(machine).filter(|_| machine.given("UseAliasAsEventTarget").is_some());
        let called = alias.clone().unwrap_or_else(|| id.to_owned());
        self.events_of_state_machine(machine, &Target { id: id.to_owned(), alias, called });
        self.become_one(machine, "AWS::StepFunctions::StateMachine", properties);
    }

    fn role_of_machine(&mut self, machine: Resource<'_>) -> super::Tree {
        let place = machine.place();
        let id = format!("{}Role", machine.id);
        let mut role = Role::of_service(place, "states.amazonaws.com");
        if let Some(policies) = machine.given("Policies") {
            self.policies(&mut role, &id, policies);
        }
        if let Some(tracing) = machine.get("Tracing").and_then(|tracing| tracing.get("Enabled"))
            && tracing.value == Value::Bool(true)
        {
            role.attach(self.managed(Place(tracing.span), self.tracing_policy()));
        }
        role.path = machine.cloned("RolePath");
        role.boundary = machine.given("PermissionsBoundary").cloned();
        role.tags = Some(role::tags_of(machine, "stateMachine:createdBy"));
        self.role(machine.origin(), id.clone(), role);
        place.attribute(&id, "Arn")
    }

    fn alias_of_machine(&mut self, machine: Resource<'_>) -> Option<String> {
        let given = machine.get("AutoPublishAlias").filter(|alias| is_given(alias))?;
        let name = given.as_str()?;
        let place = Place(given.span);
        let id = format!("{}Alias{name}", machine.id);
        let origin = Origin { span: given.span, ..machine.origin() };
        let name = Some(place.text(Cow::Owned(name.to_owned())));
        self.add(origin, id.clone(), "AWS::StepFunctions::StateMachineAlias", vec![("Name", name)]);
        Some(id)
    }
}
