//! The context keys that an event tells, those that are assumed, and those that no event tells.

mod parameter;
mod session;
mod tag;

use crate::event::Event;
use crate::value::Value;
use iameval::{Context, ContextValue, DateTime};
use iameval_data::ActionInfo;
use std::borrow::Cow;
use std::net::IpAddr;

/// The context of an event's request, and what is known of each key.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct EventContext {
    /// The context, for a request.
    pub context: Context,
    /// The keys that the event tells, each with the field that has it. A key may be told to be absent.
    pub told: Vec<ToldKey>,
    /// The keys that are assumed, each with the assumption.
    pub assumed: Vec<AssumedKey>,
}

/// A key that the event tells.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToldKey {
    /// The key.
    pub key: Cow<'static, str>,
    /// The field of the event, such as `requestParameters.prefix`.
    pub field: Cow<'static, str>,
}

/// A key that is assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssumedKey {
    /// The key.
    pub key: &'static str,
    /// What is assumed, and why.
    pub assumption: &'static str,
}

/// A key that no event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownKey {
    /// The key; a `*` at its end stands for the part that differs.
    pub key: &'static str,
    /// Why.
    pub why: &'static str,
}

/// The keys that no event tells. They are not given, which is not the same as absent.
pub static UNKNOWN_KEYS: [UnknownKey; 15] = [
    unknown("aws:CalledVia", "an event names the last service of a chain at most, in `invokedBy`"),
    unknown("aws:CalledViaFirst", "an event names the last service of a chain at most, in `invokedBy`"),
    unknown("aws:MultiFactorAuthAge", "an event says when the credentials were issued, not when MFA was used"),
    unknown("aws:PrincipalOrgID", "events do not name organizations"),
    unknown("aws:PrincipalOrgPaths", "events do not name organizations"),
    unknown("aws:PrincipalTag/*", "events do not have the tags of callers, nor those of their sessions"),
    unknown("aws:ResourceOrgID", "events do not name organizations"),
    unknown("aws:ResourceOrgPaths", "events do not name organizations"),
    unknown("aws:ResourceTag/*", "events do not have the tags of resources"),
    unknown("aws:SourceAccount", "events do not say on whose behalf a service calls"),
    unknown("aws:SourceArn", "events do not say on whose behalf a service calls"),
    unknown("aws:SourceVpc", "an event names the VPC endpoint, not its VPC"),
    unknown("aws:referer", "events do not have the header"),
    unknown("iam:PassedToService", "an event does not say which service a role is for"),
    unknown("s3:ExistingObjectTag/*", "events do not have the tags of objects"),
];

const fn unknown(key: &'static str, why: &'static str) -> UnknownKey {
    UnknownKey { key, why }
}

/// What CloudTrail writes in place of what it hides.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// The context of an event's request.
pub(crate) fn context(event: &Event<'_>, parameters: &Value<'_>, action: ActionInfo<'_>) -> EventContext {
    let mut keys = EventContext::default();
    request(&mut keys, event);
    network(&mut keys, event);
    session::add(&mut keys, event);
    parameter::add(&mut keys, event, parameters, action);
    tag::add(&mut keys, parameters, action);
    keys
}

impl EventContext {
    fn tell(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        value: impl Into<ContextValue>,
        field: impl Into<Cow<'static, str>>,
    ) {
        let key = key.into();
        self.context.insert(&key, value);
        self.told.push(ToldKey { key, field: field.into() });
    }

    fn tell_absent(&mut self, key: &'static str, field: &'static str) {
        self.context.insert_absent(key);
        self.told.push(ToldKey { key: key.into(), field: field.into() });
    }

    fn assume(&mut self, key: &'static str, value: impl Into<ContextValue>, assumption: &'static str) {
        self.context.insert(key, value);
        self.assumed.push(AssumedKey { key, assumption });
    }

    fn assume_absent(&mut self, key: &'static str, assumption: &'static str) {
        self.context.insert_absent(key);
        self.assumed.push(AssumedKey { key, assumption });
    }
}

/// What every request has.
fn request(keys: &mut EventContext, event: &Event<'_>) {
    if let Some((text, time)) = event.time.as_deref().and_then(|time| Some((time, time.parse::<DateTime>().ok()?))) {
        keys.tell("aws:CurrentTime", text, "eventTime");
        keys.tell("aws:EpochTime", time.epoch_seconds().to_string(), "eventTime");
    }
    if let Some(region) = event.region.as_deref() {
        keys.tell("aws:RequestedRegion", region, "awsRegion");
    }
    if let Some(agent) = event.user_agent.as_deref().filter(|agent| !matches!(*agent, HIDDEN | "AWS Internal")) {
        keys.tell("aws:UserAgent", agent, "userAgent");
    }
    if event.over_tls == Some(true) {
        keys.tell("aws:SecureTransport", true, "tlsDetails");
    } else if event.additional_data().get("CipherSuite").as_text().is_some() {
        keys.tell("aws:SecureTransport", true, "additionalEventData.CipherSuite");
    } else {
        const ASSUMPTION: &str = "true: the event has no `tlsDetails`, and nearly all endpoints of AWS take HTTPS only";
        keys.assume("aws:SecureTransport", true, ASSUMPTION);
    }
}

/// Where the call came from. An address of a request through a VPC endpoint is private (R-CTX-03).
fn network(keys: &mut EventContext, event: &Event<'_>) {
    const NO_ENDPOINT: &str = "absent: the event has no `vpcEndpointId`";
    // The name of a service and `AWS Internal` are not addresses.
    let address = event.source_ip.as_deref().filter(|text| text.parse::<IpAddr>().is_ok());
    if let Some(endpoint) = event.vpc_endpoint.as_deref() {
        keys.tell("aws:SourceVpce", endpoint, "vpcEndpointId");
        keys.tell_absent("aws:SourceIp", "vpcEndpointId");
        if let Some(address) = address {
            keys.tell("aws:VpcSourceIp", address, "sourceIPAddress");
        }
        return;
    }
    if let Some(address) = address {
        keys.tell("aws:SourceIp", address, "sourceIPAddress");
        keys.assume_absent("aws:SourceVpce", NO_ENDPOINT);
        keys.assume_absent("aws:SourceVpc", NO_ENDPOINT);
        keys.assume_absent("aws:VpcSourceIp", NO_ENDPOINT);
    }
}
