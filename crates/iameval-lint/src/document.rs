//! The document as a whole: its version and its size.

use iameval::text::Span;
use iameval::{Code, Diagnostic, PolicyDocument, PolicyKind, Version};

pub(crate) fn lint(document: &PolicyDocument, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    // For identity policies this is a finding of creation (V-03).
    if kind != PolicyKind::Identity && document.version().is_none() {
        let start = document.span().start;
        let message = "the document has no `Version`, so it is of version 2008-10-17";
        let help = "write `\"Version\": \"2012-10-17\"`, unless a `${…}` is meant as plain text";
        let brace = Span { start, end: document.span().end.min(start + 1) };
        let finding = Diagnostic::new(Code::MissingVersion, brace, message).with_help(help);
        report(Diagnostic { fix: document.version_fix(), ..finding });
    }
    if document.version() != Some(Version::V2012) {
        for variable in document.key_uses().filter(|used| used.operator.is_none()) {
            let message = format!("`${{{}}}` is plain text in a document of version 2008-10-17", variable.key);
            let help = "write `\"Version\": \"2012-10-17\"` to make it a policy variable";
            report(Diagnostic::new(Code::VariableInOldVersion, variable.span, message).with_help(help));
        }
    }
    if let Some((limit, what)) = kind.size_limit() {
        let size = document.size();
        if size <= limit && size * 10 >= limit * 9 {
            let percent = size * 100 / limit;
            let message = format!(
                "the document has {size} characters without white space, {percent} % of the {limit} that {what} takes"
            );
            report(Diagnostic::new(Code::NearSizeLimit, document.statements_span(), message));
        }
    }
}
