//! Whom the policies of resources name.

use iameval::{AccountId, Effect, PolicyDocument, PrincipalForm, PrincipalType, Statement};
use std::fmt;

/// Somebody as a policy names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// `*`, and everybody but those that `NotPrincipal` lists: with or without credentials.
    Anonymous,
    /// The same with credentials of an account.
    AnyAccount,
    /// An account.
    Account(AccountId),
    /// Something of a type.
    Other(PrincipalType, String),
}

impl Named {
    /// What they are called in an expectation: `anonymous`, `any-account`, an account id, or as the policy names them.
    pub fn key(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".into(),
            Self::AnyAccount => "any-account".into(),
            Self::Account(account) => account.to_string(),
            Self::Other(_, text) => text.clone(),
        }
    }

    /// Whether a text is of the form of such a name.
    pub(super) fn is_key(text: &str) -> bool {
        matches!(text, "anonymous" | "any-account")
            || text.parse::<AccountId>().is_ok()
            || text.starts_with("arn:")
            || text.contains(".amazon")
            || text.contains(".com")
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::AnyAccount => f.write_str("any AWS account"),
            Self::Account(account) => write!(f, "account {account}"),
            Self::Other(_, text) => f.write_str(text),
        }
    }
}

/// Whom the Allow statements of a policy name, each once.
pub(super) fn named_in(document: &PolicyDocument) -> Vec<Named> {
    named_by(document.statements().iter().filter(|statement| statement.effect() == Effect::Allow))
}

/// Whom statements name, each once.
pub(crate) fn named_by<'s>(statements: impl Iterator<Item = &'s Statement>) -> Vec<Named> {
    let mut named: Vec<Named> = Vec::new();
    let mut add = |one: Named| {
        if !named.contains(&one) {
            named.push(one);
        }
    };
    for element in statements.filter_map(Statement::principal) {
        if element.is_negated() {
            [Named::Anonymous, Named::AnyAccount].into_iter().for_each(&mut add);
            continue;
        }
        of_form(element.form()).into_iter().for_each(&mut add);
    }
    named
}

/// Whom statements leave out by `NotPrincipal`.
pub(crate) fn left_out_by<'s>(statements: impl Iterator<Item = &'s Statement>) -> Vec<Named> {
    let elements = statements.filter_map(Statement::principal).filter(|element| element.is_negated());
    elements.flat_map(|element| of_form(element.form())).collect()
}

fn of_form(form: &PrincipalForm) -> Vec<Named> {
    match form {
        PrincipalForm::Everyone => vec![Named::Anonymous, Named::AnyAccount],
        PrincipalForm::Map(lists) => {
            let texts = lists.iter().flat_map(|list| list.values().map(|text| (list.kind(), text)));
            texts.flat_map(|(kind, text)| of_text(kind, text)).collect()
        }
    }
}

fn of_text(kind: PrincipalType, text: &str) -> Vec<Named> {
    if kind != PrincipalType::Aws {
        return vec![Named::Other(kind, text.to_owned())];
    }
    if text == "*" {
        return vec![Named::Anonymous, Named::AnyAccount];
    }
    let of_root = || text.strip_suffix(":root").and_then(|arn| arn.rsplit(':').next());
    match text.parse().ok().or_else(|| of_root()?.parse().ok()) {
        Some(account) => vec![Named::Account(account)],
        None => vec![Named::Other(kind, text.to_owned())],
    }
}
