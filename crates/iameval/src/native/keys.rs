//! The context keys of many requests.

use crate::name::ContextKey;
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Context keys by their texts: requests have the same few again and again, and a copy of a key costs a tenth of a new one.
#[derive(Debug, Default)]
pub(super) struct KnownKeys {
    keys: HashMap<Box<str>, ContextKey, FixedState>,
}

/// Keys to remember. All are forgotten when there are more: tags may come without end.
const MOST: usize = 256;

impl KnownKeys {
    /// The key of that name.
    pub(super) fn key(&mut self, text: &str) -> ContextKey {
        if let Some(known) = self.keys.get(text) {
            return known.clone();
        }
        if self.keys.len() >= MOST {
            self.keys.clear();
        }
        let key = ContextKey::new(text);
        self.keys.insert(text.into(), key.clone());
        key
    }
}
