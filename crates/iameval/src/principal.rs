//! Who asks.

use crate::keyword::keywords;
use crate::name::{AccountId, Arn, ParseAccountIdError, ParseArnError};
use std::fmt;
use std::str::FromStr;

/// The principal of a request.
///
/// Made from a text; what the text cannot say is added with the `with_…` methods.
///
/// ```
/// use iameval::Principal;
///
/// let user: Principal = "arn:aws:iam::123456789012:user/ops/john".parse().unwrap();
/// assert_eq!(user.account().unwrap().to_string(), "123456789012");
///
/// let session: Principal = "arn:aws:sts::123456789012:assumed-role/Deploy/build-7".parse().unwrap();
/// let session = session.with_role("arn:aws:iam::123456789012:role/ci/Deploy".parse().unwrap()).unwrap();
/// assert_eq!(session.principal_arn(), Some("arn:aws:iam::123456789012:role/ci/Deploy"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    pub(crate) kind: PrincipalKind,
    pub(crate) account: Option<AccountId>,
    pub(crate) canonical_user_id: Option<Box<str>>,
    pub(crate) organization_id: Option<Box<str>>,
    /// `None` where it is not said.
    pub(crate) in_management_account: Option<bool>,
    /// `None` where it is not said.
    pub(crate) delegated_administrator: Option<bool>,
    pub(crate) service_linked_role: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum PrincipalKind {
    User {
        arn: Arn,
        long_term_credentials: Option<bool>,
    },
    /// `role` is the role with its path, when it is known.
    RoleSession {
        arn: Arn,
        role_name: Box<str>,
        role: Option<Arn>,
        provider: Option<Box<str>>,
    },
    /// A session of the role whose name is not known.
    Role {
        arn: Arn,
    },
    FederatedUser {
        arn: Arn,
        user: Option<Arn>,
    },
    Root {
        arn: Arn,
        assumed: bool,
    },
    Service {
        name: Box<str>,
    },
    WebIdentity {
        provider: Box<str>,
    },
    Saml {
        provider: Box<str>,
    },
    CanonicalUser {
        id: Box<str>,
    },
    Anonymous,
    /// Some IAM user of the resource's account whom no policy names.
    Unnamed,
}

/// The types of principals, as native requests name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrincipalClass {
    /// An IAM user, also with `GetSessionToken` credentials.
    User,
    /// A role session whose name is known.
    RoleSession,
    /// A session of a role, its name not known.
    Role,
    /// A `GetFederationToken` session.
    FederatedUser,
    /// The root user of an account.
    Root,
    /// An AWS service.
    Service,
    /// Someone signed in with an OIDC provider, without an AWS session yet.
    WebIdentity,
    /// Someone signed in with a SAML provider, without an AWS session yet.
    Saml,
    /// A caller known by its canonical user id alone.
    CanonicalUser,
    /// An unsigned request.
    Anonymous,
}

/// A text or a combination that is not a principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrincipalError {
    /// No known form.
    #[error(
        "`{0}` is not a principal: expected the ARN of a user, role, assumed-role session, federated user or root, an AWS \
         service such as `ec2.amazonaws.com`, an identity provider, or `anonymous`"
    )]
    Form(String),
    /// An ARN of another service or type.
    #[error(
        "`{0}` is not the ARN of a principal: users, roles and root are `arn:aws:iam::ACCOUNT:…`, sessions `arn:aws:sts::ACCOUNT:…`"
    )]
    NotPrincipalArn(String),
    /// The ARN has no account.
    #[error("`{arn}` has no account: {source}")]
    Account {
        /// The ARN.
        arn: String,
        /// What is wrong with its account part.
        source: ParseAccountIdError,
    },
    /// The text starts like an ARN and is none.
    #[error(transparent)]
    Arn(#[from] ParseArnError),
    /// A property that principals of this type do not have.
    #[error("`{property}` is for {wanted}, not for `{principal}`")]
    Property {
        /// The property.
        property: &'static str,
        /// Who has it.
        wanted: &'static str,
        /// The principal.
        principal: String,
    },
    /// Two statements about the principal that exclude each other.
    #[error("`{principal}` does not fit {other}")]
    Contradiction {
        /// The principal.
        principal: String,
        /// What it contradicts.
        other: String,
    },
}

