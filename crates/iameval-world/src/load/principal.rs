//! The fields of a principal in a world file.

use super::context::read_tags;
use super::definition::{Definition, OVERRIDE};
use super::file::{Checked, Result, items};
use super::loader::Loader;
use super::who::WhoFields;
use crate::builder::Kind;
use crate::codes;
use crate::model::principal::{PrincipalParts, can_have, plural, whose};
use iameval::json::fields::{boolean, fields, invalid, text};
use iameval::json::{Node, Value};
use iameval::{Diagnostic, Principal};

/// The fields of a principal; the first six, [`KINDS`](super::who::KINDS), say who it is.
const FIELDS: [&str; 22] = [
    "user",
    "role",
    "federated",
    "service",
    "root",
    "anonymous",
    "session",
    "groups",
    "policies",
    "boundary",
    "session_policies",
    "scope_down",
    "trust",
    "tags",
    "session_tags",
    "id",
    "provider",
    "long_term_credentials",
    "assumed_root",
    "canonical_user_id",
    "service_linked_role",
    OVERRIDE,
];

/// Reads a principal into the world.
pub(super) fn principal(loader: &mut Loader<'_>, definition: Definition<'_>) -> Result<()> {
    let Definition { file, member, .. } = definition;
    let error = |diagnostic| file.error(diagnostic);
    let name: &str = &member.key;
    let all = fields(&member.value, "a principal", FIELDS).map_err(error)?;
    let [user, role, federated, service, root, anonymous, session, groups, policies, rest @ ..] = all;
    let [boundary, session_policies, scope_down, trust, tags, session_tags, id, provider, rest @ ..] = rest;
    let [long_term, assumed_root, canonical_user_id, service_linked_role, _] = rest;
    let who = WhoFields { definition, session };
    let principal = who.principal([user, role, federated, service, root, anonymous]).map_err(error)?;
    let principal = with_properties(principal, provider, long_term, assumed_root).map_err(error)?;
    let given = [
        ("session", session),
        ("groups", groups),
        ("policies", policies),
        ("boundary", boundary),
        ("session_policies", session_policies),
        ("scope_down", scope_down),
        ("trust", trust),
        ("tags", tags),
        ("session_tags", session_tags),
        ("id", id),
    ];
    for (field, node) in given {
        let Some(node) = node else { continue };
        let class = principal.class();
        let assumed = assumed_root.is_some_and(|node| node.value == Value::Bool(true));
        if let Some(who) = class.filter(|class| !can_have(*class, assumed, field)) {
            let wrong = invalid(node.span, format!("`{field}` is not for {}", plural(who))).with_help(whose(field));
            return Err(error(wrong));
        }
    }
    if let (Some(node), Some(Node { value: Value::Bool(true), .. })) = (scope_down, long_term) {
        let wrong = invalid(node.span, "long-term credentials cannot be scoped down")
            .with_help("remove `long_term_credentials` or `scope_down`");
        return Err(error(wrong));
    }
    let texts = |node: Option<&Node<'_>>, what| node.map(|node| text(node, what).map(str::to_owned)).transpose();
    let mut parts = PrincipalParts::new(principal);
    parts.canonical_user_id = texts(canonical_user_id, "`canonical_user_id`").map_err(error)?;
    let linked = service_linked_role.map(|node| boolean(node, "`service_linked_role`"));
    parts.service_linked_role = linked.transpose().map_err(error)?;
    parts.policies = loader.list(file, &format!("{name}:"), policies)?;
    for node in items(groups) {
        let group = text(node, "a group").map_err(error)?;
        if !loader.world.has_group(group) {
            return Err(loader.world.undefined(Kind::Group, group, &file.place(node.span)).into());
        }
        parts.groups.push(group.into());
    }
    let boundaries: Vec<&Node<'static>> = items(boundary).collect();
    match boundaries.as_slice() {
        [] => {}
        [one] => parts.boundary = Some(loader.attach(file, &format!("{name}:boundary"), one)?),
        _ => {
            let span = boundary.map_or(member.key_span, |node| node.span);
            return Err(error(invalid(span, "a principal can have at most one permissions boundary")));
        }
    }
    parts.session_policies = loader.list(file, &format!("{name}:session"), session_policies)?;
    parts.scope_down = loader.list(file, &format!("{name}:scope-down"), scope_down)?;
    parts.trust = trust.map(|node| loader.attach(file, &format!("{name}:trust"), node)).transpose()?;
    parts.tags = read_tags(tags).map_err(error)?;
    parts.session_tags = read_tags(session_tags).map_err(error)?;
    parts.unique_id = texts(id, "`id`").map_err(error)?;
    parts.provider = texts(provider, "`provider`").map_err(error)?;
    Ok(loader.world.principal(name, parts, &definition.place())?)
}

fn with_properties(
    principal: Principal,
    provider: Option<&Node<'_>>,
    long_term: Option<&Node<'_>>,
    assumed_root: Option<&Node<'_>>,
) -> Checked<Principal> {
    let refuse = |node: &Node<'_>| {
        let span = node.span;
        move |error: iameval::PrincipalError| Diagnostic::new(codes::INVALID_CALLER, span, error.to_string())
    };
    let mut principal = principal;
    if let Some(node) = provider {
        principal = principal.with_provider(text(node, "`provider`")?).map_err(refuse(node))?;
    }
    if let Some(node) = long_term {
        let long_term = boolean(node, "`long_term_credentials`")?;
        let told =
            if long_term { principal.with_long_term_credentials() } else { principal.with_temporary_credentials() };
        principal = told.map_err(refuse(node))?;
    }
    if let Some(node) = assumed_root
        && boolean(node, "`assumed_root`")?
    {
        principal = principal.with_assumed_root().map_err(refuse(node))?;
    }
    Ok(principal)
}
