//! Actions that are never evaluated on the resources that a case names: what such a case says of AWS is nothing, and a deny is
//! easily had.

use super::Expansion;
use super::axes::PlacedText;
use iameval::Action;
use iameval::text::Span;
use iameval_ask::never_asked;
use iameval_data::is_asked_on;
use std::collections::HashMap;

/// What is known so far of the resources of a case, or of a row that names action and resource itself.
#[derive(Default)]
pub(super) struct Misfits {
    /// The actions, as they are written.
    written: Vec<WrittenActions>,
    /// Nothing where one of the resources fits; else the first that does not.
    actions: HashMap<Action, Option<Misfit>>,
}

/// How actions are written.
pub(super) enum WrittenActions {
    /// By its name.
    Action(Action),
    /// By a pattern, which covers these.
    Pattern(Vec<Action>),
}

/// A resource that an action is never evaluated on.
struct Misfit {
    resource: String,
    span: Span,
    /// Whether the case names it, and not the defaults.
    is_own: bool,
}

impl Misfits {
    /// Notes what a case asks.
    pub(super) fn note(&mut self, written: WrittenActions) {
        self.written.push(written);
    }
}

impl WrittenActions {
    fn actions(&self) -> &[Action] {
        match self {
            Self::Action(action) => std::slice::from_ref(action),
            Self::Pattern(covered) => covered,
        }
    }
}

impl Expansion<'_> {
    /// Notes that a case asks an action on a resource that it names, or the defaults do.
    pub(super) fn note_resource(&mut self, action: &Action, resource: &str, named: &PlacedText) {
        let known = self.misfits.actions.get(action);
        let is_settled = known.is_some_and(|misfit| misfit.as_ref().is_none_or(|misfit| misfit.resource == resource));
        if is_settled {
            return;
        }
        if is_asked_on(action, resource, self.options.catalogue) {
            self.misfits.actions.insert(action.clone(), None);
        } else if known.is_none() {
            let misfit = Misfit { resource: resource.to_owned(), span: named.span, is_own: named.is_own };
            self.misfits.actions.insert(action.clone(), Some(misfit));
        }
    }

    /// Tells of everything written for which no resource fits. Of what a pattern covers one action that fits is enough.
    pub(super) fn tell_misfits(&mut self) {
        let Misfits { written, actions: known } = std::mem::take(&mut self.misfits);
        for written in &written {
            let actions = written.actions();
            let misfits: Option<Vec<&Misfit>> = actions.iter().map(|action| known.get(action)?.as_ref()).collect();
            let Some(misfit) = misfits.as_deref().and_then(<[_]>::first) else { continue };
            let asked = actions.iter().map(|action| (action.as_str(), action));
            let Some(problem) = never_asked(asked, &misfit.resource, self.options.catalogue) else { continue };
            let diagnostic = problem.at(misfit.span);
            match written {
                WrittenActions::Action(_) if misfit.is_own => self.slip(diagnostic),
                _ => self.remark(diagnostic),
            }
        }
    }
}
