//! Where a document reads the request's context: condition keys, and policy variables.

use super::{ConditionOperator, PolicyDocument, Statement};
use crate::text::{Span, Spanned};
use crate::variable::{Part, Syntax, parts};

/// One place where a document reads a context key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse<'d> {
    /// The key as it is written.
    pub key: String,
    /// The position of the statement in its policy, from 0.
    pub statement_index: usize,
    /// The statement.
    pub statement: &'d Statement,
    /// The operator, when the key stands in a condition; `None` for a policy variable.
    pub operator: Option<ConditionOperator>,
    /// The place of the key, or of the text that holds the variable.
    pub span: Span,
}

impl PolicyDocument {
    /// Every place where the document reads a context key, in source order of its statements: condition keys, and the
    /// variables in resources and condition values (R-VAR-03).
    ///
    /// Variables are listed whatever the version of the document is; in one of version 2008-10-17 they are plain text
    /// (R-VAR-02), which is for the caller to tell apart.
    ///
    /// ```
    /// use iameval::PolicyDocument;
    ///
    /// let document: PolicyDocument = r#"{"Version": "2012-10-17", "Statement": {
    ///   "Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "arn:aws:iam::*:user/${aws:username}",
    ///   "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}}"#.parse()?;
    /// let keys: Vec<String> = document.key_uses().map(|used| used.key).collect();
    /// assert_eq!(keys, ["aws:username", "aws:MultiFactorAuthPresent"]);
    /// # Ok::<(), iameval::ParsePolicyDocumentError>(())
    /// ```
    pub fn key_uses(&self) -> impl Iterator<Item = KeyUse<'_>> {
        self.statements().iter().enumerate().flat_map(|(statement_index, statement)| {
            let used = move |key, operator, span| KeyUse { key, statement_index, statement, operator, span };
            let resources = statement.resource().map_or(&[][..], |element| &element.patterns.items);
            let in_resources = resources
                .iter()
                .flat_map(move |resource| variables(&resource.value).map(move |key| used(key, None, resource.span)));
            let in_conditions = statement.tests().flat_map(move |(operator, test)| {
                let itself = used(test.key().to_owned(), Some(operator), test.key_span());
                let in_values = test.values.items.iter().flat_map(move |Spanned { value, span }| {
                    variables(value.text()).map(move |key| used(key, None, *span))
                });
                std::iter::once(itself).chain(in_values)
            });
            in_resources.chain(in_conditions)
        })
    }
}

/// The keys of the variables in a text.
fn variables(text: &str) -> impl Iterator<Item = String> + use<> {
    let parts = parts(text, Syntax { variables: true, wildcards: false });
    parts.into_iter().filter_map(|part| match part {
        Part::Variable(variable) => Some(variable.key),
        _ => None,
    })
}
