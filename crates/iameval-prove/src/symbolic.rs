//! What is not known of policies and requests: symbols, each of which stands for one text that a deployment settles.
//!
//! Nothing may be called proven unless it is so whatever the symbols stand for. So the same policies are read in two ways.
//! Read at its *widest*, a part of a statement applies to every request to which it applies for some value of the symbols;
//! at its *narrowest*, only to those to which it applies for all of them. A [`Reading`] says which way Allow and Deny
//! statements are read: what the widest Allows and the narrowest Denies do not let through, nothing does.
//!
//! Two sets of policies in which the same is not known are compared with both read as *open*: what depends on symbols is a
//! test of its own, which comes out one way wherever the same is asked of the same request. So what has not changed makes
//! no difference.
//!
//! A symbol stands in texts as one character. In a request it is compared like any other as long as that says the same as
//! every text in its place; where it may not, a whole part of a statement counts as applying or not.

use crate::claim::{KeyScope, KeyState, Scope};
use crate::verdict::Undecided;
use iameval::symbol::{Symbol, Symbols};
use iameval::{
    AccountId, Context, ContextKey, ContextValue, Effect, PatternElement, PrincipalElement, PrincipalForm,
    PrincipalList, Statement,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How much of what depends on symbols applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breadth {
    /// Everything that does for some value of them.
    Widest,
    /// What does for all of them.
    Narrowest,
    /// What turns out to: it is left open, and the same wherever the same is asked of a request.
    Open,
}

/// How statements are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) allows: Breadth,
    pub(crate) denies: Breadth,
}

/// What is not known, under a scope.
#[derive(Debug)]
pub(crate) struct Unknown {
    symbols: Arc<Symbols>,
    /// Keys whose values in requests have symbols in them.
    keys: BTreeSet<ContextKey>,
    /// Globs of the scope for resources, those with symbols in them.
    resources: Vec<String>,
    /// Values of keys that have one in every request.
    fixed: Context,
    fixed_keys: BTreeSet<ContextKey>,
}

impl Breadth {
    pub(crate) fn opposite_if(self, is_opposite: bool) -> Self {
        match (self, is_opposite) {
            (Self::Widest, true) => Self::Narrowest,
            (Self::Narrowest, true) => Self::Widest,
            (Self::Open, true) => Self::Open,
            (own, false) => own,
        }
    }
}

impl Reading {
    /// Everything that may be allowed.
    pub(crate) const MOST: Self = Self { allows: Breadth::Widest, denies: Breadth::Narrowest };
    /// Only what is certainly allowed.
    pub(crate) const LEAST: Self = Self { allows: Breadth::Narrowest, denies: Breadth::Widest };
    /// Everything that may apply.
    pub(crate) const WIDEST: Self = Self { allows: Breadth::Widest, denies: Breadth::Widest };

    /// Whatever turns out to apply, to compare policies in which the same is not known.
    pub(crate) const OPEN: Self = Self { allows: Breadth::Open, denies: Breadth::Open };

    /// With everything the other way round.
    pub(crate) fn opposite(self) -> Self {
        Self { allows: self.allows.opposite_if(true), denies: self.denies.opposite_if(true) }
    }

    pub(crate) fn of(self, effect: Effect) -> Breadth {
        match effect {
            Effect::Allow => self.allows,
            Effect::Deny => self.denies,
        }
    }
}

impl Unknown {
    /// What is not known where policies are asked about a scope in which keys have these values in every request.
    pub(crate) fn new(
        symbols: &Arc<Symbols>,
        scope: &Scope,
        fixed: &BTreeMap<ContextKey, Option<ContextValue>>,
    ) -> Self {
        let has = |text: &str| symbols.within(text).next().is_some();
        let of_value = |value: &ContextValue| value.texts().any(has);
        let said = scope.keys.iter().filter(|said| texts_of(said).any(has)).map(|said| said.key.clone());
        let follows =
            fixed.iter().filter(|(_, value)| value.as_ref().is_some_and(of_value)).map(|(key, _)| key.clone());
        let mut keys: BTreeSet<ContextKey> = said.chain(follows).collect();
        if accounts(scope).any(|account| has(account.as_str())) {
            keys.insert(resource_account_key());
        }
        let mut context = Context::new();
        for (key, value) in fixed {
            match value {
                Some(value) => context.insert(key.as_str(), value.clone()),
                None => context.insert_absent(key.as_str()),
            }
        }
        Self {
            symbols: symbols.clone(),
            keys,
            resources: scope.resources.iter().filter(|glob| has(glob)).cloned().collect(),
            fixed: context,
            fixed_keys: fixed.keys().cloned().collect(),
        }
    }

