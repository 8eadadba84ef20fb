//! The principals of a world, and everything that is attached to them.

use crate::context::{read_tags, tag_context};
use crate::definition::{Definition, OVERRIDE};
use crate::file::{Checked, Result, items};
use crate::load::Loader;
use crate::who::Who;
use crate::{Attached, LoadedPolicy, Via};
use iameval::json::fields::{boolean, fields, invalid, text};
use iameval::json::{Node, Value};
use iameval::{Arn, Code, Context, Diagnostic, PolicyKind, Principal, PrincipalClass};
use std::sync::Arc;

/// A principal with everything that is attached to it.
#[derive(Debug, Clone)]
pub struct WorldPrincipal {
    /// Who it is, with what the world knows of its account.
    pub principal: Principal,
    /// Its identity policies, the groups' after its own.
    pub identity: Vec<Attached>,
    /// Its permissions boundary.
    pub boundary: Option<Attached>,
    /// Policies passed when the session was made.
    pub session: Vec<Attached>,
    /// The trust policy of the role.
    pub trust: Option<Attached>,
    /// The tags of the user or role.
    pub tags: Vec<(String, String)>,
    /// The context keys that follow from who asks, beside those that the engine derives.
    pub context: Context,
    /// Which principal of the world it is, or is a session of.
    pub(crate) number: Option<usize>,
    unique_id: Option<String>,
}

/// A principal before its account is looked up; its policies are policies of the world.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) principal: Principal,
    /// The unique id: `AIDA…` of a user, `AROA…` of a role.
    pub(crate) unique_id: Option<String>,
    pub(crate) policies: Vec<Arc<LoadedPolicy>>,
    /// Names of groups.
    pub(crate) groups: Vec<String>,
    pub(crate) boundary: Option<Arc<LoadedPolicy>>,
    pub(crate) session_policies: Vec<Arc<LoadedPolicy>>,
    pub(crate) trust: Option<Arc<LoadedPolicy>>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) session_tags: Vec<(String, String)>,
    /// The identity provider that a role session signed in with.
    pub(crate) provider: Option<String>,
}

impl Parts {
    /// A principal to which nothing is attached.
    pub(crate) fn new(principal: Principal) -> Self {
        Self {
            principal,
            unique_id: None,
            policies: Vec::new(),
            groups: Vec::new(),
            boundary: None,
            session_policies: Vec::new(),
            trust: None,
            tags: Vec::new(),
            session_tags: Vec::new(),
            provider: None,
        }
    }
}

impl WorldPrincipal {
    /// A principal to which nothing is attached.
    pub(crate) fn new(principal: Principal) -> Self {
        Self {
            principal,
            identity: Vec::new(),
            boundary: None,
            session: Vec::new(),
            trust: None,
            tags: Vec::new(),
            context: Context::new(),
            number: None,
            unique_id: None,
        }
    }

    /// The session of that ARN, when this is a role without a session and the session is one of it.
    pub(crate) fn session(&self, session: &Principal) -> Option<Self> {
        let role: Arn = self.principal.id()?.parse().ok()?;
        let principal = session.clone().with_role(role).ok()?;
        let mut of_session = Self { principal, ..self.clone() };
        of_session.tell_user_id();
        Some(of_session)
    }

    /// Says the value of `aws:userid`, where it is known (R-CTX-04).
    fn tell_user_id(&mut self) {
        let Some(unique) = &self.unique_id else { return };
        let id = self.principal.id().unwrap_or_default();
        match self.principal.class() {
            Some(PrincipalClass::User) => self.context.insert("aws:userid", unique.as_str()),
            Some(PrincipalClass::RoleSession) => {
                let session = id.splitn(3, '/').nth(2).unwrap_or_default();
                self.context.insert("aws:userid", format!("{unique}:{session}"));
            }
            _ => {}
        }
    }
}

