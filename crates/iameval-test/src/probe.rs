//! The cases that passed, as what mutants and coverage are made of.

use crate::asked::AskedRequest;
use crate::check::{Case, Check, Handling};
use crate::claim::PassedClaim;
use crate::coverage::Coverage;
use crate::file::TestFile;
use crate::mutant::Probe;
use crate::run::{FileRun, Status};
use iameval::PolicySet;
use iameval_world::{Finding, LoadedPolicy};
use std::sync::Arc;

/// A case that passed.
#[derive(Debug)]
pub struct PassedCase<'f> {
    file: &'f TestFile<'f>,
    check: &'f Check,
    asked: AskedRequest,
}

impl Probe for PassedCase<'_> {
    fn asked(&self) -> &AskedRequest {
        &self.asked
    }

    fn passes(&self, policies: &PolicySet) -> bool {
        let (_, failure) = self.file.judge(self.check, policies, &self.asked.request);
        failure.is_none()
    }
}

impl<'f> FileRun<'f> {
    /// The cases that passed, for [`MutantRun`](crate::MutantRun). One that must fail is not among them: where a part of it
    /// passes, no one would notice if that failed as well. Nor is one that asks who can, or a claim.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn passed_cases(&self) -> Result<Vec<PassedCase<'f>>, Vec<Finding>> {
        let checks = self.passed_checks(Case::is_of_requests);
        checks.map(|check| Ok(PassedCase { file: self.file, check, asked: self.file.asked(check)? })).collect()
    }

    /// The claims that passed, for [`MutantRun`](crate::MutantRun). One that must fail is not among them.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn passed_claims(&self) -> Result<Vec<PassedClaim<'f>>, Vec<Finding>> {
        let checks = self.passed_checks(|case| case.claim().is_some());
        checks.filter_map(|check| self.file.passed_claim(check).transpose()).collect()
    }

    /// The checks that passed, of the cases that must pass and are of that form.
    fn passed_checks(&self, is_of_form: impl Fn(&Case) -> bool) -> impl Iterator<Item = &'f Check> {
        let file = self.file;
        let passed = self.outcomes.iter().filter(|outcome| matches!(outcome.status, Status::Passed(_)));
        let checks = passed.filter_map(|outcome| file.checks().get(outcome.check));
        checks.filter(move |check| {
            file.case_of(check).is_some_and(|case| case.handling == Handling::Run && is_of_form(case))
        })
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
    /// What the cases that ran reach: of a claim the statements that close it, or that decide about what refutes it. Those that
    /// ask who can reach nothing.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn of_runs(runs: &[FileRun<'_>], managed: &[String]) -> Result<Self, Vec<Finding>> {
        let mut coverage = Self::new(managed);
        for run in runs {
            coverage.add_policies(run.file.world().policies());
            for outcome in run.outcomes.iter().filter(|outcome| outcome.status != Status::Skipped) {
                coverage.add_check(run.file, outcome.check)?;
            }
        }
        Ok(coverage)
    }

    /// Adds what one check of a file reaches, by its position.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn add_check(&mut self, file: &TestFile<'_>, at: usize) -> Result<(), Vec<Finding>> {
        let Some(check) = file.checks().get(at) else { return Ok(()) };
        match file.case_of(check) {
            Some(case) if case.is_of_requests() => self.observe(&file.asked(check)?),
            Some(case) if case.claim().is_some() => self.observe_claim(&file.proved(check)?.verdict),
            _ => {}
        }
        Ok(())
    }
}
