//! One answer of several, where a question is asked once for each shape that the keys of requests may have: a request of any of
//! them counts.

use crate::verdict::{Refutation, StatementFindings, Undecided, Verdict, WhatCan};
use iameval::ContextKey;

fn union<T: Ord + Clone>(one: &mut Vec<T>, other: Vec<T>) {
    one.extend(other);
    one.sort();
    one.dedup();
}

impl Verdict {
    /// What is refuted by one is refuted, and what holds must hold in both.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refuted(one), Self::Refuted(other)) => Self::Refuted(Box::new(one.with(*other))),
            (Self::Refuted(mut one), Self::Unknown(why)) | (Self::Unknown(why), Self::Refuted(mut one)) => {
                union(&mut one.undecided, why);
                Self::Refuted(one)
            }
            (Self::Refuted(one), Self::Holds(_)) | (Self::Holds(_), Self::Refuted(one)) => Self::Refuted(one),
            (Self::Unknown(mut why), Self::Unknown(more)) => {
                union(&mut why, more);
                Self::Unknown(why)
            }
            (Self::Unknown(why), Self::Holds(_)) | (Self::Holds(_), Self::Unknown(why)) => Self::Unknown(why),
            (Self::Holds(one), Self::Holds(_)) => Self::Holds(one),
        }
    }

    /// It is not known whether it holds for requests with these keys in every shape.
    pub(crate) fn leaving_open(self, keys: Vec<ContextKey>) -> Self {
        if keys.is_empty() { self } else { self.and(Self::Unknown(shapes_of(keys))) }
    }
}

impl Refutation {
    fn with(mut self, other: Self) -> Self {
        union(&mut self.actions, other.actions);
        union(&mut self.undecided, other.undecided);
        self.unlisted_actions |= other.unlisted_actions;
        self
    }
}

impl WhatCan {
    /// What either can do. The other says nothing of actions that this one has for certain.
    pub(crate) fn or(mut self, other: Self) -> Self {
        self.may.retain(|group| group.actions.iter().any(|action| !other.actions().contains(&action.as_str())));
        let told: Vec<String> = self.may.iter().flat_map(|group| group.actions.clone()).collect();
        self.may
            .extend(other.may.into_iter().filter(|group| group.actions.iter().any(|action| !told.contains(action))));
        self.groups.extend(other.groups);
        self.groups.sort_by(|one, other| one.actions.cmp(&other.actions));
        self.unlisted = self.unlisted.or(other.unlisted);
        self.unlisted_may = self.unlisted_may.or(other.unlisted_may);
        union(&mut self.undecided, other.undecided);
        self
    }

    pub(crate) fn leaving_open(mut self, keys: Vec<ContextKey>) -> Self {
        union(&mut self.undecided, shapes_of(keys));
        self
    }
}

impl StatementFindings {
    /// What both say.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.never_matches.retain(|statement| other.never_matches.contains(statement));
        self.redundant.retain(|statement| other.redundant.contains(statement));
        self.shadowed.retain(|statement| other.shadowed.contains(statement));
        self.covered_by.retain(|pair| other.covered_by.contains(pair));
        self.always_true.retain(|test| other.always_true.contains(test));
        union(&mut self.undecided, other.undecided);
        self
    }
}

pub(crate) fn shapes_of(keys: Vec<ContextKey>) -> Vec<Undecided> {
    keys.into_iter().map(Undecided::Shape).collect()
}