impl Principal {
    fn new(kind: PrincipalKind, account: Option<AccountId>) -> Self {
        Self {
            kind,
            account,
            canonical_user_id: None,
            organization_id: None,
            in_management_account: None,
            delegated_administrator: None,
            service_linked_role: None,
        }
    }

    /// Some IAM user of the resource's account whom no policy names.
    pub fn unnamed() -> Self {
        Self::new(PrincipalKind::Unnamed, None)
    }

    /// The same as [`Principal::unnamed`], in an account that is known.
    pub fn unnamed_in(account: AccountId) -> Self {
        Self::new(PrincipalKind::Unnamed, Some(account))
    }

    /// Reads a principal whose type the text does not tell, or tells differently.
    ///
    /// # Errors
    /// When the text is not a principal of that type.
    pub fn of_class(class: PrincipalClass, id: &str) -> Result<Self, PrincipalError> {
        let bare = |kind| Ok(Self::new(kind, None));
        match class {
            PrincipalClass::Service => return bare(PrincipalKind::Service { name: id.into() }),
            PrincipalClass::CanonicalUser => return bare(PrincipalKind::CanonicalUser { id: id.into() }),
            PrincipalClass::WebIdentity if !id.starts_with("arn:") => {
                return bare(PrincipalKind::WebIdentity { provider: id.into() });
            }
            _ => {}
        }
        let principal: Self = id.parse()?;
        if principal.class() == Some(class) {
            return Ok(principal);
        }
        let other = format!("the type `{}`", class.as_str());
        Err(PrincipalError::Contradiction { principal: id.into(), other })
    }

    /// What type of principal it is; `None` for the unnamed user.
    pub fn class(&self) -> Option<PrincipalClass> {
        Some(match self.kind {
            PrincipalKind::User { .. } => PrincipalClass::User,
            PrincipalKind::RoleSession { .. } => PrincipalClass::RoleSession,
            PrincipalKind::Role { .. } => PrincipalClass::Role,
            PrincipalKind::FederatedUser { .. } => PrincipalClass::FederatedUser,
            PrincipalKind::Root { .. } => PrincipalClass::Root,
            PrincipalKind::Service { .. } => PrincipalClass::Service,
            PrincipalKind::WebIdentity { .. } => PrincipalClass::WebIdentity,
            PrincipalKind::Saml { .. } => PrincipalClass::Saml,
            PrincipalKind::CanonicalUser { .. } => PrincipalClass::CanonicalUser,
            PrincipalKind::Anonymous => PrincipalClass::Anonymous,
            PrincipalKind::Unnamed => return None,
        })
    }

