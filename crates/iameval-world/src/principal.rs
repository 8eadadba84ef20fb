//! The principals of a world, and everything that is attached to them.

mod read;
mod who;

pub(crate) use who::PROVIDERS;

use crate::context::tag_context;
use crate::load::Loader;
use crate::{Attached, LoadedPolicy, Via};
use iameval::{Arn, Context, PolicyKind, Principal, PrincipalClass};
use std::sync::Arc;

/// A principal with everything that is attached to it.
#[derive(Debug, Clone)]
pub struct WorldPrincipal {
    pub(crate) principal: Principal,
    pub(crate) identity: Vec<Attached>,
    pub(crate) boundary: Option<Attached>,
    pub(crate) session: Vec<Attached>,
    pub(crate) scope_down: Vec<Attached>,
    pub(crate) trust: Option<Attached>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) context: Context,
    /// Which principal of the world it is, or is a session of: its policies are put together once.
    pub(crate) number: Option<usize>,
    unique_id: Option<String>,
    /// What a session of the role has in common with it.
    details: Details,
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
            principal = principal.with_service_linked_role(value);
        }
        principal
    }
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
    pub(crate) scope_down: Vec<Arc<LoadedPolicy>>,
    pub(crate) trust: Option<Arc<LoadedPolicy>>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) session_tags: Vec<(String, String)>,
    /// The identity provider that a role session signed in with.
    pub(crate) provider: Option<String>,
    details: Details,
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
            scope_down: Vec::new(),
            trust: None,
            tags: Vec::new(),
            session_tags: Vec::new(),
            provider: None,
            details: Details::default(),
        }
    }
}

impl WorldPrincipal {
    /// Who it is, with what the world knows of its account.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Its identity policies, the groups' after its own.
    pub fn identity(&self) -> &[Attached] {
        &self.identity
    }

    /// Its permissions boundary.
    pub fn boundary(&self) -> Option<&Attached> {
        self.boundary.as_ref()
    }

    /// Policies passed when the session was made.
    pub fn session(&self) -> &[Attached] {
        &self.session
    }

    /// Policies of the `sts:GetScopedCredentials` calls that narrowed its credentials, earliest first; each must allow.
    pub fn scope_down(&self) -> &[Attached] {
        &self.scope_down
    }

    /// The trust policy of the role.
    pub fn trust(&self) -> Option<&Attached> {
        self.trust.as_ref()
    }

    /// The tags of the user or role, without those of the session.
    pub fn tags(&self) -> &[(String, String)] {
        &self.tags
    }

    /// The context keys that follow from who asks, beside those that the engine derives.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// A principal to which nothing is attached.
    pub(crate) fn new(principal: Principal) -> Self {
        Self {
            principal,
            identity: Vec::new(),
            boundary: None,
            session: Vec::new(),
            scope_down: Vec::new(),
            trust: None,
            tags: Vec::new(),
            context: Context::new(),
            number: None,
            unique_id: None,
            details: Details::default(),
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

impl Loader<'_> {
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
            (PolicyKind::ScopeDown, &parts.scope_down),
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
            principal: parts.details.tell(parts.principal),
            identity,
            boundary: parts.boundary.as_ref().map(|policy| attach(policy, &own)),
            session: parts.session_policies.iter().map(|policy| attach(policy, &own)).collect(),
            scope_down: parts.scope_down.iter().map(|policy| attach(policy, &own)).collect(),
            trust: parts.trust.as_ref().map(|policy| attach(policy, &own)),
            tags: parts.tags,
            context,
            number: Some(number),
            unique_id: parts.unique_id,
            details: parts.details,
        };
        principal.tell_user_id();
        self.world.membership.tell(&mut principal);
        self.world.principals.insert(name.into(), principal);
    }
}
