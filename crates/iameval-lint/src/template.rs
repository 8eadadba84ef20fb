//! Templates: texts that a tool fills in before they become a policy, such as `${AWS::AccountId}` and `${var.bucket}`.

use crate::codes;
use crate::subject::a_few;
use iameval::text::Span;
use iameval::{Code, Diagnostic, PolicyDocument, PrincipalElement, PrincipalForm, Statement};
use iameval_data::{Catalogue, is_oidc_key};
use std::collections::HashSet;

/// One finding for the whole document: what stands for something else cannot be judged place by place.
pub(crate) fn lint(document: &PolicyDocument, catalogue: &Catalogue, report: &mut impl FnMut(Diagnostic)) {
    let mut found = found(document, catalogue);
    found.sort_by_key(|(_, span)| *span);
    let Some((_, first)) = found.first().copied() else { return };
    let mut seen = HashSet::new();
    let names: Vec<&str> = found.into_iter().map(|(name, _)| name).filter(|name| seen.insert(*name)).collect();
    let (verb, which) = match names.as_slice() {
        [_] => ("looks like a placeholder", "a request has no such key"),
        _ => ("look like placeholders", "a request has no such keys"),
    };
    let shown = a_few(names.iter().map(|name| format!("${{{name}}}")), 3);
    let message = format!("{shown} {verb} in a template: {which}");
    // `${username}` may be either.
    let near = names.iter().find_map(|name| {
        let key = format!("aws:{name}");
        catalogue.context_key(&key).filter(|info| info.name() == key).map(|_| key)
    });
    let help = match near {
        Some(key) => {
            format!("check the policy that the template produces, or write `${{{key}}}` for the policy variable")
        }
        None => "check the policy that the template produces".to_owned(),
    };
    report(Diagnostic::new(codes::VARIABLE_WITHOUT_VALUE, first, message).with_help(help));
}

/// What is wrong with a value, which may be one that a template is to fill in.
const OF_VALUES: [Code; 3] =
    [iameval::codes::MALFORMED_PRINCIPAL, iameval::codes::MALFORMED_LITERAL, iameval::codes::INVALID_DATE];

/// Leaves out what is said of texts that a template is to fill in first.
pub(crate) fn spare(document: &PolicyDocument, catalogue: &Catalogue, findings: &mut Vec<Diagnostic>) {
    let is_of_value = |finding: &Diagnostic| OF_VALUES.contains(&finding.code());
    if findings.iter().any(is_of_value) {
        let spans: HashSet<Span> = found(document, catalogue).into_iter().map(|(_, span)| span).collect();
        findings.retain(|finding| !(is_of_value(finding) && spans.contains(&finding.span())));
    }
}

/// Every placeholder and where the text with it stands.
fn found<'d>(document: &'d PolicyDocument, catalogue: &Catalogue) -> Vec<(&'d str, Span)> {
    let texts = document.statements().iter().flat_map(texts);
    texts.flat_map(|(text, span)| placeholders(text, catalogue).map(move |name| (name, span))).collect()
}

/// The texts of a statement that a template may have filled in.
fn texts(statement: &Statement) -> impl Iterator<Item = (&str, Span)> {
    let resources = statement.resource().into_iter().flat_map(|element| element.patterns().zip(element.spans()));
    let tests = statement.condition().iter().flat_map(iameval::ConditionBlock::keys);
    let in_conditions = tests
        .flat_map(|test| std::iter::once((test.key(), test.key_span())).chain(test.values().zip(test.value_spans())));
    resources.chain(principals(statement)).chain(in_conditions)
}

/// The values of the principal element.
pub(crate) fn principals(statement: &Statement) -> impl Iterator<Item = (&str, Span)> {
    let lists: &[_] = match statement.principal().map(PrincipalElement::form) {
        Some(PrincipalForm::Map(lists)) => lists,
        _ => &[],
    };
    lists.iter().flat_map(|list| list.values().zip(list.spans()))
}

/// Whether something in the document is to be filled in.
pub(crate) fn is_template(document: &PolicyDocument, catalogue: &Catalogue) -> bool {
    let actions = document.statements().iter().flat_map(|statement| statement.action().patterns());
    let others = document.statements().iter().flat_map(texts).map(|(text, _)| text);
    // The braces of policy variables do not stand alone.
    let is_marked = |text: &str| is_to_be_filled_in(&text.replace("${", "")) || text.starts_with('[');
    actions.chain(others).any(|text| is_marked(text) || has_placeholder(text, catalogue))
}

/// Whether the text has a placeholder in it.
pub(crate) fn has_placeholder(text: &str, catalogue: &Catalogue) -> bool {
    placeholders(text, catalogue).next().is_some()
}

/// Whether the text has one of the marks with which documents say that something is to be put in, as in `<my-org-id>` and
/// `{{account}}`.
pub(crate) fn is_to_be_filled_in(text: &str) -> bool {
    text.contains(['<', '{', '%'])
}

/// The names in `${…}` that are placeholders.
fn placeholders<'t>(text: &'t str, catalogue: &Catalogue) -> impl Iterator<Item = &'t str> {
    let names = text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(inside, _)| inside);
    // The name ends where a default value begins.
    let names = names.map(|inside| inside.split(',').next().unwrap_or(inside).trim());
    names.filter(|name| is_placeholder(name, catalogue))
}

/// Whether a name within `${…}` is none that a policy variable has, nor near to one.
pub(crate) fn is_placeholder(name: &str, catalogue: &Catalogue) -> bool {
    // `${*}`, `${?}` and `${$}` are the characters themselves (R-VAR-06).
    if name.is_empty() || matches!(name, "*" | "?" | "$") || is_oidc_key(name) || catalogue.context_key(name).is_some()
    {
        return false;
    }
    let of_aws = name.split_once(':').is_some_and(|(prefix, rest)| {
        let known = prefix.eq_ignore_ascii_case("aws") || catalogue.service(prefix).is_some();
        known && !rest.starts_with(':')
    });
    !of_aws && catalogue.suggest_context_key(name).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_tools_are_placeholders() {
        for name in ["AWS::AccountId", "Bucket", "var.bucket", "aws_s3_bucket.b.arn", "self:custom.table", "Table.Arn"]
        {
            assert!(is_placeholder(name, Catalogue::embedded()), "{name}");
        }
    }

    #[test]
    fn variables_and_mistyped_ones_are_not() {
        for name in
            ["aws:username", "AWS:UserName", "aws:user", "aws_username", "s3:prefx", "*", "", "idp.example.org:sub"]
        {
            assert!(!is_placeholder(name, Catalogue::embedded()), "{name}");
        }
    }
}
