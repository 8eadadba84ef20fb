//! Policies that claims can be made of, with where each of them comes from.

use crate::added::attachments;
use crate::posed::Attachment;
use crate::statement::{PlacedStatement, Places};
use iameval::{LayeredPolicies, PolicyDocument, PolicySet, StatementId};
use iameval_prove::Policies;
use iameval_world::{Attached, Situation};
use std::sync::Arc;

/// Policies that claims can be made of, with where each of them comes from.
#[derive(Debug, Clone)]
pub struct Provable {
    policies: Policies,
    attachments: Arc<[Attachment]>,
    /// The policies by layer and level, where that is known.
    placed: Option<LayeredPolicies<Attached>>,
    places: Places,
}

impl Provable {
    /// The policies of a set; `attachments` are theirs, in the order of [`PolicySet::policies`].
    pub(crate) fn new(set: PolicySet, attachments: Arc<[Attachment]>) -> Self {
        let documents = attachments.iter().map(|attachment| attachment.policy.shared_document().clone());
        // CHOICE: rules of single services are left out, as in claims: `sts:GetCallerIdentity` cannot be denied, so
        // everybody could always do something.
        let policies = Policies::new(set.without_service_rules(), documents)
            .unwrap_or_else(|| unreachable!("a set has one attachment for each of its policies"));
        Self { policies, attachments, placed: None, places: Places::default() }
    }

    /// Policies by layer and level, with the set that was compiled from them.
    pub(crate) fn of_placed(set: PolicySet, placed: LayeredPolicies<Attached>) -> Self {
        let attachments = attachments(&placed);
        Self { placed: Some(placed), ..Self::new(set, attachments) }
    }

    /// The policies of a situation.
    pub(crate) fn of_situation(situation: &Situation) -> Self {
        let policies = &situation.policies;
        Self::of_placed(policies.set().clone(), policies.placed().clone())
    }

    /// No policies.
    pub(crate) fn nothing() -> Self {
        Self::of_placed(PolicySet::builder().build(), LayeredPolicies::new())
    }

    /// The same, which finds the places of statements with what others of the same sources found.
    pub(crate) fn sharing(self, places: &Places) -> Self {
        Self { places: places.clone(), ..self }
    }

    /// The same in a proof that reads these in their place: as many policies, with as many statements.
    pub(crate) fn proved_as(self, set: PolicySet, documents: impl IntoIterator<Item = Arc<PolicyDocument>>) -> Self {
        let policies = Policies::new(set.without_service_rules(), documents);
        Self { policies: policies.unwrap_or(self.policies), ..self }
    }

    /// The same, decided with those rules of single services that refuse something.
    pub(crate) fn with_only_refusals(self) -> Self {
        let set = self.policies.set().clone().with_only_refusals();
        let policies = Policies::new(set, self.policies.documents().iter().cloned());
        Self { policies: policies.unwrap_or(self.policies), ..self }
    }

    /// The policies by layer and level, where that is known.
    pub(crate) fn placed(&self) -> Option<&LayeredPolicies<Attached>> {
        self.placed.as_ref()
    }

    /// What the prover takes.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// Where each policy comes from.
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// A statement with where it is.
    pub fn place(&self, id: StatementId) -> Option<PlacedStatement<'_>> {
        self.places.place(self.policies.set(), &self.attachments, id)
    }

    /// Whether a policy is attached whose document is not known.
    pub(crate) fn unknown_policies(&self) -> impl Iterator<Item = &str> {
        let unknown = self.attachments.iter().filter(|attachment| attachment.policy.is_unknown());
        unknown.map(|attachment| attachment.policy.name.as_str())
    }
}
