//! Users, groups, roles and policies in the shapes of IAM's answers.

use crate::entities::{Entities, Entity, EntityKind, StoredPolicy, document_text};
use crate::xml::Xml;
use std::fmt::Write;

/// When everything was made.
const DATE: &str = "2020-01-01T00:00:00Z";
/// The version of a policy that there is.
pub(super) const VERSION: &str = "v1";

/// `User`, `Group`, `Role`.
pub(super) fn title(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::User => "User",
        EntityKind::Group => "Group",
        EntityKind::Role => "Role",
    }
}

/// The member that names one.
pub(super) fn name_member(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::User => "UserName",
        EntityKind::Group => "GroupName",
        EntityKind::Role => "RoleName",
    }
}

/// The members that all three have.
pub(super) fn basics(entity: &Entity, xml: &mut Xml) {
    let id = match entity.kind {
        EntityKind::User => "UserId",
        EntityKind::Group => "GroupId",
        EntityKind::Role => "RoleId",
    };
    xml.text("Path", &entity.path);
    xml.text(name_member(entity.kind), &entity.name);
    xml.text(id, &entity.id);
    xml.text("Arn", &entity.arn);
    xml.text("CreateDate", DATE);
}

/// One of the three.
pub(super) fn entity(entity: &Entity, entities: &Entities, xml: &mut Xml) {
    basics(entity, xml);
    if entity.kind == EntityKind::Role {
        let trust = entity.trust.as_deref().map(|trust| document_text(trust, &entities.names)).unwrap_or_default();
        xml.text("AssumeRolePolicyDocument", &encoded(&trust));
        xml.text("MaxSessionDuration", "3600");
    }
    boundary(entity, xml);
    tags(entity, xml);
}

/// The permissions boundary of one, where it has one.
pub(super) fn boundary(entity: &Entity, xml: &mut Xml) {
    if let Some(arn) = entity.boundary.as_ref().and_then(|policy| policy.arn.as_deref()) {
        xml.element("PermissionsBoundary", |xml| {
            xml.text("PermissionsBoundaryType", "Policy");
            xml.text("PermissionsBoundaryArn", arn);
        });
    }
}

/// The tags of one, where it has some.
pub(super) fn tags(entity: &Entity, xml: &mut Xml) {
    if entity.tags.is_empty() {
        return;
    }
    xml.list("Tags", &entity.tags, |xml, (key, value)| {
        xml.text("Key", key);
        xml.text("Value", value);
    });
}

/// How many have a policy attached, and how many have it as their boundary.
pub(super) fn usage(policy: &StoredPolicy, entities: &Entities) -> (u32, u32) {
    let all = || {
        [EntityKind::User, EntityKind::Group, EntityKind::Role].into_iter().flat_map(|kind| entities.all(kind).values())
    };
    let has = |entity: &&Entity| entity.policies.iter().any(|own| own.arn == policy.arn);
    let is_bound = |entity: &&Entity| entity.boundary.as_ref().is_some_and(|own| own.arn == policy.arn);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    (count(all().filter(has).count()), count(all().filter(is_bound).count()))
}

/// A managed policy.
pub(super) fn policy(policy: &StoredPolicy, attached: u32, boundaries: u32, xml: &mut Xml) {
    let arn = policy.arn.as_deref().unwrap_or_default();
    let path = arn.split_once(":policy").map_or("/", |(_, path)| path).strip_suffix(policy.name.as_str());
    xml.text("PolicyName", &policy.name);
    xml.text("PolicyId", &policy.id());
    xml.text("Arn", arn);
    xml.text("Path", path.unwrap_or("/"));
    xml.text("DefaultVersionId", VERSION);
    xml.number("AttachmentCount", attached);
    xml.number("PermissionsBoundaryUsageCount", boundaries);
    xml.flag("IsAttachable", true);
    xml.text("CreateDate", DATE);
    xml.text("UpdateDate", DATE);
}

/// The version of a managed policy.
pub(super) fn version(policy: &StoredPolicy, xml: &mut Xml) {
    xml.text("Document", &encoded(&policy.document()));
    xml.text("VersionId", VERSION);
    xml.flag("IsDefaultVersion", true);
    xml.text("CreateDate", DATE);
}

/// Documents are percent-encoded in answers (RFC 3986).
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
