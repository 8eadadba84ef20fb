//! The principals of a world, and everything that is attached to them.

use crate::model::context::tag_context;
use crate::model::origin::Origin;
use crate::model::policy::{Attached, PolicyRef};
use iameval::{Arn, Context, Principal, PrincipalClass};

/// Identity providers that are named by their host; any other has an ARN.
pub(crate) const PROVIDERS: [&str; 4] =
    ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];

/// A principal with everything that is attached to it.
#[derive(Debug, Clone)]
pub struct WorldPrincipal {
    principal: Principal,
    attached: AttachedToPrincipal,
    tags: Vec<(String, String)>,
    context: Context,
    /// Which principal of the world it is, or is a session of: its policies are put together once.
    pub(crate) number: Option<usize>,
    unique_id: Option<String>,
    origin: Option<Origin>,
    /// What a session of the role has in common with it.
    details: Details,
}

/// What is known of the account of a principal.
pub(crate) struct AccountFacts<'a> {
    pub(crate) organization: Option<&'a str>,
    pub(crate) path: Option<&'a str>,
    pub(crate) management: Option<bool>,
    pub(crate) delegated_administrator: Option<bool>,
}

/// The policies of a principal.
#[derive(Debug, Clone, Default)]
pub(crate) struct AttachedToPrincipal {
    pub(crate) identity: Vec<Attached>,
    pub(crate) boundary: Option<Attached>,
    pub(crate) session: Vec<Attached>,
    pub(crate) scope_down: Vec<Attached>,
    pub(crate) trust: Option<Attached>,
}

/// What a principal says about itself that is in no ARN.
#[derive(Debug, Clone, Default)]
struct Details {
    canonical_user_id: Option<String>,
    service_linked_role: Option<bool>,
}

impl Details {
    fn tell(&self, mut principal: Principal) -> Principal {
        if let Some(id) = &self.canonical_user_id {
            principal = principal.with_canonical_user_id(id);
        }
        if let Some(value) = self.service_linked_role {
            principal = if value { principal.as_service_linked_role() } else { principal.as_ordinary_role() };
        }
        principal
    }
}

/// What a principal is made of, for a [`WorldBuilder`](crate::WorldBuilder).
///
/// ```
/// use iameval_world::PrincipalParts;
///
/// let mut parts = PrincipalParts::new("arn:aws:iam::123456789012:user/jane".parse().unwrap());
/// parts.groups.push("Developers".into());
/// parts.tags.push(("team".into(), "billing".into()));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PrincipalParts {
    /// Who it is.
    pub principal: Principal,
    /// The unique id: `AIDA…` of a user, `AROA…` of a role.
    pub unique_id: Option<String>,
    /// Its own identity policies.
    pub policies: Vec<PolicyRef>,
    /// The names of its groups.
    pub groups: Vec<String>,
    /// Its permissions boundary.
    pub boundary: Option<PolicyRef>,
    /// Policies passed when the session was made.
    pub session_policies: Vec<PolicyRef>,
    /// Policies of the `sts:GetScopedCredentials` calls that narrowed its credentials, earliest first.
    pub scope_down: Vec<PolicyRef>,
    /// The trust policy of a role.
    pub trust: Option<PolicyRef>,
    /// The tags of the user or role.
    pub tags: Vec<(String, String)>,
    /// The tags of the session; they stand above those of the role.
    pub session_tags: Vec<(String, String)>,
    /// The identity provider that a role session signed in with.
    pub provider: Option<String>,
    /// The canonical user id of its account.
    pub canonical_user_id: Option<String>,
    /// Whether it is a service-linked role; by default, that follows from its path.
    pub service_linked_role: Option<bool>,
    /// Where infrastructure code defines it, when it does.
    pub origin: Option<Origin>,
}

impl PrincipalParts {
    /// A principal to which nothing is attached.
    pub fn new(principal: Principal) -> Self {
        Self {
            principal,
            unique_id: None,
            policies: Vec::new(),
            groups: Vec::new(),
            boundary: None,
            session_policies: Vec::new(),
            scope_down: Vec::new(),
            trust: None,
            tags: Vec::new(),
            session_tags: Vec::new(),
            provider: None,
            canonical_user_id: None,
            service_linked_role: None,
            origin: None,
        }
    }

    /// The principal that these make; `attached` has what they attach.
    pub(crate) fn into_principal(self, number: usize, attached: AttachedToPrincipal) -> WorldPrincipal {
        let details =
            Details { canonical_user_id: self.canonical_user_id, service_linked_role: self.service_linked_role };
        let mut context = Context::new();
        tag_context(&mut context, "aws:PrincipalTag/", &self.tags);
        tag_context(&mut context, "aws:PrincipalTag/", &self.session_tags);
        if let Some(provider) = &self.provider {
            context.insert("aws:FederatedProvider", provider.as_str());
        }
        let mut principal = WorldPrincipal {
            principal: details.tell(self.principal),
            attached,
            tags: self.tags,
            context,
            number: Some(number),
            unique_id: self.unique_id,
            origin: self.origin,
            details,
        };
        principal.tell_user_id();
        principal
    }

