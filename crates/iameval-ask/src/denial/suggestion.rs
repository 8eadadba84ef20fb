//! The smallest statement that grants what was refused.

use crate::answer::Answer;
use crate::why::Why;
use iameval::json::Node;
use iameval::open::{Certainty, IdentitySide, OnResources};
use iameval::{ConditionOperator, DecidedBy, Decision, Layer, PatternElement, StatementId};

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

/// A change of the Deny statement that decides, after which it lets the call through.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exception {
    /// The statement.
    pub statement: StatementId,
    /// The change.
    pub edit: Edit,
}

/// A change of a Deny statement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edit {
    /// The action is added to `NotAction`: nobody is denied it any more.
    NotAction {
        /// The action.
        action: String,
    },
    /// The resource is added to `NotResource`: nobody is denied anything on it any more.
    NotResource {
        /// The resource, as a policy has it.
        resource: String,
    },
    /// The caller is added to those that the condition leaves out: it is denied nothing of the statement any more.
    Principals {
        /// The operator, as written.
        operator: String,
        /// The user or role.
        arn: String,
    },
    /// A condition is added that leaves out the caller: it is denied nothing of the statement any more.
    Condition {
        /// The user or role.
        arn: String,
    },
}

impl Edit {
    /// The element that changes.
    pub fn element(&self) -> &'static str {
        match self {
            Self::NotAction { .. } => "NotAction",
            Self::NotResource { .. } => "NotResource",
            Self::Principals { .. } | Self::Condition { .. } => "Condition",
        }
    }
}

/// How the first Deny that decides could let the call through, the change that exempts fewest first.
pub(super) fn exceptions(answer: &Answer) -> Vec<Exception> {
    if answer.simulation.decision != Decision::ExplicitDeny {
        return Vec::new();
    }
    let Some((id, statement)) = answer.deciding().find_map(|placed| Some((placed.id, placed.statement?))) else {
        return Vec::new();
    };
    let request = &answer.request;
    let mut edits = Vec::new();
    if let Some(arn) = request.principal().principal_arn() {
        let arn = arn.to_string();
        let is_exempting = |operator: ConditionOperator, key: &str| {
            key.eq_ignore_ascii_case("aws:PrincipalArn")
                && operator.base.is_negated()
                && operator.quantifier.is_none()
        };
        let existing = statement.tests().find(|(operator, test)| is_exempting(*operator, test.key()));
        edits.push(match existing {
            Some((operator, _)) => Edit::Principals { operator: operator.to_string(), arn },
            None => Edit::Condition { arn },
        });
    }
    if statement.action().is_negated() {
        edits.push(Edit::NotAction { action: request.action().to_string() });
    }
    if statement.resource().is_some_and(PatternElement::is_negated) {
        edits.push(Edit::NotResource { resource: exactly(request.resource()) });
    }
    edits.into_iter().map(|edit| Exception { statement: id, edit }).collect()
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

/// The caller as a policy names it: of a session that session, and not every session of its role.
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

/// A pattern that fits this text and no other. Outside S3 names have no `*`: there it stands for what the call has yet to
/// create, as in `instance/*`, or for all, and stays. What would be a wildcard or a variable is written as AWS has such characters
/// written (IAM User Guide, *IAM policy elements: Variables and tags*).
fn exactly(resource: &str) -> String {
    let has_stars = resource.split(':').nth(2) == Some("s3");
    let mut out = String::with_capacity(resource.len());
    for character in resource.chars() {
        match character {
            '*' if has_stars => out.push_str("${*}"),
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
        assert_eq!(exactly("arn:aws:ec2:eu-west-1:111122223333:instance/*"), "arn:aws:ec2:eu-west-1:111122223333:instance/*");
    }
}
