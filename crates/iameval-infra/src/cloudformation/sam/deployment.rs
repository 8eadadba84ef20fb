//! The role of `CodeDeploy` that `DeploymentPreference` makes.

use super::implicit::any_of;
use super::role::{self, Role};
use super::tree::{Tree, is_given};
use super::{Expansion, Origin, Resource};
use iameval::json::{Node, Value};
use iameval::text::Span;

const ROLE: &str = "CodeDeployServiceRole";
const CONDITION: &str = "ServerlessCodeDeployCondition";

/// A deployment that is enabled.
#[derive(Debug)]
pub(super) struct Deployment {
    span: Span,
    condition: Option<String>,
    has_role: bool,
    tags: Option<Tree>,
}

impl Deployment {
    pub(super) fn new(function: Resource<'_>, preference: &Tree) -> Self {
        let passes = preference.get("PassthroughCondition").is_some_and(|passes| match &passes.value {
            Value::Bool(value) => *value,
            Value::String(text) => text.eq_ignore_ascii_case("true"),
            _ => false,
        });
        let condition = function.node.get("Condition").filter(|_| passes).and_then(Node::as_str).map(str::to_owned);
        let has_role = preference.get("Role").is_some_and(is_given);
        Self { span: preference.span, condition, has_role, tags: role::propagated(function) }
    }
}

impl Expansion<'_> {
    /// Makes the role if a deployment has none of its own.
    pub(super) fn deployment_role(&mut self) {
        let deployments = std::mem::take(&mut self.deployments);
        let Some(first) = deployments.iter().find(|deployment| !deployment.has_role) else { return };
        let place = super::Place(first.span);
        let conditions: Option<Vec<String>> = deployments.iter().map(|one| one.condition.clone()).collect();
        let condition = conditions.map(|conditions| {
            let (name, made) = any_of(place, CONDITION, conditions);
            for member in made {
                self.condition(place, member.key.into_owned(), member.value);
            }
            place.text(name)
        });
        let mut role = Role::of_service(place, "codedeploy.amazonaws.com");
        let is_iso = ["aws-iso", "aws-iso-b"].contains(&self.partition());
        let name = if is_iso { "AWSCodeDeployRoleForLambdaLimited" } else { "AWSCodeDeployRoleForLambda" };
        role.managed.push(self.managed(place, &format!("service-role/{name}")));
        role.tags = deployments.iter().rev().find_map(|deployment| deployment.tags.clone());
        let origin = Origin { id_span: first.span, span: first.span, condition: condition.as_ref() };
        self.role(origin, ROLE.to_owned(), role);
    }
}
