//! Lists of IAM, page by page.

use super::{named, shapes};
use crate::entities::{Entities, Entity, EntityKind, StoredPolicy};
use crate::fault::Fault;
use crate::form::Form;
use crate::parameter;
use crate::xml::Xml;

/// `ListUsers`, `ListRoles`.
pub(crate) fn entities_list(kind: EntityKind, form: &Form, entities: &Entities, xml: &mut Xml) -> Result<(), Fault> {
    let prefix = form.text("PathPrefix").unwrap_or("/");
    let all: Vec<&Entity> = entities.all(kind).values().filter(|entity| entity.path.starts_with(prefix)).collect();
    let name = if kind == EntityKind::User { "Users" } else { "Roles" };
    page(name, &all, form, xml, |xml, entity| shapes::entity(entity, entities, xml))
}

/// `ListPolicies`: those that the world names.
pub(crate) fn policies(form: &Form, entities: &Entities, xml: &mut Xml) -> Result<(), Fault> {
    let in_scope = |policy: &StoredPolicy| match form.text("Scope") {
        Some("AWS") => policy.is_of_aws(),
        Some("Local") => !policy.is_of_aws(),
        _ => true,
    };
    let attached_only = form.text("OnlyAttached") == Some("true");
    let prefix = form.text("PathPrefix").unwrap_or("/");
    let mut all: Vec<(&StoredPolicy, (u32, u32))> = Vec::new();
    for policy in entities.managed.values().map(|policy| &**policy).filter(|policy| in_scope(policy)) {
        let usage = shapes::usage(policy, entities);
        let has_path = policy
            .arn
            .as_deref()
            .is_some_and(|arn| arn.split_once(":policy").is_some_and(|(_, path)| path.starts_with(prefix)));
        if has_path && (!attached_only || usage.0 > 0) {
            all.push((policy, usage));
        }
    }
    page("Policies", &all, form, xml, |xml, (policy, (attached, boundaries))| {
        shapes::policy(policy, *attached, *boundaries, xml);
    })
}

/// `ListAttachedUserPolicies` and its like.
pub(crate) fn attached_policies(
    kind: EntityKind,
    form: &Form,
    entities: &Entities,
    xml: &mut Xml,
) -> Result<(), Fault> {
    let entity = named(kind, form, entities)?;
    let all: Vec<(&str, &str)> = attached(entity).collect();
    page("AttachedPolicies", &all, form, xml, |xml, policy| attached_policy(*policy, xml))
}

/// `ListUserPolicies` and its like: the names of inline policies.
pub(crate) fn inline_policies(kind: EntityKind, form: &Form, entities: &Entities, xml: &mut Xml) -> Result<(), Fault> {
    let entity = named(kind, form, entities)?;
    let names: Vec<&str> = inline(entity).map(|policy| policy.name.as_str()).collect();
    let page = parameter::page(form, names.len())?;
    xml.texts("PolicyNames", names.get(page.from..page.to).unwrap_or_default().iter().copied());
    truncated(page.next.as_deref(), xml);
    Ok(())
}

/// `ListGroupsForUser`.
pub(crate) fn groups_of_user(form: &Form, entities: &Entities, xml: &mut Xml) -> Result<(), Fault> {
    let user = named(EntityKind::User, form, entities)?;
    let groups: Vec<&Entity> = user.groups.iter().filter_map(|name| entities.groups.get(name)).collect();
    page("Groups", &groups, form, xml, |xml, group| shapes::entity(group, entities, xml))
}

/// `GetGroup`: a group with its users.
pub(crate) fn group(form: &Form, entities: &Entities, xml: &mut Xml) -> Result<(), Fault> {
    let group = named(EntityKind::Group, form, entities)?;
    let users: Vec<&Entity> = entities.users.values().filter(|user| user.groups.contains(&group.name)).collect();
    xml.element("Group", |xml| shapes::entity(group, entities, xml));
    page("Users", &users, form, xml, |xml, user| shapes::entity(user, entities, xml))
}

