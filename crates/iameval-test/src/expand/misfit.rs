//! Actions that are never asked on the resources that a case names: what such a case says of AWS is nothing, and a deny is
//! easily had.

use super::Expansion;
use iameval::text::Span;
use iameval::{Action, Code, Diagnostic};
use iameval_data::is_asked_on;
use iameval_report::words::quoted;
use iameval_world::arn_forms;
use std::collections::{BTreeMap, BTreeSet};

/// What is known so far of the resources of a case, action by action. Those that a pattern covers are nobody's slip.
#[derive(Default)]
pub(super) struct Misfits {
    /// Nothing where one of the resources fits; else the first that does not, with its place.
    actions: BTreeMap<String, Option<(String, Span)>>,
    named: BTreeSet<String>,
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
        let is_settled = known.is_some_and(|misfit| misfit.as_ref().is_none_or(|(other, _)| other == resource));
        if is_settled {
            return;
        }
        let misfit = (!is_asked_on(action, resource, self.options.catalogue)).then(|| (resource.to_owned(), span));
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
        for (action, misfit) in std::mem::take(&mut self.misfits).actions {
            let Some((resource, span)) = misfit else { continue };
            let message = format!("`{action}` is never asked on `{resource}`");
            let forms = self.options.catalogue.action(&action).map(|info| arn_forms(&[info])).unwrap_or_default();
            let help = match forms.as_slice() {
                [] => "there is no resource to name: ask on `*`".to_owned(),
                forms => format!("it takes {}", quoted(forms, 3)),
            };
            self.remark(Diagnostic::new(Code::ResourceFitsNoAction, span, message).with_help(help));
        }
    }
}
