//! What is asked: principal, action, resource, context.

use crate::context::{Context, ContextValue};
use crate::layer::{Layer, LayerSet};
use crate::name::{AccountId, Action, Arn, ContextKey};
use crate::principal::{Principal, PrincipalKind};
use crate::service_rules::{ActionRules, ServiceRules};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// One request, ready to be decided as often as wanted.
///
/// ```
/// use iameval::{ContextKey, Mfa, Request};
///
/// let request = Request::builder("iam:ChangePassword".parse().unwrap())
///     .principal("arn:aws:iam::123456789012:user/john".parse().unwrap())
///     .resource("arn:aws:iam::123456789012:user/john")
///     .mfa(Mfa::False)
///     .build();
/// assert_eq!(request.resource(), "arn:aws:iam::123456789012:user/john");
///
/// // What follows from principal and resource is in the context (R-CTX-04).
/// let user_name = request.context().value(&ContextKey::new("aws:username")).unwrap();
/// assert_eq!(user_name.texts().collect::<Vec<_>>(), ["john"]);
/// ```
///
/// Requests that are equal hash equally, so a request can be the key of a cache of decisions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request {
    pub(crate) principal: Principal,
    pub(crate) action: Action,
    pub(crate) resource: Resource,
    pub(crate) context: Context,
    /// The rules inside the program that speak of the action on this resource.
    pub(crate) rules: ActionRules,
    /// Whether the caller has an account, and the resource is in another partition (R-XACC-06).
    pub(crate) is_of_another_partition: bool,
    pub(crate) is_same_account: bool,
    /// The layers whose policies count for such a caller and resource, unless a rule of a service leaves them out (R-EVAL-01).
    pub(crate) bound_by: LayerSet,
    /// Whether rules of services look at such a caller or resource, whatever the action is otherwise.
    pub(crate) may_meet_rules: bool,
}

/// What the action is evaluated on: one literal resource. A `*` in it is an ordinary character (R-RES-09).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Resource {
    pub(crate) text: Box<str>,
    pub(crate) arn: Option<Arn>,
    pub(crate) owner: Owner,
    pub(crate) in_management_account: bool,
}

/// Whose the resource is, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    /// Given, or part of the ARN.
    Known(AccountId),
    /// Taken from the principal, since nothing says otherwise.
    Assumed(AccountId),
    /// The unnamed principal's own account, whichever that is.
    Own,
    /// AWS itself, as of `arn:aws:iam::aws:policy/ReadOnlyAccess`: everyone's own to use, and of no account (R-CTX-13).
    Aws,
    Unknown,
}

/// The state of multi-factor authentication of a request, of which there are three (R-CTX-07).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mfa {
    /// A session that signed in with MFA, so many seconds ago.
    True {
        /// The value of `aws:MultiFactorAuthAge`.
        age_seconds: u64,
    },
    /// Temporary credentials without MFA: the key is there and `false`.
    False,
    /// Long-term access keys: the key is not in the request at all.
    Absent,
}

impl Mfa {
    /// Signed in with MFA just now.
    pub const TRUE: Mfa = Mfa::True { age_seconds: 0 };

    /// Writes the state into a context: both keys are given afterwards, in every state.
    pub fn apply(self, context: &mut Context) {
        static KEYS: LazyLock<[ContextKey; 2]> =
            LazyLock::new(|| ["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"].map(ContextKey::new));
        let values: [Option<ContextValue>; 2] = match self {
            Mfa::True { age_seconds } => [Some(true.into()), Some(age_seconds.into())],
            Mfa::False => [Some(false.into()), None],
            Mfa::Absent => [None, None],
        };
        for (key, value) in KEYS.iter().zip(values) {
            // In whatever spelling it is there.
            context.remove_key(key);
            context.insert_key(key.clone(), value);
        }
    }
}

/// Signed in with MFA just now, or temporary credentials without; no `bool` says that the key is not in the request.
impl From<bool> for Mfa {
    fn from(value: bool) -> Self {
        if value { Mfa::TRUE } else { Mfa::False }
    }
}

