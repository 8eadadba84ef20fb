//! Running the checks of a file.

use crate::asked::AskedRequest;
use crate::check::WantedForm;
use crate::check::{Case, Check, Handling};
use crate::expectation::Expectation;
use crate::file::TestFile;
use crate::threads::in_threads;
use iameval::{ContextKey, Decision, PolicySet, Request};
use iameval_ask::{Answer, Asker, Caller, ChosenResource, NamedAction, Verdict, undecided_keys};
use iameval_world::Finding;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;

/// What came of the checks of a file.
#[derive(Debug)]
#[non_exhaustive]
pub struct FileRun<'f> {
    /// The file.
    pub file: &'f TestFile<'f>,
    /// What came of each check that was selected, in order.
    pub outcomes: Vec<Outcome>,
    /// The cases that passed although they say that they must fail.
    pub passed_unexpectedly: Vec<usize>,
    /// The cases whose snapshots have rows or columns that they do not ask.
    pub stale_snapshots: Vec<usize>,
    /// The cases whose snapshots are not there.
    pub missing_snapshots: Vec<usize>,
    /// Context keys that were not given and could change answers: for each case the keys, and how many answers.
    pub not_given: BTreeMap<usize, (Vec<ContextKey>, usize)>,
}

/// What came of one check.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outcome {
    /// The position of the check in the file.
    pub check: usize,
    /// How it ended.
    pub status: Status,
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// As the test wants it.
    Passed(Decision),
    /// Not as the test wants it.
    Failed(Decision, Failure),
    /// Not as the test wants it, and the case says that it must fail.
    FailedAsExpected(Decision, Failure),
    /// It did not run.
    Skipped,
}

/// Why a check failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The decision is another.
    Decision,
    /// Another statement decided.
    Reason,
    /// The answer depends on context keys that were not given.
    Undecided(Vec<ContextKey>),
    /// The snapshot is not there, or has no answer for it.
    NotInSnapshot,
    /// Those who can are not those who should.
    Principals {
        /// Those who can and should not, with what is said of them.
        too_many: Vec<(String, Verdict)>,
        /// Those who should and cannot.
        missing: Vec<String>,
    },
    /// A request of the scope is decided otherwise.
    Refuted,
    /// It is not known whether the claim holds.
    Unproved,
}

impl FileRun<'_> {
    /// How many passed; those that failed as they must are among them.
    pub fn passed(&self) -> usize {
        self.count(|status| matches!(status, Status::Passed(_) | Status::FailedAsExpected(..)))
    }

    /// How many failed. A case that passed although it must fail counts once, and so does a snapshot with rows or columns
    /// that no one asks, or one that is not there, whatever number of checks want it.
    pub fn failed(&self) -> usize {
        let of_cases = self.passed_unexpectedly.len() + self.stale_snapshots.len() + self.missing_snapshots.len();
        self.failures().count() + of_cases
    }

    /// How many failed as they must.
    pub fn failed_as_expected(&self) -> usize {
        self.count(|status| matches!(status, Status::FailedAsExpected(..)))
    }

    /// How many did not run.
    pub fn skipped(&self) -> usize {
        self.count(|status| *status == Status::Skipped)
    }

    fn count(&self, is_counted: impl Fn(&Status) -> bool) -> usize {
        self.outcomes.iter().filter(|outcome| is_counted(&outcome.status)).count()
    }

    /// The checks that failed, each with its case, decision and why; without those whose snapshot is not there.
    pub fn failures(&self) -> impl Iterator<Item = (&Check, &Case, Decision, &Failure)> {
        self.outcomes.iter().filter_map(|outcome| {
            let Status::Failed(decision, failure) = &outcome.status else { return None };
            let check = self.file.checks.get(outcome.check)?;
            if *failure == Failure::NotInSnapshot && self.lacks_snapshot(check.case) {
                return None;
            }
            Some((check, self.file.case_of(check)?, *decision, failure))
        })
    }
}

/// How many checks a thread takes at a time: one takes no longer than to say that it is done.
const PART: usize = 256;

/// Which checks run, and how.
#[derive(Clone, Copy)]
pub struct Runner<'a> {
    /// How many threads decide.
    pub jobs: NonZero<usize>,
    /// Which checks run.
    pub selects: &'a dyn Fn(&TestFile<'_>, &Case, &Check) -> bool,
    /// Told, again and again, how many more checks are done.
    pub progress: &'a (dyn Fn(usize) + Sync),
}

