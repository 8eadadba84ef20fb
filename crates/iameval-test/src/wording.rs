//! What a check wants and what it got, in words that every report says the same.

use crate::check::{Case, Check, WantedPrincipals};
use crate::expectation::Expectation;
use crate::file::TestFile;
use crate::run::Failure;
use iameval::{ContextKey, Decision};
use iameval_ask::Answer;
use iameval_ask::words::quoted;
use iameval_report::{decided_by_in_words, unexpected_in_words};
use iameval_world::Finding;

/// What the test wants, and what it got, in words.
///
/// # Errors
/// A policy that is not valid for the way it is attached.
pub(crate) fn compared(
    file: &TestFile<'_>,
    check: &Check,
    decision: Decision,
    failure: &Failure,
) -> Result<(String, String), Vec<Finding>> {
    if let Failure::Principals { too_many, missing } = failure {
        let wanted = file.case_of(check).and_then(Case::wanted_principals);
        let wanted = wanted.map(WantedPrincipals::in_words).unwrap_or_default();
        return Ok((wanted, unexpected_in_words(too_many, missing)));
    }
    if let Some(compared) = file.compared_claim(check)? {
        return Ok(compared);
    }
    Ok((expected(check), got(&file.answer(check)?, decision, failure)))
}

/// What the test wants, in words.
fn expected(check: &Check) -> String {
    let wanted = check.wanted.map_or("an answer in the snapshot", Expectation::in_words);
    match &check.reason {
        Some(reason) => format!("{wanted}, because of {reason}"),
        None => wanted.to_owned(),
    }
}

/// What it got, in words.
fn got(answer: &Answer, decision: Decision, failure: &Failure) -> String {
    let word = Expectation::of(decision).in_words();
    let by = decided_by_in_words(answer);
    match failure {
        Failure::Decision | Failure::Reason | Failure::Principals { .. } | Failure::Refuted | Failure::Unproved => {
            format!("{word}, {by}")
        }
        Failure::NotInSnapshot => format!("{word}, which the snapshot does not have"),
        Failure::Undecided(keys) => {
            let names: Vec<&str> = keys.iter().map(ContextKey::as_str).collect();
            format!("{word}, which depends on {}, not given", quoted(&names, 5))
        }
    }
}
