//! Claims: what is said of every request of a scope.

use iameval::native::{EvaluationOptions, RequestPolicies};
use iameval::symbol::Symbols;
use iameval::{AccountId, CompiledPolicy, ContextKey, ContextValue, PolicyDocument, PolicySet, Principal};
use std::sync::Arc;

/// Policies with the documents that they were compiled from.
#[derive(Debug, Clone)]
pub struct Policies {
    set: PolicySet,
    // INVARIANT: one for each of `set.policies()`, in that order.
    documents: Arc<[Arc<PolicyDocument>]>,
}

impl Policies {
    /// The policies of a set, which also says whether rules of single services count; a claim about all actions mostly leaves
    /// them out ([`PolicySet::without_service_rules`]), for some actions cannot be denied. `documents` are theirs, in the order of [`PolicySet::policies`]. `None` when they are more or
    /// fewer than the policies.
    pub fn new(set: PolicySet, documents: impl IntoIterator<Item = Arc<PolicyDocument>>) -> Option<Self> {
        let documents: Arc<[_]> = documents.into_iter().collect();
        (set.policies().count() == documents.len()).then_some(Self { set, documents })
    }

    /// The policies of a native claim, evaluated as the options say.
    pub fn read(policies: &RequestPolicies, options: &EvaluationOptions) -> Self {
        let documents = policies.documents().map(|written| written.document.clone());
        Self { set: options.apply(policies.to_set()), documents: documents.collect() }
    }

    /// The same with a further policy.
    pub(crate) fn with(&self, policy: &Arc<CompiledPolicy>, document: Arc<PolicyDocument>) -> Self {
        let set = self.set.with(policy.clone());
        let mut documents = self.documents.to_vec();
        let place = set.policies().position(|own| Arc::ptr_eq(own, policy)).unwrap_or(documents.len());
        documents.insert(place.min(documents.len()), document);
        Self { set, documents: documents.into() }
    }

    /// The same in which these symbols stand for what is not known.
    pub(crate) fn with_symbols(&self, symbols: &Arc<Symbols>) -> Self {
        Self { set: self.set.clone().with_symbols(symbols.clone()), documents: self.documents.clone() }
    }

    /// The policies, ready to be asked.
    pub fn set(&self) -> &PolicySet {
        &self.set
    }

    /// Their documents, in the order of [`PolicySet::policies`].
    pub fn documents(&self) -> &[Arc<PolicyDocument>] {
        &self.documents
    }
}

/// A statement about every request of a scope.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The policies that decide.
    pub policies: Policies,
    /// The requests that it speaks of.
    pub scope: Scope,
    /// What is said of them.
    pub expect: Expectation,
}

/// What is said of every request of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expectation {
    /// None is allowed.
    Deny,
    /// Every one is allowed.
    Allow,
    /// A Deny statement applies to every one.
    ExplicitDeny,
    /// Every one is denied because nothing allows it.
    ImplicitDeny,
}

/// Which requests are spoken of. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a member of claims of its own")]
pub struct Scope {
    /// Who makes them; without a principal some caller of the resource's account.
    pub principal: Option<Principal>,
    /// The account that owns the resources; without it that follows from each resource.
    pub resource_account: Option<AccountId>,
    /// Whether the resources belong to the management account of their organization.
    pub in_management_account: bool,
    /// Patterns for actions, letter case ignored. None stand for every action, also those that no catalogue knows yet.
    pub actions: Vec<String>,
    /// Patterns for actions that are left out.
    pub except_actions: Vec<String>,
    /// Plain globs over the whole text of the resource: `*` any run, colons included. None stand for every resource.
    pub resources: Vec<String>,
    /// Plain globs for resources that are left out.
    pub except_resources: Vec<String>,
    /// Whose resources are meant; all where nothing is said.
    pub owners: Option<Owners>,
    /// What is said of context keys, each once. Keys that are not listed are free.
    pub keys: Vec<KeyScope>,
    /// Whether keys that follow from principal and resource have the value that follows, where `keys` says nothing of them.
    pub derives_context: bool,
    /// Whether values of a key of a declared type may be texts that are not of that type.
    pub any_text: bool,
    /// Whether only requests are meant that AWS could make, as far as that is certain.
    pub realistic: bool,
}

/// Whose resources are meant, as the account in their ARNs tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owners {
    /// Those of these accounts.
    pub accounts: Vec<AccountId>,
    /// Those of every account but these.
    pub all_but: Option<Vec<AccountId>>,
    /// Those whose ARNs name no account, or AWS in its place.
    pub unnamed: bool,
}

/// What is said of one context key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyScope {
    /// The key.
    pub key: ContextKey,
    /// Whether it holds a list; `None` where that follows from what is known of the key.
    pub is_list: Option<bool>,
    /// Any of these.
    pub alternatives: Vec<KeyState>,
}

/// One way for a context key to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyState {
    /// It is not in the request.
    Absent,
    /// It has exactly this value.
    Is(ContextValue),
    /// It has a value of this range; every value of a list must be in it.
    Present(Box<ValueRange>),
}

/// Which values are meant: those that everything holds for that is said here. The default is any value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueRange {
    /// Where it is a list, at least one value is in it.
    pub not_empty: bool,
    /// It is one of these texts exactly.
    pub any_of: Option<Vec<String>>,
    /// It is none of these texts.
    pub none_of: Vec<String>,
    /// It fits one of these patterns (`*`, `?`, `${*}`, `${?}`, `${$}`).
    pub like: Option<Vec<String>>,
    /// It fits none of these patterns.
    pub not_like: Vec<String>,
    /// It is an address of one of these networks.
    pub cidr: Option<Vec<String>>,
    /// It is an address of none of these networks.
    pub not_cidr: Vec<String>,
    /// It is a date, not before this one.
    pub date_from: Option<String>,
    /// It is a date, not after this one.
    pub date_to: Option<String>,
    /// It is a number, not below this one.
    pub number_from: Option<String>,
    /// It is a number, not above this one.
    pub number_to: Option<String>,
}
