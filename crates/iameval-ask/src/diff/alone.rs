//! Two lone policies: what one lets through beside policies that allow everything.

use super::alike::{beyond, beyond_alone, merged};
use super::callers::{Caller, callers};
use super::changed::{have_other_denies, narrowed};
use super::kindred::{Both, Kindred, Surroundings, statements};
use super::{Diff, DiffCondition, DiffError, DiffPart, Differ, Subject};
use crate::on_resource::{actions_on, in_and_below};
use crate::who_can::named::Named;
use iameval::{Arn, Effect, PolicyKind};
use iameval_prove::Scope;
use iameval_world::LoadedPolicy;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What two lone policies were compared beside: policies of other kinds are taken to allow everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Beside {
    /// As what the policies were compared.
    pub kind: PolicyKind,
    /// Whether a policy of the same kind that allows everything stands beside each in all comparisons: neither allows anything
    /// by itself.
    pub full_access: bool,
    /// Whether they were compared once more beside such a policy, for one has a Deny that the other has not.
    pub denies: bool,
}

impl Differ<'_> {
    /// What changes when one policy takes the place of the other, both of a kind.
    ///
    /// # Errors
    /// When one of them is not valid for its kind.
    pub fn policies(
        &self,
        old: &Arc<LoadedPolicy>,
        new: &Arc<LoadedPolicy>,
        kind: PolicyKind,
    ) -> Result<Diff, DiffError> {
        let both = [old, new].map(std::slice::from_ref);
        let mut diff = self.lone(both, &Kindred::of_kind(kind), &|_| false)?;
        diff.parts = merged(std::mem::take(&mut diff.parts));
        Ok(diff)
    }

    /// What changes for any principal that has the policies, except for callers that are left out. Where one has a Deny that the other has
    /// not, they are compared once more beside a policy of the same kind that allows everything: a Deny that is weakened gives
    /// nothing by itself, but gives access where another policy allows it.
    pub(super) fn lone(
        &self,
        both: Both<'_>,
        kindred: &Kindred<'_>,
        is_left_out: &dyn Fn(&Named) -> bool,
    ) -> Result<Diff, DiffError> {
        let may_stand_beside = kindred.may_stand_beside();
        let allows = statements(both).any(|statement| statement.effect() == Effect::Allow);
        let full_access = kindred.kind == PolicyKind::ResourceControl || (may_stand_beside && !allows);
        let mut diff = self.by_callers(both, kindred, full_access, is_left_out)?;
        let denies = !full_access && may_stand_beside && have_other_denies(&kindred.sides(both, Surroundings::Full)?);
        if denies {
            let beside = self.by_callers(both, kindred, true, is_left_out)?.parts;
            let beside = beside.into_iter().filter_map(|part| beyond_alone(part, &diff.parts)).collect::<Vec<_>>();
            diff.parts.extend(beside);
        }
        diff.beside = Some(Beside { kind: kindred.kind, full_access, denies });
        Ok(diff)
    }

    /// What changes for each caller that may be told apart.
    pub(super) fn by_callers(
        &self,
        both: Both<'_>,
        kindred: &Kindred<'_>,
        full_access: bool,
        is_left_out: &dyn Fn(&Named) -> bool,
    ) -> Result<Diff, DiffError> {
        let mut diff = Diff { compared: 1, ..Diff::default() };
        let scope = self.scope(kindred);
        for Caller { named, scope, is_own } in callers(both, kindred, full_access, &scope) {
            if named.as_ref().is_some_and(is_left_out) {
                continue;
            }
            diff.principals += 1;
            let (around, condition) = match (is_own, full_access) {
                (true, _) => (Surroundings::None, Some(DiffCondition::OwnAccount)),
                (false, true) if kindred.may_stand_beside() => {
                    (Surroundings::Full, Some(DiffCondition::AnotherPolicyAllows))
                }
                (false, true) => (Surroundings::Full, None),
                (false, false) => (Surroundings::OtherKinds, None),
            };
            let sides = kindred.sides(both, around)?;
            let [old, new] = &sides;
            let Some(scope) = narrowed(&scope, old, new) else { continue };
            let subject = Subject {
                principals: named.iter().map(ToString::to_string).collect(),
                presence: kindred.presence,
                unheld: kindred.unheld.clone(),
                resource: kindred.resource.map(ToOwned::to_owned),
                condition,
            };
            let part = self.part(subject, sides, &scope, BTreeSet::new())?;
            diff.parts.extend(part.and_then(|part| if is_own { beyond_others(part, &diff.parts) } else { Some(part) }));
        }
        Ok(diff)
    }

    /// What is asked of the policies of a resource or role: actions on it, and on what is in it.
    fn scope(&self, kindred: &Kindred<'_>) -> Scope {
        let arn: Option<Arn> = kindred.arn.and_then(|arn| arn.parse().ok());
        let actions = match (kindred.kind, &arn) {
            (PolicyKind::RoleTrust, _) => vec!["sts:*".to_owned()],
            (_, Some(arn)) => actions_on(arn, self.catalogue),
            (_, None) => Vec::new(),
        };
        let resources = kindred.arn.map(in_and_below).unwrap_or_default();
        Scope { actions, resources, ..Scope::default() }
    }
}

/// What a caller of the resource's own account gains or loses beyond what callers of other accounts do: the same caller, or
/// any.
fn beyond_others(part: DiffPart, others: &[DiffPart]) -> Option<DiffPart> {
    let any = Named::AnyAccount.to_string();
    let same = |other: &&DiffPart| other.principals == part.principals || other.principals.contains(&any);
    let others: Vec<&DiffPart> = others.iter().filter(same).collect();
    others.into_iter().try_fold(part, |part, other| beyond(part, Some(other)))
}
