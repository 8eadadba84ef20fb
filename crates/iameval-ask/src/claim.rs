//! Claims about a world: what is said of every request of a scope, in names.
//!
//! A claim speaks of many resources, and which policies bind a request depends on its resource. So a question becomes one
//! claim for each set of resources that have their policies in common ([`region`](self::region)); their verdicts together are
//! the answer ([`tally`](self::tally)).

mod alike;
mod glob;
mod idle;
pub(crate) mod keys;
mod native;
mod prove;
mod ready;
mod region;
mod tally;
mod values;

use crate::answer::Answer;
use crate::given::Given;
use crate::posed::Attachment;
use crate::problem::Remark;
use crate::question::{Refused, Tagged};
use crate::statement::{PlacedStatement, Places};
use crate::words::listed;
use iameval::{AccountId, Mfa, PolicySet, RuleSelection};
use iameval_prove::{Assumed, ClaimError, ClosedBy, Closing, Expectation, KeyScope, Undecided};
use iameval_world::LoadedPolicy;
use std::sync::Arc;

pub(crate) use prove::{by_rules, without_documents};

pub use idle::JudgedDeny;
pub use native::{ClaimLines, LineOutcome};
pub use ready::{OtherPolicy, ReadyClaim};
pub use values::KeyValues;

/// What is said of every request of a scope, in the names of a world. What is not said is free.
#[derive(Debug, Clone)]
pub struct ClaimQuestion {
    /// Who asks: a name in the world, an ARN, a service.
    pub principal: Option<String>,
    /// Patterns for actions. None stand for every action, also those that no catalogue knows yet.
    pub actions: Vec<String>,
    /// Patterns for actions that are left out.
    pub except_actions: Vec<String>,
    /// Resources: names in the world, ARNs, `self`, and globs over the whole ARN. None stand for every resource, and so does
    /// `*`.
    pub resources: Vec<String>,
    /// Resources that are left out.
    pub except_resources: Vec<String>,
    /// The account that owns the resources, above what the world and the ARN say.
    pub resource_account: Option<AccountId>,
    /// The name of the VPC endpoint that the requests go through.
    pub endpoint: Option<String>,
    /// States of multi-factor authentication, any of which is meant: `true` is any time ago unless an age is given. None leave
    /// it to the default of the world.
    pub mfa: Vec<Mfa>,
    /// What is said of context keys, above what the world says of them.
    pub keys: Vec<KeyScope>,
    /// What counts where neither the question nor the world says anything.
    pub beneath: Given,
    /// What is said of the requests.
    pub expect: Expectation,
    /// Whether only requests are meant that AWS could make, as far as that is certain.
    pub realistic: bool,
    /// Which rules of single services count.
    pub service_rules: RuleSelection,
}

impl ClaimQuestion {
    /// That every request is decided so.
    pub fn new(expect: Expectation) -> Self {
        Self {
            principal: None,
            actions: Vec::new(),
            except_actions: Vec::new(),
            resources: Vec::new(),
            except_resources: Vec::new(),
            resource_account: None,
            endpoint: None,
            mfa: Vec::new(),
            keys: Vec::new(),
            beneath: Given::default(),
            expect,
            realistic: false,
            service_rules: RuleSelection::None,
        }
    }
}

/// What came of a claim about a world.
#[derive(Debug)]
#[non_exhaustive]
pub struct ProvedClaim {
    /// Who asks, as answers name them.
    pub principal: String,
    /// What was claimed.
    pub expect: Expectation,
    /// What came of it.
    pub verdict: ClaimVerdict,
    /// What the verdict takes for granted.
    pub assumed: Assumed,
    /// Which rules of single services counted.
    pub service_rules: RuleSelection,
    /// What is worth knowing about the question.
    pub remarks: Vec<Tagged<Remark>>,
}

/// What can come of a claim.
#[derive(Debug)]
pub enum ClaimVerdict {
    /// It holds for every request of its scope; what closed it, most actions first.
    Holds(Vec<Closed>),
    /// A request of its scope is decided otherwise.
    Refuted(Box<RefutedClaim>),
    /// Neither was found; why.
    Unknown(Vec<Undecided>),
}

impl ClaimVerdict {
    /// A stable code, such as `holds`.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Holds(_) => "holds",
            Self::Refuted(_) => "refuted",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// A claim that does not hold.
#[derive(Debug)]
pub struct RefutedClaim {
    /// A request that is decided otherwise, with its answer.
    pub counterexample: Answer,
    /// Whether AWS could make that request, as far as that is known.
    pub is_realistic: bool,
    /// All actions of the catalogue for which it does not hold, sorted.
    pub actions: Vec<String>,
    /// A few of them to name, those that are worth knowing first.
    pub foremost: Vec<String>,
    /// Whether it does not hold for actions either that the catalogue does not have.
    pub unlisted_actions: bool,
    /// Why it is not known of further actions whether it holds.
    pub undecided: Vec<Undecided>,
}

impl RefutedClaim {
    /// The actions of the catalogue, counted and named; where they are more than `limit`, those that are worth knowing.
    pub fn actions_in_words(&self, limit: usize) -> String {
        let count = self.actions.len();
        let what = if count == 1 { "action" } else { "actions" };
        let shown = self.foremost.get(..limit).filter(|_| count > limit);
        let names = shown.map_or_else(
            || listed(&self.actions, ", ", limit),
            |shown| format!("{} and {} more", shown.join(", "), count - limit),
        );
        format!("{count} {what}: {names}")
    }
}

/// What closes a claim, and for how many actions of the catalogue.
#[derive(Debug, Clone)]
pub struct Closed {
    closing: Closing,
    policies: PolicySet,
    attachments: Arc<[Attachment]>,
    places: Places,
}

impl Closed {
    /// How many actions it closes.
    pub fn actions(&self) -> usize {
        self.closing.actions
    }

    /// What it is.
    pub fn by(&self) -> ClosedBy {
        self.closing.by
    }

    /// The policy of the statement, where it is one.
    pub fn policy(&self) -> Option<&Arc<LoadedPolicy>> {
        let index = self.statement()?.origin.policy_index;
        self.attachments.get(index).map(|attachment| &attachment.policy)
    }

    /// The statement, where it is one.
    pub fn statement(&self) -> Option<PlacedStatement<'_>> {
        match self.closing.by {
            ClosedBy::Statement(id) => self.places.place(&self.policies, &self.attachments, id),
            ClosedBy::NoAllow | ClosedBy::ServiceRule => None,
        }
    }
}

/// Why a claim has no verdict.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unproved {
    /// The question cannot be asked.
    Refused(Refused),
    /// The claim has no verdict.
    Claim(ClaimError),
}
