//! What a check wants and what it got, in words that every report says the same.

use crate::check::Check;
use crate::expectation::Expectation;
use crate::run::Failure;
use iameval::{ContextKey, Decision};
use iameval_ask::Answer;
use iameval_ask::words::quoted;
use iameval_report::decided_by_in_words;

/// What the test wants, in words.
pub(crate) fn expected(check: &Check) -> String {
    let wanted = check.wanted.map_or("an answer in the snapshot", Expectation::in_words);
    match &check.reason {
        Some(reason) => format!("{wanted}, because of {reason}"),
        None => wanted.to_owned(),
    }
}

/// What it got, in words.
pub(crate) fn got(answer: &Answer, decision: Decision, failure: &Failure) -> String {
    let word = Expectation::of(decision).in_words();
    let by = decided_by_in_words(answer);
    match failure {
        Failure::Decision | Failure::Reason => format!("{word}, {by}"),
        Failure::NotInSnapshot => format!("{word}, which the snapshot does not have"),
        Failure::Undecided(keys) => {
            let names: Vec<&str> = keys.iter().map(ContextKey::as_str).collect();
            format!("{word}, which depends on {}, not given", quoted(&names, 5))
        }
    }
}
