//! How much AWS takes, and which policies can be several.

use iameval::{PolicyDocument, PolicyKind};

/// How many characters a policy can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizeLimit {
    /// So many.
    pub characters: usize,
    /// What can have so many, in words: `a managed policy`.
    pub what: &'static str,
}

impl SizeLimit {
    /// The limit for a document of that kind, as AWS has it unless a quota was raised; `None` where each service has one of its
    /// own (*IAM and AWS STS quotas*, *Quotas for AWS Organizations*, *AWS `PrivateLink` quotas*).
    ///
    /// ```
    /// use iameval::{PolicyDocument, PolicyKind};
    /// use iameval_prove::SizeLimit;
    ///
    /// let document = PolicyDocument::default();
    /// assert_eq!(SizeLimit::of(&document, PolicyKind::Identity).map(|limit| limit.characters), Some(6_144));
    /// assert_eq!(SizeLimit::of(&document, PolicyKind::RoleTrust).map(|limit| limit.characters), Some(2_048));
    /// assert_eq!(SizeLimit::of(&document, PolicyKind::Resource), None);
    /// ```
    pub fn of(document: &PolicyDocument, kind: PolicyKind) -> Option<Self> {
        // `check` goes by the highest that a quota can be raised to, so that it reports no mistake where there is none.
        if kind == PolicyKind::RoleTrust {
            return Some(Self { characters: 2_048, what: "a trust policy, unless its quota was raised," });
        }
        document.size_limit(kind).map(|(characters, what)| Self { characters, what })
    }

    /// A limit that someone gave.
    pub fn given(characters: usize) -> Self {
        Self { characters, what: "by the limit given, the policy" }
    }
}

/// Whether AWS leaves white space between tokens out of account for policies of that kind. Where it does not, a text counts
/// as it is sent.
pub fn ignores_white_space(kind: PolicyKind) -> bool {
    matches!(kind, PolicyKind::Identity | PolicyKind::PermissionsBoundary | PolicyKind::RoleTrust)
}

/// What the inline policies of a user, a group or a role may have together.
const OF_INLINE: [usize; 3] = [2_048, 5_120, 10_240];

/// Why a policy of that kind cannot become several, if it cannot.
pub(super) fn refusal(kind: PolicyKind, limit: Option<usize>) -> Option<&'static str> {
    match kind {
        PolicyKind::Identity if limit.is_some_and(|limit| OF_INLINE.contains(&limit)) => Some(
            "all inline policies of a user, group or role share one limit, so several of them have no more room than one",
        ),
        PolicyKind::Identity | PolicyKind::ServiceControl | PolicyKind::ResourceControl | PolicyKind::Session => None,
        PolicyKind::PermissionsBoundary => Some("a user or role has one permissions boundary"),
        PolicyKind::Resource => Some("a resource has one policy"),
        PolicyKind::RoleTrust => Some("a role has one trust policy"),
        PolicyKind::Endpoint => Some("a VPC endpoint has one policy"),
        PolicyKind::ScopeDown => {
            Some("every scope-down policy must allow a request, so parts of one allow less than the whole")
        }
    }
}
