//! What a change of policies gains and loses, for whom.

mod alike;
mod alone;
mod callers;
mod changed;
mod cohort;
mod facts;
mod kindred;
mod not_known;
mod outsiders;
mod own_tags;
mod pairs;
mod sessions;
#[cfg(test)]
mod tests;
mod unheld;

use crate::access_group::{AccessGroup, groups, groups_that_may, whatever_allows};
use crate::provable::Provable;
use crate::statement::Places;
use iameval::{ContextKey, Layer};
use iameval_data::Catalogue;
use iameval_prove::{ClaimError, Prover, Scope};
use iameval_world::Finding;
use std::collections::BTreeSet;

pub(crate) use alike::{Name, name};
pub use alone::Beside;

/// Compares policies and worlds.
#[derive(Debug)]
pub struct Differ<'c> {
    catalogue: &'c Catalogue,
    prover: Prover<'c>,
    /// The lines of the sources that were compared.
    places: Places,
}

/// How two sides differ.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Diff {
    /// What was compared and differs, or could not be decided.
    pub parts: Vec<DiffPart>,
    /// The principals that both sides have, or the callers that a policy was compared for.
    pub principals: usize,
    /// How many different pairs of policies were compared.
    pub compared: usize,
    /// What two lone policies were compared beside.
    pub beside: Option<Beside>,
    /// Layers of which a world cannot know the policies that bind its principals.
    pub unknown_layers: BTreeSet<Layer>,
}

/// What one change comes to, for those who have the policies in common.
#[derive(Debug)]
#[non_exhaustive]
pub struct DiffPart {
    /// For whom: names of principals, or callers that a policy lets in. Empty for any caller.
    pub principals: Vec<String>,
    /// Which side has them.
    pub presence: Presence,
    /// What has the policies, where no principal that is known does.
    pub unheld: Option<Unheld>,
    /// The resource, by its name in the world, where its policy takes part.
    pub resource: Option<String>,
    /// For whom it holds, where that depends on more than the policies.
    pub condition: Option<DiffCondition>,
    /// The policies before.
    pub old: Provable,
    /// The policies after.
    pub new: Provable,
    /// What is allowed after and was not before.
    pub gained: Vec<AccessGroup>,
    /// What was allowed before and is not after.
    pub lost: Vec<AccessGroup>,
    /// What may be gained: it depends on what is not known.
    pub may_gain: Vec<AccessGroup>,
    /// What may be lost.
    pub may_lose: Vec<AccessGroup>,
    /// Why it is not known whether more is gained or lost.
    pub undecided: BTreeSet<DiffUndecided>,
}

/// Policies that are attached to no known principal. They are compared for any principal that has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unheld {
    /// A policy of this name that is attached to nobody.
    Policy(String),
    /// The policies of the group of this name, which has no members.
    Group(String),
}

impl Unheld {
    /// A stable code: `policy`, `group`.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Policy(_) => "policy",
            Self::Group(_) => "group",
        }
    }

    /// The name of the policy or group.
    pub fn name(&self) -> &str {
        match self {
            Self::Policy(name) | Self::Group(name) => name,
        }
    }
}

/// For whom something is gained or lost, where that depends on more than the policies that were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiffCondition {
    /// For those whom another policy allows it: a Deny makes the difference.
    AnotherPolicyAllows,
    /// For callers of the account that the resource is in who have no policies of their own: the policy of the resource allows
    /// them by itself.
    OwnAccount,
}

impl DiffCondition {
    /// A stable code: `another_policy_allows`, `own_account`.
    pub fn id(self) -> &'static str {
        match self {
            Self::AnotherPolicyAllows => "another_policy_allows",
            Self::OwnAccount => "own_account",
        }
    }
}

/// Which side has a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Both.
    Both,
    /// Only what was before.
    OnlyOld,
    /// Only what comes after.
    OnlyNew,
    /// Neither: a caller whom the policy of a resource or role names, or anybody.
    Outside,
}

impl Presence {
    /// A stable code: `both`, `only_old`, `only_new`, `outside`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::OnlyOld => "only_old",
            Self::OnlyNew => "only_new",
            Self::Outside => "outside",
        }
    }
}

/// Why it is not known whether more is gained or lost.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DiffUndecided {
    /// The prover could not decide it.
    Proof(iameval_prove::Undecided),
    /// A policy is attached whose document is not known.
    UnknownPolicy(String),
    /// The two sides give this key different values, and policies read it.
    Context(ContextKey),
    /// The two sides say different things of the caller or of a resource, by which requests are decided.
    Fact(ChangedFact),
}

/// What two sides say different things of, beside policies and context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChangedFact {
    /// Which policies bind the caller: whether it is in the management account, a service-linked role, a session.
    Standing,
    /// What the caller is called, where policies name it.
    Name,
    /// The account that a resource is in.
    ResourceAccount,
}

