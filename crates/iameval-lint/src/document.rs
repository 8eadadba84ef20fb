//! The document as a whole: its version and its size.

use iameval::text::Span;
use iameval::{Code, Diagnostic, KeyUse, PolicyDocument, PolicyKind, Version};
use iameval_data::Catalogue;

pub(crate) fn lint(
    document: &PolicyDocument,
    kind: PolicyKind,
    catalogue: &Catalogue,
    report: &mut impl FnMut(Diagnostic),
) {
    // For identity policies this is a finding of creation (V-03).
    if kind != PolicyKind::Identity && document.version().is_none() {
        let start = document.span().start;
        let message = "the document has no `Version`, so it is of version 2008-10-17";
        let help = "write `\"Version\": \"2012-10-17\"`, unless a `${…}` is meant as plain text";
        let brace = Span { start, end: document.span().end.min(start + 1) };
        let finding = Diagnostic::new(Code::MissingVersion, brace, message).with_help(help);
        report(Diagnostic { fix: document.version_fix(), ..finding });
    }
    for variable in document.key_uses().filter(|used| used.operator.is_none()) {
        if document.version() == Some(Version::V2012) {
            if let Some(finding) = without_value(&variable, catalogue) {
                report(finding);
            }
        } else {
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

/// A variable whose key no request has, or whose key is a list (R-VAR-04).
fn without_value(variable: &KeyUse<'_>, catalogue: &Catalogue) -> Option<Diagnostic> {
    let key = &variable.key;
    let finding = |message: String| Diagnostic::new(Code::VariableWithoutValue, variable.span, message);
    match catalogue.context_key(key) {
        Some(info) if info.is_multivalued() => {
            let message = format!("`${{{key}}}` never has a value: a key that is a list cannot be a policy variable");
            Some(finding(message))
        }
        Some(_) => None,
        // Whoever runs an identity provider names its keys.
        None if key.split_once(':').is_some_and(|(prefix, _)| prefix.contains(['.', '/'])) => None,
        None => {
            let help = match catalogue.suggest_context_key(key) {
                Some(near) => format!("did you mean `${{{near}}}`?"),
                None => "if this is a placeholder of a template, check the policy that the template makes".into(),
            };
            Some(
                finding(format!("`${{{key}}}` never has a value: no context key of this name is known"))
                    .with_help(help),
            )
        }
    }
}
