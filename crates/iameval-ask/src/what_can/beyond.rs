//! What a principal can do beyond one policy.

use super::PrivilegesProblem;
use crate::asker::{Asker, Caller, whole};
use crate::diff::{Diff, DiffError, Differ, Presence, Subject};
use crate::problem::QuestionProblem;
use crate::provable::Provable;
use crate::question::{Question, Remarked};
use iameval::{LayeredPolicies, PolicyKind};
use iameval_world::{Attached, LoadedPolicy, Via, assemble};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Asker<'_> {
    /// How the policies of a principal differ from one identity policy: gained is what the principal can do beyond it, lost
    /// what only the policy would allow.
    ///
    /// # Errors
    /// Everything that is wrong with the question.
    pub fn beyond(
        &self,
        differ: &Differ<'_>,
        question: &Question,
        policy: &Arc<LoadedPolicy>,
    ) -> Result<Remarked<Diff>, PrivilegesProblem> {
        let principal = self.principal(question.principal.as_deref())?;
        let (context, states) = self.given_to(question);
        let mut placed = LayeredPolicies::new();
        placed.add(PolicyKind::Identity, Attached { policy: policy.clone(), via: Via::Flag });
        let set = assemble(&placed).map_err(|findings| whole(QuestionProblem::Policies(findings)))?;
        let alone = Provable::of_placed(set, placed);
        let caller = Caller { principal: &principal, endpoint: None, resource_account: question.resource_account };
        let mut diff = Diff { principals: 1, ..Diff::default() };
        let mut all = vec![alone.clone()];
        for mfa in states {
            for place in self.places(&caller, question)? {
                let on = place.on.as_deref().unwrap_or("*");
                let (policies, mut scope, layers) = self.proving(&caller, on, &context, mfa)?;
                diff.unknown_layers.extend(layers);
                diff.compared += 1;
                place.describe(&mut scope);
                let subject = Subject {
                    principals: mfa.map(|mfa| format!("mfa={mfa}")).into_iter().collect(),
                    presence: Presence::Both,
                    unheld: None,
                    resource: place.name,
                    condition: None,
                };
                all.push(policies.clone());
                let part = differ.part(subject, [alone.clone(), policies], &scope, BTreeSet::new());
                diff.parts.extend(part.map_err(|error| match error {
                    DiffError::Policies(findings) => whole(QuestionProblem::Policies(findings)).into(),
                    DiffError::Proof(error) => PrivilegesProblem::Proof(error),
                })?);
            }
        }
        Ok(Remarked { answer: diff, remarks: self.remarks(question, all.iter()) })
    }
}
