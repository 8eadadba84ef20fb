//! Claims that passed, as what mutants are tried on.

use super::status;
use crate::check::Check;
use crate::run::{Failure, Status};
use iameval::{AccountId, PolicyKind};
use iameval_ask::{OtherPolicy, ReadyClaim};
use iameval_prove::Prover;
use iameval_world::LoadedPolicy;
use std::sync::Arc;

/// A claim that passed.
#[derive(Debug)]
pub struct PassedClaim<'f> {
    check: &'f Check,
    claim: ReadyClaim<'f>,
    prover: &'f Prover<'f>,
}

impl<'f> PassedClaim<'f> {
    pub(crate) fn new(check: &'f Check, claim: ReadyClaim<'f>, prover: &'f Prover<'f>) -> Self {
        Self { check, claim, prover }
    }

    /// The account of the principal who asks.
    pub(crate) fn caller(&self) -> Option<AccountId> {
        self.claim.principal()?.account()
    }

    /// The policies that it reads, and as what they are attached; some more than once.
    pub(crate) fn policies(&self) -> impl Iterator<Item = (PolicyKind, &Arc<LoadedPolicy>)> {
        self.claim.policies()
    }

    /// Whether it is seen to fail with other policies in place of those that `instead` gives one for. What cannot be decided is
    /// not seen.
    pub(crate) fn notices(&self, instead: &dyn Fn(PolicyKind, &Arc<LoadedPolicy>) -> Option<OtherPolicy>) -> bool {
        let verdict = self.claim.with(instead).verdict(self.prover);
        let status = verdict.map(|verdict| status(self.check, &verdict));
        matches!(status, Ok(Status::Failed(_, Failure::Refuted | Failure::Reason)))
    }
}
