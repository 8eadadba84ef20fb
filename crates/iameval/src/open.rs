//! What can be said of a request of which not everything is known: between which decisions it can move, by which context
//! keys, and which statements may apply.
//!
//! ```
//! use iameval::open::OnResources;
//! use iameval::{Decision, PolicySet, Request};
//!
//! let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
//!     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}}"#;
//! let policies = PolicySet::builder().identity("office", text)?.build();
//! let list = Request::builder("s3:ListAllMyBuckets".parse().unwrap()).build();
//!
//! let bounds = policies.bounds(&list, OnResources::This);
//! assert_eq!((bounds.worst, bounds.best), (Decision::ImplicitDeny, Decision::Allowed));
//! assert_eq!(bounds.keys[0].as_str(), "aws:SourceIp");
//! # Ok::<(), iameval::PolicyError>(())
//! ```

pub use crate::certainty::Certainty;

use crate::document::Effect;
use crate::layer::Layer;
use crate::layers::{DecidedBy, Decision, Facts, LayerOutcomes, Strength};
use crate::name::ContextKey;
use crate::policy_set::StatementId;
use crate::service_rules::{ActionRule, ActionRules};
use crate::symbol::Symbol;
use std::ops::Range;

/// Between which decisions a request can move, whatever values the keys have that were not given.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounds {
    /// The decision if every undecided Deny applies and no undecided Allow.
    pub worst: Decision,
    /// The decision if every undecided Allow applies and no undecided Deny.
    pub best: Decision,
    /// What stands in the way in the best case, where that is no Allow.
    pub stopped_by: Option<DecidedBy>,
    /// The keys that were not given and could change the decision, in order of their names. It may be one too many, never
    /// one too few.
    pub keys: Vec<ContextKey>,
    /// Whether the resource could change the decision, where it is open.
    pub depends_on_resource: bool,
    /// The symbols that statements depend on.
    pub symbols: Vec<Symbol>,
}

/// Which resources a request is about.
#[derive(Clone, Copy)]
pub enum OnResources<'r> {
    /// The one that the request names.
    This,
    /// One that is not known. The function tells of statements that name some resources and not all whether those can be
    /// what the action is evaluated on.
    Any(&'r dyn Fn(StatementId) -> bool),
}

/// What identity policies come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct IdentitySide {
    /// Whether one of their Allow statements applies.
    pub allow: Certainty,
    /// Whether one of their Deny statements applies.
    pub deny: Certainty,
}

/// What a request comes to whichever statements apply, for those who work out the statements themselves. See
/// [`PolicySet::composition`](crate::PolicySet::composition).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Composition {
    /// What a rule of a service decides before any policy is looked at (table (a), step 0).
    pub before: Option<Decision>,
    /// What a rule of a service decides where no Deny applies.
    pub after: Option<Decision>,
    /// What the tables need to know besides what the layers say.
    pub facts: Facts,
    /// The groups of policies that bind the request.
    pub groups: Vec<BindingGroup>,
    /// The keys that tell whether rules of services apply, in order of their names.
    pub keys: Vec<ContextKey>,
}

/// Policies that count as one, any of which may allow: a level, or all policies of a layer that has no levels.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BindingGroup {
    /// Their layer.
    pub layer: Layer,
    /// Their positions in [`PolicySet::policies`](crate::PolicySet::policies).
    pub policies: Range<usize>,
    /// Whether their Deny statements count (R-SVC-13).
    pub denies_count: bool,
    /// Whether their Allow statements count (R-SVC-03, R-SVC-09).
    pub allows_count: bool,
}

/// What the rules of services make of an action besides what they make of its resource; see
/// [`PolicySet::rule_traits`](crate::PolicySet::rule_traits).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct RuleTraits {
    pub(crate) rules: ActionRules,
    /// The service, where rules look at it.
    pub(crate) service: Option<Box<str>>,
    /// Whether the action reads only, where rules look at that.
    pub(crate) reads: bool,
    /// The rules for some resources only, with these.
    pub(crate) of_resources: Vec<(ActionRule, Box<str>)>,
}

impl Composition {
    /// The decision, where no Deny applies and no rule of a service decides, from how strongly the Allow statements of each
    /// group match. Those of a group that do not count are left out.
    pub fn decide(&self, strongest: impl Fn(&BindingGroup) -> Option<Strength>) -> Decision {
        let mut outcomes = LayerOutcomes::default();
        for group in &self.groups {
            outcomes.admit(group.layer, strongest(group).filter(|_| group.allows_count));
        }
        self.facts.compose(outcomes).0
    }
}

/// A statement that applies, or may.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenStatement {
    /// Which one.
    pub id: StatementId,
    /// Its effect.
    pub effect: Effect,
    /// Its layer.
    pub layer: Layer,
    /// The keys that were not given and tell whether it applies, in order of their names.
    pub keys: Vec<ContextKey>,
    /// Whether the resource, which is open, tells.
    pub depends_on_resource: bool,
    /// The symbols that tell.
    pub symbols: Vec<Symbol>,
}

impl OpenStatement {
    /// How certain it is that it applies; never [`Certainty::No`].
    pub fn certainty(&self) -> Certainty {
        let is_certain = self.keys.is_empty() && !self.depends_on_resource && self.symbols.is_empty();
        if is_certain { Certainty::Yes } else { Certainty::Maybe }
    }
}

impl IdentitySide {
    /// What these policies and others come to together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { allow: self.allow.max(other.allow), deny: self.deny.max(other.deny) }
    }
}

impl FromIterator<OpenStatement> for IdentitySide {
    fn from_iter<I: IntoIterator<Item = OpenStatement>>(statements: I) -> Self {
        let mut side = Self::default();
        for statement in statements {
            let which = match statement.effect {
                Effect::Allow => &mut side.allow,
                Effect::Deny => &mut side.deny,
            };
            *which = statement.certainty().max(*which);
        }
        side
    }
}
