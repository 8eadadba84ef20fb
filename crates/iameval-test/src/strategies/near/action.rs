//! Actions at the edge of a pattern.

use super::sides::{Sides, changed};
use iameval::{Action, ActionPattern};
use iameval_data::{ActionInfo, Catalogue};

/// How many of the actions that a pattern covers are enough.
const ENOUGH: usize = 64;

/// Actions that a pattern covers; and their neighbours in the catalogue, and those with a letter changed, that it does not.
pub(super) fn sides(pattern: &str, catalogue: &Catalogue) -> Sides {
    let matcher = ActionPattern::new(pattern);
    let mut fits = spread(catalogue.matching(pattern).map(|info| info.to_string()).collect());
    if fits.is_empty() {
        fits.extend(filled(pattern).filter(|text| covers(&matcher, text)));
    }
    let neighbours = fits.iter().flat_map(|action| neighbours(action, catalogue));
    let misspelt = fits.iter().take(3).filter_map(|action| changed(action));
    let beside = neighbours.chain(misspelt).filter(|text| !covers(&matcher, text)).take(ENOUGH).collect();
    Sides::new(fits, beside)
}

/// Actions of all services.
pub(super) fn anywhere(catalogue: &Catalogue) -> Vec<String> {
    let all = catalogue.services().filter_map(|service| Some(spread(service.actions().collect()).pop()?.to_string()));
    spread(all.collect())
}

fn covers(pattern: &ActionPattern, text: &str) -> bool {
    text.parse::<Action>().is_ok_and(|action| pattern.matches(&action))
}

/// The pattern as an action, where it is one once its wildcards are filled.
fn filled(pattern: &str) -> impl Iterator<Item = String> {
    let text = pattern.replace('*', "X").replace('?', "x");
    let is_action = text.parse::<Action>().is_ok_and(|action| !action.name().is_empty());
    is_action.then_some(text).into_iter()
}

/// The actions before and after one in the list of its service.
fn neighbours(action: &str, catalogue: &Catalogue) -> Vec<String> {
    let Some(known) = catalogue.action(action) else { return Vec::new() };
    let actions: Vec<ActionInfo<'_>> = known.service().actions().collect();
    let Some(at) = actions.iter().position(|info| info.name() == known.name()) else { return Vec::new() };
    let around = [at.checked_sub(1), at.checked_add(1)].into_iter().flatten();
    around.filter_map(|at| actions.get(at)).map(ToString::to_string).collect()
}

/// At most [`ENOUGH`] of the items, from the first to the last.
fn spread<T>(items: Vec<T>) -> Vec<T> {
    let step = items.len().div_ceil(ENOUGH).max(1);
    items.into_iter().step_by(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_action_has_its_neighbours_and_a_slip_beside_it() {
        let sides = sides("iam:GetUser", Catalogue::embedded());
        assert_eq!(sides.fits, ["iam:GetUser"]);
        assert_eq!(sides.beside, ["iam:GetSSHPublicKey", "iam:GetUserPolicy", "iam:GetUsex"]);
    }

    #[test]
    fn a_pattern_has_what_it_covers_and_what_stands_around_that() {
        let sides = sides("iam:*MFADevices", Catalogue::embedded());
        assert_eq!(sides.fits, ["iam:ListMFADevices", "iam:ListVirtualMFADevices"]);
        assert!(sides.beside.contains(&"iam:ListMFADeviceTags".to_owned()), "{sides:?}");
    }

    #[test]
    fn an_action_that_nobody_knows_is_taken_as_it_stands() {
        assert_eq!(sides("app:Read*", Catalogue::embedded()).fits, ["app:ReadX"]);
        assert!(sides("nonsense", Catalogue::embedded()).fits.is_empty());
    }
}
