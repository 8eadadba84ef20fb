//! The document as a whole: its version and its size.

use crate::codes;
use iameval::text::Span;
use iameval::{Diagnostic, PolicyDocument, PolicyKind};

/// What a trust policy may have unless the account's quota was raised (*IAM and AWS STS quotas*).
const DEFAULT_TRUST_QUOTA: usize = 2_048;

pub(crate) fn lint(document: &PolicyDocument, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    // For identity policies this is a finding of creation (V-03).
    if kind != PolicyKind::Identity && document.version().is_none() {
        let start = document.span().start;
        let message = "the document has no `Version`, so its version is 2008-10-17";
        let help = "write `\"Version\": \"2012-10-17\"`, unless `${…}` is intended as plain text";
        let brace = Span { start, end: document.span().end.min(start + 1) };
        let finding = Diagnostic::new(codes::MISSING_VERSION, brace, message).with_help(help);
        report(finding.with_fix(document.version_fix()));
    }
    if let Some((limit, what)) = document.size_limit(kind) {
        let size = document.size();
        let default = if kind == PolicyKind::RoleTrust { DEFAULT_TRUST_QUOTA } else { limit };
        let message = if size > limit || size * 10 < default * 9 {
            return;
        } else if size > default {
            format!("the document has {size} characters without white space, and the default quota is {default}")
        } else {
            let percent = size * 100 / limit;
            format!(
                "the document has {size} characters without white space, {percent} % of the {limit} that {what} can have"
            )
        };
        report(Diagnostic::new(codes::NEAR_SIZE_LIMIT, document.statements_span(), message));
    }
}
