//! The words of answers: decisions, layers, rules of services, notes.

use iameval::{Decision, Layer, Note, OrganizationAccounts, ServiceRule};
use iameval_ask::AnswerNote;
use iameval_world::Via;
use std::borrow::Cow;

pub(crate) fn in_words(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allow",
        Decision::ExplicitDeny => "deny (explicit)",
        Decision::ImplicitDeny => "deny (implicit)",
        Decision::Undetermined => "undetermined",
    }
}

/// How a policy reaches the principal, in words.
pub(crate) fn via(via: &Via) -> Option<String> {
    match via {
        Via::Flag => None,
        Via::Attached(name) => Some(format!("attached to {name}")),
        Via::Group(name) => Some(format!("via group {name}")),
    }
}

pub(crate) fn layer_name(layer: Layer) -> &'static str {
    match layer {
        Layer::ServiceControl => "SCP",
        Layer::ResourceControl => "RCP",
        Layer::Endpoint => "endpoint policy",
        Layer::Resource => "resource policy",
        Layer::Identity => "identity policy",
        Layer::PermissionsBoundary => "permissions boundary",
        Layer::Session => "session policy",
        Layer::ScopeDown => "scope-down policy",
    }
}

/// That there may be policies of these layers that nobody has told, and what they may deny: `this`, `some of these`.
pub(crate) fn not_all_known(layers: impl IntoIterator<Item = Layer>, what: &str) -> String {
    let names: Vec<String> = layers.into_iter().map(many).collect();
    format!("not all {} are known; one that is not may deny {what}", and(&names))
}

/// `SCPs, RCPs and resource policies`
fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// Policies of a layer, in words.
fn many(layer: Layer) -> String {
    match layer {
        Layer::Resource => "resource policies".into(),
        other => format!("{}s", layer_name(other)),
    }
}

/// The name of a level in a sentence: `level root`; a name may say itself that it is one of a level.
pub(crate) fn level_in_words(name: &str) -> String {
    if name.starts_with(LEVEL) { name.to_owned() } else { format!("{LEVEL}{name}") }
}

/// The names of several levels in a sentence: `levels root, ou-prod`, and `level 1 of 3, level unit` where one has no name
/// of its own.
pub(crate) fn levels_in_words(names: &[&str]) -> String {
    if names.iter().any(|name| name.starts_with(LEVEL)) {
        return names.iter().map(|name| level_in_words(name)).collect::<Vec<_>>().join(", ");
    }
    format!("levels {}", names.join(", "))
}

const LEVEL: &str = "level ";

/// A rule of a service in words.
pub(crate) fn service_rule(rule: ServiceRule) -> Cow<'static, str> {
    let words = match rule {
        ServiceRule::GetCallerIdentity => "sts:GetCallerIdentity cannot be denied",
        ServiceRule::GetSessionToken => "policies do not control this call with long-term credentials",
        ServiceRule::ManagedByAws => "AWS manages this resource, and only AWS can change it",
        ServiceRule::PassRoleAcrossAccounts => "a role in another account cannot be passed",
        ServiceRule::RootAssumesRole => "the root user cannot assume roles",
        ServiceRule::BucketPolicyAcrossAccounts => "bucket policy actions cannot be granted across accounts",
        ServiceRule::AssumedRootWithoutTaskPolicy => "a root session needs its task policy, given as a session policy",
        ServiceRule::CredentialsCannotCall => "AWS STS rejects this call from credentials of this kind",
        ServiceRule::NotARole => "only a role can be assumed",
        ServiceRule::NoCrossAccount => "the service does not support this action for callers of another account",
        ServiceRule::ServiceLinkedRole => "a service-linked role is protected from this change",
        ServiceRule::AssumeRootCaller => {
            "only the management account and delegated administrators of an organization can call this, and the caller \
             is not known to be in one"
        }
        ServiceRule::OrganizationCaller(accounts) => {
            return format!(
                "the action is for {}, and the caller's account is not one",
                organization_accounts(accounts)
            )
            .into();
        }
        ServiceRule::ServiceCallersOnly => "only AWS services call this",
        ServiceRule::AcrossPartitions => {
            "the caller and the resource are in different partitions, and there is no access between partitions"
        }
        _ => "a service rule",
    };
    words.into()
}

