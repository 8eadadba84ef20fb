//! Where an account stands in the organization, also while it is not known which account it is.

use crate::model::organization::{Membership, WorldAccount, WorldLevel};
use crate::model::policy::{Attached, LoadedPolicy, Via};
use crate::source::Source;
use iameval::symbol::{Symbol, Symbols};
use iameval::{AccountId, PolicyDocument, PolicyKind};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where an account stands in the organization.
#[derive(Debug, Clone)]
pub(crate) enum Standing<'w> {
    /// There, or outside the organization.
    Certain(Option<&'w WorldAccount>),
    /// In one of these places, or in several that turn out to be one.
    Open { possible: Vec<Option<&'w WorldAccount>>, depends_on: BTreeSet<Symbol> },
}

/// What tells one standing from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum StandingKey {
    Certain(Option<usize>),
    Open { possible: Vec<Option<usize>>, depends_on: BTreeSet<Symbol> },
}

impl Membership {
    /// Where an account stands. One that is not known may be any that is named, and the other way round.
    pub(crate) fn standing(&self, account: AccountId, symbols: Option<&Symbols>) -> Standing<'_> {
        let Some(symbols) = symbols else { return Standing::Certain(self.of(account)) };
        let symbol = |account: AccountId| symbols.within(account.as_str()).next();
        let mut depends_on = BTreeSet::new();
        let mut may_be = |other: AccountId| {
            let may_be = other != account
                && match (symbol(account), symbol(other)) {
                    (None, None) => false,
                    (Some(one), Some(other)) => !symbols.differ(one, other),
                    _ => true,
                };
            if may_be {
                depends_on.extend(symbol(account).into_iter().chain(symbol(other)));
            }
            may_be
        };
        let exactly = self.of(account);
        let members = self.accounts.iter().filter(|(id, _)| may_be(**id));
        let mut possible = vec![exactly];
        possible.extend(members.map(|(_, member)| Some(member)));
        let own = self.own.filter(|own| exactly.is_none() && !self.accounts.contains_key(own));
        possible.extend(self.organization.as_ref().filter(|_| own.is_some_and(may_be)).map(Some));
        if possible.len() == 1 {
            return Standing::Certain(exactly);
        }
        Standing::Open { possible, depends_on }
    }
}

impl<'w> Standing<'w> {
    pub(crate) fn key(&self) -> StandingKey {
        let number = |account: Option<&WorldAccount>| account.map(|account| account.number);
        match self {
            Self::Certain(account) => StandingKey::Certain(number(*account)),
            Self::Open { possible, depends_on } => StandingKey::Open {
                possible: possible.iter().copied().map(number).collect(),
                depends_on: depends_on.clone(),
            },
        }
    }

    /// Whether it certainly is in no organization that the world knows.
    pub(crate) fn is_outside(&self) -> bool {
        matches!(self, Self::Certain(None))
    }

    /// What is so wherever the account stands.
    pub(crate) fn fact<T: PartialEq>(&self, of: impl Fn(&'w WorldAccount) -> Option<T>) -> Option<T> {
        match self {
            Self::Certain(account) => account.and_then(of),
            Self::Open { possible, .. } => {
                let mut facts = possible.iter().map(|account| account.and_then(&of));
                let first = facts.next()??;
                facts.all(|fact| fact.as_ref() == Some(&first)).then_some(first)
            }
        }
    }

    /// The levels of SCPs or RCPs that bind what is in the account. Of those that only may, the Deny statements are there at
    /// most, and so is one that allows everything.
    pub(crate) fn levels(&self, kind: PolicyKind) -> Vec<WorldLevel> {
        let of = |account: &'w WorldAccount| account.levels(kind);
        let (possible, depends_on) = match self {
            Self::Certain(account) => return account.map(of).unwrap_or_default().to_vec(),
            Self::Open { possible, depends_on } => {
                // None binds the management account.
                let bound = |account: &&WorldAccount| account.management != Some(true);
                let levels = possible.iter().map(|account| account.filter(bound).map(of).unwrap_or_default());
                (levels.collect::<Vec<_>>(), depends_on)
            }
        };
        let mut seen: Vec<&WorldLevel> = Vec::new();
        for level in possible.iter().copied().flatten() {
            if !seen.iter().any(|seen| seen.is_same(level)) {
                seen.push(level);
            }
        }
        let binds_anyway =
            |level: &WorldLevel| possible.iter().all(|levels| levels.iter().any(|other| other.is_same(level)));
        let as_far_as_certain =
            |level: &WorldLevel| if binds_anyway(level) { level.clone() } else { level.at_most(kind, depends_on) };
        seen.into_iter().map(as_far_as_certain).collect()
    }
}

impl WorldAccount {
    fn levels(&self, kind: PolicyKind) -> &[WorldLevel] {
        if kind == PolicyKind::ResourceControl { &self.rcps } else { &self.scps }
    }
}

impl WorldLevel {
    fn is_same(&self, other: &Self) -> bool {
        let policies =
            |level: &Self| level.policies.iter().map(|attached| Arc::as_ptr(&attached.policy)).collect::<Vec<_>>();
        self.name == other.name && policies(self) == policies(other)
    }

    /// The level where it may not bind at all.
    fn at_most(&self, kind: PolicyKind, depends_on: &BTreeSet<Symbol>) -> Self {
        let at_most = |attached: &Attached| Attached {
            policy: Arc::new(attached.policy.denying_only_if(depends_on)),
            via: attached.via.clone(),
        };
        let allows_everything =
            |attached: &Attached| attached.policy.name == "aws:FullAWSAccess" && attached.policy.is_of_aws();
        // Beside RCPs everything is allowed anyway (R-ORG-06).
        let is_limit = kind == PolicyKind::ServiceControl && !self.policies.iter().any(allows_everything);
        let without = is_limit.then(|| Attached {
            policy: Arc::new(allows_everything_only_if(depends_on)),
            via: Via::Attached(self.name.clone()),
        });
        Self { name: self.name.clone(), policies: self.policies.iter().map(at_most).chain(without).collect() }
    }
}

/// What stands beside the policies of a level that may not bind.
fn allows_everything_only_if(depends_on: &BTreeSet<Symbol>) -> LoadedPolicy {
    const NAME: &str = "where this level does not bind";
    let everything = PolicyDocument::parse(r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#);
    let document = everything.value.unwrap_or_default();
    let document = depends_on.iter().fold(document, |document, symbol| document.with_statement_only_if(0, *symbol));
    LoadedPolicy::from_document(NAME, &Source::new(NAME, ""), document)
}
