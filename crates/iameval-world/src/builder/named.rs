//! Definitions by name: each once, unless a later one says that it replaces the earlier.

use crate::clash::{Clash, Place};
use iameval::suggest::did_you_mean_name;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

/// What has a name in a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Policy,
    Group,
    Principal,
    Resource,
    Account,
    Endpoint,
    Context,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Kind::Policy => "policy",
            Kind::Group => "group",
            Kind::Principal => "principal",
            Kind::Resource => "resource",
            Kind::Account => "account",
            Kind::Endpoint => "endpoint",
            Kind::Context => "context",
        }
    }
}

/// Definitions of one kind, each with its place.
#[derive(Debug)]
pub(super) struct Named<T> {
    entries: BTreeMap<String, (Place, T)>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { entries: BTreeMap::new() }
    }
}

impl<T> Named<T> {
    /// Adds a definition, and gives the one that it replaces.
    pub(super) fn define(&mut self, kind: Kind, name: &str, value: T, from: &Place) -> Result<Option<T>, Clash> {
        let thing = || format!("the {} `{name}`", kind.as_str());
        match self.entries.entry(name.into()) {
            Entry::Occupied(mut known) => {
                check(&thing(), Some(&known.get().0), from)?;
                Ok(Some(known.insert((from.clone(), value)).1))
            }
            Entry::Vacant(_) if from.overrides => {
                Err(overrides_nothing(kind, name, from, did_you_mean_name(name, &self.entries)))
            }
            Entry::Vacant(entry) => {
                entry.insert((from.clone(), value));
                Ok(None)
            }
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.entries.get(name).map(|(_, value)| value)
    }

    pub(super) fn place(&self, name: &str) -> Option<&Place> {
        self.entries.get(name).map(|(place, _)| place)
    }

    /// That nothing of the kind has a name.
    pub(super) fn undefined(&self, kind: Kind, name: &str, place: &Place) -> Clash {
        Clash::undefined(kind.as_str(), name, place, &self.entries)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    pub(super) fn places(&self) -> BTreeMap<&str, &Place> {
        self.entries.iter().map(|(name, (place, _))| (name.as_str(), place)).collect()
    }

    /// In the order of names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.entries.iter().map(|(name, (_, value))| (name.as_str(), value))
    }

    pub(super) fn into_map(self) -> BTreeMap<String, T> {
        self.entries.into_iter().map(|(name, (_, value))| (name, value)).collect()
    }
}

/// Whether something may be defined at a place that was defined at an earlier one, or was not.
pub(super) fn check(thing: &str, earlier: Option<&Place>, later: &Place) -> Result<(), Clash> {
    match (earlier, later.overrides) {
        (None, false) => Ok(()),
        (None, true) => Err(Clash::new(later, format!("{thing} overrides nothing: there is no earlier one"))),
        (Some(earlier), true) if !earlier.is_definition_beside(later) => Ok(()),
        (Some(earlier), _) => Err(Clash::twice(thing, later, earlier)),
    }
}

/// A definition that replaces an earlier one, and there is none.
pub(crate) fn overrides_nothing(kind: Kind, name: &str, place: &Place, near: Option<String>) -> Clash {
    let message = format!("the {} `{name}` overrides nothing: there is no earlier one of that name", kind.as_str());
    Clash::unknown(place, message).with_help(near)
}

impl Place {
    /// Whether both are definitions in one file, of which none can replace the other.
    pub(crate) fn is_definition_beside(&self, later: &Place) -> bool {
        self.is_definition() && Arc::ptr_eq(&self.source, &later.source)
    }
}
