//! Resources with their policies, and VPC endpoints.

use super::principals::{property, tags};
use super::{Assembly, Contribution, policy_name};
use crate::document::Draft;
use crate::document::choices::Part;
use crate::find;
use crate::index::Item;
use crate::stack::Location;
use crate::value::ValueKind;
use iameval::json::Node;
use iameval::{AccountId, Arn, Context, PolicyDocument};
use iameval_world::{EndpointParts, PolicyRef, ResourceParts};

impl Assembly<'_> {
    /// Adds what a resource is, where it has an ARN.
    pub(super) fn resource(&mut self, number: usize, item: &Item<'_>) {
        let mut contributions = self.of_resources.remove(&number).unwrap_or_default();
        contributions.extend(default_key_policy(number, item));
        let arn: Option<Arn> = item.arn.as_deref().and_then(|arn| arn.parse().ok());
        let policy = self.merged(&item.name, contributions);
        let Some(arn) = arn else {
            if policy.is_some() {
                let message = format!("the policy of `{}` is attached to nothing in the world", item.address);
                self.warn(item, item.resource.id_span, message, "what ARN the resource has is not known");
            }
            return;
        };
        if let Some(other) = self.world.resource_with(arn.as_str()).map(str::to_owned) {
            if policy.is_some() {
                let message = format!("`{}` is `{other}`, which another source defines", item.address);
                self.warn(item, item.resource.id_span, message, "its policy is attached to nothing");
            }
            self.renamed.insert(number, other);
            return;
        }
        let mut parts = ResourceParts::new(arn);
        parts.account = if parts.arn.account_id().is_none() { item.location().account.parse().ok() } else { None };
        parts.policy = policy;
        parts.tags = tags(item);
        parts.origin = Some(item.origin());
        let added = self.world.resource(&item.name, parts, &item.place());
        self.noting_clash(added);
    }

    /// Adds the resources that have policies of the templates and are defined in none.
    pub(super) fn outside_resources(&mut self) {
        let index = self.index;
        for (arn, (by, contributions)) in std::mem::take(&mut self.outside) {
            let Some(item) = index.get(by) else { continue };
            let Ok(arn) = arn.parse::<Arn>() else { continue };
            let names = self.world.resource_with(arn.as_str()).map(str::to_owned);
            let policy = self.merged(&item.name, contributions);
            if let Some(other) = names {
                let message = format!("`{}` is about `{other}`, which has a policy already", item.address);
                self.warn(item, item.resource.id_span, message, "it is attached to nothing");
                continue;
            }
            let account: Option<AccountId> = item.location().account.parse().ok();
            let name = if self.world.has(&item.name) { self.show(arn.as_str()) } else { item.name.clone() };
            let mut parts = ResourceParts::new(arn);
            parts.account = account.filter(|_| parts.arn.account_id().is_none());
            parts.policy = policy;
            parts.origin = Some(item.origin());
            let name = if name.starts_with("arn:") { format!("{}{name}", item.stack.language.prefix()) } else { name };
            let added = self.world.resource(&name, parts, &item.place());
            self.noting_clash(added);
        }
    }

    /// One policy of the documents that together are the policy of a resource.
    fn merged(&mut self, holder: &str, contributions: Vec<Contribution>) -> Option<PolicyRef> {
        let index = self.index;
        let is_one = contributions.len() == 1;
        let mut contributions = contributions.into_iter();
        let first = contributions.next()?;
        let item = index.get(first.by)?;
        let mut draft = first.draft;
        for next in contributions {
            let Some(other) = index.get(next.by) else { continue };
            let same_text = std::sync::Arc::ptr_eq(item.source(), other.source());
            draft.merge(if same_text { next.draft } else { next.draft.moved_to(item.resource.id_span) });
        }
        self.policy(item, if is_one { &first.name } else { holder }, draft)
    }

    /// Adds a VPC endpoint.
    pub(super) fn endpoint(&mut self, item: &Item<'_>) {
        let mut parts = EndpointParts::new();
        for found in find::policies(item.resource, self.symbols) {
            let Some(mut draft) = self.draft(item, &found) else { continue };
            let whole = Part { value: found.value, way: found.way.clone() };
            if whole.may_be_absent() {
                let symbols: Vec<_> = whole.alternatives().iter().flat_map(Part::only_if).collect();
                draft.may_be_absent(&symbols, true);
            }
            parts.policies.extend(self.policy(item, &policy_name(item, &found), draft));
        }
        parts.gateway = item.text(&["VpcEndpointType"]).is_none_or(|kind| kind == "Gateway");
        let mut context = Context::new();
        context.insert("aws:SourceVpce", item.resource.reference.as_str());
        if let Some(vpc) = item.text(&["VpcId"]) {
            context.insert("aws:SourceVpc", vpc.as_str());
        }
        parts.context = context;
        parts.origin = Some(item.origin());
        let added = self.world.endpoint(&item.name, parts, &item.place());
        self.noting_clash(added);
    }
}

/// The policy that KMS gives a key for which none is given.
fn default_key_policy(number: usize, item: &Item<'_>) -> Option<Contribution> {
    if !matches!(item.resource.kind.as_str(), "AWS::KMS::Key" | "AWS::KMS::ReplicaKey") {
        return None;
    }
    let given = property(item, "KeyPolicy");
    let is_certain = given.as_ref().is_some_and(|given| !given.may_be_absent());
    if is_certain || matches!(item.resource.properties.kind, ValueKind::Unknown(_)) {
        return None;
    }
    let Location { partition, account, .. } = item.location();
    let root = Node::string(format!("arn:{partition}:iam::{account}:root"));
    let text = |text: &'static str| Node::string(text);
    let statement = Node::object([
        ("Effect", text("Allow")),
        ("Principal", Node::object([("AWS", root)])),
        ("Action", text("kms:*")),
        ("Resource", text("*")),
    ]);
    let tree = Node::object([("Version", text("2012-10-17")), ("Statement", statement)]);
    let document = PolicyDocument::from_tree(&tree).value?;
    let mut draft = Draft::from(&document).moved_to(item.resource.id_span);
    draft.only_if(&given.iter().flat_map(Part::alternatives).flat_map(|part| part.only_if()).collect::<Vec<_>>());
    Some(Contribution { draft, name: format!("{}/default", item.name), by: number })
}