    /// The account of the principal, when it has one.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// The ARN, or the name of the service or provider, that the principal was made from.
    pub fn id(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::User { arn, .. }
            | PrincipalKind::RoleSession { arn, .. }
            | PrincipalKind::Role { arn }
            | PrincipalKind::FederatedUser { arn, .. }
            | PrincipalKind::Root { arn, .. } => Some(arn.as_str()),
            PrincipalKind::Service { name } => Some(name),
            PrincipalKind::WebIdentity { provider } | PrincipalKind::Saml { provider } => Some(provider),
            PrincipalKind::CanonicalUser { id } => Some(id),
            PrincipalKind::Anonymous => Some("anonymous"),
            PrincipalKind::Unnamed => None,
        }
    }

    /// The value of `aws:PrincipalArn`: for a role session the role (R-CTX-05), when its path is known or it is taken
    /// to have none.
    pub fn principal_arn(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::RoleSession { role: Some(role), .. } => Some(role.as_str()),
            PrincipalKind::RoleSession { role: None, .. } => None,
            PrincipalKind::User { arn, .. }
            | PrincipalKind::Role { arn }
            | PrincipalKind::FederatedUser { arn, .. }
            | PrincipalKind::Root { arn, .. } => Some(arn.as_str()),
            _ => None,
        }
    }

    /// The partition of a principal who has an account, and with it an ARN.
    pub(crate) fn partition(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::User { arn, .. }
            | PrincipalKind::RoleSession { arn, .. }
            | PrincipalKind::Role { arn }
            | PrincipalKind::FederatedUser { arn, .. }
            | PrincipalKind::Root { arn, .. } => Some(arn.partition()),
            _ => None,
        }
    }

    /// The identity provider that a role session signed in with, where it is said.
    pub fn provider(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::RoleSession { provider, .. } => provider.as_deref(),
            _ => None,
        }
    }

    /// The canonical id of the account, by which S3 names it, where it is said.
    pub fn canonical_user_id(&self) -> Option<&str> {
        self.canonical_user_id.as_deref()
    }

    /// The name of an IAM user, without its path: the value of `aws:username`.
    pub fn user_name(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::User { arn, .. } => {
                let resource = arn.resource();
                resource.get(memchr::memrchr(b'/', resource.as_bytes()).map_or(0, |slash| slash + 1)..)
            }
            _ => None,
        }
    }

    /// Whether no SCP and no RCP applies because the principal is a service-linked role (R-ORG-04).
    pub fn is_service_linked_role(&self) -> bool {
        let role = match &self.kind {
            PrincipalKind::Role { arn } | PrincipalKind::RoleSession { role: Some(arn), .. } => Some(arn),
            _ => None,
        };
        let by_path = || role.is_some_and(|role| role.resource().starts_with("role/aws-service-role/"));
        self.service_linked_role.unwrap_or_else(by_path)
    }

    /// The same principal in an account, for those whose id has none.
    ///
    /// # Errors
    /// When the id names another account.
    pub fn with_account(mut self, account: AccountId) -> Result<Self, PrincipalError> {
        match self.account {
            Some(own) if own != account => Err(self.contradiction(format!("the account {account}"))),
            _ => {
                self.account = Some(account);
                Ok(self)
            }
        }
    }

    /// The role behind a role session, with its path.
    ///
    /// # Errors
    /// When this is not a role session, or the role has another name or account.
    pub fn with_role(mut self, role: Arn) -> Result<Self, PrincipalError> {
        let error = self.contradiction(format!("the role `{role}`"));
        let not_a_session = self.property("role", "role sessions");
        let PrincipalKind::RoleSession { arn, role_name, role: known, .. } = &mut self.kind else {
            return Err(not_a_session);
        };
        let path = role.resource().strip_prefix("role/");
        let same = path.and_then(|path| path.rsplit('/').next()) == Some(&**role_name)
            && (role.partition(), role.service(), role.account()) == (arn.partition(), "iam", arn.account());
        if !same {
            return Err(error);
        }
        *known = Some(role);
        Ok(self)
    }

    /// The IAM user behind a federated user.
    ///
    /// # Errors
    /// When this is not a federated user, or the user is of another account.
    pub fn with_user(mut self, user: Arn) -> Result<Self, PrincipalError> {
        let error = self.contradiction(format!("the user `{user}`"));
        let not_federated = self.property("user", "federated users");
        let PrincipalKind::FederatedUser { arn, user: known } = &mut self.kind else {
            return Err(not_federated);
        };
        if !user.resource().starts_with("user/") || user.service() != "iam" || user.account() != arn.account() {
            return Err(error);
        }
        *known = Some(user);
        Ok(self)
    }

    /// The identity provider that a role session signed in with.
    ///
    /// # Errors
    /// When this is not a role session.
    pub fn with_provider(mut self, name: &str) -> Result<Self, PrincipalError> {
        let error = self.property("provider", "role sessions");
        let PrincipalKind::RoleSession { provider, .. } = &mut self.kind else { return Err(error) };
        *provider = Some(name.into());
        Ok(self)
    }

    /// An IAM user that signs with access keys that do not expire. Where neither this nor
    /// [`with_temporary_credentials`](Self::with_temporary_credentials) is said, it follows from the context (R-SVC-06).
    ///
    /// # Errors
    /// When this is no IAM user.
    pub fn with_long_term_credentials(mut self) -> Result<Self, PrincipalError> {
        *self.long_term_credentials()? = Some(true);
        Ok(self)
    }

    /// An IAM user that signs with the credentials of a session.
    ///
    /// # Errors
    /// When this is no IAM user.
    pub fn with_temporary_credentials(mut self) -> Result<Self, PrincipalError> {
        *self.long_term_credentials()? = Some(false);
        Ok(self)
    }

    fn long_term_credentials(&mut self) -> Result<&mut Option<bool>, PrincipalError> {
        let error = self.property("long_term_credentials", "IAM users");
        match &mut self.kind {
            PrincipalKind::User { long_term_credentials, .. } => Ok(long_term_credentials),
            _ => Err(error),
        }
    }

    /// A root session made with `sts:AssumeRoot` (R-SVC-15).
    ///
    /// # Errors
    /// When this is not a root user.
    pub fn with_assumed_root(mut self) -> Result<Self, PrincipalError> {
        let error = self.property("assumed_root", "the root user");
        let PrincipalKind::Root { assumed, .. } = &mut self.kind else { return Err(error) };
        *assumed = true;
        Ok(self)
    }

    /// The canonical user id of the principal's account, which a `CanonicalUser` element matches.
    #[must_use]
    pub fn with_canonical_user_id(mut self, id: &str) -> Self {
        self.canonical_user_id = Some(id.into());
        self
    }

    /// The organization of the principal's account.
    #[must_use]
    pub fn with_organization_id(mut self, id: &str) -> Self {
        self.organization_id = Some(id.into());
        self
    }

    /// A principal of the management account of its organization, to which no SCP applies. Where neither this nor
    /// [`in_member_account`](Self::in_member_account) is said, SCPs apply, and what only the management account may call is
    /// a note (R-SVC-24).
    #[must_use]
    pub fn in_management_account(mut self) -> Self {
        self.in_management_account = Some(true);
        self
    }

    /// A principal of an account that is not the management account of an organization.
    #[must_use]
    pub fn in_member_account(mut self) -> Self {
        self.in_management_account = Some(false);
        self
    }

    /// A principal of an account that is a delegated administrator for the service of the action (R-SVC-23, R-SVC-24).
    #[must_use]
    pub fn with_delegated_administrator(mut self) -> Self {
        self.delegated_administrator = Some(true);
        self
    }

    /// A principal of an account that is not a delegated administrator for the service of the action.
    #[must_use]
    pub fn without_delegated_administrator(mut self) -> Self {
        self.delegated_administrator = Some(false);
        self
    }

    /// A service-linked role, whatever its path. Otherwise the path says which roles are service-linked.
    #[must_use]
    pub fn as_service_linked_role(mut self) -> Self {
        self.service_linked_role = Some(true);
        self
    }

    /// Not a service-linked role, whatever its path.
    #[must_use]
    pub fn as_ordinary_role(mut self) -> Self {
        self.service_linked_role = Some(false);
        self
    }

    /// Whether policies can be attached to the principal at all. The others live from the resource's side alone.
    pub fn has_policies(&self) -> bool {
        !matches!(
            self.kind,
            PrincipalKind::Service { .. }
                | PrincipalKind::WebIdentity { .. }
                | PrincipalKind::Saml { .. }
                | PrincipalKind::CanonicalUser { .. }
                | PrincipalKind::Anonymous
        )
    }

    /// Whether a user's credentials are long-term ones, where that is said of the user.
    pub fn has_long_term_credentials(&self) -> Option<bool> {
        match self.kind {
            PrincipalKind::User { long_term_credentials, .. } => long_term_credentials,
            _ => None,
        }
    }

    /// Whether it acts through a session that policies may have been passed to (R-EVAL-14): a role or federated session,
    /// a role given in place of a session of it, or a root session made with `AssumeRoot`.
    pub fn is_session(&self) -> bool {
        matches!(
            self.kind,
            PrincipalKind::RoleSession { .. }
                | PrincipalKind::Role { .. }
                | PrincipalKind::FederatedUser { .. }
                | PrincipalKind::Root { assumed: true, .. }
        )
    }

    /// Whether an SCP can bind such a principal (R-ORG-04).
    pub(crate) fn is_bound_by_scps(&self) -> bool {
        let kind = !matches!(
            self.kind,
            PrincipalKind::Service { .. }
                | PrincipalKind::WebIdentity { .. }
                | PrincipalKind::Saml { .. }
                | PrincipalKind::Anonymous
        );
        kind && self.in_management_account != Some(true) && !self.is_service_linked_role()
    }

    fn contradiction(&self, other: String) -> PrincipalError {
        PrincipalError::Contradiction { principal: self.to_string(), other }
    }

    fn property(&self, property: &'static str, wanted: &'static str) -> PrincipalError {
        PrincipalError::Property { property, wanted, principal: self.to_string() }
    }
}

