//! What is known of context keys: how many values they have, and of which type.

use crate::claim::{KeyScope, KeyState, Policies};
use crate::domain::Shape;
use iameval::{ConditionOperator, ContextKey, Operator, PolicyDocument, Statement};
use iameval_data::{Catalogue, KeyType, is_single_oidc_key};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

/// Of so many keys every combination of shapes is tried.
const MOST_OPEN: usize = 4;

/// What the catalogue says of keys, once somebody has asked: claims read the same few keys again and again.
#[derive(Debug)]
pub(crate) struct KnownKeys<'c> {
    catalogue: &'c Catalogue,
    known: Mutex<HashMap<ContextKey, Option<Declared>>>,
}

/// What the catalogue says of a key.
#[derive(Debug, Clone, Copy)]
struct Declared {
    key_type: KeyType,
    is_multivalued: bool,
    is_compared_as_one: bool,
}

/// Keys to remember. All are forgotten when there are more: tags may come without end.
const MOST_KNOWN: usize = 10_000;

impl<'c> KnownKeys<'c> {
    pub(crate) fn new(catalogue: &'c Catalogue) -> Self {
        Self { catalogue, known: Mutex::default() }
    }

    fn declared(&self, key: &ContextKey) -> Option<Declared> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(declared) = known.get(key) {
            return *declared;
        }
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        let declared = self.catalogue.context_key(key.as_str()).map(|info| Declared {
            key_type: info.key_type(),
            is_multivalued: info.is_multivalued(),
            is_compared_as_one: info.is_compared_as_one(),
        });
        known.insert(key.clone(), declared);
        declared
    }
}

/// The shapes of keys under a claim.
#[derive(Debug, Clone)]
pub(crate) struct Shapes<'c> {
    keys: &'c KnownKeys<'c>,
    /// Keys that a policy tests with a set operator.
    tested_as_lists: BTreeSet<ContextKey>,
    said: BTreeMap<ContextKey, bool>,
    exempt: BTreeMap<ContextKey, BTreeSet<String>>,
    any_text: bool,
}

impl<'c> Shapes<'c> {
    /// The shapes to try: several where a key that nothing declares is compared both as a list and as one value, since requests
    /// with either may come.
    pub(crate) fn all<'p>(
        known: &'c KnownKeys<'c>,
        policies: impl Iterator<Item = &'p Policies> + Clone,
        keys: &[KeyScope],
        any_text: bool,
    ) -> ShapesToTry<'c> {
        let shapes = Self::new(known, policies.clone(), keys, any_text);
        let documents: Vec<&PolicyDocument> =
            policies.flat_map(|policies| policies.documents().iter().map(|document| &**document)).collect();
        let singly = documents.iter().flat_map(|document| compared_singly(document));
        let open: BTreeSet<ContextKey> = singly.filter(|key| shapes.is_inferred_list(key)).collect();
        let open: Vec<ContextKey> = open.into_iter().collect();
        if open.len() > MOST_OPEN {
            let no_lists = Self { tested_as_lists: BTreeSet::new(), ..shapes.clone() };
            return ShapesToTry { first: shapes, others: vec![no_lists], left_open: open };
        }
        let with = |singles: usize| {
            let mut one = shapes.clone();
            for (number, key) in open.iter().enumerate() {
                if singles & (1 << number) != 0 {
                    one.tested_as_lists.remove(key);
                }
            }
            one
        };
        let others = (1..1 << open.len()).map(with).collect();
        ShapesToTry { first: shapes, others, left_open: Vec::new() }
    }

    fn new<'p>(
        known: &'c KnownKeys<'c>,
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
        Self { keys: known, tested_as_lists, said, exempt: named.collect(), any_text }
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

    /// Whether a key is taken to hold a list for no reason but that a set operator tests it.
    fn is_inferred_list(&self, key: &ContextKey) -> bool {
        !self.said.contains_key(key) && self.declared(key).is_none() && self.tested_as_lists.contains(key)
    }

    fn declared(&self, key: &ContextKey) -> Option<bool> {
        if key.is_multivalued() {
            return Some(true);
        }
        if is_single_oidc_key(key.as_str()) {
            return Some(false);
        }
        let declared = self.keys.declared(key).filter(|declared| !declared.is_compared_as_one);
        declared.map(|declared| declared.is_multivalued)
    }

    pub(crate) fn shape(&self, key: &ContextKey) -> Shape {
        let declared = self.keys.declared(key).map(|declared| declared.key_type);
        let key_type = declared.filter(|key_type| !self.any_text && *key_type != KeyType::String);
        let exempt = self.exempt.get(key).cloned().unwrap_or_default();
        let likely: Vec<String> = exempt.iter().cloned().collect();
        Shape { is_list: self.is_list(key), key_type, exempt, likely, letters: None }
    }
}

/// The shapes with which a question is asked.
#[derive(Debug)]
pub(crate) struct ShapesToTry<'c> {
    first: Shapes<'c>,
    others: Vec<Shapes<'c>>,
    /// Keys of which not every combination is tried, for there are too many.
    pub(crate) left_open: Vec<ContextKey>,
}

impl<'c> ShapesToTry<'c> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Shapes<'c>> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// What is said with each, put together. `ask` is given what was said before. An error that does not count is none where
    /// something else is said.
    pub(crate) fn ask<T, E>(
        &self,
        mut ask: impl FnMut(&Shapes<'c>, Option<&T>) -> Result<T, E>,
        together: impl Fn(T, T) -> T,
        counts: impl Fn(&E) -> bool,
    ) -> Result<T, E> {
        self.others.iter().fold(ask(&self.first, None), |all, one| {
            let one = ask(one, all.as_ref().ok());
            match (all, one) {
                (Ok(all), Ok(one)) => Ok(together(all, one)),
                (Ok(said), Err(error)) | (Err(error), Ok(said)) if !counts(&error) => Ok(said),
                (Err(error), _) | (_, Err(error)) => Err(error),
            }
        })
    }
}

/// The keys that a document compares as ones with one value, or puts into a pattern.
fn compared_singly(document: &PolicyDocument) -> impl Iterator<Item = ContextKey> + '_ {
    let is_single = |operator: ConditionOperator| operator.quantifier.is_none() && operator.base != Operator::Null;
    document.key_uses().filter(move |used| used.operator.is_none_or(is_single)).map(|used| ContextKey::new(&used.key))
}