/// A text that is not a state of multi-factor authentication.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an MFA state: expected `true`, `true@SECONDS`, `false` or `absent`")]
pub struct ParseMfaError {
    text: Box<str>,
}

/// `true`, `true@SECONDS`, `false` or `absent`.
impl FromStr for Mfa {
    type Err = ParseMfaError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "true" => Ok(Mfa::TRUE),
            "false" => Ok(Mfa::False),
            "absent" => Ok(Mfa::Absent),
            _ => {
                let age = text.strip_prefix("true@").and_then(|age| age.parse().ok());
                age.map(|age_seconds| Mfa::True { age_seconds }).ok_or_else(|| ParseMfaError { text: text.into() })
            }
        }
    }
}

impl fmt::Display for Mfa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mfa::True { age_seconds: 0 } => f.write_str("true"),
            Mfa::True { age_seconds } => write!(f, "true@{age_seconds}"),
            Mfa::False => f.write_str("false"),
            Mfa::Absent => f.write_str("absent"),
        }
    }
}

/// Puts a [`Request`] together.
#[derive(Debug, Clone)]
pub struct RequestBuilder {
    action: Action,
    principal: Option<Principal>,
    resource: Option<Box<str>>,
    resource_account: Option<AccountId>,
    in_management_account: bool,
    context: Context,
    mfa: Option<Mfa>,
    derive: bool,
}

impl Request {
    /// A request of this action; on `*`, by an unnamed user, with nothing given, until the builder is told more.
    pub fn builder(action: Action) -> RequestBuilder {
        RequestBuilder {
            action,
            principal: None,
            resource: None,
            resource_account: None,
            in_management_account: false,
            context: Context::new(),
            mfa: None,
            derive: true,
        }
    }

    /// Who asks.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// What is asked.
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// The resource it is evaluated on, or `*`.
    pub fn resource(&self) -> &str {
        &self.resource.text
    }

    /// The account that owns the resource, when it is known or assumed.
    pub fn resource_account(&self) -> Option<AccountId> {
        match self.resource.owner {
            Owner::Known(account) | Owner::Assumed(account) => Some(account),
            Owner::Own | Owner::Aws | Owner::Unknown => None,
        }
    }

    /// The request context.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The same request in another state of multi-factor authentication.
    #[must_use]
    pub fn with_mfa(&self, mfa: Mfa) -> Self {
        let mut request = self.clone();
        mfa.apply(&mut request.context);
        request
    }

    /// The same request, known not to have these context keys.
    #[must_use]
    pub fn without<'k>(&self, keys: impl IntoIterator<Item = &'k ContextKey>) -> Self {
        let mut request = self.clone();
        for key in keys {
            request.context.insert_absent(key.as_str());
        }
        request
    }

    /// The same request with this value of a context key.
    #[must_use]
    pub fn with_context_key(&self, key: &str, value: impl Into<ContextValue>) -> Self {
        let mut request = self.clone();
        request.context.remove(key);
        request.context.insert(key, value);
        request
    }

    /// The same request in which these keys are not given.
    #[must_use]
    pub fn leaving_open<'k>(&self, keys: impl IntoIterator<Item = &'k ContextKey>) -> Self {
        let mut request = self.clone();
        keys.into_iter().for_each(|key| request.context.remove(key.as_str()));
        request
    }

    /// The request with the keys that `is_multivalued` names holding lists; see [`Context::declare_multivalued`].
    pub fn declare_multivalued(&mut self, is_multivalued: impl Fn(&ContextKey) -> bool) {
        self.context.declare_multivalued(is_multivalued);
    }

    /// Whether principal and resource are of one account. With an unknown owner the request is a cross-account one.
    pub fn is_same_account(&self) -> bool {
        self.is_same_account
    }
}

