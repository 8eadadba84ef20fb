//! Keys of the caller and the session: MFA, when it began, on whose behalf it acts.

use super::EventContext;
use crate::event::{Event, UserIdentity};

pub(super) fn add(keys: &mut EventContext, event: &Event<'_>) {
    let identity = &event.user_identity;
    let kind = identity.kind.as_deref().unwrap_or_default();
    let by_service = kind == "AWSService" || (kind.is_empty() && identity.arn.is_none());
    if let Some(id) = identity.principal_id.as_deref().filter(|_| matches!(kind, "IAMUser" | "AssumedRole")) {
        keys.tell("aws:userid", id, "userIdentity.principalId");
    }
    credentials(keys, identity, kind);
    if !by_service {
        via_service(keys, identity, kind);
    }
    let texts = [
        ("aws:SourceIdentity", &identity.source_identity, "userIdentity.sessionContext.sourceIdentity"),
        (
            "aws:FederatedProvider",
            &identity.federated_provider,
            "userIdentity.sessionContext.webIdFederationData.federatedProvider",
        ),
        ("ec2:RoleDelivery", &identity.ec2_role_delivery, "userIdentity.sessionContext.ec2RoleDelivery"),
    ];
    for (key, value, field) in texts {
        if let Some(value) = value.as_deref() {
            keys.tell(key, value, field);
        }
    }
    if identity.assumed_root == Some(true) {
        keys.tell("aws:AssumedRoot", true, "userIdentity.sessionContext.assumedRoot");
    }
    if let Some(arn) = identity.instance_arn.as_deref() {
        const FIELD: &str = "userIdentity.inScopeOf.sourceArn";
        if arn.contains(":instance/") {
            keys.tell("ec2:SourceInstanceARN", arn, FIELD);
        } else if arn.contains(":function:") {
            keys.tell("lambda:SourceFunctionArn", arn, FIELD);
        }
    }
}

/// MFA and the time of issue, which temporary credentials have and long-term access keys do not (R-CTX-07).
fn credentials(keys: &mut EventContext, identity: &UserIdentity<'_>, kind: &str) {
    const MFA: &str = "aws:MultiFactorAuthPresent";
    const MFA_FIELD: &str = "userIdentity.sessionContext.attributes.mfaAuthenticated";
    const ISSUED: &str = "aws:TokenIssueTime";
    const AGE: &str = "aws:MultiFactorAuthAge";
    if let Some(date) = identity.creation_date.as_deref() {
        keys.tell(ISSUED, date, "userIdentity.sessionContext.attributes.creationDate");
    }
    if identity.federated_provider.is_some() {
        const FIELD: &str = "userIdentity.sessionContext.webIdFederationData";
        keys.tell_absent(MFA, FIELD);
        keys.tell_absent(AGE, FIELD);
    } else if let Some(mfa) = identity.mfa_authenticated {
        keys.tell(MFA, mfa, MFA_FIELD);
        if !mfa {
            keys.tell_absent(AGE, MFA_FIELD);
        }
    } else if matches!(kind, "IAMUser" | "Root") && !identity.has_session && !has_temporary_key(identity) {
        const LONG_TERM: &str = "absent: the event has no `sessionContext`, as with long-term access keys";
        for key in [MFA, AGE, ISSUED] {
            keys.assume_absent(key, LONG_TERM);
        }
    }
}

/// Ids of long-term access keys begin with `AKIA`, those of temporary credentials with `ASIA`.
fn has_temporary_key(identity: &UserIdentity<'_>) -> bool {
    identity.access_key_id.as_deref().is_some_and(|id| id.starts_with("ASIA"))
}

/// Whether a service called on with the caller's credentials (R-CTX-11).
fn via_service(keys: &mut EventContext, identity: &UserIdentity<'_>, kind: &str) {
    const VIA: &str = "aws:ViaAWSService";
    const FIELD: &str = "userIdentity.invokedBy";
    let is_linked = identity.issuer_arn.as_deref().is_some_and(|arn| arn.contains(":role/aws-service-role/"));
    match identity.invoked_by.as_deref() {
        None => keys.assume(VIA, false, "false: the event has no `userIdentity.invokedBy`"),
        // A service with its own role does not act for anyone else.
        Some(_) if is_linked => keys.tell(VIA, false, "userIdentity.sessionContext.sessionIssuer.arn"),
        Some(_) if kind == "AssumedRole" => keys.assume(
            VIA,
            true,
            "true: a service made the call with the session's credentials; it is false where the role is a service role \
             that the service itself assumed",
        ),
        Some(_) => keys.tell(VIA, true, FIELD),
    }
}
