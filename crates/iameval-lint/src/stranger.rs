//! Who is let in that nobody invited, as proven of each statement, in words.

use iameval::{ContextKey, PolicyKind, PrincipalClass, Request, Statement};
use iameval_prove::Counterexample;
use std::collections::HashMap;

/// What is proven of the strangers that the statements of a policy let in.
#[derive(Debug, Default)]
pub(crate) struct Strangers {
    let_in: HashMap<usize, Counterexample>,
    is_complete: bool,
}

/// Whether a statement lets in a stranger: somebody without any tie to the accounts of the policy.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Access<'s> {
    /// It does, with this request.
    Open(&'s Counterexample),
    /// It does not.
    Closed,
    /// That is not proven.
    Unproven,
}

impl Strangers {
    /// `let_in` by the position of the statement; what is not in there is closed where `is_complete` says so.
    pub(crate) fn new(let_in: HashMap<usize, Counterexample>, is_complete: bool) -> Self {
        Self { let_in, is_complete }
    }

    /// How many statements let in a stranger.
    pub(crate) fn count(&self) -> usize {
        self.let_in.len()
    }

    pub(crate) fn access(&self, statement: usize) -> Access<'_> {
        match self.let_in.get(&statement) {
            Some(found) => Access::Open(found),
            None if self.is_complete => Access::Closed,
            None => Access::Unproven,
        }
    }
}

/// So many keys of a request are told.
const MOST_KEYS: usize = 3;

/// What a stranger may do: who it is, the call, and what the statement asks of the context.
pub(crate) fn in_words(request: &Request, statement: &Statement, kind: PolicyKind) -> String {
    let who = match (request.principal().class(), kind) {
        (Some(PrincipalClass::Anonymous), _) => "anyone, without signing in,".to_owned(),
        (Some(PrincipalClass::User), _) => "any user of any AWS account".to_owned(),
        (Some(PrincipalClass::Root), _) => "the root user of any AWS account".to_owned(),
        (Some(PrincipalClass::FederatedUser), _) => "any federated user of any AWS account".to_owned(),
        (Some(PrincipalClass::Service), _) => "an AWS service that calls for a resource of any AWS account".to_owned(),
        (Some(PrincipalClass::WebIdentity), _) => {
            let provider = request.principal().provider().unwrap_or_default();
            format!("anyone who can sign in through `{}`", crate::provider::host(provider))
        }
        _ => "any role of any AWS account".to_owned(),
    };
    let action = request.action().as_str();
    let what = match kind {
        PolicyKind::RoleTrust if action.starts_with("sts:AssumeRole") => "may assume this role".to_owned(),
        PolicyKind::RoleTrust => format!("may call `{action}` on this role"),
        _ => format!("may call `{action}` on `{}`", request.resource()),
    };
    format!("{who} {what}{}", context(request, statement))
}

/// The keys that the statement tests, with the values of the request.
fn context(request: &Request, statement: &Statement) -> String {
    let mut told: Vec<String> = Vec::new();
    for (_, test) in statement.tests() {
        let value = request.context().value(&ContextKey::new(test.key()));
        let Some(text) = value.and_then(|value| value.texts().next()) else { continue };
        let one = format!("`{}` is `{text}`", test.key());
        if !told.contains(&one) && told.len() < MOST_KEYS {
            told.push(one);
        }
    }
    if told.is_empty() { String::new() } else { format!(", if {}", told.join(" and ")) }
}
