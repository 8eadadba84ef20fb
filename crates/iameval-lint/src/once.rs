//! Answers about the whole document, or about a service, that many statements want. Each is found once in a check, so that
//! its cost does not grow faster than the document.

use iameval::AccountId;
use iameval::text::Span;
use iameval_data::{ArnPattern, ListedKeys};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

#[derive(Default)]
pub(crate) struct Once {
    /// The condition keys that a service lists, by its prefix.
    pub(crate) listed_keys: Answers<String, Rc<ListedKeys>>,
    /// The forms of ARN of a service, by its prefix.
    pub(crate) forms: Answers<String, Rc<[ArnPattern]>>,
    /// Whether some Allow covers the action.
    pub(crate) allows: Answers<&'static str, bool>,
    /// What the policy allows a service that needs more than one action to assume a role.
    pub(crate) trusting: Answers<String, Rc<Trusting>>,
    /// Whether a statement has a condition on the network that a call comes from.
    pub(crate) names_network: OnceCell<bool>,
    /// Whether some Deny is about requests that lack the keys of MFA.
    pub(crate) absent_mfa_denied: OnceCell<bool>,
    /// The account that owns the resource, as far as the principals say.
    pub(crate) owner: OnceCell<Option<AccountId>>,
}

/// What the policy allows a service.
pub(crate) struct Trusting {
    /// The first statement that allows it something.
    pub(crate) first: Option<Span>,
    /// Which of the actions that it needs none of them allows.
    pub(crate) missing: Vec<&'static str>,
}

/// Answers by what they are about.
pub(crate) struct Answers<K, V>(RefCell<HashMap<K, V>>);

impl<K, V> Default for Answers<K, V> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: Eq + Hash, V: Clone> Answers<K, V> {
    pub(crate) fn get(&self, about: K, find: impl FnOnce() -> V) -> V {
        if let Some(known) = self.0.borrow().get(&about) {
            return known.clone();
        }
        let found = find();
        self.0.borrow_mut().insert(about, found.clone());
        found
    }
}
