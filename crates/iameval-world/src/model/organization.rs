//! The organization and the accounts in it: which SCPs and RCPs bind whom, and what is known of an account.

use crate::model::policy::{Attached, PolicyRef};
use crate::model::principal::{AccountFacts, WorldPrincipal};
use iameval::AccountId;
use iameval::symbol::Symbols;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which accounts are in the organization.
///
/// CHOICE: the world's own account is, and every account under `accounts`; any other is not. Without `accounts` and
/// without an account of the world, every account is.
#[derive(Debug, Default)]
pub(crate) struct Membership {
    pub(crate) own: Option<AccountId>,
    pub(crate) organization: Option<WorldAccount>,
    pub(crate) accounts: BTreeMap<AccountId, WorldAccount>,
}

/// What is known of an account of the organization.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct WorldAccount {
    /// The id of the organization.
    pub organization: Option<String>,
    /// Where the account sits, as `aws:PrincipalOrgPaths` has it: `o-…/r-…/ou-…/`.
    pub path: Option<String>,
    /// The levels of SCPs, root first, account last.
    pub scps: Vec<WorldLevel>,
    /// The levels of RCPs, root first, account last.
    pub rcps: Vec<WorldLevel>,
    /// Whether it is the management account, to which neither SCPs nor RCPs apply; `None` where it is not said.
    pub management: Option<bool>,
    /// Whether it is a delegated administrator; `None` where it is not said.
    pub delegated_administrator: Option<bool>,
    pub(crate) number: usize,
}

/// One level of SCPs or RCPs: those attached to the root, to a unit, or to the account.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WorldLevel {
    /// What it is called in answers.
    pub name: Arc<str>,
    /// Its policies. A level of SCPs without any allows nothing (R-ORG-03).
    pub policies: Vec<Attached>,
}

/// One level of SCPs or RCPs, for a [`WorldBuilder`](crate::WorldBuilder).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LevelParts {
    /// What it is called in answers; `level 2 of 3` and so on by default.
    pub name: Option<String>,
    /// Its policies.
    pub policies: Vec<PolicyRef>,
}

impl LevelParts {
    /// A level with these policies.
    pub fn new(policies: Vec<PolicyRef>) -> Self {
        Self { name: None, policies }
    }

    /// The same, with a name such as `root` or `ou-prod`.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(name.into()), ..self }
    }
}

/// What the organization says of all its accounts, for a [`WorldBuilder`](crate::WorldBuilder).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct OrganizationParts {
    /// Its id; without it that in the path.
    pub id: Option<String>,
    /// Where the world's own account sits: `o-…/r-…/ou-…/`.
    pub path: Option<String>,
    /// The levels of SCPs, root first, account last.
    pub scps: Vec<LevelParts>,
    /// The levels of RCPs, root first, account last.
    pub rcps: Vec<LevelParts>,
}

impl OrganizationParts {
    /// An organization of which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The id, or that in the path.
    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref().or_else(|| id_in_path(self.path.as_deref()))
    }
}

/// What is known of one account of the organization, for a [`WorldBuilder`](crate::WorldBuilder). What it does not say is
/// as the organization says.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct AccountParts {
    /// Where the account sits: `o-…/r-…/ou-…/`.
    pub path: Option<String>,
    /// The levels of SCPs, root first, account last.
    pub scps: Option<Vec<LevelParts>>,
    /// The levels of RCPs, root first, account last.
    pub rcps: Option<Vec<LevelParts>>,
    /// Whether it is the management account.
    pub management: Option<bool>,
    /// Whether it is a delegated administrator.
    pub delegated_administrator: Option<bool>,
}

impl AccountParts {
    /// An account that is as the organization says.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What a level is called that has no name: `level 2 of 3`. The index counts from 0.
pub fn level_name(index: usize, count: usize) -> Arc<str> {
    format!("level {} of {count}", index + 1).into()
}

/// The names of levels, with those that have none by their numbers.
pub(crate) fn level_names(levels: &[LevelParts]) -> impl Iterator<Item = Arc<str>> {
    let name = |(index, level): (usize, &LevelParts)| match &level.name {
        Some(name) => name.as_str().into(),
        None => level_name(index, levels.len()),
    };
    levels.iter().enumerate().map(name)
}

/// The id that a path begins with.
pub(crate) fn id_in_path(path: Option<&str>) -> Option<&str> {
    path?.split('/').next()
}

impl Membership {
    /// What is known of an account; `None` when it is not in the organization.
    pub(crate) fn of(&self, account: AccountId) -> Option<&WorldAccount> {
        let everywhere = self.own.is_none() && self.accounts.is_empty();
        let own = || self.organization.as_ref().filter(|_| everywhere || self.own == Some(account));
        self.accounts.get(&account).or_else(own)
    }

    /// Tells a principal what follows from its account.
    pub(crate) fn tell(&self, told: &mut WorldPrincipal, symbols: Option<&Symbols>) {
        let Some(account) = told.principal().account().map(|account| self.standing(account, symbols)) else { return };
        if account.is_outside() {
            return;
        }
        // An organization has one management account.
        let another = self.accounts.values().any(|other| other.management == Some(true)).then_some(false);
        told.tell(&AccountFacts {
            organization: account.fact(|account| account.organization.as_deref()),
            path: account.fact(|account| account.path.as_deref()),
            management: account.fact(|account| account.management.or(another)),
            delegated_administrator: account.fact(|account| account.delegated_administrator),
        });
    }
}