impl Default for Runner<'_> {
    /// Everything, on one thread, in silence.
    fn default() -> Self {
        Self { jobs: NonZero::<usize>::MIN, selects: &|_, _, _| true, progress: &|_| {} }
    }
}

impl Runner<'_> {
    /// Runs the checks of a file that are selected.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn run<'f>(&self, file: &'f TestFile<'_>) -> Result<FileRun<'f>, Vec<Finding>> {
        let selected: Vec<usize> = (0..file.checks.len())
            .filter(|at| {
                let check = file.checks.get(*at);
                check.is_some_and(|check| file.case_of(check).is_some_and(|case| (self.selects)(file, case, check)))
            })
            .collect();
        self.run_selected(file, &selected)
    }

    /// Runs checks, by their positions.
    pub(crate) fn run_selected<'f>(
        &self,
        file: &'f TestFile<'_>,
        selected: &[usize],
    ) -> Result<FileRun<'f>, Vec<Finding>> {
        let results = in_threads(self.jobs, PART, self.progress, selected, |at| file.decide_check(*at));
        let mut run = FileRun {
            file,
            outcomes: Vec::with_capacity(selected.len()),
            passed_unexpectedly: Vec::new(),
            stale_snapshots: Vec::new(),
            missing_snapshots: Vec::new(),
            not_given: BTreeMap::new(),
        };
        for (check, result) in selected.iter().zip(results) {
            let (status, not_given) = result?;
            let case = file.checks.get(*check).map_or(0, |check| check.case);
            if !not_given.is_empty() {
                let (keys, answers) = run.not_given.entry(case).or_default();
                *answers += 1;
                for key in not_given {
                    if let Err(place) = keys.binary_search(&key) {
                        keys.insert(place, key);
                    }
                }
            }
            run.outcomes.push(Outcome { check: *check, status });
        }
        run.finish();
        Ok(run)
    }
}

impl FileRun<'_> {
    /// Works out what is known of whole cases only.
    fn finish(&mut self) {
        let mut must_fail: HashMap<usize, bool> = HashMap::new();
        let case_of = |outcome: &Outcome| self.file.checks.get(outcome.check).map(|check| check.case);
        for outcome in &mut self.outcomes {
            let Some(case) = self.file.checks.get(outcome.check).map(|check| check.case) else { continue };
            if !matches!(self.file.cases.get(case).map(|case| &case.handling), Some(Handling::MustFail(_))) {
                continue;
            }
            let failed = must_fail.entry(case).or_default();
            if let Status::Failed(decision, failure) = &outcome.status {
                *failed = true;
                // What a snapshot does not have no one wanted, so that it is not what must fail.
                if *failure != Failure::NotInSnapshot {
                    outcome.status = Status::FailedAsExpected(*decision, failure.clone());
                }
            }
        }
        // What was left out may be what fails.
        let passed = must_fail.into_iter().filter(|(case, failed)| !failed && self.is_whole(*case));
        self.passed_unexpectedly = passed.map(|(case, _)| case).collect();
        self.passed_unexpectedly.sort_unstable();
        let mut ran: Vec<usize> = self.outcomes.iter().filter_map(case_of).collect();
        ran.dedup();
        let stale = |case: &usize| match self.file.cases.get(*case) {
            Some(Case { form: WantedForm::Snapshot(snapshot), handling: Handling::Run, .. }) => {
                !snapshot.stale.is_empty()
            }
            _ => false,
        };
        let missing = |case: &usize| match self.file.cases.get(*case) {
            Some(Case { form: WantedForm::Snapshot(snapshot), handling, .. }) => {
                snapshot.read.is_none() && !matches!(handling, Handling::Skip(_))
            }
            _ => false,
        };
        self.missing_snapshots = ran.iter().copied().filter(missing).collect();
        self.stale_snapshots = ran.into_iter().filter(stale).collect();
    }

    /// Whether the snapshot of a case is not there, and that is a failure.
    pub(crate) fn lacks_snapshot(&self, case: usize) -> bool {
        self.missing_snapshots.contains(&case)
    }

    /// Whether all the checks of a case were selected.
    pub(crate) fn is_whole(&self, case: usize) -> bool {
        let is_of_case = |check: &&Check| check.case == case;
        let ran = self.outcomes.iter().filter_map(|outcome| self.file.checks.get(outcome.check));
        ran.filter(is_of_case).count() == self.file.checks.iter().filter(is_of_case).count()
    }
}

