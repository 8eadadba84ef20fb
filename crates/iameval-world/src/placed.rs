//! The policies of a question, layer by layer.

use crate::finding::Finding;
use crate::model::policy::Attached;
use iameval::symbol::Symbols;
use iameval::{CompiledPolicy, LayeredPolicies, LayeredPolicy, PolicySet, ServiceRules};
use std::sync::Arc;

/// The policies of a question, layer by layer. Questions about the same principal, resource, accounts and endpoint
/// share them.
#[derive(Debug)]
pub struct SituationPolicies {
    placed: LayeredPolicies<Attached>,
    set: PolicySet,
}

impl SituationPolicies {
    /// Compiles policies and puts them together.
    ///
    /// # Errors
    /// When a policy is not valid for the way it is attached.
    pub(crate) fn new(placed: LayeredPolicies<Attached>) -> Result<Self, Vec<Finding>> {
        let set = assemble(&placed)?;
        Ok(Self { placed, set })
    }

    /// The policies and how each comes into play, in the order of [`PolicySet::policies`].
    pub fn placed(&self) -> &LayeredPolicies<Attached> {
        &self.placed
    }

    /// The policies, compiled.
    pub fn set(&self) -> &PolicySet {
        &self.set
    }

    /// The same by other rules of single services.
    #[must_use]
    pub(crate) fn by_rules(self, rules: Arc<ServiceRules>) -> Self {
        Self { set: self.set.with_service_rules(rules), ..self }
    }

    /// The same, in which these symbols stand for what is not known.
    #[must_use]
    pub(crate) fn with_symbols(self, symbols: Arc<Symbols>) -> Self {
        Self { set: self.set.with_symbols(symbols), ..self }
    }

    /// The policies, with another one in place of each that `instead` gives one for. Nothing is compiled again.
    pub fn with(&self, instead: impl Fn(LayeredPolicy<&Attached>) -> Option<Arc<CompiledPolicy>>) -> PolicySet {
        self.set.with_instead(|index| instead(self.placed.get(index)?))
    }
}

/// Compiles policies and puts them together.
///
/// # Errors
/// All policies that are not valid for the way they are attached.
pub fn assemble(placed: &LayeredPolicies<Attached>) -> Result<PolicySet, Vec<Finding>> {
    let mut wrong = Vec::new();
    let compiled =
        placed.map(|placed| placed.policy.policy.compile(placed.kind).map_err(|findings| wrong.extend(findings)));
    match compiled.try_map(|compiled| compiled.policy.clone()) {
        Ok(compiled) => Ok(PolicySet::from(compiled)),
        Err(()) => Err(wrong),
    }
}
