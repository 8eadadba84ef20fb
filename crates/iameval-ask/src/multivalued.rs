//! Context keys that services declare as lists.

use iameval::{ContextKey, ContextValue, Request};
use iameval_data::Catalogue;
use std::cell::RefCell;
use std::collections::HashMap;

/// Makes lists of the keys that services declare as such. Every request that is asked goes through here.
pub(crate) fn declare(request: &mut Request, is_multivalued: impl Fn(&ContextKey) -> bool) {
    request.declare_multivalued(is_multivalued);
}

/// The value of a key that was given as a list, for front ends whose users write lists of one where a key has one value. Unless the
/// key is declared as multivalued, a list of one is that value: as a list it would miss every operator without a set qualifier, and
/// so a Deny (R-CTX-02).
///
/// ```
/// use iameval::ContextKey;
/// use iameval_ask::listed_value;
/// use iameval_data::Catalogue;
///
/// let value = |key: &str| listed_value(&ContextKey::new(key), &["x"], Catalogue::embedded());
/// assert!(!value("aws:SourceIp").is_list());
/// assert!(value("aws:TagKeys").is_list());
/// ```
pub fn listed_value<T: AsRef<str>>(key: &ContextKey, texts: &[T], catalogue: &Catalogue) -> ContextValue {
    match texts {
        [text] if !key.is_multivalued() && !catalogue.is_multivalued(key) => ContextValue::single(text.as_ref()),
        texts => ContextValue::list(texts.iter().map(AsRef::as_ref)),
    }
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
        if key.is_global() {
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