keywords! {
    /// The name in native requests.
    PrincipalClass, "a type of principal" {
        User => "user",
        RoleSession => "role_session",
        Role => "role",
        FederatedUser => "federated_user",
        Root => "root",
        Service => "service",
        WebIdentity => "web_identity",
        Saml => "saml",
        CanonicalUser => "canonical_user",
        Anonymous => "anonymous",
    }
}

impl FromStr for Principal {
    type Err = PrincipalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "anonymous" {
            return Ok(Self::new(PrincipalKind::Anonymous, None));
        }
        if text.starts_with("arn:") {
            return from_arn(text);
        }
        if is_service(text) {
            return Ok(Self::new(PrincipalKind::Service { name: text.into() }, None));
        }
        if is_host(text) {
            return Ok(Self::new(PrincipalKind::WebIdentity { provider: text.into() }, None));
        }
        Err(PrincipalError::Form(text.into()))
    }
}

fn from_arn(text: &str) -> Result<Principal, PrincipalError> {
    let arn: Arn = text.parse()?;
    let account = arn.account().parse().map_err(|source| PrincipalError::Account { arn: text.into(), source });
    let (head, name) = arn.resource().split_once('/').unwrap_or((arn.resource(), ""));
    let session = name.split_once('/').filter(|(role, session)| !role.is_empty() && !session.is_empty());
    let named = !name.is_empty() && !name.ends_with('/');
    let kind = match (arn.service(), head) {
        _ if !arn.region().is_empty() => None,
        ("iam", "root") if name.is_empty() => Some(PrincipalKind::Root { arn: arn.clone(), assumed: false }),
        ("iam", "user") if named => Some(PrincipalKind::User { arn: arn.clone(), long_term_credentials: None }),
        ("iam", "role") if named => Some(PrincipalKind::Role { arn: arn.clone() }),
        ("sts", "assumed-role") => session.map(|(role, _)| PrincipalKind::RoleSession {
            arn: arn.clone(),
            role_name: role.into(),
            role: None,
            provider: None,
        }),
        ("sts", "federated-user") if named => Some(PrincipalKind::FederatedUser { arn: arn.clone(), user: None }),
        ("iam", "oidc-provider") if named => Some(PrincipalKind::WebIdentity { provider: text.into() }),
        ("iam", "saml-provider") if named => Some(PrincipalKind::Saml { provider: text.into() }),
        _ => None,
    };
    let kind = kind.ok_or_else(|| PrincipalError::NotPrincipalArn(text.into()))?;
    // A provider's account is not an account of the caller, who has none yet.
    let provider = matches!(kind, PrincipalKind::WebIdentity { .. } | PrincipalKind::Saml { .. });
    let account = account?;
    Ok(Principal::new(kind, (!provider).then_some(account)))
}

/// `NAME.amazonaws.com`, `.amazonaws.com.cn` and so on.
fn is_service(text: &str) -> bool {
    let known = |name: &str| !name.is_empty() && is_host_text(name);
    text.split_once(".amazonaws.").is_some_and(|(name, suffix)| {
        known(name) && (suffix == "com" || suffix.strip_prefix("com.").is_some_and(|tail| tail.len() == 2))
            || known(name) && matches!(suffix, "eu")
    })
}

/// A host name, perhaps with a path, as identity providers have it.
fn is_host(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && is_host_text(host)
}

fn is_host_text(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id().unwrap_or("an unnamed IAM user"))
    }
}
