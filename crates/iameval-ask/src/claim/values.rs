//! What is said of a context key, value by value, as flags and test files say it.

use iameval::{ContextKey, ContextValue};
use iameval_data::Catalogue;
use iameval_prove::{KeyScope, KeyState, ValueRange};

/// What is said of one context key: any of some values, patterns, the empty list or absence, and none of other values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyValues {
    any_of: Vec<String>,
    like: Vec<String>,
    none_of: Vec<String>,
    is_empty: bool,
    is_present: bool,
    is_absent: bool,
}

impl KeyValues {
    /// Nothing is said yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// It may have this value.
    pub fn is(&mut self, value: &str) {
        self.any_of.push(value.to_owned());
    }

    /// It may have a value that fits a pattern.
    ///
    /// # Errors
    /// The pattern has a policy variable, which has no meaning here.
    pub fn is_like(&mut self, pattern: &str) -> Result<(), String> {
        let is_known = |rest: &str| ["*}", "?}", "$}"].iter().any(|known| rest.starts_with(known));
        if !pattern.split("${").skip(1).all(is_known) {
            return Err(format!("`{pattern}` has a policy variable, which has no meaning here"));
        }
        self.like.push(pattern.to_owned());
        Ok(())
    }

    /// It does not have this value.
    pub fn is_not(&mut self, value: &str) {
        self.none_of.push(value.to_owned());
    }

    /// It may be a list without values.
    pub fn is_empty_list(&mut self) {
        self.is_empty = true;
    }

    /// It may have any value.
    pub fn is_there(&mut self) {
        self.is_present = true;
    }

    /// It may be absent.
    pub fn is_absent(&mut self) {
        self.is_absent = true;
    }

    /// The same as a part of a claim.
    pub fn into_scope(self, key: ContextKey, catalogue: &Catalogue) -> KeyScope {
        let Self { any_of, like, none_of, is_empty, is_present, is_absent } = self;
        let present = |range: ValueRange| KeyState::Present(Box::new(ValueRange { none_of: none_of.clone(), ..range }));
        let is_list = is_empty || key.is_multivalued() || catalogue.is_multivalued(&key);
        let mut alternatives = Vec::new();
        match any_of.as_slice() {
            [] => {}
            [one] if !is_list && none_of.is_empty() => alternatives.push(KeyState::Is(one.as_str().into())),
            _ => alternatives.push(present(ValueRange { any_of: Some(any_of), ..ValueRange::default() })),
        }
        if !like.is_empty() {
            alternatives.push(present(ValueRange { like: Some(like), ..ValueRange::default() }));
        }
        if is_empty {
            alternatives.push(KeyState::Is(ContextValue::list([])));
        }
        if is_present || (alternatives.is_empty() && !none_of.is_empty()) {
            alternatives.push(present(ValueRange::default()));
        }
        if is_absent {
            alternatives.push(KeyState::Absent);
        }
        KeyScope { key, is_list: is_empty.then_some(true), alternatives }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_without_values_is_an_alternative() {
        let catalogue = Catalogue::embedded();
        let states = |say: &[fn(&mut KeyValues)]| {
            let mut values = KeyValues::new();
            for say in say {
                say(&mut values);
            }
            values.into_scope(ContextKey::new("aws:TagKeys"), catalogue)
        };
        let empty = KeyState::Is(ContextValue::list([]));
        let alone = states(&[KeyValues::is_empty_list]);
        assert_eq!((alone.is_list, alone.alternatives), (Some(true), vec![empty.clone()]));
        let with_others = states(&[|values| values.is("a"), KeyValues::is_empty_list, KeyValues::is_absent]);
        assert_eq!(with_others.alternatives.len(), 3);
        assert!(with_others.alternatives.contains(&empty));
    }
}
