//! Size and characters.

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{PolicyDocument, PolicyKind};

/// Characters of a document, white space outside strings not counted (R-VAL-03). SCP and RCP limits have been raised
/// over time and count white space too, so a document of theirs is never called too large here.
fn limit(kind: PolicyKind) -> Option<(usize, &'static str)> {
    match kind {
        PolicyKind::Identity | PolicyKind::PermissionsBoundary => Some((6_144, "a managed policy")),
        PolicyKind::Session => Some((2_048, "a session policy")),
        PolicyKind::RoleTrust => Some((4_096, "a trust policy")),
        PolicyKind::Resource | PolicyKind::ServiceControl | PolicyKind::ResourceControl | PolicyKind::Endpoint => None,
    }
}

pub(super) fn check(document: &PolicyDocument, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    if let Some((limit, what)) = limit(kind) {
        let size = document.to_string().chars().count();
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
