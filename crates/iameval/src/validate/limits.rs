//! Size and characters.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::document::{PolicyDocument, PolicyKind, Statement};

impl PolicyKind {
    /// How many characters AWS accepts at most for a policy of this kind, and what it calls such a policy (R-VAL-03;
    /// *IAM and AWS STS quotas*, *Quotas for AWS Organizations*, *AWS `PrivateLink` quotas*). `None` where each service has
    /// a limit of its own.
    ///
    /// Identity policies count as managed ones: the limits of inline policies are for all of a user, group or role
    /// together.
    pub fn size_limit(self) -> Option<(usize, &'static str)> {
        match self {
            PolicyKind::Identity | PolicyKind::PermissionsBoundary => Some((6_144, "a managed policy")),
            PolicyKind::Session => Some((2_048, "a session policy")),
            PolicyKind::ScopeDown => Some((2_048, "a scope-down policy")),
            PolicyKind::RoleTrust => Some((4_096, "a trust policy, once its quota is raised from 2,048,")),
            PolicyKind::ServiceControl => Some((10_240, "a service control policy")),
            PolicyKind::ResourceControl => Some((5_120, "a resource control policy")),
            PolicyKind::Endpoint => Some((20_480, "a VPC endpoint policy")),
            PolicyKind::Resource => None,
        }
    }
}

/// What a bucket policy may have (*Bucket policies for Amazon S3*: 20 KB).
const OF_BUCKET: (usize, &str) = (20_480, "a bucket policy");

impl PolicyDocument {
    /// The limit of a policy of this kind; of resource policies, that of those which are known to be a bucket's: all their
    /// resources are in S3 buckets.
    pub fn size_limit(&self, kind: PolicyKind) -> Option<(usize, &'static str)> {
        let is_of_bucket = |text: &str| {
            let mut parts = text.splitn(6, ':').skip(2);
            (parts.next(), parts.next(), parts.next()) == (Some("s3"), Some(""), Some(""))
        };
        let mut resources = self.statements().iter().map(Statement::resource);
        let only_buckets = kind == PolicyKind::Resource
            && !self.statements().is_empty()
            && resources.all(|element| element.is_some_and(|element| element.patterns().all(is_of_bucket)));
        if only_buckets { Some(OF_BUCKET) } else { kind.size_limit() }
    }

    /// How many characters it has without white space between its tokens. Where AWS counts white space as well (SCPs,
    /// RCPs, endpoint policies), this is the least that it can be written in.
    pub fn size(&self) -> usize {
        self.to_string().chars().count()
    }
}

pub(super) fn check(document: &PolicyDocument, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    if let Some((limit, what)) = document.size_limit(kind) {
        let size = document.size();
        if size > limit {
            let message = format!("the document has {size} characters without white space; {what} can have {limit}");
            report(Diagnostic::new(codes::TOO_LARGE, document.statements.span(), message));
        }
    }
    for character in &document.characters {
        let code = u32::from(character.value);
        let message = format!("IAM does not accept U+{code:04X} in a policy");
        let help = "it accepts tab, line feed, carriage return and U+0020 to U+00FF";
        report(Diagnostic::new(codes::INVALID_CHARACTER, character.span, message).with_help(help));
    }
}