fn organization_accounts(accounts: OrganizationAccounts) -> &'static str {
    match accounts {
        OrganizationAccounts::Management => "the management account of an organization",
        OrganizationAccounts::ManagementOrDelegated => {
            "the management account of an organization or a delegated administrator"
        }
        OrganizationAccounts::Delegated => "a delegated administrator of an organization",
        OrganizationAccounts::Payer => "the account that pays, usually the management account of an organization",
        _ => "certain accounts of an organization",
    }
}

/// A note in words.
pub(crate) fn note_in_words(note: AnswerNote<'_>) -> String {
    match note {
        AnswerNote::Engine(note) => engine_note(note),
        AnswerNote::PolicyUnknown { policy } => {
            format!("the document of `{policy}` is not known: it may allow or deny more than this answer shows")
        }
        AnswerNote::LayersUnknown { layers } => {
            let kinds: Vec<&str> = layers.iter().map(|layer| policies_of(*layer)).collect();
            let kinds = match kinds.as_slice() {
                [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
                kinds => kinds.concat(),
            };
            format!("the world's sources contain no {kinds}: one of them could deny this")
        }
        _ => "see the documentation".into(),
    }
}

/// The policies of a layer.
fn policies_of(layer: Layer) -> &'static str {
    match layer {
        Layer::ServiceControl => "service control policies",
        Layer::ResourceControl => "resource control policies",
        Layer::Resource => "resource policies",
        Layer::Endpoint => "endpoint policies",
        Layer::Identity => "identity policies",
        Layer::PermissionsBoundary => "permissions boundaries",
        Layer::Session => "session policies",
        Layer::ScopeDown => "scope-down policies",
    }
}

fn engine_note(note: &Note) -> String {
    match note {
        Note::OwnerAssumed(account) => {
            format!("the ARN contains no account; the resource is assumed to belong to {account}")
        }
        Note::OwnerUnknown => "the owner of the resource is not known: it is assumed to be in another account".into(),
        Note::TrustPolicyMissing => "the role's trust policy must allow this and was not given".into(),
        Note::KeyPolicyMissing => "the key policy must allow this and was not given".into(),
        Note::RolePathUnknown => "the role of the session is assumed to have no path, and a policy tests its ARN".into(),
        Note::FederatedUserAssumed => "the federated user is assumed to have the same name as its IAM user".into(),
        Note::EndpointTypeAssumed => "the endpoint is assumed to be an interface endpoint".into(),
        Note::MfaAbsentForSession => {
            "a session made with AssumeRole has aws:MultiFactorAuthPresent, true or false; here it is absent, as it is for \
             sessions made with a SAML or OIDC provider"
                .into()
        }
        Note::MfaGivenForProviderSession => {
            "a session made with a SAML or OIDC provider does not have aws:MultiFactorAuthPresent; here it has a value".into()
        }
        Note::MfaAbsentForScopedDown => {
            "credentials that were scoped down are temporary; those of a user or root have aws:MultiFactorAuthPresent, \
             true or false, and here it is absent"
                .into()
        }
        Note::RefusedToSessions => {
            "IAM rejects this call from a federated user session, unless it is a console session".into()
        }
        Note::ResourcePolicyTakesNoPart => {
            "the service does not evaluate the resource policy for this action and caller, so it is ignored".into()
        }
        Note::AuthPolicyMissing => {
            "the auth policy of the service was not given; it must allow the request unless the auth type is NONE"
                .into()
        }
        Note::OrganizationCallerNotSaid(accounts) => format!(
            "the action is for {}; it is not known whether the caller's account is one",
            organization_accounts(*accounts)
        ),
        Note::OwnerRootEscapesDenies => {
            "the Deny statements of the resource policy do not apply to the owner's root user in this call, which exists to repair that policy"
                .into()
        }
        Note::NotAuthorizedByIam => "IAM does not authorize this operation: identity and resource policies do not decide it".into(),
        Note::FurtherGate(gate) => gate.to_string(),
        Note::KeyNotSupplied(key) => {
            format!("a resource policy uses `{key}`, which the service does not include in its requests")
        }
        _ => "see the documentation".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_called_one_once() {
        assert_eq!(level_in_words("root"), "level root");
        assert_eq!(level_in_words("level 1 of 3"), "level 1 of 3");
        assert_eq!(levels_in_words(&["root", "ou-prod"]), "levels root, ou-prod");
        assert_eq!(levels_in_words(&["level 1 of 3", "level 3 of 3"]), "level 1 of 3, level 3 of 3");
        assert_eq!(levels_in_words(&["level 1 of 3", "unit"]), "level 1 of 3, level unit");
    }
}
