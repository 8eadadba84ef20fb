//! Principals for whom the same is gained and lost, by the same statements, are told together.

use super::{DiffPart, DiffUndecided, Presence};
use crate::access_group::AccessGroup;
use crate::provable::Provable;
use iameval::{Layer, StatementId};
use std::collections::{BTreeMap, BTreeSet};

/// What a statement is called.
pub(crate) type Name = (String, Layer, usize);

/// What a part says, whomever it is about.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    presence: Presence,
    resource: Option<String>,
    gained: Vec<Change>,
    lost: Vec<Change>,
    may: [Vec<Change>; 2],
    undecided: BTreeSet<DiffUndecided>,
}

/// Actions, and the statements that allow and deny them.
type Change = (Vec<String>, bool, Option<Name>, Option<Name>);

/// The parts in order, those that say the same as one.
pub(super) fn merged(parts: Vec<DiffPart>) -> Vec<DiffPart> {
    let mut known: BTreeMap<Said, DiffPart> = BTreeMap::new();
    for part in parts {
        let said = Said::of(&part);
        match known.get_mut(&said) {
            Some(same) => same.principals.extend(part.principals),
            None => {
                known.insert(said, part);
            }
        }
    }
    let mut parts: Vec<DiffPart> = known.into_values().collect();
    for part in &mut parts {
        part.principals.sort();
    }
    // Principals of both sides first; for each, what holds everywhere comes before single resources.
    let order = |part: &DiffPart| (part.presence, part.principals.clone(), part.resource.clone());
    parts.sort_by_cached_key(order);
    parts
}

impl Said {
    fn of(part: &DiffPart) -> Self {
        let DiffPart { presence, resource, old, new, gained, lost, may_gain, may_lose, undecided, .. } = part;
        let changes = |groups: &[AccessGroup], by, against| -> Vec<Change> {
            groups.iter().map(|group| change(group, by, against)).collect()
        };
        Self {
            presence: *presence,
            resource: resource.clone(),
            gained: changes(gained, new, old),
            lost: changes(lost, old, new),
            may: [changes(may_gain, new, old), changes(may_lose, old, new)],
            undecided: undecided.clone(),
        }
    }
}

fn change(group: &AccessGroup, by: &Provable, against: &Provable) -> Change {
    let [by, against] = [(by, group.by), (against, group.against)].map(|(policies, id)| name(policies, id));
    (group.actions.clone(), group.has_unlisted, by, against)
}

/// What a statement of policies is called.
pub(crate) fn name(policies: &Provable, id: Option<StatementId>) -> Option<Name> {
    let origin = policies.policies().set().origin(id?)?;
    Some((origin.policy.as_str().to_owned(), origin.layer, origin.statement_index))
}
