//! What a policy is attached to, where that is known.

use iameval::AccountId;
use iameval_prove::Scope;

/// The resources that a resource policy is attached to. The policy counts for them and for what is in them only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttachedTo {
    resources: Vec<String>,
    accounts: Vec<Option<AccountId>>,
}

impl AttachedTo {
    /// Nothing that is known: the policy is looked at for every resource.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// One more resource: its ARN, patterns for what is in it, and the account that owns it where that is known.
    pub fn add(&mut self, arns: impl IntoIterator<Item = String>, account: Option<AccountId>) {
        self.resources.extend(arns);
        self.accounts.push(account);
    }

    pub(crate) fn is_unknown(&self) -> bool {
        self.resources.is_empty()
    }

    /// The requests that the policy counts for.
    pub(crate) fn scope(&self) -> Scope {
        let first = self.accounts.first().copied().flatten();
        let is_one = self.accounts.iter().all(|account| *account == first);
        Scope { resources: self.resources.clone(), resource_account: first.filter(|_| is_one), ..Scope::default() }
    }
}
