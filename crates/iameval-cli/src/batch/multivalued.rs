//! Which context keys services declare as lists, remembered: a batch asks for the same few keys again and again, and the
//! catalogue is slow to say that it does not know one.

use iameval::ContextKey;
use iameval_data::Catalogue;
use std::cell::RefCell;
use std::collections::HashMap;

/// The catalogue's answers so far.
pub(super) struct Multivalued<'c> {
    catalogue: &'c Catalogue,
    known: RefCell<HashMap<ContextKey, bool>>,
}

/// How many answers to remember; keys with a part of their own, such as tags, may come without end.
const LIMIT: usize = 10_000;

impl<'c> Multivalued<'c> {
    pub(super) fn new(catalogue: &'c Catalogue) -> Self {
        Self { catalogue, known: RefCell::default() }
    }

    /// Whether a service declares the key as multivalued. The global keys are the core's.
    pub(super) fn declares(&self, key: &ContextKey) -> bool {
        if key.lowercase().starts_with("aws:") {
            return false;
        }
        let mut known = self.known.borrow_mut();
        if let Some(answer) = known.get(key) {
            return *answer;
        }
        if known.len() >= LIMIT {
            known.clear();
        }
        let answer = self.catalogue.is_multivalued(key);
        known.insert(key.clone(), answer);
        answer
    }
}
