//! One event, as CloudTrail wrote it.

use crate::row_text::in_text;
use crate::value::Value;
use iameval_data::partition_of_region;
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
    /// `resources`.
    pub resources: Vec<EventResource<'t>>,
    /// Whether the call came over TLS, by `tlsDetails`; `None` where the event does not say.
    pub over_tls: Option<bool>,
    /// JSON, or a row as query results show it; read when it is asked for.
    pub(crate) request_parameters: Cow<'t, str>,
    pub(crate) additional_data: Cow<'t, str>,
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
    /// `inScopeOf.sourceArn`: the instance or function that the credentials were delivered to.
    pub instance_arn: Option<Cow<'t, str>>,
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
    /// `requestParameters`; `Null` where the event has none, as refused calls often do.
    pub fn request_parameters(&self) -> Value<'_> {
        in_text(&self.request_parameters)
    }

    /// `additionalEventData`.
    pub fn additional_data(&self) -> Value<'_> {
        in_text(&self.additional_data)
    }

    /// Event source and name, such as `s3.amazonaws.com GetObject`.
    pub(crate) fn call(&self) -> String {
        format!("{} {}", self.source, self.name)
    }

    /// The partition: that of the caller's ARN, else of the region, else `aws`.
    pub(crate) fn partition(&self) -> &str {
        let of_arn = self.user_identity.arn.as_deref().and_then(|arn| arn.strip_prefix("arn:")?.split(':').next());
        of_arn.or_else(|| partition_of_region(self.region.as_deref()?)).unwrap_or("aws")
    }

    /// The account of the call's resources, as far as the event tells: the one whose trail has it, else the caller's.
    pub(crate) fn account(&self) -> Option<&str> {
        self.recipient_account.as_deref().or(self.user_identity.account_id.as_deref())
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

impl Event<'_> {
    /// The same event, borrowing nothing.
    pub fn into_owned(self) -> Event<'static> {
        let text = |text: Option<Cow<'_, str>>| text.map(owned);
        Event {
            id: text(self.id),
            time: text(self.time),
            source: owned(self.source),
            name: owned(self.name),
            region: text(self.region),
            recipient_account: text(self.recipient_account),
            source_ip: text(self.source_ip),
            user_agent: text(self.user_agent),
            vpc_endpoint: text(self.vpc_endpoint),
            error_code: text(self.error_code),
            error_message: text(self.error_message),
            read_only: self.read_only,
            event_type: text(self.event_type),
            user_identity: self.user_identity.into_owned(),
            resources: self.resources.into_iter().map(EventResource::into_owned).collect(),
            over_tls: self.over_tls,
            request_parameters: owned(self.request_parameters),
            additional_data: owned(self.additional_data),
        }
    }
}

impl UserIdentity<'_> {
    fn into_owned(self) -> UserIdentity<'static> {
        let text = |text: Option<Cow<'_, str>>| text.map(owned);
        UserIdentity {
            kind: text(self.kind),
            principal_id: text(self.principal_id),
            arn: text(self.arn),
            account_id: text(self.account_id),
            access_key_id: text(self.access_key_id),
            user_name: text(self.user_name),
            invoked_by: text(self.invoked_by),
            identity_provider: text(self.identity_provider),
            has_session: self.has_session,
            issuer_kind: text(self.issuer_kind),
            issuer_arn: text(self.issuer_arn),
            creation_date: text(self.creation_date),
            mfa_authenticated: self.mfa_authenticated,
            federated_provider: text(self.federated_provider),
            source_identity: text(self.source_identity),
            ec2_role_delivery: text(self.ec2_role_delivery),
            assumed_root: self.assumed_root,
            instance_arn: text(self.instance_arn),
        }
    }
}

impl EventResource<'_> {
    fn into_owned(self) -> EventResource<'static> {
        let text = |text: Option<Cow<'_, str>>| text.map(owned);
        EventResource { arn: text(self.arn), account_id: text(self.account_id), kind: text(self.kind) }
    }
}