impl TestFile<'_> {
    /// Runs every check on one thread.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn run_all(&self) -> Result<FileRun<'_>, Vec<Finding>> {
        Runner::default().run(self)
    }

    /// How a check ends, and the keys that were not given and could change its answer.
    fn decide_check(&self, at: usize) -> Result<(Status, Vec<ContextKey>), Vec<Finding>> {
        let Some((check, case)) = self.checks.get(at).and_then(|check| Some((check, self.case_of(check)?))) else {
            return Ok((Status::Skipped, Vec::new()));
        };
        if let Handling::Skip(_) = case.handling {
            return Ok((Status::Skipped, Vec::new()));
        }
        if let Some(wanted) = case.wanted_principals() {
            return Ok((self.ask_everybody(check, case, wanted)?, Vec::new()));
        }
        if case.claim().is_some() {
            return Ok((self.judge_claim(check)?, Vec::new()));
        }
        let asked = self.asked(check)?;
        let (policies, request) = (asked.set(), &asked.request);
        let (decision, failure) = self.judge(check, policies, request);
        // Where they make the check fail, there is nothing to note.
        let undecided = if self.strict_context { Vec::new() } else { self.undecided(policies, request) };
        let status = match failure {
            Some(failure) => Status::Failed(decision, failure),
            None => Status::Passed(decision),
        };
        Ok((status, undecided))
    }

    /// What policies decide about a check, and why that is a failure if it is one.
    pub(crate) fn judge(&self, check: &Check, policies: &PolicySet, request: &Request) -> (Decision, Option<Failure>) {
        let (decision, is_for_that_reason) = match &check.reason {
            Some(reason) => {
                let simulation = policies.simulate(request);
                (simulation.decision, reason.fits(&simulation, policies))
            }
            // Which statements decided is not asked.
            None => (policies.decide(request), true),
        };
        let undecided = if self.strict_context { self.undecided(policies, request) } else { Vec::new() };
        // What is undetermined is denied where it may be nothing else.
        let is_denied_in_any_case =
            |wanted: Expectation| !decision.is_certain() && wanted.fits_simulation(&policies.simulate(request));
        let failure = match check.wanted {
            _ if !undecided.is_empty() => Some(Failure::Undecided(undecided)),
            None => Some(Failure::NotInSnapshot),
            Some(wanted) if !wanted.fits(decision) && !is_denied_in_any_case(wanted) => Some(Failure::Decision),
            Some(_) if !is_for_that_reason => Some(Failure::Reason),
            Some(_) => None,
        };
        (decision, failure)
    }

    /// The keys that were not given and could change the decision.
    fn undecided(&self, policies: &PolicySet, request: &Request) -> Vec<ContextKey> {
        undecided_keys(policies, request, self.catalogue)
    }

    /// The request of a check, and the policies that it is decided by.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn asked(&self, check: &Check) -> Result<AskedRequest, Vec<Finding>> {
        let (asker, caller) = self.asker(check)?;
        let situation = asker.situation(&caller, &check.action, &check.resource)?;
        let request = asker.request(&situation, &check.action, &check.context, check.mfa);
        Ok(AskedRequest { layers: situation.policies, request })
    }

    /// The answer to a check, with all that a renderer needs.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub fn answer(&self, check: &Check) -> Result<Answer, Vec<Finding>> {
        let (asker, caller) = self.asker(check)?;
        let action = NamedAction { text: check.action.to_string(), action: check.action.clone() };
        let resource = ChosenResource { resource: check.resource.clone(), name: None, inferred: check.inferred };
        Ok(asker.posed(&caller, &action, &resource, &check.context, check.mfa)?.answer(self.catalogue))
    }

    /// What turns a check into a request, and who asks.
    fn asker(&self, check: &Check) -> Result<(Asker<'_>, Caller<'_>), Vec<Finding>> {
        let (_, principal) = self.principals.get(check.principal).ok_or_else(Vec::new)?;
        let endpoint = self.case_of(check).and_then(|case| self.world.endpoints().get(case.via.as_ref()?));
        let caller = Caller { principal, endpoint, resource_account: None };
        Ok((Asker::new(&self.world, self.catalogue), caller))
    }
}
