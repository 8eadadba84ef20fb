//! Actions that are never asked on the resources that a case names: what such a case says of AWS is nothing, and a deny is
//! easily had.

use super::Expansion;
use iameval::text::Span;
use iameval::{Action, Diagnostic};
use iameval_ask::never_asked;
use std::collections::{BTreeMap, BTreeSet};

/// What is known so far of the resources of a case, action by action. Those that a pattern covers are nobody's slip.
#[derive(Default)]
pub(super) struct Misfits {
    /// Nothing where one of the resources fits; else the first that does not.
    actions: BTreeMap<String, Option<Misfit>>,
    named: BTreeSet<String>,
}

/// A resource that the action is never asked on, and what to say of it at its place.
struct Misfit {
    resource: String,
    diagnostic: Diagnostic,
}

impl Misfits {
    /// Notes that a case names an action itself.
    pub(super) fn name(&mut self, action: &Action) {
        self.named.insert(action.to_string());
    }
}

impl Expansion<'_> {
    /// Notes that a case asks an action on a resource that it names.
    pub(super) fn note_resource(&mut self, action: &Action, resource: &str, span: Span) {
        if !self.misfits.named.contains(action.as_str()) {
            return;
        }
        let known = self.misfits.actions.get(action.as_str());
        let is_settled = known.is_some_and(|misfit| misfit.as_ref().is_none_or(|misfit| misfit.resource == resource));
        if is_settled {
            return;
        }
        let misfit = never_asked([(action.as_str(), action)], resource, self.options.catalogue);
        let misfit = misfit.map(|problem| Misfit { resource: resource.to_owned(), diagnostic: problem.at(span) });
        match (known, &misfit) {
            // The first one stays the one to tell.
            (Some(_), Some(_)) => {}
            _ => {
                self.misfits.actions.insert(action.to_string(), misfit);
            }
        }
    }

    /// Warns of each action for which no resource of the case fits.
    pub(super) fn warn_of_misfits(&mut self) {
        for misfit in std::mem::take(&mut self.misfits).actions.into_values().flatten() {
            self.remark(misfit.diagnostic);
        }
    }
}
