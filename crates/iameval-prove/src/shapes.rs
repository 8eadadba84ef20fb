//! What is known of context keys: how many values they have, and of which type.

use crate::claim::{KeyScope, KeyState, Policies};
use crate::domain::Shape;
use iameval::{ContextKey, Statement};
use iameval_data::{Catalogue, ContextKeyInfo, KeyType};
use std::collections::{BTreeMap, BTreeSet};

/// The shapes of keys under a claim.
#[derive(Debug)]
pub(crate) struct Shapes<'c> {
    catalogue: &'c Catalogue,
    /// Keys that a policy tests with a set operator.
    tested_as_lists: BTreeSet<ContextKey>,
    said: BTreeMap<ContextKey, bool>,
    exempt: BTreeMap<ContextKey, BTreeSet<String>>,
    any_text: bool,
}

impl<'c> Shapes<'c> {
    pub(crate) fn new<'p>(
        catalogue: &'c Catalogue,
        policies: impl Iterator<Item = &'p Policies>,
        keys: &[KeyScope],
        any_text: bool,
    ) -> Self {
        let documents = policies.flat_map(|policies| policies.documents().iter());
        let tests = documents.flat_map(|document| document.statements()).flat_map(Statement::tests);
        let with_set_operator = tests.filter(|(operator, _)| operator.quantifier.is_some());
        let tested_as_lists = with_set_operator.map(|(_, test)| ContextKey::new(test.key())).collect();
        let said = keys.iter().filter_map(|scope| Some((scope.key.clone(), scope.is_list?))).collect();
        let named = keys.iter().map(|scope| {
            let exempt = scope.alternatives.iter().flat_map(|state| match state {
                KeyState::Present(range) => range.any_of.clone().unwrap_or_default(),
                KeyState::Is(value) => value.texts().map(str::to_owned).collect(),
                KeyState::Absent => Vec::new(),
            });
            (scope.key.clone(), exempt.collect())
        });
        Self { catalogue, tested_as_lists, said, exempt: named.collect(), any_text }
    }

    /// Whether a key holds a list where it is there.
    pub(crate) fn is_list(&self, key: &ContextKey) -> bool {
        if let Some(said) = self.said.get(key) {
            return *said;
        }
        self.declared(key).unwrap_or_else(|| self.tested_as_lists.contains(key))
    }

    /// Whether a key was taken to hold one value since nothing says otherwise.
    pub(crate) fn is_assumed_single(&self, key: &ContextKey) -> bool {
        !self.said.contains_key(key) && self.declared(key).is_none() && !self.is_list(key)
    }

    fn declared(&self, key: &ContextKey) -> Option<bool> {
        if key.is_multivalued() {
            return Some(true);
        }
        let info = self.catalogue.context_key(key.as_str()).filter(|info| !info.is_compared_as_one());
        info.map(ContextKeyInfo::is_multivalued)
    }

    pub(crate) fn shape(&self, key: &ContextKey) -> Shape {
        let declared = self.catalogue.context_key(key.as_str()).map(ContextKeyInfo::key_type);
        let key_type = declared.filter(|key_type| !self.any_text && *key_type != KeyType::String);
        let exempt = self.exempt.get(key).cloned().unwrap_or_default();
        let likely: Vec<String> = exempt.iter().cloned().collect();
        Shape { is_list: self.is_list(key), key_type, exempt, likely }
    }
}
