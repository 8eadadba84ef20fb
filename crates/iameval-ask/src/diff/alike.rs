//! Principals for whom the same is gained and lost, by the same statements, are told together.

use super::{DiffCondition, DiffPart, DiffUndecided, Presence, Unheld};
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
    unheld: Option<Unheld>,
    resource: Option<String>,
    condition: Option<DiffCondition>,
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
    // Principals of both sides first; for each, what holds everywhere comes before single resources. Policies that nobody has
    // come last.
    let order = |part: &DiffPart| {
        (part.unheld.clone(), part.presence, part.principals.clone(), part.resource.clone(), part.condition)
    };
    parts.sort_by_cached_key(order);
    parts
}

impl Said {
    fn of(part: &DiffPart) -> Self {
        let DiffPart { old, new, gained, lost, may_gain, may_lose, .. } = part;
        let changes = |groups: &[AccessGroup], by, against| -> Vec<Change> {
            groups.iter().map(|group| change(group, by, against)).collect()
        };
        Self {
            presence: part.presence,
            unheld: part.unheld.clone(),
            resource: part.resource.clone(),
            condition: part.condition,
            gained: changes(gained, new, old),
            lost: changes(lost, old, new),
            may: [changes(may_gain, new, old), changes(may_lose, old, new)],
            undecided: part.undecided.clone(),
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

/// What a part says beyond one that holds for it as well, by the same statements.
pub(super) fn beyond(mut part: DiffPart, general: Option<&DiffPart>) -> Option<DiffPart> {
    if let Some(general) = general {
        let is_known = |own: &Provable, group: &AccessGroup, groups: &[AccessGroup], policies: &Provable| {
            let same = |other: &&AccessGroup| name(policies, other.by) == name(own, group.by);
            groups.iter().find(same).is_some_and(|other| {
                let all: BTreeSet<&String> = other.actions.iter().collect();
                group.actions.iter().all(|action| all.contains(action))
            })
        };
        part.gained.retain(|group| !is_known(&part.new, group, &general.gained, &general.new));
        part.lost.retain(|group| !is_known(&part.old, group, &general.lost, &general.old));
        part.may_gain.retain(|group| !is_known(&part.new, group, &general.may_gain, &general.new));
        part.may_lose.retain(|group| !is_known(&part.old, group, &general.may_lose, &general.old));
        part.undecided.retain(|reason| !general.undecided.contains(reason));
    }
    (!part.is_empty()).then_some(part)
}

/// What a part says of policies beside one that allows everything, beyond what the policies do alone: the same on whatever
/// resource and in whatever context is told already.
pub(super) fn beyond_alone(mut part: DiffPart, alone: &[DiffPart]) -> Option<DiffPart> {
    let same = || alone.iter().filter(|alone| alone.principals == part.principals);
    let everywhere =
        |policies: &Provable, group: &&AccessGroup| group.by.is_some_and(|by| allows_everywhere(policies, by));
    let told = |groups: fn(&DiffPart) -> (&[AccessGroup], &Provable)| -> (BTreeSet<&str>, bool) {
        let groups = same().flat_map(|alone| {
            let (groups, policies) = groups(alone);
            groups.iter().filter(move |group| everywhere(policies, group))
        });
        let groups: Vec<&AccessGroup> = groups.collect();
        let actions = groups.iter().flat_map(|group| &group.actions).map(String::as_str).collect();
        (actions, groups.iter().any(|group| group.has_unlisted))
    };
    let is_told = |(actions, has_unlisted): &(BTreeSet<&str>, bool), group: &AccessGroup| {
        group.actions.iter().all(|action| actions.contains(action.as_str())) && (*has_unlisted || !group.has_unlisted)
    };
    let gained = told(|alone| (&alone.gained, &alone.new));
    let lost = told(|alone| (&alone.lost, &alone.old));
    part.gained.retain(|group| !is_told(&gained, group));
    part.lost.retain(|group| !is_told(&lost, group));
    (!part.is_empty()).then_some(part)
}

/// Whether a statement allows its actions on all resources under no condition.
fn allows_everywhere(policies: &Provable, by: StatementId) -> bool {
    let statement = policies.place(by).and_then(|placed| placed.statement);
    statement.is_some_and(|statement| {
        let resource = statement.resource().filter(|resource| !resource.is_negated());
        let is_everything = resource.is_some_and(|resource| resource.patterns().any(|pattern| pattern == "*"));
        is_everything && statement.tests().next().is_none() && statement.only_if().is_empty()
    })
}
