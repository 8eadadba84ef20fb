//! Whether an answer is the one that a test wants, and if not, why.

use crate::expectation::Expectation;
use crate::load::PLAIN;
use crate::pose::Pose;
use crate::reason::Reason;
use crate::request::TestRequest;
use iameval::{ContextKey, Decision, Problem};
use iameval_ask::words::statement_name;
use iameval_ask::{Answer, never_asked};
use iameval_data::{Catalogue, unknown_action};
use iameval_report::{Depth, answer_to_text};

/// Why an assertion does not hold.
pub(crate) struct FailedAssertion {
    /// The decision; `None` where the request cannot be asked.
    pub(crate) decision: Option<Decision>,
    pub(crate) text: String,
}

/// What says in Rust that an action is intended although AWS is not known to have it.
pub(crate) const UNLISTED: &str = "`TestRequest::unlisted`";

/// Asks, and compares the answer with what is wanted; `unlisted` says that an action is intended although AWS is not known to
/// have it.
pub(crate) fn checked(
    decider: &(impl Pose + ?Sized),
    request: &TestRequest,
    wanted: Expectation,
    by: Option<&str>,
    unlisted: &str,
) -> Result<(), FailedAssertion> {
    let what = request.what().to_string();
    let cannot = |why: &str| {
        let who = request.principal().unwrap_or("somebody");
        FailedAssertion { decision: None, text: format!("cannot check whether {who} may {what}: {why}\n") }
    };
    let posed = decider.pose(request).map_err(|why| cannot(&why))?;
    let answer = posed.answer(Catalogue::embedded());
    let who = request.principal().unwrap_or(&answer.summary.principal);
    if let Some(slip) = slip(&answer).filter(|_| !request.is_unlisted) {
        // What the command line says of newer reference files is not for assertions.
        let help = slip.help().filter(|help| !help.contains("--data")).map(|help| {
            let end = if help.ends_with('?') { " " } else { "; " };
            format!("{help}{end}")
        });
        let help = help.unwrap_or_default();
        return Err(cannot(&format!("{}\nhelp: {help}{unlisted} says that the action is intended", slip.message())));
    }
    let unknown: Vec<String> = answer.unknown_policies().map(|name| format!("`{name}`")).collect();
    if !unknown.is_empty() {
        return Err(cannot(&format!("the document of {} is not known", unknown.join(", "))));
    }
    let complaint = complaint(&answer, wanted, by, who, &what).or_else(|| {
        let keys: Vec<&str> = answer.undecided.iter().map(ContextKey::as_str).collect();
        let is_undecided = (decider.is_strict() || request.is_strict) && !keys.is_empty();
        let keys = keys.join(", ");
        is_undecided.then(|| format!("whether {who} may {what} depends on context keys that were not given: {keys}"))
    });
    match complaint {
        Some(complaint) => Err(FailedAssertion {
            decision: Some(answer.simulation.decision),
            text: format!("{complaint}\n\n{}", answer_to_text(&answer, Depth::Explained, PLAIN)),
        }),
        None => Ok(()),
    }
}

/// An action that AWS is not known to have, or that is never evaluated on the resource that someone named: the answer says
/// nothing of AWS then, and a denial is easily had.
fn slip(answer: &Answer) -> Option<Problem> {
    let catalogue = Catalogue::embedded();
    let (action, resource) = (answer.request.action(), answer.request.resource());
    let is_named = answer.summary.inferred.is_none();
    let misfit = || never_asked([(action.as_str(), action)], resource, catalogue).filter(|_| is_named);
    unknown_action(action, catalogue).or_else(misfit)
}

/// What is wrong with an answer, in one line.
fn complaint(answer: &Answer, wanted: Expectation, by: Option<&str>, who: &str, what: &str) -> Option<String> {
    let simulation = &answer.simulation;
    let wanted_in_words = in_words(wanted);
    if !wanted.fits_simulation(simulation) {
        let got = in_words(Expectation::of(simulation.decision));
        return Some(format!("expected {who} to be {wanted_in_words} {what}, but it is {got}"));
    }
    let by = by.filter(|by| !Reason::parse(by).fits(simulation, &answer.policies))?;
    let deciding = simulation.deciding().filter_map(|matched| answer.policies.origin(matched.id));
    let names: Vec<String> =
        deciding.map(|origin| statement_name(origin.policy.as_str(), origin.sid, origin.statement_index)).collect();
    let decided = if names.is_empty() { "no statement".to_owned() } else { names.join("; ") };
    Some(format!("expected {who} to be {wanted_in_words} {what} by `{by}`, but {decided} decided"))
}

fn in_words(expectation: Expectation) -> &'static str {
    match expectation {
        Expectation::Allow => "allowed",
        Expectation::Deny => "denied",
        Expectation::Implicit => "denied (implicit)",
        Expectation::Explicit => "denied (explicit)",
        Expectation::Undetermined => "undetermined",
    }
}
