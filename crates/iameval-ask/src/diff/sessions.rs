//! Sessions of the roles of two worlds that the policy of a resource names. To it they are others than the role; all else is
//! true of them that is true of the role.

use super::alike::beyond;
use super::cohort::{Cohort, Documents, Member};
use super::pairs::{Place, Worlds};
use super::{DiffError, DiffPart, Differ};
use crate::sessions::NamedSessions;

impl Differ<'_> {
    /// What changes on a resource for sessions of the members of a cohort, beyond what changes there for their roles.
    pub(super) fn sessions_on(
        &self,
        worlds: &Worlds<'_>,
        documents: &mut Documents,
        cohort: &Cohort<'_>,
        place: &Place<'_>,
        of_roles: &[DiffPart],
        compared: &mut usize,
    ) -> Result<Vec<DiffPart>, DiffError> {
        let policies = place.sides.iter().flatten().filter_map(|resource| resource.policy.as_ref());
        let named = NamedSessions::of(policies.map(|attached| attached.policy.document()));
        let mut parts = Vec::new();
        for role in &cohort.members {
            let of_role = of_roles.iter().find(|part| part.principals.iter().any(|name| name == role.name));
            for session in role.principal().map(|role| named.of_role(role)).unwrap_or_default() {
                let [old, new] = worlds.sides.map(|world| world.principal(&session));
                let [of_old, of_new] = role.sides;
                let sides = [of_old.and(old.as_ref()), of_new.and(new.as_ref())];
                let member = Member { name: &session, sides };
                let session = self.on_resource(worlds, documents, &[&member], place, compared)?;
                parts.extend(session.into_iter().filter_map(|part| beyond(part, of_role)));
            }
        }
        Ok(parts)
    }
}
