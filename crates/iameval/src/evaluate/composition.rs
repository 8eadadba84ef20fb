//! How a request is composed whichever statements apply, and how strongly a statement names its caller.

use super::{Evaluation, Layers, ServiceRule};
use crate::document::Effect;
use crate::layers::Strength;
use crate::open::{BindingGroup, Composition};
use crate::policy_set::{PolicySet, StatementId};
use crate::request::Request;

impl PolicySet {
    /// What the request comes to whichever statements apply: which groups of policies bind it, and what follows from what
    /// they say. Of the context only the keys matter that the answer names, of the resource only what the rules of
    /// services and its account tell.
    ///
    /// ```
    /// use iameval::layers::Strength;
    /// use iameval::{Decision, Layer, PolicySet, Request};
    ///
    /// let allow = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    /// let policies = PolicySet::builder().identity("s3", allow)?.boundary("limit", allow)?.build();
    /// let list = Request::builder("s3:ListAllMyBuckets".parse().unwrap()).build();
    ///
    /// let composition = policies.composition(&list);
    /// let decided = composition.decide(|group| (group.layer == Layer::Identity).then_some(Strength::Direct));
    /// assert_eq!(decided, Decision::ImplicitDeny); // The boundary must allow it too.
    /// # Ok::<(), iameval::PolicyError>(())
    /// ```
    pub fn composition(&self, request: &Request) -> Composition {
        let evaluation = Evaluation::new(self, request);
        let binding = evaluation.groups().map(|group| {
            let first = group.first as usize;
            BindingGroup {
                layer: group.layer,
                policies: first..first + group.members.len(),
                denies_count: !evaluation.ignores(group.layer, Effect::Deny),
                allows_count: !evaluation.ignores(group.layer, Effect::Allow),
            }
        });
        let decided = |rule: ServiceRule| rule.verdict(Layers::default()).decision;
        Composition {
            before: evaluation.rule_before_policies().map(decided),
            after: evaluation.rule_after_denies().map(decided),
            facts: evaluation.facts(),
            groups: binding.collect(),
            keys: evaluation.keys_of_rule().into_iter().collect(),
        }
    }

    /// How strongly the principal element of a statement names the caller; the strongest where it has none and needs none.
    /// Of the context only `aws:userid` matters.
    pub fn principal_strength(&self, statement: StatementId, request: &Request) -> Option<Strength> {
        let evaluation = Evaluation::new(self, request);
        let group = self.group_of(statement)?;
        let (member, compiled) = self.find(statement)?;
        compiled.principal(member.policy.kind(), &evaluation.caller(group, member, &request.context))
    }

    /// The statement at these positions: of its policy in [`PolicySet::policies`], and in the policy.
    pub fn statement(&self, policy: usize, statement: usize) -> Option<StatementId> {
        let id = StatementId { policy: u32::try_from(policy).ok()?, statement: u32::try_from(statement).ok()? };
        self.origin(id).map(|_| id)
    }
}
