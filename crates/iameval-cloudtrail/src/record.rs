//! One record as the text has it: an event, or what wraps one.

use crate::event::{Event, EventResource, UserIdentity};
use crate::row_text;
use crate::value::{Value, unquote};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What a record may have. Athena writes the names of columns in lower case.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Record<'t> {
    #[serde(borrow, rename = "eventID", alias = "eventid")]
    id: Option<&'t RawValue>,
    #[serde(borrow, rename = "eventTime", alias = "eventtime")]
    time: Option<&'t RawValue>,
    #[serde(borrow, rename = "eventSource", alias = "eventsource")]
    source: Option<&'t RawValue>,
    #[serde(borrow, rename = "eventName", alias = "eventname")]
    name: Option<&'t RawValue>,
    #[serde(borrow, rename = "awsRegion", alias = "awsregion")]
    region: Option<&'t RawValue>,
    #[serde(borrow, rename = "recipientAccountId", alias = "recipientaccountid")]
    recipient_account: Option<&'t RawValue>,
    #[serde(borrow, rename = "sourceIPAddress", alias = "sourceipaddress", alias = "sourceIpAddress")]
    source_ip: Option<&'t RawValue>,
    #[serde(borrow, rename = "userAgent", alias = "useragent")]
    user_agent: Option<&'t RawValue>,
    #[serde(borrow, rename = "vpcEndpointId", alias = "vpcendpointid")]
    vpc_endpoint: Option<&'t RawValue>,
    #[serde(borrow, rename = "errorCode", alias = "errorcode")]
    error_code: Option<&'t RawValue>,
    #[serde(borrow, rename = "errorMessage", alias = "errormessage")]
    error_message: Option<&'t RawValue>,
    #[serde(borrow, rename = "readOnly", alias = "readonly")]
    read_only: Option<&'t RawValue>,
    #[serde(borrow, rename = "eventType", alias = "eventtype")]
    event_type: Option<&'t RawValue>,
    #[serde(borrow, rename = "userIdentity", alias = "useridentity")]
    user_identity: Option<&'t RawValue>,
    #[serde(borrow, rename = "requestParameters", alias = "requestparameters")]
    request_parameters: Option<&'t RawValue>,
    #[serde(borrow, rename = "additionalEventData", alias = "additionaleventdata")]
    additional_data: Option<&'t RawValue>,
    #[serde(borrow)]
    resources: Option<&'t RawValue>,
    #[serde(borrow, rename = "tlsDetails", alias = "tlsdetails")]
    tls_details: Option<&'t RawValue>,

    // What wraps an event: EventBridge, `lookup-events`, CloudWatch Logs, SNS, SQS, CloudTrail Lake.
    #[serde(borrow)]
    detail: Option<&'t RawValue>,
    #[serde(borrow, rename = "CloudTrailEvent")]
    looked_up: Option<&'t RawValue>,
    #[serde(borrow)]
    message: Option<&'t RawValue>,
    #[serde(borrow, rename = "@message")]
    insights_message: Option<&'t RawValue>,
    #[serde(borrow, rename = "Message")]
    notification: Option<&'t RawValue>,
    #[serde(borrow, alias = "Body")]
    body: Option<&'t RawValue>,
    #[serde(borrow, rename = "eventJson", alias = "eventjson")]
    lake_json: Option<&'t RawValue>,
    #[serde(borrow, rename = "eventData", alias = "eventdata")]
    lake_data: Option<&'t RawValue>,

    // What is of CloudTrail, and no event.
    #[serde(borrow, rename = "digestS3Bucket")]
    digest: Option<&'t RawValue>,
    #[serde(borrow, rename = "insightDetails")]
    insight: Option<&'t RawValue>,
}

