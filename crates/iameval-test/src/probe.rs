//! The cases that passed, as what mutants and coverage are made of.

use crate::{Asked, Check, Coverage, FileRun, Probe, Status};
use iameval::PolicySet;
use iameval_world::{Finding, LoadedPolicy};
use std::sync::Arc;

/// A case that passed.
#[derive(Debug)]
pub struct PassedCase<'f> {
    check: &'f Check,
    asked: Asked,
}

impl Probe for PassedCase<'_> {
    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn passes(&self, policies: &PolicySet) -> bool {
        let (check, request) = (self.check, &self.asked.request);
        match &check.reason {
            None => check.wrong_decision(policies.decide(request)).is_none(),
            Some(_) => check.failure(&policies.simulate(request), policies).is_none(),
        }
    }
}

impl<'f> FileRun<'f> {
    /// The cases that passed, for [`MutantRun`](crate::MutantRun).
    ///
    /// # Errors
    /// A policy that is none of the kind as which it is attached.
    pub fn passed_cases(&self) -> Result<Vec<PassedCase<'f>>, Vec<Finding>> {
        let passed = self.outcomes.iter().filter(|outcome| matches!(outcome.status, Status::Passed(_)));
        let checks = passed.filter_map(|outcome| self.file.checks().get(outcome.check));
        checks.map(|check| Ok(PassedCase { check, asked: self.file.asked(check)? })).collect()
    }

    /// The policies of the world that are attached somewhere; of those that AWS manages only the ones named, as
    /// `aws:NAME`.
    pub fn own_policies(&self, managed: &[String]) -> Vec<Arc<LoadedPolicy>> {
        let attached = self.file.world().policies().iter().filter(|known| !known.kinds.is_empty());
        let own = attached.filter(|known| !known.policy.is_managed() || managed.contains(&known.policy.name));
        own.map(|known| known.policy.clone()).collect()
    }
}

impl Coverage {
    /// What the cases that ran reach.
    ///
    /// # Errors
    /// A policy that is none of the kind as which it is attached.
    pub fn of_runs(runs: &[FileRun<'_>], managed: &[String]) -> Result<Self, Vec<Finding>> {
        let mut coverage = Self::new(managed);
        for run in runs {
            coverage.add_policies(run.file.world().policies());
            for outcome in run.outcomes.iter().filter(|outcome| outcome.status != Status::Skipped) {
                if let Some(check) = run.file.checks().get(outcome.check) {
                    coverage.observe(&run.file.asked(check)?);
                }
            }
        }
        Ok(coverage)
    }
}