    /// The first field that is set and that principals of its class do not have.
    pub(crate) fn misfit(&self) -> Option<(&'static str, PrincipalClass)> {
        let class = self.principal.class()?;
        let assumed_root = self.principal.is_session();
        let set = [
            ("groups", !self.groups.is_empty()),
            ("policies", !self.policies.is_empty()),
            ("boundary", self.boundary.is_some()),
            ("session_policies", !self.session_policies.is_empty()),
            ("scope_down", !self.scope_down.is_empty()),
            ("trust", self.trust.is_some()),
            ("tags", !self.tags.is_empty()),
            ("session_tags", !self.session_tags.is_empty()),
        ];
        let mut set = set.into_iter().filter(|(_, is_set)| *is_set).map(|(field, _)| field);
        set.find(|field| !can_have(class, assumed_root, field)).map(|field| (field, class))
    }
}

/// Whether a principal of that class can have the field.
pub(crate) fn can_have(class: PrincipalClass, assumed_root: bool, field: &str) -> bool {
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

/// Who has a field, for those who gave it to someone else.
pub(crate) fn whose(field: &str) -> &'static str {
    match field {
        "session" => "it names the session of a `role`",
        "trust" => "a `role` has one",
        "groups" => "a `user` can be in groups, and a `federated` session has those of its user",
        "session_tags" => "a `role` or `federated` session can have them",
        "session_policies" => {
            "they apply to a session of a `role`, a `federated` session (`GetFederationToken`), and `root` with `assumed_root`; other credentials of a user or root are limited by `scope_down`"
        }
        "scope_down" => "it limits sessions of a `role`, `federated` sessions, and credentials of a `user` or `root`",
        "id" => "it is the unique id of a `user` or `role`",
        "tags" => "a `user`, a `role` or a `federated` session can have tags",
        _ => "policies can be attached to a `user`, a `role`, or the user of a `federated` session",
    }
}

/// The principals of a class, in words.
pub(crate) fn plural(class: PrincipalClass) -> &'static str {
    match class {
        PrincipalClass::User => "users",
        PrincipalClass::RoleSession | PrincipalClass::Role => "roles",
        PrincipalClass::FederatedUser => "federated users",
        PrincipalClass::Root => "the root user",
        PrincipalClass::Service => "AWS services",
        PrincipalClass::WebIdentity | PrincipalClass::Saml => "those who sign in with an identity provider",
        PrincipalClass::CanonicalUser => "canonical users",
        PrincipalClass::Anonymous => "anonymous callers",
    }
}

impl WorldPrincipal {
    /// Who it is, with what the world knows of its account.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Its identity policies, the groups' after its own.
    pub fn identity(&self) -> &[Attached] {
        &self.attached.identity
    }

    /// Its permissions boundary.
    pub fn boundary(&self) -> Option<&Attached> {
        self.attached.boundary.as_ref()
    }

    /// Policies passed when the session was made.
    pub fn session(&self) -> &[Attached] {
        &self.attached.session
    }

    /// Policies of the `sts:GetScopedCredentials` calls that narrowed its credentials, earliest first; each must allow.
    pub fn scope_down(&self) -> &[Attached] {
        &self.attached.scope_down
    }

    /// The trust policy of the role.
    pub fn trust(&self) -> Option<&Attached> {
        self.attached.trust.as_ref()
    }

    /// The tags of the user or role, without those of the session.
    pub fn tags(&self) -> &[(String, String)] {
        &self.tags
    }

    /// The context keys that follow from who asks, beside those that the engine derives.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The unique id of the user or role (`AIDA…`, `AROA…`).
    pub fn unique_id(&self) -> Option<&str> {
        self.unique_id.as_deref()
    }

    /// Where infrastructure code defines it, when it does.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// A principal to which nothing is attached.
    pub(crate) fn new(principal: Principal) -> Self {
        Self {
            principal,
            attached: AttachedToPrincipal::default(),
            tags: Vec::new(),
            context: Context::new(),
            number: None,
            unique_id: None,
            origin: None,
            details: Details::default(),
        }
    }

    /// Says what follows from its account.
    pub(crate) fn tell(&mut self, facts: &AccountFacts<'_>) {
        let mut principal = self.principal.clone();
        if let Some(management) = facts.management {
            principal = if management { principal.in_management_account() } else { principal.in_member_account() };
        }
        if let Some(delegated) = facts.delegated_administrator {
            principal = if delegated {
                principal.with_delegated_administrator()
            } else {
                principal.without_delegated_administrator()
            };
        }
        if let Some(id) = facts.organization {
            principal = principal.with_organization_id(id);
        }
        self.principal = principal;
        if let Some(path) = facts.path {
            self.context.insert("aws:PrincipalOrgPaths", [path]);
        }
    }

    /// The session of that ARN, when this is a role without a session and the session is one of it.
    pub(crate) fn session_of(&self, session: &Principal) -> Option<Self> {
        let role: Arn = self.principal.id()?.parse().ok()?;
        let session = session.clone().with_role(role).ok()?;
        let mut of_session = Self { principal: self.details.tell(session), ..self.clone() };
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
