//! Checks that are claims about all requests of a scope.

mod passed;
#[cfg(test)]
mod tests;

use crate::check::{Case, Check};
use crate::expectation::Expectation;
use crate::file::TestFile;
use crate::reason::{NamedStatement, Reason};
use crate::refusal::name_it;
use crate::run::{Failure, Status};
use iameval::text::Span;
use iameval::{Decision, Diagnostic, Layer};
use iameval_ask::words::{listed, statement_name};
use iameval_ask::{Asker, ClaimQuestion, ClaimVerdict, Closed, ProvedClaim, QuestionProblem, Unproved};
use iameval_prove::{ClosedBy, Prover};
use iameval_report::{undecided_in_words, verdict_in_words};
use iameval_world::Finding;
use std::sync::PoisonError;

pub use passed::PassedClaim;

impl TestFile<'_> {
    /// How a claim ends.
    ///
    /// # Errors
    /// What is wrong with the claim or with a policy.
    pub(crate) fn judge_claim(&self, check: &Check) -> Result<Status, Vec<Finding>> {
        if self.passes_with_others(check) {
            return Ok(Status::Passed(Decision::Allowed));
        }
        let proved = self.proved(check)?;
        Ok(status(check, &proved.verdict))
    }

    /// Whether the claim passes for everybody who differs from the principal of a check in name only.
    fn passes_with_others(&self, check: &Check) -> bool {
        let Some((_, question, prover)) = self.claimed(check) else { return false };
        let asker = Asker::new(&self.world, self.catalogue);
        let numbers = || asker.alike(self.principals.iter().map(|(_, known)| known));
        let number = self.alike.numbers.get_or_init(numbers).get(check.principal);
        let (Some(number), Some((_, principal))) = (number, self.principals.get(check.principal)) else { return false };
        let passes = || self.alike.passes.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (check.case, *number);
        if let Some(known) = passes().get(&place) {
            return *known;
        }
        // Other threads need not wait for this: at worst several prove the same.
        let general = question.whatever_the_name(principal);
        let outcome = general.and_then(|question| asker.prove(prover, &question).ok());
        let found = outcome.is_some_and(|outcome| matches!(status(check, &outcome.verdict), Status::Passed(_)));
        passes().insert(place, found);
        found
    }

    /// What comes of the claim of a check.
    ///
    /// # Errors
    /// What is wrong with the claim or with a policy; a check that is no claim.
    pub(crate) fn proved(&self, check: &Check) -> Result<ProvedClaim, Vec<Finding>> {
        let Some((case, question, prover)) = self.claimed(check) else { return Err(Vec::new()) };
        Asker::new(&self.world, self.catalogue)
            .prove(prover, &question)
            .map_err(|unproved| self.unproved(unproved, case.span))
    }

    /// The claim of a check that passed, as mutants are tried on it; `None` where the check is no claim.
    ///
    /// # Errors
    /// What is wrong with the claim or with a policy.
    pub(crate) fn passed_claim<'f>(&'f self, check: &'f Check) -> Result<Option<PassedClaim<'f>>, Vec<Finding>> {
        let Some((case, question, prover)) = self.claimed(check) else { return Ok(None) };
        let claim = Asker::new(&self.world, self.catalogue).ready_claim(&question);
        let claim = claim.map_err(|refused| self.unproved(Unproved::Refused(refused), case.span))?;
        Ok(Some(PassedClaim::new(check, claim, prover)))
    }

    /// The claim of a check, with its case and what proves it.
    fn claimed(&self, check: &Check) -> Option<(&Case, ClaimQuestion, &Prover<'_>)> {
        let case = self.case_of(check)?;
        let principal = Some(self.principal_of(check).to_owned());
        Some((case, ClaimQuestion { principal, ..case.claim()?.clone() }, self.prover.as_ref()?))
    }

    fn unproved(&self, unproved: Unproved, place: Span) -> Vec<Finding> {
        let here = |message: String| {
            let diagnostic = Diagnostic::new(iameval_ask::codes::EMPTY_SCOPE, place, message);
            vec![Finding::new(&self.source, diagnostic.with_help("leave out less, or say less of context keys"))]
        };
        let refused = match unproved {
            Unproved::Refused(refused) => refused,
            Unproved::Claim(error) => return here(error.to_string()),
            other => return here(format!("{other:?}")),
        };
        let findings = refused.problems.into_iter().flat_map(|problem| match problem.what.into_problem(name_it) {
            Ok(problem) => vec![Finding::new(&self.source, problem.at(place))],
            Err(QuestionProblem::Policies(findings)) => findings,
            Err(_) => Vec::new(),
        });
        findings.collect()
    }

    /// What a claim wants and what came of it, in words; `None` where the check is no claim.
    ///
    /// # Errors
    /// What is wrong with the claim or with a policy.
    pub(crate) fn compared_claim(&self, check: &Check) -> Result<Option<(String, String)>, Vec<Finding>> {
        if self.case_of(check).is_none_or(|case| case.claim().is_none()) {
            return Ok(None);
        }
        let proved = self.proved(check)?;
        let wanted = check.wanted.map_or("", Expectation::in_words);
        let because = check.reason.as_ref().map(|reason| format!(", because of {reason}")).unwrap_or_default();
        Ok(Some((format!("{wanted} for every request in the scope{because}"), came_of(&proved))))
    }
}

