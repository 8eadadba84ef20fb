//! Context keys that a request never has, however it is made, and what that leaves open.

use iameval::{ContextKey, PolicySet, Request};
use iameval_data::{Catalogue, NeverThere};
use std::collections::BTreeMap;

/// Of the keys that the policies read and that are not given, those that no such request has.
pub(crate) fn impossible_keys(
    policies: &PolicySet,
    request: &Request,
    catalogue: &Catalogue,
) -> BTreeMap<ContextKey, NeverThere> {
    let open = policies.context_keys().filter(|key| !request.context().is_given(key));
    open.filter_map(|key| Some((key.clone(), catalogue.never_has(request, key)?))).collect()
}

/// The keys that were not given and could change the decision, as far as such a request may have them at all.
pub fn undecided_keys(policies: &PolicySet, request: &Request, catalogue: &Catalogue) -> Vec<ContextKey> {
    let undecided = policies.undecided_context_keys(request);
    let is_impossible = |key: &ContextKey| catalogue.never_has(request, key).is_some();
    if !undecided.iter().any(is_impossible) {
        return undecided;
    }
    // Others may matter only together with one that is never there.
    policies.undecided_context_keys(&request.without(undecided.iter().filter(|key| is_impossible(key))))
}