/// What a record comes to.
pub(crate) enum Content<'t> {
    Event(Box<Event<'t>>),
    /// A text in which records stand: to be read like a file.
    Wrapped(Cow<'t, str>),
}

impl<'t> Record<'t> {
    /// What it comes to.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn content(self) -> Result<Content<'t>, String> {
        if self.insight.is_some() {
            return Err("an insight event, which tells of unusual activity and is not a call".into());
        }
        if self.name.is_some() && (self.source.is_some() || self.user_identity.is_some()) && self.looked_up.is_none() {
            return self.event().map(Box::new).map(Content::Event);
        }
        if self.digest.is_some() {
            return Err("a digest file, which lists log files and has no events; read the log files".into());
        }
        let wrapped = [
            self.looked_up,
            self.detail,
            self.lake_json,
            self.lake_data,
            self.message,
            self.insights_message,
            self.notification,
            self.body,
        ];
        let inner = wrapped.into_iter().flatten().find(|inner| !matches!(inner.get(), "null" | "\"\""));
        let Some(inner) = inner else {
            return Err("not a CloudTrail event: it has no `eventSource` and `eventName`".into());
        };
        Ok(Content::Wrapped(unquote(inner.get()).unwrap_or(Cow::Borrowed(inner.get()))))
    }

    fn event(self) -> Result<Event<'t>, String> {
        let lacking = |field: &str| format!("the event has no `{field}`");
        Ok(Event {
            id: text(self.id),
            time: text(self.time).map(written_as_time),
            source: text(self.source).ok_or_else(|| lacking("eventSource"))?,
            name: text(self.name).ok_or_else(|| lacking("eventName"))?,
            region: text(self.region),
            recipient_account: text(self.recipient_account),
            source_ip: text(self.source_ip),
            user_agent: text(self.user_agent),
            vpc_endpoint: text(self.vpc_endpoint),
            error_code: text(self.error_code),
            error_message: text(self.error_message),
            read_only: flag(text(self.read_only)),
            event_type: text(self.event_type),
            user_identity: UserIdentity::of(value(self.user_identity)),
            request_parameters: json(self.request_parameters),
            additional_data: json(self.additional_data),
            resources: resources(value(self.resources)),
            over_tls: self
                .tls_details
                .map(|details| value(Some(details)).get("tlsVersion").as_text().is_some())
                .filter(|tls| *tls),
        })
    }
}

/// The text of a string or literal. Empty is as good as not there: query results have it for `null`.
fn text(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    let written = raw?.get();
    let text = if written.starts_with('"') { unquote(written)? } else { Cow::Borrowed(written) };
    let is_value = !text.is_empty() && text != "null";
    is_value.then_some(text)
}

/// A value, or one in a string, as JSON or as query results show rows.
fn value(raw: Option<&RawValue>) -> Value<'_> {
    let Some(raw) = raw else { return Value::Null };
    match unquote(raw.get()) {
        None => Value::parse(raw.get()),
        Some(inner) => row_text::in_text(&inner).into_owned(),
    }
}

/// The JSON text of a value, or of one in a string.
fn json(raw: Option<&RawValue>) -> Cow<'_, str> {
    let Some(raw) = raw else { return Cow::Borrowed("") };
    unquote(raw.get()).unwrap_or(Cow::Borrowed(raw.get()))
}

fn flag(text: Option<Cow<'_, str>>) -> Option<bool> {
    match text?.as_ref() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn resources(value: Value<'_>) -> Vec<EventResource<'_>> {
    let Value::List(items) = value else { return Vec::new() };
    items.into_iter().filter_map(resource).collect()
}

fn resource(item: Value<'_>) -> Option<EventResource<'_>> {
    match item {
        Value::Text(arn) => Some(EventResource { arn: Some(arn), account_id: None, kind: None }),
        mut item @ Value::Object(_) => {
            let arn = item.take_text("ARN");
            Some(EventResource { arn, account_id: item.take_text("accountId"), kind: item.take_text("type") })
        }
        _ => None,
    }
}

/// CloudTrail Lake writes `2026-03-01 12:00:00.000`.
fn written_as_time(time: Cow<'_, str>) -> Cow<'_, str> {
    let Some((date, rest)) = time.split_once(' ') else { return time };
    let clock = rest.split('.').next().unwrap_or(rest);
    Cow::Owned(format!("{date}T{clock}Z"))
}

impl<'t> UserIdentity<'t> {
    fn of(mut value: Value<'t>) -> Self {
        let mut session = value.take("sessionContext");
        let mut issuer = session.take("sessionIssuer");
        let mut attributes = session.take("attributes");
        Self {
            kind: value.take_text("type"),
            principal_id: value.take_text("principalId"),
            arn: value.take_text("arn"),
            account_id: value.take_text("accountId"),
            access_key_id: value.take_text("accessKeyId"),
            user_name: value.take_text("userName"),
            invoked_by: value.take_text("invokedBy"),
            identity_provider: value.take_text("identityProvider"),
            issuer_kind: issuer.take_text("type"),
            issuer_arn: issuer.take_text("arn"),
            creation_date: attributes.take_text("creationDate"),
            mfa_authenticated: flag(attributes.take_text("mfaAuthenticated")),
            federated_provider: session.take("webIdFederationData").take_text("federatedProvider"),
            source_identity: session.take_text("sourceIdentity"),
            ec2_role_delivery: session.take_text("ec2RoleDelivery"),
            assumed_root: flag(session.take_text("assumedRoot")),
            has_session: session != Value::Null,
            instance_arn: value.take("inScopeOf").take_text("sourceArn"),
        }
    }
}