impl RequestBuilder {
    /// Who asks.
    #[inline]
    #[must_use]
    pub fn principal(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// The resource: an ARN, or `*`.
    #[inline]
    #[must_use]
    pub fn resource(mut self, resource: &str) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// The account that owns the resource, for ARNs that do not name it (S3).
    #[inline]
    #[must_use]
    pub fn resource_account(mut self, account: AccountId) -> Self {
        self.resource_account = Some(account);
        self
    }

    /// The resource belongs to the management account of its organization, where no RCP applies.
    #[inline]
    #[must_use]
    pub fn resource_in_management_account(mut self) -> Self {
        self.in_management_account = true;
        self
    }

    /// The whole context.
    #[inline]
    #[must_use]
    pub fn context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// The value of one context key.
    #[inline]
    #[must_use]
    pub fn context_key(mut self, key: &str, value: impl Into<ContextValue>) -> Self {
        self.context.insert(key, value);
        self
    }

    /// The state of multi-factor authentication; it wins over what the context says.
    #[inline]
    #[must_use]
    pub fn mfa(mut self, mfa: Mfa) -> Self {
        self.mfa = Some(mfa);
        self
    }

    /// Leaves out the context keys that follow from principal and resource, such as `aws:username` (R-CTX-04): the
    /// context is what is given and nothing else. A Deny on such a key then does not apply.
    #[inline]
    #[must_use]
    pub fn without_derived_context(mut self) -> Self {
        self.derive = false;
        self
    }

    /// The request.
    pub fn build(self) -> Request {
        let text = self.resource.unwrap_or_else(|| "*".into());
        let arn: Option<Arn> = text.parse().ok();
        let named = self.resource_account.or_else(|| arn.as_ref()?.account_id());
        let mut principal = self.principal.unwrap_or_else(Principal::unnamed);
        if let PrincipalKind::Unnamed = principal.kind {
            principal.account = principal.account.or(named);
        }
        let owner = match (named, principal.account, &principal.kind) {
            (Some(account), ..) => Owner::Known(account),
            _ if arn.as_ref().is_some_and(|arn| arn.account() == "aws") => Owner::Aws,
            (None, Some(account), _) => Owner::Assumed(account),
            (None, None, PrincipalKind::Unnamed) => Owner::Own,
            (None, None, _) => Owner::Unknown,
        };
        let mut context = self.context;
        if let Some(mfa) = self.mfa {
            mfa.apply(&mut context);
        }
        let resource = Resource { text, arn, owner, in_management_account: self.in_management_account };
        let rules = ServiceRules::embedded().of(&self.action, resource.arn.as_ref());
        let partition = principal.partition().zip(resource.arn.as_ref());
        let is_of_another_partition = partition.is_some_and(|(own, arn)| own != arn.partition());
        let mut request = Request {
            is_same_account: match owner {
                Owner::Known(account) | Owner::Assumed(account) => principal.account == Some(account),
                Owner::Own | Owner::Aws => true,
                Owner::Unknown => false,
            },
            bound_by: LayerSet::of(|layer| counts(layer, &principal, &resource)),
            may_meet_rules: is_of_another_partition || may_meet_rules(&principal, &self.action, resource.arn.as_ref()),
            is_of_another_partition,
            principal,
            action: self.action,
            resource,
            context,
            rules,
        };
        if self.derive {
            KEYS.with(|keys| request.derive(keys));
        }
        request
    }
}

/// Whether policies of that layer count for such a caller and resource, if there are any.
fn counts(layer: Layer, principal: &Principal, resource: &Resource) -> bool {
    let is_root = matches!(principal.kind, PrincipalKind::Root { .. });
    match layer {
        Layer::ServiceControl => principal.is_bound_by_scps(),
        Layer::ResourceControl => !resource.in_management_account && !principal.is_service_linked_role(),
        Layer::Endpoint | Layer::Resource => true,
        Layer::Identity | Layer::PermissionsBoundary => principal.has_policies() && !is_root,
        // R-EVAL-14
        Layer::Session => principal.is_session(),
        // R-EVAL-13: a user and root are taken to act through a session.
        Layer::ScopeDown => principal.has_policies(),
    }
}

/// Whether a rule of a service may speak of the request that speaks of callers or resources rather than of certain actions.
fn may_meet_rules(principal: &Principal, action: &Action, arn: Option<&Arn>) -> bool {
    matches!(principal.kind, PrincipalKind::Root { assumed: true, .. })
        || arn.is_some_and(|arn| match arn.service() {
            "kms" => true,
            "iam" => action.service() == "iam" && (arn.account() == "aws" || arn.resource().starts_with("role/")),
            _ => false,
        })
}

/// The keys that follow from the request.
struct DerivedKeys {
    principal_account: ContextKey,
    principal_arn: ContextKey,
    principal_type: ContextKey,
    user_name: ContextKey,
    user_id: ContextKey,
    organization_id: ContextKey,
    is_service: ContextKey,
    resource_account: ContextKey,
}

thread_local! {
    /// Requests have clones of these, and threads that build many would wait for each other to count them.
    static KEYS: DerivedKeys = DerivedKeys {
        principal_account: ContextKey::new("aws:PrincipalAccount"),
        principal_arn: ContextKey::new("aws:PrincipalArn"),
        principal_type: ContextKey::new("aws:PrincipalType"),
        user_name: ContextKey::new("aws:username"),
        user_id: ContextKey::new("aws:userid"),
        organization_id: ContextKey::new("aws:PrincipalOrgID"),
        is_service: ContextKey::new("aws:PrincipalIsAWSService"),
        resource_account: ContextKey::new("aws:ResourceAccount"),
    };
}

/// How many there are.
pub(crate) const MOST_DERIVED_KEYS: usize = 8;

impl Request {
    /// Adds the context keys that follow from the request (R-CTX-04), unless they are given.
    fn derive(&mut self, keys: &DerivedKeys) {
        let resource_account = self.resource_account();
        let Self { principal, context, .. } = self;
        context.reserve(MOST_DERIVED_KEYS);
        let mut add = |key: &ContextKey, text: Option<&str>| {
            if let Some(text) = text {
                context.insert_if_open(key, text);
            }
        };
        let account = principal.account.as_ref().map(AccountId::as_str);
        add(&keys.principal_account, account);
        add(&keys.principal_arn, derived_principal_arn(principal).as_deref());
        add(
            &keys.principal_type,
            match &principal.kind {
                PrincipalKind::Root { .. } => Some("Account"),
                PrincipalKind::User { .. } | PrincipalKind::Unnamed => Some("User"),
                PrincipalKind::FederatedUser { .. } => Some("FederatedUser"),
                PrincipalKind::RoleSession { .. } | PrincipalKind::Role { .. } => Some("AssumedRole"),
                PrincipalKind::Anonymous => Some("Anonymous"),
                _ => None,
            },
        );
        add(&keys.user_name, principal.user_name());
        let user_id: Option<Cow<'_, str>> = match &principal.kind {
            PrincipalKind::Root { .. } => account.map(Into::into),
            PrincipalKind::FederatedUser { arn, .. } => {
                let name = arn.resource().strip_prefix("federated-user/");
                name.map(|name| format!("{}:{name}", arn.account()).into())
            }
            PrincipalKind::Anonymous => Some("anonymous".into()),
            _ => None,
        };
        add(&keys.user_id, user_id.as_deref());
        add(&keys.organization_id, principal.organization_id.as_deref());
        add(
            &keys.is_service,
            match principal.kind {
                PrincipalKind::Service { .. } => Some("true"),
                PrincipalKind::Anonymous | PrincipalKind::WebIdentity { .. } | PrincipalKind::Saml { .. } => None,
                _ => Some("false"),
            },
        );
        add(&keys.resource_account, resource_account.as_ref().map(AccountId::as_str));
    }
}

/// For a role session whose role is not given, the role without a path; a note tells when a policy tests it (R-CTX-05).
fn derived_principal_arn(principal: &Principal) -> Option<Cow<'_, str>> {
    match &principal.kind {
        PrincipalKind::RoleSession { arn, role_name, role: None, .. } => {
            Some(format!("arn:{}:iam::{}:role/{role_name}", arn.partition(), arn.account()).into())
        }
        _ => principal.principal_arn().map(Into::into),
    }
}
