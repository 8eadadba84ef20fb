//! IAM's read-only calls that clients make on the way to a simulation: who is there, and which policies they have.
//!
//! A world does not say when things were made, so everything is as old as a date that never changes.

mod listing;
mod shapes;

use crate::entities::{Entities, Entity, EntityKind, StoredPolicy};
use crate::fault::Fault;
use crate::form::Form;
use crate::parameter;
use crate::xml::Xml;
use std::sync::Arc;

pub(crate) use listing::{
    account_details, attached_policies, entities_list, group, groups_of_user, inline_policies, policies,
};

/// `GetUser`, `GetRole`.
pub(crate) fn entity(kind: EntityKind, form: &Form, entities: &Entities, xml: &mut Xml) -> Result<(), Fault> {
    let entity = named(kind, form, entities)?;
    xml.element(shapes::title(kind), |xml| shapes::entity(entity, entities, xml));
    Ok(())
}

/// `GetPolicy`.
pub(crate) fn policy(form: &Form, entities: &Entities, xml: &mut Xml) -> Result<(), Fault> {
    let policy = managed(form, entities)?;
    let (attached, boundaries) = shapes::usage(policy, entities);
    xml.element("Policy", |xml| shapes::policy(policy, attached, boundaries, xml));
    Ok(())
}

/// `GetPolicyVersion`: there is the default version alone.
pub(crate) fn policy_version(form: &Form, entities: &Entities, xml: &mut Xml) -> Result<(), Fault> {
    let policy = managed(form, entities)?;
    let version = parameter::required(form, "VersionId")?;
    if version != shapes::VERSION {
        let arn = policy.arn.as_deref().unwrap_or_default();
        return Err(Fault::no_such_entity(format!("Policy {arn} version {version} does not exist.")));
    }
    xml.element("PolicyVersion", |xml| shapes::version(policy, xml));
    Ok(())
}

/// `GetUserPolicy`, `GetRolePolicy`, `GetGroupPolicy`.
pub(crate) fn inline_policy(kind: EntityKind, form: &Form, entities: &Entities, xml: &mut Xml) -> Result<(), Fault> {
    let entity = named(kind, form, entities)?;
    let name = parameter::required(form, "PolicyName")?;
    let found = entity.policies.iter().find(|policy| policy.arn.is_none() && policy.name == name);
    let policy = found.ok_or_else(|| {
        let word = kind.word();
        Fault::no_such_entity(format!("The {word} policy with name {name} cannot be found."))
    })?;
    xml.text(shapes::name_member(kind), &entity.name);
    xml.text("PolicyName", name);
    xml.text("PolicyDocument", &shapes::encoded(&policy.document()));
    Ok(())
}

/// The user, group or role that a form names.
fn named<'e>(kind: EntityKind, form: &Form, entities: &'e Entities) -> Result<&'e Entity, Fault> {
    let member = shapes::name_member(kind);
    if kind == EntityKind::User && form.text(member).is_none() {
        let message = "Must specify userName when calling with non-User credentials";
        return Err(Fault::validation_error(message));
    }
    entities.find(kind, parameter::required(form, member)?)
}

/// The managed policy that a form names.
fn managed<'e>(form: &Form, entities: &'e Entities) -> Result<&'e Arc<StoredPolicy>, Fault> {
    let arn = parameter::required(form, "PolicyArn")?;
    entities
        .managed
        .get(arn)
        .ok_or_else(|| Fault::no_such_entity(format!("Policy {arn} does not exist or is not attachable.")))
}
