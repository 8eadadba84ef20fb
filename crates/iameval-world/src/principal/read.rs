//! The fields of a principal in a world file.

use super::who::Who;
use super::{Details, Parts};
use crate::context::read_tags;
use crate::definition::{Definition, OVERRIDE};
use crate::file::{Checked, Result, items};
use crate::load::Loader;
use iameval::json::fields::{boolean, fields, invalid, text};
use iameval::json::{Node, Value};
use iameval::{Code, Diagnostic, PolicyKind, Principal, PrincipalClass};

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

impl Loader<'_> {
    pub(crate) fn principal(&mut self, definition: Definition<'_>) -> Result<()> {
        let Definition { file, member } = definition;
        let error = |diagnostic| file.error(diagnostic);
        let name: &str = &member.key;
        let all = fields(&member.value, "a principal", FIELDS).map_err(error)?;
        let [user, role, federated, service, root, anonymous, session, groups, policies, rest @ ..] = all;
        let [boundary, session_policies, scope_down, trust, tags, session_tags, id, provider, rest @ ..] = rest;
        let [long_term, assumed_root, canonical_user_id, service_linked_role, _] = rest;
        let who = Who { definition, session };
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
            if let Some(who) = class.filter(|class| !has(*class, assumed, field)) {
                let mut wrong = invalid(node.span, format!("`{field}` is not for {}", plural(who)));
                wrong.help = Some(whose(field).into());
                return Err(error(wrong));
            }
        }
        if let (Some(node), Some(Node { value: Value::Bool(true), .. })) = (scope_down, long_term) {
            let mut wrong = invalid(node.span, "long-term credentials cannot be scoped down");
            wrong.help = Some("leave out `long_term_credentials`, or `scope_down`".into());
            return Err(error(wrong));
        }
        let details = read_details(canonical_user_id, service_linked_role).map_err(error)?;
        let mut parts = Parts { details, ..Parts::new(principal) };
        parts.policies = self.policy_list(file, &format!("{name}:"), policies, PolicyKind::Identity)?;
        for node in items(groups) {
            let group = text(node, "a group").map_err(error)?;
            if !self.groups.contains_key(group) {
                return Err(file.unknown("group", group, node.span, self.groups.keys()));
            }
            parts.groups.push(group.into());
        }
        let boundaries: Vec<&Node<'static>> = items(boundary).collect();
        match boundaries.as_slice() {
            [] => {}
            [one] => {
                let place = format!("{name}:boundary");
                parts.boundary = Some(self.attach(file, &place, one, PolicyKind::PermissionsBoundary)?);
            }
            _ => {
                let span = boundary.map_or(member.key_span, |node| node.span);
                return Err(error(invalid(span, "a principal has one permissions boundary at most")));
            }
        }
        parts.session_policies =
            self.policy_list(file, &format!("{name}:session"), session_policies, PolicyKind::Session)?;
        parts.scope_down = self.policy_list(file, &format!("{name}:scope-down"), scope_down, PolicyKind::ScopeDown)?;
        if let Some(node) = trust {
            parts.trust = Some(self.attach(file, &format!("{name}:trust"), node, PolicyKind::RoleTrust)?);
        }
        parts.tags = read_tags(tags).map_err(error)?;
        parts.session_tags = read_tags(session_tags).map_err(error)?;
        let texts = |node: Option<&Node<'_>>, what| node.map(|node| text(node, what).map(str::to_owned)).transpose();
        parts.unique_id = texts(id, "`id`").map_err(error)?;
        parts.provider = texts(provider, "`provider`").map_err(error)?;
        self.insert_principal(name, parts);
        Ok(())
    }
}

/// Whether a principal of that class can have the field.
fn has(class: PrincipalClass, assumed_root: bool, field: &str) -> bool {
    use PrincipalClass::{FederatedUser, Role, RoleSession, Root, User};
    let role = matches!(class, Role | RoleSession);
    match field {
        "session" | "trust" => role,
        "groups" => matches!(class, User | FederatedUser),
        "session_tags" => role || class == FederatedUser,
        // R-EVAL-14
        "session_policies" => role || class == FederatedUser || (class == Root && assumed_root),
        "scope_down" => role || matches!(class, User | FederatedUser | Root),
        "id" => role || class == User,
        _ => role || matches!(class, User | FederatedUser),
    }
}

fn whose(field: &str) -> &'static str {
    match field {
        "session" => "it names the session of a `role`",
        "trust" => "a `role` has one",
        "groups" => "a `user` is in groups, and a `federated` session has those of its user",
        "session_tags" => "a `role` or `federated` session has them",
        "session_policies" => {
            "they bind a session of a `role`, a `federated` session (`GetFederationToken`), and `root` with `assumed_root`; \
             other credentials of a user or root are narrowed by `scope_down`"
        }
        "scope_down" => "it narrows sessions of a `role`, `federated` sessions, and credentials of a `user` or `root`",
        "id" => "it is the unique id of a `user` or `role`",
        "tags" => "a `user`, a `role` or a `federated` session has tags",
        _ => "policies are attached to a `user`, a `role`, or the user of a `federated` session",
    }
}

fn plural(class: PrincipalClass) -> &'static str {
    match class {
        PrincipalClass::User => "users",
        PrincipalClass::RoleSession | PrincipalClass::Role => "roles",
        PrincipalClass::FederatedUser => "federated users",
        PrincipalClass::Root => "the root user",
        PrincipalClass::Service => "AWS services",
        PrincipalClass::WebIdentity | PrincipalClass::Saml => "those who sign in with a provider",
        PrincipalClass::CanonicalUser => "canonical users",
        PrincipalClass::Anonymous => "anonymous callers",
    }
}

fn with_properties(
    principal: Principal,
    provider: Option<&Node<'_>>,
    long_term: Option<&Node<'_>>,
    assumed_root: Option<&Node<'_>>,
) -> Checked<Principal> {
    let refuse = |node: &Node<'_>| {
        let span = node.span;
        move |error: iameval::PrincipalError| Box::new(Diagnostic::new(Code::InvalidCaller, span, error.to_string()))
    };
    let mut principal = principal;
    if let Some(node) = provider {
        principal = principal.with_provider(text(node, "`provider`")?).map_err(refuse(node))?;
    }
    if let Some(node) = long_term {
        let value = boolean(node, "`long_term_credentials`")?;
        principal = principal.with_long_term_credentials(value).map_err(refuse(node))?;
    }
    if let Some(node) = assumed_root {
        principal = principal.with_assumed_root(boolean(node, "`assumed_root`")?).map_err(refuse(node))?;
    }
    Ok(principal)
}

fn read_details(canonical_user_id: Option<&Node<'_>>, service_linked_role: Option<&Node<'_>>) -> Checked<Details> {
    let id = canonical_user_id.map(|node| text(node, "`canonical_user_id`").map(str::to_owned));
    let linked = service_linked_role.map(|node| boolean(node, "`service_linked_role`"));
    Ok(Details { canonical_user_id: id.transpose()?, service_linked_role: linked.transpose()? })
}
