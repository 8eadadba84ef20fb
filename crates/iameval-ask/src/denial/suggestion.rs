//! The smallest statement that grants what was refused.

use crate::answer::Answer;
use crate::why::Why;
use iameval::json::Node;
use iameval::open::{Certainty, IdentitySide, OnResources};
use iameval::{DecidedBy, Decision, Layer};

/// A statement that grants exactly what was refused, and where it belongs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Suggestion {
    /// The layer of policies that it belongs into.
    pub layer: Layer,
    /// The statement, for a policy of `"Version": "2012-10-17"`.
    pub statement: Node<'static>,
    /// What stands in the way even then, where that is known.
    pub still_stopped_by: Option<DecidedBy>,
}

/// `None` for what is not refused for the lack of an Allow that somebody could add.
pub(super) fn smallest(answer: &Answer) -> Option<Suggestion> {
    if answer.simulation.decision != Decision::ImplicitDeny {
        return None;
    }
    let layer = match answer.why()? {
        Why::NoStatement | Why::OnlyLimits { .. } | Why::Delegated | Why::IdentityMustAllow => {
            if answer.request.principal().has_policies() { Layer::Identity } else { Layer::Resource }
        }
        Why::ResourceMustAllow { .. } => Layer::Resource,
        Why::LevelsLack { layer, .. } | Why::LayerLacks { layer, .. } => layer,
        _ => return None,
    };
    let request = &answer.request;
    let action = request.action().to_string();
    let mut members = vec![("Effect", Node::string("Allow"))];
    if matches!(layer, Layer::Resource | Layer::Endpoint) {
        members.push(("Principal", principal(answer)?));
    }
    members.push(("Action", Node::string(action)));
    // A trust policy has no `Resource`.
    if !(layer == Layer::Resource && request.action().service() == "sts") {
        members.push(("Resource", Node::string(exactly(request.resource()))));
    }
    let still_stopped_by = (layer == Layer::Identity).then(|| {
        let allowed = IdentitySide { allow: Certainty::Yes, deny: Certainty::No };
        answer.policies.bounds_beside(request, OnResources::This, allowed).stopped_by
    });
    Some(Suggestion { layer, statement: Node::object(members), still_stopped_by: still_stopped_by.flatten() })
}

/// The caller as a policy names it: of a session its role, which every session of the role has.
fn principal(answer: &Answer) -> Option<Node<'static>> {
    use iameval::PrincipalClass::{Anonymous, CanonicalUser, Saml, Service, WebIdentity};
    let principal = answer.request.principal();
    let id = principal.id()?;
    let kind = match principal.class()? {
        Service => "Service",
        WebIdentity | Saml => "Federated",
        CanonicalUser => "CanonicalUser",
        Anonymous => return Some(Node::string("*")),
        _ => "AWS",
    };
    Some(Node::object([(kind, Node::string(id.to_owned()))]))
}

/// A pattern that fits this text and no other. What would be a wildcard or a variable is written as AWS has such characters
/// written (IAM User Guide, *IAM policy elements: Variables and tags*).
fn exactly(resource: &str) -> String {
    if resource == "*" {
        return resource.to_owned();
    }
    let mut out = String::with_capacity(resource.len());
    for character in resource.chars() {
        match character {
            '*' => out.push_str("${*}"),
            '?' => out.push_str("${?}"),
            '$' => out.push_str("${$}"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::exactly;

    #[test]
    fn patterns_fit_one_text() {
        assert_eq!(exactly("arn:aws:s3:::b/a*b?c$d"), "arn:aws:s3:::b/a${*}b${?}c${$}d");
        assert_eq!(exactly("*"), "*");
    }
}
