//! One event, as CloudTrail wrote it.

use crate::denial::Denial;
use crate::request::{EventRequest, RequestError};
use crate::value::Value;
use iameval_data::Catalogue;
use std::borrow::Cow;

/// One event. Texts borrow from what was read, where no escape stands in the way.
///
/// A field that the event does not have, or has as `null`, is `None`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event<'t> {
    /// `eventID`.
    pub id: Option<Cow<'t, str>>,
    /// `eventTime`, such as `2026-03-01T12:00:00Z`.
    pub time: Option<Cow<'t, str>>,
    /// `eventSource`, such as `s3.amazonaws.com`.
    pub source: Cow<'t, str>,
    /// `eventName`, such as `GetObject`.
    pub name: Cow<'t, str>,
    /// `awsRegion`.
    pub region: Option<Cow<'t, str>>,
    /// `recipientAccountId`: the account whose trail has the event.
    pub recipient_account: Option<Cow<'t, str>>,
    /// `sourceIPAddress`: an address, or the name of a service.
    pub source_ip: Option<Cow<'t, str>>,
    /// `userAgent`.
    pub user_agent: Option<Cow<'t, str>>,
    /// `vpcEndpointId`.
    pub vpc_endpoint: Option<Cow<'t, str>>,
    /// `errorCode`.
    pub error_code: Option<Cow<'t, str>>,
    /// `errorMessage`.
    pub error_message: Option<Cow<'t, str>>,
    /// `readOnly`.
    pub read_only: Option<bool>,
    /// `eventType`, such as `AwsApiCall`.
    pub event_type: Option<Cow<'t, str>>,
    /// `userIdentity`.
    pub user_identity: UserIdentity<'t>,
    /// `requestParameters`.
    pub request_parameters: Value<'t>,
    /// `additionalEventData`.
    pub additional_data: Value<'t>,
    /// `resources`.
    pub resources: Vec<EventResource<'t>>,
    /// Whether the call came over TLS, by `tlsDetails`; `None` where the event does not say.
    pub over_tls: Option<bool>,
}

/// `userIdentity`: who called.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct UserIdentity<'t> {
    /// `type`, such as `AssumedRole`.
    pub kind: Option<Cow<'t, str>>,
    /// `principalId`.
    pub principal_id: Option<Cow<'t, str>>,
    /// `arn`.
    pub arn: Option<Cow<'t, str>>,
    /// `accountId`.
    pub account_id: Option<Cow<'t, str>>,
    /// `accessKeyId`.
    pub access_key_id: Option<Cow<'t, str>>,
    /// `userName`.
    pub user_name: Option<Cow<'t, str>>,
    /// `invokedBy`: the service that made the call.
    pub invoked_by: Option<Cow<'t, str>>,
    /// `identityProvider`.
    pub identity_provider: Option<Cow<'t, str>>,
    /// Whether there is a `sessionContext` at all.
    pub has_session: bool,
    /// `sessionContext.sessionIssuer.type`.
    pub issuer_kind: Option<Cow<'t, str>>,
    /// `sessionContext.sessionIssuer.arn`.
    pub issuer_arn: Option<Cow<'t, str>>,
    /// `sessionContext.attributes.creationDate`.
    pub creation_date: Option<Cow<'t, str>>,
    /// `sessionContext.attributes.mfaAuthenticated`.
    pub mfa_authenticated: Option<bool>,
    /// `sessionContext.webIdFederationData.federatedProvider`.
    pub federated_provider: Option<Cow<'t, str>>,
    /// `sessionContext.sourceIdentity`.
    pub source_identity: Option<Cow<'t, str>>,
    /// `sessionContext.ec2RoleDelivery`.
    pub ec2_role_delivery: Option<Cow<'t, str>>,
    /// `sessionContext.assumedRoot`.
    pub assumed_root: Option<bool>,
}

/// One of `resources`: what the call was about, as the service told CloudTrail.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventResource<'t> {
    /// `ARN`.
    pub arn: Option<Cow<'t, str>>,
    /// `accountId`: the owner.
    pub account_id: Option<Cow<'t, str>>,
    /// `type`, such as `AWS::S3::Object`.
    pub kind: Option<Cow<'t, str>>,
}

impl Event<'_> {
    /// Whether authorization refused the call, by its error code or message.
    pub fn is_denied(&self) -> bool {
        todo!()
    }

    /// What AWS wrote about the refusal; `None` for a call that was not refused.
    pub fn denial(&self) -> Option<Denial<'_>> {
        todo!()
    }

    /// What IAM was asked.
    ///
    /// # Errors
    /// When the event is no call that IAM authorizes, or does not tell its caller or action.
    pub fn request(&self, _catalogue: &Catalogue) -> Result<EventRequest, RequestError> {
        todo!()
    }

    /// The same event, borrowing nothing.
    pub fn into_owned(self) -> Event<'static> {
        todo!()
    }
}
