//! The roles that are made.

use super::tree::{Place, Tree, are_same};
use super::{Expansion, Origin, Resource};
use iameval::json::Node;

/// A role in the making.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) trust: Tree,
    pub(super) managed: Vec<Tree>,
    pub(super) inline: Vec<Tree>,
    pub(super) path: Option<Tree>,
    pub(super) boundary: Option<Tree>,
    pub(super) tags: Option<Tree>,
}

impl Role {
    /// A role that a service may assume.
    pub(super) fn of_service(place: Place, service: &'static str) -> Self {
        let trust = trust(place, service);
        Self { trust, managed: Vec::new(), inline: Vec::new(), path: None, boundary: None, tags: None }
    }

    /// Attaches a managed policy unless it is attached.
    pub(super) fn attach(&mut self, arn: Tree) {
        if !self.managed.iter().any(|known| are_same(known, &arn)) {
            self.managed.push(arn);
        }
    }

    /// Adds a policy unless one says the same.
    pub(super) fn add_new(&mut self, policy: Tree) {
        let is_same = |known: &Tree| match (known.get("PolicyDocument"), policy.get("PolicyDocument")) {
            (Some(known), Some(document)) => are_same(known, document),
            _ => false,
        };
        if !self.inline.iter().any(is_same) {
            self.inline.push(policy);
        }
    }
}

/// The trust policy for a service.
pub(super) fn trust(place: Place, service: &'static str) -> Tree {
    let statement = place.map([
        ("Action", place.texts(["sts:AssumeRole"])),
        ("Effect", place.text("Allow")),
        ("Principal", place.map([("Service", place.texts([service]))])),
    ]);
    place.map([("Version", place.text("2012-10-17")), ("Statement", place.list(vec![statement]))])
}

/// An inline policy.
pub(super) fn policy(place: Place, name: String, statements: Vec<Tree>) -> Tree {
    let document = place.map([("Statement", place.list(statements))]);
    place.map([("PolicyName", place.text(name)), ("PolicyDocument", document)])
}

/// A statement that allows actions.
pub(super) fn allow(place: Place, action: Tree, resource: Tree) -> Tree {
    place.map([("Action", action), ("Effect", place.text("Allow")), ("Resource", resource)])
}

/// An inline policy with one statement.
pub(super) fn policy_for(place: Place, name: String, action: &'static str, resource: Tree) -> Tree {
    policy(place, name, vec![allow(place, place.text(action), resource)])
}

/// The policy for the destination of events, by the kind of destination.
pub(super) fn destination_policy(place: Place, kind: &str, id: &str, arn: Tree) -> Option<Tree> {
    let (name, action) = match kind {
        "SQS" => ("SQSPolicy", "sqs:SendMessage"),
        "SNS" => ("SNSPolicy", "sns:publish"),
        "EventBridge" => ("EventBridgePolicy", "events:PutEvents"),
        "Lambda" => ("LambdaPolicy", "lambda:InvokeFunction"),
        "S3" | "S3Bucket" => {
            let objects = place.list(vec![place.text("/"), place.list(vec![arn.clone(), place.text("*")])]);
            let put = allow(place, place.text("s3:PutObject"), place.map([("Fn::Join", objects)]));
            let list = allow(place, place.text("s3:ListBucket"), arn);
            return Some(policy(place, format!("{id}S3Policy"), vec![put, list]));
        }
        _ => return None,
    };
    Some(policy_for(place, format!("{id}{name}"), action, arn))
}

/// Tags as CloudFormation has them, of an object of names and values.
pub(super) fn tags(place: Place, by: Option<&'static str>, tags: Option<&Tree>) -> Tree {
    let tag = |key: Tree, value: Tree| place.map([("Key", key), ("Value", value)]);
    let mut all: Vec<Tree> = by.into_iter().map(|by| tag(place.text(by), place.text("SAM"))).collect();
    for member in tags.and_then(Node::members).unwrap_or_default() {
        all.push(tag(Place(member.key_span).text(member.key.clone()), member.value.clone()));
    }
    place.list(all)
}

/// The tags of what is made from a resource, with the name of the tag that SAM gives it.
pub(super) fn tags_of(resource: Resource<'_>, by: &'static str) -> Tree {
    let is_propagated = resource.given("PropagateTags").is_some() && resource.given("Tags").is_some();
    tags(resource.place(), Some(by).filter(|_| !is_propagated), resource.get("Tags"))
}

/// The tags that are passed on to what events make.
pub(super) fn propagated(resource: Resource<'_>) -> Option<Tree> {
    resource.given("PropagateTags")?;
    resource.given("Tags").map(|given| tags(resource.place(), None, Some(given)))
}

impl Expansion<'_> {
    /// Adds a role.
    pub(super) fn role(&mut self, origin: Origin<'_>, id: String, role: Role) {
        let place = Place(origin.span);
        let list = |items: Vec<Tree>| Some(items).filter(|items| !items.is_empty()).map(|items| place.list(items));
        let properties = vec![
            ("AssumeRolePolicyDocument", Some(role.trust)),
            ("ManagedPolicyArns", list(role.managed)),
            ("Policies", list(role.inline)),
            ("Path", role.path),
            ("PermissionsBoundary", role.boundary),
            ("Tags", role.tags),
        ];
        self.add(origin, id, "AWS::IAM::Role", properties);
    }
}