/// The fields of a principal; the first six, [`KINDS`](crate::who::KINDS), say who it is.
const FIELDS: [&str; 21] = [
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
        let name: &str = &member.key;
        let all = fields(&member.value, "a principal", FIELDS).map_err(|error| file.error(error))?;
        let [user, role, federated, service, root, anonymous, session, groups, policies, rest @ ..] = all;
        let [boundary, session_policies, trust, tags, session_tags, id, provider, rest @ ..] = rest;
        let [long_term, assumed_root, canonical_user_id, service_linked_role, _] = rest;
        let who = Who { definition, session };
        let mut principal =
            who.principal([user, role, federated, service, root, anonymous]).map_err(|error| file.error(error))?;
        principal = with_details(principal, provider, long_term, assumed_root, canonical_user_id, service_linked_role)
            .map_err(|error| file.error(error))?;
        let given = [
            ("session", session),
            ("groups", groups),
            ("policies", policies),
            ("boundary", boundary),
            ("session_policies", session_policies),
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
                let mut error = invalid(node.span, format!("`{field}` is not for {}", plural(who)));
                error.help = Some(whose(field).into());
                return Err(file.error(error));
            }
        }
        let mut parts = Parts::new(principal);
        parts.policies = self.policy_list(file, &format!("{name}:"), policies, PolicyKind::Identity)?;
        for node in items(groups) {
            let group = text(node, "a group").map_err(|error| file.error(error))?;
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
                return Err(file.error(invalid(span, "a principal has one permissions boundary at most")));
            }
        }
        parts.session_policies =
            self.policy_list(file, &format!("{name}:session"), session_policies, PolicyKind::Session)?;
        if let Some(node) = trust {
            parts.trust = Some(self.attach(file, &format!("{name}:trust"), node, PolicyKind::RoleTrust)?);
        }
        parts.tags = read_tags(tags).map_err(|error| file.error(error))?;
        parts.session_tags = read_tags(session_tags).map_err(|error| file.error(error))?;
        let texts = |node: Option<&Node<'_>>, what| node.map(|node| text(node, what).map(str::to_owned)).transpose();
        parts.unique_id = texts(id, "`id`").map_err(|error| file.error(error))?;
        parts.provider = texts(provider, "`provider`").map_err(|error| file.error(error))?;
        self.insert_principal(name, parts);
        Ok(())
    }

    /// Puts a principal into the world, with what follows from its account.
    pub(crate) fn insert_principal(&mut self, name: &str, parts: Parts) {
        let own = Via::Attached(name.into());
        let attach = |policy: &Arc<LoadedPolicy>, via: &Via| Attached { policy: policy.clone(), via: via.clone() };
        let mut identity: Vec<Attached> = parts.policies.iter().map(|policy| attach(policy, &own)).collect();
        for group in &parts.groups {
            let via = Via::Group(group.clone());
            identity.extend(self.groups.get(group).into_iter().flatten().map(|policy| attach(policy, &via)));
        }
        let kinds = [
            (PolicyKind::Identity, &parts.policies),
            (PolicyKind::PermissionsBoundary, &parts.boundary.iter().cloned().collect()),
            (PolicyKind::Session, &parts.session_policies),
            (PolicyKind::RoleTrust, &parts.trust.iter().cloned().collect()),
        ];
        for (kind, policies) in kinds {
            for policy in policies {
                self.note(policy, kind);
            }
        }
        let mut context = Context::new();
        tag_context(&mut context, "aws:PrincipalTag/", &parts.tags);
        tag_context(&mut context, "aws:PrincipalTag/", &parts.session_tags);
        if let Some(provider) = &parts.provider {
            context.insert("aws:FederatedProvider", provider.as_str());
        }
        let number = self
            .world
            .principals
            .get(name)
            .map_or(self.world.principals.len(), |known| known.number.unwrap_or_default());
        let mut principal = WorldPrincipal {
            principal: parts.principal,
            identity,
            boundary: parts.boundary.as_ref().map(|policy| attach(policy, &own)),
            session: parts.session_policies.iter().map(|policy| attach(policy, &own)).collect(),
            trust: parts.trust.as_ref().map(|policy| attach(policy, &own)),
            tags: parts.tags,
            context,
            number: Some(number),
            unique_id: parts.unique_id,
        };
        principal.tell_user_id();
        self.world.membership.tell(&mut principal);
        self.world.principals.insert(name.into(), principal);
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
        "session_policies" if class == Root => assumed_root,
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
            "a session of a `role`, `user` or `federated` user has them, and `root` with `assumed_root`"
        }
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

fn with_details(
    principal: Principal,
    provider: Option<&Node<'_>>,
    long_term: Option<&Node<'_>>,
    assumed_root: Option<&Node<'_>>,
    canonical_user_id: Option<&Node<'_>>,
    service_linked_role: Option<&Node<'_>>,
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
    if let Some(node) = canonical_user_id {
        principal = principal.with_canonical_user_id(text(node, "`canonical_user_id`")?);
    }
    if let Some(node) = service_linked_role {
        principal = principal.with_service_linked_role(boolean(node, "`service_linked_role`")?);
    }
    Ok(principal)
}
