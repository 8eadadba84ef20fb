//! Context keys that services declare as lists.

use iameval::{ContextKey, Request};
use iameval_data::Catalogue;
use std::cell::RefCell;
use std::collections::HashMap;

/// Makes lists of the keys that services declare as such. Every request that is asked goes through here.
pub(crate) fn declare(request: &mut Request, is_multivalued: impl Fn(&ContextKey) -> bool) {
    request.declare_multivalued(is_multivalued);
}

/// The catalogue's answers so far: a batch asks for the same few keys again and again, and the catalogue is slow to say
/// that it does not know one.
#[derive(Debug)]
pub(crate) struct Multivalued<'c> {
    catalogue: &'c Catalogue,
    known: RefCell<HashMap<ContextKey, bool>>,
}

/// How many answers to remember; keys with a part of their own, such as tags, may come without end.
const LIMIT: usize = 10_000;

impl<'c> Multivalued<'c> {
    pub(crate) fn new(catalogue: &'c Catalogue) -> Self {
        Self { catalogue, known: RefCell::default() }
    }

    /// Whether a service declares the key as multivalued. The global keys are the core's.
    pub(crate) fn declares(&self, key: &ContextKey) -> bool {
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