/// `GetAccountAuthorizationDetails`: everything, page by page over all of it.
pub(crate) fn account_details(form: &Form, entities: &Entities, xml: &mut Xml) -> Result<(), Fault> {
    let filter = form.texts("Filter").unwrap_or_default();
    let wants = |name: &str| filter.is_empty() || filter.contains(&name);
    let mut all: Vec<Detail<'_>> = Vec::new();
    for (kind, name) in [(EntityKind::User, "User"), (EntityKind::Group, "Group"), (EntityKind::Role, "Role")] {
        if wants(name) {
            all.extend(entities.all(kind).values().map(Detail::Entity));
        }
    }
    for policy in entities.managed.values() {
        let name = if policy.is_of_aws() { "AWSManagedPolicy" } else { "LocalManagedPolicy" };
        if wants(name) {
            all.push(Detail::Policy(policy));
        }
    }
    let page = parameter::page(form, all.len())?;
    let shown = all.get(page.from..page.to).unwrap_or_default();
    for (kind, list) in [
        (EntityKind::User, "UserDetailList"),
        (EntityKind::Group, "GroupDetailList"),
        (EntityKind::Role, "RoleDetailList"),
    ] {
        let of_kind = shown.iter().filter_map(|detail| match detail {
            Detail::Entity(entity) if entity.kind == kind => Some(*entity),
            _ => None,
        });
        xml.list(list, of_kind, |xml, entity| entity_detail(entity, entities, xml));
    }
    let managed = shown.iter().filter_map(|detail| match detail {
        Detail::Policy(policy) => Some(*policy),
        Detail::Entity(_) => None,
    });
    xml.list("Policies", managed, |xml, policy| {
        let (attached, boundaries) = shapes::usage(policy, entities);
        shapes::policy(policy, attached, boundaries, xml);
        xml.list("PolicyVersionList", [policy], |xml, policy| shapes::version(policy, xml));
    });
    truncated(page.next.as_deref(), xml);
    Ok(())
}

enum Detail<'e> {
    Entity(&'e Entity),
    Policy(&'e StoredPolicy),
}

fn entity_detail(entity: &Entity, entities: &Entities, xml: &mut Xml) {
    shapes::basics(entity, xml);
    let list = match entity.kind {
        EntityKind::User => "UserPolicyList",
        EntityKind::Group => "GroupPolicyList",
        EntityKind::Role => "RolePolicyList",
    };
    if let Some(trust) = &entity.trust {
        xml.text("AssumeRolePolicyDocument", &shapes::encoded(&crate::entities::document_text(trust, &entities.names)));
    }
    xml.list(list, inline(entity), |xml, policy| {
        xml.text("PolicyName", &policy.name);
        xml.text("PolicyDocument", &shapes::encoded(&policy.document()));
    });
    xml.list("AttachedManagedPolicies", attached(entity), |xml, policy| attached_policy(policy, xml));
    match entity.kind {
        EntityKind::User => xml.texts("GroupList", entity.groups.iter().map(String::as_str)),
        EntityKind::Role => xml.empty("InstanceProfileList"),
        EntityKind::Group => {}
    }
    shapes::boundary(entity, xml);
    shapes::tags(entity, xml);
}

fn inline(entity: &Entity) -> impl Iterator<Item = &StoredPolicy> {
    entity.policies.iter().map(|policy| &**policy).filter(|policy| policy.arn.is_none())
}

/// Names and ARNs of managed policies.
fn attached(entity: &Entity) -> impl Iterator<Item = (&str, &str)> {
    entity.policies.iter().filter_map(|policy| Some((policy.name.as_str(), policy.arn.as_deref()?)))
}

fn attached_policy((name, arn): (&str, &str), xml: &mut Xml) {
    xml.text("PolicyName", name);
    xml.text("PolicyArn", arn);
}

/// A page of a list.
fn page<T>(name: &str, all: &[T], form: &Form, xml: &mut Xml, member: impl FnMut(&mut Xml, &T)) -> Result<(), Fault> {
    let page = parameter::page(form, all.len())?;
    xml.list(name, all.get(page.from..page.to).unwrap_or_default(), member);
    truncated(page.next.as_deref(), xml);
    Ok(())
}

fn truncated(next: Option<&str>, xml: &mut Xml) {
    xml.flag("IsTruncated", next.is_some());
    if let Some(next) = next {
        xml.text("Marker", next);
    }
}
