//! Policy variables: those without a value, and texts that only look like one.

use crate::codes;
use crate::template::{has_placeholder, is_placeholder, principals};
use iameval::text::Span;
use iameval::{ConditionBlock, Diagnostic, KeyUse, PolicyDocument, Statement, Version};
use iameval_data::{Catalogue, is_oidc_key};

pub(crate) fn lint(document: &PolicyDocument, catalogue: &Catalogue, report: &mut impl FnMut(Diagnostic)) {
    let has_variables = document.version() == Some(Version::V2012);
    let variables = document.key_uses().filter(|used| used.operator.is_none());
    for variable in variables.filter(|used| !is_placeholder(&used.key, catalogue)) {
        if has_variables {
            if let Some(finding) = without_value(&variable, catalogue) {
                report(finding);
            }
        } else {
            let message = format!("`${{{}}}` is plain text in a document of version 2008-10-17", variable.key);
            let help = "write `\"Version\": \"2012-10-17\"` to make it a policy variable";
            report(Diagnostic::new(codes::VARIABLE_IN_OLD_VERSION, variable.span, message).with_help(help));
        }
    }
    for statement in document.statements() {
        for (text, span) in texts(statement).filter(|_| has_variables) {
            if let Some(flaw) = flaw(text) {
                let message = format!("{flaw}, so it is plain text in `{text}`");
                report(Diagnostic::new(codes::NO_VARIABLE, span, message));
            }
        }
        let in_principals = principals(statement).filter(|(text, _)| text.contains("${"));
        for (text, span) in in_principals.filter(|(text, _)| !has_placeholder(text, catalogue)) {
            let message = format!("`{text}` contains no variable: in a principal, `${{` is plain text");
            report(Diagnostic::new(codes::NO_VARIABLE, span, message));
        }
    }
}

/// The texts of a statement that may hold variables (R-VAR-03).
fn texts(statement: &Statement) -> impl Iterator<Item = (&str, Span)> {
    let resources = statement.resource().into_iter().flat_map(|element| element.patterns().zip(element.spans()));
    let tests = statement.condition().iter().flat_map(ConditionBlock::keys);
    resources.chain(tests.flat_map(|test| test.values().zip(test.value_spans())))
}

/// What keeps a text from being a variable (R-VAR-11).
fn flaw(text: &str) -> Option<&'static str> {
    let mut rest = text;
    while let Some((_, inner)) = rest.split_once("${") {
        match inner.split_once('}') {
            None => return Some("the variable has no closing brace"),
            Some(("", _)) => return Some("the variable has no name"),
            Some((_, after)) => rest = after,
        }
    }
    None
}

/// A variable whose key no request has, or whose key is a list (R-VAR-04).
fn without_value(variable: &KeyUse<'_>, catalogue: &Catalogue) -> Option<Diagnostic> {
    let key = &variable.key;
    let finding = |message: String| Diagnostic::new(codes::VARIABLE_WITHOUT_VALUE, variable.span, message);
    // What follows a comma is a default value only in quotation marks; otherwise it belongs to the name (R-VAR-05).
    if let Some((name, default)) = key.split_once(',') {
        let flaw = if default.len() > 1 && default.starts_with('\'') && default.ends_with('\'') {
            "a default value follows a comma and one space"
        } else {
            "its default value is missing a quotation mark"
        };
        let message = format!("`${{{key}}}` never has a value: {flaw}");
        return Some(finding(message).with_help(format!(
            "write `${{{}, '{}'}}`",
            name.trim(),
            default.trim().trim_matches('\'')
        )));
    }
    match catalogue.context_key(key) {
        Some(info) if info.is_multivalued() => {
            let message = format!("`${{{key}}}` never has a value: a multivalued key cannot be a policy variable");
            Some(finding(message))
        }
        Some(_) => None,
        None if is_oidc_key(key) => None,
        None => {
            let finding = finding(format!("`${{{key}}}` never has a value: it is not a known context key"));
            let near = catalogue.suggest_context_key(key).map(|near| format!("did you mean `${{{near}}}`?"));
            Some(finding.with_any_help(near))
        }
    }
}