impl ChangedFact {
    /// A stable code: `standing`, `name`, `resource_account`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Standing => "standing",
            Self::Name => "name",
            Self::ResourceAccount => "resource_account",
        }
    }

    /// In words: `the account that owns the resource`.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Standing => {
                "which policies bind the principal (its account's place in the organization, or what kind of principal it is)"
            }
            Self::Name => "what the principal is called, and policies name it",
            Self::ResourceAccount => "the account that owns the resource",
        }
    }
}

/// What keeps two sides from being compared.
#[derive(Debug)]
#[non_exhaustive]
pub enum DiffError {
    /// A policy is not valid for the way it is attached.
    Policies(Vec<Finding>),
    /// The prover contradicts the evaluator: a defect.
    Proof(ClaimError),
}

impl From<Vec<Finding>> for DiffError {
    fn from(findings: Vec<Finding>) -> Self {
        Self::Policies(findings)
    }
}

/// For whom, and on what, two sides are compared.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) principals: Vec<String>,
    pub(crate) presence: Presence,
    pub(crate) unheld: Option<Unheld>,
    pub(crate) resource: Option<String>,
    pub(crate) condition: Option<DiffCondition>,
}

impl<'c> Differ<'c> {
    /// Compares by the actions of this catalogue.
    pub fn new(catalogue: &'c Catalogue) -> Self {
        Self { catalogue, prover: Prover::new(catalogue), places: Places::default() }
    }

    /// `None` where nothing differs.
    pub(crate) fn part(
        &self,
        subject: Subject,
        sides: [Provable; 2],
        scope: &Scope,
        mut undecided: BTreeSet<DiffUndecided>,
    ) -> Result<Option<DiffPart>, DiffError> {
        let [old, new] = sides.map(|side| side.sharing(&self.places));
        let change = match self.prover.new_access(old.policies(), new.policies(), scope) {
            Ok(change) => change,
            // No request is like this, so nothing is gained or lost.
            Err(ClaimError::EmptyScope(_)) => return Ok(None),
            Err(error) => return Err(DiffError::Proof(error)),
        };
        let reasons = change.gained.undecided.iter().chain(&change.lost.undecided);
        undecided.extend(reasons.cloned().map(DiffUndecided::Proof));
        for side in [&old, &new] {
            undecided.extend(side.unknown_policies().map(|name| DiffUndecided::UnknownPolicy(name.to_owned())));
        }
        let told = |groups: Vec<AccessGroup>| match subject.condition {
            Some(DiffCondition::AnotherPolicyAllows) => whatever_allows(groups, self.catalogue),
            _ => groups,
        };
        let gained = told(groups(&change.gained, &new, Some(&old), scope, self.catalogue));
        let lost = told(groups(&change.lost, &old, Some(&new), scope, self.catalogue));
        let may_gain = told(groups_that_may(&change.gained, &new, Some(&old), scope, self.catalogue));
        let may_lose = told(groups_that_may(&change.lost, &old, Some(&new), scope, self.catalogue));
        let part = DiffPart { gained, lost, may_gain, may_lose, undecided, ..DiffPart::empty(subject, [old, new]) };
        Ok((!part.is_empty()).then_some(part))
    }
}

impl DiffPart {
    /// A part in which nothing differs.
    fn empty(subject: Subject, [old, new]: [Provable; 2]) -> Self {
        let Subject { principals, presence, unheld, resource, condition } = subject;
        Self {
            principals,
            presence,
            unheld,
            resource,
            condition,
            old,
            new,
            gained: Vec::new(),
            lost: Vec::new(),
            may_gain: Vec::new(),
            may_lose: Vec::new(),
            undecided: BTreeSet::new(),
        }
    }

    /// Whether nothing differs, and nothing may.
    pub(crate) fn is_empty(&self) -> bool {
        let groups = [&self.gained, &self.lost, &self.may_gain, &self.may_lose];
        groups.iter().all(|groups| groups.is_empty()) && self.undecided.is_empty()
    }

    /// Whether it is not known of something whether it is gained or lost.
    fn has_undecided(&self) -> bool {
        !(self.undecided.is_empty() && self.may_gain.is_empty() && self.may_lose.is_empty())
    }
}

impl Diff {
    /// Whether anything is allowed that was not.
    pub fn has_gained(&self) -> bool {
        self.parts.iter().any(|part| !part.gained.is_empty())
    }

    /// Whether anything is not allowed any more.
    pub fn has_lost(&self) -> bool {
        self.parts.iter().any(|part| !part.lost.is_empty())
    }

    /// Whether something could not be decided.
    pub fn has_undecided(&self) -> bool {
        self.parts.iter().any(DiffPart::has_undecided)
    }

    /// The principals that only one side has and that can do something there.
    pub fn only(&self, presence: Presence) -> impl Iterator<Item = &str> {
        let parts = self.parts.iter().filter(move |part| part.presence == presence && part.unheld.is_none());
        parts.flat_map(|part| &part.principals).map(String::as_str)
    }
}
