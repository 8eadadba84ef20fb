//! From `userIdentity` to the principal of the request (*CloudTrail userIdentity element*).

use crate::event::{Event, UserIdentity};
use iameval::{Arn, Principal, PrincipalClass, PrincipalError};

/// Why an event does not tell its caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallerError {
    /// No `userIdentity`, or one without type, ARN and service.
    #[error("the event does not say who called: `userIdentity` has neither `type` nor `arn` nor `invokedBy`")]
    Missing,
    /// A type whose principal stands in a field that the event lacks.
    #[error("the caller is of the type `{kind}`, and the event does not have its {lacking}")]
    Incomplete {
        /// The type.
        kind: String,
        /// What is lacking.
        lacking: &'static str,
    },
    /// A type that is not a principal of IAM.
    #[error("the caller is of the type `{0}`, which policies do not know")]
    Kind(String),
    /// Fields that are not those of a principal, or contradict each other.
    #[error(transparent)]
    Principal(#[from] PrincipalError),
}

const ANONYMOUS: &str = "ANONYMOUS_PRINCIPAL";

/// Who called.
pub(crate) fn caller(event: &Event<'_>) -> Result<Principal, CallerError> {
    let identity = &event.user_identity;
    let is_anonymous = |text: &Option<_>| text.as_deref() == Some(ANONYMOUS);
    if is_anonymous(&identity.account_id) || is_anonymous(&identity.principal_id) {
        return Ok("anonymous".parse()?);
    }
    match identity.kind.as_deref() {
        Some("AssumedRole") => role_session(identity),
        Some("IAMUser") => Ok(of_arn(identity)?.parse()?),
        Some("Root") => root(event),
        Some("FederatedUser") => federated_user(identity),
        Some("Role") => Ok(Principal::of_class(PrincipalClass::Role, of_arn(identity)?)?),
        Some("AWSService") => match identity.invoked_by.as_deref() {
            Some(service) => self::service(service),
            None => Err(lacks(identity, "service, `invokedBy`")),
        },
        Some("WebIdentityUser") => web_identity(identity),
        Some("SAMLUser") => saml(event),
        // The account is known and the principal is not, unless there is an ARN.
        Some("AWSAccount") => Ok(of_arn(identity)?.parse()?),
        Some(kind) => Err(CallerError::Kind(kind.into())),
        None => match (identity.arn.as_deref(), identity.invoked_by.as_deref()) {
            (Some(arn), _) if arn.contains(":assumed-role/") => role_session(identity),
            (Some(arn), _) => Ok(arn.parse()?),
            (None, Some(service)) => self::service(service),
            (None, None) => Err(CallerError::Missing),
        },
    }
}

fn lacks(identity: &UserIdentity<'_>, lacking: &'static str) -> CallerError {
    CallerError::Incomplete { kind: identity.kind.as_deref().unwrap_or_default().into(), lacking }
}

fn of_arn<'i>(identity: &'i UserIdentity<'_>) -> Result<&'i str, CallerError> {
    identity.arn.as_deref().ok_or_else(|| lacks(identity, "ARN"))
}

/// A role session, with the role's path where the issuer tells it. Without a session ARN, the role.
fn role_session(identity: &UserIdentity<'_>) -> Result<Principal, CallerError> {
    let issuer = identity.issuer_arn.as_deref().filter(|arn| arn.contains(":role/"));
    let Some(arn) = identity.arn.as_deref() else {
        let role = issuer.ok_or_else(|| lacks(identity, "ARN"))?;
        return Ok(Principal::of_class(PrincipalClass::Role, role)?);
    };
    let mut session: Principal = arn.parse()?;
    if let Some(role) = issuer {
        session = session.with_role(role.parse::<Arn>().map_err(PrincipalError::from)?)?;
    }
    match identity.federated_provider.as_deref() {
        Some(provider) => Ok(session.with_provider(provider)?),
        None => Ok(session),
    }
}

fn root(event: &Event<'_>) -> Result<Principal, CallerError> {
    let identity = &event.user_identity;
    let root: Principal = match (identity.arn.as_deref(), identity.account_id.as_deref()) {
        (Some(arn), _) => arn.parse()?,
        (None, Some(account)) => format!("arn:{}:iam::{account}:root", event.partition()).parse()?,
        (None, None) => return Err(lacks(identity, "account")),
    };
    if identity.assumed_root == Some(true) { Ok(root.with_assumed_root()?) } else { Ok(root) }
}

fn federated_user(identity: &UserIdentity<'_>) -> Result<Principal, CallerError> {
    let federated: Principal = of_arn(identity)?.parse()?;
    match identity.issuer_arn.as_deref().filter(|arn| arn.contains(":user/")) {
        Some(user) => Ok(federated.with_user(user.parse::<Arn>().map_err(PrincipalError::from)?)?),
        None => Ok(federated),
    }
}

/// `AWS Internal` and so on are not services that a policy could name.
fn service(name: &str) -> Result<Principal, CallerError> {
    Ok(Principal::of_class(PrincipalClass::Service, name.parse::<Principal>()?.id().unwrap_or(name))?)
}

/// `identityProvider` is the host of a built-in provider, or the ARN of one of the account.
fn web_identity(identity: &UserIdentity<'_>) -> Result<Principal, CallerError> {
    let from_id =
        || identity.principal_id.as_deref().and_then(|id| id.split(':').next()).filter(|host| host.contains('.'));
    let provider = identity.identity_provider.as_deref().or_else(from_id);
    let provider = provider.ok_or_else(|| lacks(identity, "identity provider"))?;
    Ok(Principal::of_class(PrincipalClass::WebIdentity, provider)?)
}

/// `AssumeRoleWithSAML` names the provider in its parameters; `userIdentity` has its issuer, which policies do not know.
fn saml(event: &Event<'_>) -> Result<Principal, CallerError> {
    let parameters = event.request_parameters();
    let provider = parameters.get("principalArn").as_text();
    let provider = provider.ok_or_else(|| lacks(&event.user_identity, "provider, `requestParameters.principalArn`"))?;
    Ok(Principal::of_class(PrincipalClass::Saml, provider)?)
}
