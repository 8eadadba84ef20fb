//! Size and characters.

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{PolicyDocument, PolicyKind};

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

impl PolicyDocument {
    /// How many characters it has without white space between its tokens. Where AWS counts white space as well (SCPs,
    /// RCPs, endpoint policies), this is the least that it can be written in.
    pub fn size(&self) -> usize {
        self.to_string().chars().count()
    }
}

pub(super) fn check(document: &PolicyDocument, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    if let Some((limit, what)) = kind.size_limit() {
        let size = document.size();
        if size > limit {
            let message = format!("the document has {size} characters without white space; {what} takes {limit}");
            report(Diagnostic::new(Code::TooLarge, document.statements.span(), message));
        }
    }
    for character in &document.characters {
        let code = u32::from(character.value);
        let message = format!("IAM accepts no U+{code:04X} in a policy");
        let help = "it takes tab, line feed, carriage return and U+0020 to U+00FF";
        report(Diagnostic::new(Code::InvalidCharacter, character.span, message).with_help(help));
    }
}
