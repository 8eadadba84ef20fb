//! The policies of a question, layer by layer.

use crate::finding::Finding;
use crate::model::organization::level_name;
use crate::model::policy::{Attached, LoadedPolicy};
use iameval::{CompiledPolicy, PolicyKind, PolicySet};
use std::sync::Arc;

/// The policies of a question, layer by layer. Questions about the same principal, resource, accounts and endpoint
/// share them.
#[derive(Debug)]
pub struct SituationPolicies {
    placed: Vec<PlacedPolicy>,
    levels: LevelNames,
    set: PolicySet,
}

/// A policy, as what it is attached, and in which level.
#[derive(Debug, Clone)]
pub struct PlacedPolicy {
    /// As what it is attached.
    pub kind: PolicyKind,
    /// The level of an SCP or RCP, from 0; root first.
    pub level: usize,
    /// Whether it is the policy of a gateway endpoint.
    pub gateway: bool,
    /// The policy, and how it comes into play.
    pub attached: Attached,
}

/// What the levels of SCPs and RCPs are called, root first, those without policies included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LevelNames {
    /// The levels of SCPs.
    pub scps: Vec<Arc<str>>,
    /// The levels of RCPs.
    pub rcps: Vec<Arc<str>>,
}

impl LevelNames {
    /// So many levels without names of their own: `level 1 of 3`, and so on.
    ///
    /// ```
    /// let levels = iameval_world::LevelNames::numbered(2, 0);
    /// assert_eq!(levels.scps.iter().map(|name| &**name).collect::<Vec<_>>(), ["level 1 of 2", "level 2 of 2"]);
    /// ```
    pub fn numbered(scps: usize, rcps: usize) -> Self {
        let numbered = |count| (0..count).map(|index| level_name(index, count)).collect();
        Self { scps: numbered(scps), rcps: numbered(rcps) }
    }
}

impl SituationPolicies {
    /// Compiles policies and puts them together; `placed` is in the order of [`PolicySet::policies`].
    ///
    /// # Errors
    /// When a policy is not valid for the way it is attached.
    pub(crate) fn new(placed: Vec<PlacedPolicy>, levels: LevelNames) -> Result<Self, Vec<Finding>> {
        let set = assemble(&placed, &levels, |policy, kind| policy.compile(kind))?;
        Ok(Self { placed, levels, set })
    }

    /// The policies in the order of [`PolicySet::policies`].
    pub fn placed(&self) -> &[PlacedPolicy] {
        &self.placed
    }

    /// What the levels are called.
    pub fn levels(&self) -> &LevelNames {
        &self.levels
    }

    /// The policies, compiled.
    pub fn set(&self) -> &PolicySet {
        &self.set
    }

    /// The same by other rules of single services.
    #[must_use]
    pub(crate) fn by_rules(self, rules: Arc<iameval::ServiceRules>) -> Self {
        Self { set: self.set.with_rules(rules), ..self }
    }

    /// The policies, with another one in the place of each that `instead` gives one for. Nothing is compiled again.
    pub fn with(&self, instead: impl Fn(&PlacedPolicy) -> Option<Arc<CompiledPolicy>>) -> PolicySet {
        let own = self.placed.iter().zip(self.set.policies());
        let compiled = own.map(|(placed, own)| instead(placed).unwrap_or_else(|| own.clone()));
        put_together(&self.placed, &self.levels, compiled)
    }
}

/// Compiles policies and puts them together; `placed` is in the order of [`PolicySet::policies`].
///
/// # Errors
/// What `compile` does not take.
pub fn assemble(
    placed: &[PlacedPolicy],
    levels: &LevelNames,
    mut compile: impl FnMut(&Arc<LoadedPolicy>, PolicyKind) -> Result<Arc<CompiledPolicy>, Vec<Finding>>,
) -> Result<PolicySet, Vec<Finding>> {
    let mut compiled = Vec::with_capacity(placed.len());
    let mut wrong = Vec::new();
    for PlacedPolicy { kind, attached, .. } in placed {
        match compile(&attached.policy, *kind) {
            Ok(policy) => compiled.push(policy),
            Err(findings) => wrong.extend(findings),
        }
    }
    if wrong.is_empty() { Ok(put_together(placed, levels, compiled)) } else { Err(wrong) }
}

/// Puts compiled policies together; `compiled` has one for each that is placed.
fn put_together(
    placed: &[PlacedPolicy],
    names: &LevelNames,
    compiled: impl IntoIterator<Item = Arc<CompiledPolicy>>,
) -> PolicySet {
    let mut builder = PolicySet::builder();
    let [mut scps, mut rcps] = [Levels::default(), Levels::default()];
    for (PlacedPolicy { kind, level, gateway, .. }, policy) in placed.iter().zip(compiled) {
        match kind {
            PolicyKind::ServiceControl => scps.add(*level, policy),
            PolicyKind::ResourceControl => rcps.add(*level, policy),
            PolicyKind::Endpoint if *gateway => builder = builder.add_gateway_endpoint(policy),
            _ => builder = builder.add(policy),
        }
    }
    // A level of SCPs without policies allows nothing; levels of RCPs say nothing unless one of them has a policy.
    let of_rcps: &[Arc<str>] = if rcps.0.is_empty() { &[] } else { &names.rcps };
    for (kind, levels, names) in
        [(PolicyKind::ServiceControl, scps, &*names.scps), (PolicyKind::ResourceControl, rcps, of_rcps)]
    {
        for (name, level) in levels.named(names) {
            builder = builder.add_level(kind, &name, level);
        }
    }
    builder.build()
}

/// Policies level by level, as far as there are any.
#[derive(Default)]
struct Levels(Vec<Vec<Arc<CompiledPolicy>>>);

impl Levels {
    fn add(&mut self, level: usize, policy: Arc<CompiledPolicy>) {
        while self.0.len() <= level {
            self.0.push(Vec::new());
        }
        if let Some(level) = self.0.get_mut(level) {
            level.push(policy);
        }
    }

    /// Every level that has a name or policies.
    fn named(self, names: &[Arc<str>]) -> impl Iterator<Item = (Arc<str>, Vec<Arc<CompiledPolicy>>)> {
        let count = names.len().max(self.0.len());
        let mut levels = self.0.into_iter();
        (0..count).map(move |index| {
            let name = names.get(index).cloned().unwrap_or_else(|| level_name(index, count));
            (name, levels.next().unwrap_or_default())
        })
    }
}