    pub(crate) fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    pub(crate) fn has_symbols(&self, text: &str) -> bool {
        self.symbols.within(text).next().is_some()
    }

    /// Whether something in a statement is not known.
    pub(crate) fn is_in(&self, statement: &Statement) -> bool {
        let patterns = [Some(statement.action()), statement.resource()].into_iter().flatten();
        let patterns = patterns.flat_map(PatternElement::patterns);
        let tests = statement.tests().flat_map(|(_, test)| std::iter::once(test.key()).chain(test.values()));
        let lists = match statement.principal().map(PrincipalElement::form) {
            Some(PrincipalForm::Map(lists)) => &lists[..],
            _ => &[],
        };
        let principals = lists.iter().flat_map(PrincipalList::values);
        !statement.only_if().is_empty() || patterns.chain(tests).chain(principals).any(|text| self.has_symbols(text))
    }

    /// Whether the value of a key is not known.
    pub(crate) fn is_open(&self, key: &ContextKey) -> bool {
        self.keys.contains(key) || self.has_symbols(key.as_str())
    }

    /// The values of the keys that have one in every request, where all of these have.
    pub(crate) fn fixed<'k>(&self, mut keys: impl Iterator<Item = &'k ContextKey>) -> Option<&Context> {
        keys.all(|key| self.fixed_keys.contains(key)).then_some(&self.fixed)
    }

    /// Globs of the scope for resources, those with symbols in them.
    pub(crate) fn resources(&self) -> &[String] {
        &self.resources
    }

    /// Every symbol, as what something may depend on.
    pub(crate) fn all(&self) -> BTreeSet<Undecided> {
        self.names(self.symbols.iter())
    }

    pub(crate) fn names(&self, symbols: impl IntoIterator<Item = Symbol>) -> BTreeSet<Undecided> {
        let name = |symbol| Undecided::Symbol(self.symbols.name(symbol).into());
        symbols.into_iter().map(name).collect()
    }
}

/// The accounts of callers and owners that a scope names.
fn accounts(scope: &Scope) -> impl Iterator<Item = AccountId> {
    let of_owners =
        scope.owners.iter().flat_map(|owners| owners.accounts.iter().chain(owners.all_but.iter().flatten()));
    let principal = scope.principal.as_ref().and_then(iameval::Principal::account);
    let in_resources = scope.resources.iter().filter_map(|glob| glob.split(':').nth(4)?.parse().ok());
    of_owners.copied().chain(principal).chain(scope.resource_account).chain(in_resources)
}

/// The accounts that a scope names and that are not known.
pub(crate) fn open_accounts(scope: &Scope) -> impl Iterator<Item = AccountId> {
    accounts(scope).filter(|account| !account.as_str().is_ascii())
}

/// The texts that a scope says of a key.
fn texts_of(said: &KeyScope) -> impl Iterator<Item = &str> {
    said.alternatives.iter().flat_map(|state| {
        let texts: Vec<&str> = match state {
            KeyState::Absent => Vec::new(),
            KeyState::Is(value) => value.texts().collect(),
            KeyState::Present(range) => {
                let lists = [range.any_of.as_deref(), range.like.as_deref(), range.cidr.as_deref()];
                let lists = lists.into_iter().flatten().chain([&*range.none_of, &*range.not_like, &*range.not_cidr]);
                lists.flatten().map(String::as_str).collect()
            }
        };
        texts
    })
}

/// The key that follows from the resource.
pub(crate) fn resource_account_key() -> ContextKey {
    ContextKey::new("aws:ResourceAccount")
}
