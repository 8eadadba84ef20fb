//! Users, roles and groups.

use super::{Assembly, policy_name};
use crate::document::Draft;
use crate::document::choices::{Part, assuming};
use crate::find;
use crate::index::Item;
use crate::types::USER;
use crate::value::ValueKind;
use iameval::symbol::OnlyIf;
use iameval::{PolicyKind, Principal};
use iameval_world::{PolicyRef, PrincipalParts};

/// A property with the choices that it depends on.
pub(super) fn property<'s>(item: &Item<'s>, name: &str) -> Option<Part<'s>> {
    let value = item.resource.properties.get(name)?;
    Some(Part::new(value, assuming(item.resource.only_if)))
}

/// The tags of a resource, as a list of keys and values or as an object.
pub(super) fn tags(item: &Item<'_>) -> Vec<(String, String)> {
    let Some(tags) = property(item, "Tags") else { return Vec::new() };
    let mut all: Vec<(String, String)> = Vec::new();
    let value = |part: &Part<'_>, value: Option<String>| match part.only_if().first() {
        // Whether there is such a tag, or which, is not known.
        Some(symbol) => symbol.to_string(),
        None => value.unwrap_or_default(),
    };
    for part in tags.alternatives() {
        match &part.value.kind {
            ValueKind::Map(entries) => all.extend(entries.iter().map(|entry| {
                let text = Part { value: &entry.value, way: part.way.clone() }.text();
                (entry.key.text.clone(), value(&part, text))
            })),
            ValueKind::List(_) => {
                for tag in part.at(&["*"]) {
                    let key = tag.at(&["Key"]).first().and_then(Part::text);
                    let values = tag.at(&["Value"]);
                    let one = values.first().filter(|_| values.len() == 1);
                    let text = one
                        .and_then(Part::text)
                        .or_else(|| values.first().and_then(|part| part.only_if().first().map(ToString::to_string)));
                    all.extend(key.map(|key| (key, value(&tag, text))));
                }
            }
            _ => {}
        }
    }
    // What is given twice depends on what is not known.
    let mut met: Vec<(String, String)> = Vec::new();
    for (key, value) in all {
        if !met.iter().any(|(known, _)| *known == key) {
            met.push((key, value));
        }
    }
    met
}

impl Assembly<'_> {
    /// Adds a user or role.
    pub(super) fn principal(&mut self, number: usize, item: &Item<'_>) {
        let Some(mut parts) = self.principal_parts(item) else { return };
        parts.policies = self.own_policies(number, item);
        parts.boundary = self.boundary(item, &item.name);
        parts.trust = self.trust(item);
        if item.resource.kind == USER {
            for (group, only_if) in self.memberships.remove(&number).unwrap_or_default() {
                self.membership(group, &only_if, &mut parts);
            }
        }
        let added = self.world.principal(&item.name, parts, &item.place());
        self.noting_clash(added);
    }

    /// A principal with its tags, to which nothing is attached.
    fn principal_parts(&mut self, item: &Item<'_>) -> Option<PrincipalParts> {
        let arn = item.arn.as_deref().unwrap_or_default();
        let principal = arn.parse::<Principal>();
        let principal = principal.map_err(|error| {
            let error = self.show(&error.to_string());
            self.findings.extend(item.place().finding(error));
        });
        let mut parts = PrincipalParts::new(principal.ok()?);
        parts.tags = tags(item);
        parts.origin = Some(item.origin());
        Some(parts)
    }

    fn own_policies(&mut self, number: usize, item: &Item<'_>) -> Vec<PolicyRef> {
        let mut policies = self.attached.remove(&number).unwrap_or_default();
        policies.extend(self.managed_policies(item, &["ManagedPolicyArns", "*"]));
        policies
    }

    fn trust(&mut self, item: &Item<'_>) -> Option<PolicyRef> {
        let found = find::policies(item.resource, self.symbols);
        let found = found.iter().find(|found| found.kind == PolicyKind::RoleTrust)?;
        let draft = self.draft(item, found)?;
        self.policy(item, &policy_name(item, found), draft)
    }

    /// Adds a group.
    pub(super) fn group(&mut self, number: usize, item: &Item<'_>) {
        let policies = self.own_policies(number, item);
        // For users who only may be in it.
        self.attached.insert(number, policies.clone());
        let added = self.world.group(&item.name, policies, &item.place());
        self.noting_clash(added);
        self.resource(number, item);
    }

    /// Puts a user into a group, or gives it the group's policies as far as it may be in it.
    fn membership(&mut self, group: usize, only_if: &[OnlyIf], parts: &mut PrincipalParts) {
        let index = self.index;
        let Some(group_item) = index.get(group) else { return };
        if only_if.is_empty() {
            if !parts.groups.contains(&group_item.name) {
                parts.groups.push(group_item.name.clone());
            }
            return;
        }
        for policy in self.attached.get(&group).cloned().unwrap_or_default() {
            parts.policies.extend(self.again_only_if(policy, only_if));
        }
    }

    /// Adds a role that a service makes for itself. Its policy is the service's.
    pub(super) fn service_linked_role(&mut self, item: &Item<'_>) {
        let Some(service) = item.text(&["AWSServiceName"]) else { return };
        let location = item.location();
        let name = &item.resource.reference;
        let arn =
            format!("arn:{}:iam::{}:role/aws-service-role/{service}/{name}", location.partition, location.account);
        let Ok(principal) = arn.parse::<Principal>() else { return };
        let mut parts = PrincipalParts::new(principal);
        parts.origin = Some(item.origin());
        let span = item.resource.span;
        if let Some(symbol) = self.unknown(item, &format!("{}.Policy", item.symbol_name())) {
            let draft = self.reader(PolicyKind::Identity).unknown(symbol, span, &Vec::new());
            parts.policies.extend(self.policy(item, &format!("{}/policy", item.name), draft));
        }
        parts.trust = self.service_trust(item, &service);
        let added = self.world.principal(&item.name, parts, &item.place());
        self.noting_clash(added);
    }

    fn service_trust(&mut self, item: &Item<'_>, service: &str) -> Option<PolicyRef> {
        use iameval::json::Node;
        let span = item.resource.span;
        let text = |text: &str| Node::string(text.to_owned());
        let statement = Node::object([
            ("Effect", text("Allow")),
            ("Principal", Node::object([("Service", text(service))])),
            ("Action", text("sts:AssumeRole")),
        ]);
        let tree = Node::object([("Version", text("2012-10-17")), ("Statement", statement)]);
        let document = iameval::PolicyDocument::from_tree(&tree).value?;
        self.policy(item, &format!("{}/trust", item.name), Draft::from(&document).moved_to(span))
    }
}