/// How a claim ends of which that came. There is no decision about a scope: that of a counterexample stands for it.
pub(crate) fn status(check: &Check, verdict: &ClaimVerdict) -> Status {
    match verdict {
        ClaimVerdict::Holds(closed) if !is_for_that_reason(check.reason.as_deref(), closed) => {
            Status::Failed(Decision::ImplicitDeny, Failure::Reason)
        }
        ClaimVerdict::Holds(_) => Status::Passed(Decision::Allowed),
        ClaimVerdict::Refuted(refuted) => Status::Failed(refuted.counterexample.simulation.decision, Failure::Refuted),
        ClaimVerdict::Unknown(_) => Status::Failed(Decision::ImplicitDeny, Failure::Unproved),
    }
}

/// How many actions and statements are named.
const FEW: usize = 5;

/// What came of a claim, in words.
pub(crate) fn came_of(proved: &ProvedClaim) -> String {
    let verdict = verdict_in_words(proved);
    match &proved.verdict {
        ClaimVerdict::Holds(closed) => {
            let names: Vec<String> = closed.iter().map(name_of).collect();
            format!("{verdict}, closed by {}", listed(&names, "; ", FEW))
        }
        ClaimVerdict::Unknown(undecided) => {
            let reasons: Vec<String> = undecided.iter().map(undecided_in_words).collect();
            format!("{verdict}: {}", listed(&reasons, "; ", FEW))
        }
        ClaimVerdict::Refuted(refuted) => {
            let actions = match refuted.actions.as_slice() {
                [] => String::new(),
                _ => refuted.actions_in_words(FEW),
            };
            let unlisted = match (refuted.unlisted_actions, actions.is_empty()) {
                (true, true) => "actions that the catalogue does not have",
                (true, false) => "; and actions that the catalogue does not have",
                (false, _) => "",
            };
            format!("{verdict}, for {actions}{unlisted}")
        }
    }
}

fn name_of(closed: &Closed) -> String {
    match (closed.statement(), closed.by()) {
        (Some(placed), _) => {
            statement_name(placed.origin.policy.as_str(), placed.origin.sid, placed.origin.statement_index)
        }
        (None, ClosedBy::ServiceRule) => "a service rule".into(),
        (None, _) => "no Allow".into(),
    }
}

/// Whether what closes a claim is what `because` names.
pub(crate) fn is_for_that_reason(reason: Option<&Reason>, closed: &[Closed]) -> bool {
    reason.is_none_or(|reason| closed.iter().any(|closed| names(reason, closed)))
}

fn names(reason: &Reason, closed: &Closed) -> bool {
    let Some(placed) = closed.statement() else {
        let grants = |layer| matches!(layer, Layer::Identity | Layer::Resource);
        return reason.missing_allow && closed.by() == ClosedBy::NoAllow && reason.layer.is_none_or(grants);
    };
    let origin = &placed.origin;
    !reason.missing_allow
        && reason.layer.is_none_or(|layer| layer == origin.layer)
        && reason.policy.as_ref().is_none_or(|policy| origin.policy.as_str() == policy)
        && reason.statement.as_ref().is_none_or(|statement| match statement {
            NamedStatement::Sid(sid) => origin.sid == Some(sid),
            NamedStatement::Number(number) => origin.statement_index + 1 == *number,
        })
}
